//! Shapes in the plane that k-means cannot tell apart and spectral clustering can.

use std::f64::consts::{PI, TAU};

use crate::dataset::synthetic::{assemble, fits, one_for_each, params, spec, wrong};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::rng::{Purpose, Stream};

parameters! {
    /// Parameters of `rings`.
    pub struct Rings {
        /// Rows of each ring.
        rows: Vec<usize> = vec![300, 300], Domain::Between(1.0, 1e7);
        /// Radius of each ring.
        radii: Vec<f64> = vec![1.0, 2.0], Domain::AtLeast(0.0);
        /// Standard deviation of the radius.
        noise: f64 = 0.06, Domain::AtLeast(0.0);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

parameters! {
    /// Parameters of `parabolas`.
    pub struct Parabolas {
        /// Rows of each of the two.
        rows: Vec<usize> = vec![300, 300], Domain::Between(1.0, 1e7);
        /// Below 0 they cross, above they lie apart.
        gap: f64 = -0.35, Domain::Any;
        /// Standard deviation of the noise in each direction.
        noise: f64 = 0.05, Domain::AtLeast(0.0);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

parameters! {
    /// Parameters of `irregular`.
    pub struct Irregular {
        /// Rows of the arc, the bar and the blob.
        rows: Vec<usize> = vec![200, 250, 150], Domain::Between(1.0, 1e7);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

const REFERENCE: &str = "drawn after the figures of papers on adaptive spectral clustering, which print no numbers";

/// The kind `rings`.
pub static RINGS: DatasetSpec = spec("rings", "noisy rings around one another", REFERENCE, Rings::specs, rings);
/// The kind `parabolas`.
pub static PARABOLAS: DatasetSpec =
    spec("parabolas", "two parabolas, open to either side, that cross", REFERENCE, Parabolas::specs, parabolas);
/// The kind `irregular`.
pub static IRREGULAR: DatasetSpec =
    spec("irregular", "an arc, a bar and a blob", REFERENCE, Irregular::specs, irregular);

fn all(rows: &[usize]) -> Result<(), DatasetError> {
    fits("rows", rows.iter().fold(0, |sum: usize, n| sum.saturating_add(*n)), 2)
}

fn rings(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    let p: Rings = params(values)?;
    if p.rows.is_empty() {
        return Err(wrong("rows", "there is no ring"));
    }
    one_for_each("radii", p.radii.len(), p.rows.len(), "rings")?;
    all(&p.rows)?;
    let mut stream = Stream::new(p.seed as u64, Purpose::Noise, "rings");
    let mut points = Vec::new();
    for (class, (&rows, radius)) in p.rows.iter().zip(&p.radii).enumerate() {
        for _ in 0..rows {
            let angle = stream.uniform_in(0.0, TAU);
            let radius = radius + p.noise * stream.normal();
            points.push((vec![radius * angle.cos(), radius * angle.sin()], class));
        }
    }
    Ok(assemble(points, 2, &mut stream))
}

/// y = x² and y = 0.75 - gap - (x - 0.5)².
fn parabolas(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    let p: Parabolas = params(values)?;
    one_for_each("rows", p.rows.len(), 2, "parabolas")?;
    all(&p.rows)?;
    let mut stream = Stream::new(p.seed as u64, Purpose::Noise, "parabolas");
    let mut points = Vec::new();
    for (class, &rows) in p.rows.iter().enumerate() {
        for _ in 0..rows {
            let x = stream.uniform_in(-1.0, 1.0);
            let [x, y] = if class == 0 { [x, x * x] } else { [x + 0.5, 0.75 - p.gap - x * x] };
            points.push((vec![x + p.noise * stream.normal(), y + p.noise * stream.normal()], class));
        }
    }
    Ok(assemble(points, 2, &mut stream))
}

fn irregular(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    const NOISE: f64 = 0.08;
    const BLOB: f64 = 0.22;
    let p: Irregular = params(values)?;
    one_for_each("rows", p.rows.len(), 3, "shapes")?;
    all(&p.rows)?;
    let mut stream = Stream::new(p.seed as u64, Purpose::Noise, "irregular");
    let mut points = Vec::new();
    for (class, &rows) in p.rows.iter().enumerate() {
        for _ in 0..rows {
            let ([x, y], noise) = match class {
                0 => {
                    let angle = stream.uniform_in(0.0, PI);
                    ([2.0 * angle.cos(), 2.0 * angle.sin()], NOISE)
                }
                1 => ([stream.uniform_in(-2.2, 2.2), -1.0], NOISE),
                _ => ([0.0, 0.35], BLOB),
            };
            points.push((vec![x + noise * stream.normal(), y + noise * stream.normal()], class));
        }
    }
    Ok(assemble(points, 2, &mut stream))
}
