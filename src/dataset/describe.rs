//! What a data file holds, and the `[[dataset]]` block that reads it.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::dataset::file::{self, PATH};
use crate::dataset::{
    Dataset, DatasetError, DatasetSpec, Places, arff, csv, documents::median_length, guess, guess_table, idx, jsonl,
    mat, npy, npz, text,
};
use crate::parameter::Values;
use crate::value::Value;

/// What a data file holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// Rows.
    pub rows: usize,
    /// One a table of numbers; label columns and columns left out are not among theirs.
    pub views: Vec<ViewFacts>,
    /// The known classes, where some column or array looks like them.
    pub labels: Option<LabelFacts>,
    /// The texts, where some column holds them.
    pub documents: Option<DocumentFacts>,
    /// Columns or arrays that are no features: text, further labels, row numbers.
    pub left_out: Vec<String>,
    /// A block that reads the file, for an experiment file anywhere.
    pub suggested: String,
}

/// What a view holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ViewFacts {
    /// Its name.
    pub name: String,
    /// How many columns.
    pub columns: usize,
    /// How many cells lack a value.
    pub missing: usize,
    /// What the columns hold: `numeric`, `nominal` or `mixed`.
    pub kind: &'static str,
}

/// What the texts are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentFacts {
    /// The column.
    pub name: String,
    /// How many texts.
    pub count: usize,
    /// How many of them are empty.
    pub empty: usize,
    /// The median number of letters of those that are not.
    pub median_length: usize,
}

/// What the labels are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelFacts {
    /// The column or array.
    pub name: String,
    /// How many classes.
    pub classes: usize,
    /// Each class and its rows, numbers by size, text by letter.
    #[serde(serialize_with = "in_order")]
    pub counts: Vec<(String, usize)>,
}

/// A table that keeps the order of the classes.
fn in_order<S: Serializer>(counts: &[(String, usize)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(counts.len()))?;
    for (class, rows) in counts {
        map.serialize_entry(class, rows)?;
    }
    map.end()
}

/// Reads a data file and says what it holds.
///
/// # Errors
/// The file is not there, is damaged, or is of a kind that this version does not read.
pub fn describe(path: &Path) -> Result<Description, DatasetError> {
    let shown = path.display().to_string();
    // The block may be pasted into a file anywhere.
    let absolute = std::path::absolute(path).map_err(|e| file::error(&shown, e))?.to_string_lossy().into_owned();
    let places = Places { base: "".into(), data: "".into() };
    let renamed = |error: DatasetError| match error {
        DatasetError::File { key, message } => DatasetError::File { key, message: message.replace(&absolute, &shown) },
        DatasetError::Parameter { .. } => error,
    };
    let (spec, mut guess) = guess_kind(path, &shown, &file::read(&absolute, &places).map_err(renamed)?)?;
    guess.values.insert(PATH.to_owned(), Value::Text(absolute.clone()));
    // What `check` will read is what is described.
    let data = load(spec, &mut guess.values, &places).map_err(renamed)?;
    let suggested = block(spec.kind, &name_of(path), &guess.values);
    Ok(Description {
        rows: data.rows(),
        views: views(&data),
        labels: labels(&data),
        documents: documents(&data),
        left_out: guess.left_out,
        suggested,
    })
}

/// Reads the data, without the rows that lack a class if there are such.
fn load(spec: &DatasetSpec, values: &mut Values, places: &Places) -> Result<Dataset, DatasetError> {
    let first = (spec.load)(values, places);
    let known = (spec.parameters)().iter().any(|parameter| parameter.name == MISSING_LABELS);
    let Err(error @ DatasetError::File { .. }) = first else { return first };
    if !known || !error.to_string().contains(MISSING_LABELS) {
        return Err(error);
    }
    values.insert(MISSING_LABELS.to_owned(), Value::Text("drop".to_owned()));
    (spec.load)(values, places)
}

/// The parameter that leaves out rows without a class; messages about such rows name it.
const MISSING_LABELS: &str = "missing-labels";

/// Formats that a file's name gives away and that are not read yet.
const LATER: &[&str] = &["json", "parquet", "h5", "hdf5", "xls", "xlsx", "pkl", "feather", "toml"];

