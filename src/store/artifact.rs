//! What is bulky: predictions, curves and logs under `trials/<id>/`, written beside and renamed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ndarray::Array2;

use crate::model::Predictions;
use crate::model::context::CurvePoint;

/// File of curves: `phase,name,step,value`.
pub const CURVES: &str = "curves.csv";
/// File of predictions: `row,cluster`, `row,actual,predicted,p0,p1,...` or `row,outlier,score`.
pub const PREDICTIONS: &str = "predictions.csv";
/// The same for the rows kept out for validation.
pub const VALIDATION: &str = "validation.csv";
/// The rows that were learned from, where a step drew them.
pub const TRAINING_ROWS: &str = "training_rows.csv";

/// The fitted model as text.
pub const MODEL_TEXT: &str = "model.txt";
/// The fitted model with all digits.
pub const MODEL_JSON: &str = "model.json";

/// A trial's folder.
pub fn folder(results: &Path, id: &str) -> PathBuf {
    results.join("trials").join(id)
}

/// The log of a trial: what the model and its libraries printed.
pub fn log_path(results: &Path, id: &str) -> PathBuf {
    folder(results, id).join("log.txt")
}

/// Makes a trial's log, empty, and takes away what an attempt that was killed has left half written.
///
/// # Errors
/// The disk's.
pub fn create_log(results: &Path, id: &str) -> io::Result<fs::File> {
    let folder = folder(results, id);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&folder)?.flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            fs::remove_file(entry.path())?;
        }
    }
    fs::File::create(log_path(results, id))
}

/// Writes a file of a trial whole or not at all, and returns its checksum.
///
/// # Errors
/// The disk's.
pub fn write(results: &Path, id: &str, name: &str, bytes: &[u8]) -> io::Result<String> {
    let folder = folder(results, id);
    fs::create_dir_all(&folder)?;
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&beside, folder.join(name)));
    if let Err(error) = written {
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    Ok(format!("blake3:{}", blake3::hash(bytes).to_hex()))
}

/// The curves as CSV; values with the digits that read back equal.
pub fn curves_csv(curves: &[CurvePoint]) -> String {
    let mut text = String::from("phase,name,step,value\n");
    for point in curves {
        text.push_str(&format!("{},{},{},{}\n", point.phase, point.name, point.step, point.value));
    }
    text
}

/// A folder for a program of the user's own, empty.
///
/// # Errors
/// The disk's.
pub fn fresh_work_folder(results: &Path, id: &str) -> io::Result<PathBuf> {
    let work = folder(results, id).join("work");
    match fs::remove_dir_all(&work) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(&work)?,
    }
    Ok(work)
}

/// Row numbers as CSV.
pub fn rows_csv(rows: &[usize]) -> String {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    format!("row\n{}\n", lines.join("\n"))
}

/// Predictions as CSV: `rows` are the numbers of the rows that they speak of, `actual` their class codes.
pub fn predictions_csv(predictions: &Predictions, rows: &[usize], actual: Option<&[usize]>) -> String {
    let mut text = String::new();
    match predictions {
        Predictions::Clusters(clusters) => {
            text.push_str("row,cluster\n");
            rows.iter().zip(clusters).for_each(|(row, cluster)| text.push_str(&format!("{row},{cluster}\n")));
        }
        Predictions::Rules(satisfied) => {
            text.push_str("row,rules\n");
            rows.iter().zip(satisfied).for_each(|(row, rules)| text.push_str(&format!("{row},{rules}\n")));
        }
        Predictions::Classes { predicted, probabilities } => {
            text.push_str("row,actual,predicted");
            let classes = probabilities.as_ref().map_or(0, Array2::ncols);
            (0..classes).for_each(|class| text.push_str(&format!(",p{class}")));
            text.push('\n');
            for (i, (row, class)) in rows.iter().zip(predicted).enumerate() {
                let actual = actual.and_then(|codes| codes.get(i)).map_or_else(String::new, ToString::to_string);
                let class = class.map_or_else(|| "-1".to_owned(), |class| class.to_string());
                text.push_str(&format!("{row},{actual},{class}"));
                probabilities.iter().flat_map(|p| p.row(i)).for_each(|p| text.push_str(&format!(",{p}")));
                text.push('\n');
            }
        }
        Predictions::Outliers { outlier, score } => {
            text.push_str("row,outlier,score\n");
            for ((row, outlier), score) in rows.iter().zip(outlier).zip(score) {
                text.push_str(&format!("{row},{},{score}\n", u8::from(*outlier)));
            }
        }
    }
    text
}

