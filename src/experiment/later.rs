//! Names that later versions add: whoever uses one is told just that.

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
