//! The TOML document with the place of every key and value. Nothing that a person writes goes through serde's
//! buffers, which lose places: the checks read this tree.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Problem;
use crate::experiment::extends::LISTS;
use crate::value::Value;

/// Where something stands: a range of bytes in one of the document's sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Index of the source: 0 is the experiment file, later ones are what the command line set.
    pub source: usize,
    /// Bytes.
    pub span: Range<usize>,
}

/// A text that places point into.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file as given, or `--set`, `--only`, `--seeds`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub kind: NodeKind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number and its digits as written.
    Integer(i64, String),
    /// A number and its digits as written.
    Number(f64, String),
    /// Text.
    Text(String),
    /// A date or time, which nothing in an experiment file takes.
    Datetime,
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

/// A table's entries in the file's order.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_place: Place,
    /// The value.
    pub node: Node,
}

impl Table {
    /// The entry of this key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Node {
    /// What it is, for messages.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            NodeKind::Bool(_) => "boolean",
            NodeKind::Integer(..) => "integer",
            NodeKind::Number(..) => "number",
            NodeKind::Text(_) => "string",
            NodeKind::Datetime => "date",
            NodeKind::List(_) => "list",
            NodeKind::Table(_) => "table",
        }
    }

    /// As a parameter's value; none for dates.
    pub fn to_value(&self) -> Option<Value> {
        Some(match &self.kind {
            NodeKind::Bool(b) => Value::Bool(*b),
            NodeKind::Integer(n, _) => Value::Integer(*n),
            NodeKind::Number(x, _) => Value::Number(*x),
            NodeKind::Text(text) => Value::Text(text.clone()),
            NodeKind::Datetime => return None,
            NodeKind::List(items) => Value::List(items.iter().map(Node::to_value).collect::<Option<_>>()?),
            NodeKind::Table(table) => Value::Map(
                table.entries.iter().map(|e| Some((e.key.clone(), e.node.to_value()?))).collect::<Option<_>>()?,
            ),
        })
    }
}

/// The code of a text that is not TOML.
pub const SYNTAX: &str = "syntax";

/// Parses one source. Of a text that is not TOML the first mistake is reported and nothing is read: what the parser
/// makes of the rest, an unclosed bracket for one, is rarely what was meant.
pub fn parse(source: usize, text: &str, problems: &mut Vec<Problem>) -> Table {
    let (document, errors) = DeTable::parse_recoverable(text);
    let span = |error: &toml::de::Error| error.span().unwrap_or(0..0);
    if let Some(error) = errors.iter().min_by_key(|error| span(error).start) {
        let place = Place { source, span: span(error) };
        let twice = if error.message() == "duplicate key" { block_at(text, place.span.start) } else { None };
        problems.push(match twice {
            Some(name) => {
                let message = format!("a second block `{name}`, and not each is written `[[{name}]]`");
                let help = format!("write `[[{name}]]`: there may be several");
                Problem::error(&place, SYNTAX, message).help(help)
            }
            None => Problem::error(&place, SYNTAX, format!("not TOML: {}", error.message())),
        });
        return Table::default();
    }
    table(source, document.get_ref(), problems)
}

/// Of the blocks of which there may be several, the one whose own header is the line at `offset`.
fn block_at(text: &str, offset: usize) -> Option<&'static str> {
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    let (name, _) = text[..end].lines().last()?.trim().strip_prefix('[')?.trim_start_matches('[').split_once(']')?;
    LISTS.iter().copied().find(|known| *known == name.trim())
}

/// A warning for each block that is written as if there could be but one.
pub fn single_blocks(root: &Table) -> Vec<Problem> {
    let single = |entry: &&Entry| LISTS.contains(&entry.key.as_str()) && matches!(entry.node.kind, NodeKind::Table(_));
    let warn = |entry: &Entry| {
        let message = format!("one `[{}]` alone", entry.key);
        let help = format!("write `[[{}]]`: there may be several", entry.key);
        Problem::warning(&entry.key_place, "single-block", message).help(help)
    };
    root.entries.iter().filter(single).map(warn).collect()
}

fn table(source: usize, from: &DeTable<'_>, problems: &mut Vec<Problem>) -> Table {
    let mut entries: Vec<Entry> = from
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_place: Place { source, span: key.span() },
            node: node(source, value, problems),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_place.span.start);
    Table { entries }
}

fn node(source: usize, from: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Node {
    let place = Place { source, span: from.span() };
    let kind = match from.get_ref() {
        DeValue::Boolean(b) => NodeKind::Bool(*b),
        DeValue::String(text) => NodeKind::Text(text.to_string()),
        DeValue::Datetime(_) => NodeKind::Datetime,
        DeValue::Array(items) => NodeKind::List(items.iter().map(|item| node(source, item, problems)).collect()),
        DeValue::Table(inner) => NodeKind::Table(table(source, inner, problems)),
        DeValue::Integer(digits) => {
            let parsed = i64::from_str_radix(digits.as_str(), digits.radix()).unwrap_or_else(|_| {
                let message = format!("the whole number `{}` is too large", digits.as_str());
                problems.push(Problem::error(&place, "out-of-range", message));
                0
            });
            NodeKind::Integer(parsed, digits.as_str().to_owned())
        }
        DeValue::Float(digits) => {
            let parsed = digits.as_str().parse().unwrap_or(f64::NAN);
            NodeKind::Number(parsed, digits.as_str().to_owned())
        }
    };
    Node { place, kind }
}
