//! Tables as Weka's experimenter prints them: plain text, a data set a row, a scheme a column, the first scheme being
//! what the others are tested against.

use crate::metric::MetricSpec;

use super::Report;
use super::select::METRIC;
use super::table::{Cell, Key, Table};

/// The width of a data set's name, at least.
const NAME: usize = 25;
/// `(v/ /*)`, which heads the counts.
const LEGEND: &str = "(v/ /*)";

/// Every table that has methods on one of its sides, one a metric.
pub fn render(report: &Report) -> String {
    let texts: Vec<String> = report.tables.iter().filter_map(write).collect();
    if texts.is_empty() {
        return "No table of this report has `model` on one side, which is what Weka's tables are of.\n".to_owned();
    }
    texts.join("\n")
}

/// One table; none without methods on one of its sides.
pub fn write(table: &Table) -> Option<String> {
    let blocks: Vec<String> = table.metrics.iter().filter_map(|metric| block(table, metric)).collect();
    (!blocks.is_empty()).then(|| blocks.join("\n"))
}

fn block(table: &Table, metric: &'static MetricSpec) -> Option<String> {
    let mut plain = Plain::of(table, metric)?;
    let baseline = table.baseline.as_ref();
    if let Some(at) = baseline.and_then(|baseline| plain.methods.iter().position(|method| method == baseline)) {
        plain.put_first(at);
    }
    plain.marked = baseline.is_some();
    let mut text = format!("{}\n", table.title);
    text.push_str(&format!("Analysing:  {}{}\n", metric.label, if is_share(metric) { ", percent" } else { "" }));
    text.push_str(&format!("Datasets:   {}\nResultsets: {}\n", plain.rows.len(), plain.methods.len()));
    if baseline.is_some() {
        text.push_str("Confidence: 0.05 (two tailed)\n");
    }
    text.push_str(&format!("\n{}", plain.text()));
    for note in &table.notes {
        text.push_str(&format!("\n{note}\n"));
    }
    Some(text)
}

/// Weka counts accuracy in percent and leaves other shares as they are.
fn is_share(metric: &MetricSpec) -> bool {
    metric.name == "accuracy"
}

/// What is printed.
#[derive(Debug)]
struct Plain {
    /// The first is the baseline.
    methods: Vec<String>,
    rows: Vec<Row>,
    /// Whether there were tests.
    marked: bool,
}

#[derive(Debug)]
struct Row {
    name: String,
    /// How many values the cells have; the largest of them.
    n: usize,
    cells: Vec<Option<Number>>,
}

#[derive(Clone, Copy, Debug)]
struct Number {
    mean: f64,
    std: f64,
    sign: &'static str,
}

impl Plain {
    fn of(table: &Table, metric: &'static MetricSpec) -> Option<Plain> {
        let on_side = |axes: &[String]| axes.iter().position(|axis| axis == "model");
        let transposed = on_side(&table.column_axes).is_none();
        let at = on_side(if transposed { &table.row_axes } else { &table.column_axes })?;
        let mut plain = Plain { methods: Vec::new(), rows: Vec::new(), marked: false };
        for (row, column, cell) in table.each().filter(|(_, _, cell)| cell.metric.name == metric.name) {
            let (methods, others) = if transposed { (row, column) } else { (column, row) };
            let (rows, columns) = (&table.row_axes, &table.column_axes);
            let (axes, other_axes) = if transposed { (rows, columns) } else { (columns, rows) };
            let method = methods.labels.get(at)?;
            let mut name = rest(axes, methods, Some(at));
            name.extend(rest(other_axes, others, None));
            let method = place(&mut plain.methods, method);
            plain.put(name.join(" "), method, cell, metric);
        }
        plain.rows.iter_mut().for_each(|row| row.cells.resize(plain.methods.len(), None));
        (!plain.rows.is_empty()).then_some(plain)
    }

