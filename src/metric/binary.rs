//! One class against the rest: counts of rows, and the rates made of them.

use std::ops::Add;

use crate::metric::contingency::float;

/// Rows of the positive class and of the rest, right and wrong.
///
/// A row that the model does not classify is in `positives` or `negatives` and in none of the four cells: it counts
/// against the rates of the rows (recall, specificity), not against those of the predictions (precision).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binary {
    /// Positive and predicted so.
    pub tp: u64,
    /// Negative, predicted positive.
    pub fp: u64,
    /// Positive, predicted negative.
    pub fn_: u64,
    /// Negative and predicted so.
    pub tn: u64,
    /// Rows of the positive class.
    pub positives: u64,
    /// The other rows.
    pub negatives: u64,
}

impl Binary {
    /// Counts pairs of (is positive, predicted positive).
    pub fn of(rows: impl Iterator<Item = (bool, bool)>) -> Self {
        let mut counts = Binary::default();
        for row in rows {
            match row {
                (true, true) => counts.tp += 1,
                (false, true) => counts.fp += 1,
                (true, false) => counts.fn_ += 1,
                (false, false) => counts.tn += 1,
            }
        }
        Binary { positives: counts.tp + counts.fn_, negatives: counts.fp + counts.tn, ..counts }
    }

    /// TP / (TP + FP); 0 where nothing is predicted positive.
    pub fn precision(&self) -> f64 {
        share(self.tp, self.tp + self.fp)
    }

    /// TP / positives; 0 where there are none.
    pub fn recall(&self) -> f64 {
        share(self.tp, self.positives)
    }

    /// Harmonic mean of precision and recall; 0 where both are 0.
    pub fn f1(&self) -> f64 {
        share(2 * self.tp, self.tp + self.fp + self.positives)
    }

    /// TN / negatives; 0 where there are none.
    pub fn specificity(&self) -> f64 {
        share(self.tn, self.negatives)
    }

    /// TN / (TN + FN), the precision of the negative class; 0 where nothing is predicted negative.
    pub fn negative_predictive_value(&self) -> f64 {
        share(self.tn, self.tn + self.fn_)
    }

    /// Root of recall times specificity.
    pub fn g_mean(&self) -> f64 {
        (self.recall() * self.specificity()).sqrt()
    }

    /// FP / negatives; none where there are no negatives: the best value would be a lie.
    pub fn false_positive_rate(&self) -> Option<f64> {
        (self.negatives > 0).then(|| share(self.fp, self.negatives))
    }

    /// Positives not predicted so / positives; none where there are no positives.
    pub fn false_negative_rate(&self) -> Option<f64> {
        (self.positives > 0).then(|| share(self.positives - self.tp, self.positives))
    }
}

/// Counts of several classes pooled, for averages over rows.
impl Add for Binary {
    type Output = Binary;

    fn add(self, other: Binary) -> Binary {
        Binary {
            tp: self.tp + other.tp,
            fp: self.fp + other.fp,
            fn_: self.fn_ + other.fn_,
            tn: self.tn + other.tn,
            positives: self.positives + other.positives,
            negatives: self.negatives + other.negatives,
        }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { float(part) / float(whole) }
}
