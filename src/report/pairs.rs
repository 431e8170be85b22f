//! Two groups of trials, pair by pair, and the test that their split allows: over seeds on the same rows the paired t,
//! over folds and drawn splits, whose training rows overlap, the corrected resampled t.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::experiment::Test;
use crate::metric::MetricSpec;
use crate::split;
use crate::store::results::{Results, TrialRecord};

use super::number::float;
use super::select::{self, Scored};
use super::statistics::intervals::Interval;
use super::statistics::paired::{Effect, Paired};
use super::statistics::wilcoxon::Approximation;

/// What was measured under the same conditions by both groups.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// First and second, in the order of folds and seeds.
    pub values: Vec<(f64, f64)>,
    /// Seeds or folds that only one of the groups has.
    pub unpaired: usize,
    /// What differs from pair to pair.
    pub repeats: Repeats,
}

/// What differs between the repeats of one method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Repeats {
    /// The seed alone: every repeat learns from the same rows.
    Seeds,
    /// Folds or drawn parts: training rows overlap.
    Splits {
        /// Rows of a test part over those of its training part.
        test_train_ratio: f64,
    },
    /// The data set: each value is a mean over its repeats.
    Datasets,
}

/// Why two groups are not tested against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Untested {
    /// A mean over several data sets, pipelines or splits: its values are no repeats of one another.
    Pooled,
    /// Fewer than two pairs.
    TooFew,
    /// No test was wanted.
    NotWanted,
    /// McNemar's test is of one trial on either side.
    Several,
    /// The predictions of both for the same rows are not there.
    NoPredictions,
}

impl fmt::Display for Untested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Untested::Pooled => "means over several data sets, pipelines or splits",
            Untested::TooFew => "fewer than two pairs",
            Untested::NotWanted => "no test was asked for",
            Untested::Several => "McNemar's test wants one trial on either side",
            Untested::NoPredictions => "no kept predictions of both for the same rows with known classes",
        })
    }
}

/// One repeat: fold and seed within a data set, a pipeline and a split.
type Repeat = (Option<u32>, u64);
/// Data set, pipeline with its steps, split.
type Stratum = (String, String, String);

/// The values of a group, averaged over what else its trials sweep.
struct Group {
    strata: BTreeSet<Stratum>,
    values: BTreeMap<Repeat, f64>,
}

impl Group {
    fn of(metric: &MetricSpec, records: &[&TrialRecord]) -> Group {
        let mut strata = BTreeSet::new();
        let mut all: BTreeMap<Repeat, Vec<f64>> = BTreeMap::new();
        for record in records {
            if let Scored::Value(value) = select::score(record, metric) {
                strata.insert(stratum(record));
                all.entry((record.trial.fold, record.trial.seed)).or_default().push(value);
            }
        }
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / float(values.len());
        Group { strata, values: all.into_iter().map(|(repeat, values)| (repeat, mean(values))).collect() }
    }
}

impl Group {
    /// Whether both are of one data set and split each, and of the same: then a repeat of one judges the rows that the
    /// same repeat of the other judges, through whichever pipeline.
    fn judges_the_rows_of(&self, other: &Group) -> bool {
        let (Some(own), Some(theirs)) = (self.strata.first(), other.strata.first()) else { return false };
        self.strata.len() == 1 && other.strata.len() == 1 && own.0 == theirs.0 && own.2 == theirs.2
    }
}

fn stratum(record: &TrialRecord) -> Stratum {
    let trial = &record.trial;
    let steps: Vec<String> = trial.steps.iter().map(|(step, value)| format!("{step}={value}")).collect();
    (trial.dataset.clone(), format!("{} {}", trial.pipeline, steps.join(" ")), trial.split.clone())
}

/// Pairs the trials of two groups by fold and seed.
///
/// # Errors
/// Why they cannot be paired.
pub fn pairs(
    results: &Results,
    metric: &MetricSpec,
    first: &[&TrialRecord],
    second: &[&TrialRecord],
) -> Result<Pairs, Untested> {
    let (one, two) = (Group::of(metric, first), Group::of(metric, second));
    if !one.judges_the_rows_of(&two) {
        let empty = one.strata.is_empty() || two.strata.is_empty();
        return Err(if empty { Untested::TooFew } else { Untested::Pooled });
    }
    let values: Vec<(f64, f64)> =
        one.values.iter().filter_map(|(repeat, value)| Some((*value, *two.values.get(repeat)?))).collect();
    if values.len() < 2 {
        return Err(Untested::TooFew);
    }
    let unpaired = one.values.len() + two.values.len() - 2 * values.len();
    let split = one.strata.first().map_or("", |stratum| &stratum.2);
    let repeats = if resamples(results, split) {
        Repeats::Splits { test_train_ratio: test_train_ratio(first.iter().chain(second).copied()) }
    } else {
        Repeats::Seeds
    };
    Ok(Pairs { values, unpaired, repeats })
}

