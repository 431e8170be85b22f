//! `gridbook stop`.

use std::path::PathBuf;

use crate::cli::{Failure, print};
use crate::store::lock;
use crate::store::stop::{self, Stop};

/// Arguments of `stop`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The results folder
    results: PathBuf,
    /// Stop trials at work too; they are run again by the next run
    #[arg(long)]
    now: bool,
}

/// Asks the runs at work in a results folder to end.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let results = &arguments.results;
    if !results.join("plan.json").is_file() {
        let message = format!("`{}` is not a results folder: it has no plan.json", results.display());
        return Err(Failure::machine(message));
    }
    if !lock::is_held(results) {
        return print(&format!("no run is at work in {}\n", results.display())).map(|()| 0);
    }
    let (stop, what) = if arguments.now {
        (Stop::Now, "to stop now; what was at work runs again with the next run")
    } else {
        (Stop::Finish, "to finish what is at work and begin nothing more (`--now` stops that too)")
    };
    stop::ask(results, stop).map_err(Failure::machine)?;
    print(&format!("the run in {} is asked {what}\n", results.display())).map(|()| 0)
}
