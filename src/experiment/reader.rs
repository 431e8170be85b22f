//! Reads a table key by key, so that what was not asked for is known to be a mistake.

use std::collections::BTreeSet;

use crate::diagnostic::{Problem, nearest, one_of};
use crate::experiment::document::{Entry, Node, NodeKind, Place, Table};
use crate::parameter::quoted;

/// A table being read.
pub struct Reader<'d> {
    table: &'d Table,
    /// What it is called in messages: `[[model]]`.
    what: String,
    /// Where its header stands.
    place: Place,
    asked: BTreeSet<String>,
    /// Keys that are asked for and not offered in messages.
    hidden: BTreeSet<String>,
}

impl<'d> Reader<'d> {
    /// Reads `table`, called `what`, whose header stands at `place`.
    pub fn new(table: &'d Table, what: impl Into<String>, place: &Place) -> Self {
        Reader { table, what: what.into(), place: place.clone(), asked: BTreeSet::new(), hidden: BTreeSet::new() }
    }

    /// The entry of `key`, if it is there.
    pub fn entry(&mut self, key: &str) -> Option<&'d Entry> {
        self.asked.insert(key.to_owned());
        self.table.get(key)
    }

    /// The entry of `key`, else the one that is probably meant to be it: that one is read, and is unknown all the same.
    pub fn entry_or_near(&mut self, key: &str) -> Option<&'d Entry> {
        let exact = self.entry(key);
        exact.or_else(|| self.rest().into_iter().find(|entry| near(&entry.key, [key]).is_some()))
    }

    /// The text under `key`, or under what is probably meant to be it.
    pub fn text_or_near(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<String> {
        let entry = self.entry_or_near(key)?;
        match &entry.node.kind {
            NodeKind::Text(text) => Some(text.clone()),
            _ if entry.key == key => self.text(key, problems),
            _ => None,
        }
    }

    /// The text under `key`.
    pub fn text(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<String> {
        let entry = self.entry(key)?;
        text(&entry.node, &format!("`{key}`"), problems)
    }

    /// The text under `key`, which must be there.
    pub fn required_text(&mut self, key: &str, example: &str, problems: &mut Vec<Problem>) -> Option<String> {
        if self.entry(key).is_none() {
            self.missing(key, example, problems);
            return None;
        }
        self.text(key, problems)
    }

    /// The boolean under `key`.
    pub fn boolean(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<bool> {
        let entry = self.entry(key)?;
        match entry.node.kind {
            NodeKind::Bool(b) => Some(b),
            _ => wrong_type(&entry.node, &format!("`{key}`"), "`true` or `false`", problems),
        }
    }

    /// The whole number under `key`, at least `least`.
    pub fn count(&mut self, key: &str, least: i64, problems: &mut Vec<Problem>) -> Option<i64> {
        let entry = self.entry(key)?;
        match entry.node.kind {
            NodeKind::Integer(n, _) if n >= least => Some(n),
            NodeKind::Integer(n, _) => {
                let message = format!("`{key} = {n}` is out of range: must be at least {least}");
                problems.push(Problem::error(&entry.node.place, "out-of-range", message));
                None
            }
            _ => wrong_type(&entry.node, &format!("`{key}`"), "a whole number", problems),
        }
    }

    /// The number under `key`.
    pub fn number(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<f64> {
        let entry = self.entry(key)?;
        match entry.node.to_value().and_then(|value| value.as_number()) {
            Some(number) => Some(number),
            None => wrong_type(&entry.node, &format!("`{key}`"), "a number", problems),
        }
    }

    /// The number under `key`, which must be `good`.
    pub fn number_in(
        &mut self,
        key: &str,
        good: impl Fn(f64) -> bool,
        expected: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<f64> {
        let number = self.number(key, problems)?;
        if number.is_finite() && good(number) {
            return Some(number);
        }
        let entry = self.entry(key)?;
        let message = format!("`{key} = {number}` is out of range: must be {expected}");
        problems.push(Problem::error(&entry.node.place, "out-of-range", message));
        None
    }

    /// The meaning of the word under `key`.
    pub fn word<T: Copy>(
        &mut self,
        key: &str,
        noun: &str,
        words: &[(&str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let word = self.text(key, problems)?;
        let found = words.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let place = &self.entry(key)?.node.place;
            let mut known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
            known.sort_unstable();
            let message = format!("unknown {noun} `{word}`; expected one of {}", quoted(&known));
            problems.push(Problem::error(place, "wrong-value", message).nearest(&word, known));
        }
        found
    }

    /// Takes back that some keys were asked for, so that they are not offered as what an unknown key may mean.
    pub fn forget(&mut self, which: impl Fn(&str) -> bool) {
        self.hidden.extend(self.asked.iter().filter(|key| which(key)).cloned());
    }

    /// One text or a list of texts under `key`, each with its place.
    pub fn texts(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<Vec<(String, Place)>> {
        let entry = self.entry(key)?;
        let what = format!("`{key}`");
        match &entry.node.kind {
            NodeKind::Text(text) => Some(vec![(text.clone(), entry.node.place.clone())]),
            NodeKind::List(items) => Some(
                items
                    .iter()
                    .filter_map(|item| Some((text(item, &format!("an item of {what}"), problems)?, item.place.clone())))
                    .collect(),
            ),
            _ => wrong_type(&entry.node, &what, "a string or a list of strings", problems),
        }
    }

    /// The same, each text once: a second one is reported and left out.
    pub fn distinct_texts(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<Vec<(String, Place)>> {
        let mut kept: Vec<(String, Place)> = Vec::new();
        for (text, place) in self.texts(key, problems)? {
            if let Some((_, first)) = kept.iter().find(|(earlier, _)| *earlier == text) {
                let problem = Problem::error(&place, "duplicate", format!("`{text}` stands in `{key}` twice"));
                problems.push(problem.also(first, "the first one"));
            } else {
                kept.push((text, place));
            }
        }
        Some(kept)
    }

    /// The table under `key` with its place.
    pub fn table(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<(&'d Table, Place)> {
        let entry = self.entry(key)?;
        match &entry.node.kind {
            NodeKind::Table(table) => Some((table, header_place(entry))),
            _ => wrong_type(&entry.node, &format!("`{key}`"), "a table", problems),
        }
    }

    /// The table under `key`, or under what is probably meant to be it.
    pub fn table_or_near(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<(&'d Table, Place)> {
        let entry = self.entry_or_near(key)?;
        match &entry.node.kind {
            NodeKind::Table(table) => Some((table, header_place(entry))),
            _ if entry.key == key => self.table(key, problems),
            _ => None,
        }
    }

    /// The tables of `[[key]]`; a single `[key]` counts as one.
    pub fn tables(&mut self, key: &str, problems: &mut Vec<Problem>) -> Vec<(&'d Table, Place)> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        match &entry.node.kind {
            NodeKind::Table(table) => vec![(table, header_place(entry))],
            NodeKind::List(items) => items
                .iter()
                .filter_map(|item| match &item.kind {
                    NodeKind::Table(table) => Some((table, item.place.clone())),
                    _ => wrong_type(item, &format!("an item of `{key}`"), "a table", problems),
                })
                .collect(),
            _ => wrong_type::<()>(&entry.node, &format!("`{key}`"), "a list of tables", problems)
                .map_or_else(Vec::new, |()| Vec::new()),
        }
    }

    /// Says of every key in `names` that is there that this version does not know it yet.
    pub fn later(&mut self, names: &[&str], problems: &mut Vec<Problem>) {
        for name in names {
            if let Some(entry) = self.table.get(name) {
                self.asked.insert((*name).to_owned());
                let message = format!("`{name}` of {} is not in this version of gridbook", self.what);
                problems.push(Problem::error(&entry.key_place, "not-in-this-version", message));
            }
        }
    }

    /// Entries not asked for so far.
    pub fn rest(&self) -> Vec<&'d Entry> {
        self.table.entries.iter().filter(|entry| !self.asked.contains(&entry.key)).collect()
    }

    /// Says that `key` is missing, with the caret on the header; `example` is what to write, a header and a line
    /// under it separated by a line break where it is a block.
    pub fn missing(&self, key: &str, example: &str, problems: &mut Vec<Problem>) {
        // Misspelt, it is reported as an unknown key with this one as its suggestion.
        if self.has_near(key) {
            return;
        }
        let message = format!("{} has no `{key}`", self.what);
        let help = match example.split_once('\n') {
            Some((header, line)) => format!("add a block `{header}` and in it a line like `{line}`"),
            None => format!("add a line like `{example}`"),
        };
        problems.push(Problem::error(&self.place, "missing-key", message).help(help));
    }

    /// An entry that was not asked for, as a mistake.
    pub fn unknown(&self, entry: &Entry) -> Problem {
        let names: Vec<&str> = self.asked.difference(&self.hidden).map(String::as_str).collect();
        unknown_key(entry, &self.what, &names)
    }

    /// Whether an entry that was not asked for is probably meant to be `key`.
    pub fn has_near(&self, key: &str) -> bool {
        self.rest().iter().any(|entry| near(&entry.key, [key]).is_some())
    }

    /// Reports every entry that was not asked for.
    pub fn finish(self, problems: &mut Vec<Problem>) {
        for entry in self.rest() {
            problems.push(self.unknown(entry));
        }
    }
}

/// The caret of a table under a key: its key, since a header's span may cover the whole table.
fn header_place(entry: &Entry) -> Place {
    entry.key_place.clone()
}

/// A key that nothing reads.
pub fn unknown_key(entry: &Entry, what: &str, names: &[&str]) -> Problem {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let message = format!("unknown key `{}` in {what}; expected {}", entry.key, one_of(&entry.key, &sorted));
    let mut problem = Problem::error(&entry.key_place, "unknown-key", message);
    if let Some(name) = near(&entry.key, sorted) {
        problem.suggestion = Some(name.to_owned());
        problem.help = Some(format!("did you mean `{name}`?"));
    }
    problem
}

/// The nearest of the keys. Keys are few, so that of a very short one a single letter may be wrong or missing.
fn near<'n>(found: &str, names: impl IntoIterator<Item = &'n str> + Clone) -> Option<&'n str> {
    nearest(found, names.clone()).or_else(|| {
        let short = |name: &str| found.len() < 3 && name.len() <= 3 && strsim::damerau_levenshtein(found, name) == 1;
        let mut close = names.into_iter().filter(|name| short(name));
        close.next().filter(|_| close.next().is_none())
    })
}

/// The node's text.
pub fn text(node: &Node, what: &str, problems: &mut Vec<Problem>) -> Option<String> {
    match &node.kind {
        NodeKind::Text(text) => Some(text.clone()),
        _ => wrong_type(node, what, "a string", problems),
    }
}

/// Reports a value of the wrong type; always none.
pub fn wrong_type<T>(node: &Node, what: &str, expected: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let message = format!("{what} must be {expected}, found {} {}", article(node.type_name()), node.type_name());
    problems.push(Problem::error(&node.place, "wrong-type", message));
    None
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
