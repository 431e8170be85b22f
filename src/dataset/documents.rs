//! Texts in a file of their own, joined to a table's rows by a key.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use crate::dataset::file::shown;
use crate::dataset::records::Records;
use crate::dataset::roles::unknown;
use crate::dataset::words::{are_numbers, one_way};
use crate::dataset::{Dataset, DatasetError, Documents, Places, file, jsonl};
use crate::diagnostic::nearest;
use crate::parameter::{Parameter, Values, quoted};
use crate::value::Value;

/// The parameter.
const DOCUMENTS: &str = "documents";
/// What it may hold.
const KEYS: &[&str] = &["path", "key", "column"];

/// Where the texts are: `{ path, key, column }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSource {
    /// CSV or JSON lines, plain or gzip.
    pub path: String,
    /// The column there that holds the key; left out, it is called as in the table.
    pub key: Option<String>,
    /// The column that holds the texts.
    pub column: String,
}

impl Parameter for DocumentSource {
    const TYPE: &'static str = "table of `path`, `key` and `column`";
    fn from_value(value: &Value) -> Result<Self, String> {
        let Value::Map(entries) = value else {
            return Err(format!("expected a table of {}, found {} `{value}`", quoted(KEYS), value.type_name()));
        };
        if let Some(name) = entries.keys().find(|name| !KEYS.contains(&name.as_str())) {
            let near = nearest(name, KEYS.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
            return Err(format!("has no `{name}`, only {}{}", quoted(KEYS), near.unwrap_or_default()));
        }
        let text = |name: &str| {
            let found = entries.get(name).map(String::from_value).transpose();
            found.map_err(|what| format!("`{name}`: {what}"))
        };
        let required = |name: &str| text(name)?.ok_or_else(|| format!("lacks `{name}`"));
        Ok(DocumentSource { path: required("path")?, key: text("key")?, column: required("column")? })
    }
    fn to_value(&self) -> Option<Value> {
        None
    }
}

fn error(path: &str, what: impl std::fmt::Display) -> DatasetError {
    about_documents(file::error(path, what))
}

/// The caret goes to the key of the documents, not to the table's.
fn about_documents(error: DatasetError) -> DatasetError {
    let about = |key: String| {
        if KEYS.contains(&key.as_str()) { format!("{DOCUMENTS}.{key}") } else { DOCUMENTS.to_owned() }
    };
    match error {
        DatasetError::File { key, message } => DatasetError::File { key: about(key), message },
        DatasetError::Parameter { key, message, suggestion } => {
            DatasetError::Parameter { key: about(key), message, suggestion }
        }
    }
}

/// Hash of the table's file and, where documents are joined, of theirs and how they are read.
pub fn checksum(values: &Values, places: &Places) -> Result<Option<String>, DatasetError> {
    let table = file::checksum(values, places)?;
    let Some(value) = values.get(DOCUMENTS) else { return Ok(table) };
    let source = DocumentSource::from_value(value).map_err(|message| DatasetError::Parameter {
        key: DOCUMENTS.to_owned(),
        message,
        suggestion: None,
    })?;
    let theirs = file::hash(&source.path, places).map_err(about_documents)?;
    // Lengths, so that no two lists of parts give the same bytes.
    let mut hasher = blake3::Hasher::new();
    for part in [&table.unwrap_or_default(), &theirs, &source.key.unwrap_or_default(), &source.column] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    Ok(Some(format!("blake3:{}", hasher.finalize().to_hex())))
}

/// The data with the documents of each row's key; a key without one gets an empty text, and a key with several gets
/// them joined with a line break in the file's order. Keys are compared as classes are: where all of the table's are
/// numbers by size (`7` is `7.0`), else by letter.
pub fn join(
    mut data: Dataset,
    key: Option<&str>,
    source: Option<&DocumentSource>,
    places: &Places,
) -> Result<Dataset, DatasetError> {
    let Some(source) = source else { return Ok(data) };
    let wrong = |message: String| DatasetError::Parameter { key: DOCUMENTS.to_owned(), message, suggestion: None };
    if let Some(text) = &data.documents {
        return Err(wrong(format!("the table's own `{}` is the text already: `text` names it", text.name)));
    }
    let Some(key) = key else {
        return Err(wrong("documents are joined by the table's own `key`, which is not given".to_owned()));
    };
    let Some(keys) = data.aside.iter().find(|column| column.name == key) else {
        return Err(wrong(format!("the table keeps no column `{key}`")));
    };
    let bytes = file::read(&source.path, places).map_err(about_documents)?;
    let texts = texts(&keys.cells, key, source, &bytes)?;
    data.documents = Some(Documents { name: source.column.clone(), texts });
    Ok(data)
}

/// One text a row of the table.
fn texts(keys: &[String], key: &str, source: &DocumentSource, bytes: &[u8]) -> Result<Vec<String>, DatasetError> {
    let given = || keys.iter().map(String::as_str).filter(|key| !key.is_empty());
    let numeric = are_numbers(given());
    let same = |key| if numeric { one_way(key) } else { Cow::Borrowed(key) };
    let mut wanted: HashMap<Cow<'_, str>, String> = given().map(|key| (same(key), String::new())).collect();
    let (mut rows, mut found, mut first) = (0_usize, 0_usize, None);
    each(source, key, bytes, |their_key, text| {
        rows += 1;
        first.get_or_insert_with(|| their_key.to_owned());
        let their_key = if numeric { one_way(their_key) } else { Cow::Borrowed(their_key) };
        if let Some(document) = wanted.get_mut(&*their_key) {
            if !document.is_empty() {
                document.push('\n');
            }
            document.push_str(text);
            found += 1;
        }
    })
    .map_err(about_documents)?;
    let Some(first) = first else { return Err(error(&source.path, "holds no rows")) };
    if found == 0 {
        let ours = given().next().unwrap_or_default();
        let message = format!(
            "no row's `{}` is a key of the table: its first is `{}`, the table's `{}`",
            shown(source.key.as_deref().unwrap_or(key)),
            shown(&first),
            shown(ours)
        );
        return Err(error(&source.path, message));
    }
    let texts: Vec<Option<&String>> = keys.iter().map(|key| wanted.get(&*same(key))).collect();
    check_memory(&texts, bytes.len()).map_err(|what| error(&source.path, what))?;
    Ok(texts.into_iter().map(|text| text.cloned().unwrap_or_default()).collect())
}

/// A key that many rows have repeats its document as often.
fn check_memory(texts: &[Option<&String>], bytes: usize) -> Result<(), String> {
    let most = bytes.saturating_mul(8).saturating_add(48 << 20);
    let letters: usize = texts.iter().flatten().map(|text| text.len()).sum();
    if letters > most {
        return Err(format!(
            "its texts, one for each row of the table, take {} MiB; is the key unique?",
            letters >> 20
        ));
    }
    Ok(())
}

/// Calls `take` with the key and the text of each row of a file of documents.
fn each(
    source: &DocumentSource,
    key: &str,
    bytes: &[u8],
    mut take: impl FnMut(&str, &str),
) -> Result<(), DatasetError> {
    let path = source.path.as_str();
    let text = file::text(bytes, path)?;
    let key = source.key.as_deref().unwrap_or(key);
    if text.trim_start().starts_with('{') {
        return jsonl::pairs(text, path, [key, &source.column], take);
    }
    let tabs = Path::new(path.strip_suffix(".gz").unwrap_or(path)).extension().is_some_and(|end| end == "tsv");
    let mut records = Records::new(text, path, if tabs { b'\t' } else { b',' });
    let Some(header) = records.next()? else { return Err(file::error(path, "holds no rows")) };
    let place = |name: &str| header.cells().position(|cell| cell == name);
    let column = |key: &str, name: &str| {
        place(name).ok_or_else(|| {
            let names: Vec<String> = header.cells().take(1000).map(str::to_owned).collect();
            match unknown(&names, key, name) {
                DatasetError::Parameter { key, message, suggestion } => {
                    DatasetError::Parameter { key, message: format!("`{path}`: {message}"), suggestion }
                }
                error @ DatasetError::File { .. } => error,
            }
        })
    };
    let (key, column) = (column("key", key)?, column("column", &source.column)?);
    while let Some(row) = records.next()? {
        take(row.cell(key), row.raw(column));
    }
    Ok(())
}

/// The median number of letters of texts, empty ones left out.
pub fn median_length(texts: &[String]) -> usize {
    let mut lengths: Vec<usize> =
        texts.iter().filter(|text| !text.is_empty()).map(|text| text.chars().count()).collect();
    let middle = lengths.len() / 2;
    if lengths.is_empty() { 0 } else { *lengths.select_nth_unstable(middle).1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::csv;
    use crate::dataset::csv::Params;
    use crate::dataset::roles::Names;

    const TABLE: &[u8] = b"id,a,year\n7,1,2010\n8,2,2011\n9,3,2012\n,4,2013\n";

    fn source(column: &str) -> DocumentSource {
        DocumentSource { path: "d.csv".to_owned(), key: Some("doc".to_owned()), column: column.to_owned() }
    }

    fn joined(table: &[u8], source: &DocumentSource, documents: &[u8]) -> Result<Dataset, DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("d.csv"), documents).unwrap();
        let params = Params {
            key: Some("id".to_owned()),
            drop: Names(vec!["year".to_owned()]),
            documents: Some(source.clone()),
            ..Params::default()
        };
        let data = csv::parse(table, "t.csv", &params)?;
        let places = Places { base: folder.path().to_owned(), data: "".into() };
        join(data, params.key.as_deref(), Some(source), &places)
    }

