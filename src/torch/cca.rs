//! Canonical correlation analysis of two views, in f64: the correlation of two batches with its gradient in closed
//! form, and the linear projections that correlate most.
//!
//! With `H1`, `H2` (`[rows, columns]`) centred, `S12 = H1'H2 / (m - 1)`, `S11 = H1'H1 / (m - 1) + r1 I` and
//! `S22 = H2'H2 / (m - 1) + r2 I`, the canonical correlations are the singular values of
//! `T = S11^(-1/2) S12 S22^(-1/2)` (Hotelling 1936; Andrew, Arora, Bilmes and Livescu, ICML 2013, section 3).
//!
//! Matrices of columns by columns are decomposed on the CPU, whichever device the rows lie on: they are small, and one
//! LAPACK gives the same bits everywhere.

use tch::{Device, Kind, Tensor, no_grad};

/// Eigenvalues of a covariance at most this share of its largest one are none: that direction does not vary, so nothing
/// correlates with it. Of a regularised covariance it touches none.
const NOTHING: f64 = 1e-12;

/// The correlation of two batches.
#[derive(Debug)]
pub struct Correlation {
    /// The sum of all canonical correlations (the nuclear norm of `T`), from 0 to the smaller number of columns.
    pub total: f64,
    /// Its derivatives by each batch, `[rows, columns]`, f64.
    pub gradients: [Tensor; 2],
}

/// The correlation of two batches, `[rows, columns]` of f64 with the same rows, whose diagonals get `regularization`.
/// With `T = U D V'` the gradient by `H1` is `(2 H1 Δ11 + H2 Δ12') / (m - 1)`, where
/// `Δ12 = S11^(-1/2) U V' S22^(-1/2)` and `Δ11 = -1/2 S11^(-1/2) U D U' S11^(-1/2)` (Andrew et al., equations 11 to
/// 13): no decomposition is differentiated, so equal singular values do no harm. None where a covariance is not finite
/// or LAPACK does not converge. With no more rows than columns the correlation says nothing: it is the number of columns.
pub fn correlation(batches: [&Tensor; 2], regularization: [f64; 2]) -> Option<Correlation> {
    no_grad(|| {
        let [first, second] = batches.map(centred);
        let found = Decomposition::of([&first, &second], regularization)?;
        let Decomposition { roots: [root1, root2], left, values, right } = &found;
        // Where the nuclear norm has no derivative, at singular values of 0, nothing pulls.
        let counts = values.gt(NOTHING).to_kind(Kind::Double);
        let cross = root1.matmul(&(left * counts)).matmul(&right.tr()).matmul(root2);
        let own = |root: &Tensor, vectors: &Tensor| {
            let spread = root.matmul(vectors);
            (&spread * values).matmul(&spread.tr()) * -0.5
        };
        let free = first.size()[0] - 1;
        let device = first.device();
        let pull = |mine: &Tensor, other: &Tensor, own: Tensor, cross: Tensor| {
            (mine.matmul(&own.to_device(device)) * 2.0 + other.matmul(&cross.to_device(device))) / free
        };
        let gradients =
            [pull(&first, &second, own(root1, left), cross.tr()), pull(&second, &first, own(root2, right), cross)];
        Some(Correlation { total: values.sum(Kind::Double).double_value(&[]), gradients })
    })
}

/// Minus the correlation as a loss, a scalar: its value is that of [`correlation`], and going backward from it gives the
/// closed form. None as there.
pub fn negative_correlation(batches: [&Tensor; 2], regularization: [f64; 2]) -> Option<Tensor> {
    let Correlation { total, gradients: [first, second] } = correlation(batches, regularization)?;
    let pull = (batches[0] * first).sum(Kind::Double) + (batches[1] * second).sum(Kind::Double);
    // The first two terms are 0 together; only the second one has a gradient.
    Some(pull.detach() - pull - total)
}

