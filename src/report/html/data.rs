//! What the page's script reads: all trials by column, and the tables' texts to copy.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};

use crate::report::number::MINUS;
use crate::report::rows::{self, COLUMNS};
use crate::report::trials::ColumnValues;
use crate::report::{Report, grid, latex, markdown};

/// A table to copy: CSV and JSON are made from columns and rows.
#[derive(Serialize)]
pub struct Copy {
    latex: String,
    md: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// The trials: words once with places, numbers as whole multiples.
pub fn trials(report: &Report) -> Value {
    let columns: Vec<Value> = report
        .trials
        .columns
        .iter()
        .map(|column| match &column.values {
            ColumnValues::Words { words, at } => json!({"n": column.name, "k": column.key, "w": words, "a": at}),
            ColumnValues::Numbers { decimals, scaled } => {
                json!({"n": column.name, "k": column.key, "d": decimals, "s": scaled})
            }
        })
        .collect();
    json!({"n": report.trials.n, "ids": report.trials.ids, "cols": columns})
}

/// Every table by its id on the page.
pub fn copies(report: &Report) -> BTreeMap<String, Copy> {
    let short = short_ids(report);
    let mut copies = BTreeMap::new();
    for table in &report.tables {
        let grid = grid::of_table(table);
        let rows = rows::of_table(table)
            .into_iter()
            .map(|mut row| {
                let ids = row.trials.split(' ').filter(|id| !id.is_empty());
                row.trials = ids.map(|id| short.get(id).copied().unwrap_or(id)).collect::<Vec<_>>().join(" ");
                let named = serde_json::to_value(&row).unwrap_or_default();
                COLUMNS.iter().map(|column| named.get(column).cloned().unwrap_or_default()).collect()
            })
            .collect();
        let copy = Copy {
            latex: latex::write(&grid),
            md: markdown::write(&grid),
            columns: COLUMNS.map(str::to_owned).to_vec(),
            rows,
        };
        copies.insert(format!("t{}", table.number), copy);
    }
    if let Some(paper) = &report.paper {
        let grid = grid::of_paper(paper);
        let copy = Copy {
            latex: latex::write(&grid),
            md: markdown::write(&grid),
            columns: paper_columns(paper),
            rows: paper.rows.iter().map(|row| paper_row(row, &short)).collect(),
        };
        copies.insert(format!("t{}", paper.number), copy);
    }
    copies
}

/// In the page ids are as short as in its table of trials: the full ones are in `report --format csv`.
fn short_ids(report: &Report) -> HashMap<&str, &str> {
    report.trials.full_ids.iter().map(String::as_str).zip(report.trials.ids.iter().map(String::as_str)).collect()
}

fn paper_columns(paper: &crate::report::paper::Paper) -> Vec<String> {
    let rest = ["metric", "source", "printed", "published", "n", "mean", "low", "high", "difference", "flag", "trials"];
    paper.axes.iter().cloned().chain(rest.map(str::to_owned)).collect()
}

fn paper_row(row: &crate::report::paper::PaperRow, short: &HashMap<&str, &str>) -> Vec<Value> {
    let id = |id: &String| short.get(id.as_str()).copied().unwrap_or(id).to_owned();
    let mut values: Vec<Value> = row.labels.iter().map(|label| json!(label)).collect();
    values.extend([
        json!(row.metric_label),
        json!(row.source),
        json!(row.against.text.replace(MINUS, "-")),
        json!(row.against.value),
        json!(row.ours.map_or(0, |ours| ours.n)),
        json!(row.ours.map(|ours| ours.mean)),
        json!(row.ours.and_then(|ours| ours.low)),
        json!(row.ours.and_then(|ours| ours.high)),
        json!(row.against.difference),
        json!(row.against.flag.word()),
        json!(row.trials.iter().map(id).collect::<Vec<_>>().join(" ")),
    ]);
    values
}
