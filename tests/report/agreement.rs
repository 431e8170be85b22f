//! One number, five formats: recomputed from the trials, then looked up in each.

use std::collections::BTreeMap;

use gridbook::report::{Format, Options, build, render};
use gridbook::store::outcome::Status;
use gridbook::store::results::{Results, State};

use crate::samples;

/// Scores of every finished trial by its id and the metric's name.
fn scores(results: &Results) -> BTreeMap<(&str, &str), f64> {
    let mut scores = BTreeMap::new();
    for record in results.records.iter().filter(|record| record.state == State::Ended(Status::Finished)) {
        let id = record.trial.id.as_str();
        for (metric, value) in &record.result.as_ref().unwrap().scores {
            scores.insert((id, metric.as_str()), *value);
        }
        scores.insert((id, "fit_seconds"), record.measured.as_ref().unwrap().fit_seconds);
    }
    scores
}

#[test]
fn means_in_csv_and_json_are_those_of_the_trials() {
    let results = samples::few();
    let scores = scores(&results);
    let csv = render(&results, Format::Csv, &Options::default()).unwrap();
    let json: Vec<serde_json::Value> =
        serde_json::from_str(&render(&results, Format::Json, &Options::default()).unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut checked = 0;
    for (row, object) in reader.deserialize::<BTreeMap<String, String>>().zip(&json) {
        let row = row.unwrap();
        let values: Vec<f64> =
            row["trials"].split(' ').filter_map(|id| scores.get(&(id, row["metric"].as_str())).copied()).collect();
        assert_eq!(row["n"], values.len().to_string(), "{row:?}");
        if values.is_empty() {
            assert!(row["mean"].is_empty() && object["mean"].is_null());
            continue;
        }
        let n = f64::from(u32::try_from(values.len()).unwrap());
        let mean = values.iter().sum::<f64>() / n;
        let spread = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        for (name, own) in [("mean", mean), ("std", spread)] {
            let read: f64 = row[name].parse().unwrap();
            assert!((read - own).abs() <= 1e-12 * own.abs().max(1.0), "{name}: {read} is not {own}");
            assert_eq!(object[name].as_f64(), Some(read));
        }
        checked += 1;
    }
    assert!(checked > 25, "{checked}");
}

/// The numbers of a table's cells on the page, row by row.
fn on_page(page: &str, number: usize) -> Vec<String> {
    let table = page.split(&format!("id=\"t{number}\"")).nth(1).unwrap();
    let body = table.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
    let cells = body.split("<td").skip(1).filter(|cell| !cell.starts_with(" class=\"l lab2\""));
    cells
        .map(|cell| {
            let text = cell.split_once('>').unwrap().1;
            let text = text.strip_prefix("<b>").or_else(|| text.strip_prefix("<u>")).unwrap_or(text);
            text.split('<').next().unwrap().to_owned()
        })
        .collect()
}

/// The same of a row of Markdown or LaTeX, whose cells begin with the number.
fn first_words(row: &str, separator: &str, stubs: usize) -> Vec<String> {
    let row = row.trim_matches(|c| c == '|' || c == '\\' || c == ' ');
    let cells = row.split(separator).skip(stubs);
    cells
        .map(|cell| {
            let cell = cell.replace("$-$", "−").replace("--", "–");
            let cell = cell.replace("\\textbf{", "").replace("\\underline{", "").replace("**", "").replace("<u>", "");
            let digit = |c: &char| c.is_ascii_digit() || matches!(c, '.' | '−' | '–');
            cell.trim().chars().take_while(digit).collect()
        })
        .collect()
}

#[test]
fn page_latex_and_markdown_show_the_same_digits() {
    for results in [samples::few(), samples::ranked()] {
        let report = build(&results, &Options::default());
        let text = |format| render(&results, format, &Options::default()).unwrap();
        let (page, latex, markdown) = (text(Format::Html), text(Format::Latex), text(Format::Markdown));
        for table in &report.tables {
            let stubs = table.row_axes.len();
            let own = latex.split("\\midrule\n").nth(table.number).unwrap().split("\\bottomrule").next().unwrap();
            let in_latex: Vec<String> = own.lines().flat_map(|line| first_words(line, " & ", stubs)).collect();
            // Of Markdown the title, an empty line, the headings and the rule stand before the rows.
            let own = markdown.split(&format!("**{}", table.title)).nth(1).unwrap();
            let rows = own.lines().filter(|line| line.starts_with("| ")).skip(2).take(table.rows.len());
            let in_markdown: Vec<String> = rows.flat_map(|line| first_words(line, " | ", stubs)).collect();
            let shown = on_page(&page, table.number);
            assert_eq!(shown, in_latex, "{}", table.title);
            assert_eq!(shown, in_markdown, "{}", table.title);
            for ((_, _, cell), shown) in table.each().zip(&shown) {
                let Some(summary) = cell.summary else {
                    assert_eq!(shown, "–");
                    continue;
                };
                let decimals = shown.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                assert_eq!(format!("{:.decimals$}", summary.mean), shown.replace('−', "-"));
            }
        }
    }
}
