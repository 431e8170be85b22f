//! One cell judged: the same, paired, independent, or not to be tested.

use std::collections::BTreeMap;

use crate::report::pairs::{self, Pairs, Repeats};
use crate::report::statistics::Summary;
use crate::report::statistics::welch::Welch;

use super::cell::Look;
use super::place::Place;
use super::{Difference, Tested, Verdict};

/// One repeat: fold and seed.
pub type Repeat = (Option<u32>, u64);
/// A trial's id and its value.
pub type Scored = (String, f64);
/// The trial and the value of each repeat that has one.
pub type Values = BTreeMap<Repeat, Scored>;

/// How the repeats of two places hang together.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// Whether one fold and seed is the same rows in both.
    pub same_rows: bool,
    /// Over what a place's trials are repeated, of either folder.
    pub repeats: Repeats,
}

impl Conditions {
    /// Of two places.
    pub fn of(look: &Look<'_>, a: &Place<'_>, b: &Place<'_>) -> Conditions {
        let [one, two] = look.folders;
        let resamples = pairs::resamples(one, &a.trial.split) || pairs::resamples(two, &b.trial.split);
        let records = a.records.iter().chain(&b.records).copied();
        let repeats = if resamples {
            Repeats::Splits { test_train_ratio: pairs::test_train_ratio(records) }
        } else {
            Repeats::Seeds
        };
        Conditions { same_rows: look.contents[0].same_rows(look.contents[1], a, b), repeats }
    }
}

/// What came of a cell before p-values are adjusted.
pub struct Judged {
    /// Within noise stands for: the test decides.
    pub verdict: Verdict,
    /// Second less first.
    pub difference: Option<Difference>,
    /// Its test.
    pub tested: Option<Tested>,
}

/// Judges the values of two places; both have some.
pub fn judge(a: &Values, b: &Values, conditions: Conditions) -> Judged {
    let both: Vec<(&Scored, &Scored)> = a.iter().filter_map(|(repeat, one)| Some((one, b.get(repeat)?))).collect();
    // Which seeds were run decides how it is tested; what came out does not.
    let mostly = 2 * both.len() >= a.len().min(b.len());
    if mostly && !both.is_empty() && both.iter().all(|(one, two)| one == two) {
        let difference = Difference { mean: 0.0, interval: None, pairs: Some(both.len()) };
        return Judged { verdict: Verdict::Identical, difference: Some(difference), tested: None };
    }
    let paired = mostly && conditions.same_rows;
    let values: Vec<(f64, f64)> = both.iter().map(|(one, two)| (two.1, one.1)).collect();
    if let (true, [(second, first)]) = (paired, values.as_slice()) {
        let difference = Difference { mean: second - first, interval: None, pairs: Some(1) };
        return Judged { verdict: Verdict::OneRepeat, difference: Some(difference), tested: None };
    }
    if paired && values.len() > 1 {
        let unpaired = a.len() + b.len() - 2 * values.len();
        let pairs = Pairs { values, unpaired, repeats: conditions.repeats };
        if let Ok(found) = pairs::Difference::of(&pairs, None) {
            let tested = Tested { made: Some(found.made), p_value: found.p_value, adjusted: found.p_value };
            let difference = Difference { mean: found.mean, interval: found.interval, pairs: Some(found.n) };
            return Judged { verdict: Verdict::WithinNoise, difference: Some(difference), tested: Some(tested) };
        }
    }
    unpaired(a, b, conditions)
}

