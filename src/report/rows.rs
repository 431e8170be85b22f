//! One row a cell with all digits: what CSV and JSON write.

use serde::Serialize;

use super::Report;
use super::table::Table;

/// The columns, in the order that outsiders rely on.
pub const COLUMNS: [&str; 15] = [
    "table",
    "row",
    "column",
    "metric",
    "n",
    "mean",
    "std",
    "low",
    "high",
    "best",
    "mark",
    "published",
    "difference",
    "flag",
    "trials",
];

/// One cell.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the fields are the names of columns")]
pub struct Row {
    /// The table's title.
    pub table: String,
    /// Labels of the row's axes.
    pub row: String,
    /// Labels of the column's axes.
    pub column: String,
    /// The metric's name.
    pub metric: &'static str,
    /// How many values.
    pub n: usize,
    /// Their mean.
    pub mean: Option<f64>,
    /// Sample standard deviation.
    pub std: Option<f64>,
    /// 95% t interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// `best`, `second` or nothing.
    pub best: &'static str,
    /// `v` or `*` against the baseline, or nothing.
    pub mark: &'static str,
    /// The printed number, as a fraction where it was percent.
    pub published: Option<f64>,
    /// Ours minus the printed one.
    pub difference: Option<f64>,
    /// `within`, `above`, `below`, `not run` or nothing.
    pub flag: &'static str,
    /// Ids with blanks between.
    pub trials: String,
}

impl Row {
    /// The row as fields of CSV.
    pub fn fields(&self) -> [String; 15] {
        let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
        [
            self.table.clone(),
            self.row.clone(),
            self.column.clone(),
            self.metric.to_owned(),
            self.n.to_string(),
            number(self.mean),
            number(self.std),
            number(self.low),
            number(self.high),
            self.best.to_owned(),
            self.mark.to_owned(),
            number(self.published),
            number(self.difference),
            self.flag.to_owned(),
            self.trials.clone(),
        ]
    }
}

/// The cells of one table.
pub fn of_table(table: &Table) -> Vec<Row> {
    table
        .each()
        .map(|(row, column, cell)| Row {
            table: table.title.clone(),
            row: row.name(&table.row_axes),
            column: column.name(&table.column_axes),
            metric: cell.metric.name,
            n: cell.summary.map_or(0, |summary| summary.n),
            mean: cell.summary.map(|summary| summary.mean),
            std: cell.summary.and_then(|summary| summary.std),
            low: cell.summary.and_then(|summary| summary.low),
            high: cell.summary.and_then(|summary| summary.high),
            best: cell.place.word(),
            mark: cell.mark.as_ref().map_or("", |mark| mark.sign),
            published: cell.against.as_ref().map(|against| against.value),
            difference: cell.against.as_ref().and_then(|against| against.difference),
            flag: cell.against.as_ref().map_or("", |against| against.flag.word()),
            trials: cell.trials.join(" "),
        })
        .collect()
}

/// The cells of every table.
pub fn of(report: &Report) -> Vec<Row> {
    report.tables.iter().flat_map(of_table).collect()
}
