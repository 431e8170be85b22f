//! The parts of a checked experiment. Nothing half-checked has these types.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::experiment::choose::{Choose, Compare};
use crate::experiment::document::Place;
use crate::experiment::grid::Sweep;
use crate::metric::MetricSpec;
use crate::model::TaskKind;
use crate::parameter::Values;
use crate::split::Choice;
use crate::value::Value;

/// `[task]`.
#[derive(Clone, Debug)]
pub struct Task {
    /// What is asked.
    pub kind: TaskKind,
    /// The metrics, in the file's order.
    pub metrics: Vec<&'static MetricSpec>,
    /// Where each metric that the file names stands.
    pub metric_places: BTreeMap<&'static str, Place>,
    /// The class that counts as positive, with its place; left out, the last of two.
    pub positive: Option<(String, Place)>,
}

/// `[[dataset]]`.
#[derive(Clone, Debug)]
pub struct DatasetBlock {
    /// Kind in the registry.
    pub kind: String,
    /// Label in tables.
    pub name: String,
    /// Its parameters as given.
    pub values: Values,
    /// Where each parameter's value stands.
    pub value_places: BTreeMap<String, Place>,
    /// What is taken of it.
    pub take: Values,
    /// What its content must be, as `gridbook describe` writes it.
    pub checksum: Option<String>,
    /// Whether the block itself has mistakes, so that reading the data would show nothing new.
    pub flawed: bool,
    /// Where the block begins.
    pub place: Place,
}

/// `[[split]]`.
#[derive(Clone, Debug)]
pub struct SplitBlock {
    /// Label in tables.
    pub name: String,
    /// How it splits.
    pub choice: Choice,
    /// Hash of the file of rows, where there is one.
    pub checksum: Option<String>,
    /// Where each parameter's value stands.
    pub value_places: BTreeMap<String, Place>,
    /// Where the block begins.
    pub place: Place,
}

/// `[[pipeline]]`: one point of its grid.
#[derive(Clone, Debug)]
pub struct PipelineBlock {
    /// Label in tables; `none` for the pipeline without steps.
    pub name: String,
    /// Its steps in order.
    pub steps: Vec<StepBlock>,
    /// Where it stands in its grid: `undersample.ratio` to its value.
    pub grid: Values,
    /// Where the block begins.
    pub place: Place,
}

/// One step of a pipeline.
#[derive(Clone, Debug)]
pub struct StepBlock {
    /// Kind in the registry.
    pub kind: String,
    /// Its parameters as given.
    pub values: Values,
    /// Where it stands.
    pub place: Place,
}

/// `[[model]]`.
#[derive(Clone, Debug)]
pub struct ModelBlock {
    /// Kind in the registry.
    pub kind: String,
    /// Label in tables.
    pub name: String,
    /// Values given in the model's own table.
    pub fixed: Values,
    /// Where each fixed value stands.
    pub fixed_places: BTreeMap<String, Place>,
    /// What it sweeps.
    pub sweep: Sweep,
    /// The folder of the file that states it, from the experiment file's.
    pub base: PathBuf,
    /// Hash of the files that a program of the user's own is made of; none for other models, or before they are read.
    pub code: Option<String>,
    /// Where the block begins.
    pub place: Place,
}

/// One swept parameter.
#[derive(Clone, Debug)]
pub struct GridAxis {
    /// The parameter.
    pub name: String,
    /// Its values with where each stands.
    pub values: Vec<(Value, Place)>,
}

/// `[[model.skip]]`.
#[derive(Clone, Debug)]
pub struct Skip {
    /// The cells: parameter to value.
    pub when: Values,
    /// Printed in the table.
    pub reason: String,
}

/// `[published.<key>]`.
#[derive(Clone, Debug)]
pub struct Published {
    /// The key, as in `compare = { against = "published.<key>" }`.
    pub key: String,
    /// `Lu, Table 3`.
    pub source: String,
    /// Whether numbers are printed as percent: they are divided by 100 for comparison.
    pub percent: bool,
    /// A verdict beside the rounding band.
    pub tolerance: Option<f64>,
    /// Remark.
    pub note: Option<String>,
    /// The printed numbers.
    pub rows: Vec<PublishedRow>,
}

