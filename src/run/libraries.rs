//! What each worker program says of its libraries. Each function is reached from one program only.

use std::collections::BTreeMap;

use crate::run::protocol::{FORMAT, Hello};

fn hello(mut versions: BTreeMap<String, String>, numeric_class: String) -> Hello {
    versions.insert("gridbook".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    Hello { format: FORMAT, versions, device: "cpu".to_owned(), numeric_class }
}

/// Of `gridbook-worker`.
///
/// # Errors
/// OpenBLAS does not compute.
pub fn native() -> Result<Hello, String> {
    #[cfg(feature = "lapack")]
    {
        crate::linalg::self_test()?;
        let blas = crate::linalg::blas_version();
        let class = format!("cpu openblas-{}", blas.replace(' ', "-"));
        Ok(hello(BTreeMap::from([("openblas".to_owned(), blas)]), class))
    }
    #[cfg(not(feature = "lapack"))]
    Ok(hello(BTreeMap::new(), "cpu".to_owned()))
}

/// Of `gridbook-torch-worker`; to be called on the thread that fits.
///
/// # Errors
/// libtorch cannot be set up.
#[cfg(feature = "torch")]
pub fn torch() -> Result<Hello, String> {
    crate::torch::prepare()?;
    Ok(hello(crate::torch::versions()?, crate::torch::numeric_class(tch::Device::Cpu)?))
}
