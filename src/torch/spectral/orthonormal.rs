//! The layer that makes a network's outputs orthonormal (Shaham et al. 2018, section 3.2).

use tch::{Device, Kind, Tensor};

use crate::model::FitError;

/// Added to the diagonal of the Gram matrix, as a part of its mean: the authors' 1e-7 absolute is nothing beside outputs
/// of size 1 and everything beside small ones. Outputs are f32, so that what lies below 1e-14 of the mean square is
/// rounding.
const EPSILON: f64 = 1e-10;
/// The mean square is taken to be no less: outputs that are 0 everywhere stay 0.
const TINY: f64 = 1e-20;

/// The matrix `R`, `[clusters, clusters]`, f64, on the CPU, for which `Y R` of these outputs `Y`, `[rows, clusters]`, has
/// `(1 / rows) (Y R)' (Y R) = I`: `R = L⁻ᵀ` with the Cholesky factor `L L' = (1 / rows) Y'Y + ε I`. With linearly
/// dependent outputs it is as near to that as ε allows, and finite. None where an output is not finite.
/// Gradients flow through it where the outputs have some.
///
/// # Errors
/// libtorch's.
pub fn orthonormalising(outputs: &Tensor) -> Result<Option<Tensor>, FitError> {
    let outputs = outputs.to_kind(Kind::Double);
    let (rows, clusters) = (outputs.size()[0], outputs.size()[1]);
    let gram = (outputs.tr().matmul(&outputs) / rows.max(1)).to_device(Device::Cpu);
    let trace = gram.trace().double_value(&[]);
    if !trace.is_finite() {
        return Ok(None);
    }
    #[expect(clippy::cast_precision_loss, reason = "clusters are few")]
    let mean = (trace / clusters as f64).max(TINY);
    let identity = Tensor::eye(clusters, (Kind::Double, Device::Cpu));
    let factor = (gram + &identity * (EPSILON * mean)).f_linalg_cholesky(false);
    let inverse = factor.and_then(|factor| factor.f_linalg_solve_triangular(&identity, false, true, false));
    Ok(Some(inverse.map_err(|error| FitError::Failed(error.to_string()))?.tr()))
}
