//! Enough to run it again, and to see that nothing changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::dataset;
use crate::experiment::extends::Extended;
use crate::parameter::Values;
use crate::store::outcome::Measured;
use crate::store::results::Results;
use crate::value::Value;

use super::Options;
use super::inputs;
use super::number::{count, plural};
use super::select::{self, scrub};
use super::table::join_words;

/// So many damaged lines or trials are named.
const NAMED: usize = 10;

/// What the last section says.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// Head and text, in order; a text may have several lines.
    pub entries: Vec<(String, Vec<Entry>)>,
    /// The experiment file as run.
    pub text: String,
    /// The files that it extends.
    pub extended: Vec<Extended>,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Words.
    Words(String),
    /// A hash or a command.
    Code(String),
}

/// Collects it.
pub fn of(results: &Results, options: Options) -> Provenance {
    let words = |text: String| vec![Entry::Words(text)];
    let mut entries: Vec<(String, Vec<Entry>)> = vec![
        ("Run again".to_owned(), vec![Entry::Code("gridbook run experiment.toml".to_owned())]),
        ("Experiment file".to_owned(), vec![Entry::Code(format!("blake3 {}", file_hash(results)))]),
        (
            "Results".to_owned(),
            vec![
                Entry::Code(format!("blake3 {}", results_hash(results))),
                Entry::Words(format!("over the ids and results of {}", plural(results.records.len(), "trial"))),
            ],
        ),
    ];
    if !results.experiment.overrides.is_empty() {
        entries.push((
            "Set on the command line".to_owned(),
            vec![Entry::Code(scrub(&results.experiment.overrides.join(" ")))],
        ));
    }
    let seeds: Vec<String> = results.experiment.seeds.iter().map(u64::to_string).collect();
    entries.push(("Seeds".to_owned(), words(shorten(&seeds))));
    entries.push(("Data".to_owned(), datasets(results)));
    for (what, lines) in [("Splits", inputs::splits(results)), ("Pipelines", inputs::pipelines(results))] {
        if !lines.is_empty() {
            entries.push((what.to_owned(), lines.into_iter().map(Entry::Words).collect()));
        }
    }
    if let Some((class, _)) = &results.experiment.task.positive {
        entries.push(("Positive class".to_owned(), words(class.clone())));
    }
    let constants = constants(results);
    if !constants.is_empty() {
        entries.push(("Same in all trials".to_owned(), words(constants.join(" · "))));
    }
    if !results.skipped.is_empty() {
        entries.push(("Left out".to_owned(), skipped(results)));
    }
    if !options.omit_measured {
        entries.extend(machines(results));
        entries.extend(doubts(results));
    }
    let extended = results.experiment.extended.iter();
    let extended = extended.map(|file| Extended { name: scrub(&file.name), text: file.text.clone() }).collect();
    Provenance { entries, text: results.experiment.text.clone(), extended }
}

