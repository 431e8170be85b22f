//! Classifiers as Weka has them, re-implemented from the literature and from results. One file (or folder) a model;
//! its constant `WEKA` says which scheme and flags it answers to.

pub mod instances;
pub mod j48;
pub mod one_r;
pub mod zero_r;
