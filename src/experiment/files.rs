//! Files beside the data that decide results: row numbers of splits, programs of the user's own.

use std::fs;

use crate::dataset::Places;
use crate::diagnostic::Problem;
use crate::experiment::{Experiment, program};
use crate::model::command;
use crate::value::Value;

/// Fills in the hashes; files that cannot be read are mistakes.
pub fn check(experiment: &mut Experiment, places: &Places, problems: &mut Vec<Problem>) {
    for split in &mut experiment.splits {
        // One that cannot be read is reported where the split is drawn.
        if let Some(Value::Text(path)) = split.choice.values.get("path")
            && let Ok(bytes) = fs::read(places.resolve(path))
        {
            split.checksum = Some(format!("blake3:{}", blake3::hash(&bytes).to_hex()));
        }
    }
    for model in experiment.models.iter_mut().filter(|model| model.kind == "command") {
        let base = places.base.join(&model.base);
        program::check(model, &base, problems);
        match command::code_checksum(&model.fixed, &base) {
            Ok(checksum) => model.code = Some(checksum),
            Err((key, message)) => {
                let place = model.fixed_places.get(&key).unwrap_or(&model.place);
                problems.push(Problem::error(place, "data-file", message));
            }
        }
    }
}
