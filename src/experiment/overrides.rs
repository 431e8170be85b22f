//! `--set` and `--seeds`: changes from the command line, with the same diagnostics as the file.

use crate::diagnostic::Problem;
use crate::experiment::document::{self, Entry, Node, NodeKind, Place, Source, Table};
use crate::parameter::quoted;

/// What the command line changes in the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--set KEY=VALUE`.
    pub set: Vec<String>,
    /// `--seeds LIST`.
    pub seeds: Option<String>,
}

/// The blocks that are lists of tables: the second word of a key picks one by name or kind.
const LISTS: &[&str] = &["dataset", "pipeline", "model", "table", "figure"];

impl Overrides {
    /// As they are kept beside the frozen experiment.
    pub fn recorded(&self) -> Vec<String> {
        let set = self.set.iter().map(|text| format!("--set {text}"));
        set.chain(self.seeds.iter().map(|text| format!("--seeds {text}"))).collect()
    }

    /// Reads back what [`recorded`](Self::recorded) gave.
    pub fn from_recorded(lines: &[String]) -> Self {
        let strip =
            |prefix: &str| lines.iter().filter_map(move |l| l.strip_prefix(prefix).map(str::to_owned)).collect();
        let set: Vec<String> = strip("--set ");
        let seeds: Vec<String> = strip("--seeds ");
        Overrides { set, seeds: seeds.into_iter().next_back() }
    }

    /// Changes the document; each change is a source of its own, so that its values have places.
    pub fn apply(&self, root: &mut Table, sources: &mut Vec<Source>, problems: &mut Vec<Problem>) {
        for text in &self.set {
            let source = sources.len();
            sources.push(Source { name: "--set".to_owned(), text: text.clone() });
            set(root, source, text, problems);
        }
        if let Some(text) = &self.seeds {
            let source = sources.len();
            sources.push(Source { name: "--seeds".to_owned(), text: text.clone() });
            let place = Place { source, span: 0..text.len() };
            match parse_seeds(text) {
                Ok(seeds) => {
                    let items = seeds
                        .into_iter()
                        .map(|seed| Node { place: place.clone(), kind: NodeKind::Integer(seed, seed.to_string()) })
                        .collect();
                    let node = Node { place: place.clone(), kind: NodeKind::List(items) };
                    put(child(root, "repeat", &place), "seeds", &place, node);
                }
                Err(message) => problems
                    .push(Problem::error(&place, "wrong-value", message).help("write `0..=9`, `0..10` or `0,3,7`")),
            }
        }
    }
}

/// `0..=3`, `0..4`, `1,5,7`, or parts of these separated by commas.
fn parse_seeds(text: &str) -> Result<Vec<i64>, String> {
    const MOST: i64 = 1_000_000;
    let number =
        |part: &str| part.trim().parse::<u32>().map(i64::from).map_err(|_| format!("`{}` is not a seed", part.trim()));
    let mut seeds = Vec::new();
    for part in text.split(',') {
        match part.split_once("..") {
            Some((low, high)) => {
                let (high, extra) = high.strip_prefix('=').map_or((high, 0), |high| (high, 1));
                let (low, high) = (number(low)?, number(high)? + extra);
                if low >= high || high - low > MOST {
                    return Err(format!("`{}` holds no seed, or more than {MOST}", part.trim()));
                }
                seeds.extend(low..high);
            }
            None => seeds.push(number(part)?),
        }
    }
    Ok(seeds)
}

fn set(root: &mut Table, source: usize, text: &str, problems: &mut Vec<Problem>) {
    let whole = Place { source, span: 0..text.len() };
    let Some((path, value)) = text.split_once('=') else {
        let problem = Problem::error(&whole, "syntax", "expected KEY=VALUE").help("like `model.idec.gamma=0.2`");
        problems.push(problem);
        return;
    };
    let key_place = Place { source, span: 0..path.trim_end().len() };
    let value_place = Place { source, span: path.len() + 1..text.len() };
    let Some(node) = parse_value(source, path.len() + 1, value, &value_place) else {
        problems.push(Problem::error(&value_place, "syntax", format!("`{value}` is not a TOML value")));
        return;
    };
    let words: Vec<&str> = path.trim().split('.').collect();
    match words.as_slice() {
        [block, which @ .., key] if LISTS.contains(block) && !which.is_empty() => {
            set_in_list(root, block, &which.join("."), key, &key_place, &node, problems);
        }
        [block, _] if LISTS.contains(block) => {
            let message = format!("`{block}` is a list: name the one that is meant");
            let help = format!("like `{block}.NAME.KEY=VALUE`");
            problems.push(Problem::error(&key_place, "unknown-key", message).help(help));
        }
        [key] => put(root, key, &key_place, node),
        [block, key] => put(child(root, block, &key_place), key, &key_place, node),
        _ => {
            let message = format!("`{}` names nothing that can be set", path.trim());
            problems.push(Problem::error(&key_place, "unknown-key", message));
        }
    }
}

