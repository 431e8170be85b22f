//! `--only 'model=IDEC dataset=Scene-15'`: which of the planned trials are meant.

use crate::diagnostic::{Diagnostics, Problem, nearest};
use crate::experiment::document::{Place, Source};
use crate::parameter::quoted;
use crate::plan::trial::Trial;
use crate::value::Value;

/// Conditions that must all hold; each is an axis with the values that it may have.
#[derive(Clone, Debug, Default)]
pub struct Only {
    conditions: Vec<(String, Vec<String>)>,
}

/// The axis of trials' ids: a value is how an id begins, as reports show it.
const TRIAL: &str = "trial";

/// A part of the text with its place.
type Part = (String, Place);

impl Only {
    /// Parses `AXIS=VALUE[,VALUE]...`, separated by blanks; quotes keep blanks and commas: `model="AE, K-means"`.
    ///
    /// # Errors
    /// An axis or a value that no trial has.
    pub fn parse(text: &str, trials: &[Trial]) -> Result<Self, Diagnostics> {
        let sources = vec![Source { name: "--only".to_owned(), text: text.to_owned() }];
        let whole = Place { source: 0, span: 0..text.len() };
        let mut problems = Vec::new();
        let Some(words) = words(text) else {
            return Err(Diagnostics::new(sources, vec![Problem::error(&whole, "syntax", "a quote is not closed")]));
        };
        let mut conditions = Vec::new();
        let mut after_comma = false;
        for (axis, place, values) in words {
            let comma = open_comma(&values);
            // What stands behind `seed=0, ` is a value, and the comma has been said.
            let said = std::mem::replace(&mut after_comma, comma.is_some()) && values.is_empty();
            if said || comma.is_some() {
                problems.extend(comma);
                continue;
            }
            if values.is_empty() {
                let problem = Problem::error(&place, "syntax", format!("expected AXIS=VALUE, found `{axis}`"));
                problems.push(problem.help("like `model=IDEC seed=0,1`"));
                continue;
            }
            check(&axis, &place, &values, trials, &mut problems);
            conditions.push((axis, values.into_iter().map(|(value, _)| value).collect()));
        }
        let only = Only { conditions };
        if problems.is_empty() && !trials.is_empty() && !trials.iter().any(|trial| only.holds(trial)) {
            problems.push(Problem::error(&whole, "unknown-value", "no trial fits all of this together"));
        }
        if problems.is_empty() { Ok(only) } else { Err(Diagnostics::new(sources, problems)) }
    }

    /// Whether the trial is meant.
    pub fn holds(&self, trial: &Trial) -> bool {
        let begins = |values: &[String]| values.iter().any(|begin| trial.id.starts_with(begin.as_str()));
        self.conditions.iter().all(|(axis, values)| {
            axis == TRIAL && begins(values)
                || trial.axis(axis).is_some_and(|value| values.iter().any(|text| equal(&value, text)))
        })
    }
}

/// What is wrong with a comma that a blank follows.
fn open_comma(values: &[Part]) -> Option<Problem> {
    let (_, place) = values.last().filter(|(text, _)| values.len() > 1 && text.is_empty())?;
    let comma = Place { source: 0, span: place.span.start.saturating_sub(1)..place.span.start };
    let help = "separate conditions by a blank, values of one axis by a comma alone; quotes keep both in a name";
    Some(Problem::error(&comma, "syntax", "a comma with nothing behind it").help(help))
}

fn equal(value: &Value, text: &str) -> bool {
    value.to_string() == text || value.as_number().is_some_and(|x| text.parse() == Ok(x))
}

