//! K-means: Lloyd's iterations from greedy k-means++ seeding, several restarts, the lowest inertia wins.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::dataset::Dataset;
use crate::model::{Accepts, Clusterer, Clustering, FitError, Model, ModelSpec, Program, TaskKind, TrialContext, unchecked};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::rng::{Purpose, Stream};

parameters! {
    /// Parameters of k-means.
    pub struct Params {
        /// Number of clusters; left out, the number of classes.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Restarts from new centres; the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
        /// Iterations of one restart at most.
        max_iterations: usize = 300, Domain::AtLeast(1.0);
        /// Stop when the centres move less than this times the mean variance of a column.
        tolerance: f64 = 1e-4, Domain::AtLeast(0.0);
    }
}

/// K-means on all columns.
pub struct KMeans;

impl Model for KMeans {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "kmeans",
        about: "k-means with greedy k-means++ seeding and restarts",
        reference: "Lloyd 1982; Arthur and Vassilvitskii 2007",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Clustering], missing: false },
        parameters: Params::specs,
        check: unchecked,
        program: Program::Native,
        wants_clusters: true,
    };
}

impl Clusterer for KMeans {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let clusters = trial.clusters(params.clusters, data.rows())?;
        if data.views.len() > 1 {
            trial.note(format!("the {} views are joined side by side", data.views.len()));
        }
        let points = data.joined();
        let mut stream = trial.stream(Purpose::Init, "kmeans");
        let options = Options { max_iterations: params.max_iterations, tolerance: params.tolerance };
        let mut best: Option<KMeansFit> = None;
        for restart in 1..=params.seed_restarts {
            keep_better(&mut best, lloyd(points.view(), clusters, &options, &mut stream));
            let inertia = best.as_ref().map(|fit| fit.inertia);
            trial.progress("restart", restart as u64, params.seed_restarts as u64, inertia);
        }
        let fit = best.ok_or_else(|| FitError::Failed("no restart was made".to_owned()))?;
        trial.count("iterations", fit.iterations);
        Ok(Clustering { clusters: fit.clusters, scores: Vec::new() })
    }
}

/// When a restart ends.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Iterations at most.
    pub max_iterations: usize,
    /// Relative to the mean variance of a column, as in scikit-learn.
    pub tolerance: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options { max_iterations: 300, tolerance: 1e-4 }
    }
}

/// Centres and assignment.
#[derive(Clone, Debug)]
pub struct KMeansFit {
    /// `[clusters, columns]`.
    pub centers: Array2<f64>,
    /// One cluster index a row.
    pub clusters: Vec<usize>,
    /// Sum of squared distances of rows to their centres.
    pub inertia: f64,
    /// Lloyd iterations of the restart that won.
    pub iterations: usize,
}

/// The best of `restarts` runs with scikit-learn's stopping rule. `points` is `[rows, columns]` with at least
/// `clusters` rows.
pub fn lloyd_restarts(points: ArrayView2<f64>, clusters: usize, restarts: usize, stream: &mut Stream) -> KMeansFit {
    let mut best = None;
    for _ in 0..restarts.max(1) {
        keep_better(&mut best, lloyd(points, clusters, &Options::default(), stream));
    }
    best.unwrap_or_else(|| lloyd(points, clusters, &Options::default(), stream))
}

/// The first of equals stays.
fn keep_better(best: &mut Option<KMeansFit>, fit: KMeansFit) {
    if best.as_ref().is_none_or(|best| fit.inertia < best.inertia) {
        *best = Some(fit);
    }
}

/// One run from k-means++ centres.
fn lloyd(points: ArrayView2<f64>, clusters: usize, options: &Options, stream: &mut Stream) -> KMeansFit {
    let norms = square_norms(points);
    let mut centers = plus_plus(points, &norms, clusters, stream);
    let threshold = options.tolerance * mean_variance(points);
    let mut assignment = vec![usize::MAX; points.nrows()];
    let mut iterations = 0;
    while iterations < options.max_iterations {
        iterations += 1;
        let changed = assign(points, &norms, &centers, &mut assignment);
        let moved = update(points, &mut assignment, &mut centers);
        if !changed || moved <= threshold {
            break;
        }
    }
    assign(points, &norms, &centers, &mut assignment);
    let inertia = points.rows().into_iter().zip(&assignment).map(|(row, &c)| square_distance(row, centers.row(c))).sum();
    KMeansFit { centers, clusters: assignment, inertia, iterations }
}

fn square_norms(points: ArrayView2<f64>) -> Array1<f64> {
    points.map_axis(Axis(1), |row| row.dot(&row))
}

fn square_distance(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    a.iter().zip(&b).map(|(x, y)| (x - y) * (x - y)).sum()
}

fn mean_variance(points: ArrayView2<f64>) -> f64 {
    points.var_axis(Axis(0), 0.0).mean().unwrap_or(0.0)
}

/// `|x|² - 2 x·c + |c|²`, `[rows, centres]`, not below 0: good enough to choose by, not to report.
fn distances(points: ArrayView2<f64>, norms: &Array1<f64>, centers: ArrayView2<f64>) -> Array2<f64> {
    let center_norms = square_norms(centers);
    let mut products = points.dot(&centers.t());
    for (mut row, norm) in products.rows_mut().into_iter().zip(norms) {
        for (product, center_norm) in row.iter_mut().zip(&center_norms) {
            *product = (norm - 2.0 * *product + center_norm).max(0.0);
        }
    }
    products
}

