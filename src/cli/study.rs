//! What check, plan and run begin with: the file read, checked, its data looked at, its grid expanded.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::{Failure, FileArguments};
use crate::dataset::Places;
use crate::diagnostic::{Diagnostics, Problem, io_words};
use crate::experiment::document::{Place, Source};
use crate::experiment::{Experiment, Overrides};
use crate::plan::Plan;
use crate::report::paper;
use crate::settings::{Settings, colours};

/// An experiment with its plan.
pub struct Study {
    /// The checked file.
    pub experiment: Experiment,
    /// Its trials.
    pub plan: Plan,
    /// Where its data are looked for.
    pub places: Places,
}

impl Study {
    /// Reads and checks everything that can be wrong.
    pub fn open(arguments: &FileArguments, settings: &Settings) -> Result<Self, Failure> {
        Study::read(&arguments.file, &arguments.overrides(), settings)
    }

    /// The same of a file that the command line changes nothing in.
    pub fn of_file(path: &Path, settings: &Settings) -> Result<Self, Failure> {
        Study::read(path, &Overrides::default(), settings)
    }

    fn read(path: &Path, overrides: &Overrides, settings: &Settings) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        let places = Places { base: folder_of(path), data: absolute(&settings.data) };
        let opened = Experiment::open(path, &text, overrides, &places);
        let (mut experiment, facts) = opened.map_err(Failure::Wrong)?;
        let plan =
            Plan::make(&experiment, facts).map_err(|wrong| Failure::Wrong(experiment.warnings.clone().and(wrong)))?;
        let alone = Diagnostics::new(experiment.sources.clone(), paper::beside_nothing(&experiment, &plan));
        experiment.warnings = std::mem::take(&mut experiment.warnings).and(alone);
        Ok(Study { experiment, plan, places })
    }

    /// Shows what is worth a word and no mistake.
    pub fn warn(&self) {
        eprint!("{}", self.experiment.warnings.render(colours()));
    }

    /// The results folder: as given, else `results/<name>` where gridbook was started.
    pub fn results(&self, given: Option<&PathBuf>) -> PathBuf {
        given.cloned().unwrap_or_else(|| Path::new("results").join(&self.experiment.name))
    }
}

/// An experiment file that cannot be read, as a diagnostic so that `--json` has one too.
fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let source = Source { name: path.display().to_string(), text: String::new() };
    let message = format!("cannot read `{}`: {}", path.display(), io_words(error));
    Failure::Wrong(Diagnostics::new(vec![source], vec![Problem::error(&Place::default(), "file", message)]))
}

/// The folder of a file.
fn folder_of(path: &Path) -> PathBuf {
    absolute(path).parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// Seen from where gridbook was started, since workers may be anywhere.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The machine's settings, whose mistakes are the machine's fault.
pub fn settings() -> Result<Settings, Failure> {
    Settings::load().map_err(Failure::machine)
}
