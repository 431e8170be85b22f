//! K-means: Lloyd's iterations from greedy k-means++ seeding, several restarts, the lowest inertia wins.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::dataset::Dataset;
use crate::model::{
    Accepts, Clusterer, Clustering, FitError, Model, ModelSpec, Program, TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::rng::{Purpose, Stream};
use crate::value::Value;

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
        accepts: Accepts::NUMBERS,
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: true,
        own_parameters: false,
        work: |values, rows, columns| {
            let restarts = values.get("seed-restarts").and_then(Value::as_number).unwrap_or(20.0);
            restarts * light_work(values, rows, columns)
        },
    };
}

impl Clusterer for KMeans {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let clusters = trial.clusters(params.clusters, data.rows())?;
        if data.views.len() > 1 {
            trial.note(format!("the {} views are joined side by side", data.views.len()));
        }
        let points = data.joined();
        // A distance that is no number would count as none.
        if points.iter().any(|value| !value.is_finite()) {
            return Err(FitError::Failed("the data hold values that are not finite".to_owned()));
        }
        let mut stream = trial.stream(Purpose::Init, "kmeans");
        let options = Options { max_iterations: params.max_iterations, tolerance: params.tolerance };
        let cloud = Cloud::around_its_mean(points);
        let mut best: Option<KMeansFit> = None;
        for restart in 1..=params.seed_restarts {
            keep_better(&mut best, lloyd(&cloud, clusters, &options, &mut stream));
            let inertia = best.as_ref().map(|fit| fit.inertia);
            trial.progress("restart", restart as u64, params.seed_restarts as u64, inertia);
        }
        let fit = best.ok_or_else(|| FitError::Failed("no restart was made".to_owned()))?;
        trial.count("iterations", fit.iterations);
        Ok(Clustering { clusters: fit.clusters })
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
    let cloud = Cloud::around_its_mean(points.to_owned());
    let mut best = lloyd(&cloud, clusters, &Options::default(), stream);
    for _ in 1..restarts {
        let fit = lloyd(&cloud, clusters, &Options::default(), stream);
        if fit.inertia < best.inertia {
            best = fit;
        }
    }
    best
}

/// The first of equals stays.
fn keep_better(best: &mut Option<KMeansFit>, fit: KMeansFit) {
    if best.as_ref().is_none_or(|best| fit.inertia < best.inertia) {
        *best = Some(fit);
    }
}

/// What all restarts share.
struct Cloud {
    /// `[rows, columns]`, moved so that their mean is 0: far from it `|x|² - 2 x·c + |c|²` would lose its digits.
    /// In standard layout, as all tables here: the loops below go over plain slices.
    points: Array2<f64>,
    /// `|x|²` of each row.
    norms: Array1<f64>,
    /// Where the mean was.
    mean: Array1<f64>,
    /// Mean variance of a column.
    variance: f64,
}

impl Cloud {
    fn around_its_mean(points: Array2<f64>) -> Self {
        let mut points = standard(points);
        let mean = points.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(points.ncols()));
        points -= &mean;
        let norms = square_norms(points.view());
        let variance = norms.sum() / count(points.len().max(1));
        Cloud { points, norms, mean, variance }
    }

    fn rows(&self) -> usize {
        self.points.nrows()
    }
}

/// The same table, row after row in memory.
fn standard(table: Array2<f64>) -> Array2<f64> {
    if table.is_standard_layout() { table } else { table.as_standard_layout().into_owned() }
}

/// The rows of a table in standard layout.
fn slices(table: &Array2<f64>) -> impl Iterator<Item = &[f64]> {
    table.as_slice().unwrap_or_default().chunks_exact(table.ncols().max(1))
}

