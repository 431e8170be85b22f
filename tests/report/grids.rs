//! The drawings of grids and of single trials, read back as in `geometry.rs`.

use gridbook::report::figure::{Drawing, Section};
use gridbook::store::artifact::{self, PREDICTIONS};
use gridbook::store::outcome::Status;
use gridbook::store::results::{DatasetFacts, Results};
use gridbook::store::rows::{self, KnownRows};

use crate::drawing::{Axis, Element, circles, of, panels};
use crate::fixture::{end, wobble};
use crate::geometry::{TWO, figure, made, number, number_of, swept};

const GRID: &str =
    "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n[model.grid]\nclusters = [2, 3, 4]\nseed-restarts = [1, 10]\n";

#[test]
fn a_heat_map_has_its_numbers_a_star_and_reasons() {
    let mut results = swept(GRID, "", 2, |trial| {
        0.1 * number(trial, "clusters") + 0.01 * number(trial, "seed-restarts") + 0.001 * number_of(trial.seed)
    });
    for record in &mut results.records {
        if number(&record.trial, "clusters") == 2.0 && number(&record.trial, "seed-restarts") == 10.0 {
            end(record, Status::Failed, Some("fit"), "no memory");
        }
    }
    let (report, page) = made(&results);
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::HeatMap(_)));
    assert!(figure.caption.contains("Hatched cells have no value: failed: no memory (1)."), "{}", figure.caption);
    let drawn = &panels(&page, figure.number)[0];
    let gaps = of(drawn, "gap");
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].tip.as_deref(), Some("clusters = 2, seed-restarts = 10: failed: no memory"));
    // Each number stands in the column and row whose labels say where.
    let label = |anchor: &str, text: &str| {
        let found = of(drawn, "ax").into_iter().find(|l| l.attributes["text-anchor"] == anchor && l.text == text);
        found.unwrap_or_else(|| panic!("no label {text}"))
    };
    for clusters in [2, 3, 4] {
        for restarts in [1, 10] {
            if (clusters, restarts) == (2, 10) {
                continue;
            }
            let mean = 0.1 * f64::from(clusters) + 0.01 * f64::from(restarts) + 0.0005;
            let (x, y) =
                (label("middle", &clusters.to_string()).number("x"), label("end", &restarts.to_string()).number("y"));
            let near = |cell: &&&Element| (cell.number("x") - x).abs() < 1.0 && (cell.number("y") - y).abs() < 2.0;
            let texts = of(drawn, "num");
            let cell = texts.iter().find(near).expect("a number in every cell");
            let shown: f64 = cell.text.trim_start_matches('★').parse().unwrap();
            assert!((shown - mean).abs() <= 0.000_501, "{clusters} {restarts}: {shown}, {mean}");
            assert_eq!(cell.text.starts_with('★'), (clusters, restarts) == (4, 10), "{}", cell.text);
        }
    }
    // The larger the number, the further the shade.
    let mut cells: Vec<(f64, usize)> = drawn
        .iter()
        .filter(|element| element.name == "rect" && element.class().starts_with('q'))
        .map(|rect| {
            let tip = rect.tip.as_ref().unwrap();
            let mean = tip.split(": ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
            (mean, rect.class()[1..].parse().unwrap())
        })
        .collect();
    cells.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(cells.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{cells:?}");
    assert_eq!((cells[0].1, cells[cells.len() - 1].1), (0, 6));
}

#[test]
fn parallel_lines_end_at_their_score() {
    let model = "[[model]]\nkind = \"gaussian-mixture\"\nname = \"Mixture\"\n[model.grid]\nclusters = [2, 3, 4]\n\
                 covariance-type = [\"full\", \"diag\"]\nreg-covar = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]\nseed-restarts = [1, 2, 3, 4, 5]\n";
    let (report, page) = made(&swept(model, "", 1, |trial| 0.5 + 0.4 * wobble(&trial.id)));
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Parallel(_)));
    assert!(figure.caption.contains("Of up to 240 settings 200 are drawn, evenly spaced"), "{}", figure.caption);
    let Drawing::Parallel(parallel) = &figure.drawing else { unreachable!() };
    let drawn = &panels(&page, figure.number)[0];
    let paths = of(drawn, "par");
    assert_eq!((paths.len(), parallel.panels[0].lines.len()), (200, 200));
    let right: Vec<&Element> =
        of(drawn, "ax").into_iter().filter(|label| label.attributes["text-anchor"] == "start").collect();
    let value = |label: &Element| label.text.parse::<f64>().unwrap();
    let [(a, x), (b, y)] = [right[0], right[right.len() - 1]].map(|label| (label.number("y") - 3.5, value(label)));
    for (line, path) in parallel.panels[0].lines.iter().zip(paths) {
        let points = path.points();
        let place = a + (b - a) * (line.summary.mean - x) / (y - x);
        assert!((points[points.len() - 1].1 - place).abs() <= 1.0, "{} at {points:?}", line.summary.mean);
        for (i, axis) in parallel.axes.iter().enumerate() {
            let at = points[i];
            let own: Vec<&Element> = of(drawn, "ax")
                .into_iter()
                .filter(|label| {
                    label.attributes["text-anchor"] == "end" && (label.number("x") + 6.0 - at.0).abs() < 1.0
                })
                .collect();
            let far = |label: &Element| (label.number("y") - 3.5 - at.1).abs();
            if axis.is_even() {
                let nearest = own.into_iter().min_by(|a, b| far(a).total_cmp(&far(b))).unwrap();
                assert_eq!(nearest.text, axis.labels[line.at[i]], "{} of {points:?}", axis.name);
            } else {
                let log = |label: &Element| label.text.replace('\u{2212}', "-").parse::<f64>().unwrap().ln();
                let [(a, x), (b, y)] = [own[0], own[own.len() - 1]].map(|l| (l.number("y") - 3.5, log(l)));
                let place = a + (b - a) * (axis.places[line.at[i]].ln() - x) / (y - x);
                assert!((place - at.1).abs() <= 1.0, "{} of {points:?}", axis.labels[line.at[i]]);
            }
        }
    }
}

