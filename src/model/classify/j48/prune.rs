//! Pruning by what a leaf's errors may really be (Quinlan 1993, chapter 4), and collapsing of what gains nothing on the
//! training rows.

use super::split::divide;
use super::table::{Bag, Table};
use super::tree::Node;
use crate::report::statistics::distributions::normal_quantile;
use crate::weka::number::at_least;

/// Makes a leaf of each subtree whose leaves do no better on the training rows than it would as a leaf.
pub(super) fn collapse(nodes: &mut [Node]) {
    let mut below = vec![0.0; nodes.len()];
    // Children follow their parent.
    for at in (0..nodes.len()).rev() {
        below[at] = match &nodes[at].split {
            None => nodes[at].errors(),
            Some(split) => split.children.iter().map(|child| below[*child]).sum(),
        };
    }
    for (node, below) in nodes.iter_mut().zip(below) {
        // A node below a new leaf is out of reach, whatever becomes of it.
        if node.split.is_some() && below >= node.errors() - 1e-3 {
            node.split = None;
        }
    }
}

/// Upper limits of error counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Confidence {
    confidence: f64,
    /// The standard normal's quantile at 1 - confidence.
    z: f64,
}

impl Confidence {
    /// The confidence counts as a number of 32 bits, as it does in Weka.
    pub(super) fn new(confidence: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "meant")]
        let confidence = f64::from(confidence as f32);
        Confidence { confidence, z: normal_quantile(1.0 - confidence) }
    }

    /// How many errors to add to `errors` of rows that weigh `total` (normal approximation of the binomial, with a
    /// continuity correction). None above a confidence of 0.5.
    pub(super) fn added(self, total: f64, errors: f64) -> f64 {
        if self.confidence > 0.5 {
            return 0.0;
        }
        if errors < 1.0 {
            let base = total * (1.0 - self.confidence.powf(1.0 / total));
            return if errors == 0.0 { base } else { base + errors * (self.added(total, 1.0) - base) };
        }
        if errors + 0.5 >= total {
            return (total - errors).max(0.0);
        }
        let (z, f) = (self.z, (errors + 0.5) / total);
        let spread = (f / total - f * f / total + z * z / (4.0 * total * total)).sqrt();
        let rate = (f + z * z / (2.0 * total) + z * spread) / (1.0 + z * z / total);
        rate * total - errors
    }

    /// What rows of these classes may cost as a leaf.
    fn leaf(self, classes: &[f64]) -> f64 {
        let total: f64 = classes.iter().sum();
        if total <= 0.0 {
            return 0.0;
        }
        let errors = total - classes[super::tree::largest_class(classes)];
        errors + self.added(total, errors)
    }
}

/// Pruning from the leaves up.
pub(super) struct Pruner<'a> {
    pub table: &'a Table,
    pub nodes: Vec<Node>,
    pub confidence: Confidence,
    /// Whether a node's largest branch may take its place.
    pub raising: bool,
    /// For each node, whether no value of the training set is missing where it and those below it look.
    pub complete: Vec<bool>,
}

enum Step {
    Enter(usize, Bag),
    Leave(usize, Bag),
}

