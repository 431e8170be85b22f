//! Two results folders side by side, from results made by hand: folds, irreproducible trials, many cells, the page in
//! a real browser.

use gridbook::compare::{self, Comparison, Verdict};
use gridbook::report::statistics::paired::Paired;
use gridbook::store::outcome::Status;
use gridbook::store::results::{Results, State};

use crate::edges;
use crate::fixture::{self, end, finish, wobble};
use crate::page::{assert_narrow, open, write};

/// The fixture, and the same with DEC lower by so much and other noise where a seed is odd.
fn pair(lower: f64) -> (Results, Results) {
    let folder = tempfile::tempdir().unwrap();
    let a = fixture::results(folder.path());
    let mut b = a.clone();
    b.folder = "later".into();
    let mut a = a;
    a.folder = "earlier".into();
    for record in &mut b.records {
        if let Some(result) = record.result.as_mut().filter(|_| record.trial.model == "DEC") {
            for (name, score) in &mut result.scores {
                *score -= lower + 0.002 * wobble(&format!("{}{name}", record.trial.id));
            }
            record.trial.id.replace_range(..1, "x");
        }
    }
    (a, b)
}

fn compared(a: &Results, b: &Results) -> Comparison {
    compare::build(a, b).unwrap()
}

fn count(comparison: &Comparison, verdict: Verdict) -> usize {
    comparison.of_kind(false).filter(|cell| cell.verdict == verdict).count()
}

#[test]
fn what_was_lowered_is_worse_and_the_rest_as_it_was() {
    let (a, b) = pair(0.1);
    let comparison = compared(&a, &b);
    for cell in comparison.of_kind(false) {
        let same = cell.labels.model != "DEC";
        let is = cell.verdict;
        assert!(if same { is == Verdict::Identical || is == Verdict::NoValue } else { is == Verdict::Worse }, "{is:?}");
        assert_eq!(cell.is_regression(), !same);
    }
    let text = compare::text(&comparison);
    let rows = text.lines().filter(|line| line.starts_with("| worse")).count();
    assert_eq!(rows, count(&comparison, Verdict::Worse), "{text}");
    // Within noise where there is nothing but noise.
    let (a, b) = pair(0.0);
    assert_eq!(compared(&a, &b).regressions().count(), 0);
}

#[test]
fn times_decide_nothing() {
    let (a, mut b) = pair(0.0);
    for record in &mut b.records {
        if let Some(measured) = &mut record.measured {
            measured.fit_seconds *= 10.0 + wobble(&record.trial.id);
        }
    }
    let comparison = compared(&a, &b);
    assert!(comparison.of_kind(true).any(|cell| cell.verdict == Verdict::Worse));
    assert_eq!((comparison.regressions().count(), comparison.objections().len()), (0, 0));
    assert!(compare::text(&comparison).contains("Measured, deciding nothing"));
}

#[test]
fn other_bytes_on_one_numeric_class_are_named() {
    let (a, _) = pair(0.0);
    let mut b = a.clone();
    b.folder = "later".into();
    let change = |b: &mut Results, at: usize, class: &str| {
        let record = &mut b.records[at];
        record.result.as_mut().unwrap().scores.insert("acc".to_owned(), 0.123);
        record.measured.as_mut().unwrap().numeric_class = class.to_owned();
    };
    change(&mut b, 0, "cpu/libtorch 2.11/avx512");
    assert_eq!(compared(&a, &b).irreproducible.len(), 0);
    change(&mut b, 1, "cpu/libtorch 2.11/avx2");
    let comparison = compared(&a, &b);
    let named: Vec<&String> = comparison.irreproducible.iter().map(|trial| &trial.trial).collect();
    assert_eq!(named, [&a.records[1].trial.id]);
    assert_eq!(comparison.irreproducible[0].differs, ["scores"]);
    let page = compare::html(&comparison).unwrap();
    assert!(page.contains("id=\"irreproducible\"") && page.contains(a.records[1].trial.id.as_str()));
    assert!(compare::text(&comparison).contains("1 trial of equal identity gave other results"));
}

/// Five folds of two seeds.
fn folds() -> (Results, Results) {
    let text = "name = \"folds\"\n[task]\nkind = \"classification\"\nmetrics = [\"accuracy\"]\n[repeat]\nseeds = 2\n\
                [[dataset]]\nkind = \"blobs\"\n[[split]]\nkind = \"k-fold\"\nname = \"five\"\nfolds = 5\n\
                [[model]]\nkind = \"majority\"\n";
    let experiment = fixture::experiment(text);
    let mut records = Vec::new();
    for record in fixture::planned(&experiment) {
        for fold in 0..5 {
            let mut record = record.clone();
            record.trial.fold = Some(fold);
            "five".clone_into(&mut record.trial.split);
            record.trial.id = format!("{fold}{}", &record.trial.id[1..]);
            let accuracy = 0.8 + 0.05 * wobble(&record.trial.id);
            finish(&mut record, &[("accuracy", accuracy)], 1.0);
            let counts = &mut record.result.as_mut().unwrap().counts;
            counts.extend([("test_rows".to_owned(), 20), ("train_rows".to_owned(), 80)]);
            records.push(record);
        }
    }
    let a = Results {
        folder: "a".into(),
        experiment,
        datasets: Vec::new(),
        skipped: Vec::new(),
        records,
        damaged: Vec::new(),
        irreproducible: Vec::new(),
    };
    let mut b = a.clone();
    for record in &mut b.records {
        record.trial.id.replace_range(..1, "x");
        let accuracy = record.result.as_mut().unwrap().scores.get_mut("accuracy").unwrap();
        *accuracy += 0.01 + 0.05 * wobble(&format!("b{}{:?}", record.trial.seed, record.trial.fold));
    }
    (a, b)
}

