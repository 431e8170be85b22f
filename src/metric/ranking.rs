//! Rows in the order of a score, and the curves that a moving threshold draws.

use crate::metric::contingency::float;

/// Rows ranked by a score, the highest first: how many positive and negative ones there are down to each score.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// `(positives, negatives)` at or above each distinct score, from the highest on.
    steps: Vec<(u64, u64)>,
}

impl Ranking {
    /// Ranks pairs of (score, is positive).
    ///
    /// # Errors
    /// A score that is not finite.
    pub fn of(rows: impl Iterator<Item = (f64, bool)>) -> Result<Self, String> {
        let mut rows: Vec<(f64, bool)> = rows.collect();
        if let Some((score, _)) = rows.iter().find(|(score, _)| !score.is_finite()) {
            return Err(format!("a row has the score {score}"));
        }
        // 0 and -0 are one score.
        rows.iter_mut().for_each(|(score, _)| *score += 0.0);
        rows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut so_far = (0, 0);
        let steps = rows.chunk_by(|(a, _), (b, _)| a == b).map(|tied| {
            let positive = tied.iter().filter(|(_, positive)| *positive).count() as u64;
            so_far = (so_far.0 + positive, so_far.1 + tied.len() as u64 - positive);
            so_far
        });
        Ok(Ranking { steps: steps.collect() })
    }

    /// Positive rows and negative ones.
    fn ends(&self) -> (u64, u64) {
        self.steps.last().copied().unwrap_or_default()
    }

    /// Each step with the one before it.
    fn pairs(&self) -> impl Iterator<Item = ((u64, u64), (u64, u64))> {
        std::iter::once((0, 0)).chain(self.steps.iter().copied()).zip(self.steps.iter().copied())
    }

    /// Area under the ROC curve: the share of pairs of a positive and a negative row that the score has in order, ties
    /// one half (Hanley and McNeil 1982).
    ///
    /// # Errors
    /// All rows are of one kind.
    pub fn roc_auc(&self) -> Result<f64, String> {
        let (positives, negatives) = self.ends();
        if positives == 0 || negatives == 0 {
            return Err(one_kind(positives));
        }
        // Twice the pairs, so that halves are whole.
        let twice: u128 =
            self.pairs().map(|(from, to)| u128::from(to.1 - from.1) * u128::from(from.0 + to.0)).sum::<u128>();
        #[expect(clippy::cast_precision_loss, reason = "a share of pairs, to 53 bits")]
        Ok(twice as f64 / 2.0 / (float(positives) * float(negatives)))
    }

    /// Area under the steps of the precision-recall curve, not interpolated.
    ///
    /// # Errors
    /// No positive rows.
    pub fn average_precision(&self) -> Result<f64, String> {
        self.under_precision(|_, to| precision(to))
    }

    /// Area under the precision-recall curve with straight lines between its points, which begins at recall 0 and
    /// precision 1. Straight lines are too kind to a coarse score (Davis and Goadrich 2006).
    ///
    /// # Errors
    /// No positive rows.
    pub fn pr_auc_trapezoid(&self) -> Result<f64, String> {
        self.under_precision(|from, to| f64::midpoint(precision(from), precision(to)))
    }

    fn under_precision(&self, height: fn((u64, u64), (u64, u64)) -> f64) -> Result<f64, String> {
        let (positives, _) = self.ends();
        if positives == 0 {
            return Err(one_kind(positives));
        }
        Ok(self.pairs().map(|(from, to)| float(to.0 - from.0) / float(positives) * height(from, to)).sum())
    }

    /// Share of positive rows among as many of the highest scores as there are positive rows. Of rows that share the
    /// last score the mean over every way to choose among them is taken, so that no draw is needed.
    ///
    /// # Errors
    /// No positive rows.
    pub fn precision_at_n(&self) -> Result<f64, String> {
        let (wanted, _) = self.ends();
        let rows = |step: (u64, u64)| step.0 + step.1;
        let (from, to) = self.pairs().find(|(_, to)| rows(*to) >= wanted).ok_or_else(|| one_kind(wanted))?;
        if wanted == 0 {
            return Err(one_kind(wanted));
        }
        let chosen = float(wanted - rows(from)) / float(rows(to) - rows(from));
        Ok((float(from.0) + chosen * float(to.0 - from.0)) / float(wanted))
    }
}

/// Positives among rows; of no rows, 1: where the precision-recall curve begins.
fn precision((positives, negatives): (u64, u64)) -> f64 {
    if positives + negatives == 0 { 1.0 } else { float(positives) / float(positives + negatives) }
}

fn one_kind(positives: u64) -> String {
    if positives == 0 { "no row is positive".to_owned() } else { "every row is positive".to_owned() }
}
