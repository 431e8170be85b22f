//! `[limits]`.

use std::time::Duration;

use crate::diagnostic::Problem;
use crate::experiment::document::{Node, NodeKind};
use crate::experiment::inputs::duration;
use crate::experiment::reader::Reader;

/// `[limits]`.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A trial's time; killed after it.
    pub time: Option<Duration>,
    /// A trial's memory in bytes; killed above it.
    pub memory: Option<u64>,
    /// Refuse larger plans.
    pub grid: usize,
    /// How often a trial whose worker died is tried again.
    pub retries: u32,
    /// Whether the first failure ends the run.
    pub fail_fast: bool,
    /// One trial at a time on the machine, for tables of times.
    pub exclusive: bool,
    /// Threads of a trial. More than one may change the last digits, so that the number is part of a trial's id.
    pub threads: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { time: None, memory: None, grid: 10_000, retries: 2, fail_fast: false, exclusive: false, threads: 1 }
    }
}

/// Reads `[limits]`.
pub fn limits(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Limits {
    let mut limits = Limits::default();
    let Some((table, place)) = reader.table("limits", problems) else { return limits };
    let mut block = Reader::new(table, "[limits]", &place);
    limits.time = block.entry("time").and_then(|entry| duration(&entry.node, problems));
    limits.memory = block.entry("memory").and_then(|entry| memory(&entry.node, problems));
    if let Some(grid) = block.count("grid", 1, problems) {
        limits.grid = usize::try_from(grid).unwrap_or(usize::MAX);
    }
    if let Some(retries) = block.count("retries", 0, problems) {
        limits.retries = u32::try_from(retries).unwrap_or(u32::MAX);
    }
    limits.fail_fast = block.boolean("fail-fast", problems).unwrap_or(limits.fail_fast);
    limits.exclusive = block.boolean("exclusive", problems).unwrap_or(limits.exclusive);
    limits.threads = threads(&mut block, problems).unwrap_or(limits.threads);
    block.finish(problems);
    limits
}

/// Threads of a trial: no machine has more cores than this.
const MOST_THREADS: u32 = 1024;

fn threads(block: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Option<u32> {
    let entry = block.entry("threads")?;
    match entry.node.to_value().and_then(|value| value.as_number()) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
        Some(n) if n.fract() == 0.0 && (1.0..=f64::from(MOST_THREADS)).contains(&n) => Some(n as u32),
        _ => {
            let message = format!("`threads` must be a whole number from 1 to {MOST_THREADS}");
            problems.push(Problem::error(&entry.node.place, "out-of-range", message));
            None
        }
    }
}

/// An amount of memory in bytes: MiB as a number, or `"4GiB"`.
fn memory(node: &Node, problems: &mut Vec<Problem>) -> Option<u64> {
    const MIB: f64 = 1_048_576.0;
    let found = match &node.kind {
        // A bare number in quotes would be bytes there and MiB without them.
        NodeKind::Text(text) if text.trim().parse::<f64>().is_ok() => None,
        NodeKind::Text(text) => text.parse::<bytesize::ByteSize>().ok().map(|size| size.as_u64()),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
        _ => node
            .to_value()
            .and_then(|value| value.as_number())
            .filter(|mib| (0.0..1e9).contains(mib))
            .map(|mib| (mib * MIB) as u64),
    };
    let found = found.filter(|bytes| *bytes > 0);
    if found.is_none() {
        let message = "not an amount of memory: expected MiB as a number, or a text like \"512MiB\", \"4GiB\"";
        problems.push(Problem::error(&node.place, "wrong-type", message));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::document;

    #[test]
    fn memory_as_text_and_as_mib() {
        let read = |text: &str| {
            let mut problems = Vec::new();
            let root = document::parse(0, &format!("memory = {text}"), &mut problems);
            memory(&root.get("memory").unwrap().node, &mut problems)
        };
        assert_eq!(read("\"4GiB\""), Some(4 << 30));
        assert_eq!(read("\"1.5 GiB\""), Some(3 << 29));
        assert_eq!(read("\"500MB\""), Some(500_000_000));
        assert_eq!(read("512"), Some(512 << 20));
        for wrong in ["\"much\"", "0", "-1", "\"512\"", "true", "nan"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
