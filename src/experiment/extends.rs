//! `extends`: files whose blocks a file takes over. They are merged before anything is checked; every key and value
//! keeps the file that states it, so that carets point there.
//!
//! Each file counts once, where it is met first: what a file extends comes before it, in the order of its list. A
//! later file goes before an earlier one: tables are merged key by key, lists of blocks by label (`name`, else
//! `title`, else `kind`; a claim by its text), and any other value is replaced.

use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::dataset;
use crate::diagnostic::{Problem, io_words};
use crate::experiment::blocks::{DatasetBlock, ModelBlock, SplitBlock};
use crate::experiment::check_format;
use crate::experiment::document::{self, Entry, Node, NodeKind, Place, Source, Table};
use crate::experiment::reader::{Reader, text, wrong_type};
use crate::parameter::Values;
use crate::split;
use crate::value::Value;

/// Blocks that are lists of tables.
pub const LISTS: &[&str] = &["dataset", "split", "pipeline", "model", "table", "figure", "claim"];
/// Blocks that are tables.
const TABLES: &[&str] = &["limits", "published", "repeat", "report", "task", "track"];
/// A chain of files may be so long.
const MOST_DEPTH: usize = 32;
/// The key.
const EXTENDS: &str = "extends";

/// A file that an experiment extends, as it is kept beside the frozen experiment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extended {
    /// Its path from the folder of the experiment file.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Where extended files are read.
#[derive(Clone, Copy)]
pub enum Files<'f> {
    /// From the disk, beside the experiment file.
    Disk,
    /// From what was kept in a results folder.
    Kept(&'f [Extended]),
}

/// A document with everything that it extends.
pub struct Merged {
    /// The whole.
    pub root: Table,
    /// What it extends, in the order of reading.
    pub extended: Vec<Extended>,
    /// The folder of each source, from the folder of the experiment file.
    pub folders: Vec<PathBuf>,
}

/// Reads what the file of source 0 extends, and merges it.
pub fn merge(
    root: Table,
    path: &Path,
    files: Files<'_>,
    sources: &mut Vec<Source>,
    problems: &mut Vec<Problem>,
) -> Merged {
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
    let own = path.file_name().map_or_else(PathBuf::new, PathBuf::from);
    let mut reading = Reading {
        folder,
        files,
        sources,
        problems,
        extended: Vec::new(),
        folders: vec![PathBuf::new()],
        open: Vec::new(),
        done: Vec::new(),
        merged: Table::default(),
    };
    reading.take(root, own);
    let Reading { merged, extended, folders, .. } = reading;
    Merged { root: merged, extended, folders }
}

struct Reading<'r> {
    /// The experiment file's.
    folder: PathBuf,
    files: Files<'r>,
    sources: &'r mut Vec<Source>,
    problems: &'r mut Vec<Problem>,
    extended: Vec<Extended>,
    folders: Vec<PathBuf>,
    /// Files being read, from the experiment file down.
    open: Vec<PathBuf>,
    done: Vec<PathBuf>,
    merged: Table,
}

