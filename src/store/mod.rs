//! The results folder: journals and artifacts are the truth, everything else can be made again.

pub mod artifact;
pub mod folder;
pub mod journal;
pub mod lock;
pub mod others;
pub mod outcome;
pub mod results;
pub mod rows;
pub mod stop;
