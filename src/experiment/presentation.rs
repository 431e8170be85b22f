//! `[[table]]`, `[[figure]]` and `[[report.note]]`: what the report shows.

use crate::diagnostic::Problem;
use crate::experiment::blocks::{
    DatasetBlock, FigureBlock, FigureKind, ModelBlock, Note, PipelineBlock, Published, TableBlock,
};
use crate::experiment::document::{Node, NodeKind, Place, Table};
use crate::experiment::find_metric;
use crate::experiment::inputs::{kind, unique_names};
use crate::experiment::later::LaterModel;
use crate::experiment::reader::{Reader, unknown_key};
use crate::metric::MetricSpec;
use crate::parameter::{Values, quoted};
use crate::value::Value;

/// What tables and figures may name.
pub struct Names {
    axes: Vec<String>,
    metrics: Vec<&'static MetricSpec>,
    published: Vec<String>,
    datasets: Vec<String>,
    pipelines: Vec<String>,
    models: Vec<String>,
    seeds: Vec<u64>,
}

impl Names {
    /// From the blocks read so far.
    #[expect(clippy::too_many_arguments, reason = "each is a list of names")]
    pub fn new(
        axes: &[String],
        metrics: &[&'static MetricSpec],
        published: &[Published],
        datasets: &[DatasetBlock],
        pipelines: &[PipelineBlock],
        models: &[ModelBlock],
        later: &[LaterModel],
        seeds: &[u64],
    ) -> Self {
        Names {
            axes: axes.to_vec(),
            metrics: metrics.to_vec(),
            published: published.iter().map(|p| format!("published.{}", p.key)).collect(),
            datasets: datasets.iter().map(|b| b.name.clone()).collect(),
            pipelines: pipelines.iter().map(|b| b.name.clone()).collect(),
            models: models.iter().map(|b| b.name.clone()).chain(later.iter().map(|m| m.name.clone())).collect(),
            seeds: seeds.to_vec(),
        }
    }

    /// The labels that an axis can have; none where any value goes.
    fn labels(&self, axis: &str) -> Option<&[String]> {
        match axis {
            "dataset" => Some(&self.datasets),
            "pipeline" => Some(&self.pipelines),
            "model" => Some(&self.models),
            _ => None,
        }
    }

    fn check_axis(&self, name: &str, place: &Place, with_metric: bool, problems: &mut Vec<Problem>) -> bool {
        let mut names: Vec<&str> = self.axes.iter().map(String::as_str).collect();
        if with_metric {
            names.push("metric");
        }
        names.sort_unstable();
        let known = names.contains(&name);
        if !known {
            let message = format!("no axis is called `{name}`; expected one of {}", quoted(&names));
            problems.push(Problem::error(place, "unknown-axis", message).nearest(name, names).follows());
        }
        known
    }

    fn check_label(&self, axis: &str, node: &Node, problems: &mut Vec<Problem>) {
        if let ("seed", Some(value)) = (axis, node.to_value())
            && !self.seeds.iter().any(|seed| value.as_integer() == i64::try_from(*seed).ok())
        {
            let message = format!("no trial has the seed {value}");
            problems.push(Problem::error(&node.place, "unknown-value", message).follows());
        }
        let (Some(labels), Some(Value::Text(text))) = (self.labels(axis), node.to_value()) else { return };
        if !labels.contains(&text) {
            let message = format!("no {axis} is called `{text}`; expected one of {}", quoted(labels));
            let names = labels.iter().map(String::as_str);
            problems.push(Problem::error(&node.place, "unknown-value", message).nearest(&text, names).follows());
        }
    }
}

/// Reads every `[[table]]`; without any, models by data sets and metrics.
pub fn tables(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<TableBlock> {
    let blocks = reader.tables("table", problems);
    if blocks.is_empty() {
        return vec![default_table(names)];
    }
    let tables: Vec<TableBlock> =
        blocks.iter().map(|(table, place)| read_table(table, place, names, problems)).collect();
    let titles = tables.iter().zip(&blocks).map(|(table, (_, place))| (table.title.as_str(), place));
    unique_names(titles, "table", problems);
    tables
}

fn default_table(names: &Names) -> TableBlock {
    let mut rows = vec!["model".to_owned()];
    if names.pipelines.len() > 1 {
        rows.insert(0, "pipeline".to_owned());
    }
    let against = names.published.first().cloned();
    TableBlock {
        title: "Results".to_owned(),
        rows,
        columns: vec!["dataset".to_owned(), "metric".to_owned()],
        only: Values::new(),
        metrics: names.metrics.clone(),
        against: against.map(|name| name.trim_start_matches("published.").to_owned()),
    }
}

fn read_table(table: &Table, place: &Place, names: &Names, problems: &mut Vec<Problem>) -> TableBlock {
    let mut reader = Reader::new(table, "[[table]]", place);
    let title = reader.text("title", problems).unwrap_or_else(|| "Results".to_owned());
    let axes = |key: &str, reader: &mut Reader<'_>, problems: &mut Vec<Problem>| -> Option<Vec<String>> {
        let found = reader.texts(key, problems)?;
        if found.is_empty()
            && let Some(entry) = reader.entry(key)
        {
            problems.push(Problem::error(&entry.node.place, "out-of-range", format!("`{key}` names no axis")));
        }
        Some(found.into_iter().filter(|(n, p)| names.check_axis(n, p, true, problems)).map(|(n, _)| n).collect())
    };
    let rows = axes("rows", &mut reader, problems).unwrap_or_else(|| vec!["model".to_owned()]);
    let columns = axes("columns", &mut reader, problems).unwrap_or_else(|| vec!["dataset".to_owned()]);
    check_disjoint(&rows, &columns, place, problems);
    let only =
        reader.table("where", problems).map_or_else(Values::new, |(table, _)| read_where(table, names, problems));
    let metrics = read_metrics(&mut reader, names, problems);
    let against = read_compare(&mut reader, names, problems);
    reader.later(&["choose"], problems);
    reader.finish(problems);
    TableBlock { title, rows, columns, only, metrics, against }
}

fn check_disjoint(rows: &[String], columns: &[String], place: &Place, problems: &mut Vec<Problem>) {
    for axis in rows.iter().filter(|axis| columns.contains(axis)) {
        problems.push(Problem::error(place, "duplicate", format!("the axis `{axis}` is in both rows and columns")));
    }
}

fn read_metrics(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<&'static MetricSpec> {
    let mut given = reader.texts("metrics", problems);
    if let Some(one) = reader.texts("metric", problems) {
        given = Some(one);
    }
    let Some(given) = given else { return names.metrics.clone() };
    let mut found = Vec::new();
    for (name, place) in given {
        let Some(spec) = find_metric(&name, &place, problems) else { continue };
        if !names.metrics.is_empty() && !names.metrics.iter().any(|known| known.name == name) {
            let message = format!("the metric `{name}` is not among `metrics` of [task]");
            let help = format!("add \"{name}\" to `metrics`");
            problems.push(Problem::error(&place, "unknown-metric", message).help(help).follows());
        }
        found.push(spec);
    }
    found
}

fn read_compare(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Option<String> {
    let (table, place) = reader.table("compare", problems)?;
    let mut compare = Reader::new(table, "`compare`", &place);
    let against = compare.text("against", problems);
    compare.later(&["test", "best-of"], problems);
    if let (Some(name), Some(entry)) = (&against, compare.entry("against"))
        && !names.published.contains(name)
    {
        let known: Vec<&str> = names.published.iter().map(String::as_str).collect();
        let message = if known.is_empty() {
            format!("nothing is called `{name}`: the file has no [published.*]")
        } else {
            format!("nothing is called `{name}`; expected one of {}", quoted(&known))
        };
        problems.push(Problem::error(&entry.node.place, "unknown-value", message).nearest(name, known).follows());
    }
    compare.finish(problems);
    against.map(|name| name.trim_start_matches("published.").to_owned())
}

/// `where`: axis to value or list of values.
fn read_where(table: &Table, names: &Names, problems: &mut Vec<Problem>) -> Values {
    let mut only = Values::new();
    for entry in &table.entries {
        if !names.axes.contains(&entry.key) {
            let axes: Vec<&str> = names.axes.iter().map(String::as_str).collect();
            problems.push(unknown_key(entry, "`where`, whose keys are axes", &axes).follows());
            continue;
        }
        match &entry.node.kind {
            NodeKind::List(items) => items.iter().for_each(|item| names.check_label(&entry.key, item, problems)),
            _ => names.check_label(&entry.key, &entry.node, problems),
        }
        if let Some(value) = entry.node.to_value() {
            only.insert(entry.key.clone(), value);
        }
    }
    only
}

/// Reads every `[[figure]]`.
pub fn figures(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<FigureBlock> {
    let blocks = reader.tables("figure", problems);
    blocks.into_iter().filter_map(|(table, place)| read_figure(table, &place, names, problems)).collect()
}

fn read_figure(table: &Table, place: &Place, names: &Names, problems: &mut Vec<Problem>) -> Option<FigureBlock> {
    const LATER: &[&str] =
        &["line", "heat-map", "scatter", "confusion", "critical-difference", "parallel", "importance"];
    let mut reader = Reader::new(table, "[[figure]]", place);
    let kinds: Vec<_> = FigureKind::ALL.iter().map(|(word, kind, _)| (*word, *kind)).collect();
    let kind = kind(&mut reader, "figure", &kinds, LATER, problems)?;
    let title = reader.text("title", problems);
    let axis = |key: &str, reader: &mut Reader<'_>, problems: &mut Vec<Problem>| -> Option<String> {
        let name = reader.text(key, problems)?;
        let place = reader.entry(key).map(|entry| entry.node.place.clone()).unwrap_or_default();
        names.check_axis(&name, &place, false, problems).then_some(name)
    };
    let x = axis("x", &mut reader, problems);
    let by = axis("by", &mut reader, problems);
    if kind == FigureKind::Box && reader.entry("x").is_none() {
        reader.missing("x", "x = \"batch-size\"", problems);
    }
    let y = reader.text("y", problems);
    if let (Some(name), Some(entry)) = (&y, reader.entry("y"))
        && kind != FigureKind::Curve
    {
        find_metric(name, &entry.node.place, problems);
    }
    let y = y.unwrap_or_else(|| match kind {
        FigureKind::Curve => "loss".to_owned(),
        _ => names.metrics.first().map_or_else(String::new, |spec| spec.name.to_owned()),
    });
    let only =
        reader.table("where", problems).map_or_else(Values::new, |(table, _)| read_where(table, names, problems));
    reader.finish(problems);
    Some(FigureBlock { kind, title, x, y, by, only })
}

/// Reads every `[[report.note]]`.
pub fn notes(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<Note> {
    let Some((table, place)) = reader.table("report", problems) else { return Vec::new() };
    let mut report = Reader::new(table, "[report]", &place);
    let notes = report
        .tables("note", problems)
        .into_iter()
        .filter_map(|(table, place)| {
            let mut note = Reader::new(table, "[[report.note]]", &place);
            let about = note.text("about", problems);
            if let (Some(name), Some(entry)) = (&about, note.entry("about"))
                && name.starts_with("published.")
                && !names.published.contains(name)
            {
                let known = names.published.iter().map(String::as_str);
                let message = format!("nothing is called `{name}`");
                problems
                    .push(Problem::error(&entry.node.place, "unknown-value", message).nearest(name, known).follows());
            }
            let text = note.required_text("text", "text = \"what the reader should know\"", problems);
            note.finish(problems);
            Some(Note { about, text: text? })
        })
        .collect();
    report.finish(problems);
    notes
}
