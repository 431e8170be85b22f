//! Tables as CSV, plain or gzip.

use ndarray::Array2;

use crate::dataset::{Column, Dataset, DatasetError, DatasetSpec, Labels, Places, View, file};
use crate::diagnostic::nearest;
use crate::parameter::{Domain, Parameter, Parameters, Values, quoted};
use crate::parameters;
use crate::value::Value;

parameters! {
    /// How a CSV file is read.
    pub struct Params {
        /// The file; `.gz` is unpacked.
        path: String = String::new(), Domain::Any;
        /// The column that holds the classes; left out, there are none.
        labels: Option<String> = None, Domain::Any;
        /// Columns to leave out.
        drop: Names = Names(Vec::new()), Domain::Any;
        /// Whether the first line holds the names of the columns; without it they are `x0`, `x1`, ...
        header: bool = true, Domain::Any;
        /// What separates cells.
        separator: String = ",".to_owned(), Domain::Any;
    }
}

/// A list of names.
#[derive(Clone, Debug)]
pub struct Names(Vec<String>);

impl Parameter for Names {
    const TYPE: &'static str = "list of strings";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(String::from_value).collect::<Result<_, _>>().map(Names),
            Value::Text(one) => Ok(Names(vec![one.clone()])),
            _ => Err(format!("expected a list of strings, found {} `{value}`", value.type_name())),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::List(self.0.iter().cloned().map(Value::Text).collect()))
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "csv",
    about: "a table as CSV, plain or gzip; missing cells are empty, `?`, `NA` or `nan`",
    reference: "RFC 4180",
    stands_in_for: None,
    revision: 1,
    parameters: Params::specs,
    locations: &["path"],
    checksum: file::checksum,
    load,
};

/// Cells that mean "missing".
const MISSING: &[&str] = &["", "?", "NA", "na", "N/A", "nan", "NaN", "NAN", "null"];

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params = Params::from_values(values).map_err(|(key, message)| DatasetError::Parameter {
        key,
        message,
        suggestion: None,
    })?;
    let path = file::path(values)?;
    parse(&file::read(path, places)?, path, &params)
}

/// The lines of a file; all have the same number of cells.
pub fn records(bytes: &[u8], path: &str, separator: u8) -> Result<Vec<::csv::StringRecord>, DatasetError> {
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).delimiter(separator).trim(::csv::Trim::All).from_reader(bytes);
    reader.records().map(|record| record.map_err(|e| file::error(path, complaint(&e, bytes)))).collect()
}

fn parse(bytes: &[u8], path: &str, params: &Params) -> Result<Dataset, DatasetError> {
    let [separator] = params.separator.as_bytes() else {
        let message = format!("`{}` is not one character", params.separator);
        return Err(DatasetError::Parameter { key: "separator".to_owned(), message, suggestion: None });
    };
    let records = records(bytes, path, *separator)?;
    let first_row = usize::from(params.header);
    let width = records.first().map_or(0, ::csv::StringRecord::len);
    let names: Vec<String> = match records.first() {
        Some(header) if params.header => header.iter().map(str::to_owned).collect(),
        _ => (0..width).map(|i| format!("x{i}")).collect(),
    };
    if records.len() <= first_row {
        return Err(file::error(path, "holds no rows"));
    }
    let label = params.labels.as_ref().map(|name| find(&names, "labels", name)).transpose()?;
    if let Some(name) = params.labels.as_ref().filter(|name| names.iter().filter(|known| known == name).count() > 1) {
        let message = format!("several columns are called `{name}`");
        return Err(DatasetError::Parameter { key: "labels".to_owned(), message, suggestion: None });
    }
    params.drop.0.iter().try_for_each(|name| find(&names, "drop", name).map(|_| ()))?;
    let kept: Vec<usize> = (0..width).filter(|i| Some(*i) != label && !params.drop.0.contains(&names[*i])).collect();
    if kept.is_empty() {
        return Err(file::error(path, "no column is left beside the labels"));
    }
    let rows = &records[first_row..];
    let mut cells = Vec::with_capacity(rows.len() * kept.len());
    for row in rows {
        for &column in &kept {
            let wrong = || not_a_number(path, line(bytes, row.position()), &names[column], &row[column], params);
            cells.push(cell(&row[column]).ok_or_else(wrong)?);
        }
    }
    let values = Array2::from_shape_vec((rows.len(), kept.len()), cells).map_err(|e| file::error(path, e))?;
    let labels = label.map(|column| read_labels(bytes, path, rows, column, &names[column])).transpose()?;
    let columns = kept.iter().map(|&i| Column::numeric(&names[i])).collect();
    Ok(Dataset::new(vec![View { name: "x".to_owned(), columns, values }], labels))
}

