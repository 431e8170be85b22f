//! The clustering head of DEC and IDEC (Xie, Girshick and Farhadi 2016): centres in the code, soft assignments by
//! Student's t with one degree of freedom, and the sharpened target that they are drawn to.
//!
//! - `q_ij = (1 + |z_i - μ_j|²)⁻¹`, normalised over j
//! - `p_ij = q_ij² / f_j`, normalised over j, with `f_j = Σ_i q_ij` over the whole data set
//! - `KL(P‖Q) = Σ_j p_ij log(p_ij / q_ij)`, averaged over the rows of a batch
//!
//! All of it is computed in logarithms: no assignment is rounded to 0, so an empty cluster divides nothing by 0.

use ndarray::ArrayView2;
use tch::{Device, Kind, Tensor, no_grad};

use crate::torch::{size, to_tensor};

/// Cluster centres, which learn.
#[derive(Debug)]
pub struct ClusterHead {
    centers: Tensor,
}

impl ClusterHead {
    /// With these first centres, `[clusters, code]`.
    pub fn new(centers: ArrayView2<f64>, device: Device) -> Self {
        ClusterHead::from_tensor(to_tensor(centers, device))
    }

    /// With these first centres, `[clusters, code]`, of whichever float type.
    pub fn from_tensor(centers: Tensor) -> Self {
        ClusterHead { centers: centers.set_requires_grad(true) }
    }

    /// The centres, sharing memory with the head.
    pub fn centers(&self) -> Tensor {
        self.centers.shallow_clone()
    }

    /// log q, `[rows, clusters]`, of codes `[rows, code]`.
    pub fn log_assignments(&self, codes: &Tensor) -> Tensor {
        // Differences, not the expanded square: no cancellation between near points.
        let squares = (codes.unsqueeze(1) - self.centers.unsqueeze(0)).square();
        let distances = squares.sum_dim_intlist([-1i64].as_slice(), false, None::<Kind>);
        (-distances.log1p()).log_softmax(1, None::<Kind>)
    }

    /// KL(P‖Q) of a batch, summed over clusters and averaged over rows. Gradients flow to the codes and the centres,
    /// never to P.
    pub fn divergence(&self, codes: &Tensor, target: &Target) -> Tensor {
        let cross = (&target.assignments * self.log_assignments(codes)).sum(None::<Kind>);
        (target.negentropies.sum(None::<Kind>) - cross) / target.assignments.size()[0]
    }
}

/// The target P, constant while it is aimed at.
#[derive(Debug)]
pub struct Target {
    /// p, `[rows, clusters]`
    assignments: Tensor,
    /// `Σ_j p_ij log p_ij`, `[rows]`
    negentropies: Tensor,
}

impl Target {
    /// From log q of the whole data set, `[rows, clusters]`.
    pub fn sharpen(log_assignments: &Tensor) -> Self {
        no_grad(|| {
            let log_q = log_assignments.detach();
            let log_frequencies = log_q.logsumexp([0i64].as_slice(), true);
            let log_p = (log_q * 2.0 - log_frequencies).log_softmax(1, None::<Kind>);
            let assignments = log_p.exp();
            // An assignment that is rounded to 0 has a finite logarithm here, so 0 · log 0 is 0.
            let negentropies = (&assignments * log_p).sum_dim_intlist([1i64].as_slice(), false, None::<Kind>);
            Target { assignments, negentropies }
        })
    }

    /// The part of it for `length` rows from `start`.
    #[must_use]
    pub fn rows(&self, start: i64, length: i64) -> Self {
        Target {
            assignments: self.assignments.narrow(0, start, length),
            negentropies: self.negentropies.narrow(0, start, length),
        }
    }

    /// The part of it for the rows of these `indices`, whole numbers `[rows]`.
    #[must_use]
    pub fn select(&self, indices: &Tensor) -> Self {
        Target {
            assignments: self.assignments.index_select(0, indices),
            negentropies: self.negentropies.index_select(0, indices),
        }
    }

    /// p, `[rows, clusters]`.
    pub fn assignments(&self) -> &Tensor {
        &self.assignments
    }
}

/// The cluster of each row, from log q `[rows, clusters]`: the first of the most likely ones.
pub fn hard(log_assignments: &Tensor) -> Vec<usize> {
    let indices = log_assignments.argmax(1, false).to_device(Device::Cpu);
    let mut codes = vec![0_i64; indices.numel()];
    indices.copy_data(&mut codes, indices.numel());
    codes.into_iter().map(|code| usize::try_from(code).unwrap_or(0)).collect()
}

/// How many clusters have a row.
pub fn occupied(clusters: &[usize]) -> usize {
    let mut seen = vec![false; clusters.iter().max().map_or(0, |most| most + 1)];
    for &cluster in clusters {
        seen[cluster] = true;
    }
    seen.into_iter().filter(|&seen| seen).count()
}

/// Batches in data order, over and over: the `iteration`-th one as start and length.
pub fn batch_in_order(rows: usize, batch_size: usize, iteration: usize) -> (i64, i64) {
    let start = (iteration % rows.div_ceil(batch_size)) * batch_size;
    (size(start), size(batch_size.min(rows - start)))
}
