//! What each worker program says of its libraries. Each function is reached from one program only.

use std::collections::BTreeMap;

use crate::run::protocol::{FORMAT, Hello};
use crate::run::worker::Told;

fn hello(mut versions: BTreeMap<String, String>, device: &str, numeric_class: String) -> Hello {
    versions.insert("gridbook".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    Hello { format: FORMAT, versions, device: device.to_owned(), numeric_class }
}

/// Of `gridbook-worker`.
///
/// # Errors
/// OpenBLAS does not compute, or a GPU is asked for.
pub fn native(told: &Told) -> Result<Hello, String> {
    if let Some(gpu) = &told.gpu {
        return Err(format!("its models do not use a GPU like {gpu}"));
    }
    #[cfg(feature = "lapack")]
    {
        crate::linalg::self_test()?;
        let blas = crate::linalg::blas_version();
        let class = format!("cpu openblas-{}", blas.replace(' ', "-"));
        Ok(hello(BTreeMap::from([("openblas".to_owned(), blas)]), "cpu", class))
    }
    #[cfg(not(feature = "lapack"))]
    Ok(hello(BTreeMap::new(), "cpu", "cpu".to_owned()))
}

/// Of `gridbook-torch-worker`; to be called on the thread that fits.
///
/// # Errors
/// libtorch cannot be set up, or not on the GPU that is asked for.
#[cfg(feature = "torch")]
pub fn torch(told: &Told) -> Result<Hello, String> {
    use crate::torch::{self, device};
    torch::set_threads(told.threads);
    if let Some(gpu) = &told.gpu {
        device::use_gpu(gpu)?;
    }
    torch::prepare()?;
    let device = device::current();
    Ok(hello(torch::versions()?, device::word(device), torch::numeric_class(device)?))
}
