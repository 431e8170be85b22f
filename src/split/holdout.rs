//! One part for training, one for the test, drawn at random.

use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::split::groups::members;
use crate::split::{Fold, Rows, SplitError, SplitSpec, read};

parameters! {
    /// How much is held out.
    pub struct Params {
        /// Share of the rows that are the test part.
        fraction: f64 = 0.2, Domain::Between(0.0, 1.0);
        /// Keep the classes' shares in both parts; left out, where there are classes and no groups.
        stratified: Option<bool> = None, Domain::Any;
        /// The column whose rows of one value stay on one side; `validation` takes it over.
        groups: Option<String> = None, Domain::Any;
    }
}

/// The kind.
pub static SPEC: SplitSpec = SplitSpec {
    kind: "holdout",
    about: "a share of the rows is held out as the test part",
    reference: "scikit-learn's train_test_split, GroupShuffleSplit",
    revision: 1,
    parameters: Params::specs,
    locations: &[],
    folded: false,
    draw,
};

fn draw(values: &Values, rows: &Rows<'_>) -> Result<Vec<Fold>, SplitError> {
    let params: Params = read(values)?;
    let n = rows.len();
    if params.fraction <= 0.0 || params.fraction >= 1.0 {
        return Err(SplitError::new("fraction", "`fraction` must lie between 0 and 1, both left out"));
    }
    let mut stream = rows.stream("holdout");
    let mut held = vec![false; n];
    if let Some(name) = &params.groups {
        if params.stratified == Some(true) {
            return Err(SplitError::new("stratified", "whole groups cannot be stratified: leave out one of both"));
        }
        let cells = rows.column("groups", name)?;
        let mut groups: Vec<Vec<usize>> = members(&cells).into_values().collect();
        stream.shuffle(&mut groups);
        let wanted = share(n, params.fraction);
        let mut taken = 0;
        // The last group stays for training.
        for group in groups.iter().take(groups.len().saturating_sub(1)) {
            if taken >= wanted {
                break;
            }
            taken += group.len();
            group.iter().for_each(|&row| held[row] = true);
        }
    } else {
        let labels = rows.strata(params.stratified)?;
        let order = stream.permutation(n);
        let mut classes: Vec<Vec<usize>> = vec![Vec::new(); labels.map_or(1, |labels| labels.classes.len())];
        order.iter().for_each(|&row| classes[labels.map_or(0, |labels| labels.codes[row])].push(row));
        let sizes: Vec<usize> = classes.iter().map(Vec::len).collect();
        for (class, quota) in classes.iter().zip(quotas(&sizes, params.fraction)) {
            class.iter().take(quota).for_each(|&row| held[row] = true);
        }
    }
    let part = |test: bool| (0..n).filter(|&row| held[row] == test).collect();
    Ok(vec![Fold { train: part(false), test: part(true), ..Fold::default() }])
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of rows; a rounded share of them"
)]
fn share(n: usize, fraction: f64) -> usize {
    ((n as f64 * fraction).round() as usize).clamp(1, n.saturating_sub(1).max(1))
}

/// How many of each class: the whole share by largest remainders, the first of equals.
fn quotas(sizes: &[usize], fraction: f64) -> Vec<usize> {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let exact: Vec<f64> = sizes.iter().map(|&size| size as f64 * fraction).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "parts of counts of rows")]
    let mut quotas: Vec<usize> = exact.iter().map(|x| x.floor() as usize).collect();
    let total = share(sizes.iter().sum(), fraction);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())));
    let missing = total.saturating_sub(quotas.iter().sum());
    let more: Vec<usize> = order.into_iter().filter(|&class| quotas[class] < sizes[class]).take(missing).collect();
    more.into_iter().for_each(|class| quotas[class] += 1);
    quotas
}
