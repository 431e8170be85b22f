//! A results table as the page's template draws it.

use serde::Serialize;

use crate::metric::{Better, MetricSpec};
use crate::report::Report;
use crate::report::grid::{self, arrow, axis_word};
use crate::report::select::METRIC;
use crate::report::table::{Cell, Clock, Compared, Key, Place, Table, clock};

use super::paper_width::{self, OnPaper};
use super::view::{Swatch, swatch_of};

/// A table.
#[derive(Serialize)]
pub struct TableView {
    id: String,
    number: usize,
    title: String,
    reading: String,
    /// Labels for the metric switch; empty when there is nothing to switch.
    metrics: Vec<&'static str>,
    has_spread: bool,
    /// Whether the table need not be as wide as the page.
    few: bool,
    heads: Vec<Vec<HeadView>>,
    rows: Vec<RowView>,
    /// The model that the others were tested against, and how often each is better, equal and worse.
    baseline: String,
    tallies: Vec<TallyView>,
    /// Columns of cells.
    span: usize,
    notes: Vec<String>,
    /// Whether it is printed on turned paper.
    pub turned: bool,
    /// Sizes of its text in print, where it is too wide for the paper.
    style: String,
}

#[derive(Serialize)]
struct TallyView {
    method: String,
    counts: String,
}

/// A heading.
#[derive(Serialize)]
struct HeadView {
    text: String,
    about: String,
    swatch: Option<Swatch>,
    span: usize,
    down: usize,
    scope: &'static str,
    classes: String,
    direction: Option<Direction>,
    /// The clock of a metric of time.
    clock: &'static str,
    /// Which metrics the columns below have, for the switch.
    metrics: String,
}

/// Which way is better.
#[derive(Serialize)]
struct Direction {
    arrow: &'static str,
    words: &'static str,
}

#[derive(Serialize)]
struct RowView {
    labels: Vec<HeadView>,
    cells: Vec<CellView>,
    metric: String,
}

#[derive(Serialize)]
struct CellView {
    text: String,
    mark: &'static str,
    /// `v` or `*` against the baseline.
    sign: &'static str,
    spread: Option<String>,
    interval: Option<String>,
    remarks: Vec<String>,
    /// Whether the remarks say that something is missing.
    bad: bool,
    /// The printed number with its sign.
    paper: Option<String>,
    flag: &'static str,
    tip: Option<String>,
    classes: &'static str,
    metric: String,
}

/// Every table.
pub fn of(report: &Report) -> Vec<TableView> {
    report.tables.iter().map(|table| view(report, table)).collect()
}

fn view(report: &Report, table: &Table) -> TableView {
    let switch = table.metrics.len() > 1 && table.metric_axis();
    let (heads, rows) = (heads(report, table), rows(report, table));
    let OnPaper { turned, scales } = paper_width::on_paper(&widths(table, &heads, &rows));
    TableView {
        id: format!("t{}", table.number),
        number: table.number,
        title: table.title.clone(),
        reading: reading(table),
        metrics: if switch { table.metrics.iter().map(|metric| metric.label).collect() } else { Vec::new() },
        has_spread: table.each().any(|(_, _, cell)| cell.summary.is_some_and(|summary| summary.std.is_some())),
        few: table.columns.len() <= 4,
        heads,
        rows,
        baseline: table.baseline.clone().unwrap_or_default(),
        tallies: table
            .tallies
            .iter()
            .map(|tally| TallyView { method: tally.method.clone(), counts: tally.counts() })
            .collect(),
        span: table.columns.len() + table.row_axes.len() - 1,
        notes: table.notes.clone(),
        turned,
        style: if scales[0] < 1.0 { format!("--up:{:.2};--flat:{:.2}", scales[0], scales[1]) } else { String::new() },
    }
}

/// The columns' widths on paper in millimetres.
fn widths(table: &Table, heads: &[Vec<HeadView>], rows: &[RowView]) -> Vec<f64> {
    let stub = |at: usize| {
        let labels = rows.iter().filter_map(|row| row.labels.get(at));
        labels.map(|label| paper_width::cell(&label.text, std::iter::empty()) + 5.0).fold(0.0, f64::max)
    };
    let last = heads.last().map_or(&[][..], |line| &line[line.len().saturating_sub(table.columns.len())..]);
    let column = |at: usize| {
        let head = last.get(at).map_or(0.0, |head| {
            let arrow = if head.direction.is_some() { 3.2 } else { 0.0 };
            paper_width::cell(&head.text, std::iter::empty()) + arrow + if head.clock.is_empty() { 0.0 } else { 6.0 }
        });
        let group = if starts_group(table, at) { 1.1 } else { 0.0 };
        let cells = rows.iter().filter_map(|row| row.cells.get(at)).map(CellView::width);
        cells.fold(head, f64::max) + group
    };
    (0..table.row_axes.len()).map(stub).chain((0..table.columns.len()).map(column)).collect()
}

impl CellView {
    fn width(&self) -> f64 {
        let below = self.spread.iter().chain(&self.remarks).chain(&self.paper).map(String::as_str);
        paper_width::cell(&format!("{}{}", self.text, self.sign), below)
    }
}

/// What bold and underlined mean here.
fn reading(table: &Table) -> String {
    let metric = if table.metric_axis() { String::new() } else { format!("{}. ", grid::only_metric(table)) };
    let group = match table.compared {
        Compared::Nothing => return metric.trim_end().to_owned(),
        Compared::Column => "column",
        Compared::Row => "row",
    };
    let grouped = if axes_inside(table) { format!("its group in the {group}") } else { format!("the {group}") };
    format!("{metric}Bold: best of {grouped}; underlined: second.")
}

