//! Every row, and rows given in a file.

use std::fs;

use serde::Deserialize;

use crate::diagnostic::io_words;
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::split::{Fold, Rows, SplitError, SplitSpec, read};

/// Every row is learned from and judged.
pub static WHOLE: SplitSpec = SplitSpec {
    kind: "whole",
    about: "every row is learned from and judged: the habit of clustering",
    reference: "resubstitution",
    revision: 1,
    parameters: Vec::new,
    locations: &[],
    folded: false,
    draw: |_, rows| {
        let every: Vec<usize> = (0..rows.len()).collect();
        Ok(vec![Fold { train: every.clone(), test: every, ..Fold::default() }])
    },
};

parameters! {
    /// Where the rows stand.
    pub struct Params {
        /// A JSON file `{"train": [...], "test": [...]}` of row numbers from 0, or a list of such folds. `gridbook
        /// predict --split` takes the same file.
        path: String = String::new(), Domain::Any;
        /// The column whose rows of one value belong together; only counted, unless `disjoint`. `validation` takes it
        /// over and keeps them on one side, unless it is `stratified`.
        groups: Option<String> = None, Domain::Any;
        /// Drop test rows whose group is in training, and count them.
        disjoint: bool = false, Domain::Any;
        /// Whether rows that were learned from may be judged (resubstitution), as textbook examples have it.
        resubstitution: bool = false, Domain::Any;
    }
}

/// The kind.
pub static SPEC: SplitSpec = SplitSpec {
    kind: "rows",
    about: "row numbers given in a JSON file",
    reference: "none",
    revision: 1,
    parameters: Params::specs,
    locations: &["path"],
    folded: true,
    draw,
};

/// One fold of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    train: Vec<usize>,
    test: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    One(Given),
    Several(Vec<Given>),
}

fn draw(values: &Values, rows: &Rows<'_>) -> Result<Vec<Fold>, SplitError> {
    let params: Params = read(values)?;
    if params.path.is_empty() {
        return Err(SplitError::new("path", "the split has no `path` of a file with row numbers"));
    }
    let wrong =
        |what: String| SplitError { file: true, ..SplitError::new("path", format!("`{}`: {what}", params.path)) };
    let text = fs::read_to_string(rows.places.resolve(&params.path))
        .map_err(|error| wrong(format!("cannot be read: {}", io_words(&error))))?;
    let file: File = serde_json::from_str(&text)
        .map_err(|_| wrong("is not `{\"train\": [0, 1], \"test\": [2]}` or a list of such folds".to_owned()))?;
    let given = match file {
        File::One(one) => vec![one],
        File::Several(several) => several,
    };
    if given.is_empty() {
        return Err(wrong("holds no fold".to_owned()));
    }
    let mut folds = Vec::with_capacity(given.len());
    for (number, Given { train, test }) in given.into_iter().enumerate() {
        if let Some(row) = train.iter().chain(&test).find(|row| **row >= rows.len()) {
            return Err(wrong(format!("fold {number} names row {row}, and the data have {} (from 0)", rows.len())));
        }
        let mut seen = vec![false; rows.len()];
        if let Some(row) = test.iter().find(|row| std::mem::replace(&mut seen[**row], true)) {
            return Err(wrong(format!("fold {number} names row {row} twice in `test`")));
        }
        if let Some(row) = train.iter().find(|row| seen[**row] && !params.resubstitution) {
            return Err(wrong(format!("fold {number} names row {row} in both `train` and `test`")));
        }
        folds.push(Fold { train, test, ..Fold::default() });
    }
    super::groups::overlap(&mut folds, rows, params.groups.as_deref(), params.disjoint)?;
    Ok(folds)
}
