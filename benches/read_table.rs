//! Reads a data file as a model would get it, several times, and prints how long each took and the most memory held:
//! `read-table KIND PATH PARAMETERS-AS-JSON REPEATS`. For `tables.py`.

use std::path::PathBuf;
use std::time::Instant;

use gridbook::dataset::{self, Places};
use gridbook::parameter::Values;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, path, parameters, repeats] = arguments.as_slice() else {
        return Err("expected KIND PATH PARAMETERS REPEATS".into());
    };
    let mut values: Values = serde_json::from_str(parameters)?;
    values.insert("path".to_owned(), serde_json::from_value(path.as_str().into())?);
    let spec = dataset::find(kind).ok_or("no such kind")?;
    let places = Places { base: PathBuf::new(), data: PathBuf::new() };
    let mut milliseconds = Vec::new();
    let mut rows = 0;
    for _ in 0..repeats.parse::<usize>()? {
        let start = Instant::now();
        rows = (spec.load)(&values, &places)?.rows();
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let kib: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{}", serde_json::json!({ "ms": milliseconds, "rows": rows, "peak_kib": kib }));
    Ok(())
}
