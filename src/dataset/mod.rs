//! Data sets: what they hold once read, and the list of kinds that can be named in an experiment file.

mod archive;
mod arff;
mod budget;
mod bundled;
pub mod bytes;
mod classes;
mod csv;
mod decimal;
mod describe;
mod documents;
mod file;
mod guess;
mod guess_table;
mod idx;
mod jsonl;
pub mod known;
mod mat;
mod names;
mod npy;
mod npz;
mod number;
mod records;
mod roles;
mod synthetic;
mod table;
pub mod take;
mod text;
mod text_table;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{Array2, Axis, concatenate};

use crate::parameter::{ParameterSpec, Values};
pub use describe::{Description, DocumentFacts, LabelFacts, ViewFacts, describe};
#[doc(hidden)]
pub use synthetic::outliers::inject_outliers;

/// One table of features; several views describe the same rows.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its name.
    pub name: String,
    /// What each column is.
    pub columns: Vec<Column>,
    /// `[rows, columns]`; missing is NaN, a nominal column holds indices into its words.
    pub values: Array2<f64>,
}

/// What a column of a view is.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The words of a nominal column, in the file's order; none for a column of numbers.
    pub words: Option<Arc<[String]>>,
}

impl Column {
    /// A column of numbers.
    pub fn numeric(name: impl Into<String>) -> Self {
        Column { name: name.into(), words: None }
    }

    /// A column of words.
    pub fn nominal(name: impl Into<String>, words: impl Into<Arc<[String]>>) -> Self {
        Column { name: name.into(), words: Some(words.into()) }
    }
}

impl View {
    /// A view of numbers whose columns are called `<name>0`, `<name>1`, ...
    pub fn numbered(name: impl Into<String>, values: Array2<f64>) -> Self {
        let name = name.into();
        let columns = (0..values.ncols()).map(|i| Column::numeric(format!("{name}{i}"))).collect();
        View { name, columns, values }
    }

    /// How many cells lack a value.
    pub fn missing(&self) -> usize {
        self.values.iter().filter(|x| x.is_nan()).count()
    }

    /// How many columns are nominal.
    pub fn nominal(&self) -> usize {
        self.columns.iter().filter(|column| column.words.is_some()).count()
    }
}

/// A column that says something of the rows and is no feature: a year, a company, an identifier. Splits can name it.
#[derive(Clone, Debug, PartialEq)]
pub struct Aside {
    /// Its name.
    pub name: String,
    /// One cell a row as it stands in the file; empty where it is missing.
    pub cells: Vec<String>,
}

/// One text a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Documents {
    /// The column they came from.
    pub name: String,
    /// One text a row; empty where there is none.
    pub texts: Vec<String>,
}

/// The classes that the rows are known to belong to. Models that cluster never see them.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// The column or array they came from.
    pub name: String,
    /// The classes: in the file's order where it declares them, else sorted, numbers by size and text by letter. A
    /// declared class may have no row.
    pub classes: Vec<String>,
    /// One index into `classes` a row.
    pub codes: Vec<usize>,
}

impl Labels {
    /// From one label a row, as text: sorted by size where all are numbers, else by letter. Two ways to write one
    /// number (`1`, `1.0`) are one class, shown as the shorter.
    pub fn of(name: &str, rows: &[String]) -> Self {
        let mut words = words::Words::default();
        let codes: Vec<u32> = rows.iter().filter_map(|row| words.code(row)).collect();
        words.labels(name, &codes)
    }

    /// Rows of each class.
    pub fn counts(&self) -> Vec<usize> {
        let mut rows = vec![0; self.classes.len()];
        self.codes.iter().for_each(|code| rows[*code] += 1);
        rows
    }
}

/// Data in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// All with the same number of rows; at least one, but for documents alone.
    pub views: Vec<View>,
    /// The known classes.
    pub labels: Option<Labels>,
    /// Columns that are no features.
    pub aside: Vec<Aside>,
    /// One text a row.
    pub documents: Option<Documents>,
    /// How much each row counts in training; 1 where nothing else was said.
    pub weights: Option<Vec<f64>>,
}

impl Dataset {
    /// Views with their labels and nothing else.
    pub fn new(views: Vec<View>, labels: Option<Labels>) -> Self {
        Dataset { views, labels, ..Dataset::default() }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        let texts = || self.documents.as_ref().map_or(0, |documents| documents.texts.len());
        self.views.first().map_or_else(texts, |view| view.values.nrows())
    }