    #[test]
    fn rows_get_the_texts_of_their_key() {
        let csv = b"doc,words\n9,nine\n7,\"seven,\n7\"\n9,again\n1,other\n";
        let json = b"{\"doc\":9,\"words\":\"nine\"}\n{\"doc\":7,\"words\":\"seven,\\n7\"}\n\n{\"words\":\"again\",\
            \"doc\":\"9\"}\n{\"doc\":1,\"words\":null}\n";
        for documents in [csv.as_slice(), json] {
            let data = joined(TABLE, &source("words"), documents).unwrap();
            let texts = data.documents.unwrap();
            assert_eq!(texts.name, "words");
            assert_eq!(texts.texts, ["seven,\n7", "", "nine\nagain", ""]);
            assert_eq!(data.aside[0].cells, ["7", "8", "9", ""]);
        }
    }

    #[test]
    fn keys_that_are_numbers_are_compared_as_numbers() {
        let texts = |table: &str, documents: &str| {
            let table = format!("id,a,year\n{table}");
            joined(table.as_bytes(), &source("words"), documents.as_bytes()).unwrap().documents.unwrap().texts
        };
        let documents = "doc,words\n7.0,seven\n08,eight\n9,nine\nx,other\n8e0,again\n";
        assert_eq!(texts("7,1,1\n8,1,1\n9.00,1,1\n", documents), ["seven", "eight\nagain", "nine"]);
        // A word among the table's keys, and all are words.
        assert_eq!(texts("7,1,1\n9,1,1\nx,1,1\n", documents), ["", "nine", "other"]);
        let long = "doc,words\n9007199254740993,odd\n";
        assert_eq!(texts("9007199254740992,1,1\n9007199254740993,1,1\n", long), ["", "odd"]);
    }

