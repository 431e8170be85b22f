//! The comparison as a page: one file with everything in it, in the report's looks.

use serde::Serialize;
use tera::{Context, Tera};

use crate::report::ReportError;
use crate::report::number::{count, plural};

use super::words::{self, Shape};
use super::{Cell, Comparison, Setting, Side, Verdict, Which};

/// The template; a name ending in `.html` is escaped.
const TEMPLATE: &str = include_str!("../../templates/compare.html");
/// The report's style sheet, and a script of the page's own.
const CSS: &str = include_str!("../../templates/report.css");
const JS: &str = include_str!("../../templates/compare.js");

#[derive(Serialize)]
struct Page {
    title: String,
    lede: String,
    sides: Vec<SideView>,
    cards: Vec<Card>,
    sentences: Vec<String>,
    tables: Vec<TableView>,
    settings: Vec<SettingView>,
    settings_number: usize,
    equal: String,
    irreproducible: Vec<TrialView>,
    irreproducible_number: usize,
    version: &'static str,
}

#[derive(Serialize)]
struct SideView {
    name: &'static str,
    folder: String,
    about: String,
}

#[derive(Serialize)]
struct Card {
    head: &'static str,
    big: String,
    below: &'static str,
}

#[derive(Serialize)]
struct TableView {
    id: &'static str,
    heading: &'static str,
    about: &'static str,
    number: usize,
    caption: String,
    pipelines: bool,
    splits: bool,
    remarks: bool,
    filters: Vec<Filter>,
    rows: Vec<RowView>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Filter {
    value: &'static str,
    label: String,
    pressed: bool,
}

#[derive(Serialize)]
struct RowView {
    verdict: &'static str,
    sign: &'static str,
    tone: &'static str,
    changed: bool,
    dataset: String,
    pipeline: String,
    split: String,
    model: String,
    metric: &'static str,
    a: String,
    b: String,
    difference: String,
    interval: String,
    p: String,
    remark: String,
    /// What the columns of numbers are sorted by; empty for nothing.
    sort: [String; 4],
}

#[derive(Serialize)]
struct SettingView {
    of: String,
    name: String,
    a: String,
    b: String,
}

#[derive(Serialize)]
struct TrialView {
    id: String,
    words: String,
    differs: String,
    class: String,
}

/// Makes the page.
///
/// # Errors
/// The template is broken: a mistake of gridbook's own.
pub fn render(comparison: &Comparison) -> Result<String, ReportError> {
    let mut tera = Tera::new();
    tera.autoescape_on(vec![".html"]);
    tera.add_raw_template("compare.html", TEMPLATE)?;
    let mut context = Context::new();
    context.insert("css", &CSS);
    context.insert("js", &JS);
    context.insert("page", &page(comparison));
    Ok(tera.render("compare.html", &context)?)
}

fn page(comparison: &Comparison) -> Page {
    let mut tables = vec![table(comparison, false, 1)];
    if comparison.of_kind(true).next().is_some() {
        tables.push(table(comparison, true, 2));
    }
    let next = tables.len() + 1;
    let (a, b) = (&comparison.a, &comparison.b);
    let title = if a.name == b.name { format!("{}: A and B", a.name) } else { format!("{} and {}", a.name, b.name) };
    Page {
        title,
        lede: words::tally(comparison, false) + ".",
        sides: vec![side("A", a), side("B", b)],
        cards: cards(comparison),
        sentences: words::sentences(comparison),
        tables,
        settings: comparison.settings.differ.iter().map(setting).collect(),
        settings_number: next,
        equal: plural(comparison.settings.equal, "setting"),
        irreproducible: comparison
            .irreproducible
            .iter()
            .map(|trial| TrialView {
                id: trial.trial.clone(),
                words: trial.words.clone(),
                differs: trial.differs.join(", "),
                class: trial.numeric_class.clone(),
            })
            .collect(),
        irreproducible_number: next + 1,
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn side(name: &'static str, side: &Side) -> SideView {
    let mut about = format!("{}, {}", side.name, plural(side.trials, "trial"));
    for (n, what) in [(side.failed, "failed"), (side.unfinished, "not finished")] {
        if n > 0 {
            about.push_str(&format!(", {} {what}", count(n)));
        }
    }
    SideView { name, folder: side.folder.clone(), about }
}

fn cards(comparison: &Comparison) -> Vec<Card> {
    let of =
        |wanted: &dyn Fn(Verdict) -> bool| count(comparison.of_kind(false).filter(|cell| wanted(cell.verdict)).count());
    let lost = |verdict| matches!(verdict, Verdict::Without(Which::B, _));
    let gained = |verdict| matches!(verdict, Verdict::Without(Which::A, _));
    let mut cards = vec![
        Card { head: "Identical", big: of(&|v| v == Verdict::Identical), below: "same trials, same results" },
        Card { head: "Within noise", big: of(&|v| v == Verdict::WithinNoise), below: "no difference is shown" },
        Card { head: "Better in B", big: of(&|v| v == Verdict::Better), below: "by the metric's direction" },
        Card { head: "Worse in B", big: of(&|v| v == Verdict::Worse), below: "by the metric's direction" },
    ];
    let untested = |verdict| matches!(verdict, Verdict::OneRepeat | Verdict::NotTested);
    let rare = [
        Card { head: "Not tested", big: of(&untested), below: "only the difference is known" },
        Card { head: "Without a value in B", big: of(&lost), below: "failed, not run or not in the plan" },
        Card { head: "Without a value in A", big: of(&gained), below: "failed, not run or not in the plan" },
    ];
    cards.extend(rare.into_iter().filter(|card| card.big != "0"));
    cards
}

fn table(comparison: &Comparison, measured: bool, number: usize) -> TableView {
    let shape = Shape::of(comparison);
    let cells = words::worst_first(comparison, measured);
    let changed = cells.iter().filter(|cell| cell.is_change()).count();
    let mut filters = vec![
        Filter { value: "all", label: format!("All {}", count(cells.len())), pressed: true },
        Filter { value: "changed", label: format!("Changed {}", count(changed)), pressed: false },
    ];
    filters.extend(comparison.tally(measured).into_iter().map(|(verdict, n)| {
        let mut word = verdict.words().to_owned();
        word[..1].make_ascii_uppercase();
        Filter { value: verdict.words(), label: format!("{word} {}", count(n)), pressed: false }
    }));
    let mut notes: Vec<String> = words::tests(comparison, measured).into_iter().collect();
    if cells.iter().any(|cell| cell.verdict == Verdict::OneRepeat) {
        notes.push("One repeat: with one value on a side only the difference is known.".to_owned());
    }
    if cells.iter().any(|cell| cell.verdict == Verdict::NotTested) {
        notes.push(
            "Not tested: folds or drawn parts that are not the same in both folders are neither pairs nor independent."
                .to_owned(),
        );
    }
    let rows: Vec<RowView> = cells.into_iter().map(|cell| row(comparison, cell)).collect();
    TableView {
        id: if measured { "measured" } else { "cells" },
        heading: if measured { "Times and memory" } else { "Cells" },
        about: if measured {
            "What the clock and the machine say: it decides nothing."
        } else {
            "Every data set, model and metric of either folder, the worst first."
        },
        number,
        caption:
            "Mean ± standard deviation (number of repeats) of A and of B; B minus A with its 95% interval, each by \
                  itself; p-value after adjustment"
                .to_owned(),
        pipelines: shape.pipelines,
        splits: shape.splits,
        filters,
        remarks: rows.iter().any(|row| !row.remark.is_empty()),
        rows,
        notes,
    }
}

fn row(comparison: &Comparison, cell: &Cell) -> RowView {
    let row = words::row(cell, comparison.decimals(cell.metric));
    let [dataset, pipeline, split, model] = row.place;
    let key = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let mean = |numbers: &Option<super::Numbers>| numbers.as_ref().and_then(|n| n.summary).map(|s| s.mean);
    RowView {
        verdict: cell.verdict.words(),
        sign: cell.verdict.sign(),
        tone: tone(cell.verdict),
        changed: cell.is_change(),
        dataset,
        pipeline,
        split,
        model,
        metric: row.metric,
        a: row.a,
        b: row.b,
        difference: row.difference,
        interval: row.interval,
        p: row.p_value,
        remark: row.remark,
        sort: [
            key(mean(&cell.a)),
            key(mean(&cell.b)),
            key(cell.difference.map(|difference| difference.mean)),
            key(cell.tested.map(|tested| tested.adjusted)),
        ],
    }
}

/// The class of a verdict's colours.
fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical | Verdict::WithinNoise => "tone-ok",
        Verdict::Better => "tone-up",
        Verdict::Worse | Verdict::Without(Which::B, _) => "tone-dn",
        _ => "tone-no",
    }
}

fn setting(setting: &Setting) -> SettingView {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    SettingView {
        of: format!("{} {}", setting.of, setting.label).trim_end().to_owned(),
        name: setting.name.clone(),
        a: value(&setting.a),
        b: value(&setting.b),
    }
}
