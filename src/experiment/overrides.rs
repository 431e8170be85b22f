//! `--set` and `--seeds`: changes from the command line, with the same diagnostics as the file.

use crate::diagnostic::Problem;
use crate::experiment::document::{self, Entry, Node, NodeKind, Place, Source, Table};
use crate::experiment::extends::{LABELS, LISTS, label};
use crate::parameter::quoted;
use crate::value::Value;

/// What the command line changes in the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--set KEY=VALUE`.
    pub set: Vec<String>,
    /// `--seeds LIST`.
    pub seeds: Option<String>,
}

/// Tables of the file that are no lists.
const TABLES: &[&str] = &["limits", "repeat", "task", "track"];
/// Keys of these, of which a person may remember the key alone.
const WITHIN: &[(&str, &str)] = &[
    ("repeat", "seeds"),
    ("task", "kind"),
    ("task", "metrics"),
    ("task", "positive"),
    ("limits", "time"),
    ("limits", "memory"),
    ("limits", "retries"),
    ("limits", "fail-fast"),
    ("limits", "exclusive"),
];
/// Keys of the file that are no tables.
const KEYS: &[&str] = &["about", "format", "name"];
/// What only the file itself can say, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("published", "printed numbers are what results are held against"),
    ("extends", "what a file builds on is read before anything is set"),
    ("report", "notes are written into the file"),
];
/// Tables inside blocks, which a key may lead through.
const INNER: &[&str] =
    &["choose", "compare", "documents", "grid", "parameters", "sample", "take", "validation", "where"];

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

/// A word of a key with its place.
type Word = (String, Place);

/// The words of a key and where its value begins: `model."AE, K-means".gamma=1`.
fn parse_key(source: usize, text: &str) -> Option<(Vec<Word>, usize)> {
    let mut words: Vec<Word> = Vec::new();
    let (mut word, mut start, mut quote) = (String::new(), 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '.' | '=') => {
                let blanks = word.len() - word.trim_start().len();
                let begin = start + if text[start..].starts_with(['"', '\'']) { 0 } else { blanks };
                let place = Place { source, span: begin..text[..at].trim_end().len() };
                words.push((word.trim().to_owned(), place));
                if c == '=' {
                    return Some((words, at + 1));
                }
                (word, start) = (String::new(), at + 1);
            }
            (_, c) => word.push(c),
        }
    }
    None
}

