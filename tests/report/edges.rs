//! Odd results: nothing run, one seed, many methods, names that look like markup, ten thousand trials.

use gridbook::report::{Format, Options, build, render, terminal_table};
use gridbook::store::outcome::Status;
use gridbook::store::results::Results;

use crate::fixture::{self, end, experiment, finish, planned, wobble};

fn all_formats(results: &Results) -> String {
    for format in [Format::Latex, Format::Csv, Format::Markdown, Format::Json] {
        render(results, format, &Options::default()).unwrap();
    }
    terminal_table(results);
    render(results, Format::Html, &Options { omit_measured: true }).unwrap();
    render(results, Format::Html, &Options::default()).unwrap()
}

pub fn bare(text: &str) -> Results {
    let experiment = experiment(text);
    Results {
        folder: "nowhere".into(),
        records: planned(&experiment),
        experiment,
        datasets: Vec::new(),
        skipped: Vec::new(),
        damaged: Vec::new(),
        irreproducible: Vec::new(),
    }
}

/// An experiment of so many methods.
pub fn many(methods: usize, datasets: usize, seeds: usize) -> Results {
    let mut text = format!(
        "format = 1\nname = \"many\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\", \"ari\", \"fit_seconds\"]\n[repeat]\nseeds = {seeds}\n"
    );
    for dataset in 0..datasets {
        text.push_str(&format!("[[dataset]]\nkind = \"blobs\"\nname = \"Set {dataset}\"\n"));
    }
    for method in 0..methods {
        text.push_str(&format!("[[model]]\nkind = \"kmeans\"\nname = \"Method number {method}\"\n"));
    }
    let mut results = bare(&text);
    for record in &mut results.records {
        let score = 0.4 + 0.3 * wobble(&record.trial.model) + 0.1 * wobble(&record.trial.id);
        finish(record, &[("acc", score), ("ari", score - 0.45)], 0.01 + score);
    }
    results
}

#[test]
fn nothing_run_is_a_report() {
    let results = bare(fixture::FILE);
    let page = all_formats(&results);
    assert!(page.contains("No trial has finished"), "{}", &page[..4000]);
    assert!(page.contains("not run yet"));
    let report = build(&results, &Options::default());
    assert!(report.figures.is_empty());
    assert!(report.tables[0].each().all(|(_, _, cell)| cell.summary.is_none() && cell.missing.is_some()));
}

#[test]
fn no_trials_at_all_is_a_report() {
    let mut results = bare(fixture::FILE);
    results.records.clear();
    results.experiment.tables.clear();
    results.experiment.published.clear();
    assert!(all_formats(&results).contains("The plan holds no trials."));
}

#[test]
fn everything_failed_is_a_report() {
    let mut results = bare(fixture::FILE);
    for record in &mut results.records {
        end(record, Status::TimedOut, Some("fit"), "");
    }
    let report = build(&results, &Options::default());
    assert_eq!(report.failures.len(), 1);
    assert_eq!(report.failures[0].trials, results.records.len());
    all_formats(&results);
}

#[test]
fn one_seed_has_no_spread() {
    let report = build(&many(2, 1, 1), &Options::default());
    let table = &report.tables[0];
    assert!(table.each().all(|(_, _, cell)| cell.spread().is_none()));
    assert!(table.notes.iter().any(|note| note.contains("n = 1")), "{:?}", table.notes);
}

#[test]
fn fifty_methods_fit() {
    let page = all_formats(&many(50, 2, 3));
    assert!(page.contains("Method number 49"));
    assert!(page.contains("hatch"));
}

#[test]
fn names_that_look_like_markup_stay_text() {
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&\"'{{ page }}";
    let mut results = many(2, 1, 2);
    results.experiment.models[0].name = evil.to_owned();
    results.experiment.about = Some(evil.to_owned());
    results.experiment.name = evil.to_owned();
    results.experiment.text = evil.to_owned();
    results.experiment.tables.clear();
    results.experiment.notes.push(gridbook::experiment::Note { about: Some(evil.to_owned()), text: evil.to_owned() });
    for record in &mut results.records {
        if record.trial.model == "Method number 0" {
            record.trial.model = evil.to_owned();
        }
    }
    end(&mut results.records[0], Status::Failed, Some(evil), evil);
    let page = all_formats(&results);
    assert!(!page.contains("<script>alert"), "a script of the data's own");
    assert!(!page.contains("<img"), "an image of the data's own");
    assert_eq!(page.matches("</script>").count(), 3);
}