    fn put(&mut self, name: String, method: usize, cell: &Cell, metric: &MetricSpec) {
        let name = if name.is_empty() { "all".to_owned() } else { name };
        let at = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.rows.push(Row { name, n: 0, cells: Vec::new() });
            self.rows.len() - 1
        });
        let row = &mut self.rows[at];
        row.cells.resize(row.cells.len().max(method + 1), None);
        let scale = if is_share(metric) { 100.0 } else { 1.0 };
        row.cells[method] = cell.summary.map(|summary| Number {
            mean: scale * summary.mean,
            std: scale * summary.std.unwrap_or(0.0),
            sign: cell.mark.as_ref().map_or("", |mark| mark.sign),
        });
        row.n = row.n.max(cell.summary.map_or(0, |summary| summary.n));
    }

    fn put_first(&mut self, at: usize) {
        self.methods[..=at].rotate_right(1);
        self.rows.iter_mut().for_each(|row| row.cells[..=at].rotate_right(1));
    }

    fn text(&self) -> String {
        let all = || self.rows.iter().flat_map(|row| row.cells.iter().flatten());
        let width = |value: fn(&Number) -> f64| all().map(|number| decimal(value(number)).len()).max().unwrap_or(1);
        let (means, stds) = (width(|number| number.mean), width(|number| number.std));
        let name = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(NAME);
        let counts = self.rows.iter().map(|row| row.n.to_string().len()).max().unwrap_or(1) + 2;
        let cell = 3 + means + stds + 2;
        let mut lines = vec![self.head(name, counts, cell)];
        let rule = "-".repeat(name + counts + cell + 2 + (self.methods.len().saturating_sub(1)) * (cell + 2));
        lines.push(rule.clone());
        for row in &self.rows {
            let before = row.name.chars().count();
            let count = format!("({})", row.n);
            let mut line = format!("{}{count:>width$}", row.name, width = name + counts - before);
            for (at, number) in row.cells.iter().enumerate() {
                let written = number.map_or_else(String::new, |number| {
                    format!("   {:>means$}({:>stds$})", decimal(number.mean), decimal(number.std))
                });
                let sign = if at == 0 { "|" } else { number.map_or("", |number| number.sign) };
                line.push_str(&format!("{written:cell$} {sign:1}"));
            }
            lines.push(line);
        }
        lines.push(rule);
        if self.marked {
            lines.push(self.counts(name + counts + cell, cell + 2));
        }
        let key = self.methods.iter().enumerate().map(|(at, method)| format!("({}) {method}", at + 1));
        lines.extend([String::new(), String::new(), "Key:".to_owned()].into_iter().chain(key));
        lines.join("\n") + "\n"
    }

    fn head(&self, name: usize, counts: usize, cell: usize) -> String {
        let mut line = format!("{:name$}", "Dataset");
        for (at, method) in self.methods.iter().enumerate() {
            let width = if at == 0 { counts + cell } else { cell + 2 };
            let text: String = format!(" ({}) {method}", at + 1).chars().take(width).collect();
            line.push_str(&format!("{text:width$}{}", if at == 0 { " |" } else { "" }));
        }
        line.trim_end().to_owned()
    }

    /// How often each scheme is better, equal and worse.
    fn counts(&self, first: usize, width: usize) -> String {
        let mut line = format!("{LEGEND:>first$} |");
        for at in 1..self.methods.len() {
            let signs: Vec<&str> = self
                .rows
                .iter()
                .filter(|row| row.cells[0].is_some())
                .filter_map(|row| Some(row.cells[at]?.sign))
                .collect();
            let count = |sign: &str| signs.iter().filter(|own| **own == sign).count();
            line.push_str(&format!("{:>width$}", format!("({}/{}/{})", count("v"), count(""), count("*"))));
        }
        line
    }
}

/// Labels along every axis but the metric and the one at `without`.
fn rest(axes: &[String], key: &Key, without: Option<usize>) -> Vec<String> {
    let named = axes.iter().zip(&key.labels).enumerate();
    named
        .filter(|(at, (axis, _))| Some(*at) != without && *axis != METRIC)
        .map(|(_, (_, label))| label.clone())
        .collect()
}

fn place(methods: &mut Vec<String>, method: &str) -> usize {
    methods.iter().position(|known| known == method).unwrap_or_else(|| {
        methods.push(method.to_owned());
        methods.len() - 1
    })
}

fn decimal(x: f64) -> String {
    format!("{x:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of Weka 3.9.7's experimenter, trailing blanks kept.
    const WEKA: &str = "\
Dataset                   (1) rules.OneR '-B  | (2) bayes.NaiveB (3) trees.J48 '-
----------------------------------------------------------------------------------
iris                     (100)   92.53( 5.47) |   95.53( 5.02) v   94.73( 5.30)  \n\
labor-neg-data            (85)   72.07(13.81) |   93.57(10.27) v   78.60(16.58)  \n\
vote                     (100)   95.63( 2.76) |   90.02( 3.91) *   96.57( 2.56)  \n\
----------------------------------------------------------------------------------
                                      (v/ /*) |          (2/0/1)          (0/3/0)


Key:
(1) rules.OneR '-B 6'
(2) bayes.NaiveBayes ''
(3) trees.J48 '-C 0.25 -M 2'
";

    #[test]
    fn the_columns_stand_as_weka_sets_them() {
        let number = |mean, std, sign| Some(Number { mean, std, sign });
        let row = |name: &str, n, cells: [Option<Number>; 3]| Row { name: name.to_owned(), n, cells: cells.to_vec() };
        let plain = Plain {
            methods: ["rules.OneR '-B 6'", "bayes.NaiveBayes ''", "trees.J48 '-C 0.25 -M 2'"]
                .map(String::from)
                .to_vec(),
            rows: vec![
                row("iris", 100, [number(92.53, 5.47, ""), number(95.53, 5.02, "v"), number(94.73, 5.3, "")]),
                row(
                    "labor-neg-data",
                    85,
                    [number(72.07, 13.81, ""), number(93.57, 10.27, "v"), number(78.6, 16.58, "")],
                ),
                row("vote", 100, [number(95.63, 2.76, ""), number(90.02, 3.91, "*"), number(96.57, 2.56, "")]),
            ],
            marked: true,
        };
        let rule = |text: &str| text.lines().map(|line| line.trim_end_matches('-').to_owned()).collect::<Vec<_>>();
        assert_eq!(rule(&plain.text()), rule(WEKA));
        let length = |text: &str| text.lines().nth(1).map(str::len);
        assert_eq!(length(&plain.text()), Some(47 + 2 * 17));
    }
}
