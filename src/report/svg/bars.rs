//! Bars with whiskers and diamonds.

use super::scale::Scale;
use super::{Svg, at, colour, cut, diamond, hatch};
use crate::report::figure::bars::{Bar, BarPanel, Bars};
use crate::report::number::{fixed, float};

const HEIGHT: f64 = 220.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 186.0;
const WITHIN_GROUP: f64 = 2.0;

/// Whether the panels need the page's whole width.
pub fn is_wide(bars: &Bars) -> bool {
    bars.panels.iter().any(|panel| panel.groups.iter().map(|group| group.bars.len()).sum::<usize>() > 30)
}

/// One drawing a panel.
pub fn draw(bars: &Bars, id: &str) -> Vec<(String, String)> {
    let width = if is_wide(bars) { 900.0 } else { 440.0 };
    let panels = bars.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(bars, panel, &format!("{id}p{i}"), width))).collect()
}

fn draw_panel(bars: &Bars, panel: &BarPanel, id: &str, width: f64) -> String {
    let all = || panel.groups.iter().flat_map(|group| &group.bars);
    let (low, high) = panel.extent();
    let scale = Scale::new(low, high, BOTTOM, TOP, 4);
    let place = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
    let mut svg = Svg::new(
        width,
        HEIGHT,
        id,
        &format!("{place}{} by method", bars.y),
        "Bars are means with 95% t intervals; diamonds are published values. The numbers stand in the tables.",
    );
    let right = width - 6.0;
    for tick in &scale.ticks {
        let y = scale.place(*tick);
        svg.path("grid", &format!("M{} {}H{}", at(LEFT), at(y), at(right)), None);
        svg.text("ax", LEFT - 6.0, y + 3.5, "end", &scale.label(*tick));
    }
    let groups = float(panel.groups.len().max(1));
    let room = (right - LEFT) / groups;
    let (mut whiskers, mut diamonds) = (String::new(), String::new());
    for (i, group) in panel.groups.iter().enumerate() {
        let gap = (room * 0.12).clamp(2.0, 14.0);
        let start = LEFT + float(i) * room + gap / 2.0;
        let each = (room - gap) / float(group.bars.len().max(1));
        // Few bars stay slim and stand in the middle of their group.
        let slim = each.min(34.0);
        let start = start + (each - slim) * float(group.bars.len()) / 2.0;
        for (j, bar) in group.bars.iter().enumerate() {
            let x = start + float(j) * slim;
            draw_bar(&mut svg, bar, &scale, x, slim, &mut whiskers, &mut diamonds);
        }
        svg.text("lab", LEFT + (float(i) + 0.5) * room, BOTTOM + 20.0, "middle", &cut(&group.label, room, 12.0));
    }
    for limit in limits(all()).into_iter().filter(|limit| *limit > scale.low && *limit < scale.high) {
        svg.path("limit", &format!("M{} {}H{}", at(LEFT), at(scale.place(limit)), at(right)), None);
    }
    if !whiskers.is_empty() {
        svg.path("err", &whiskers, None);
    }
    if !diamonds.is_empty() {
        svg.path("pub", &diamonds, None);
    }
    svg.path("base", &format!("M{} {}H{}", at(LEFT), at(scale.place(0.0)), at(right)), None);
    svg.finish()
}

/// The ends of the metrics' values that some whisker passes.
fn limits<'a>(bars: impl Iterator<Item = &'a Bar>) -> Vec<f64> {
    let mut limits: Vec<f64> = Vec::new();
    for bar in bars {
        let Some((low, high)) = bar.summary.map(|summary| summary.interval()) else { continue };
        limits.extend([bar.range.0].into_iter().filter(|limit| low < *limit));
        limits.extend([bar.range.1].into_iter().filter(|limit| high > *limit));
    }
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    limits
}

fn draw_bar(svg: &mut Svg, bar: &Bar, scale: &Scale, x: f64, each: f64, whiskers: &mut String, diamonds: &mut String) {
    let thick = if each > 6.0 { each - WITHIN_GROUP } else { each * 0.85 };
    let middle = x + thick / 2.0;
    if let Some(value) = bar.printed {
        diamonds.push_str(&diamond(middle, scale.place(value), (thick / 2.0).clamp(2.0, 4.0)));
    }
    let Some(summary) = bar.summary else {
        svg.text("ax", middle, scale.place(0.0) - 4.0, "middle", "–");
        return;
    };
    let (zero, top) = (scale.place(0.0), scale.place(summary.mean));
    let rect = [x, zero.min(top), thick, (zero - top).abs()];
    svg.rect(&colour('c', bar.series), rect, Some(&tip(bar)));
    let lines = hatch(rect, bar.series);
    if !lines.is_empty() {
        svg.path("hatch", &lines, None);
    }
    if let (Some(low), Some(high)) = (summary.low, summary.high) {
        let cap = (thick / 2.0 - 0.5).clamp(1.0, 3.0);
        let (from, to) = (scale.place(low), scale.place(high));
        whiskers.push_str(&format!("M{} {}V{}", at(middle), at(from), at(to)));
        for (end, y, toward) in [(low, from, -1.0), (high, to, 1.0)] {
            if (scale.low..=scale.high).contains(&end) {
                whiskers.push_str(&format!("M{} {}h{}", at(middle - cap), at(y), at(2.0 * cap)));
            } else {
                // An arrow where it goes on beyond the axis.
                let (left, right, back) = (at(middle - cap), at(middle + cap), at(y + 3.0 * toward));
                whiskers.push_str(&format!("M{left} {back}L{} {}L{right} {back}", at(middle), at(y)));
            }
        }
    }
}

fn tip(bar: &Bar) -> String {
    let Some(summary) = bar.summary else { return String::new() };
    let decimals = crate::report::number::decimals_of([summary.mean].into_iter()).max(3);
    let mut tip = format!("{} {} {}", bar.name, bar.metric, fixed(summary.mean, decimals));
    if let (Some(low), Some(high)) = (summary.low, summary.high) {
        tip.push_str(&format!(" ({} to {})", fixed(low, decimals), fixed(high, decimals)));
    }
    if let Some(value) = bar.printed {
        tip.push_str(&format!(", published {value}"));
    }
    tip
}