/// A hash of the experiment file with what it extends.
fn file_hash(results: &Results) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(results.experiment.text.as_bytes());
    for file in &results.experiment.extended {
        hasher.update(b"\n").update(file.name.as_bytes()).update(b"\n").update(file.text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// A hash over the ids and result blocks in the plan's order.
fn results_hash(results: &Results) -> String {
    let mut hasher = blake3::Hasher::new();
    for record in &results.records {
        hasher.update(record.trial.id.as_bytes());
        hasher.update(b"\n");
        hasher.update(&serde_json::to_vec(&record.result).unwrap_or_default());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}

fn datasets(results: &Results) -> Vec<Entry> {
    let mut entries = Vec::new();
    for facts in &results.datasets {
        let classes = match facts.classes.len() {
            0 => "no classes".to_owned(),
            n => {
                let sizes = facts.classes.iter().map(|(_, size)| *size);
                let (least, most) = (sizes.clone().min().unwrap_or(0), sizes.max().unwrap_or(0));
                let each = if least == most { count(least) } else { format!("{} to {}", count(least), count(most)) };
                let word = if n == 1 { "class" } else { "classes" };
                format!("{n} {word} of {each}")
            }
        };
        entries.push(Entry::Words(format!(
            "{} ({}): {}, {}, {classes}",
            facts.name,
            facts.kind,
            plural(facts.rows, "row"),
            plural(facts.columns, "column")
        )));
        let original = dataset::find(&facts.kind).and_then(|spec| spec.stands_in_for);
        entries.extend(original.map(|original| Entry::Words(format!("{} is a stand-in for {original}", facts.name))));
        entries.extend(facts.checksum.clone().map(Entry::Code));
    }
    entries
}

/// Parameters with one value wherever they are given; those a method alone has are named with it.
fn constants(results: &Results) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str), Option<&Value>> = BTreeMap::new();
    for record in &results.records {
        for (name, value) in &record.trial.params {
            seen.entry((record.trial.model.as_str(), name.as_str()))
                .and_modify(|known| {
                    if known.is_some_and(|known| known != value) {
                        *known = None;
                    }
                })
                .or_insert(Some(value));
        }
    }
    let mut constants: Vec<String> = Vec::new();
    for block in &results.experiment.models {
        let own: Vec<String> = seen
            .iter()
            .filter(|((model, _), _)| *model == block.name)
            .filter_map(|((_, name), value)| value.map(|value| format!("{name} {value}")))
            .collect();
        if !own.is_empty() {
            constants.push(format!("{}: {}", block.name, own.join(", ")));
        }
    }
    for (axis, what) in [("pipeline", "pipeline"), ("split", "split")] {
        let values: BTreeSet<String> =
            results.records.iter().map(|record| select::label(&record.trial, axis)).collect();
        if let (1, Some(value)) = (values.len(), values.first())
            && select::is_given(value)
            && value != "none"
        {
            constants.push(format!("{what} {value}"));
        }
    }
    constants
}

fn skipped(results: &Results) -> Vec<Entry> {
    let say =
        |params: &Values| params.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
    let mut entries: Vec<Entry> = results
        .skipped
        .iter()
        .take(NAMED)
        .map(|cell| Entry::Words(format!("{} ({}): {}", cell.model, say(&cell.params), cell.reason)))
        .collect();
    if results.skipped.len() > NAMED {
        entries.push(Entry::Words(format!("and {} more", results.skipped.len() - NAMED)));
    }
    entries
}

fn machines(results: &Results) -> Vec<(String, Vec<Entry>)> {
    let measured: Vec<&Measured> = results.records.iter().filter_map(|record| record.measured.as_ref()).collect();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, version) in measured.iter().flat_map(|m| &m.versions) {
        versions.entry(name).or_default().insert(version);
    }
    let versions: Vec<String> = versions
        .into_iter()
        .map(|(name, versions)| format!("{name} {}", versions.into_iter().collect::<Vec<_>>().join(" and ")))
        .collect();
    let tally = |of: fn(&Measured) -> &str| -> Vec<Entry> {
        let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
        for value in measured.iter().map(|m| of(m)).filter(|value| !value.is_empty()) {
            *tally.entry(value).or_default() += 1;
        }
        let one = tally.len() == 1;
        tally
            .into_iter()
            .map(|(value, n)| {
                Entry::Words(if one { value.to_owned() } else { format!("{value} ({})", plural(n, "trial")) })
            })
            .collect()
    };
    let beside = measured.iter().map(|m| m.beside + 1).max();
    let mut entries = vec![
        ("Software".to_owned(), if versions.is_empty() { vec![] } else { vec![Entry::Words(versions.join(" · "))] }),
        ("Machines".to_owned(), tally(|m| &m.machine)),
        ("Devices".to_owned(), tally(|m| &m.device)),
        ("Numeric class".to_owned(), tally(|m| &m.numeric_class)),
    ];
    if let Some(most) = beside {
        entries.push(("Trials at a time".to_owned(), vec![Entry::Words(format!("at most {most}"))]));
    }
    let most = measured.iter().map(|m| m.peak_mib).fold(0.0, f64::max);
    if most > 0.0 {
        entries.push((
            "Highest memory".to_owned(),
            vec![Entry::Words(format!("{} MiB in one worker", super::number::fixed(most, 0)))],
        ));
    }
    entries.retain(|(_, lines)| !lines.is_empty());
    entries
}

/// What speaks against the numbers.
fn doubts(results: &Results) -> Vec<(String, Vec<Entry>)> {
    let mut entries = Vec::new();
    if !results.damaged.is_empty() {
        let lines = results.damaged.iter().map(|(file, line)| format!("{}:{line}", select::scrub(file)));
        entries.push(("Damaged lines left out".to_owned(), named(lines.collect())));
    }
    if !results.irreproducible.is_empty() {
        let lines = results.irreproducible.iter().map(|(id, what)| format!("{id}: {what}"));
        entries.push(("Not reproducible".to_owned(), named(lines.collect())));
    }
    entries
}

fn named(mut lines: Vec<String>) -> Vec<Entry> {
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    let mut entries: Vec<Entry> = lines.into_iter().map(Entry::Code).collect();
    if more > 0 {
        entries.push(Entry::Words(format!("and {more} more")));
    }
    entries
}

/// All of a few, the ends of many.
fn shorten(seeds: &[String]) -> String {
    match seeds {
        [] => "none".to_owned(),
        few if few.len() <= 12 => join_words(few),
        many => format!("{}, …, {} ({} seeds)", many[..3].join(", "), many[many.len() - 1], many.len()),
    }
}