/// The line, from 1, on which a record begins. Counted here, and only for messages: the parser takes empty lines and
/// the line feed of a `\r\n` for a part of the record that follows.
fn line(bytes: &[u8], position: Option<&::csv::Position>) -> usize {
    let begin = position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX)).min(bytes.len());
    let (before, from) = bytes.split_at(begin);
    let skipped = from.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    1 + before.iter().chain(skipped).filter(|byte| **byte == b'\n').count()
}

fn complaint(error: &::csv::Error, bytes: &[u8]) -> String {
    let line = line(bytes, error.position());
    match error.kind() {
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {line} has {len} cells, the first line has {expected_len}")
        }
        ::csv::ErrorKind::Utf8 { .. } => format!("line {line} is not UTF-8"),
        _ => error.to_string(),
    }
}

fn find(names: &[String], key: &str, name: &str) -> Result<usize, DatasetError> {
    names.iter().position(|known| known == name).ok_or_else(|| DatasetError::Parameter {
        key: key.to_owned(),
        message: format!("no column is called `{name}`; there are {}", shown(names)),
        suggestion: nearest(name, names.iter().map(String::as_str)).map(str::to_owned),
    })
}

fn shown(names: &[String]) -> String {
    const MOST: usize = 12;
    let more = if names.len() > MOST { format!(" and {} more", names.len() - MOST) } else { String::new() };
    quoted(&names[..names.len().min(MOST)]) + &more
}

/// A number, or NaN for a missing one; none for anything else.
pub fn cell(text: &str) -> Option<f64> {
    if MISSING.contains(&text) {
        return Some(f64::NAN);
    }
    text.parse::<f64>().ok().filter(|x| x.is_finite())
}

/// A quote left open can make a cell of the whole file.
const LONGEST_SHOWN: usize = 40;

fn not_a_number(path: &str, line: usize, column: &str, text: &str, params: &Params) -> DatasetError {
    let hint = if line == 1 && !params.header {
        "; does the file begin with a header?".to_owned()
    } else {
        format!("; name it under `labels` or `drop` if it is not a feature: `drop = [\"{column}\"]`")
    };
    let cut =
        text.char_indices().nth(LONGEST_SHOWN).map_or_else(|| text.to_owned(), |(at, _)| format!("{}…", &text[..at]));
    file::error(path, format!("line {line}, column `{column}`: `{cut}` is not a number{hint}"))
}

