//! Rows that belong together: a company's years, a patient's visits.

use std::collections::{BTreeMap, BTreeSet};

use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::split::{Fold, Rows, SplitError, SplitSpec, read};

parameters! {
    /// Which groups.
    pub struct Params {
        /// The column whose values name the groups; `validation` takes it over.
        groups: String = String::new(), Domain::Any;
    }
}

/// One fold a group.
pub static LEAVE_ONE_OUT: SplitSpec = SplitSpec {
    kind: "leave-one-group-out",
    about: "one fold a group, whose rows are the test part",
    reference: "scikit-learn's LeaveOneGroupOut",
    revision: 1,
    parameters: Params::specs,
    locations: &[],
    folded: true,
    draw,
};

fn draw(values: &Values, rows: &Rows<'_>) -> Result<Vec<Fold>, SplitError> {
    let params: Params = read(values)?;
    if params.groups.is_empty() {
        return Err(SplitError::new("groups", "the split has no `groups` column"));
    }
    let cells = rows.column("groups", &params.groups)?;
    let members = members(&cells);
    if members.len() < 2 {
        let message = format!("`{}` has {} value: there is nothing to leave out", params.groups, members.len());
        return Err(SplitError::new("groups", message));
    }
    Ok(members
        .values()
        .map(|test| {
            let out: BTreeSet<usize> = test.iter().copied().collect();
            let train = (0..rows.len()).filter(|row| !out.contains(row)).collect();
            Fold { train, test: test.clone(), ..Fold::default() }
        })
        .collect())
}

/// The rows of each group, groups sorted: numbers by size, else by letter.
pub fn members(cells: &[String]) -> BTreeMap<Key<'_>, Vec<usize>> {
    let mut members: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (row, cell) in cells.iter().enumerate() {
        members.entry(Key(cell)).or_default().push(row);
    }
    members
}

/// A cell by whose value rows are told apart: numbers by size, and before words.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a>(pub &'a str);

impl Key<'_> {
    fn number(self) -> Option<f64> {
        self.0.parse().ok().filter(|x: &f64| !x.is_nan())
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => a.total_cmp(&b).then_with(|| self.0.cmp(other.0)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => self.0.cmp(other.0),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key<'_> {}

/// Counts the groups that are on both sides, and drops their test rows where `disjoint`.
pub fn overlap(folds: &mut [Fold], rows: &Rows<'_>, groups: Option<&str>, disjoint: bool) -> Result<(), SplitError> {
    let Some(name) = groups else {
        if disjoint {
            return Err(SplitError::new("disjoint", "`disjoint` needs `groups`, the column that names them"));
        }
        return Ok(());
    };
    let cells = rows.column("groups", name)?;
    for fold in folds {
        let training: BTreeSet<&str> = fold.train.iter().map(|&row| cells[row].as_str()).collect();
        let shared = |row: &usize| training.contains(cells[*row].as_str());
        let both: BTreeSet<&str> = fold.test.iter().filter(|row| shared(row)).map(|&row| cells[row].as_str()).collect();
        fold.counts.push(("groups_in_both_parts", both.len()));
        if disjoint {
            let before = fold.test.len();
            fold.test.retain(|row| !shared(row));
            fold.counts.push(("test_rows_dropped", before - fold.test.len()));
            if fold.test.is_empty() {
                let message = format!("every test row's `{name}` is in training too: `disjoint` leaves no test row");
                return Err(SplitError::new("disjoint", message));
            }
        }
    }
    Ok(())
}
