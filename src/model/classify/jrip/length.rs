//! Description lengths in bits (Quinlan 1994 and 1995; Cohen 1995): of the exceptions to a list of rules, and of a
//! rule.

use std::ops::{AddAssign, SubAssign};

use crate::weka::number::greater;

/// What a rule covers of the rows that reach it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Their weight.
    pub covered: f64,
    /// The weight of those that are not of the class.
    pub wrong: f64,
}

/// What a list of rules covers of all rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// The weight that one of them covers.
    pub covered: f64,
    /// The weight that none covers.
    pub uncovered: f64,
    /// The weight that is covered and not of the class.
    pub wrong: f64,
    /// The weight of the class that none covers.
    pub missed: f64,
}

impl AddAssign<Counts> for Sums {
    fn add_assign(&mut self, counts: Counts) {
        self.covered += counts.covered;
        self.wrong += counts.wrong;
    }
}

/// A rule is taken out: what it covered is not covered any more.
impl SubAssign<Counts> for Sums {
    fn sub_assign(&mut self, counts: Counts) {
        self.covered -= counts.covered;
        self.wrong -= counts.wrong;
        self.uncovered += counts.covered;
        self.missed += counts.covered - counts.wrong;
    }
}

/// The bits that say which `some` of `all` it is, where each is one with a probability that both sides know. NaN where
/// that is 1, as with Weka, whose rules that follow from it are met by leaving it so.
fn subset(all: f64, some: f64, probability: f64) -> f64 {
    let chosen = if greater(probability, 0.0) { -some * probability.log2() } else { 0.0 };
    chosen - (all - some) * (1.0 - probability).log2()
}

/// The bits that say which rows a list of rules is wrong about, where `expected` of the errors are rows that it covers.
pub fn exceptions(expected: f64, sums: Sums) -> f64 {
    let Sums { covered, uncovered, wrong, missed } = sums;
    let count = (covered + uncovered + 1.0).log2();
    let errors = wrong + missed;
    let (inside, outside) = if greater(covered, uncovered) {
        let outside = if greater(uncovered, 0.0) { subset(uncovered, missed, missed / uncovered) } else { 0.0 };
        (subset(covered, wrong, expected * errors / covered), outside)
    } else {
        let inside = if greater(covered, 0.0) { subset(covered, wrong, wrong / covered) } else { 0.0 };
        (inside, subset(uncovered, missed, (1.0 - expected) * errors / uncovered))
    };
    count + inside + outside
}

/// The bits of a rule of so many conditions, of `possible` ones. Half of them, since conditions may come in any order.
#[expect(clippy::cast_precision_loss, reason = "a count")]
pub fn theory(conditions: usize, possible: f64) -> f64 {
    if conditions == 0 {
        return 0.0;
    }
    let k = conditions as f64;
    let length = if conditions > 1 { k.log2() + 2.0 * k.log2().log2() } else { 0.0 };
    0.5 * (length + subset(possible, k, k / possible))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_formulas() {
        // One condition of four: subset(4, 1, 1/4) = 2 + 3 log2(4/3).
        assert!((theory(1, 4.0) - 0.5 * (2.0 + 3.0 * (4.0_f64 / 3.0).log2())).abs() < 1e-12);
        assert_eq!(theory(0, 4.0), 0.0);
        // Nothing covered, half of 8 rows missed, a quarter of the errors expected among covered ones.
        let sums = Sums { uncovered: 8.0, missed: 4.0, ..Sums::default() };
        let want = 9.0_f64.log2() - 4.0 * 0.375_f64.log2() - 4.0 * 0.625_f64.log2();
        assert!((exceptions(0.25, sums) - want).abs() < 1e-12);
        let mut taken = sums;
        taken += Counts { covered: 3.0, wrong: 1.0 };
        taken -= Counts { covered: 3.0, wrong: 1.0 };
        assert_eq!((taken.covered, taken.wrong, taken.uncovered, taken.missed), (0.0, 0.0, 11.0, 6.0));
    }
}
