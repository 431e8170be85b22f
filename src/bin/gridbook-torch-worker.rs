//! Fits the models that need libtorch. Started by `gridbook`, which speaks to it on standard input.

use std::process::ExitCode;

use gridbook::model::registry;
use gridbook::run::worker::{self, Kind};
use gridbook::torch::device;

fn main() -> ExitCode {
    worker::main(&Kind {
        fit: registry::torch_fit,
        prepare: gridbook::run::libraries::torch,
        gpu_peak_mib: device::take_peak_mib,
    })
}
