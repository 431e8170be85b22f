//! Which device a fit runs on. This version computes on the CPU; everything above takes the device as an argument.

use tch::Device;

/// The device of this worker.
pub fn current() -> Device {
    Device::Cpu
}

/// Its word in records: `cpu` or `cuda`.
pub fn word(device: Device) -> &'static str {
    match device {
        Device::Cuda(_) => "cuda",
        _ => "cpu",
    }
}
