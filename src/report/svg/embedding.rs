//! Rows of two-column data, coloured by group.

use std::fmt::Write;

use super::frame::ends;
use super::{COLOURS, Svg, at, colour, cut, marker};
use crate::report::figure::embedding::{Embedding, EmbeddingPanel};

const WIDTH: f64 = 290.0;
const HEIGHT: f64 = 290.0;
const LEFT: f64 = 18.0;
const TOP: f64 = 6.0;
const SIDE: f64 = 264.0;
/// Groups whose points are drawn as dots; later ones, which share their colours, are markers.
const DOTS: usize = COLOURS;

/// One drawing a panel.
pub fn draw(figure: &Embedding, id: &str) -> Vec<(String, String)> {
    let panels = figure.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(figure, panel, &format!("{id}p{i}")))).collect()
}

fn draw_panel(figure: &Embedding, panel: &EmbeddingPanel, id: &str) -> String {
    let groups = panel.points.iter().map(|point| point.2 + 1).max().unwrap_or(0);
    let [x_name, y_name] = &figure.axes;
    let about = format!(
        "{} by {x_name} and {y_name}, in {}.",
        crate::report::number::plural(panel.points.len(), "point"),
        crate::report::number::plural(groups, "group")
    );
    let mut svg = Svg::new(WIDTH, HEIGHT, id, &panel.title, &about);
    svg.path("base", &format!("M{} {}V{}H{}", at(LEFT), at(TOP), at(TOP + SIDE), at(LEFT + SIDE)), None);
    // One unit is as long in both directions: a circle stays one.
    let all = || figure.panels.iter().flat_map(|panel| &panel.points);
    let (left, right) = ends(all().map(|point| point.0)).unwrap_or((0.0, 1.0));
    let (low, high) = ends(all().map(|point| point.1)).unwrap_or((0.0, 1.0));
    let span = (right - left).max(high - low);
    let unit = if span > 0.0 && span.is_finite() { (SIDE - 10.0) / span } else { 1.0 };
    let x = |value: f64| LEFT + SIDE / 2.0 + (value - f64::midpoint(left, right)) * unit;
    let y = |value: f64| TOP + SIDE / 2.0 - (value - f64::midpoint(low, high)) * unit;
    for group in 0..groups {
        let own = panel.points.iter().filter(|point| point.2 == group);
        let mut d = String::new();
        if group < DOTS {
            own.for_each(|point| {
                let _ = write!(d, "M{} {}h0", at(x(point.0)), at(y(point.1)));
            });
            svg.path(&format!("{} dots", colour('s', group)), &d, None);
        } else {
            let shape = 1 + group % (COLOURS - 1);
            own.for_each(|point| d.push_str(&marker(shape, x(point.0), y(point.1), 1.9)));
            svg.path(&colour('c', group), &d, None);
        }
    }
    svg.text("axt", LEFT + SIDE / 2.0, HEIGHT - 5.0, "middle", &cut(x_name, SIDE, 11.5));
    svg.text_up("axt", 11.0, TOP + SIDE / 2.0, &cut(y_name, SIDE, 11.5));
    svg.finish()
}
