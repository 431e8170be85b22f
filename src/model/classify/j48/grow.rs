//! The tree before pruning, from its root down.

use super::Params;
use super::select::Selector;
use super::split::divide;
use super::table::{Bag, Table, float};
use super::tree::{Node, Split, Test};
use crate::weka::number::{equal, greater};

/// Every node of the unpruned tree; the first is the root, and children follow their parent.
pub(super) fn grow(table: &Table, params: &Params, bag: Bag) -> Vec<Node> {
    let mut selector = Selector::new(table, params);
    let mut nodes = vec![Node::default()];
    let mut waiting = vec![(0, bag)];
    while let Some((at, bag)) = waiting.pop() {
        let class_weights = table.class_weights(&bag);
        let total = bag.total();
        let most = class_weights.iter().copied().fold(0.0, f64::max);
        let leaf = greater(2.0 * float(params.minimum_rows), total) || equal(total, most);
        let test = if leaf { None } else { selector.best(&bag, total) };
        nodes[at] = Node { class_weights, total, split: None };
        if let Some((column, test)) = test {
            let first = nodes.len();
            let branches = if let Test::Levels(levels) = test { levels } else { 2 };
            let children = (first..first + branches).collect();
            let mut split = Split { column, test, bag_weights: Vec::new(), children };
            let divided = divide(table, &split, &bag, None);
            split.bag_weights = divided.weights;
            nodes[at] = Node { class_weights: divided.class_weights, total: divided.total, split: Some(split) };
            nodes.resize(first + branches, Node::default());
            waiting.extend((first..first + branches).zip(divided.bags).rev());
        }
    }
    nodes
}
