//! What is drawn is what was measured: numbers read out of the drawings, to within a pixel.

use gridbook::plan::trial::Trial;
use gridbook::report::figure::{Drawing, Figure, Section};
use gridbook::report::{Format, Options, Report, build, render};
use gridbook::store::artifact::{self, PREDICTIONS};
use gridbook::store::outcome::Status;
use gridbook::store::results::{DatasetFacts, Results};
use gridbook::store::rows::{self, KnownRows};
use gridbook::value::Value;

use crate::drawing::{Axis, Element, of, panels};
use crate::edges::bare;
use crate::fixture::{self, end, finish, wobble};

fn number(trial: &Trial, name: &str) -> f64 {
    match trial.params.get(name) {
        Some(Value::Integer(n)) => f64::from(i32::try_from(*n).unwrap()),
        Some(Value::Number(x)) => *x,
        _ => 0.0,
    }
}

/// An experiment of these models, `score` a trial.
fn swept(models: &str, rest: &str, seeds: usize, score: impl Fn(&Trial) -> f64) -> Results {
    let mut results = bare(&format!(
        "format = 1\nname = \"swept\"\n[task]\nkind = \"clustering\"\nmetrics = [\"ari\", \"inertia\", \"fit_seconds\"]\n\
         [repeat]\nseeds = {seeds}\n[[dataset]]\nkind = \"blobs\"\nname = \"Blobs\"\n{models}{rest}"
    ));
    for record in &mut results.records {
        let value = score(&record.trial);
        finish(record, &[("ari", value), ("inertia", 1000.0 * value)], 0.01 + 10.0 * value);
    }
    results
}

const TWO: &str = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n[model.grid]\nclusters = [2, 3, 4, 6]\n\
                   [[model]]\nkind = \"gaussian-mixture\"\nname = \"Mixture\"\n[model.grid]\nclusters = [2, 3, 4, 6]\n";

fn made(results: &Results) -> (Report, String) {
    let page = render(results, Format::Html, &Options::default()).unwrap();
    (build(results, &Options::default()), page)
}

#[track_caller]
fn figure(report: &Report, is: impl Fn(&Drawing) -> bool) -> &Figure {
    report.figures.iter().find(|figure| is(&figure.drawing)).expect("there is such a figure")
}

#[test]
fn bars_and_whiskers_end_where_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let (report, page) = made(&fixture::results(folder.path()));
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Bars(_)));
    let Drawing::Bars(bars) = &figure.drawing else { unreachable!() };
    for (panel, drawn) in bars.panels.iter().zip(panels(&page, figure.number)) {
        let axis = Axis::upright(&drawn);
        let bars: Vec<_> =
            panel.groups.iter().flat_map(|group| &group.bars).filter(|bar| bar.summary.is_some()).collect();
        let rects: Vec<&Element> = drawn.iter().filter(|element| element.name == "rect").collect();
        assert_eq!(rects.len(), bars.len());
        let whiskers = &of(&drawn, "err")[0].attributes["d"];
        for (bar, rect) in bars.iter().zip(rects) {
            let summary = bar.summary.unwrap();
            axis.holds(rect.number("y"), summary.mean);
            axis.holds(rect.number("y") + rect.number("height"), 0.0);
            assert!(rect.has(&format!("c-m{}", bar.series)));
            let middle = rect.number("x") + rect.number("width") / 2.0;
            let own = whiskers.split('M').find_map(|step| {
                let (x, rest) = step.split_once(' ')?;
                let (from, to) = rest.split_once('V')?;
                let [x, from, to] = [x, from, to].map(|number| number.parse::<f64>().unwrap());
                ((x - middle).abs() < 0.2).then_some((from, to))
            });
            if let (Some(low), Some(high)) = (summary.low, summary.high) {
                let (from, to) = own.unwrap();
                axis.holds(from, low);
                axis.holds(to, high);
            }
        }
    }
}

