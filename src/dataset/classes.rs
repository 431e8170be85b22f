//! The classes of binary files: told apart one by one, so that each is kept once however many rows it has.

use std::collections::HashMap;

use crate::dataset::Labels;
use crate::dataset::budget::Budget;

/// Whole numbers are told apart up to here.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What a class takes beside the letters of its copies: entries of two tables and three lists.
const CLASS: usize = 320;

/// Labels on their way, row by row.
#[derive(Debug, Default)]
pub struct Classes {
    index: HashMap<String, usize>,
    words: Vec<String>,
    codes: Vec<usize>,
}

impl Classes {
    /// For so many rows.
    ///
    /// # Errors
    /// The budget does not reach.
    pub fn new(rows: usize, budget: &mut Budget) -> Result<Self, String> {
        budget.take(rows, 2 * size_of::<usize>())?;
        Ok(Classes { codes: Vec::with_capacity(rows), ..Classes::default() })
    }

    /// The label of the next row.
    ///
    /// # Errors
    /// It is empty, or there are more classes than the budget allows.
    pub fn push(&mut self, word: &str, budget: &mut Budget) -> Result<(), String> {
        if word.is_empty() {
            return Err(format!("lacks the label of row {} (from 0)", self.codes.len()));
        }
        let code = if let Some(code) = self.index.get(word) {
            *code
        } else {
            budget.take(1, CLASS + 4 * word.len())?;
            self.words.push(word.to_owned());
            self.index.insert(word.to_owned(), self.words.len() - 1);
            self.words.len() - 1
        };
        self.codes.push(code);
        Ok(())
    }

    /// The labels, their classes in order.
    pub fn finish(self, name: &str) -> Labels {
        let Classes { index, words, codes } = self;
        drop(index);
        let ordered = Labels::of(name, &words);
        Labels { codes: codes.into_iter().map(|code| ordered.codes[code]).collect(), ..ordered }
    }

    /// From one number a row.
    ///
    /// # Errors
    /// One is missing, infinite, or too large to be told from its neighbours.
    pub fn of_numbers(name: &str, numbers: &[f64], budget: &mut Budget) -> Result<Labels, String> {
        let mut classes = Classes::new(numbers.len(), budget)?;
        // Rows of one class often follow each other.
        let mut last = None;
        for (row, number) in numbers.iter().enumerate() {
            // -0 is 0.
            let x = number + 0.0;
            if !x.is_finite() {
                return Err(format!("lacks the label of row {row} (from 0): {x} is no class"));
            }
            if x.abs() >= EXACT {
                return Err(format!("holds the label {x}, too large to be told from its neighbours"));
            }
            match (last, classes.codes.last().copied()) {
                (Some(same), Some(code)) if same == x => classes.codes.push(code),
                _ => classes.push(&x.to_string(), budget)?,
            }
            last = Some(x);
        }
        Ok(classes.finish(name))
    }
}

/// Checks that there is a label for every row.
///
/// # Errors
/// There are more or fewer.
pub fn one_a_row(labels: usize, rows: usize) -> Result<(), String> {
    if labels == rows { Ok(()) } else { Err(format!("has {labels} labels for {rows} rows")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_labels_as_from_all_rows_at_once() {
        let budget = &mut Budget::of(0);
        let numbers = Classes::of_numbers("y", &[10.0, -0.0, 0.0, 2.0, 10.0, 1.5], budget).expect("classes");
        assert_eq!(numbers, Labels::of("y", &["10", "0", "0", "2", "10", "1.5"].map(str::to_owned)));
        let rows = ["b", "a", "b", "B"].map(str::to_owned);
        let mut classes = Classes::new(4, budget).expect("room");
        rows.iter().try_for_each(|row| classes.push(row, budget)).expect("classes");
        assert_eq!(classes.finish("y"), Labels::of("y", &rows));
    }

    #[test]
    fn what_is_no_class() {
        let budget = &mut Budget::of(0);
        let mut error = |x: f64| Classes::of_numbers("y", &[1.0, x], budget).expect_err("refused");
        assert!(error(f64::NAN).contains("row 1 (from 0)"));
        assert!(error(f64::INFINITY).contains("inf is no class"));
        assert!(error(2_f64.powi(53)).contains("too large"));
        assert!(Classes::default().push("", budget).expect_err("refused").contains("row 0"));
        assert!(one_a_row(1, 2).expect_err("refused").contains("1 labels for 2 rows"));
        assert!(Classes::new(1 << 60, budget).is_err());
    }
}
