//! Reduced-error pruning (Quinlan 1987): a fold of the training rows is kept out of growing and decides.

use super::split::divide;
use super::table::{Bag, Table};
use super::tree::{Node, largest_class};
use crate::java::{Random, stratify};
use crate::weka::number::at_least;

/// The rows that grow the tree and those that prune it: stratified folds in the file's order, of which the last
/// prunes; the others are shuffled.
pub(super) fn parts(codes: &[usize], weights: &[f64], folds: usize, seed: usize) -> (Bag, Bag) {
    let mut order: Vec<usize> = (0..codes.len()).collect();
    stratify(&mut order, folds, |row| codes[row]);
    let pruning = order.split_off(order.len() - order.len() / folds.max(1));
    Random::new(i64::try_from(seed).unwrap_or(i64::MAX)).shuffle(&mut order);
    let bag = |rows: Vec<usize>| {
        let mut bag = Bag::default();
        rows.into_iter().for_each(|row| bag.push(u32::try_from(row).unwrap_or(u32::MAX), weights[row]));
        bag
    };
    (bag(order), bag(pruning))
}

/// Makes a leaf of each subtree that errs no less on the pruning rows than a leaf would.
pub(super) fn prune(table: &Table, nodes: &mut [Node], pruning: Bag) {
    let mut held: Vec<Vec<f64>> = vec![Vec::new(); nodes.len()];
    let mut waiting = vec![(0, pruning)];
    while let Some((at, bag)) = waiting.pop() {
        held[at] = table.class_weights(&bag);
        if let Some(split) = &nodes[at].split {
            let divided = divide(table, split, &bag, Some(&split.bag_weights));
            waiting.extend(split.children.iter().copied().zip(divided.bags));
        }
    }
    let errors = |at: usize, class: usize| held[at].iter().sum::<f64>() - held[at][class];
    let mut costs = vec![0.0; nodes.len()];
    for at in (0..nodes.len()).rev() {
        let class = largest_class(&nodes[at].class_weights);
        let leaf = errors(at, class);
        costs[at] = leaf;
        let Some(split) = &nodes[at].split else { continue };
        // Rows in a branch that no row of growing reached are told the node's own class.
        let child_cost = |child: &usize| if nodes[*child].is_empty() { errors(*child, class) } else { costs[*child] };
        let subtree: f64 = split.children.iter().map(child_cost).sum();
        if at_least(subtree, leaf) {
            nodes[at].split = None;
        } else {
            costs[at] = subtree;
        }
    }
}
