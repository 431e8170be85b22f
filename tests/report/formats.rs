//! The formats without HTML, whole, as snapshots.

use gridbook::report::{Format, Options, render, terminal_table};

use crate::fixture;

fn text(format: Format, options: Options) -> String {
    let folder = tempfile::tempdir().unwrap();
    render(&fixture::results(folder.path()), format, &options).unwrap()
}

#[test]
fn csv_is_one_row_a_cell() {
    insta::assert_snapshot!(text(Format::Csv, Options::default()));
}

#[test]
fn markdown_has_the_tables() {
    insta::assert_snapshot!(text(Format::Markdown, Options::default()));
}

#[test]
fn latex_has_the_tables() {
    insta::assert_snapshot!(text(Format::Latex, Options::default()));
}

#[test]
fn wekas_text_has_a_method_a_column() {
    insta::assert_snapshot!(text(Format::Weka, Options::default()));
}

#[test]
fn the_terminal_shows_the_first_table() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(terminal_table(&fixture::results(folder.path())));
}

#[test]
fn json_says_what_csv_says() {
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text(Format::Json, Options::default())).unwrap();
    let csv = text(Format::Csv, Options::default());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), records.len());
    for (row, record) in rows.iter().zip(&records) {
        for (head, field) in heads.iter().zip(record) {
            match &row[head] {
                serde_json::Value::String(text) => assert_eq!(text, field),
                serde_json::Value::Number(number) => assert_eq!(number.as_f64(), field.parse().ok()),
                other => assert!(other.is_null() && field.is_empty(), "{head}: {other}"),
            }
        }
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    for format in [Format::Html, Format::Latex, Format::Csv, Format::Markdown, Format::Json] {
        assert_eq!(text(format, Options::default()), text(format, Options::default()));
    }
}

#[test]
fn what_is_measured_can_be_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let first = fixture::results(folder.path());
    let mut second = fixture::results(folder.path());
    for record in &mut second.records {
        record.attempts += 3;
        if let Some(measured) = &mut record.measured {
            measured.fit_seconds *= 7.0;
            measured.wall_seconds += 100.0;
            measured.cpu_seconds += 100.0;
            measured.started = "2031-01-01T00:00:00Z".to_owned();
            measured.machine = "another".to_owned();
            measured.device = "cuda".to_owned();
            measured.beside = 9;
            measured.versions.insert("libtorch".to_owned(), "9.9".to_owned());
        }
    }
    second.damaged.clear();
    let options = Options { omit_measured: true };
    for format in [Format::Html, Format::Latex, Format::Csv, Format::Markdown, Format::Json] {
        let text = render(&first, format, &options).unwrap();
        assert_eq!(text, render(&second, format, &options).unwrap());
        for measured in ["fit_seconds\",\"n", "Fit, s", "EPYC", "2026-11-21", ">Compute<"] {
            assert!(!text.contains(measured), "{format:?} has {measured}");
        }
        assert_ne!(render(&first, format, &Options::default()).unwrap(), text);
    }
}
