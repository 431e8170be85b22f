//! Training curves.

use std::fmt::Write;

use super::frame::{left_of, name_ends};
use super::scale::Scale;
use super::{Svg, at, colour, cut, marker, width};
use crate::report::figure::curves::{CurveLine, CurvePanel, Curves};

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 230.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 186.0;
/// With more lines than this only the legend names them.
const MOST_NAMED: usize = 7;
/// Beyond this ratio of largest to smallest value the axis is logarithmic.
const LOGARITHMIC_FROM: f64 = 500.0;

/// One drawing a panel.
pub fn draw(curves: &Curves, id: &str) -> Vec<(String, String)> {
    let panels = curves.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(curves, panel, &format!("{id}p{i}")))).collect()
}

fn draw_panel(figure: &Curves, panel: &CurvePanel, id: &str) -> String {
    let named = panel.lines.len() <= MOST_NAMED;
    let longest = panel.lines.iter().map(|line| width(&line.name, 12.0)).fold(0.0, f64::max);
    let right = if named { WIDTH - 24.0 - longest.min(110.0) } else { WIDTH - 8.0 };
    #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
    let steps = panel.phases.iter().map(|(_, steps)| *steps).sum::<u64>() as f64;
    let (up, logarithmic) = upright(panel);
    let left = left_of(&up);
    let across = Scale::exact(0.0, steps.max(1.0), left, right, 5);
    let title = format!("{}: {} while training", panel.title, figure.y);
    let runs = panel.lines.iter().map(|line| line.n).max().unwrap_or(0);
    let about = format!("Mean over up to {runs} trials a line; bands span the smallest to the largest value.");
    let mut svg = Svg::new(WIDTH, HEIGHT, id, &title, &about);
    draw_phases(&mut svg, panel, &across);
    for tick in &up.ticks {
        let y = up.place(*tick);
        svg.path("grid", &format!("M{} {}H{}", at(left), at(y), at(right)), None);
        svg.text("ax", left - 6.0, y + 3.5, "end", &up.label(*tick));
    }
    for tick in &across.ticks {
        svg.text("ax", across.place(*tick), BOTTOM + 15.0, "middle", &across.label(*tick));
    }
    svg.text("axt", f64::midpoint(left, right), HEIGHT - 10.0, "middle", "epoch or iteration");
    let axis = format!("{}{}", figure.y, if logarithmic { " (log axis)" } else { "" });
    svg.text_up("axt", 10.0, f64::midpoint(TOP, BOTTOM), &cut(&axis, BOTTOM - TOP, 11.5));
    for line in &panel.lines {
        draw_line(&mut svg, line, &across, &up);
    }
    if named {
        let ends = panel.lines.iter();
        let ends = ends.filter_map(|line| Some((up.place(line.points.last()?.1), line.name.as_str(), line.series)));
        name_ends(&mut svg, ends.collect(), right, (TOP, BOTTOM));
    }
    svg.finish()
}

/// The y axis over all lines; logarithmic where the values span orders of magnitude.
fn upright(panel: &CurvePanel) -> (Scale, bool) {
    let points = || panel.lines.iter().flat_map(|line| &line.points);
    let low = points().map(|point| point.2).fold(f64::INFINITY, f64::min);
    let high = points().map(|point| point.3).fold(f64::NEG_INFINITY, f64::max);
    if low > 0.0 && high.is_finite() && high / low >= LOGARITHMIC_FROM {
        return (Scale::logarithmic(low, high, BOTTOM, TOP), true);
    }
    let low = if low > 0.0 && low < 0.4 * high { 0.0 } else { low };
    (Scale::new(low, high, BOTTOM, TOP, 4), false)
}

fn draw_phases(svg: &mut Svg, panel: &CurvePanel, across: &Scale) {
    let (mut start, mut free) = (0.0, across.place(0.0));
    for (i, (name, steps)) in panel.phases.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
        let end = start + *steps as f64;
        let (from, to) = (across.place(start), across.place(end));
        if i % 2 == 0 && panel.phases.len() > 1 {
            svg.rect("phase", [from, TOP, to - from, BOTTOM - TOP], None);
        }
        // Names stand above, each where its phase begins or where the one before leaves room.
        let name = if panel.phases.len() > 1 {
            cut(name, (across.place(f64::INFINITY) - free).max(0.0), 11.0)
        } else {
            String::new()
        };
        let place = from.max(free);
        svg.text("ax", place, TOP - 8.0, "start", &name);
        free = place + width(&name, 11.0) + 8.0;
        start = end;
    }
}

fn draw_line(svg: &mut Svg, line: &CurveLine, across: &Scale, up: &Scale) {
    let place = |x: f64, y: f64| format!("{} {}", at(across.place(x)), at(up.place(y)));
    let mut d = String::new();
    if line.n > 1 {
        for (i, point) in line.points.iter().enumerate() {
            let _ = write!(d, "{}{}", if i == 0 { 'M' } else { 'L' }, place(point.0, point.2));
        }
        for point in line.points.iter().rev() {
            let _ = write!(d, "L{}", place(point.0, point.3));
        }
        d.push('z');
        svg.path(&format!("{} band", colour('c', line.series)), &d, None);
        d.clear();
    }
    for (i, point) in line.points.iter().enumerate() {
        let _ = write!(d, "{}{}", if i == 0 { 'M' } else { 'L' }, place(point.0, point.1));
    }
    // A second round of colours is dashed.
    let dashed = if super::hatching(line.series) > 0 { " dash" } else { "" };
    svg.path(&format!("{} line{dashed}", colour('s', line.series)), &d, Some(&line.name));
    let n = line.points.len();
    let mut marks = String::new();
    for i in 0..5.min(n) {
        let point = line.points[if n < 5 { i } else { i * (n - 1) / 4 }];
        marks.push_str(&marker(line.series, across.place(point.0), up.place(point.1), 3.0));
    }
    svg.path(&colour('c', line.series), &marks, None);
}
