//! Classifications: from predicted classes, from scores of two classes, from probabilities of several.

use ndarray::Array2;
use serde_json::{Map, Value as Json, json};

use crate::cli::oracle::label::{Label, as_long, different, labels, numbers, places, rows};
use crate::cli::oracle::number;
use crate::metric::binary::Binary;
use crate::metric::confusion::Confusion;
use crate::metric::probability::Probabilities;
use crate::metric::ranking::Ranking;
use crate::metric::{METRICS, Measure, MetricSpec, Score};
use crate::model::TaskKind;

/// Metrics of a classification.
fn metrics() -> impl Iterator<Item = &'static MetricSpec> {
    METRICS.iter().copied().filter(|spec| spec.judges(TaskKind::Classification))
}

/// The list of classes that is given, or that the labels make up.
fn class_list(input: &Json, given: &[&[Label]]) -> Result<Vec<Label>, String> {
    if input.get("labels").is_none_or(Json::is_null) {
        return Ok(different(given));
    }
    let list = labels(input, "labels")?;
    if different(&[&list]).len() < list.len() {
        return Err("`labels` names a class twice".to_owned());
    }
    Ok(list)
}

/// Kind `labels`: the confusion matrix, and every metric that is made of it.
pub fn classes(input: &Json) -> Result<Json, String> {
    let (truth, predicted) = (labels(input, "y_true")?, labels(input, "y_pred")?);
    as_long(("y_true", truth.len()), ("y_pred", predicted.len()))?;
    let list = class_list(input, &[&truth, &predicted])?;
    let predicted: Vec<Option<usize>> = places(&predicted, &list, "y_pred")?.into_iter().map(Some).collect();
    let table = Confusion::of(&places(&truth, &list, "y_true")?, &predicted, list.len())?;
    let mut values = Map::new();
    values.insert("labels".to_owned(), list.iter().map(Label::to_json).collect());
    values.insert("confusion".to_owned(), json!(table.cells));
    let each = list.iter().zip(table.one_against_rests());
    values.insert("per_class".to_owned(), each.map(|(label, counts)| one_class(label, &counts)).collect());
    let positive = positive(input, &list)?.map(|class| table.one_against_rest(class));
    if positive.is_some() {
        values.insert("positive".to_owned(), input["positive"].clone());
    }
    for spec in metrics() {
        let value = match (spec.measure, &positive) {
            (Measure::Confusion(measure), _) => measure(&table),
            (Measure::Binary(measure), Some(counts)) => measure(counts),
            _ => continue,
        };
        values.insert(spec.name.to_owned(), number(value));
    }
    Ok(Json::Object(values))
}

fn one_class(label: &Label, counts: &Binary) -> Json {
    json!({
        "label": label.to_json(), "support": counts.positives, "precision": counts.precision(),
        "recall": counts.recall(), "f1": counts.f1(), "specificity": counts.specificity(),
    })
}

/// The place of the positive class, where one is named; only data of two classes have one.
fn positive(input: &Json, list: &[Label]) -> Result<Option<usize>, String> {
    let Some(given) = input.get("positive").filter(|given| !given.is_null()) else { return Ok(None) };
    if list.len() > 2 {
        return Err(format!("`positive` is given, and there are {} classes", list.len()));
    }
    let label = Label::of(given);
    let place = list.iter().position(|one| Some(one) == label.as_ref());
    place.map(Some).ok_or_else(|| format!("`positive` is {given}, which is none of the labels"))
}

/// Kind `binary-scores`: what is made of the order of scores, and of the scores where they can be probabilities.
pub fn binary_scores(input: &Json) -> Result<Json, String> {
    let truth = labels(input, "y_true")?;
    let scores = numbers(input.get("score"), "score")?;
    as_long(("y_true", truth.len()), ("score", scores.len()))?;
    let truth = places(&truth, &labels(&json!({ "classes": [0, 1] }), "classes")?, "y_true")?;
    let ranking = Ranking::of(scores.iter().copied().zip(truth.iter().map(|class| *class == 1)))?;
    let both = Array2::from_shape_fn(
        (scores.len(), 2),
        |(row, class)| {
            if class == 1 { scores[row] } else { 1.0 - scores[row] }
        },
    );
    let predicted: Vec<Option<usize>> = vec![Some(0); scores.len()];
    let probabilities = Probabilities::of(&truth, &both)?.with(&predicted, Ok(1), None);
    let mut values = Map::new();
    for spec in metrics() {
        let value = match spec.measure {
            Measure::Ranking(measure) => number(measure(&ranking)),
            // Scores that are no probabilities have no such value.
            Measure::Probabilities(measure) if ["log_loss", "brier"].contains(&spec.name) => {
                let Score::Number(value) = Score::from(measure(&probabilities)) else { continue };
                json!(value)
            }
            _ => continue,
        };
        values.insert(spec.name.to_owned(), value);
    }
    Ok(Json::Object(values))
}

/// Kind `class-scores`: what is made of every class's probabilities.
pub fn class_scores(input: &Json) -> Result<Json, String> {
    let truth = labels(input, "y_true")?;
    let values = rows(input, "proba")?;
    as_long(("y_true", truth.len()), ("proba", values.nrows()))?;
    let list = class_list(input, &[&truth])?;
    as_long(("labels", list.len()), ("a row of proba", values.ncols()))?;
    let truth = places(&truth, &list, "y_true")?;
    let probabilities = Probabilities::of(&truth, &values)?;
    let measured = |spec: &MetricSpec| match spec.measure {
        // It is of two classes, and of the positive one.
        Measure::Probabilities(_) if spec.name == "brier" => None,
        Measure::Probabilities(measure) => Some((spec.name.to_owned(), number(measure(&probabilities)))),
        _ => None,
    };
    Ok(Json::Object(metrics().filter_map(measured).collect()))
}
