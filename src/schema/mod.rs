//! The JSON Schema of experiment files, for editors: generated from the registries that the checks use.
//!
//! Draft 7 with `definitions`, which is what taplo (the TOML language server of "Even Better TOML") understands. taplo
//! completes from `properties` and `allOf` but does not look into `if`: so the keys of all kinds of a block stand
//! together in the first member of `allOf`, and `if`/`then` holds the keys of each kind alone. A wrong key is thus
//! shown at its place, and not as "none of 30 schemas". `gridbook check` knows more: the schema refuses no good file
//! and sees many of the mistakes.

mod inputs;
mod kinded;
mod parameter;
mod report;
mod words;

use serde_json::{Map, Value as Json, json};

use crate::metric::METRICS;
use crate::model::TaskKind;
use words::{described, list_of, one_or_more, reference, table, text};

/// The name that the first line of a starter file gives the schema.
pub const FILE: &str = "gridbook.schema.json";

/// Named schemas, each under `definitions`.
type Definitions = Map<String, Json>;

/// The schema.
pub fn experiment() -> Json {
    let mut definitions = Definitions::new();
    definitions.insert("metric".to_owned(), metric());
    let mut properties = head();
    inputs::add(&mut properties, &mut definitions);
    report::add(&mut properties, &mut definitions);
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "gridbook experiment",
        "description": "An experiment of gridbook, format 1.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        // A file that extends another may leave to it what it likes.
        "if": { "not": { "required": ["extends"] } },
        "then": { "required": ["name", "task", "dataset", "model"] },
        "definitions": definitions,
    })
}

fn head() -> Map<String, Json> {
    let entries = [
        ("format", json!({ "const": 1, "description": "The format of experiment files: 1." })),
        ("name", text("Letters, digits, `-`, `_` and `.`: results go to `results/<name>`.")),
        ("about", text("One sentence.")),
        ("extends", list_of(&text("A file whose blocks are taken over, from the folder of this one."))),
        ("task", task()),
        ("repeat", repeat()),
        ("limits", limits()),
        ("track", track()),
    ];
    entries.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn metric() -> Json {
    let names: Vec<&str> = METRICS.iter().map(|spec| spec.name).collect();
    let abouts: Vec<&str> = METRICS.iter().map(|spec| spec.about).collect();
    words::one_of("A metric.", &names, &abouts)
}

fn metrics(about: &str) -> Json {
    described(about, one_or_more(&reference("metric"), "string"))
}

fn task() -> Json {
    let kinds: Vec<&str> = TaskKind::ALL.iter().map(|kind| kind.word()).collect();
    let kind = described("What is asked of the data.", json!({ "enum": kinds }));
    let positive = text("The class that counts as positive; left out, the last of two.");
    table(
        "What is asked, and how it is judged.",
        &[("kind", kind), ("metrics", metrics("In the order of the tables.")), ("positive", positive)],
        &["kind"],
    )
}

fn repeat() -> Json {
    let seeds = json!({
        "description": "How many, from 0 on, or a list of them.",
        "type": ["integer", "array"], "minimum": 1, "maximum": 1_000_000,
        "items": { "type": "integer", "minimum": 0 }, "minItems": 1, "uniqueItems": true,
    });
    table("Every trial is run with each seed.", &[("seeds", seeds)], &[])
}

fn limits() -> Json {
    let amount = |about: &str| json!({ "description": about, "type": ["string", "number"], "exclusiveMinimum": 0 });
    let count = |about: &str, least: u32| json!({ "description": about, "type": "integer", "minimum": least });
    let flag = |about: &str| json!({ "description": about, "type": "boolean" });
    table(
        "What a trial and a plan may take.",
        &[
            ("time", amount("A trial's, as seconds or a text like \"10m\"; it is killed after it.")),
            ("memory", amount("A trial's, as MiB or a text like \"4GiB\".")),
            ("grid", count("Larger plans are refused.", 1)),
            ("retries", count("How often a trial whose worker died is tried again.", 0)),
            ("fail-fast", flag("Whether the first failure ends the run.")),
            ("threads", count("Threads of a trial; more than one is part of its id.", 1)),
            ("exclusive", flag("Whether one trial at a time runs on the machine, for tables of times.")),
        ],
        &[],
    )
}

fn track() -> Json {
    table(
        "Where trials are reported to; secrets come from the environment or a credentials file.",
        &[
            ("kind", described("The tracker.", json!({ "enum": ["mlflow", "jsonl"] }))),
            ("uri", text("The tracker's address, or a folder.")),
            ("experiment", text("The experiment's name there.")),
            ("artifacts", json!({ "description": "Whether files are sent too.", "type": "boolean" })),
        ],
        &["kind"],
    )
}

#[cfg(test)]
mod tests;
