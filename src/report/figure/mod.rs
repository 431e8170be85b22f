//! Figures as data: what the file asks for, or what the shape of the grid suggests.

mod asked;
pub mod axis;
pub mod bars;
pub mod boxes;
mod caption;
mod chosen;
pub mod confusion;
pub mod curves;
pub mod embedding;
mod exemplars;
pub mod heat_map;
pub mod importance;
pub mod lines;
pub mod model;
mod numbers;
pub mod panels;
pub mod parallel;
pub mod scatter;

use crate::metric::MetricSpec;
use crate::store::results::Results;

use super::{Options, is_measured, number};
pub use bars::Bars;
pub use boxes::Boxes;
pub use confusion::Confusion;
pub use curves::Curves;
pub use embedding::Embedding;
pub use heat_map::HeatMap;
pub use importance::Importance;
pub use lines::Lines;
pub use model::Models;
pub use numbers::Numbers;
pub use parallel::Parallel;
pub use scatter::Scatter;

/// A figure has so many panels at most; its caption says when there would be more.
pub const MOST_PANELS: usize = 24;

/// What is drawn.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// Grouped bars.
    Bars(Bars),
    /// Boxes over a swept parameter.
    Boxes(Boxes),
    /// Means with bands along a swept parameter.
    Lines(Lines),
    /// Means over two axes.
    HeatMap(HeatMap),
    /// Parallel coordinates of several parameters.
    Parallel(Parallel),
    /// How much each parameter moves a metric.
    Importance(Importance),
    /// Points of trials.
    Scatter(Scatter),
    /// Curves over training.
    Curves(Curves),
    /// Classes by predicted classes or clusters.
    Confusion(Confusion),
    /// Rows of two-column data, coloured by cluster.
    Embedding(Embedding),
    /// Fitted models as text.
    Models(Models),
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

/// Where on the page a figure stands, in the page's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Methods beside each other.
    Results,
    /// Along the parameters that were swept.
    Sweeps,
    /// What happened within trials.
    Models,
}

impl Figure {
    fn new(title: String, caption: String, drawing: Drawing) -> Figure {
        Figure { number: 0, title, caption, drawing }
    }

    /// Where it stands.
    pub fn section(&self) -> Section {
        let sweeps = |swept: bool| if swept { Section::Sweeps } else { Section::Results };
        match &self.drawing {
            Drawing::Bars(bars) => sweeps(axis::is_parameter(&bars.x)),
            Drawing::Boxes(boxes) => sweeps(axis::is_parameter(&boxes.x)),
            Drawing::Lines(lines) => sweeps(axis::is_parameter(&lines.x.name)),
            Drawing::Scatter(scatter) => sweeps(scatter.x.is_parameter() || scatter.y.is_parameter()),
            Drawing::HeatMap(map) => sweeps(axis::is_parameter(&map.x.name) || axis::is_parameter(&map.y.name)),
            Drawing::Parallel(_) | Drawing::Importance(_) => Section::Sweeps,
            Drawing::Curves(_) | Drawing::Confusion(_) | Drawing::Embedding(_) | Drawing::Models(_) => Section::Models,
            Drawing::Nothing => Section::Results,
        }
    }
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
        chosen::all(results, options)
    } else {
        results.experiment.figures.iter().filter_map(|block| asked::one(results, block, options)).collect()
    };
    // Data that can be seen are shown, whatever else the file asks for.
    figures.extend(embedding::all(results).into_iter().map(|(dataset, drawn)| caption::embedding(&dataset, drawn)));
    figures.sort_by_key(Figure::section);
    for (i, figure) in figures.iter_mut().enumerate() {
        figure.number = i + 1;
    }
    figures
}

/// The swept parameters in the file's order, those of methods before those of pipelines.
pub fn swept(results: &Results) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for model in &results.experiment.models {
        names.extend(swept_by(model));
    }
    let pipelines = &results.experiment.pipelines;
    for name in pipelines.iter().flat_map(|pipeline| pipeline.grid.keys()) {
        let mut values = pipelines.iter().filter_map(|pipeline| pipeline.grid.get(name));
        let first = values.next();
        if values.any(|value| Some(value) != first) {
            names.push(name.clone());
        }
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The parameters that a method sweeps.
fn swept_by(model: &crate::experiment::ModelBlock) -> impl Iterator<Item = String> {
    let listed = model.sweep.axes().filter(|axis| axis.values.len() > 1).map(|axis| &axis.name);
    listed.chain(model.sweep.random.iter().map(|axis| &axis.name)).cloned()
}

/// An axis within a sentence.
fn axis_in_words(axis: &str) -> String {
    let word = super::grid::axis_word(axis);
    if word == axis { axis.to_owned() } else { word.to_lowercase() }
}
