//! Fine-grained classes seen by an image network and a text embedding: what the two views of CUB and of Flowers are
//! like.
//!
//! Classes come in groups of five that lie near one another in a latent space. Each view maps the space linearly and
//! adds noise; the first is rectified as a network's features are, with a share of exact zeros in every column.

use ndarray::{Array2, Axis};

use crate::dataset::synthetic::{classes, fits, labels, normals, one_for_each, params, spec, wrong};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, View};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::rng::{Purpose, Stream};

/// One struct of parameters with the defaults of its set.
macro_rules! image_text {
    ($(#[$meta:meta])* $name:ident, $rows:literal, $separation:expr) => {
        parameters! {
            $(#[$meta])*
            pub struct $name {
                /// Rows in all.
                rows: usize = $rows, Domain::Between(1.0, 1e7);
                /// Classes, in groups of five that are alike; their sizes differ at random.
                clusters: usize = 50, Domain::Between(1.0, 1e5);
                /// Columns of each view.
                features: Vec<usize> = vec![1024, 1024], Domain::Between(1.0, 1e5);
                /// Latent dimension that the views share.
                latent: usize = 64, Domain::Between(1.0, 1e4);
                /// How far apart the classes lie for each view, where a class has a standard deviation of 1: the
                /// strength of the signal.
                separation: Vec<f64> = $separation, Domain::AtLeast(0.0);
                /// Share of exact zeros in each column of the first view.
                dead: f64 = 0.12, Domain::Between(0.0, 1.0);
                /// How even the class sizes are (Dirichlet).
                concentration: f64 = 200.0, Domain::Above(0.0);
                /// The data's own seed.
                seed: usize = 0, Domain::AtLeast(0.0);
            }
        }

        impl From<$name> for Law {
            fn from(p: $name) -> Law {
                let $name { rows, clusters, features, latent, separation, dead, concentration, seed } = p;
                Law { rows, clusters, features, latent, separation, dead, concentration, seed: seed as u64 }
            }
        }
    };
}

image_text!(
    /// Parameters of `cub50-like`.
    Cub50Like, 2889, vec![0.42, 0.33]
);
image_text!(
    /// Parameters of `flowers50-like`.
    Flowers50Like, 3235, vec![0.44, 0.35]
);

/// What either set is drawn from.
struct Law {
    rows: usize,
    clusters: usize,
    features: Vec<usize>,
    latent: usize,
    separation: Vec<f64>,
    dead: f64,
    concentration: f64,
    seed: u64,
}

/// The kind `cub50-like`.
pub static CUB50_LIKE: DatasetSpec = DatasetSpec {
    stands_in_for: Some("CUB: 2,889 images of 50 kinds of birds, two views of 1,024 columns"),
    ..spec(
        "cub50-like",
        "50 fine-grained classes in a view of image features and one of text",
        "made to be as hard for k-means as a cut of CUB-200-2011 (Wah et al. 2011)",
        Cub50Like::specs,
        |values: &Values, _: &Places| draw(params::<Cub50Like>(values)?.into(), "cub50-like"),
    )
};

/// The kind `flowers50-like`.
pub static FLOWERS50_LIKE: DatasetSpec = DatasetSpec {
    stands_in_for: Some("Flowers: 3,235 images of 50 kinds of flowers, two views of 1,024 columns"),
    ..spec(
        "flowers50-like",
        "50 fine-grained classes in a view of image features and one of text, a little better separated",
        "made to be as hard for k-means as a cut of Oxford Flowers 102 (Nilsback and Zisserman 2008)",
        Flowers50Like::specs,
        |values: &Values, _: &Places| draw(params::<Flowers50Like>(values)?.into(), "flowers50-like"),
    )
};

/// Classes that are alike.
const GROUP: usize = 5;
/// Weight of a group's place, and of a class's own, in the place of a class.
const GROUP_WEIGHT: f64 = 0.7;
/// Standard deviation of a column's noise.
const NOISE: f64 = 0.6;
/// Scale of the rectified features, and of the text's.
const SCALES: (f64, f64) = (0.45, 0.12);

fn draw(law: Law, key: &str) -> Result<Dataset, DatasetError> {
    if law.features.is_empty() {
        return Err(wrong("features", "there is no view"));
    }
    one_for_each("separation", law.separation.len(), law.features.len(), "views")?;
    let columns = law.features.iter().fold(law.latent, |sum, n| sum.saturating_add(*n));
    fits("features", law.rows.max(law.latent).max(law.clusters), columns)?;
    let mut stream = Stream::new(law.seed, Purpose::Noise, key);
    let codes = classes(law.rows, law.clusters, law.concentration, &mut stream)?;
    let groups = normals(law.clusters.div_ceil(GROUP), law.latent, &mut stream);
    let group_of: Vec<usize> = (0..law.clusters).map(|class| class / GROUP).collect();
    let centers = (groups.select(Axis(0), &group_of) + normals(law.clusters, law.latent, &mut stream)) * GROUP_WEIGHT;
    let views = law.features.iter().zip(&law.separation).enumerate().map(|(i, (&features, &separation))| {
        let name = if i == 0 { "image".to_owned() } else { format!("text{i}") };
        let mut stream = Stream::new(law.seed, Purpose::Noise, &format!("{key}.{name}"));
        let mut values = seen(&centers, &codes, separation, features, &mut stream);
        if i == 0 {
            rectify(&mut values, law.dead);
        } else {
            values *= SCALES.1;
        }
        View::numbered(name, values)
    });
    Ok(Dataset::new(views.collect(), Some(labels(codes, law.clusters))))
}

/// A linear map of the latent places, with noise.
#[expect(clippy::cast_precision_loss, reason = "a count of dimensions")]
fn seen(centers: &Array2<f64>, codes: &[usize], separation: f64, features: usize, stream: &mut Stream) -> Array2<f64> {
    let latent = centers.ncols();
    let mut places = centers.select(Axis(0), codes) * separation;
    places.mapv_inplace(|x| x + stream.normal());
    let weights = normals(latent, features, stream) / (latent as f64).sqrt();
    let mut values = places.dot(&weights);
    values.mapv_inplace(|x| x + NOISE * stream.normal());
    values
}

/// Moves each column so that `dead` of it fall below 0, and cuts it there.
fn rectify(values: &mut Array2<f64>, dead: f64) {
    for mut column in values.columns_mut() {
        let threshold = quantile(column.to_vec(), dead);
        column.mapv_inplace(|x| (x - threshold).max(0.0) * SCALES.0);
    }
}

/// By linear interpolation between the sorted values, as NumPy does; `values` is not empty.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    let place = share * values.len().saturating_sub(1) as f64;
    let (_, low, above) = values.select_nth_unstable_by(place as usize, f64::total_cmp);
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    let part = place.fract();
    if part > 0.0 { *low + part * (high - *low) } else { *low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let values = vec![4.0, 1.0, 3.0, 2.0];
        assert_eq!(quantile(values.clone(), 0.0), 1.0);
        assert_eq!(quantile(values.clone(), 0.5), 2.5);
        assert_eq!(quantile(values, 1.0), 4.0);
    }
}
