//! Two classifiers on the rows of one test part: where there is one trial of each, its rows take the place of repeats.

use crate::store::artifact;
use crate::store::outcome::Status;
use crate::store::results::{Results, State, TrialRecord};

use super::pairs::Untested;
use super::statistics::mcnemar::McNemar;

/// McNemar's test of the one finished trial of each side, on the same data set, split and fold.
///
/// # Errors
/// Why it cannot be made.
pub fn test(results: &Results, first: &[&TrialRecord], second: &[&TrialRecord]) -> Result<McNemar, Untested> {
    let (one, two) = (only(first)?, only(second)?);
    let place = |record: &TrialRecord| {
        let trial = &record.trial;
        (trial.dataset.clone(), trial.split.clone(), trial.fold)
    };
    if place(one) != place(two) {
        return Err(Untested::Pooled);
    }
    let kept = |record: &TrialRecord| {
        artifact::read_rows(&results.folder, &record.trial.id).map_err(|_| Untested::NoPredictions)
    };
    let (one, two) = (kept(one)?, kept(two)?);
    if one.rows != two.rows || one.actual.iter().any(Option::is_none) {
        return Err(Untested::NoPredictions);
    }
    let right = |kept: &artifact::KeptRows| -> Vec<bool> {
        kept.actual.iter().zip(&kept.given).map(|(actual, given)| actual == given).collect()
    };
    Ok(McNemar::of_rows(right(&one).into_iter().zip(right(&two))))
}

/// The one finished trial of a side.
fn only<'a>(records: &[&'a TrialRecord]) -> Result<&'a TrialRecord, Untested> {
    let mut finished = records.iter().filter(|record| record.state == State::Ended(Status::Finished));
    match (finished.next(), finished.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Untested::TooFew),
        _ => Err(Untested::Several),
    }
}
