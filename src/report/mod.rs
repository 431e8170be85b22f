//! Tables, figures and the page made from a results folder. Knows nothing of models.
//!
//! [`Results`] become plain data ([`Report`]: tables, figures, the comparison with the paper), and those become
//! HTML, LaTeX, CSV, Markdown or JSON. The same results give the same bytes: nothing here asks the clock or the
//! machine, and what is drawn at random comes from a given seed.

pub mod cautions;
pub mod claims;
mod contradictions;
pub(crate) mod csv;
mod failures;
pub mod figure;
pub mod grid;
mod highlight;
mod html;
mod inputs;
mod json;
mod judged_rows;
mod latex;
mod markdown;
pub(crate) mod number;
pub(crate) mod pairs;
pub mod paper;
mod provenance;
mod ranking;
mod rows;
pub(crate) mod select;
pub mod significance;
pub mod statistics;
mod summary;
mod svg;
pub mod table;
pub(crate) mod terminal;
mod trials;
mod weka;

use crate::experiment::TableBlock;
use crate::metric::{MetricSpec, Needs};
use crate::store::results::Results;

pub use failures::Cause;
pub use provenance::Provenance;
pub use summary::{Card, Summary};
pub use terminal::terminal_table;
pub use trials::{Column, Trials};

/// What a report leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Nothing timed or bound to a machine: two runs of one plan then give the same bytes.
    pub omit_measured: bool,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One self-contained page.
    #[default]
    Html,
    /// booktabs tables.
    Latex,
    /// One row a cell.
    Csv,
    /// Tables in Markdown.
    #[value(name = "md")]
    Markdown,
    /// One object a cell.
    Json,
    /// Tables as Weka's experimenter prints them.
    Weka,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A template is broken: a mistake of gridbook's own.
    #[error("the report's template: {0}")]
    Template(#[from] tera::Error),
    /// A row that cannot be written as CSV.
    #[error("writing CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// A value that cannot be written as JSON.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Everything that the page shows, as plain data.
#[derive(Clone, Debug)]
pub struct Report {
    /// The methods in the order of colours: their first appearance in the file.
    pub methods: Vec<String>,
    /// Title, sentences and cards.
    pub summary: Summary,
    /// The tables in the file's order.
    pub tables: Vec<table::Table>,
    /// The figures in the page's order.
    pub figures: Vec<figure::Figure>,
    /// Printed numbers beside ours.
    pub paper: Option<paper::Paper>,
    /// Tests, a metric each.
    pub significance: Vec<significance::Significance>,
    /// Every trial.
    pub trials: Trials,
    /// What went wrong, by cause.
    pub failures: Vec<Cause>,
    /// Notes of the experiment file: what each is about, and its text.
    pub notes: Vec<(Option<String>, String)>,
    /// What can be seen of the printed numbers themselves: source and sentence.
    pub contradictions: Vec<(String, String)>,
    /// The file's claims with their verdicts.
    pub claims: Vec<claims::Judged>,
    /// What would not convince a reviewer.
    pub cautions: Vec<cautions::Caution>,
    /// How to run it again, and what it was run on.
    pub provenance: Provenance,
}

/// Whether a metric is a measurement rather than a result.
pub(crate) fn is_measured(metric: &MetricSpec) -> bool {
    metric.needs == Needs::Time
}

/// Makes the report's data.
pub fn build(results: &Results, options: &Options) -> Report {
    let options = *options;
    let tables = tables(results, options);
    let paper = paper::build(results, tables.len() + 1, options);
    let significance = significance::of(results, options);
    Report {
        methods: results.experiment.models.iter().map(|block| block.name.clone()).collect(),
        summary: summary::of(results, paper.as_ref(), &significance, options),
        figures: figure::all(results, options),
        trials: trials::of(results, options),
        failures: failures::of(results, options),
        notes: results.experiment.notes.iter().map(|note| (note.about.clone(), note.text.clone())).collect(),
        contradictions: contradictions::of(results),
        claims: claims::all(results, options),
        cautions: cautions::of(results, options),
        provenance: provenance::of(results, options),
        significance,
        paper,
        tables,
    }
}

/// The tables; without `[[table]]` one of methods by data sets and metrics.
fn tables(results: &Results, options: Options) -> Vec<table::Table> {
    let default = [TableBlock {
        title: "Results".to_owned(),
        rows: vec!["model".to_owned()],
        columns: vec!["dataset".to_owned(), select::METRIC.to_owned()],
        metrics: results.experiment.task.metrics.clone(),
        ..TableBlock::default()
    }];
    let blocks = if results.experiment.tables.is_empty() { &default[..] } else { &results.experiment.tables };
    let mut tables = Vec::new();
    for block in blocks {
        tables.extend(table::build(results, block, tables.len() + 1, options));
    }
    tables
}

/// What does not hold of what the file states: claims, and published numbers with a tolerance. One line each.
pub fn unmet(results: &Results, options: &Options) -> Vec<String> {
    let claims = claims::all(results, *options).into_iter().filter(|claim| claim.verdict != claims::Verdict::Holds);
    let claims = claims.map(|claim| {
        format!("claim {}: {}\n  {}\n  {}", claim.verdict.word(), claim.text, claim.compared, claim.evidence)
    });
    let rows = paper::build(results, 0, *options).map_or_else(Vec::new, |paper| paper.rows);
    let published = rows.iter().filter(|row| row.tolerance.is_some() && row.against.holds != Some(true)).map(|row| {
        let labels: Vec<&str> = row.labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
        let ours = row.ours.map_or_else(|| "nothing".to_owned(), |ours| number::fixed(ours.mean, row.decimals));
        format!(
            "published value not met: {}: {} {} {}, ours {ours}, tolerance {}",
            row.source,
            labels.join(", "),
            row.metric_label,
            row.against.text,
            row.tolerance.unwrap_or_default()
        )
    });
    claims.chain(published).collect()
}

/// Makes the report in one of its forms.
///
/// # Errors
/// [`ReportError`]: none that an experiment or its results could cause.
pub fn render(results: &Results, format: Format, options: &Options) -> Result<String, ReportError> {
    let report = build(results, options);
    match format {
        Format::Html => html::render(&report),
        Format::Latex => Ok(latex::render(&report)),
        Format::Csv => csv::render(&report),
        Format::Markdown => Ok(markdown::render(&report)),
        Format::Json => json::render(&report),
        Format::Weka => Ok(weka::render(&report)),
    }
}
