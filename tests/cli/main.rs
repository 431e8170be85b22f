//! gridbook as its users meet it: files in, text, JSON, exit codes and results folders out.

mod check;
mod determinism;
mod identity;
mod names;
mod run;
mod support;
