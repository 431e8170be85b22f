//! Ranges in a grid: `{ log = [0.01, 1.0], points = 5 }`, `{ linear = [0, 1], points = 5 }`,
//! `{ integers = [2, 8], step = 2 }`, and with `[model.sample]` also `{ uniform = [0, 1] }` and
//! `{ log-uniform = [1e-4, 1e-1] }`.
//!
//! Points are rounded to twelve significant digits, so that they are the numbers that a person would write and the
//! same on every machine; the ends are exact. A whole-number parameter has its points rounded to whole numbers.

use crate::diagnostic::Problem;
use crate::experiment::document::{Node, NodeKind, Place, Table};
use crate::experiment::inputs::wrong_value;
use crate::experiment::reader::{Reader, wrong_type};
use crate::parameter::{ParameterSpec, quoted};
use crate::rng::Stream;
use crate::value::Value;

/// One axis has so many values at most.
const MOST_VALUES: i64 = 100_000;
/// What a range can be.
const KINDS: &[&str] = &["integers", "linear", "log", "log-uniform", "uniform"];

/// A swept parameter whose values are drawn.
#[derive(Clone, Debug)]
pub struct RandomAxis {
    /// The parameter.
    pub name: String,
    low: f64,
    high: f64,
    /// Uniform in the logarithm.
    log: bool,
    /// Whether values are rounded to whole numbers.
    whole: bool,
    /// Where it stands.
    pub place: Place,
}

impl RandomAxis {
    /// A value.
    pub fn draw(&self, stream: &mut Stream) -> Value {
        let drawn = if self.log {
            10_f64.powf(stream.uniform_in(self.low.log10(), self.high.log10()))
        } else {
            stream.uniform_in(self.low, self.high)
        };
        let drawn = nice(drawn).clamp(self.low, self.high);
        Value::Number(if self.whole { drawn.round() } else { drawn })
    }
}

/// What a range stands for.
pub enum Range {
    /// These values.
    Values(Vec<Value>),
    /// One value for each cell that is drawn.
    Random(RandomAxis),
}

/// Twelve significant digits.
fn nice(x: f64) -> f64 {
    format!("{x:.11e}").parse().unwrap_or(x)
}

/// Reads the range of the parameter `name`; `spec` is none where a program of the user's own has it.
pub fn read(
    node: &Node,
    table: &Table,
    name: &str,
    spec: Option<&ParameterSpec>,
    what: &str,
    problems: &mut Vec<Problem>,
) -> Option<Range> {
    let mut reader = Reader::new(table, format!("the range of `{name}`"), &node.place);
    let whole = spec.is_some_and(|spec| spec.type_name == "integer");
    if spec.is_some_and(|spec| !["integer", "number"].contains(&spec.type_name)) {
        let kind = spec.map_or("", |spec| spec.type_name);
        let message = format!("`{name}` of {what} is a {kind}, which has no range");
        problems.push(Problem::error(&node.place, "wrong-type", message).help("write a list of values"));
        return None;
    }
    let given: Vec<&str> = KINDS.iter().copied().filter(|kind| table.get(kind).is_some()).collect();
    let &[kind] = given.as_slice() else {
        if given.is_empty() {
            reader_of_all(&mut reader);
            if reader.rest().is_empty() || !KINDS.iter().any(|kind| reader.has_near(kind)) {
                let message = format!("the range of `{name}` has none of {}", quoted(KINDS));
                let help = "write `{ log = [0.01, 1.0], points = 5 }` or a list of values";
                problems.push(Problem::error(&node.place, "missing-key", message).help(help));
            }
            reader.finish(problems);
        } else {
            let message = format!("the range of `{name}` has {} at once", quoted(&given));
            problems.push(Problem::error(&node.place, "duplicate", message).help("leave one of them"));
        }
        return None;
    };
    let before = problems.len();
    let ends = ends(&mut reader, kind, problems);
    let range = match (ends, kind) {
        (None, "integers") => reader.entry("step").and(None),
        (None, _) => reader.entry("points").and(None),
        (Some((low, high)), "uniform" | "log-uniform") => {
            let place = node.place.clone();
            let log = kind == "log-uniform";
            Some(Range::Random(RandomAxis { name: name.to_owned(), low, high, log, whole, place }))
        }
        (Some((low, high)), "integers") => integers(&mut reader, low, high, problems).map(Range::Values),
        (Some(ends), _) => points(&mut reader, kind, ends, whole, problems).map(Range::Values),
    };
    // Also where there is no range: what is misspelt is said here.
    reader.finish(problems);
    let (range, (low, high)) = range.zip(ends)?;
    let checked: &[Value] = match &range {
        Range::Values(values) => values,
        Range::Random(_) => &[Value::Number(low), Value::Number(high)],
    };
    let wrong = spec.and_then(|spec| checked.iter().find_map(|value| wrong_value(spec, what, value, &node.place)));
    problems.extend(wrong);
    if let Range::Values(values) = &range
        && let Some(pair) = values.windows(2).find(|pair| pair[0] == pair[1])
    {
        let message = format!("the range of `{name}` gives {} twice", pair[0]);
        problems.push(Problem::error(&node.place, "duplicate", message).help("take fewer `points`"));
    }
    (problems.len() == before).then_some(range)
}

