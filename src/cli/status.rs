//! `gridbook status`.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::cli::{Failure, print, print_json};
use crate::store::folder;
use crate::store::results::Results;

/// The words of `status --json`, in order.
const WORDS: &[&str] = &[
    "finished",
    "not_applicable",
    "failed",
    "timed_out",
    "cancelled",
    "running",
    "pending",
    "interrupted",
    "quarantined",
];

/// Arguments of `status`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The results folder
    results: PathBuf,
    /// Print the counts as JSON
    #[arg(long)]
    pub json: bool,
    /// Go on printing while trials are running
    #[arg(long)]
    watch: bool,
}

/// Shows the counts.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let mut last = String::new();
    loop {
        let results = folder::load(&arguments.results).map_err(Failure::machine)?;
        let tally = results.tally();
        let count = |word: &str| tally.get(word).copied().unwrap_or(0);
        if arguments.json {
            let mut json: Map<String, Json> =
                [("planned".to_owned(), results.records.len().into())].into_iter().collect();
            json.extend(WORDS.iter().map(|word| ((*word).to_owned(), count(word).into())));
            return print_json(&json).map(|()| 0);
        }
        let text = people(&results);
        if text != last {
            print(&text)?;
            last = text;
        }
        if !arguments.watch || count("running") == 0 {
            return Ok(0);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn people(results: &Results) -> String {
    let tally = results.tally();
    let parts: Vec<String> = WORDS
        .iter()
        .filter_map(|word| tally.get(word).map(|count| format!("{count} {}", word.replace('_', " "))))
        .collect();
    let mut text = format!("{}: {} trials: {}\n", results.experiment.name, results.records.len(), parts.join(", "));
    for record in results.records.iter().filter(|record| record.state.word() == "running") {
        text.push_str(&format!("  running: {}\n", record.trial.words(&[])));
    }
    for (journal, line) in &results.damaged {
        text.push_str(&format!("  damaged and left out: line {line} of journal {journal}\n"));
    }
    text
}
