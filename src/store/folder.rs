//! A results folder as a whole: made and locked by a run, read by everything else.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::io_words;
use crate::experiment::extends::Extended;
use crate::experiment::{Experiment, Overrides};
use crate::plan::Plan;
use crate::store::journal::{self, Journals, Record};
use crate::store::lock::{self, RunLock};
use crate::store::outcome::{Measured, ResultBlock, Status};
use crate::store::results::{Results, State, TrialRecord};
use crate::store::rows;
use crate::store::stop;

/// The format of `plan.json`.
const FORMAT: u32 = 1;

/// Why a results folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The disk's.
    #[error("`{path}`: {}", io_words(source))]
    Disk {
        /// What was read or written.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// Another run is at work.
    #[error(
        "`{path}` is held by another run{who}; wait for it, help it with `--join`, end it with `gridbook stop {path}`, \
         or give this one `--results`"
    )]
    Held {
        /// The folder.
        path: String,
        /// ` (process 1234, since ...)`, where it is known.
        who: String,
    },
    /// Another run is at work on other trials.
    #[error(
        "`{0}` is held by a run of another plan (the file has changed, or `--set` and `--seeds` differ): wait for it, \
         then the same command runs what is new"
    )]
    OtherPlan(String),
    /// The folder belongs to another experiment.
    #[error("`{0}` holds the results of another experiment; give this one `--results`, or a new `name`")]
    Foreign(String),
    /// It is no results folder, or its files do not read.
    #[error("{0}")]
    Unreadable(String),
    /// `plan.json` is damaged.
    #[error("`{0}` is damaged; `gridbook run` with the experiment file makes it again and keeps every finished trial")]
    Torn(String),
}

fn disk(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.display().to_string();
    move |source| FolderError::Disk { path, source }
}

/// `plan.json`.
#[derive(Serialize, Deserialize)]
struct PlanFile {
    format: u32,
    gridbook: String,
    overrides: Vec<String>,
    #[serde(flatten)]
    plan: Plan,
}

/// A results folder that this process may write.
pub struct Locked {
    /// The folder.
    pub path: PathBuf,
    /// This run's place in it.
    pub lock: RunLock,
    /// Whether another run was at work when this one came.
    pub joined: bool,
    /// What was planned before, where the plan is another one now.
    pub earlier: Option<Plan>,
}

impl Locked {
    /// Makes the folder, or takes it over for the same experiment, and freezes the experiment and the plan in it. With
    /// `join` another run of the same plan may be at work.
    ///
    /// # Errors
    /// It is held, belongs to another experiment, or cannot be written.
    pub fn open(path: &Path, experiment: &Experiment, plan: &Plan, join: bool) -> Result<Self, FolderError> {
        if path.exists() && !path.is_dir() {
            let message = format!("`{}` is a file: name a folder with `--results`", path.display());
            return Err(FolderError::Unreadable(message));
        }
        fs::create_dir_all(path).map_err(disk(path))?;
        let lock_path = path.join(".lock");
        let (lock, joined) = match RunLock::alone(path).map_err(disk(&lock_path))? {
            Some(lock) => (lock, false),
            None if join => (RunLock::beside(path).map_err(disk(&lock_path))?, true),
            None => return Err(held(path)),
        };
        let earlier = match read_plan(path) {
            Ok(Some(earlier)) if joined && earlier.plan.trials != plan.trials => {
                return Err(FolderError::OtherPlan(path.display().to_string()));
            }
            Ok(Some(earlier)) if !descends(&earlier.plan, plan) => {
                return Err(FolderError::Foreign(path.display().to_string()));
            }
            Ok(earlier) => earlier.map(|earlier| earlier.plan).filter(|earlier| earlier.trials != plan.trials),
            // A torn plan is made again: the journals are the truth.
            Err(FolderError::Torn(_)) => None,
            Err(error) => return Err(error),
        };
        if !joined {
            freeze(path, experiment, plan)?;
            stop::forget(path);
        }
        Ok(Locked { path: path.to_owned(), lock, joined, earlier })
    }
}

