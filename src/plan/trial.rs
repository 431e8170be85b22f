//! A trial: one fit with one seed, and what identifies it.

use serde::{Deserialize, Serialize};

use crate::model::registry;
use crate::parameter::Values;
use crate::value::Value;

/// One cell of the grid with one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Hash of everything that decides the result.
    pub id: String,
    /// Label of the data set.
    pub dataset: String,
    /// Label of the pipeline.
    pub pipeline: String,
    /// Label of the model.
    pub model: String,
    /// Kind of the model.
    pub kind: String,
    /// Label of the split.
    pub split: String,
    /// Fold within the split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<u32>,
    /// The seed.
    pub seed: u64,
    /// The model's parameters as given (fixed and swept); the others have their defaults.
    pub params: Values,
    /// Where the pipeline stands in its own grid: `undersample.ratio` to its value.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub steps: Values,
}

impl Trial {
    /// Every parameter as given: the model's, then those of the pipeline's grid.
    pub fn parameters(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.params.iter().chain(&self.steps)
    }

    /// A parameter as given: the model's, or one of the pipeline's grid.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.params.get(name).or_else(|| self.steps.get(name))
    }

    /// Whether the model has a parameter of this name at all; of a step's it is not known.
    pub fn takes(&self, name: &str) -> bool {
        self.parameter(name).is_some()
            || registry::find(&self.kind).is_none_or(|spec| (spec.parameters)().iter().any(|known| known.name == name))
    }

    /// The trial in words: `IDEC on digits, 5 folds, fold 2, seed 0`; `swept` are the parameters worth naming.
    pub fn words(&self, swept: &[String]) -> String {
        let mut text = format!("{} on {}", self.model, self.dataset);
        let params: Vec<String> = self
            .params
            .iter()
            .filter(|(name, _)| swept.contains(name))
            .chain(&self.steps)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !params.is_empty() {
            text.push_str(&format!(", {}", params.join(" ")));
        }
        if self.split != "whole" {
            text.push_str(&format!(", {}", self.split));
        }
        if let Some(fold) = self.fold {
            text.push_str(&format!(", fold {fold}"));
        }
        text + &format!(", seed {}", self.seed)
    }

    /// The trial's place on an axis: `dataset`, `pipeline`, `model`, `split`, `fold`, `seed` or a parameter as given.
    pub fn axis(&self, name: &str) -> Option<Value> {
        Some(match name {
            "dataset" => Value::Text(self.dataset.clone()),
            "pipeline" => Value::Text(self.pipeline.clone()),
            "model" => Value::Text(self.model.clone()),
            "split" => Value::Text(self.split.clone()),
            "seed" => Value::Integer(i64::try_from(self.seed).ok()?),
            "fold" => Value::Integer(i64::from(self.fold?)),
            parameter => return self.parameter(parameter).cloned(),
        })
    }
}
