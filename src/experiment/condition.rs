//! Conditions on the cells of a grid: `when = { kernel = "rbf", batch-size = [2, 4] }`.

use crate::diagnostic::Problem;
use crate::experiment::document::{Entry, Node, NodeKind, Place};
use crate::experiment::grid::Sweep;
use crate::experiment::reader::{Reader, unknown_key};
use crate::parameter::{Values, quoted};
use crate::value::Value;

/// Whether a cell meets a condition: each parameter has the value, or one of the values. A parameter that the cell
/// leaves at its default meets none.
pub fn holds(when: &Values, cell: &Values) -> bool {
    when.iter().all(|(name, wanted)| cell.get(name).is_some_and(|have| is_or_is_in(have, wanted)))
}

fn is_or_is_in(have: &Value, wanted: &Value) -> bool {
    have == wanted || matches!(wanted, Value::List(items) if items.contains(have))
}

/// Reads `when`, whose keys are swept or fixed parameters; with the place of its key.
pub fn read(
    reader: &mut Reader<'_>,
    empty: &str,
    sweep: &Sweep,
    fixed: &Values,
    problems: &mut Vec<Problem>,
) -> Option<(Values, Place)> {
    let Some((table, place)) = reader.table("when", problems) else {
        if reader.entry("when").is_none() {
            reader.missing("when", "when = { batch-size = 2 }", problems);
        }
        return None;
    };
    if table.entries.is_empty() {
        problems.push(Problem::error(&place, "out-of-range", format!("an empty condition {empty}")));
    }
    let mut when = Values::new();
    for entry in &table.entries {
        if let Some(value) = read_one(entry, sweep, fixed, problems) {
            when.insert(entry.key.clone(), value);
        }
    }
    Some((when, place))
}

fn read_one(entry: &Entry, sweep: &Sweep, fixed: &Values, problems: &mut Vec<Problem>) -> Option<Value> {
    if let Some(axis) = sweep.random.iter().find(|axis| axis.name == entry.key) {
        let message = format!("the values of `{}` are drawn: no condition can name one", axis.name);
        problems.push(Problem::error(&entry.key_place, "wrong-type", message).help("sweep a list of values"));
        return None;
    }
    let axis = sweep.axes().find(|axis| axis.name == entry.key);
    let known: Vec<&Value> = match (axis, fixed.get(&entry.key)) {
        (Some(axis), _) => axis.values.iter().map(|(value, _)| value).collect(),
        (None, Some(value)) => vec![value],
        (None, None) => {
            let names: Vec<&str> =
                sweep.axes().map(|axis| &axis.name).chain(fixed.keys()).map(String::as_str).collect();
            let what = "a condition, which can name swept and fixed parameters only";
            problems.push(unknown_key(entry, what, &names).follows());
            return None;
        }
    };
    let value = entry.node.to_value()?;
    // An axis that has mistakes of its own.
    if known.is_empty() {
        return Some(value);
    }
    match &entry.node.kind {
        NodeKind::List(items) if items.is_empty() && !known.contains(&&value) => {
            let message = format!("`{}` has no value here, and so no cell meets the condition", entry.key);
            problems.push(Problem::error(&entry.node.place, "out-of-range", message));
        }
        NodeKind::List(items) if !known.contains(&&value) && !known.iter().all(|v| matches!(v, Value::List(_))) => {
            items.iter().for_each(|item| check_value(&entry.key, item, &known, problems));
        }
        _ => check_value(&entry.key, &entry.node, &known, problems),
    }
    Some(value)
}

fn check_value(name: &str, node: &Node, known: &[&Value], problems: &mut Vec<Problem>) {
    let Some(value) = node.to_value() else { return };
    if known.contains(&&value) {
        return;
    }
    let words: Vec<String> = known.iter().take(20).map(ToString::to_string).collect();
    let message = format!("no cell has `{name} = {value}`; expected one of {}", quoted(&words));
    let mut problem = Problem::error(&node.place, "unknown-value", message).follows();
    if let Value::Text(text) = &value {
        problem = problem.nearest(text, words.iter().map(String::as_str));
    }
    problems.push(problem);
}

/// An axis may not depend on itself, whether directly or through others.
pub fn check_cycles(sweep: &Sweep, problems: &mut Vec<Problem>) {
    for only_if in &sweep.only_if {
        let mut chain = vec![only_if.axis.as_str()];
        if leads_back(sweep, &mut chain) {
            let message = format!("`{}` exists only where it exists itself: {}", only_if.axis, chain.join(" → "));
            problems.push(Problem::error(&only_if.place, "cycle", message).help("take one of the conditions out"));
            // Every axis on the way would say the same.
            return;
        }
    }
}

/// Whether what the last of the chain depends on leads back to the first; `chain` is then the way.
fn leads_back<'s>(sweep: &'s Sweep, chain: &mut Vec<&'s str>) -> bool {
    let (first, last) = (chain[0], chain[chain.len() - 1]);
    let same = |a: &str, b: &str| {
        a == b || sweep.zips.iter().any(|zip| [a, b].iter().all(|name| zip.iter().any(|axis| axis.name == **name)))
    };
    for name in sweep.only_if.iter().filter(|one| same(&one.axis, last)).flat_map(|one| one.when.keys()) {
        let seen = chain[1..].contains(&name.as_str());
        chain.push(name);
        if same(name, first) || !seen && leads_back(sweep, chain) {
            return true;
        }
        chain.pop();
    }
    false
}
