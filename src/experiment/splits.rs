//! `[[split]]`: which rows are learned from and which are judged.

use crate::diagnostic::Problem;
use crate::experiment::blocks::SplitBlock;
use crate::experiment::document::{Place, Table};
use crate::experiment::inputs::{check_variables, kind, unique_names, values};
use crate::experiment::reader::Reader;
use crate::model::TaskKind;
use crate::parameter::Values;
use crate::split::{Choice, SPLITS, SplitSpec};
use crate::value::Value;

/// Reads every `[[split]]`; without any, every row is used, which classification does not allow.
pub fn splits(reader: &mut Reader<'_>, task: Option<TaskKind>, problems: &mut Vec<Problem>) -> Vec<SplitBlock> {
    let tables = reader.tables("split", problems);
    if tables.is_empty() {
        if task == Some(TaskKind::Classification) && reader.entry("split").is_none() {
            reader.missing("split", "[[split]]\nkind = \"k-fold\"", problems);
        }
        return vec![SplitBlock {
            name: "whole".to_owned(),
            choice: Choice::whole(),
            checksum: None,
            value_places: std::collections::BTreeMap::new(),
            place: Place::default(),
        }];
    }
    let blocks: Vec<SplitBlock> =
        tables.into_iter().filter_map(|(table, place)| read_split(table, &place, task, problems)).collect();
    unique_names(blocks.iter().map(|b| (b.name.as_str(), &b.place)), "split", problems);
    blocks
}

fn read_split(table: &Table, place: &Place, task: Option<TaskKind>, problems: &mut Vec<Problem>) -> Option<SplitBlock> {
    let mut reader = Reader::new(table, "[[split]]", place);
    let kinds: Vec<(&str, &'static SplitSpec)> = SPLITS.iter().map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "split", &kinds, &[], problems)?;
    let clusters = matches!(task, Some(TaskKind::Clustering | TaskKind::Rules));
    if clusters
        && spec.kind != "whole"
        && let Some(entry) = reader.entry("kind")
    {
        let message = format!(
            "the task `{}` uses every row: its split can only be `whole`",
            task.map_or("clustering", TaskKind::word)
        );
        problems.push(Problem::error(&entry.node.place, "split-task", message).help("leave the [[split]] out"));
    }
    let what = format!("split `{}`", spec.kind);
    let (mut given, mut value_places) = values(&mut reader, &what, &(spec.parameters)(), problems);
    let name = reader.text_or_near("name", problems).unwrap_or_else(|| spec.kind.to_owned());
    for (key, example) in needed(spec.kind) {
        if !given.contains_key(*key) && reader.entry(key).is_none() {
            reader.missing(key, example, problems);
        }
    }
    for key in spec.locations {
        check_variables(key, &mut given, &value_places, problems);
    }
    let validation = reader.table("validation", problems).and_then(|(table, place)| {
        value_places.insert("validation".to_owned(), place.clone());
        let mut inner = read_inner(table, &place, problems)?;
        inherit_groups(spec.kind, &given, &mut inner, &place, problems);
        Some(inner)
    });
    if clusters && let Some(place) = value_places.get("validation") {
        problems.push(Problem::error(place, "split-task", "there is nothing to validate where classes are hidden"));
    }
    reader.finish(problems);
    if let Some(entry) = table.get("kind") {
        value_places.insert("kind".to_owned(), entry.node.place.clone());
    }
    Some(SplitBlock {
        name,
        choice: Choice { kind: spec.kind.to_owned(), values: given, validation: validation.map(Box::new) },
        checksum: None,
        value_places,
        place: place.clone(),
    })
}

/// What a kind cannot do without, with an example of each.
fn needed(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "temporal" => {
            &[("column", "column = \"year\""), ("train", "train = \"2010..=2015\""), ("test", "test = \"2016\"")]
        }
        "leave-one-group-out" => &[("groups", "groups = \"company\"")],
        "rows" => &[("path", "path = \"split.json\"")],
        _ => &[],
    }
}

/// Rows that belong together stay together in the inner split too: it takes over `groups` where it names none. Kinds
/// that only count groups keep them apart where the outer split does; where that one only counts them, an inner split
/// that is asked to be stratified is.
fn inherit_groups(outer: &str, given: &Values, inner: &mut Choice, place: &Place, problems: &mut Vec<Problem>) {
    let yes = Some(&Value::Bool(true));
    let Some(groups) = given.get("groups").filter(|_| !inner.values.contains_key("groups")) else { return };
    let counts = |kind: &str| ["temporal", "rows"].contains(&kind);
    let apart = !counts(outer) || given.get("disjoint") == yes;
    match (inner.values.get("stratified") == yes, apart) {
        (true, false) => return,
        (true, true) => {
            let message =
                "`validation` keeps the `groups` of its split together, and whole groups cannot be stratified";
            problems.push(Problem::error(place, "wrong-value", message).help("leave `stratified` out"));
        }
        (false, _) => {}
    }
    inner.values.insert("groups".to_owned(), groups.clone());
    if counts(&inner.kind) && apart {
        inner.values.entry("disjoint".to_owned()).or_insert(Value::Bool(true));
    }
}

fn read_inner(table: &Table, place: &Place, problems: &mut Vec<Problem>) -> Option<Choice> {
    let mut reader = Reader::new(table, "`validation`", place);
    let able = |spec: &&&'static SplitSpec| !["whole", "rows"].contains(&spec.kind) && spec.locations.is_empty();
    let kinds: Vec<(&str, &'static SplitSpec)> = SPLITS.iter().filter(able).map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "inner split", &kinds, &[], problems)?;
    let what = format!("inner split `{}`", spec.kind);
    let (given, _) = values(&mut reader, &what, &(spec.parameters)(), problems);
    for (key, example) in needed(spec.kind) {
        if !given.contains_key(*key) && reader.entry(key).is_none() {
            reader.missing(key, example, problems);
        }
    }
    reader.finish(problems);
    Some(Choice { kind: spec.kind.to_owned(), values: given, validation: None })
}
