//! Classifiers against Weka's own results: every run of the shared oracles, row by row, for each configuration.

mod attsel;
mod filters;
mod fixture;
mod zero_r;