#[test]
fn folds_are_paired_and_corrected() {
    let (a, b) = folds();
    let comparison = compared(&a, &b);
    let cell = &comparison.cells[0];
    let scores = |results: &Results| -> Vec<f64> {
        results.records.iter().map(|record| record.result.as_ref().unwrap().scores["accuracy"]).collect()
    };
    let pairs: Vec<(f64, f64)> = scores(&b).into_iter().zip(scores(&a)).collect();
    let want = Paired::of(&pairs, 0.25).unwrap();
    let test = cell.tested.unwrap();
    assert_eq!((test.p_value, cell.difference.unwrap().pairs), (want.corrected_t.p_value, Some(10)));
    assert_eq!(cell.difference.unwrap().interval, want.corrected_t.ci95);
    assert!(test.p_value > want.t.p_value);
    // Of other seeds there are no pairs, and nothing that is independent.
    let mut other = b.clone();
    for record in &mut other.records {
        record.trial.seed += 10;
    }
    let cell = &compared(&a, &other).cells[0];
    assert_eq!((cell.verdict, cell.tested, cell.is_regression()), (Verdict::NotTested, None, false));
    // Nor where the fold of one number is other rows.
    let mut other = b;
    other.experiment.splits[0].choice.values.insert("stratified".to_owned(), gridbook::value::Value::Bool(false));
    assert_eq!(compared(&a, &other).cells[0].verdict, Verdict::NotTested);
}

#[test]
fn odd_results_are_a_comparison() {
    let (a, b) = pair(0.1);
    let mut empty = a.clone();
    empty.records.clear();
    let mut pending = a.clone();
    let mut failed = a.clone();
    for record in &mut pending.records {
        (record.state, record.result, record.measured) = (State::Pending, None, None);
    }
    for record in &mut failed.records {
        end(record, Status::TimedOut, Some("fit"), "");
    }
    for (one, two) in [(&a, &empty), (&empty, &b), (&empty, &empty), (&pending, &failed), (&a, &failed), (&pending, &b)]
    {
        let comparison = compared(one, two);
        for text in
            [compare::text(&comparison), compare::html(&comparison).unwrap(), compare::json(&comparison).to_string()]
        {
            // One trial of the fixture failed with these words.
            let text = text.replace("loss is NaN", "");
            assert!(!text.contains("NaN") && !text.contains("inf"), "{}", &text[..text.len().min(2000)]);
        }
    }
    assert!(compare::text(&compared(&a, &empty)).contains("No cell stands in both folders."));
    assert!(compare::text(&compared(&pending, &failed)).contains("no value"));
}

#[test]
fn only_twenty_cells_are_named() {
    let a = edges::many(50, 2, 3);
    let mut b = a.clone();
    for record in &mut b.records {
        for score in record.result.as_mut().unwrap().scores.values_mut() {
            *score -= 0.2 + 1e-5 * wobble(&format!("b{}", record.trial.id));
        }
        record.trial.id.replace_range(..1, "x");
    }
    let comparison = compared(&a, &b);
    let changed = comparison.of_kind(false).filter(|cell| cell.is_change()).count();
    assert!(changed > 20, "{changed}");
    let text = compare::text(&comparison);
    assert!(text.contains(&format!("and {} more: ", changed - 20)), "{text}");
    assert_eq!(compare::json(&comparison)["cells"].as_array().unwrap().len(), 300);
}

fn page() -> String {
    let (a, b) = pair(0.1);
    compare::html(&compared(&a, &b)).unwrap()
}

#[test]
fn the_page_stands_alone() {
    let page = page();
    write("compare.html", &page);
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(!page.split("<script").next().unwrap().contains("<thead><tr><th scope=\"col\" class=\"l\"><button"));
}

/// Clicks through the page and leaves what it saw on the body.
const CLICKS: &str = include_str!("compare-clicks.js");

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn filters_and_sorting_work_in_a_browser() {
    let path = write("compare-clicks.html", &page().replace("</body>", &format!("<script>{CLICKS}</script></body>")));
    let (document, console) = open(&path, "?theme=dark");
    assert_eq!(console, Vec::<String>::new());
    assert!(document.contains("data-ready=\"yes\"") && document.contains("data-theme=\"dark\""));
    let result = document.split("data-result=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let seen: serde_json::Value = serde_json::from_str(&result.replace("&quot;", "\"")).unwrap();
    let (a, b) = pair(0.1);
    let comparison = compared(&a, &b);
    let expected = serde_json::json!({
        "all": comparison.of_kind(false).count(),
        "changed": count(&comparison, Verdict::Worse),
        "worse": true, "ascending": true, "descending": true, "last": "", "sort": "descending",
    });
    assert_eq!(seen, expected);
}

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn a_telephone_needs_no_scrolling_sideways() {
    let (mut a, b) = pair(0.1);
    let long = "averyveryverylongnamewithoutanyblankinit".repeat(4);
    for record in a.records.iter_mut().filter(|record| record.trial.model == "IDEC") {
        record.trial.model.clone_from(&long);
    }
    a.experiment.models[2].name.clone_from(&long);
    a.experiment.name = long.clone();
    a.folder = format!("results/{long}").into();
    let page = compare::html(&compared(&a, &b)).unwrap();
    assert_narrow("compare-narrow", &page);
}
