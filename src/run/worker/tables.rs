//! What a program of the user's own is handed: `trial.json` and its data as tables or arrays.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

use ndarray_npy::WriteNpyExt;
use serde_json::json;

use crate::dataset::{Dataset, Labels, View};
use crate::model::TaskKind;
use crate::model::command::{Params, own_parameters};
use crate::run::prepare::Prepared;
use crate::run::protocol::Assignment;
use crate::store::artifact;

/// The file of progress that the program may write.
pub const PROGRESS: &str = "progress.jsonl";
/// `inputs` as arrays.
pub const NPY: &str = "npy";
/// The column of row numbers, and the arrays of row numbers and class codes.
const ROW: &str = "row";
const ROWS: &str = "rows";
const LABELS: &str = "labels";

/// What columns and views are called in the program's tables and arrays: as in the data, but no name twice. A column
/// whose name is taken, by the row numbers, the class, the text or the column of an earlier view, has that of its view
/// before it: `x.row`.
pub struct Names {
    features: Vec<String>,
    text: Option<String>,
    label: Option<String>,
    /// Names of arrays.
    views: Vec<String>,
    /// Names as they are in the data, and as they are here.
    changed: Vec<(String, String)>,
}

impl Names {
    /// For these data, with all their parts; as arrays or as tables.
    pub fn of(data: &Dataset, arrays: bool) -> Self {
        let mut changed = Vec::new();
        let mut name = |taken: &mut HashSet<String>, before: &str, name: &str, here: String| {
            let mut here = here;
            while !taken.insert(here.clone()) {
                here = format!("{before}.{here}");
            }
            if here != name {
                changed.push((name.to_owned(), here.clone()));
            }
            here
        };
        let mut taken = HashSet::from([ROWS.to_owned(), LABELS.to_owned()]);
        // An array is a file.
        let file = |name: &str| name.replace(['/', '\0'], "_");
        let views = data.views.iter().filter(|_| arrays);
        let views = views.map(|view| name(&mut taken, "view", &view.name, file(&view.name))).collect();
        let mut taken = HashSet::from([ROW.to_owned()]);
        let mut column = |before: &str, column: &str| name(&mut taken, before, column, column.to_owned());
        let tables = Some(data).filter(|_| !arrays);
        let label = tables.and_then(|data| data.labels.as_ref()).map(|labels| column("label", &labels.name));
        let text = tables.and_then(|data| data.documents.as_ref()).map(|texts| column("text", &texts.name));
        let features =
            tables.iter().flat_map(|data| &data.views).flat_map(|view| view.columns.iter().map(move |c| (view, c)));
        let features = features.map(|(view, feature)| column(&view.name, &feature.name)).collect();
        Names { features, text, label, views, changed }
    }

    /// What the reader of the report should know.
    pub fn notes(&self) -> Option<String> {
        const MOST: usize = 5;
        let some = self.changed.iter().take(MOST).map(|(name, here)| format!("`{name}` is `{here}`"));
        let some = some.collect::<Vec<_>>().join(", ");
        let more = self.changed.len().saturating_sub(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!some.is_empty()).then(|| format!("the program is given other names where one was taken: {some}{more}"))
    }
}

/// Parts of a trial's data: name of the part, its rows and their numbers.
fn parts(task: TaskKind, data: &Prepared, labels: bool) -> Vec<(&'static str, Dataset, Vec<usize>)> {
    if !task.is_supervised() {
        let shown = if labels { &data.test } else { &data.hidden };
        return vec![("data", (**shown).clone(), data.rows.test.clone())];
    }
    let mut parts = vec![
        ("train", (*data.train).clone(), data.rows.train.clone()),
        ("test", (*data.hidden).clone(), data.rows.test.clone()),
    ];
    if let Some(validation) = &data.validation {
        parts.push(("validation", (**validation).clone(), data.rows.validation.clone()));
    }
    parts
}

/// Writes everything into the program's folder.
///
/// # Errors
/// The disk's.
pub fn hand_over(
    assignment: &Assignment,
    data: &Prepared,
    params: &Params,
    names: &Names,
    folder: &Path,
) -> io::Result<()> {
    let task = assignment.data.task;
    let mut files = serde_json::Map::new();
    for (part, rows, numbers) in parts(task, data, params.labels) {
        let written = if params.inputs == NPY {
            write_arrays(folder, part, &rows, &numbers, names)?
        } else {
            write_table(&folder.join(format!("{part}.csv")), &rows, &numbers, names)?;
            json!(format!("{part}.csv"))
        };
        files.insert(part.to_owned(), written);
    }
    let labels = data.test.labels.as_ref();
    let label = labels.map(|labels| names.label.as_ref().unwrap_or(&labels.name));
    let trial = &assignment.trial;
    let told = json!({
        "format": 1,
        "task": task,
        "dataset": trial.dataset, "pipeline": trial.pipeline, "model": trial.model,
        "split": trial.split, "fold": trial.fold, "seed": trial.seed,
        "parameters": own_parameters(&trial.params),
        "device": "cpu",
        "classes": labels.filter(|_| task.is_supervised()).map(|labels| &labels.classes),
        "label": label.filter(|_| task.is_supervised() || params.labels),
        "clusters": data.test.classes(),
        "files": files,
        "predictions": artifact::PREDICTIONS,
        "progress": PROGRESS,
        "time_limit_seconds": assignment.seconds,
    });
    fs::write(folder.join("trial.json"), serde_json::to_vec_pretty(&told)?)
}

