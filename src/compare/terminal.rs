//! The comparison in plain characters.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::report::number::plural;
use crate::report::terminal::ascii;

use super::words::{self, Shape};
use super::{Cell, Comparison, Setting, Side, Verdict};

/// So many changed cells are named.
const NAMED: usize = 20;
/// So many of measurements.
const MEASURED: usize = 5;
/// So many settings are named.
const SETTINGS: usize = 40;
/// Longer values are cut.
const WIDEST: usize = 60;

/// The summary, the changed cells with the worst first, and the settings that differ.
pub fn text(comparison: &Comparison) -> String {
    let mut text = format!("{}\n{}\n\n", side("A", &comparison.a), side("B", &comparison.b));
    text.push_str(&format!("{}\n", words::tally(comparison, false)));
    for sentence in words::sentences(comparison) {
        text.push_str(&format!("{sentence}\n"));
    }
    text.push_str(&cells(comparison, false, NAMED));
    if comparison.of_kind(true).next().is_some() {
        text.push_str(&format!("\nMeasured, deciding nothing: {}\n", words::tally(comparison, true)));
        text.push_str(&cells(comparison, true, MEASURED));
    }
    text.push_str(&settings(comparison));
    text.lines().map(|line| ascii(&line.replace('→', "->")).trim_end().to_owned() + "\n").collect()
}

fn side(name: &str, side: &Side) -> String {
    format!("{name}: {} ({}), {}", side.folder, side.name, plural(side.trials, "trial"))
}

/// The changed cells of results, or of measurements.
fn cells(comparison: &Comparison, measured: bool, named: usize) -> String {
    let changed: Vec<&Cell> =
        words::worst_first(comparison, measured).into_iter().filter(|cell| cell.is_change()).collect();
    if changed.is_empty() {
        return String::new();
    }
    let shape = Shape::of(comparison);
    let mut head = vec!["Verdict", "Data set"];
    head.extend(shape.pipelines.then_some("Pipeline"));
    head.extend(shape.splits.then_some("Split"));
    head.extend(["Model", "Metric", "A", "B", "B - A", "95% CI", "p", ""]);
    let numbers = head.len() - 6..head.len() - 1;
    let mut rows = Vec::new();
    for cell in changed.iter().take(named) {
        let row = words::row(cell, comparison.decimals(cell.metric));
        let [dataset, pipeline, split, model] = row.place;
        let mut line = vec![cell.verdict.words().to_owned(), dataset];
        line.extend(shape.pipelines.then_some(pipeline));
        line.extend(shape.splits.then_some(split));
        line.extend([model, row.metric.to_owned(), row.a, row.b, row.difference, row.interval, row.p_value]);
        line.push(row.remark);
        rows.push(line);
    }
    let mut text = format!("\n{}", table(&head, rows, numbers));
    let rest = &changed[changed.len().min(named)..];
    if !rest.is_empty() {
        let parts: Vec<String> = Verdict::all()
            .into_iter()
            .filter_map(|verdict| {
                let n = rest.iter().filter(|cell| cell.verdict == verdict).count();
                (n > 0).then(|| format!("{n} {}", verdict.words()))
            })
            .collect();
        text.push_str(&format!("and {} more: {}\n", rest.len(), parts.join(", ")));
    }
    if let Some(tests) = words::tests(comparison, measured) {
        text.push_str(&format!("{}\n", tests.replace('≤', "<=")));
    }
    text
}

fn settings(comparison: &Comparison) -> String {
    let settings = &comparison.settings;
    let equal = plural(settings.equal, "setting");
    if settings.differ.is_empty() {
        return format!("\nNo setting differs ({equal} compared).\n");
    }
    let line = |setting: &Setting| {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        let of = format!("{} {}", setting.of, setting.label).trim_end().to_owned();
        vec![of, setting.name.clone(), value(&setting.a), value(&setting.b)]
    };
    let rows = settings.differ.iter().take(SETTINGS).map(line).collect();
    let mut text = format!(
        "\nSettings that differ ({equal} {} equal):\n{}",
        if settings.equal == 1 { "is" } else { "are" },
        table(&["Of", "Setting", "A", "B"], rows, 0..0)
    );
    if settings.differ.len() > SETTINGS {
        text.push_str(&format!("and {} more: `--json` has all\n", settings.differ.len() - SETTINGS));
    }
    text
}

/// A table with some columns to the right; a column that is empty throughout is left out.
fn table(head: &[&str], rows: Vec<Vec<String>>, right: std::ops::Range<usize>) -> String {
    let kept: Vec<usize> =
        (0..head.len()).filter(|at| rows.iter().any(|row| row.get(*at).is_some_and(|cell| !cell.is_empty()))).collect();
    let mut plain = Table::new();
    plain.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    plain.set_header(kept.iter().map(|at| head[*at]));
    for row in &rows {
        plain.add_row(kept.iter().map(|at| cut(&ascii(&row[*at].replace('→', "->")))));
    }
    for (column, at) in plain.column_iter_mut().zip(&kept) {
        let side = if right.contains(at) { CellAlignment::Right } else { CellAlignment::Left };
        column.set_cell_alignment(side);
    }
    format!("{plain}\n")
}

/// At most so many characters.
fn cut(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}
