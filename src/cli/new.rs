//! `gridbook new`: an experiment file to begin with.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::{Failure, print};
use crate::diagnostic::io_words;
use crate::experiment::{Experiment, Overrides};
use crate::schema;

const CLUSTERING: &str = include_str!("../../templates/new/clustering.toml");
const CLASSIFICATION: &str = include_str!("../../templates/new/classification.toml");
const OUTLIERS: &str = include_str!("../../templates/new/outliers.toml");
/// What stands for the name in a starter file.
const NAME: &str = "my-study";

/// Arguments of `new`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Name of the experiment, or its path; `.toml` is added
    name: PathBuf,
    /// What is asked of the data
    #[arg(long, value_parser = ["clustering", "classification", "outliers"], default_value = "clustering")]
    task: String,
}

/// Writes the file, and beside it the schema that its first line names, unless one is there.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let path = path(&arguments.name);
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let starter = match arguments.task.as_str() {
        "classification" => CLASSIFICATION,
        "outliers" => OUTLIERS,
        _ => CLUSTERING,
    };
    let text = starter.replace(NAME, &name);
    // Names that no results folder can have are said with their caret.
    Experiment::parse(&path, &text, &Overrides::default()).map_err(Failure::Wrong)?;
    write_new(&path, &text).map_err(|error| {
        let what = io_words(&error);
        let hint = if error.kind() == io::ErrorKind::AlreadyExists { "; nothing was changed" } else { "" };
        let code = if error.kind() == io::ErrorKind::AlreadyExists { 2 } else { 3 };
        Failure::Message(code, format!("cannot write `{}`: {what}{hint}", path.display()))
    })?;
    let schema = path.with_file_name(schema::FILE);
    let json = serde_json::to_string_pretty(&schema::experiment()).map_err(Failure::machine)?;
    match write_new(&schema, &(json + "\n")) {
        Ok(()) => eprintln!("wrote {} and, for editors, {}", path.display(), schema.display()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => eprintln!("wrote {}", path.display()),
        Err(error) => {
            return Err(Failure::machine(format!("cannot write `{}`: {}", schema.display(), io_words(&error))));
        }
    }
    eprintln!("next: gridbook check {0}, then gridbook run {0}", path.display());
    print(&format!("{}\n", path.display())).map(|()| 0)
}

/// With `.toml` at its end, once.
fn path(name: &Path) -> PathBuf {
    if name.extension().is_some_and(|ending| ending == "toml") {
        return name.to_owned();
    }
    let mut path = name.as_os_str().to_owned();
    path.push(".toml");
    PathBuf::from(path)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}
