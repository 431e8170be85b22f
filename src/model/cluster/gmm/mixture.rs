//! The mixture itself: its density, and the one that is most likely for given responsibilities.

use std::f64::consts::TAU;
use std::fmt;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::model::cluster::cholesky::{cholesky, solve_lower};

/// Which covariances the components have, in scikit-learn's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CovarianceType {
    /// Each its own.
    Full,
    /// One for all.
    Tied,
    /// Each its own, without what lies off the diagonal.
    Diagonal,
    /// Each a multiple of the identity.
    Spherical,
}

impl CovarianceType {
    /// All of them.
    pub const ALL: [CovarianceType; 4] =
        [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diagonal, CovarianceType::Spherical];
    /// As they are written.
    pub const WORDS: &'static [&'static str] = &["full", "tied", "diag", "spherical"];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            CovarianceType::Full => "full",
            CovarianceType::Tied => "tied",
            CovarianceType::Diagonal => "diag",
            CovarianceType::Spherical => "spherical",
        }
    }
}

/// Covariances of k components in d columns.
#[derive(Clone, Debug, PartialEq)]
pub enum Covariances {
    /// k of `[d, d]`.
    Full(Vec<Array2<f64>>),
    /// `[d, d]`.
    Tied(Array2<f64>),
    /// Variances `[k, d]`.
    Diagonal(Array2<f64>),
    /// Variances `[k]`.
    Spherical(Array1<f64>),
}

/// Weights, means and covariances of k components in d columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// π, `[k]`, adding up to 1.
    pub weights: Array1<f64>,
    /// μ, `[k, d]`.
    pub means: Array2<f64>,
    /// Σ.
    pub covariances: Covariances,
}

/// A covariance that is no covariance of a density.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllDefined {
    /// The component, from 0; none where all have the same.
    pub component: Option<usize>,
}

impl fmt::Display for IllDefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.component {
            Some(component) => write!(f, "component {} has an ill-defined covariance", component + 1)?,
            None => write!(f, "the covariance is ill-defined")?,
        }
        write!(
            f,
            " (rows that coincide, or fewer than there are columns): fewer `clusters`, a larger `reg-covar` or scaled \
             columns may help"
        )
    }
}

impl Mixture {
    /// The most likely one for responsibilities `[rows, k]` of points `[rows, d]`, with `reg_covar` on the diagonals. A
    /// component that is responsible for nothing gets a weight of about 0 and stays.
    #[must_use]
    pub fn most_likely(
        points: &Array2<f64>,
        responsibilities: &Array2<f64>,
        covariance_type: CovarianceType,
        reg_covar: f64,
    ) -> Self {
        // Never 0, as in scikit-learn.
        let sizes = responsibilities.sum_axis(Axis(0)) + 10.0 * f64::EPSILON;
        let means = responsibilities.t().dot(points) / sizes.view().insert_axis(Axis(1));
        let share = |k: usize| responsibilities.column(k);
        let components = 0..sizes.len();
        let covariances = match covariance_type {
            CovarianceType::Full => Covariances::Full(
                components
                    .map(|k| {
                        let mut covariance = scatter(points, means.row(k), share(k)) / sizes[k];
                        covariance.diag_mut().mapv_inplace(|variance| variance + reg_covar);
                        covariance
                    })
                    .collect(),
            ),
            CovarianceType::Tied => {
                let zeros = Array2::zeros((points.ncols(), points.ncols()));
                let sum = components.fold(zeros, |sum, k| sum + scatter(points, means.row(k), share(k)));
                let mut covariance = sum / sizes.sum();
                covariance.diag_mut().mapv_inplace(|variance| variance + reg_covar);
                Covariances::Tied(covariance)
            }
            CovarianceType::Diagonal => {
                Covariances::Diagonal(variances(points, &means, responsibilities, &sizes) + reg_covar)
            }
            CovarianceType::Spherical => {
                let variances = variances(points, &means, responsibilities, &sizes);
                let columns = points.ncols().max(1);
                Covariances::Spherical(variances.sum_axis(Axis(1)) / count(columns) + reg_covar)
            }
        };
        let total = sizes.sum();
        Mixture { weights: sizes / total, means, covariances }
    }

