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
        /// The column whose rows of one value belong together; only counted, unless `disjoint`.
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
        (Some(a), Some(b)) if Key(a) > Key(b) || (!closed && Key(a) == Key(b)) => {
            return Err(format!("the range `{text}` holds nothing"));
        }
        _ => {}
    }
    Ok(Span::Range { low, high, closed })
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
