//! The tree for people and for programs.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::table::float;
use super::tree::{Node, Split, Test, Tree};
use crate::weka::number::{greater, java_double, rounded};

/// Deeper trees are not nested in JSON: readers refuse what is nested deeper than 128, and each level is two.
pub const NESTED: usize = 50;

/// The text shows no node below this depth.
const SHOWN: usize = 500;

impl Tree {
    /// As Weka prints it. A subtree below 500 levels is three dots.
    pub fn text(&self, title: &str) -> String {
        let mut text = format!("{title}\n------------------\n");
        let labels = self.labels();
        // Branches to be written: their node, which of its branches, and how deep.
        let mut waiting = Vec::new();
        let below = |at: usize, depth: usize| {
            let branches = self.nodes[at].split.as_ref().map_or(0, |split| split.children.len());
            (0..branches).rev().map(move |branch| (at, branch, depth))
        };
        if self.nodes[0].split.is_none() {
            let _ = write!(text, ": {}", self.leaf_text(0, labels[0]));
        }
        waiting.extend(below(0, 0));
        while let Some((at, branch, depth)) = waiting.pop() {
            let Some(split) = &self.nodes[at].split else { continue };
            let _ = write!(text, "\n{}{}", "|   ".repeat(depth), self.question(split, branch));
            let child = split.children[branch];
            if self.nodes[child].split.is_none() {
                let _ = write!(text, ": {}", self.leaf_text(child, labels[child]));
            } else if depth + 1 < SHOWN {
                waiting.extend(below(child, depth + 1));
            } else {
                text.push_str(": ...");
            }
        }
        let (leaves, size) = (self.leaves(), self.nodes.len());
        text + &format!("\n\nNumber of Leaves  : \t{leaves}\n\nSize of the tree : \t{size}\n")
    }

    /// What holds on a branch: `outlook = sunny`.
    pub fn question(&self, split: &Split, branch: usize) -> String {
        let name = &self.columns[split.column].name;
        let first = branch == 0;
        match split.test {
            Test::Threshold(threshold) => {
                let threshold = if self.binary { java_double(threshold) } else { rounded(threshold, 6) };
                format!("{name} {} {threshold}", if first { "<=" } else { ">" })
            }
            Test::Level { level, .. } => {
                format!("{name} {} {}", if first { "=" } else { "!=" }, self.word(split.column, level))
            }
            Test::Levels(_) => format!("{name} = {}", self.word(split.column, branch)),
        }
    }

    fn word(&self, column: usize, level: usize) -> &str {
        let words = self.columns[column].words.as_ref();
        words.and_then(|words| words.get(level)).map_or("", String::as_str)
    }

    /// A leaf: its class, the weight of its training rows, and of those that are of another class.
    fn leaf_text(&self, at: usize, class: usize) -> String {
        let (total, errors) = (self.nodes[at].total, self.nodes[at].errors());
        let wrong = if greater(errors, 0.0) { format!("/{}", hundredths(errors)) } else { String::new() };
        format!("{} ({}{wrong})", self.class(class), hundredths(total))
    }

    fn class(&self, class: usize) -> &str {
        self.classes.get(class).map_or("", String::as_str)
    }

    /// With all digits: `num_leaves`, `tree_size` and `tree`, each node with its children nested in it. A tree deeper
    /// than [`NESTED`] has `nodes` in place of `tree`: a list whose first is the root and whose children are indices
    /// into it.
    pub fn json(&self) -> Value {
        let mut whole = Map::new();
        whole.insert("num_leaves".to_owned(), float(self.leaves()).into());
        whole.insert("tree_size".to_owned(), float(self.nodes.len()).into());
        let deep = self.depth() > NESTED;
        let told = self.nodes.iter().zip(self.labels());
        let mut nodes: Vec<Value> = told.map(|(node, label)| self.node_json(node, label, deep)).collect();
        if deep {
            whole.insert("nodes".to_owned(), nodes.into());
            return whole.into();
        }
        for at in (0..nodes.len()).rev() {
            if let Some(split) = &self.nodes[at].split {
                let children: Vec<Value> = split.children.iter().map(|child| nodes[*child].take()).collect();
                nodes[at]["children"] = children.into();
            }
        }
        whole.insert("tree".to_owned(), nodes.into_iter().next().unwrap_or_default());
        whole.into()
    }

    fn node_json(&self, node: &Node, label: usize, with_children: bool) -> Value {
        let Some(split) = &node.split else {
            return json!({
                "class_weights": node.class_weights, "leaf": true, "empty": node.is_empty(), "label": self.class(label),
            });
        };
        let column = &self.columns[split.column];
        let mut value = json!({
            "class_weights": node.class_weights, "attribute": column.name, "bag_weights": split.bag_weights,
        });
        match split.test {
            Test::Threshold(threshold) => value["threshold"] = threshold.into(),
            Test::Level { level, .. } => value["value"] = self.word(split.column, level).into(),
            Test::Levels(_) => value["values"] = json!(column.words.as_deref().unwrap_or_default()),
        }
        if with_children {
            value["children"] = json!(split.children);
        }
        value
    }
}

/// Rounded to hundredths as Java writes them.
fn hundredths(x: f64) -> String {
    java_double((x * 100.0 + 0.5).floor() / 100.0)
}
