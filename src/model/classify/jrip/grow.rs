//! Growing a rule condition by condition for information gain, and pruning it on rows that it was not grown on.

use crate::model::classify::jrip::rule::{Comparison, Condition, Rule, Table, ascending};
use crate::weka::number::{equal, greater};

/// Below this share of all rows, sorting those at hand is cheaper than picking them out of the sorted rest.
const SPARSE: usize = 16;

/// The condition found best so far: its gain, the weight that it covers, and how much of that has the class.
struct Best {
    condition: Option<Condition>,
    gain: f64,
    right: f64,
    covered: f64,
}

/// The rows that a growing rule still covers.
struct Growing<'a> {
    table: &'a Table,
    class: usize,
    rows: Vec<usize>,
    /// For each column of numbers the rows with a value, in ascending order.
    sorted: Vec<Vec<usize>>,
    /// Nominal columns that the rule has a condition on.
    used: Vec<bool>,
    /// The binary logarithm of the share of the class, as it is without another condition.
    rate: f64,
}

/// Adds conditions to a rule: each time the one with the largest FOIL gain on the rows covered so far (Quinlan 1990),
/// until only rows of the class are left, none gains, or the best would leave less than `minimum` of the class.
pub fn grow(table: &Table, rule: &mut Rule, rows: Vec<usize>, minimum: f64) {
    let mut growing = Growing::new(table, rule, rows);
    loop {
        let best = growing.best();
        let Some(condition) = best.condition else { return };
        if greater(minimum, best.right) {
            return;
        }
        rule.conditions.push(condition);
        let share = (best.right + 1.0) / (best.covered + 1.0);
        if equal(share, 1.0) {
            return;
        }
        growing.narrow(condition, share);
    }
}

impl<'a> Growing<'a> {
    fn new(table: &'a Table, rule: &Rule, rows: Vec<usize>) -> Self {
        let mut used = vec![false; table.columns.len()];
        rule.conditions.iter().for_each(|condition| used[condition.column] = true);
        let share = (table.weight_of(rule.class, &rows) + 1.0) / (table.weight(&rows) + 1.0);
        let sorted = sorted(table, &rows);
        Growing { table, class: rule.class, rows, sorted, used, rate: share.log2() }
    }

    fn best(&self) -> Best {
        let mut best = Best { condition: None, gain: 0.0, right: 0.0, covered: 0.0 };
        for column in 0..self.table.columns.len() {
            match self.table.levels[column] {
                None => self.best_number(column, &mut best),
                Some(levels) if !self.used[column] => self.best_word(column, levels, &mut best),
                Some(_) => {}
            }
        }
        best
    }

    /// Takes a condition that gains strictly more than the best so far.
    fn offer(&self, best: &mut Best, condition: Condition, right: f64, covered: f64) {
        // No share exceeds 1, so this is the most that it can gain; saves most of the logarithms.
        if right * -self.rate <= best.gain {
            return;
        }
        let gain = right * (((right + 1.0) / (covered + 1.0)).log2() - self.rate);
        if gain > best.gain {
            *best = Best { condition: Some(condition), gain, right, covered };
        }
    }

    fn best_word(&self, column: usize, levels: usize, best: &mut Best) {
        let values = &self.table.columns[column];
        let mut sums = vec![(0.0, 0.0); levels];
        for &row in &self.rows {
            let value = values[row];
            if value.is_nan() {
                continue;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into the words")]
            let (right, covered) = &mut sums[value as usize];
            *covered += self.table.weights[row];
            if self.table.places[row] == self.class {
                *right += self.table.weights[row];
            }
        }
        for (word, (right, covered)) in sums.into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "an index into the words")]
            let condition = Condition { column, comparison: Comparison::Is, value: word as f64 };
            self.offer(best, condition, right, covered);
        }
    }

    /// Both directions at every distinct number in ascending order, each with the rows of that very number; `<=` only
    /// where it gains more than `>=`.
    fn best_number(&self, column: usize, best: &mut Best) {
        let (table, values, rows) = (self.table, &self.table.columns[column], &self.sorted[column]);
        let (all, all_right) = (table.weight(rows), table.weight_of(self.class, rows));
        let (mut covered, mut right, mut start) = (0.0, 0.0, 0);
        while start < rows.len() {
            let value = values[rows[start]];
            let (below, below_right) = (covered, right);
            while start < rows.len() && values[rows[start]] == value {
                let weight = table.weights[rows[start]];
                covered += weight;
                if table.places[rows[start]] == self.class {
                    right += weight;
                }
                start += 1;
            }
            let at = |comparison| Condition { column, comparison, value };
            self.offer(best, at(Comparison::AtLeast), all_right - below_right, all - below);
            self.offer(best, at(Comparison::AtMost), right, covered);
        }
    }

    /// Keeps the rows that the condition covers, whose share of the class is known.
    fn narrow(&mut self, condition: Condition, share: f64) {
        let values = &self.table.columns[condition.column];
        let stays = |row: &usize| condition.holds(values[*row]);
        self.rows.retain(stays);
        self.sorted.iter_mut().for_each(|rows| rows.retain(stays));
        self.used[condition.column] = true;
        self.rate = share.log2();
    }
}

/// For each column of numbers those of these rows that have a value, in ascending order.
fn sorted(table: &Table, rows: &[usize]) -> Vec<Vec<usize>> {
    let numbers = |column: &usize| table.levels[*column].is_none();
    let mut sorted = vec![Vec::new(); table.columns.len()];
    if rows.len() * SPARSE < table.rows() {
        for column in (0..table.columns.len()).filter(numbers) {
            let values = &table.columns[column];
            let known = rows.iter().copied().filter(|row| !values[*row].is_nan()).collect();
            sorted[column] = ascending(known, values);
        }
        return sorted;
    }
    let mut here = vec![false; table.rows()];
    rows.iter().for_each(|row| here[*row] = true);
    for column in (0..table.columns.len()).filter(numbers) {
        sorted[column] = table.ascending[column].iter().copied().filter(|row| here[*row]).collect();
    }
    sorted
}

/// What makes a rule, cut after one of its conditions, good on the rows that it is pruned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// Its accuracy on what it covers: (p + 1) / (t + 2).
    Covered,
    /// Its accuracy on all of them: rows of the class that it covers and others that it does not.
    All,
}

/// Keeps the first conditions of a rule whose worth on these rows is strictly the largest; may drop all of them.
pub fn prune(table: &Table, rule: &mut Rule, mut rows: Vec<usize>, worth: Worth) {
    let total = table.weight(&rows);
    if !greater(total, 0.0) {
        return;
    }
    let right = table.weight_of(rule.class, &rows);
    let mut best = (0, if worth == Worth::All { right / total } else { (right + 1.0) / (total + 2.0) });
    let others = total - right;
    for (place, condition) in rule.conditions.iter().enumerate() {
        let values = &table.columns[condition.column];
        rows.retain(|row| condition.holds(values[*row]));
        let (right, covered) = (table.weight_of(rule.class, &rows), table.weight(&rows));
        let value = match worth {
            Worth::All => (right + (others - (covered - right))) / total,
            Worth::Covered => (right + 1.0) / (covered + 2.0),
        };
        if value > best.1 {
            best = (place + 1, value);
        }
    }
    rule.conditions.truncate(best.0);
}
