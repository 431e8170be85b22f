//! Classes by predicted classes or clusters.

use super::heat_map::ink;
use super::{Svg, cut, width};
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
    let left = matrix.rows.iter().map(|name| width(name, 11.0)).fold(0.0, f64::max).min(across / 3.0) + 32.0;
    let wide = ((across - 4.0 - left) / float(columns)).min(64.0);
    let tall = wide.clamp(11.0, 26.0);
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
    draw_cells(&mut svg, matrix, [left, wide, tall]);
    let frames: String = matrix
        .matched
        .iter()
        .enumerate()
        .filter_map(|(row, column)| {
            let corner = [left + wide * float((*column)?), TOP + tall * float(row)].map(super::at);
            Some(format!("M{} {}h{w}v{h}h-{w}z", corner[0], corner[1], w = super::at(wide), h = super::at(tall)))
        })
        .collect();
    svg.path("frame", &frames, None);
    let [right, bottom] = [far, TOP + tall * float(rows)].map(super::at);
    svg.path("base", &format!("M{} {}H{right}V{bottom}H{}z", super::at(left), super::at(TOP), super::at(left)), None);
    svg.finish()
}

fn draw_cells(svg: &mut Svg, matrix: &Matrix, [left, wide, tall]: [f64; 3]) {
    for (row, cells) in matrix.cells.iter().enumerate() {
        let y = TOP + tall * float(row);
        svg.text("ax", left - 6.0, y + tall / 2.0 + 3.8, "end", &cut(&matrix.rows[row], left - 28.0, 11.0));
        let total: u64 = cells.iter().sum();
        for (column, count) in cells.iter().enumerate() {
            // An empty cell stays empty: nothing to read in most of the matrix is what makes the rest readable.
            if *count == 0 {
                continue;
            }
            let share = crate::metric::contingency::float(*count) / crate::metric::contingency::float(total);
            let shade = step(share, SHADES);
            let x = left + wide * float(column);
            let tip = format!("{}, {}: {count}", matrix.rows[row], matrix.columns[column]);
            svg.rect(&format!("q{shade}"), [x + 0.5, y + 0.5, wide - 1.0, tall - 1.0], Some(&tip));
            let number = count.to_string();
            if wide >= NUMBER && tall >= 13.0 && width(&number, 10.0) <= wide {
                svg.text(&format!("cnt {}", ink(shade)), x + wide / 2.0, y + tall / 2.0 + 3.6, "middle", &number);
            }
        }
    }
}
