//! Splits: which rows a model learns from and which it is judged on. Drawn from the data and the seed alone, so that
//! every model of a study sees the same rows.

mod cross;
mod groups;
mod holdout;
mod inner;
mod rows;
mod temporal;

use crate::dataset::{Dataset, Labels, Places};
use crate::diagnostic::nearest;
use crate::parameter::{ParameterSpec, Values, quoted};
use crate::rng::{Purpose, Stream};

/// Rows of one fold, by number from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// What is learned from, in this order.
    pub train: Vec<usize>,
    /// What is judged.
    pub test: Vec<usize>,
    /// Kept out of training for early stopping and choosing; empty without an inner split.
    pub validation: Vec<usize>,
    /// The folds of an inner split that has several: parts of `train`, each learned from and judged by itself.
    pub inner: Vec<Fold>,
    /// What the reader should know of the draw: overlapping groups, dropped rows.
    pub counts: Vec<(&'static str, usize)>,
}

/// What a kind of split is.
pub struct SplitSpec {
    /// Its name in an experiment file.
    pub kind: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Where it is defined or whose habit it is.
    pub reference: &'static str,
    /// Raised when the same data and seed give other rows; part of every trial's identity.
    pub revision: u32,
    /// What can be written beside `kind` and `name`.
    pub parameters: fn() -> Vec<ParameterSpec>,
    /// Parameters that say where rows lie, not what they are.
    pub locations: &'static [&'static str],
    /// Whether trials have a fold number.
    pub folded: bool,
    /// Draws every fold.
    pub draw: fn(&Values, &Rows<'_>) -> Result<Vec<Fold>, SplitError>,
}

impl SplitSpec {
    /// Whether trials of other seeds or folds learn from other, overlapping rows.
    pub fn resamples(&self) -> bool {
        self.folded || self.kind == holdout::SPEC.kind
    }
}

/// What a split is drawn from.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The data after transforms.
    pub data: &'a Dataset,
    /// The trial's seed.
    pub seed: u64,
    /// Where files of rows are looked for.
    pub places: &'a Places,
}

/// Every kind of split, in the order in which `gridbook list splits` prints them.
pub static SPLITS: &[&SplitSpec] = &[
    &rows::WHOLE,
    &holdout::SPEC,
    &cross::K_FOLD,
    &cross::REPEATED,
    &temporal::SPEC,
    &groups::LEAVE_ONE_OUT,
    &rows::SPEC,
];

/// The kind of this name.
pub fn find(kind: &str) -> Option<&'static SplitSpec> {
    SPLITS.iter().copied().find(|spec| spec.kind == kind)
}

/// A split that data cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SplitError {
    /// The parameter at fault.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// The nearest valid spelling.
    pub suggestion: Option<String>,
    /// Whether a file is at fault rather than the experiment file.
    pub file: bool,
}

impl SplitError {
    fn new(key: &'static str, message: impl Into<String>) -> Self {
        SplitError { key, message: message.into(), suggestion: None, file: false }
    }
}

/// A split with its inner one, as an experiment file states it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Choice {
    /// Kind in the registry.
    pub kind: String,
    /// Its parameters as given.
    pub values: Values,
    /// The inner split of the training rows, whose test part is for validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Box<Choice>>,
}

impl Choice {
    /// Every row is learned from and judged.
    pub fn whole() -> Self {
        Choice { kind: rows::WHOLE.kind.to_owned(), ..Choice::default() }
    }

    /// Whether every row is in both parts and nothing is drawn.
    pub fn is_whole(&self) -> bool {
        self.kind == rows::WHOLE.kind && self.validation.is_none()
    }

    /// What the file names and the data do not have, though there are rows for each part.
    ///
    /// # Errors
    /// The value.
    pub fn check(&self, rows: &Rows<'_>) -> Result<(), SplitError> {
        if self.kind == temporal::SPEC.kind { temporal::check_values(&self.values, rows) } else { Ok(()) }
    }

