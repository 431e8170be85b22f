//! McNemar (1947): two classifiers on one test set.

use serde::Serialize;

use super::distributions::{binomial_at_most, chi_squared_above};

/// Whether two classifiers are wrong equally often, from the rows of which only one is right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct McNemar {
    /// Rows that only the first has right.
    pub b: u64,
    /// Rows that only the second has right.
    pub c: u64,
    /// Two-sided, of the binomial; 1 where they differ nowhere.
    pub exact_p: f64,
    /// (|b - c| - 1)^2 / (b + c), Edwards (1948); none where they differ nowhere.
    pub chi2_continuity: Option<f64>,
    /// Of it, one degree of freedom.
    pub chi2_p: Option<f64>,
}

impl McNemar {
    /// From the counts.
    pub fn of(b: u64, c: u64) -> McNemar {
        let n = b.saturating_add(c);
        let exact_p = (2.0 * binomial_at_most(b.min(c), n, 0.5)).min(1.0);
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let chi2 = (n > 0).then(|| (b.abs_diff(c) as f64 - 1.0).powi(2) / n as f64);
        McNemar { b, c, exact_p, chi2_continuity: chi2, chi2_p: chi2.map(|chi2| chi_squared_above(chi2, 1)) }
    }

    /// From whether the first and the second have each row right.
    pub fn of_rows(rows: impl IntoIterator<Item = (bool, bool)>) -> McNemar {
        let count = |(b, c): (u64, u64), row| match row {
            (true, false) => (b + 1, c),
            (false, true) => (b, c + 1),
            _ => (b, c),
        };
        let (b, c) = rows.into_iter().fold((0, 0), count);
        McNemar::of(b, c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_where_one_is_right() {
        let test = McNemar::of_rows([(true, true), (true, false), (true, false), (false, true), (false, false)]);
        assert_eq!((test.b, test.c, test.exact_p), (2, 1, 1.0));
        assert_eq!(test, McNemar::of(2, 1));
    }

    #[test]
    fn without_a_difference_there_is_no_statistic() {
        let none = McNemar::of(0, 0);
        assert_eq!((none.exact_p, none.chi2_continuity, none.chi2_p), (1.0, None, None));
        assert!(McNemar::of(u64::MAX, 3).exact_p < 0.001);
    }
}
