//! The training rows as rules see them, and rules.

use ndarray::ArrayView1;

use crate::model::classify::instances::Instances;

/// Training rows, a column at a time, with classes by their place in the order in which they are learned.
pub struct Table {
    /// One vector a column; missing is NaN, a nominal column holds indices into its words.
    pub columns: Vec<Vec<f64>>,
    /// The number of words of a nominal column; none for a column of numbers.
    pub levels: Vec<Option<usize>>,
    /// For each column of numbers its rows with a value, in ascending order; empty for the others.
    pub ascending: Vec<Vec<usize>>,
    /// Each row's class: 0 is learned first, the last is the default.
    pub places: Vec<usize>,
    /// The number of classes.
    pub classes: usize,
    /// One weight a row.
    pub weights: Vec<f64>,
    /// How many conditions can be made: the words of nominal columns, and two for each distinct number of a column.
    pub possible: f64,
}

impl Table {
    /// Of training rows whose class indices have these places.
    pub fn new(instances: &Instances, places: &[usize]) -> Table {
        let columns: Vec<Vec<f64>> = instances.values.columns().into_iter().map(|column| column.to_vec()).collect();
        let levels: Vec<Option<usize>> = (0..columns.len()).map(|column| instances.levels(column)).collect();
        let sorted = |(column, levels): (&Vec<f64>, &Option<usize>)| match levels {
            Some(_) => Vec::new(),
            None => ascending((0..column.len()).filter(|row| !column[*row].is_nan()).collect(), column),
        };
        let sorted: Vec<Vec<usize>> = columns.iter().zip(&levels).map(sorted).collect();
        let distinct = |column: usize| {
            let rows = &sorted[column];
            let changes = rows.windows(2).filter(|pair| columns[column][pair[0]] != columns[column][pair[1]]).count();
            if rows.is_empty() { 0 } else { changes + 1 }
        };
        let possible: usize =
            levels.iter().enumerate().map(|(column, levels)| levels.unwrap_or_else(|| 2 * distinct(column))).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let possible = possible as f64;
        Table {
            places: instances.codes.iter().map(|code| places[*code]).collect(),
            classes: instances.classes.len(),
            weights: instances.weights.clone(),
            ascending: sorted,
            columns,
            levels,
            possible,
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.places.len()
    }

    /// The weight of these rows.
    pub fn weight(&self, rows: &[usize]) -> f64 {
        rows.iter().map(|row| self.weights[*row]).sum()
    }

    /// The weight of those of these rows that have the class.
    pub fn weight_of(&self, class: usize, rows: &[usize]) -> f64 {
        rows.iter().filter(|row| self.places[**row] == class).map(|row| self.weights[*row]).sum()
    }

    /// Whether a rule covers a row.
    pub fn covers(&self, rule: &Rule, row: usize) -> bool {
        rule.conditions.iter().all(|condition| condition.holds(self.columns[condition.column][row]))
    }
}

/// These rows by their value in a column, which none of them misses.
pub fn ascending(mut rows: Vec<usize>, column: &[f64]) -> Vec<usize> {
    rows.sort_unstable_by(|a, b| column[*a].total_cmp(&column[*b]));
    rows
}

/// What is asked of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is this word.
    Is,
    /// It is at most this number.
    AtMost,
    /// It is at least this number.
    AtLeast,
}

impl Comparison {
    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Is => "=",
            Comparison::AtMost => "<=",
            Comparison::AtLeast => ">=",
        }
    }
}

/// One condition of a rule. A missing value satisfies none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// Of which column.
    pub column: usize,
    /// What is asked.
    pub comparison: Comparison,
    /// The number, or the index of the word.
    pub value: f64,
}

impl Condition {
    /// Whether it holds of a value.
    pub fn holds(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::Is => value == self.value,
            Comparison::AtMost => value <= self.value,
            Comparison::AtLeast => value >= self.value,
        }
    }
}

/// All its conditions together mean a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// None at all hold of every row.
    pub conditions: Vec<Condition>,
    /// The place of the class.
    pub class: usize,
}

impl Rule {
    /// Whether it covers a row of values, columns as in training.
    pub fn covers(&self, row: ArrayView1<'_, f64>) -> bool {
        self.conditions.iter().all(|condition| condition.holds(row[condition.column]))
    }

    /// Drops conditions on numbers that a later one of the same column and direction makes needless.
    pub fn tidy(&mut self) {
        let all = self.conditions.clone();
        let tighter = |a: &Condition, b: &Condition| {
            a.column == b.column && a.comparison == b.comparison && a.comparison != Comparison::Is && a.holds(b.value)
        };
        let mut place = 0;
        self.conditions.retain(|condition| {
            place += 1;
            !all[place..].iter().any(|later| tighter(condition, later))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looser_conditions_go() {
        let at = |column, comparison, value| Condition { column, comparison, value };
        let conditions = vec![
            at(0, Comparison::AtMost, 5.0),
            at(1, Comparison::AtLeast, 1.0),
            at(0, Comparison::AtLeast, 2.0),
            at(0, Comparison::AtMost, 4.0),
            at(2, Comparison::Is, 0.0),
        ];
        let mut rule = Rule { conditions: conditions.clone(), class: 0 };
        rule.tidy();
        assert_eq!(rule.conditions, conditions[1..]);
    }
}