fn read_labels(
    bytes: &[u8],
    path: &str,
    rows: &[::csv::StringRecord],
    column: usize,
    name: &str,
) -> Result<Labels, DatasetError> {
    let mut labels = Vec::with_capacity(rows.len());
    for row in rows {
        let wrong = |what: &str| file::error(path, format!("line {}: the label {what}", line(bytes, row.position())));
        if MISSING.contains(&&row[column]) {
            return Err(wrong("is missing"));
        }
        if row[column].contains('\n') {
            return Err(wrong("runs over several lines; is a quote left open?"));
        }
        labels.push(row[column].to_owned());
    }
    Ok(Labels::of(name, &labels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params(labels: Option<&str>) -> Params {
        Params { labels: labels.map(str::to_owned), ..Params::default() }
    }

    #[test]
    fn columns_labels_and_missing_cells() {
        let data = parse(b"a,b,class\n1,?,10\n2,3.5,9\n", "t.csv", &params(Some("class"))).expect("reads");
        assert_eq!(data.views[0].columns, [Column::numeric("a"), Column::numeric("b")]);
        assert!(data.views[0].values[[0, 1]].is_nan());
        let labels = data.labels.expect("labels");
        assert_eq!(labels.classes, ["9", "10"]);
        assert_eq!(labels.codes, [1, 0]);
    }

    #[test]
    fn mistakes_name_the_line_and_the_column() {
        let error =
            |text: &str, labels| parse(text.as_bytes(), "t.csv", &params(labels)).expect_err("wrong").to_string();
        assert!(error("a,b\n1,x\n", None).contains("line 2, column `b`: `x` is not a number"));
        assert!(error("a,b\n1\n", None).contains("line 2 has 1 cells"));
        assert!(error("a,b\n", None).contains("no rows"));
        assert!(error("a,clas\n1,2\n", Some("class")).contains("no column is called `class`"));
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let error =
            |text: &str, labels| parse(text.as_bytes(), "t.csv", &params(labels)).expect_err("wrong").to_string();
        for (text, at) in [
            ("a,b\n1,2\n\n\n3,x\n", "line 5,"),
            ("a,b\r\n1,2\r\n3,x\r\n", "line 3,"),
            ("a,b\r\n1,2\r\n\r\n3\r\n", "line 4 has"),
            ("\u{feff}a,b\n1,2\n3\n", "line 3 has"),
            ("\n\na,b\n3,x", "line 4,"),
            ("a,b\n1,2\n\n\"3\",x", "line 4,"),
        ] {
            let message = error(text, None);
            assert!(message.contains(at), "{text:?}: {message}");
        }
        let message = error("a,b\r\n1,u\r\n\r\n2,?\r\n", Some("b"));
        assert!(message.contains("line 4: the label is missing"), "{message}");
    }

    #[test]
    fn one_name_twice() {
        let twice = parse(b"c,a,c\n1,2,3\n", "t.csv", &params(Some("c"))).expect_err("wrong").to_string();
        assert!(twice.contains("several columns are called `c`"), "{twice}");
        let drop = Params { drop: Names(vec!["c".to_owned()]), ..Params::default() };
        assert_eq!(parse(b"c,a,c\n1,2,3\n", "t.csv", &drop).expect("reads").views[0].columns, [Column::numeric("a")]);
    }

    /// Reads a file with these bytes.
    fn read_file(bytes: &[u8]) -> Result<Dataset, DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("t.csv"), bytes).unwrap();
        let places = Places { base: folder.path().to_owned(), data: "".into() };
        load(&Values::from([("path".to_owned(), Value::Text("t.csv".to_owned()))]), &places)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn broken_files_are_errors_that_name_them() {
        let error = |bytes: &[u8]| {
            let message = read_file(bytes).expect_err("refused").to_string();
            assert!(message.starts_with("`t.csv`: "), "{message}");
            message
        };
        assert!(error(b"").contains("holds no rows"));
        assert!(error(b"\n\n").contains("holds no rows"));
        assert!(error(b"a,b\n").contains("holds no rows"));
        assert!(error(b"a,b\n1,2\n1,2,3\n").contains("line 3 has 3 cells, the first line has 2"));
        assert!(error(b"a,b\n1,\xff\n").contains("line 2 is not UTF-8"));
        assert!(error(b"a,b\n1,1e999\n").contains("line 2, column `b`: `1e999` is not a number"));
        // A quote left open takes in the lines below.
        let open = error(format!("a,b\n1,\"2\n{}", "3,4\n".repeat(1000)).as_bytes());
        assert!(open.contains("line 2, column `b`: `2") && open.len() < 250, "{open}");
        let labels = Params { labels: Some("b".to_owned()), ..Params::default() };
        let open = parse(b"a,b\n1,\"u\n3,v\n", "t.csv", &labels).expect_err("refused").to_string();
        assert!(open.contains("line 2: the label runs over several lines"), "{open}");
        let packed = gzip(b"a,b\n1,2\n");
        assert!(error(&packed[..packed.len() - 6]).contains("damaged gzip"));
        assert_eq!(read_file(&packed).expect("reads").views[0].values, ndarray::array![[1.0, 2.0]]);
    }

    #[test]
    fn a_gzip_bomb_is_refused() {
        // Members of a gzip file follow one another: a hundred times a MiB of zeros.
        let packed = gzip(&vec![b'0'; 1 << 20]).repeat(100);
        assert!(packed.len() < 1 << 18);
        let message = read_file(&packed).expect_err("refused").to_string();
        assert!(message.contains("unpacks to more than"), "{message}");
    }

    #[test]
    fn folders_pipes_and_devices_are_no_data_files() {
        let places = Places { base: std::env::temp_dir(), data: "".into() };
        for (path, words) in [(".", "is a folder"), ("/dev/zero", "not a regular file"), ("none", "cannot be opened")] {
            let values = Values::from([("path".to_owned(), Value::Text(path.to_owned()))]);
            let message = load(&values, &places).expect_err(path).to_string();
            assert!(message.contains(words), "{message}");
            assert_eq!(file::checksum(&values, &places).expect_err(path).to_string(), message);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        /// Nothing makes the reader panic, and what is read has a cell for each place.
        #[test]
        fn any_bytes_are_read_or_refused(
            text in "[a-c0-9.,;\"\r\n \t?-]{0,60}", noise in proptest::collection::vec(any::<u8>(), 0..4),
            at in any::<prop::sample::Index>(), header in any::<bool>(), labels in proptest::option::of("[a-c]|x[01]"),
        ) {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, noise);
            let params = Params { labels, header, ..Params::default() };
            if let Ok(data) = parse(&bytes, "t.csv", &params) {
                prop_assert!(data.rows() > 0);
                prop_assert_eq!(data.views[0].values.ncols(), data.views[0].columns.len());
                prop_assert!(data.labels.is_none_or(|labels| labels.codes.len() == data.views[0].values.nrows()));
            }
            let _ = crate::dataset::guess::csv(&bytes, "t.csv");
        }
    }
}
