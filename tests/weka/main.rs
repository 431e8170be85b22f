//! Classifiers against Weka's own results: every run of the shared oracles, row by row, for each configuration.

mod apriori;
mod attsel;
mod bad_input;
mod bayes_and_neighbours;
mod bayes_net;
mod filters;
mod fixture;
mod j48;
mod jrip;
mod logistic;
mod mlp;
mod more;
mod naive_bayes;
mod nearest;
mod one_r;
mod rbf_network;
mod simple_kmeans;
mod zero_r;
