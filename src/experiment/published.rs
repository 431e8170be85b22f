//! `[published.*]`: numbers printed in a paper, with their digits.

use std::collections::BTreeMap;

use crate::diagnostic::{Problem, Severity};
use crate::experiment::blocks::{Literal, Published, PublishedRow};
use crate::experiment::document::{Entry, Node, NodeKind, Place, Table};
use crate::experiment::names::Names;
use crate::experiment::other_task;
use crate::experiment::reader::{Reader, unknown_key, wrong_type};
use crate::metric::{self, MetricSpec};
use crate::parameter::Values;

/// Reads every `[published.<key>]`.
pub fn published(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<Published> {
    let Some((table, _)) = reader.table("published", problems) else { return Vec::new() };
    table.entries.iter().filter_map(|entry| read_published(entry, names, problems)).collect()
}

fn read_published(entry: &Entry, names: &Names, problems: &mut Vec<Problem>) -> Option<Published> {
    let NodeKind::Table(table) = &entry.node.kind else {
        return wrong_type(&entry.node, "[published]", "tables, like `[published.lu-table-3]`", problems);
    };
    let what = format!("[published.{}]", entry.key);
    let mut reader = Reader::new(table, what.clone(), &entry.key_place);
    let source = reader.text("source", problems).unwrap_or_else(|| entry.key.clone());
    let unit = reader.text("unit", problems).unwrap_or_else(|| "fraction".to_owned());
    if !["fraction", "percent"].contains(&unit.as_str())
        && let Some(entry) = reader.entry("unit")
    {
        let message = format!("unknown unit `{unit}`; expected `fraction` or `percent`");
        problems
            .push(Problem::error(&entry.node.place, "wrong-value", message).nearest(&unit, ["fraction", "percent"]));
    }
    let percent = unit == "percent";
    // A unit that is misspelt says nothing of the numbers.
    let unit_is_known = ["fraction", "percent"].contains(&unit.as_str()) && !reader.has_near("unit");
    let tolerance = reader.number("tolerance", problems);
    let note = reader.text("note", problems);
    if reader.entry("rows").is_none() {
        reader.missing("rows", "rows = [{ model = \"IDEC\", acc = 0.25 }]", problems);
    }
    let mut rows: Vec<PublishedRow> = Vec::new();
    for (table, place) in reader.tables("rows", problems) {
        let row = read_row(table, &place, names, percent, unit_is_known, problems);
        let again = |metric: &&String| rows.iter().any(|r| r.axes == row.axes && r.values.contains_key(*metric));
        if let Some(metric) = row.values.keys().find(again) {
            problems.push(Problem::error(&place, "duplicate", format!("`{metric}` is published twice for this cell")));
        }
        rows.push(row);
    }
    reader.finish(problems);
    Some(Published { key: entry.key.clone(), source, percent, tolerance, note, rows })
}

fn read_row(
    table: &Table,
    place: &Place,
    names: &Names,
    percent: bool,
    unit_is_known: bool,
    problems: &mut Vec<Problem>,
) -> PublishedRow {
    let mut row = PublishedRow { axes: Values::new(), values: BTreeMap::new(), place: place.clone(), here: true };
    let mut good = true;
    for entry in &table.entries {
        if names.axes.contains(&entry.key) {
            let list = names.not_one(&entry.key, &entry.node);
            let problem = list.or_else(|| not_here(entry, names));
            row.here &= problem.is_none();
            problems.extend(problem);
            if let Some(value) = entry.node.to_value() {
                row.axes.insert(entry.key.clone(), value);
            }
        } else if let Some(spec) = metric::find(&entry.key) {
            if let Some(problem) = other_task(spec, names.task, &entry.key_place) {
                problems.push(problem);
                good = false;
                continue;
            }
            // Seconds stay seconds in a table of percentages.
            let percent = percent && spec.range.1 <= 1.0;
            let Some(literal) = literal(&entry.node, &entry.key, percent, problems) else {
                good = false;
                continue;
            };
            if unit_is_known && (literal.value < spec.range.0 || literal.value > spec.range.1) {
                problems.push(out_of_range(entry, &literal, spec, percent));
            }
            row.values.insert(entry.key.clone(), literal);
        } else {
            let mut known: Vec<&str> = names.axes.iter().map(String::as_str).collect();
            let judges = |spec: &&&MetricSpec| names.task.is_none_or(|task| spec.judges(task));
            known.extend(metric::METRICS.iter().filter(judges).map(|spec| spec.name));
            problems.push(unknown_key(entry, "a published row, whose keys are axes and metrics", &known).follows());
            good = false;
        }
    }
    if good && row.values.is_empty() && !table.entries.is_empty() {
        problems.push(Problem::error(place, "missing-key", "a published row without any metric's number"));
    }
    row
}

fn out_of_range(entry: &Entry, literal: &Literal, spec: &MetricSpec, percent: bool) -> Problem {
    let (low, high) = if percent { (spec.range.0 * 100.0, spec.range.1 * 100.0) } else { spec.range };
    let unit = if percent { " in percent" } else { "" };
    let message = format!("`{} = {}` cannot be: it lies in {low} to {high}{unit}", entry.key, literal.text);
    let problem = Problem::error(&entry.node.place, "out-of-range", message);
    let fits = (spec.range.0..=spec.range.1).contains(&(literal.value / 100.0));
    if !percent && fits && spec.range.1 <= 1.0 { problem.help("is the `unit` \"percent\"?") } else { problem }
}

/// A printed number of something that the file does not have stands beside nothing: worth a word, and no mistake.
fn not_here(entry: &Entry, names: &Names) -> Option<Problem> {
    let mut problem = names.unknown(&entry.key, &entry.node)?;
    problem.severity = Severity::Warning;
    let help = match &problem.suggestion {
        Some(name) => format!("did you mean `{name}`? as it is, the row stands beside nothing"),
        None => "the row stands beside nothing".to_owned(),
    };
    problem.help = Some(help);
    Some(problem)
}

/// What stands before and behind a ±.
fn split_spread(text: &str) -> (&str, Option<&str>) {
    let cut = ["±", "+/-", "+-"].into_iter().find_map(|sign| text.split_once(sign));
    cut.map_or((text, None), |(mean, std)| (mean.trim(), Some(std.trim())))
}

/// A printed number: a TOML number with its own digits, or the same as text (`"0.30"`), with or without
/// its spread (`"0.853 ± 0.004"`).
fn literal(node: &Node, name: &str, percent: bool, problems: &mut Vec<Problem>) -> Option<Literal> {
    let whole = match &node.kind {
        NodeKind::Integer(_, text) | NodeKind::Number(_, text) | NodeKind::Text(text) => text.replace('_', ""),
        _ => return wrong_type(node, &format!("`{name}`"), "a number", problems),
    };
    let found = Literal::parse(&whole, percent);
    if found.is_none() {
        let message = format!("`{name}` must be a finite number, found `{whole}`");
        let help = "write a number, or a text like \"0.853\" or \"0.853 ± 0.004\"";
        problems.push(Problem::error(&node.place, "wrong-value", message).help(help));
    }
    found
}

impl Literal {
    /// A number as printed, with or without its spread behind ±; none where it is no finite number.
    pub fn parse(text: &str, percent: bool) -> Option<Literal> {
        let (text, spread) = split_spread(text);
        let finite = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
        let std = match spread {
            Some(text) => Some(finite(text).filter(|std| *std >= 0.0)?),
            None => None,
        };
        Some(digits(text, finite(text)?, std, percent))
    }

    /// What the digits stand for: 0.26 for 0.255 to 0.265.
    pub fn band(&self) -> (f64, f64) {
        (self.value - self.half_unit, self.value + self.half_unit)
    }
}

/// The number with the digits of its text, as a fraction where it is printed as percent.
fn digits(text: &str, value: f64, std: Option<f64>, percent: bool) -> Literal {
    let (mantissa, exponent) = match text.to_lowercase().split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), exponent.parse().unwrap_or(0)),
        None => (text.to_owned(), 0),
    };
    let digits = mantissa.split_once('.').map_or(0, |(_, after)| i32::try_from(after.len()).unwrap_or(0));
    // Shifted as decimal text: 74.9 percent is 0.749 and not a neighbour of it.
    let shift = if percent { -2 } else { 0 };
    let value = format!("{mantissa}e{}", exponent + shift).parse().unwrap_or(value);
    let half_unit = format!("5e{}", exponent + shift - digits - 1).parse().unwrap_or(0.0);
    let std = std.map(|std| if percent { std / 100.0 } else { std });
    Literal { text: text.to_owned(), value, half_unit, std }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::document;

    fn read(text: &str, percent: bool) -> Option<Literal> {
        let root = document::parse(0, &format!("acc = {text}"), &mut Vec::new());
        literal(&root.get("acc").unwrap().node, "acc", percent, &mut Vec::new())
    }

    #[test]
    fn spreads_are_kept_beside_the_number() {
        for text in ["\"85.3±0.4\"", "\"85.3 ± 0.4\"", "\"85.3 +/- 0.4\"", "\"85.3 +- 0.4\""] {
            let found = read(text, true).unwrap();
            assert_eq!((found.text.as_str(), found.value, found.half_unit), ("85.3", 0.853, 0.0005), "{text}");
            assert!((found.std.unwrap() - 0.004).abs() < 1e-12);
        }
        assert_eq!(read("0.10", false).unwrap().std, None);
        assert!(read("\"85.3 ± much\"", false).is_none() && read("\"± 1\"", false).is_none());
    }
}
