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

fn write(grid: &Grid) -> String {
    let mut plain = Plain::new();
    plain.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    plain.set_header(markdown::flat(grid).into_iter().map(|head| ascii(&head)));
    for row in &grid.rows {
        plain.add_row(row.iter().map(cell));
    }
    for (i, column) in plain.column_iter_mut().enumerate() {
        column.set_cell_alignment(if i < grid.stubs { CellAlignment::Left } else { CellAlignment::Right });
    }
    let mut text = format!("{}\n{plain}\n", ascii(&grid.title));
    if grid.rows.iter().flatten().any(|cell| cell.place == Place::Best) {
        text.push_str("^ best\n");
    }
    for note in grid.notes.iter().filter(|note| !note.starts_with("In brackets")) {
        text.push_str(&ascii(note));
        text.push('\n');
    }
    text
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
