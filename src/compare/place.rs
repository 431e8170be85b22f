//! The places of a grid: everything but fold, seed and metric.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;

use crate::model::registry;
use crate::parameter::{ParameterSpec, Values};
use crate::plan::identity;
use crate::plan::trial::Trial;
use crate::report::select::{self, DEFAULT, NONE};
use crate::store::results::{Results, TrialRecord};
use crate::value::Value;

/// The trials of one folder that differ in fold and seed alone.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The first of its trials: it has the labels and the parameters of all.
    pub trial: &'a Trial,
    /// Its trials in the plan's order.
    pub records: Vec<&'a TrialRecord>,
}

/// The places of a folder in the plan's order.
pub fn places(results: &Results) -> Vec<Place<'_>> {
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut known: HashMap<[String; 6], usize> = HashMap::new();
    for record in &results.records {
        let trial = &record.trial;
        let key = [
            trial.dataset.clone(),
            trial.pipeline.clone(),
            text(&trial.steps),
            trial.split.clone(),
            trial.model.clone(),
            text(&trial.params),
        ];
        let at = *known.entry(key).or_insert(places.len());
        if at == places.len() {
            places.push(Place { trial, records: Vec::new() });
        }
        places[at].records.push(record);
    }
    places
}

/// Values in canonical form.
pub fn text(values: &Values) -> String {
    let values: serde_json::Map<String, Json> =
        values.iter().map(|(name, value)| (name.clone(), value.canonical())).collect();
    Json::Object(values).to_string()
}

/// The parameters of kinds of models, looked up once.
#[derive(Default)]
pub struct Kinds {
    known: HashMap<String, Vec<ParameterSpec>>,
}

impl Kinds {
    /// Of the models of two folders.
    pub fn of(folders: [&Results; 2]) -> Kinds {
        let mut kinds = Kinds::default();
        for block in folders.iter().flat_map(|results| &results.experiment.models) {
            kinds
                .known
                .entry(block.kind.clone())
                .or_insert_with(|| registry::find(&block.kind).map_or_else(Vec::new, |spec| (spec.parameters)()));
        }
        kinds
    }

    fn specs(&self, kind: &str) -> &[ParameterSpec] {
        self.known.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The parameters that differ from their defaults, in canonical form: equal for equal cells, however written.
    pub fn departures(&self, trial: &Trial) -> String {
        identity::departures(&trial.params, self.specs(&trial.kind)).to_string()
    }

    /// What a parameter is in a trial: as given, else its default as far as it is known.
    pub fn value(&self, trial: &Trial, name: &str) -> String {
        if let Some(value) = trial.params.get(name) {
            return shown(value);
        }
        match self.specs(&trial.kind).iter().find(|spec| spec.name == name) {
            Some(spec) => spec.default.as_ref().map_or_else(|| DEFAULT.to_owned(), shown),
            None => NONE.to_owned(),
        }
    }
}

/// A value in words, without folders of the machine.
pub fn shown(value: &Value) -> String {
    select::scrub(&value.to_string())
}

/// Values as JSON, without folders of the machine.
pub fn json(values: &Values) -> Json {
    values
        .iter()
        .map(|(name, value)| (name.clone(), without_folders(value.canonical())))
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .collect()
}

fn without_folders(json: Json) -> Json {
    match json {
        Json::String(text) => select::scrub(&text).into(),
        Json::Array(items) => items.into_iter().map(without_folders).collect(),
        Json::Object(entries) => entries.into_iter().map(|(name, value)| (name, without_folders(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_leave_every_depth_of_a_value() {
        let inner = Value::List(vec![Value::Text("/some/folder/tool.py".to_owned()), Value::Integer(3)]);
        let values = Values::from([("run".to_owned(), inner)]);
        assert_eq!(json(&values).to_string(), r#"{"run":["…/tool.py",3]}"#);
    }
}
