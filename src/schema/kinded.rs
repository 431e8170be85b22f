//! Blocks whose keys depend on their `kind`.

use serde_json::{Map, Value as Json, json};

use crate::parameter::ParameterSpec;
use crate::schema::words::{closed, described, one_of, reference};
use crate::schema::{Definitions, parameter};

/// One kind of a block.
pub struct Kind {
    /// Its word.
    pub word: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Its keys, beside those that all kinds have.
    pub properties: Map<String, Json>,
}

impl Kind {
    /// A kind whose keys are its parameters.
    pub fn new(word: &'static str, about: &'static str, parameters: &[ParameterSpec]) -> Self {
        Kind { word, about, properties: parameter::properties(parameters) }
    }
}

/// The schema of a block with `kind`; `common` keys are those of every kind. Each kind's own schema becomes the
/// definition `<name>-<kind>`.
pub fn kinded(name: &str, about: &str, common: &[(&str, Json)], kinds: &[Kind], definitions: &mut Definitions) -> Json {
    let common: Map<String, Json> = common.iter().map(|(key, schema)| ((*key).to_owned(), schema.clone())).collect();
    let mut all = common.clone();
    let words: Vec<&str> = kinds.iter().map(|kind| kind.word).collect();
    let abouts: Vec<&str> = kinds.iter().map(|kind| kind.about).collect();
    all.insert("kind".to_owned(), one_of(&format!("{about} Which one."), &words, &abouts));
    for (key, schema) in union(kinds) {
        all.entry(key).or_insert(schema);
    }
    let mut members = vec![json!({ "properties": all, "required": ["kind"] })];
    for kind in kinds {
        // What all have is checked above; here it only must be no unknown key.
        let mut properties: Map<String, Json> = common.keys().map(|key| (key.clone(), true.into())).collect();
        properties.insert("kind".to_owned(), true.into());
        properties.extend(kind.properties.clone());
        let definition = format!("{name}-{}", kind.word);
        members.push(json!({
            "if": { "properties": { "kind": { "const": kind.word } }, "required": ["kind"] },
            "then": reference(&definition),
        }));
        definitions.insert(definition, closed(kind.about, &properties, &[]));
    }
    described(about, json!({ "type": "object", "allOf": members }))
}

/// The keys of all kinds, for completion: what they say, and nothing that a value could break.
fn union(kinds: &[Kind]) -> Map<String, Json> {
    let mut all = Map::new();
    for kind in kinds {
        for (key, schema) in &kind.properties {
            let about = schema["description"].as_str().unwrap_or_default();
            let known = all.entry(key.clone()).or_insert_with(|| json!({ "description": "" }));
            let text = known["description"].as_str().unwrap_or_default();
            if !text.lines().any(|line| line == about) {
                let joined = if text.is_empty() { about.to_owned() } else { format!("{text}\n{about}") };
                *known = described(&joined, json!({}));
            }
        }
    }
    all
}