/// Nine rows on a grid of two columns, three classes, and trials with predictions.
fn clustered(folder: &std::path::Path) -> Results {
    let model = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n";
    let mut results = swept(model, "", 3, |trial| 1.0 - 0.25 * number_of(trial.seed));
    results.folder = folder.into();
    let names = ["ant", "bee <&>", "cat"];
    results.datasets = vec![DatasetFacts {
        name: "Blobs".to_owned(),
        kind: "blobs".to_owned(),
        rows: 9,
        columns: 2,
        classes: names.map(|name| (name.to_owned(), 3)).to_vec(),
        checksum: None,
        folds: std::collections::BTreeMap::new(),
    }];
    let known = KnownRows {
        classes: (0..9).map(|row| row / 3).collect(),
        columns: vec!["wide".to_owned(), "high".to_owned()],
        points: (0..9).map(|row| (row, [f64::from(i32::try_from(row).unwrap() * 4), 0.5])).collect(),
    };
    rows::write(folder, 0, &known).unwrap();
    for record in &mut results.records {
        // Clusters 2, 0, 1 are the classes; as many rows as the seed says are in the wrong one.
        let wrong = usize::try_from(record.trial.seed).unwrap();
        let lines = (0..9).map(|row| format!("{row},{}\n", if row < wrong { 1 } else { (row / 3 + 2) % 3 }));
        let text = format!("row,cluster\n{}", lines.collect::<String>());
        let sum = artifact::write(folder, &record.trial.id, PREDICTIONS, text.as_bytes()).unwrap();
        record.result.as_mut().unwrap().artifacts.insert(PREDICTIONS.to_owned(), sum);
    }
    results
}

