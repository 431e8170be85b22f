//! gridbook as its users meet it: files in, text, JSON, exit codes and results folders out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod broken;
mod check;
mod choose;
mod command;
mod compare;
mod determinism;
mod devices;
mod extends;
mod faults;
mod fetch;
mod formats;
mod good;
mod grammar;
mod identity;
mod labels;
mod names;
mod new;
mod once;
mod papers;
mod predict;
mod printed;
mod run;
mod schedule;
mod splits;
mod stages;
mod steps;
mod support;
mod tables;
mod unruly;
