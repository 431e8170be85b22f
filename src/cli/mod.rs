//! The command line. One file a subcommand; what scripts read goes to standard output, the rest to standard error.

mod check;
mod clean;
mod compare;
mod completions;
mod describe;
mod doctor;
mod dry_run;
mod fetch;
mod import_weka;
mod list;
mod new;
mod oracle;
mod plan;
mod predict;
mod report;
mod run;
mod schema;
mod status;
mod stop;
mod study;
mod trials;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::diagnostic::Diagnostics;
use crate::experiment::Overrides;
use crate::settings;

/// Declarative experiment runner: one TOML file to one HTML comparison report.
#[derive(Parser)]
#[command(
    name = "gridbook",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "\
Exit codes: 0 done; 1 some trial failed; 2 the experiment file or the arguments are wrong; 3 the machine or another \
file is at fault; 4 a claim does not hold; 5 interrupted, the same command goes on; 101 a bug in gridbook."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write an experiment file to begin with
    New(new::Arguments),
    /// Check an experiment file and the data it names; nothing runs
    Check(check::Arguments),
    /// Show the trials of an experiment file: how many, which are done, which cannot run here
    Plan(plan::Arguments),
    /// Run what is not done yet, then write the report
    Run(run::Arguments),
    /// Show how far a results folder is, also while a run is at work
    Status(status::Arguments),
    /// Ask the run at work in a results folder to end
    Stop(stop::Arguments),
    /// List the trials of a results folder with parameters, scores and times
    Trials(trials::Arguments),
    /// Make the report, or its tables as LaTeX, CSV, Markdown, JSON or Weka's plain text
    Report(report::Arguments),
    /// Compare two results folders cell by cell: what is the same, within noise, better or worse
    Compare(compare::Arguments),
    /// Fit one model on given rows of a file, and write what it says of others
    Predict(predict::Arguments),
    /// Turn a Weka command into a `[[model]]` block
    ImportWeka(import_weka::Arguments),
    /// List what experiment files can name
    List(list::Arguments),
    /// Show what a data file holds, or the parameters of a model, data set, step or metric
    Describe(describe::Arguments),
    /// Get a known data set, after showing its licence
    Fetch(fetch::Arguments),
    /// Print the JSON Schema of experiment files, for editors
    Schema,
    /// Answer metric questions, one JSON line each, on standard input
    Oracle,
    /// Show what gridbook sees of this machine, and what is missing
    Doctor(doctor::Arguments),
    /// Remove shared stages that nobody uses any more
    Clean(clean::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
    /// Become the worker program of a model
    #[command(hide = true)]
    Worker(WorkerArguments),
}

#[derive(Args)]
struct WorkerArguments {
    /// Kind of the model
    model: String,
}

/// The experiment file and what the command line changes in it.
#[derive(Args, Clone)]
pub struct FileArguments {
    /// The experiment file
    file: PathBuf,
    /// Change a value of the file, like `model.idec.gamma=0.2`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Other seeds than the file's, like `0..=9` or `0,3,7`
    #[arg(long, value_name = "LIST")]
    seeds: Option<String>,
}

impl FileArguments {
    fn overrides(&self) -> Overrides {
        Overrides { set: self.set.clone(), seeds: self.seeds.clone() }
    }
}

/// How a command ends when it does not end well.
pub enum Failure {
    /// Mistakes in the experiment file or in the arguments that change it.
    Wrong(Diagnostics),
    /// Mistakes, printed as JSON already: the exit code only.
    Silent(u8),
    /// An exit code with one sentence.
    Message(u8, String),
}

impl Failure {
    /// The machine or another file is at fault.
    pub fn machine(message: impl std::fmt::Display) -> Self {
        Failure::Message(3, format!("{message}"))
    }
}

