//! `gridbook doctor`: devices, libraries, cores and folders, and what is missing.

use serde_json::json;

use crate::cli::study::settings;
use crate::cli::{Failure, print, print_json};
use crate::machine;
use crate::model::Program;
use crate::run::programs;
use crate::run::protocol::Hello;

/// Arguments of `doctor`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Looks around. Ends with 3 when a worker program cannot start.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let settings = settings()?;
    let native = programs::probe(Program::Native);
    let torch = programs::probe(Program::Torch);
    let gpu = why_no_gpu();
    let good = native.is_ok() && torch.is_ok();
    if arguments.json {
        print_json(&json!({
            "gridbook": env!("CARGO_PKG_VERSION"),
            "machine": machine::class(),
            "cores": machine::cores(),
            "devices": ["cpu"],
            "gpu": { "used": false, "reason": gpu },
            "native_worker": native.as_ref().map_or_else(|why| json!({ "error": why }), |hello| json!(hello)),
            "torch_worker": torch.as_ref().map_or_else(|why| json!({ "error": why }), |hello| json!(hello)),
            "data": settings.data,
            "cache": settings.cache,
        }))?;
        return Ok(if good { 0 } else { 3 });
    }
    let mut text = format!("gridbook {}\n", env!("CARGO_PKG_VERSION"));
    text.push_str(&format!("machine        {}\n", machine::class()));
    text.push_str(&format!("cores          {} (workers by default, one thread each)\n", machine::cores()));
    text.push_str(&format!("GPU            not used: {gpu}\n"));
    text.push_str(&worker_lines("native worker", Program::Native, &native));
    text.push_str(&worker_lines("torch worker", Program::Torch, &torch));
    text.push_str(&format!(
        "data folder    {} (what ${{data}} stands for; GRIDBOOK_DATA moves it)\n",
        settings.data.display()
    ));
    text.push_str(&format!("cache folder   {} (GRIDBOOK_CACHE moves it)\n", settings.cache.display()));
    print(&text)?;
    Ok(if good { 0 } else { 3 })
}

fn worker_lines(label: &str, program: Program, found: &Result<Hello, String>) -> String {
    match found {
        Ok(hello) => {
            let versions: Vec<String> =
                hello.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
            format!("{label:14} {}\n", versions.join(", "))
        }
        Err(why) => format!("{label:14} cannot start: {why}\n{:14} to mend it: {}\n", "", program.mend()),
    }
}

fn why_no_gpu() -> String {
    if false {
        "an NVIDIA driver is here, but this version of gridbook runs trials on CPU cores only".to_owned()
    } else {
        "no NVIDIA driver is loaded (/dev/nvidiactl is not there)".to_owned()
    }
}
