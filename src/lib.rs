//! gridbook: a declarative experiment runner.
//!
//! Data flow one way: document, experiment, plan, trial, outcome, results, table or figure, report.
//! `ARCHITECTURE.md` has the map and the invariants.

pub mod cli;
pub mod clock;
pub mod compare;
pub mod dataset;
pub mod diagnostic;
pub mod download;
pub mod experiment;
pub mod java;
#[cfg(feature = "lapack")]
pub mod linalg;
pub mod machine;
pub mod metric;
pub mod model;
pub mod parameter;
pub mod plan;
pub mod preprocess;
pub mod quantile;
pub mod report;
pub mod rng;
pub mod run;
pub mod schema;
pub mod settings;
pub mod split;
pub mod stage;
pub mod store;
#[cfg(feature = "torch")]
pub mod torch;
pub mod value;
pub mod weka;
