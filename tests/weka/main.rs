//! Classifiers against Weka's own results: every run of the shared oracles, row by row, for each configuration.

mod bayes_and_neighbours;
mod bayes_net;
mod attsel;
mod filters;
mod fixture;
mod more;
mod naive_bayes;
mod nearest;
mod zero_r;
