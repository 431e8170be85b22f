//! Fits the models that need no libtorch. Started by `gridbook`, which speaks to it on standard input.

use std::process::ExitCode;

use gridbook::model::registry;
use gridbook::run::worker::{self, Kind};

fn main() -> ExitCode {
    worker::main(&Kind { fit: registry::native_fit, prepare: gridbook::run::libraries::native, gpu_peak_mib: || 0.0 })
}
