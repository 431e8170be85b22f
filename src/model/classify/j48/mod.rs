//! J48: C4.5's decision trees (Quinlan 1993, "C4.5: Programs for Machine Learning"; the price of a threshold: Quinlan
//! 1996, "Improved use of continuous attributes in C4.5", JAIR 4), as Weka grows and prunes them.
//!
//! A node's test is the one of the best gain ratio among those of at least average gain; rows whose value is missing
//! go down every branch in parts. What gains nothing is collapsed, then pruned by the upper limit of its errors, where a
//! node's largest branch may take its place; or a fold of the rows is kept out of growing and prunes. Defaults are
//! Weka's. Departures: a value of a nominal column that the training set does not declare counts as missing; text shows
//! no more than 500 levels of tests; reduced-error pruning, which Weka has up to 3.6, compares values with thresholds
//! exactly, as Weka 3.9 does, not with 3.6's tolerance of 1e-6, which is seen on columns of tiny numbers only.

pub mod drawing;
mod grow;
mod logarithm;
mod print;
mod prune;
mod reduced;
mod select;
mod split;
mod table;
mod threshold;
mod tree;

use ndarray::Array2;

pub use self::print::NESTED;
use self::prune::{Confidence, Pruner};
use self::table::{Bag, Table};
pub use self::tree::{Node, Split, Test, Tree};
use crate::dataset::Dataset;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, no_stages,
};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::weka::{Flag, Scheme, Takes};

parameters! {
    /// How the tree is grown and pruned.
    pub struct Params {
        /// Confidence of the limit that errors are judged by: the smaller, the more is pruned. Above 0.5 errors are taken as counted.
        confidence: f64 = 0.25, Domain::Between(0.0, 1.0);
        /// The least weight of rows that two branches of a test must have.
        minimum_rows: usize = 2, Domain::AtLeast(0.0);
        /// Whether the tree is left as grown, after collapsing.
        unpruned: bool = false, Domain::Any;
        /// Whether subtrees that do no better on the training rows than a leaf become one, before pruning.
        collapse: bool = true, Domain::Any;
        /// Whether a fold of the training rows is kept out of growing, and prunes.
        reduced_error_pruning: bool = false, Domain::Any;
        /// Folds of reduced-error pruning; one of them prunes.
        folds: usize = 3, Domain::AtLeast(2.0);
        /// Of Weka's generator; shuffles the growing rows of reduced-error pruning.
        seed: usize = 1, Domain::Any;
        /// Whether a test on a nominal column is one value against the rest.
        binary_splits: bool = false, Domain::Any;
        /// Whether a node's largest branch may take its place.
        subtree_raising: bool = true, Domain::Any;
        /// Whether shares are Laplace-corrected: (n_c + 1) / (N + K).
        laplace: bool = false, Domain::Any;
        /// Whether the gain of a threshold is lowered by the cost of choosing it.
        mdl_correction: bool = true, Domain::Any;
        /// Whether a threshold is a value of the training rows, not halfway between two.
        split_point_of_data: bool = true, Domain::Any;
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.trees.J48",
    kind: "j48",
    flags: &[
        Flag::keyless("-L", Takes::Nothing),
        Flag::value("-O", "collapse").takes(Takes::Off),
        Flag::switch("-U", "unpruned"),
        Flag::value("-S", "subtree-raising").takes(Takes::Off),
        Flag::switch("-R", "reduced-error-pruning"),
        Flag::switch("-B", "binary-splits"),
        Flag::switch("-A", "laplace"),
        Flag::value("-J", "mdl-correction").takes(Takes::Off),
        Flag::value("-doNotMakeSplitPointActualValue", "split-point-of-data").takes(Takes::Off),
        Flag::value("-C", "confidence").unless(&["unpruned", "reduced-error-pruning"]),
        Flag::value("-N", "folds").with("reduced-error-pruning"),
        Flag::value("-Q", "seed").with("reduced-error-pruning"),
        Flag::value("-M", "minimum-rows"),
    ],
};

/// C4.5's decision tree.
pub struct J48;

impl Model for J48 {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "j48",
        about: "a C4.5 decision tree: tests by gain ratio, pruned by the confidence limit of its errors",
        reference: "Quinlan 1993, C4.5: Programs for Machine Learning; Weka's J48",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Classification], ..Accepts::ANYTHING },
        parameters: Params::specs,
        check,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: |_, rows, columns| 1e-3 + 3e-8 * table::float(rows * columns) * table::float(rows.max(2)).log2(),
    };
}

fn check(values: &Values) -> Result<(), (String, String)> {
    let params = Params::from_values(values)?;
    if params.unpruned && params.reduced_error_pruning {
        return Err(("unpruned".to_owned(), "a tree pruned by reduced errors cannot be unpruned".to_owned()));
    }
    if params.confidence <= 0.0 {
        return Err(("confidence".to_owned(), "it must be above 0".to_owned()));
    }
    Ok(())
}

impl Learner for J48 {
    fn fit(params: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let instances = Instances::training(data)?;
        if params.reduced_error_pruning && instances.rows() < params.folds {
            let reason = format!("{} rows are fewer than {} folds", instances.rows(), params.folds);
            return Err(FitError::NotApplicable(reason));
        }
        Ok(Box::new(Grown { tree: tree(params, instances), unpruned: params.unpruned }))
    }
}

/// The tree of these rows.
pub fn tree(params: &Params, instances: Instances) -> Tree {
    let table = Table::new(&instances);
    let nodes = if params.reduced_error_pruning && !params.unpruned {
        let (growing, pruning) = reduced::parts(&table.codes, &instances.weights, params.folds, params.seed);
        let mut nodes = grow::grow(&table, params, growing);
        reduced::prune(&table, &mut nodes, pruning);
        nodes
    } else {
        let rows = (0_u32..).take(instances.rows()).collect();
        let bag = Bag { rows, weights: instances.weights.clone() };
        let mut nodes = grow::grow(&table, params, bag.clone());
        if params.collapse {
            prune::collapse(&mut nodes);
        }
        if !params.unpruned {
            let confidence = Confidence::new(params.confidence);
            nodes = Pruner { table: &table, nodes, confidence, raising: params.subtree_raising, complete: Vec::new() }
                .prune(bag);
        }
        nodes
    };
    let (columns, classes) = (instances.columns, instances.classes);
    Tree { columns, classes, nodes, laplace: params.laplace, binary: params.binary_splits }.within_reach()
}

struct Grown {
    tree: Tree,
    unpruned: bool,
}

impl Fitted for Grown {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        if values.ncols() != self.tree.columns.len() {
            let (had, given) = (self.tree.columns.len(), values.ncols());
            return Err(FitError::Failed(format!("{given} columns for a tree of {had}")));
        }
        let mut shares = Array2::zeros((values.nrows(), self.tree.classes.len()));
        let mut of_row = vec![0.0; self.tree.classes.len()];
        let mut waiting = Vec::new();
        for (row, mut shares) in values.rows().into_iter().zip(shares.rows_mut()) {
            of_row.fill(0.0);
            self.tree.shares(|column| row[column], &mut of_row, &mut waiting);
            shares.iter_mut().zip(&of_row).for_each(|(share, of_row)| *share = *of_row);
        }
        Ok(classified(shares))
    }

    fn printed(&self) -> Option<Printed> {
        let title = if self.unpruned { "J48 unpruned tree" } else { "J48 pruned tree" };
        Some(Printed { text: self.tree.text(title), json: self.tree.json() })
    }
}
