//! Tables as CSV, plain or gzip.

use std::borrow::Cow;

use crate::dataset::decimal::short_number;
use crate::dataset::documents::{self, DocumentSource};
use crate::dataset::records::{Records, Row, lines};
use crate::dataset::roles::{Names, Role, ViewColumns, Wanted};
use crate::dataset::text_table::{Refused, Table, check_columns};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, file};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;

parameters! {
    /// How a CSV file is read.
    pub struct Params {
        /// The file; `.gz` is unpacked.
        path: String = String::new(), Domain::Any;
        /// The column that holds the classes; left out, there are none. Where all are numbers, these are compared: `1` and
        /// `1.0` are one class, shown as the shorter.
        labels: Option<String> = None, Domain::Any;
        /// Columns that are no features; splits can still name them.
        drop: Names = Names::default(), Domain::Any;
        /// Columns that hold words. Where all words of a column are numbers, these are compared: `1` and `1.0` are one.
        nominal: Names = Names::default(), Domain::Any;
        /// The column that holds a text a row.
        text: Option<String> = None, Domain::Any;
        /// Views by names of our own, each a list of columns: `{ shape = ["a", "b"] }`; left out, one view of all
        /// features.
        views: ViewColumns = ViewColumns::default(), Domain::Any;
        /// The column by which `documents` are joined; no feature. Keys are compared as classes are.
        key: Option<String> = None, Domain::Any;
        /// Texts in another file: `{ path, key, column }`; several of one key are joined with a line break.
        documents: Option<DocumentSource> = None, Domain::Any;
        /// Cells that mean "missing"; an empty one always does.
        missing: Names = default_marks(), Domain::Any;
        /// What becomes of rows without a class.
        missing_labels: String = "error".to_owned(), Domain::OneOf(&["error", "drop"]);
        /// Whether the first line holds the names of the columns; without it they are `x0`, `x1`, ...
        header: bool = true, Domain::Any;
        /// What separates cells: one character; a blank stands for any run of blanks and tabs.
        separator: String = ",".to_owned(), Domain::Any;
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "csv",
    about: "a table as CSV, plain or gzip; missing cells are empty, `?`, `NA` or `nan`",
    reference: "RFC 4180",
    stands_in_for: None,
    revision: 2,
    parameters: Params::specs,
    locations: &["path", "documents"],
    checksum: documents::checksum,
    load,
};

/// Cells that mean "missing" where nothing else is said.
const MISSING: &[&str] = &["", "?", "NA", "na", "N/A", "nan", "NaN", "NAN", "null"];

fn default_marks() -> Names {
    Names(MISSING.iter().map(|&mark| mark.to_owned()).collect())
}

/// The cells that mean "missing".
pub struct Marks {
    marks: Vec<String>,
    /// Whether some mark begins with the byte: most cells are asked no further.
    first: [bool; 256],
}

impl Marks {
    /// These marks, and the empty cell.
    pub fn new(marks: &Names) -> Self {
        let mut first = [false; 256];
        marks.0.iter().filter_map(|mark| mark.bytes().next()).for_each(|byte| first[usize::from(byte)] = true);
        Marks { marks: marks.0.clone(), first }
    }

    /// Whether a mark begins as the cell does.
    fn may_begin(&self, cell: &[u8]) -> bool {
        cell.first().is_none_or(|byte| self.first[usize::from(*byte)])
    }

    /// Whether the cell is missing.
    pub fn has(&self, text: &str) -> bool {
        self.may_begin(text.as_bytes()) && (text.is_empty() || self.marks.iter().any(|mark| mark == text))
    }
}

impl Default for Marks {
    fn default() -> Self {
        Marks::new(&default_marks())
    }
}

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params: Params = file::params(values)?;
    let path = file::path(values)?;
    let data = parse(&file::read(path, places)?, path, &params)?;
    documents::join(data, params.key.as_deref(), params.documents.as_ref(), places)
}

