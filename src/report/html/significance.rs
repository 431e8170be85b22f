//! The section on significance as its template draws it.

use serde::Serialize;

use crate::report::number::{decimals, difference, fixed};
use crate::report::pairs::p_text;
use crate::report::significance::{ALPHA, Pair, Significance};
use crate::report::table::interval;
use crate::report::{Report, svg};

/// One metric.
#[derive(Serialize)]
pub struct SignificanceView {
    id: String,
    number: usize,
    metric: &'static str,
    sentences: Vec<String>,
    diagram: String,
    /// The least and the largest width that the diagram is shown in.
    widths: [String; 2],
    /// Whether the omnibus test shows no difference.
    faint: bool,
    about: String,
    has_ranks: bool,
    pairs: Vec<PairView>,
}

#[derive(Serialize)]
struct PairView {
    first: String,
    second: String,
    won: String,
    difference: String,
    interval: String,
    ranks: String,
    nemenyi: String,
    holm: String,
    below: bool,
    cohen_dz: String,
    cliff_delta: String,
}

/// Every metric's tests; their tables are numbered from `next`.
pub fn of(report: &Report, next: usize) -> Vec<SignificanceView> {
    report.significance.iter().enumerate().map(|(i, of)| view(of, next + i)).collect()
}

fn view(of: &Significance, number: usize) -> SignificanceView {
    let id = format!("cd{number}");
    let digits = decimals(of.metric, of.pairs.iter().map(|pair| pair.difference));
    SignificanceView {
        number,
        metric: of.metric.label,
        sentences: of.sentences.clone(),
        diagram: svg::critical::draw(of, &id),
        widths: [0.8, 1.15].map(|scale| format!("{:.0}", scale * svg::critical::width_of(of))),
        faint: of.ranks.as_ref().is_some_and(|ranks| !ranks.rejected),
        about: of.pairs_about.clone(),
        has_ranks: of.ranks.is_some(),
        pairs: of.pairs.iter().map(|pair| pair_view(of, pair, digits)).collect(),
        id,
    }
}

fn pair_view(of: &Significance, pair: &Pair, digits: usize) -> PairView {
    let dash = || "–".to_owned();
    let (won, equal, lost) = pair.won;
    let effect = |x: f64| if x.is_finite() { fixed(x, 2) } else { dash() };
    PairView {
        first: of.methods[pair.methods.0].0.clone(),
        second: of.methods[pair.methods.1].0.clone(),
        won: format!("{won} / {equal} / {lost}"),
        difference: difference(pair.difference, digits),
        interval: pair.interval.map_or_else(dash, |(low, high)| interval(low, high, digits)),
        ranks: pair.ranks.map_or_else(dash, |ranks| fixed(ranks, 2)),
        nemenyi: pair.nemenyi.map_or_else(dash, p_text),
        holm: pair.holm.map_or_else(dash, p_text),
        below: pair.holm.is_some_and(|p| p <= ALPHA),
        cohen_dz: effect(pair.cohen_dz),
        cliff_delta: effect(pair.cliff_delta),
    }
}
