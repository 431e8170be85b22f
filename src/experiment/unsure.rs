//! Blocks that could not be read as they stand: what they may have meant counts as known, so that whoever names it is
//! told nothing more than the mistake itself.

use crate::dataset::DATASETS;
use crate::diagnostic::nearest;
use crate::experiment::document::{Node, NodeKind, Table};
use crate::model::registry::{self, MODELS};
use crate::preprocess::{self, STEPS};
use crate::split::SPLITS;

/// The axes that a `[[model]]` with mistakes, or of a later version, may have: whatever it names and every parameter of
/// its kind, or of the kind that its own is nearest to.
pub fn model_axes(table: &Table) -> Vec<String> {
    let mut axes = Vec::new();
    for entry in &table.entries {
        if !["name", "kind", "skip", "only-if", "sample"].contains(&entry.key.as_str()) {
            axes.push(entry.key.clone());
            tables(&entry.node).for_each(|inner| axes.extend(inner.entries.iter().map(|one| one.key.clone())));
        }
    }
    let spec = text(table, "kind").and_then(|kind| {
        let found = registry::find(kind);
        found.or_else(|| registry::find(nearest(kind, MODELS.iter().map(|spec| spec.kind))?))
    });
    axes.extend(spec.into_iter().flat_map(|spec| (spec.parameters)()).map(|parameter| parameter.name));
    axes
}

/// The axes that a `[[pipeline]]` with mistakes may have: every parameter of its steps, and what its tables name.
pub fn pipeline_axes(table: &Table) -> Vec<String> {
    let mut axes = Vec::new();
    for inner in table.entries.iter().flat_map(|entry| tables(&entry.node)) {
        axes.extend(inner.entries.iter().map(|one| one.key.clone()));
        for entry in &inner.entries {
            let NodeKind::Text(kind) = &entry.node.kind else { continue };
            let spec =
                preprocess::find(kind).or_else(|| preprocess::find(nearest(kind, STEPS.iter().map(|spec| spec.kind))?));
            let Some(spec) = spec else { continue };
            axes.extend((spec.parameters)().iter().map(|parameter| format!("{}.{}", spec.kind, parameter.name)));
        }
    }
    axes
}

/// What blocks of one kind are called, whether or not they could be read; one without a name is called by its kind, or
/// by the kind that is meant.
pub fn names(root: &Table, block: &str) -> Vec<String> {
    let kinds: Vec<&str> = match block {
        "dataset" => DATASETS.iter().map(|spec| spec.kind).collect(),
        "split" => SPLITS.iter().map(|spec| spec.kind).collect(),
        "model" => MODELS.iter().map(|spec| spec.kind).collect(),
        _ => Vec::new(),
    };
    let named = |table| match (text(table, "name"), text(table, "kind")) {
        (Some(name), _) => Some(name.to_owned()),
        (None, Some(kind)) if kinds.contains(&kind) => Some(kind.to_owned()),
        (None, kind) => nearest(kind?, kinds.iter().copied()).or(kind).map(str::to_owned),
    };
    root.get(block).into_iter().flat_map(|entry| tables(&entry.node)).filter_map(named).collect()
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    match &table.get(key)?.node.kind {
        NodeKind::Text(text) => Some(text),
        _ => None,
    }
}

/// The table, or every table of the list.
fn tables(node: &Node) -> impl Iterator<Item = &Table> {
    let nodes = match &node.kind {
        NodeKind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Table(table) => Some(table),
        _ => None,
    })
}
