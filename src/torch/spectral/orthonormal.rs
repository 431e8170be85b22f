//! The layer that makes a network's outputs orthonormal (Shaham et al. 2018, section 3.2).

use tch::{Device, Kind, Tensor, no_grad};

use crate::model::FitError;

/// Added to the diagonal of the Gram matrix, as a part of its mean: the authors' 1e-7 absolute is nothing beside outputs
/// of size 1 and everything beside small ones. Outputs are f32, so that what lies below 1e-14 of the mean square is
/// rounding.
const EPSILON: f64 = 1e-10;
/// The mean square is taken to be no less: outputs that are 0 everywhere stay 0.
const TINY: f64 = 1e-20;

/// The matrix `R`, `[clusters, clusters]`, f64, on the CPU, for which `Y R` of these outputs `Y`, `[rows, clusters]`, has
/// `(1 / rows) (Y R)' (Y R) = I`: `R = L⁻ᵀ` with the Cholesky factor `L L' = (1 / rows) Y'Y + ε I`. With linearly
/// dependent outputs it is as near to that as ε allows, and finite. None where an output is not finite. Gradients flow
/// from it to the outputs, ε being constant.
///
/// # Errors
/// libtorch's.
pub fn orthonormalising(outputs: &Tensor) -> Result<Option<Tensor>, FitError> {
    let gram = gram(outputs).to_device(Device::Cpu);
    let clusters = gram.size()[0];
    let trace = no_grad(|| gram.trace().double_value(&[]));
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

/// How far `(1 / rows) Y'Y` of these outputs is from I: the largest absolute difference.
pub fn deviation(outputs: &Tensor) -> f64 {
    no_grad(|| {
        let gram = gram(outputs);
        let identity = Tensor::eye(gram.size()[0], (Kind::Double, gram.device()));
        (gram - identity).abs().max().double_value(&[])
    })
}

/// `(1 / rows) Y'Y`, f64.
fn gram(outputs: &Tensor) -> Tensor {
    let outputs = outputs.to_kind(Kind::Double);
    outputs.tr().matmul(&outputs) / outputs.size()[0].max(1)
}
