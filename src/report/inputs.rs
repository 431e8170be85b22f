//! How the rows came to the models: splits and pipelines, for the section on provenance.

use std::collections::BTreeMap;

use crate::experiment::{PipelineBlock, SplitBlock};
use crate::parameter::Values;
use crate::split::Choice;
use crate::store::results::Results;

/// Each split with its parameters and the rows that trials of it had; empty where every row is used.
pub fn splits(results: &Results) -> Vec<String> {
    let blocks = results.experiment.splits.iter().filter(|block| !block.choice.is_whole());
    blocks.map(|block| format!("{}: {}{}", block.name, choice(&block.choice), rows(block, results))).collect()
}

fn choice(choice: &Choice) -> String {
    let mut text = choice.kind.clone() + &parameters(&choice.values);
    if let Some(inner) = &choice.validation {
        text.push_str(&format!("; of the training rows for validation: {}{}", inner.kind, parameters(&inner.values)));
    }
    text
}

/// What was counted of the rows: `; train rows 120 to 121`.
fn rows(block: &SplitBlock, results: &Results) -> String {
    const COUNTS: &[&str] =
        &["train_rows", "validation_rows", "test_rows", "groups_in_both_parts", "test_rows_dropped"];
    let mut seen: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    let trials = results.records.iter().filter(|record| record.trial.split == block.name);
    for counts in trials.filter_map(|record| record.result.as_ref()).map(|result| &result.counts) {
        for name in COUNTS {
            if let Some(&count) = counts.get(*name) {
                let range = seen.entry(name).or_insert((count, count));
                *range = (range.0.min(count), range.1.max(count));
            }
        }
    }
    let say = |name: &&str| {
        let (least, most) = seen.get(*name)?;
        let range = if least == most { least.to_string() } else { format!("{least} to {most}") };
        Some(format!("; {} {range}", name.replace('_', " ")))
    };
    COUNTS.iter().filter_map(say).collect()
}

/// Each pipeline with its steps; empty where there is only the one without steps.
pub fn pipelines(results: &Results) -> Vec<String> {
    let blocks = results.experiment.pipelines.iter().filter(|block| !block.steps.is_empty());
    blocks.map(|block| format!("{}: {}", named(block), steps(block))).collect()
}

fn named(block: &PipelineBlock) -> String {
    let grid: Vec<String> = block.grid.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if grid.is_empty() { block.name.clone() } else { format!("{} ({})", block.name, grid.join(", ")) }
}

fn steps(block: &PipelineBlock) -> String {
    let steps: Vec<String> =
        block.steps.iter().map(|step| format!("{}{}", step.kind, parameters(&step.values))).collect();
    steps.join(", then ") + "; learned on training rows"
}

fn parameters(values: &Values) -> String {
    if values.is_empty() {
        return String::new();
    }
    let words: Vec<String> = values.iter().map(|(name, value)| format!("{name} {value}")).collect();
    format!(" ({})", words.join(", "))
}
