//! Parallel coordinates.

use std::fmt::Write;

use super::frame::ends;
use super::scale::Scale;
use super::{Svg, at, cut, width};
use crate::metric::Better;
use crate::report::figure::axis::{Axis, Spread};
use crate::report::figure::heat_map::step;
use crate::report::figure::parallel::{Parallel, ParallelPanel, Setting};
use crate::report::number::{fixed, float};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 290.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 850.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 240.0;
/// Steps of the lines' colours, the last for the best.
pub const COLOURS: usize = 5;

/// One drawing a panel.
pub fn draw(figure: &Parallel, id: &str) -> Vec<(String, String)> {
    let panels = figure.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(figure, panel, &format!("{id}p{i}")))).collect()
}

fn draw_panel(figure: &Parallel, panel: &ParallelPanel, id: &str) -> String {
    let place = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
    let title = format!("{place}{} of {} settings", figure.metric.label, panel.lines.len());
    let names: Vec<&str> = figure.axes.iter().map(|axis| axis.name.as_str()).collect();
    let about = format!("One line a setting through {}, ending at {}.", names.join(", "), figure.metric.label);
    let mut svg = Svg::new(WIDTH, HEIGHT, id, &title, &about);
    let (low, high) = ends(panel.lines.iter().map(|line| line.summary.mean)).unwrap_or((0.0, 1.0));
    let up = Scale::new(low, high, BOTTOM, TOP, 4);
    let between = (RIGHT - LEFT) / float(figure.axes.len());
    for (rank, line) in panel.lines.iter().enumerate() {
        let share = (line.summary.mean - low) / (high - low);
        let apart = float(rank) / float(panel.lines.len().max(2) - 1) - 0.5;
        draw_line(&mut svg, figure, line, &up, between, (share, apart));
    }
    for (i, axis) in figure.axes.iter().enumerate() {
        draw_axis(&mut svg, axis, LEFT + between * float(i), between);
    }
    svg.path("base", &format!("M{} {}V{}", at(RIGHT), at(TOP), at(BOTTOM)), None);
    for tick in &up.ticks {
        svg.text("ax", RIGHT + 6.0, up.place(*tick) + 3.5, "start", &up.label(*tick));
    }
    svg.text("axt", RIGHT, BOTTOM + 34.0, "middle", &cut(figure.metric.label, between, 11.5));
    svg.finish()
}

/// Where a value stands on an upright axis.
fn height(axis: &Axis, index: usize) -> f64 {
    BOTTOM + axis.share(index) * (TOP - BOTTOM)
}

/// How far lines through one value are set apart, the best highest, where the axis is not to scale: in a full grid
/// they would lie on each other, and only the last be seen.
fn apart(axis: &Axis) -> f64 {
    if axis.is_even() { ((BOTTOM - TOP) / float(axis.labels.len().max(2) - 1) * 0.3).min(24.0) } else { 0.0 }
}

fn draw_line(svg: &mut Svg, figure: &Parallel, line: &Setting, up: &Scale, between: f64, (share, aside): (f64, f64)) {
    let mut d = String::new();
    let mut words = Vec::new();
    for (i, (axis, index)) in figure.axes.iter().zip(&line.at).enumerate() {
        let x = LEFT + between * float(i);
        let _ =
            write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, at(x), at(height(axis, *index) - aside * apart(axis)));
        words.push(format!("{} = {}", axis.name, axis.labels[*index]));
    }
    let _ = write!(d, "L{} {}", at(RIGHT), at(up.place(line.summary.mean)));
    let good = if figure.metric.better == Better::Lower { 1.0 - share } else { share };
    let decimals = crate::report::number::decimals(figure.metric, [line.summary.mean].into_iter());
    let tip = format!("{}: {}, n = {}", words.join(", "), fixed(line.summary.mean, decimals), line.summary.n);
    svg.path(&format!("par s-r{}", step(good, COLOURS)), &d, Some(&tip));
}

fn draw_axis(svg: &mut Svg, axis: &Axis, x: f64, between: f64) {
    svg.path("base", &format!("M{} {}V{}", at(x), at(TOP), at(BOTTOM)), None);
    let marks: Vec<(f64, String)> = if axis.is_even() {
        axis.labels.iter().enumerate().map(|(index, label)| (height(axis, index), label.clone())).collect()
    } else {
        let scale = Scale::over(&axis.places, axis.spread == Spread::Logarithmic, BOTTOM, TOP);
        scale.ticks.iter().map(|tick| (scale.place(*tick), scale.label(*tick))).collect()
    };
    let mut free = f64::INFINITY;
    for (y, label) in marks.into_iter().filter(|(y, _)| y.is_finite()) {
        if y <= free {
            let label = cut(&label, between - 16.0, 11.0);
            let wide = width(&label, 11.0);
            // On the colour of the panel, so that lines behind do not cross the letters.
            svg.rect("under", [x - 6.0 - wide, y - 7.0, wide + 2.0, 14.0], None);
            svg.text("ax", x - 6.0, y + 3.5, "end", &label);
            free = y - 13.0;
        }
    }
    svg.text("axt", x, BOTTOM + 34.0, "middle", &cut(&title(axis), between, 11.5));
}

/// An axis of few values is drawn evenly, and so is no logarithmic one.
fn title(axis: &Axis) -> String {
    if axis.is_even() { axis.name.clone() } else { axis.title() }
}
