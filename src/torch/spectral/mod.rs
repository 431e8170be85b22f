//! What `spectralnet` is made of: graphs of nearest neighbours within a batch, the layer that makes outputs orthonormal,
//! the network that learns the first eigenvectors of the graph's Laplacian, and a learned distance.

pub mod affinity;
pub mod network;
pub mod orthonormal;
pub mod siamese;
