//! Which test a node gets: gain ratio among the tests of at least average gain (Quinlan 1993, 2.2; the price of a
//! threshold, Quinlan 1996).

use std::f64::consts::LN_2;

use super::Params;
use super::logarithm::Logarithms;
use super::table::{Bag, Feature, Table, float};
use super::tree::Test;
use crate::model::classify::instances::level;
use crate::weka::number::{NEAR, at_least, equal, greater};

/// A test that a node could have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub gain: f64,
    pub ratio: f64,
    pub test: Test,
}

/// Finds tests; keeps its working space from node to node.
pub(super) struct Selector<'a> {
    pub table: &'a Table,
    pub params: &'a Params,
    /// Which node each row was last seen in.
    pub seen: Vec<u32>,
    pub node: u32,
    /// The weight of each row in that node.
    pub weights: Vec<f64>,
    /// Rows of the node by the column at hand.
    pub sorted: Vec<u32>,
    pub keys: Vec<u64>,
    pub logarithms: Logarithms,
    /// Weights by level and class; all 0 between columns.
    counts: Vec<f64>,
}

/// The rows of a node and what is known of them.
pub(super) struct NodeRows<'a> {
    pub bag: &'a Bag,
    pub total: f64,
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
            logarithms: Logarithms::new(),
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
        let node = NodeRows { bag, total };
        let candidates: Vec<Option<Candidate>> =
            (0..self.table.columns.len()).map(|column| self.candidate(column, &node)).collect();
        self.choose(&candidates)
    }

    fn candidate(&mut self, column: usize, node: &NodeRows<'_>) -> Option<Candidate> {
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

    /// Adds the rows of the node to `counts`; the levels that have rows, ascending.
    fn count(&mut self, column: usize, levels: usize, bag: &Bag) -> Vec<usize> {
        let (table, classes) = (self.table, self.table.classes);
        let values = &table.columns[column].values;
        let mut touched = Vec::new();
        for (row, weight) in bag.iter() {
            if let Some(at) = level(values[row], levels) {
                touched.push(at);
                self.counts[at * classes + table.codes[row]] += weight;
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
    fn levels(&mut self, column: usize, levels: usize, node: &NodeRows<'_>) -> Option<Candidate> {
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
    fn one_level(&mut self, column: usize, levels: usize, node: &NodeRows<'_>) -> Option<Candidate> {
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
pub(super) fn n_log_n(n: f64) -> f64 {
    if n < NEAR { 0.0 } else { n * n.ln() }
}

/// Nats times weight that the classes of a branch still cost.
pub(super) fn entropy_left(classes: &[f64]) -> f64 {
    let (mut sum, mut logs) = (0.0, 0.0);
    for n in classes {
        sum += n;
        logs += n_log_n(*n);
    }
    n_log_n(sum) - logs
}

/// Gain over the information of the split itself, in which the missing rows are one more branch.
pub(super) fn ratio(gain: f64, branches: &[f64], total: f64) -> f64 {
    let known: f64 = branches.iter().sum();
    let logs: f64 = branches.iter().map(|weight| n_log_n(*weight)).sum();
    let split = (n_log_n(total) - logs - n_log_n(total - known)) / LN_2 / total;
    if equal(split, 0.0) { 0.0 } else { gain / split }
}
