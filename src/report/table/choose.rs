//! How a grid collapses to one cell: of the settings that a table does not show, the best one.

use std::collections::{BTreeMap, BTreeSet};

use crate::experiment::{Choose, ChooseOn};
use crate::metric::{self, Better};
use crate::report::number::{float, plural};
use crate::report::select::{self, Scored};
use crate::store::results::TrialRecord;

use super::join_words;

/// So many choices are named.
const NAMED: usize = 8;

/// Trials that differ in nothing but what is chosen and the seeds.
type Group<'a> = (String, Vec<Setting<'a>>);
/// The values of the axes that are chosen, with the trials that have them.
type Setting<'a> = (Vec<String>, Vec<&'a TrialRecord>);

/// The trials of the best settings, and what is said of the choice. Folds choose for themselves on their own
/// validation rows; a choice on test rows or a criterion is one for all folds. A setting that lacks scores, because its
/// trials failed or have not run, stands behind every complete one: what crashes on the hard folds is not better.
pub fn apply<'a>(choose: &Choose, records: Vec<&'a TrialRecord>) -> (Vec<&'a TrialRecord>, Vec<String>) {
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    let mut chosen: BTreeSet<String> = BTreeSet::new();
    let (mut undecided, mut incomplete) = (false, 0);
    for (name, settings) in groups(choose, &records) {
        let scores: Vec<Scores> = settings.iter().map(|(_, trials)| scores(choose, trials)).collect();
        let best = best(&scores, sign(choose));
        undecided |= best.is_none() && settings.len() > 1;
        incomplete += if settings.len() > 1 && best.is_some() {
            scores.iter().filter(|scores| !is_complete(scores)).count()
        } else {
            0
        };
        for (i, (values, trials)) in settings.iter().enumerate() {
            if best.is_none_or(|best| best == i) {
                kept.extend(trials.iter().map(|record| record.trial.id.as_str()));
            }
            if best == Some(i) && settings.len() > 1 {
                chosen.insert(format!("{name}: {}", values.join(", ")));
            }
        }
    }
    let records = records.into_iter().filter(|record| kept.contains(record.trial.id.as_str())).collect();
    (records, notes(choose, &chosen, incomplete, undecided))
}

