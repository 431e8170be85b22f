//! `gridbook completions`.

use clap_complete::Shell;

use crate::cli::{Failure, print};

/// Arguments of `completions`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::cli::command(), "gridbook", &mut script);
    print(&String::from_utf8_lossy(&script)).map(|()| 0)
}
