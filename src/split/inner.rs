//! The inner split: a part of the training rows, kept out for early stopping and choosing; or folds of them, for choosing
//! alone.

use crate::split::{Choice, Fold, Rows, SplitError, find};

/// Cuts the validation part out of a fold's training rows, or draws the inner folds of all of them.
pub fn cut(inner: &Choice, fold: &mut Fold, rows: &Rows<'_>) -> Result<(), SplitError> {
    let spec = find(&inner.kind)
        .ok_or_else(|| SplitError::new("validation", format!("no split is called `{}`", inner.kind)))?;
    let training = rows.data.take(&fold.train);
    let drawn = (spec.draw)(&inner.values, &Rows { data: &training, ..*rows }).map_err(|error| SplitError {
        key: "validation",
        message: format!("`validation`: {error}"),
        ..error
    })?;
    if spec.folded {
        let outer = |part: &[usize]| part.iter().map(|&row| fold.train[row]).collect::<Vec<_>>();
        let inner =
            drawn.iter().map(|drawn| Fold { train: outer(&drawn.train), test: outer(&drawn.test), ..Fold::default() });
        fold.inner = inner.collect();
        return Ok(());
    }
    let Some(first) = drawn.into_iter().next().filter(|drawn| !drawn.train.is_empty() && !drawn.test.is_empty()) else {
        return Err(SplitError::new("validation", "the inner split leaves a part without rows"));
    };
    let outer = |part: Vec<usize>| part.into_iter().map(|row| fold.train[row]).collect::<Vec<_>>();
    let (train, validation) = (outer(first.train), outer(first.test));
    (fold.train, fold.validation) = (train, validation);
    Ok(())
}
