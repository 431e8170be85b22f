//! `--only 'model=IDEC dataset=Scene-15'`: which of the planned trials are meant.

use crate::diagnostic::{Diagnostics, Problem};
use crate::experiment::document::{Place, Source};
use crate::parameter::quoted;
use crate::plan::trial::Trial;
use crate::value::Value;

/// Conditions that must all hold; each is an axis with the values that it may have.
#[derive(Clone, Debug, Default)]
pub struct Only {
    conditions: Vec<(String, Vec<String>)>,
}

impl Only {
    /// Parses `AXIS=VALUE[,VALUE]...`, separated by blanks; values may be quoted.
    ///
    /// # Errors
    /// An axis or a value that no trial has.
    pub fn parse(text: &str, trials: &[Trial]) -> Result<Self, Diagnostics> {
        let sources = vec![Source { name: "--only".to_owned(), text: text.to_owned() }];
        let mut problems = Vec::new();
        let mut conditions = Vec::new();
        let Some(words) = shlex::split(text) else {
            let place = Place { source: 0, span: 0..text.len() };
            return Err(Diagnostics::new(sources, vec![Problem::error(&place, "syntax", "a quote is not closed")]));
        };
        let mut from = 0;
        for word in words {
            let place = place_of(text, word.split('=').next().unwrap_or(&word), from);
            let Some((axis, values)) = word.split_once('=') else {
                let problem = Problem::error(&place, "syntax", format!("expected AXIS=VALUE, found `{word}`"));
                problems.push(problem.help("like `model=IDEC seed=0,1`"));
                continue;
            };
            let values: Vec<String> = values.split(',').map(str::to_owned).collect();
            check(axis, &values, trials, text, &place, &mut problems);
            from = place.span.end;
            conditions.push((axis.to_owned(), values));
        }
        let only = Only { conditions };
        if problems.is_empty() && !trials.is_empty() && !trials.iter().any(|trial| only.holds(trial)) {
            let place = Place { source: 0, span: 0..text.len() };
            problems.push(Problem::error(&place, "unknown-value", "no trial fits all of this together"));
        }
        if problems.is_empty() { Ok(only) } else { Err(Diagnostics::new(sources, problems)) }
    }

    /// Whether the trial is meant.
    pub fn holds(&self, trial: &Trial) -> bool {
        self.conditions
            .iter()
            .all(|(axis, values)| trial.axis(axis).is_some_and(|value| values.iter().any(|text| equal(&value, text))))
    }
}

fn equal(value: &Value, text: &str) -> bool {
    value.to_string() == text || value.as_number().is_some_and(|x| text.parse() == Ok(x))
}

/// Where `part` of a word stands, looked for from `from` on; the whole text where quotes hide it.
fn place_of(text: &str, part: &str, from: usize) -> Place {
    let found = text.get(from..).and_then(|rest| rest.find(part)).map(|at| from + at);
    Place { source: 0, span: found.map_or(0..text.len(), |start| start..start + part.len()) }
}

fn check(axis: &str, values: &[String], trials: &[Trial], whole: &str, place: &Place, problems: &mut Vec<Problem>) {
    let mut known: Vec<Value> = Vec::new();
    for value in trials.iter().filter_map(|trial| trial.axis(axis)) {
        if !known.contains(&value) {
            known.push(value);
        }
    }
    if known.is_empty() {
        let mut axes: Vec<String> =
            ["dataset", "pipeline", "model", "split", "fold", "seed"].map(String::from).to_vec();
        axes.extend(trials.iter().flat_map(|trial| trial.params.keys().chain(trial.steps.keys()).cloned()));
        axes.sort_unstable();
        axes.dedup();
        let message = format!("no axis is called `{axis}`; expected one of {}", quoted(&axes));
        problems.push(Problem::error(place, "unknown-axis", message).nearest(axis, axes.iter().map(String::as_str)));
        return;
    }
    let words: Vec<String> = known.iter().map(Value::to_string).collect();
    for text in values.iter().filter(|text| !known.iter().any(|value| equal(value, text))) {
        let shown = &words[..words.len().min(20)];
        let message = format!("no trial has `{axis}={text}`; expected one of {}", quoted(shown));
        let place = place_of(whole, text, place.span.end);
        problems.push(Problem::error(&place, "unknown-value", message).nearest(text, words.iter().map(String::as_str)));
    }
}