fn guess_kind(path: &Path, shown: &str, bytes: &[u8]) -> Result<(&'static DatasetSpec, guess::Guess), DatasetError> {
    let refused = |what: &str| {
        let kinds = "CSV, ARFF, JSON lines, plain text, IDX (each plain or gzip), NPZ, NPY or MAT";
        file::error(shown, format!("{what}; data files are {kinds}"))
    };
    if bytes.starts_with(b"PK") && extension(path) != "xlsx" {
        return Ok((&npz::SPEC, guess::npz(bytes, shown)?));
    }
    if bytes.starts_with(npy::format::MAGIC) {
        return Ok((&npy::SPEC, guess::npy(bytes, shown)?));
    }
    if mat::looks_like(bytes) || extension(path) == "mat" {
        return Ok((&mat::SPEC, guess::mat(bytes, shown)?));
    }
    if idx::looks_like(bytes) {
        return Ok((&idx::SPEC, guess::idx(bytes, shown, std::path::absolute(path).ok().as_deref())?));
    }
    if LATER.contains(&extension(path).as_str()) {
        return Err(refused(&format!("`.{}` files are not read by this version", extension(path))));
    }
    if bytes.iter().take(1 << 13).any(|byte| *byte == 0) {
        return Err(refused("is no text"));
    }
    match extension(path).as_str() {
        "arff" => Ok((&arff::SPEC, guess_table::arff(bytes, shown)?)),
        "jsonl" | "ndjson" => Ok((&jsonl::SPEC, guess_table::jsonl(bytes, shown)?)),
        "txt" if !guess_table::is_table(bytes, shown) => Ok((&text::SPEC, guess_table::text(bytes, shown)?)),
        _ => Ok((&csv::SPEC, guess_table::csv(bytes, shown)?)),
    }
}

/// The path without `.gz`.
fn unpacked(path: &Path) -> &Path {
    let packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    if packed { path.file_stem().map_or(path, Path::new) } else { path }
}

