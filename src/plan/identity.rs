//! What identifies a trial: everything that decides its result, in canonical form, and nothing else. Labels, the
//! order of keys, comments, where the data lie and defaults that are spelled out are not part of it.

use serde_json::{Value as Json, json};

use crate::experiment::{DatasetBlock, ModelBlock, PipelineBlock, SplitBlock, StepBlock};
use crate::model::{TaskKind, registry};
use crate::parameter::{ParameterSpec, Parameters, Values};
use crate::split::{self, Choice};
use crate::store::results::DatasetFacts;
use crate::{dataset, preprocess, rng};

/// Raised when the form below changes.
const FORMAT: u32 = 1;
/// Hexadecimal digits of an id: 80 bits.
const DIGITS: usize = 20;

/// The part of the identity that models and seeds share.
pub fn data(
    task: TaskKind,
    block: &DatasetBlock,
    facts: &DatasetFacts,
    split: &SplitBlock,
    pipeline: &PipelineBlock,
) -> String {
    let mut identity = json!({
        "format": FORMAT,
        "task": task.word(),
        "random": rng::REVISION,
        "dataset": dataset(block, facts.checksum.as_deref()),
        "split": split_block(split),
        "steps": steps(pipeline),
    });
    if let Some(take) = take(block) {
        identity["take"] = take;
    }
    identity.to_string()
}

/// What identifies a data set before rows are taken of it.
pub fn dataset(block: &DatasetBlock, checksum: Option<&str>) -> Json {
    let spec = dataset::find(&block.kind);
    let mut values = block.values.clone();
    if let Some(spec) = spec {
        values.retain(|name, _| !spec.locations.contains(&name.as_str()));
    }
    let specs = spec.map_or_else(Vec::new, |spec| (spec.parameters)());
    json!({
        "kind": block.kind,
        "revision": spec.map(|s| s.revision),
        "checksum": checksum,
        "values": departures(&values, &specs),
    })
}

/// What is taken of a data set. What is not there is no part of the identity, so that ids of earlier versions stay.
pub fn take(block: &DatasetBlock) -> Option<Json> {
    let specs = dataset::take::Take::specs();
    (!block.take.is_empty())
        .then(|| json!({ "revision": dataset::take::REVISION, "values": departures(&block.take, &specs) }))
}

/// The steps of a pipeline.
pub fn steps(pipeline: &PipelineBlock) -> Vec<Json> {
    let step = |step: &StepBlock| {
        let spec = preprocess::find(&step.kind);
        let specs = spec.map_or_else(Vec::new, |spec| (spec.parameters)());
        json!({ "kind": step.kind, "revision": spec.map(|s| s.revision), "values": departures(&step.values, &specs) })
    };
    pipeline.steps.iter().map(step).collect()
}

/// A split with what its file of rows holds.
pub fn split_block(split: &SplitBlock) -> Json {
    let mut identity = split_identity(&split.choice);
    if let Some(checksum) = &split.checksum {
        identity["checksum"] = json!(checksum);
    }
    identity
}

fn split_identity(choice: &Choice) -> Json {
    let spec = split::find(&choice.kind);
    let mut values = choice.values.clone();
    if let Some(spec) = spec {
        values.retain(|name, _| !spec.locations.contains(&name.as_str()));
    }
    let specs = spec.map_or_else(Vec::new, |spec| (spec.parameters)());
    let mut identity = json!({ "kind": choice.kind, "revision": spec.map(|s| s.revision) });
    let values = departures(&values, &specs);
    if values.as_object().is_some_and(|values| !values.is_empty()) {
        identity["values"] = values;
    }
    if let Some(inner) = &choice.validation {
        identity["validation"] = split_identity(inner);
    }
    identity
}

/// The part of the identity that is the model with its parameters, and the number of threads where it is not one.
pub fn method(model: &ModelBlock, params: &Values, threads: u32) -> String {
    let spec = registry::find(&model.kind);
    let specs = spec.map_or_else(Vec::new, |spec| (spec.parameters)());
    let mut identity =
        json!({ "kind": model.kind, "revision": spec.map(|s| s.revision), "values": departures(params, &specs) });
    if let Some(code) = &model.code {
        identity["code"] = json!(code);
    }
    if threads > 1 {
        identity["threads"] = json!(threads);
    }
    identity.to_string()
}

/// The id of a trial from its parts.
pub fn trial(data: &str, method: &str, seed: u64, fold: Option<u32>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(data.as_bytes()).update(b"\n").update(method.as_bytes()).update(b"\n").update(&seed.to_le_bytes());
    if let Some(fold) = fold {
        hasher.update(&fold.to_le_bytes());
    }
    hasher.finalize().to_hex()[..DIGITS].to_owned()
}

/// The values that differ from their defaults, so that a default spelled out, or a new parameter whose default
/// keeps the old behaviour, changes no id.
pub fn departures(values: &Values, specs: &[ParameterSpec]) -> Json {
    values
        .iter()
        .filter(|(name, value)| !specs.iter().any(|spec| spec.name == **name && spec.is_default(value)))
        .map(|(name, value)| (name.clone(), value.canonical()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
