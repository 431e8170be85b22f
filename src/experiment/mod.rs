//! The experiment file: text with places, checked into an [`Experiment`], all mistakes reported at once.

pub mod blocks;
pub mod choose;
pub mod claim;
pub mod condition;
pub mod data;
pub mod document;
pub mod extends;
mod figures;
mod files;
pub mod grid;
mod inputs;
pub mod later;
mod limits;
mod models;
mod names;
pub mod only;
mod overrides;
mod pipeline_grid;
mod presentation;
mod program;
mod published;
pub mod range;
mod reader;
mod repeat;
mod splits;
mod track;
mod unsure;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::dataset::Places;
use crate::diagnostic::{Diagnostics, Problem, Severity};
use crate::metric::{self, MetricSpec};
use crate::model::{TaskKind, registry};
use crate::parameter::quoted;
use crate::store::results::DatasetFacts;
use crate::store::rows::KnownRows;
pub use blocks::*;
pub use choose::{Adjust, BestOf, Choose, ChooseOn, Compare};
pub use claim::{Claim, Test};
use document::{Place, Source};
use extends::{Extended, Files};
pub use grid::{OnlyIf, Sample, Sweep};
pub use limits::Limits;
pub use overrides::Overrides;
pub use range::RandomAxis;
use reader::Reader;
pub use track::{Track, TrackKind};

/// The format of experiment files that this version writes and reads.
pub const FORMAT: i64 = 1;

/// A checked experiment file.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The file's text, as it was read.
    pub text: String,
    /// Where it was read from, as given on the command line.
    pub path: PathBuf,
    /// `name`.
    pub name: String,
    /// `about`.
    pub about: Option<String>,
    /// `[task]`.
    pub task: Task,
    /// `[repeat] seeds`, in order, each once.
    pub seeds: Vec<u64>,
    /// At least one.
    pub datasets: Vec<DatasetBlock>,
    /// At least one; without `[[split]]` the one that uses every row.
    pub splits: Vec<SplitBlock>,
    /// At least one; without `[[pipeline]]` the one without steps. One for each point of a pipeline's grid.
    pub pipelines: Vec<PipelineBlock>,
    /// At least one.
    pub models: Vec<ModelBlock>,
    /// `[limits]`.
    pub limits: Limits,
    /// `[published.*]`.
    pub published: Vec<Published>,
    /// `[[table]]`; without any, one table of models by data sets and metrics.
    pub tables: Vec<TableBlock>,
    /// `[[figure]]`; without any, the report chooses by the shape of the grid.
    pub figures: Vec<FigureBlock>,
    /// `[[claim]]`.
    pub claims: Vec<Claim>,
    /// `[[report.note]]`.
    pub notes: Vec<Note>,
    /// `[track]`.
    pub track: Option<Track>,
    /// What the report keeps of the rows of each data set; empty until the data have been read.
    pub known_rows: Vec<KnownRows>,
    /// The files that it extends, in the order of reading.
    pub extended: Vec<Extended>,
    /// `--set`, `--only` and `--seeds` as given: part of the recorded experiment.
    pub overrides: Vec<String>,
    /// The texts that places point into.
    pub sources: Vec<Source>,
    /// What is worth a word and no mistake.
    pub warnings: Diagnostics,
}

impl Experiment {
    /// Checks a file's text with what the command line set; data files are not looked at.
    ///
    /// # Errors
    /// Every mistake.
    pub fn parse(path: &Path, text: &str, overrides: &Overrides) -> Result<Self, Diagnostics> {
        Self::parse_with(path, text, Files::Disk, overrides, &|_, _| ())
    }

    /// The same for an experiment whose extended files were kept beside it.
    ///
    /// # Errors
    /// Every mistake.
    pub fn parse_kept(path: &Path, text: &str, kept: &[Extended], overrides: &Overrides) -> Result<Self, Diagnostics> {
        Self::parse_with(path, text, Files::Kept(kept), overrides, &|_, _| ())
    }

    /// The same, with a look at the data sets even where the rest has mistakes.
    ///
    /// # Errors
    /// Every mistake.
    pub fn open(
        path: &Path,
        text: &str,
        overrides: &Overrides,
        places: &Places,
    ) -> Result<(Self, Vec<DatasetFacts>), Diagnostics> {
        let mut experiment = Self::parse_with(path, text, Files::Disk, overrides, &|blocks, problems| {
            data::check_readable(blocks, places, problems);
        })?;
        let facts = data::check(&mut experiment, places).map_err(|wrong| experiment.warnings.clone().and(wrong))?;
        Ok((experiment, facts))
    }

