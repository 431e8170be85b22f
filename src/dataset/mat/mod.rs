//! MATLAB's files of version 5 (`save('-v6')`, `save('-v7')`), which SciPy writes too.
//!
//! None of the crates that were looked at reads sparse matrices and cells and is safe with a damaged file: `matfile`
//! has numbers alone; `matrw` has all classes, but unpacks whatever an element unpacks to and panics where it is
//! damaged.

mod item;
mod plan;
mod read;
mod reference;
mod sparse;
mod stream;
#[cfg(test)]
mod tests;
mod text;

use ndarray::Array2;

use crate::dataset::budget::Budget;
use crate::dataset::classes::Classes;
use crate::dataset::file::{self, PATH};
use crate::dataset::names::ViewNames;
use crate::dataset::table::{distinct, finite, view};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Labels, Places};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
pub use item::{Content, Item};
pub use plan::{Plan, plan};
pub use read::{Variable, looks_like};
pub use reference::Reference;

parameters! {
    /// How a MAT file is read.
    pub struct Params {
        /// The file.
        path: String = String::new(), Domain::Any;
        /// The variable or cell that holds the classes, like `Y` or `truelabel{1}`: numbers, a character array, or a
        /// cell array of texts; left out, `y` where there is one.
        labels: Option<String> = None, Domain::Any;
        /// The variables or cells that are views: a list like `["X{1}", "X{2}"]`, or names of our own like
        /// `{ gist = "X{1}" }`; left out, the cells of the one cell array of tables, each named like `X{1}`, else
        /// every table that has as many rows or columns as there are labels and is not named like labels.
        views: ViewNames = ViewNames(Vec::new()), Domain::Any;
        /// Whether the rows or the columns of a table are the samples; `auto` takes those that are as many as the
        /// labels, without labels those that all views have in common.
        orientation: String = "auto".to_owned(), Domain::OneOf(&["auto", "rows", "columns"]);
    }
}

/// The variable that holds the classes where none is named.
pub const DEFAULT_LABELS: &str = "y";

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "mat",
    about: "MATLAB's MAT files of version 5: tables, sparse ones too, alone or in cells, each a view",
    reference: "MathWorks, MAT-File Format, version 5",
    stands_in_for: None,
    revision: 1,
    parameters: Params::specs,
    locations: &[PATH],
    checksum: file::checksum,
    load,
};

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params: Params = file::params(values)?;
    let path = file::path(values)?;
    read(&file::raw(path, places)?, path, &params)
}

/// The shapes of everything in a file.
///
/// # Errors
/// It is no MAT file of version 5, or a damaged one.
pub fn shapes(bytes: &[u8], path: &str) -> Result<Vec<Variable>, DatasetError> {
    let budget = &mut Budget::of(bytes.len());
    read::variables(bytes, false, |_| true, budget).map_err(|what| file::error(path, what))
}

/// Reads the bytes of a file; `path` is for messages.
///
/// # Errors
/// They are damaged, or do not hold what `params` name.
pub fn read(bytes: &[u8], path: &str, params: &Params) -> Result<Dataset, DatasetError> {
    let budget = &mut Budget::of(bytes.len());
    let named: Vec<&str> = params.views.0.iter().map(|(_, text)| root(text)).collect();
    let labels = root(params.labels.as_deref().unwrap_or(DEFAULT_LABELS));
    let wanted = |name: &str| named.is_empty() || named.contains(&name) || name == labels;
    let variables = read::variables(bytes, true, wanted, budget).map_err(|what| file::error(path, what))?;
    let plan = plan(&variables, params).or_else(|error| {
        // What was skipped is part of the message.
        if named.is_empty() { Err(error) } else { plan::plan(&shapes(bytes, path)?, params) }
    })?;
    build(variables, plan, path, budget)
}

fn root(text: &str) -> &str {
    text.split('{').next().unwrap_or_default().trim()
}

fn build(mut variables: Vec<Variable>, plan: Plan, path: &str, budget: &mut Budget) -> Result<Dataset, DatasetError> {
    let labels = plan.labels.as_ref().map(|place| {
        let item = place.find(&variables).map_err(|(message, _)| message)?;
        labels(item, &place.to_string(), budget).map_err(|what| format!("`{place}` {what}"))
    });
    let labels = labels.transpose().map_err(|what| file::error(path, what))?;
    let mut views = Vec::new();
    for (ours, place) in plan.views {
        let content = place.take(&mut variables).map(|item| item.content);
        let Some(Content::Numbers(Some(values))) = content else {
            return Err(file::error(path, format!("`{place}` is named twice")));
        };
        let values = if plan.columns { transposed(values, budget) } else { Ok(values) };
        let view = values.and_then(|values| finite(&values).and_then(|()| view(ours, values, budget)));
        views.push(view.map_err(|what| file::error(path, format!("`{place}` {what}")))?);
    }
    distinct(&views).map_err(|what| file::error(path, what))?;
    Ok(Dataset::new(views, labels))
}

/// `[columns, rows]`, row by row.
fn transposed(values: Array2<f64>, budget: &mut Budget) -> Result<Array2<f64>, String> {
    let bytes = values.len() * size_of::<f64>();
    budget.take(bytes, 1)?;
    let turned = values.t().as_standard_layout().into_owned();
    drop(values);
    budget.give_back(bytes);
    Ok(turned)
}

/// The labels that an item holds, whose shape has been checked.
fn labels(item: &Item, name: &str, budget: &mut Budget) -> Result<Labels, String> {
    match &item.content {
        Content::Numbers(Some(values)) => Classes::of_numbers(name, values.as_slice().unwrap_or_default(), budget),
        Content::Texts(Some(texts)) => words(texts, name, budget),
        Content::Cells(items) => {
            let mut numbers = Vec::new();
            let mut texts = Vec::new();
            budget.take(items.len(), 2 * size_of::<String>())?;
            for item in items {
                match &item.content {
                    Content::Numbers(Some(values)) => numbers.extend(values.first()),
                    Content::Texts(Some(rows)) => {
                        budget.take(rows.iter().map(String::len).sum(), 1)?;
                        texts.extend_from_slice(rows);
                    }
                    _ => {}
                }
            }
            match (numbers.len() == items.len(), texts.len() == items.len()) {
                (true, _) => Classes::of_numbers(name, &numbers, budget),
                (_, true) => words(&texts, name, budget),
                _ => Err("holds labels of several kinds, or empty ones".to_owned()),
            }
        }
        _ => Err("holds no labels".to_owned()),
    }
}

fn words(texts: &[String], name: &str, budget: &mut Budget) -> Result<Labels, String> {
    let mut classes = Classes::new(texts.len(), budget)?;
    texts.iter().try_for_each(|text| classes.push(text, budget))?;
    Ok(classes.finish(name))
}
