//! Rows after a filter of Weka.

use serde_json::{Map, Value as Json, json};

use crate::cli::oracle::weka::{data, options, parts, text};
use crate::dataset::{Dataset, View};
use crate::preprocess::discretize::step::{self as discretize, Intervals};
use crate::preprocess::{self, FittedStep, Learn, Training};
use crate::rng::{Purpose, Stream};
use crate::weka::filters;

/// `{"data","split","class","filter","options"}` to `{"attributes","train","test","cuts"}`: the attributes' names with the
/// class last, the rows of each part in the split's order (words as text, missing values as null), and the cut points of
/// each attribute that was cut. The filter is learned from the training rows.
pub fn weka_filter(input: &Json) -> Result<Json, String> {
    let step = filters::step(text(input, "filter")?, options(input, "options")?)?;
    let (mut train, mut test) = parts(input, &data(input)?)?;
    let spec = preprocess::find(step.kind).ok_or("no such step")?;
    let mut cuts = Json::Null;
    match spec.learn {
        Learn::Columns(learn) => {
            let view = train.views.first().ok_or("there are no attributes")?;
            let training = Training::of(view, train.labels.as_ref());
            let fitted: Box<dyn FittedStep> = if step.kind == discretize::SPEC.kind {
                let found = discretize::fit(&step.values, &training)?;
                cuts = cut_points(view, &found);
                Box::new(found)
            } else {
                learn(&step.values, &training)?
            };
            for part in [&mut train, &mut test] {
                part.views = std::mem::take(&mut part.views).into_iter().map(|view| fitted.apply(view)).collect();
            }
        }
        Learn::Rows(draw) => {
            let kept = draw(&step.values, &train, &mut Stream::new(0, Purpose::Split, step.kind))?;
            train = train.take(&kept);
        }
        Learn::Weights(weigh) => train.weights = Some(weigh(&step.values, &train)?),
    }
    let view = train.views.first().ok_or("there are no attributes")?;
    let mut names: Vec<&str> = view.columns.iter().map(|column| column.name.as_str()).collect();
    names.extend(train.labels.as_ref().map(|labels| labels.name.as_str()));
    let mut answer = json!({ "attributes": names, "train": rows(&train), "test": rows(&test), "cuts": cuts });
    if let Some(weights) = &train.weights {
        answer["weights"] = json!(weights);
    }
    Ok(answer)
}

fn cut_points(view: &View, found: &Intervals) -> Json {
    let cut = view.columns.iter().zip(&found.cuts);
    let cut = cut.filter_map(|(column, cuts)| Some((column.name.clone(), json!(cuts.as_ref()?))));
    Json::Object(cut.collect::<Map<_, _>>())
}

/// The rows with their classes at the end.
fn rows(data: &Dataset) -> Json {
    let Some(view) = data.views.first() else { return json!([]) };
    let class = |row: usize| data.labels.as_ref().map(|labels| json!(labels.classes[labels.codes[row]]));
    let rows = view.values.rows().into_iter().enumerate();
    rows.map(|(row, values)| {
        let cells = view.columns.iter().zip(values).map(|(column, value)| match &column.words {
            _ if value.is_nan() => Json::Null,
            Some(words) => json!(word(words, *value)),
            None => json!(value),
        });
        Json::Array(cells.chain(class(row)).collect())
    })
    .collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number of a word")]
fn word(words: &[String], code: f64) -> Option<&str> {
    words.get(code as usize).map(String::as_str)
}