    #[test]
    fn a_table_of_nothing_but_keys_takes_documents() {
        let data = joined(b"id,year\n9,1\n", &source("words"), b"doc,words\n9,nine\n").unwrap();
        assert_eq!((data.rows(), data.views.len()), (1, 0));
    }

    #[test]
    fn mistakes_name_the_file_of_documents() {
        let error = |column: &str, documents: &[u8]| {
            let error = joined(TABLE, &source(column), documents).unwrap_err();
            let (DatasetError::File { key, message } | DatasetError::Parameter { key, message, .. }) = error;
            assert!(message.starts_with("`d.csv`: "), "{message}");
            format!("{key}: {message}")
        };
        for (column, documents, said) in [
            (
                "word",
                &b"doc,words\n9,a\n"[..],
                ["documents.column:", "no column is called `word`; there are `doc`, `words`"],
            ),
            ("words", b"document,words\n9,a\n", ["documents.key:", "no column is called `doc`"]),
            ("words", b"{\"words\":\"a\"}\n", ["documents.key:", "line 1 has no field `doc`"]),
            ("words", b"{\"doc\":\"a\"}\n", ["documents.column:", "no line has a field `words`"]),
            ("words", b"doc,words\nx,a\n", ["documents.path:", "its first is `x`, the table's `7`"]),
            ("words", b"doc,words\n", ["documents.path:", "holds no rows"]),
            ("words", b"", ["documents.path:", "holds no rows"]),
            ("words", b"doc,words\n9,\"a\n", ["documents.path:", "line 2 opens a quote that is never closed"]),
            ("words", b"doc,words\n9,\xff\n", ["documents.path:", "line 2 is not UTF-8"]),
        ] {
            let found = error(column, documents);
            assert!(found.starts_with(said[0]) && found.contains(said[1]), "{found}");
        }
    }

