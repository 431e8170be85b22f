//! Training rows as classifiers see them.

use ndarray::Array2;

use crate::dataset::{Column, Dataset};
use crate::model::{FitData, FitError, Predictions};
use crate::weka::number::first_largest;

/// Training rows with their classes, all views side by side.
#[derive(Clone, Debug)]
pub struct Instances {
    /// What each column is.
    pub columns: Vec<Column>,
    /// `[rows, columns]`; missing is NaN, a nominal column holds indices into its words.
    pub values: Array2<f64>,
    /// The name of the class attribute.
    pub class_name: String,
    /// The classes in the file's order, also those without a row.
    pub classes: Vec<String>,
    /// One index into `classes` a row.
    pub codes: Vec<usize>,
    /// One weight a row; 1 where nothing else was said.
    pub weights: Vec<f64>,
}

impl Instances {
    /// From what a fit is given.
    ///
    /// # Errors
    /// Not applicable without rows or classes; failed where a number is infinite.
    pub fn training(data: &FitData<'_>) -> Result<Self, FitError> {
        let train = data.train;
        let labels =
            train.labels.as_ref().ok_or_else(|| FitError::Failed("the training rows have no classes".to_owned()))?;
        if train.rows() == 0 {
            return Err(FitError::NotApplicable("there are no training rows".to_owned()));
        }
        finite(train)?;
        Ok(Instances {
            columns: train.views.iter().flat_map(|view| view.columns.iter().cloned()).collect(),
            values: train.joined(),
            class_name: labels.name.clone(),
            classes: labels.classes.clone(),
            codes: labels.codes.clone(),
            weights: train.weights.clone().unwrap_or_else(|| vec![1.0; train.rows()]),
        })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.codes.len()
    }

    /// The number of declared words of a nominal column; none for a column of numbers.
    pub fn levels(&self, column: usize) -> Option<usize> {
        self.columns[column].words.as_ref().map(|words| words.len())
    }

    /// The weight of each class.
    pub fn class_weights(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.classes.len()];
        self.codes.iter().zip(&self.weights).for_each(|(code, weight)| sums[*code] += weight);
        sums
    }
}

/// The values of rows that are judged, `[rows, columns]`, columns as in training.
///
/// # Errors
/// A number is infinite.
pub fn judged(rows: &Dataset) -> Result<Array2<f64>, FitError> {
    finite(rows)?;
    Ok(rows.joined())
}

/// The level that a value of a nominal column is; none where it is missing or not one of so many.
pub fn level(value: f64, levels: usize) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level, or out of range and refused")]
    let index = value as usize;
    (value >= 0.0 && index < levels).then_some(index)
}

fn finite(data: &Dataset) -> Result<(), FitError> {
    for view in &data.views {
        if let Some(((row, column), value)) = view.values.indexed_iter().find(|(_, value)| value.is_infinite()) {
            let name = &view.columns[column].name;
            return Err(FitError::Failed(format!(
                "column `{name}` holds {value} in row {row} of those that it was given"
            )));
        }
    }
    Ok(())
}

/// Predictions from one distribution a row: the class of the largest share, the first of equals; none where all shares
/// are 0.
pub fn classified(distributions: Array2<f64>) -> Predictions {
    let predicted = distributions
        .rows()
        .into_iter()
        .map(|row| row.iter().any(|share| *share > 0.0).then(|| first_largest(row.iter().copied())))
        .collect();
    Predictions::Classes { predicted, probabilities: Some(distributions) }
}
