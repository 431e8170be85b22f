//! The command line: arguments, a command, an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gridbook::cli::main()
}
