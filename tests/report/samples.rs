//! Pages that between them have every section: looked at by people in pictures, by rules in a browser.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gridbook::compare;
use gridbook::report::{Format, Options, render};
use gridbook::store::results::Results;

use crate::fixture::{self, finish, wobble};
use crate::page::write;
use crate::{edges, grids};

/// Claims of every verdict.
const CLAIMS: &str = r#"
[[claim]]
text = "DEC beats K-means on digits"
where = { dataset = "Digits" }
better = "DEC"
than = "K-means"
metric = "acc"
[[claim]]
text = "DEC beats K-means on digits by a fifth, which is far more than the trials of this experiment show of it"
where = { dataset = "Digits" }
better = "DEC"
than = "K-means"
metric = "acc"
by = 0.2
[[claim]]
text = "IDEC beats K-means over both sets"
better = "IDEC"
than = "K-means"
metric = "acc"
"#;

/// The fixture with claims; its curves stay in cargo's folder for what tests leave, where the report reads them.
pub fn few() -> Results {
    static FEW: OnceLock<Results> = OnceLock::new();
    let make = || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample-few");
        std::fs::create_dir_all(&folder).unwrap();
        let mut results = fixture::results(&folder);
        results.experiment = fixture::experiment(&format!("{}{CLAIMS}", fixture::FILE));
        results
    };
    FEW.get_or_init(make).clone()
}

/// Eight methods that differ on seven data sets: the tests over data sets reject.
pub fn ranked() -> Results {
    let mut results = edges::many(8, 7, 3);
    for record in &mut results.records {
        let method: u32 = record.trial.model.rsplit(' ').next().unwrap().parse().unwrap();
        let score =
            0.4 + 0.05 * f64::from(method) + 0.1 * wobble(&record.trial.dataset) + 0.05 * wobble(&record.trial.id);
        finish(record, &[("acc", score), ("ari", score - 0.45)], 0.01 + score);
    }
    results
}

fn compared() -> String {
    let a = few();
    let mut b = a.clone();
    b.folder = "later".into();
    for record in b.records.iter_mut().filter(|record| record.trial.model == "DEC") {
        if let Some(result) = &mut record.result {
            for (name, score) in &mut result.scores {
                *score -= 0.1 + 0.002 * wobble(&format!("{}{name}", record.trial.id));
            }
        }
        record.trial.id.replace_range(..1, "x");
    }
    let mut a = a;
    a.folder = "earlier".into();
    compare::html(&compare::build(&a, &b).unwrap()).unwrap()
}

/// Every page with its name, written once: tests run beside each other.
pub fn pages() -> Vec<(&'static str, PathBuf)> {
    static PAGES: OnceLock<Vec<(&'static str, PathBuf)>> = OnceLock::new();
    PAGES.get_or_init(write_pages).clone()
}

fn write_pages() -> Vec<(&'static str, PathBuf)> {
    let page = |results: &Results| render(results, Format::Html, &Options::default()).unwrap();
    [
        ("few", page(&few())),
        ("ranked", page(&ranked())),
        ("many", page(&edges::many(50, 2, 3))),
        ("sweeps", grids::every_kind()),
        ("compared", compared()),
    ]
    .map(|(name, text)| (name, write(&format!("sample-{name}.html"), &text)))
    .into()
}
