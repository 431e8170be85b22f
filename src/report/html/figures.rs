//! Figures as their template draws them.

use serde::Serialize;

use crate::report::figure::model::ModelText;
use crate::report::figure::{Drawing, Figure, Numbers};
use crate::report::number::{count, plural};
use crate::report::svg;

use super::view::{Swatch, swatch};

/// A figure.
#[derive(Serialize)]
pub struct FigureView {
    id: String,
    number: usize,
    title: String,
    caption: String,
    legend: Vec<LegendEntry>,
    markers: bool,
    published: bool,
    interval: bool,
    layout: &'static str,
    panels: Vec<Panel>,
    texts: Vec<Printed>,
    numbers: Option<NumbersView>,
}

#[derive(Serialize)]
struct LegendEntry {
    name: String,
    swatch: Swatch,
    /// The class of a colour that is no method's.
    bare: String,
}

#[derive(Serialize)]
struct Panel {
    title: String,
    svg: String,
}

/// A model as text.
#[derive(Serialize)]
struct Printed {
    title: String,
    text: String,
    left_out: String,
}

#[derive(Serialize)]
struct NumbersView {
    columns: Vec<NumbersHead>,
    rows: Vec<Vec<NumbersCell>>,
    left_out: String,
}

#[derive(Serialize)]
struct NumbersHead {
    name: String,
    words: bool,
}

#[derive(Serialize)]
struct NumbersCell {
    text: String,
    words: bool,
}

fn legend(methods: &[(String, usize)]) -> Vec<LegendEntry> {
    let entry = |(name, series): &(String, usize)| LegendEntry {
        name: name.clone(),
        swatch: swatch(*series),
        bare: String::new(),
    };
    methods.iter().map(entry).collect()
}

/// The ends of a scale of colours.
fn scale(metric: &str) -> Vec<LegendEntry> {
    let last = svg::parallel::COLOURS - 1;
    let word = |at: usize| match at {
        0 => format!("worst {metric}"),
        at if at == last => format!("best {metric}"),
        _ => String::new(),
    };
    (0..=last).map(|at| LegendEntry { name: word(at), swatch: swatch(0), bare: format!("b-r{at}") }).collect()
}

/// The methods of a figure's lines in the order of colours, each once.
fn methods<'a>(lines: impl Iterator<Item = (&'a String, usize)>) -> Vec<(String, usize)> {
    let mut methods: Vec<(String, usize)> = Vec::new();
    for (name, series) in lines {
        if !methods.iter().any(|(known, _)| known == name) {
            methods.push((name.clone(), series));
        }
    }
    methods.sort_by_key(|(_, series)| *series);
    methods
}

/// Draws a figure.
pub fn view(figure: &Figure) -> FigureView {
    let id = format!("f{}", figure.number);
    let mut view = FigureView {
        number: figure.number,
        title: figure.title.clone(),
        caption: figure.caption.clone(),
        legend: Vec::new(),
        markers: false,
        published: false,
        interval: false,
        layout: "two",
        panels: Vec::new(),
        texts: Vec::new(),
        numbers: Numbers::of(figure).map(numbers),
        id: id.clone(),
    };
    let panels = draw(&mut view, &figure.drawing, &id);
    view.panels = panels.into_iter().map(|(title, svg)| Panel { title, svg }).collect();
    if view.panels.len() == 1 {
        view.layout = if view.layout == "one" { "one" } else { "single" };
    }
    view
}

/// The panels; what goes with them into the view.
fn draw(view: &mut FigureView, drawing: &Drawing, id: &str) -> Vec<(String, String)> {
    match drawing {
        Drawing::Bars(bars) => {
            view.legend = legend(&bars.methods);
            view.published = bars.any_printed();
            view.interval = bars.any_interval();
            view.layout = if svg::bars::is_wide(bars) { "one" } else { "two" };
            svg::bars::draw(bars, id)
        }
        Drawing::Boxes(boxes) => {
            view.layout = if svg::boxes::is_wide(boxes) { "two" } else { "three" };
            svg::boxes::draw(boxes, id)
        }
        Drawing::Lines(lines) => {
            view.markers = true;
            view.legend = legend(if lines.names.len() > 1 { &lines.names } else { &[] });
            svg::lines::draw(lines, id)
        }
        Drawing::HeatMap(map) => {
            view.layout = if svg::heat_map::is_wide(map) { "one" } else { "two" };
            svg::heat_map::draw(map, id)
        }
        Drawing::Parallel(parallel) => {
            view.layout = "one";
            view.legend = scale(parallel.metric.label);
            svg::parallel::draw(parallel, id)
        }
        Drawing::Importance(importance) => svg::importance::draw(importance, id),
        Drawing::Scatter(scatter) => {
            view.markers = true;
            view.legend = legend(if scatter.methods.len() > 1 { &scatter.methods } else { &[] });
            svg::scatter::draw(scatter, id)
        }
        Drawing::Curves(curves) => {
            let lines = curves.panels.iter().flat_map(|panel| &panel.lines).map(|line| (&line.name, line.series));
            view.legend = legend(&methods(lines));
            view.markers = true;
            svg::curves::draw(curves, id)
        }
        Drawing::Confusion(confusion) => {
            view.layout = if svg::confusion::is_wide(confusion) { "two" } else { "three" };
            svg::confusion::draw(confusion, id)
        }
        Drawing::Embedding(embedding) => {
            view.layout = "three";
            svg::embedding::draw(embedding, id)
        }
        Drawing::Models(models) => {
            view.texts = models.texts.iter().map(printed).collect();
            Vec::new()
        }
        Drawing::Nothing => Vec::new(),
    }
}

fn printed(model: &ModelText) -> Printed {
    let left_out = if model.lines_left_out > 0 { plural(model.lines_left_out, "more line") } else { String::new() };
    Printed { title: model.title.clone(), text: model.text.clone(), left_out }
}

/// A column is one of words unless every cell is a number or empty.
fn numbers(numbers: Numbers) -> NumbersView {
    let is_number =
        |cell: &String| cell.is_empty() || cell.replace(crate::report::number::MINUS, "-").parse::<f64>().is_ok();
    let mut words: Vec<bool> =
        (0..numbers.columns.len()).map(|at| !numbers.rows.iter().all(|row| is_number(&row[at]))).collect();
    // What panels are called is not there where there is one without a name.
    let mut kept: Vec<usize> = (0..words.len()).collect();
    kept.retain(|at| numbers.rows.iter().any(|row| !row[*at].is_empty()));
    words = kept.iter().map(|at| words[*at]).collect();
    let head = |(at, words): (&usize, &bool)| NumbersHead { name: numbers.columns[*at].clone(), words: *words };
    NumbersView {
        columns: kept.iter().zip(&words).map(head).collect(),
        rows: numbers
            .rows
            .iter()
            .map(|row| {
                let cell = |(at, words): (&usize, &bool)| NumbersCell { text: row[*at].clone(), words: *words };
                kept.iter().zip(&words).map(cell).collect()
            })
            .collect(),
        left_out: if numbers.left_out == 0 {
            String::new()
        } else {
            plural(numbers.left_out, "more row").replace(&numbers.left_out.to_string(), &count(numbers.left_out))
        },
    }
}
