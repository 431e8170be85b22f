//! How a grid collapses to one cell: of the settings that a table does not show, the best one.

use std::collections::BTreeSet;

use crate::experiment::{Choose, ChooseOn};
use crate::metric::{self, Better};
use crate::report::number::float;
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
/// validation rows; a choice on test rows or a criterion is one for all folds.
pub(super) fn apply<'a>(choose: &Choose, records: Vec<&'a TrialRecord>) -> (Vec<&'a TrialRecord>, Vec<String>) {
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    let mut chosen: BTreeSet<String> = BTreeSet::new();
    let mut undecided = false;
    for (name, settings) in groups(choose, &records) {
        let best = best(choose, &settings);
        undecided |= best.is_none() && settings.len() > 1;
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
    (records, notes(choose, &chosen, undecided))
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

/// The setting with the best mean; the first of equals, none where no setting has a score.
fn best(choose: &Choose, settings: &[Setting<'_>]) -> Option<usize> {
    let spec = metric::find(&choose.by);
    // A criterion that is no metric is a loss.
    let sign = match spec.map(|spec| spec.better) {
        Some(Better::Higher) => 1.0,
        _ => -1.0,
    };
    let score = |record: &TrialRecord| -> Option<f64> {
        match choose.on {
            ChooseOn::Validation => record.result.as_ref()?.validation.get(&choose.by).copied(),
            ChooseOn::Criterion if spec.is_none() => record.result.as_ref()?.scores.get(&choose.by).copied(),
            ChooseOn::Test | ChooseOn::Criterion => match select::score(record, spec?) {
                Scored::Value(value) => Some(value),
                _ => None,
            },
        }
    };
    let mean = |(_, trials): &Setting<'_>| -> Option<f64> {
        let scores: Vec<f64> = trials.iter().filter_map(|record| score(record)).collect();
        (!scores.is_empty()).then(|| sign * scores.iter().sum::<f64>() / float(scores.len()))
    };
    let mut best: Option<(usize, f64)> = None;
    for (i, setting) in settings.iter().enumerate() {
        if let Some(mean) = mean(setting)
            && best.is_none_or(|(_, highest)| mean > highest)
        {
            best = Some((i, mean));
        }
    }
    best.map(|(i, _)| i)
}

fn notes(choose: &Choose, chosen: &BTreeSet<String>, undecided: bool) -> Vec<String> {
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
    if undecided {
        notes.push(format!("Where no trial has {by} to choose by, the cell is the mean over all of them."));
    }
    notes
}
