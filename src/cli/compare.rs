//! `gridbook compare`.

use std::path::{Path, PathBuf};

use crate::cli::report::NOT_MET;
use crate::cli::{Failure, print, print_json};
use crate::compare::{self, Comparison};
use crate::diagnostic::nearest;
use crate::store::folder;
use crate::store::results::Results;

/// So many cells are named when `--check` objects.
const NAMED: usize = 20;

/// Arguments of `compare`.
#[derive(clap::Args)]
#[command(after_help = "\
Cells are matched by their labels and parameters, then by label and swept parameters where others have changed, then by \
kind and parameters where a model was renamed. Values of the same fold and seed are paired; others are tested by Welch's \
t-test. p-values are adjusted by Holm over all cells. Times are shown apart and decide nothing.")]
pub struct Arguments {
    /// The results folder that was there before
    #[arg(value_name = "A")]
    first: PathBuf,
    /// The results folder to hold against it
    #[arg(value_name = "B")]
    second: PathBuf,
    /// Print everything as JSON, with all digits
    #[arg(long)]
    pub json: bool,
    /// End with exit code 4 when a cell is worse in B, or has failed or is missing there
    #[arg(long)]
    check: bool,
    /// Write a page with every cell, besides what is printed; `-` for standard output, instead of it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Compares the folders.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let to_stdout = arguments.output.as_deref().is_some_and(|path| path.as_os_str() == "-");
    if to_stdout && arguments.json {
        let message = "`--json` and `-o -` both write to standard output; leave one of them out";
        return Err(Failure::Message(2, message.to_owned()));
    }
    let (a, b) = (load(&arguments.first)?, load(&arguments.second)?);
    if is_same(&arguments.first, &arguments.second) {
        let named = if arguments.first == arguments.second {
            format!("A and B are both `{}`", arguments.first.display())
        } else {
            format!("`{}` and `{}` are the same folder", arguments.first.display(), arguments.second.display())
        };
        return Err(Failure::Message(2, format!("{named}: there is nothing to compare")));
    }
    let comparison = compare::build(&a, &b).map_err(|error| Failure::Message(2, error.to_string()))?;
    if let Some(path) = &arguments.output {
        let page = compare::html(&comparison).map_err(Failure::machine)?;
        if to_stdout {
            print(&page)?;
        } else {
            folder::replace(path, page.as_bytes()).map_err(Failure::machine)?;
            eprintln!("written: {}", path.display());
        }
    }
    if arguments.json {
        print_json(&compare::json(&comparison))?;
    } else if !to_stdout {
        print(&compare::text(&comparison))?;
    }
    Ok(if arguments.check { check(&comparison) } else { 0 })
}

/// Says to which cells there is an objection.
fn check(comparison: &Comparison) -> u8 {
    let lines: Vec<String> = comparison.objections();
    for line in lines.iter().take(NAMED) {
        eprintln!("{line}");
    }
    if lines.len() > NAMED {
        eprintln!("and {} more", lines.len() - NAMED);
    }
    if lines.is_empty() {
        eprintln!("no cell is worse in B, and none has failed or is missing there");
    }
    if lines.is_empty() { 0 } else { NOT_MET }
}

fn load(path: &Path) -> Result<Results, Failure> {
    folder::load(path).map_err(|error| {
        let near = if path.exists() { None } else { near(path) };
        let near = near.map(|near| format!("; did you mean `{}`?", near.display()));
        Failure::machine(format!("{error}{}", near.unwrap_or_default()))
    })
}

/// A results folder beside the one that is not there, with a name like its own.
fn near(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let entries = std::fs::read_dir(parent.unwrap_or(Path::new("."))).ok()?;
    let folders = entries.flatten().filter(|entry| entry.path().join("plan.json").is_file());
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    nearest(name, names.iter().map(String::as_str)).map(|near| path.with_file_name(near))
}

fn is_same(one: &Path, two: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| real(two) == Some(one))
}
