//! `[[dataset]]` and `[[pipeline]]`: what is fed to the models.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::dataset;
use crate::dataset::take::Take;
use crate::diagnostic::Problem;
use crate::experiment::blocks::{DatasetBlock, PipelineBlock, StepBlock};
use crate::experiment::document::{Node, NodeKind, Place, Table};
use crate::experiment::pipeline_grid;
use crate::experiment::reader::{Reader, wrong_type};
use crate::experiment::unsure;
use crate::model::TaskKind;
use crate::parameter::{ParameterSpec, Parameters, Values, quoted};
use crate::preprocess;
use crate::value::Value;

/// A duration: seconds as a number, or `"10m"`.
pub fn duration(node: &Node, problems: &mut Vec<Problem>) -> Option<Duration> {
    let found = match &node.kind {
        NodeKind::Text(text) => humantime::parse_duration(text).ok(),
        _ => node.to_value().and_then(|v| v.as_number()).and_then(|s| Duration::try_from_secs_f64(s).ok()),
    };
    let found = found.filter(|duration| !duration.is_zero());
    if found.is_none() {
        let message = "not a time: expected seconds as a number, or a text like \"90s\", \"10m\", \"2h\"";
        problems.push(Problem::error(&node.place, "wrong-type", message));
    }
    found
}

/// `kind` of a block, looked up among `kinds`; none with a mistake where it is missing or unknown.
pub fn kind<T: Copy>(
    reader: &mut Reader<'_>,
    noun: &str,
    kinds: &[(&str, T)],
    later: &[&str],
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let words: Vec<&str> = kinds.iter().map(|(word, _)| *word).collect();
    let Some(entry) = reader.entry_or_near("kind") else {
        reader.missing("kind", &format!("kind = \"{}\"", words.first().unwrap_or(&"")), problems);
        return None;
    };
    let word = reader.text_or_near("kind", problems);
    let found = kinds.iter().find(|(name, _)| Some(*name) == word.as_deref()).map(|(_, value)| *value);
    if found.is_none() && entry.key != "kind" {
        // Whoever reads the block does not come to its end.
        problems.push(reader.unknown(entry));
    }
    let word = word?;
    if found.is_none() {
        let mut sorted = words;
        sorted.sort_unstable();
        let problem = if later.contains(&word.as_str()) {
            let message = format!("{noun} `{word}` is not in this version of gridbook");
            Problem::error(&entry.node.place, "not-in-this-version", message)
        } else {
            let message = format!("unknown {noun} `{word}`; expected one of {}", quoted(&sorted));
            Problem::error(&entry.node.place, "unknown-kind", message).nearest(&word, sorted)
        };
        problems.push(problem);
    }
    found
}

/// Every entry not yet asked for, as a value of one of `specs`.
pub fn values(
    reader: &mut Reader<'_>,
    what: &str,
    specs: &[ParameterSpec],
    problems: &mut Vec<Problem>,
) -> (Values, BTreeMap<String, Place>) {
    let (mut values, mut places) = (Values::new(), BTreeMap::new());
    for spec in specs {
        let Some(entry) = reader.entry(&spec.name) else { continue };
        let Some(value) = entry.node.to_value() else {
            wrong_type::<()>(&entry.node, &format!("`{}`", spec.name), spec.type_name, problems);
            continue;
        };
        if let Some(problem) = wrong_value(spec, what, &value, &entry.node.place) {
            problems.push(problem);
            continue;
        }
        item_places(&spec.name, &entry.node, &mut places);
        places.insert(spec.name.clone(), entry.node.place.clone());
        values.insert(spec.name.clone(), value);
    }
    (values, places)
}

/// Where the items of a list of texts stand, `drop[year]`; of a table of such lists each by its item alone.
fn item_places(name: &str, node: &Node, places: &mut BTreeMap<String, Place>) {
    match &node.kind {
        NodeKind::List(items) => {
            for item in items {
                if let NodeKind::Text(text) = &item.kind {
                    places.entry(format!("{name}[{text}]")).or_insert_with(|| item.place.clone());
                }
            }
        }
        NodeKind::Table(table) => table.entries.iter().for_each(|entry| item_places(name, &entry.node, places)),
        _ => {}
    }
}

/// What is wrong with a value of a parameter of `what`, if anything is.
pub fn wrong_value(spec: &ParameterSpec, what: &str, value: &Value, place: &Place) -> Option<Problem> {
    let expected = spec.check(value).err()?;
    let problem = Problem::error(place, "wrong-value", format!("`{}` of {what}: {expected}", spec.name));
    Some(match value {
        Value::Text(text) => problem.nearest(text, spec.words().iter().copied()),
        _ => problem,
    })
}

