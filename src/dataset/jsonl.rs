//! Tables as JSON lines: one object a line, plain or gzip.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::dataset::file::shown;
use crate::dataset::records::lines;
use crate::dataset::roles::{Names, Role, Wanted};
use crate::dataset::text_table::{Refused, Table};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, file};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;

parameters! {
    /// How a file of JSON lines is read.
    pub struct Params {
        /// The file; `.gz` is unpacked.
        path: String = String::new(), Domain::Any;
        /// The field that holds the classes; left out, there are none.
        labels: Option<String> = None, Domain::Any;
        /// Fields that are no features; splits can still name them.
        drop: Names = Names::default(), Domain::Any;
        /// Fields that hold words.
        nominal: Names = Names::default(), Domain::Any;
        /// The field that holds a text a row.
        text: Option<String> = None, Domain::Any;
        /// What becomes of rows without a class.
        missing_labels: String = "error".to_owned(), Domain::OneOf(&["error", "drop"]);
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "jsonl",
    about: "one JSON object a line, plain or gzip; a field that is not there or null is missing",
    reference: "JSON Lines",
    stands_in_for: None,
    revision: 1,
    parameters: Params::specs,
    locations: &["path"],
    checksum: file::checksum,
    load,
};

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params: Params = file::params(values)?;
    let path = file::path(values)?;
    parse(&file::read(path, places)?, path, &params)
}

/// Reads the bytes of a file; `path` is for messages.
///
/// # Errors
/// They are damaged, or do not hold what `params` name.
pub fn parse(bytes: &[u8], path: &str, params: &Params) -> Result<Dataset, DatasetError> {
    let text = file::text(bytes, path)?;
    let names = names(text, path)?;
    let wanted = Wanted {
        labels: params.labels.as_deref(),
        drop: &params.drop.0,
        nominal: &params.nominal.0,
        text: params.text.as_deref(),
        ..Wanted::default()
    };
    if names.is_empty() {
        return Err(file::error(path, "holds no rows"));
    }
    let roles = wanted.roles(&names)?;
    let mut rows = Rows {
        path,
        places: names.iter().enumerate().map(|(i, name)| (name.clone(), i)).collect(),
        roles,
        drop_unlabelled: params.missing_labels == "drop",
        row: Vec::new(),
    };
    let mut table =
        Table::new(names, &rows.roles, |_| None, (lines(text), bytes.len())).map_err(|what| file::error(path, what))?;
    for (line, object) in objects(text) {
        rows.take(line, object, &mut table)?;
    }
    table.finish(&[], path, false)
}

struct Rows<'a> {
    path: &'a str,
    /// The column of each field.
    places: HashMap<String, usize>,
    roles: Vec<Role>,
    drop_unlabelled: bool,
    row: Vec<Option<Cow<'a, str>>>,
}

impl<'a> Rows<'a> {
    /// Takes the object of a line into the table.
    fn take(&mut self, line: usize, object: &'a str, table: &mut Table) -> Result<(), DatasetError> {
        let wrong = |what: String| file::error(self.path, format!("line {line}{what}"));
        self.row.clear();
        self.row.resize(self.roles.len(), None);
        let mut place = self.roles.len();
        each_field(object, &mut |name, value| {
            // Most objects name their fields in the same order.
            let next = place + 1;
            place = if table.names().get(next).is_some_and(|known| known == name) { next } else { self.places[name] };
            self.row[place] = cell_text(value, self.roles[place]);
        })
        .map_err(&wrong)?;
        let too_large = |table: &Table| file::error(self.path, table.too_large());
        if table.label.is_some_and(|label| self.row[label].is_none()) {
            if self.drop_unlabelled {
                return table.drop_row().map_err(|_: Refused| too_large(table));
            }
            return Err(wrong(": the label is missing; `missing-labels = \"drop\"` leaves such rows out".to_owned()));
        }
        for (column, text) in self.row.iter().enumerate() {
            table
                .cell(column, text.as_deref())
                .map_err(|_| wrong(not_a_number(&table.names()[column], text.as_deref().unwrap_or_default())))?;
        }
        table.end_row().map_err(|_: Refused| too_large(table))
    }
}

fn not_a_number(field: &str, text: &str) -> String {
    let field = shown(field);
    let what = match text.as_bytes().first() {
        Some(b'[') => "a list, not a number".to_owned(),
        Some(b'{') => "an object, not a number".to_owned(),
        _ => format!("`{}`, not a number", shown(text)),
    };
    format!(
        ", field `{field}` is {what}; name the field under `nominal` if it holds words, under `text` if it holds \
         texts, or under `labels` or `drop` if it is not a feature: `drop = [\"{field}\"]`"
    )
}

