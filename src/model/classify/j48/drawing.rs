//! A tree as a report draws it, read back from the JSON that was kept with the trial.

use serde_json::Value;

use crate::weka::number::rounded;

/// A tree to be drawn: boxes and what is written on the lines between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The boxes; the first is the root, and children follow their parent.
    pub boxes: Vec<TreeBox>,
}

/// A node to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeBox {
    /// The class of a leaf, or the column that a test looks at.
    pub name: String,
    /// The weight of each class among the training rows that reached it.
    pub class_weights: Vec<f64>,
    /// Where its test leads; empty for a leaf.
    pub branches: Vec<Branch>,
}

/// A line to a child.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// What holds there: `<= 2.45`, `= sunny`, `!= sunny`.
    pub condition: String,
    /// The weight of the training rows that went down it.
    pub weight: f64,
    /// The box at its end.
    pub child: usize,
}

impl Drawing {
    /// From the JSON of a printed tree, nested or as a list of nodes.
    ///
    /// # Errors
    /// What is missing in it.
    pub fn from_json(json: &Value) -> Result<Self, String> {
        if let Some(nodes) = json.get("nodes").and_then(Value::as_array) {
            let boxes = nodes.iter().map(|node| {
                let children = list(node, "children").unwrap_or_default();
                let children = children.iter().map(|child| {
                    let child = child.as_u64().and_then(|child| usize::try_from(child).ok());
                    child.filter(|child| *child < nodes.len()).ok_or("a child of the tree is not there")
                });
                tree_box(node, &children.collect::<Result<Vec<_>, _>>()?)
            });
            return Ok(Drawing { boxes: boxes.collect::<Result<_, _>>()? });
        }
        let root = json.get("tree").ok_or("there is no tree")?;
        let mut boxes = Vec::new();
        // Nodes by level; each adds its children behind those that wait.
        let mut waiting = std::collections::VecDeque::from([root]);
        while let Some(node) = waiting.pop_front() {
            let first = boxes.len() + 1 + waiting.len();
            let children = list(node, "children").unwrap_or_default();
            boxes.push(tree_box(node, &(first..first + children.len()).collect::<Vec<_>>())?);
            waiting.extend(children);
        }
        Ok(Drawing { boxes })
    }
}

fn list<'a>(node: &'a Value, key: &str) -> Result<&'a [Value], String> {
    node.get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| format!("a node of the tree has no `{key}`"))
}

fn numbers(node: &Value, key: &str) -> Result<Vec<f64>, String> {
    let number = |value: &Value| value.as_f64().ok_or_else(|| format!("`{key}` of a node of the tree is no number"));
    list(node, key)?.iter().map(number).collect()
}

fn text(node: &Value, key: &str) -> Result<String, String> {
    let text = node.get(key).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| format!("a node of the tree has no `{key}`"))
}

fn tree_box(node: &Value, children: &[usize]) -> Result<TreeBox, String> {
    let class_weights = numbers(node, "class_weights")?;
    if node.get("leaf").is_some() {
        return Ok(TreeBox { name: text(node, "label")?, class_weights, branches: Vec::new() });
    }
    let (weights, conditions) = (numbers(node, "bag_weights")?, conditions(node)?);
    if weights.len() != children.len() || conditions.len() != children.len() {
        return Err("a node of the tree has not as many branches as its test".to_owned());
    }
    let lines = conditions.into_iter().zip(weights).zip(children);
    let branches = lines.map(|((condition, weight), child)| Branch { condition, weight, child: *child }).collect();
    Ok(TreeBox { name: text(node, "attribute")?, class_weights, branches })
}

fn conditions(node: &Value) -> Result<Vec<String>, String> {
    if let Some(threshold) = node.get("threshold").and_then(Value::as_f64) {
        let threshold = rounded(threshold, 6);
        return Ok(vec![format!("<= {threshold}"), format!("> {threshold}")]);
    }
    if let Ok(value) = text(node, "value") {
        return Ok(vec![format!("= {value}"), format!("!= {value}")]);
    }
    Ok(list(node, "values")?.iter().map(|value| format!("= {}", value.as_str().unwrap_or_default())).collect())
}
