//! Cut points by entropy, accepted by description length (Fayyad and Irani 1993), with Weka's count of candidates.

use crate::weka::number::n_log_n;
use crate::weka::order::known;

/// Which boundaries are counted as candidates, of which the choice of one costs log2 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Every pair of neighbouring rows: Weka's default.
    Rows,
    /// Every pair of neighbouring distinct values: Weka's "better encoding", which CFS uses.
    Distinct,
}

/// The cut points of one column, ascending: a value belongs to the first interval whose cut is at least as large. Empty
/// where no cut pays. `values` may be missing (NaN); `codes` are the classes of the same rows, below `classes`.
pub fn cuts(values: &[f64], codes: &[usize], weights: &[f64], classes: usize, encoding: Encoding) -> Vec<f64> {
    Cutter::new(codes, weights, classes, encoding).cuts(values.iter().copied())
}

/// Cuts one column after another of the same rows.
pub struct Cutter<'a> {
    codes: &'a [usize],
    weights: &'a [f64],
    classes: usize,
    encoding: Encoding,
    /// n ln n of every count, where all rows weigh 1; none where they do not.
    logs: Option<Vec<f64>>,
}

/// The interval of a value: how many cuts lie below it.
pub fn interval(cuts: &[f64], value: f64) -> usize {
    cuts.partition_point(|cut| *cut < value)
}

#[derive(Clone, Copy)]
struct Row {
    value: f64,
    code: usize,
    weight: f64,
}

impl<'a> Cutter<'a> {
    /// `codes` are classes below `classes`.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    pub fn new(codes: &'a [usize], weights: &'a [f64], classes: usize, encoding: Encoding) -> Self {
        let whole = weights.iter().all(|weight| *weight == 1.0);
        let logs = whole.then(|| (0..=codes.len()).map(|n| n_log_n(n as f64)).collect());
        Cutter { codes, weights, classes, encoding, logs }
    }

    /// The same as [`cuts`].
    pub fn cuts(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let row = |(value, row): (f64, usize)| Row { value, code: self.codes[row], weight: self.weights[row] };
        let rows: Vec<Row> = known(values.take(self.codes.len())).into_iter().map(row).collect();
        let mut cuts = Vec::new();
        self.divide(&rows, &mut cuts);
        cuts
    }

    fn divide(&self, rows: &[Row], cuts: &mut Vec<f64>) {
        if let Some((at, cut)) = self.best(rows) {
            self.divide(&rows[..at], cuts);
            cuts.push(cut);
            self.divide(&rows[at..], cuts);
        }
    }

    /// The first row right of the best cut, and the cut; none where it does not pay.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn best(&self, rows: &[Row]) -> Option<(usize, f64)> {
        if rows.len() < 2 {
            return None;
        }
        let whole = counts(rows, self.classes);
        let before = entropy(&whole);
        let mut least = Least { bits: before, at: None, candidates: 0 };
        match &self.logs {
            Some(logs) => scan_whole(rows, self.classes, logs, &mut least),
            None => scan(rows, &whole, &mut least),
        }
        let at = least.at?;
        let gain = before - least.bits;
        if gain <= 0.0 {
            return None;
        }
        let candidates = match self.encoding {
            Encoding::Rows => (rows.len() - 1) as f64,
            Encoding::Distinct => least.candidates as f64,
        };
        let (left, right) = (counts(&rows[..at], self.classes), counts(&rows[at..], self.classes));
        let present = |counts: &[f64]| counts.iter().filter(|count| **count > 0.0).count() as f64;
        let (k, kl, kr) = (present(&whole), present(&left), present(&right));
        let delta = (3_f64.powf(k) - 2.0).log2() - (k * before - kr * entropy(&right) - kl * entropy(&left));
        let paid = (candidates.log2() + delta) / whole.iter().sum::<f64>();
        (gain > paid).then(|| (at, f64::midpoint(rows[at - 1].value, rows[at].value)))
    }
}