fn set(root: &mut Table, source: usize, text: &str, problems: &mut Vec<Problem>) {
    let whole = Place { source, span: 0..text.len() };
    let Some((words, begin)) = parse_key(source, text) else {
        let problem = Problem::error(&whole, "syntax", "expected KEY=VALUE").help("like `model.idec.gamma=0.2`");
        problems.push(problem);
        return;
    };
    let value = &text[begin..];
    let value_place = Place { source, span: begin..text.len() };
    let Some(node) = parse_value(source, begin, value, &value_place) else {
        problems.push(Problem::error(&value_place, "syntax", format!("`{value}` is not a TOML value")));
        return;
    };
    let Some(((block, place), rest)) = words.split_first() else { return };
    let block = block.as_str();
    if let Some((_, reason)) = REFUSED.iter().find(|(name, _)| *name == block) {
        let message = format!("`{block}` cannot be set from the command line: {reason}");
        problems.push(Problem::error(place, "unknown-key", message).help("change it in the file"));
    } else if LISTS.contains(&block) {
        set_in_list(root, (block, place), rest, &node, problems);
    } else if KEYS.contains(&block) && rest.is_empty() {
        put(root, block, place, node);
    } else if TABLES.contains(&block) && !rest.is_empty() {
        put_at(child(root, block, place), rest, node);
    } else if TABLES.contains(&block) {
        let message = format!("`{block}` is a table: name the key that is meant");
        problems.push(Problem::error(place, "unknown-key", message).help(format!("like `{block}.KEY=VALUE`")));
    } else {
        let mut known: Vec<&str> = LISTS.iter().chain(TABLES).chain(KEYS).copied().collect();
        known.sort_unstable();
        let message = format!("`{block}` names nothing that can be set; expected one of {}", quoted(&known));
        let problem = Problem::error(place, "unknown-key", message);
        let within = WITHIN.iter().find(|(_, key)| *key == block);
        problems.push(match within.map(|(table, key)| format!("{table}.{key}")) {
            Some(whole) => {
                Problem { suggestion: Some(whole.clone()), ..problem.help(format!("did you mean `{whole}`?")) }
            }
            None => problem.nearest(block, known),
        });
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
    let moved = |place: &mut Place| {
        let span = &mut place.span;
        *span = (span.start + add).saturating_sub(take)..(span.end + add).saturating_sub(take);
    };
    moved(&mut node.place);
    match &mut node.kind {
        NodeKind::List(items) => items.iter_mut().for_each(|item| shift(item, add, take)),
        NodeKind::Table(table) => {
            for entry in &mut table.entries {
                moved(&mut entry.key_place);
                shift(&mut entry.node, add, take);
            }
        }
        _ => {}
    }
}

fn set_in_list(root: &mut Table, block: (&str, &Place), rest: &[Word], node: &Node, problems: &mut Vec<Problem>) {
    let (block, place) = block;
    let Some(entry) = root.entries.iter_mut().find(|entry| entry.key == block) else {
        problems.push(Problem::error(place, "unknown-key", format!("the file has no [[{block}]]")));
        return;
    };
    let tables: Vec<&mut Node> = match &mut entry.node.kind {
        NodeKind::List(items) => items.iter_mut().collect(),
        NodeKind::Table(_) => vec![&mut entry.node],
        _ => Vec::new(),
    };
    // A label may hold dots: the longest one that is there is meant.
    let found = (1..rest.len()).rev().find_map(|n| {
        let which = joined(&rest[..n]);
        let by = LABELS.iter().find(|by| tables.iter().any(|block| word(block, by) == Some(&which)))?;
        Some((n, by, which))
    });
    let Some((n, by, which)) = found else {
        let kinds = tables.iter().filter_map(|block| word(block, "kind").map(String::as_str));
        let names = tables.iter().filter_map(|block| label(block)).chain(kinds).map(str::to_owned).collect();
        problems.push(no_such_block(block, place, rest, names));
        return;
    };
    for table in tables {
        if word(table, by) == Some(&which)
            && let NodeKind::Table(table) = &mut table.kind
        {
            if block == "model" {
                settle(table, &rest[n..], node);
            }
            put_at(table, &rest[n..], node.clone());
        }
    }
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(".")
}

fn word<'n>(block: &'n Node, key: &str) -> Option<&'n String> {
    let NodeKind::Table(table) = &block.kind else { return None };
    match &table.get(key)?.node.kind {
        NodeKind::Text(text) => Some(text),
        _ => None,
    }
}

fn no_such_block(block: &str, place: &Place, rest: &[Word], mut names: Vec<String>) -> Problem {
    let inner = rest.iter().skip(1).position(|(word, _)| INNER.contains(&word.as_str())).map(|at| at + 1);
    let label = &rest[..inner.unwrap_or(rest.len().saturating_sub(1))];
    let (Some((_, first)), Some((_, last))) = (label.first(), label.last()) else {
        let message = format!("`{block}` is a list: name the one that is meant");
        return Problem::error(place, "unknown-key", message).help(format!("like `{block}.NAME.KEY=VALUE`"));
    };
    names.sort();
    names.dedup();
    let which = joined(label);
    let place = Place { source: first.source, span: first.span.start..last.span.end };
    let expected = if names.is_empty() { String::new() } else { format!("; expected one of {}", quoted(&names)) };
    let message = format!("no {block} is called `{which}`{expected}");
    Problem::error(&place, "unknown-value", message).nearest(&which, names.iter().map(String::as_str))
}

