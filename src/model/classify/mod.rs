//! Classifiers as Weka has them, re-implemented from the literature and from results. One file (or folder) a model;
//! its constant `WEKA` says which scheme and flags it answers to.

pub mod bayes_net;
pub mod binary_coding;
mod discretized;
pub mod fill;
pub mod instances;
pub mod j48;
pub mod jrip;
pub mod logistic;
pub mod mlp;
pub mod naive_bayes;
pub mod nearest;
pub mod one_r;
pub mod rbf_network;
pub mod zero_r;
