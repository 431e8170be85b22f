//! The page's parts as its templates draw them: strings and lists, nothing to work out.

use serde::Serialize;

use crate::report::claims::{Judged, Verdict};
use crate::report::figure::{Figure, Section as Stands};
use crate::report::number::{count, plural};
use crate::report::provenance::Entry;
use crate::report::trials::ColumnValues;
use crate::report::{Report, highlight, svg};

use super::figures::{self, FigureView};
use super::paper::PaperView;
use super::significance::SignificanceView;
use super::tables::TableView;

/// Everything on the page.
#[derive(Serialize)]
pub struct Page {
    title: String,
    eyebrow: String,
    lede: String,
    cards: Vec<Card>,
    sentences: Vec<String>,
    sections: Vec<Section>,
    tables: Vec<TableView>,
    figures: Vec<FigureView>,
    sweeps: Vec<FigureView>,
    models: Vec<FigureView>,
    paper: Option<PaperView>,
    significance: Vec<SignificanceView>,
    trials: Trials,
    failures: Failures,
    notes: Vec<NoteView>,
    contradictions: Vec<NoteView>,
    claims: ClaimsView,
    cautions: Vec<String>,
    provenance: Vec<ProvenanceView>,
    extended: Vec<FileView>,
    file: String,
    version: &'static str,
}

/// A link to a section.
#[derive(Serialize)]
struct Section {
    id: &'static str,
    label: &'static str,
}

#[derive(Serialize)]
struct Card {
    head: String,
    big: String,
    small: String,
    below: String,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    tone: &'static str,
    width: String,
}

/// A method's colour and hatching in text.
#[derive(Clone, Serialize)]
pub struct Swatch {
    colour: String,
    hatching: usize,
    marker: String,
}

#[derive(Serialize)]
struct Trials {
    number: usize,
    n: String,
    columns: Vec<TrialColumn>,
    filters: Vec<TrialFilter>,
    example: String,
}

#[derive(Serialize)]
struct TrialColumn {
    name: String,
    words: bool,
}

#[derive(Serialize)]
struct TrialFilter {
    key: String,
    name: &'static str,
    all: &'static str,
    words: Vec<String>,
}

#[derive(Serialize)]
struct Failures {
    number: usize,
    total: String,
    attempts: bool,
    causes: Vec<CauseView>,
}

#[derive(Serialize)]
struct CauseView {
    what: String,
    cause: String,
    trials: String,
    attempts: String,
    message: String,
    first: String,
    command: String,
}

#[derive(Serialize)]
struct NoteView {
    about: String,
    text: String,
}

#[derive(Serialize)]
struct ClaimsView {
    number: usize,
    counts: String,
    rows: Vec<ClaimView>,
}

#[derive(Serialize)]
struct ClaimView {
    text: String,
    compared: String,
    sign: &'static str,
    verdict: &'static str,
    tone: &'static str,
    evidence: String,
}