fn groups<'a>(choose: &Choose, records: &[&'a TrialRecord]) -> Vec<Group<'a>> {
    let mut groups: Vec<(Vec<String>, Group<'a>)> = Vec::new();
    for &record in records {
        let trial = &record.trial;
        let fixed = ["dataset", "pipeline", "split", "model"];
        let folds = if choose.on == ChooseOn::Validation { &["fold"][..] } else { &[] };
        let parameters = trial.parameters().map(|(name, _)| name.as_str());
        let axes = fixed.into_iter().chain(folds.iter().copied()).chain(parameters);
        let rest: BTreeSet<&str> = axes.filter(|axis| !choose.among.iter().any(|name| name == axis)).collect();
        let key: Vec<String> = rest.iter().map(|axis| format!("{axis}={}", select::label(trial, axis))).collect();
        let values: Vec<String> =
            choose.among.iter().map(|axis| format!("{axis} {}", select::label(trial, axis))).collect();
        let name = format!("{} on {}", trial.model, trial.dataset);
        let at = groups.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            groups.push((key, (name, Vec::new())));
            groups.len() - 1
        });
        let settings = &mut groups[at].1.1;
        match settings.iter_mut().find(|(known, _)| *known == values) {
            Some((_, trials)) => trials.push(record),
            None => settings.push((values, vec![record])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What each fold and seed of a setting scored; none where it has no score.
type Scores = BTreeMap<(Option<u32>, u64), Option<f64>>;

fn scores(choose: &Choose, trials: &[&TrialRecord]) -> Scores {
    let spec = metric::find(&choose.by);
    let score = |record: &TrialRecord| -> Option<f64> {
        match (choose.on, select::score(record, spec?)) {
            (ChooseOn::Validation, _) => {
                record.result.as_ref()?.validation.get(&choose.by).copied().filter(|score| score.is_finite())
            }
            (_, Scored::Value(value)) => Some(value),
            _ => None,
        }
    };
    trials.iter().map(|record| ((record.trial.fold, record.trial.seed), score(record))).collect()
}

/// What a score is multiplied by, so that more is better.
fn sign(choose: &Choose) -> f64 {
    match metric::find(&choose.by).map(|spec| spec.better) {
        Some(Better::Higher) => 1.0,
        _ => -1.0,
    }
}

fn is_complete(scores: &Scores) -> bool {
    scores.values().all(Option::is_some)
}

/// The best setting, the first of equals; none where no setting has a score.
///
/// Of complete settings the one with the best mean. Without any, means are over the folds and seeds that all settings
/// with a score have; where they have none in common, the setting with the most scores is taken.
fn best(settings: &[Scores], sign: f64) -> Option<usize> {
    let any_complete = settings.iter().any(is_complete);
    let rivals: Vec<usize> = (0..settings.len())
        .filter(|&i| if any_complete { is_complete(&settings[i]) } else { settings[i].values().any(Option::is_some) })
        .collect();
    let has = |i: usize, key: &(Option<u32>, u64)| settings[i].get(key).is_some_and(Option::is_some);
    let first = settings.get(*rivals.first()?)?;
    let common: BTreeSet<_> = first.keys().filter(|key| rivals.iter().all(|&i| has(i, key))).collect();
    let mean = |i: usize| {
        let used = settings[i].iter().filter(|(key, _)| any_complete || common.is_empty() || common.contains(key));
        let values: Vec<f64> = used.filter_map(|(_, value)| *value).collect();
        sign * values.iter().sum::<f64>() / float(values.len())
    };
    let count = |i: usize| settings[i].values().filter(|value| value.is_some()).count();
    let rank = |i: usize| (if any_complete || !common.is_empty() { 0 } else { count(i) }, mean(i));
    rivals.into_iter().reduce(|best, i| {
        let (best_rank, rank) = (rank(best), rank(i));
        let better = rank.0 > best_rank.0 || rank.0 == best_rank.0 && rank.1 > best_rank.1;
        if better { i } else { best }
    })
}

fn notes(choose: &Choose, chosen: &BTreeSet<String>, incomplete: usize, undecided: bool) -> Vec<String> {
    let by = metric::find(&choose.by).map_or(choose.by.as_str(), |spec| spec.label);
    let on = match choose.on {
        ChooseOn::Validation => "on the validation rows, for each fold by itself",
        ChooseOn::Test => "on the test rows: the choice has seen the scores that it is judged by",
        ChooseOn::Criterion => "as a criterion that needs no labels",
    };
    let mut notes = vec![format!("Of {} the value with the best mean {by} is shown, {on}.", join_words(&choose.among))];
    if !chosen.is_empty() {
        let named: Vec<&str> = chosen.iter().take(NAMED).map(String::as_str).collect();
        let more = chosen.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        notes.push(format!("Chosen: {}{more}.", named.join("; ")));
    }
    if incomplete > 0 {
        let settings = plural(incomplete, "setting");
        notes.push(format!("Without a score in every trial, and so behind those that have one: {settings}."));
    }
    if undecided {
        notes.push(format!("Where no trial has {by} to choose by, the cell is the mean over all of them."));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A setting with a score a fold.
    fn setting(scores: &[Option<f64>]) -> Scores {
        scores.iter().zip(0..).map(|(score, fold)| ((Some(fold), 0), *score)).collect()
    }

    #[test]
    fn what_lacks_scores_stands_behind_what_is_complete() {
        let crashing = setting(&[Some(0.9), None, None]);
        let poor = setting(&[Some(0.5), Some(0.3), Some(0.4)]);
        let good = setting(&[Some(0.6), Some(0.4), Some(0.5)]);
        assert_eq!(best(&[crashing.clone(), poor.clone()], 1.0), Some(1));
        assert_eq!(best(&[crashing.clone(), poor.clone(), good.clone()], 1.0), Some(2));
        assert_eq!(best(&[crashing, poor, good], -1.0), Some(1));
    }

    #[test]
    fn without_a_complete_one_the_common_folds_decide() {
        // On fold 1, which both have, the second is better; its mean over all is lower.
        let easy = setting(&[Some(0.9), Some(0.5), None]);
        let hard = setting(&[None, Some(0.6), Some(0.1)]);
        assert_eq!(best(&[easy.clone(), hard], 1.0), Some(1));
        // Nothing in common: the most scores.
        let other = setting(&[None, None, Some(1.0)]);
        assert_eq!(best(&[other, easy], 1.0), Some(1));
    }

    #[test]
    fn the_first_of_equals_and_none_without_scores() {
        let same = setting(&[Some(0.5), Some(0.5)]);
        assert_eq!(best(&[same.clone(), same], 1.0), Some(0));
        assert_eq!(best(&[setting(&[None]), setting(&[None])], 1.0), None);
    }
}