impl Params {
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            labels: self.labels.as_deref(),
            drop: &self.drop.0,
            nominal: &self.nominal.0,
            text: self.text.as_deref(),
            key: self.key.as_deref(),
            views: &self.views.0,
        }
    }

    fn separator(&self) -> Result<u8, DatasetError> {
        let wrong = |message| DatasetError::Parameter { key: "separator".to_owned(), message, suggestion: None };
        match self.separator.as_bytes() {
            [b'"' | b'\n' | b'\r' | 0] => Err(wrong(format!("{:?} cannot separate cells", self.separator))),
            [byte] if byte.is_ascii() => Ok(*byte),
            _ => Err(wrong(format!("`{}` is not one character", self.separator))),
        }
    }
}

/// The text, with tabs as blanks where runs of blanks separate cells.
pub fn blanks(text: &str, separator: u8) -> Cow<'_, str> {
    if separator == b' ' && text.contains('\t') { text.replace('\t', " ").into() } else { text.into() }
}

/// Reads the bytes of a file; `path` is for messages. Documents are not joined.
///
/// # Errors
/// They are damaged, or do not hold what `params` name.
pub fn parse(bytes: &[u8], path: &str, params: &Params) -> Result<Dataset, DatasetError> {
    let separator = params.separator()?;
    let text = blanks(file::text(bytes, path)?, separator);
    let mut records = Records::new(&text, path, separator);
    let Some(first) = records.next()? else { return Err(file::error(path, "holds no rows")) };
    check_columns(first.len(), bytes.len()).map_err(|what| file::error(path, what))?;
    let names: Vec<String> = first
        .cells()
        .enumerate()
        .map(|(i, cell)| if params.header { cell.to_owned() } else { format!("x{i}") })
        .collect();
    let roles = params.wanted().roles(&names)?;
    let mut table =
        Table::new(names, &roles, |_| None, (lines(&text), bytes.len())).map_err(|what| file::error(path, what))?;
    let rows = Rows { path, params, marks: Marks::new(&params.missing), roles };
    if !params.header {
        rows.take(&first, &mut table)?;
    }
    while let Some(row) = records.next()? {
        rows.take(&row, &mut table)?;
    }
    table.finish(&params.views.0, path, params.documents.is_some())
}

struct Rows<'a> {
    path: &'a str,
    params: &'a Params,
    marks: Marks,
    roles: Vec<Role>,
}

impl Rows<'_> {
    /// Takes one row into the table.
    fn take(&self, row: &Row<'_>, table: &mut Table) -> Result<(), DatasetError> {
        let wrong = |what: String| file::error(self.path, format!("line {}{what}", row.line()));
        if let Some(label) = table.label {
            let text = row.cell(label);
            if self.marks.has(text) {
                if self.params.missing_labels == "drop" {
                    return table.drop_row().map_err(|_: Refused| file::error(self.path, table.too_large()));
                }
                let help = "; `missing-labels = \"drop\"` leaves such rows out";
                return Err(wrong(format!(": the label is missing{help}")));
            }
            if text.contains('\n') {
                return Err(wrong(": the label runs over several lines; is a quote left open?".to_owned()));
            }
        }
        for (column, role) in self.roles.iter().enumerate() {
            let text = match role {
                Role::Skip => continue,
                Role::Text => Some(row.raw(column)),
                Role::Number => {
                    let raw = row.raw(column).as_bytes();
                    if let Some(number) = short_number(raw).filter(|_| !self.marks.may_begin(raw)) {
                        table.number(number);
                        continue;
                    }
                    Some(row.cell(column)).filter(|text| !self.marks.has(text))
                }
                _ => Some(row.cell(column)).filter(|text| !self.marks.has(text)),
            };
            table
                .cell(column, text)
                .map_err(|_| wrong(not_a_number(&table.names()[column], row.cell(column), row.line(), self.params)))?;
        }
        table.end_row().map_err(|_: Refused| file::error(self.path, table.too_large()))
    }
}

fn not_a_number(column: &str, text: &str, line: usize, params: &Params) -> String {
    let column = file::shown(column);
    let hint = if line == 1 && !params.header {
        "; does the file begin with a header?".to_owned()
    } else {
        format!(
            "; name the column under `nominal` if it holds words, under `text` if it holds texts, or under `labels` or \
             `drop` if it is not a feature: `drop = [\"{column}\"]`"
        )
    };
    format!(", column `{column}`: `{}` is not a number{hint}", file::shown(text))
}

#[cfg(test)]
mod tests;
