//! What other blocks may name: axes with their values, metrics, published tables.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::Problem;
use crate::experiment::blocks::{DatasetBlock, ModelBlock, PipelineBlock, Published, SplitBlock};
use crate::experiment::document::{Node, NodeKind, Place, Table};
use crate::experiment::reader::unknown_key;
use crate::experiment::{task_metric, unsure};
use crate::metric::{MetricSpec, Needs};
use crate::model::{TaskKind, registry};
use crate::parameter::{Values, quoted};
use crate::split;
use crate::value::Value;

/// What a trial that leaves a parameter at its default is called on the parameter's axis.
const DEFAULT: &str = "(default)";
/// So many values are named in a message.
const NAMED: usize = 20;

/// What tables, figures, claims and printed numbers may name.
pub struct Names {
    /// Every axis.
    pub axes: Vec<String>,
    /// The metrics that are asked for.
    pub metrics: Vec<&'static MetricSpec>,
    /// `published.KEY`.
    pub published: Vec<String>,
    /// The axes of the rows of a table that names none: whatever varies, so that nothing unlike is averaged.
    pub default_rows: Vec<String>,
    /// The same of the columns.
    pub default_columns: Vec<String>,
    /// The splits that keep rows for validation.
    pub validating: Vec<String>,
    /// The models that judge those rows.
    pub judging: Vec<String>,
    /// Titles of tables and figures, and texts of claims.
    pub titles: Vec<String>,
    /// The splits with the number of their folds; none where the data decide.
    folds: Vec<(String, Option<i64>)>,
    /// What is asked; none where that is not known.
    pub task: Option<TaskKind>,
    /// The values of an axis; an axis that is missing has any.
    values: BTreeMap<String, Vec<Value>>,
}

/// The blocks that give names.
pub struct Given<'g> {
    /// `[task] kind`.
    pub task: Option<TaskKind>,
    /// `[[dataset]]`.
    pub datasets: &'g [DatasetBlock],
    /// `[[split]]`.
    pub splits: &'g [SplitBlock],
    /// `[[pipeline]]`.
    pub pipelines: &'g [PipelineBlock],
    /// `[[model]]`.
    pub models: &'g [ModelBlock],
    /// The whole document, with the blocks that could not be read.
    pub root: &'g Table,
    /// Axes that blocks with mistakes may have, of any value.
    pub unsure: &'g [String],
    /// `[repeat]`.
    pub seeds: &'g [u64],
}

/// A program of one's own predicts the test rows only.
fn judges_rows(model: &ModelBlock) -> bool {
    registry::find(&model.kind).is_none_or(|spec| !spec.own_parameters)
}

/// Rows and columns of a table that names none.
fn defaults(given: &Given<'_>) -> (Vec<String>, Vec<String>) {
    let pipelines: HashSet<&String> = given.pipelines.iter().map(|block| &block.name).collect();
    let mut rows: Vec<String> = Vec::new();
    if pipelines.len() > 1 {
        rows.push("pipeline".to_owned());
    }
    for name in given.pipelines.iter().flat_map(|block| block.grid.keys()) {
        if !rows.contains(name) {
            rows.push(name.clone());
        }
    }
    rows.push("model".to_owned());
    let split = (given.splits.len() > 1).then_some("split");
    let columns = ["dataset"].into_iter().chain(split).chain(["metric"]).map(str::to_owned).collect();
    (rows, columns)
}

