//! The only module that knows LAPACK.

use std::ffi::{CStr, c_char};

use ndarray::{Array1, Array2};
use ndarray_linalg::{FactorizeC, SolveC, UPLO};

unsafe extern "C" {
    fn openblas_get_config() -> *const c_char;
    fn openblas_get_corename() -> *const c_char;
}

/// `0.3.21 Haswell`: the version and the kernel it chose for this CPU.
pub fn blas_version() -> String {
    // SAFETY: both return a pointer to a static, NUL-terminated text, or null, and take nothing.
    let words = unsafe { [openblas_get_config(), openblas_get_corename()] };
    let text = |pointer: *const c_char| {
        if pointer.is_null() {
            return String::new();
        }
        // SAFETY: not null, and OpenBLAS keeps the text for the life of the process.
        unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
    };
    let [config, core] = words.map(text);
    let version = config.split_whitespace().nth(1).unwrap_or("unknown version").to_owned();
    format!("{version} {core}").trim_end().to_owned()
}

/// Solves `a x = b` for a symmetric positive definite `a`, `[n, n]`, by Cholesky.
///
/// # Errors
/// `a` is not positive definite.
pub fn solve_positive_definite(a: &Array2<f64>, b: &Array1<f64>) -> Result<Array1<f64>, String> {
    let factor = a.factorizec(UPLO::Lower).map_err(|error| format!("not positive definite: {error}"))?;
    factor.solvec(b).map_err(|error| error.to_string())
}

/// Whether the library that was loaded computes: asked once by each worker that has it.
///
/// # Errors
/// What it got wrong.
pub fn self_test() -> Result<(), String> {
    let a = ndarray::array![[4.0, 2.0, 0.0], [2.0, 5.0, 1.0], [0.0, 1.0, 3.0]];
    let x = solve_positive_definite(&a, &ndarray::array![8.0, 15.0, 11.0])?;
    let error = (&a.dot(&x) - &ndarray::array![8.0, 15.0, 11.0]).mapv(f64::abs).sum();
    if error < 1e-9 { Ok(()) } else { Err(format!("OpenBLAS solves a small system wrongly, by {error}")) }
}
