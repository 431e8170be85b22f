//! Plain text: one document a line.

use crate::dataset::file::shown;
use crate::dataset::roles::Role;
use crate::dataset::text_table::{Refused, Table};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, file};
use crate::parameter::{Domain, Parameter, Parameters, Values};
use crate::parameters;
use crate::value::Value;

parameters! {
    /// How a file of plain text is read.
    pub struct Params {
        /// The file, one document a line, an empty line an empty one; `.gz` is unpacked.
        path: String = String::new(), Domain::Any;
        /// `true` where each line is a class, a tab and the document; else the path of a file with one class a line.
        labels: LineLabels = LineLabels::None, Domain::Any;
    }
}

/// Where the classes of lines are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineLabels {
    /// There are none.
    None,
    /// Before the first tab of each line.
    Before,
    /// In a file of their own.
    File(String),
}

impl Parameter for LineLabels {
    const TYPE: &'static str = "boolean or string";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(false) => Ok(LineLabels::None),
            Value::Bool(true) => Ok(LineLabels::Before),
            Value::Text(path) => Ok(LineLabels::File(path.clone())),
            _ => Err(format!(
                "expected `true` (lines are a class, a tab and the text), `false`, or the path of a file of classes, \
                 found {} `{value}`",
                value.type_name()
            )),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(match self {
            LineLabels::None => Value::Bool(false),
            LineLabels::Before => Value::Bool(true),
            LineLabels::File(path) => Value::Text(path.clone()),
        })
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "text",
    about: "plain text in UTF-8, one document a line, plain or gzip; classes before a tab or in a file of their own",
    reference: "plain text",
    stands_in_for: None,
    revision: 1,
    parameters: Params::specs,
    locations: &["path", LABELS],
    checksum,
    load,
};

/// The parameter that names a file of classes.
const LABELS: &str = "labels";

/// The caret goes to the labels.
fn about_labels(error: DatasetError) -> DatasetError {
    match error {
        DatasetError::File { message, .. } => DatasetError::File { key: LABELS.to_owned(), message },
        error @ DatasetError::Parameter { .. } => error,
    }
}

/// Hash of the file and of where its classes are.
fn checksum(values: &Values, places: &Places) -> Result<Option<String>, DatasetError> {
    let text = file::hash(file::path(values)?, places)?;
    let labels = match file::params::<Params>(values)?.labels {
        LineLabels::None => return Ok(Some(text)),
        LineLabels::Before => "before a tab".to_owned(),
        LineLabels::File(path) => file::hash(&path, places).map_err(about_labels)?,
    };
    Ok(Some(format!("blake3:{}", blake3::hash(format!("{text}\n{labels}").as_bytes()).to_hex())))
}

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params: Params = file::params(values)?;
    let path = file::path(values)?;
    let bytes = file::read(path, places)?;
    let LineLabels::File(labels_path) = &params.labels else {
        return parse(&bytes, path, &params.labels, None);
    };
    let labels = file::read(labels_path, places).map_err(about_labels)?;
    parse(&bytes, path, &params.labels, Some((&labels, labels_path)))
}

/// Reads the bytes of a file; `path` is for messages. `classes` are the bytes and the path of a file of classes.
///
/// # Errors
/// They are no text, or a line has no class.
pub fn parse(
    bytes: &[u8],
    path: &str,
    labels: &LineLabels,
    classes: Option<(&[u8], &str)>,
) -> Result<Dataset, DatasetError> {
    let lines = lines(file::text(bytes, path)?);
    let count = lines.clone().count();
    let named = [("label", Role::Labels), ("text", Role::Text)];
    let named = if *labels == LineLabels::None { &named[1..] } else { &named };
    let names = named.iter().map(|(name, _)| (*name).to_owned()).collect();
    let roles: Vec<Role> = named.iter().map(|(_, role)| *role).collect();
    let mut table =
        Table::new(names, &roles, |_| None, (count, bytes.len())).map_err(|what| file::error(path, what))?;
    let classes = classes.map(|(bytes, path)| read_classes(bytes, path, count)).transpose()?;
    for (i, line) in lines.enumerate() {
        let wrong = |what: &str| file::error(path, format!("line {} {what}", i + 1));
        let (class, text) = match (labels, &classes) {
            (LineLabels::None, _) => (None, line),
            (LineLabels::Before, _) => {
                let (class, text) = line
                    .split_once('\t')
                    .ok_or_else(|| wrong(&format!("has no tab between class and text: `{}`", shown(line))))?;
                (Some(class.trim()).filter(|class| !class.is_empty()), text)
            }
            (LineLabels::File(_), classes) => (classes.as_ref().and_then(|classes| classes.get(i).copied()), line),
        };
        let taken = match (roles.len(), class) {
            (1, _) => table.cell(0, Some(text)),
            (_, Some(class)) => table.cell(0, Some(class)).and_then(|()| table.cell(1, Some(text))),
            _ => return Err(wrong("has no class before its tab")),
        };
        taken.and_then(|()| table.end_row()).map_err(|_: Refused| file::error(path, table.too_large()))?;
    }
    table.finish(&[], path, false)
}

