//! The sweep of a model: `[model.grid]`, `[[model.zip]]`, `[[model.skip]]`, `[[model.only-if]]`, `[model.sample]`.

use std::collections::HashMap;

use crate::diagnostic::Problem;
use crate::experiment::blocks::{GridAxis, Skip};
use crate::experiment::condition;
use crate::experiment::document::{Entry, NodeKind, Place, Table};
use crate::experiment::inputs::wrong_value;
use crate::experiment::range::{self, RandomAxis, Range};
use crate::experiment::reader::{Reader, unknown_key, wrong_type};
use crate::metric;
use crate::model::ModelSpec;
use crate::parameter::{ParameterSpec, Values};
use crate::value::Value;

/// What a model sweeps.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    /// `[model.grid]`, in the file's order.
    pub grid: Vec<GridAxis>,
    /// Axes of the grid whose values are drawn.
    pub random: Vec<RandomAxis>,
    /// `[[model.zip]]`: axes of equal lengths that move together.
    pub zips: Vec<Vec<GridAxis>>,
    /// `[[model.skip]]`.
    pub skips: Vec<Skip>,
    /// `[[model.only-if]]`.
    pub only_if: Vec<OnlyIf>,
    /// `[model.sample]`.
    pub sample: Option<Sample>,
}

/// `[[model.only-if]]`: an axis that exists only for some cells.
#[derive(Clone, Debug)]
pub struct OnlyIf {
    /// The axis; the others of its zip go with it.
    pub axis: String,
    /// The cells: parameter to value, or to a list of values.
    pub when: Values,
    /// Where the condition stands.
    pub place: Place,
}

/// `[model.sample]`: a random subset of the grid.
#[derive(Clone, Debug)]
pub struct Sample {
    /// How many cells.
    pub count: usize,
    /// What they are drawn with; not the trials' seed.
    pub seed: u64,
    /// Where `count` stands.
    pub place: Place,
}

/// Names that tables and conditions have for something else than a parameter.
const AXES: &[&str] = &["dataset", "pipeline", "model", "split", "fold", "seed", "metric"];

/// What is wrong has been said.
struct Refused;

/// The parameters of the model whose sweep is read.
pub struct Known<'k> {
    /// The model.
    pub spec: &'k ModelSpec,
    /// Its parameters.
    pub parameters: &'k [ParameterSpec],
    /// Those that are fixed.
    pub fixed: &'k Values,
    /// The block they are fixed in.
    pub table: &'k Table,
}

impl Known<'_> {
    /// How the model is called in messages.
    fn what(&self) -> String {
        format!("model `{}`", self.spec.kind)
    }

    /// Where a value of the user's own program is fixed.
    fn own_value(&self, name: &str) -> Option<&Entry> {
        match &self.table.get("parameters")?.node.kind {
            NodeKind::Table(own) if self.spec.own_parameters => own.get(name),
            _ => None,
        }
    }

    /// The parameter of an axis; none for a program of the user's own, which may have any.
    fn parameter(
        &self,
        entry: &Entry,
        block: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<&ParameterSpec>, Refused> {
        let found = self.parameters.iter().find(|parameter| parameter.name == entry.key);
        if found.is_none() && !self.spec.own_parameters {
            let names: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            problems.push(unknown_key(entry, &format!("{block} of {}", self.what()), &names));
            return Err(Refused);
        }
        if found.is_none() && (AXES.contains(&entry.key.as_str()) || metric::find(&entry.key).is_some()) {
            let what = if AXES.contains(&entry.key.as_str()) { "an axis of every study" } else { "a metric" };
            let message = format!("`{}` is {what}: a parameter of your own program needs another name", entry.key);
            problems.push(Problem::error(&entry.key_place, "duplicate", message));
            return Err(Refused);
        }
        let fixed = self.table.get(&entry.key).filter(|_| self.fixed.contains_key(&entry.key));
        if let Some(fixed) = fixed.or_else(|| self.own_value(&entry.key)) {
            let message = format!("`{}` is both fixed and swept", entry.key);
            let help = "leave it either in the model's own table or in its grid";
            let problem = Problem::error(&entry.key_place, "duplicate", message).help(help);
            problems.push(problem.also(&fixed.key_place, "fixed here"));
        }
        Ok(found)
    }
}