/// Each word's axis with its place and its values; none where a quote is not closed.
fn words(text: &str) -> Option<Vec<(String, Place, Vec<Part>)>> {
    let mut words: Vec<(String, Place, Vec<Part>)> = Vec::new();
    let (mut part, mut start, mut quote, mut inside) = (String::new(), 0, None, false);
    // A blank behind the end closes the last word.
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (quote, c) {
            (Some(open), c) if c == open && at < text.len() => quote = None,
            (None, '"' | '\'') => {
                start = if part.is_empty() { at } else { start };
                quote = Some(c);
            }
            (None, c) if c.is_whitespace() || c == ',' && inside || c == '=' && !inside => {
                let place = Place { source: 0, span: start..at };
                let is_word = !part.is_empty() || start < at;
                match words.last_mut() {
                    Some((_, _, values)) if inside => values.push((std::mem::take(&mut part), place)),
                    _ if is_word => words.push((std::mem::take(&mut part), place, Vec::new())),
                    _ => {}
                }
                start = at + c.len_utf8();
                inside = !c.is_whitespace();
            }
            (_, c) => part.push(c),
        }
    }
    quote.is_none().then_some(words)
}

fn check(axis: &str, place: &Place, values: &[Part], trials: &[Trial], problems: &mut Vec<Problem>) {
    if axis == TRIAL {
        let unknown =
            values.iter().filter(|(begin, _)| !trials.iter().any(|trial| trial.id.starts_with(begin.as_str())));
        problems.extend(unknown.map(|(begin, place)| {
            Problem::error(place, "unknown-value", format!("no trial's id begins with `{begin}`"))
                .help("`gridbook trials RESULTS` lists them")
        }));
        return;
    }
    let mut known: Vec<Value> = Vec::new();
    for value in trials.iter().filter_map(|trial| trial.axis(axis)) {
        if !known.contains(&value) {
            known.push(value);
        }
    }
    if known.is_empty() {
        let mut axes: Vec<String> =
            ["dataset", "pipeline", "model", "split", "fold", "seed", TRIAL].map(String::from).to_vec();
        axes.extend(trials.iter().flat_map(|trial| trial.parameters().map(|(name, _)| name.clone())));
        axes.sort_unstable();
        axes.dedup();
        let message = format!("no axis is called `{axis}`; expected one of {}", quoted(&axes));
        problems.push(Problem::error(place, "unknown-axis", message).nearest(axis, axes.iter().map(String::as_str)));
        return;
    }
    if known.iter().all(|value| matches!(value, Value::Text(_))) {
        known.sort_by_key(Value::to_string);
    }
    let words: Vec<String> = known.iter().map(Value::to_string).collect();
    for (text, place) in values.iter().filter(|(text, _)| !known.iter().any(|value| equal(value, text))) {
        let shown = &words[..words.len().min(20)];
        let message = format!("no trial has `{axis}={text}`; expected one of {}", quoted(shown));
        let problem = Problem::error(place, "unknown-value", message);
        // A model's name is what the tables show; its kind says which is meant too.
        let kind = trials.iter().find(|trial| axis == "model" && trial.kind == *text).map(|trial| trial.model.as_str());
        problems.push(match kind.filter(|_| nearest(text, words.iter().map(String::as_str)).is_none()) {
            Some(name) => Problem {
                help: Some(format!("`{text}` is the kind of `{name}`: write the name, as in the tables")),
                suggestion: Some(name.to_owned()),
                ..problem
            },
            None => problem.nearest(text, words.iter().map(String::as_str)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        let words = words(text)?;
        let shown = words.iter().map(|(axis, place, values)| {
            let values: Vec<String> =
                values.iter().map(|(value, place)| format!("{value}|{}", &text[place.span.clone()])).collect();
            format!("{axis}|{}: {}", &text[place.span.clone()], values.join(" / "))
        });
        Some(shown.collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn words_with_lists_and_quotes() {
        let good = |text: &str, expected: &str| assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        good("model=IDEC seed=0,1", "model|model: IDEC|IDEC; seed|seed: 0|0 / 1|1");
        good("model=\"AE, K-means\",DEC", "model|model: AE, K-means|\"AE, K-means\" / DEC|DEC");
        good("  model='a=b' ", "model|model: a=b|'a=b'");
        good("model=AE\" + \"x seed=1", "model|model: AE + x|AE\" + \"x; seed|seed: 1|1");
        good("what", "what|what: ");
        good("axis=", "axis|axis: |");
        assert_eq!(shown("model=\"AE"), None);
    }
}
