//! Training before, test after: by a column that says when.

use crate::parameter::{Domain, Parameter, Parameters, Values};
use crate::parameters;
use crate::split::groups::{Key, overlap};
use crate::split::{Fold, Rows, SplitError, SplitSpec, read};
use crate::value::Value;

parameters! {
    /// Which rows when.
    pub struct Params {
        /// The column that says when: numbers, or words that sort like dates (`2016-03`).
        column: String = String::new(), Domain::Any;
        /// Values of the training part: `"2010..=2015"`, `"..2016"`, one value, or a list.
        train: Period = Period::default(), Domain::Any;
        /// Values of the test part, likewise.
        test: Period = Period::default(), Domain::Any;
        /// The column whose rows of one value belong together; only counted, unless `disjoint`. `validation` takes it
        /// over and keeps them on one side, unless it is `stratified`.
        groups: Option<String> = None, Domain::Any;
        /// Drop test rows whose group is in training, and count them.
        disjoint: bool = false, Domain::Any;
    }
}

/// The kind.
pub static SPEC: SplitSpec = SplitSpec {
    kind: "temporal",
    about: "training and test part by the values of a column, such as a year",
    reference: "out-of-time validation",
    revision: 1,
    parameters: Params::specs,
    locations: &[],
    folded: false,
    draw,
};

/// Values of a column: single ones and ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Period(Vec<Span>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Span {
    One(String),
    Range { low: Option<String>, high: Option<String>, closed: bool },
}

impl Parameter for Period {
    const TYPE: &'static str = "value, range or list of these";
    fn from_value(value: &Value) -> Result<Self, String> {
        let one = |value: &Value| match value {
            Value::Text(text) => span(text),
            Value::Integer(_) | Value::Number(_) => Ok(Span::One(value.to_string())),
            _ => {
                Err(format!("expected a value or a range like \"2010..=2015\", found {} `{value}`", value.type_name()))
            }
        };
        match value {
            Value::List(items) => items.iter().map(one).collect::<Result<_, _>>().map(Period),
            other => one(other).map(|span| Period(vec![span])),
        }
    }
    fn to_value(&self) -> Option<Value> {
        None
    }
}

fn span(text: &str) -> Result<Span, String> {
    let Some((low, high)) = text.split_once("..") else { return Ok(Span::One(text.trim().to_owned())) };
    let (high, closed) = high.strip_prefix('=').map_or((high, false), |high| (high, true));
    let end = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (low, high) = (end(low), end(high));
    match (&low, &high) {
        (None, None) => return Err(format!("the range `{text}` has no end")),
        (_, None) if closed => return Err(format!("the range `{text}` ends with `=` and no value")),
        (Some(a), Some(b)) if is_number(a) == is_number(b) && Key(a) > Key(b) || (!closed && Key(a) == Key(b)) => {
            return Err(format!("the range `{text}` holds nothing"));
        }
        (Some(a), Some(b)) if is_number(a) != is_number(b) => {
            return Err(format!("one end of the range `{text}` is a number and the other is none"));
        }
        _ => {}
    }
    Ok(Span::Range { low, high, closed })
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok_and(f64::is_finite)
}

impl Span {
    fn text(&self) -> String {
        match self {
            Span::One(text) => text.clone(),
            Span::Range { low, high, closed } => {
                let end = |end: &Option<String>| end.clone().unwrap_or_default();
                format!("{}..{}{}", end(low), if *closed { "=" } else { "" }, end(high))
            }
        }
    }

    fn ends(&self) -> impl Iterator<Item = &String> {
        let ends = match self {
            Span::One(_) => [None, None],
            Span::Range { low, high, .. } => [low.as_ref(), high.as_ref()],
        };
        ends.into_iter().flatten()
    }
}

