//! `take`: a part of a data set, or one with outliers put in. Row numbers count after it.

use crate::dataset::{Dataset, DatasetError, inject_outliers};
use crate::parameter::{Domain, Parameter, Parameters, Values};
use crate::parameters;
use crate::rng::{Purpose, Stream};
use crate::value::Value;

/// Raised when the same data and parameters give other rows; part of every trial's identity.
pub const REVISION: u32 = 1;

parameters! {
    /// What is taken; applied in this order.
    pub struct Take {
        /// The first rows.
        rows: Option<usize> = None, Domain::AtLeast(1.0);
        /// The first rows of each class.
        per_class: Option<usize> = None, Domain::AtLeast(1.0);
        /// A share of the rows, drawn without replacement and kept in order.
        fraction: Option<f64> = None, Domain::Between(0.0, 1.0);
        /// Seed of that draw.
        seed: usize = 0, Domain::Any;
        /// Rows to put in that do not belong: `{ rate = 0.05, seed = 0 }`.
        outliers: Option<Injection> = None, Domain::Any;
    }
}

/// Outliers to put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Injection {
    /// Share of the rows.
    pub rate: f64,
    /// Seed of the draw.
    pub seed: u64,
}

impl Parameter for Injection {
    const TYPE: &'static str = "table like `{ rate = 0.05, seed = 0 }`";
    fn from_value(value: &Value) -> Result<Self, String> {
        let Value::Map(entries) = value else {
            return Err(format!("expected a table like `{{ rate = 0.05 }}`, found {} `{value}`", value.type_name()));
        };
        if let Some(name) = entries.keys().find(|name| !["rate", "seed"].contains(&name.as_str())) {
            return Err(format!("unknown key `{name}`; expected one of `rate`, `seed`"));
        }
        let rate = entries.get("rate").ok_or("`rate` is missing, as in `{ rate = 0.05 }`")?;
        let rate = f64::from_value(rate).map_err(|what| format!("`rate`: {what}"))?;
        if !(rate > 0.0 && rate < 1.0) {
            return Err(format!("`rate = {rate}` is out of range: must lie between 0 and 1"));
        }
        let seed = entries.get("seed").map_or(Ok(0), usize::from_value).map_err(|what| format!("`seed`: {what}"))?;
        Ok(Injection { rate, seed: seed as u64 })
    }
    fn to_value(&self) -> Option<Value> {
        None
    }
}

fn wrong(message: impl Into<String>) -> DatasetError {
    DatasetError::Parameter { key: "take".to_owned(), message: message.into(), suggestion: None }
}

/// The data after `take`; as they are where it is empty.
///
/// # Errors
/// It asks for what the data do not have.
pub fn apply(mut data: Dataset, values: &Values) -> Result<Dataset, DatasetError> {
    if values.is_empty() {
        return Ok(data);
    }
    let take = Take::from_values(values).map_err(|(name, what)| wrong(format!("`{name}` of `take`: {what}")))?;
    if let Some(rows) = take.rows {
        if rows > data.rows() {
            return Err(wrong(format!("`rows = {rows}` is more than the {} rows there are", data.rows())));
        }
        data = data.take(&(0..rows).collect::<Vec<_>>());
    }
    if let Some(most) = take.per_class {
        data = data.take(&first_of_each(&data, most)?);
    }
    if let Some(fraction) = take.fraction {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a count of rows"
        )]
        let rows = (data.rows() as f64 * fraction).round() as usize;
        if rows == 0 {
            return Err(wrong(format!("`fraction = {fraction}` of {} rows is none", data.rows())));
        }
        let mut order = Stream::new(take.seed as u64, Purpose::Split, "take").permutation(data.rows());
        order.truncate(rows);
        order.sort_unstable();
        data = data.take(&order);
    }
    match take.outliers {
        None => Ok(data),
        Some(Injection { rate, seed }) => inject_outliers(&data, rate, seed).map_err(wrong),
    }
}

fn first_of_each(data: &Dataset, most: usize) -> Result<Vec<usize>, DatasetError> {
    let labels = data.labels.as_ref().ok_or_else(|| wrong("`per-class` needs classes, and the data have no labels"))?;
    let mut taken = vec![0; labels.classes.len()];
    let mut first = |row: &usize| {
        let class = labels.codes[*row];
        taken[class] += 1;
        taken[class] <= most
    };
    Ok((0..data.rows()).filter(&mut first).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Labels, View};
    use ndarray::Array2;

    fn data() -> Dataset {
        let values = Array2::from_shape_fn((10, 1), |(row, _)| f64::from(u8::try_from(row).unwrap_or(0)));
        let labels: Vec<String> = (0..10).map(|row| (row % 3).to_string()).collect();
        Dataset::new(vec![View::numbered("x", values)], Some(Labels::of("y", &labels)))
    }

    fn taken(entries: &[(&str, Value)]) -> Result<Vec<f64>, String> {
        let values = entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        apply(data(), &values).map(|data| data.views[0].values.column(0).to_vec()).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_classes_and_shares() {
        assert_eq!(taken(&[("rows", Value::Integer(2))]), Ok(vec![0.0, 1.0]));
        assert_eq!(taken(&[("per-class", Value::Integer(1))]), Ok(vec![0.0, 1.0, 2.0]));
        let half = taken(&[("fraction", Value::Number(0.5))]).expect("takes");
        assert_eq!(half.len(), 5);
        assert!(half.is_sorted());
        let other = taken(&[("fraction", Value::Number(0.5)), ("seed", Value::Integer(1))]).expect("takes");
        assert_ne!(half, other);
        assert!(taken(&[("rows", Value::Integer(11))]).unwrap_err().contains("more than the 10 rows"));
        let more = Value::Map([("rate".to_owned(), Value::Number(0.2))].into());
        assert!(taken(&[("outliers", more)]).unwrap_err().contains("no room for outliers"));
    }
}
