//! The page in a real browser: no message on the console, no request, nothing wider than a telephone.

use std::path::{Path, PathBuf};
use std::process::Command;

use gridbook::report::{Format, Options, build, render};

use crate::{browser, edges, fixture, grids};

fn page() -> String {
    let folder = tempfile::tempdir().unwrap();
    render(&fixture::results(folder.path()), Format::Html, &Options::default()).unwrap()
}

/// Writes a page where cargo keeps what tests leave.
pub fn write(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_page_stands_alone() {
    let page = page();
    write("report.html", &page);
    write("report-many.html", &render(&edges::many(50, 2, 3), Format::Html, &Options::default()).unwrap());
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        let page = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn headings_do_not_skip_a_level_and_ids_are_unique() {
    let page = page();
    let page = page.split("<script").next().unwrap();
    assert_eq!(page.matches("<h1").count(), 1);
    let mut last = 1;
    for (at, _) in page.match_indices("<h") {
        let Some(level) = page[at + 2..].chars().next().and_then(|c| c.to_digit(10)) else { continue };
        assert!(level <= last + 1, "{}", &page[at..at + 60]);
        last = level;
    }
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
}

/// Opens a page with a clean profile: the document as it stands after its scripts, and what the console said.
pub fn open(path: &Path, query: &str) -> (String, Vec<String>) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser::program())
        .args(browser::QUIET)
        .args(["--enable-logging=stderr", "--v=0", "--hide-scrollbars", "--dump-dom", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}{query}", path.display()))
        .output()
        .unwrap();
    let console = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .map(str::to_owned)
        .collect();
    (String::from_utf8_lossy(&output.stdout).into_owned(), console)
}

/// A refused request is a message on the console too: the policy of the page allows none.
#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn the_browser_has_nothing_to_say() {
    let (_, console) = open(&write("report-sweeps.html", &grids::every_kind()), "?theme=light");
    assert_eq!(console, Vec::<String>::new());
    let path = write("report-browser.html", &page());
    let (document, console) = open(&path, "?theme=dark");
    assert_eq!(console, Vec::<String>::new());
    assert!(document.contains("data-ready=\"yes\""), "the script ran to its end");
    assert!(document.contains("data-theme=\"dark\""));
    assert!(document.contains("1–20 of 50 trials"), "the first page of trials is drawn");
}

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn the_browser_is_how_we_would_see_a_mistake() {
    let broken = page().replace("</body>", "<img src=\"https://example.invalid/x.png\"></body>");
    let (_, console) = open(&write("report-broken.html", &broken), "");
    assert!(!console.is_empty());
}

/// In a frame as wide as a telephone, as MLflow's sandbox shows it: no storage, no scrolling sideways.
#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn a_telephone_needs_no_scrolling_sideways() {
    let many = render(&edges::many(50, 2, 3), Format::Html, &Options::default()).unwrap();
    for (name, page) in [("few", page()), ("many", many), ("sweeps", grids::every_kind())] {
        let inside = "<script>parent.postMessage([document.documentElement.scrollWidth,document.documentElement.dataset.ready],'*')</script></body>";
        let framed = page.replace("</body>", inside).replace('&', "&amp;").replace('"', "&quot;");
        let text = format!(
            "<body><script>onmessage=function(e){{document.body.dataset.width=e.data.join(' ')}}</script>\
             <iframe sandbox=\"allow-scripts\" width=390 height=800 style=\"border:0\" srcdoc=\"{framed}\"></iframe></body>"
        );
        let (document, console) = open(&write(&format!("report-narrow-{name}.html"), &text), "");
        assert_eq!(console, Vec::<String>::new());
        assert!(
            document.contains("data-width=\"390 yes\""),
            "{name}: {:?}",
            document.split("data-width").nth(1).map(|rest| &rest[..20])
        );
    }
}

/// Clicks through the page and leaves what it saw on the body.
const CLICKS: &str = include_str!("clicks.js");

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn switches_filters_sorting_and_copies_work() {
    let path = write("report-clicks.html", &page().replace("</body>", &format!("<script>{CLICKS}</script></body>")));
    let (document, console) = open(&path, "");
    assert_eq!(console, Vec::<String>::new());
    let result = document.split("data-result=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let mut result: serde_json::Value = serde_json::from_str(&result.replace("&quot;", "\"")).unwrap();
    check_leads(&result["leads"].take());
    result.as_object_mut().unwrap().remove("leads");
    let expected = serde_json::json!({
        "cells": 2, "span": 1, "all": 8, "ci": [0, true], "above": 2,
        "found": "1–15 of 15 trials (of 50)",
        "sorted": ["descending", "0.960"],
        "second": "21–40 of 50 trials",
        "csv": "table,row,column,metri", "latex": true, "json": "K-means", "svg": ["svg", true, true, false],
        "after": "1–20 of 50 trials",
    });
    assert_eq!(result, expected);
}

/// Every cell's number leads to the trials that it was made of, and to the command that runs them.
fn check_leads(leads: &serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let report = build(&fixture::results(folder.path()), &Options::default());
    let short = |id: &String| {
        let at = report.trials.full_ids.iter().position(|full| full == id).unwrap();
        report.trials.ids[at].clone()
    };
    let sorted = |ids: &[String]| {
        let mut ids: Vec<String> = ids.iter().map(short).collect();
        ids.sort();
        ids
    };
    let mut cells: Vec<(usize, String, Vec<String>)> = Vec::new();
    for table in &report.tables {
        let with = table.each().filter(|(_, _, cell)| !cell.trials.is_empty());
        cells.extend(with.map(|(_, _, cell)| (table.number, cell.mean(), sorted(&cell.trials))));
    }
    let paper = report.paper.as_ref().unwrap();
    for row in paper.rows.iter().filter(|row| !row.trials.is_empty()) {
        let ours = row.ours.map_or_else(|| "–".to_owned(), |ours| format!("{:.*}", row.decimals, ours.mean));
        cells.push((paper.number, ours, sorted(&row.trials)));
    }
    let number_of_leads: usize = leads.as_object().unwrap().values().map(|list| list.as_array().unwrap().len()).sum();
    assert_eq!(number_of_leads, cells.len());
    let mut next = std::collections::BTreeMap::new();
    for (number, shown, ids) in cells {
        let at = next.entry(number).or_insert(0_usize);
        let lead = &leads[format!("t{number}")][*at];
        *at += 1;
        assert_eq!((lead[0].as_str().unwrap(), lead[1].as_str().unwrap()), (shown.as_str(), ids.join(" ").as_str()));
        let command = lead[2].as_str().unwrap();
        let only = command.split_once(" --only trial=").unwrap().1;
        let mut asked: Vec<&str> = only.split(',').collect();
        asked.sort_unstable();
        assert_eq!(asked, ids, "{command}");
    }
}
