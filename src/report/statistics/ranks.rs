//! Ranks with ties.

use crate::report::number::float;

/// The ranks of values, 1 for the least; equal ones share the mean of their places (mid-ranks).
pub fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        for i in tied {
            ranks[*i] = float(before) + float(tied.len() + 1) / 2.0;
        }
        before += tied.len();
    }
    ranks
}

/// The sum of t^3 - t over groups of `t` equal values: what every correction for ties is made from.
pub fn tie_term(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cubes = |tied: &[f64]| float(tied.len()).powi(3) - float(tied.len());
    sorted.chunk_by(|a, b| a == b).map(cubes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_places() {
        assert_eq!(mid_ranks(&[0.3, 0.1, 0.3, 0.2, 0.3]), [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(mid_ranks(&[-0.0, 0.0]), [1.5, 1.5]);
        assert_eq!(tie_term(&[0.3, 0.1, 0.3, 0.2, 0.3, 0.1]), 24.0 + 6.0);
    }
}
