//! Our values against a number printed in a paper.

use serde::Serialize;

use super::Summary;
use super::intervals::{Interval, t_interval};
use super::paired::TTest;
use crate::experiment::Literal;
use crate::report::number::float;
use crate::report::paper::Flag;

/// A printed number and ours.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AgainstPublished {
    /// Its value.
    pub published: f64,
    /// What its digits stand for: 0.26 for 0.255 to 0.265, 0.260 for 0.2595 to 0.2605.
    pub rounding: Interval,
    /// Our mean.
    pub ours: f64,
    /// Ours less the printed one.
    pub difference: f64,
    /// t interval of our mean; none for one value.
    pub t_ci95: Option<Interval>,
    /// Whether our interval, or our only value, meets what the digits stand for.
    pub within: bool,
    /// The one-sample t-test against the printed value; none for one value.
    pub test: Option<TTest>,
}

impl AgainstPublished {
    /// Compares finite values with a printed number; none without values.
    pub fn of(values: &[f64], literal: &Literal) -> Option<AgainstPublished> {
        let summary = Summary::of(values)?;
        let difference = summary.mean - literal.value;
        let test = |std: f64| TTest::of(difference, std / float(summary.n).sqrt(), summary.n);
        Some(AgainstPublished {
            published: literal.value,
            rounding: literal.band(),
            ours: summary.mean,
            difference,
            t_ci95: t_interval(&summary, 0.95),
            within: Flag::of(Some(summary.interval()), literal.band()) == Flag::Within,
            test: summary.std.map(test),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_at_the_end_narrows_the_band() {
        let of = |text| AgainstPublished::of(&[0.13, 0.131], &Literal::parse(text, false).unwrap()).unwrap();
        assert!(of("0.1").within && !of("0.10").within);
        assert_eq!((of("0.1").published, of("0.10").published), (0.1, 0.1));
    }

    #[test]
    fn one_value_is_compared_without_a_test() {
        let one = AgainstPublished::of(&[0.26], &Literal::parse("0.3", false).unwrap()).unwrap();
        assert_eq!((one.within, one.test, one.t_ci95), (true, None, None));
        assert_eq!(AgainstPublished::of(&[], &Literal::parse("0.3", false).unwrap()), None);
    }

    #[test]
    fn a_constant_sample_differs_for_certain() {
        let same = AgainstPublished::of(&[0.5; 3], &Literal::parse("0.25", false).unwrap()).unwrap();
        let test = same.test.unwrap();
        assert_eq!((test.t, test.p_value), (f64::INFINITY, 0.0));
        assert_eq!(
            AgainstPublished::of(&[0.25; 3], &Literal::parse("0.25", false).unwrap()).unwrap().test.unwrap().p_value,
            1.0
        );
    }
}