/// Greedy k-means++: of `2 + ln k` candidates drawn by their squared distance, the one that lowers the sum most.
fn plus_plus(points: ArrayView2<f64>, norms: &Array1<f64>, clusters: usize, stream: &mut Stream) -> Array2<f64> {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let candidates = 2 + (clusters as f64).ln() as usize;
    let mut chosen = vec![stream.below(points.nrows())];
    let column = |index: usize| {
        let center = points.select(Axis(0), &[index]);
        distances(points, norms, center.view()).index_axis_move(Axis(1), 0)
    };
    let mut nearest = column(chosen[0]);
    while chosen.len() < clusters {
        let weights = nearest.to_vec();
        let mut best: Option<(f64, usize, Array1<f64>)> = None;
        for _ in 0..candidates {
            // All rows at a centre already: any row will do.
            let index = if weights.iter().any(|w| *w > 0.0) { stream.weighted(&weights) } else { stream.below(points.nrows()) };
            let mut distance = column(index);
            distance.zip_mut_with(&nearest, |d, n| *d = d.min(*n));
            let sum = distance.sum();
            if best.as_ref().is_none_or(|(lowest, _, _)| sum < *lowest) {
                best = Some((sum, index, distance));
            }
        }
        if let Some((_, index, distance)) = best {
            chosen.push(index);
            nearest = distance;
        }
    }
    points.select(Axis(0), &chosen)
}

/// Assigns every row to its nearest centre, the first of equals; whether anything changed.
fn assign(points: ArrayView2<f64>, norms: &Array1<f64>, centers: &Array2<f64>, assignment: &mut [usize]) -> bool {
    let distances = distances(points, norms, centers.view());
    let mut changed = false;
    for (row, old) in distances.rows().into_iter().zip(assignment) {
        let mut new = 0;
        for (cluster, distance) in row.iter().enumerate() {
            if *distance < row[new] {
                new = cluster;
            }
        }
        changed |= *old != new;
        *old = new;
    }
    changed
}

/// Moves centres to the means of their rows and gives how far they moved, squared. An empty cluster takes the row
/// that is farthest from its centre, as scikit-learn does.
fn update(points: ArrayView2<f64>, assignment: &mut [usize], centers: &mut Array2<f64>) -> f64 {
    let mut counts = vec![0_usize; centers.nrows()];
    assignment.iter().for_each(|&cluster| counts[cluster] += 1);
    for cluster in 0..centers.nrows() {
        if counts[cluster] > 0 {
            continue;
        }
        let farthest = (0..points.nrows())
            .filter(|&row| counts[assignment[row]] > 1)
            .map(|row| (square_distance(points.row(row), centers.row(assignment[row])), row))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((_, row)) = farthest {
            counts[assignment[row]] -= 1;
            counts[cluster] = 1;
            assignment[row] = cluster;
        }
    }
    let mut means = Array2::<f64>::zeros(centers.raw_dim());
    for (row, &cluster) in points.rows().into_iter().zip(assignment.iter()) {
        let mut mean = means.row_mut(cluster);
        mean += &row;
    }
    for (cluster, &count) in counts.iter().enumerate() {
        if count > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
            means.row_mut(cluster).mapv_inplace(|sum| sum / count as f64);
        } else {
            means.row_mut(cluster).assign(&centers.row(cluster));
        }
    }
    let moved = means.iter().zip(centers.iter()).map(|(new, old)| (new - old) * (new - old)).sum();
    *centers = means;
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn stream() -> Stream {
        Stream::new(0, Purpose::Init, "test")
    }

    #[test]
    fn well_separated_groups_are_found() {
        let points = array![[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0], [9.0, 0.0], [9.0, 0.1]];
        let fit = lloyd_restarts(points.view(), 3, 5, &mut stream());
        assert_eq!(fit.clusters[0], fit.clusters[1]);
        assert_eq!(fit.clusters[2], fit.clusters[3]);
        assert_eq!(fit.clusters[4], fit.clusters[5]);
        assert!((fit.inertia - 3.0 * 0.005).abs() < 1e-12, "{}", fit.inertia);
    }

    #[test]
    fn as_many_clusters_as_rows_and_identical_rows() {
        let points = array![[0.0], [1.0], [4.0]];
        assert!(lloyd_restarts(points.view(), 3, 3, &mut stream()).inertia < 1e-12);
        let same = Array2::<f64>::ones((5, 2));
        let fit = lloyd_restarts(same.view(), 2, 2, &mut stream());
        assert_eq!(fit.inertia, 0.0);
        assert_eq!(lloyd_restarts(points.view(), 1, 1, &mut stream()).clusters, vec![0, 0, 0]);
    }

    #[test]
    fn an_empty_cluster_takes_the_farthest_row() {
        let points = array![[0.0], [1.0], [10.0]];
        let mut centers = array![[0.0], [100.0]];
        let mut assignment = vec![0, 0, 0];
        update(points.view(), &mut assignment, &mut centers);
        assert_eq!(assignment, vec![0, 0, 1]);
        assert_eq!(centers, array![[0.5], [10.0]]);
    }
}