/// The value as TOML, or as bare text (`optimizer=adam`).
fn parse_value(source: usize, offset: usize, value: &str, place: &Place) -> Option<Node> {
    let mut wrong = Vec::new();
    let parsed = document::parse(source, &format!("v = {value}"), &mut wrong);
    if wrong.is_empty()
        && let [only] = parsed.entries.as_slice()
    {
        let mut node = only.node.clone();
        // "v = " is four bytes; the text itself begins at `offset`.
        shift(&mut node, offset, 4);
        return Some(node);
    }
    let bare = !value.trim().is_empty() && !value.contains(['"', '[', '{', '=']);
    bare.then(|| Node { place: place.clone(), kind: NodeKind::Text(value.trim().to_owned()) })
}

fn shift(node: &mut Node, add: usize, take: usize) {
    let span = &mut node.place.span;
    *span = (span.start + add).saturating_sub(take)..(span.end + add).saturating_sub(take);
    if let NodeKind::List(items) = &mut node.kind {
        items.iter_mut().for_each(|item| shift(item, add, take));
    }
}

fn set_in_list(
    root: &mut Table,
    block: &str,
    which: &str,
    key: &str,
    key_place: &Place,
    node: &Node,
    problems: &mut Vec<Problem>,
) {
    if which.is_empty() {
        let message = format!("`{block}` is a list: name the one that is meant");
        problems.push(Problem::error(key_place, "unknown-key", message));
        return;
    }
    let Some(entry) = root.entries.iter_mut().find(|entry| entry.key == block) else {
        problems.push(Problem::error(key_place, "unknown-key", format!("the file has no [[{block}]]")));
        return;
    };
    let mut tables: Vec<&mut Table> = match &mut entry.node.kind {
        NodeKind::List(items) => items.iter_mut().filter_map(as_table).collect(),
        NodeKind::Table(table) => vec![table],
        _ => Vec::new(),
    };
    let word = |table: &Table, key: &str| match table.get(key).map(|entry| &entry.node.kind) {
        Some(NodeKind::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let by = ["name", "title", "kind"].into_iter().find(|by| tables.iter().any(|table| word(table, by) == which));
    let Some(by) = by else {
        let names: Vec<String> =
            tables.iter().flat_map(|t| [word(t, "name"), word(t, "kind")]).filter(|n| !n.is_empty()).collect();
        let message = format!("no {block} is called `{which}`; expected one of {}", quoted(&names));
        let problem = Problem::error(key_place, "unknown-value", message);
        problems.push(problem.nearest(which, names.iter().map(String::as_str)));
        return;
    };
    for table in tables.iter_mut().filter(|table| word(table, by) == which) {
        // A value set from the command line is fixed: it takes the place of a sweep.
        if let Some(NodeKind::Table(grid)) =
            table.entries.iter_mut().find(|e| e.key == "grid").map(|e| &mut e.node.kind)
        {
            grid.entries.retain(|e| e.key != key);
        }
        put(table, key, key_place, node.clone());
    }
}

fn as_table(node: &mut Node) -> Option<&mut Table> {
    match &mut node.kind {
        NodeKind::Table(table) => Some(table),
        _ => None,
    }
}

fn put(table: &mut Table, key: &str, key_place: &Place, node: Node) {
    table.entries.retain(|entry| entry.key != key);
    table.entries.push(Entry { key: key.to_owned(), key_place: key_place.clone(), node });
}

/// The table under `key`, made where there is none.
fn child<'t>(root: &'t mut Table, key: &str, place: &Place) -> &'t mut Table {
    let is_table = matches!(root.get(key).map(|e| &e.node.kind), Some(NodeKind::Table(_)));
    if !is_table {
        let kind = NodeKind::Table(Table::default());
        put(root, key, place, Node { place: place.clone(), kind });
    }
    let entry = root.entries.iter_mut().find(|entry| entry.key == key);
    match entry.map(|entry| &mut entry.node.kind) {
        Some(NodeKind::Table(table)) => table,
        _ => unreachable!("the entry was made just now"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_as_ranges_and_lists() {
        assert_eq!(parse_seeds("0..=3"), Ok(vec![0, 1, 2, 3]));
        assert_eq!(parse_seeds("1,4..6"), Ok(vec![1, 4, 5]));
        assert!(parse_seeds("3..3").is_err());
        assert!(parse_seeds("x").is_err());
    }
}
