//! The driver's own library, libnvidia-ml: loaded when first asked for, so that `gridbook` neither links it nor pays
//! for it where GPUs do not matter. Only asks; never changes a setting of a GPU. Not run yet on a machine with a GPU.

use std::ffi::OsStr;
use std::path::Path;

use nvml_wrapper::Device;
use nvml_wrapper::enums::device::UsedGpuMemory;
use nvml_wrapper::error::NvmlError;

use crate::machine::gpu::{Gpu, GpuProcess, Gpus, Mig, WhyNot};

/// The library, loaded.
pub struct Nvml(nvml_wrapper::Nvml);

impl Nvml {
    /// Loads it.
    ///
    /// # Errors
    /// No driver, no library, or no answer.
    pub fn open() -> Result<Self, WhyNot> {
        // The name without a number, which the crate tries by default, comes with the driver's development files only.
        let opened = nvml_wrapper::Nvml::builder().lib_path(OsStr::new("libnvidia-ml.so.1")).init();
        opened.map(Nvml).map_err(|error| why_not(&error, Path::new("/dev/nvidiactl").exists()))
    }
}

/// Whether there is no driver, or one that cannot be asked.
fn why_not(error: &NvmlError, driver: bool) -> WhyNot {
    match error {
        NvmlError::LibloadingError(why) if driver => WhyNot::NoLibrary(why.to_string()),
        NvmlError::LibloadingError(_) | NvmlError::DriverNotLoaded => WhyNot::NoDriver,
        other => WhyNot::NoAnswer(other.to_string()),
    }
}

impl Gpus for Nvml {
    fn devices(&self) -> Result<Vec<Gpu>, WhyNot> {
        let no_answer = |error: NvmlError| WhyNot::NoAnswer(error.to_string());
        let count = self.0.device_count().map_err(no_answer)?;
        let mut gpus = Vec::new();
        let mut trouble = None;
        for index in 0..count {
            // A GPU that fell off the bus does not keep the others from work.
            match self.0.device_by_index(index).and_then(|device| parts(&device, index)) {
                Ok(parts) => gpus.extend(parts),
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        match trouble {
            Some(error) if gpus.is_empty() => Err(no_answer(error)),
            _ => Ok(gpus),
        }
    }
}

/// A GPU, or its parts where it is divided. One that is set to be divided and has no part gives none: CUDA would not
/// use it either.
fn parts(device: &Device<'_>, index: u32) -> Result<Vec<Gpu>, NvmlError> {
    // A GPU that cannot be divided says that it does not support the question.
    if !device.mig_mode().is_ok_and(|mode| mode.current == 1) {
        return Ok(vec![gpu(device, index, None)?]);
    }
    let whole = device.uuid()?;
    let places = device.mig_device_count()?;
    (0..places)
        .filter_map(|part| device.mig_device_by_index(part).ok().map(|device| (part, device)))
        .map(|(part, device)| gpu(&device, index, Some(Mig { gpu: whole.clone(), part })))
        .collect()
}

fn gpu(device: &Device<'_>, index: u32, mig: Option<Mig>) -> Result<Gpu, NvmlError> {
    let memory = device.memory_info()?;
    // Who is there is told to everyone, but not by every driver; then the memory that is held must do.
    let processes = device.running_compute_processes().unwrap_or_default();
    Ok(Gpu {
        index,
        uuid: device.uuid()?,
        name: device.name()?,
        memory_total: memory.total,
        memory_free: memory.free,
        processes: processes
            .into_iter()
            .map(|process| GpuProcess {
                pid: process.pid,
                memory: match process.used_gpu_memory {
                    UsedGpuMemory::Used(bytes) => Some(bytes),
                    UsedGpuMemory::Unavailable => None,
                },
            })
            .collect(),
        mig,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_that_is_not_there_is_told_from_one_that_does_not_answer() {
        assert_eq!(why_not(&NvmlError::DriverNotLoaded, false), WhyNot::NoDriver);
        assert!(matches!(why_not(&NvmlError::NoPermission, true), WhyNot::NoAnswer(_)));
        assert!(matches!(why_not(&NvmlError::GpuLost, true), WhyNot::NoAnswer(_)));
    }
}