    /// Every fold, with the inner split drawn within each one's training rows.
    ///
    /// # Errors
    /// The data cannot be split so.
    pub fn draw(&self, rows: &Rows<'_>) -> Result<Vec<Fold>, SplitError> {
        let spec =
            find(&self.kind).ok_or_else(|| SplitError::new("kind", format!("no split is called `{}`", self.kind)))?;
        let mut folds = (spec.draw)(&self.values, rows)?;
        for (number, fold) in folds.iter().enumerate() {
            for (part, name) in [(&fold.train, "training"), (&fold.test, "test")] {
                if part.is_empty() {
                    let which = if folds.len() > 1 { format!(" of fold {number}") } else { String::new() };
                    return Err(SplitError::new("kind", format!("the {name} part{which} has no row")));
                }
            }
        }
        if let Some(inner) = &self.validation {
            for fold in &mut folds {
                inner::cut(inner, fold, rows)?;
            }
        }
        Ok(folds)
    }
}

impl<'a> Rows<'a> {
    /// How many there are.
    fn len(&self) -> usize {
        self.data.rows()
    }

    /// Numbers for a draw.
    fn stream(&self, part: &str) -> Stream {
        Stream::new(self.seed, Purpose::Split, part)
    }

    /// The classes, where stratifying was asked for or is the habit.
    fn strata(&self, wanted: Option<bool>) -> Result<Option<&'a Labels>, SplitError> {
        match (wanted, &self.data.labels) {
            (Some(true), None) => {
                Err(SplitError::new("stratified", "the data have no labels, by whose classes to stratify"))
            }
            (Some(false), _) => Ok(None),
            (_, labels) => Ok(labels.as_ref()),
        }
    }

    /// A column in words: one that is no feature, the labels, or a feature.
    fn column(&self, key: &'static str, name: &str) -> Result<Vec<String>, SplitError> {
        if let Some(found) = column(self.data, name) {
            return Ok(found);
        }
        let names = column_names(self.data);
        let shown = if names.len() > 12 {
            format!("{} and {} more", quoted(&names[..12]), names.len() - 12)
        } else {
            quoted(&names)
        };
        let mut error = SplitError::new(key, format!("no column is called `{name}`; there are {shown}"));
        error.suggestion = nearest(name, names.iter().map(String::as_str)).map(str::to_owned);
        Err(error)
    }
}

/// A column's cells in words: of those aside, the labels, or a feature.
pub fn column(data: &Dataset, name: &str) -> Option<Vec<String>> {
    if let Some(aside) = data.aside.iter().find(|aside| aside.name == name) {
        return Some(aside.cells.clone());
    }
    if let Some(labels) = data.labels.as_ref().filter(|labels| labels.name == name) {
        return Some(labels.codes.iter().map(|&code| labels.classes[code].clone()).collect());
    }
    data.views.iter().find_map(|view| {
        let place = view.columns.iter().position(|column| column.name == name)?;
        let words = view.columns[place].words.clone();
        let word = |x: &f64| match &words {
            _ if x.is_nan() => String::new(),
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a word")]
            Some(words) => words.get(*x as usize).cloned().unwrap_or_default(),
            None => x.to_string(),
        };
        Some(view.values.column(place).iter().map(word).collect())
    })
}

/// The columns that a split can name, sorted.
fn column_names(data: &Dataset) -> Vec<String> {
    let features = data.views.iter().flat_map(|view| view.columns.iter().map(|column| column.name.clone()));
    let mut names: Vec<String> = data.aside.iter().map(|aside| aside.name.clone()).collect();
    names.extend(data.labels.iter().map(|labels| labels.name.clone()));
    names.sort_unstable();
    // Features come last: a text names one of the few others far more often.
    names.extend(features);
    names
}

/// Parameters, or the first that is wrong.
fn read<P: crate::parameter::Parameters>(values: &Values) -> Result<P, SplitError> {
    P::from_values(values).map_err(|(name, what)| SplitError::new("kind", format!("`{name}`: {what}")))
}

#[cfg(test)]
mod tests;