    /// The mean log-likelihood of a row, and what each component is responsible for, `[rows, k]`.
    ///
    /// # Errors
    /// A covariance is not positive definite, or not finite.
    pub fn responsibilities(&self, points: &Array2<f64>) -> Result<(f64, Array2<f64>), IllDefined> {
        let mut table = self.log_densities(points)?;
        let log_weights = self.weights.mapv(f64::ln);
        let mut sum = 0.0;
        for mut row in table.rows_mut() {
            row += &log_weights;
            let highest = row.fold(f64::NEG_INFINITY, |highest, value| highest.max(*value));
            let log_likelihood = highest + row.mapv(|value| (value - highest).exp()).sum().ln();
            row.mapv_inplace(|value| (value - log_likelihood).exp());
            sum += log_likelihood;
        }
        Ok((sum / count(points.nrows()), table))
    }

    /// The logarithm of each component's density at each point, `[rows, k]`.
    ///
    /// # Errors
    /// A covariance is not positive definite, or not finite.
    pub fn log_densities(&self, points: &Array2<f64>) -> Result<Array2<f64>, IllDefined> {
        let constant = count(points.ncols()) * TAU.ln();
        let mut table = Array2::zeros((points.nrows(), self.weights.len()));
        let tied = match &self.covariances {
            Covariances::Tied(covariance) => Some(cholesky(covariance.view()).ok_or(IllDefined { component: None })?),
            _ => None,
        };
        for (k, mut column) in table.columns_mut().into_iter().enumerate() {
            let (distances, log_determinant) = self.distances(points, k, tied.as_ref())?;
            column.assign(&distances.mapv(|square| -0.5 * (constant + log_determinant + square)));
        }
        Ok(table)
    }

    /// Mahalanobis' squared distances of the points from the mean of component `k`, and `log |Σ_k|`. `tied` is the factor
    /// of the covariance of all.
    fn distances(
        &self,
        points: &Array2<f64>,
        k: usize,
        tied: Option<&Array2<f64>>,
    ) -> Result<(Array1<f64>, f64), IllDefined> {
        let ill = IllDefined { component: Some(k) };
        let mean = self.means.row(k);
        match &self.covariances {
            Covariances::Full(covariances) => {
                let factor = cholesky(covariances[k].view()).ok_or(ill)?;
                Ok(whitened(points, mean, factor.view()))
            }
            Covariances::Tied(covariance) => Ok(whitened(points, mean, tied.unwrap_or(covariance).view())),
            Covariances::Diagonal(variances) => scaled(points, mean, variances.row(k)).ok_or(ill),
            Covariances::Spherical(variances) => {
                let same = Array1::from_elem(points.ncols(), variances[k]);
                scaled(points, mean, same.view()).ok_or(ill)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows or columns")]
fn count(n: usize) -> f64 {
    n as f64
}

/// `Σ_i r_i (x_i - μ)(x_i - μ)'`
fn scatter(points: &Array2<f64>, mean: ArrayView1<f64>, responsibilities: ArrayView1<f64>) -> Array2<f64> {
    // Differences, not `Σ r x x' - n μ μ'`: far from 0 that would lose its digits.
    let differences = points - &mean;
    let weighted = &differences * &responsibilities.insert_axis(Axis(1));
    weighted.t().dot(&differences)
}

/// The variances of each component in each column, `[k, d]`.
fn variances(
    points: &Array2<f64>,
    means: &Array2<f64>,
    responsibilities: &Array2<f64>,
    sizes: &Array1<f64>,
) -> Array2<f64> {
    let mut variances = Array2::zeros(means.raw_dim());
    for (k, mut row) in variances.rows_mut().into_iter().enumerate() {
        let squares = (points - &means.row(k)).mapv(|difference| difference * difference);
        row.assign(&(responsibilities.column(k).dot(&squares) / sizes[k]));
    }
    variances
}

/// `|L⁻¹ (x_i - μ)|²` of each row, and `log |L L'|`.
fn whitened(points: &Array2<f64>, mean: ArrayView1<f64>, factor: ArrayView2<f64>) -> (Array1<f64>, f64) {
    let mut differences = (points - &mean).reversed_axes().as_standard_layout().into_owned();
    solve_lower(factor, &mut differences);
    let squares = differences.mapv(|value| value * value).sum_axis(Axis(0));
    (squares, 2.0 * factor.diag().mapv(f64::ln).sum())
}

/// The same for a diagonal covariance; none where a variance is not above 0.
fn scaled(points: &Array2<f64>, mean: ArrayView1<f64>, variances: ArrayView1<f64>) -> Option<(Array1<f64>, f64)> {
    if !variances.iter().all(|variance| *variance > 0.0 && variance.is_finite()) {
        return None;
    }
    let squares = (points - &mean).mapv(|difference| difference * difference);
    Some((squares.dot(&variances.mapv(f64::recip)), variances.mapv(f64::ln).sum()))
}
