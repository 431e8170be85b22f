//! What is bulky: predictions, curves and logs under `trials/<id>/`, written beside and renamed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::model::context::CurvePoint;

/// File of curves: `phase,name,step,value`.
pub const CURVES: &str = "curves.csv";
/// File of predictions: `row,cluster`.
pub const PREDICTIONS: &str = "predictions.csv";

/// A trial's folder.
pub fn folder(results: &Path, id: &str) -> PathBuf {
    results.join("trials").join(id)
}

/// The log of a trial: what the model and its libraries printed.
pub fn log_path(results: &Path, id: &str) -> PathBuf {
    folder(results, id).join("log.txt")
}

/// Makes a trial's log, empty.
///
/// # Errors
/// The disk's.
pub fn create_log(results: &Path, id: &str) -> io::Result<fs::File> {
    fs::create_dir_all(folder(results, id))?;
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

/// Predictions of a clustering as CSV.
pub fn clusters_csv(clusters: &[usize]) -> String {
    let mut text = String::from("row,cluster\n");
    for (row, cluster) in clusters.iter().enumerate() {
        text.push_str(&format!("{row},{cluster}\n"));
    }
    text
}

/// Reads the clusters that a trial's predictions hold, one a row.
///
/// # Errors
/// They are not there or do not read.
pub fn read_clusters(results: &Path, id: &str) -> io::Result<Vec<usize>> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "damaged predictions");
    let text = fs::read_to_string(folder(results, id).join(PREDICTIONS))?;
    let cell = |line: &str| line.split(',').nth(1)?.parse().ok();
    text.lines().skip(1).map(|line| cell(line).ok_or_else(damaged)).collect()
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