fn extension(path: &Path) -> String {
    unpacked(path).extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn name_of(path: &Path) -> String {
    unpacked(path).file_stem().map_or_else(|| "data".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn block(kind: &str, name: &str, values: &Values) -> String {
    let mut text = format!("[[dataset]]\nkind = {}\nname = {}\n", toml_text(kind), toml_text(name));
    let first = values.get_key_value(PATH);
    for (key, value) in first.into_iter().chain(values.iter().filter(|(key, _)| *key != PATH)) {
        text.push_str(&format!("{key} = {}\n", toml_value(value)));
    }
    text
}

fn toml_text(text: &str) -> String {
    // One line, whatever it holds: the library writes multi-line strings where there are line ends.
    let plain = !text.contains(['\'', '"', '\\']) && !text.chars().any(char::is_control);
    if plain { format!("\"{text}\"") } else { toml::Value::String(text.to_owned()).to_string() }
}

fn toml_value(value: &Value) -> String {
    match value {
        Value::Text(text) => toml_text(text),
        Value::List(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn views(data: &Dataset) -> Vec<ViewFacts> {
    let facts = |view: &crate::dataset::View| ViewFacts {
        name: view.name.clone(),
        columns: view.values.ncols(),
        missing: view.missing(),
        kind: match view.nominal() {
            0 => "numeric",
            nominal if nominal == view.columns.len() => "nominal",
            _ => "mixed",
        },
    };
    data.views.iter().map(facts).collect()
}

fn documents(data: &Dataset) -> Option<DocumentFacts> {
    let documents = data.documents.as_ref()?;
    let empty = documents.texts.iter().filter(|text| text.is_empty()).count();
    let median_length = median_length(&documents.texts);
    Some(DocumentFacts { name: documents.name.clone(), count: documents.texts.len(), empty, median_length })
}

fn labels(data: &Dataset) -> Option<LabelFacts> {
    let labels = data.labels.as_ref()?;
    let counts = labels.classes.iter().cloned().zip(labels.counts()).collect();
    Some(LabelFacts { name: labels.name.clone(), classes: labels.classes.len(), counts })
}

/// For people.
impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 12;
        writeln!(f, "{}", counted(self.rows, "row", "rows"))?;
        for view in &self.views {
            let missing = if view.missing == 0 { "none".to_owned() } else { view.missing.to_string() };
            writeln!(
                f,
                "  view {}: {} ({}), missing values: {missing}",
                view.name,
                counted(view.columns, "column", "columns"),
                view.kind
            )?;
        }
        match &self.labels {
            None => writeln!(f, "  no labels: a model needs `clusters`, and metrics of agreement cannot be had")?,
            Some(labels) => {
                let shown: Vec<String> =
                    labels.counts.iter().take(MOST).map(|(class, rows)| format!("{class} ({rows})")).collect();
                let more = labels.classes.saturating_sub(MOST);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let classes = counted(labels.classes, "class", "classes");
                writeln!(f, "  labels {}: {classes}: {}{more}", labels.name, shown.join(", "))?;
            }
        }
        if let Some(documents) = &self.documents {
            let empty = if documents.empty == 0 { String::new() } else { format!(", {} empty", documents.empty) };
            let count = counted(documents.count, "text", "texts");
            let length = documents.median_length;
            writeln!(f, "  documents {}: {count}{empty}, median length {length} letters", documents.name)?;
        }
        if !self.left_out.is_empty() {
            writeln!(f, "  left out, being no features: {}", self.left_out.join(", "))?;
        }
        write!(f, "\nFor an experiment file (the path may also be relative to that file):\n\n{}", self.suggested)
    }
}

fn counted(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Experiment, Overrides, data};
    use std::fs;

    /// Describes these bytes, and pastes the block into an experiment file in another folder.
    fn described(name: &str, bytes: &[u8]) -> Description {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let description = describe(&path).expect(name);
        let (metric, clusters) = if description.labels.is_some() { ("acc", "") } else { ("inertia", "clusters = 2\n") };
        let text = format!(
            "format = 1\nname = \"t\"\n[task]\nkind = \"clustering\"\nmetrics = [\"{metric}\"]\n{}\n[[model]]\n\
             kind = \"random\"\n{clusters}",
            description.suggested
        );
        let places = Places { base: "/nowhere".into(), data: "".into() };
        let checked = Experiment::parse(Path::new("t.toml"), &text, &Overrides::default())
            .and_then(|mut experiment| data::check(&mut experiment, &places));
        if let Err(diagnostics) = checked {
            panic!("{}\n{}", description.suggested, diagnostics.render(false));
        }
        description
    }

    #[test]
    fn a_csv_file_with_named_labels() {
        let found = described("it's.csv", b"x0,x1,label0,label1,note\n1,2,b,0,q\n1,,a,0,r\n3,4,b,1,s\n");
        assert_eq!(found.rows, 3);
        assert_eq!(found.views, [ViewFacts { name: "x".to_owned(), columns: 2, missing: 1, kind: "numeric" }]);
        let labels = found.labels.as_ref().unwrap();
        assert_eq!((labels.name.as_str(), labels.classes), ("label0", 2));
        assert_eq!(labels.counts, [("a".to_owned(), 1), ("b".to_owned(), 2)]);
        assert_eq!(found.left_out, ["label1", "note"]);
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(json["labels"]["counts"], serde_json::json!({ "a": 1, "b": 2 }));
        assert!(json["suggested"].as_str().unwrap().starts_with("[[dataset]]\n"));
        assert!(found.to_string().contains("labels label0: 2 classes: a (1), b (2)"), "{found}");
    }

    #[test]
    fn which_csv_column_holds_the_classes() {
        let labels = |name: &str, text: &str| described(name, text.as_bytes()).labels.map(|labels| labels.name);
        assert_eq!(labels("iris.data", "5.1,3.5,setosa\n4.9,3.0,setosa\n6.3,3.3,virginica\n"), Some("x2".to_owned()));
        assert_eq!(labels("points.csv", "x,y\n1,2\n3,4\n"), None);
        assert_eq!(labels("points.csv", "a,y\n1,2\n3,2\n"), Some("y".to_owned()));
        assert_eq!(labels("regression.csv", "a,target\n1,2.5\n3,4\n"), None);
        assert_eq!(labels("words.csv", "a;b;kind\n1;2;u\n3;4;v\n"), Some("kind".to_owned()));
        assert_eq!(labels("tabs.tsv", "Class\ta\n1\t2\n0\t4\n"), Some("Class".to_owned()));
        assert_eq!(labels("gap.csv", "a,class\n1,\n2,u\n"), None);
        assert_eq!(labels("twice.csv", "class,a,class\n1,2,0\n2,3,1\n"), None);
        // pandas writes row numbers under no name.
        assert_eq!(described("index.csv", b",a,b\n0,1,2\n1,3,4\n").left_out, [""]);
        assert_eq!(described("numbers.csv", b"1,2\n3,4\n").rows, 2);
        assert_eq!(described("votes.csv", b"n,y,n,r\ny,n,y,d\nn,y,n,r\ny,n,n,d\n").rows, 4);
        assert_eq!(described("bom.csv", b"\xef\xbb\xbfclass,a\n0,1\n1,2\n").labels.unwrap().name, "class");
    }

    #[test]
    fn which_arrays_are_views() {
        use ndarray::{Array1, Array2, Array3};
        let mut writer = ndarray_npy::NpzWriter::new(std::io::Cursor::new(Vec::new()));
        writer.add_array("gist", &Array2::<f32>::zeros((4, 3))).unwrap();
        writer.add_array("image", &Array3::<u8>::zeros((4, 2, 2))).unwrap();
        writer.add_array("names", &Array1::<f64>::zeros(7)).unwrap();
        writer.add_array("Y", &ndarray::array![[1_i16], [2], [2], [2]]).unwrap();
        let found = described("scene.npz", &writer.finish().unwrap().into_inner());
        assert_eq!(
            found.views.iter().map(|view| (view.name.as_str(), view.columns)).collect::<Vec<_>>(),
            [("gist", 3), ("image", 4)]
        );
        assert_eq!(found.labels.unwrap().counts, [("1".to_owned(), 1), ("2".to_owned(), 3)]);
        assert_eq!(found.left_out, ["names"]);
        assert!(found.suggested.contains("views = [\"gist\", \"image\"]\n"), "{}", found.suggested);
    }

    #[test]
    fn training_and_test_rows_are_no_views_of_each_other() {
        use ndarray::{Array1, Array2};
        let archive = |test: usize| {
            let mut writer = ndarray_npy::NpzWriter::new(std::io::Cursor::new(Vec::new()));
            writer.add_array("x_train", &Array2::<f32>::zeros((5, 3))).unwrap();
            writer.add_array("y_train", &Array2::<i32>::from_shape_fn((5, 1), |(i, _)| i32::from(i % 2 == 1))).unwrap();
            writer.add_array("x_test", &Array2::<f32>::zeros((test, 3))).unwrap();
            writer.add_array("y_test", &Array1::<i32>::zeros(test)).unwrap();
            writer.finish().unwrap().into_inner()
        };
        for test in [4, 5] {
            let found = described("digits.npz", &archive(test));
            assert_eq!(found.labels.unwrap().counts, [("0".to_owned(), 3), ("1".to_owned(), 2)]);
            assert_eq!(found.left_out, ["x_test", "y_test"]);
            assert!(found.suggested.contains("labels = \"y_train\"\nviews = [\"x_train\"]\n"), "{}", found.suggested);
        }
        assert_eq!(
            (guess::part("train-labels"), guess::part("Y.test")),
            (("labels", Some("train")), ("Y", Some("test")))
        );
        assert_eq!((guess::part("x_trainer"), guess::part("train")), (("x_trainer", None), ("train", None)));
    }

    #[test]
    fn rows_that_are_held_out_are_no_second_view() {
        for [first, second] in [["X_train", "X_test"], ["trainx", "testx"], ["Xval", "XTrain"]] {
            let mut writer = ndarray_npy::NpzWriter::new(std::io::Cursor::new(Vec::new()));
            for name in [first, second, "contest"] {
                writer.add_array(name, &ndarray::Array2::<f32>::zeros((4, 3))).unwrap();
            }
            let found = described("parts.npz", &writer.finish().unwrap().into_inner());
            let views: Vec<&str> = found.views.iter().map(|view| view.name.as_str()).collect();
            let train = if first.to_lowercase().contains("train") { first } else { second };
            assert_eq!(views, [train, "contest"]);
            assert_eq!(found.left_out.len(), 1);
        }
    }

    #[test]
    fn the_bundled_digits_need_nothing_but_the_path() {
        let found = described("digits.npz", include_bytes!("../../experiments/data/digits.npz"));
        assert_eq!((found.rows, found.views[0].columns, found.labels.unwrap().classes), (1797, 64, 10));
        assert_eq!(found.suggested.lines().count(), 4, "{}", found.suggested);
    }

    #[test]
    fn what_cannot_be_described() {
        let folder = tempfile::tempdir().unwrap();
        let error = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let error = describe(&path).expect_err(name).to_string();
            assert!(error.contains(name), "{error}");
            error
        };
        assert!(error("a.parquet", b"PAR1").contains("`.parquet` files are not read by this version"));
        assert!(error("a.arff", b"@relation a\n").contains("there was no `@data`"));
        assert!(error("binary", &[1, 0, 2]).contains("is no text"));
        assert!(error("empty.csv", b"").contains("holds no rows"));
        assert!(error("header.csv", b"a,b\n").contains("holds no rows"));
        assert!(error("cut.npz", b"PK\x03\x04").contains("not an NPZ file"));
        assert!(describe(folder.path()).expect_err("a folder").to_string().contains("is a folder"));
        assert!(describe(Path::new("")).is_err());
        assert!(
            describe(&folder.path().join("none.csv"))
                .expect_err("none")
                .to_string()
                .contains("cannot be opened: no such file")
        );
    }

    #[test]
    fn text_in_toml_reads_back() {
        for text in ["a", "it's", "C:\\data", "a\"b", "line\nend", "tab\t", "${data}/x", ""] {
            let parsed: toml::Table = toml::from_str(&format!("x = {}\n", toml_text(text))).expect("TOML");
            assert_eq!(parsed["x"].as_str(), Some(text));
        }
    }

    #[test]
    fn names_of_files() {
        assert_eq!(name_of(Path::new("/a/scene.15.csv.gz")), "scene.15");
        assert_eq!(extension(Path::new("b.ARFF.gz")), "arff");
        assert_eq!(name_of(Path::new("plain")), "plain");
    }
}
