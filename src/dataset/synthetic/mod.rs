//! Made-up sets with known groups. Their seed belongs to the data, not to the trial: all models of a study see the same
//! rows. Each is equal in law to what it names as its reference, not in bytes.

mod image_text;
pub mod outliers;
mod panel;
mod planar;
mod shapes;
#[cfg(test)]
mod tests;
mod visual_words;

use ndarray::Array2;

use crate::dataset::{Dataset, DatasetError, DatasetSpec, Labels, Places, View};
use crate::parameter::{Parameters, Values};
use crate::rng::Stream;

pub use image_text::{CUB50_LIKE, FLOWERS50_LIKE};
pub use panel::DISTRESS_PANEL;
pub use planar::{BLOBS, CIRCLES, MOONS};
pub use shapes::{IRREGULAR, PARABOLAS, RINGS};
pub use visual_words::AWA_LIKE;

/// A kind whose parameters alone decide the content.
const fn spec(
    kind: &'static str,
    about: &'static str,
    reference: &'static str,
    parameters: fn() -> Vec<crate::parameter::ParameterSpec>,
    load: fn(&Values, &Places) -> Result<Dataset, DatasetError>,
) -> DatasetSpec {
    DatasetSpec {
        kind,
        about,
        reference,
        stands_in_for: None,
        revision: 1,
        parameters,
        locations: &[],
        checksum: |_: &Values, _: &Places| Ok(None),
        load,
    }
}

fn params<P: Parameters>(values: &Values) -> Result<P, DatasetError> {
    P::from_values(values).map_err(|(key, message)| DatasetError::Parameter { key, message, suggestion: None })
}

fn wrong(key: &str, message: impl Into<String>) -> DatasetError {
    DatasetError::Parameter { key: key.to_owned(), message: message.into(), suggestion: None }
}

/// Numbers a made-up set may have: 4 GiB of them.
const MOST_CELLS: usize = 1 << 29;

/// Whether so many numbers are made; `key` is the parameter to blame.
fn fits(key: &str, rows: usize, columns: usize) -> Result<(), DatasetError> {
    let cells = rows.saturating_mul(columns);
    if cells <= MOST_CELLS {
        return Ok(());
    }
    Err(wrong(key, format!("{cells} numbers do not fit into memory; at most {MOST_CELLS} are made")))
}

/// Whether a list has one item for each of `wanted` things.
fn one_for_each(key: &str, found: usize, wanted: usize, things: &str) -> Result<(), DatasetError> {
    if found == wanted {
        return Ok(());
    }
    Err(wrong(key, format!("`{key}` has {found} numbers; there are {wanted} {things}")))
}

/// Rows in random order, so that the order says nothing about the groups.
fn assemble(mut points: Vec<(Vec<f64>, usize)>, columns: usize, stream: &mut Stream) -> Dataset {
    stream.shuffle(&mut points);
    let codes: Vec<String> = points.iter().map(|(_, class)| class.to_string()).collect();
    let mut values = Array2::zeros((points.len(), columns));
    for (mut row, (point, _)) in values.rows_mut().into_iter().zip(&points) {
        row.iter_mut().zip(point).for_each(|(cell, x)| *cell = *x);
    }
    Dataset::new(vec![View::numbered("x", values)], Some(Labels::of("group", &codes)))
}

/// The class of each row in random order, sizes drawn from a Dirichlet law with this concentration; each has a row.
fn classes(rows: usize, clusters: usize, concentration: f64, stream: &mut Stream) -> Result<Vec<usize>, DatasetError> {
    if clusters > rows {
        return Err(wrong("clusters", format!("{clusters} clusters are more than the {rows} rows")));
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shares of a count of rows"
    )]
    let mut sizes: Vec<usize> = stream
        .dirichlet(concentration, clusters)
        .into_iter()
        .map(|share| ((share * rows as f64).round_ties_even() as usize).max(1))
        .collect();
    // What rounding left over is the last one's; what it took too much comes from the largest.
    let sum: usize = sizes.iter().sum();
    if let Some(last) = sizes.last_mut() {
        let wanted = (*last + rows).saturating_sub(sum).max(1);
        *last = wanted;
    }
    while sizes.iter().sum::<usize>() > rows {
        if let Some(largest) = sizes.iter_mut().max() {
            *largest -= 1;
        }
    }
    let mut codes: Vec<usize> = sizes.iter().enumerate().flat_map(|(class, size)| vec![class; *size]).collect();
    stream.shuffle(&mut codes);
    Ok(codes)
}

/// The classes by number.
fn labels(codes: Vec<usize>, clusters: usize) -> Labels {
    Labels { name: "class".to_owned(), classes: (0..clusters).map(|class| class.to_string()).collect(), codes }
}

/// Standard normals.
fn normals(rows: usize, columns: usize, stream: &mut Stream) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || stream.normal())
}