/// The same, to change.
fn slices_mut(table: &mut Array2<f64>) -> impl Iterator<Item = &mut [f64]> {
    let columns = table.ncols().max(1);
    table.as_slice_mut().unwrap_or_default().chunks_exact_mut(columns)
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows or cells")]
fn count(n: usize) -> f64 {
    n as f64
}

/// One run from k-means++ centres.
fn lloyd(cloud: &Cloud, clusters: usize, options: &Options, stream: &mut Stream) -> KMeansFit {
    let mut centers = plus_plus(cloud, clusters, stream);
    let threshold = options.tolerance * cloud.variance;
    let mut assignment = vec![usize::MAX; cloud.rows()];
    let mut iterations = 0;
    while iterations < options.max_iterations {
        iterations += 1;
        let changed = assign(cloud, &centers, &mut assignment);
        let moved = update(&cloud.points, &mut assignment, &mut centers);
        if !changed || moved <= threshold {
            break;
        }
    }
    assign(cloud, &centers, &mut assignment);
    let rows = cloud.points.rows().into_iter().zip(&assignment);
    let inertia = rows.map(|(row, &cluster)| square_distance(row, centers.row(cluster))).sum();
    centers += &cloud.mean;
    KMeansFit { centers, clusters: assignment, inertia, iterations }
}

fn square_norms(points: ArrayView2<f64>) -> Array1<f64> {
    points.map_axis(Axis(1), |row| row.dot(&row))
}

fn square_distance(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    a.iter().zip(&b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// `|x|² - 2 x·c + |c|²`, `[rows, centres]`, not below 0: good enough to choose by, not to report.
fn distances(cloud: &Cloud, centers: ArrayView2<f64>) -> Array2<f64> {
    let center_norms = square_norms(centers);
    let mut products = standard(cloud.points.dot(&centers.t()));
    for (row, norm) in slices_mut(&mut products).zip(&cloud.norms) {
        for (product, center_norm) in row.iter_mut().zip(&center_norms) {
            *product = (norm - 2.0 * *product + center_norm).max(0.0);
        }
    }
    products
}

/// Greedy k-means++: of `2 + ln k` candidates drawn by their squared distance, the one that lowers the sum most.
fn plus_plus(cloud: &Cloud, clusters: usize, stream: &mut Stream) -> Array2<f64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let candidates = 2 + count(clusters).ln() as usize;
    let to_rows = |rows: &[usize]| distances(cloud, cloud.points.select(Axis(0), rows).view());
    let mut chosen = vec![stream.below(cloud.rows())];
    let mut nearest = to_rows(&chosen).index_axis_move(Axis(1), 0).to_vec();
    while chosen.len() < clusters {
        // All rows at a centre already: any row will do.
        let apart = nearest.iter().any(|distance| *distance > 0.0);
        let drawn: Vec<usize> = (0..candidates)
            .map(|_| if apart { stream.weighted(&nearest) } else { stream.below(cloud.rows()) })
            .collect();
        let mut table = to_rows(&drawn);
        for (row, nearest) in slices_mut(&mut table).zip(&nearest) {
            row.iter_mut().for_each(|distance| *distance = distance.min(*nearest));
        }
        let sums = table.sum_axis(Axis(0));
        let best = (1..candidates).fold(0, |best, next| if sums[next] < sums[best] { next } else { best });
        chosen.push(drawn[best]);
        nearest = table.column(best).to_vec();
    }
    cloud.points.select(Axis(0), &chosen)
}

/// Assigns every row to its nearest centre, the first of equals; whether anything changed.
fn assign(cloud: &Cloud, centers: &Array2<f64>, assignment: &mut [usize]) -> bool {
    let distances = distances(cloud, centers.view());
    let mut changed = false;
    for (row, old) in slices(&distances).zip(assignment) {
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
fn update(points: &Array2<f64>, assignment: &mut [usize], centers: &mut Array2<f64>) -> f64 {
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
    let columns = means.ncols();
    let sums = means.as_slice_mut().unwrap_or_default();
    for (row, &cluster) in slices(points).zip(assignment.iter()) {
        sums[cluster * columns..][..columns].iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    for (cluster, size) in counts.iter().copied().map(count).enumerate() {
        if size > 0.0 {
            means.row_mut(cluster).mapv_inplace(|sum| sum / size);
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
        update(&points, &mut assignment, &mut centers);
        assert_eq!(assignment, vec![0, 0, 1]);
        assert_eq!(centers, array![[0.5], [10.0]]);
    }

    #[test]
    fn far_from_the_origin_nothing_is_lost() {
        // Years and the like: the groups lie 1e-3 apart, 1e9 from 0.
        let offset = 1e9_f64;
        let points = Array2::from_shape_fn((60, 2), |(i, _)| offset + if i % 2 == 0 { 0.0 } else { 1e-3 });
        let fit = lloyd_restarts(points.view(), 2, 1, &mut stream());
        assert!((0..60).all(|i| fit.clusters[i] == fit.clusters[i % 2]), "{:?}", fit.clusters);
        assert_ne!(fit.clusters[0], fit.clusters[1]);
        assert!(fit.centers.iter().all(|x| (x - offset).abs() < 0.01), "{}", fit.centers);
    }

    #[test]
    fn values_that_are_not_finite_are_refused() {
        let params = Params { clusters: Some(2), ..Params::default() };
        for value in [f64::NAN, f64::INFINITY] {
            let view = crate::dataset::View::numbered("x", array![[0.0], [value], [1.0]]);
            let outcome =
                KMeans::fit(&params, &Dataset::new(vec![view], None), &mut TrialContext::new(0, None, &mut |_| ()));
            assert!(matches!(outcome, Err(FitError::Failed(_))), "{value}: {outcome:?}");
        }
    }

    #[test]
    fn the_order_of_axes_in_memory_changes_nothing() {
        use ndarray::ShapeBuilder;
        let points = Array2::from_shape_fn((30, 3), |(i, j)| count((i * 7 + j * 3) % 11));
        let mut fortran = Array2::zeros((30, 3).f());
        fortran.assign(&points);
        let [a, b] = [points, fortran].map(|points| lloyd_restarts(points.view(), 4, 2, &mut stream()));
        assert_eq!((a.clusters, a.inertia), (b.clusters, b.inertia));
        let line = Array2::from_shape_fn((20, 1), |(i, _)| count(if i < 10 { i } else { i + 100 }));
        let fit = lloyd_restarts(line.view(), 2, 3, &mut stream());
        assert!((0..20).all(|i| (fit.clusters[i] == fit.clusters[0]) == (i < 10)), "{:?}", fit.clusters);
    }

    /// The floor that 20 restarts of scikit-learn's k-means reach on the digits.
    #[test]
    fn digits_reach_the_measured_floor() {
        use crate::metric::{self, Predictions, Score, Truth};
        let places = crate::dataset::Places { base: "".into(), data: "".into() };
        let spec = crate::dataset::find("digits").expect("bundled");
        let mut data = (spec.load)(&crate::parameter::Values::new(), &places).expect("bundled");
        let step = crate::preprocess::find("unit-rms").expect("a step");
        let fitted = crate::preprocess::tests::learned(step, data.views[0].values.clone());
        data.views[0] = fitted.apply(data.views[0].clone());
        let labels = data.labels.take().expect("labels");
        let names = ["acc", "nmi_max", "ari"];
        let metrics: Vec<_> = names.iter().filter_map(|name| metric::find(name)).collect();
        let mut means = [0.0; 3];
        for seed in 0..5 {
            let mut ignore = |_| ();
            let mut trial = TrialContext::new(seed, Some(10), &mut ignore);
            let found = KMeans::fit(&Params::default(), &data, &mut trial).expect("fits");
            let truth = Truth { codes: &labels.codes, classes: &labels.classes, positive: None, training: None };
            let found = Predictions::Clusters(&found.clusters);
            let scores = metric::score_all(&metrics, &found, Some(&truth), &data.views[0].values);
            for (mean, (_, score)) in means.iter_mut().zip(scores) {
                let Score::Number(value) = score else { panic!("no score") };
                *mean += value / 5.0;
            }
        }
        for ((mean, name), (want, deviation)) in
            means.iter().zip(names).zip([(0.793, 0.002), (0.739, 0.003), (0.668, 0.004)])
        {
            assert!((mean - want).abs() <= 3.0 * deviation, "{name}: {mean}, expected {want}: {means:?}");
        }
    }
}
