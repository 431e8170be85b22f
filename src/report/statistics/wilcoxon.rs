//! Tests of paired differences without a distribution: the signed ranks of Wilcoxon (1945), and the signs alone.

use serde::Serialize;

use super::distributions::{binomial_at_most, normal_two_sided};
use super::ranks::{mid_ranks, tie_term};
use crate::report::number::float;

/// Up to so many differences the exact p-value is shown.
const EXACT_SHOWN: usize = 50;

/// Up to so many it is calculated; its cost grows with the third power.
const EXACT_MOST: usize = 300;

/// Differences below this are zero, and two that lie as near are tied: rounding, and no difference.
const NOTHING: f64 = 1e-12;

/// Which p-value of Wilcoxon's test is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Approximation {
    /// None: over all signs of the ranks.
    Exact,
    /// The normal one, with the variance corrected for ties and without correction for continuity.
    Normal,
}

/// The signed-rank test. Zero differences are dropped first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Wilcoxon {
    /// Differences that are not zero.
    pub n: usize,
    /// Sum of the mid-ranks of the positive ones.
    pub w_plus: f64,
    /// Sum of the mid-ranks of the negative ones.
    pub w_minus: f64,
    /// Whether there were zero differences, or tied ones.
    pub ties_or_zeros: bool,
    /// The smaller sum.
    pub statistic: f64,
    /// Two-sided and exact; none with ties, or for more than 300 differences.
    pub exact_p: Option<f64>,
    /// Two-sided, normal, corrected for ties; none without a difference.
    pub normal_p: Option<f64>,
    /// The same, corrected for continuity as well.
    pub normal_continuity_p: Option<f64>,
}

impl Wilcoxon {
    /// Of finite differences.
    pub fn of(differences: &[f64]) -> Wilcoxon {
        let kept = not_zero(differences);
        let sizes: Vec<f64> = kept.iter().map(|d| d.abs()).collect();
        // Ranked as they are; rounding only decides whether the exact distribution, which knows no ties, is the one.
        let ranks = mid_ranks(&sizes);
        let sum = |positive: bool| -> f64 {
            kept.iter().zip(&ranks).filter(|(d, _)| (**d > 0.0) == positive).map(|(_, rank)| rank).sum()
        };
        let (w_plus, w_minus) = (sum(true), sum(false));
        let (n, statistic, tied) = (kept.len(), w_plus.min(w_minus), nearly_tied(&sizes));
        let normal = |continuity: f64| {
            let variance = float(n) * float(n + 1) * float(2 * n + 1) / 24.0 - tie_term(&sizes) / 48.0;
            let distance = f64::midpoint(w_plus, w_minus) - statistic;
            (n > 0).then(|| normal_two_sided((distance - continuity).max(0.0) / variance.sqrt()))
        };
        Wilcoxon {
            n,
            w_plus,
            w_minus,
            ties_or_zeros: tied || n < differences.len(),
            statistic,
            exact_p: (!tied && n <= EXACT_MOST).then(|| exact(n, statistic)),
            normal_p: normal(0.0),
            normal_continuity_p: normal(0.5),
        }
    }

    /// The p-value to show and what it is: exact for up to 50 differences without ties, else normal.
    pub fn shown(&self) -> (f64, Approximation) {
        match (self.exact_p, self.normal_p) {
            (Some(p), _) if self.n <= EXACT_SHOWN => (p, Approximation::Exact),
            (_, Some(p)) => (p, Approximation::Normal),
            // No difference at all.
            (p, None) => (p.unwrap_or(1.0), Approximation::Exact),
        }
    }

    /// Matched-pairs rank-biserial correlation, (W+ - W-) / (W+ + W-), Kerby (2014); 0 without a difference.
    pub fn rank_biserial(&self) -> f64 {
        if self.n == 0 { 0.0 } else { (self.w_plus - self.w_minus) / (self.w_plus + self.w_minus) }
    }
}

