//! Questions about samples, pairs and published numbers.

mod many;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::label::as_long;
use crate::experiment::Literal;
use crate::report::statistics::adjust::Adjustment;
use crate::report::statistics::intervals::Proportion;
use crate::report::statistics::mcnemar::McNemar;
use crate::report::statistics::paired::Paired;
use crate::report::statistics::published::AgainstPublished;
use crate::report::statistics::sample::Sample;

pub use many::{critical_values, friedman, weka_table};

/// `{"x", "seed": 0}` to everything that is said of a sample.
pub fn sample(input: &Json) -> Result<Json, String> {
    let x = measured(input.get("x"), "x")?;
    let seed = input.get("seed").map_or(Some(0), Json::as_u64).ok_or("`seed` is not a whole number from 0")?;
    let nothing = || Ok(json!({ "n": 0, "missing": x.len(), "mean": null }));
    Sample::of(&x, seed).map_or_else(nothing, |sample| to_json(&sample))
}

/// `{"k", "n"}` to a share with its intervals.
pub fn proportion(input: &Json) -> Result<Json, String> {
    let (k, n) = (whole(input, "k")?, whole(input, "n")?);
    let share = Proportion::of(k, n).ok_or_else(|| format!("{k} of {n} is no share"))?;
    to_json(&share)
}

/// `{"x", "published": "0.26"}` to the comparison with what the text stands for.
pub fn published(input: &Json) -> Result<Json, String> {
    let x = finite(measured(input.get("x"), "x")?);
    let text = input.get("published").and_then(Json::as_str).ok_or("`published` is not a text")?;
    let literal = Literal::parse(text, false).ok_or_else(|| format!("`published` is not a finite number: {text}"))?;
    let against = AgainstPublished::of(&x, &literal).ok_or("`x` has no value")?;
    let test = against.test.as_ref().map(to_json).transpose()?.unwrap_or_default();
    let mut values = object(&against)?;
    values.remove("test");
    values.extend([("t".to_owned(), test["t"].clone()), ("p_value".to_owned(), test["p_value"].clone())]);
    Ok(Json::Object(values))
}

/// `{"x", "y", "test_train_ratio"}` to every test of their differences.
pub fn paired(input: &Json) -> Result<Json, String> {
    let (x, y) = (measured(input.get("x"), "x")?, measured(input.get("y"), "y")?);
    as_long(("x", x.len()), ("y", y.len()))?;
    let pairs: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
    let Some(test) = Paired::of(&pairs, ratio(input)?) else {
        return Ok(json!({ "n": 0, "dropped": pairs.len(), "mean_difference": null }));
    };
    let mut values = object(&test)?;
    values.remove("wilcoxon");
    let signed = &test.wilcoxon;
    let mut insert = |name: &str, value: Json| values.insert(name.to_owned(), value);
    insert("wilcoxon_n", json!(signed.n));
    insert("w_plus", json!(signed.w_plus));
    insert("w_minus", json!(signed.w_minus));
    insert("ties_or_zeros", json!(signed.ties_or_zeros));
    let of = |p: Option<f64>| p.map(|p| json!({ "statistic": signed.statistic, "p_value": p })).unwrap_or_default();
    insert("wilcoxon_exact", of(signed.exact_p));
    insert("wilcoxon_normal", of(signed.normal_p));
    insert("wilcoxon_normal_continuity", of(signed.normal_continuity_p));
    Ok(Json::Object(values))
}

/// `{"b", "c"}` to McNemar's test.
pub fn mcnemar(input: &Json) -> Result<Json, String> {
    to_json(&McNemar::of(whole(input, "b")?, whole(input, "c")?))
}

/// `{"p"}` to the adjusted p-values.
pub fn adjust(input: &Json) -> Result<Json, String> {
    let p = super::label::numbers(input.get("p"), "p")?;
    if let Some(i) = p.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(format!("`p` holds {} at {i}, which is no probability", p[i]));
    }
    let named = |adjustment: &Adjustment| {
        let name = to_json(adjustment)?.as_str().unwrap_or_default().to_owned();
        Ok((name, json!(adjustment.apply(&p))))
    };
    Ok(Json::Object(Adjustment::ALL.iter().map(named).collect::<Result<_, String>>()?))
}

/// A list of measured numbers; null and the words that stand for what JSON has no number for are gaps.
fn measured(value: Option<&Json>, key: &str) -> Result<Vec<f64>, String> {
    let list = value.and_then(Json::as_array).ok_or_else(|| format!("`{key}` is not a list of numbers"))?;
    let number = |(i, value): (usize, &Json)| match value {
        Json::Null => Ok(f64::NAN),
        Json::String(word) if super::label::NOT_FINITE.contains(&word.as_str()) => Ok(f64::NAN),
        _ => value.as_f64().ok_or_else(|| format!("`{key}` holds no number at {i}: {value}")),
    };
    list.iter().enumerate().map(number).collect()
}

fn finite(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().filter(|x| x.is_finite()).collect()
}

fn whole(input: &Json, key: &str) -> Result<u64, String> {
    input.get(key).and_then(Json::as_u64).ok_or_else(|| format!("`{key}` is not a whole number from 0"))
}

/// `test_train_ratio`; without one, 0.
fn ratio(input: &Json) -> Result<f64, String> {
    let ratio = input.get("test_train_ratio").map_or(Some(0.0), Json::as_f64);
    ratio
        .filter(|ratio| *ratio >= 0.0 && ratio.is_finite())
        .ok_or_else(|| "`test_train_ratio` is not a number from 0".to_owned())
}

fn to_json(value: &impl Serialize) -> Result<Json, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn object(value: &impl Serialize) -> Result<Map<String, Json>, String> {
    match to_json(value)? {
        Json::Object(values) => Ok(values),
        other => Err(format!("no object: {other}")),
    }
}