fn held(path: &Path) -> FolderError {
    let who = lock::holder(path)
        .map_or_else(String::new, |holder| format!(" (process {}, since {})", holder.process, holder.since));
    FolderError::Held { path: path.display().to_string(), who }
}

/// Keeps the experiment and the plan as they are now.
fn freeze(path: &Path, experiment: &Experiment, plan: &Plan) -> Result<(), FolderError> {
    let file = PlanFile {
        format: FORMAT,
        gridbook: env!("CARGO_PKG_VERSION").to_owned(),
        overrides: experiment.overrides.clone(),
        plan: plan.clone(),
    };
    let text = serde_json::to_string(&file).map_err(|error| FolderError::Unreadable(error.to_string()))?;
    keep_extended(path, experiment)?;
    replace(&path.join("experiment.toml"), experiment.text.as_bytes())?;
    for (number, rows) in experiment.known_rows.iter().enumerate() {
        rows::write(path, number, rows)?;
    }
    replace(&path.join("plan.json"), text.as_bytes())
}

/// The files that the experiment extends, so that the folder opens without them.
const EXTENDED: &str = "extends.json";

fn keep_extended(path: &Path, experiment: &Experiment) -> Result<(), FolderError> {
    let file = path.join(EXTENDED);
    if experiment.extended.is_empty() {
        return match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(&file)(error)),
            _ => Ok(()),
        };
    }
    let text = serde_json::to_string_pretty(&experiment.extended);
    replace(&file, text.map_err(|error| FolderError::Unreadable(error.to_string()))?.as_bytes())
}

fn read_extended(path: &Path) -> Result<Vec<Extended>, FolderError> {
    let file = path.join(EXTENDED);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(disk(&file)(error)),
    };
    serde_json::from_str(&text).map_err(|_| FolderError::Torn(file.display().to_string()))
}

/// Writes a file beside and renames it, so that a reader sees the old or the new one. A device, a pipe or a link is
/// written to and stays what it is.
///
/// # Errors
/// The disk's.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    if fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return fs::write(path, bytes).map_err(disk(path));
    }
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    fs::write(&beside, bytes).map_err(disk(path))?;
    fs::rename(&beside, path).map_err(disk(path))
}

/// Whether `new` goes on from `old`: a trial, or a model on a data set, in common.
fn descends(old: &Plan, new: &Plan) -> bool {
    let ids: HashSet<&str> = old.trials.iter().map(|trial| trial.id.as_str()).collect();
    let cells: HashSet<(&str, &str)> = old.trials.iter().map(|t| (t.dataset.as_str(), t.model.as_str())).collect();
    old.trials.is_empty()
        || new
            .trials
            .iter()
            .any(|t| ids.contains(t.id.as_str()) || cells.contains(&(t.dataset.as_str(), t.model.as_str())))
}

fn read_plan(path: &Path) -> Result<Option<PlanFile>, FolderError> {
    let file = path.join("plan.json");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk(&file)(error)),
    };
    let plan: PlanFile = serde_json::from_str(&text).map_err(|_| FolderError::Torn(file.display().to_string()))?;
    if plan.format > FORMAT {
        let message =
            format!("{} has format {}; this gridbook reads up to format {FORMAT}", file.display(), plan.format);
        return Err(FolderError::Unreadable(message));
    }
    Ok(Some(plan))
}

/// Reads a results folder: while a run is at work, after a crash, or a copy.
///
/// # Errors
/// It is no results folder, or its files do not read.
pub fn load(path: &Path) -> Result<Results, FolderError> {
    let Some(file) = read_plan(path)? else {
        let message = format!("`{}` is not a results folder: it has no plan.json", path.display());
        return Err(FolderError::Unreadable(message));
    };
    let frozen = path.join("experiment.toml");
    let text = fs::read_to_string(&frozen).map_err(disk(&frozen))?;
    let extended = read_extended(path)?;
    let overrides = Overrides::from_recorded(&file.overrides);
    let experiment = Experiment::parse_kept(Path::new("experiment.toml"), &text, &extended, &overrides)
        .map_err(|wrong| FolderError::Unreadable(wrong.render(false)))?;
    let journals = journal::read_all(path).map_err(disk(&path.join("journal")))?;
    let live = lock::is_held(path);
    let damaged = journals.damaged.clone();
    let history = History::of(journals);
    let records = file.plan.trials.into_iter().map(|trial| history.record(trial, live)).collect();
    Ok(Results {
        folder: path.to_owned(),
        experiment,
        datasets: file.plan.datasets,
        skipped: file.plan.skipped,
        records,
        damaged,
        irreproducible: history.irreproducible(),
    })
}

