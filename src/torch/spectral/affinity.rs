//! Graphs of nearest neighbours and the spectral loss on them (Shaham et al. 2018, section 3).
//!
//! - `a_ij = exp(-|x_i - x_j|² / s²)` where j is one of the nearest neighbours of i (i itself is none), else 0, with
//!   `s = s_j`, the distance of j to one of its own neighbours (so that an edge from an outlier into a dense place is weak),
//!   or one s for all: the median of the `s_j`;
//! - `W = (A + A') / 2`;
//! - loss `(1 / 2m) Σ_ij W_ij |y_i - y_j|²` of outputs `[m, clusters]`; with y_i / √d_i for y_i, `d_i = Σ_j W_ij`, it is
//!   that of the normalised Laplacian.
//!
//! `|y_i - y_j|²` is symmetric: the loss is `(1 / 2m) Σ_i Σ_j a_ij |y_i - y_j|²` over the edges alone, and W itself is
//! never made.

use tch::{Kind, Tensor, no_grad};

use crate::torch::size;

/// Rows whose distances to all others are held at a time.
const CHUNK: i64 = 1024;
/// The least square of a scale, and degree: where more rows than it counts lie on one place, the scale is 0.
const TINY: f64 = 1e-12;

/// The nearest others of each row, nearest first.
#[derive(Debug)]
pub struct Neighbors {
    /// `[rows, neighbors]`, whole numbers.
    pub indices: Tensor,
    /// Squared distances to them, `[rows, neighbors]`, of the type of the points.
    pub squares: Tensor,
}

/// The `neighbors` nearest others of each of the points, `[rows, columns]`; all others where there are fewer. Exact, by
/// matrix products: in f32 the distances of near rows far from the mean lose digits.
pub fn nearest(points: &Tensor, neighbors: usize) -> Neighbors {
    no_grad(|| {
        let rows = points.size()[0];
        let count = size(neighbors).min(rows - 1).max(0);
        let kind = points.kind();
        // Around their mean, |x|² - 2 x·y + |y|² keeps its digits.
        let points = points - points.mean_dim([0i64].as_slice(), true, kind);
        let norms = points.square().sum_dim_intlist([1i64].as_slice(), false, kind);
        let (mut indices, mut squares) = (Vec::new(), Vec::new());
        let mut start = 0;
        for (rows, own) in points.split(CHUNK, 0).iter().zip(norms.split(CHUNK, 0)) {
            let products = rows.matmul(&points.tr()) * 2.0;
            let distances = (own.unsqueeze(1) + norms.unsqueeze(0) - products).clamp_min(0.0);
            let _ = distances.diagonal(start, 0, 1).fill_(f64::INFINITY);
            let (nearest, which) = distances.topk(count, 1, false, true);
            squares.push(nearest);
            indices.push(which);
            start += rows.size()[0];
        }
        Neighbors { indices: Tensor::cat(&indices, 0), squares: Tensor::cat(&squares, 0) }
    })
}

/// How far a neighbour may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// The distance of the row that an edge leads to from its own neighbour of this number, from 1.
    Local(usize),
    /// The median of these distances.
    Global(usize),
}

/// Which graph is made of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Affinity {
    /// Edges that leave a row; fewer where the batch has not so many others.
    pub neighbors: usize,
    /// The width of the Gaussian; of the last neighbour where the batch has not so many.
    pub scale: Scale,
}

/// A directed graph of nearest neighbours with weights.
#[derive(Debug)]
pub struct Graph {
    /// Where the edges of each row lead, `[rows, neighbors]`.
    targets: Tensor,
    /// a, `[rows, neighbors]`
    weights: Tensor,
}

impl Affinity {
    /// The graph of these points, `[rows, columns]`, two rows at least; weights of their type. Distances are taken in
    /// f64.
    pub fn graph(self, points: &Tensor) -> Graph {
        no_grad(|| {
            let (Scale::Local(at) | Scale::Global(at)) = self.scale;
            let found = nearest(&points.detach().to_kind(Kind::Double), self.neighbors.max(at));
            let count = found.indices.size()[1];
            let at = size(at).clamp(1, count) - 1;
            let edges = size(self.neighbors).min(count);
            let targets = found.indices.narrow(1, 0, edges);
            let scales = found.squares.select(1, at);
            let scales = match self.scale {
                Scale::Local(_) => scales.index_select(0, &targets.reshape([-1])).view_as(&targets),
                Scale::Global(_) => scales.median(),
            };
            let exponents = -(found.squares.narrow(1, 0, edges) / scales.clamp_min(TINY));
            Graph { targets, weights: exponents.exp().to_kind(points.kind()) }
        })
    }
}

impl Graph {
    /// The spectral loss of these outputs, `[rows, clusters]`, a scalar; `normalized` for the normalised Laplacian.
    pub fn loss(&self, outputs: &Tensor, normalized: bool) -> Tensor {
        let (rows, edges) = (self.targets.size()[0], self.targets.size()[1]);
        let outputs = if normalized {
            outputs / self.degrees().clamp_min(TINY).sqrt().unsqueeze(1)
        } else {
            outputs.shallow_clone()
        };
        let ends = outputs.index_select(0, &self.targets.reshape([-1])).view([rows, edges, -1]);
        let squares = (ends - outputs.unsqueeze(1)).square().sum_dim_intlist([2i64].as_slice(), false, None::<Kind>);
        (squares * &self.weights).sum(None::<Kind>) / (2 * rows)
    }

    /// `Σ_j W_ij`, `[rows]`.
    pub fn degrees(&self) -> Tensor {
        let leaving = self.weights.sum_dim_intlist([1i64].as_slice(), false, None::<Kind>);
        let arriving = leaving.zeros_like().index_add(0, &self.targets.reshape([-1]), &self.weights.reshape([-1]));
        (leaving + arriving) / 2.0
    }

    /// W, `[rows, rows]`.
    pub fn dense(&self) -> Tensor {
        let rows = self.targets.size()[0];
        let directed = Tensor::zeros([rows, rows], (self.weights.kind(), self.weights.device())).scatter(
            1,
            &self.targets,
            &self.weights,
        );
        (&directed + directed.tr()) / 2.0
    }
}
