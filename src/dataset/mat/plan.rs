//! Which variables are views, which is the labels, and whether rows or columns are the samples: decided from shapes.

use crate::dataset::mat::item::{Content, Item};
use crate::dataset::mat::read::Variable;
use crate::dataset::mat::reference::Reference;
use crate::dataset::mat::{DEFAULT_LABELS, Params};
use crate::dataset::{DatasetError, guess};
use crate::parameter::quoted;

/// What is read, and how.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// Our name and the place of each view.
    pub views: Vec<(String, Reference)>,
    /// Where the labels are.
    pub labels: Option<Reference>,
    /// Whether each column, rather than each row, is a sample.
    pub columns: bool,
}

fn parameter(key: &str, message: String, suggestion: Option<String>) -> DatasetError {
    DatasetError::Parameter { key: key.to_owned(), message, suggestion }
}

/// Decides.
///
/// # Errors
/// What the parameters name is not there or does not fit; or nothing says which is meant.
pub fn plan(variables: &[Variable], params: &Params) -> Result<Plan, DatasetError> {
    let labels = labels(variables, params)?;
    let count = labels.as_ref().map(|(_, count)| *count);
    let labels = labels.map(|(reference, _)| reference);
    let views = if params.views.0.is_empty() {
        unnamed(variables, labels.as_ref(), count)?
    } else {
        named(variables, &params.views.0)?
    };
    let shapes: Vec<(usize, usize)> =
        views.iter().filter_map(|(_, place)| place.find(variables).ok()?.table()).collect();
    let columns = match params.orientation.as_str() {
        "rows" => false,
        "columns" => true,
        _ => columns(&views, &shapes, count)?,
    };
    fits(&views, &shapes, count, columns)?;
    Ok(Plan { views, labels, columns })
}

/// Where the labels are, and how many.
fn labels(variables: &[Variable], params: &Params) -> Result<Option<(Reference, usize)>, DatasetError> {
    let default = variables.iter().any(|(name, _)| name == DEFAULT_LABELS).then_some(DEFAULT_LABELS);
    let Some(text) = params.labels.as_deref().or(default) else { return Ok(None) };
    let unknown = |(message, near)| parameter("labels", message, near);
    let reference = Reference::parse(text).map_err(unknown)?;
    let item = reference.find(variables).map_err(unknown)?;
    if let Some(count) = item.labels() {
        return Ok(Some((reference, count)));
    }
    let first = match &item.content {
        Content::Cells(items) if items.first().is_some_and(|item| item.labels().is_some()) => {
            Some(reference.cell(1).to_string())
        }
        _ => None,
    };
    let more = first.as_ref().map_or_else(String::new, |first| format!("; each of its cells may be: write `{first}`"));
    Err(parameter("labels", format!("`{reference}` is {}, not one label a row{more}", item.words()), first))
}

/// The views that the parameter names; a cell array of tables that stands for itself is a view a cell.
fn named(variables: &[Variable], names: &[(String, String)]) -> Result<Vec<(String, Reference)>, DatasetError> {
    let unknown = |(message, near)| parameter("views", message, near);
    let mut views: Vec<(String, Reference)> = Vec::new();
    for (ours, text) in names {
        let reference = Reference::parse(text).map_err(unknown)?;
        let item = reference.find(variables).map_err(unknown)?;
        let found = match &item.content {
            Content::Cells(items) if ours == text && are_tables(items) => in_cells(&reference, items.len()),
            Content::Cells(_) => {
                let cell = reference.cell(1).to_string();
                let message =
                    format!("`{reference}` is {}, not one table: name its cells, like `{cell}`", item.words());
                return Err(parameter("views", message, Some(cell)));
            }
            _ if item.table().is_some() => vec![(ours.clone(), reference)],
            _ => {
                let advice =
                    if item.shape.len() > 2 { ": `reshape(X, size(X, 1), [])` makes one in MATLAB" } else { "" };
                let message = format!("`{reference}` is {}, not a table of numbers{advice}", item.words());
                return Err(parameter("views", message, None));
            }
        };
        for view in found {
            if views.iter().any(|(_, other)| *other == view.1) {
                return Err(parameter("views", format!("`{}` is named twice", view.1), None));
            }
            views.push(view);
        }
    }
    Ok(views)
}

fn in_cells(reference: &Reference, count: usize) -> Vec<(String, Reference)> {
    (1..=count).map(|index| reference.cell(index)).map(|cell| (cell.to_string(), cell)).collect()
}

fn are_tables(items: &[Item]) -> bool {
    !items.is_empty() && items.iter().all(|item| item.table().is_some())
}

