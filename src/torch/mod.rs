//! What the deep models share: the only other place that knows libtorch. Models see networks, optimizers and phases
//! of training here; what tch lacks comes from `shim.cpp`.

pub mod attention;
pub mod autoencoder;
pub mod canonical;
pub mod cca;
pub mod cluster_head;
pub mod convolution;
pub mod device;
pub mod init;
pub mod mixture_prior;
pub mod mlp;
pub mod noise;
pub mod optimizer;
pub mod plateau;
pub mod refinement;
pub mod shim;
pub mod spectral;
pub mod start;
pub mod training;
pub mod vade;
pub mod vae;
pub mod vae_start;
pub mod vae_tuning;

use std::collections::BTreeMap;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use ndarray::{Array2, ArrayView2};
use tch::{Device, Kind, Tensor};

use crate::model::FitError;
use crate::stage::arrays::Array;

static PROCESS: Once = Once::new();
static THREADS: AtomicU32 = AtomicU32::new(1);

/// How many threads a trial has in this process; to be called before the first [`prepare`].
pub fn set_threads(threads: u32) {
    THREADS.store(threads.max(1), Ordering::Relaxed);
}

/// To be called on the thread that fits, before its first fit: its threads (one, unless told
/// otherwise), no denormals, deterministic kernels. Calling
/// it again changes nothing.
///
/// # Errors
/// This CPU or this libtorch cannot do it.
pub fn prepare() -> Result<(), String> {
    // The inter-op pool can be sized once a process, before it is first used.
    PROCESS.call_once(|| {
        tch::set_num_interop_threads(1);
        shim::keep_freed_memory();
    });
    // The bits of a matrix product depend on how many threads share it: the number is part of a trial's id.
    tch::set_num_threads(i32::try_from(THREADS.load(Ordering::Relaxed)).unwrap_or(1));
    shim::set_deterministic()?;
    // Of the calling thread only; backward passes on the CPU run on the thread that asks for them.
    shim::flush_denormals()
}

/// Makes libtorch's own random numbers those of this trial. Weights, batches and noise come from
/// [`rng`](crate::rng); this is for a kernel that draws by itself.
pub fn reseed(seed: u64) {
    tch::manual_seed(seed.cast_signed());
}

/// The versions that decide the numbers, by name, for the provenance.
///
/// # Errors
/// libtorch's.
pub fn versions() -> Result<BTreeMap<String, String>, String> {
    Ok(BTreeMap::from([
        ("libtorch".to_owned(), shim::torch_version()?),
        ("cpu-capability".to_owned(), shim::cpu_capability()?),
    ]))
}

/// The class within which a trial's result has the same bytes: device, libtorch, the CPU's instruction set, and the
/// model of the GPU.
///
/// # Errors
/// libtorch's.
pub fn numeric_class(device: Device) -> Result<String, String> {
    let (libtorch, capability) = (shim::torch_version()?, shim::cpu_capability()?);
    let class = format!("{} libtorch-{libtorch} {capability}", device::word(device));
    // Another model of GPU has other kernels; what runs beside it on the CPU (k-means on the code) has its own.
    Ok(device::gpu().map_or(class.clone(), |gpu| format!("{class} {}", gpu.replace(' ', "-"))))
}

/// A size as libtorch counts.
pub fn size(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A table as an f32 tensor `[rows, columns]` on `device`.
pub fn to_tensor(values: ArrayView2<f64>, device: Device) -> Tensor {
    #[expect(clippy::cast_possible_truncation, reason = "networks compute in f32")]
    let flat: Vec<f32> = values.iter().map(|&value| value as f32).collect();
    let shape = [size(values.nrows()), size(values.ncols())];
    Tensor::from_slice(&flat).view(shape).to_device(device)
}

/// The values of a tensor of f32 with its shape.
///
/// # Errors
/// libtorch's; it is of another type.
pub fn to_values(tensor: &Tensor) -> Result<Array, FitError> {
    let shape = tensor.size().iter().map(|&size| usize::try_from(size).unwrap_or(0)).collect();
    let flat = tensor.detach().to_device(Device::Cpu).contiguous().view(-1);
    let values = Vec::<f32>::try_from(flat).map_err(|error| FitError::Failed(error.to_string()))?;
    Ok(Array { shape, values })
}

/// The tensor on `device` that [`to_values`] was made of.
pub fn from_values(array: &Array, device: Device) -> Tensor {
    let shape: Vec<i64> = array.shape.iter().map(|&n| size(n)).collect();
    Tensor::from_slice(&array.values).view(shape.as_slice()).to_device(device)
}

/// A tensor `[rows, columns]` as a table.
///
/// # Errors
/// It has another number of dimensions.
pub fn to_array(tensor: &Tensor) -> Result<Array2<f64>, FitError> {
    let (rows, columns) = tensor.size2().map_err(|error| FitError::Failed(error.to_string()))?;
    let shape = (usize::try_from(rows).unwrap_or(0), usize::try_from(columns).unwrap_or(0));
    let mut flat = vec![0.0; shape.0 * shape.1];
    let tensor = tensor.detach().to_device(Device::Cpu).to_kind(Kind::Double).contiguous();
    tensor.copy_data(&mut flat, shape.0 * shape.1);
    Array2::from_shape_vec(shape, flat).map_err(|error| FitError::Failed(error.to_string()))
}
