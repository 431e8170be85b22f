//! The comparison with the paper as the page's template draws it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::Report;
use crate::report::grid::axis_word;
use crate::report::number::{MINUS, count, difference, fixed, is_unit};
use crate::report::paper::{Flag, Paper, PaperRow};
use crate::report::svg::at;
use crate::report::svg::scale::Scale;
use crate::report::table::interval;

/// Width of the drawing of a difference; its middle is no difference.
const WIDTH: f64 = 180.0;

/// The table.
#[derive(Serialize)]
pub struct PaperView {
    id: String,
    number: usize,
    sources: String,
    axes: Vec<String>,
    several_sources: bool,
    has_tolerance: bool,
    /// What the drawing's ends stand for.
    ends: String,
    filters: Vec<Filter>,
    rows: Vec<RowView>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Filter {
    flag: &'static str,
    label: String,
    pressed: bool,
}

#[derive(Serialize)]
struct RowView {
    labels: Vec<String>,
    metric: String,
    source: String,
    text: String,
    ours: String,
    ends: String,
    difference: String,
    drawing: String,
    tone: &'static str,
    flag: &'static str,
    sign: &'static str,
    tip: Option<String>,
    holds: &'static str,
}

/// The comparison, when there is one.
pub fn of(report: &Report) -> Option<PaperView> {
    let paper = report.paper.as_ref()?;
    let reaches = reaches(paper);
    let ends = match reaches.len() {
        1 => reaches.values().next().map_or_else(String::new, |reach| format!("{MINUS}{reach} … 0 … {reach}")),
        _ => "Drawn".to_owned(),
    };
    let mut notes: Vec<String> = paper.notes.iter().map(|(source, note)| format!("{source}: {note}")).collect();
    for (source, tolerance) in &paper.tolerances {
        notes.push(format!("{source}: a difference of at most {tolerance} holds, as the experiment file says."));
    }
    if reaches.len() > 1 {
        notes.push("Drawings of metrics with different units have axes of their own.".to_owned());
    }
    notes.extend(missing(paper));
    Some(PaperView {
        id: format!("t{}", paper.number),
        number: paper.number,
        sources: paper.sources.join("; "),
        axes: paper.axes.iter().map(|axis| axis_word(axis).to_owned()).collect(),
        several_sources: paper.sources.len() > 1,
        has_tolerance: paper.rows.iter().any(|row| row.against.holds.is_some()),
        ends,
        filters: filters(paper),
        rows: paper.rows.iter().map(|row| view(row, &reaches)).collect(),
        notes,
    })
}

fn filters(paper: &Paper) -> Vec<Filter> {
    let all = Filter { flag: "all", label: format!("All {}", count(paper.rows.len())), pressed: true };
    let of = |flag: Flag| {
        let n = paper.count(flag);
        (n > 0).then(|| Filter {
            flag: flag.word(),
            label: format!("{} {} {}", flag.sign(), flag.word(), count(n)),
            pressed: false,
        })
    };
    std::iter::once(all).chain(Flag::ALL.into_iter().filter_map(of)).collect()
}

fn unit(row: &PaperRow) -> &str {
    match row.metric {
        Some(metric) if !is_unit(metric) => metric.name,
        _ => "",
    }
}

/// How far the drawing reaches for each kind of metric: round, and so far that most of what is drawn fits.
fn reaches(paper: &Paper) -> BTreeMap<&str, f64> {
    let mut most: BTreeMap<&str, f64> = BTreeMap::new();
    for row in &paper.rows {
        let band = (row.against.band.1 - row.against.band.0) / 2.0;
        let need = row.against.difference.map_or(0.0, |d| d.abs() * 1.2).max(band * 2.0);
        let entry = most.entry(unit(row)).or_insert(0.0);
        *entry = entry.max(need);
    }
    for reach in most.values_mut() {
        *reach = *Scale::new(0.0, *reach, 0.0, 1.0, 4).ticks.last().unwrap_or(&1.0);
        // Sums of steps carry a tail of digits.
        *reach = format!("{reach:.6}").parse().unwrap_or(*reach);
    }
    most
}

fn view(row: &PaperRow, reaches: &BTreeMap<&str, f64>) -> RowView {
    let digits = row.decimals;
    let dash = || "–".to_owned();
    let reach = reaches.get(unit(row)).copied().unwrap_or(1.0);
    RowView {
        labels: row.labels.clone(),
        metric: row.metric_label.clone(),
        source: row.source.clone(),
        text: row.against.text.clone(),
        ours: row.ours.map_or_else(dash, |ours| fixed(ours.mean, digits)),
        ends: row.ours.and_then(|ours| Some(interval(ours.low?, ours.high?, digits))).unwrap_or_else(dash),
        difference: row.against.difference.map_or_else(dash, |d| difference(d, digits)),
        drawing: draw(row, reach),
        tone: row.against.flag.tone(row.metric.map(|metric| metric.better)),
        flag: row.against.flag.word(),
        sign: row.against.flag.sign(),
        tip: row.missing.clone(),
        holds: match row.against.holds {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "–",
        },
    }
}

/// The rounding band, our interval and our mean around the printed number. The numbers stand beside it.
fn draw(row: &PaperRow, reach: f64) -> String {
    let scale = Scale::exact(-reach, reach, 6.0, WIDTH - 6.0, 2);
    let value = row.against.value;
    let place = |x: f64| scale.place(x - value);
    let (from, to) = (place(row.against.band.0), place(row.against.band.1));
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} 18\" aria-hidden=\"true\" focusable=\"false\">");
    svg.push_str(&format!(
        "<rect class=\"band0\" x=\"{}\" y=\"0\" width=\"{}\" height=\"18\"/><path class=\"zero\" d=\"M{} 0V18\"/>",
        at(from),
        at((to - from).max(1.0)),
        at(scale.place(0.0))
    ));
    if let Some(ours) = row.ours {
        let (low, high) = ours.interval();
        svg.push_str(&format!("<path class=\"wh\" d=\"M{} 9H{}\"/>", at(place(low)), at(place(high))));
        svg.push_str(&format!("<circle cx=\"{}\" cy=\"9\" r=\"4\"/>", at(place(ours.mean))));
    }
    svg.push_str("</svg>");
    svg
}

/// Reasons of what was not run, in text.
fn missing(paper: &Paper) -> Vec<String> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in paper.rows.iter().filter_map(|row| row.missing.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    reasons.into_iter().map(|(reason, n)| format!("○ {}: {reason}.", count(n))).collect()
}
