//! `[repeat]`: the seeds.

use crate::diagnostic::Problem;
use crate::experiment::document::{Node, NodeKind};
use crate::experiment::reader::{Reader, wrong_type};

/// Reads `[repeat]`; without it, the seed 0.
pub fn seeds(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Vec<u64> {
    let Some((table, place)) = reader.table("repeat", problems) else { return vec![0] };
    let mut repeat = Reader::new(table, "[repeat]", &place);
    let seeds = repeat.entry("seeds").map_or_else(|| vec![0], |entry| list(&entry.node, problems));
    repeat.finish(problems);
    seeds
}

/// `10` means `0..=9`; a list means itself.
fn list(node: &Node, problems: &mut Vec<Problem>) -> Vec<u64> {
    const MOST: i64 = 1_000_000;
    match &node.kind {
        NodeKind::Integer(n, _) if (1..=MOST).contains(n) => (0..n.unsigned_abs()).collect(),
        NodeKind::Integer(n, _) => {
            let message = format!("`seeds = {n}` is out of range: must be 1 to {MOST}");
            problems.push(Problem::error(&node.place, "out-of-range", message));
            Vec::new()
        }
        NodeKind::List(items) => {
            let mut found = Vec::new();
            for item in items {
                match item.kind {
                    NodeKind::Integer(n, _) if n >= 0 => {
                        let seed = n.unsigned_abs();
                        if found.contains(&seed) {
                            problems.push(Problem::error(
                                &item.place,
                                "duplicate",
                                format!("seed {seed} is given twice"),
                            ));
                        }
                        found.push(seed);
                    }
                    _ => {
                        wrong_type::<()>(item, "a seed", "a whole number of at least 0", problems);
                    }
                }
            }
            if items.is_empty() {
                problems.push(Problem::error(&node.place, "out-of-range", "no seed is given"));
            }
            found
        }
        _ => wrong_type(node, "`seeds`", "a whole number or a list of whole numbers", problems).unwrap_or_default(),
    }
}
