//! What other methods find as further columns: the reading taken of a "fusion" of K-means, Apriori and C4.5, which
//! stand behind each other here instead of beside each other.

pub mod cluster_membership;
pub mod rule_matches;

use ndarray::{Array2, Axis, concatenate};

use crate::dataset::{Column, View};

/// The view with further columns behind its own.
fn with_columns(mut view: View, columns: impl IntoIterator<Item = Column>, values: &Array2<f64>) -> View {
    view.columns.extend(columns);
    if let Ok(both) = concatenate(Axis(1), &[view.values.view(), values.view()]) {
        view.values = both;
    }
    view
}

/// A name that no column of the view has.
fn free_name(view: &View, wanted: &str) -> String {
    let taken = |name: &str| view.columns.iter().any(|column| column.name == name);
    let mut name = wanted.to_owned();
    while taken(&name) {
        name.push('\'');
    }
    name
}
