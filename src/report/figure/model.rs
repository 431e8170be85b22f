//! Fitted models that can be read, as text: trees, rules, tables. The best trial of each method on each data set.

use std::fs;

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::store::artifact::{self, MODEL_TEXT};
use crate::store::results::Results;

use super::exemplars;

/// So many are shown at most.
const MOST_MODELS: usize = 12;
/// So many lines of each at most.
const MOST_LINES: usize = 400;

/// Models as text.
#[derive(Clone, Debug)]
pub struct Models {
    /// The metric by which trials were chosen.
    pub metric: &'static MetricSpec,
    /// One a chosen trial.
    pub texts: Vec<ModelText>,
    /// Chosen trials over the limit.
    pub left_out: usize,
    /// The conditions.
    pub only: Values,
}

/// One model.
#[derive(Clone, Debug)]
pub struct ModelText {
    /// Method, data set and trial.
    pub title: String,
    /// As it prints itself.
    pub text: String,
    /// Lines that are not shown.
    pub lines_left_out: usize,
}

/// Makes the figure; none where no chosen trial has kept such a text.
pub fn build(results: &Results, by: Option<&str>, only: &Values) -> Option<Models> {
    let metric = exemplars::judge(results, by)?;
    let (mut texts, mut left_out) = (Vec::new(), 0);
    for best in exemplars::choose(results, metric, only).iter().filter_map(|group| group.first()) {
        let trial = &best.record.trial;
        let Ok(text) = fs::read_to_string(artifact::folder(&results.folder, &trial.id).join(MODEL_TEXT)) else {
            continue;
        };
        if texts.len() >= MOST_MODELS {
            left_out += 1;
            continue;
        }
        let title = format!("{} · {}, {}", trial.model, trial.dataset, best.words);
        let lines: Vec<&str> = text.trim_end().lines().collect();
        let shown = lines.len().min(MOST_LINES);
        texts.push(ModelText { title, text: lines[..shown].join("\n"), lines_left_out: lines.len() - shown });
    }
    (!texts.is_empty()).then_some(Models { metric, texts, left_out, only: only.clone() })
}