#[derive(Serialize)]
struct ProvenanceView {
    head: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct FileView {
    name: String,
    text: String,
}

#[derive(Serialize)]
struct Line {
    text: String,
    code: bool,
}

/// Makes the page's parts.
pub fn page(report: &Report) -> Page {
    let stand = |section: Stands| -> Vec<FigureView> {
        report.figures.iter().filter(|figure: &&Figure| figure.section() == section).map(figures::view).collect()
    };
    let (sweeps, models) = (stand(Stands::Sweeps), stand(Stands::Models));
    let summary = &report.summary;
    let claims = report.tables.len() + usize::from(report.paper.is_some()) + 1;
    let tests = claims + usize::from(!report.claims.is_empty());
    let next = tests + report.significance.len();
    Page {
        title: summary.title.clone(),
        eyebrow: summary.eyebrow.clone(),
        lede: summary.lede.clone(),
        cards: summary.cards.iter().map(card).collect(),
        sentences: summary.sentences.clone(),
        sections: sections(report, !sweeps.is_empty(), !models.is_empty()),
        tables: super::tables::of(report),
        figures: stand(Stands::Results),
        sweeps,
        models,
        paper: super::paper::of(report),
        significance: super::significance::of(report, tests),
        trials: trials(report, next),
        failures: failures(report, next + 1),
        notes: report
            .notes
            .iter()
            .map(|(about, text)| NoteView { about: about.clone().unwrap_or_default(), text: text.clone() })
            .collect(),
        contradictions: report
            .contradictions
            .iter()
            .map(|(about, text)| NoteView { about: about.clone(), text: text.clone() })
            .collect(),
        claims: claims_view(report, claims),
        cautions: report.cautions.iter().map(|caution| caution.text.clone()).collect(),
        provenance: report.provenance.entries.iter().filter(|(_, lines)| !lines.is_empty()).map(provenance).collect(),
        file: highlight::toml(&report.provenance.text),
        extended: report
            .provenance
            .extended
            .iter()
            .map(|file| FileView { name: file.name.clone(), text: highlight::toml(&file.text) })
            .collect(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn sections(report: &Report, sweeps: bool, models: bool) -> Vec<Section> {
    [
        ("summary", "Summary", true),
        ("results", "Results", true),
        ("paper", "Against the paper", report.paper.is_some()),
        ("claims", "Claims", !report.claims.is_empty()),
        ("significance", "Significance", !report.significance.is_empty()),
        ("sweeps", "Sweeps", sweeps),
        ("models", "Inside the models", models),
        ("trials", "All trials", true),
        ("failures", "Failures", !report.failures.is_empty()),
        ("notes", "Notes on the paper", !(report.notes.is_empty() && report.contradictions.is_empty())),
        ("provenance", "Provenance", true),
    ]
    .into_iter()
    .filter(|(_, _, there)| *there)
    .map(|(id, label, _)| Section { id, label })
    .collect()
}

fn claims_view(report: &Report, number: usize) -> ClaimsView {
    let count = |verdict: Verdict| report.claims.iter().filter(|claim| claim.verdict == verdict).count();
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .filter(|verdict| count(*verdict) > 0)
        .map(|verdict| format!("{} {}", count(verdict), verdict.word()))
        .collect();
    let row = |claim: &Judged| ClaimView {
        text: claim.text.clone(),
        compared: claim.compared.clone(),
        sign: claim.verdict.sign(),
        verdict: claim.verdict.word(),
        tone: match claim.verdict {
            Verdict::Holds => "ok",
            Verdict::Fails => "dn",
            Verdict::NotShown | Verdict::Undecided => "no",
        },
        evidence: claim.evidence.clone(),
    };
    ClaimsView { number, counts: counts.join(", "), rows: report.claims.iter().map(row).collect() }
}

fn card(card: &crate::report::Card) -> Card {
    Card {
        head: card.head.clone(),
        big: card.big.clone(),
        small: card.small.clone(),
        below: card.below.clone(),
        parts: card.parts.iter().map(|(tone, width)| Part { tone, width: format!("{width:.1}") }).collect(),
    }
}

/// The swatch of a method's label; none when the experiment has no such method.
pub fn swatch_of(report: &Report, label: &str) -> Option<Swatch> {
    report.methods.iter().position(|method| method == label).map(swatch)
}

pub(super) fn swatch(series: usize) -> Swatch {
    Swatch {
        colour: svg::colour('b', series),
        hatching: svg::hatching(series),
        marker: format!(
            "<svg viewBox=\"0 0 12 12\" class=\"lg\" aria-hidden=\"true\"><path class=\"{}\" d=\"{}\"/></svg>",
            svg::colour('c', series),
            svg::marker(series, 6.0, 6.0, 4.2)
        ),
    }
}

fn trials(report: &Report, number: usize) -> Trials {
    let columns = &report.trials.columns;
    let filter = |key: &str, name: &'static str, all: &'static str| {
        let column = columns.iter().find(|column| column.key == key)?;
        match &column.values {
            ColumnValues::Words { words, .. } if words.len() > 1 => {
                Some(TrialFilter { key: key.to_owned(), name, all, words: words.clone() })
            }
            _ => None,
        }
    };
    let number_column = columns.iter().find(|column| matches!(column.values, ColumnValues::Numbers { .. }));
    Trials {
        number,
        n: plural(report.trials.n, "trial"),
        columns: columns
            .iter()
            .map(|column| TrialColumn {
                name: column.name.clone(),
                words: matches!(&column.values, ColumnValues::Words { words, .. } if !are_numbers(words)),
            })
            .collect(),
        filters: [
            filter("model", "Method", "All methods"),
            filter("dataset", "Data set", "All data sets"),
            filter("status", "Status", "Any status"),
        ]
        .into_iter()
        .flatten()
        .collect(),
        example: number_column.map_or_else(|| "seed=1".to_owned(), |column| format!("{}>0.4", column.key)),
    }
}

fn are_numbers(words: &[String]) -> bool {
    !words.is_empty() && words.iter().all(|word| word.parse::<f64>().is_ok())
}

fn failures(report: &Report, number: usize) -> Failures {
    let total = report.failures.iter().map(|cause| cause.trials).sum();
    Failures {
        number,
        total: plural(total, "trial"),
        attempts: report.failures.iter().any(|cause| cause.attempts.is_some()),
        causes: report
            .failures
            .iter()
            .map(|cause| CauseView {
                what: cause.what.clone(),
                cause: cause.cause.clone(),
                trials: count(cause.trials),
                attempts: cause.attempts.map(|n| count(n as usize)).unwrap_or_default(),
                message: cause.message.clone(),
                first: short_id(report, &cause.first),
                command: cause.command.clone(),
            })
            .collect(),
    }
}

/// The id as the table of trials shows it.
fn short_id(report: &Report, id: &str) -> String {
    let at = report.trials.full_ids.iter().position(|full| full == id);
    at.and_then(|at| report.trials.ids.get(at)).cloned().unwrap_or_else(|| id.to_owned())
}

fn provenance((head, lines): &(String, Vec<Entry>)) -> ProvenanceView {
    let lines = lines.iter().map(|entry| match entry {
        Entry::Words(text) => Line { text: text.clone(), code: false },
        Entry::Code(text) => Line { text: text.clone(), code: true },
    });
    ProvenanceView { head: head.clone(), lines: lines.collect() }
}
