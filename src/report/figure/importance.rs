//! How much each parameter moves a metric: bars of shares.
//!
//! The shares themselves are not worked out here: see [`build`].

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::store::results::Results;

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

/// The hook for the statistic: makes the figure of the trials that meet `only`, a panel a combination of `by`. None
/// while there is no statistic to call, and where nothing is swept.
pub fn build(_results: &Results, _metric: &'static MetricSpec, _by: &[&str], _only: &Values) -> Option<Importance> {
    None
}
