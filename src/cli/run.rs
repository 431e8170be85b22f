//! `gridbook run`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::cli::plan::select;
use crate::cli::study::{Study, settings};
use crate::cli::{Failure, FileArguments, counted, print};
use crate::machine;
use crate::model::{Program, registry};
use crate::parameter::Values;
use crate::plan::Plan;
use crate::plan::forecast::Forecast;
use crate::plan::stages::StageKeys;
use crate::plan::trial::Trial;
use crate::preprocess::{self, Learn};
use crate::report::{self, Format};
use crate::run::packing::{Like, Peaks};
use crate::run::protocol::{Assignment, Data, Source};
use crate::run::signals::StopSignal;
use crate::run::slots::{Demand, Slots, Wanted};
use crate::run::{self, Ending, Options, Work};
use crate::settings::Settings;
use crate::split::Choice;
use crate::stage::Place;
use crate::store::folder::{self, History, Locked, Past};
use crate::store::journal;
use crate::store::outcome::Status;

/// Arguments of `run`.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the command line")]
pub struct Arguments {
    #[command(flatten)]
    file: FileArguments,
    /// The results folder (default: results/NAME)
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Workers at a time (default: one a core)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Where deep models run: auto (GPUs if there are any), cpu, cuda, or GPUs like cuda:1,3
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: Wanted,
    /// Print where trials would run and in which order; run nothing
    #[arg(long)]
    dry_run: bool,
    /// Only these trials, like 'model=IDEC seed=0,1'
    #[arg(long, value_name = "EXPR")]
    only: Option<String>,
    /// Begin nothing more after the first trial that fails, as `fail-fast` of `[limits]`
    #[arg(long)]
    fail_fast: bool,
    /// Also run again what failed, timed out or was quarantined
    #[arg(long)]
    retry_failed: bool,
    /// Work beside a run of the same plan that holds the results folder
    #[arg(long)]
    join: bool,
    /// Run in the reverse of the usual order: the results are the same
    #[arg(long)]
    reverse: bool,
    /// When records reach the disk: at most a second late, or each before the next trial
    #[arg(long, value_name = "WHEN", value_parser = ["second", "always"], default_value = "second")]
    sync: String,
    /// Read and keep nothing that trials share: every trial computes its stages itself
    #[arg(long)]
    no_cache: bool,
}

/// Runs what is not done, then writes the report.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let settings = settings()?;
    let mut study = Study::open(&arguments.file, &settings)?;
    study.experiment.limits.fail_fast |= arguments.fail_fast;
    study.warn();
    let selected = select(&study.plan.trials, arguments.only.as_deref())?;
    let results = study.results(arguments.results.as_ref());
    for path in [&results, &study.places.base, &study.places.data] {
        if path.to_str().is_none() {
            return Err(Failure::machine(format!("the path `{}` is not UTF-8; use one that is", path.display())));
        }
    }
    if arguments.dry_run {
        return dry_run(arguments, &settings, &study, selected, &results);
    }
    let locked = Locked::open(&results, &study.experiment, &study.plan, arguments.join).map_err(Failure::machine)?;
    let history = History::of(journal::read_all(&results).map_err(Failure::machine)?);
    let planned = selected.len();
    let to_run: Vec<Trial> =
        selected.into_iter().filter(|trial| is_wanted(trial, &history, arguments.retry_failed)).collect();
    let slots = slots(arguments, &settings, &study, &to_run)?;
    if let Some(earlier) = &locked.earlier {
        eprintln!("{}", changes(earlier, &study.plan));
    }
    let mut forecast = Forecast::new(&study.plan, &history);
    to_run.iter().for_each(|trial| forecast.expect(&trial.id));
    announce(&study, (planned, to_run.len()), &slots, forecast.left(), &results);
    let every: Vec<Assignment> = study.plan.trials.iter().map(|trial| assignment(trial, &study, &results)).collect();
    let later = run::scoring::later_scores(&every, &history, &results);
    let assignments = with_stages(&to_run, &study, &results, (!arguments.no_cache).then_some(&settings));
    let options = Options {
        slots,
        gpu_headroom: settings.gpu_headroom,
        gpu_peaks: peaks(&study, &history),
        reverse: arguments.reverse,
        sync_always: arguments.sync == "always",
        trials_per_worker: settings.trials_per_worker,
        worker_memory: settings.worker_memory.as_u64(),
    };
    let signal = StopSignal::listen().map_err(Failure::machine)?;
    let work = Work { experiment: &study.experiment, assignments, later, history: &history, forecast };
    let ending = run::run(work, &locked, &options, &signal).map_err(Failure::machine)?;
    conclude(&study, &results, &ending)
}