impl Reading<'_> {
    /// What the file extends, then the file itself.
    fn take(&mut self, mut table: Table, path: PathBuf) {
        let entry = table.entries.iter().position(|entry| entry.key == EXTENDS);
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        self.open.push(path.clone());
        if let Some(at) = entry {
            let entry = table.entries.remove(at);
            for (stated, place) in paths(&entry.node, self.problems) {
                self.read(&stated, &folder, &place);
            }
        }
        self.open.pop();
        self.done.push(path);
        merge_tables(&mut self.merged, table, true, self.problems);
    }

    fn read(&mut self, stated: &str, folder: &Path, place: &Place) {
        let path = clean(&folder.join(stated));
        if self.open.contains(&path) {
            let from = self.open.iter().position(|open| *open == path).unwrap_or(0);
            let chain = self.open[from..].iter().chain([&path]).map(|p| p.display().to_string());
            let message = format!("`{stated}` extends itself: {}", chain.collect::<Vec<_>>().join(" → "));
            let problem = Problem::error(place, EXTENDS, message);
            return self.problems.push(problem.help("take one of these out of its `extends`"));
        }
        if self.done.contains(&path) {
            return;
        }
        if self.open.len() >= MOST_DEPTH {
            let message = format!("`{stated}` is the {MOST_DEPTH}th file in a chain of `extends`, which is too long");
            return self.problems.push(Problem::error(place, EXTENDS, message));
        }
        match self.text_of(&path, &folder.join(stated)) {
            Ok(text) => {
                let source = self.sources.len();
                let shown = clean(&self.folder.join(&path));
                self.sources.push(Source { name: shown.display().to_string(), text: text.clone() });
                self.folders.resize(source, PathBuf::new());
                self.folders.push(path.parent().map_or_else(PathBuf::new, Path::to_owned));
                let mut table = document::parse(source, &text, self.problems);
                check_alone(&mut table, self.problems);
                self.extended.push(Extended { name: path.display().to_string(), text });
                self.take(table, path);
            }
            Err(what) => {
                let message = format!("cannot read `{stated}`: {what}");
                let help = "the path begins at the folder of the file that states it";
                self.problems.push(Problem::error(place, EXTENDS, message).help(help));
                self.done.push(path);
            }
        }
    }

    /// `path` is the name it is kept under, `written` leads to it on the disk through every link.
    fn text_of(&self, path: &Path, written: &Path) -> Result<String, String> {
        let found = match self.files {
            Files::Disk => read_file(&self.folder.join(written)),
            Files::Kept(kept) => {
                let name = path.display().to_string();
                let found = kept.iter().find(|file| file.name == name).map(|file| file.text.clone());
                found.ok_or_else(|| io::ErrorKind::NotFound.into())
            }
        };
        found.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            _ => io_words(&error),
        })
    }
}

fn read_file(path: &Path) -> io::Result<String> {
    // Asked first: opening a pipe would wait for whoever writes it, and a device may never end.
    let kind = std::fs::metadata(path)?.file_type();
    if !kind.is_file() {
        let what = if kind.is_dir() { "it is a folder" } else { "it is not a regular file" };
        return Err(io::Error::other(what));
    }
    std::fs::read_to_string(path)
}

/// One path, or a list of them.
fn paths(node: &Node, problems: &mut Vec<Problem>) -> Vec<(String, Place)> {
    let items = match &node.kind {
        NodeKind::Text(path) => return vec![(path.clone(), node.place.clone())],
        NodeKind::List(items) => items,
        _ => {
            return wrong_type(node, "`extends`", "a path or a list of paths", problems).unwrap_or_default();
        }
    };
    let mut path = |item: &Node| Some((text(item, "an item of `extends`", problems)?, item.place.clone()));
    items.iter().filter_map(&mut path).collect()
}

/// Without `.` and with `..` taken back where it can be.
fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match (part, cleaned.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                cleaned.pop();
            }
            (part, _) => cleaned.push(part),
        }
    }
    cleaned
}

/// What a file cannot leave to those that extend it: its format, and what must be a table.
fn check_alone(table: &mut Table, problems: &mut Vec<Problem>) {
    let start = Place::default();
    let mut reader = Reader::new(table, "an extended file", &start);
    check_format(&mut reader, problems);
    for key in TABLES {
        let before = problems.len();
        reader.table(key, problems);
        if problems.len() > before {
            table.entries.retain(|entry| entry.key != *key);
            return check_alone(table, problems);
        }
    }
    table.entries.retain(|entry| entry.key != "format");
}

/// Puts `over` on top of `base`.
fn merge_tables(base: &mut Table, over: Table, is_root: bool, problems: &mut Vec<Problem>) {
    for entry in over.entries {
        let Some(below) = base.entries.iter_mut().find(|below| below.key == entry.key) else {
            base.entries.push(entry);
            continue;
        };
        if is_root && LISTS.contains(&entry.key.as_str()) {
            merge_lists(below, entry, problems);
            continue;
        }
        below.key_place = entry.key_place;
        match (&mut below.node.kind, entry.node.kind) {
            (NodeKind::Table(table), NodeKind::Table(over)) => merge_tables(table, over, false, problems),
            (kind, over) => {
                *kind = over;
                below.node.place = entry.node.place;
            }
        }
    }
}

