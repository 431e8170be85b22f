//! A mixture of Gaussians by expectation and maximisation: Dempster, Laird and Rubin, JRSS B 1977.
//!
//! Rows come from `Σ_k π_k N(μ_k, Σ_k)`. With the responsibilities `r_ik ∝ π_k N(x_i; μ_k, Σ_k)` and `n_k = Σ_i r_ik` each
//! iteration sets `π_k = n_k / n`, `μ_k = Σ_i r_ik x_i / n_k` and `Σ_k = Σ_i r_ik (x_i - μ_k)(x_i - μ_k)' / n_k`: `full`; their
//! mean weighted by π (`tied`), their diagonals (`diag`), or the means of those (`spherical`). `reg-covar` is added to the
//! diagonals, without which a component on few rows would have none. The answer is `argmax_k r_ik`.
//!
//! Habits, defaults and words are those of scikit-learn's `GaussianMixture`: responsibilities of 0 and 1 from one run of
//! k-means to begin with, the end when the mean log-likelihood of a row changes by less than `tolerance` or after
//! `max-iterations`, of several restarts the one with the highest. Departures: k-means has this program's seeding; of
//! several restarts those with an ill-defined covariance are left out and counted, and only all of them are a failure.

mod mixture;
#[cfg(test)]
mod tests;

use ndarray::Array2;

use crate::dataset::Dataset;
use crate::model::cluster::kmeans::lloyd_restarts;
use crate::model::{
    Accepts, Clusterer, Clustering, FitError, Model, ModelSpec, Program, TrialContext, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameter, Parameters, Values};
use crate::rng::{Purpose, Stream};
use crate::value::Value;
pub use mixture::{CovarianceType, Covariances, IllDefined, Mixture};

crate::parameters! {
    /// What `gaussian-mixture` can be told.
    pub struct Params {
        /// How many components; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// One covariance each, one for all, or one each that is diagonal or a multiple of the identity.
        covariance_type: CovarianceType = CovarianceType::Full, Domain::OneOf(CovarianceType::WORDS);
        /// Added to the variances.
        reg_covar: f64 = 1e-6, Domain::AtLeast(0.0);
        /// Iterations of one restart at most.
        max_iterations: usize = 100, Domain::AtLeast(1.0);
        /// Stop when the mean log-likelihood of a row changes by less.
        tolerance: f64 = 1e-3, Domain::AtLeast(0.0);
        /// Restarts from other runs of k-means; the highest likelihood wins.
        seed_restarts: usize = 1, Domain::AtLeast(1.0);
    }
}

/// A mixture of Gaussians on all columns.
pub struct GaussianMixture;

impl Model for GaussianMixture {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "gaussian-mixture",
        about: "a mixture of Gaussians by expectation and maximisation, started by k-means",
        reference: "Dempster, Laird and Rubin: Maximum Likelihood from Incomplete Data via the EM Algorithm, JRSS B 1977",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: true,
        own_parameters: false,
        work,
    };
}

/// Thirty iterations of ten components; whole covariances cost `rows · columns²` and `columns³` each.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn work(values: &Values, rows: usize, columns: usize) -> f64 {
    let Ok(params) = Params::from_values(values) else { return 0.0 };
    let (rows, columns) = (rows as f64, columns as f64);
    let rounds = 30.0 * params.clusters.unwrap_or(10) as f64 * params.seed_restarts as f64;
    let cost = match params.covariance_type {
        CovarianceType::Full => 3.0 * rows * columns.powi(2) + columns.powi(3),
        CovarianceType::Tied => rows * columns.powi(2),
        CovarianceType::Diagonal | CovarianceType::Spherical => 10.0 * rows * columns,
    };
    1e-3 + rounds * cost / 5e9
}

impl Parameter for CovarianceType {
    const TYPE: &'static str = "string";
    fn from_value(value: &Value) -> Result<Self, String> {
        let word = String::from_value(value)?;
        let known = CovarianceType::ALL.into_iter().find(|kind| kind.word() == word);
        known.ok_or_else(|| format!("`{word}` is not one of {}", crate::parameter::quoted(CovarianceType::WORDS)))
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Text(self.word().to_owned()))
    }
}

impl Clusterer for GaussianMixture {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let points = data.joined();
        if points.is_empty() {
            return Err(FitError::NotApplicable(format!("{} rows of {} columns", points.nrows(), points.ncols())));
        }
        let clusters = trial.clusters(params.clusters, points.nrows())?;
        if data.views.len() > 1 {
            trial.note(format!("the {} views are joined side by side", data.views.len()));
        }
        if points.iter().any(|value| !value.is_finite()) {
            return Err(FitError::Failed("the data hold values that are not finite".to_owned()));
        }
        let settings = Settings {
            covariance_type: params.covariance_type,
            reg_covar: params.reg_covar,
            max_iterations: params.max_iterations,
            tolerance: params.tolerance,
        };
        let mut stream = trial.stream(Purpose::Init, "gaussian-mixture");
        let fit = best(&points, clusters, params.seed_restarts, settings, &mut stream, trial)?;
        report(&fit, settings, trial);
        Ok(Clustering { clusters: fit.clusters })
    }
}