/// A table rather than a list, one of whose axes is as long as the labels.
fn is_view(item: &Item, count: Option<usize>) -> bool {
    let long = |(rows, columns): (usize, usize)| {
        rows.min(columns) > 1 && count.is_none_or(|count| rows == count || columns == count)
    };
    item.table().is_some_and(long)
}

/// The views where none is named: the cells of the one cell array of tables, else every table that is not named like
/// labels. A forgotten `labels` must not hand the classes to the models.
fn unnamed(
    variables: &[Variable],
    labels: Option<&Reference>,
    count: Option<usize>,
) -> Result<Vec<(String, Reference)>, DatasetError> {
    let candidate = |name: &str| labels.is_none_or(|l| l.name != name) && !guess::named_like_labels(name);
    let whole = |name: &str| Reference { name: name.to_owned(), cells: Vec::new() };
    let candidates = || variables.iter().filter(|(name, _)| candidate(name));
    let in_cell = |item: &Item| match &item.content {
        Content::Cells(items) if !items.is_empty() && items.iter().all(|item| is_view(item, count)) => {
            Some(items.len())
        }
        _ => None,
    };
    let cells: Vec<(&str, usize)> =
        candidates().filter_map(|(name, item)| Some((name.as_str(), in_cell(item)?))).collect();
    match cells.as_slice() {
        [(name, count)] => return Ok(in_cells(&whole(name), *count)),
        [] => {}
        several => {
            let names: Vec<&str> = several.iter().map(|(name, _)| *name).collect();
            return Err(parameter(
                "views",
                format!("{} are all cell arrays of tables: name one", quoted(&names)),
                None,
            ));
        }
    }
    let tables: Vec<(String, Reference)> =
        candidates().filter(|(_, item)| is_view(item, count)).map(|(name, _)| (name.clone(), whole(name))).collect();
    if tables.is_empty() {
        let all: Vec<String> = variables.iter().map(|(name, item)| format!("`{name}` ({})", item.words())).collect();
        let all = if all.is_empty() { "there are no variables".to_owned() } else { all.join(", ") };
        let labels = count.map_or_else(String::new, |count| format!(" for {count} labels"));
        return Err(parameter("views", format!("no table of numbers is a view{labels}: {all}"), None));
    }
    Ok(tables)
}

fn shown(views: &[(String, Reference)], shapes: &[(usize, usize)]) -> String {
    let one = |((_, place), (rows, columns)): (&(String, Reference), &(usize, usize))| {
        format!("`{place}` is {rows} x {columns}")
    };
    views.iter().zip(shapes).map(one).collect::<Vec<_>>().join(", ")
}

/// Whether the columns are the samples: the axis that is as long as the labels, or the only one that all views share.
fn columns(
    views: &[(String, Reference)],
    shapes: &[(usize, usize)],
    count: Option<usize>,
) -> Result<bool, DatasetError> {
    let first = shapes.first().copied().unwrap_or((0, 0));
    let rows = shapes.iter().all(|(rows, _)| *rows == count.unwrap_or(first.0));
    let columns = shapes.iter().all(|(_, columns)| *columns == count.unwrap_or(first.1));
    match (rows, columns, count) {
        (true, false, _) => Ok(false),
        (false, true, _) => Ok(true),
        (true, true, Some(_)) => {
            let message = format!("{}: rows or columns can be the samples; say which", shown(views, shapes));
            Err(parameter("orientation", message, Some("rows".to_owned())))
        }
        (true, true, None) => {
            let message =
                format!("{}: without labels nothing says which are the samples; say it", shown(views, shapes));
            Err(parameter("orientation", message, Some("rows".to_owned())))
        }
        (false, false, _) => {
            let samples = count.map_or_else(String::new, |count| format!(" for {count} labels"));
            let message = format!(
                "the views have neither their rows nor their columns in common{samples}: {}",
                shown(views, shapes)
            );
            Err(parameter("views", message, None))
        }
    }
}

/// Checks that all views have as many samples as there are labels.
fn fits(
    views: &[(String, Reference)],
    shapes: &[(usize, usize)],
    count: Option<usize>,
    columns: bool,
) -> Result<(), DatasetError> {
    let samples = |shape: &(usize, usize)| if columns { shape.1 } else { shape.0 };
    let wanted = count.or_else(|| shapes.first().map(samples)).unwrap_or(0);
    let Some(wrong) = shapes.iter().position(|shape| samples(shape) != wanted) else { return Ok(()) };
    let (what, ours) = (if columns { "columns" } else { "rows" }, samples(&shapes[wrong]));
    let whole = if count.is_some() { "there are labels for" } else { "the first view has" };
    let message = format!("`{}` has {ours} {what}, {whole} {wanted}", views[wrong].1);
    Err(parameter("orientation", message, None))
}
