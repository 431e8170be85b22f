//! What the page's script reads: all trials by column, and the tables' texts to copy.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};

use crate::report::number::MINUS;
use crate::report::rows::{self, COLUMNS};
use crate::report::trials::ColumnValues;
use crate::report::{Report, grid, latex, markdown, weka};

/// A table to copy: CSV and JSON are made from columns and rows. Its trials are their places in the list of all trials
/// (`0-4 7`), of which the script makes ids: ids in full would be half of a large page.
#[derive(Serialize)]
pub struct Copy {
    latex: String,
    md: String,
    /// None where there are no methods on one side.
    #[serde(skip_serializing_if = "Option::is_none")]
    weka: Option<String>,
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
    let places = places(report);
    let mut copies = BTreeMap::new();
    for table in &report.tables {
        let grid = grid::of_table(table);
        let rows = rows::of_table(table)
            .into_iter()
            .map(|mut row| {
                row.trials = runs(row.trials.split(' ').filter_map(|id| places.get(id).copied()));
                let named = serde_json::to_value(&row).unwrap_or_default();
                COLUMNS.iter().map(|column| named.get(column).cloned().unwrap_or_default()).collect()
            })
            .collect();
        let copy = Copy {
            latex: latex::write(&grid),
            md: markdown::write(&grid),
            weka: weka::write(table),
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
            weka: None,
            columns: paper_columns(paper),
            rows: paper.rows.iter().map(|row| paper_row(row, &places)).collect(),
        };
        copies.insert(format!("t{}", paper.number), copy);
    }
    copies
}

fn places(report: &Report) -> HashMap<&str, usize> {
    report.trials.full_ids.iter().map(String::as_str).zip(0..).collect()
}

/// Places in ascending order, neighbours as `FIRST-LAST`.
fn runs(places: impl Iterator<Item = usize>) -> String {
    let mut places: Vec<usize> = places.collect();
    places.sort_unstable();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some((_, last)) if place == *last + 1 => *last = place,
            _ => runs.push((place, place)),
        }
    }
    let word =
        |(first, last): (usize, usize)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    runs.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

fn paper_columns(paper: &crate::report::paper::Paper) -> Vec<String> {
    let rest = ["metric", "source", "printed", "published", "n", "mean", "low", "high", "difference", "flag", "trials"];
    paper.axes.iter().cloned().chain(rest.map(str::to_owned)).collect()
}

fn paper_row(row: &crate::report::paper::PaperRow, places: &HashMap<&str, usize>) -> Vec<Value> {
    let trials = row.trials.iter().filter_map(|id| places.get(id.as_str()).copied());
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
        json!(runs(trials)),
    ]);
    values
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn neighbours_are_a_run() {
        assert_eq!(runs([7, 0, 1, 2, 4].into_iter()), "0-2 4 7");
        assert_eq!(runs(std::iter::empty()), "");
    }
}