/// The exit code of mistakes: data that are missing or damaged are the machine's fault, unless the file has
/// mistakes of its own.
pub fn code_of(diagnostics: &Diagnostics) -> u8 {
    match (diagnostics.has_errors(), diagnostics.only_files()) {
        (false, _) => 0,
        (true, true) => 3,
        (true, false) => 2,
    }
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let matches = Arguments::command().try_get_matches_from(std::env::args_os());
    let parsed = matches.and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, results_folder(&matches))));
    let (arguments, folder) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let ended = folder.and_then(|()| run(arguments));
    ExitCode::from(match ended {
        Ok(code) | Err(Failure::Silent(code)) => code,
        Err(Failure::Wrong(diagnostics)) => {
            eprint!("{}", diagnostics.render(settings::colours()));
            code_of(&diagnostics)
        }
        Err(Failure::Message(code, message)) => {
            eprintln!("error: {message}");
            code
        }
    })
}

fn run(arguments: Arguments) -> Result<u8, Failure> {
    match arguments.command {
        Command::New(arguments) => new::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Status(arguments) => status::run(&arguments).map_err(|f| json_error(arguments.json, f)),
        Command::Stop(arguments) => stop::run(&arguments),
        Command::Trials(arguments) => trials::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments).map_err(|f| json_error(arguments.json, f)),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::ImportWeka(arguments) => import_weka::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Describe(arguments) => describe::run(&arguments).map_err(|f| json_error(arguments.json, f)),
        Command::Fetch(arguments) => fetch::run(&arguments),
        Command::Schema => schema::run(),
        Command::Oracle => answer(),
        Command::Doctor(arguments) => doctor::run(&arguments).map_err(|f| json_error(arguments.json, f)),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Worker(arguments) => become_worker(&arguments.model),
    }
}

/// Whatever a subcommand calls its results folders must not be files: most likely the experiment file was meant, and
/// its results are where they always are.
fn results_folder(matches: &ArgMatches) -> Result<(), Failure> {
    let Some((_, given)) = matches.subcommand() else { return Ok(()) };
    for argument in ["results", "first", "second"] {
        let Ok(Some(path)) = given.try_get_one::<PathBuf>(argument) else { continue };
        if !path.is_file() {
            continue;
        }
        let name = std::fs::read_to_string(path).ok().and_then(|text| {
            let name = text.parse::<toml::Table>().ok()?.get("name")?.as_str()?.to_owned();
            Some(format!("; results of the experiment `{name}` are in `results/{name}` if no other folder was named"))
        });
        let message = format!("`{}` is a file, not a results folder{}", path.display(), name.unwrap_or_default());
        let json = given.try_get_one::<bool>("json").ok().flatten().is_some_and(|json| *json);
        return Err(json_error(json, Failure::machine(message)));
    }
    Ok(())
}

/// Answers standard input; a reader that has gone away ends it quietly.
fn answer() -> Result<u8, Failure> {
    match oracle::run(std::io::stdin().lock(), std::io::stdout().lock()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::machine(error)),
        _ => Ok(0),
    }
}

/// Replaces this process by the worker program of a model.
fn become_worker(model: &str) -> Result<u8, Failure> {
    use std::os::unix::process::CommandExt;
    let Some(spec) = crate::model::registry::find(model) else {
        return Err(Failure::Message(2, format!("no model is called `{model}`")));
    };
    let mut command =
        crate::run::programs::command(spec.program, &crate::run::slots::SlotSpec::core()).map_err(Failure::machine)?;
    Err(Failure::machine(command.exec()))
}

/// With `--json` an error is a document too, so that a script always has one to read.
pub fn json_error(json: bool, failure: Failure) -> Failure {
    match failure {
        Failure::Message(code, message) if json => {
            print_json(&serde_json::json!({ "error": message })).err().unwrap_or(Failure::Silent(code))
        }
        failure => failure,
    }
}

/// `1 trial`, `2 trials`.
pub fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Prints to standard output; a reader that has gone away (`| head`) ends the program quietly.
///
/// # Errors
/// The output cannot be written.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::machine(error)),
        _ => Ok(()),
    }
}

/// Prints one JSON document to standard output.
///
/// # Errors
/// The output cannot be written.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::machine)?;
    print(&(text + "\n"))
}

/// The command line as clap knows it, for completions.
pub fn command() -> clap::Command {
    Arguments::command()
}