impl Sweep {
    /// Reads the sweep of a model.
    pub fn read(reader: &mut Reader<'_>, known: &Known<'_>, problems: &mut Vec<Problem>) -> Self {
        let mut sweep = Sweep::default();
        let mut where_swept: Vec<(String, Place)> = Vec::new();
        if let Some((table, _)) = reader.table("grid", problems) {
            for entry in &table.entries {
                sweep.read_axis(entry, known, problems);
                where_swept.push((entry.key.clone(), entry.key_place.clone()));
            }
        }
        for (table, place) in reader.tables("zip", problems) {
            let zip = read_zip(table, &place, known, &mut where_swept, problems);
            sweep.zips.extend((!zip.is_empty()).then_some(zip));
        }
        for (table, place) in reader.tables("skip", problems) {
            let skip = sweep.read_skip(table, &place, known, problems);
            sweep.skips.extend(skip);
        }
        for (table, place) in reader.tables("only-if", problems) {
            let only_if = sweep.read_only_if(table, &place, known, problems);
            sweep.only_if.extend(only_if);
        }
        sweep.sample = read_sample(reader, problems);
        if let (None, Some(axis)) = (&sweep.sample, sweep.random.first())
            && reader.entry("sample").is_none()
        {
            let message = format!("the values of `{}` are drawn, and the model has no `[model.sample]`", axis.name);
            let help = "add a block `[model.sample]` and in it a line like `count = 50`";
            problems.push(Problem::error(&axis.place, "missing-key", message).help(help));
        }
        condition::check_cycles(&sweep, problems);
        sweep
    }

    /// Every axis with a list of values.
    pub fn axes(&self) -> impl Iterator<Item = &GridAxis> {
        self.grid.iter().chain(self.zips.iter().flatten())
    }

    /// The names of every axis.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.axes().map(|axis| &axis.name).chain(self.random.iter().map(|axis| &axis.name))
    }

    fn read_axis(&mut self, entry: &Entry, known: &Known<'_>, problems: &mut Vec<Problem>) {
        let Ok(parameter) = known.parameter(entry, "the grid", problems) else { return };
        match range_of(entry, parameter, known, problems) {
            Ok(Some(Range::Random(axis))) => self.random.push(axis),
            Ok(Some(Range::Values(values))) => {
                let values = values.into_iter().map(|value| (value, entry.node.place.clone())).collect();
                self.grid.push(GridAxis { name: entry.key.clone(), values });
            }
            Ok(None) => self.grid.extend(list_axis(entry, parameter, known, true, problems)),
            // Its name counts, so that others may name it.
            Err(Refused) => self.grid.push(GridAxis { name: entry.key.clone(), values: Vec::new() }),
        }
    }

    fn read_skip(&self, table: &Table, place: &Place, known: &Known<'_>, problems: &mut Vec<Problem>) -> Option<Skip> {
        let mut reader = Reader::new(table, "[[model.skip]]", place);
        let reason = reader.required_text("reason", "reason = \"diverges in the paper\"", problems);
        let when = condition::read(&mut reader, "skips everything", self, known.fixed, problems);
        reader.finish(problems);
        Some(Skip { when: when?.0, reason: reason? })
    }

    fn read_only_if(
        &self,
        table: &Table,
        place: &Place,
        known: &Known<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<OnlyIf> {
        let mut reader = Reader::new(table, "[[model.only-if]]", place);
        let axis = reader.required_text("axis", "axis = \"width\"", problems);
        if let (Some(axis), Some(entry)) = (&axis, reader.entry("axis"))
            && !self.names().any(|name| name == axis)
        {
            let mut names: Vec<&str> = self.names().map(String::as_str).collect();
            names.sort_unstable();
            let message = format!(
                "`{axis}` is not swept; expected one of {}",
                if names.is_empty() { "the axes of a grid".to_owned() } else { crate::parameter::quoted(&names) }
            );
            let problem = Problem::error(&entry.node.place, "unknown-axis", message);
            problems.push(problem.nearest(axis, names).follows());
        }
        let when = condition::read(&mut reader, "holds everywhere", self, known.fixed, problems);
        reader.finish(problems);
        let (when, place) = when?;
        Some(OnlyIf { axis: axis?, when, place })
    }
}

