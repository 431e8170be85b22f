//! A table as it is read: cells come in as text, row by row, and go where their column's role says.

use ndarray::{Array2, Axis};

use crate::dataset::decimal::number;
use crate::dataset::roles::Role;
use crate::dataset::words::Words;
use crate::dataset::{Aside, Column, Dataset, DatasetError, Documents, Labels, View, file};

/// What a reader may hold of a file: 20 times its size and 64 MiB, of which some are for the file itself and for what
/// the readers do on the way.
fn most_memory(bytes: usize) -> usize {
    bytes.saturating_mul(18).saturating_add(56 << 20)
}

/// What a column takes however few rows there are: its name, several times, and what it becomes.
const COLUMN: usize = 400;
/// What a text takes beside its letters.
const TEXT: usize = 56;

/// Why a cell cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no number.
    NotANumber,
    /// It is none of the declared words.
    Undeclared,
    /// The table takes more memory than its file allows.
    Memory,
}

enum Slot {
    Number,
    Nominal(Box<Words>),
    Labels(Box<(Words, Vec<u32>)>),
    Aside(Vec<String>),
    Text(Vec<String>),
    Skip,
}

/// A table that is being read.
pub struct Table {
    names: Vec<String>,
    slots: Vec<Slot>,
    /// Features, row after row.
    cells: Vec<f64>,
    features: usize,
    rows: usize,
    /// Bytes that texts take.
    held: usize,
    most: usize,
    /// The cell that holds the class.
    pub label: Option<usize>,
}

