//! Lines with bands.

use std::fmt::Write;

use super::frame::{Frame, axis_title, ends, left_of, name_ends, upright_scale};
use super::scale::Scale;
use super::{Svg, at, colour, hatching, marker, width};
use crate::report::figure::axis::{Axis, Spread};
use crate::report::figure::lines::{Band, Line, LinePanel, Lines};
use crate::report::number::fixed;

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 220.0;
const FRAME: Frame = Frame { left: 0.0, right: 0.0, top: 12.0, bottom: 178.0 };
/// With more lines than this only the legend names them.
const MOST_NAMED: usize = 7;
/// Room between the frame's sides and the outermost points.
const ASIDE: f64 = 14.0;

/// One drawing a panel.
pub fn draw(lines: &Lines, id: &str) -> Vec<(String, String)> {
    let panels = lines.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(lines, panel, &format!("{id}p{i}")))).collect()
}

fn draw_panel(figure: &Lines, panel: &LinePanel, id: &str) -> String {
    let named = figure.names.len() > 1 && panel.lines.len() <= MOST_NAMED;
    let longest = panel.lines.iter().map(|line| width(&line.name, 12.0)).fold(0.0, f64::max);
    let right = if named { WIDTH - 24.0 - longest.min(110.0) } else { WIDTH - 8.0 };
    let (up, logarithmic) = upright(figure.band, panel, FRAME);
    let frame = Frame { left: left_of(&up), right, ..FRAME };
    let across = across(&figure.x, frame.left + ASIDE, right - ASIDE);
    let place = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
    let title = format!("{place}{} over {}", figure.metric.label, figure.x.name);
    let band = match figure.band {
        Band::Interval => "; bands are 95% t intervals of the means",
        Band::Deviation => "; bands are one standard deviation to either side",
        Band::None => "",
    };
    let count = crate::report::number::plural(panel.lines.len(), "line");
    let about = format!("{count} of means for {} values of {}{band}.", figure.x.labels.len(), figure.x.name);
    let mut svg = Svg::new(WIDTH, HEIGHT, id, &title, &about);
    frame.upright(&mut svg, &up, &axis_title(figure.metric.label, logarithmic));
    let labels = figure.x.labels.iter().zip(&figure.x.places).map(|(label, at)| (across.place(*at), label.as_str()));
    frame.below(&mut svg, labels, &figure.x.title());
    for line in &panel.lines {
        draw_line(&mut svg, figure, line, &across, &up);
    }
    if named {
        let ends = panel.lines.iter();
        let ends =
            ends.filter_map(|line| Some((up.place(line.points.last()?.summary.mean), line.name.as_str(), line.series)));
        name_ends(&mut svg, ends.collect(), right, (frame.top, frame.bottom));
    }
    svg.finish()
}

/// Where the values of an axis stand along x.
pub fn across(x: &Axis, from: f64, to: f64) -> Scale {
    Scale::of_values(&x.places, x.spread == Spread::Logarithmic, from, to)
}

/// Over the means, with as much of the bands as does not squeeze the lines flat.
fn upright(band: Band, panel: &LinePanel, frame: Frame) -> (Scale, bool) {
    let points = || panel.lines.iter().flat_map(|line| &line.points);
    let Some((low, high)) = ends(points().map(|point| point.summary.mean)) else {
        return (Scale::new(0.0, 1.0, frame.bottom, frame.top, 4), false);
    };
    let (low_end, high_end) =
        ends(points().flat_map(|point| <[f64; 2]>::from(band.span(&point.summary)))).unwrap_or((low, high));
    let reach = if high > low { high - low } else { f64::INFINITY };
    upright_scale(low_end.max(low - reach), high_end.min(high + reach), frame.bottom, frame.top)
}

fn draw_line(svg: &mut Svg, figure: &Lines, line: &Line, across: &Scale, up: &Scale) {
    let x = |at: usize| across.place(figure.x.places.get(at).copied().unwrap_or(0.0));
    let spot = |at_: usize, value: f64| format!("{} {}", at(x(at_)), at(up.place(value)));
    if figure.band != Band::None && line.points.len() > 1 {
        let mut d = String::new();
        for (i, point) in line.points.iter().enumerate() {
            let (low, _) = figure.band.span(&point.summary);
            let _ = write!(d, "{}{}", if i == 0 { 'M' } else { 'L' }, spot(point.at, low));
        }
        for point in line.points.iter().rev() {
            let (_, high) = figure.band.span(&point.summary);
            let _ = write!(d, "L{}", spot(point.at, high));
        }
        d.push('z');
        svg.path(&format!("{} band", colour('c', line.series)), &d, None);
    } else if let ([point], true) = (line.points.as_slice(), figure.band != Band::None) {
        // A band of one point is a whisker.
        let (low, high) = figure.band.span(&point.summary);
        let d = format!("M{}V{}", spot(point.at, low), at(up.place(high)));
        svg.path(&format!("{} line", colour('s', line.series)), &d, None);
    }
    let mut d = String::new();
    for (i, point) in line.points.iter().enumerate() {
        let _ = write!(d, "{}{}", if i == 0 { 'M' } else { 'L' }, spot(point.at, point.summary.mean));
    }
    let dashed = if hatching(line.series) > 0 { " dash" } else { "" };
    svg.path(&format!("{} line{dashed}", colour('s', line.series)), &d, Some(&line.name));
    for point in &line.points {
        let mean = point.summary.mean;
        let decimals = crate::report::number::decimals(figure.metric, [mean].into_iter());
        let label = figure.x.labels.get(point.at).map_or("", String::as_str);
        let tip =
            format!("{}, {} = {label}: {}, n = {}", line.name, figure.x.name, fixed(mean, decimals), point.summary.n);
        let mark = marker(line.series, x(point.at), up.place(mean), 3.0);
        svg.path(&colour('c', line.series), &mark, Some(&tip));
    }
}
