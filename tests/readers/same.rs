//! One matrix in every format gives one data set.

use std::path::PathBuf;

use gridbook::dataset::{Dataset, Places, describe, find};
use gridbook::value::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/readers")
}

fn load(kind: &str, path: &str, more: &[(&str, &str)]) -> Dataset {
    let places = Places { base: folder(), data: folder() };
    let values = [("path", path)].into_iter().chain(more.iter().copied());
    let values = values.map(|(key, text)| (key.to_owned(), Value::Text(text.to_owned()))).collect();
    (find(kind).expect(kind).load)(&values, &places).unwrap_or_else(|error| panic!("{error}"))
}

/// Rows, columns, the bits of every number, and the classes: names of views and columns differ from kind to kind.
fn content(data: &Dataset) -> (usize, usize, Vec<u64>, Vec<String>, Vec<usize>) {
    let [view] = data.views.as_slice() else { panic!("{} views", data.views.len()) };
    let labels = data.labels.clone().expect("labels");
    // A missing cell has many bit patterns.
    let bits = view.values.iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect();
    assert!(view.values.is_standard_layout(), "sums are taken in one order");
    (view.values.nrows(), view.values.ncols(), bits, labels.classes, labels.codes)
}

/// Parameters beside the path.
type More = &'static [(&'static str, &'static str)];

#[test]
fn one_matrix_in_every_format_is_one_data_set() {
    let want = content(&load("csv", "same.csv", &[("labels", "y")]));
    assert_eq!((want.0, want.1, want.2.iter().filter(|bits| **bits == u64::MAX).count()), (30, 4, 2));
    let cases: &[(&str, &str, More)] = &[
        ("npz", "same-c.npz", &[]),
        ("npz", "same-fortran.npz", &[]),
        ("npz", "same-big-endian.npz", &[]),
        ("npz", "same-single.npz", &[]),
        ("npz", "same-half.npz", &[]),
        ("npz", "same-text.npz", &[]),
        ("npz", "same-bytes.npz", &[]),
        ("npy", "same-x.npy", &[("labels", "same-y.npy")]),
        ("npy", "same-f.npy", &[("labels", "same-words.npy")]),
        ("mat", "same.mat", &[]),
        ("mat", "same-v6.mat", &[]),
        ("mat", "same-columns.mat", &[]),
        ("mat", "same-cells.mat", &[("labels", "truelabel{2}")]),
        ("mat", "same-words.mat", &[]),
        ("mat", "same-letters.mat", &[]),
        ("idx", "same-x.idx", &[("labels", "same-y.idx")]),
    ];
    for (kind, path, more) in cases {
        assert_eq!(content(&load(kind, path, more)), want, "{path}");
    }
}

#[test]
fn described_without_being_told_anything() {
    let labels = |name: &str| {
        let found = describe(&folder().join(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            (found.rows, found.views.len(), found.views[0].columns, found.views[0].missing),
            (30, 1, 4, 2),
            "{name}"
        );
        (found.labels.map(|labels| labels.classes), found.suggested)
    };
    for name in ["same-fortran.npz", "same-text.npz", "same.mat", "same-columns.mat", "same-words.mat"] {
        let (classes, suggested) = labels(name);
        assert_eq!((classes, suggested.lines().count()), (Some(3), 4), "{suggested}");
    }
    let (classes, suggested) = labels("same-cells.mat");
    assert_eq!(classes, Some(3));
    assert!(suggested.contains("labels = \"truelabel{1}\"\n"), "{suggested}");
    let (classes, suggested) = labels("same-x.npy");
    assert_eq!(classes, None);
    assert!(suggested.starts_with("[[dataset]]\nkind = \"npy\"\n"), "{suggested}");
    assert_eq!(labels("same-x.idx").0, None);
}

#[test]
fn the_labels_of_idx_files_are_found_beside_them() {
    let folder_of_copies = tempfile::tempdir().unwrap();
    let copy = |from: &str, to: &str| {
        std::fs::copy(folder().join(from), folder_of_copies.path().join(to)).unwrap();
        folder_of_copies.path().join(to)
    };
    copy("same-y.idx", "train-labels-idx1-ubyte");
    let found = describe(&copy("same-x.idx", "train-images-idx3-ubyte")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.labels.map(|labels| labels.classes), Some(3));
    assert!(found.suggested.contains("train-labels-idx1-ubyte\""), "{}", found.suggested);
    let labels = describe(&folder_of_copies.path().join("train-labels-idx1-ubyte")).expect_err("no features");
    assert!(labels.to_string().contains("a list of numbers, as labels are"), "{labels}");
}
