//! Figures as data: what the file asks for, or what the shape of the grid suggests.

pub mod bars;
pub mod boxes;
pub mod curves;

use crate::experiment::{FigureBlock, FigureKind};
use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::store::results::Results;

use super::{Options, is_measured, number, select};
pub use bars::Bars;
pub use boxes::Boxes;
pub use curves::Curves;

/// Automatic box plots: so many at most.
const MOST_BOXES: usize = 6;
/// A figure has so many panels at most; its caption says when there would be more.
pub const MOST_PANELS: usize = 24;
/// Automatic curves: so many kinds at most.
const MOST_CURVES: usize = 3;

/// What is drawn.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// Grouped bars.
    Bars(Bars),
    /// Boxes over a swept parameter.
    Boxes(Boxes),
    /// Curves over training.
    Curves(Curves),
    /// Nothing: the caption says why.
    Nothing,
}

/// A figure, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Counted through the report from 1.
    pub number: usize,
    /// Above it.
    pub title: String,
    /// Below it.
    pub caption: String,
    /// The drawing.
    pub drawing: Drawing,
}

/// A method's place in the fixed order of colours and markers: its first appearance in the file.
pub fn series(results: &Results, model: &str) -> usize {
    let models = &results.experiment.models;
    models.iter().position(|block| block.name == model).unwrap_or(models.len())
}

/// The metric of a name: of the task, or of a table.
pub fn metric(results: &Results, name: &str) -> Option<&'static MetricSpec> {
    let tables = results.experiment.tables.iter().flat_map(|table| &table.metrics);
    let named = results.experiment.task.metrics.iter().chain(tables).copied().find(|metric| metric.name == name);
    named.or_else(|| crate::metric::find(name))
}

/// Every figure that has something to draw.
pub fn all(results: &Results, options: Options) -> Vec<Figure> {
    let mut figures: Vec<Figure> = if results.experiment.figures.is_empty() {
        chosen(results)
    } else {
        results.experiment.figures.iter().filter_map(|block| asked(results, block, options)).collect()
    };
    // Bars and boxes stand with the results, curves in a later section: numbers follow the page.
    figures.sort_by_key(|figure| matches!(figure.drawing, Drawing::Curves(_)));
    for (i, figure) in figures.iter_mut().enumerate() {
        figure.number = i + 1;
    }
    figures
}

fn asked(results: &Results, block: &FigureBlock, options: Options) -> Option<Figure> {
    if block.kind == FigureKind::CriticalDifference {
        // Stands with the tests.
        return None;
    }
    let by = block.by.as_deref();
    let title = |fallback: String| block.title.clone().unwrap_or(fallback);
    if !block.kind.is_drawn() {
        let what = format!("a figure of the kind `{}`", block.kind.word());
        let caption = format!("This version of gridbook does not draw {what}.");
        return Some(Figure {
            number: 0,
            title: title(block.kind.word().to_owned()),
            caption,
            drawing: Drawing::Nothing,
        });
    }
    if block.kind == FigureKind::Curve {
        let title = title(format!("Training: {}", block.y));
        return match curves::build(results, &block.y, by, &block.only) {
            Some(curves) => Some(curve_figure(title, curves)),
            None => no_curve(results, &block.y, title),
        };
    }
    let metric = metric(results, &block.y).filter(|metric| !(options.omit_measured && is_measured(metric)))?;
    if block.kind == FigureKind::Bar {
        let x = block.x.as_deref().unwrap_or("model");
        let bars = bars::build(results, &[metric], x, by, &block.only)?;
        return Some(bar_figure(title(format!("{} by {}", metric.label, axis_in_words(x))), bars));
    }
    let x = block.x.clone().or_else(|| swept(results).into_iter().next())?;
    let by: Vec<&str> = by.into_iter().collect();
    let boxes = boxes::build(results, metric, &x, &by, &block.only)?;
    Some(box_figure(title(format!("{} over {}", metric.label, axis_in_words(&x))), boxes))
}

