//! `gridbook plan`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::cli::study::{Study, settings};
use crate::cli::{Failure, FileArguments, code_of, counted, print, print_json};
use crate::experiment::only::Only;
use crate::machine;
use crate::model::{Program, registry};
use crate::plan::Plan;
use crate::plan::forecast::Forecast;
use crate::plan::stages::{self, StageKeys};
use crate::plan::trial::Trial;
use crate::run::programs;
use crate::store::folder::{History, Past};
use crate::store::journal;
use crate::store::outcome::Status;

/// Arguments of `plan`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    file: FileArguments,
    /// The results folder (default: results/NAME)
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Only these trials, like 'model=IDEC seed=0,1'
    #[arg(long, value_name = "EXPR")]
    only: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// How a planned trial stands before anything runs.
enum Standing {
    New,
    Done,
    /// It ended badly, and `run` leaves it: how.
    Failed(String),
    Impossible(String),
}

impl Standing {
    fn word(&self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Done | Standing::Failed(_) => "done",
            Standing::Impossible(_) => "impossible",
        }
    }
}

/// Shows the plan.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    match show(arguments) {
        Err(Failure::Wrong(diagnostics)) if arguments.json => {
            print_json(&diagnostics.to_list())?;
            Err(Failure::Silent(code_of(&diagnostics)))
        }
        ended => ended,
    }
}

fn show(arguments: &Arguments) -> Result<u8, Failure> {
    let settings = settings()?;
    let study = Study::open(&arguments.file, &settings)?;
    study.warn();
    let results = study.results(arguments.results.as_ref());
    let history = History::of(journal::read_all(&results).map_err(Failure::machine)?);
    let trials = select(&study.plan.trials, arguments.only.as_deref())?;
    let standings = standings(&trials, &history);
    let jobs = if settings.jobs == 0 { machine::cores() } else { settings.jobs };
    let seconds = predicted_seconds(&study.plan, &trials, &standings, &history, jobs);
    let keys = StageKeys::new(&study.experiment, &study.plan);
    let is_new = |(trial, standing): (&Trial, &Standing)| matches!(standing, Standing::New).then(|| keys.of(trial));
    let stages: Vec<Vec<String>> = trials.iter().zip(&standings).filter_map(is_new).collect();
    if arguments.json {
        return print(&(json_text(&trials, &standings, &stages, seconds)? + "\n")).map(|()| 0);
    }
    people(&study, &trials, &standings, &stages, seconds)
}

/// The trials that `--only` means; all without it.
pub fn select(trials: &[Trial], only: Option<&str>) -> Result<Vec<Trial>, Failure> {
    match only {
        None => Ok(trials.to_vec()),
        Some(text) => {
            let only = Only::parse(text, trials).map_err(Failure::Wrong)?;
            Ok(trials.iter().filter(|trial| only.holds(trial)).cloned().collect())
        }
    }
}

fn standings(trials: &[Trial], history: &History) -> Vec<Standing> {
    let mut programs: BTreeMap<Program, Option<String>> = BTreeMap::new();
    trials
        .iter()
        .map(|trial| {
            let past = history.get(&trial.id);
            match past.and_then(Past::status) {
                None | Some(Status::Cancelled) => {}
                Some(status) if status.is_done() => return Standing::Done,
                Some(status) => {
                    let reason = past.and_then(Past::result).and_then(|result| result.reason.clone());
                    let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
                    return Standing::Failed(format!("{}{reason}", status.word().replace('_', " ")));
                }
            }
            let Some(spec) = registry::find(&trial.kind) else { return Standing::New };
            let trouble = programs.entry(spec.program).or_insert_with(|| programs::check(spec.program).err());
            match trouble {
                Some(reason) => Standing::Impossible(format!("{reason}: {}", spec.program.mend())),
                None => Standing::New,
            }
        })
        .collect()
}

/// Wall seconds for what is new, by the times of what has run.
fn predicted_seconds(
    plan: &Plan,
    trials: &[Trial],
    standings: &[Standing],
    history: &History,
    jobs: usize,
) -> Option<f64> {
    let mut forecast = Forecast::new(plan, history);
    let is_new = |(_, standing): &(&Trial, &Standing)| matches!(standing, Standing::New);
    let new: Vec<&Trial> = trials.iter().zip(standings).filter(is_new).map(|(trial, _)| trial).collect();
    new.iter().for_each(|trial| forecast.expect(&trial.id));
    #[expect(clippy::cast_precision_loss, reason = "a count of workers")]
    forecast.left().map(|seconds| seconds / jobs.min(new.len()).max(1) as f64)
}

