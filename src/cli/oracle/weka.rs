//! Questions about Weka's own draws: `java.util.Random` and the folds made with it.

pub mod apriori;

use serde_json::{Value as Json, json};

use crate::dataset::{self, Places};
use crate::java::{Random, folds};
use crate::parameter::Values;
use crate::value::Value;

/// `{"seed", "calls": ["nextInt", ["nextInt", 10], "nextDouble"]}` to `{"values"}`.
pub fn java_random(input: &Json) -> Result<Json, String> {
    let seed = input.get("seed").and_then(Json::as_i64).ok_or("`seed` is not a whole number")?;
    let calls = input.get("calls").and_then(Json::as_array).ok_or("`calls` is not a list")?;
    let mut random = Random::new(seed);
    let values = calls.iter().map(|call| answer(call, &mut random)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "values": values }))
}

fn answer(call: &Json, random: &mut Random) -> Result<Json, String> {
    let unknown = || {
        format!(
            "`{call}` is no call; expected one of `nextBoolean`, `nextDouble`, `nextGaussian`, `nextInt`, `nextLong`"
        )
    };
    let words = call.as_array().map_or_else(|| vec![call.clone()], Clone::clone);
    let name = words.first().and_then(Json::as_str).ok_or_else(unknown)?;
    Ok(match (name, &words[1..]) {
        ("nextInt", []) => json!(random.next_int()),
        ("nextInt", [bound]) => {
            let bound = bound.as_i64().and_then(|bound| i32::try_from(bound).ok()).filter(|bound| *bound > 0);
            json!(random.next_below(bound.ok_or("the bound of `nextInt` is not a whole number above 0")?))
        }
        // Numbers of JSON readers end at 2^53.
        ("nextLong", []) => json!(random.next_long().to_string()),
        ("nextBoolean", []) => json!(random.next_boolean()),
        ("nextDouble", []) => json!(random.next_double()),
        ("nextGaussian", []) => json!(random.next_gaussian()),
        _ => return Err(unknown()),
    })
}

/// `{"data", "class", "folds", "seed"}` to the test rows of each fold.
pub fn weka_folds(input: &Json) -> Result<Json, String> {
    let text = |key: &str| input.get(key).and_then(Json::as_str).ok_or(format!("`{key}` is not a text"));
    let seed = input.get("seed").and_then(Json::as_i64).ok_or("`seed` is not a whole number")?;
    let wanted = input.get("folds").and_then(Json::as_u64).and_then(|folds| usize::try_from(folds).ok());
    let values: Values = [("path", text("data")?), ("labels", text("class")?)]
        .map(|(key, value)| (key.to_owned(), Value::Text(value.to_owned())))
        .into();
    let spec = dataset::find("arff").ok_or("ARFF files are not read")?;
    let places = Places { base: ".".into(), data: ".".into() };
    let data = (spec.load)(&values, &places).map_err(|error| error.to_string())?;
    let wanted = wanted.filter(|folds| (2..=data.rows()).contains(folds));
    let wanted = wanted.ok_or_else(|| format!("`folds` is not a whole number of 2 to {}", data.rows()))?;
    let classes = data.labels.as_ref().map(|labels| labels.codes.as_slice());
    let drawn = folds(data.rows(), wanted, classes, &mut Random::new(seed));
    Ok(json!({ "folds": drawn.into_iter().map(|(_, test)| test).collect::<Vec<_>>() }))
}
