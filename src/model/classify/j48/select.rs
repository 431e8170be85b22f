//! Which test a node gets: gain ratio among the tests of at least average gain (Quinlan 1993, 2.2; the price of a
//! threshold, Quinlan 1996).

use std::f64::consts::LN_2;

use super::Params;
use super::table::{Bag, Feature, Table, float};
use super::tree::Test;
use crate::weka::number::{NEAR, at_least, equal, greater};

/// A test that a node could have.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    gain: f64,
    ratio: f64,
    test: Test,
}

/// Finds tests; keeps its working space from node to node.
pub(super) struct Selector<'a> {
    table: &'a Table,
    params: &'a Params,
    /// Which node each row was last seen in.
    seen: Vec<u32>,
    node: u32,
    /// The weight of each row in that node.
    weights: Vec<f64>,
    /// Rows of the node by the column at hand.
    sorted: Vec<u32>,
    keys: Vec<u64>,
    /// Weights by level and class; all 0 between columns.
    counts: Vec<f64>,
}

/// The rows of a node and what is known of them.
struct Node<'a> {
    bag: &'a Bag,
    total: f64,
}

impl<'a> Selector<'a> {
    pub(super) fn new(table: &'a Table, params: &'a Params) -> Self {
        let levels = table.columns.iter().filter_map(|column| column.levels).max().unwrap_or(0);
        Selector {
            table,
            params,
            seen: vec![0; table.rows],
            node: 0,
            weights: vec![0.0; table.rows],
            sorted: Vec::new(),
            keys: Vec::new(),
            counts: vec![0.0; levels * table.classes],
        }
    }

    /// The column and test of a node whose rows weigh `total`; none where it is to be a leaf.
    pub(super) fn best(&mut self, bag: &Bag, total: f64) -> Option<(usize, Test)> {
        self.node += 1;
        for (row, weight) in bag.iter() {
            self.seen[row] = self.node;
            self.weights[row] = weight;
        }
        let node = Node { bag, total };
        let candidates: Vec<Option<Candidate>> =
            (0..self.table.columns.len()).map(|column| self.candidate(column, &node)).collect();
        self.choose(&candidates)
    }

    fn candidate(&mut self, column: usize, node: &Node<'_>) -> Option<Candidate> {
        match self.table.columns[column].levels {
            None => self.threshold(column, node),
            Some(levels) if self.params.binary_splits => self.one_level(column, levels, node),
            Some(levels) => self.levels(column, levels, node),
        }
    }

    /// Tests of little gain are left aside even where their ratio is large; columns of many levels count in the
    /// average only where there are no others.
    fn choose(&self, candidates: &[Option<Candidate>]) -> Option<(usize, Test)> {
        let many = |feature: &Feature| {
            feature.levels.is_some_and(|levels| at_least(float(levels), 0.3 * float(self.table.rows)))
        };
        let all_many = self.table.columns.iter().all(many);
        let counted = self.table.columns.iter().zip(candidates).filter(|(feature, _)| all_many || !many(feature));
        let gains: Vec<f64> = counted.filter_map(|(_, candidate)| candidate.map(|candidate| candidate.gain)).collect();
        if gains.is_empty() {
            return None;
        }
        let average = gains.iter().sum::<f64>() / float(gains.len());
        let mut best = (None, 0.0);
        for (column, candidate) in candidates.iter().enumerate() {
            let Some(candidate) = candidate else { continue };
            if candidate.gain >= average - 1e-3 && greater(candidate.ratio, best.1) {
                best = (Some((column, candidate.test)), candidate.ratio);
            }
        }
        best.0
    }

