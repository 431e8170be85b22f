//! `gridbook run --dry-run`: where trials would run, and in which order.

use crate::cli::{Failure, counted, print};
use crate::model::Program;
use crate::plan::forecast::Forecast;
use crate::plan::trial::Trial;
use crate::run::shown_seconds;
use crate::run::slots::{Device, SlotSpec, Slots, gpu_words};

/// Trials that are listed.
const SHOWN: usize = 20;

/// Prints slots and queue.
///
/// # Errors
/// The output cannot be written.
pub fn show(slots: &Slots, queue: &[(Trial, Program)], forecast: &Forecast, swept: &[String]) -> Result<u8, Failure> {
    let mut text = format!("slots, {} at a time:\n", slots.at_a_time);
    slots.specs.iter().for_each(|spec| text.push_str(&slot_line(slots, spec)));
    text.push_str(&format!("queue, {}:\n", counted(queue.len(), "trial")));
    for (trial, program) in queue.iter().take(SHOWN) {
        let seconds = forecast.seconds(&trial.id).map_or_else(String::new, |s| format!(", about {}", shown_seconds(s)));
        text.push_str(&format!("  {} ({}{seconds})\n", trial.words(swept), device_word(slots, *program)));
    }
    if queue.len() > SHOWN {
        text.push_str(&format!("  and {} more\n", queue.len() - SHOWN));
    }
    text.push_str("nothing was run\n");
    print(&text).map(|()| 0)
}

fn slot_line(slots: &Slots, spec: &SlotSpec) -> String {
    let gpu = slots.gpus.iter().find(|gpu| spec.gpu() == Some(&gpu.uuid));
    let gpu = gpu.map_or_else(String::new, |gpu| format!("  {}", gpu_words(gpu)));
    format!("  {}{gpu}\n", spec.label)
}

/// Where trials of a program run.
fn device_word(slots: &Slots, program: Program) -> &'static str {
    let on_gpu = |spec: &SlotSpec| spec.serves(program) && matches!(spec.device, Device::Cuda { .. });
    if slots.specs.iter().any(on_gpu) { "cuda" } else { "cpu" }
}
