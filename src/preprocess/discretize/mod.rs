//! Cut points of numbers.

pub mod bins;
pub mod mdl;
pub mod step;
