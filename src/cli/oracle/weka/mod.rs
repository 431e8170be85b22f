//! Questions about Weka: its own draws (`java.util.Random` and the folds made with it), its filters and its attribute
//! selections.

mod attsel;
mod filter;

pub mod apriori;

use serde_json::{Value as Json, json};

pub use attsel::weka_attsel;
pub use filter::weka_filter;

use crate::dataset::{self, Dataset, Places};
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
    let seed = input.get("seed").and_then(Json::as_i64).ok_or("`seed` is not a whole number")?;
    let wanted = input.get("folds").and_then(Json::as_u64).and_then(|folds| usize::try_from(folds).ok());
    let data = data(input)?;
    let wanted = wanted.filter(|folds| (2..=data.rows()).contains(folds));
    let wanted = wanted.ok_or_else(|| format!("`folds` is not a whole number of 2 to {}", data.rows()))?;
    let classes = data.labels.as_ref().map(|labels| labels.codes.as_slice());
    let drawn = folds(data.rows(), wanted, classes, &mut Random::new(seed));
    Ok(json!({ "folds": drawn.into_iter().map(|(_, test)| test).collect::<Vec<_>>() }))
}

fn text<'j>(input: &'j Json, key: &str) -> Result<&'j str, String> {
    input.get(key).and_then(Json::as_str).ok_or_else(|| format!("`{key}` is not a text"))
}

/// A scheme's options; none where nothing is said.
fn options<'j>(input: &'j Json, key: &str) -> Result<&'j str, String> {
    if input.get(key).is_none_or(Json::is_null) { Ok("") } else { text(input, key) }
}

/// The ARFF file `data` with the attribute `class` as its classes and without those of the list `drop`.
fn data(input: &Json) -> Result<Dataset, String> {
    let mut values: Values = [("path", text(input, "data")?), ("labels", text(input, "class")?)]
        .map(|(key, value)| (key.to_owned(), Value::Text(value.to_owned())))
        .into();
    if let Some(drop) = input.get("drop").filter(|drop| !drop.is_null()) {
        let names = drop.as_array().and_then(|names| names.iter().map(Json::as_str).collect::<Option<Vec<_>>>());
        let names = names.ok_or("`drop` is not a list of names")?;
        let names = names.into_iter().map(|name| Value::Text(name.to_owned())).collect();
        values.insert("drop".to_owned(), Value::List(names));
    }
    let spec = dataset::find("arff").ok_or("ARFF files are not read")?;
    let places = Places { base: ".".into(), data: ".".into() };
    (spec.load)(&values, &places).map_err(|error| error.to_string())
}

/// The training and the test rows of `split`, in its order.
fn parts(input: &Json, data: &Dataset) -> Result<(Dataset, Dataset), String> {
    let rows = |part: &str| {
        let wrong = || format!("`split.{part}` is not a list of rows below {}", data.rows());
        let list = input.get("split").and_then(|split| split.get(part)).and_then(Json::as_array).ok_or_else(wrong)?;
        let row = |row: &Json| row.as_u64().and_then(|row| usize::try_from(row).ok()).filter(|row| *row < data.rows());
        list.iter().map(row).collect::<Option<Vec<usize>>>().ok_or_else(wrong)
    };
    let (train, test) = (rows("train")?, rows("test")?);
    if train.is_empty() {
        return Err("`split.train` is empty".to_owned());
    }
    Ok((data.take(&train), data.take(&test)))
}
