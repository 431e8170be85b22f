//! The numbers that a drawing shows, as a table below it: where no table of the report and no text in it has them.

use crate::report::number::{decimals, fixed};

use super::{Drawing, Figure};

/// So many rows are written at most; the results folder has the rest.
const MOST_ROWS: usize = 200;

/// A table of numbers.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows as wide.
    pub rows: Vec<Vec<String>>,
    /// Rows over the limit.
    pub left_out: usize,
}

impl Numbers {
    /// Of a figure; none where its numbers are read elsewhere.
    pub fn of(figure: &Figure) -> Option<Numbers> {
        let mut numbers = match &figure.drawing {
            Drawing::Lines(lines) => of_lines(lines),
            Drawing::Boxes(boxes) => of_boxes(boxes),
            Drawing::HeatMap(map) => of_heat_map(map),
            Drawing::Importance(importance) => of_importance(importance),
            _ => return None,
        };
        numbers.left_out = numbers.rows.len().saturating_sub(MOST_ROWS);
        numbers.rows.truncate(MOST_ROWS);
        (!numbers.rows.is_empty()).then_some(numbers)
    }
}

fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|name| (*name).to_owned()).collect()
}

fn of_lines(lines: &super::Lines) -> Numbers {
    let points = || lines.panels.iter().flat_map(|panel| &panel.lines).flat_map(|line| &line.points);
    let digits = decimals(lines.metric, points().map(|point| point.summary.mean));
    let mut rows = Vec::new();
    for panel in &lines.panels {
        for line in &panel.lines {
            for point in &line.points {
                let (low, high) = lines.band.span(&point.summary);
                rows.push(vec![
                    panel.title.clone(),
                    line.name.clone(),
                    lines.x.labels.get(point.at).cloned().unwrap_or_default(),
                    point.summary.n.to_string(),
                    fixed(point.summary.mean, digits),
                    fixed(low, digits),
                    fixed(high, digits),
                ]);
            }
        }
    }
    let columns = names(&["panel", "line", &lines.x.name, "n", lines.metric.label, "band from", "band to"]);
    Numbers { columns, rows, left_out: 0 }
}

fn of_boxes(boxes: &super::Boxes) -> Numbers {
    let each = || boxes.panels.iter().flat_map(|panel| panel.boxes.iter().map(move |one| (panel, one)));
    let digits = decimals(
        boxes.metric,
        each().filter_map(|(_, one)| one.numbers.as_ref()).flat_map(|numbers| numbers.values.clone()),
    );
    let rows = each().filter_map(|(panel, one)| {
        let numbers = one.numbers.as_ref()?;
        let mut row = vec![panel.title.clone(), one.label.clone(), numbers.values.len().to_string()];
        let [q1, median, q3] = numbers.quartiles;
        row.extend([numbers.whiskers.0, q1, median, q3, numbers.whiskers.1].map(|value| fixed(value, digits)));
        Some(row)
    });
    let rows = rows.collect();
    let columns = names(&[
        "panel",
        &boxes.x,
        "n",
        "lower whisker",
        "lower quartile",
        "median",
        "upper quartile",
        "upper whisker",
    ]);
    Numbers { columns, rows, left_out: 0 }
}

fn of_heat_map(map: &super::HeatMap) -> Numbers {
    let mut rows = Vec::new();
    for panel in &map.panels {
        for (y, cells) in map.y.labels.iter().zip(&panel.cells) {
            for (x, cell) in map.x.labels.iter().zip(cells) {
                let mean = cell.summary.map(|summary| fixed(summary.mean, map.decimals));
                let n = cell.summary.map_or(0, |summary| summary.n);
                let shown = mean.or_else(|| cell.missing.clone()).unwrap_or_default();
                rows.push(vec![panel.title.clone(), x.clone(), y.clone(), n.to_string(), shown]);
            }
        }
    }
    Numbers { columns: names(&["panel", &map.x.name, &map.y.name, "n", map.metric.label]), rows, left_out: 0 }
}

fn of_importance(importance: &super::Importance) -> Numbers {
    let rows = importance.panels.iter().flat_map(|panel| {
        panel.terms.iter().map(|term| {
            let end = |end: Option<f64>| end.map_or_else(String::new, |end| fixed(end, 3));
            let (low, high) = (term.ends.map(|ends| ends.0), term.ends.map(|ends| ends.1));
            vec![panel.title.clone(), term.name.clone(), fixed(term.share, 3), end(low), end(high)]
        })
    });
    let rows = rows.collect();
    Numbers { columns: names(&["panel", "term", &importance.x, "from", "to"]), rows, left_out: 0 }
}