/// Of other seeds, or of the same seeds on other rows.
fn unpaired(a: &Values, b: &Values, conditions: Conditions) -> Judged {
    let list = |values: &Values| values.values().map(|(_, value)| *value).collect::<Vec<f64>>();
    let (a, b) = (list(a), list(b));
    let mean = Summary::of(&b).zip(Summary::of(&a)).map(|(b, a)| b.mean - a.mean);
    let plain = mean.map(|mean| Difference { mean, interval: None, pairs: None });
    if a.len() < 2 || b.len() < 2 {
        return Judged { verdict: Verdict::OneRepeat, difference: plain, tested: None };
    }
    match (conditions.repeats, Welch::of(&b, &a)) {
        (Repeats::Seeds, Some(test)) => {
            let difference = Difference { mean: test.mean_difference, interval: Some(test.ci95), pairs: None };
            let tested = Tested { made: None, p_value: test.p_value, adjusted: test.p_value };
            Judged { verdict: Verdict::WithinNoise, difference: Some(difference), tested: Some(tested) }
        }
        // Folds and drawn parts share training rows: without pairs no test knows by how much.
        _ => Judged { verdict: Verdict::NotTested, difference: plain, tested: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::pairs::Made;

    fn values(id: &str, seeds: std::ops::Range<u64>, value: impl Fn(u64) -> f64) -> Values {
        seeds.map(|seed| ((None, seed), (format!("{id}{seed}"), value(seed)))).collect()
    }

    const SEEDS: Conditions = Conditions { same_rows: true, repeats: Repeats::Seeds };
    const FOLDS: Conditions = Conditions { same_rows: true, repeats: Repeats::Splits { test_train_ratio: 0.25 } };

    fn noise(seed: u64) -> f64 {
        [0.02, -0.01, 0.0, 0.03, -0.02, 0.01][usize::try_from(seed % 6).unwrap()]
    }

    #[test]
    fn the_same_trials_with_the_same_values_are_identical() {
        let a = values("x", 0..5, noise);
        let all = judge(&a, &a, SEEDS);
        assert_eq!((all.verdict, all.difference.unwrap().pairs), (Verdict::Identical, Some(5)));
        // A rerun of two of them, and of one.
        assert_eq!(judge(&a, &values("x", 1..3, noise), SEEDS).verdict, Verdict::Identical);
        assert_eq!(judge(&a, &values("x", 4..5, noise), SEEDS).verdict, Verdict::Identical);
        // Equal values of other trials are no difference, and not the same trials.
        let others = judge(&a, &values("y", 0..5, noise), SEEDS);
        assert_eq!((others.verdict, others.tested.unwrap().p_value), (Verdict::WithinNoise, 1.0));
        // One that both have says little of nine others.
        assert_eq!(
            judge(&values("x", 0..10, noise), &values("x", 9..19, noise), SEEDS).difference.unwrap().pairs,
            None
        );
    }

    #[test]
    fn seeds_are_paired_where_both_have_them() {
        let a = values("x", 0..6, noise);
        let b = values("y", 0..6, |seed| noise(seed) + 0.1 + 0.001 * noise(seed + 1));
        let judged = judge(&a, &b, SEEDS);
        let (difference, tested) = (judged.difference.unwrap(), judged.tested.unwrap());
        assert!((difference.mean - 0.1).abs() < 1e-4 && difference.pairs == Some(6));
        assert_eq!(tested.made, Some(Made::PairedT));
        assert!(tested.p_value < 1e-8, "{}", tested.p_value);
        // The same numbers of seeds that are others: the noise of each counts.
        let shifted = b.into_iter().map(|((fold, seed), value)| ((fold, seed + 6), value)).collect();
        let apart = judge(&a, &shifted, SEEDS);
        assert_eq!((apart.tested.unwrap().made, apart.difference.unwrap().pairs), (None, None));
        assert!(apart.tested.unwrap().p_value > tested.p_value);
        let (low, high) = apart.difference.unwrap().interval.unwrap();
        assert!(low < 0.1 && high > 0.1 && high - low > 0.02, "{low} {high}");
    }

    #[test]
    fn the_test_follows_from_the_split() {
        let (a, b) = (values("x", 0..6, noise), values("y", 0..6, |seed| noise(seed + 1) + 0.02));
        assert_eq!(judge(&a, &b, FOLDS).tested.unwrap().made, Some(Made::CorrectedResampledT));
        // Other rows: no pairs, and no independent values either.
        let other = Conditions { same_rows: false, ..FOLDS };
        let judged = judge(&a, &b, other);
        assert_eq!((judged.verdict, judged.tested), (Verdict::NotTested, None));
        assert!(judged.difference.is_some());
        assert_eq!(judge(&a, &b, Conditions { same_rows: false, ..SEEDS }).tested.unwrap().made, None);
    }

    #[test]
    fn one_repeat_is_not_tested() {
        let many = values("x", 0..5, noise);
        for one in [values("y", 2..3, |_| 0.3), values("y", 7..8, |_| 0.3)] {
            for (a, b, sign) in [(&many, &one, 1.0), (&one, &many, -1.0)] {
                let judged = judge(a, b, SEEDS);
                assert_eq!((judged.verdict, judged.tested), (Verdict::OneRepeat, None));
                assert!(judged.difference.unwrap().mean * sign > 0.25);
            }
        }
    }
}