#[test]
fn a_matrix_counts_the_rows_and_names_the_trial() {
    let folder = tempfile::tempdir().unwrap();
    let results = clustered(folder.path());
    let (report, page) = made(&results);
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Confusion(_)));
    assert_eq!(figure.section(), Section::Models);
    let Drawing::Confusion(confusion) = &figure.drawing else { unreachable!() };
    assert_eq!(confusion.panels.len(), 3);
    for (wrong, (matrix, word)) in (0_u64..).zip(confusion.panels.iter().zip(["best", "median", "worst"])) {
        assert!(
            matrix.title.contains(word)
                && matrix.title.contains(&results.records[usize::try_from(wrong).unwrap()].trial.id[..7]),
            "{}",
            matrix.title
        );
        assert_eq!(matrix.columns, ["2", "0", "1"], "clusters below their classes");
        assert_eq!(matrix.cells, [[3 - wrong, 0, wrong], [0, 3, 0], [0, 0, 3]]);
    }
    assert!(figure.caption.contains("2 of class ant in cluster 1"), "{}", figure.caption);
    let drawn = &panels(&page, figure.number)[2];
    // Each count stands in the row of its class and the column of its cluster.
    let label = |anchor: &str, text: &str| {
        of(drawn, "ax").into_iter().find(|l| l.attributes["text-anchor"] == anchor && l.text == text).unwrap()
    };
    for (class, cluster, count) in [("ant", "2", "1"), ("ant", "1", "2"), ("bee <&>", "0", "3"), ("cat", "1", "3")] {
        let (x, y) = (label("middle", cluster).number("x"), label("end", class).number("y"));
        let near = |number: &&Element| (number.number("x") - x).abs() <= 1.0 && (number.number("y") - y).abs() <= 1.0;
        let numbers = drawn.iter().filter(|element| element.name == "tspan");
        assert_eq!(numbers.into_iter().find(near).map(|number| number.text.as_str()), Some(count), "{class} {cluster}");
    }
    assert_eq!(drawn.iter().filter(|element| element.name == "tspan").count(), 4, "an empty cell is empty");
}

#[test]
fn two_columns_are_drawn_as_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let (report, page) = made(&clustered(folder.path()));
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Embedding(_)));
    let drawn = panels(&page, figure.number);
    assert_eq!(drawn.len(), 2, "the classes, and the best trial of the method");
    for panel in drawn {
        let dots = of(&panel, "dots");
        let places: Vec<Vec<f64>> = dots
            .iter()
            .map(|dots| {
                dots.attributes["d"]
                    .split('M')
                    .skip(1)
                    .map(|dot| dot.split(' ').next().unwrap().parse().unwrap())
                    .collect()
            })
            .collect();
        assert_eq!(places.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3]);
        let all: Vec<f64> = places.concat();
        let (least, most) =
            (all.iter().copied().fold(f64::MAX, f64::min), all.iter().copied().fold(f64::MIN, f64::max));
        let step = (most - least) / 8.0;
        assert!(places[0].windows(2).all(|pair| (pair[1] - pair[0] - step).abs() < 0.2), "{places:?}");
    }
}

#[test]
fn without_known_rows_there_is_no_matrix_and_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let results = clustered(folder.path());
    std::fs::remove_dir_all(folder.path().join("datasets")).unwrap();
    let (report, _) = made(&results);
    assert!(report.figures.iter().all(|figure| figure.section() != Section::Models));
}

