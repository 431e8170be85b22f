//! The worker programs: where they lie, and whether they can start here.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::model::Program;
use crate::run::protocol::{Hello, Reply};
use crate::run::slots::SlotSpec;

impl Program {
    /// The program's file name.
    pub fn file_name(self) -> &'static str {
        match self {
            Program::Native => "gridbook-worker",
            Program::Torch => "gridbook-torch-worker",
        }
    }

    /// What a user does about a program that cannot start.
    pub fn mend(self) -> &'static str {
        match self {
            Program::Native => "run `scripts/setup`, then `cargo build --release`",
            Program::Torch => "run `scripts/setup`, then `cargo build --release` (the deep models need libtorch)",
        }
    }
}

/// Where a worker program lies: beside this one.
///
/// # Errors
/// It is not there; what to do.
pub fn locate(program: Program) -> Result<PathBuf, String> {
    let here = std::env::current_exe().and_then(std::fs::canonicalize).map_err(|error| error.to_string())?;
    let path = here.with_file_name(program.file_name());
    if path.is_file() { Ok(path) } else { Err(format!("`{}` is not beside `gridbook`", program.file_name())) }
}

/// Whether the program is there and the loader finds its libraries, which are named where it does not. Starts no
/// code of the program.
///
/// # Errors
/// Why it cannot start.
pub fn check(program: Program) -> Result<(), String> {
    let path = locate(program)?;
    let output = Command::new(&path)
        .env("LD_TRACE_LOADED_OBJECTS", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{}` cannot be started: {error}", program.file_name()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let missing: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("not found"))
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.trim_end_matches(':'))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("`{}` needs {}, which is not found", program.file_name(), missing.join(", ")))
}

/// Asks a worker program what it is in a slot.
///
/// # Errors
/// Why it cannot start there.
pub fn probe(program: Program, slot: &SlotSpec) -> Result<Hello, String> {
    let mut child = command(program, slot)?
        .arg("--probe")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{}` cannot be started: {error}", program.file_name()))?;
    let mut said = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        let _ = stdout.read_to_string(&mut said);
    }
    let mut complaint = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut complaint);
    }
    let _ = child.wait();
    match serde_json::from_str(said.lines().next().unwrap_or_default()) {
        Ok(Reply::Hello(hello)) => Ok(hello),
        _ => Err(complaint.lines().next().unwrap_or("it says nothing").trim_start_matches("worker: ").to_owned()),
    }
}

/// How a worker program is started in a slot: with its device and number of threads, and without backtraces.
///
/// # Errors
/// It is not there.
pub fn command(program: Program, slot: &SlotSpec) -> Result<Command, String> {
    let mut command = Command::new(locate(program)?);
    command.args(slot.arguments()).envs(slot.environment());
    command.env("RUST_BACKTRACE", "0").env("TORCH_SHOW_CPP_STACKTRACES", "0");
    Ok(command)
}
