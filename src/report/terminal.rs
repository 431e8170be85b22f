//! The first table in plain characters, for the end of a run.

use comfy_table::{CellAlignment, ContentArrangement, Table as Plain, presets};

use crate::store::results::Results;

use super::grid::{self, Grid, Text};
use super::number::MINUS;
use super::table::Place;
use super::{Options, markdown, tables};

/// The first table: mean ± std, the best marked with `^`, marks against a baseline as Weka sets them. Empty when there is no table.
pub fn terminal_table(results: &Results) -> String {
    match tables(results, Options::default()).first() {
        Some(table) => write(&grid::of_table(table)),
        None => String::new(),
    }
}

/// Wider tables are cut into several, one below the other.
const WIDTH: usize = 120;

fn write(grid: &Grid) -> String {
    let mut text = format!("{}\n", ascii(&grid.title));
    let heads: Vec<String> = markdown::flat(grid).into_iter().map(|head| ascii(&head)).collect();
    let rows: Vec<Vec<String>> = grid.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    for (i, columns) in parts(grid, &heads, &rows).iter().enumerate() {
        let gap = if i > 0 { "\n" } else { "" };
        text.push_str(&format!("{gap}{}\n", plain(grid.stubs, columns, &heads, &rows)));
    }
    if grid.rows.iter().flatten().any(|cell| cell.place == Place::Best) {
        text.push_str("^ best\n");
    }
    for note in grid.notes.iter().filter(|note| !note.starts_with("In brackets")) {
        text.push_str(&ascii(note));
        text.push('\n');
    }
    text
}

/// The columns of each part: every part begins with the stubs, and columns under one heading stay together.
fn parts(grid: &Grid, heads: &[String], rows: &[Vec<String>]) -> Vec<Vec<usize>> {
    let width = |column: &usize| {
        let cells = rows.iter().filter_map(|row| row.get(*column)).chain(heads.get(*column));
        3 + cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let stubs: Vec<usize> = (0..grid.stubs).collect();
    let (mut parts, mut part) = (Vec::new(), stubs.clone());
    let mut first = 0;
    for head in grid.heads.first().into_iter().flatten() {
        let columns: Vec<usize> = (first..first + head.span).filter(|column| *column >= grid.stubs).collect();
        first += head.span;
        let used: usize = part.iter().chain(&columns).map(width).sum();
        if used > WIDTH && part.len() > stubs.len() {
            parts.push(std::mem::replace(&mut part, stubs.clone()));
        }
        part.extend(columns);
    }
    parts.push(part);
    parts
}

fn plain(stubs: usize, columns: &[usize], heads: &[String], rows: &[Vec<String>]) -> String {
    let mut plain = Plain::new();
    plain.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    let of =
        |cells: &[String]| -> Vec<String> { columns.iter().filter_map(|column| cells.get(*column).cloned()).collect() };
    plain.set_header(of(heads));
    for row in rows {
        plain.add_row(of(row));
    }
    for (i, column) in plain.column_iter_mut().enumerate() {
        column.set_cell_alignment(if i < stubs { CellAlignment::Left } else { CellAlignment::Right });
    }
    plain.to_string()
}

fn cell(text: &Text) -> String {
    let best = if text.place == Place::Best { "^" } else { "" };
    let mark = if text.mark.is_empty() { String::new() } else { format!(" {}", text.mark) };
    // Of the counts only n: the reasons are in the report.
    let after = match text.after.split_once(", ") {
        Some((first, _)) => format!(" {first})"),
        None if text.after.is_empty() => String::new(),
        None => format!(" {}", text.after),
    };
    ascii(&format!("{}{best}{mark}{after}", text.text))
}

/// Signs that every terminal has.
pub fn ascii(text: &str) -> String {
    let text = text.replace(MINUS, "-").replace('–', "-").replace(" ↑", "").replace(" ↓", " (lower)");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