/// `row`, the columns of every view, the text, the class.
fn write_table(path: &Path, data: &Dataset, numbers: &[usize], names: &Names) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    let mut header = vec![ROW];
    header.extend(names.features.iter().map(String::as_str));
    header.extend(names.text.as_deref().filter(|_| data.documents.is_some()));
    header.extend(names.label.as_deref().filter(|_| data.labels.is_some()));
    writer.write_record(&header)?;
    for (row, number) in numbers.iter().enumerate() {
        let mut record = vec![number.to_string()];
        record.extend(data.views.iter().flat_map(|view| (0..view.columns.len()).map(move |i| cell(view, row, i))));
        record.extend(data.documents.iter().map(|documents| documents.texts[row].clone()));
        record.extend(data.labels.iter().map(|labels| labels.classes[labels.codes[row]].clone()));
        writer.write_record(&record)?;
    }
    writer.flush()
}

fn cell(view: &View, row: usize, column: usize) -> String {
    let x = view.values[[row, column]];
    match &view.columns[column].words {
        _ if x.is_nan() => String::new(),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a word")]
        Some(words) => words.get(x as usize).cloned().unwrap_or_default(),
        None => x.to_string(),
    }
}

/// A row's class in an array: the class itself where all are whole numbers, else its index among them. What a program
/// sees of a class is what it can write back.
fn class_numbers(labels: &Labels) -> ndarray::Array1<i64> {
    let whole = |name: &String| name.parse::<i64>().ok().filter(|number| number.to_string() == *name);
    let themselves: Option<Vec<i64>> = labels.classes.iter().map(whole).collect();
    let number = |code: &usize| match &themselves {
        Some(numbers) => numbers[*code],
        None => i64::try_from(*code).unwrap_or(i64::MAX),
    };
    labels.codes.iter().map(number).collect()
}

/// One array a view, the row numbers, and the class codes.
fn write_arrays(
    folder: &Path,
    part: &str,
    data: &Dataset,
    numbers: &[usize],
    names: &Names,
) -> io::Result<serde_json::Value> {
    let mut files = serde_json::Map::new();
    let codes = |codes: &[usize]| codes.iter().map(|code| i64::try_from(*code).unwrap_or(i64::MAX)).collect();
    let mut integers: Vec<(&str, ndarray::Array1<i64>)> = vec![(ROWS, codes(numbers))];
    integers.extend(data.labels.iter().map(|labels| (LABELS, class_numbers(labels))));
    let mut create = |name: &str| {
        let file = format!("{part}.{name}.npy");
        files.insert(name.to_owned(), json!(file));
        File::create(folder.join(file)).map(BufWriter::new)
    };
    for (view, name) in data.views.iter().zip(&names.views) {
        view.values.write_npy(create(name)?).map_err(io::Error::other)?;
    }
    for (name, values) in integers {
        values.write_npy(create(name)?).map_err(io::Error::other)?;
    }
    Ok(files.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Column, Documents, Labels};
    use ndarray::Array2;

    fn view(name: &str, columns: &[&str]) -> View {
        let columns: Vec<Column> = columns.iter().map(|name| Column::numeric(*name)).collect();
        View { name: name.to_owned(), values: Array2::zeros((1, columns.len())), columns }
    }

    #[test]
    fn no_name_is_there_twice() {
        let data = Dataset {
            documents: Some(Documents { name: "row".to_owned(), texts: vec![String::new()] }),
            ..Dataset::new(
                vec![view("one", &["a", "row", "b"]), view("two", &["b", "c", "y", "one.row"]), view("one", &["b"])],
                Some(Labels::of("y", &["0".to_owned()])),
            )
        };
        let names = Names::of(&data, false);
        assert_eq!(names.features, ["a", "one.row", "b", "two.b", "c", "two.y", "two.one.row", "one.b"]);
        assert_eq!((names.text.as_deref(), names.label.as_deref()), (Some("text.row"), Some("y")));
        let note = names.notes().unwrap();
        let said = "`row` is `text.row`, `row` is `one.row`, `b` is `two.b`, `y` is `two.y`, `one.row` is `two.one.row` and 1 more";
        assert!(note.ends_with(said), "{note}");
        let plain = Names::of(&Dataset::new(vec![view("x", &["a", "b"])], None), false);
        assert_eq!((plain.features, plain.changed), (vec!["a".to_owned(), "b".to_owned()], vec![]));
    }

    #[test]
    fn arrays_are_files_of_their_own() {
        let data = Dataset::new(["rows", "x", "a/b", "a_b", "labels"].map(|name| view(name, &["row"])).to_vec(), None);
        let names = Names::of(&data, true);
        assert_eq!(names.views, ["view.rows", "x", "a_b", "view.a_b", "view.labels"]);
        assert_eq!(names.changed.len(), 4);
    }
}
