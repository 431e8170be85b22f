//! Schemas of declared parameters.

use serde_json::{Map, Value as Json, json};

use crate::parameter::{Domain, ParameterSpec};
use crate::value::Value;

/// Each parameter by name.
pub fn properties(specs: &[ParameterSpec]) -> Map<String, Json> {
    specs.iter().map(|spec| (spec.name.clone(), of(spec))).collect()
}

/// One parameter: type, range, default, and what it is.
pub fn of(spec: &ParameterSpec) -> Json {
    let mut schema = shape(spec);
    let range = spec.range.as_ref().map_or_else(String::new, |range| format!(" ({range})"));
    schema.insert("description".to_owned(), format!("{}{range}", spec.about).into());
    if let Some(default) = &spec.default {
        schema.insert("default".to_owned(), default.canonical());
    }
    schema.into()
}

/// Where a parameter is swept: a list of its values, or for numbers a range.
pub fn swept(spec: &ParameterSpec) -> Json {
    let mut axis = json!({ "description": spec.about, "type": "array", "items": shape(spec), "minItems": 1 });
    if ["integer", "number"].contains(&spec.type_name) {
        axis["type"] = json!(["array", "object"]);
        axis["properties"] = ranges();
        axis["additionalProperties"] = false.into();
        axis["minProperties"] = 1.into();
    }
    axis
}

/// The keys of a range.
fn ranges() -> Json {
    let ends = |about: &str, kind: &str| json!({ "description": about, "type": "array", "items": { "type": kind }, "minItems": 2, "maxItems": 2 });
    json!({
        "linear": ends("Ends of `points` values at equal distances.", "number"),
        "log": ends("Ends of `points` values at equal ratios.", "number"),
        "integers": ends("Whole numbers from one end to the other.", "integer"),
        "uniform": ends("Ends between which `[model.sample]` draws.", "number"),
        "log-uniform": ends("Ends between whose logarithms `[model.sample]` draws.", "number"),
        "points": { "description": "How many values.", "type": "integer", "minimum": 2 },
        "step": { "description": "From one whole number to the next.", "type": "integer", "minimum": 1 },
    })
}

fn shape(spec: &ParameterSpec) -> Map<String, Json> {
    let item = match spec.type_name {
        "integer" => Some(("integer", false)),
        "number" => Some(("number", false)),
        "boolean" => Some(("boolean", false)),
        "string" => Some(("string", false)),
        "list of integers" => Some(("integer", true)),
        "list of numbers" => Some(("number", true)),
        "list of strings" => Some(("string", true)),
        _ => None,
    };
    let Some((kind, list)) = item else { return irregular(spec) };
    let one = scalar(kind, spec.domain());
    if !list {
        return one;
    }
    let mut schema = Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), one.into())]);
    // Some lists may be written as their only item.
    if kind == "string" && spec.accepts(&Value::Text("x".to_owned())) {
        schema.insert("type".to_owned(), json!(["array", "string"]));
    }
    schema
}

/// A type of its own: whatever it does not refuse.
fn irregular(spec: &ParameterSpec) -> Map<String, Json> {
    let mut types = vec!["array", "object", "string"];
    if [Value::Integer(0), Value::Integer(1), Value::Number(0.5)].iter().any(|value| spec.accepts(value)) {
        types.push("number");
    }
    if [Value::Bool(true), Value::Bool(false)].iter().any(|value| spec.accepts(value)) {
        types.push("boolean");
    }
    if spec.type_name.starts_with("table") {
        types.retain(|kind| *kind == "object" || *kind == "boolean");
    }
    Map::from_iter([("type".to_owned(), json!(types))])
}

fn scalar(kind: &str, domain: Domain) -> Map<String, Json> {
    let mut schema = Map::from_iter([("type".to_owned(), json!(kind))]);
    let mut bound = |name: &str, value: f64| {
        if value.is_finite() {
            schema.insert(name.to_owned(), Value::Number(value).canonical());
        }
    };
    match domain {
        Domain::Any => {}
        Domain::AtLeast(low) => bound("minimum", low),
        Domain::Above(low) => bound("exclusiveMinimum", low),
        Domain::Between(low, high) => {
            bound("minimum", low);
            bound("maximum", high);
        }
        Domain::OneOf(words) => drop(schema.insert("enum".to_owned(), json!(words))),
    }
    if kind == "integer" && !schema.keys().any(|key| key.to_lowercase().contains("minimum")) {
        schema.insert("minimum".to_owned(), 0.into());
    }
    schema
}
