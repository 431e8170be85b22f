//! Classifiers against Weka's own results: every run of the shared oracles, row by row, for each configuration.

mod apriori;
mod fixture;
mod jrip;
mod zero_r;
