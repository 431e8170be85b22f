//! Questions about many methods on many data sets.

use serde_json::{Map, Value as Json, json};

use super::{measured, object, ratio, to_json};
use crate::cli::oracle::label::{as_long, numbers};
use crate::metric::Better;
use crate::report::statistics::friedman::{Friedman, wilcoxon_holm};
use crate::report::statistics::nemenyi::{Nemenyi, bonferroni_dunn, critical_q, holm_versus_best, nemenyi_pairs};
use crate::report::statistics::weka_table::{Setting, WekaTable};

/// `{"methods", "datasets", "values", "higher_is_better"}` to everything that ranks say.
pub fn friedman(input: &Json) -> Result<Json, String> {
    let methods = names(input, "methods")?;
    let rows = input.get("values").and_then(Json::as_array).ok_or("`values` is not a list of rows")?;
    let mut values = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let row = measured(Some(row), &format!("values[{i}]"))?;
        as_long(("methods", methods.len()), (&format!("values[{i}]"), row.len()))?;
        values.push(row);
    }
    let test = Friedman::of(&values, better(input)?).ok_or("fewer than two methods, or no data set that has each")?;
    let (ranks, n) = (&test.average_rank, test.n_datasets);
    let by_name =
        |values: &[Json]| -> Json { methods.iter().cloned().zip(values.iter().cloned()).collect::<Map<_, _>>().into() };
    let by_pair = |pairs: Vec<(usize, usize, Json)>| -> Json {
        let named = |(a, b, value): (usize, usize, Json)| (format!("{}|{}", methods[a], methods[b]), value);
        pairs.into_iter().map(named).collect::<Map<_, _>>().into()
    };
    let pairs = nemenyi_pairs(ranks, n);
    let wilcoxon = wilcoxon_holm(&values).into_iter();
    let wilcoxon = wilcoxon.map(|t| (t.first, t.second, json!({ "p_value": t.p_value, "p_holm": t.p_holm }))).collect();
    Ok(json!({
        "n_datasets": n,
        "n_methods": test.n_methods,
        "dropped": test.dropped,
        "ranks": test.ranks,
        "average_rank": by_name(&ranks.iter().map(|rank| json!(rank)).collect::<Vec<_>>()),
        "friedman": chi_squared(&test)?,
        "iman_davenport": to_json(&test.iman_davenport)?,
        "nemenyi": nemenyi(&test, &methods),
        "nemenyi_p": by_pair(pairs.iter().map(|pair| (pair.first, pair.second, json!(pair.p_value))).collect()),
        "z": by_pair(pairs.iter().map(|pair| (pair.first, pair.second, json!(pair.z))).collect()),
        "holm_vs_best_rank": versus_best(&test, &methods),
        "bonferroni_dunn_cd_05": bonferroni_dunn(test.n_methods, n, 0.05),
        "wilcoxon_holm": by_pair(wilcoxon),
    }))
}

fn chi_squared(test: &Friedman) -> Result<Json, String> {
    let mut values = object(test)?;
    values
        .retain(|key, _| ["chi2", "chi2_without_tie_correction", "df", "p_value", "kendall_w"].contains(&key.as_str()));
    Ok(Json::Object(values))
}

fn nemenyi(test: &Friedman, methods: &[String]) -> Json {
    let at = |alpha: f64| {
        let found = Nemenyi::of(&test.average_rank, test.n_datasets, alpha)?;
        let named = |group: &Vec<usize>| group.iter().map(|place| methods[*place].as_str()).collect::<Vec<_>>();
        let groups: Vec<Vec<&str>> = found.groups.iter().map(named).collect();
        let value = json!({ "q": found.q, "critical_difference": found.critical_difference, "groups": groups });
        Some((alpha.to_string(), value))
    };
    [0.05, 0.1].into_iter().filter_map(at).collect::<Map<_, _>>().into()
}

fn versus_best(test: &Friedman, methods: &[String]) -> Json {
    let Some(best) = holm_versus_best(&test.average_rank, test.n_datasets) else { return Json::Null };
    let p = methods.iter().zip(&best.p_holm).filter_map(|(name, p)| Some((name.clone(), json!((*p)?))));
    json!({ "control": methods[best.control], "p": p.collect::<Map<_, _>>() })
}