/// Whether the compared side has axes along which nothing is ranked: the ranks then start again for each value.
fn axes_inside(table: &Table) -> bool {
    let axes = if table.compared == Compared::Column { &table.row_axes } else { &table.column_axes };
    axes.iter().any(|axis| ["dataset", METRIC, "split", "seed", "fold"].contains(&axis.as_str()))
}

fn place(table: &Table, metric: &MetricSpec) -> String {
    table.metrics.iter().position(|other| other.name == metric.name).map_or_else(String::new, |at| at.to_string())
}

fn clock_word(metric: &MetricSpec) -> &'static str {
    match clock(metric) {
        Some(Clock::Wall) => "wall",
        Some(Clock::Cpu) => "CPU",
        None => "",
    }
}

fn direction(metric: &MetricSpec) -> Direction {
    let words = match metric.better {
        Better::Higher => "higher is better",
        Better::Lower => "lower is better",
    };
    Direction { arrow: arrow(metric.better), words }
}

fn head(text: &str, scope: &'static str) -> HeadView {
    HeadView {
        text: text.to_owned(),
        about: String::new(),
        swatch: None,
        span: 1,
        down: 1,
        scope,
        classes: String::new(),
        direction: None,
        clock: "",
        metrics: String::new(),
    }
}

fn heads(report: &Report, table: &Table) -> Vec<Vec<HeadView>> {
    let levels = grid::column_heads(table);
    let depth = levels.len().max(1);
    let stubs =
        table.row_axes.iter().map(|axis| HeadView { down: depth, classes: "l".into(), ..head(axis_word(axis), "col") });
    let mut rows: Vec<Vec<HeadView>> = vec![stubs.collect()];
    if levels.is_empty() {
        rows[0].extend(table.columns.iter().map(|_| head(&grid::only_metric(table), "col")));
        return rows;
    }
    for (level, line) in levels.iter().enumerate() {
        if level > 0 {
            rows.push(Vec::new());
        }
        let last = level + 1 == levels.len();
        for (joined, column) in line {
            let covered = &table.columns[*column..column + joined.span];
            let metrics: Vec<String> =
                covered.iter().filter_map(|key| key.metric).map(|metric| place(table, metric)).collect();
            let mut classes = String::from(if joined.span > 1 { "sp" } else { "" });
            if starts_group(table, *column) {
                classes.push_str(" g0");
            }
            let mut view = HeadView {
                span: joined.span,
                classes,
                metrics: metrics.join(" "),
                ..head(&joined.text, if last { "col" } else { "colgroup" })
            };
            let metric = covered[0].metric.filter(|_| table.column_axes[level] == METRIC);
            if let Some(metric) = metric {
                metric.about.clone_into(&mut view.about);
                view.direction = Some(direction(metric));
                view.clock = clock_word(metric);
            }
            if table.column_axes[level] == "model" {
                view.swatch = swatch_of(report, &joined.text);
            }
            rows[level].push(view);
        }
    }
    rows
}

/// Whether a column begins a group of the outermost axis.
fn starts_group(table: &Table, column: usize) -> bool {
    table.column_axes.len() > 1
        && (column == 0 || table.columns[column - 1].labels[0] != table.columns[column].labels[0])
}

fn rows(report: &Report, table: &Table) -> Vec<RowView> {
    let rows = table.rows.iter().zip(&table.cells);
    rows.map(|(row, cells)| RowView {
        labels: labels(report, table, row),
        cells: cells.iter().enumerate().map(|(column, cell)| cell_view(table, column, cell)).collect(),
        metric: row.metric.map_or_else(String::new, |metric| place(table, metric)),
    })
    .collect()
}

fn labels(report: &Report, table: &Table, row: &Key) -> Vec<HeadView> {
    let labels = table.row_axes.iter().zip(&row.labels).enumerate();
    labels
        .map(|(i, (axis, label))| {
            let mut view = HeadView { classes: "l".into(), ..head(label, if i == 0 { "row" } else { "" }) };
            if axis == "model" {
                view.swatch = swatch_of(report, label);
            }
            if let Some(metric) = row.metric.filter(|_| axis == METRIC) {
                metric.about.clone_into(&mut view.about);
                view.direction = Some(direction(metric));
                view.clock = clock_word(metric);
            }
            view
        })
        .collect()
}

fn cell_view(table: &Table, column: usize, cell: &Cell) -> CellView {
    CellView {
        text: cell.mean(),
        mark: match cell.place {
            Place::Best => "b",
            Place::Second => "u",
            Place::Other => "",
        },
        sign: cell.mark.as_ref().map_or("", |mark| mark.sign),
        spread: cell.spread(),
        interval: cell.interval(),
        remarks: cell.counts(table.usual_n),
        bad: !cell.remarks.is_empty(),
        paper: cell.against.as_ref().map(|against| format!("paper {} {}", against.text, against.flag.sign())),
        flag: cell.against.as_ref().map_or("", |against| against.flag.word()),
        tip: cell.missing.clone().or_else(|| cell.mark.as_ref().map(|mark| mark.about.clone())),
        classes: if starts_group(table, column) { "g0" } else { "" },
        metric: table.columns[column].metric.map_or_else(String::new, |metric| place(table, metric)),
    }
}
