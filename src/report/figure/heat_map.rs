//! Means over two axes, the number in every cell.

use std::collections::BTreeMap;

use crate::metric::{Better, MetricSpec};
use crate::parameter::Values;
use crate::report::number::{decimals, fixed};
use crate::report::select::{self, Scored};
use crate::report::statistics::Summary;
use crate::report::table::{join_words, why_missing};
use crate::store::results::{Results, TrialRecord};

use super::axis::{Axis, Spread};
use super::panels::{self, Panel, pooled, varies};

/// An axis has so many values at most.
const MOST_VALUES: usize = 40;
/// Steps of colour.
pub const SHADES: usize = 7;

/// A figure of heat maps.
#[derive(Clone, Debug)]
pub struct HeatMap {
    /// Along the columns.
    pub x: Axis,
    /// Along the rows.
    pub y: Axis,
    /// The metric.
    pub metric: &'static MetricSpec,
    /// Digits after the point.
    pub decimals: usize,
    /// Panels.
    pub panels: Vec<HeatPanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// Sentences for the caption.
    pub notes: String,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct HeatPanel {
    /// Above it.
    pub title: String,
    /// `cells[y][x]`, in the axes' order.
    pub cells: Vec<Vec<HeatCell>>,
}

/// One cell.
#[derive(Clone, Debug)]
pub struct HeatCell {
    /// Its numbers.
    pub summary: Option<Summary>,
    /// Its step of colour, from 0 for the smallest mean of the panel.
    pub shade: usize,
    /// Whether it has the best mean of its panel, at the digits shown.
    pub best: bool,
    /// Why it has no number.
    pub missing: Option<String>,
}

/// Makes the figure; none when no trial has the metric.
pub fn build(
    results: &Results,
    metric: &'static MetricSpec,
    (x, y): (&str, &str),
    by: &[&str],
    only: &Values,
) -> Option<HeatMap> {
    let given = |r: &&TrialRecord, axis: &str| select::is_given(&select::label(&r.trial, axis));
    let records: Vec<&TrialRecord> =
        select::records(results, only).into_iter().filter(|r| given(r, x) && given(r, y)).collect();
    let mut by: Vec<&str> = by.to_vec();
    for other in ["model", "dataset"] {
        if !by.contains(&other) && other != x && other != y && varies(&records, other) {
            by.push(other);
        }
    }
    let axis = |name: &str| Axis::of(results, name, records.iter().map(|r| select::label(&r.trial, name)));
    let (mut x, mut y) = (axis(x), axis(y));
    let mut notes = String::new();
    for axis in [&mut x, &mut y] {
        let more = axis.labels.len().saturating_sub(MOST_VALUES);
        if more > 0 {
            notes.push_str(&format!(" The first {MOST_VALUES} values of {} are drawn.", axis.name));
            axis.labels.truncate(MOST_VALUES);
            axis.places.truncate(MOST_VALUES);
        }
    }
    let shared = panels::share(results, &records, &by);
    let mut groups = Vec::new();
    let mut drawn: Vec<HeatPanel> =
        shared.panels.iter().map(|panel| heat_panel(results, panel, metric, &x, &y, &mut groups)).collect();
    drawn.retain(|panel| panel.cells.iter().flatten().any(|cell| cell.summary.is_some()));
    if drawn.is_empty() {
        return None;
    }
    let cells = || drawn.iter().flat_map(|panel| panel.cells.iter().flatten());
    let decimals = decimals(metric, cells().filter_map(|cell| Some(cell.summary?.mean)));
    let reasons = reasons(cells());
    for panel in &mut drawn {
        star(panel, metric, decimals);
    }
    notes.push_str(&pooled("mean", &groups));
    notes.push_str(&shared.constant);
    notes.push_str(&reasons);
    let only = only.clone();
    Some(HeatMap { x, y, metric, decimals, panels: drawn, panels_left_out: shared.left_out, notes, only })
}

fn heat_panel<'a>(
    results: &Results,
    panel: &Panel<'a>,
    metric: &'static MetricSpec,
    x: &Axis,
    y: &Axis,
    groups: &mut Vec<Vec<&'a TrialRecord>>,
) -> HeatPanel {
    let mut at: BTreeMap<(usize, usize), Vec<&TrialRecord>> = BTreeMap::new();
    for record in &panel.records {
        let place = |axis: &Axis| axis.index(&select::label(&record.trial, &axis.name));
        if let (Some(column), Some(row)) = (place(x), place(y)) {
            at.entry((row, column)).or_default().push(record);
        }
    }
    let cell = |row: usize, column: usize| {
        let group = at.get(&(row, column)).map_or(&[][..], Vec::as_slice);
        let values: Vec<f64> = group
            .iter()
            .filter_map(|record| match select::score(record, metric) {
                Scored::Value(value) => Some(value),
                _ => None,
            })
            .collect();
        let mut labels = panel.labels.clone();
        labels.push((x.name.clone(), x.labels[column].clone()));
        labels.push((y.name.clone(), y.labels[row].clone()));
        let missing = why_missing(results, &labels, group, metric);
        HeatCell { summary: Summary::of(&values), shade: 0, best: false, missing }
    };
    let cells = (0..y.labels.len()).map(|row| (0..x.labels.len()).map(|column| cell(row, column)).collect()).collect();
    groups.extend(at.into_values());
    let mut panel = HeatPanel { title: panel.title.clone(), cells };
    shade(&mut panel);
    panel
}

