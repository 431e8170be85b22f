//! The inner split: a part of the training rows, kept out for early stopping and choosing.

use crate::split::{Choice, Fold, Rows, SplitError, find};

/// Cuts the validation part out of a fold's training rows.
pub fn cut(inner: &Choice, fold: &mut Fold, rows: &Rows<'_>) -> Result<(), SplitError> {
    let spec = find(&inner.kind)
        .ok_or_else(|| SplitError::new("validation", format!("no split is called `{}`", inner.kind)))?;
    let training = rows.data.take(&fold.train);
    let drawn = (spec.draw)(&inner.values, &Rows { data: &training, ..*rows }).map_err(|error| SplitError {
        key: "validation",
        message: format!("`validation`: {error}"),
        ..error
    })?;
    let Some(first) = drawn.into_iter().next().filter(|drawn| !drawn.train.is_empty() && !drawn.test.is_empty()) else {
        return Err(SplitError::new("validation", "the inner split leaves a part without rows"));
    };
    let outer = |part: Vec<usize>| part.into_iter().map(|row| fold.train[row]).collect::<Vec<_>>();
    let (train, validation) = (outer(first.train), outer(first.test));
    (fold.train, fold.validation) = (train, validation);
    Ok(())
}
