//! How much each parameter moves a metric: bars of shares.
//!
//! The statistics are those of [`effects`].

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::number::float;
use crate::report::select::{self, Domain, Scored};
use crate::report::statistics::effects::{self, EtaSquared, Factor};
use crate::store::results::{Results, TrialRecord};

use super::panels;

/// A figure of shares.
#[derive(Clone, Debug)]
pub struct Importance {
    /// The metric that is moved.
    pub metric: &'static MetricSpec,
    /// What the shares are and how they were found, as a sentence for the caption.
    pub statistic: String,
    /// What the x axis says: `share of the variance`.
    pub x: String,
    /// Panels.
    pub panels: Vec<ImportancePanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct ImportancePanel {
    /// Above it.
    pub title: String,
    /// Largest first.
    pub terms: Vec<Term>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// A parameter, or an interaction: `learning-rate × batch-size`.
    pub name: String,
    /// Its share.
    pub share: f64,
    /// Lower and upper end, where the statistic has a spread.
    pub ends: Option<(f64, f64)>,
    /// Whether it is an interaction.
    pub is_interaction: bool,
}

/// Makes the figure of the trials that meet `only`, a panel a combination of `by`; none where nothing is swept or all
/// values are one. Of a balanced grid the shares are η², else they are importances of a random forest by permutation.
pub fn build(results: &Results, metric: &'static MetricSpec, by: &[&str], only: &Values) -> Option<Importance> {
    let records = select::records(results, only);
    let mut swept = super::swept(results);
    swept.extend(["model", "dataset", "pipeline", "split"].map(str::to_owned));
    let axes: Vec<&str> = swept.iter().map(String::as_str).filter(|axis| !by.contains(axis)).collect();
    let shared = panels::share(results, &records, by);
    let (mut found, mut balanced) = (Vec::new(), None);
    for panel in &shared.panels {
        let Some((terms, is_balanced)) = terms(metric, &axes, &panel.records) else { continue };
        // One statistic a figure: where a panel's grid has gaps, that panel has none of its own.
        if *balanced.get_or_insert(is_balanced) == is_balanced {
            found.push(ImportancePanel { title: panel.title.clone(), terms });
        }
    }
    let (statistic, x) = if balanced? {
        (
            "η²: the share of the variance that a setting explains, and two settings together beyond each alone; the rest \
             is seeds, folds and what takes three settings. Every combination was run equally often."
                .to_owned(),
            "share of the variance (η²)",
        )
    } else {
        (
            "By how much the error of a random forest (100 trees, judged out of the bag) grows when a setting is permuted, \
             as a share of the variance: the grid has gaps, so that shares of variance cannot be told apart."
                .to_owned(),
            "permutation importance",
        )
    };
    Some(Importance {
        metric,
        statistic: statistic + &shared.constant,
        x: x.to_owned(),
        panels: found,
        panels_left_out: shared.left_out,
        only: only.clone(),
    })
}

/// The terms of one panel, largest first, and whether they are shares of variance.
fn terms(metric: &MetricSpec, axes: &[&str], records: &[&TrialRecord]) -> Option<(Vec<Term>, bool)> {
    let scored: Vec<(&TrialRecord, f64)> = records
        .iter()
        .filter_map(|record| match select::score(record, metric) {
            Scored::Value(value) => Some((*record, value)),
            _ => None,
        })
        .collect();
    let kept: Vec<&TrialRecord> = scored.iter().map(|(record, _)| *record).collect();
    let values: Vec<f64> = scored.iter().map(|(_, value)| *value).collect();
    let factors: Vec<Factor> =
        axes.iter().filter(|axis| panels::varies(&kept, axis)).map(|axis| factor(axis, &kept)).collect();
    let mut terms = match effects::eta_squared(&factors, &values) {
        Some(shares) => of_variance(&shares, &factors),
        None => of_forest(&factors, &values)?,
    };
    terms.sort_by(|a, b| b.share.total_cmp(&a.share));
    Some((terms, effects::is_balanced(&factors, values.len())))
}

/// The level that each trial has, numbered by size where the levels are numbers.
fn factor(axis: &str, records: &[&TrialRecord]) -> Factor {
    let labels: Vec<String> = records.iter().map(|record| select::label(&record.trial, axis)).collect();
    let mut known: Vec<String> = labels.clone();
    known.sort_unstable();
    known.dedup();
    Domain::sort(&mut known);
    let place = |label: &String| known.iter().position(|other| other == label).unwrap_or(0);
    Factor { name: axis.to_owned(), levels: labels.iter().map(place).collect() }
}

fn of_variance(shares: &EtaSquared, factors: &[Factor]) -> Vec<Term> {
    let name = |places: &[usize]| {
        places.iter().filter_map(|place| Some(factors.get(*place)?.name.clone())).collect::<Vec<_>>().join(" × ")
    };
    let term = |term: &effects::Term| Term {
        name: name(&term.factors),
        share: term.eta_squared,
        ends: None,
        is_interaction: term.factors.len() > 1,
    };
    shares.terms.iter().map(term).collect()
}

fn of_forest(factors: &[Factor], values: &[f64]) -> Option<Vec<Term>> {
    let columns: Vec<Vec<f64>> =
        factors.iter().map(|factor| factor.levels.iter().map(|level| float(*level)).collect()).collect();
    let found = effects::permutation_importance(&columns, values, 0)?;
    let term = |(factor, share): (&Factor, &f64)| Term {
        name: factor.name.clone(),
        share: share.max(0.0),
        ends: None,
        is_interaction: false,
    };
    Some(factors.iter().zip(&found.columns).map(term).collect())
}
