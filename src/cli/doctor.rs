//! `gridbook doctor`: devices, libraries, cores and folders, and what is missing.

use bytesize::ByteSize;
use serde_json::{Value as Json, json};

use crate::cli::study::settings;
use crate::cli::{Failure, print, print_json};
use crate::machine;
use crate::machine::gpu::{Gpu, Gpus as _, Visible, WhyNot};
use crate::model::Program;
use crate::run::programs;
use crate::run::protocol::Hello;
use crate::run::slots::{SlotSpec, gpu_words, usable};
use crate::settings::Settings;

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
    let native = programs::probe(Program::Native, &SlotSpec::core());
    let torch = programs::probe(Program::Torch, &SlotSpec::core());
    let gpus = Gpus::look(&settings, torch.as_ref().err());
    let memory = machine::memory();
    let good = native.is_ok() && torch.is_ok();
    if arguments.json {
        print_json(&json!({
            "gridbook": env!("CARGO_PKG_VERSION"),
            "machine": machine::class(),
            "cores": machine::cores(),
            "memory": memory.map(|memory| json!({
                "total": memory.total, "available": memory.available, "limited": memory.limited,
            })),
            "devices": gpus.devices(),
            "gpu": gpus.json(),
            "gpus": gpus.seen,
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
    if let Some(memory) = memory {
        let limited = if memory.limited { " (a limit of the cgroup)" } else { "" };
        let (free, total) = (ByteSize(memory.available), ByteSize(memory.total));
        text.push_str(&format!("memory         {free} of {total} available{limited}\n"));
    }
    text.push_str(&gpus.lines());
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

/// The GPUs that may be used, and why they are not.
struct Gpus {
    seen: Vec<Gpu>,
    why_not: Option<WhyNot>,
}

impl Gpus {
    /// `no_torch`: why the program that would use them does not start at all.
    fn look(settings: &Settings, no_torch: Option<&String>) -> Self {
        let seen = match Visible::open(settings).and_then(|visible| visible.devices()) {
            Ok(seen) => seen,
            Err(why) => return Gpus { seen: Vec::new(), why_not: Some(why) },
        };
        let why_not = match no_torch {
            Some(why) if settings.gpus_file.is_none() => Some(WhyNot::NoCuda(why.clone())),
            _ => usable(settings).err(),
        };
        Gpus { seen, why_not }
    }

    fn devices(&self) -> Vec<String> {
        let gpus = if self.why_not.is_none() { self.seen.len() } else { 0 };
        std::iter::once("cpu".to_owned()).chain((0..gpus).map(|place| format!("cuda:{place}"))).collect()
    }

    fn json(&self) -> Json {
        json!({ "used": self.why_not.is_none(), "reason": self.why_not.as_ref().map(ToString::to_string) })
    }

    fn lines(&self) -> String {
        let mut lines = String::new();
        if let Some(why) = &self.why_not {
            lines.push_str(&format!("GPU            not used: {why}\n"));
        }
        for (place, gpu) in self.seen.iter().enumerate() {
            lines.push_str(&format!("{:14} {}\n", format!("cuda:{place}"), gpu_words(gpu)));
        }
        lines
    }
}