    #[test]
    fn a_long_text_under_a_key_of_many_rows_is_refused() {
        let table = format!("id,a,year\n{}", "7,1,2\n".repeat(100_000));
        let documents = format!("doc,words\n7,{}\n", "letters ".repeat(10_000));
        let message = joined(table.as_bytes(), &source("words"), documents.as_bytes()).unwrap_err().to_string();
        assert!(message.contains("is the key unique?"), "{message}");
    }

    #[test]
    fn what_may_be_written() {
        let entry = |name: &str, value: &str| (name.to_owned(), Value::Text(value.to_owned()));
        let read =
            |entries: Vec<(String, Value)>| DocumentSource::from_value(&Value::Map(entries.into_iter().collect()));
        assert_eq!(read(vec![entry("path", "p"), entry("column", "c")]).unwrap().key, None);
        assert_eq!(read(vec![entry("path", "p")]).unwrap_err(), "lacks `column`");
        assert!(read(vec![entry("colum", "p")]).unwrap_err().contains("did you mean `column`?"));
        let list = read(vec![("path".to_owned(), Value::Integer(1))]).unwrap_err();
        assert!(list.contains("`path`: expected a string"), "{list}");
    }

    #[test]
    fn the_checksum_is_of_both_files_and_of_how_they_are_joined() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let places = Places { base: folder.path().to_owned(), data: "".into() };
        let text = |text: &str| Value::Text(text.to_owned());
        let values = |column: &str| {
            let documents = [("path", "d.csv"), ("column", column)].map(|(name, value)| (name.to_owned(), text(value)));
            Values::from([
                ("path".to_owned(), text("t.csv")),
                (DOCUMENTS.to_owned(), Value::Map(documents.into_iter().collect())),
            ])
        };
        write("t.csv", "a\n1\n");
        write("d.csv", "a,b,c\n1,2,3\n");
        let first = checksum(&values("b"), &places).unwrap();
        assert_ne!(checksum(&values("c"), &places).unwrap(), first);
        write("d.csv", "a,b,c\n1,2,4\n");
        assert_ne!(checksum(&values("b"), &places).unwrap(), first);
        std::fs::remove_file(folder.path().join("d.csv")).unwrap();
        let DatasetError::File { key, .. } = checksum(&values("b"), &places).unwrap_err() else { panic!("a file") };
        assert_eq!(key, "documents.path");
    }
}
