//! Models that later versions add: their names and axes count, so that a file that has them is told just that.

use crate::experiment::document::{NodeKind, Table};
use crate::experiment::{inputs, models};

/// Every name that a later version adds.
pub fn names() -> impl Iterator<Item = &'static str> {
    models::LATER.iter().chain(inputs::LATER).copied()
}

/// What a name of a later version is there: `model` or `step`; none for other names.
pub fn noun(name: &str) -> Option<&'static str> {
    let lists = [("model", models::LATER), ("step", inputs::LATER)];
    lists.into_iter().find(|(_, names)| names.contains(&name)).map(|(noun, _)| noun)
}

/// What other blocks may name of such a model.
#[derive(Clone, Debug, Default)]
pub struct LaterModel {
    /// Its label.
    pub name: String,
    /// Its parameters, fixed and swept.
    pub axes: Vec<String>,
}

impl LaterModel {
    /// From its block, unchecked.
    pub fn of(table: &Table) -> Self {
        let text = |key: &str| match table.get(key).map(|entry| &entry.node.kind) {
            Some(NodeKind::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let name = text("name").or_else(|| text("kind")).unwrap_or_default();
        let mut axes = Vec::new();
        for entry in &table.entries {
            match (&entry.node.kind, entry.key.as_str()) {
                (_, "name" | "kind" | "skip" | "only-if" | "sample") => {}
                (NodeKind::Table(grid), "grid") => axes.extend(grid.entries.iter().map(|entry| entry.key.clone())),
                (NodeKind::List(zips), "zip") => {
                    let tables =
                        zips.iter().filter_map(|zip| if let NodeKind::Table(t) = &zip.kind { Some(t) } else { None });
                    axes.extend(tables.flat_map(|zip| zip.entries.iter().map(|entry| entry.key.clone())));
                }
                _ => axes.push(entry.key.clone()),
            }
        }
        LaterModel { name, axes }
    }
}
