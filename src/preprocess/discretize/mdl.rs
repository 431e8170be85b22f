//! Cut points by entropy, accepted by description length (Fayyad and Irani 1993), with Weka's count of candidates.

use crate::weka::number::n_log_n;

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
    let mut rows: Vec<Row> = values
        .iter()
        .zip(codes.iter().zip(weights))
        .filter(|(value, _)| !value.is_nan())
        .map(|(value, (code, weight))| Row { value: *value, code: *code, weight: *weight })
        .collect();
    rows.sort_by(|a, b| a.value.total_cmp(&b.value));
    let mut cuts = Vec::new();
    divide(&rows, classes, encoding, &mut cuts);
    cuts
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

fn divide(rows: &[Row], classes: usize, encoding: Encoding, cuts: &mut Vec<f64>) {
    if let Some((at, cut)) = best(rows, classes, encoding) {
        divide(&rows[..at], classes, encoding, cuts);
        cuts.push(cut);
        divide(&rows[at..], classes, encoding, cuts);
    }
}

/// The first row right of the best cut, and the cut; none where it does not pay.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn best(rows: &[Row], classes: usize, encoding: Encoding) -> Option<(usize, f64)> {
    if rows.len() < 2 {
        return None;
    }
    let mut right = counts(rows, classes);
    let mut left = vec![0.0; classes];
    let whole = right.clone();
    let before = entropy(&whole);
    let (mut least, mut found, mut candidates) = (before, None, 0_usize);
    for at in 1..rows.len() {
        let row = rows[at - 1];
        left[row.code] += row.weight;
        right[row.code] -= row.weight;
        if row.value < rows[at].value {
            candidates += 1;
            let after = conditional(&left, &right);
            if after < least {
                least = after;
                found = Some(at);
            }
        }
    }
    let at = found?;
    let gain = before - least;
    if gain <= 0.0 {
        return None;
    }
    let candidates = match encoding {
        Encoding::Rows => (rows.len() - 1) as f64,
        Encoding::Distinct => candidates as f64,
    };
    let (left, right) = (counts(&rows[..at], classes), counts(&rows[at..], classes));
    let present = |counts: &[f64]| counts.iter().filter(|count| **count > 0.0).count() as f64;
    let (k, kl, kr) = (present(&whole), present(&left), present(&right));
    let delta = (3_f64.powf(k) - 2.0).log2() - (k * before - kr * entropy(&right) - kl * entropy(&left));
    let paid = (candidates.log2() + delta) / whole.iter().sum::<f64>();
    (gain > paid).then(|| (at, f64::midpoint(rows[at - 1].value, rows[at].value)))
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
        let noise: Vec<usize> = (0..40).map(|row| row % 2).collect();
        assert!(cuts(&values, &noise, &weights, 2, Encoding::Distinct).is_empty());
        assert_eq!((interval(&[19.5], 19.5), interval(&[19.5], 19.6), interval(&[], 3.0)), (0, 1, 0));
    }
}
