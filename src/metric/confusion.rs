//! Classes by predicted classes: the table from which the measures of a classification are made.

use crate::metric::binary::Binary;
use crate::metric::contingency::float;

/// Counts of rows by class and predicted class.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    /// `cells[class][predicted]`.
    pub cells: Vec<Vec<u64>>,
    /// Rows of each class that the model does not classify.
    pub unclassified: Vec<u64>,
}

/// How rates of single classes become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// Over rows: the counts of all classes are pooled.
    Micro,
    /// Over classes, each as much as any other.
    Macro,
    /// Over classes, each as much as it has rows.
    Weighted,
}

impl Confusion {
    /// Counts rows. `truth` and `predicted` are as long and hold indices below `classes`.
    ///
    /// # Errors
    /// No rows, unequal lengths, or an index that is none.
    pub fn of(truth: &[usize], predicted: &[Option<usize>], classes: usize) -> Result<Self, String> {
        if truth.len() != predicted.len() {
            return Err(format!("{} predictions for {} rows", predicted.len(), truth.len()));
        }
        if truth.is_empty() {
            return Err("there are no rows".to_owned());
        }
        let mut table = Confusion { cells: vec![vec![0; classes]; classes], unclassified: vec![0; classes] };
        for (&class, &predicted) in truth.iter().zip(predicted) {
            let worst = class.max(predicted.unwrap_or(0));
            if worst >= classes {
                return Err(format!("class number {worst}, where there are {classes} classes, counted from 0"));
            }
            match predicted {
                Some(predicted) => table.cells[class][predicted] += 1,
                None => table.unclassified[class] += 1,
            }
        }
        Ok(table)
    }

    /// Rows of each class.
    pub fn class_sizes(&self) -> Vec<u64> {
        self.cells.iter().zip(&self.unclassified).map(|(row, none)| row.iter().sum::<u64>() + none).collect()
    }

    /// Rows predicted to be of each class.
    pub fn predicted_sizes(&self) -> Vec<u64> {
        (0..self.cells.len()).map(|j| self.cells.iter().map(|row| row[j]).sum()).collect()
    }

    /// Rows in all.
    pub fn total(&self) -> u64 {
        self.class_sizes().iter().sum()
    }

    fn right(&self) -> u64 {
        self.cells.iter().enumerate().map(|(class, row)| row[class]).sum()
    }

    /// One class against the rest; all 0 for a class that is not there.
    pub fn one_against_rest(&self, class: usize) -> Binary {
        let Some(row) = self.cells.get(class) else { return Binary::default() };
        let (tp, in_row) = (row[class], row.iter().sum::<u64>());
        let in_column: u64 = self.cells.iter().map(|row| row[class]).sum();
        let classified: u64 = self.cells.iter().flatten().sum();
        let positives = in_row + self.unclassified[class];
        Binary {
            tp,
            fp: in_column - tp,
            fn_: in_row - tp,
            tn: classified + tp - in_row - in_column,
            positives,
            negatives: self.total() - positives,
        }
    }

    /// Every class against the rest, in their order.
    pub fn one_against_rests(&self) -> Vec<Binary> {
        (0..self.cells.len()).map(|class| self.one_against_rest(class)).collect()
    }

    /// Rows that are right, over the rows.
    pub fn accuracy(&self) -> f64 {
        float(self.right()) / float(self.total())
    }

    /// Mean recall of the classes that have rows.
    pub fn balanced_accuracy(&self) -> f64 {
        let present: Vec<f64> =
            self.one_against_rests().iter().filter(|class| class.positives > 0).map(Binary::recall).collect();
        present.iter().sum::<f64>() / float(present.len() as u64)
    }

    /// A rate of single classes, averaged over all classes, also those without rows.
    pub fn average(&self, rate: fn(&Binary) -> f64, how: Average) -> f64 {
        let classes = self.one_against_rests();
        let weight = |class: &Binary| if how == Average::Weighted { float(class.positives) } else { 1.0 };
        if how == Average::Micro {
            return rate(&classes.into_iter().fold(Binary::default(), |sum, class| sum + class));
        }
        let sum: f64 = classes.iter().map(|class| weight(class) * rate(class)).sum();
        sum / classes.iter().map(weight).sum::<f64>()
    }

    /// Matthews' coefficient for any number of classes (Gorodkin 2004, equation 8); 0 where all rows are of one class
    /// or predicted to be. Rows that are not classified are as if predicted to be of a class of their own.
    pub fn matthews(&self) -> f64 {
        let (agreed, chance, truth, predicted) = self.agreement();
        let spread = (1.0 - truth) * (1.0 - predicted);
        if spread > 0.0 { (agreed - chance) / spread.sqrt() } else { 0.0 }
    }

    /// Agreement beyond chance over the most that could be (Cohen 1960); none where chance alone agrees. Rows that are
    /// not classified are as if predicted to be of a class of their own; Weka leaves them out.
    pub fn cohen_kappa(&self) -> Option<f64> {
        let (agreed, chance, ..) = self.agreement();
        (chance < 1.0).then(|| (agreed - chance) / (1.0 - chance))
    }

    /// Share of rows that are right, the share expected by chance, and the chance that two rows share their class, and
    /// their predicted class.
    fn agreement(&self) -> (f64, f64, f64, f64) {
        let total = float(self.total());
        let shares = |sizes: Vec<u64>| sizes.into_iter().map(|n| float(n) / total).collect::<Vec<f64>>();
        let (truth, mut predicted) = (shares(self.class_sizes()), shares(self.predicted_sizes()));
        let chance = truth.iter().zip(&predicted).map(|(t, p)| t * p).sum();
        predicted.push(float(self.unclassified.iter().sum()) / total);
        let together = |shares: &[f64]| shares.iter().map(|p| p * p).sum::<f64>();
        (self.accuracy(), chance, together(&truth), together(&predicted))
    }
}