/// What is set from the command line takes the place of what the block says of the same parameter: a fixed value ends
/// a sweep, and conditions that name it are met or gone; a sweep ends a fixed value.
fn settle(table: &mut Table, key: &[Word], node: &Node) {
    match key {
        [(own, _), name] if own == "parameters" => settle(table, std::slice::from_ref(name), node),
        [(name, _)] => {
            let value = node.to_value();
            let unmet = |block: &Node| condition(block, name).is_some_and(|wanted| !is_met(&wanted, value.as_ref()));
            let gone: Vec<String> =
                blocks(table, "only-if").filter(|b| unmet(b)).filter_map(|b| word(b, "axis").cloned()).collect();
            for list in ["skip", "only-if"] {
                retain_blocks(table, list, |block| !unmet(block));
            }
            for axis in gone.iter().chain([name]) {
                drop_axis(table, axis);
            }
        }
        [(grid, _), (name, _)] if grid == "grid" => {
            table.entries.retain(|entry| entry.key != *name);
            if let Some(NodeKind::Table(own)) =
                table.entries.iter_mut().find(|e| e.key == "parameters").map(|e| &mut e.node.kind)
            {
                own.entries.retain(|entry| entry.key != *name);
            }
            drop_axis(table, name);
        }
        _ => {}
    }
}

fn blocks<'t>(table: &'t Table, list: &str) -> impl Iterator<Item = &'t Node> {
    let node = table.get(list).map(|entry| &entry.node);
    node.into_iter().flat_map(|node| match &node.kind {
        NodeKind::List(items) => items.iter().collect(),
        _ => vec![node],
    })
}

fn retain_blocks(table: &mut Table, list: &str, keep: impl Fn(&Node) -> bool) {
    table.entries.retain_mut(|entry| match &mut entry.node.kind {
        _ if entry.key != list => true,
        NodeKind::List(items) => {
            items.retain(&keep);
            !items.is_empty()
        }
        _ => keep(&entry.node),
    });
}

/// What the condition of a block wants of a parameter.
fn condition(block: &Node, name: &str) -> Option<Value> {
    let NodeKind::Table(table) = &block.kind else { return None };
    let NodeKind::Table(when) = &table.get("when")?.node.kind else { return None };
    when.get(name)?.node.to_value()
}

fn is_met(wanted: &Value, value: Option<&Value>) -> bool {
    value.is_some_and(|value| wanted == value || matches!(wanted, Value::List(items) if items.contains(value)))
}

/// Takes an axis out of the grid and out of every zip.
fn drop_axis(table: &mut Table, name: &str) {
    let strip = |node: &mut Node| {
        if let NodeKind::Table(axes) = &mut node.kind {
            axes.entries.retain(|entry| entry.key != name);
        }
    };
    for entry in table.entries.iter_mut().filter(|entry| ["grid", "zip"].contains(&entry.key.as_str())) {
        match &mut entry.node.kind {
            NodeKind::List(items) => items.iter_mut().for_each(strip),
            _ => strip(&mut entry.node),
        }
    }
    let is_empty = |node: &Node| matches!(&node.kind, NodeKind::Table(axes) if axes.entries.is_empty());
    retain_blocks(table, "zip", |zip| !is_empty(zip));
}

/// Puts a value at the end of a path of keys, making tables on the way.
fn put_at(table: &mut Table, path: &[Word], node: Node) {
    match path {
        [] => {}
        [(key, place)] => put(table, key, place, node),
        [(key, place), rest @ ..] => put_at(child(table, key, place), rest, node),
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

    #[test]
    fn keys_have_quoted_words() {
        let words = |text: &str| {
            let (words, begin) = parse_key(0, text)?;
            let shown: Vec<String> =
                words.iter().map(|(word, place)| format!("{word}|{}", &text[place.span.clone()])).collect();
            Some((shown.join(" / "), text[begin..].to_owned()))
        };
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(words("model.idec.gamma=0.2"), pair("model|model / idec|idec / gamma|gamma", "0.2"));
        assert_eq!(words("model.\"a=b.c\".x = y=z"), pair("model|model / a=b.c|\"a=b.c\" / x|x", " y=z"));
        assert_eq!(words("model.idec"), None);
    }
}
