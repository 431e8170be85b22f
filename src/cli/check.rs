//! `gridbook check`.

use crate::cli::study::{Study, settings};
use crate::cli::{Failure, FileArguments, code_of, counted, print_json};

/// Arguments of `check`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    file: FileArguments,
    /// Print the mistakes as JSON
    #[arg(long)]
    json: bool,
}

/// Checks a file and says so.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let checked = Study::open(&arguments.file, &settings()?);
    match checked {
        Ok(study) if arguments.json => print_json(&study.experiment.warnings.to_list()).map(|()| 0),
        Err(Failure::Wrong(diagnostics)) if arguments.json => {
            print_json(&diagnostics.to_list())?;
            Err(Failure::Silent(code_of(&diagnostics)))
        }
        Ok(study) => {
            let trials = counted(study.plan.trials.len(), "trial");
            study.warn();
            let warnings = match study.experiment.warnings.warnings() {
                0 => String::new(),
                n => format!(", {}", counted(n, "warning")),
            };
            eprintln!("{}: no mistakes{warnings}, {trials}", arguments.file.file.display());
            Ok(0)
        }
        Err(failure) => Err(failure),
    }
}