/// Pairs the means of two groups on each data set, pipeline and split that both have.
///
/// # Errors
/// Both have fewer than two in common.
pub fn over_datasets(metric: &MetricSpec, first: &[&TrialRecord], second: &[&TrialRecord]) -> Result<Pairs, Untested> {
    let (one, two) = (means(metric, first), means(metric, second));
    let both = |(stratum, value): (&Stratum, &f64)| Some((*value, *two.get(stratum)?));
    let values: Vec<(f64, f64)> = one.iter().filter_map(both).collect();
    if values.len() < 2 {
        return Err(Untested::TooFew);
    }
    let unpaired = one.len() + two.len() - 2 * values.len();
    Ok(Pairs { values, unpaired, repeats: Repeats::Datasets })
}

/// The mean of a group in each stratum.
fn means(metric: &MetricSpec, records: &[&TrialRecord]) -> BTreeMap<Stratum, f64> {
    let mut all: BTreeMap<Stratum, Vec<f64>> = BTreeMap::new();
    for record in records {
        if let Scored::Value(value) = select::score(record, metric) {
            all.entry(stratum(record)).or_default().push(value);
        }
    }
    all.into_iter().map(|(stratum, values)| (stratum, values.iter().sum::<f64>() / float(values.len()))).collect()
}

/// Whether the repeats of a split learn from different rows.
pub fn resamples(results: &Results, name: &str) -> bool {
    let block = results.experiment.splits.iter().find(|block| block.name == name);
    block.and_then(|block| split::find(&block.choice.kind)).is_some_and(split::SplitSpec::resamples)
}

/// All rows that were judged over all rows that were learned from (as Weka's experimenter has it).
pub fn test_train_ratio<'a>(records: impl Iterator<Item = &'a TrialRecord>) -> f64 {
    let (mut test, mut train) = (0, 0);
    for counts in records.filter_map(|record| record.result.as_ref()).map(|result| &result.counts) {
        if let (Some(tested), Some(trained)) = (counts.get("test_rows"), counts.get("train_rows")) {
            test += *tested;
            train += *trained;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
    if train > 0 { test as f64 / train as f64 } else { 0.0 }
}

/// The test that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Made {
    /// Student's paired t.
    PairedT,
    /// Nadeau and Bengio's.
    CorrectedResampledT,
    /// Wilcoxon's signed ranks, exact or by the normal distribution.
    Wilcoxon {
        /// Whether the p-value is exact.
        exact: bool,
    },
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Made::PairedT => "paired t-test",
            Made::CorrectedResampledT => "corrected resampled t-test (Nadeau and Bengio 2003)",
            Made::Wilcoxon { exact: true } => "Wilcoxon signed-rank test, exact",
            Made::Wilcoxon { exact: false } => "Wilcoxon signed-rank test, normal approximation",
        })
    }
}

/// A difference with its test.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Pairs.
    pub n: usize,
    /// Mean of first less second.
    pub mean: f64,
    /// Its 95% t interval, corrected as the test is.
    pub interval: Option<Interval>,
    /// Two-sided.
    pub p_value: f64,
    /// Which test.
    pub made: Made,
    /// Effect sizes.
    pub effect: Effect,
}

impl Difference {
    /// Tests pairs: as wanted, else as their repeats allow.
    ///
    /// # Errors
    /// That no test is wanted, or that there is nothing to test.
    pub fn of(pairs: &Pairs, wanted: Option<Test>) -> Result<Difference, Untested> {
        let ratio = match pairs.repeats {
            Repeats::Seeds | Repeats::Datasets => 0.0,
            Repeats::Splits { test_train_ratio } => test_train_ratio,
        };
        let paired = Paired::of(&pairs.values, ratio).filter(|paired| paired.n > 1).ok_or(Untested::TooFew)?;
        // The same as the plain one where no training rows overlap.
        let t = if wanted == Some(Test::PairedT) { paired.t } else { paired.corrected_t };
        let chosen = match (wanted, pairs.repeats) {
            (Some(Test::None), _) => return Err(Untested::NotWanted),
            // McNemar's is made of rows, not of scores.
            (Some(Test::Mcnemar) | None, Repeats::Seeds) => Test::PairedT,
            (Some(Test::Mcnemar) | None, Repeats::Splits { .. }) => Test::CorrectedResampledT,
            // Data sets differ in more than chance: only signs and order of their differences count.
            (Some(Test::Mcnemar) | None, Repeats::Datasets) => Test::Wilcoxon,
            (Some(test), _) => test,
        };
        let (made, p_value) = match chosen {
            Test::Wilcoxon => {
                let (p, how) = paired.wilcoxon.shown();
                (Made::Wilcoxon { exact: how == Approximation::Exact }, p)
            }
            Test::CorrectedResampledT => (Made::CorrectedResampledT, t.p_value),
            _ => (Made::PairedT, t.p_value),
        };
        let (n, mean, effect) = (paired.n, paired.mean_difference, paired.effect);
        Ok(Difference { n, mean, interval: t.ci95, p_value, made, effect })
    }
}

/// A p-value as it is shown: three digits, `< 0.001` below.
pub fn p_text(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { super::number::fixed(p, 3) }
}

/// `p < 0.001`, `p = 0.036`.
pub fn p_words(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {}", p_text(p)) }
}