/// Steps of colour over the panel's means.
fn shade(panel: &mut HeatPanel) {
    let means = || panel.cells.iter().flatten().filter_map(|cell| Some(cell.summary?.mean));
    let (low, high) = (means().fold(f64::INFINITY, f64::min), means().fold(f64::NEG_INFINITY, f64::max));
    for cell in panel.cells.iter_mut().flatten() {
        if let Some(summary) = cell.summary {
            cell.shade = step((summary.mean - low) / (high - low), SHADES);
        }
    }
}

/// Which of so many equal steps a share from 0 to 1 is in; the middle one where it is no number.
pub fn step(share: f64, steps: usize) -> usize {
    if !share.is_finite() {
        return steps / 2;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of steps")]
    let step = (share.clamp(0.0, 1.0) * super::number::float(steps)) as usize;
    step.min(steps - 1)
}

/// The best cells: those that show the same number share the star. A single cell has none.
fn star(panel: &mut HeatPanel, metric: &MetricSpec, decimals: usize) {
    let means = || panel.cells.iter().flatten().filter_map(|cell| Some(cell.summary?.mean));
    let best = match metric.better {
        Better::Higher => means().fold(f64::NEG_INFINITY, f64::max),
        Better::Lower => means().fold(f64::INFINITY, f64::min),
    };
    if means().count() < 2 {
        return;
    }
    let shown = fixed(best, decimals);
    for cell in panel.cells.iter_mut().flatten() {
        cell.best = cell.summary.is_some_and(|summary| fixed(summary.mean, decimals) == shown);
    }
}

/// Why cells are hatched, each reason with how often.
fn reasons<'a>(cells: impl Iterator<Item = &'a HeatCell>) -> String {
    let mut counts: Vec<(&String, usize)> = Vec::new();
    for reason in cells.filter_map(|cell| cell.missing.as_ref()) {
        match counts.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => counts.push((reason, 1)),
        }
    }
    if counts.is_empty() {
        return String::new();
    }
    let words: Vec<String> = counts.iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    format!(" Hatched cells have no value: {}.", join_words(&words))
}

/// Whether the rows run upward, as along an axis of numbers.
pub fn runs_upward(y: &Axis) -> bool {
    y.spread != Spread::Words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_equal_and_odd_shares_do_not_panic() {
        assert_eq!([0.0, 0.14, 0.15, 0.99, 1.0, 2.0, -1.0].map(|share| step(share, 7)), [0, 0, 1, 6, 6, 6, 0]);
        assert_eq!(step(f64::NAN, 7), 3);
    }
}