/// A value as a cell: none for null; a truth value is 1 or 0 where numbers are wanted; a list or object stays as it is
/// written.
fn cell_text(value: &RawValue, role: Role) -> Option<Cow<'_, str>> {
    match value.get() {
        "null" => None,
        "true" if role == Role::Number => Some("1".into()),
        "false" if role == Role::Number => Some("0".into()),
        text if text.starts_with('"') => {
            Some(serde_json::from_str::<Text<'_>>(text).map_or(text.into(), |text| text.0))
        }
        text => Some(text.into()),
    }
}

/// Borrowed where nothing is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The lines that hold something, with their numbers from 1.
fn objects(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n').enumerate().map(|(i, line)| (i + 1, line.trim())).filter(|(_, line)| !line.is_empty())
}

/// The fields' names, in the order in which they come first.
///
/// # Errors
/// A line is no object, or names a field twice.
pub fn names(text: &str, path: &str) -> Result<Vec<String>, DatasetError> {
    let mut names: Vec<String> = Vec::new();
    // Where each came last: its line, and its place there.
    let mut last: HashMap<String, (usize, usize)> = HashMap::new();
    for (line, object) in objects(text) {
        let (mut twice, mut place) = (None, 0);
        each_field(object, &mut |name, _| {
            place += 1;
            match last.get_mut(name) {
                Some((before, first)) if *before == line => twice = Some((shown(name).into_owned(), *first, place)),
                Some(before) => *before = (line, place),
                None => {
                    last.insert(name.to_owned(), (line, place));
                    names.push(name.to_owned());
                }
            }
        })
        .map_err(|what| file::error(path, format!("line {line}{what}")))?;
        if let Some((name, first, second)) = twice {
            let message = format!("line {line} names the field `{name}` twice: fields {first} and {second}");
            return Err(file::error(path, message));
        }
    }
    Ok(names)
}

/// Calls `take` with each field of each line as a cell, in the file's order, and gives the number of lines.
///
/// # Errors
/// A line is no object.
pub fn cells(text: &str, path: &str, mut take: impl FnMut(&str, Option<&str>)) -> Result<usize, DatasetError> {
    let mut rows = 0;
    for (line, object) in objects(text) {
        rows += 1;
        each_field(object, &mut |name, value| take(name, cell_text(value, Role::Number).as_deref()))
            .map_err(|what| file::error(path, format!("line {line}{what}")))?;
    }
    Ok(rows)
}

/// Calls `take` with each field of an object and its value as written.
fn each_field<'a>(object: &'a str, take: &mut dyn FnMut(&str, &'a RawValue)) -> Result<(), String> {
    struct Fields<'t, 'a>(&'t mut dyn FnMut(&str, &'a RawValue));
    impl<'a> Visitor<'a> for Fields<'_, 'a> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
            while let Some((name, value)) = map.next_entry::<Text<'a>, &'a RawValue>()? {
                (self.0)(&name.0, value);
            }
            Ok(())
        }
    }
    if !object.starts_with('{') {
        return Err(format!(" is no JSON object: `{}`", shown(object)));
    }
    let mut reader = serde_json::Deserializer::from_str(object);
    reader.deserialize_map(Fields(take)).and_then(|()| reader.end()).map_err(|error| {
        let message = error.to_string();
        let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
        format!(", column {}: not JSON: {what}", error.column())
    })
}

