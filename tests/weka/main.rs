//! Classifiers against Weka's own results: every run of the shared oracles, row by row, for each configuration.

mod bad_input;
mod fixture;
mod j48;
mod one_r;
mod zero_r;
