//! Deep clustering. Declarations are always here; fits need the feature `torch`.

pub mod autoencoder_kmeans;
pub mod dec;
pub mod idec;
pub mod pretraining;
