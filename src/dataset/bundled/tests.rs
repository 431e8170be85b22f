use std::path::{Path, PathBuf};

use super::{FILES, tables::Table};
use crate::dataset::{Dataset, Places, find};
use crate::parameter::Values;
use crate::value::Value;

fn load(kind: &str, parameters: &[(&str, &str)]) -> Dataset {
    let text = |text: &str| Value::Text(text.to_owned());
    let values: Values = parameters.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect();
    let places = Places { base: "".into(), data: "".into() };
    (find(kind).expect(kind).load)(&values, &places).expect(kind)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/data")
}

#[test]
fn each_file_is_listed_with_its_checksum_and_all_are_small() {
    const MOST: u64 = 12_000_000;
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let mut sum = 0;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap().map(Result::unwrap) {
        sum += entry.metadata().unwrap().len();
        let name = entry.file_name().into_string().unwrap();
        if name != "README.md" {
            names.push(name);
        }
    }
    assert!(sum <= MOST, "{sum} bytes");
    let mut known: Vec<&str> = FILES.iter().map(|file| file.name).collect();
    known.sort_unstable();
    names.sort();
    assert_eq!(names, known);
    for file in FILES {
        let section = readme.split("\n## ").find(|section| section.starts_with(&format!("`{}`\n", file.name)));
        let section = section.unwrap_or_else(|| panic!("{} is not described", file.name));
        for key in ["source", "authors", "licence", "taken from", "changes"] {
            assert!(section.contains(&format!("\n| {key} | ")), "{}: no {key}", file.name);
        }
        let line = format!("| BLAKE3 | `{}` |", blake3::hash(file.bytes).to_hex());
        assert!(section.contains(&line), "{}: {line}", file.name);
    }
}

/// Columns of each view.
fn columns(data: &Dataset) -> Vec<(&str, usize)> {
    data.views.iter().map(|view| (view.name.as_str(), view.values.ncols())).collect()
}

fn counts(data: &Dataset) -> Vec<usize> {
    data.labels.as_ref().expect("labels").counts()
}

#[test]
fn digits() {
    let data = load("digits", &[]);
    assert_eq!(columns(&data), [("x", 64)]);
    assert_eq!(data.views[0].values.sum(), 561_718.0);
    let labels = data.labels.expect("labels");
    assert_eq!(labels.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!((labels.codes.len(), labels.counts()[0]), (1797, 178));
    // Trials of the first version stay what they are.
    let places = Places { base: "".into(), data: "".into() };
    let checksum = (super::DIGITS.checksum)(&Values::new(), &places).expect("bundled");
    let hash = "79aa2abe286257fee933d68d21ffbfa58b3d44948ad21107cf87254623a0c111";
    assert_eq!(checksum.as_deref(), Some(format!("blake3:{hash}").as_str()));
}

#[test]
fn several_views() {
    let data = load("handwritten", &[]);
    assert_eq!(columns(&data), [("fac", 216), ("fou", 76), ("kar", 64), ("mor", 6), ("pix", 240), ("zer", 47)]);
    assert_eq!(counts(&data), [200; 10]);
    assert!(data.views[4].values.iter().all(|x| (0.0..=6.0).contains(x)));
    let data = load("100leaves", &[]);
    assert_eq!(columns(&data), [("margin", 64), ("shape", 64), ("texture", 64)]);
    assert_eq!(counts(&data), [16; 100]);
}

#[test]
fn outlier_tables() {
    for (kind, rows, width, outliers) in
        [("glass-outliers", 214, 7, 9), ("wine-outliers", 129, 13, 10), ("ionosphere-outliers", 351, 32, 126)]
    {
        let data = load(kind, &[]);
        assert_eq!(data.views[0].values.dim(), (rows, width), "{kind}");
        assert_eq!(counts(&data), [rows - outliers, outliers], "{kind}");
    }
}

#[test]
fn firms() {
    let data = load("american-29", &[]);
    assert_eq!((data.rows(), columns(&data)), (26_690, vec![("x", 29)]));
    assert_eq!(counts(&data), [26_690 - 1129, 1129]);
    assert_eq!(data.views[0].columns[0].name, "i01_gross_margin");
    assert_eq!(data.views[0].values[[0, 0]], 0.20707);
    let names: Vec<&str> = data.aside.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["company", "year", "fails_next_year"]);
    assert_eq!(data.aside[1].cells.iter().filter(|year| *year == "2016").count(), 3136);
    let next = load("american-29", &[("labels", "fails_next_year")]);
    assert_eq!(counts(&next)[1], 228);
    assert_eq!(next.aside[2].name, "status");
    let data = load("polish-5year", &[]);
    assert_eq!((data.rows(), columns(&data), data.views[0].missing()), (5910, vec![("x", 64)], 4666));
    assert_eq!(counts(&data), [5500, 410]);
}

#[test]
fn votes() {
    let data = load("vote", &[]);
    let labels = data.labels.as_ref().expect("labels");
    assert_eq!((labels.classes.join(" ").as_str(), labels.counts()), ("democrat republican", vec![267, 168]));
    let view = &data.views[0];
    assert_eq!((view.values.dim(), view.nominal(), view.missing()), ((435, 16), 16, 392));
    assert_eq!(view.columns[0].words.as_deref().expect("words").join(" "), "n y");
    assert_eq!(view.values.row(0).iter().take(4).copied().collect::<Vec<_>>(), [0.0, 1.0, 0.0, 1.0]);
}

#[test]
fn sentences_and_documents() {
    let data = load("mcrls-sentences", &[]);
    assert_eq!((data.rows(), data.views.len(), counts(&data)), (9773, 0, vec![893, 7161, 1719]));
    assert_eq!(data.aside[0].cells.iter().filter(|split| *split == "train").count(), 7806);
    let plain = load("mcrls-sentences", &[("text", "text")]).documents.expect("texts").texts;
    assert!(plain[1].starts_with("公司秉承“为人类健康服务”的宗旨，"));
    let tokens = data.documents.expect("texts").texts;
    assert!(tokens[1].starts_with("公司 秉承 “ 为 人类 健康 服务 ” 的 宗旨 ， "));
    let fusion = load("fusion-semisynthetic", &[]);
    assert_eq!((fusion.rows(), columns(&fusion), counts(&fusion)), (3000, vec![("x", 29)], vec![2580, 420]));
    assert_eq!((fusion.aside[0].cells[0].as_str(), fusion.aside[1].cells[0].as_str()), ("C_8946", "2010"));
    assert_eq!(fusion.views[0].values[[0, 9]], 4.014);
    let documents = &fusion.documents.as_ref().expect("documents").texts;
    assert!(documents[0].starts_with("2 、 车 企 降价 增加 "));
    let mut lengths: Vec<usize> = documents.iter().map(|text| text.split(' ').count()).collect();
    lengths.sort_unstable();
    assert_eq!(f64::midpoint(f64::from(to_u32(lengths[1499])), f64::from(to_u32(lengths[1500]))).floor(), 1255.0);
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).expect("small")
}

/// The documents are those of the shared set, letter by letter.
#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn documents_are_put_together_again() {
    // When it was built, as `no_shared` is.
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared"));
    let path = shared.join("data/text/fusion-semisynthetic/documents.csv.gz");
    let bytes: &'static [u8] = Box::leak(std::fs::read(&path).expect("the shared data").into_boxed_slice());
    let table = Table::read(&super::File { name: "documents.csv.gz", bytes }).expect("reads");
    let fusion = load("fusion-semisynthetic", &[]);
    assert!(table.cells("tokens").expect("tokens") == fusion.documents.expect("documents").texts);
}
