//! Data sets: what they hold once read, and the list of kinds that can be named in an experiment file.

mod archive;
mod csv;
mod describe;
mod digits;
mod file;
mod guess;
mod npy;
mod npz;
mod synthetic;

use std::path::{Path, PathBuf};

use ndarray::{Array2, Axis, concatenate};

use crate::parameter::{ParameterSpec, Values};
pub use describe::{Description, LabelFacts, ViewFacts, describe};

/// One table of numbers; several views describe the same rows.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its name.
    pub name: String,
    /// One name a column.
    pub columns: Vec<String>,
    /// `[rows, columns]`; missing is NaN.
    pub values: Array2<f64>,
}

/// The classes that the rows are known to belong to. Models that cluster never see them.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// The column or array they came from.
    pub name: String,
    /// The classes, sorted: numbers by size, text by letter.
    pub classes: Vec<String>,
    /// One index into `classes` a row.
    pub codes: Vec<usize>,
}

impl Labels {
    /// From one label a row, as text: sorted by size where all are numbers, else by letter.
    pub fn of(name: &str, rows: &[String]) -> Self {
        let mut classes: Vec<String> = rows.to_vec();
        let number = |text: &String| text.parse::<f64>().ok().filter(|x| x.is_finite());
        if rows.iter().all(|row| number(row).is_some()) {
            classes
                .sort_by(|a, b| number(a).unwrap_or(0.0).total_cmp(&number(b).unwrap_or(0.0)).then_with(|| a.cmp(b)));
        } else {
            classes.sort();
        }
        classes.dedup();
        let index: std::collections::HashMap<&str, usize> =
            classes.iter().enumerate().map(|(i, class)| (class.as_str(), i)).collect();
        let codes = rows.iter().map(|row| index[row.as_str()]).collect();
        Labels { name: name.to_owned(), classes, codes }
    }
}

/// Data in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// At least one view; all with the same number of rows.
    pub views: Vec<View>,
    /// The known classes.
    pub labels: Option<Labels>,
}

impl Dataset {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.views.first().map_or(0, |view| view.values.nrows())
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

    /// The number of known classes.
    pub fn classes(&self) -> Option<usize> {
        self.labels.as_ref().map(|labels| labels.classes.len())
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

/// Every kind of data set, in the order in which `gridbook list datasets` prints them.
pub static DATASETS: &[&DatasetSpec] =
    &[&csv::SPEC, &npz::SPEC, &digits::SPEC, &synthetic::BLOBS, &synthetic::MOONS, &synthetic::CIRCLES];

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