/// The parameter that is a table of its own.
const DOCUMENTS: &str = "documents";

/// Reads every `[[dataset]]`.
pub fn datasets(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Vec<DatasetBlock> {
    let tables = reader.tables("dataset", problems);
    if tables.is_empty() && reader.entry("dataset").is_none() {
        reader.missing("dataset", "[[dataset]]\nkind = \"digits\"", problems);
    }
    let blocks: Vec<DatasetBlock> =
        tables.into_iter().filter_map(|(table, place)| read_dataset(table, &place, problems)).collect();
    unique_names(blocks.iter().map(|b| (b.name.as_str(), &b.place)), "data set", problems);
    blocks
}

fn read_dataset(table: &Table, place: &Place, problems: &mut Vec<Problem>) -> Option<DatasetBlock> {
    let before = problems.len();
    let mut reader = Reader::new(table, "[[dataset]]", place);
    let kinds: Vec<_> = dataset::DATASETS.iter().map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "data set", &kinds, &[], problems)?;
    let what = format!("data set `{}`", spec.kind);
    let (documented, plain): (Vec<_>, Vec<_>) =
        (spec.parameters)().into_iter().partition(|parameter| parameter.name == DOCUMENTS);
    let (mut values, mut value_places) = values(&mut reader, &what, &plain, problems);
    if !documented.is_empty() {
        values.extend(read_documents(&mut reader, &mut value_places, problems));
    }
    for key in spec.locations {
        check_variables(key, &mut values, &value_places, problems);
    }
    let name = reader.text_or_near("name", problems).unwrap_or_else(|| spec.kind.to_owned());
    let take = read_take(&mut reader, &mut value_places, problems);
    let checksum = reader.text("checksum", problems);
    if let Some(entry) = reader.entry("checksum") {
        value_places.insert("checksum".to_owned(), entry.node.place.clone());
    }
    reader.finish(problems);
    Some(DatasetBlock {
        kind: spec.kind.to_owned(),
        name,
        values,
        value_places,
        take,
        checksum,
        flawed: problems.len() > before,
        place: place.clone(),
    })
}

/// `[dataset.documents]`, key by key, so that each mistake has its place.
fn read_documents(
    reader: &mut Reader<'_>,
    places: &mut BTreeMap<String, Place>,
    problems: &mut Vec<Problem>,
) -> Option<(String, Value)> {
    let (table, place) = reader.table(DOCUMENTS, problems)?;
    let mut documents = Reader::new(table, "`documents`", &place);
    let mut read = Values::new();
    for (key, example) in [("path", "path = \"texts.csv\""), ("key", ""), ("column", "column = \"text\"")] {
        match documents.entry(key) {
            None if !example.is_empty() => documents.missing(key, example, problems),
            None => {}
            Some(entry) => {
                places.insert(format!("{DOCUMENTS}.{key}"), entry.node.place.clone());
                let text = documents.text(key, problems);
                read.extend(text.map(|text| (key.to_owned(), Value::Text(text))));
            }
        }
    }
    documents.finish(problems);
    if let Some(path) = places.get("documents.path").cloned() {
        let own = BTreeMap::from([("path".to_owned(), path)]);
        check_variables("path", &mut read, &own, problems);
    }
    places.insert(DOCUMENTS.to_owned(), place);
    let whole = ["path", "column"].iter().all(|key| read.contains_key(*key));
    whole.then(|| (DOCUMENTS.to_owned(), Value::Map(read)))
}

/// A path may begin with `${data}`; a path with another variable is taken out, since no file can be looked for.
pub fn check_variables(key: &str, values: &mut Values, places: &BTreeMap<String, Place>, problems: &mut Vec<Problem>) {
    const KNOWN: &str = "data";
    let (Some(Value::Text(path)), Some(place)) = (values.get(key), places.get(key)) else { return };
    let names = path.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let Some(name) = names.into_iter().find(|name| *name != KNOWN) else { return };
    let message = format!("`${{{name}}}` is no variable of a path; there is `${{{KNOWN}}}`, the data folder");
    let mut problem = Problem::error(place, "unknown-value", message);
    problem.suggestion = Some(KNOWN.to_owned());
    problems.push(problem);
    values.remove(key);
}