/// A curve that no trial has; none while no trial has any.
fn no_curve(results: &Results, name: &str, title: String) -> Option<Figure> {
    let names = curves::names(results);
    if names.is_empty() || names.iter().any(|known| known == name) {
        return None;
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let caption = format!("No trial has a curve called `{name}`; there are {}.", super::table::join_words(&names));
    Some(Figure { number: 0, title, caption, drawing: Drawing::Nothing })
}

/// Bars for scores, boxes where something is swept, curves where there are any.
fn chosen(results: &Results) -> Vec<Figure> {
    let only = results.experiment.tables.first().map(|table| table.only.clone()).unwrap_or_default();
    let none = Values::new();
    let metrics = &results.experiment.task.metrics;
    let mut figures = Vec::new();
    let unit: Vec<&'static MetricSpec> =
        metrics.iter().copied().filter(|m| number::is_unit(m) && !is_measured(m)).collect();
    let drawn = if unit.is_empty() { first_score(metrics) } else { unit };
    if !drawn.is_empty() {
        let labels: Vec<String> = drawn.iter().map(|metric| metric.label.to_owned()).collect();
        let title = format!("{} by method", super::table::join_words(&labels));
        figures
            .extend(bars::build(results, &drawn, "model", Some("dataset"), &only).map(|bars| bar_figure(title, bars)));
    }
    if let Some(metric) = drawn.first() {
        for parameter in swept(results).into_iter().take(MOST_BOXES) {
            let boxes = boxes::build(results, metric, &parameter, &["model", "dataset"], &none);
            figures.extend(boxes.map(|boxes| box_figure(format!("{} over {parameter}", metric.label), boxes)));
        }
    }
    for name in curves::names(results).into_iter().take(MOST_CURVES) {
        let curves = curves::build(results, &name, Some("dataset"), &none);
        figures.extend(curves.map(|curves| curve_figure(format!("Training: {name}"), curves)));
    }
    figures
}

/// The first metric that is a result.
fn first_score(metrics: &[&'static MetricSpec]) -> Vec<&'static MetricSpec> {
    metrics.iter().copied().find(|metric| !is_measured(metric)).into_iter().collect()
}

/// The swept parameters in the file's order.
pub fn swept(results: &Results) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for sweep in results.experiment.models.iter().map(|model| &model.sweep) {
        let listed = sweep.axes().filter(|axis| axis.values.len() > 1).map(|axis| &axis.name);
        for name in listed.chain(sweep.random.iter().map(|axis| &axis.name)) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

/// An axis within a sentence.
fn axis_in_words(axis: &str) -> String {
    let word = super::grid::axis_word(axis);
    if word == axis { axis.to_owned() } else { word.to_lowercase() }
}

fn only_words(only: &Values) -> String {
    if only.is_empty() { String::new() } else { format!(" Only {}.", select::conditions(only)) }
}

fn bar_figure(title: String, bars: Bars) -> Figure {
    let mut caption = "Bars are means".to_owned();
    caption.push_str(if bars.any_interval() { ", whiskers their 95% t intervals" } else { " of one value each" });
    if bars.any_printed() {
        caption.push_str(", diamonds the published values");
    }
    caption.push('.');
    caption.push_str(&only_words(&bars.only));
    caption.push_str(&left_out(bars.panels_left_out));
    Figure { number: 0, title, caption, drawing: Drawing::Bars(bars) }
}

fn box_figure(title: String, boxes: Boxes) -> Figure {
    let mut caption =
        "A box spans the quartiles, its line is the median, whiskers reach the outermost values within 1.5 \
                       times the height of the box; every point is a trial. The axes need not start at 0."
            .to_owned();
    caption.push_str(&only_words(&boxes.only));
    caption.push_str(&left_out(boxes.panels_left_out));
    Figure { number: 0, title, caption, drawing: Drawing::Boxes(boxes) }
}

fn curve_figure(title: String, curves: Curves) -> Figure {
    let mut caption = "Lines are means over seeds, bands span the smallest to the largest value.".to_owned();
    for note in &curves.notes {
        caption.push(' ');
        caption.push_str(note);
    }
    caption.push_str(&only_words(&curves.only));
    caption.push_str(&left_out(curves.panels_left_out));
    Figure { number: 0, title, caption, drawing: Drawing::Curves(curves) }
}

fn left_out(panels: usize) -> String {
    if panels == 0 { String::new() } else { format!(" {} not drawn.", number::plural(panels, "more panel")) }
}
