//! Cross-validation: every row is judged once, or once a repetition.

use crate::java;
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::split::groups::members;
use crate::split::{Fold, Rows, SplitError, SplitSpec, read};

parameters! {
    /// Which folds.
    pub struct Params {
        /// Number of folds.
        folds: usize = 10, Domain::AtLeast(2.0);
        /// Keep the classes' shares in every fold; left out, where there are classes and no groups.
        stratified: Option<bool> = None, Domain::Any;
        /// `own`: gridbook's streams; `weka`: Weka's shuffle and folds under the trial's seed, row for row.
        order: String = "own".to_owned(), Domain::OneOf(&["own", "weka"]);
        /// The column whose rows of one value stay in one fold; `validation` takes it over.
        groups: Option<String> = None, Domain::Any;
    }
}

parameters! {
    /// Which folds, how often.
    pub struct RepeatedParams {
        /// Number of folds.
        folds: usize = 10, Domain::AtLeast(2.0);
        /// Number of repetitions, each drawn anew.
        repeats: usize = 10, Domain::AtLeast(1.0);
        /// Keep the classes' shares in every fold; left out, where there are classes and no groups.
        stratified: Option<bool> = None, Domain::Any;
        /// `own`: gridbook's streams; `weka`: the runs of Weka's Experimenter, row for row.
        order: String = "own".to_owned(), Domain::OneOf(&["own", "weka"]);
        /// The column whose rows of one value stay in one fold; `validation` takes it over.
        groups: Option<String> = None, Domain::Any;
    }
}

/// One cross-validation.
pub static K_FOLD: SplitSpec = SplitSpec {
    kind: "k-fold",
    about: "the rows in equal parts, each the test part once",
    reference: "scikit-learn's StratifiedKFold, KFold and GroupKFold; Weka's crossValidateModel",
    revision: 1,
    parameters: Params::specs,
    locations: &[],
    folded: true,
    draw: |values, rows| {
        let params: Params = read(values)?;
        let seed = i64::try_from(rows.seed).unwrap_or(i64::MAX);
        folds(&params, rows, "k-fold", seed)
    },
};

/// Several cross-validations.
pub static REPEATED: SplitSpec = SplitSpec {
    kind: "repeated-k-fold",
    about: "k-fold several times; folds are numbered on through the repetitions",
    reference: "scikit-learn's RepeatedStratifiedKFold; Weka's Experimenter",
    revision: 1,
    parameters: RepeatedParams::specs,
    locations: &[],
    folded: true,
    draw: |values, rows| {
        let RepeatedParams { folds: parts, repeats, stratified, order, groups } = read(values)?;
        let params = Params { folds: parts, stratified, order, groups };
        let mut every = Vec::new();
        for repeat in 0..repeats {
            // Weka's Experimenter seeds its runs 1, 2, ...; a trial's seed of 0 gives just these.
            let seed = rows.seed.saturating_add(repeat as u64).saturating_add(1);
            let seed = i64::try_from(seed).unwrap_or(i64::MAX);
            every.extend(folds(&params, rows, &format!("k-fold.{repeat}"), seed)?);
        }
        Ok(every)
    },
};

fn folds(params: &Params, rows: &Rows<'_>, part: &str, seed: i64) -> Result<Vec<Fold>, SplitError> {
    let n = rows.len();
    if params.folds > n {
        return Err(SplitError::new("folds", format!("{} folds are more than the {n} rows", params.folds)));
    }
    if params.groups.is_some() && params.stratified == Some(true) {
        return Err(SplitError::new("stratified", "whole groups cannot be stratified: leave out one of both"));
    }
    if params.order == "weka" {
        if params.groups.is_some() {
            return Err(SplitError::new("groups", "Weka's order has no groups"));
        }
        let labels = rows.strata(params.stratified)?;
        let mut random = java::Random::new(seed);
        let parts = java::folds(n, params.folds, labels.map(|labels| labels.codes.as_slice()), &mut random);
        return Ok(parts.into_iter().map(|(train, test)| Fold { train, test, ..Fold::default() }).collect());
    }
    let fold_of = match &params.groups {
        Some(name) => by_group(&rows.column("groups", name)?, params.folds, rows, part)?,
        None => dealt(params, rows, part)?,
    };
    let side = |fold: usize, test: bool| (0..n).filter(|&row| (fold_of[row] == fold) == test).collect();
    Ok((0..params.folds)
        .map(|fold| Fold { train: side(fold, false), test: side(fold, true), ..Fold::default() })
        .collect())
}

/// Rows in random order, class after class, dealt out in turn: both the folds and each class's share differ by at
/// most one row.
fn dealt(params: &Params, rows: &Rows<'_>, part: &str) -> Result<Vec<usize>, SplitError> {
    let labels = rows.strata(params.stratified)?;
    let mut order = rows.stream(part).permutation(rows.len());
    if let Some(labels) = labels {
        order.sort_by_key(|&row| labels.codes[row]);
    }
    let mut fold_of = vec![0; rows.len()];
    order.into_iter().enumerate().for_each(|(place, row)| fold_of[row] = place % params.folds);
    Ok(fold_of)
}

/// Whole groups, the largest first, each into the fold with the fewest rows; equals in random order.
fn by_group(cells: &[String], folds: usize, rows: &Rows<'_>, part: &str) -> Result<Vec<usize>, SplitError> {
    let mut groups: Vec<Vec<usize>> = members(cells).into_values().collect();
    if groups.len() < folds {
        let message = format!("{folds} folds are more than the {} groups", groups.len());
        return Err(SplitError::new("folds", message));
    }
    rows.stream(part).shuffle(&mut groups);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut sizes = vec![0; folds];
    let mut fold_of = vec![0; cells.len()];
    for group in groups {
        let fold = (0..folds).min_by_key(|&fold| sizes[fold]).unwrap_or(0);
        sizes[fold] += group.len();
        group.into_iter().for_each(|row| fold_of[row] = fold);
    }
    Ok(fold_of)
}