/// What is kept of the fit that won.
fn report(fit: &MixtureFit, settings: Settings, trial: &mut TrialContext) {
    for (iteration, value) in fit.log_likelihoods.iter().enumerate() {
        trial.curve("cluster", "log_likelihood", iteration as u64 + 1, *value);
    }
    let mut seen = vec![false; fit.mixture.weights.len()];
    fit.clusters.iter().for_each(|&cluster| seen[cluster] = true);
    trial.count("iterations", fit.log_likelihoods.len());
    trial.count("nonempty_clusters", seen.into_iter().filter(|seen| *seen).count());
    if !fit.converged {
        trial.note(format!(
            "stopped at max-iterations {} before the log-likelihood changed by less than the tolerance {}",
            settings.max_iterations,
            Value::Number(settings.tolerance)
        ));
    }
}

/// How a mixture is fitted.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Which covariances there are.
    pub covariance_type: CovarianceType,
    /// Added to the variances.
    pub reg_covar: f64,
    /// At most.
    pub max_iterations: usize,
    /// Of the mean log-likelihood of a row.
    pub tolerance: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { covariance_type: CovarianceType::Full, reg_covar: 1e-6, max_iterations: 100, tolerance: 1e-3 }
    }
}

/// A fitted mixture.
#[derive(Clone, Debug)]
pub struct MixtureFit {
    /// As it came out.
    pub mixture: Mixture,
    /// The most likely component of each row, the first of equals.
    pub clusters: Vec<usize>,
    /// The mean log-likelihood of a row at the start of each iteration.
    pub log_likelihoods: Vec<f64>,
    /// Whether it ended before `max_iterations`.
    pub converged: bool,
}

/// The best of several restarts, each from k-means. `points` is `[rows, columns]`, finite, with at least `clusters` rows.
///
/// # Errors
/// Failed: all restarts ended at a covariance that is ill-defined.
fn best(
    points: &Array2<f64>,
    clusters: usize,
    restarts: usize,
    settings: Settings,
    stream: &mut Stream,
    trial: &mut TrialContext,
) -> Result<MixtureFit, FitError> {
    let mut best: Option<MixtureFit> = None;
    let mut failures = Vec::new();
    let last = |fit: &MixtureFit| fit.log_likelihoods.last().copied().unwrap_or(f64::NEG_INFINITY);
    for restart in 1..=restarts {
        match from_kmeans(points, clusters, settings, stream) {
            Ok(fit) if best.as_ref().is_none_or(|best| last(&fit) > last(best)) => best = Some(fit),
            Ok(_) => (),
            Err(failure) => failures.push(failure),
        }
        trial.progress("restart", restart as u64, restarts as u64, best.as_ref().map(last));
    }
    if restarts > 1 {
        trial.count("ill_defined_restarts", failures.len());
    }
    best.ok_or_else(|| FitError::Failed(failures.first().map_or("no restart was made".to_owned(), ToString::to_string)))
}

/// One fit from one run of k-means.
///
/// # Errors
/// A covariance is ill-defined.
pub fn from_kmeans(
    points: &Array2<f64>,
    clusters: usize,
    settings: Settings,
    stream: &mut Stream,
) -> Result<MixtureFit, IllDefined> {
    let found = lloyd_restarts(points.view(), clusters, 1, stream).clusters;
    let hard = Array2::from_shape_fn((points.nrows(), clusters), |(i, k)| f64::from(u8::from(found[i] == k)));
    let start = Mixture::most_likely(points, &hard, settings.covariance_type, settings.reg_covar);
    improve(points, start, settings)
}

/// Expectation and maximisation from a given mixture.
///
/// # Errors
/// A covariance is ill-defined.
pub fn improve(points: &Array2<f64>, start: Mixture, settings: Settings) -> Result<MixtureFit, IllDefined> {
    let mut mixture = start;
    let (mut log_likelihoods, mut converged) = (Vec::new(), false);
    while log_likelihoods.len() < settings.max_iterations && !converged {
        let (log_likelihood, responsibilities) = mixture.responsibilities(points)?;
        mixture = Mixture::most_likely(points, &responsibilities, settings.covariance_type, settings.reg_covar);
        let before = log_likelihoods.last().copied().unwrap_or(f64::NEG_INFINITY);
        converged = (log_likelihood - before).abs() < settings.tolerance;
        log_likelihoods.push(log_likelihood);
    }
    let (_, responsibilities) = mixture.responsibilities(points)?;
    let largest = |row: ndarray::ArrayView1<f64>| {
        row.iter().enumerate().fold(0, |best, (k, value)| if *value > row[best] { k } else { best })
    };
    let clusters = responsibilities.rows().into_iter().map(largest).collect();
    Ok(MixtureFit { mixture, clusters, log_likelihoods, converged })
}
