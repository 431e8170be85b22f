//! Histograms of visual words of ten kinds of animals, weakly separated: what AwA's three views are like.
//!
//! A row has a place in a latent space, normal around its class; a view adds nuisance factors of its own. Both are
//! mapped linearly to the logarithms of the words' rates, the words are counted (Poisson), a row's counts sum to 1.

use ndarray::{Array2, Axis, concatenate, s};

use crate::dataset::synthetic::{classes, fits, labels, normals, one_for_each, params, spec, wrong};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, View};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::rng::{Purpose, Stream};

parameters! {
    /// Parameters of `awa-like`.
    pub struct AwaLike {
        /// Rows in all.
        rows: usize = 5814, Domain::Between(1.0, 1e7);
        /// Classes; their sizes differ at random.
        clusters: usize = 10, Domain::Between(1.0, 1e5);
        /// Visual words of each view.
        features: Vec<usize> = vec![2000, 2000, 2000], Domain::Between(1.0, 1e5);
        /// Words that an image has on average, for each view.
        words: Vec<usize> = vec![900, 900, 900], Domain::Between(1.0, 1e6);
        /// Latent dimension that the views share.
        latent: usize = 12, Domain::Between(1.0, 1e4);
        /// Standard deviation of the class means in the latent space, where a class has 1: the strength of the signal.
        separation: f64 = 0.27, Domain::Between(0.0, 1e6);
        /// Strength of the factors that each view has alone.
        noise: f64 = 1.0, Domain::Between(0.0, 1e6);
        /// How even the class sizes are (Dirichlet).
        concentration: f64 = 60.0, Domain::Above(0.0);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

/// The kind.
pub static AWA_LIKE: DatasetSpec = DatasetSpec {
    stands_in_for: Some("AwA, Animals with Attributes: 5,814 images of ten classes, three views of visual words"),
    ..spec(
        "awa-like",
        "weakly separated classes in three views of visual-word histograms",
        "made to be as hard for k-means as the ten-class cut of AwA (Lampert et al. 2009)",
        AwaLike::specs,
        load,
    )
};

/// Factors that a view has alone.
const NUISANCE: usize = 8;
/// Standard deviation of a factor's weight on a word.
const WEIGHT: f64 = 0.25;
/// Standard deviation of the words' logarithmic rates over the vocabulary.
const POPULARITY: f64 = 0.9;

fn load(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    let p: AwaLike = params(values)?;
    if p.features.is_empty() {
        return Err(wrong("features", "there is no view"));
    }
    one_for_each("words", p.words.len(), p.features.len(), "views")?;
    let columns = p.features.iter().fold(p.latent, |sum, n| sum.saturating_add(*n));
    fits("features", p.rows.max(p.latent).max(p.clusters), columns)?;
    let seed = p.seed as u64;
    let mut stream = Stream::new(seed, Purpose::Noise, "awa-like");
    let codes = classes(p.rows, p.clusters, p.concentration, &mut stream)?;
    let centers = normals(p.clusters, p.latent, &mut stream) * p.separation;
    let latent = centers.select(Axis(0), &codes) + normals(p.rows, p.latent, &mut stream);
    let views = p.features.iter().zip(&p.words).enumerate().map(|(i, (&features, &words))| {
        let name = format!("words{i}");
        let mut stream = Stream::new(seed, Purpose::Noise, &format!("awa-like.{name}"));
        View::numbered(name, histograms(&latent, features, words, p.noise, &mut stream))
    });
    Ok(Dataset::new(views.collect(), Some(labels(codes, p.clusters))))
}

/// `[rows, features]`, each row summing to 1.
#[expect(clippy::cast_precision_loss, reason = "a count of words")]
fn histograms(latent: &Array2<f64>, features: usize, words: usize, noise: f64, stream: &mut Stream) -> Array2<f64> {
    let (rows, shared) = latent.dim();
    let mut weights = normals(shared + NUISANCE, features, stream) * WEIGHT;
    weights.slice_mut(s![shared.., ..]).mapv_inplace(|weight| weight * noise);
    let popularity: Vec<f64> = (0..features).map(|_| POPULARITY * stream.normal()).collect();
    let nuisance = normals(rows, NUISANCE, stream);
    let factors = concatenate(Axis(1), &[latent.view(), nuisance.view()]).unwrap_or_default();
    let mut table = factors.dot(&weights);
    for mut row in table.rows_mut() {
        row.iter_mut().zip(&popularity).for_each(|(rate, popularity)| *rate += popularity);
        let highest = row.fold(f64::NEG_INFINITY, |high, rate| high.max(*rate));
        row.mapv_inplace(|rate| (rate - highest).exp());
        let scale = words as f64 / row.sum();
        row.mapv_inplace(|rate| stream.poisson(rate * scale));
        let count = row.sum().max(1.0);
        row.mapv_inplace(|n| n / count);
    }
    table
}
