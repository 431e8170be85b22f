//! Distances between rows: every column of numbers scaled to 0..1 over the training rows, a nominal column counts 1
//! where the words differ.

use ndarray::ArrayView2;

use crate::dataset::Column;

/// Numbers of a row that are compared at a time.
const LANES: usize = 4;

/// Where rows lie as points: the columns of numbers first, filled up with zeros to whole lanes, then the nominal ones.
#[derive(Clone, Debug)]
pub struct Space {
    numeric: Vec<Scaled>,
    nominal: Vec<usize>,
    /// The numbers of a point, a multiple of [`LANES`].
    numbers: usize,
}

/// A column of numbers.
#[derive(Clone, Copy, Debug)]
struct Scaled {
    column: usize,
    low: f64,
    range: f64,
}

impl Space {
    /// The ranges of `rows`, `[rows, columns]`.
    pub fn of(columns: &[Column], rows: ArrayView2<f64>) -> Self {
        let (nominal, numeric): (Vec<usize>, Vec<usize>) =
            (0..columns.len()).partition(|at| columns[*at].words.is_some());
        let numeric: Vec<Scaled> = numeric
            .into_iter()
            .map(|column| {
                // `min` and `max` pass over NaN.
                let low = rows.column(column).iter().copied().fold(f64::INFINITY, f64::min);
                let high = rows.column(column).iter().copied().fold(f64::NEG_INFINITY, f64::max);
                Scaled { column, low, range: (high - low).max(0.0) }
            })
            .collect();
        let numbers = numeric.len().div_ceil(LANES) * LANES;
        Space { numeric, nominal, numbers }
    }

    /// The length of a point; at least 1.
    pub fn width(&self) -> usize {
        (self.numbers + self.nominal.len()).max(1)
    }

    /// The points of rows, one after the other.
    pub fn points(&self, rows: ArrayView2<f64>) -> Vec<f64> {
        let mut points = vec![0.0; rows.nrows() * self.width()];
        for (row, point) in rows.rows().into_iter().zip(points.chunks_exact_mut(self.width())) {
            for (scaled, cell) in self.numeric.iter().zip(point.iter_mut()) {
                *cell = scaled.of(row[scaled.column]);
            }
            for (column, cell) in self.nominal.iter().zip(point.iter_mut().skip(self.numbers)) {
                *cell = row[*column];
            }
        }
        points
    }

    /// The squared distance of two points.
    pub fn distance(&self, a: &[f64], b: &[f64]) -> f64 {
        let (a, a_words) = a.split_at(self.numbers);
        let (b, b_words) = b.split_at(self.numbers);
        let mut lanes = [0.0; LANES];
        for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
            for lane in 0..LANES {
                let apart = a[lane] - b[lane];
                lanes[lane] += apart * apart;
            }
        }
        let numbers = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        let numbers = if numbers.is_nan() { with_missing(a, b) } else { numbers };
        // A missing word differs from all.
        a_words.iter().zip(b_words).fold(numbers, |sum, (a, b)| if a == b { sum } else { sum + 1.0 })
    }
}

impl Scaled {
    /// A constant column separates nothing, and one without values neither.
    fn of(self, value: f64) -> f64 {
        if value.is_nan() {
            f64::NAN
        } else if self.range > 0.0 {
            (value - self.low) / self.range
        } else {
            0.0
        }
    }
}

/// A missing number is as far away as it can be: 1 from another missing one, else the longer way to an end of the range.
fn with_missing(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| {
            let apart = match (a.is_nan(), b.is_nan()) {
                (true, true) => 1.0,
                (true, false) => b.max(1.0 - b),
                (false, true) => a.max(1.0 - a),
                (false, false) => a - b,
            };
            apart * apart
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn numbers_are_scaled_words_count_one_and_missing_is_far() {
        let words: Vec<String> = ["x", "y"].map(str::to_owned).to_vec();
        let columns = [Column::nominal("w", words), Column::numeric("a"), Column::numeric("constant")];
        let nan = f64::NAN;
        let rows = array![[0.0, 10.0, 7.0], [1.0, 20.0, 7.0], [nan, 12.5, 7.0], [nan, nan, 7.0]];
        let space = Space::of(&columns, rows.view());
        let points = space.points(rows.view());
        let distance = |a: usize, b: usize| {
            let point = |row: usize| &points[row * space.width()..][..space.width()];
            space.distance(point(a), point(b))
        };
        assert_eq!(distance(0, 0), 0.0);
        assert_eq!(distance(0, 1), 2.0);
        assert_eq!(distance(0, 2), 1.0 + 0.0625);
        assert_eq!(distance(2, 3), 1.0 + 0.5625);
        assert_eq!(distance(3, 3), 2.0);
    }
}