impl Names {
    /// From the blocks read so far.
    pub fn new(axes: &[String], metrics: &[&'static MetricSpec], given: &Given<'_>) -> Self {
        let texts = |axis: &str, names: Vec<&String>| {
            let mut values: Vec<Value> = Vec::new();
            for name in names.into_iter().cloned().chain(unsure::names(given.root, axis)).map(Value::Text) {
                if !values.contains(&name) {
                    values.push(name);
                }
            }
            (axis.to_owned(), values)
        };
        let seeds = given.seeds.iter().filter_map(|seed| i64::try_from(*seed).ok()).map(Value::Integer);
        let (default_rows, default_columns) = defaults(given);
        let mut values = parameters(given);
        values.extend([
            texts("dataset", given.datasets.iter().map(|b| &b.name).collect()),
            texts("split", given.splits.iter().map(|b| &b.name).collect()),
            texts("pipeline", given.pipelines.iter().map(|b| &b.name).collect()),
            texts("model", given.models.iter().map(|b| &b.name).collect()),
            ("seed".to_owned(), seeds.collect()),
        ]);
        Names {
            axes: axes.to_vec(),
            metrics: metrics.to_vec(),
            published: Vec::new(),
            default_rows,
            default_columns,
            validating: given.splits.iter().filter(|b| b.choice.validation.is_some()).map(|b| b.name.clone()).collect(),
            judging: given.models.iter().filter(|model| judges_rows(model)).map(|b| b.name.clone()).collect(),
            titles: Vec::new(),
            folds: given.splits.iter().map(|b| (b.name.clone(), folds(b))).collect(),
            task: given.task,
            values,
        }
    }

    /// Whatever a note can be about.
    pub fn subjects(&self) -> Vec<&str> {
        let blocks =
            ["dataset", "split", "pipeline", "model"].iter().filter_map(|axis| self.values.get(*axis)).flatten();
        let blocks = blocks.filter_map(|value| if let Value::Text(text) = value { Some(text) } else { None });
        let named = self.published.iter().chain(&self.titles).chain(&self.axes).chain(blocks).map(String::as_str);
        named.chain(self.metrics.iter().map(|spec| spec.name)).collect()
    }

    /// Whether a metric judges the task.
    pub fn judges(&self, spec: &MetricSpec) -> bool {
        self.task.is_none_or(|task| spec.judges(task))
    }

    /// With the keys of the printed numbers.
    pub fn publish(&mut self, published: &[Published]) {
        self.published = published.iter().map(|p| format!("published.{}", p.key)).collect();
    }

    /// Whether an axis has this name, and a mistake if not.
    pub fn check_axis(&self, name: &str, place: &Place, with_metric: bool, problems: &mut Vec<Problem>) -> bool {
        let mut names: Vec<&str> = self.axes.iter().map(String::as_str).collect();
        if with_metric {
            names.push("metric");
        }
        names.sort_unstable();
        let known = names.contains(&name);
        if !known {
            let message = format!("no axis is called `{name}`; expected one of {}", quoted(&names));
            problems.push(Problem::error(place, "unknown-axis", message).nearest(name, names).follows());
        }
        known
    }

    /// The metric of this name if the task asks for it, or a mistake. Times are measured without being asked for.
    pub fn asked_metric(&self, name: &str, place: &Place, problems: &mut Vec<Problem>) -> Option<&'static MetricSpec> {
        let spec = task_metric(name, self.task, place, problems)?;
        let asked = self.metrics.is_empty() || self.metrics.iter().any(|known| known.name == name);
        if !asked && spec.needs != Needs::Time {
            let message = format!("the metric `{name}` is not among `metrics` of [task]");
            let help = format!("add \"{name}\" to `metrics`");
            problems.push(Problem::error(place, "unknown-metric", message).help(help).follows());
        }
        Some(spec)
    }

    /// What is wrong with a list where one value of an axis is meant.
    pub fn not_one(&self, axis: &str, node: &Node) -> Option<Problem> {
        let lists = self.values.get(axis)?.iter().any(|value| matches!(value, Value::List(_)));
        if lists || !matches!(node.kind, NodeKind::List(_)) {
            return None;
        }
        Some(Problem::error(
            &node.place,
            "wrong-type",
            format!("one value of the axis `{axis}` is meant, found a list"),
        ))
    }

    /// What is wrong with a fold of the splits that are `wanted`, as far as their folds are known without the data.
    fn unknown_fold(&self, node: &Node, wanted: Option<&Value>) -> Option<Problem> {
        let meant = self.folds.iter().filter(|(split, _)| wanted.is_none_or(|wanted| is_or_is_in(split, wanted)));
        let folds = meant.map(|(_, folds)| *folds).collect::<Option<Vec<i64>>>()?.into_iter().max()?;
        let fold = node.to_value()?;
        if fold.as_integer().is_some_and(|fold| (0..folds).contains(&fold)) || fold == Value::Text(DEFAULT.to_owned()) {
            return None;
        }
        let known = match folds {
            0 => "its split has no folds".to_owned(),
            folds => format!("folds are numbered from 0 to {}", folds - 1),
        };
        let message = format!("no trial has the fold {fold}: {known}");
        Some(Problem::error(&node.place, "unknown-value", message).follows())
    }

    /// What is wrong with a value, or a list of values, on an axis.
    pub fn check_values(&self, axis: &str, node: &Node, problems: &mut Vec<Problem>) {
        match &node.kind {
            NodeKind::List(items) if items.is_empty() && !self.has(axis, node) => {
                let message = format!("`{axis}` has no value here, and so no trial meets the condition");
                problems.push(Problem::error(&node.place, "out-of-range", message));
            }
            NodeKind::List(items) if !self.has(axis, node) => {
                items.iter().for_each(|item| problems.extend(self.unknown(axis, item)));
            }
            _ => problems.extend(self.unknown(axis, node)),
        }
    }

