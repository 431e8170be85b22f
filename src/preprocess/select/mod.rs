//! Columns chosen by what they tell about the class.

pub mod cfs;
pub mod codes;
mod merit;
pub mod rank;
mod search;

use ndarray::Axis;

use crate::dataset::View;
use crate::parameter::quoted;
use crate::preprocess::{FittedStep, Remark};

/// So many names of kept columns are written out in a remark.
const NAMED: usize = 200;

/// What is kept of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// The columns, in the order in which they are kept.
    pub columns: Vec<usize>,
    /// What is said of the choice.
    remark: Remark,
}

impl Keep {
    /// These columns of a view; `how` says by what: `merit 0.24`.
    fn new(view: &View, columns: Vec<usize>, how: &str) -> Keep {
        let names: Vec<&str> = columns.iter().take(NAMED).map(|&column| view.columns[column].name.as_str()).collect();
        let more = columns.len() - names.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let list = if names.is_empty() { String::new() } else { format!(": {}{more}", quoted(&names)) };
        let note = format!("keeps {} of {} columns{how}{list}", columns.len(), view.columns.len());
        let remark = Remark { note: Some(note), counts: vec![("attributes", columns.len())] };
        Keep { columns, remark }
    }
}

impl FittedStep for Keep {
    fn apply(&self, view: View) -> View {
        View {
            name: view.name,
            columns: self.columns.iter().map(|&column| view.columns[column].clone()).collect(),
            values: view.values.select(Axis(1), &self.columns),
        }
    }

    fn remark(&self) -> Remark {
        self.remark.clone()
    }
}
