//! Attributes that Weka selects.

use serde_json::{Map, Value as Json, json};

use crate::cli::oracle::weka::{data, options, parts, text};
use crate::parameter::Parameters;
use crate::preprocess::Training;
use crate::preprocess::select::{cfs, rank};
use crate::weka::filters::selection;

/// `{"data","split","class","drop","evaluator","search"}` to `{"selected","merit"}` of CFS, or to `{"ranking"}`: attributes
/// with their scores, those that the search keeps, best first. Options stand behind the classes, or by themselves in
/// `options` and `search_options`. Learned from the training rows.
pub fn weka_attsel(input: &Json) -> Result<Json, String> {
    let line = |class: &str, key: &str| -> Result<String, String> {
        Ok(format!("{} {}", text(input, class)?, options(input, key)?))
    };
    let step = selection(&line("evaluator", "options")?, &line("search", "search_options")?)?;
    let (train, _) = parts(input, &data(input)?)?;
    let view = train.views.first().ok_or("there are no attributes")?;
    let training = Training::of(view, train.labels.as_ref());
    let name = |column: usize| view.columns[column].name.as_str();
    let wrong = |(name, what): (String, String)| format!("`{name}`: {what}");
    if step.kind == cfs::SPEC.kind {
        let found = cfs::select(&cfs::Params::from_values(&step.values).map_err(wrong)?, &training)?;
        let selected: Vec<&str> = found.columns.iter().map(|&column| name(column)).collect();
        return Ok(json!({ "selected": selected, "selected_index0": found.columns, "merit": found.merit }));
    }
    let params = rank::Params::from_values(&step.values).map_err(wrong)?;
    let by_gain = step.kind == rank::INFORMATION_GAIN.kind;
    let score = if by_gain { rank::Score::InformationGain } else { rank::Score::SymmetricalUncertainty };
    let ranking = rank::kept(&params, &rank::ranking(&params, &training, score)?);
    let (columns, scores): (Vec<usize>, Vec<f64>) = ranking.iter().copied().unzip();
    let names: Vec<&str> = columns.iter().map(|&column| name(column)).collect();
    let pairs: Vec<Json> = names.iter().zip(&scores).map(|(name, score)| json!([name, score])).collect();
    let score_of_each: Map<String, Json> =
        names.iter().zip(&scores).map(|(name, score)| ((*name).to_owned(), json!(score))).collect();
    Ok(json!({ "ranking": pairs, "selected": names, "selected_index0": columns, "score_of_each": score_of_each }))
}
