//! Clusterers that need no libtorch.

pub mod kmeans;
