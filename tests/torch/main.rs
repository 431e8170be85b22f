//! What needs libtorch: one program, so that it is linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod canonical;
mod cca;
mod convolution;
mod every;
mod fixture;
mod gradients;
mod models;
mod optimizers;
mod process;
mod pytorch;
mod samples;
mod spectralnet;
mod target;
mod vade;
mod vae;