    /// `look` sees the data sets of a file that has mistakes elsewhere.
    fn parse_with(
        path: &Path,
        text: &str,
        files: Files<'_>,
        overrides: &Overrides,
        look: &dyn Fn(&[DatasetBlock], &mut Vec<Problem>),
    ) -> Result<Self, Diagnostics> {
        let mut problems = Vec::new();
        let mut sources = vec![Source { name: path.display().to_string(), text: text.to_owned() }];
        let root = document::parse(0, text, &mut problems);
        let mut merged = extends::merge(root, path, files, &mut sources, &mut problems);
        // Of what is left nothing can be said.
        if problems.iter().any(|problem| problem.code == document::SYNTAX) {
            return Err(Diagnostics::new(sources, problems));
        }
        let broken = !problems.is_empty();
        overrides.apply(&mut merged.root, &mut sources, &mut problems);
        // What a file builds on and cannot be read may have the keys that lack.
        let before = problems.len();
        let file = File { path, text, merged: &merged, overrides, sources: &sources };
        let (experiment, datasets) = read(&file, &mut problems);
        if broken {
            let seen: Vec<Problem> = problems.split_off(before);
            problems.extend(seen.into_iter().filter(|p| p.code != "missing-key"));
        }
        match experiment {
            Some(mut experiment) if problems.iter().all(|p| p.severity == Severity::Warning) => {
                experiment.warnings = Diagnostics::new(sources, problems);
                Ok(experiment)
            }
            _ => {
                look(&datasets, &mut problems);
                Err(Diagnostics::new(sources, problems))
            }
        }
    }

    /// The task's kind.
    pub fn task_kind(&self) -> TaskKind {
        self.task.kind
    }

    /// The axes that tables, figures and `--only` can name.
    pub fn axes(&self) -> Vec<String> {
        axes(&self.models, &self.pipelines)
    }
}

fn axes(models: &[ModelBlock], pipelines: &[PipelineBlock]) -> Vec<String> {
    let mut names: Vec<String> = ["dataset", "pipeline", "model", "split", "fold", "seed"].map(String::from).to_vec();
    // How a program of one's own is started is no axis.
    let named = |model: &&ModelBlock| registry::find(&model.kind).is_none_or(|spec| !spec.own_parameters);
    let fixed = models.iter().filter(named).flat_map(|model| model.fixed.keys());
    let given = fixed.chain(models.iter().flat_map(|model| model.sweep.names()));
    let swept = pipelines.iter().flat_map(|pipeline| pipeline.grid.keys());
    for name in given.chain(swept) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// What is read.
struct File<'f> {
    path: &'f Path,
    text: &'f str,
    merged: &'f extends::Merged,
    overrides: &'f Overrides,
    sources: &'f [Source],
}

fn read(file: &File<'_>, problems: &mut Vec<Problem>) -> (Option<Experiment>, Vec<DatasetBlock>) {
    let root = &file.merged.root;
    let start = Place { source: 0, span: 0..0 };
    let mut reader = Reader::new(root, "the experiment file", &start);
    if problems.iter().all(|problem| problem.code != "syntax") {
        problems.extend(document::single_blocks(root));
    }
    let name = reader.required_text("name", "name = \"my-study\"", problems);
    if let (Some(name), Some(entry)) = (&name, root.get("name")) {
        check_name(name, &entry.node.place, problems);
    }
    check_format(&mut reader, problems);
    let about = reader.text("about", problems);
    let task = read_task(&mut reader, problems);
    let seeds = repeat::seeds(&mut reader, problems);
    let mut datasets = inputs::datasets(&mut reader, problems);
    let kind = task.as_ref().map(|task| task.kind);
    let mut splits = splits::splits(&mut reader, kind, problems);
    let mut unsure = Vec::new();
    let pipelines = inputs::pipelines(&mut reader, kind, &mut unsure, problems);
    let mut models = models::models(&mut reader, kind, &mut unsure, problems);
    models::check_weights(&pipelines, &models, problems);
    extends::relocate(&file.merged.folders, &mut datasets, &mut splits, &mut models);
    let limits = limits::limits(&mut reader, problems);
    let mut axes = axes(&models, &pipelines);
    axes.extend(unsure.iter().cloned());
    let mut seen = HashSet::new();
    axes.retain(|axis| seen.insert(axis.clone()));
    let metrics = task.as_ref().map_or_else(Vec::new, |task| task.metrics.clone());
    let given = names::Given {
        task: kind,
        datasets: &datasets,
        splits: &splits,
        pipelines: &pipelines,
        models: &models,
        root,
        unsure: &unsure,
        seeds: &seeds,
    };
    let mut labels = names::Names::new(&axes, &metrics, &given);
    let published = published::published(&mut reader, &labels, problems);
    labels.publish(&published);
    let tables = presentation::tables(&mut reader, &labels, problems);
    let figures = figures::figures(&mut reader, &labels, problems);
    let claims = claim::claims(&mut reader, &labels, problems);
    labels.titles = tables.iter().map(|table| table.title.clone()).collect();
    labels.titles.extend(figures.iter().filter_map(|figure| figure.title.clone()));
    labels.titles.extend(claims.iter().map(|claim| claim.text.clone()));
    let notes = presentation::notes(&mut reader, &labels, problems);
    let track = track::track(&mut reader, problems);
    // Taken out of the document when it was followed.
    reader.entry("extends");
    reader.finish(problems);
    let (Some(name), Some(task)) = (name, task) else { return (None, datasets) };
    let experiment = Experiment {
        text: file.text.to_owned(),
        path: file.path.to_owned(),
        name,
        about,
        task,
        seeds,
        datasets: datasets.clone(),
        splits,
        pipelines,
        models,
        limits,
        published,
        tables,
        figures,
        claims,
        notes,
        track,
        known_rows: Vec::new(),
        extended: file.merged.extended.clone(),
        overrides: file.overrides.recorded(),
        sources: file.sources.to_vec(),
        warnings: Diagnostics::default(),
    };
    (Some(experiment), datasets)
}

