//! Clusterers that need no libtorch.

pub mod cholesky;
pub mod gmm;
pub mod kmeans;
pub mod simple_kmeans;
