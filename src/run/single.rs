//! One trial in a worker of its own, outside any plan: what `gridbook predict` needs.

use std::sync::mpsc;

use crate::run::local::{Event, Slot};
use crate::run::protocol::{Assignment, Reply};
use crate::run::queue::Job;
use crate::run::slots::SlotSpec;
use crate::store::folder::History;
use crate::store::outcome::ResultBlock;

/// Runs the trial on a core and waits for its result; artifacts lie in the assignment's results folder.
///
/// # Errors
/// No worker can be started, it died, or a file is at fault.
pub fn run(assignment: Assignment) -> Result<ResultBlock, String> {
    let (sender, events) = mpsc::channel();
    let mut slot = Slot::new(0, SlotSpec::core(), sender);
    slot.start(Job::new(assignment, &History::default())).map_err(|failed| failed.1)?;
    while let Ok((_, _, event)) = events.recv() {
        match event {
            Event::Reply(Reply::Outcome { result, .. }) => {
                slot.retire();
                return Ok(*result);
            }
            Event::Reply(Reply::Refused { reason, .. }) => return Err(reason),
            Event::Reply(Reply::Hello(_)) => slot.greet(),
            Event::Reply(Reply::Progress { .. }) => {}
            Event::Gone => break,
        }
    }
    let words = slot.last_words().map_or_else(String::new, |words| format!(": {words}"));
    Err(format!("the worker ended without a result{words}"))
}
