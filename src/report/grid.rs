//! A table as text in rows and columns: what LaTeX, Markdown and the terminal write.

use crate::metric::Better;

use super::number::{difference, fixed};
use super::paper::Paper;
use super::select::METRIC;
use super::table::{Cell, Place, Table, interval};

/// A heading over one or more columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The text.
    pub text: String,
    /// Columns it stands over.
    pub span: usize,
}

/// Text with its emphasis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Smaller text after it.
    pub after: String,
    /// The printed number in brackets.
    pub paper: String,
    /// Emphasis.
    pub place: Place,
    /// `v` or `*` against the baseline, or nothing.
    pub mark: &'static str,
}

impl Text {
    fn plain(text: impl Into<String>) -> Text {
        Text { text: text.into(), ..Text::default() }
    }
}

/// A table in rows and columns.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Above it.
    pub title: String,
    /// Rows of headings; the last has one a column.
    pub heads: Vec<Vec<Head>>,
    /// So many columns on the left hold text.
    pub stubs: usize,
    /// The rows.
    pub rows: Vec<Vec<Text>>,
    /// Below it.
    pub notes: Vec<String>,
}

/// An axis in words.
pub fn axis_word(axis: &str) -> &str {
    match axis {
        "model" => "Method",
        "dataset" => "Data set",
        "pipeline" => "Pipeline",
        "split" => "Split",
        "seed" => "Seed",
        "fold" => "Fold",
        METRIC => "Metric",
        parameter => parameter,
    }
}

/// The arrow of the better direction.
pub fn arrow(better: Better) -> &'static str {
    match better {
        Better::Higher => "↑",
        Better::Lower => "↓",
    }
}

/// The headings over a table's columns, outermost first: equal neighbours are joined, except in the last row.
pub fn column_heads(table: &Table) -> Vec<Vec<(Head, usize)>> {
    let depth = table.column_axes.len();
    (0..depth)
        .map(|level| {
            let mut heads: Vec<(Head, usize)> = Vec::new();
            for (i, column) in table.columns.iter().enumerate() {
                let same =
                    level + 1 < depth && i > 0 && table.columns[i - 1].labels[..=level] == column.labels[..=level];
                match heads.last_mut() {
                    Some((head, _)) if same => head.span += 1,
                    _ => heads.push((Head { text: column.labels[level].clone(), span: 1 }, i)),
                }
            }
            heads
        })
        .collect()
}

fn sign(cell: &Cell) -> &'static str {
    cell.mark.as_ref().map_or("", |mark| mark.sign)
}

/// A results table.
pub fn of_table(table: &Table) -> Grid {
    let mut heads: Vec<Vec<Head>> = Vec::new();
    let levels = column_heads(table);
    let last = levels.len().saturating_sub(1);
    for (level, row) in levels.iter().enumerate() {
        let stub = |axis: &String| Head {
            text: if level == last { axis_word(axis).to_owned() } else { String::new() },
            span: 1,
        };
        let mut line: Vec<Head> = table.row_axes.iter().map(stub).collect();
        line.extend(row.iter().map(|(head, column)| {
            let metric = table.columns[*column].metric.filter(|_| table.column_axes[level] == METRIC);
            let text =
                metric.map_or_else(|| head.text.clone(), |metric| format!("{} {}", head.text, arrow(metric.better)));
            Head { text, span: head.span }
        }));
        heads.push(line);
    }
    if heads.is_empty() {
        let mut line: Vec<Head> =
            table.row_axes.iter().map(|axis| Head { text: axis_word(axis).to_owned(), span: 1 }).collect();
        line.extend(table.columns.iter().map(|_| Head { text: only_metric(table), span: 1 }));
        heads.push(line);
    }
    let rows = table.rows.iter().zip(&table.cells).map(|(row, cells)| {
        let labels =
            table.row_axes.iter().zip(&row.labels).map(|(axis, label)| match row.metric.filter(|_| axis == METRIC) {
                Some(metric) => Text::plain(format!("{label} {}", arrow(metric.better))),
                None => Text::plain(label),
            });
        let cells = cells.iter().map(|cell| {
            let mut after = cell.spread().unwrap_or_default();
            let counts = cell.counts(table.usual_n);
            if !counts.is_empty() {
                after.push_str(&format!(" ({})", counts.join(", ").replace(" = ", "=")));
            }
            let paper = cell.against.as_ref().map(|against| format!("[{}]", against.text)).unwrap_or_default();
            Text { text: cell.mean(), after: after.trim_start().to_owned(), paper, place: cell.place, mark: sign(cell) }
        });
        labels.chain(cells).collect()
    });
    let mut notes = table.notes.clone();
    if let Some(line) = tally_line(table) {
        notes.insert(0, line);
    }
    if table.each().any(|(_, _, cell)| cell.against.is_some()) {
        notes.insert(0, "In brackets: the published value.".to_owned());
    }
    let title =
        if table.metric_axis() { table.title.clone() } else { format!("{} ({})", table.title, only_metric(table)) };
    Grid { title, heads, stubs: table.row_axes.len(), rows: rows.collect(), notes }
}

/// `(v/ /*) against K-means: DEC (1/2/0), IDEC (2/1/0).`
fn tally_line(table: &Table) -> Option<String> {
    let baseline = table.baseline.as_ref().filter(|_| !table.tallies.is_empty())?;
    let counts: Vec<String> =
        table.tallies.iter().map(|tally| format!("{} {}", tally.method, tally.counts())).collect();
    Some(format!("(v/ /*) against {baseline}: {}.", counts.join(", ")))
}

/// The one metric of a table whose axes do not name it.
pub fn only_metric(table: &Table) -> String {
    table.metrics.first().map_or_else(String::new, |metric| format!("{} {}", metric.label, arrow(metric.better)))
}

/// The comparison with the paper.
pub fn of_paper(paper: &Paper) -> Grid {
    let mut heads: Vec<&str> = paper.axes.iter().map(|axis| axis_word(axis)).collect();
    let stubs = heads.len() + 1;
    heads.extend(["Metric", "Paper", "Ours", "95% CI", "Difference", "Flag"]);
    let rows = paper.rows.iter().map(|row| {
        let digits = row.decimals;
        let mut line: Vec<Text> = row.labels.iter().map(Text::plain).collect();
        line.push(Text::plain(&row.metric_label));
        line.push(Text::plain(&row.against.text));
        line.push(Text::plain(row.ours.map_or_else(|| "–".to_owned(), |ours| fixed(ours.mean, digits))));
        let ends = row.ours.and_then(|ours| Some(interval(ours.low?, ours.high?, digits)));
        line.push(Text::plain(ends.unwrap_or_else(|| "–".to_owned())));
        line.push(Text::plain(row.against.difference.map_or_else(|| "–".to_owned(), |d| difference(d, digits))));
        line.push(Text::plain(format!("{} {}", row.against.flag.sign(), row.against.flag.word())));
        line
    });
    Grid {
        title: format!("Published values ({}) and ours", paper.sources.join("; ")),
        heads: vec![heads.into_iter().map(|text| Head { text: text.to_owned(), span: 1 }).collect()],
        stubs,
        rows: rows.collect(),
        notes: vec![
            "A printed number stands for what rounds to it; \"within\": our 95% interval meets that band.".to_owned(),
        ],
    }
}

/// Every table of a report.
pub fn all(report: &super::Report) -> Vec<Grid> {
    report.tables.iter().map(of_table).chain(report.paper.as_ref().map(of_paper)).collect()
}