impl Table {
    /// An empty table. `declared` has the words of the columns whose words the file declares.
    /// `lines` is the most rows there can be, `bytes` the size of the file.
    ///
    /// # Errors
    /// So many columns that the file's size does not allow for them.
    pub fn new(
        names: Vec<String>,
        roles: &[Role],
        mut declared: impl FnMut(usize) -> Option<Words>,
        (lines, bytes): (usize, usize),
    ) -> Result<Self, String> {
        check_columns(names.len(), bytes)?;
        let slot = |(column, role): (usize, &Role)| match role {
            Role::Number => Slot::Number,
            Role::Nominal => Slot::Nominal(Box::new(declared(column).unwrap_or_default())),
            Role::Labels => Slot::Labels(Box::new((declared(column).unwrap_or_default(), Vec::new()))),
            Role::Aside => Slot::Aside(Vec::new()),
            Role::Text => Slot::Text(Vec::new()),
            Role::Skip => Slot::Skip,
        };
        let slots: Vec<Slot> = roles.iter().enumerate().map(slot).collect();
        let features = slots.iter().filter(|slot| matches!(slot, Slot::Number | Slot::Nominal(_))).count();
        // A cell takes at least a byte of the file, but for those of sparse rows.
        let cells = Vec::with_capacity(lines.saturating_mul(features).min(bytes + features));
        let label = roles.iter().position(|role| *role == Role::Labels);
        let most = most_memory(bytes).saturating_sub(names.len() * COLUMN);
        Ok(Table { names, slots, cells, features, rows: 0, held: 0, most, label })
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Takes the next cell of a row, a number in a column of numbers.
    pub fn number(&mut self, number: f64) {
        self.cells.push(number);
    }

    /// Takes the next cell of a row: all of them in the file's order. `None` is a missing one; the class must be there.
    ///
    /// # Errors
    /// It is not what its column holds.
    pub fn cell(&mut self, column: usize, text: Option<&str>) -> Result<(), Refused> {
        let texts = match &mut self.slots[column] {
            Slot::Number => {
                let number = match text {
                    None => f64::NAN,
                    Some(text) => number(text).ok_or(Refused::NotANumber)?,
                };
                self.cells.push(number);
                return Ok(());
            }
            Slot::Nominal(words) => {
                let code = text.map(|text| words.code(text).ok_or(Refused::Undeclared)).transpose()?;
                self.cells.push(code.map_or(f64::NAN, f64::from));
                return Ok(());
            }
            Slot::Labels(labels) => {
                let (words, codes) = &mut **labels;
                codes.push(words.code(text.unwrap_or_default()).ok_or(Refused::Undeclared)?);
                return Ok(());
            }
            Slot::Aside(cells) | Slot::Text(cells) => cells,
            Slot::Skip => return Ok(()),
        };
        let text = text.unwrap_or_default();
        self.held += TEXT + text.len();
        texts.push(text.to_owned());
        Ok(())
    }

    /// Ends a row.
    ///
    /// # Errors
    /// One more would take more memory than the file allows.
    pub fn end_row(&mut self) -> Result<(), Refused> {
        self.rows += 1;
        let dense = (self.cells.len() + self.features) * size_of::<f64>();
        if self.held + dense > self.most { Err(Refused::Memory) } else { Ok(()) }
    }

    /// Leaves a row out, none of whose cells were taken. It counts nevertheless: a row of few bytes can have many
    /// columns, and looking at them takes time.
    ///
    /// # Errors
    /// Rows left out and rows taken are more than the file allows.
    pub fn drop_row(&mut self) -> Result<(), Refused> {
        self.held += self.names.len() * size_of::<f64>();
        if self.held > self.most { Err(Refused::Memory) } else { Ok(()) }
    }

    /// The message for a table that takes too much memory.
    pub fn too_large(&self) -> String {
        let more = "already take more than 20 times the file and 64 MiB";
        let has_texts = self.slots.iter().any(|slot| matches!(slot, Slot::Aside(_) | Slot::Text(_)));
        if has_texts && self.held > self.most / 2 {
            let help = "texts of a letter or two are better words of a `nominal` column";
            return format!("the texts of the first {} rows {more}; {help}", self.rows);
        }
        let help = "tables are held with all their zeros and missing cells";
        format!("the first {} rows of {} columns {more}: {help}", self.rows, self.names.len())
    }

    /// The data: one view `x`, or these. `texts_follow` where documents will be joined.
    ///
    /// # Errors
    /// No row, or no column to learn from.
    pub fn finish(
        mut self,
        views: &[(String, Vec<String>)],
        path: &str,
        texts_follow: bool,
    ) -> Result<Dataset, DatasetError> {
        if self.rows == 0 {
            return Err(file::error(path, "holds no rows"));
        }
        let has_text = texts_follow || self.slots.iter().any(|slot| matches!(slot, Slot::Text(_)));
        if self.features == 0 && !has_text {
            return Err(file::error(path, "no column is left beside the labels"));
        }
        let mut data = Dataset::default();
        let (mut columns, mut places) = (Vec::with_capacity(self.features), Vec::new());
        for (name, slot) in self.names.into_iter().zip(self.slots) {
            match slot {
                Slot::Number => columns.push(Column::numeric(name)),
                Slot::Nominal(words) => {
                    let declared = words.is_declared();
                    let (words, order) = words.sorted();
                    if !declared {
                        places.push((columns.len(), order));
                    }
                    columns.push(Column::nominal(name, words));
                }
                Slot::Labels(labels) => data.labels = Some(labels_of(&name, *labels)),
                Slot::Aside(cells) => data.aside.push(Aside { name, cells }),
                Slot::Text(texts) => data.documents = Some(Documents { name, texts }),
                Slot::Skip => {}
            }
        }
        if self.features == 0 {
            return Ok(data);
        }
        self.cells.shrink_to_fit();
        let mut values =
            Array2::from_shape_vec((self.rows, self.features), self.cells).map_err(|e| file::error(path, e))?;
        for (column, order) in places {
            values.column_mut(column).iter_mut().for_each(|cell| *cell = placed(*cell, &order));
        }
        data.views = split_views(columns, values, views);
        Ok(data)
    }
}

/// # Errors
/// So many columns that the file's size does not allow for them.
pub fn check_columns(columns: usize, bytes: usize) -> Result<(), String> {
    if columns.saturating_mul(COLUMN) > most_memory(bytes) {
        return Err(format!("{columns} columns in a file of {bytes} bytes are no table"));
    }
    Ok(())
}

fn labels_of(name: &str, (words, codes): (Words, Vec<u32>)) -> Labels {
    words.labels(name, &codes)
}

/// The place of a word among its column's sorted words.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "codes are u32"
)]
fn placed(code: f64, order: &[usize]) -> f64 {
    if code.is_nan() { code } else { order[code as usize] as f64 }
}

fn split_views(columns: Vec<Column>, values: Array2<f64>, views: &[(String, Vec<String>)]) -> Vec<View> {
    if views.is_empty() {
        return vec![View { name: "x".to_owned(), columns, values }];
    }
    let view = |(name, wanted): &(String, Vec<String>)| {
        let places: Vec<usize> =
            wanted.iter().filter_map(|name| columns.iter().position(|column| column.name == *name)).collect();
        View {
            name: name.clone(),
            columns: places.iter().map(|&place| columns[place].clone()).collect(),
            values: values.select(Axis(1), &places),
        }
    };
    views.iter().map(view).collect()
}