/// Linear projections of two views that correlate as much as linear ones can.
#[derive(Debug)]
pub struct LinearCca {
    /// Means of the columns of each view, `[1, columns]`.
    pub means: [Tensor; 2],
    /// `[columns, components]` of each view; the projected views have about unit variances.
    pub projections: [Tensor; 2],
    /// The canonical correlations, falling, one a component.
    pub correlations: Vec<f64>,
}

impl LinearCca {
    /// Of two views, `[rows, columns]` of f64 with the same rows, with `regularization` on both diagonals. There are no
    /// more components than columns. None where a covariance is not finite or LAPACK does not converge.
    pub fn fit(views: [&Tensor; 2], components: usize, regularization: f64) -> Option<Self> {
        no_grad(|| {
            let [first, second] = views.map(centred);
            let found = Decomposition::of([&first, &second], [regularization; 2])?;
            let components = components.min(found.values.numel());
            let leading = |root: &Tensor, vectors: &Tensor| {
                let width = super::size(components);
                root.matmul(&vectors.narrow(1, 0, width)).to_device(first.device())
            };
            let mut correlations = vec![0.0; found.values.numel()];
            found.values.contiguous().copy_data(&mut correlations, found.values.numel());
            correlations.truncate(components);
            Some(LinearCca {
                means: views.map(means),
                projections: [leading(&found.roots[0], &found.left), leading(&found.roots[1], &found.right)],
                correlations,
            })
        })
    }

    /// Both views projected, `[rows, components]` each.
    pub fn project(&self, views: [&Tensor; 2]) -> [Tensor; 2] {
        let one = |i: usize| (views[i] - &self.means[i]).matmul(&self.projections[i]);
        [one(0), one(1)]
    }
}

/// `T` taken apart, f64 on the CPU.
struct Decomposition {
    /// `S11^(-1/2)` and `S22^(-1/2)`, `[columns, columns]`.
    roots: [Tensor; 2],
    /// U, `[columns, k]`, k the smaller number of columns.
    left: Tensor,
    /// D, falling, `[k]`.
    values: Tensor,
    /// V, `[columns, k]`.
    right: Tensor,
}

impl Decomposition {
    /// Of two centred batches.
    fn of(batches: [&Tensor; 2], regularization: [f64; 2]) -> Option<Self> {
        let [first, second] = batches;
        let root = |batch: &Tensor, regularization: f64| {
            let covariance = covariance(batch, batch);
            let columns = covariance.size()[0];
            inverse_root(&(covariance + Tensor::eye(columns, (Kind::Double, Device::Cpu)) * regularization))
        };
        let roots = [root(first, regularization[0])?, root(second, regularization[1])?];
        let whitened = roots[0].matmul(&covariance(first, second)).matmul(&roots[1]);
        if !is_finite(&whitened) {
            return None;
        }
        let (left, values, right) = whitened.f_svd(true, true).ok()?;
        Some(Decomposition { roots, left, values, right })
    }
}

fn means(batch: &Tensor) -> Tensor {
    batch.mean_dim([0i64].as_slice(), true, Kind::Double)
}

fn centred(batch: &Tensor) -> Tensor {
    batch.to_kind(Kind::Double) - means(batch)
}

/// `a'b / (rows - 1)` of centred batches, on the CPU.
fn covariance(a: &Tensor, b: &Tensor) -> Tensor {
    (a.tr().matmul(b) / (a.size()[0] - 1)).to_device(Device::Cpu)
}

/// `s^(-1/2)` of a symmetric matrix without negative eigenvalues, on what varies.
fn inverse_root(s: &Tensor) -> Option<Tensor> {
    // LAPACK may not return from a matrix with NaN.
    if !is_finite(s) {
        return None;
    }
    let (values, vectors) = s.f_linalg_eigh("L").ok()?;
    let varies = values.gt_tensor(&(values.max() * NOTHING));
    let roots = values.rsqrt().where_self(&varies, &values.zeros_like());
    Some((&vectors * roots).matmul(&vectors.tr()))
}

fn is_finite(tensor: &Tensor) -> bool {
    tensor.isfinite().all().int64_value(&[]) == 1
}
