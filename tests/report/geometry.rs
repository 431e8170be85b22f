//! What is drawn is what was measured: numbers read out of the drawings, to within a pixel.

use gridbook::plan::trial::Trial;
use gridbook::report::figure::{Drawing, Figure, Section};
use gridbook::report::{Format, Options, Report, build, render};
use gridbook::store::results::Results;
use gridbook::value::Value;

use crate::drawing::{Axis, Element, circles, of, panels};
use crate::edges::bare;
use crate::fixture::{self, finish, wobble};

pub fn number(trial: &Trial, name: &str) -> f64 {
    match trial.params.get(name) {
        Some(Value::Integer(n)) => f64::from(i32::try_from(*n).unwrap()),
        Some(Value::Number(x)) => *x,
        _ => 0.0,
    }
}

/// An experiment of these models, `score` a trial.
pub fn swept(models: &str, rest: &str, seeds: usize, score: impl Fn(&Trial) -> f64) -> Results {
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

pub const TWO: &str = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n[model.grid]\nclusters = [2, 3, 4, 6]\n\
                   [[model]]\nkind = \"gaussian-mixture\"\nname = \"Mixture\"\n[model.grid]\nclusters = [2, 3, 4, 6]\n";

pub fn made(results: &Results) -> (Report, String) {
    let page = render(results, Format::Html, &Options::default()).unwrap();
    (build(results, &Options::default()), page)
}

#[track_caller]
pub fn figure(report: &Report, is: impl Fn(&Drawing) -> bool) -> &Figure {
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

pub fn number_of(seed: u64) -> f64 {
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

#[test]
fn points_stand_where_trials_scored() {
    let model = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n";
    let rest = "[[figure]]\nkind = \"scatter\"\nx = \"inertia\"\ny = \"ari\"\n";
    let results = swept(model, rest, 9, |trial| 0.5 + 0.3 * wobble(&trial.id));
    let (report, page) = made(&results);
    let Drawing::Scatter(scatter) = &report.figures[0].drawing else { panic!("a scatter") };
    let drawn = &panels(&page, 1)[0];
    let (up, across) = (Axis::upright(drawn), Axis::across(drawn));
    let starts = circles(of(drawn, "spot")[0]);
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
