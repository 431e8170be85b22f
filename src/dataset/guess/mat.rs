//! Which variables of a MAT file are views, and which is the labels.

use crate::dataset::guess::{Guess, rank};
use crate::dataset::mat::{self, Content, DEFAULT_LABELS, Item, Params, Plan, Reference, Variable};
use crate::dataset::{DatasetError, guess};
use crate::parameter::Values;
use crate::value::Value;

/// Of a MAT file's bytes.
///
/// # Errors
/// They are not MAT, or hold nothing that could be a view.
pub fn mat(bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    let variables = mat::shapes(bytes, path)?;
    let labels = labels(&variables);
    let mut values = Values::new();
    if let Some(name) = labels.as_ref().filter(|name| *name != DEFAULT_LABELS) {
        values.insert("labels".to_owned(), Value::Text(name.clone()));
    }
    let params = Params { labels, ..Params::default() };
    let plan = match mat::plan(&variables, &params) {
        // Nothing says which: samples are rows more often than not.
        Err(DatasetError::Parameter { key, .. }) if key == "orientation" => {
            values.insert(key, Value::Text("rows".to_owned()));
            mat::plan(&variables, &Params { orientation: "rows".to_owned(), ..params })?
        }
        plan => plan?,
    };
    Ok(Guess { values, left_out: left_out(&variables, &plan) })
}

/// The variable that is named most like labels and holds one label a row, or its first cell that does.
fn labels(variables: &[Variable]) -> Option<String> {
    let place = |(name, item): &Variable| {
        let whole = Reference { name: name.clone(), cells: Vec::new() };
        match &item.content {
            _ if item.labels().is_some_and(|count| count > 1) => Some(whole.to_string()),
            Content::Cells(items) if items.first().and_then(Item::labels).is_some_and(|count| count > 1) => {
                Some(whole.cell(1).to_string())
            }
            _ => None,
        }
    };
    let named = variables.iter().filter(|(name, _)| guess::named_like_labels(name));
    let usable = named.filter_map(|variable| Some((place(variable)?, rank(&variable.0))));
    // The reader's own default comes first.
    usable.min_by_key(|(place, rank)| (place != DEFAULT_LABELS, *rank)).map(|(place, _)| place)
}

fn left_out(variables: &[Variable], plan: &Plan) -> Vec<String> {
    let used =
        |name: &String| plan.views.iter().map(|(_, place)| place).chain(&plan.labels).any(|place| place.name == *name);
    variables.iter().map(|(name, _)| name.clone()).filter(|name| !used(name)).collect()
}