/// `take = { per-class = 200 }`.
fn read_take(reader: &mut Reader<'_>, places: &mut BTreeMap<String, Place>, problems: &mut Vec<Problem>) -> Values {
    let Some((table, place)) = reader.table("take", problems) else { return Values::new() };
    let mut take = Reader::new(table, "`take`", &place);
    let (taken, _) = values(&mut take, "`take`", &Take::specs(), problems);
    take.finish(problems);
    places.insert("take".to_owned(), place);
    taken
}

/// Reads every `[[pipeline]]`; without any, the one without steps. Axes that those with mistakes may have are added to
/// `unsure`.
pub fn pipelines(
    reader: &mut Reader<'_>,
    task: Option<TaskKind>,
    unsure: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Vec<PipelineBlock> {
    let tables = reader.tables("pipeline", problems);
    if tables.is_empty() {
        return vec![PipelineBlock {
            name: "none".to_owned(),
            steps: Vec::new(),
            grid: Values::new(),
            place: Place::default(),
        }];
    }
    let mut grids: Vec<Vec<PipelineBlock>> = Vec::new();
    for (table, place) in tables {
        let before = problems.len();
        grids.push(read_pipeline(table, place, task, problems));
        if problems.len() > before {
            unsure.extend(unsure::pipeline_axes(table));
        }
    }
    let firsts = grids.iter().filter_map(|grid| grid.first());
    unique_names(firsts.map(|b| (b.name.as_str(), &b.place)), "pipeline", problems);
    grids.into_iter().flatten().collect()
}

/// One block: a pipeline for each point of its grid.
fn read_pipeline(
    table: &Table,
    place: Place,
    task: Option<TaskKind>,
    problems: &mut Vec<Problem>,
) -> Vec<PipelineBlock> {
    let mut block = Reader::new(table, "[[pipeline]]", &place);
    let name = block.text_or_near("name", problems);
    let stated = block.tables("steps", problems);
    let steps: Vec<StepBlock> =
        stated.iter().filter_map(|(table, place)| read_step(table, place, task, problems)).collect();
    let whole = steps.len() == stated.len() && !block.has_near("steps");
    let axes = match block.table("grid", problems) {
        Some((grid, _)) => pipeline_grid::axes(grid, &steps, whole, problems),
        None => Vec::new(),
    };
    block.finish(problems);
    let name = name.unwrap_or_else(|| steps_name(&steps));
    pipeline_grid::expand(&PipelineBlock { name, steps, grid: Values::new(), place }, &axes)
}

fn steps_name(steps: &[StepBlock]) -> String {
    if steps.is_empty() {
        return "none".to_owned();
    }
    steps.iter().map(|step| step.kind.as_str()).collect::<Vec<_>>().join(" + ")
}

/// Steps that later versions add.
pub const LATER: &[&str] = &["drop-columns", "drop-duplicates", "drop-rows", "word2vec"];

fn read_step(table: &Table, place: &Place, task: Option<TaskKind>, problems: &mut Vec<Problem>) -> Option<StepBlock> {
    let mut reader = Reader::new(table, "a step", place);
    let kinds: Vec<_> = preprocess::STEPS.iter().map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "step", &kinds, LATER, problems)?;
    let (values, _) = values(&mut reader, &format!("step `{}`", spec.kind), &(spec.parameters)(), problems);
    if (spec.effect)(&values).needs_labels
        && let Some(task) = task.filter(|task| !task.is_supervised())
    {
        let message = format!("step `{}` needs classes, which the task `{}` hides", spec.kind, task.word());
        problems.push(Problem::error(place, "step-task", message));
    }
    reader.finish(problems);
    Some(StepBlock { kind: spec.kind.to_owned(), values, place: place.clone() })
}

/// Labels name axes' values: each may stand once.
pub fn unique_names<'b>(
    blocks: impl IntoIterator<Item = (&'b str, &'b Place)>,
    noun: &str,
    problems: &mut Vec<Problem>,
) {
    let key = if noun == "table" { "title" } else { "name" };
    let mut seen = Vec::new();
    for (name, place) in blocks {
        if name.is_empty() || name.chars().any(char::is_control) {
            let message = format!("a {noun} cannot be called {name:?}: a name is one line of text");
            problems.push(Problem::error(place, "wrong-value", message));
        }
        if seen.contains(&name) {
            let message = format!("a second {noun} is called `{name}`");
            problems.push(Problem::error(place, "duplicate", message).help(format!("give it a `{key}` of its own")));
        }
        seen.push(name);
    }
}
