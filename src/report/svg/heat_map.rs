//! Heat maps.

use std::fmt::Write;

use super::frame::middle_of;
use super::{Svg, at, cut, width};
use crate::report::figure::axis::Axis;
use crate::report::figure::heat_map::{HeatCell, HeatMap, HeatPanel, runs_upward};
use crate::report::number::{fixed, float};

const NARROW: f64 = 440.0;
const WIDE: f64 = 900.0;
const TOP: f64 = 6.0;
/// Below the cells: labels and what the axis is.
const BELOW: f64 = 44.0;

/// The width that a number needs.
fn number_width(figure: &HeatMap) -> f64 {
    let cells = figure.panels.iter().flat_map(|panel| panel.cells.iter().flatten());
    cells.filter_map(|cell| Some(width(&number(figure, cell)?, 11.0))).fold(24.0, f64::max) + 6.0
}

/// Whether the panels need the page's whole width.
pub fn is_wide(figure: &HeatMap) -> bool {
    float(figure.x.labels.len()) * number_width(figure) > NARROW - 110.0
}

/// One drawing a panel.
pub fn draw(figure: &HeatMap, id: &str) -> Vec<(String, String)> {
    let across = if is_wide(figure) { WIDE } else { NARROW };
    let panels = figure.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(figure, panel, &format!("{id}p{i}"), across))).collect()
}

fn number(figure: &HeatMap, cell: &HeatCell) -> Option<String> {
    Some(fixed(cell.summary?.mean, figure.decimals))
}

/// Room for the row labels, and the height of a row.
fn left(y: &Axis) -> f64 {
    y.labels.iter().map(|label| width(label, 11.0)).fold(0.0, f64::max).min(130.0) + 32.0
}

fn draw_panel(figure: &HeatMap, panel: &HeatPanel, id: &str, across: f64) -> String {
    let (columns, rows) = (figure.x.labels.len(), figure.y.labels.len());
    let left = left(&figure.y);
    let right = across - 4.0;
    let tall = (220.0 / float(rows.max(1))).clamp(18.0, 34.0);
    // A name longer than the axis is high stands above it.
    let upright = width(&figure.y.name, 11.5) <= tall * float(rows);
    let top = if upright { TOP } else { TOP + 17.0 };
    let bottom = top + tall * float(rows);
    let wide = (right - left) / float(columns.max(1));
    let place = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
    let title = format!("{place}{} over {} and {}", figure.metric.label, figure.x.name, figure.y.name);
    let about = format!(
        "Means for {columns} values of {} by {rows} of {}; a star marks the best.",
        figure.x.name, figure.y.name
    );
    let mut svg = Svg::new(across, bottom + BELOW, id, &title, &about);
    // Numbers that do not fit are in the tooltips and in the table below.
    let fits = wide >= number_width(figure);
    for (row, cells) in panel.cells.iter().enumerate() {
        let y = top + tall * float(if runs_upward(&figure.y) { rows - 1 - row } else { row });
        svg.text("ax", left - 6.0, y + tall / 2.0 + 3.5, "end", &cut(&figure.y.labels[row], left - 28.0, 11.0));
        for (column, cell) in cells.iter().enumerate() {
            let rect = [left + wide * float(column) + 0.5, y + 0.5, wide - 1.0, tall - 1.0];
            let tip = tip(figure, cell, row, column);
            draw_cell(&mut svg, figure, cell, rect, fits, &tip);
        }
    }
    let mut free = f64::NEG_INFINITY;
    for (column, label) in figure.x.labels.iter().enumerate() {
        let x = middle_of(column, columns, left, right);
        let label = cut(label, wide.max(60.0), 11.0);
        let half = width(&label, 11.0) / 2.0;
        if x - half >= free {
            svg.text("ax", x, bottom + 15.0, "middle", &label);
            free = x + half + 4.0;
        }
    }
    svg.text("axt", f64::midpoint(left, right), bottom + 34.0, "middle", &figure.x.name);
    if upright {
        svg.text_up("axt", 10.0, f64::midpoint(top, bottom), &figure.y.name);
    } else {
        svg.text("axt", 2.0, top - 7.0, "start", &cut(&figure.y.name, across - 4.0, 11.5));
    }
    svg.finish()
}

fn tip(figure: &HeatMap, cell: &HeatCell, row: usize, column: usize) -> String {
    let place =
        format!("{} = {}, {} = {}", figure.x.name, figure.x.labels[column], figure.y.name, figure.y.labels[row]);
    match (number(figure, cell), cell.summary, &cell.missing) {
        (Some(number), Some(summary), _) => format!("{place}: {number}, n = {}", summary.n),
        (_, _, Some(why)) => format!("{place}: {why}"),
        _ => place,
    }
}

fn draw_cell(svg: &mut Svg, figure: &HeatMap, cell: &HeatCell, rect: [f64; 4], fits: bool, tip: &str) {
    let [x, y, wide, tall] = rect;
    let Some(number) = number(figure, cell) else {
        svg.rect("gap", rect, Some(tip));
        svg.path("gapl", &hatched(rect), None);
        return;
    };
    svg.rect(&format!("q{}", cell.shade), rect, Some(tip));
    let ink = ink(cell.shade);
    let star = if cell.best { "★" } else { "" };
    let text = if fits { number } else { String::new() };
    if fits && cell.best && width(&text, 11.0) + 14.0 <= wide {
        svg.text(&format!("num {ink} top"), x + wide / 2.0, y + tall / 2.0 + 4.0, "middle", &format!("{star}{text}"));
    } else {
        let class = if cell.best { " top" } else { "" };
        svg.text(&format!("num {ink}{class}"), x + wide / 2.0, y + tall / 2.0 + 4.0, "middle", &text);
        svg.text(&format!("star {ink}"), x + wide - 2.0, y + 8.5, "end", star);
    }
}

/// The class of text on a step of colour: dark on light ones, light on dark ones.
pub fn ink(shade: usize) -> &'static str {
    if shade < 4 { "qa" } else { "qb" }
}

/// Slanted lines within a rectangle.
fn hatched([x, y, width, height]: [f64; 4]) -> String {
    let mut d = String::new();
    let mut k = 3.0;
    while k < width + height {
        let (from, to) = ((k - height).max(0.0), k.min(width));
        let _ = write!(d, "M{} {}L{} {}", at(x + from), at(y + k - from), at(x + to), at(y + k - to));
        k += 6.0;
    }
    d
}
