//! Milliseconds and memory of reading data files: `cargo bench --bench readers -- FILE...`, one JSON line a file.
//!
//! A file is read as the block says that `gridbook describe` suggests, from the disk to the data set; the best of
//! several times. `benches/readers.py` compares it with NumPy and SciPy.

#[path = "../tests/fuzz/memory.rs"]
mod memory;

use std::path::Path;
use std::time::Instant;

use gridbook::dataset::{Dataset, Places, describe, find};
use gridbook::parameter::Values;
use serde::Deserialize;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

const TIMES: usize = 7;

fn measure(path: &Path) -> Result<serde_json::Value, String> {
    let suggested = describe(path).map_err(|error| error.to_string())?.suggested;
    let mut file: toml::Table = toml::from_str(&suggested).map_err(|error| error.to_string())?;
    let block = file.remove("dataset").and_then(|blocks| blocks.as_array()?.first().cloned()).ok_or("no block")?;
    let mut values = Values::deserialize(block).map_err(|error| error.to_string())?;
    let kind = values.remove("kind").ok_or("no kind")?.to_string();
    values.remove("name");
    let spec = find(&kind).ok_or("an unknown kind")?;
    let places = Places { base: "".into(), data: "".into() };
    let load = || (spec.load)(&values, &places).map_err(|error| error.to_string());
    let (data, peak) = memory::peak(load);
    let data: Dataset = data?;
    let numbers: usize = data.views.iter().map(|view| view.values.len()).sum();
    drop(data);
    let mut best = f64::INFINITY;
    for _ in 0..TIMES {
        let started = Instant::now();
        let data = load()?;
        best = best.min(started.elapsed().as_secs_f64());
        drop(data);
    }
    Ok(serde_json::json!({
        "file": path, "kind": kind, "ms": 1000.0 * best, "peak": peak, "table": numbers * size_of::<f64>()
    }))
}

fn main() {
    for path in std::env::args().skip(1).filter(|argument| !argument.starts_with("--")) {
        match measure(Path::new(&path)) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
}