/// The smallest two-sided p-value that `n` differences can reach, 2 / 2^n: above 0.05 for fewer than six.
pub fn smallest_reachable_p(n: usize) -> f64 {
    2.0 * 0.5_f64.powi(i32::try_from(n).unwrap_or(i32::MAX)).min(0.5)
}

/// The differences that are not zero.
fn not_zero(differences: &[f64]) -> Vec<f64> {
    differences.iter().copied().filter(|d| d.abs() >= NOTHING).collect()
}

fn nearly_tied(sizes: &[f64]) -> bool {
    let mut sorted = sizes.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.windows(2).any(|pair| pair[1] - pair[0] < NOTHING)
}

/// P(W+ <= w) twice: each rank of 1 to n is positive in half of the cases.
fn exact(n: usize, statistic: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of ranks without ties is whole")]
    let statistic = statistic as usize;
    // The chance of each sum up to it; the ranks join one by one.
    let mut chance = vec![0.0; statistic + 1];
    chance[0] = 1.0;
    for rank in 1..=n {
        for sum in (0..=statistic).rev() {
            let with = if sum >= rank { chance[sum - rank] } else { 0.0 };
            chance[sum] = 0.5 * (chance[sum] + with);
        }
    }
    (2.0 * chance.iter().sum::<f64>()).min(1.0)
}

/// How often each of two is ahead.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SignTest {
    /// Positive differences.
    pub wins: usize,
    /// Negative ones.
    pub losses: usize,
    /// Zero ones.
    pub ties: usize,
    /// Two-sided, of the binomial over the non-zero ones.
    pub p_value: f64,
}

impl SignTest {
    /// Of finite differences.
    pub fn of(differences: &[f64]) -> SignTest {
        let kept = not_zero(differences);
        let wins = kept.iter().filter(|d| **d > 0.0).count();
        let losses = kept.len() - wins;
        let p_value = (2.0 * binomial_at_most(wins.min(losses) as u64, kept.len() as u64, 0.5)).min(1.0);
        SignTest { wins, losses, ties: differences.len() - kept.len(), p_value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sum_of_four_ranks_is_counted() {
        // Of the 16 signs, 1, 1, 1, 2, 2 have the sums 0 to 4.
        for (w, count) in [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 5.0), (4.0, 7.0)] {
            assert_eq!(exact(4, w), 2.0 * count / 16.0, "{w}");
        }
        assert_eq!((exact(4, 5.0), exact(0, 0.0)), (1.0, 1.0));
    }

    #[test]
    fn rounding_is_a_tie_and_takes_the_normal_one() {
        let tied = Wilcoxon::of(&[0.3 - 0.2, 0.1, 0.5]);
        assert!(tied.ties_or_zeros && tied.exact_p.is_none());
        assert_eq!(tied.shown().1, Approximation::Normal);
        let zero = Wilcoxon::of(&[1e-13, 0.1, 0.5]);
        assert_eq!((zero.n, zero.ties_or_zeros, zero.shown()), (2, true, (0.5, Approximation::Exact)));
        let many: Vec<f64> = (1..=60).map(f64::from).collect();
        assert_eq!(Wilcoxon::of(&many).shown().1, Approximation::Normal);
        assert!(Wilcoxon::of(&many).exact_p.is_some());
    }

    #[test]
    fn nothing_differs_from_nothing() {
        let none = Wilcoxon::of(&[]);
        assert_eq!((none.n, none.shown().0, none.rank_biserial(), none.normal_p), (0, 1.0, 0.0, None));
        assert_eq!(SignTest::of(&[]), SignTest { wins: 0, losses: 0, ties: 0, p_value: 1.0 });
    }

    #[test]
    fn few_differences_reach_no_small_p() {
        let all_positive = |n: u8| Wilcoxon::of(&(1..=n).map(f64::from).collect::<Vec<_>>()).shown().0;
        for n in [1, 2, 5, 6, 10] {
            assert_eq!(smallest_reachable_p(usize::from(n)), all_positive(n), "{n}");
        }
        assert_eq!(smallest_reachable_p(0), 1.0);
    }
}