/// One row of printed numbers.
#[derive(Clone, Debug)]
pub struct PublishedRow {
    /// Axis to value: which of our cells it stands beside.
    pub axes: Values,
    /// Metric name to the number.
    pub values: BTreeMap<String, Literal>,
    /// Where it stands.
    pub place: Place,
    /// Whether the file has each of its values; one that it lacks has been said.
    pub here: bool,
}

/// A number with the digits in which it was printed: 0.1 and 0.10 round differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// As written.
    pub text: String,
    /// Its value, as a fraction where the unit is percent.
    pub value: f64,
    /// Half a unit of the last digit, in the same unit as `value`.
    pub half_unit: f64,
    /// What is printed behind ±, in the same unit as `value`.
    pub std: Option<f64>,
}

/// `[[table]]`.
#[derive(Clone, Debug, Default)]
pub struct TableBlock {
    /// Above the table.
    pub title: String,
    /// Axes of the rows; `metric` is one.
    pub rows: Vec<String>,
    /// Axes of the columns; `metric` is one.
    pub columns: Vec<String>,
    /// Only these trials: axis to value, or to a list of values.
    pub only: Values,
    /// The metrics shown; never empty.
    pub metrics: Vec<&'static MetricSpec>,
    /// How a grid collapses to one cell; without it a cell is a mean over what it does not show.
    pub choose: Option<Choose>,
    /// What the cells are held against.
    pub compare: Compare,
}

/// What a figure draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureKind {
    /// Grouped bars with whiskers, published values as diamonds.
    Bar,
    /// One box per value of a swept parameter.
    Box,
    /// Means with bands along an axis.
    Line,
    /// Means over two axes.
    HeatMap,
    /// Training curves.
    Curve,
    /// One point a trial: a metric or parameter against another.
    Scatter,
    /// Classes, or clusters after matching, by class.
    Confusion,
    /// Average ranks with the critical difference of Nemenyi's test.
    CriticalDifference,
    /// Parallel coordinates of several parameters.
    Parallel,
    /// How much each parameter moves a metric.
    Importance,
    /// Fitted models as text.
    Model,
}

impl FigureKind {
    /// Word and kind, in the order of `gridbook list figures`.
    pub const ALL: &'static [(&'static str, FigureKind, &'static str)] = &[
        ("bar", FigureKind::Bar, "grouped bars of means with 95% intervals and diamonds at the published values"),
        ("box", FigureKind::Box, "one box with its points per value of a swept parameter"),
        ("line", FigureKind::Line, "means with bands along an axis"),
        ("heat-map", FigureKind::HeatMap, "means over two axes"),
        ("curve", FigureKind::Curve, "training curves: mean and range over seeds"),
        ("scatter", FigureKind::Scatter, "one point a trial, a metric or parameter against another"),
        (
            "confusion",
            FigureKind::Confusion,
            "classes by predicted classes or clusters, for the best, median and worst trial of each method",
        ),
        ("critical-difference", FigureKind::CriticalDifference, "average ranks with the critical difference"),
        ("parallel", FigureKind::Parallel, "one line a setting through its parameters to its score"),
        ("importance", FigureKind::Importance, "how much each parameter moves a metric"),
        ("model", FigureKind::Model, "the fitted model as text (a tree, rules), for the best trial of each method"),
    ];

    /// Its word in an experiment file.
    pub fn word(self) -> &'static str {
        FigureKind::ALL.iter().find(|(_, kind, _)| *kind == self).map_or("", |(word, _, _)| word)
    }
}

/// `[[figure]]`.
#[derive(Clone, Debug)]
pub struct FigureBlock {
    /// What is drawn.
    pub kind: FigureKind,
    /// Above the figure.
    pub title: Option<String>,
    /// The axis along x: `model` or `dataset` for bars, a swept parameter for boxes; unused for curves.
    pub x: Option<String>,
    /// The metric along y; for curves the curve's name (`loss`); for heat maps and points also an axis.
    pub y: String,
    /// What a heat map shows.
    pub metric: Option<String>,
    /// One panel per value of this axis.
    pub by: Option<String>,
    /// Only these trials: axis to value, or to a list of values.
    pub only: Values,
}

/// `[[report.note]]`.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it is about.
    pub about: Option<String>,
    /// The text.
    pub text: String,
}