/// Two seeds that differ: the interval passes an end of what the metric can be.
#[test]
fn a_whisker_beyond_the_metric_shows_that_it_is() {
    let models = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n";
    let rest = "[[figure]]\nkind = \"bar\"\ny = \"ari\"\n";
    let (report, page) = made(&swept(models, rest, 2, |trial| 0.9 + 0.05 * number_of(trial.seed)));
    let drawn = &panels(&page, 1)[0];
    let axis = Axis::upright(drawn);
    let limit = of(drawn, "limit")[0].attributes["d"].split([' ', 'H']).nth(1).unwrap().parse().unwrap();
    axis.holds(limit, 1.0);
    assert!(report.figures[0].caption.contains("a dotted line marks their end"), "{}", report.figures[0].caption);
    let reach = |drawn: &[Element]| -> Vec<f64> {
        let d = &of(drawn, "err")[0].attributes["d"];
        d.split(['M', 'V', 'L', 'h']).filter_map(|step| step.split(' ').next_back()?.parse().ok()).collect()
    };
    assert!(reach(drawn).iter().any(|y| *y < axis.place(1.0) - 1.0), "above 1");

    let (report, page) = made(&swept(models, rest, 2, |trial| 0.1 + 0.8 * number_of(trial.seed)));
    let drawn = &panels(&page, 1)[0];
    let axis = Axis::upright(drawn);
    assert!(reach(drawn).iter().any(|y| *y > axis.place(0.0) + 1.0), "not cut at 0");
    assert!(report.figures[0].caption.contains("An arrow at its end"), "{}", report.figures[0].caption);
}

fn number_of(seed: u64) -> f64 {
    f64::from(u32::try_from(seed).unwrap())
}

#[test]
fn boxes_end_at_data() {
    let folder = tempfile::tempdir().unwrap();
    let (report, page) = made(&fixture::results(folder.path()));
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Boxes(_)));
    assert_eq!(figure.section(), Section::Sweeps);
    let Drawing::Boxes(boxes) = &figure.drawing else { unreachable!() };
    for (panel, drawn) in boxes.panels.iter().zip(panels(&page, figure.number)) {
        let axis = Axis::upright(&drawn);
        let numbers: Vec<_> = panel.boxes.iter().filter_map(|one| one.numbers.as_ref()).collect();
        let (rects, medians, whiskers) = (of(&drawn, "box"), of(&drawn, "med"), of(&drawn, "err"));
        assert_eq!((rects.len(), medians.len(), whiskers.len()), (numbers.len(), numbers.len(), numbers.len()));
        for (i, numbers) in numbers.into_iter().enumerate() {
            axis.holds(rects[i].number("y"), numbers.quartiles[2]);
            axis.holds(rects[i].number("y") + rects[i].number("height"), numbers.quartiles[0]);
            let median = medians[i].attributes["d"].split([' ', 'h']).nth(1).unwrap().parse().unwrap();
            axis.holds(median, numbers.quartiles[1]);
            let steps: Vec<f64> =
                whiskers[i].attributes["d"].split(['M', ' ', 'V', 'h']).filter_map(|n| n.parse().ok()).collect();
            for end in [steps[1], steps[5]] {
                let at_data = |value: &f64| (axis.place(*value) - end).abs() <= 1.0;
                assert!(numbers.values.iter().any(at_data), "a whisker ends at {end}, where no trial is");
            }
            axis.holds(steps[1], numbers.whiskers.0.min(numbers.quartiles[0]));
            axis.holds(steps[5], numbers.whiskers.1.max(numbers.quartiles[2]));
        }
    }
}

#[test]
fn lines_and_bands_go_through_the_numbers() {
    let results = swept(TWO, "", 5, |trial| 0.5 + 0.1 * wobble(&trial.id) - 0.03 * number(trial, "clusters"));
    let (report, page) = made(&results);
    let lines: Vec<&Figure> = report.figures.iter().filter(|f| matches!(f.drawing, Drawing::Lines(_))).collect();
    assert_eq!(lines.len(), 3, "two scores and the time");
    for figure in lines {
        let Drawing::Lines(lines) = &figure.drawing else { unreachable!() };
        assert!(
            figure.caption.contains("95% t intervals") && figure.caption.contains("over 5 seeds"),
            "{}",
            figure.caption
        );
        let drawn = &panels(&page, figure.number)[0];
        let (up, across) = (Axis::upright(drawn), Axis::across(drawn));
        let (drawn_lines, bands) = (of(drawn, "line"), of(drawn, "band"));
        assert_eq!((drawn_lines.len(), bands.len()), (2, 2));
        for (line, (path, band)) in lines.panels[0].lines.iter().zip(drawn_lines.iter().zip(&bands)) {
            assert!(path.has(&format!("s-m{}", line.series)), "a line has its method's colour");
            let band = band.points();
            for (i, (point, (x, y))) in line.points.iter().zip(path.points()).enumerate() {
                across.holds(x, lines.x.labels[point.at].parse().unwrap());
                up.holds(y, point.summary.mean);
                up.holds(band[i].1, point.summary.low.unwrap());
                up.holds(band[band.len() - 1 - i].1, point.summary.high.unwrap());
            }
        }
    }
}

