//! `gridbook trials`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Map, Value as Json};

use crate::cli::{Failure, print, print_json};
use crate::experiment::only::Only;
use crate::metric::{MetricSpec, Needs};
use crate::store::folder;
use crate::store::outcome::Measured;
use crate::store::results::{Results, TrialRecord};

/// Arguments of `trials`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The results folder
    results: PathBuf,
    /// How they are printed
    #[arg(long, value_name = "FORMAT", value_parser = ["json", "csv"], default_value = "csv")]
    format: String,
    /// Only these trials, like 'model=IDEC seed=0,1'
    #[arg(long, value_name = "EXPR")]
    only: Option<String>,
}

/// Lists the trials, pending ones too.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let results = folder::load(&arguments.results).map_err(Failure::machine)?;
    let trials: Vec<_> = results.records.iter().map(|record| record.trial.clone()).collect();
    let only = match &arguments.only {
        Some(text) => Only::parse(text, &trials).map_err(Failure::Wrong)?,
        None => Only::default(),
    };
    let rows: Vec<Map<String, Json>> =
        results.records.iter().filter(|record| only.holds(&record.trial)).map(|record| row(record, &results)).collect();
    if arguments.format == "json" {
        return print_json(&rows).map(|()| 0);
    }
    print(&csv_text(&columns(&results), &rows)?).map(|()| 0)
}

fn columns(results: &Results) -> Vec<String> {
    let mut names: Vec<String> =
        ["id", "dataset", "pipeline", "model", "split", "fold", "seed"].map(String::from).to_vec();
    let params: BTreeSet<&String> =
        results.records.iter().flat_map(|record| record.trial.parameters().map(|(name, _)| name)).collect();
    names.extend(params.into_iter().map(|name| format!("param:{name}")));
    names.extend(["status", "attempts", "reason"].map(String::from));
    names.extend(result_metrics(results).map(|spec| format!("metric:{}", spec.name)));
    names.extend(result_metrics(results).map(|spec| format!("undefined:{}", spec.name)));
    let measured =
        ["fit_seconds", "predict_seconds", "stage_seconds", "cpu_seconds", "peak_mib", "device", "worker", "started"];
    names.extend(measured.map(String::from));
    names
}

fn result_metrics(results: &Results) -> impl Iterator<Item = &'static MetricSpec> {
    results.experiment.task.metrics.iter().copied().filter(|spec| spec.needs != Needs::Time)
}

fn row(record: &TrialRecord, results: &Results) -> Map<String, Json> {
    let trial = &record.trial;
    let mut row = Map::new();
    let mut put = |name: &str, value: Json| drop(row.insert(name.to_owned(), value));
    put("id", trial.id.as_str().into());
    put("dataset", trial.dataset.as_str().into());
    put("pipeline", trial.pipeline.as_str().into());
    put("model", trial.model.as_str().into());
    put("split", trial.split.as_str().into());
    put("fold", trial.fold.into());
    put("seed", trial.seed.into());
    for (name, value) in trial.parameters() {
        put(&format!("param:{name}"), value.canonical());
    }
    put("status", record.state.word().into());
    put("attempts", record.attempts.into());
    put("reason", record.result.as_ref().and_then(|result| result.reason.clone()).into());
    for spec in result_metrics(results) {
        let result = record.result.as_ref();
        put(&format!("metric:{}", spec.name), result.and_then(|r| r.scores.get(spec.name).copied()).into());
        put(&format!("undefined:{}", spec.name), result.and_then(|r| r.undefined.get(spec.name).cloned()).into());
    }
    put_measured(record.measured.as_ref(), &mut put);
    row
}

fn put_measured(measured: Option<&Measured>, put: &mut impl FnMut(&str, Json)) {
    put("fit_seconds", measured.map(|m| m.fit_seconds).into());
    put("predict_seconds", measured.map(|m| m.predict_seconds).into());
    put("stage_seconds", measured.map(|m| m.stage_seconds).into());
    put("cpu_seconds", measured.map(|m| m.cpu_seconds).into());
    put("peak_mib", measured.map(|m| m.peak_mib).into());
    put("device", measured.map(|m| m.device.clone()).into());
    put("worker", measured.map(|m| m.worker.clone()).into());
    put("started", measured.map(|m| m.started.clone()).into());
}

fn csv_text(columns: &[String], rows: &[Map<String, Json>]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).map_err(Failure::machine)?;
    for row in rows {
        let cells = columns.iter().map(|name| match row.get(name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => crate::report::csv::plain(text).into_owned(),
            Some(other) => other.to_string(),
        });
        writer.write_record(cells).map_err(Failure::machine)?;
    }
    let bytes = writer.into_inner().map_err(Failure::machine)?;
    String::from_utf8(bytes).map_err(Failure::machine)
}
