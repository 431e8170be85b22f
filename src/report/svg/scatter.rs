//! Points of trials.

use super::frame::{Frame, axis_title, ends, upright_scale};
use super::scale::Scale;
use super::{Svg, colour, cut, marker, width};
use crate::report::figure::axis::Spread;
use crate::report::figure::scatter::{Scatter, ScatterPanel, Side};

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 250.0;
const FRAME: Frame = Frame { left: 0.0, right: 432.0, top: 12.0, bottom: 208.0 };
const ASIDE: f64 = 12.0;

/// One drawing a panel; all panels have the same axes, so that they can be compared.
pub fn draw(figure: &Scatter, id: &str) -> Vec<(String, String)> {
    let panels = figure.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(figure, panel, &format!("{id}p{i}")))).collect()
}

/// An axis with its ticks, their labels, and what it says.
fn scale(figure: &Scatter, side: &Side, from: f64, to: f64, upright: bool) -> (Scale, Vec<(f64, String)>, String) {
    match side {
        Side::Axis(axis) => {
            let (toward, log) = (if to > from { ASIDE } else { -ASIDE }, axis.spread == Spread::Logarithmic);
            let (from, to) = (from + toward, to - toward);
            if axis.is_even() {
                let scale = Scale::of_values(&axis.places, log, from, to);
                let ticks = axis.places.iter().map(|at| scale.place(*at)).zip(axis.labels.iter().cloned()).collect();
                return (scale, ticks, axis.title());
            }
            let scale = Scale::over(&axis.places, log, from, to);
            let ticks = scale.ticks.iter().map(|tick| (scale.place(*tick), scale.label(*tick))).collect();
            (scale, ticks, axis.title())
        }
        Side::Metric(metric) => {
            let points = figure.panels.iter().flat_map(|panel| &panel.points);
            let (low, high) = ends(points.map(|point| if upright { point.1 } else { point.0 })).unwrap_or((0.0, 1.0));
            let (scale, logarithmic) = upright_scale(low, high, from, to);
            let ticks = scale.ticks.iter().map(|tick| (scale.place(*tick), scale.label(*tick))).collect();
            (scale, ticks, axis_title(metric.label, logarithmic))
        }
    }
}

fn draw_panel(figure: &Scatter, panel: &ScatterPanel, id: &str) -> String {
    let place = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
    let (x_name, y_name) = (figure.x.title(), figure.y.title());
    let title = format!("{place}{y_name} by {x_name}");
    let count = crate::report::number::plural(panel.points.len(), "trial");
    let about = format!("One point for each of {count}.");
    let mut svg = Svg::new(WIDTH, HEIGHT, id, &title, &about);
    let (up, y_ticks, y_title) = scale(figure, &figure.y, FRAME.bottom, FRAME.top, true);
    let widest = y_ticks.iter().map(|(_, label)| width(label, 11.0)).fold(0.0, f64::max);
    let left = (1.2 * widest + 26.0).clamp(46.0, 130.0);
    let (across, x_ticks, x_title) = scale(figure, &figure.x, left, FRAME.right, false);
    for (y, label) in &y_ticks {
        svg.path("grid", &format!("M{} {}H{}", super::at(left), super::at(*y), super::at(FRAME.right)), None);
        svg.text("ax", left - 6.0, y + 3.5, "end", &cut(label, left - 22.0, 11.0));
    }
    let mut free = f64::NEG_INFINITY;
    for (x, label) in &x_ticks {
        let half = width(label, 11.0) / 2.0;
        if x - half >= free {
            svg.path("grid", &format!("M{} {}V{}", super::at(*x), super::at(FRAME.top), super::at(FRAME.bottom)), None);
            svg.text("ax", *x, FRAME.bottom + 15.0, "middle", label);
            free = x + half + 5.0;
        }
    }
    svg.text("axt", f64::midpoint(left, FRAME.right), FRAME.bottom + 34.0, "middle", &x_title);
    svg.text_up("axt", 10.0, f64::midpoint(FRAME.top, FRAME.bottom), &cut(&y_title, 200.0, 11.5));
    let mut methods: Vec<usize> = panel.points.iter().map(|point| point.2).collect();
    methods.sort_unstable();
    methods.dedup();
    for series in methods {
        let own = panel.points.iter().filter(|point| point.2 == series);
        let d: String = own.map(|(x, y, _)| marker(series, across.place(*x), up.place(*y), 3.2)).collect();
        svg.path(&format!("{} spot", colour('c', series)), &d, None);
    }
    svg.finish()
}
