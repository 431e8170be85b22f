//! Data and trials to fit on.

use gridbook::dataset::{Dataset, View};
use gridbook::model::context::CurvePoint;
use gridbook::model::{Clusterer, Clustering, FitError, TrialContext};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::prepare;
use ndarray::Array2;

/// One view.
pub fn dataset(values: Array2<f64>) -> Dataset {
    Dataset::new(vec![View::numbered("x", values)], None)
}

/// Three round groups of 40 rows in 8 columns, mean of squares about 1.
pub fn blobs() -> Dataset {
    let mut stream = Stream::new(0, Purpose::Noise, "blobs");
    let centers = Array2::from_shape_simple_fn((3, 8), || stream.normal());
    dataset(Array2::from_shape_fn((120, 8), |(i, j)| centers[(i % 3, j)] + 0.3 * stream.normal()))
}

/// Everything that a fit leaves behind that a result block is made from, as text with all bits.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    pub clusters: Vec<usize>,
    pub curves: Vec<String>,
    pub counts: String,
    pub notes: Vec<String>,
}

impl Outcome {
    /// The curves of one phase.
    pub fn phase(&self, phase: &str) -> Vec<&String> {
        self.curves.iter().filter(|point| point.starts_with(phase)).collect()
    }
}

/// Fits a model under a seed.
pub fn fit<M: Clusterer>(params: &M::Params, data: &Dataset, seed: u64) -> Result<Outcome, FitError> {
    let mut silent = |_| ();
    let mut trial = TrialContext::new(seed, None, &mut silent);
    let Clustering { clusters } = M::fit(params, data, &mut trial)?;
    let line = |p: &CurvePoint| format!("{} {} {} {:016x}", p.phase, p.name, p.step, p.value.to_bits());
    Ok(Outcome {
        clusters,
        curves: trial.curves.iter().map(line).collect(),
        counts: format!("{:?}", trial.counts),
        notes: trial.notes,
    })
}

/// A context whose progress nobody hears, for code below the models.
pub fn with_trial<T>(body: impl FnOnce(&mut TrialContext) -> T) -> T {
    prepare().expect("this machine runs libtorch");
    let mut silent = |_| ();
    body(&mut TrialContext::new(0, None, &mut silent))
}
