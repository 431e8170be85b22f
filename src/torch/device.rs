//! Which device a fit runs on: the CPU, or the one GPU that the run loop lets this process see. Everything above takes
//! the device as an argument. Not run yet on a machine with a GPU.

use std::sync::OnceLock;

use tch::{Cuda, Device};

use crate::torch::shim;

/// The model of the GPU, where this process computes on one.
static GPU: OnceLock<String> = OnceLock::new();

/// From here on this process computes on its GPU, of the given model. Before the first call that may touch CUDA:
/// libtorch looks its CUDA part up once.
///
/// # Errors
/// libtorch's CUDA part is not here or does not load, or it sees no GPU.
pub fn use_gpu(model: &str) -> Result<(), String> {
    shim::load_cuda()
        .map_err(|why| format!("libtorch's CUDA part cannot be loaded: {why}; `scripts/setup --cuda` gets it"))?;
    if !Cuda::is_available() {
        return Err("libtorch sees no GPU: its CUDA may be newer than the driver".to_owned());
    }
    GPU.get_or_init(|| model.to_owned());
    Ok(())
}

/// The device of this worker.
pub fn current() -> Device {
    if GPU.get().is_some() { Device::Cuda(0) } else { Device::Cpu }
}

/// The model of the GPU of this worker.
pub fn gpu() -> Option<&'static str> {
    GPU.get().map(String::as_str)
}

/// Its word in records: `cpu` or `cuda`.
pub fn word(device: Device) -> &'static str {
    match device {
        Device::Cuda(_) => "cuda",
        _ => "cpu",
    }
}

/// The most GPU memory since it was last asked, MiB: what libtorch had taken from the driver, without CUDA's context. What
/// it keeps without using it goes back to the driver, so that the next trial begins with none. 0 on a CPU.
pub fn take_peak_mib() -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
    let peak = if gpu().is_some() { shim::take_gpu_peak().unwrap_or(0) as f64 } else { 0.0 };
    peak / 1_048_576.0
}