    /// The rows of the node with a value in `column`, by it.
    fn sort(&mut self, column: usize, bag: &Bag) {
        let feature = &self.table.columns[column];
        self.sorted.clear();
        let rows = bag.rows.len();
        // Sorting a few rows is cheaper than a walk over all.
        if rows * (usize::BITS - rows.leading_zeros()) as usize > feature.order.len() {
            let node = self.node;
            self.sorted.extend(feature.order.iter().filter(|row| self.seen[**row as usize] == node));
            return;
        }
        self.keys.clear();
        let places = bag.rows.iter().map(|row| (feature.places[*row as usize], *row));
        let known = places.filter(|(place, _)| *place != super::table::UNPLACED);
        self.keys.extend(known.map(|(place, row)| (u64::from(place) << 32) | u64::from(row)));
        self.keys.sort_unstable();
        #[expect(clippy::cast_possible_truncation, reason = "the row is the lower half")]
        self.sorted.extend(self.keys.iter().map(|key| *key as u32));
    }

    /// The best threshold of a column of numbers.
    fn threshold(&mut self, column: usize, node: &Node<'_>) -> Option<Candidate> {
        self.sort(column, node.bag);
        let (table, classes) = (self.table, self.table.classes);
        let values = &table.columns[column].values;
        let mut right = vec![0.0; classes];
        for row in &self.sorted {
            right[table.codes[*row as usize]] += self.weights[*row as usize];
        }
        let known: f64 = right.iter().sum();
        let least = self.least_side(known);
        if self.sorted.is_empty() || 2.0 * least - float(self.sorted.len()) > NEAR {
            return None;
        }
        let before = n_log_n(known) - right.iter().map(|n| n_log_n(*n)).sum::<f64>();
        let mut left = vec![0.0; classes];
        let (mut left_weight, mut boundaries) = (0.0, 0_usize);
        let mut best: Option<(usize, f64, f64)> = None;
        let mut most = 0.0;
        for at in 1..self.sorted.len() {
            let (row, next) = (self.sorted[at - 1] as usize, self.sorted[at] as usize);
            let weight = self.weights[row];
            left[table.codes[row]] += weight;
            right[table.codes[row]] -= weight;
            left_weight += weight;
            if values[row] + 1e-5 < values[next] && at_least(left_weight, least) && at_least(known - left_weight, least)
            {
                boundaries += 1;
                let after = entropy_left(&left) + entropy_left(&right);
                let gain = (before - after) / LN_2 / node.total;
                if greater(gain, most) {
                    most = gain;
                    best = Some((at, gain, left_weight));
                }
            }
        }
        let (at, mut gain, left_weight) = best?;
        if self.params.mdl_correction {
            gain -= float(boundaries).log2() / node.total;
        }
        if !greater(gain, 0.0) {
            return None;
        }
        let (below, above) = (values[self.sorted[at - 1] as usize], values[self.sorted[at] as usize]);
        let middle = f64::midpoint(below, above);
        // Neighbours too large for a number between them.
        let middle = if middle < above { middle } else { below };
        // Weka 3.6, the last that prunes by reduced errors, takes a value for the middle that is above it by no more than
        // its tolerance; 3.9 does not.
        let tolerance = if self.params.reduced_error_pruning { NEAR } else { 0.0 };
        let cut =
            if self.params.split_point_of_data { table.columns[column].at_most(middle, tolerance) } else { middle };
        let ratio = ratio(gain, &[left_weight, known - left_weight], node.total);
        Some(Candidate { gain, ratio, test: Test::Threshold(cut) })
    }

    /// The least weight that each side of a threshold must have.
    fn least_side(&self, known: f64) -> f64 {
        let least = 0.1 * known / float(self.table.classes);
        let minimum = float(self.params.minimum_rows);
        if at_least(minimum, least) {
            minimum
        } else if greater(least, 25.0) {
            25.0
        } else {
            least
        }
    }

