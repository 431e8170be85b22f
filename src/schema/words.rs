//! The small schemas that the larger ones are made of.

use serde_json::{Map, Value as Json, json};

/// A text.
pub fn text(about: &str) -> Json {
    json!({ "description": about, "type": "string" })
}

/// The schema with a description.
pub fn described(about: &str, mut schema: Json) -> Json {
    if let Some(entries) = schema.as_object_mut() {
        entries.insert("description".to_owned(), about.into());
    }
    schema
}

/// One of these words; `abouts` are shown beside them where the editor is taplo.
pub fn one_of(about: &str, words: &[&str], abouts: &[&str]) -> Json {
    json!({ "description": about, "enum": words, "x-taplo": { "docs": { "enumValues": abouts } } })
}

/// A schema under `definitions`.
pub fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// A text or a list of texts, each like `item`, whose description it takes.
pub fn list_of(item: &Json) -> Json {
    json!({ "description": item["description"], "type": ["string", "array"], "items": { "type": "string" } })
}

/// An item of the JSON type `kind` or a list of such items. No `anyOf`: its messages say nothing.
pub fn one_or_more(item: &Json, kind: &str) -> Json {
    json!({ "type": [kind, "array"], "items": item, "minItems": 1, "if": { "type": kind }, "then": item })
}

/// The tables of `[[key]]`; a single `[key]` counts as one.
pub fn blocks(about: &str, item: &Json) -> Json {
    let mut schema = described(about, one_or_more(item, "object"));
    if let Some(entries) = schema.as_object_mut() {
        entries.remove("minItems");
    }
    schema
}

/// A table with these keys and no others.
pub fn table(about: &str, entries: &[(&str, Json)], required: &[&str]) -> Json {
    let properties: Map<String, Json> =
        entries.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    closed(about, &properties, required)
}

/// The same, of properties that are there already.
pub fn closed(about: &str, properties: &Map<String, Json>, required: &[&str]) -> Json {
    json!({
        "description": about, "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

/// One value, no table.
pub fn scalar() -> Json {
    json!({ "type": ["string", "number", "boolean"] })
}

/// Conditions on axes: each a value, or a list of values.
pub fn condition(about: &str) -> Json {
    json!({
        "description": about, "type": "object",
        "additionalProperties": { "type": ["string", "number", "boolean", "array"] },
    })
}
