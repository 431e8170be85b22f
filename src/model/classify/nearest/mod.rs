//! Nearest neighbours: Aha, Kibler and Albert, Instance-Based Learning Algorithms, Machine Learning 6, 1991.
//!
//! Distance: the square root of a sum over columns. A number counts its squared difference after scaling by the column's
//! range; beside a missing one it counts the most that it could; two missing ones count 1. Words count 0 where they are
//! the same, else 1, and missing is the same as nothing.
//!
//! The ranges are those of the training rows, widened by every judged row before its neighbours are looked for, and they
//! stay so until the end of that call: what is said of a row hangs on the rows before it. That is Weka's habit.

pub mod ib1;
pub mod ibk;
mod space;
