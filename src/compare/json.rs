//! The comparison as one JSON document, with all digits.

use serde_json::{Map, Value as Json, json};

use super::{ALPHA, Cell, Comparison, Labels, Numbers, Side, place};

/// Everything.
pub fn document(comparison: &Comparison) -> Json {
    let regressions = comparison.regressions().count();
    json!({
        "a": side(&comparison.a),
        "b": side(&comparison.b),
        "alpha": ALPHA,
        "adjustment": "holm",
        "summary": summary(comparison, false),
        "measured_summary": summary(comparison, true),
        "check": { "holds": regressions == 0, "cells": regressions },
        "cells": comparison.cells.iter().map(cell).collect::<Vec<Json>>(),
        "renamed": comparison.renamed.iter().map(|renamed| json!({
            "of": renamed.what, "a": renamed.a, "b": renamed.b,
        })).collect::<Vec<Json>>(),
        "settings": { "differ": comparison.settings.differ, "equal": comparison.settings.equal },
        "irreproducible": comparison.irreproducible,
    })
}

fn side(side: &Side) -> Json {
    json!({
        "folder": side.folder,
        "name": side.name,
        "trials": side.trials,
        "finished": side.finished,
        "not_applicable": side.not_applicable,
        "failed": side.failed,
        "unfinished": side.unfinished,
        "damaged_lines": side.damaged,
    })
}

fn summary(comparison: &Comparison, measured: bool) -> Json {
    let tally = comparison.tally(measured);
    let cells: usize = tally.iter().map(|(_, n)| n).sum();
    let counts = tally.into_iter().map(|(verdict, n)| (verdict.words().replace(' ', "_").to_lowercase(), n.into()));
    [("cells".to_owned(), Json::from(cells))].into_iter().chain(counts).collect::<Map<String, Json>>().into()
}

fn labels(labels: &Labels) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert("dataset".to_owned(), labels.dataset.clone().into());
    map.insert("pipeline".to_owned(), labels.pipeline.clone().into());
    map.insert("steps".to_owned(), place::json(&labels.steps));
    map.insert("split".to_owned(), labels.split.clone().into());
    map.insert("model".to_owned(), labels.model.clone().into());
    map.insert("params".to_owned(), place::json(&labels.params));
    map
}

fn cell(cell: &Cell) -> Json {
    let mut map = labels(&cell.labels);
    let interval = cell.difference.and_then(|difference| difference.interval);
    let rest = json!({
        "in_b": cell.labels_b.as_ref().map(labels),
        "metric": cell.metric.name,
        "measured": cell.is_measured(),
        "verdict": cell.verdict.words(),
        "regression": cell.is_regression(),
        "a": cell.a.as_ref().map(numbers),
        "b": cell.b.as_ref().map(numbers),
        "difference": cell.difference.map(|difference| difference.mean),
        "low": interval.map(|interval| interval.0),
        "high": interval.map(|interval| interval.1),
        "pairs": cell.difference.and_then(|difference| difference.pairs),
        "test": cell.tested.map(|tested| tested.made.map_or_else(|| "Welch's t-test".to_owned(), |made| made.to_string())),
        "p_value": cell.tested.map(|tested| tested.p_value),
        "p_adjusted": cell.tested.map(|tested| tested.adjusted),
        "newly_failed": cell.newly_failed,
    });
    if let Json::Object(rest) = rest {
        map.extend(rest);
    }
    map.into()
}

fn numbers(numbers: &Numbers) -> Json {
    json!({
        "n": numbers.summary.map_or(0, |summary| summary.n),
        "mean": numbers.summary.map(|summary| summary.mean),
        "std": numbers.summary.and_then(|summary| summary.std),
        "low": numbers.summary.and_then(|summary| summary.low),
        "high": numbers.summary.and_then(|summary| summary.high),
        "planned": numbers.planned,
        "failed": numbers.failed,
        "not_applicable": numbers.not_applicable,
        "undefined": numbers.undefined,
        "not_run": numbers.not_run,
        "reason": numbers.reason,
        "trials": numbers.trials,
    })
}
