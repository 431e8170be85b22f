//! The table of Weka's experimenter: each method against a baseline, data set by data set.

use serde::Serialize;

use super::paired::Paired;
use crate::metric::Better;

/// How a method does against the baseline on one data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Mark {
    /// Significantly better.
    #[serde(rename = "v")]
    Better,
    /// Significantly worse.
    #[serde(rename = "*")]
    Worse,
    /// Neither.
    #[serde(rename = "")]
    Neither,
}

impl Mark {
    /// As Weka prints it.
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Better => "v",
            Mark::Worse => "*",
            Mark::Neither => "",
        }
    }

    /// From a difference to the baseline and its p-value.
    pub fn of(difference: f64, p_value: f64, alpha: f64, better: Better) -> Mark {
        let more = match better {
            Better::Higher => difference > 0.0,
            Better::Lower => difference < 0.0,
        };
        match (p_value < alpha, more) {
            (false, _) => Mark::Neither,
            (true, true) => Mark::Better,
            (true, false) => Mark::Worse,
        }
    }
}

/// A method on a data set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Folds that both have.
    pub n: usize,
    /// Mean difference, method less baseline.
    pub mean_difference: f64,
    /// Of the corrected resampled t-test, two-sided.
    pub p_value: f64,
    /// What follows.
    pub mark: Mark,
}

/// (v/ /*) of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WinTieLoss {
    /// Data sets with `v`.
    pub win: usize,
    /// Data sets with neither.
    pub tie: usize,
    /// Data sets with `*`.
    pub loss: usize,
}

/// Every method against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WekaTable {
    /// The place of the baseline.
    pub baseline: usize,
    /// A row a data set, an entry a method; none for the baseline itself, where no fold has both, and where
    /// one has more folds than the other.
    pub comparisons: Vec<Vec<Option<Comparison>>>,
    /// Of each method; zeros for the baseline.
    pub win_tie_loss: Vec<WinTieLoss>,
}

/// What decides the marks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The place of the baseline.
    pub baseline: usize,
    /// Size of a test set over that of its training set.
    pub test_train_ratio: f64,
    /// Level, two-sided.
    pub alpha: f64,
    /// Which direction is better.
    pub better: Better,
}

impl WekaTable {
    /// Of the values of each fold, by data set and method; NaN where a fold failed. None without the baseline's column.
    pub fn of(folds: &[Vec<Vec<f64>>], setting: &Setting) -> Option<WekaTable> {
        let methods = folds.first()?.len();
        if setting.baseline >= methods || folds.iter().any(|row| row.len() != methods) {
            return None;
        }
        let comparisons: Vec<Vec<Option<Comparison>>> =
            folds.iter().map(|row| (0..methods).map(|method| compare(row, method, setting)).collect()).collect();
        let count = |method: usize, mark| {
            comparisons.iter().filter_map(|row| row[method]).filter(|entry| entry.mark == mark).count()
        };
        let column = |method| WinTieLoss {
            win: count(method, Mark::Better),
            tie: count(method, Mark::Neither),
            loss: count(method, Mark::Worse),
        };
        let win_tie_loss = (0..methods).map(column).collect();
        Some(WekaTable { baseline: setting.baseline, comparisons, win_tie_loss })
    }
}

fn compare(row: &[Vec<f64>], method: usize, setting: &Setting) -> Option<Comparison> {
    // Folds of lists that are not as long are no pairs.
    if method == setting.baseline || row[method].len() != row[setting.baseline].len() {
        return None;
    }
    let folds: Vec<(f64, f64)> = row[method].iter().copied().zip(row[setting.baseline].iter().copied()).collect();
    let test = Paired::of(&folds, setting.test_train_ratio)?;
    // One fold says nothing of the spread.
    let p_value = if test.n > 1 { test.corrected_t.p_value } else { 1.0 };
    let mark = Mark::of(test.mean_difference, p_value, setting.alpha, setting.better);
    Some(Comparison { n: test.n, mean_difference: test.mean_difference, p_value, mark })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTING: Setting = Setting { baseline: 0, test_train_ratio: 1.0 / 9.0, alpha: 0.05, better: Better::Higher };

    #[test]
    fn better_is_what_the_metric_says() {
        let folds = [vec![vec![0.5, 0.51, 0.52], vec![0.7, 0.72, 0.71], vec![0.3, 0.32, 0.31]]];
        let marks = |better| {
            let table = WekaTable::of(&folds, &Setting { better, ..SETTING }).unwrap();
            (table.comparisons[0][1].unwrap().mark, table.comparisons[0][2].unwrap().mark, table.win_tie_loss[1])
        };
        assert_eq!(marks(Better::Higher), (Mark::Better, Mark::Worse, WinTieLoss { win: 1, tie: 0, loss: 0 }));
        assert_eq!(marks(Better::Lower), (Mark::Worse, Mark::Better, WinTieLoss { win: 0, tie: 0, loss: 1 }));
    }

    #[test]
    fn what_cannot_be_compared_has_no_mark() {
        let folds = [vec![vec![0.5, f64::NAN], vec![f64::NAN, 0.7], vec![0.9, 0.9]]];
        let table = WekaTable::of(&folds, &SETTING).unwrap();
        assert_eq!((table.comparisons[0][0], table.comparisons[0][1]), (None, None));
        assert_eq!((table.comparisons[0][2].unwrap().n, table.comparisons[0][2].unwrap().mark), (1, Mark::Neither));
        assert_eq!(table.win_tie_loss[2], WinTieLoss { win: 0, tie: 1, loss: 0 });
        let longer = [vec![vec![0.5, 0.6], vec![0.5, 0.6, 0.7]]];
        assert_eq!(WekaTable::of(&longer, &SETTING).unwrap().comparisons[0][1], None);
        assert_eq!(WekaTable::of(&[], &SETTING), None);
        assert_eq!(WekaTable::of(&folds, &Setting { baseline: 3, ..SETTING }), None);
    }
}