#[test]
fn values_drawn_at_random_are_points() {
    let model = "[[model]]\nkind = \"gaussian-mixture\"\nname = \"Mixture\"\n[model.grid]\n\
                 reg-covar = { log-uniform = [1e-6, 1.0] }\n[model.sample]\ncount = 20\nseed = 1\n";
    let mut results = swept(model, "", 1, |_| 0.5);
    let first = results.records[0].clone();
    let drawn = (0..20_u32).map(|i| {
        let mut record = first.clone();
        let value = 10_f64.powf(-6.0 * f64::from(i) / 19.0) * 0.7;
        record.trial.id = format!("{i:020}");
        record.trial.params.insert("reg-covar".to_owned(), gridbook::value::Value::Number(value));
        record
    });
    results.records = drawn.collect();
    let (report, page) = made(&results);
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Scatter(_)));
    assert_eq!(figure.section(), Section::Sweeps);
    let drawn = &panels(&page, figure.number)[0];
    let axis = Axis::across(drawn);
    let spots = circles(of(drawn, "spot")[0]);
    assert_eq!(spots.len(), 20);
    for (i, (x, _)) in (0..20_u32).zip(spots) {
        axis.holds(x, 10_f64.powf(-6.0 * f64::from(i) / 19.0) * 0.7);
    }
    assert!(of(drawn, "ax").iter().all(|label| label.text.len() < 8), "ticks are round");
}

/// A page with a figure of every kind that a sweep can have.
pub fn every_kind() -> String {
    let mut rest = String::new();
    for figure in [
        "kind = \"line\"\nx = \"clusters\"\ny = \"ari\"",
        "kind = \"box\"\nx = \"clusters\"",
        "kind = \"heat-map\"\nx = \"clusters\"\ny = \"seed-restarts\"",
        "kind = \"scatter\"\nx = \"clusters\"\ny = \"ari\"\nby = \"seed-restarts\"",
        "kind = \"parallel\"",
        "kind = \"bar\"\nx = \"clusters\"",
    ] {
        rest.push_str(&format!("[[figure]]\n{figure}\n"));
    }
    let results = swept(GRID, &rest, 3, |trial| 0.5 + 0.4 * wobble(&trial.id));
    let (report, page) = made(&results);
    assert_eq!(report.figures.len(), 6, "every figure is drawn");
    page
}

#[test]
fn figures_stand_in_the_section_of_what_they_show() {
    let page = every_kind();
    let sweeps = page.split("<section id=\"sweeps\">").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(sweeps.matches("<figure").count(), 6);
    assert_eq!(page.matches("aria-label=\"Copy SVG of figure").count(), 6);
    assert!(page.contains("<a href=\"#sweeps\">Sweeps</a>"));
}

#[test]
fn what_is_pooled_is_said() {
    let rest = "[[figure]]\nkind = \"line\"\nx = \"clusters\"\ny = \"ari\"\nby = \"dataset\"\n\
                [[figure]]\nkind = \"bar\"\ny = \"ari\"\n";
    let (report, _) = made(&swept(TWO, rest, 2, |trial| 0.5 + 0.1 * wobble(&trial.id)));
    let bars = figure(&report, |drawing| matches!(drawing, Drawing::Bars(_)));
    assert!(bars.caption.contains("Each bar is over clusters (2, 3, 4, 6) and 2 seeds."), "{}", bars.caption);
    assert!(bars.caption.contains("Data set: Blobs."), "an axis with one value is named: {}", bars.caption);
}

#[test]
fn a_model_as_text_is_the_best_trials_and_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let results = clustered(folder.path());
    let no_text = made(&results).0;
    assert!(no_text.figures.iter().all(|figure| !matches!(figure.drawing, Drawing::Models(_))));
    for record in &results.records {
        let text = format!("a <= 1.5: <b> of seed {}\n", record.trial.seed) + &"more\n".repeat(500);
        artifact::write(folder.path(), &record.trial.id, artifact::MODEL_TEXT, text.as_bytes()).unwrap();
    }
    let (report, page) = made(&results);
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Models(_)));
    assert_eq!(figure.section(), Section::Models);
    let Drawing::Models(models) = &figure.drawing else { unreachable!() };
    assert_eq!(models.texts.len(), 1);
    assert!(models.texts[0].text.starts_with("a <= 1.5: <b> of seed 0\n"), "the best trial's");
    assert_eq!((models.texts[0].text.lines().count(), models.texts[0].lines_left_out), (400, 101));
    assert!(page.contains("a &lt;= 1.5: &lt;b&gt; of seed 0") && page.contains("101 more lines not shown"));
}