/// The boundary that leaves the fewest bits, so far.
struct Least {
    bits: f64,
    /// The first row right of it.
    at: Option<usize>,
    /// How many boundaries were seen.
    candidates: usize,
}

impl Least {
    fn see(&mut self, at: usize, bits: f64) {
        self.candidates += 1;
        if bits < self.bits {
            self.bits = bits;
            self.at = Some(at);
        }
    }
}

fn scan(rows: &[Row], whole: &[f64], least: &mut Least) {
    let mut right = whole.to_vec();
    let mut left = vec![0.0; whole.len()];
    for at in 1..rows.len() {
        let row = rows[at - 1];
        left[row.code] += row.weight;
        right[row.code] -= row.weight;
        if row.value < rows[at].value {
            least.see(at, conditional(&left, &right));
        }
    }
}

/// How many rows of a class lie on each side, with n ln n of both.
#[derive(Clone, Copy, Default)]
struct Sides {
    left: usize,
    right: usize,
    left_bits: f64,
    right_bits: f64,
}

/// The same for rows that weigh 1, whose n ln n are looked up: the same sums in the same order.
#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
fn scan_whole(rows: &[Row], classes: usize, logs: &[f64], least: &mut Least) {
    let mut sides = vec![Sides::default(); classes];
    rows.iter().for_each(|row| sides[row.code].right += 1);
    sides.iter_mut().for_each(|side| side.right_bits = logs[side.right]);
    let scale = rows.len() as f64 * std::f64::consts::LN_2;
    for (at, pair) in (1..).zip(rows.windows(2)) {
        let side = &mut sides[pair[0].code];
        side.left += 1;
        side.right -= 1;
        side.left_bits = logs[side.left];
        side.right_bits = logs[side.right];
        if pair[0].value < pair[1].value {
            let left = sides.iter().fold(0.0, |bits, side| bits + side.left_bits) - logs[at];
            let both = sides.iter().fold(left, |bits, side| bits + side.right_bits) - logs[rows.len() - at];
            least.see(at, -both / scale);
        }
    }
}

fn counts(rows: &[Row], classes: usize) -> Vec<f64> {
    let mut counts = vec![0.0; classes];
    rows.iter().for_each(|row| counts[row.code] += row.weight);
    counts
}

/// Bits of a class, in sums of n ln n.
fn entropy(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    (n_log_n(total) - counts.iter().map(|n| n_log_n(*n)).sum::<f64>()) / (total * std::f64::consts::LN_2)
}

/// Bits of a class where the side is known.
fn conditional(left: &[f64], right: &[f64]) -> f64 {
    let (mut bits, mut total) = (0.0, 0.0);
    for side in [left, right] {
        let mut rows = 0.0;
        for n in side {
            bits += n_log_n(*n);
            rows += n;
        }
        bits -= n_log_n(rows);
        total += rows;
    }
    if total <= 0.0 { 0.0 } else { -bits / (total * std::f64::consts::LN_2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_boundary_is_cut_and_noise_is_not() {
        let values: Vec<f64> = (0..40).map(f64::from).collect();
        let codes: Vec<usize> = (0..40).map(|row| usize::from(row >= 20)).collect();
        let weights = vec![1.0; 40];
        assert_eq!(cuts(&values, &codes, &weights, 2, Encoding::Rows), [19.5]);
        // Looked up, or computed where not every row weighs 1.
        assert_eq!(cuts(&values, &codes, &[2.0; 40], 2, Encoding::Rows), [19.5]);
        let noise: Vec<usize> = (0..40).map(|row| row % 2).collect();
        assert!(cuts(&values, &noise, &weights, 2, Encoding::Distinct).is_empty());
        assert_eq!((interval(&[19.5], 19.5), interval(&[19.5], 19.6), interval(&[], 3.0)), (0, 1, 0));
    }
}
