//! What needs libtorch: one program, so that it is linked once.

mod fixture;
mod gradients;
mod models;
mod optimizers;
mod process;
mod pytorch;
