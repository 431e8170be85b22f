//! Classifiers against Weka's own results: every run of the shared oracles, row by row, for each configuration.

mod fixture;
mod logistic;
mod mlp;
mod rbf_network;
mod simple_kmeans;
mod zero_r;