/// So that a misspelt kind is told every name.
fn reader_of_all(reader: &mut Reader<'_>) {
    for key in KINDS.iter().chain(&["points", "step"]) {
        reader.entry(key);
    }
}

/// `[low, high]`.
fn ends(reader: &mut Reader<'_>, kind: &str, problems: &mut Vec<Problem>) -> Option<(f64, f64)> {
    let node = &reader.entry(kind)?.node;
    let items = match &node.kind {
        NodeKind::List(items) if items.len() == 2 => items,
        NodeKind::List(items) => {
            let message = format!("`{kind}` has two ends, like `{kind} = [1, 8]`; found {} values", items.len());
            problems.push(Problem::error(&node.place, "wrong-type", message));
            return None;
        }
        _ => return wrong_type(node, &format!("`{kind}`"), "a list of two numbers", problems),
    };
    let number = |item: &Node| item.to_value().and_then(|value| value.as_number()).filter(|x| x.is_finite());
    let (Some(low), Some(high)) = (number(&items[0]), number(&items[1])) else {
        return wrong_type(node, &format!("`{kind}`"), "a list of two finite numbers", problems);
    };
    let mistake = if low >= high {
        Some(format!("the range from {low} to {high} is empty: the first end is the smaller one"))
    } else if kind.starts_with("log") && low <= 0.0 {
        Some(format!("a logarithmic range begins above 0, found {low}"))
    } else {
        None
    };
    if let Some(message) = mistake {
        problems.push(Problem::error(&node.place, "out-of-range", message));
        return None;
    }
    Some((low, high))
}

fn integers(reader: &mut Reader<'_>, low: f64, high: f64, problems: &mut Vec<Problem>) -> Option<Vec<Value>> {
    let node = &reader.entry("integers")?.node;
    let step = match reader.entry("step") {
        Some(_) => reader.count("step", 1, problems)?,
        None => 1,
    };
    let (Some(low), Some(high)) = (Value::Number(low).as_integer(), Value::Number(high).as_integer()) else {
        let whole = low.fract() == 0.0 && high.fract() == 0.0;
        let message = if whole {
            format!("`integers` goes from {low} to {high}, whole numbers that are too large")
        } else {
            format!("`integers` has two whole numbers as its ends, found {low} and {high}")
        };
        problems.push(Problem::error(&node.place, if whole { "out-of-range" } else { "wrong-type" }, message));
        return None;
    };
    let values = high.saturating_sub(low) / step + 1;
    if values > MOST_VALUES {
        return too_many(node, values, problems);
    }
    Some((0..values).map(|i| Value::Integer(low + i * step)).collect())
}

