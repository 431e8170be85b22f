//! The finished tree: what it says of a row.

use super::table::float;
use crate::dataset::Column;
use crate::weka::number::{NEAR, greater};

/// A decision tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The columns that it was learned from.
    pub columns: Vec<Column>,
    /// The classes in the file's order.
    pub classes: Vec<String>,
    /// The nodes; the first is the root, and children follow their parent.
    pub nodes: Vec<Node>,
    /// Whether shares are Laplace-corrected.
    pub laplace: bool,
    /// Whether every test has two branches; then thresholds are printed with all digits.
    pub binary: bool,
}

/// A node of a tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The weight of each class among the training rows that reached it.
    pub class_weights: Vec<f64>,
    /// Their weight.
    pub total: f64,
    /// Its test; none for a leaf.
    pub split: Option<Split>,
}

/// A test and where it leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The column that is looked at.
    pub column: usize,
    /// What is asked of it.
    pub test: Test,
    /// The weight of the training rows that went down each branch.
    pub bag_weights: Vec<f64>,
    /// The node at the end of each branch.
    pub children: Vec<usize>,
}

/// What is asked of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    /// At most this: the first branch, else the second.
    Threshold(f64),
    /// This level of so many: the first branch, else the second.
    Level {
        /// The level.
        level: usize,
        /// How many the column has.
        levels: usize,
    },
    /// One branch for each of so many levels.
    Levels(usize),
}

impl Node {
    /// The weight of its training rows of other classes than its largest.
    pub fn errors(&self) -> f64 {
        self.total - self.class_weights.get(self.largest()).copied().unwrap_or(0.0)
    }

    /// Its largest class, the first of equals.
    pub fn largest(&self) -> usize {
        largest_class(&self.class_weights)
    }

    /// Whether no training row reached it.
    pub fn is_empty(&self) -> bool {
        self.total < NEAR
    }
}

/// The class with the largest weight, the first of equals.
pub(super) fn largest_class(weights: &[f64]) -> usize {
    let mut best = (0, 0.0);
    for (class, weight) in weights.iter().enumerate() {
        if greater(*weight, best.1) {
            best = (class, *weight);
        }
    }
    best.0
}

impl Tree {
    /// The same tree without nodes that are out of reach.
    pub(super) fn within_reach(self) -> Self {
        let mut all = self.nodes;
        let mut nodes = Vec::new();
        let mut waiting = vec![(0, None)];
        while let Some((at, parent)) = waiting.pop() {
            let place = nodes.len();
            let mut node: Node = std::mem::take(&mut all[at]);
            if let Some(split) = &mut node.split {
                let children = split.children.iter().copied().enumerate();
                waiting.extend(children.map(|(branch, child)| (child, Some((place, branch)))).rev());
            }
            nodes.push(node);
            if let Some((parent, branch)) = parent {
                let parent: &mut Node = &mut nodes[parent];
                if let Some(split) = &mut parent.split {
                    split.children[branch] = place;
                }
            }
        }
        Tree { nodes, ..self }
    }

    /// How many leaves it has, empty ones too.
    pub fn leaves(&self) -> usize {
        self.nodes.iter().filter(|node| node.split.is_none()).count()
    }

    /// How many levels of tests it has.
    pub fn depth(&self) -> usize {
        let mut depths = vec![0; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            for child in node.split.iter().flat_map(|split| &split.children) {
                depths[*child] = depths[at] + 1;
            }
        }
        depths.into_iter().max().unwrap_or(0)
    }

    /// The class that each node tells as a leaf: its largest, or that of its parent where no training row reached it.
    pub fn labels(&self) -> Vec<usize> {
        let mut labels: Vec<usize> = self.nodes.iter().map(Node::largest).collect();
        for at in 0..self.nodes.len() {
            for child in self.nodes[at].split.iter().flat_map(|split| &split.children) {
                if self.nodes[*child].is_empty() {
                    labels[*child] = labels[at];
                }
            }
        }
        labels
    }

    /// Adds the share of each class for a row to `shares`. `value` tells the row's value in a column; where it is
    /// missing the row goes down all branches, in parts.
    pub fn shares(&self, value: impl Fn(usize) -> f64, shares: &mut [f64], waiting: &mut Vec<(usize, f64)>) {
        waiting.clear();
        waiting.push((0, 1.0));
        while let Some((at, weight)) = waiting.pop() {
            let node = &self.nodes[at];
            let Some(split) = &node.split else {
                self.add(node, weight, shares);
                continue;
            };
            match split.branch(value(split.column)) {
                // Nothing is known there beyond what the node knows.
                Some(branch) if split.bag_weights[branch] < NEAR => self.add(node, weight, shares),
                Some(branch) => waiting.push((split.children[branch], weight)),
                None => {
                    let total: f64 = split.bag_weights.iter().sum();
                    let branches = split.children.iter().zip(&split.bag_weights).rev();
                    let filled = branches.filter(|(_, bag)| **bag >= NEAR);
                    waiting.extend(filled.map(|(child, bag)| (*child, weight * bag / total)));
                }
            }
        }
    }

    fn add(&self, node: &Node, weight: f64, shares: &mut [f64]) {
        let extra = if self.laplace { 1.0 } else { 0.0 };
        let total = node.total + extra * float(shares.len());
        if total > 0.0 {
            let classes = shares.iter_mut().zip(&node.class_weights);
            classes.for_each(|(share, n)| *share += weight * (n + extra) / total);
        }
    }
}
