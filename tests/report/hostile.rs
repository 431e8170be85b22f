//! Names and messages that are markup, formulas, another direction of writing or very long stay what they are: text.

use std::path::Path;
use std::process::Command;

use gridbook::report::{Format, Options, render};
use gridbook::store::outcome::Status;
use gridbook::store::results::Results;

use crate::browser::Browser;
use crate::edges::many;
use crate::fixture::{self, end};
use crate::page::write;

const NAMES: [&str; 14] = [
    "</script><script>window.broken=1</script>",
    "<img src=x onerror=\"window.broken=1\">",
    "\"; DROP TABLE trials; --",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "&%#_$ {x} \\y ^~ `a' ?`",
    "αβγ Ω χ² ≤ 3 – ½ µ «é» ł þ",
    "🚀 数据 e\u{301}",
    "שלום \u{202e}abc\u{202c} العربية",
    "[2pt] x",
    "* {{ page.title }}",
];

/// Methods and data sets of these names, and a message of 5,000 characters.
pub fn results() -> Results {
    let mut results = many(NAMES.len(), 2, 3);
    let rename = |name: &str| {
        let at: usize = name.rsplit(' ').next().unwrap().parse().unwrap();
        NAMES[at].to_owned()
    };
    for model in &mut results.experiment.models {
        model.name = rename(&model.name);
    }
    for record in &mut results.records {
        record.trial.model = rename(&record.trial.model);
        record.trial.dataset = rename(&record.trial.dataset);
    }
    for dataset in &mut results.experiment.datasets {
        dataset.name = rename(&dataset.name);
    }
    NAMES[3].clone_into(&mut results.experiment.name);
    let message = NAMES.join(" ").repeat(40);
    assert!(message.len() > 5000);
    // All of one cell, so that the tables give the reason.
    for record in results.records.iter_mut().take(3) {
        end(record, Status::Failed, Some("fit"), &message);
    }
    results
}

fn text(format: Format) -> String {
    render(&results(), format, &Options::default()).unwrap()
}

fn fields(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(false).from_reader(csv.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn is_formula(field: &str) -> bool {
    field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field.parse::<f64>().is_err()
}

#[test]
fn csv_holds_no_formula_and_the_same_numbers_as_json() {
    let rows = fields(&text(Format::Csv));
    let json: Vec<serde_json::Value> = serde_json::from_str(&text(Format::Json)).unwrap();
    assert_eq!(rows.len(), json.len() + 1);
    let mut guarded = 0;
    for (row, object) in rows[1..].iter().zip(&json) {
        for (head, field) in rows[0].iter().zip(row) {
            assert!(!is_formula(field), "{field}");
            match &object[head] {
                serde_json::Value::String(text) if is_formula(text) => {
                    assert_eq!(*field, format!("'{text}"));
                    guarded += 1;
                }
                serde_json::Value::String(text) => assert_eq!(field, text),
                serde_json::Value::Number(number) => assert_eq!(number.as_f64(), field.parse().ok()),
                _ => assert_eq!(field, ""),
            }
        }
    }
    assert_eq!(guarded, 5 * 6, "five names, two data sets, three metrics");
    assert!(rows.iter().flatten().any(|field| field.starts_with('-') && field.parse::<f64>().is_ok()));
}

#[test]
fn markdown_holds_no_markup() {
    let text = text(Format::Markdown);
    // What gridbook itself underlines.
    let text = text.replace("<u>", "").replace("</u>", "");
    assert!(!text.contains('<') && text.contains("&lt;img src=x"), "{text}");
}

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn the_page_shows_it_as_text() {
    let mut browser = Browser::start();
    browser.open(&write("report-hostile.html", &text(Format::Html)), "");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    assert_eq!(browser.evaluate("String(window.broken) + document.querySelectorAll('script').length"), "undefined3");
    assert_eq!(browser.evaluate("document.querySelectorAll('img, main script').length"), 0);
    let methods = browser.evaluate("[...document.querySelectorAll('#t1 tbody th')].map(e => e.textContent)");
    assert_eq!(methods, serde_json::json!(NAMES));
    assert_eq!(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
    // Both kinds of CSV that the page makes.
    let table = "(s => { s.value = 'csv'; s.onchange(); return document.querySelector('dialog textarea').value })";
    let table = browser.evaluate(&format!("{table}(document.querySelector('select.exp'))"));
    browser.evaluate("document.querySelector('dialog').close(); document.querySelector('#trials-csv').onclick()");
    let trials = browser.evaluate("document.querySelector('dialog textarea').value");
    for csv in [table, trials] {
        let rows = fields(csv.as_str().unwrap());
        assert!(rows.len() > 40);
        for field in rows.iter().flatten() {
            assert!(!is_formula(field), "{field}");
        }
        assert!(rows.iter().flatten().any(|field| field == "'=cmd|' /C calc'!A0"));
        assert!(rows.iter().flatten().any(|field| field.starts_with("-0.")));
    }
}

/// Typesets a document; what the engine complains of.
fn typeset(engine: &str, tables: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let document = format!(
        "\\documentclass{{article}}\n\\usepackage{{booktabs}}\n\\begin{{document}}\n{tables}\n\\end{{document}}\n"
    );
    std::fs::write(folder.path().join("tables.tex"), document).unwrap();
    let output = Command::new(engine)
        .args(["-interaction=nonstopmode", "tables.tex"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = log.lines().filter(|line| line.starts_with("! ") || line.contains("Missing character"));
    let mut wrong: Vec<String> = wrong.map(str::to_owned).collect();
    if !output.status.success() || !folder.path().join("tables.pdf").is_file() {
        wrong.push(log);
    }
    wrong
}

fn is_installed(engine: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(engine).is_file())
}

#[test]
#[cfg_attr(no_latex, ignore = "neither pdflatex nor lualatex is installed")]
fn latex_typesets_it() {
    let folder = tempfile::tempdir().unwrap();
    let plain = render(&fixture::results(folder.path()), Format::Latex, &Options::default()).unwrap();
    let hostile = text(Format::Latex);
    assert!(hostile.contains("\\ifdefined\\Umathchar 数据\\else U+6570 U+636E\\fi"));
    for engine in ["pdflatex", "lualatex"].into_iter().filter(|engine| is_installed(engine)) {
        assert_eq!(typeset(engine, &plain), Vec::<String>::new(), "{engine}");
        let wrong = typeset(engine, &hostile);
        // Without a font for them other letters are left out, which is no error.
        let wrong: Vec<&String> = wrong.iter().filter(|line| !line.contains("Missing character")).collect();
        assert!(wrong.is_empty(), "{engine}: {wrong:?}");
    }
    assert!(!typeset_any(&plain.replace("\\toprule", "\\toprul")).is_empty(), "a mistake is seen");
}

fn typeset_any(tables: &str) -> Vec<String> {
    let engine = ["pdflatex", "lualatex"].into_iter().find(|engine| is_installed(engine)).unwrap();
    typeset(engine, tables)
}