/// Calls `take` with two fields of each line, as text; missing ones are empty, but the first must be there.
///
/// # Errors
/// A line is no object, or lacks the first field; no line has the second.
pub fn pairs(
    text: &str,
    path: &str,
    [first, second]: [&str; 2],
    mut take: impl FnMut(&str, &str),
) -> Result<(), DatasetError> {
    let mut any = false;
    for (line, object) in objects(text) {
        let (mut key, mut value) = (None, None);
        each_field(object, &mut |name, found| {
            if name == first {
                key = cell_text(found, Role::Aside);
            } else if name == second {
                any = true;
                value = cell_text(found, Role::Text);
            }
        })
        .map_err(|what| file::error(path, format!("line {line}{what}")))?;
        let Some(key) = key else {
            return Err(file::error_at("key", path, format!("line {line} has no field `{first}`")));
        };
        take(key.trim(), &value.unwrap_or_default());
    }
    if any { Ok(()) } else { Err(file::error_at("column", path, format!("no line has a field `{second}`"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Column;
    use proptest::prelude::*;

    fn params() -> Params {
        Params { labels: Some("y".to_owned()), ..Params::default() }
    }

    fn error(text: &str) -> String {
        parse(text.as_bytes(), "t.jsonl", &params()).expect_err("refused").to_string()
    }

    #[test]
    fn fields_become_columns() {
        let params = Params {
            labels: Some("y".to_owned()),
            drop: Names(vec!["id".to_owned()]),
            nominal: Names(vec!["colour".to_owned()]),
            text: Some("note".to_owned()),
            ..Params::default()
        };
        let text = "{\"id\": [1, 2], \"a\": 1, \"colour\": \"red\", \"y\": 1, \"note\": \"x\\ty\"}\r\n\n\
            {\"y\": \"1.0\", \"b\": true, \"colour\": \"blue\", \"a\": -1.5e2}\n{\"y\": 0, \"a\": null, \"id\": \"q\"}";
        let data = parse(text.as_bytes(), "t.jsonl", &params).unwrap();
        let words = ["blue".to_owned(), "red".to_owned()];
        let columns = [Column::numeric("a"), Column::nominal("colour", words), Column::numeric("b")];
        assert_eq!(data.views[0].columns, columns);
        let nan = f64::NAN;
        let want = ndarray::array![[1.0, 1.0, nan], [-150.0, 0.0, 1.0], [nan, nan, nan]];
        assert_eq!(format!("{:?}", data.views[0].values), format!("{want:?}"));
        assert_eq!(data.labels.as_ref().unwrap().classes, ["0", "1"]);
        assert_eq!(data.labels.unwrap().codes, [1, 1, 0]);
        assert_eq!(data.aside[0].cells, ["[1, 2]", "", "q"]);
        assert_eq!(data.documents.unwrap().texts, ["x\ty", "", ""]);
    }

    #[test]
    fn mistakes_name_line_and_field() {
        for (text, want) in [
            ("", "holds no rows"),
            ("[1]\n", "line 1 is no JSON object: `[1]`"),
            ("{\"y\":1,\"a\":2}\n{\"y\":1,\"a\":}\n", "line 2, column 12: not JSON: expected value"),
            ("{\"y\":1} x\n", "line 1, column 9: not JSON: trailing characters"),
            ("{\"y\":1,\"a\":2,\"a\":3}\n", "line 1 names the field `a` twice: fields 2 and 3"),
            ("{\"y\":1,\"a\":\"u\"}\n", "line 1, field `a` is `u`, not a number; name the field under `nominal`"),
            ("{\"y\":1,\"a\":[1]}\n", "line 1, field `a` is a list, not a number"),
            ("{\"y\":1,\"a\":1e999}\n", "field `a` is `1e999`, not a number"),
            ("{\"y\":1,\"a\":1}\n{\"a\":1}\n", "line 2: the label is missing"),
            ("{\"a\":1}\n", "no column is called `y`"),
        ] {
            assert!(error(text).contains(want), "{text}: {}", error(text));
        }
        assert!(error(&format!("{{\"y\":{}", "[".repeat(100_000))).contains("not JSON: EOF"));
    }

    #[test]
    fn rows_without_a_class_can_be_left_out() {
        let params = Params { missing_labels: "drop".to_owned(), ..params() };
        let data =
            parse(b"{\"y\":1,\"a\":1}\n{\"a\":2}\n{\"y\":null,\"a\":3}\n{\"y\":2,\"a\":4}", "t", &params).unwrap();
        assert_eq!(data.views[0].values, ndarray::array![[1.0], [4.0]]);
    }

    #[test]
    fn rows_left_out_cost_what_rows_cost() {
        let wide = (0..50_000).fold("{".to_owned(), |text, i| text + &format!("\"f{i}\":1,"));
        let text = format!("{wide}\"y\":1}}\n{}", "{}\n".repeat(200_000));
        let params = Params { missing_labels: "drop".to_owned(), ..params() };
        let message = parse(text.as_bytes(), "t", &params).unwrap_err().to_string();
        assert!(message.contains("more than 20 times the file"), "{message}");
    }

    #[test]
    fn a_new_field_in_every_line_is_no_table() {
        let text = (0..20_000).fold(String::new(), |text, i| text + &format!("{{\"f{i}\":1}}\n"));
        let message = parse(text.as_bytes(), "t", &Params::default()).unwrap_err().to_string();
        assert!(message.contains("more than 20 times the file"), "{message}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn changed_bytes_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
            let mut bytes = b"{\"y\": 1, \"a\": 2.5, \"n\": \"u\\u00e9\"}\n{\"y\": 0, \"a\": null, \"n\": \"v\"}\n".to_vec();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let params = Params { nominal: Names(vec!["n".to_owned()]), ..params() };
            if let Ok(data) = parse(&bytes, "t", &params) {
                prop_assert_eq!(data.labels.unwrap().codes.len(), data.views[0].values.nrows());
            }
        }
    }
}