#[test]
fn values_spread_by_ratios_have_a_log_axis_that_says_so() {
    let model = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n[model.grid]\nseed-restarts = [1, 2, 4, 8, 32]\n";
    let (report, page) = made(&swept(model, "", 1, |trial| 0.2 + 0.01 * number(trial, "seed-restarts")));
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Lines(_)));
    assert!(figure.caption.contains("Every point is one trial"), "{}", figure.caption);
    let drawn = &panels(&page, figure.number)[0];
    assert!(of(drawn, "axt").iter().any(|title| title.text == "seed-restarts (log axis)"));
    let (up, across) = (Axis::upright(drawn), Axis::across(drawn));
    let points = of(drawn, "line")[0].points();
    for ((x, y), restarts) in points.into_iter().zip([1.0, 2.0, 4.0, 8.0, 32.0]) {
        across.holds(x, restarts);
        up.holds(y, 0.2 + 0.01 * restarts);
    }
}

#[test]
fn few_values_have_bands_of_one_deviation_and_the_caption_says_so() {
    let (report, _) = made(&swept(TWO, "", 3, |trial| 0.5 + 0.1 * wobble(&trial.id)));
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Lines(_)));
    assert!(figure.caption.contains("one sample standard deviation"), "{}", figure.caption);
}

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
            let own = of(drawn, "ax").into_iter().filter(|label| {
                label.attributes["text-anchor"] == "end" && (label.number("x") + 6.0 - at.0).abs() < 1.0
            });
            let nearest = own.min_by(|a, b| {
                let far = |label: &Element| (label.number("y") - 3.5 - at.1).abs();
                far(a).total_cmp(&far(b))
            });
            assert_eq!(nearest.unwrap().text, axis.labels[line.at[i]], "{} of {points:?}", axis.name);
        }
    }
}

#[test]
fn points_stand_where_trials_scored() {
    let model = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n";
    let rest = "[[figure]]\nkind = \"scatter\"\nx = \"inertia\"\ny = \"ari\"\n";
    let results = swept(model, rest, 9, |trial| 0.5 + 0.3 * wobble(&trial.id));
    let (report, page) = made(&results);
    let Drawing::Scatter(scatter) = &report.figures[0].drawing else { panic!("a scatter") };
    let drawn = &panels(&page, 1)[0];
    let (up, across) = (Axis::upright(drawn), Axis::across(drawn));
    let spots = &of(drawn, "spot")[0].attributes["d"];
    let starts: Vec<(f64, f64)> = spots
        .split('M')
        .skip(1)
        .map(|mark| {
            let (x, rest) = mark.split_once(' ').unwrap();
            // A circle is drawn from its left.
            (x.parse::<f64>().unwrap() + 3.2, rest.split('A').next().unwrap().parse().unwrap())
        })
        .collect();
    assert_eq!(starts.len(), 9);
    for ((x, y), (score, ari, _)) in starts.into_iter().zip(&scatter.panels[0].points) {
        across.holds(x, *score);
        up.holds(y, *ari);
        assert!((score - 1000.0 * ari).abs() < 1e-9);
    }
}

#[test]
fn curves_go_through_the_means() {
    let folder = tempfile::tempdir().unwrap();
    let (report, page) = made(&fixture::results(folder.path()));
    let figure = figure(&report, |drawing| matches!(drawing, Drawing::Curves(_)));
    let Drawing::Curves(curves) = &figure.drawing else { unreachable!() };
    for (panel, drawn) in curves.panels.iter().zip(panels(&page, figure.number)) {
        let (up, across) = (Axis::upright(&drawn), Axis::across(&drawn));
        let (paths, bands) = (of(&drawn, "line"), of(&drawn, "band"));
        for (line, (path, band)) in panel.lines.iter().zip(paths.iter().zip(bands)) {
            assert!(line.points.len() <= 200);
            let band = band.points();
            for (i, (point, (x, y))) in line.points.iter().zip(path.points()).enumerate() {
                across.holds(x, point.0);
                up.holds(y, point.1);
                up.holds(band[i].1, point.2);
                up.holds(band[band.len() - 1 - i].1, point.3);
            }
        }
        let phase = of(&drawn, "phase")[0];
        across.holds(phase.number("x"), 0.0);
        across.holds(phase.number("x") + phase.number("width"), 20.0);
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
