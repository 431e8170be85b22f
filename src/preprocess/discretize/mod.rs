//! Cut points of numbers.

pub mod mdl;
