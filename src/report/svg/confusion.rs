//! Classes by predicted classes or clusters.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::heat_map::ink;
use super::{Svg, at, cut, width};
use crate::report::figure::confusion::{Columns, Confusion, Matrix};
use crate::report::figure::heat_map::{SHADES, step};
use crate::report::number::float;

const NARROW: f64 = 290.0;
const WIDE: f64 = 440.0;
/// More columns than this need a wide panel.
const MOST_NARROW: usize = 12;
const TOP: f64 = 34.0;
/// A number needs so much room.
const NUMBER: f64 = 17.0;

/// Whether the panels stand two by two rather than in threes.
pub fn is_wide(figure: &Confusion) -> bool {
    figure.panels.iter().any(|matrix| matrix.columns.len().max(matrix.rows.len()) > MOST_NARROW)
}

/// One drawing a chosen trial.
pub fn draw(figure: &Confusion, id: &str) -> Vec<(String, String)> {
    let across = if is_wide(figure) { WIDE } else { NARROW };
    let panels = figure.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(figure, panel, &format!("{id}p{i}"), across))).collect()
}

fn draw_panel(figure: &Confusion, matrix: &Matrix, id: &str, across: f64) -> String {
    let (rows, columns) = (matrix.rows.len().max(1), matrix.columns.len().max(1));
    let left = (matrix.rows.iter().map(|name| width(name, 11.0)).fold(0.0, f64::max).min(across / 3.0) + 32.0).ceil();
    let wide = ((across - 4.0 - left) / float(columns)).clamp(4.0, 64.0).floor();
    let tall = wide.clamp(11.0, 26.0).floor();
    let height = TOP + tall * float(rows) + 4.0;
    let what = match figure.columns {
        Columns::Classes => "predicted class",
        Columns::Clusters => "cluster",
        Columns::Outliers => "taken for",
    };
    let about = format!("Rows of the data by class and {what}; the shade is the share of the class.");
    let mut svg = Svg::new(across, height, id, &matrix.title, &about);
    let far = left + wide * float(columns);
    svg.text("axt", f64::midpoint(left, far), 11.0, "middle", what);
    svg.text_up("axt", 10.0, TOP + tall * float(rows) / 2.0, "class");
    let mut free = f64::NEG_INFINITY;
    for (column, name) in matrix.columns.iter().enumerate() {
        let x = left + wide * (float(column) + 0.5);
        let name = cut(name, wide.max(20.0), 11.0);
        let half = width(&name, 11.0) / 2.0;
        if x - half >= free {
            svg.text("ax", x, TOP - 6.0, "middle", &name);
            free = x + half + 2.0;
        }
    }
    for (row, name) in matrix.rows.iter().enumerate() {
        let y = TOP + tall * (float(row) + 0.5);
        svg.text("ax", left - 6.0, y + 3.8, "end", &cut(name, left - 28.0, 11.0));
    }
    draw_cells(&mut svg, matrix, [left, wide, tall]);
    let frames: String = matrix
        .matched
        .iter()
        .enumerate()
        .filter_map(|(row, column)| {
            let corner = [left + wide * float((*column)?), TOP + tall * float(row)].map(at);
            Some(format!("M{} {}h{w}v{h}h-{w}z", corner[0], corner[1], w = at(wide), h = at(tall)))
        })
        .collect();
    svg.path("frame", &frames, None);
    let [right, bottom] = [far, TOP + tall * float(rows)].map(at);
    svg.path("base", &format!("M{} {}H{right}V{bottom}H{}z", at(left), at(TOP), at(left)), None);
    svg.finish()
}

/// Cells of one shade are one path and numbers of one ink one text: a page may have thousands.
fn draw_cells(svg: &mut Svg, matrix: &Matrix, [left, wide, tall]: [f64; 3]) {
    let mut shades = vec![String::new(); SHADES];
    let mut numbers: BTreeMap<&str, Vec<(f64, f64, String)>> = BTreeMap::new();
    let corner = format!("h{w}v{h}h-{w}z", w = at(wide - 1.0), h = at(tall - 1.0));
    for (row, cells) in matrix.cells.iter().enumerate() {
        let y = TOP + tall * float(row);
        let total: u64 = cells.iter().sum();
        for (column, count) in cells.iter().enumerate().filter(|(_, count)| **count > 0) {
            let share = crate::metric::contingency::float(*count) / crate::metric::contingency::float(total);
            let shade = step(share, SHADES);
            let x = left + wide * float(column);
            let _ = write!(shades[shade], "M{} {}{corner}", at(x + 0.5), at(y + 0.5));
            let number = count.to_string();
            if wide >= NUMBER && tall >= 13.0 && width(&number, 10.0) <= wide {
                numbers.entry(ink(shade)).or_default().push((x + wide / 2.0, y + tall / 2.0 + 3.5, number));
            }
        }
    }
    for (shade, d) in shades.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
        svg.path(&format!("q{shade}"), d, None);
    }
    for (ink, numbers) in numbers {
        svg.texts(&format!("cnt {ink}"), &numbers);
    }
}