/// Blocks of one label are merged, others stand after.
fn merge_lists(below: &mut Entry, over: Entry, problems: &mut Vec<Problem>) {
    let (place, node_place) = (over.key_place.clone(), over.node.place.clone());
    let mut blocks = as_blocks(below.node.clone(), &below.key_place);
    let known = blocks.len();
    for block in as_blocks(over.node, &over.key_place) {
        let wanted = label(&block);
        let same = blocks[..known].iter_mut().find(|below| wanted.is_some() && label(below) == wanted);
        match (same.map(|below| (&mut below.place, &mut below.kind)), block.kind) {
            (Some((place, NodeKind::Table(table))), NodeKind::Table(over)) => {
                *place = block.place;
                merge_tables(table, over, false, problems);
            }
            (_, kind) => blocks.push(Node { place: block.place, kind }),
        }
    }
    *below = Entry { key: over.key, key_place: place, node: Node { place: node_place, kind: NodeKind::List(blocks) } };
}

/// `[[model]]` as it is; a single `[model]` counts as a list of one.
fn as_blocks(node: Node, key_place: &Place) -> Vec<Node> {
    match node.kind {
        NodeKind::List(items) => items,
        kind @ NodeKind::Table(_) => vec![Node { place: key_place.clone(), kind }],
        kind => vec![Node { place: node.place, kind }],
    }
}

/// Keys that name a block, the first that is there.
pub const LABELS: &[&str] = &["name", "title", "kind", "text"];

/// What a block is called: its `name`, else its `title`, else its `kind`; a claim has only its text.
pub fn label(block: &Node) -> Option<&str> {
    let NodeKind::Table(table) = &block.kind else { return None };
    LABELS.iter().find_map(|key| match &table.get(key)?.node.kind {
        NodeKind::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Paths of an extended file begin at its folder: they are made to begin at the experiment file's.
pub fn relocate(
    folders: &[PathBuf],
    datasets: &mut [DatasetBlock],
    splits: &mut [SplitBlock],
    models: &mut [ModelBlock],
) {
    let folder = |place: Option<&Place>| place.and_then(|place| folders.get(place.source));
    for block in datasets {
        let names = dataset::find(&block.kind).map_or(&[][..], |spec| spec.locations);
        for name in names {
            rebase(&mut block.values, name, folder(block.value_places.get(*name)));
        }
        let place = block.value_places.get("documents.path");
        if let (Some(Value::Map(documents)), place) = (block.values.get_mut("documents"), place) {
            rebase(documents, "path", folder(place));
        }
    }
    for block in splits {
        let names = split::find(&block.choice.kind).map_or(&[][..], |spec| spec.locations);
        for name in names {
            rebase(&mut block.choice.values, name, folder(block.value_places.get(*name)));
        }
    }
    for block in models {
        let stated = ["run", "code"].into_iter().find_map(|key| block.fixed_places.get(key));
        block.base = folder(stated).cloned().unwrap_or_default();
    }
}

fn rebase(values: &mut Values, name: &str, folder: Option<&PathBuf>) {
    if let (Some(Value::Text(path)), Some(folder)) = (values.get_mut(name), folder)
        && !path.starts_with("${")
        && !folder.as_os_str().is_empty()
    {
        *path = folder.join(&*path).display().to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_by_their_words() {
        let cleaned = |path: &str| clean(Path::new(path)).display().to_string();
        assert_eq!(cleaned("a/./b/../c.toml"), "a/c.toml");
        assert_eq!(cleaned("../../c.toml"), "../../c.toml");
        assert_eq!(cleaned("a/../../c.toml"), "../c.toml");
        assert_eq!(cleaned("/a/../c.toml"), "/c.toml");
    }

    #[test]
    fn blocks_are_merged_by_label() {
        let mut problems = Vec::new();
        let mut parse = |text| document::parse(0, text, &mut problems);
        let mut base = parse("[limits]\ntime = 1\ngrid = 5\n[model]\nkind = \"a\"\nx = 1\n[model.grid]\ny = [1]\n");
        let over = parse(
            "[limits]\ntime = 2\n[[model]]\nkind = \"a\"\nz = 2\n[model.grid]\ny = [2]\n[[model]]\nkind = \"b\"\n",
        );
        merge_tables(&mut base, over, true, &mut Vec::new());
        let value = |key: &str| base.get(key).and_then(|entry| entry.node.to_value()).map(|value| value.to_string());
        assert_eq!(value("limits").as_deref(), Some("grid=5 time=2"));
        assert_eq!(value("model").as_deref(), Some("grid=y=2 kind=a x=1 z=2-kind=b"));
        assert!(problems.is_empty());
    }
}