impl Pruner<'_> {
    /// Prunes the tree that was grown from these rows.
    pub(super) fn prune(mut self, bag: Bag) -> Vec<Node> {
        // What each finished subtree may cost.
        let mut costs = vec![0.0; self.nodes.len()];
        self.find_complete();
        let mut steps = vec![Step::Enter(0, bag)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(at, bag) => match &self.nodes[at].split {
                    None => costs[at] = self.confidence.leaf(&self.nodes[at].class_weights),
                    Some(split) => {
                        let bags = divide(self.table, split, &bag, None).bags;
                        let children: Vec<usize> = split.children.clone();
                        steps.push(Step::Leave(at, bag));
                        let entered = children.into_iter().zip(bags);
                        steps.extend(entered.map(|(child, bag)| Step::Enter(child, bag)));
                    }
                },
                Step::Leave(at, bag) => {
                    if self.finish(at, &bag, &mut costs) {
                        steps.push(Step::Enter(at, bag));
                    }
                }
            }
        }
        self.nodes
    }

    /// Decides about a node whose branches are finished; whether it was raised and is to be pruned anew.
    fn finish(&mut self, at: usize, bag: &Bag, costs: &mut [f64]) -> bool {
        let Some(split) = &self.nodes[at].split else { return false };
        let subtree: f64 = split.children.iter().map(|child| costs[*child]).sum();
        let leaf = self.confidence.leaf(&self.nodes[at].class_weights);
        let largest = split.children[largest_branch(&split.bag_weights)];
        let raised = match self.raising {
            false => f64::INFINITY,
            true if self.complete[at] => self.cost_with_more(largest, self.others(at, bag), costs),
            true => self.cost(largest, bag),
        };
        if at_least(subtree + 0.1, leaf) && at_least(raised + 0.1, leaf) {
            self.nodes[at].split = None;
            costs[at] = leaf;
            return false;
        }
        if at_least(subtree + 0.1, raised) {
            self.nodes[at].split = self.nodes[largest].split.clone();
            self.refill(at, bag);
            return true;
        }
        costs[at] = subtree;
        false
    }

    /// What a subtree may cost if these rows go down it.
    fn cost(&self, at: usize, bag: &Bag) -> f64 {
        let Some(split) = &self.nodes[at].split else { return self.confidence.leaf(&self.table.class_weights(bag)) };
        let mut waiting: Vec<(usize, Bag)> =
            split.children.iter().copied().zip(divide(self.table, split, bag, None).bags).collect();
        let mut sum = 0.0;
        while let Some((at, bag)) = waiting.pop() {
            match &self.nodes[at].split {
                None => sum += self.confidence.leaf(&self.table.class_weights(&bag)),
                Some(split) => {
                    waiting.extend(split.children.iter().copied().zip(divide(self.table, split, &bag, None).bags));
                }
            }
        }
        sum
    }

    fn find_complete(&mut self) {
        let column = |column: usize| self.table.columns[column].values.iter().all(|value| !value.is_nan());
        let columns: Vec<bool> = (0..self.table.columns.len()).map(column).collect();
        self.complete = vec![true; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().rev() {
            if let Some(split) = &node.split {
                self.complete[at] = columns[split.column] && split.children.iter().all(|child| self.complete[*child]);
            }
        }
    }

    /// The rows of a complete node that do not go down its largest branch.
    fn others(&self, at: usize, bag: &Bag) -> Bag {
        let mut others = Bag::default();
        if let Some(split) = &self.nodes[at].split {
            let largest = largest_branch(&split.bag_weights);
            let bags = divide(self.table, split, bag, None).bags.into_iter().enumerate();
            for (_, bag) in bags.filter(|(branch, _)| *branch != largest) {
                others.rows.extend(bag.rows);
                others.weights.extend(bag.weights);
            }
        }
        others
    }

    /// As [`Pruner::cost`] of a finished and complete subtree's own rows and these: only leaves that they reach change.
    /// Without this a chain of tests takes the cube of its length.
    fn cost_with_more(&self, at: usize, more: Bag, costs: &[f64]) -> f64 {
        let mut sum = costs[at];
        let mut waiting = vec![(at, more)];
        while let Some((at, bag)) = waiting.pop() {
            if let Some(split) = &self.nodes[at].split {
                let bags = split.children.iter().copied().zip(divide(self.table, split, &bag, None).bags);
                waiting.extend(bags.filter(|(_, bag)| !bag.rows.is_empty()));
            } else {
                let mut classes = self.nodes[at].class_weights.clone();
                bag.iter().for_each(|(row, weight)| classes[self.table.codes[row]] += weight);
                sum += self.confidence.leaf(&classes) - costs[at];
            }
        }
        sum
    }

    /// Counts anew, all the way down, with these rows.
    fn refill(&mut self, at: usize, bag: &Bag) {
        let mut waiting = vec![(at, bag.clone())];
        while let Some((at, bag)) = waiting.pop() {
            let node = &mut self.nodes[at];
            if let Some(split) = &mut node.split {
                let divided = divide(self.table, split, &bag, None);
                split.bag_weights = divided.weights;
                (node.class_weights, node.total) = (divided.class_weights, divided.total);
                waiting.extend(split.children.iter().copied().zip(divided.bags));
            } else {
                (node.class_weights, node.total) = (self.table.class_weights(&bag), bag.total());
            }
        }
    }
}

/// The heaviest branch, the last of equals.
fn largest_branch(weights: &[f64]) -> usize {
    let mut best = (0, 0.0);
    for (branch, weight) in weights.iter().enumerate() {
        if at_least(*weight, best.1) {
            best = (branch, *weight);
        }
    }
    best.0
}
