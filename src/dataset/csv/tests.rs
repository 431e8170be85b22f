use super::*;
use crate::dataset::Column;
use crate::value::Value;
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

fn names(text: &str) -> Names {
    Names(text.split_whitespace().map(str::to_owned).collect())
}

fn read(text: &str, params: &Params) -> Dataset {
    parse(text.as_bytes(), "t.csv", params).expect("reads")
}

#[test]
fn words_texts_and_columns_aside() {
    let params = Params {
        labels: Some("y".to_owned()),
        drop: names("year"),
        nominal: names("size"),
        text: Some("note".to_owned()),
        key: Some("id".to_owned()),
        ..Params::default()
    };
    let text = "id,year,a,size,note,y\n7,2010,1,10,\" two, \"\"words\"\"\n\",u\n8,?,2,9.0,,v\n9,2012,3,9,x,u\n";
    let data = read(text, &params);
    let words = ["9".to_owned(), "10".to_owned()];
    assert_eq!(data.views[0].columns, [Column::numeric("a"), Column::nominal("size", words)]);
    assert_eq!(data.views[0].values, ndarray::array![[1.0, 1.0], [2.0, 0.0], [3.0, 0.0]]);
    assert_eq!(data.documents.expect("texts").texts, [" two, \"words\"\n", "", "x"]);
    let aside: Vec<(&str, Vec<&str>)> = data
        .aside
        .iter()
        .map(|column| (column.name.as_str(), column.cells.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(aside, [("id", vec!["7", "8", "9"]), ("year", vec!["2010", "", "2012"])]);
}

#[test]
fn several_views() {
    let views = ViewColumns(vec![("one".to_owned(), names("c a").0), ("two".to_owned(), names("b c").0)]);
    let params = Params { views, nominal: names("b"), ..Params::default() };
    let data = read("a,b,c,rest\n1,x,3,word\n4,y,6,word\n", &params);
    assert_eq!(data.views[0].name, "one");
    assert_eq!(data.views[0].values, ndarray::array![[3.0, 1.0], [6.0, 4.0]]);
    assert_eq!(data.views[1].values, ndarray::array![[0.0, 3.0], [1.0, 6.0]]);
    assert_eq!(data.views[1].nominal(), 1);
}

#[test]
fn every_separator_and_no_header() {
    let want = ndarray::array![[1.0, -2.5], [3.0, 4.0]];
    for separator in [",", ";", "\t", "|", "/"] {
        let text = format!("a{separator}b\r\n1{separator} -2.5 \r\n\"3\"{separator}4\r\n");
        let params = Params { separator: separator.to_owned(), ..Params::default() };
        assert_eq!(read(&text, &params).views[0].values, want, "{separator:?}");
    }
    let blank = Params { separator: " ".to_owned(), header: false, ..Params::default() };
    let data = read("  1   -2.5\n   \n\n\t3 \t 4 \n", &blank);
    assert_eq!((data.views[0].values.clone(), data.views[0].columns[1].name.as_str()), (want, "x1"));
    for separator in ["", ",,", "\"", "\n", "é"] {
        let params = Params { separator: separator.to_owned(), ..Params::default() };
        assert!(parse(b"a\n1\n", "t.csv", &params).is_err(), "{separator:?}");
    }
}

#[test]
fn blank_lines_by_the_million_need_no_stack() {
    let blank = Params { separator: " ".to_owned(), header: false, ..Params::default() };
    assert_eq!(read(&format!("1{}2", " \n".repeat(1 << 20)), &blank).rows(), 2);
}

#[test]
fn marks_of_missing_cells() {
    let params = Params { missing: names("-999 none"), ..Params::default() };
    let data = read("a,b\n-999,1\n,none\n-9990,2\n", &params);
    assert_eq!((data.views[0].missing(), data.views[0].values[[2, 0]]), (3, -9990.0));
    let error = parse(b"a,b\nNA,1\n", "t.csv", &params).expect_err("refused").to_string();
    assert!(error.contains("line 2, column `a`: `NA` is not a number; name the column under `nominal`"), "{error}");
    // An empty cell of a nominal column is missing too, and no word.
    let nominal = read("a,b\nu,1\n?,2\n", &Params { nominal: names("a"), ..Params::default() });
    assert_eq!(nominal.views[0].missing(), 1);
}

#[test]
fn rows_without_a_class_can_be_left_out() {
    let drop = Params { missing_labels: "drop".to_owned(), ..params(Some("y")) };
    assert_eq!(read("a,y\n1,\n2,u\nx,?\n", &drop).views[0].values, ndarray::array![[2.0]]);
    assert!(parse(b"a,y\n1,\n", "t.csv", &drop).expect_err("none left").to_string().contains("holds no rows"));
}

#[test]
fn a_line_of_ten_million_letters_or_cells() {
    let long = format!("a,b\n1,{}\n", "7".repeat(10_000_000));
    let error = parse(long.as_bytes(), "t.csv", &params(None)).expect_err("refused").to_string();
    assert!(error.contains("line 2, column `b`: `7777") && error.len() < 450, "{error}");
    let wide = ",".repeat(10_000_000);
    let quoted = parse(format!("\"\"{wide}").as_bytes(), "t.csv", &params(None)).expect_err("refused").to_string();
    assert!(quoted.contains("10000001 columns in a file of 10000002 bytes are no table"), "{quoted}");
    for header in [true, false] {
        let params = Params { header, ..Params::default() };
        let error = parse(wide.as_bytes(), "t.csv", &params).expect_err("refused").to_string();
        assert!(error.contains("10000001 columns in a file of 10000000 bytes are no table"), "{error}");
    }
}

#[test]
fn mistakes_name_the_line_and_the_column() {
    let error = |text: &str, labels| parse(text.as_bytes(), "t.csv", &params(labels)).expect_err("wrong").to_string();
    assert!(error("a,b\n1,x\n", None).contains("line 2, column `b`: `x` is not a number"));
    assert!(error("a,b\n1\n", None).contains("line 2 has 1 cells"));
    assert!(error("a,b\n", None).contains("no rows"));
    assert!(error("a,clas\n1,2\n", Some("class")).contains("no column is called `class`"));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let error = |text: &str, labels| parse(text.as_bytes(), "t.csv", &params(labels)).expect_err("wrong").to_string();
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
    assert!(twice.contains("columns 1 and 3 are both called `c`"), "{twice}");
    let features = parse(b"a,b,b\n1,2,3\n", "t.csv", &params(None)).expect_err("wrong").to_string();
    assert!(features.contains("columns 2 and 3 are both called `b`"), "{features}");
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
    assert!(open.contains("the row that begins in line 2 opens a quote that is never closed"), "{open}");
    assert!(error(b"a,b\n1,2\n3,\"").contains("line 3 opens a quote"));
    assert!(error(b"a,b\n1,2\n3,\"4\"\"\n").contains("line 3 opens a quote"));
    assert!(error(b"a,b\n1,\0\n").contains("line 2 holds a zero byte"));
    let closed = error(format!("a,b\n1,\"2\n{}\"\n", "3,4\n".repeat(1000)).as_bytes());
    assert!(closed.contains("line 2, column `b`: `2") && closed.len() < 450, "{closed}");
    let labels = Params { labels: Some("b".to_owned()), ..Params::default() };
    let open = parse(b"a,b\n1,\"u\n3,v\"\n", "t.csv", &labels).expect_err("refused").to_string();
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
        let _ = crate::dataset::guess_table::csv(&bytes, "t.csv");
    }
}
