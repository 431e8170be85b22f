//! Groups in the plane and round ones in any space, equal in law to scikit-learn's generators.

use std::f64::consts::{PI, TAU};

use crate::dataset::synthetic::{assemble, fits, params, spec};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::rng::{Purpose, Stream};

parameters! {
    /// Parameters of `blobs`.
    pub struct Blobs {
        /// Rows in all, shared out evenly.
        rows: usize = 300, Domain::Between(1.0, 1e7);
        /// Groups.
        clusters: usize = 3, Domain::Between(1.0, 1e5);
        /// Columns.
        features: usize = 2, Domain::Between(1.0, 1e5);
        /// Standard deviation of each group in each direction.
        spread: f64 = 1.0, Domain::AtLeast(0.0);
        /// Centres are drawn uniformly from minus this to this in each direction.
        box_half_width: f64 = 10.0, Domain::AtLeast(0.0);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

parameters! {
    /// Parameters of `moons`.
    pub struct Moons {
        /// Rows in all.
        rows: usize = 300, Domain::Between(2.0, 1e7);
        /// Standard deviation of the noise.
        noise: f64 = 0.05, Domain::AtLeast(0.0);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

parameters! {
    /// Parameters of `circles`.
    pub struct Circles {
        /// Rows in all.
        rows: usize = 300, Domain::Between(2.0, 1e7);
        /// Standard deviation of the noise.
        noise: f64 = 0.05, Domain::AtLeast(0.0);
        /// Radius of the inner circle over that of the outer one.
        factor: f64 = 0.5, Domain::Between(0.0, 1.0);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

const REFERENCE: &str = "as scikit-learn's generator of this name";

/// The kind `blobs`.
pub static BLOBS: DatasetSpec =
    spec("blobs", "round Gaussian groups around random centres", REFERENCE, Blobs::specs, blobs);
/// The kind `moons`.
pub static MOONS: DatasetSpec =
    spec("moons", "two interleaving half circles in the plane", REFERENCE, Moons::specs, moons);
/// The kind `circles`.
pub static CIRCLES: DatasetSpec =
    spec("circles", "a circle within a circle in the plane", REFERENCE, Circles::specs, circles);

fn blobs(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    let p: Blobs = params(values)?;
    fits("features", p.rows.max(p.clusters), p.features)?;
    let mut stream = Stream::new(p.seed as u64, Purpose::Noise, "blobs");
    let centers: Vec<Vec<f64>> = (0..p.clusters)
        .map(|_| (0..p.features).map(|_| stream.uniform_in(-p.box_half_width, p.box_half_width)).collect())
        .collect();
    let points = (0..p.rows)
        .map(|row| {
            let class = row % p.clusters;
            (centers[class].iter().map(|c| c + p.spread * stream.normal()).collect(), class)
        })
        .collect();
    Ok(assemble(points, p.features, &mut stream))
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn evenly(i: usize, n: usize) -> f64 {
    i as f64 / n.saturating_sub(1).max(1) as f64
}

fn moons(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    let p: Moons = params(values)?;
    let mut stream = Stream::new(p.seed as u64, Purpose::Noise, "moons");
    let outer = p.rows / 2;
    let points = (0..p.rows)
        .map(|row| {
            let (point, class) = if row < outer {
                let angle = PI * evenly(row, outer);
                ([angle.cos(), angle.sin()], 0)
            } else {
                let angle = PI * evenly(row - outer, p.rows - outer);
                ([1.0 - angle.cos(), 0.5 - angle.sin()], 1)
            };
            (point.iter().map(|x| x + p.noise * stream.normal()).collect(), class)
        })
        .collect();
    Ok(assemble(points, 2, &mut stream))
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn circles(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    let p: Circles = params(values)?;
    let mut stream = Stream::new(p.seed as u64, Purpose::Noise, "circles");
    let outer = p.rows / 2;
    let points = (0..p.rows)
        .map(|row| {
            let (radius, angle, class) = if row < outer {
                (1.0, TAU * row as f64 / outer as f64, 0)
            } else {
                (p.factor, TAU * (row - outer) as f64 / (p.rows - outer) as f64, 1)
            };
            let point = [radius * angle.cos(), radius * angle.sin()];
            (point.iter().map(|x| x + p.noise * stream.normal()).collect(), class)
        })
        .collect();
    Ok(assemble(points, 2, &mut stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_numbers_than_memory_are_refused() {
        let values =
            Values::from(["rows", "features"].map(|name| (name.to_owned(), crate::value::Value::Integer(100_000))));
        let error = blobs(&values, &Places { base: "".into(), data: "".into() }).expect_err("refused");
        assert!(error.to_string().contains("10000000000 numbers"), "{error}");
    }

    #[test]
    fn moments_and_sizes() {
        let places = Places { base: "".into(), data: "".into() };
        let data = moons(&Values::new(), &places).expect("moons");
        assert_eq!((data.rows(), data.classes()), (300, Some(2)));
        let mean = data.views[0].values.mean_axis(ndarray::Axis(0)).expect("rows");
        assert!((mean[0] - 0.5).abs() < 0.05 && (mean[1] - 0.25).abs() < 0.05, "{mean}");
        let rings = circles(&Values::new(), &places).expect("circles");
        let radius = |row: ndarray::ArrayView1<f64>| row.dot(&row).sqrt();
        let mean: f64 = rings.views[0].values.rows().into_iter().map(radius).sum::<f64>() / 300.0;
        assert!((mean - 0.75).abs() < 0.02, "{mean}");
    }
}
