//! The best threshold of a column of numbers.

use std::f64::consts::LN_2;

use super::logarithm::{ERROR, Logarithms};
use super::select::{Candidate, NodeRows, Selector, entropy_left, n_log_n, ratio};
use super::table::{Bag, UNPLACED, float};
use super::tree::Test;
use crate::weka::number::{NEAR, at_least, greater};

/// Values nearer than this are not told apart.
const APART: f64 = 1e-5;

/// A boundary between two rows by a column.
#[derive(Clone, Copy)]
struct Boundary {
    /// The first row above it, as a place in the sorted rows.
    at: usize,
    gain: f64,
    /// The weight below it.
    below: f64,
}

/// Rows moving from above a boundary to below it, one by one, by value.
struct Sweep<'a> {
    logarithms: &'a Logarithms,
    below: Vec<f64>,
    above: Vec<f64>,
    below_weight: f64,
    known: f64,
    /// n ln n of each class on both sides, roughly.
    terms: Vec<f64>,
    /// The sum of `terms`.
    sum: f64,
}

impl<'a> Sweep<'a> {
    fn new(logarithms: &'a Logarithms, above: Vec<f64>, known: f64) -> Self {
        let terms: Vec<f64> = above.iter().map(|n| logarithms.n_log_n(*n)).collect();
        let below = vec![0.0; above.len()];
        Sweep { logarithms, below, above, below_weight: 0.0, known, sum: terms.iter().sum(), terms }
    }

    #[inline]
    fn pass(&mut self, class: usize, weight: f64) {
        self.below[class] += weight;
        self.above[class] -= weight;
        self.below_weight += weight;
        let term = self.logarithms.n_log_n(self.below[class]) + self.logarithms.n_log_n(self.above[class]);
        self.sum += term - self.terms[class];
        self.terms[class] = term;
    }

    /// Nats times weight that the classes still cost on both sides, to within `known` times [`Sweep::SLACK`].
    #[inline]
    fn roughly_left(&self) -> f64 {
        let above = self.known - self.below_weight;
        self.logarithms.n_log_n(self.below_weight) + self.logarithms.n_log_n(above) - self.sum
    }

    /// The error of the logarithms, and as much again and more for what sums up on the way.
    const SLACK: f64 = 1e3 * ERROR;

    fn left(&self) -> f64 {
        entropy_left(&self.below) + entropy_left(&self.above)
    }
}

impl Selector<'_> {
    /// The best threshold of a column, if any pays.
    pub(super) fn threshold(&mut self, column: usize, node: &NodeRows<'_>) -> Option<Candidate> {
        self.sort(column, node.bag);
        let (boundary, boundaries, known) = self.best_boundary(column, node)?;
        let price = if self.params.mdl_correction { float(boundaries).log2() / node.total } else { 0.0 };
        let gain = boundary.gain - price;
        if !greater(gain, 0.0) {
            return None;
        }
        let ratio = ratio(gain, &[boundary.below, known - boundary.below], node.total);
        Some(Candidate { gain, ratio, test: Test::Threshold(self.cut(column, boundary.at)) })
    }

    /// The boundary of most gain, how many were tried, and the weight of the rows with a value.
    fn best_boundary(&self, column: usize, node: &NodeRows<'_>) -> Option<(Boundary, usize, f64)> {
        let (values, codes) = (&self.table.columns[column].values, &self.table.codes);
        let mut classes = vec![0.0; self.table.classes];
        for row in &self.sorted {
            classes[codes[*row as usize]] += self.weights[*row as usize];
        }
        let known: f64 = classes.iter().sum();
        let least = self.least_side(known);
        if self.sorted.is_empty() || greater(2.0 * least, float(self.sorted.len())) {
            return None;
        }
        let before = n_log_n(known) - classes.iter().map(|n| n_log_n(*n)).sum::<f64>();
        let mut sweep = Sweep::new(&self.logarithms, classes, known);
        let slack = Sweep::SLACK * known;
        let (mut best, mut boundaries): (Option<Boundary>, _) = (None, 0);
        // What is left must be less than this for a gain that is greater, by the tolerance, than the best so far.
        let limit = |gain: f64| before - (gain + NEAR) * LN_2 * node.total + slack;
        let mut most_left = limit(0.0);
        for (at, pair) in (1..).zip(self.sorted.windows(2)) {
            let (row, next) = (pair[0] as usize, pair[1] as usize);
            sweep.pass(codes[row], self.weights[row]);
            if values[row] + APART >= values[next] || !at_least(sweep.below_weight, least) {
                continue;
            }
            if !at_least(known - sweep.below_weight, least) {
                break;
            }
            boundaries += 1;
            if sweep.roughly_left() < most_left {
                let gain = (before - sweep.left()) / LN_2 / node.total;
                if greater(gain, best.map_or(0.0, |best| best.gain)) {
                    best = Some(Boundary { at, gain, below: sweep.below_weight });
                    most_left = limit(gain);
                }
            }
        }
        Some((best?, boundaries, known))
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

    /// The threshold of a boundary.
    fn cut(&self, column: usize, at: usize) -> f64 {
        let feature = &self.table.columns[column];
        let value = |at: usize| feature.values[self.sorted[at] as usize];
        let (below, above) = (value(at - 1), value(at));
        let middle = f64::midpoint(below, above);
        // Neighbours too large for a number between them.
        let middle = if middle < above { middle } else { below };
        // Weka 3.6, the last that prunes by reduced errors, takes a value for the middle that is above it by no more than
        // its tolerance; 3.9 does not.
        let tolerance = if self.params.reduced_error_pruning { NEAR } else { 0.0 };
        if self.params.split_point_of_data { feature.at_most(middle, tolerance) } else { middle }
    }

    /// The rows of the node with a value in `column`, by it.
    fn sort(&mut self, column: usize, bag: &Bag) {
        let feature = &self.table.columns[column];
        self.sorted.clear();
        let rows = bag.rows.len();
        // Sorting a few rows is cheaper than a walk over all.
        if rows * (usize::BITS - rows.leading_zeros()) as usize > feature.order.len() {
            let node = self.node;
            self.sorted.resize(feature.order.len(), 0);
            let mut known = 0;
            // Every row is written and those of other nodes are written over: no branch to guess wrong.
            for row in &feature.order {
                self.sorted[known] = *row;
                known += usize::from(self.seen[*row as usize] == node);
            }
            self.sorted.truncate(known);
            return;
        }
        self.keys.clear();
        let places = bag.rows.iter().map(|row| (feature.places[*row as usize], *row));
        let known = places.filter(|(place, _)| *place != UNPLACED);
        self.keys.extend(known.map(|(place, row)| (u64::from(place) << 32) | u64::from(row)));
        self.keys.sort_unstable();
        #[expect(clippy::cast_possible_truncation, reason = "the row is the lower half")]
        self.sorted.extend(self.keys.iter().map(|key| *key as u32));
    }
}