/// The lines without their ends; what follows the last line end is none if it is empty.
fn lines(text: &str) -> impl Iterator<Item = &str> + Clone {
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    let whole = Some(text).filter(|text| !text.is_empty());
    whole.into_iter().flat_map(|text| text.split('\n')).map(|line| line.strip_suffix('\r').unwrap_or(line))
}

fn read_classes<'b>(bytes: &'b [u8], path: &str, rows: usize) -> Result<Vec<&'b str>, DatasetError> {
    let wrong = |what: String| about_labels(file::error(path, what));
    let classes = lines(file::text(bytes, path).map_err(about_labels)?);
    let count = classes.clone().count();
    if count != rows {
        return Err(wrong(format!("holds {count} classes, one a line, for {rows} lines of text")));
    }
    if let Some(line) = classes.clone().position(|class| class.trim().is_empty()) {
        return Err(wrong(format!("line {} holds no class", line + 1)));
    }
    Ok(classes.map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(bytes: &[u8], labels: &LineLabels, classes: &[u8]) -> String {
        let classes = matches!(labels, LineLabels::File(_)).then_some((classes, "c.txt"));
        parse(bytes, "t.txt", labels, classes).expect_err("refused").to_string()
    }

    #[test]
    fn one_document_a_line() {
        let data = parse("first\r\n\nthird é\n".as_bytes(), "t", &LineLabels::None, None).unwrap();
        assert_eq!(data.documents.as_ref().unwrap().texts, ["first", "", "third é"]);
        assert_eq!((data.rows(), data.views.len(), data.labels), (3, 0, None));
    }

    #[test]
    fn classes_before_a_tab_or_in_a_file() {
        let data = parse(b"b\tone\na\ttwo\tthree\n", "t", &LineLabels::Before, None).unwrap();
        assert_eq!(data.documents.unwrap().texts, ["one", "two\tthree"]);
        let labels = data.labels.unwrap();
        assert_eq!((labels.classes, labels.codes), (vec!["a".to_owned(), "b".to_owned()], vec![1, 0]));
        let file = LineLabels::File("c.txt".to_owned());
        let data = parse(b"one\ntwo\n", "t", &file, Some((b"2\n1\n", "c.txt"))).unwrap();
        assert_eq!(data.labels.unwrap().codes, [1, 0]);
        assert!(error(b"one\ntwo\n", &file, b"2\n").contains("`c.txt`: holds 1 classes, one a line, for 2 lines"));
        assert!(error(b"one\ntwo\n", &file, b"2\n\n\n").contains("holds 3 classes"));
        assert!(error(b"one\ntwo\n", &file, b"2\n \n").contains("`c.txt`: line 2 holds no class"));
    }

    #[test]
    fn mistakes_name_the_line() {
        let before = LineLabels::Before;
        assert!(error(b"a\tb\nc\n", &before, b"").contains("line 2 has no tab between class and text: `c`"));
        assert!(error(b"a\tb\n\tc\n", &before, b"").contains("line 2 has no class before its tab"));
        assert!(error(b"a\n\xff\n", &LineLabels::None, b"").contains("line 2 is not UTF-8"));
        assert!(error(b"a\0\n", &LineLabels::None, b"").contains("line 1 holds a zero byte"));
        assert!(error(b"", &LineLabels::None, b"").contains("holds no rows"));
        assert!(error(b"\n", &LineLabels::None, b"").contains("holds no rows"));
        assert!(LineLabels::from_value(&Value::Integer(1)).is_err());
    }

    #[test]
    fn millions_of_letters_alone_are_refused() {
        let message = error("a\n".repeat(4 << 20).as_bytes(), &LineLabels::None, b"");
        assert!(message.contains("texts of the first"), "{message}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60), before in any::<bool>()) {
            let labels = if before { LineLabels::Before } else { LineLabels::None };
            if let Ok(data) = parse(&bytes, "t", &labels, None) {
                prop_assert_eq!(data.labels.is_some(), before);
            }
        }
    }
}