fn points(
    reader: &mut Reader<'_>,
    kind: &str,
    (low, high): (f64, f64),
    whole: bool,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Value>> {
    let node = &reader.entry(kind)?.node;
    if reader.entry("points").is_none() {
        reader.missing("points", "points = 5", problems);
        return None;
    }
    let n = reader.count("points", 2, problems)?;
    if n > MOST_VALUES {
        return too_many(node, n, problems);
    }
    let value = |i: i64| {
        #[expect(clippy::cast_precision_loss, reason = "at most 100,000")]
        let part = i as f64 / (n - 1) as f64;
        let x = match (i, kind) {
            (0, _) => low,
            (i, _) if i == n - 1 => high,
            (_, "log") => nice(10_f64.powf(low.log10() + (high.log10() - low.log10()) * part)),
            _ => nice(low + (high - low) * part),
        };
        Value::Number(if whole { x.round() } else { x })
    };
    Some((0..n).map(value).collect())
}

fn too_many<T>(node: &Node, values: i64, problems: &mut Vec<Problem>) -> Option<T> {
    let message = format!("{values} values are more than an axis may have ({MOST_VALUES})");
    let help = "draw from a range: `{ uniform = [0, 1] }` with `[model.sample] count`";
    problems.push(Problem::error(&node.place, "out-of-range", message).help(help));
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::document;
    use crate::rng::Purpose;

    fn range(text: &str) -> Result<Range, Vec<Problem>> {
        let mut problems = Vec::new();
        let root = document::parse(0, &format!("r = {text}"), &mut problems);
        let entry = root.get("r").unwrap();
        let NodeKind::Table(table) = &entry.node.kind else { panic!("no table") };
        let found = read(&entry.node, table, "r", None, "the test", &mut problems);
        found.ok_or(problems)
    }

    fn shown(text: &str) -> String {
        match range(text) {
            Ok(Range::Values(values)) => values.iter().map(Value::to_string).collect::<Vec<_>>().join(" "),
            Ok(Range::Random(_)) => "random".to_owned(),
            Err(problems) => problems.iter().map(|problem| problem.message.clone()).collect(),
        }
    }

    #[test]
    fn points_are_the_numbers_that_a_person_would_write() {
        assert_eq!(shown("{ log = [0.001, 1], points = 4 }"), "0.001 0.01 0.1 1");
        assert_eq!(shown("{ log = [0.01, 1.0], points = 5 }"), "0.01 0.0316227766017 0.1 0.316227766017 1");
        assert_eq!(shown("{ linear = [0, 0.3], points = 4 }"), "0 0.1 0.2 0.3");
        assert_eq!(shown("{ linear = [-1, 1], points = 3 }"), "-1 0 1");
        assert_eq!(shown("{ integers = [2, 9], step = 3 }"), "2 5 8");
        assert_eq!(shown("{ integers = [1, 3] }"), "1 2 3");
    }

    #[test]
    fn ends_are_exact() {
        let Ok(Range::Values(values)) = range("{ log = [0.1234567890123456, 0.7], points = 3 }") else { panic!() };
        assert_eq!(values[0].as_number(), Some(0.123_456_789_012_345_6));
        assert_eq!(values[2].as_number(), Some(0.7));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for (text, part) in [
            ("{ log = [0, 1], points = 3 }", "begins above 0"),
            ("{ linear = [1, 1], points = 3 }", "is empty"),
            ("{ linear = [0, 1], points = 1 }", "at least 2"),
            ("{ linear = [0, 1] }", "no `points`"),
            ("{ linear = [0, 1], point = 3 }", "unknown key `point`"),
            ("{ linear = [1, 0], points = 3 }", "is empty"),
            ("{ integers = [0, 1], step = 0 }", "at least 1"),
            ("{ linear = [0, 1, 2], points = 2 }", "two ends"),
            ("{ integers = [0.5, 2] }", "whole numbers"),
            ("{ integers = [0, 1_000_000_000] }", "more than an axis"),
            ("{ lin = [0, 1], points = 3 }", "unknown key `lin`"),
            ("{ points = 3 }", "has none of"),
            ("{ log = [1, 2], linear = [1, 2], points = 2 }", "at once"),
        ] {
            assert!(shown(text).contains(part), "{text}: {}", shown(text));
        }
    }

    #[test]
    fn drawn_values_stay_between_the_ends() {
        for text in ["{ uniform = [2, 5] }", "{ log-uniform = [0.001, 10] }"] {
            let Ok(Range::Random(axis)) = range(text) else { panic!() };
            let mut stream = Stream::new(0, Purpose::Search, "test");
            let drawn: Vec<f64> = (0..200).filter_map(|_| axis.draw(&mut stream).as_number()).collect();
            assert!(drawn.iter().all(|x| (axis.low..=axis.high).contains(x)));
            let below = drawn.iter().filter(|x| **x < 0.1).count();
            assert!(if axis.log { (60..140).contains(&below) } else { below == 0 }, "{below}");
        }
    }
}
