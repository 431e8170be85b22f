//! Failures by cause.

use crate::store::outcome::Status;
use crate::store::results::{Results, State, TrialRecord};

use super::Options;
use super::select::{self, scrub};

/// Trials that went wrong in the same way.
#[derive(Clone, Debug)]
pub struct Cause {
    /// `failed in fit`, `timed out`, ...
    pub what: String,
    /// The message with numbers replaced, which the trials share.
    pub cause: String,
    /// How many.
    pub trials: usize,
    /// Attempts made for them; none where measurements are left out.
    pub attempts: Option<u32>,
    /// The first trial's message.
    pub message: String,
    /// The first trial.
    pub first: String,
    /// What runs them again.
    pub command: String,
}

/// Groups what went wrong, the most frequent first.
pub fn of(results: &Results, options: Options) -> Vec<Cause> {
    let mut groups: Vec<((String, String), Vec<&TrialRecord>)> = Vec::new();
    for record in &results.records {
        let State::Ended(status) = record.state else { continue };
        if !matches!(status, Status::Failed | Status::TimedOut | Status::Quarantined) {
            continue;
        }
        let key = (what(status, record), cause(&select::without_id(&message(record), record)));
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, records)) => records.push(record),
            None => groups.push((key, vec![record])),
        }
    }
    groups.sort_by_key(|(_, records)| std::cmp::Reverse(records.len()));
    groups
        .into_iter()
        .map(|((what, cause), records)| Cause {
            what,
            cause,
            trials: records.len(),
            attempts: (!options.omit_measured).then(|| records.iter().map(|record| record.attempts).sum()),
            message: message(records[0]),
            first: records[0].trial.id.clone(),
            command: command(results, &records),
        })
        .collect()
}

fn what(status: Status, record: &TrialRecord) -> String {
    let word = match status {
        Status::TimedOut => "timed out",
        Status::Quarantined => "quarantined",
        _ => "failed",
    };
    match record.result.as_ref().and_then(|result| result.stage.as_deref()) {
        Some(stage) => format!("{word} in {stage}"),
        None => word.to_owned(),
    }
}

fn message(record: &TrialRecord) -> String {
    scrub(record.result.as_ref().and_then(|result| result.reason.as_deref()).unwrap_or("no message"))
}

/// The first line with every number replaced: epoch 7 and epoch 12 are one cause.
fn cause(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let mut cause = String::new();
    let mut in_number = false;
    for c in line.chars() {
        let digit = c.is_ascii_digit() || (in_number && c == '.');
        if digit && !in_number {
            cause.push('#');
        }
        if !digit {
            cause.push(c);
        }
        in_number = digit;
    }
    cause
}

/// The same command goes on; narrowed to what the trials have in common.
fn command(results: &Results, records: &[&TrialRecord]) -> String {
    let mut only = Vec::new();
    let many =
        |axis: fn(&TrialRecord) -> &str| results.records.iter().any(|other| axis(other) != axis(&results.records[0]));
    for (name, axis) in
        [("model", (|r| r.trial.model.as_str()) as fn(&TrialRecord) -> &str), ("dataset", |r| r.trial.dataset.as_str())]
    {
        let first = axis(records[0]);
        // A comma separates values there, and a name with quotes has no plain form on a command line.
        let sayable = !first.chars().any(|c| c.is_control() || ",'\"\\".contains(c));
        if many(axis) && sayable && records.iter().all(|record| axis(record) == first) {
            let quote = if first.contains(char::is_whitespace) { "\"" } else { "" };
            only.push(format!("{name}={quote}{first}{quote}"));
        }
    }
    if only.is_empty() {
        return "gridbook run experiment.toml --retry-failed".to_owned();
    }
    format!("gridbook run experiment.toml --retry-failed --only '{}'", only.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_make_causes() {
        assert_eq!(cause("epoch 7: loss is NaN (lr 0.003)\nmore"), "epoch #: loss is NaN (lr #)");
        assert_eq!(cause(""), "");
    }
}
