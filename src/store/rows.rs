//! What the report knows of a data set's rows: `datasets/<n>.csv`, made again by every run. Their classes, so that
//! clusters can be laid beside them, and where they lie, where two columns are all there is.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::dataset::Dataset;
use crate::store::folder::{FolderError, replace};

/// So many rows have their place kept: as many as a drawing shows.
pub const MOST_POINTS: usize = 2000;

/// What is known of the rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownRows {
    /// One index into the classes a row; empty where the data have no classes.
    pub classes: Vec<usize>,
    /// The names of the two columns; empty where there are more or fewer.
    pub columns: Vec<String>,
    /// Row and place, in the order of the rows: all of them, or evenly spaced ones.
    pub points: Vec<(usize, [f64; 2])>,
}

impl KnownRows {
    /// Of a data set.
    pub fn of(data: &Dataset) -> Self {
        let classes = data.labels.as_ref().map_or_else(Vec::new, |labels| labels.codes.clone());
        let mut known = KnownRows { classes, ..KnownRows::default() };
        let [view] = data.views.as_slice() else { return known };
        if view.values.ncols() != 2 || view.nominal() > 0 {
            return known;
        }
        known.columns = view.columns.iter().map(|column| column.name.clone()).collect();
        let rows = view.values.nrows();
        let kept = rows.min(MOST_POINTS);
        let place = |i: usize| if rows <= MOST_POINTS { i } else { i * (rows - 1) / (MOST_POINTS - 1) };
        known.points = (0..kept)
            .map(place)
            .map(|row| (row, [view.values[[row, 0]], view.values[[row, 1]]]))
            .filter(|(_, place)| place.iter().all(|x| x.is_finite()))
            .collect();
        known
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty() && self.points.is_empty()
    }

    /// `row,class,NAME,NAME`: a row without a known place has two empty cells.
    fn csv(&self) -> Result<Vec<u8>, ::csv::Error> {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        let names = if self.columns.len() == 2 { &self.columns[..] } else { &[] };
        writer.write_record(["row", "class"].into_iter().chain(names.iter().map(String::as_str)))?;
        let mut text =
            String::from_utf8(writer.into_inner().map_err(::csv::IntoInnerError::into_error)?).unwrap_or_default();
        let rows = self.classes.len().max(self.points.last().map_or(0, |(row, _)| row + 1));
        let mut points = self.points.iter().peekable();
        for row in 0..rows {
            let class = self.classes.get(row).map_or_else(String::new, ToString::to_string);
            let _ = write!(text, "{row},{class}");
            if let Some((_, [x, y])) = points.next_if(|(at, _)| *at == row) {
                let _ = write!(text, ",{x},{y}");
            } else if !names.is_empty() {
                text.push_str(",,");
            }
            text.push('\n');
        }
        Ok(text.into_bytes())
    }
}

fn path(results: &Path, number: usize) -> PathBuf {
    results.join("datasets").join(format!("{}.csv", number + 1))
}

/// Keeps what is known of the data set at a place in the plan, or takes away what an earlier plan had there.
///
/// # Errors
/// The disk's.
pub fn write(results: &Path, number: usize, rows: &KnownRows) -> Result<(), FolderError> {
    let file = path(results, number);
    let disk = |source| FolderError::Disk { path: file.display().to_string(), source };
    if rows.is_empty() {
        return match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(disk(error)),
            _ => Ok(()),
        };
    }
    fs::create_dir_all(results.join("datasets")).map_err(disk)?;
    let bytes = rows.csv().map_err(|error| FolderError::Unreadable(error.to_string()))?;
    replace(&file, &bytes)
}

/// Reads what was kept; nothing where it is not there or does not read.
pub fn read(results: &Path, number: usize) -> KnownRows {
    read_file(&path(results, number)).unwrap_or_default()
}

fn read_file(path: &Path) -> Option<KnownRows> {
    let mut reader = ::csv::Reader::from_path(path).ok()?;
    let columns: Vec<String> = reader.headers().ok()?.iter().skip(2).map(str::to_owned).collect();
    let mut known = KnownRows { columns, ..KnownRows::default() };
    for (row, record) in reader.records().enumerate() {
        let record = record.ok()?;
        if let Some(class) = record.get(1).filter(|cell| !cell.is_empty()) {
            known.classes.push(class.parse().ok()?);
        }
        if let (Some(x), Some(y)) = (record.get(2).filter(|cell| !cell.is_empty()), record.get(3)) {
            known.points.push((row, [x.parse().ok()?, y.parse().ok()?]));
        }
    }
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Labels, View};
    use ndarray::Array2;

    fn data(rows: usize, columns: usize, labels: bool) -> Dataset {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let values = Array2::from_shape_fn((rows, columns), |(i, j)| i as f64 + 0.1 * j as f64);
        let names: Vec<String> = (0..rows).map(|row| format!("c{}", row % 3)).collect();
        Dataset::new(vec![View::numbered("x, y", values)], labels.then(|| Labels::of("class", &names)))
    }

    #[test]
    fn rows_read_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        for (number, data) in
            [data(7, 2, true), data(7, 2, false), data(7, 3, true), data(5000, 2, true)].iter().enumerate()
        {
            let known = KnownRows::of(data);
            write(folder.path(), number, &known).unwrap();
            assert_eq!(read(folder.path(), number), known, "{number}");
        }
        let many = read(folder.path(), 3);
        assert_eq!((many.classes.len(), many.points.len()), (5000, MOST_POINTS));
        assert_eq!((many.points[0].0, many.points[MOST_POINTS - 1].0), (0, 4999));
    }

    #[test]
    fn nothing_known_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), 0, &KnownRows::of(&data(3, 2, true))).unwrap();
        write(folder.path(), 0, &KnownRows::of(&data(3, 3, false))).unwrap();
        assert!(!path(folder.path(), 0).exists());
        assert_eq!(read(folder.path(), 0), KnownRows::default());
    }
}