/// What workers are told of trials, with their stages and where they are kept: nowhere without `settings`.
fn with_stages(trials: &[Trial], study: &Study, results: &Path, settings: Option<&Settings>) -> Vec<Assignment> {
    let keys = StageKeys::new(&study.experiment, &study.plan);
    let stages: Vec<Vec<String>> = trials.iter().map(|trial| keys.of(trial)).collect();
    let shares = stages.iter().any(|stages| !stages.is_empty());
    let cache = settings.filter(|_| shares).and_then(cache);
    let told = |(trial, stages)| Assignment { cache: cache.clone(), stages, ..assignment(trial, study, results) };
    trials.iter().zip(stages).map(told).collect()
}

/// Where stages are kept, if anything can be kept there.
fn cache(settings: &Settings) -> Option<Place> {
    let place = settings.stages();
    if place.folder.to_str().is_none() {
        eprintln!("stages are not kept: the path of the cache is not UTF-8");
        return None;
    }
    if let Err(trouble) = place.check() {
        // What is there already can still be read.
        eprintln!("new stages cannot be kept, so trials may compute what they could share: {trouble}");
    }
    Some(place)
}

/// Where these trials run.
fn slots(arguments: &Arguments, settings: &Settings, study: &Study, to_run: &[Trial]) -> Result<Slots, Failure> {
    let limits = &study.experiment.limits;
    let is_torch = |trial: &&Trial| registry::find(&trial.kind).is_some_and(|spec| spec.program == Program::Torch);
    let torch = to_run.iter().filter(is_torch).count();
    let jobs = match arguments.jobs.map_or(settings.jobs, usize::from) {
        // A table of times is of one trial at a time.
        _ if limits.exclusive => 1,
        0 => (machine::cores() / limits.threads as usize).max(1),
        jobs => jobs,
    };
    let demand = Demand { native: to_run.len() - torch, torch, jobs, threads: limits.threads };
    run::slots::find(&arguments.device, demand, settings).map_err(Failure::machine)
}

/// GPU memory of earlier trials.
fn peaks(study: &Study, history: &History) -> Peaks {
    let mut peaks = Peaks::default();
    for trial in &study.plan.trials {
        if let Some(mib) = history.get(&trial.id).and_then(Past::gpu_peak_mib) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes of memory")]
            peaks.add(Like::new(&trial.kind, &trial.dataset), (mib * 1_048_576.0) as u64);
        }
    }
    peaks
}

/// Slots and queue of what would run.
fn dry_run(
    arguments: &Arguments,
    settings: &Settings,
    study: &Study,
    selected: Vec<Trial>,
    results: &Path,
) -> Result<u8, Failure> {
    let history = History::of(journal::read_all(results).map_err(Failure::machine)?);
    let planned = selected.len();
    let to_run: Vec<Trial> =
        selected.into_iter().filter(|trial| is_wanted(trial, &history, arguments.retry_failed)).collect();
    let slots = slots(arguments, settings, study, &to_run)?;
    let mut forecast = Forecast::new(&study.plan, &history);
    to_run.iter().for_each(|trial| forecast.expect(&trial.id));
    announce(study, (planned, to_run.len()), &slots, forecast.left(), results);
    let assignments = to_run.iter().map(|trial| assignment(trial, study, results)).collect();
    let queue = run::order(assignments, &history, &forecast, arguments.reverse);
    let swept: Vec<String> = study.experiment.models.iter().flat_map(|model| model.sweep.names().cloned()).collect();
    crate::cli::dry_run::show(&slots, &queue, &forecast, &swept)
}

/// Whether a trial is to run: not done, and not failed unless asked for.
fn is_wanted(trial: &Trial, history: &History, retry_failed: bool) -> bool {
    let Some(past) = history.get(&trial.id) else { return true };
    match past.status() {
        None | Some(Status::Cancelled) => true,
        Some(status) if status.is_done() => false,
        Some(_) => retry_failed,
    }
}

fn announce(study: &Study, (planned, to_run): (usize, usize), slots: &Slots, seconds: Option<f64>, results: &Path) {
    let done = planned - to_run;
    let workers = slots.at_a_time.min(to_run);
    let left = seconds.filter(|_| workers > 0).map_or_else(String::new, |seconds| {
        #[expect(clippy::cast_precision_loss, reason = "a count of workers")]
        let wall = seconds / workers as f64;
        format!(", about {} by earlier times", run::shown_seconds(wall))
    });
    let (trials, workers) = (counted(planned, "trial"), counted(workers, "worker"));
    eprintln!("{}: {trials}, {done} done before, {to_run} to run on {workers}{left}", study.experiment.name);
    if let Some(remark) = &slots.remark {
        eprintln!("{remark}");
    }
    eprintln!("results in {}; Ctrl-C finishes what is at work, the same command goes on", results.display());
}