impl Period {
    fn holds(&self, cell: &str) -> bool {
        let cell_key = Key(cell);
        let equal = |text: &str| text == cell || (text.parse::<f64>().is_ok() && text.parse::<f64>() == cell.parse());
        !cell.is_empty()
            && self.0.iter().any(|span| match span {
                Span::One(text) => equal(text),
                Span::Range { low, high, closed } => {
                    low.as_ref().is_none_or(|low| cell_key >= Key(low) || equal(low))
                        && high.as_ref().is_none_or(|high| cell_key < Key(high) || equal(high))
                        && high.as_ref().is_none_or(|high| *closed || !equal(high))
                }
            })
    }
}

fn draw(values: &Values, rows: &Rows<'_>) -> Result<Vec<Fold>, SplitError> {
    let params: Params = read(values)?;
    for (key, lacks) in
        [("column", params.column.is_empty()), ("train", params.train.0.is_empty()), ("test", params.test.0.is_empty())]
    {
        if lacks {
            return Err(SplitError::new(key, format!("a temporal split needs `{key}`")));
        }
    }
    let cells = rows.column("column", &params.column)?;
    for (key, period) in [("train", &params.train), ("test", &params.test)] {
        check_order(&params.column, key, period, &cells)?;
    }
    let part = |period: &Period| (0..rows.len()).filter(|&row| period.holds(&cells[row])).collect::<Vec<_>>();
    let (train, test) = (part(&params.train), part(&params.test));
    if let Some(row) = test.iter().find(|row| params.train.holds(&cells[**row])) {
        let message = format!("`{}` is in both `train` and `test`", cells[*row]);
        return Err(SplitError::new("test", message));
    }
    for (key, rows) in [("train", &train), ("test", &test)] {
        if rows.is_empty() {
            let mut seen: Vec<Key<'_>> = cells.iter().map(|cell| Key(cell)).collect();
            seen.sort_unstable();
            let (first, last) = (seen.first().map_or("", |k| k.0), seen.last().map_or("", |k| k.0));
            let message = format!("no row's `{}` is in `{key}`; its values go from {first} to {last}", params.column);
            return Err(SplitError::new(key, message));
        }
    }
    let mut folds = vec![Fold { train, test, ..Fold::default() }];
    overlap(&mut folds, rows, params.groups.as_deref(), params.disjoint)?;
    Ok(folds)
}

/// A range puts cells in an order, and words have none among numbers: `2011-01` is neither before nor after `2012`.
fn check_order(column: &str, key: &'static str, period: &Period, cells: &[String]) -> Result<(), SplitError> {
    let Some(span) = period.0.iter().find(|span| span.ends().next().is_some()) else { return Ok(()) };
    let first = |number: bool| cells.iter().position(|cell| !cell.is_empty() && is_number(cell) == number);
    let (number, word) = (first(true), first(false));
    if let (Some(number), Some(word)) = (number, word) {
        let message = format!(
            "`{column}` mixes numbers and words, which have no common order: `{}` in row {number}, `{}` in row {word} \
             (rows count from 0)",
            cells[number], cells[word]
        );
        return Err(SplitError::new("column", message));
    }
    let cell = number.or(word).map_or("", |row| cells[row].as_str());
    if span.ends().any(|end| is_number(end) != number.is_some()) && !cell.is_empty() {
        let kind = if number.is_some() { "numbers" } else { "words" };
        let message = format!("the cells of `{column}` are {kind}, like `{cell}`; the range `{}` is not", span.text());
        return Err(SplitError::new(key, message));
    }
    Ok(())
}

/// What is named and no row has: a mistake of who names it, though the other values make up a part.
pub fn check_values(values: &Values, rows: &Rows<'_>) -> Result<(), SplitError> {
    let params: Params = read(values)?;
    let cells = rows.column("column", &params.column)?;
    for (key, period) in [("train", params.train), ("test", params.test)] {
        for span in period.0 {
            let one = Period(vec![span.clone()]);
            if !cells.iter().any(|cell| one.holds(cell)) {
                let message = format!("no row's `{}` is `{}`, which `{key}` names", params.column, span.text());
                return Err(SplitError::new(key, message));
            }
        }
    }
    Ok(())
}