/// A range where the entry is one.
fn range_of(
    entry: &Entry,
    parameter: Option<&ParameterSpec>,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> Result<Option<Range>, Refused> {
    let NodeKind::Table(table) = &entry.node.kind else { return Ok(None) };
    range::read(&entry.node, table, &entry.key, parameter, &known.what(), problems).map(Some).ok_or(Refused)
}

/// A list of values; each may stand once where `distinct`.
fn list_axis(
    entry: &Entry,
    parameter: Option<&ParameterSpec>,
    known: &Known<'_>,
    distinct: bool,
    problems: &mut Vec<Problem>,
) -> Option<GridAxis> {
    let NodeKind::List(items) = &entry.node.kind else {
        let what = format!("`{}` in a grid", entry.key);
        return wrong_type(&entry.node, &what, "a list of values or a range", problems);
    };
    if items.is_empty() {
        let message = format!("`{}` sweeps no value", entry.key);
        problems.push(Problem::error(&entry.node.place, "out-of-range", message));
    }
    let mut values: Vec<(Value, Place)> = Vec::new();
    for item in items {
        let type_name = parameter.map_or("a value", |parameter| parameter.type_name);
        let Some(value) = item.to_value() else {
            wrong_type::<()>(item, &format!("`{}`", entry.key), type_name, problems);
            continue;
        };
        let wrong = parameter.and_then(|spec| wrong_value(spec, &known.what(), &value, &item.place));
        let earlier = values.iter().find(|(earlier, _)| distinct && *earlier == value);
        if let Some(problem) = wrong {
            problems.push(problem);
        } else if let Some((_, place)) = earlier {
            let message = format!("`{} = {value}` is in the grid twice", entry.key);
            let help = "numbers are compared by value: 1 and 1.0 are one";
            problems.push(Problem::error(&item.place, "duplicate", message).help(help).also(place, "the first one"));
        } else {
            values.push((value, item.place.clone()));
        }
    }
    Some(GridAxis { name: entry.key.clone(), values })
}

fn read_zip(
    table: &Table,
    place: &Place,
    known: &Known<'_>,
    where_swept: &mut Vec<(String, Place)>,
    problems: &mut Vec<Problem>,
) -> Vec<GridAxis> {
    let before = problems.len();
    let mut zip: Vec<GridAxis> = Vec::new();
    for entry in &table.entries {
        let Ok(parameter) = known.parameter(entry, "a zip", problems) else { continue };
        if let Some((_, earlier)) = where_swept.iter().find(|(name, _)| *name == entry.key) {
            let message = format!("`{}` is swept twice", entry.key);
            let problem = Problem::error(&entry.key_place, "duplicate", message).also(earlier, "the first time");
            problems.push(problem.help("an axis is in the grid or in one zip"));
        }
        where_swept.push((entry.key.clone(), entry.key_place.clone()));
        match range_of(entry, parameter, known, problems) {
            Ok(Some(Range::Random(axis))) => {
                let message = format!("the values of `{}` are drawn: they cannot move with another axis", axis.name);
                problems.push(Problem::error(&axis.place, "wrong-type", message).help("put it under [model.grid]"));
            }
            Ok(Some(Range::Values(values))) => {
                let values = values.into_iter().map(|value| (value, entry.node.place.clone())).collect();
                zip.push(GridAxis { name: entry.key.clone(), values });
            }
            Ok(None) => zip.extend(list_axis(entry, parameter, known, false, problems)),
            Err(Refused) => {}
        }
    }
    if table.entries.is_empty() {
        let problem = Problem::error(place, "missing-key", "[[model.zip]] has no axis");
        problems.push(problem.help("add lines like `learning-rate = [1e-2, 1e-3]`"));
    }
    // What is wrong by itself need not be wrong together.
    if problems.len() == before {
        check_zip(&zip, table, problems);
    }
    zip
}

/// Equal lengths, and no row twice.
fn check_zip(zip: &[GridAxis], table: &Table, problems: &mut Vec<Problem>) {
    let Some((first, others)) = zip.split_first() else { return };
    if let Some(other) = others.iter().find(|axis| axis.values.len() != first.values.len())
        && let (Some(entry), Some(earlier)) = (table.get(&other.name), table.get(&first.name))
    {
        let (n, other_n) = (first.values.len(), other.values.len());
        let message = format!(
            "axes that move together are of one length: `{}` has {n}, `{}` has {other_n}",
            first.name, other.name
        );
        let problem = Problem::error(&entry.node.place, "out-of-range", message);
        return problems.push(problem.also(&earlier.node.place, "the first axis"));
    }
    let mut rows: HashMap<Vec<String>, usize> = HashMap::new();
    for i in 0..first.values.len() {
        let row = zip.iter().map(|axis| axis.values[i].0.canonical().to_string()).collect();
        if let Some(earlier) = rows.insert(row, i) {
            let words: Vec<String> = zip.iter().map(|axis| format!("{} = {}", axis.name, axis.values[i].0)).collect();
            let message = format!("`{}` is in the zip twice", words.join(", "));
            let problem = Problem::error(&first.values[i].1, "duplicate", message);
            problems.push(problem.also(&first.values[earlier].1, "the first one"));
        }
    }
}

fn read_sample(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Option<Sample> {
    let (table, place) = reader.table("sample", problems)?;
    let mut sample = Reader::new(table, "[model.sample]", &place);
    if sample.entry("count").is_none() {
        sample.missing("count", "count = 50", problems);
    }
    let count = sample.count("count", 1, problems);
    let place = sample.entry("count").map_or(place, |entry| entry.node.place.clone());
    let seed = sample.count("seed", 0, problems).unwrap_or(0);
    sample.finish(problems);
    Some(Sample { count: usize::try_from(count?).unwrap_or(usize::MAX), seed: seed.unsigned_abs(), place })
}