    /// Adds the rows of the node to `counts`; the levels that have rows, ascending.
    fn count(&mut self, column: usize, levels: usize, bag: &Bag) -> Vec<usize> {
        let (table, classes) = (self.table, self.table.classes);
        let values = &table.columns[column].values;
        let mut touched = Vec::new();
        for (row, weight) in bag.iter() {
            if let Some(level) = super::table::level(values[row], levels) {
                touched.push(level);
                self.counts[level * classes + table.codes[row]] += weight;
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    fn clear(&mut self, touched: &[usize]) {
        let classes = self.table.classes;
        for level in touched {
            self.counts[level * classes..(level + 1) * classes].fill(0.0);
        }
    }

    fn of_level(&self, level: usize) -> &[f64] {
        let classes = self.table.classes;
        &self.counts[level * classes..(level + 1) * classes]
    }

    /// One branch for each level.
    fn levels(&mut self, column: usize, levels: usize, node: &Node<'_>) -> Option<Candidate> {
        let touched = self.count(column, levels, node.bag);
        let weights: Vec<f64> = touched.iter().map(|level| self.of_level(*level).iter().sum()).collect();
        let minimum = float(self.params.minimum_rows);
        let enough = weights.iter().filter(|weight| at_least(**weight, minimum)).count() >= 2;
        let candidate = enough.then(|| {
            let known: f64 = weights.iter().sum();
            let after: f64 = touched.iter().map(|level| entropy_left(self.of_level(*level))).sum();
            let gain = (self.before(&touched, known) - after) / LN_2 / node.total;
            Candidate { gain, ratio: ratio(gain, &weights, node.total), test: Test::Levels(levels) }
        });
        self.clear(&touched);
        candidate
    }

    /// One level against the rest: the one with the best ratio.
    fn one_level(&mut self, column: usize, levels: usize, node: &Node<'_>) -> Option<Candidate> {
        let touched = self.count(column, levels, node.bag);
        let sums = self.class_sums(&touched);
        let known: f64 = sums.iter().sum();
        let before = n_log_n(known) - sums.iter().map(|n| n_log_n(*n)).sum::<f64>();
        let minimum = float(self.params.minimum_rows);
        let mut best: Option<Candidate> = None;
        for level in &touched {
            let inside = self.of_level(*level);
            let weight: f64 = inside.iter().sum();
            if !at_least(weight, minimum) || !at_least(known - weight, minimum) {
                continue;
            }
            let outside: Vec<f64> = sums.iter().zip(inside).map(|(sum, inside)| sum - inside).collect();
            let gain = (before - entropy_left(inside) - entropy_left(&outside)) / LN_2 / node.total;
            let ratio = ratio(gain, &[weight, known - weight], node.total);
            if best.is_none_or(|best| greater(ratio, best.ratio)) {
                best = Some(Candidate { gain, ratio, test: Test::Level { level: *level, levels } });
            }
        }
        self.clear(&touched);
        best
    }

    fn class_sums(&self, touched: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; self.table.classes];
        for level in touched {
            sums.iter_mut().zip(self.of_level(*level)).for_each(|(sum, n)| *sum += n);
        }
        sums
    }

    fn before(&self, touched: &[usize], known: f64) -> f64 {
        n_log_n(known) - self.class_sums(touched).iter().map(|n| n_log_n(*n)).sum::<f64>()
    }
}

/// n ln n; 0 for what is almost nothing.
fn n_log_n(n: f64) -> f64 {
    if n < NEAR { 0.0 } else { n * n.ln() }
}

/// Nats times weight that the classes of a branch still cost.
fn entropy_left(classes: &[f64]) -> f64 {
    let (mut sum, mut logs) = (0.0, 0.0);
    for n in classes {
        sum += n;
        logs += n_log_n(*n);
    }
    n_log_n(sum) - logs
}

/// Gain over the information of the split itself, in which the missing rows are one more branch.
fn ratio(gain: f64, branches: &[f64], total: f64) -> f64 {
    let known: f64 = branches.iter().sum();
    let logs: f64 = branches.iter().map(|weight| n_log_n(*weight)).sum();
    let split = (n_log_n(total) - logs - n_log_n(total - known)) / LN_2 / total;
    if equal(split, 0.0) { 0.0 } else { gain / split }
}