/// What the journals say of each trial.
#[derive(Default)]
pub struct History {
    trials: HashMap<String, Past>,
}

/// What the journals say of one trial.
#[derive(Default)]
pub struct Past {
    /// How often it was begun; the next attempt is one more.
    pub attempts: u32,
    /// Attempts that ended: number, journal, outcome.
    ends: Vec<(u32, String, ResultBlock, Measured)>,
    /// The last attempt that was stopped by the user or by the machine.
    interrupted: u32,
    /// Scores made from the kept predictions after the trial, with the metrics that have none.
    scores: Vec<(BTreeMap<String, f64>, BTreeMap<String, String>)>,
    /// How often its worker died under it.
    pub deaths: u32,
}

impl Past {
    /// The outcome that counts: the first finished attempt by (attempt, journal), else the last that ended. The
    /// clock is not asked.
    fn outcome(&self) -> Option<&(u32, String, ResultBlock, Measured)> {
        // A worker's death is followed by another try or by `quarantined`: by itself it decides nothing.
        let done = self.ends.iter().find(|end| end.2.status.is_done());
        done.or(self.ends.iter().rfind(|end| decides(&end.2)))
    }

    /// The result that counts, with the scores that were made from its predictions later.
    pub fn result(&self) -> Option<ResultBlock> {
        let mut result = self.outcome()?.2.clone();
        for (scores, undefined) in &self.scores {
            for (name, score) in scores {
                result.scores.entry(name.clone()).or_insert(*score);
            }
            for (name, reason) in undefined {
                result.undefined.entry(name.clone()).or_insert_with(|| reason.clone());
            }
        }
        Some(result)
    }

    /// The last attempt that ended; 0 for none.
    pub fn last_ended(&self) -> u32 {
        self.ends.last().map_or(0, |end| end.0)
    }

    /// Wall seconds of the outcome that counts, if the trial finished.
    pub fn seconds(&self) -> Option<f64> {
        self.outcome().filter(|end| end.2.status == Status::Finished).map(|end| end.3.wall_seconds)
    }

    /// Highest GPU memory of the finished attempts, MiB, if one was on a GPU.
    pub fn gpu_peak_mib(&self) -> Option<f64> {
        let finished = self.ends.iter().filter(|end| end.2.status == Status::Finished);
        finished.map(|end| end.3.gpu_peak_mib).filter(|peak| *peak > 0.0).reduce(f64::max)
    }

    /// How the trial stands, if it ended.
    pub fn status(&self) -> Option<Status> {
        self.outcome().map(|end| end.2.status)
    }
}

/// The deaths of workers after which a run wrote nothing more, not even its end; by their place.
fn last_words(records: &[(String, Record)]) -> HashSet<usize> {
    let is_death =
        |record: &Record| matches!(record, Record::End { result, .. } if result.stage.as_deref() == Some(WORKER_DIED));
    let mut found = HashSet::new();
    let mut later: Option<&str> = None;
    for (place, (name, record)) in records.iter().enumerate().rev() {
        let is_last = later != Some(name.as_str());
        if is_last && is_death(record) {
            found.insert(place);
        } else {
            later = Some(name);
        }
    }
    found
}

/// Whether an attempt's end is the trial's, as long as no later one is better.
pub fn decides(result: &ResultBlock) -> bool {
    !(result.status == Status::Failed && result.stage.as_deref() == Some(WORKER_DIED))
}

/// What a result's `stage` says when the worker died under the trial.
pub const WORKER_DIED: &str = "worker";