/// What is another plan now than at the last run.
fn changes(earlier: &Plan, now: &Plan) -> String {
    let ids = |plan: &Plan| plan.trials.iter().map(|trial| trial.id.clone()).collect::<HashSet<String>>();
    let (old, new) = (ids(earlier), ids(now));
    let (came, went) = (new.difference(&old).count(), old.difference(&new).count());
    let mut parts = vec![format!("{} new", counted(came, "trial"))];
    if went > 0 {
        parts.push(format!("{went} no longer planned (their results are kept)"));
    }
    if came == 0 && went == 0 {
        parts = vec!["names or order only".to_owned()];
    }
    format!("the plan has changed since the last run: {}", parts.join(", "))
}

/// What a worker is told of a trial, without its stages.
pub fn assignment(trial: &Trial, study: &Study, results: &Path) -> Assignment {
    let experiment = &study.experiment;
    let block = experiment.datasets.iter().find(|block| block.name == trial.dataset);
    let pipeline = experiment.pipelines.iter().find(|block| block.name == trial.pipeline && block.grid == trial.steps);
    let split = experiment.splits.iter().find(|block| block.name == trial.split);
    let model = experiment.models.iter().find(|block| block.name == trial.model);
    let facts = study.plan.datasets.iter().find(|facts| facts.name == trial.dataset);
    let steps: Vec<(String, Values)> =
        pipeline.map_or_else(Vec::new, |p| p.steps.iter().map(|s| (s.kind.clone(), s.values.clone())).collect());
    let draws = |kind: &str| preprocess::find(kind).is_some_and(|step| matches!(step.learn, Learn::Rows(_)));
    let split = split.map_or_else(Choice::whole, |split| split.choice.clone());
    // Where nothing is drawn, trials of all seeds share what was read and prepared.
    let drawn = !split.is_whole() || steps.iter().any(|(kind, _)| draws(kind));
    Assignment {
        trial: trial.clone(),
        results: std::path::absolute(results).unwrap_or_else(|_| results.to_owned()),
        data: Data {
            source: Source {
                kind: block.map_or_else(String::new, |block| block.kind.clone()),
                values: block.map_or_else(Default::default, |block| block.values.clone()),
                take: block.map_or_else(Default::default, |block| block.take.clone()),
                base: study.places.base.clone(),
                folder: study.places.data.clone(),
                checksum: facts.and_then(|facts| facts.checksum.clone()),
            },
            task: experiment.task.kind,
            split,
            split_base: study.places.base.clone(),
            fold: trial.fold,
            seed: if drawn { trial.seed } else { 0 },
            steps,
        },
        metrics: experiment.task.metrics.iter().map(|spec| spec.name.to_owned()).collect(),
        positive: experiment.task.positive.as_ref().map(|(class, _)| class.clone()),
        program_base: study.places.base.join(model.map_or(Path::new(""), |model| &model.base)),
        seconds: experiment.limits.time.map(|time| time.as_secs_f64()),
        cache: None,
        stages: Vec::new(),
        beside: 0,
    }
}

/// The report, the result table, what went wrong, and the exit code.
fn conclude(study: &Study, results: &Path, ending: &Ending) -> Result<u8, Failure> {
    let read = folder::load(results).map_err(Failure::machine)?;
    let page = report::render(&read, Format::Html, &report::Options::default()).map_err(Failure::machine)?;
    let path = results.join("report.html");
    folder::replace(&path, page.as_bytes()).map_err(Failure::machine)?;
    print(&report::terminal_table(&read))?;
    for (program, (trials, reason)) in &ending.impossible {
        eprintln!("{trials} trials cannot run here and stay pending: {reason}");
        eprintln!("  to mend it: {}", program.mend());
    }
    for (reason, trials) in &ending.refused {
        eprintln!("{} could not run: {reason}", counted(*trials, "trial"));
        eprintln!("  they stay pending; the same command runs them once it is mended");
    }
    let tally = read.tally();
    let count = |word: &str| tally.get(word).copied().unwrap_or(0);
    let failed = count("failed") + count("timed_out") + count("quarantined") + count("cancelled");
    if failed > 0 {
        eprintln!("{failed} of {} trials did not finish; `--retry-failed` runs them again", study.plan.trials.len());
    }
    if ending.elsewhere > 0 {
        eprintln!("{} ended in another run of the same plan", counted(ending.elsewhere, "trial"));
    }
    if ending.interrupted {
        eprintln!("stopped; the same command goes on");
    }
    print(&format!("report: {}\n", path.display()))?;
    let all_could_run = ending.impossible.is_empty() && ending.refused.is_empty();
    Ok(match (ending.interrupted, all_could_run, failed > 0) {
        (true, _, _) => 5,
        (false, false, _) => 3,
        (false, true, true) => 1,
        (false, true, false) => 0,
    })
}