fn column<T: FromStr>(cells: &[Vec<&str>], at: usize) -> Option<Vec<T>> {
    cells.iter().map(|line| line[at].parse().ok()).collect()
}

/// Reads what [`predictions_csv`] wrote for a trial.
///
/// # Errors
/// They are not there or do not read.
pub fn read_predictions(results: &Path, id: &str) -> io::Result<Predictions> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "damaged predictions");
    let text = fs::read_to_string(folder(results, id).join(PREDICTIONS))?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let cells: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    if cells.iter().any(|line| line.len() != header.len()) {
        return Err(damaged());
    }
    let read = || match header.as_slice() {
        ["row", "cluster"] => column(&cells, 1).map(Predictions::Clusters),
        ["row", "rules"] => column(&cells, 1).map(Predictions::Rules),
        ["row", "actual", "predicted", classes @ ..] => {
            let codes: Vec<i64> = column(&cells, 2)?;
            let predicted = codes.into_iter().map(|code| usize::try_from(code).ok()).collect();
            let columns: Option<Vec<Vec<f64>>> = (0..classes.len()).map(|class| column(&cells, 3 + class)).collect();
            let columns = columns?;
            let table = Array2::from_shape_fn((cells.len(), classes.len()), |(row, class)| columns[class][row]);
            Some(Predictions::Classes { predicted, probabilities: (!classes.is_empty()).then_some(table) })
        }
        ["row", "outlier", "score"] => {
            let outlier = column::<u8>(&cells, 1)?.into_iter().map(|flag| flag == 1).collect();
            Some(Predictions::Outliers { outlier, score: column(&cells, 2)? })
        }
        _ => None,
    };
    read().ok_or_else(damaged)
}

/// What a trial's predictions say of each row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptRows {
    /// The rows' numbers.
    pub rows: Vec<usize>,
    /// Their class codes, where the file has them.
    pub actual: Vec<Option<usize>>,
    /// The class or cluster that was given, 1 for an outlier, the number of rules that hold; none for a row that was left
    /// out.
    pub given: Vec<Option<usize>>,
}

/// Reads what [`predictions_csv`] wrote row by row, without probabilities and scores.
///
/// # Errors
/// They are not there or do not read.
pub fn read_rows(results: &Path, id: &str) -> io::Result<KeptRows> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "damaged predictions");
    let text = fs::read_to_string(folder(results, id).join(PREDICTIONS))?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let place = |name: &str| header.iter().position(|known| *known == name);
    let given = ["predicted", "cluster", "outlier", "rules"].into_iter().find_map(place).ok_or_else(damaged)?;
    let (row, actual) = (place("row").ok_or_else(damaged)?, place("actual"));
    let mut kept = KeptRows::default();
    for line in lines {
        let cells: Vec<&str> = line.splitn(given.max(row).max(actual.unwrap_or(0)) + 2, ',').collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        kept.rows.push(cell(row).parse().map_err(|_| damaged())?);
        kept.actual.push(actual.and_then(|at| cell(at).parse().ok()));
        kept.given.push(cell(given).parse().ok());
    }
    Ok(kept)
}

/// Reads a trial's curves; lines that do not read are left out.
pub fn read_curves(results: &Path, id: &str) -> Vec<CurvePoint> {
    let Ok(text) = fs::read_to_string(folder(results, id).join(CURVES)) else { return Vec::new() };
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some(CurvePoint {
                phase: cells.next()?.to_owned(),
                name: cells.next()?.to_owned(),
                step: cells.next()?.parse().ok()?,
                value: cells.next()?.parse().ok()?,
            })
        })
        .collect()
}