/// `{"k", "alpha"}` to Nemenyi's q, a list for each level.
pub fn critical_values(input: &Json) -> Result<Json, String> {
    let counts = input.get("k").and_then(Json::as_array).ok_or("`k` is not a list of counts")?;
    let count = |k: &Json| k.as_u64().and_then(|k| usize::try_from(k).ok()).ok_or_else(|| format!("`k` holds {k}"));
    let counts: Vec<usize> = counts.iter().map(count).collect::<Result<_, _>>()?;
    let mut values = Map::new();
    for alpha in numbers(input.get("alpha"), "alpha")? {
        let row: Vec<Option<f64>> = counts.iter().map(|k| critical_q(*k, alpha)).collect();
        values.insert(alpha.to_string(), json!(row));
    }
    Ok(Json::Object(values))
}

/// `{"baseline", "methods", "datasets", "test_train_ratio", "alpha", "folds": {data set: {method: [value]}}}` to the marks.
pub fn weka_table(input: &Json) -> Result<Json, String> {
    let (methods, datasets) = (names(input, "methods")?, names(input, "datasets")?);
    let baseline = input.get("baseline").and_then(Json::as_str).ok_or("`baseline` is not a text")?;
    let place = methods.iter().position(|name| name == baseline);
    let alpha = input.get("alpha").map_or(Some(0.05), Json::as_f64).ok_or("`alpha` is not a number")?;
    let setting = Setting {
        baseline: place.ok_or_else(|| format!("`baseline` is {baseline}, which is none of the methods"))?,
        test_train_ratio: ratio(input)?,
        alpha,
        better: better(input)?,
    };
    let folds = |dataset: &String, method: &String| {
        measured(
            input.pointer("/folds").and_then(|all| all.get(dataset)?.get(method)),
            &format!("folds.{dataset}.{method}"),
        )
    };
    let row = |dataset: &String| methods.iter().map(|method| folds(dataset, method)).collect::<Result<Vec<_>, _>>();
    let folds: Vec<Vec<Vec<f64>>> = datasets.iter().map(row).collect::<Result<_, _>>()?;
    for (dataset, row) in datasets.iter().zip(&folds) {
        for (method, values) in methods.iter().zip(row) {
            as_long(
                (&format!("{dataset}.{baseline}"), row[setting.baseline].len()),
                (&format!("{dataset}.{method}"), values.len()),
            )?;
        }
    }
    let table = WekaTable::of(&folds, &setting).ok_or("no data set")?;
    let (mut marks, mut p_values, mut counts) = (Map::new(), Map::new(), Map::new());
    for (method, name) in methods.iter().enumerate().filter(|(method, _)| *method != setting.baseline) {
        for (dataset, row) in datasets.iter().zip(&table.comparisons) {
            let Some(found) = row[method] else { continue };
            marks.insert(format!("{dataset}|{name}"), json!(found.mark.sign()));
            p_values.insert(format!("{dataset}|{name}"), json!(found.p_value));
        }
        let count = table.win_tie_loss[method];
        counts.insert(name.clone(), json!([count.win, count.tie, count.loss]));
    }
    Ok(json!({ "marks": marks, "p_value": p_values, "win_tie_loss": counts }))
}

/// A list of names.
fn names(input: &Json, key: &str) -> Result<Vec<String>, String> {
    let list = input.get(key).and_then(Json::as_array).ok_or_else(|| format!("`{key}` is not a list of names"))?;
    let name =
        |value: &Json| value.as_str().map(str::to_owned).ok_or_else(|| format!("`{key}` holds no name: {value}"));
    list.iter().map(name).collect()
}

/// `higher_is_better`; without it, it is.
fn better(input: &Json) -> Result<Better, String> {
    match input.get("higher_is_better").map_or(Some(true), Json::as_bool) {
        Some(true) => Ok(Better::Higher),
        Some(false) => Ok(Better::Lower),
        None => Err("`higher_is_better` is neither true nor false".to_owned()),
    }
}