/// The name becomes a folder.
fn check_name(name: &str, place: &Place, problems: &mut Vec<Problem>) {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(good) || name.starts_with('.') {
        let message = format!("`{name}` cannot be the name of a results folder: letters, digits, `-`, `_` and `.` can");
        problems.push(Problem::error(place, "out-of-range", message));
    }
}

fn check_format(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) {
    let Some(format) = reader.count("format", 1, problems) else { return };
    if format > FORMAT
        && let Some(entry) = reader.entry("format")
    {
        let message = format!("format {format} is newer than this gridbook, which reads format {FORMAT}");
        problems.push(Problem::error(&entry.node.place, "format", message).help("install a newer gridbook"));
    }
}

fn read_task(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Option<Task> {
    let Some((table, place)) = reader.table_or_near("task", problems) else {
        if reader.entry("task").is_none() {
            reader.missing("task", "[task]\nkind = \"clustering\"", problems);
        }
        return None;
    };
    let mut task = Reader::new(table, "[task]", &place);
    if task.entry("kind").is_none() {
        task.missing("kind", "kind = \"clustering\"", problems);
    }
    let word = task.text_or_near("kind", problems);
    let kind = word.and_then(|word| {
        let found = TaskKind::ALL.iter().copied().find(|kind| kind.word() == word);
        if found.is_none()
            && let Some(entry) = task.entry_or_near("kind")
        {
            let mut words: Vec<&str> = TaskKind::ALL.iter().map(|kind| kind.word()).collect();
            words.sort_unstable();
            let message = format!("unknown task `{word}`; expected one of {}", quoted(&words));
            problems.push(Problem::error(&entry.node.place, "unknown-kind", message).nearest(&word, words));
        }
        found
    });
    let mut metric_places = BTreeMap::new();
    let metrics = match task.distinct_texts("metrics", problems) {
        Some(names) => {
            let mut read = |(name, place): &(String, Place)| {
                let spec = task_metric(name, kind, place, problems)?;
                metric_places.insert(spec.name, place.clone());
                Some(spec)
            };
            names.iter().filter_map(&mut read).collect()
        }
        None => default_metrics(kind).iter().filter_map(|name| metric::find(name)).collect(),
    };
    let positive = task.text("positive", problems);
    let positive = positive.and_then(|class| Some((class, task.entry("positive")?.node.place.clone())));
    task.finish(problems);
    Some(Task { kind: kind?, metrics, metric_places, positive })
}

/// The metrics of a task where none is named.
fn default_metrics(kind: Option<TaskKind>) -> &'static [&'static str] {
    match kind {
        Some(TaskKind::Classification) => &["accuracy", "f1_macro", "cohen_kappa"],
        Some(TaskKind::Outliers) => &["roc_auc", "average_precision"],
        Some(TaskKind::Rules) => &["rules", "minimum_support", "best_confidence"],
        Some(TaskKind::Clustering) | None => &["acc", "nmi_max", "ari"],
    }
}

/// The metric of this name, or a mistake.
fn find_metric(name: &str, place: &Place, problems: &mut Vec<Problem>) -> Option<&'static MetricSpec> {
    let found = metric::find(name);
    if found.is_none() {
        let names = metric::METRICS.iter().map(|spec| spec.name);
        let message = format!("unknown metric `{name}`; `gridbook list metrics` has those there are");
        problems.push(Problem::error(place, "unknown-metric", message).nearest(name, names));
    }
    found
}

/// The metric of this name that judges the task, or a mistake. Without a task, which is a mistake too, any metric.
fn task_metric(
    name: &str,
    kind: Option<TaskKind>,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> Option<&'static MetricSpec> {
    let spec = find_metric(name, place, problems)?;
    let wrong = other_task(spec, kind, place);
    let judges = wrong.is_none();
    problems.extend(wrong);
    judges.then_some(spec)
}

/// What is wrong with a metric that judges other tasks.
fn other_task(spec: &MetricSpec, kind: Option<TaskKind>, place: &Place) -> Option<Problem> {
    let kind = kind.filter(|kind| !spec.judges(*kind))?;
    let message = format!("the metric `{}` is one of {}, not of {}", spec.name, spec.task_words(), kind.word());
    let names = metric::METRICS.iter().filter(|spec| spec.judges(kind)).map(|spec| spec.name);
    Some(Problem::error(place, "metric-task", message).nearest(spec.name, names))
}