impl History {
    /// Reads the records of all journals.
    pub fn of(journals: Journals) -> Self {
        let mut history = History::default();
        let last_words = last_words(&journals.records);
        for (place, (name, record)) in journals.records.into_iter().enumerate() {
            match record {
                // Whoever killed the worker then killed the run: the trial is not to blame.
                Record::End { trial, attempt, .. } if last_words.contains(&place) => {
                    let past = history.trials.entry(trial).or_default();
                    past.attempts = past.attempts.max(attempt);
                    past.interrupted = past.interrupted.max(attempt);
                }
                Record::Start { trial, attempt } => {
                    let past = history.trials.entry(trial).or_default();
                    past.attempts = past.attempts.max(attempt);
                }
                Record::End { trial, attempt, result, measured } => {
                    let past = history.trials.entry(trial).or_default();
                    past.attempts = past.attempts.max(attempt);
                    past.deaths += u32::from(result.stage.as_deref() == Some(WORKER_DIED));
                    past.ends.push((attempt, name, *result, *measured));
                }
                Record::Interrupted { trial, attempt } => {
                    let past = history.trials.entry(trial).or_default();
                    past.interrupted = past.interrupted.max(attempt);
                }
                Record::Score { trial, scores, undefined } => {
                    history.trials.entry(trial).or_default().scores.push((scores, undefined));
                }
                Record::Open { .. } | Record::Close { .. } => {}
            }
        }
        for past in history.trials.values_mut() {
            past.ends.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        }
        history
    }

    /// What is known of a trial.
    pub fn get(&self, id: &str) -> Option<&Past> {
        self.trials.get(id)
    }

    fn record(&self, trial: crate::plan::trial::Trial, live: bool) -> TrialRecord {
        let Some(past) = self.trials.get(&trial.id) else {
            return TrialRecord { trial, state: State::Pending, attempts: 0, result: None, measured: None };
        };
        let outcome = past.outcome();
        let open = past.attempts > past.ends.iter().map(|end| end.0).max().unwrap_or(0) || outcome.is_none();
        let state = match outcome {
            Some((_, _, result, _)) if result.status.is_done() || !open => State::Ended(result.status),
            _ if open && live && past.interrupted < past.attempts => State::Running,
            Some((_, _, result, _)) => State::Ended(result.status),
            None => State::Interrupted,
        };
        TrialRecord {
            trial,
            state,
            attempts: past.attempts,
            result: past.result(),
            measured: outcome.map(|end| end.3.clone()),
        }
    }

    /// Trials whose finished attempts differ within one numeric class.
    fn irreproducible(&self) -> Vec<(String, String)> {
        let mut found = BTreeMap::new();
        for (id, past) in &self.trials {
            let finished: Vec<_> = past.ends.iter().filter(|end| end.2.status == Status::Finished).collect();
            for (i, first) in finished.iter().enumerate() {
                let other = finished[i + 1..]
                    .iter()
                    .find(|other| other.3.numeric_class == first.3.numeric_class && other.2 != first.2);
                if let Some(other) = other {
                    found.insert(id.clone(), format!("attempts {} and {} differ", first.0, other.0));
                }
            }
        }
        found.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn death(trial: &str, attempt: u32) -> Record {
        let mut result = ResultBlock::of(Status::Failed);
        result.stage = Some(WORKER_DIED.to_owned());
        Record::End { trial: trial.to_owned(), attempt, result: Box::new(result), measured: Box::default() }
    }

    fn history(journals: &[&[Record]]) -> History {
        let named = |(i, records): (usize, &&[Record])| {
            records.iter().map(move |record| (format!("j{i}"), record.clone())).collect::<Vec<_>>()
        };
        History::of(Journals { records: journals.iter().enumerate().flat_map(named).collect(), damaged: Vec::new() })
    }

    #[test]
    fn a_death_that_a_run_did_not_survive_is_no_fault_of_the_trial() {
        let start = |attempt| Record::Start { trial: "a".to_owned(), attempt };
        let close = Record::Close { time: String::new() };
        let found = history(&[&[start(1), death("b", 1), death("a", 1)], &[start(2), death("a", 2), close]]);
        let deaths = |trial: &str| found.get(trial).map(|past| past.deaths);
        assert_eq!((deaths("a"), deaths("b")), (Some(1), Some(0)));
        assert_eq!(found.get("a").map(|past| past.attempts), Some(2));
    }
}
