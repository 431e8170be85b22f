//! `gridbook report`.

use std::path::PathBuf;

use crate::cli::{Failure, print};
use crate::report::{self, Format, Options};
use crate::store::folder;

/// The exit code where a claim or a published number with a tolerance does not hold.
pub const NOT_MET: u8 = 4;

/// Arguments of `report`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The results folder
    results: PathBuf,
    /// The file to write; `-` for standard output (default: report.html in the results folder, other formats to
    /// standard output)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Leave out everything timed or bound to this machine: the same plan gives the same bytes anywhere
    #[arg(long)]
    omit_measured: bool,
    /// End with exit code 4 when a claim or a published number with a tolerance does not hold
    #[arg(long)]
    check: bool,
}

/// Writes the report.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let results = folder::load(&arguments.results).map_err(Failure::machine)?;
    let options = Options { omit_measured: arguments.omit_measured };
    let text = report::render(&results, arguments.format, &options).map_err(Failure::machine)?;
    let output = match &arguments.output {
        Some(path) => Some(path.clone()),
        None if arguments.format == Format::Html => Some(arguments.results.join("report.html")),
        None => None,
    };
    match output.filter(|path| path.as_os_str() != "-") {
        None => print(&text)?,
        Some(path) => {
            folder::replace(&path, text.as_bytes()).map_err(Failure::machine)?;
            eprintln!("written: {}", path.display());
        }
    }
    if !arguments.check {
        return Ok(0);
    }
    let unmet = report::unmet(&results, &options);
    for line in &unmet {
        eprintln!("{line}");
    }
    if unmet.is_empty() {
        eprintln!("every claim and every published value with a tolerance holds");
    }
    Ok(if unmet.is_empty() { 0 } else { NOT_MET })
}