fn json_text(
    trials: &[Trial],
    standings: &[Standing],
    stages: &[Vec<String>],
    seconds: Option<f64>,
) -> Result<String, Failure> {
    let sharing = stages::sharing(stages);
    let list: Vec<Json> = trials
        .iter()
        .zip(standings)
        .map(|(trial, standing)| {
            let reason = match standing {
                Standing::Impossible(reason) | Standing::Failed(reason) => Some(reason),
                Standing::New | Standing::Done => None,
            };
            json!({
                "id": trial.id, "dataset": trial.dataset, "pipeline": trial.pipeline, "model": trial.model,
                "split": trial.split, "fold": trial.fold, "seed": trial.seed,
                "params": trial.parameters().collect::<BTreeMap<_, _>>(),
                "state": standing.word(), "reason": reason,
            })
        })
        .collect();
    let count = |word: &str| standings.iter().filter(|s| s.word() == word).count();
    serde_json::to_string(&json!({
        "counts": {
            "planned": trials.len(), "new": count("new"), "done": count("done"), "impossible": count("impossible"),
        },
        "stages": { "distinct": sharing.distinct, "shared_by": sharing.shared_by },
        "predicted_seconds": seconds,
        "trials": list,
    }))
    .map_err(Failure::machine)
}

fn people(
    study: &Study,
    trials: &[Trial],
    standings: &[Standing],
    stages: &[Vec<String>],
    seconds: Option<f64>,
) -> Result<u8, Failure> {
    let mut text = format!("{}\n", study.experiment.name);
    for facts in &study.plan.datasets {
        let classes =
            if facts.classes.is_empty() { String::new() } else { format!(", {} classes", facts.classes.len()) };
        text.push_str(&format!("  data   {}: {} rows, {} columns{classes}\n", facts.name, facts.rows, facts.columns));
    }
    let mut models: Vec<(&str, [usize; 3])> = Vec::new();
    for (trial, standing) in trials.iter().zip(standings) {
        if models.last().is_none_or(|(name, _)| *name != trial.model) && !models.iter().any(|(n, _)| *n == trial.model)
        {
            models.push((&trial.model, [0; 3]));
        }
        if let Some((_, counts)) = models.iter_mut().find(|(name, _)| *name == trial.model) {
            counts[match standing {
                Standing::New => 0,
                Standing::Done | Standing::Failed(_) => 1,
                Standing::Impossible(_) => 2,
            }] += 1;
        }
    }
    for (name, [new, done, impossible]) in &models {
        let total = new + done + impossible;
        let impossible = if *impossible > 0 { format!(", {impossible} impossible here") } else { String::new() };
        text.push_str(&format!("  model  {name}: {}, {new} new, {done} done{impossible}\n", counted(total, "trial")));
    }
    for cell in &study.plan.skipped {
        text.push_str(&format!(
            "  skip   {} {}: {}\n",
            cell.model,
            crate::value::Value::Map(cell.params.clone()),
            cell.reason
        ));
    }
    let new = standings.iter().filter(|s| matches!(s, Standing::New)).count();
    let seeds = study.experiment.seeds.len();
    text.push_str(&format!("{} over {}: {new} to run", counted(trials.len(), "trial"), counted(seeds, "seed")));
    if let Some(seconds) = seconds.filter(|seconds| *seconds > 0.0) {
        text.push_str(&format!(", about {} by the times of earlier runs", crate::run::shown_seconds(seconds)));
    }
    let failed = standings.iter().filter(|s| matches!(s, Standing::Failed(_))).count();
    if failed > 0 {
        text.push_str(&format!(", {failed} failed (`--retry-failed` runs them again)"));
    }
    text.push('\n');
    if let Some(words) = stages::in_words(stages) {
        text.push_str(&format!("stages: {words}\n"));
    }
    let mut reasons: Vec<&String> = standings
        .iter()
        .filter_map(|s| if let Standing::Impossible(reason) = s { Some(reason) } else { None })
        .collect();
    reasons.dedup();
    for reason in reasons {
        text.push_str(&format!("impossible here: {reason}\n"));
    }
    print(&text).map(|()| 0)
}