    /// These rows in this order; a row may be named several times. Classes stay as they are.
    ///
    /// # Panics
    /// A row is not there.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Dataset {
        let pick = |cells: &[String]| rows.iter().map(|&row| cells[row].clone()).collect();
        Dataset {
            views: self
                .views
                .iter()
                .map(|view| View { values: view.values.select(Axis(0), rows), ..view.clone() })
                .collect(),
            labels: self
                .labels
                .as_ref()
                .map(|labels| Labels { codes: rows.iter().map(|&row| labels.codes[row]).collect(), ..labels.clone() }),
            aside: self
                .aside
                .iter()
                .map(|column| Aside { name: column.name.clone(), cells: pick(&column.cells) })
                .collect(),
            documents: self
                .documents
                .as_ref()
                .map(|documents| Documents { name: documents.name.clone(), texts: pick(&documents.texts) }),
            weights: self.weights.as_ref().map(|weights| rows.iter().map(|&row| weights[row]).collect()),
        }
    }

    /// All views side by side, `[rows, all columns]`.
    pub fn joined(&self) -> Array2<f64> {
        match self.views.as_slice() {
            [only] => only.values.clone(),
            views => {
                let parts: Vec<_> = views.iter().map(|view| view.values.view()).collect();
                concatenate(Axis(1), &parts).unwrap_or_default()
            }
        }
    }

    /// The number of known classes that have a row.
    pub fn classes(&self) -> Option<usize> {
        self.labels.as_ref().map(|labels| labels.counts().into_iter().filter(|rows| *rows > 0).count())
    }
}

/// Where a data set's files are looked for.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of the experiment file; relative paths start there.
    pub base: PathBuf,
    /// What `${data}` stands for.
    pub data: PathBuf,
}

impl Places {
    /// The path meant by `text` in an experiment file.
    pub fn resolve(&self, text: &str) -> PathBuf {
        let text = text.replace("${data}", &self.data.to_string_lossy());
        let path = Path::new(&text);
        if path.is_absolute() { path.to_owned() } else { self.base.join(path) }
    }
}

/// What a kind of data set is.
pub struct DatasetSpec {
    /// Its name in an experiment file.
    pub kind: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Where the data or the format come from.
    pub reference: &'static str,
    /// The data that it is used for in place of, where those cannot be had; reports say so.
    pub stands_in_for: Option<&'static str>,
    /// Raised when reading gives other numbers than before; part of every trial's identity.
    pub revision: u32,
    /// What can be written beside `kind` and `name`.
    pub parameters: fn() -> Vec<ParameterSpec>,
    /// Parameters that say where the data lie, not what they are: no part of a trial's identity.
    pub locations: &'static [&'static str],
    /// The bytes that decide the content, hashed: `None` where the parameters alone decide it.
    pub checksum: fn(&Values, &Places) -> Result<Option<String>, DatasetError>,
    /// Reads it.
    pub load: fn(&Values, &Places) -> Result<Dataset, DatasetError>,
}

/// Formats of files, bundled and made-up sets.
const OWN: &[&DatasetSpec] = &[
    &csv::SPEC,
    &arff::SPEC,
    &jsonl::SPEC,
    &text::SPEC,
    &npz::SPEC,
    &npy::SPEC,
    &mat::SPEC,
    &idx::SPEC,
    &bundled::DIGITS,
    &bundled::HANDWRITTEN,
    &bundled::LEAVES,
    &bundled::AMERICAN_29,
    &bundled::POLISH_5YEAR,
    &bundled::MCRLS_SENTENCES,
    &bundled::FUSION_SEMISYNTHETIC,
    &bundled::GLASS_OUTLIERS,
    &bundled::WINE_OUTLIERS,
    &bundled::IONOSPHERE_OUTLIERS,
    &bundled::VOTE,
    &synthetic::BLOBS,
    &synthetic::MOONS,
    &synthetic::CIRCLES,
    &synthetic::RINGS,
    &synthetic::PARABOLAS,
    &synthetic::IRREGULAR,
    &synthetic::AWA_LIKE,
    &synthetic::CUB50_LIKE,
    &synthetic::FLOWERS50_LIKE,
    &synthetic::DISTRESS_PANEL,
];

/// Every kind of data set, in the order in which `gridbook list datasets` prints them: [`OWN`], then the known sets.
pub static DATASETS: &[&DatasetSpec] = &{
    let mut all = [OWN[0]; OWN.len() + known::SPECS.len()];
    let mut next = 0;
    while next < all.len() {
        all[next] = if next < OWN.len() { OWN[next] } else { known::SPECS[next - OWN.len()] };
        next += 1;
    }
    all
};

/// The kind of this name.
pub fn find(kind: &str) -> Option<&'static DatasetSpec> {
    DATASETS.iter().copied().find(|spec| spec.kind == kind)
}

/// Why a data set cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A parameter is wrong in itself or names what the data do not have; the caret goes to `key`.
    #[error("{message}")]
    Parameter {
        /// The parameter.
        key: String,
        /// What is wrong.
        message: String,
        /// The nearest valid spelling.
        suggestion: Option<String>,
    },
    /// The file is not there, cannot be read or is damaged: the machine's fault, not the experiment file's.
    #[error("{message}")]
    File {
        /// The parameter that names the file.
        key: String,
        /// What is wrong, with the path as written, and the line of the data file where there is one.
        message: String,
    },
}
