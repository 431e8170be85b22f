//! gridbook as its users meet it: files in, text, JSON, exit codes and results folders out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod check;
mod determinism;
mod identity;
mod names;
mod run;
mod support;
mod tables;