#[test]
fn ties_at_shown_precision_share_the_mark() {
    let mut results = many(3, 1, 2);
    for record in &mut results.records {
        let score = match record.trial.model.as_str() {
            "Method number 0" => 0.70041,
            "Method number 1" => 0.69962,
            _ => 0.5,
        };
        finish(record, &[("acc", score), ("ari", score)], 1.0);
    }
    let report = build(&results, &Options::default());
    let words: Vec<&str> = report.tables[0]
        .each()
        .filter(|(_, _, cell)| cell.metric.name == "acc")
        .map(|(_, _, cell)| cell.place.word())
        .collect();
    assert_eq!(words, ["best", "best", "second"]);
}

#[test]
fn ten_thousand_trials_stay_small() {
    let results = many(10, 10, 100);
    assert_eq!(results.records.len(), 10_000);
    let start = std::time::Instant::now();
    let page = render(&results, Format::Html, &Options::default()).unwrap();
    let took = start.elapsed();
    eprintln!("{} kB in {took:?}", page.len() / 1000);
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
    // A debug build on a busy machine gets more room than the two seconds of a release.
    let room = if cfg!(debug_assertions) { 30 } else { 2 };
    assert!(took.as_secs() < room, "{took:?}");
}

#[test]
fn a_curve_that_no_trial_has_is_named_with_those_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut results = fixture::results(folder.path());
    let figure = "\n[[figure]]\nkind = \"curve\"\ny = \"los\"\n";
    results.experiment = experiment(&format!("{}{figure}", fixture::FILE));
    let page = all_formats(&results);
    assert!(page.contains("No trial has a curve called `los`; there are `loss`"));
}

#[test]
fn a_table_shows_the_setting_that_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let mut results = fixture::results(folder.path());
    let table = "\n[[table]]\ntitle = \"Chosen\"\nrows = \"model\"\ncolumns = \"dataset\"\nmetric = \"nmi_max\"\n\
                 choose = { by = \"acc\", among = \"batch-size\", on = \"test\" }\n";
    results.experiment = experiment(&format!("{}{table}", fixture::FILE));
    let mut by_size: Vec<(f64, f64)> = Vec::new();
    for size in ["32", "64", "256"] {
        let of = |metric: &str| -> Vec<f64> {
            let own = results.records.iter().filter(|record| {
                let trial = &record.trial;
                let at = trial.params.get("batch-size").map(ToString::to_string);
                trial.model == "IDEC" && trial.dataset == "Digits" && at.as_deref() == Some(size)
            });
            own.filter_map(|record| record.result.as_ref()?.scores.get(metric).copied()).collect()
        };
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / f64::from(u32::try_from(values.len()).unwrap());
        by_size.push((mean(of("acc")), mean(of("nmi_max"))));
    }
    let best = by_size.iter().copied().reduce(|best, other| if other.0 > best.0 { other } else { best }).unwrap();
    let report = build(&results, &Options::default());
    let chosen = report.tables.iter().find(|table| table.title == "Chosen").unwrap();
    let cell = chosen.each().map(|(_, _, cell)| cell.summary.map(|summary| summary.mean)).collect::<Vec<_>>();
    assert!(cell.iter().flatten().any(|mean| (mean - best.1).abs() < 1e-12), "{best:?} of {by_size:?}: {cell:?}");
    assert!(by_size.iter().filter(|size| **size != best).all(|size| !cell.contains(&Some(size.1))), "{cell:?}");
    assert!(chosen.notes.iter().any(|note| note.contains("IDEC on Digits: batch-size")), "{:?}", chosen.notes);
}
