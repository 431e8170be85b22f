//! What questions hold: labels of any type, numbers, tables of numbers.

use std::cmp::Ordering;

use ndarray::Array2;
use serde_json::{Value as Json, json};

/// A label as JSON writes it. Labels are sorted, numbers by size and text by letter; `1`, `1.0` and `true` are one.
#[derive(Clone, Debug)]
pub enum Label {
    /// Of letters.
    Text(String),
    /// `size` orders; `whole` tells apart the whole numbers that are one double.
    Number {
        /// As a double.
        size: f64,
        /// Exactly, where it has no fraction.
        whole: Option<i128>,
    },
}

impl Label {
    /// A number or a boolean as a label.
    pub fn number(value: &Json) -> Option<Label> {
        let whole = match value {
            Json::Bool(one) => i128::from(*one),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => i128::from(whole),
                (_, Some(whole)) => i128::from(whole),
                _ => return number.as_f64().map(Label::fraction),
            },
            _ => return None,
        };
        #[expect(clippy::cast_precision_loss, reason = "only the order is taken from it")]
        Some(Label::Number { size: whole as f64, whole: Some(whole) })
    }

    /// Of one value.
    pub fn of(value: &Json) -> Option<Label> {
        value.as_str().map(|text| Label::Text(text.to_owned())).or_else(|| Label::number(value))
    }

    /// As JSON writes it.
    pub fn to_json(&self) -> Json {
        match self {
            Label::Text(text) => json!(text),
            Label::Number { size, whole } => {
                let whole = whole.and_then(|whole| i64::try_from(whole).ok());
                whole.map_or_else(|| json!(size), Json::from)
            }
        }
    }

    fn fraction(size: f64) -> Label {
        #[expect(clippy::cast_possible_truncation, reason = "whole and checked to be in range")]
        let whole = (size.fract() == 0.0 && size.abs() < 1e30).then_some(size as i128);
        // -0 is 0.
        Label::Number { size: size + 0.0, whole }
    }
}

impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Label::Text(a), Label::Text(b)) => a.cmp(b),
            (Label::Number { size: a, whole: m }, Label::Number { size: b, whole: n }) => a.total_cmp(b).then(m.cmp(n)),
            (Label::Number { .. }, Label::Text(_)) => Ordering::Less,
            (Label::Text(_), Label::Number { .. }) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Label {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Label {}

/// How the oracle files write what JSON has no number for.
pub const NOT_FINITE: &[&str] = &["NaN", "Infinity", "-Infinity"];

/// A list of labels, all numbers (booleans are 0 and 1) or all text.
pub fn labels(input: &Json, key: &str) -> Result<Vec<Label>, String> {
    let list = input.get(key).and_then(Json::as_array).ok_or_else(|| format!("`{key}` is not a list of labels"))?;
    if list.is_empty() {
        return Err(format!("`{key}` is empty"));
    }
    let text = |value: &Json| value.as_str().is_some_and(|text| !NOT_FINITE.contains(&text));
    let as_text = list.iter().any(text);
    let label = |(i, value): (usize, &Json)| match value {
        Json::String(text) if as_text => Ok(Label::Text(text.clone())),
        Json::String(text) => Err(format!("`{key}` holds {text} at {i}")),
        Json::Null => Err(format!("`{key}` lacks the label at {i}")),
        Json::Array(_) | Json::Object(_) => Err(format!("`{key}` holds no label at {i}: {value}")),
        _ if as_text => Err(format!("`{key}` mixes text and numbers, at {i}: {value}")),
        _ => Label::number(value).ok_or_else(|| format!("`{key}` holds a number out of range at {i}: {value}")),
    };
    list.iter().enumerate().map(label).collect()
}

/// Where each label stands in a list of different ones.
///
/// # Errors
/// A label that the list lacks.
pub fn places(labels: &[Label], list: &[Label], key: &str) -> Result<Vec<usize>, String> {
    let place = |(i, label): (usize, &Label)| {
        let found = list.iter().position(|one| one == label);
        found.ok_or_else(|| format!("`{key}` holds {} at {i}, which is none of the labels", label.to_json()))
    };
    labels.iter().enumerate().map(place).collect()
}

/// The different labels of lists, sorted.
pub fn different(lists: &[&[Label]]) -> Vec<Label> {
    let mut all: Vec<Label> = lists.concat();
    all.sort();
    all.dedup();
    all
}

/// Refuses lists that are not as long as each other.
///
/// # Errors
/// How long they are.
pub fn as_long((one, length): (&str, usize), (other, found): (&str, usize)) -> Result<(), String> {
    if length == found {
        return Ok(());
    }
    Err(format!("`{one}` has {length} entries, `{other}` has {found}"))
}

/// A list of finite numbers.
///
/// # Errors
/// What it is instead.
pub fn numbers(value: Option<&Json>, key: &str) -> Result<Vec<f64>, String> {
    let list = value.and_then(Json::as_array).ok_or_else(|| format!("`{key}` is not a list of numbers"))?;
    let number = |(i, value): (usize, &Json)| {
        let number = value.as_f64().filter(|number| number.is_finite());
        number.ok_or_else(|| format!("`{key}` holds no finite number at {i}: {value}"))
    };
    list.iter().enumerate().map(number).collect()
}

/// A list of rows of finite numbers, all as long.
///
/// # Errors
/// What it is instead.
pub fn rows(input: &Json, key: &str) -> Result<Array2<f64>, String> {
    let list = input.get(key).and_then(Json::as_array).ok_or_else(|| format!("`{key}` is not a list of rows"))?;
    let row = |(i, row)| numbers(Some(row), &format!("{key}[{i}]"));
    let rows: Vec<Vec<f64>> = list.iter().enumerate().map(row).collect::<Result<_, _>>()?;
    let columns = rows.first().map_or(0, Vec::len);
    if columns == 0 {
        return Err(format!("`{key}` is empty"));
    }
    if let Some(i) = rows.iter().position(|row| row.len() != columns) {
        return Err(format!("row {i} of `{key}` has {} numbers, the first has {columns}", rows[i].len()));
    }
    Array2::from_shape_vec((rows.len(), columns), rows.concat()).map_err(|error| format!("`{key}`: {error}"))
}
