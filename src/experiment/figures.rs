//! `[[figure]]`.

use crate::diagnostic::Problem;
use crate::experiment::blocks::{FigureBlock, FigureKind};
use crate::experiment::document::{Place, Table};
use crate::experiment::inputs::kind;
use crate::experiment::names::Names;
use crate::experiment::reader::Reader;
use crate::metric;
use crate::parameter::{Values, quoted};

/// What can stand under a key of a figure.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Axis,
    Metric,
    AxisOrMetric,
    Curve,
}

/// What `x` and `y` of a kind are, and whether each must be there.
fn takes(kind: FigureKind) -> [(Takes, bool); 2] {
    match kind {
        FigureKind::Box | FigureKind::Line => [(Takes::Axis, true), (Takes::Metric, false)],
        FigureKind::HeatMap => [(Takes::Axis, true), (Takes::AxisOrMetric, true)],
        FigureKind::Scatter => [(Takes::AxisOrMetric, true), (Takes::AxisOrMetric, true)],
        FigureKind::Curve => [(Takes::Axis, false), (Takes::Curve, false)],
        FigureKind::Bar
        | FigureKind::Confusion
        | FigureKind::Model
        | FigureKind::CriticalDifference
        | FigureKind::Parallel
        | FigureKind::Importance => [(Takes::Axis, false), (Takes::Metric, false)],
    }
}

/// Reads every `[[figure]]`.
pub fn figures(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<FigureBlock> {
    let blocks = reader.tables("figure", problems);
    blocks.into_iter().filter_map(|(table, place)| read_figure(table, &place, names, problems)).collect()
}

fn read_figure(table: &Table, place: &Place, names: &Names, problems: &mut Vec<Problem>) -> Option<FigureBlock> {
    let mut reader = Reader::new(table, "[[figure]]", place);
    let kinds: Vec<_> = FigureKind::ALL.iter().map(|(word, kind, _)| (*word, *kind)).collect();
    let kind = kind(&mut reader, "figure", &kinds, &[], problems)?;
    let title = reader.text("title", problems);
    let [(x_takes, x_needed), (y_takes, y_needed)] = takes(kind);
    let x = side(&mut reader, "x", x_takes, names, problems);
    let y = side(&mut reader, "y", y_takes, names, problems);
    let by = side(&mut reader, "by", Takes::Axis, names, problems);
    for (key, needed, example) in [("x", x_needed, "x = \"batch-size\""), ("y", y_needed, "y = \"acc\"")] {
        if needed && reader.entry(key).is_none() {
            reader.missing(key, example, problems);
        }
    }
    let first = names.metrics.first().map_or_else(String::new, |spec| spec.name.to_owned());
    let mut metric = None;
    if kind == FigureKind::HeatMap {
        metric = side(&mut reader, "metric", Takes::Metric, names, problems).or_else(|| Some(first.clone()));
        check_heat_map(&mut reader, y.as_deref(), place, problems);
    }
    let y = y.unwrap_or(if kind == FigureKind::Curve { "loss".to_owned() } else { first });
    let only = reader.table("where", problems).map_or_else(Values::new, |(t, _)| names.read_where(t, problems));
    reader.finish(problems);
    Some(FigureBlock { kind, title, x, y, metric, by, only })
}

/// A heat map has two axes: `x` and `y`, or with a metric as `y` the axis `by`.
fn check_heat_map(reader: &mut Reader<'_>, y: Option<&str>, place: &Place, problems: &mut Vec<Problem>) {
    if y.is_some_and(|y| metric::find(y).is_some()) && reader.entry("by").is_none() {
        let message = "a heat map has two axes, and this one has only `x`";
        let help = "name the other one as `y`, and what is drawn as `metric`";
        problems.push(Problem::error(place, "missing-key", message).help(help));
    }
}

fn side(
    reader: &mut Reader<'_>,
    key: &str,
    takes: Takes,
    names: &Names,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let name = reader.text(key, problems)?;
    let place = &reader.entry(key)?.node.place;
    let good = match takes {
        Takes::Axis => names.check_axis(&name, place, false, problems),
        Takes::Metric => names.asked_metric(&name, place, problems).is_some(),
        // What curves there are is known when trials have run.
        Takes::Curve => true,
        Takes::AxisOrMetric if names.axes.contains(&name) => true,
        Takes::AxisOrMetric if metric::find(&name).is_some() => names.asked_metric(&name, place, problems).is_some(),
        Takes::AxisOrMetric => {
            let metrics = names.metrics.iter().map(|spec| spec.name);
            let mut known: Vec<&str> = names.axes.iter().map(String::as_str).chain(metrics).collect();
            known.sort_unstable();
            let message = format!("no axis or metric is called `{name}`; expected one of {}", quoted(&known));
            problems.push(Problem::error(place, "unknown-axis", message).nearest(&name, known).follows());
            false
        }
    };
    good.then_some(name)
}
