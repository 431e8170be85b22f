//! The statistics of reports, as functions of plain numbers. Defined, with test cases, by the statistics oracles
//! (`gridbook oracle` answers them); random ones take a seed and always draw the same.
//!
//! Here the numbers of a cell and of a box; below, one family of tests or intervals a file.

pub mod adjust;
pub mod bootstrap;
pub mod distributions;
pub mod effects;
mod extended;
mod forest;
pub mod friedman;
pub mod intervals;
pub mod mcnemar;
pub mod nemenyi;
pub mod paired;
pub mod published;
mod ranks;
pub mod sample;
pub mod studentized_range;
pub mod weka_table;
pub mod welch;
pub mod wilcoxon;

use serde::Serialize;

use self::intervals::{Interval, around};
use super::number::float;
use crate::quantile;

/// What a cell says of its values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// How many.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Sample standard deviation, n - 1; none for one value.
    pub std: Option<f64>,
    /// Lower end of the 95% t interval of the mean; none for one value.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Summary {
    /// Of some values; none of none.
    pub fn of(values: &[f64]) -> Option<Summary> {
        if values.is_empty() {
            return None;
        }
        let n = values.len();
        let first = values[0];
        // Around the first value, so that a large offset costs no digits and a constant sample has itself as mean.
        let mean = first + values.iter().map(|x| x - first).sum::<f64>() / float(n);
        if n == 1 {
            return Some(Summary { n, mean, std: None, low: None, high: None });
        }
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        let slip: f64 = values.iter().map(|x| x - mean).sum();
        let std = ((squares - slip * slip / float(n)).max(0.0) / float(n - 1)).sqrt();
        let (low, high) = around(mean, std / float(n).sqrt(), n - 1, 0.95);
        Some(Summary { n, mean, std: Some(std), low: Some(low), high: Some(high) })
    }

    /// The interval, or the mean twice where there is none.
    pub fn interval(&self) -> Interval {
        (self.low.unwrap_or(self.mean), self.high.unwrap_or(self.mean))
    }
}

/// What a box draws.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BoxNumbers {
    /// Quartiles and median.
    pub quartiles: [f64; 3],
    /// The outermost values within 1.5 times the height of the box.
    pub whiskers: Interval,
    /// Every value, sorted.
    pub values: Vec<f64>,
}

impl BoxNumbers {
    /// Of some values; none of none.
    pub fn of(values: &[f64]) -> Option<BoxNumbers> {
        let mut values: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        if values.is_empty() {
            return None;
        }
        let quartiles = [0.25, 0.5, 0.75].map(|p| quantile::linear(&values, p));
        let reach = 1.5 * (quartiles[2] - quartiles[0]);
        let inside = |v: &&f64| **v >= quartiles[0] - reach && **v <= quartiles[2] + reach;
        let low = values.iter().find(inside).copied().unwrap_or(quartiles[0]);
        let high = values.iter().rev().find(inside).copied().unwrap_or(quartiles[2]);
        Some(BoxNumbers { quartiles, whiskers: (low, high), values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_no_spread() {
        let one = Summary::of(&[0.4]).unwrap();
        assert_eq!((one.n, one.mean, one.std, one.low), (1, 0.4, None, None));
        assert_eq!(one.interval(), (0.4, 0.4));
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn a_constant_sample_is_its_own_interval() {
        let same = Summary::of(&[0.1; 7]).unwrap();
        assert_eq!((same.mean, same.std, same.low, same.high), (0.1, Some(0.0), Some(0.1), Some(0.1)));
    }

    #[test]
    fn quartiles_interpolate() {
        let numbers = BoxNumbers::of(&[4.0, 1.0, 2.0, 3.0, 30.0]).unwrap();
        assert_eq!(numbers.quartiles, [2.0, 3.0, 4.0]);
        assert_eq!(numbers.whiskers, (1.0, 4.0));
    }
}
