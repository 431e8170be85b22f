//! `gridbook clean`.

use std::collections::BTreeMap;

use bytesize::ByteSize;

use crate::cli::study::settings;
use crate::cli::{Failure, counted, print};
use crate::stage::sweep::{Entry, Limits, Rule, Swept, Why, sweep};

/// Arguments of `clean`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Remove every stage, not only what is beyond `cache-size` and `cache-age`
    #[arg(long)]
    all: bool,
    /// Say what would go, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

/// Removes stages and says which. Results stay: they never need a stage again.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let place = settings()?.stages();
    let rule = if arguments.all { Rule::All } else { Rule::Limits(place.limits) };
    let swept = sweep(&place.stages(), rule, arguments.dry_run);
    let mut text = removed(&swept, place.limits, arguments.dry_run);
    let left = amount(swept.left.iter());
    let limit = ByteSize(place.limits.size);
    text.push_str(&format!("left: {left} of at most {limit}, in {}\n", place.stages().display()));
    if swept.busy > 0 {
        text.push_str(&format!("{} of them stay because a worker is at them\n", swept.busy));
    }
    print(&text)?;
    swept.trouble.map_or(Ok(0), |trouble| Err(Failure::machine(format!("not everything could be removed: {trouble}"))))
}

/// A line for each kind and reason.
fn removed(swept: &Swept, limits: Limits, dry: bool) -> String {
    let mut groups: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    let age = format!("not used for {}", humantime::format_duration(limits.age));
    let size = format!("least recently used, beyond {}", ByteSize(limits.size));
    for (entry, why) in &swept.removed {
        let why = match why {
            Why::Age => &age,
            Why::Size => &size,
            Why::All => "everything goes",
            Why::Leftover => "left by a process that died",
        };
        groups.entry((&entry.kind, why)).or_default().push(entry);
    }
    let word = if dry { "would remove" } else { "removed" };
    if groups.is_empty() {
        return format!("{word}: nothing\n");
    }
    let line = |((kind, why), entries): (&(&str, &str), &Vec<&Entry>)| {
        format!("{word}: {kind}, {}: {why}\n", amount(entries.iter().copied()))
    };
    groups.iter().map(line).collect()
}

/// `3 files, 30.1 MiB`.
fn amount<'e>(entries: impl Iterator<Item = &'e Entry>) -> String {
    let (count, bytes) = entries.fold((0, 0), |(count, bytes), entry| (count + 1, bytes + entry.bytes));
    format!("{}, {}", counted(count, "file"), ByteSize(bytes))
}
