//! Rules between values, as Weka's Apriori finds them.

use serde_json::{Value as Json, json};

use crate::dataset::{self, Places};
use crate::model::Model;
use crate::model::rules::apriori::{Apriori, Params, WEKA, mine};
use crate::parameter::{Parameters, Values};
use crate::value::Value;

/// `{"data", "options", "drop"}` to `{"rules"}`: all rows and all columns of an ARFF file but those dropped.
pub fn apriori(input: &Json) -> Result<Json, String> {
    let path = input.get("data").and_then(Json::as_str).ok_or("`data` is not a text")?;
    let options = match input.get("options") {
        None => "",
        Some(options) => options.as_str().ok_or("`options` is not a text")?,
    };
    let drop = match input.get("drop") {
        None => Vec::new(),
        Some(drop) => {
            let names = drop.as_array().ok_or("`drop` is not a list")?;
            let text = |name: &Json| name.as_str().map(|name| Value::Text(name.to_owned()));
            names.iter().map(text).collect::<Option<_>>().ok_or("`drop` is not a list of texts")?
        }
    };
    let imported = WEKA.import(options, &Params::specs())?;
    let wrong = |(name, what): (String, String)| format!("`{name}`: {what}");
    (Apriori::SPEC.check)(&imported.values).map_err(wrong)?;
    let params = Params::from_values(&imported.values).map_err(wrong)?;
    // No column is set aside as classes: each may stand in a rule.
    let values: Values =
        [("path", Value::Text(path.to_owned())), ("labels", Value::Text(String::new())), ("drop", Value::List(drop))]
            .map(|(key, value)| (key.to_owned(), value))
            .into();
    let spec = dataset::find("arff").ok_or("ARFF files are not read")?;
    let places = Places { base: ".".into(), data: ".".into() };
    let data = (spec.load)(&values, &places).map_err(|error| error.to_string())?;
    let found = mine(&params, &data).map_err(|error| error.to_string())?;
    Ok(json!({ "rules": found.json() }))
}
