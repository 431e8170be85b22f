//! Outliers put into a data set: uniform in the box around it, well away from every row.

use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate, s};

use crate::dataset::{Aside, Dataset, Documents, Labels, View};
use crate::rng::{Purpose, Stream};

/// How much the box grows on each side, as a share of its width.
const GROWTH: f64 = 0.3;
/// How far away an outlier lies at least, in median distances of a row to its neighbour of rank [`NEIGHBOUR`].
const MARGIN: f64 = 3.0;
/// The fifth nearest.
const NEIGHBOUR: usize = 5;
/// Draws for each outlier, on average, before the data are said to leave no room.
const MOST_DRAWS: usize = 10_000;

/// The rows of `data` and `rate` times as many outliers, in random order. The labels become `outlier`: 0 for a row that
/// was there, 1 for one that was put in; what the rows were labelled before is gone. Several views are taken side by
/// side. Columns that are no features, and documents, are empty for an outlier.
///
/// # Errors
/// A view has missing cells or nominal columns, there are no views, too few rows, or no room for outliers.
pub fn inject_outliers(data: &Dataset, rate: f64, seed: u64) -> Result<Dataset, String> {
    let clean = data.joined();
    if data.views.iter().any(|view| view.missing() > 0) {
        return Err("outliers cannot be put among rows with missing values".to_owned());
    }
    if data.views.iter().any(|view| view.nominal() > 0) {
        return Err("outliers cannot be put among nominal columns".to_owned());
    }
    if clean.nrows() <= NEIGHBOUR || clean.ncols() == 0 {
        return Err(format!("outliers need more than {NEIGHBOUR} rows of numbers to lie away from"));
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count of rows"
    )]
    let count = (rate.max(0.0) * clean.nrows() as f64).round_ties_even() as usize;
    let mut stream = Stream::new(seed, Purpose::Noise, "outliers");
    let outliers = away_from(&clean, count, &mut stream)?;
    let order = stream.permutation(clean.nrows() + count);
    Ok(appended(data, &outliers).take(&order))
}

/// `[count, columns]`.
fn away_from(clean: &Array2<f64>, count: usize, stream: &mut Stream) -> Result<Array2<f64>, String> {
    let low = clean.fold_axis(Axis(0), f64::INFINITY, |low, x| low.min(*x));
    let high = clean.fold_axis(Axis(0), f64::NEG_INFINITY, |high, x| high.max(*x));
    let growth = (&high - &low) * GROWTH;
    let (low, high) = (&low - &growth, &high + &growth);
    let near = (MARGIN * median_neighbour_distance(clean)).powi(2);
    let mut outliers = Array2::zeros((count, clean.ncols()));
    let mut draws = count.saturating_mul(MOST_DRAWS);
    for mut row in outliers.rows_mut() {
        loop {
            if draws == 0 {
                return Err("the rows fill their box: there is no room for outliers".to_owned());
            }
            draws -= 1;
            let point: Array1<f64> = low.iter().zip(&high).map(|(low, high)| stream.uniform_in(*low, *high)).collect();
            if clean.rows().into_iter().all(|other| square_distance(point.view(), other) > near) {
                row.assign(&point);
                break;
            }
        }
    }
    Ok(outliers)
}

/// The median over all rows of the distance to the neighbour of rank [`NEIGHBOUR`].
fn median_neighbour_distance(clean: &Array2<f64>) -> f64 {
    let mut squares: Vec<f64> = clean
        .rows()
        .into_iter()
        .map(|row| {
            let mut squares: Vec<f64> = clean.rows().into_iter().map(|other| square_distance(row, other)).collect();
            // The row itself is the nearest, at 0.
            *squares.select_nth_unstable_by(NEIGHBOUR, f64::total_cmp).1
        })
        .collect();
    squares.sort_by(f64::total_cmp);
    let middle = squares.len() / 2;
    if squares.len() % 2 == 1 {
        squares[middle].sqrt()
    } else {
        f64::midpoint(squares[middle - 1].sqrt(), squares[middle].sqrt())
    }
}

fn square_distance(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The outliers behind the rows.
fn appended(data: &Dataset, outliers: &Array2<f64>) -> Dataset {
    let count = outliers.nrows();
    let longer = |cells: &[String]| cells.iter().cloned().chain(vec![String::new(); count]).collect();
    let mut from = 0;
    let views = data.views.iter().map(|view| {
        let part = outliers.slice(s![.., from..from + view.values.ncols()]);
        from += view.values.ncols();
        let values = concatenate(Axis(0), &[view.values.view(), part]).unwrap_or_default();
        View { values, ..view.clone() }
    });
    let codes = [vec![0; data.rows()], vec![1; count]].concat();
    let aside = |column: &Aside| Aside { name: column.name.clone(), cells: longer(&column.cells) };
    Dataset {
        views: views.collect(),
        labels: Some(Labels { name: "outlier".to_owned(), classes: vec!["0".to_owned(), "1".to_owned()], codes }),
        aside: data.aside.iter().map(aside).collect(),
        documents: data
            .documents
            .as_ref()
            .map(|documents| Documents { name: documents.name.clone(), texts: longer(&documents.texts) }),
        weights: None,
    }
}
