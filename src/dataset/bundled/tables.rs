//! Bundled tables: CSV with a header, plain or gzip, a missing cell empty.

use std::io::Read;

use csv::StringRecord;
use flate2::read::GzDecoder;
use ndarray::Array2;

use super::{AMERICAN_FILE, File, POLISH_FILE, VOTE_FILE, checksum, spec};
use crate::dataset::{Aside, Column, Dataset, DatasetError, DatasetSpec, Labels, Places, View, file};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;

parameters! {
    /// Parameters of `american-29`.
    pub struct American29 {
        /// The column that holds the classes: whether a firm ever failed, in all its years, or whether it fails in the
        /// year after.
        labels: String = "status".to_owned(), Domain::OneOf(LABELS);
    }
}

/// Columns of `american-29` that can be the classes; the other one is no feature, as it gives them away.
const LABELS: &[&str] = &["status", "fails_next_year"];

/// The kind `american-29`.
pub static AMERICAN_29: DatasetSpec = spec(
    "american-29",
    "29 indicators of American firms 2010 to 2017, bundled: 26,690 firm-years; columns `company` and `year` for splits",
    "computed from Lombardo et al. 2022, Future Internet 14(8) 244, CC BY 4.0",
    American29::specs,
    |_: &Values, _: &Places| checksum(&[&AMERICAN_FILE]),
    |values: &Values, _: &Places| {
        let params = American29::from_values(values).map_err(wrong)?;
        let table = Table::read(&AMERICAN_FILE)?;
        let other = LABELS.iter().filter(|name| **name != params.labels);
        let aside: Vec<&str> = ["company", "year"].iter().chain(other).copied().collect();
        table.dataset(&params.labels, &aside)
    },
);
/// The kind `polish-5year`.
pub static POLISH_5YEAR: DatasetSpec = spec(
    "polish-5year",
    "64 ratios of Polish firms a year before they failed or not, bundled: 5,910 rows, 410 failed",
    "Zięba, Tomczak and Tomczak 2016, UCI machine learning repository, CC BY 4.0",
    Vec::new,
    |_: &Values, _: &Places| checksum(&[&POLISH_FILE]),
    |_: &Values, _: &Places| Table::read(&POLISH_FILE)?.dataset("class", &[]),
);
/// The kind `vote`.
pub static VOTE: DatasetSpec = spec(
    "vote",
    "UCI congressional voting records 1984, bundled: 435 members, 16 votes, yes or no or neither (missing)",
    "Schlimmer 1987, UCI machine learning repository, CC BY 4.0",
    Vec::new,
    |_: &Values, _: &Places| checksum(&[&VOTE_FILE]),
    |_: &Values, _: &Places| Table::read(&VOTE_FILE)?.nominal_dataset("Class"),
);

/// What a parameter lacks.
pub fn wrong((key, message): (String, String)) -> DatasetError {
    DatasetError::Parameter { key, message, suggestion: None }
}

/// The cells of a bundled file.
pub struct Table {
    name: &'static str,
    names: StringRecord,
    rows: Vec<StringRecord>,
}

impl Table {
    /// Unpacked and parted into cells.
    pub fn read(from: &File) -> Result<Self, DatasetError> {
        let mut bytes = Vec::new();
        let mut source: Box<dyn Read> = if from.bytes.starts_with(&[0x1f, 0x8b]) {
            Box::new(GzDecoder::new(from.bytes))
        } else {
            Box::new(from.bytes)
        };
        source.read_to_end(&mut bytes).map_err(|e| file::error(from.name, e))?;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let names = reader.headers().map_err(|e| file::error(from.name, e))?.clone();
        let rows = reader.records().collect::<Result<_, _>>().map_err(|e| file::error(from.name, e))?;
        Ok(Table { name: from.name, names, rows })
    }

    fn place(&self, column: &str) -> Result<usize, DatasetError> {
        let place = self.names.iter().position(|name| name == column);
        place.ok_or_else(|| file::error(self.name, format!("no column is called `{column}`")))
    }

    /// The cells of a column.
    pub fn cells(&self, column: &str) -> Result<Vec<String>, DatasetError> {
        let place = self.place(column)?;
        Ok(self.rows.iter().map(|row| row[place].to_owned()).collect())
    }

    /// A column that is no feature.
    pub fn aside(&self, column: &str) -> Result<Aside, DatasetError> {
        Ok(Aside { name: column.to_owned(), cells: self.cells(column)? })
    }

    /// The classes.
    pub fn labels(&self, column: &str) -> Result<Labels, DatasetError> {
        Ok(Labels::of(column, &self.cells(column)?))
    }

    /// The columns that are not `other`, as numbers.
    pub fn numbers(&self, other: &[&str]) -> Result<View, DatasetError> {
        let kept = self.kept(other);
        let mut values = Array2::from_elem((self.rows.len(), kept.len()), f64::NAN);
        for (mut cells, row) in values.rows_mut().into_iter().zip(&self.rows) {
            for (cell, &column) in cells.iter_mut().zip(&kept).filter(|(_, column)| !row[**column].is_empty()) {
                let wrong = |_| file::error(self.name, format!("`{}` is not a number", &row[column]));
                *cell = row[column].parse().map_err(wrong)?;
            }
        }
        let columns = kept.iter().map(|&column| Column::numeric(&self.names[column])).collect();
        Ok(View { name: "x".to_owned(), columns, values })
    }

    fn kept(&self, other: &[&str]) -> Vec<usize> {
        (0..self.names.len()).filter(|column| !other.contains(&&self.names[*column])).collect()
    }

    /// Numbers, classes and columns that are no features.
    fn dataset(&self, labels: &str, aside: &[&str]) -> Result<Dataset, DatasetError> {
        let view = self.numbers(&[&[labels], aside].concat())?;
        let mut data = Dataset::new(vec![view], Some(self.labels(labels)?));
        data.aside = aside.iter().map(|column| self.aside(column)).collect::<Result<_, _>>()?;
        Ok(data)
    }

    /// Classes, and words in all other columns: sorted, missing where the cell is empty.
    fn nominal_dataset(&self, labels: &str) -> Result<Dataset, DatasetError> {
        let kept = self.kept(&[labels]);
        let mut values = Array2::from_elem((self.rows.len(), kept.len()), f64::NAN);
        let mut columns = Vec::new();
        for (&column, mut cells) in kept.iter().zip(values.columns_mut()) {
            let mut words: Vec<String> =
                self.rows.iter().map(|row| row[column].to_owned()).filter(|cell| !cell.is_empty()).collect();
            words.sort();
            words.dedup();
            for (cell, row) in cells.iter_mut().zip(&self.rows) {
                let code = words.iter().position(|word| *word == row[column]).and_then(|code| u32::try_from(code).ok());
                *cell = code.map_or(f64::NAN, f64::from);
            }
            columns.push(Column::nominal(&self.names[column], words));
        }
        let view = View { name: "x".to_owned(), columns, values };
        Ok(Dataset::new(vec![view], Some(self.labels(labels)?)))
    }
}