    fn has(&self, axis: &str, node: &Node) -> bool {
        node.to_value().is_some_and(|value| self.values.get(axis).is_some_and(|known| known.contains(&value)))
    }

    /// What is wrong with a value on an axis, if no trial has it.
    pub fn unknown(&self, axis: &str, node: &Node) -> Option<Problem> {
        if axis == "fold" {
            return self.unknown_fold(node, None);
        }
        let known = self.values.get(axis)?;
        let value = node.to_value()?;
        let is_block = ["dataset", "split", "pipeline", "model", "seed"].contains(&axis);
        if known.contains(&value) || !is_block && value == Value::Text(DEFAULT.to_owned()) {
            return None;
        }
        let mut words: Vec<String> = known.iter().map(Value::to_string).collect();
        if known.iter().all(|value| matches!(value, Value::Text(_))) {
            words.sort();
        }
        let expected = quoted(&words[..words.len().min(NAMED)]);
        let message = match axis {
            "seed" => format!("no trial has the seed {value}"),
            "dataset" | "split" | "pipeline" | "model" => {
                format!("no {axis} is called `{value}`; expected one of {expected}")
            }
            _ => format!("no trial has `{axis} = {value}`; expected one of {expected}"),
        };
        let problem = Problem::error(&node.place, "unknown-value", message).follows();
        Some(match &value {
            Value::Text(text) => problem.nearest(text, words.iter().map(String::as_str)),
            _ => problem,
        })
    }

    /// `where`: axis to value or list of values.
    pub fn read_where(&self, table: &Table, problems: &mut Vec<Problem>) -> Values {
        let mut only = Values::new();
        for entry in &table.entries {
            if !self.axes.contains(&entry.key) {
                let axes: Vec<&str> = self.axes.iter().map(String::as_str).collect();
                problems.push(unknown_key(entry, "`where`, whose keys are axes", &axes).follows());
                continue;
            }
            if entry.key != "fold" {
                self.check_values(&entry.key, &entry.node, problems);
            }
            if let Some(value) = entry.node.to_value() {
                only.insert(entry.key.clone(), value);
            }
        }
        if let Some(entry) = table.get("fold") {
            let folds = match &entry.node.kind {
                NodeKind::List(items) if !items.is_empty() => items.as_slice(),
                _ => std::slice::from_ref(&entry.node),
            };
            problems.extend(folds.iter().filter_map(|fold| self.unknown_fold(fold, only.get("split"))));
        }
        only
    }
}

/// How many folds a split has; none where the data decide.
fn folds(split: &SplitBlock) -> Option<i64> {
    let spec = split::find(&split.choice.kind)?;
    if !spec.folded {
        return Some(0);
    }
    let given = |name: &str| {
        let known = (spec.parameters)().into_iter().find(|parameter| parameter.name == name)?;
        split.choice.values.get(name).cloned().or(known.default)?.as_integer()
    };
    let folds = given("folds")?;
    Some(folds.saturating_mul(given("repeats").unwrap_or(1)))
}

/// Whether a label is meant by a value, or by one of a list.
pub fn is_or_is_in(name: &str, wanted: &Value) -> bool {
    match wanted {
        Value::List(items) => items.iter().any(|item| is_or_is_in(name, item)),
        wanted => wanted.to_string() == name,
    }
}

/// The values of every parameter, fixed and swept; none of a parameter that may have any.
fn parameters(given: &Given<'_>) -> BTreeMap<String, Vec<Value>> {
    let mut values: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    // Ranges may have very many values.
    let mut seen: HashSet<(String, String)> = HashSet::new();
    let mut put = |name: &String, value: &Value| {
        if seen.insert((name.clone(), value.canonical().to_string())) {
            values.entry(name.clone()).or_default().push(value.clone());
        }
    };
    for model in given.models {
        if judges_rows(model) {
            model.fixed.iter().for_each(|(name, value)| put(name, value));
        }
        for axis in model.sweep.axes() {
            axis.values.iter().for_each(|(value, _)| put(&axis.name, value));
        }
    }
    for pipeline in given.pipelines {
        pipeline.grid.iter().for_each(|(name, value)| put(name, value));
    }
    let drawn = given.models.iter().flat_map(|model| &model.sweep.random).map(|axis| &axis.name);
    for name in drawn.chain(given.unsure) {
        values.remove(name);
    }
    values
}
