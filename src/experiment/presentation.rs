//! `[[table]]` and `[[report.note]]`: what the report shows.

use crate::diagnostic::Problem;
use crate::experiment::blocks::{Note, TableBlock};
use crate::experiment::choose::{self, Compare};
use crate::experiment::document::{Place, Table};
use crate::experiment::inputs::unique_names;
use crate::experiment::names::Names;
use crate::experiment::reader::Reader;
use crate::experiment::task_metric;
use crate::metric::MetricSpec;
use crate::parameter::{Values, quoted};

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
    let against = names.published.first().cloned();
    TableBlock {
        title: "Results".to_owned(),
        rows: names.default_rows.clone(),
        columns: names.default_columns.clone(),
        metrics: names.metrics.clone(),
        compare: Compare {
            against: against.map(|name| name.trim_start_matches("published.").to_owned()),
            ..Compare::default()
        },
        ..TableBlock::default()
    }
}

fn read_table(table: &Table, place: &Place, names: &Names, problems: &mut Vec<Problem>) -> TableBlock {
    let mut reader = Reader::new(table, "[[table]]", place);
    let title = reader.text("title", problems).unwrap_or_else(|| "Results".to_owned());
    let axes = |key: &str, reader: &mut Reader<'_>, problems: &mut Vec<Problem>| -> Option<Vec<String>> {
        let found = reader.distinct_texts(key, problems)?;
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
    let only = reader.table("where", problems).map_or_else(Values::new, |(t, _)| names.read_where(t, problems));
    let metrics = read_metrics(&mut reader, names, problems);
    let shown: Vec<String> = rows.iter().chain(&columns).cloned().collect();
    let choose = choose::choose(&mut reader, &shown, &only, names, problems);
    let compare = choose::compare(&mut reader, names, problems);
    reader.finish(problems);
    TableBlock { title, rows, columns, only, metrics, choose, compare }
}

fn check_disjoint(rows: &[String], columns: &[String], place: &Place, problems: &mut Vec<Problem>) {
    for axis in rows.iter().filter(|axis| columns.contains(axis)) {
        problems.push(Problem::error(place, "duplicate", format!("the axis `{axis}` is in both rows and columns")));
    }
}

fn read_metrics(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<&'static MetricSpec> {
    let mut given = reader.distinct_texts("metrics", problems);
    if let Some(one) = reader.distinct_texts("metric", problems) {
        given = Some(one);
    }
    let Some(given) = given else { return names.metrics.clone() };
    let mut found = Vec::new();
    for (name, place) in given {
        let Some(spec) = task_metric(&name, names.task, &place, problems) else { continue };
        if !names.metrics.is_empty() && !names.metrics.iter().any(|known| known.name == name) {
            let message = format!("the metric `{name}` is not among `metrics` of [task]");
            let help = format!("add \"{name}\" to `metrics`");
            problems.push(Problem::error(&place, "unknown-metric", message).help(help).follows());
        }
        found.push(spec);
    }
    found
}

/// What is wrong with what a note is about, if the file has nothing of the name.
fn unknown_subject(name: &str, place: &Place, names: &Names) -> Option<Problem> {
    let subjects = names.subjects();
    if subjects.contains(&name) {
        return None;
    }
    let message = match names.published.as_slice() {
        [] if name.starts_with("published.") => format!("nothing is called `{name}`: the file has no [published.*]"),
        known if name.starts_with("published.") => {
            format!("nothing is called `{name}`; expected one of {}", quoted(known))
        }
        _ => format!(
            "nothing is called `{name}`: a note is about printed numbers (`published.KEY`), or about a block, an axis, \
             a metric or a title of this file"
        ),
    };
    Some(Problem::error(place, "unknown-value", message).nearest(name, subjects).follows())
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
            if let (Some(name), Some(entry)) = (&about, note.entry("about")) {
                problems.extend(unknown_subject(name, &entry.node.place, names));
            }
            let text = note.required_text("text", "text = \"what the reader should know\"", problems);
            note.finish(problems);
            Some(Note { about, text: text? })
        })
        .collect();
    report.finish(problems);
    notes
}
