//! What stands below figures: what their lines, boxes and bars are, and what they leave out.

use crate::parameter::Values;
use crate::report::number::{self, plural};
use crate::report::select;
use crate::report::table::join_words;

use super::confusion::Columns;
use super::heat_map::HeatMap;
use super::lines::Band;
use super::{Bars, Boxes, Confusion, Curves, Drawing, Embedding, Figure, Importance, Lines, Models, Parallel, Scatter};

/// What goes with every figure.
fn close(mut caption: String, only: &Values, panels_left_out: usize) -> String {
    if !only.is_empty() {
        caption.push_str(&format!(" Only {}.", select::conditions(only)));
    }
    if panels_left_out > 0 {
        caption.push_str(&format!(" {} not drawn.", plural(panels_left_out, "more panel")));
    }
    caption
}

pub(super) fn bars(title: String, bars: Bars) -> Figure {
    let mut caption = "Bars are means".to_owned();
    caption.push_str(if bars.any_interval() { ", whiskers their 95% t intervals" } else { " of one value each" });
    if bars.any_printed() {
        caption.push_str(", diamonds the published values");
    }
    caption.push('.');
    if bars.passes_axis() {
        caption.push_str(" An arrow at its end says that a whisker goes on beyond the axis.");
    }
    if bars.passes_limit() {
        caption.push_str(
            " A t interval knows nothing of the values that a metric can take: where whiskers pass them, a dotted line \
             marks their end.",
        );
    }
    caption.push_str(&bars.notes);
    let caption = close(caption, &bars.only, bars.panels_left_out);
    Figure::new(title, caption, Drawing::Bars(bars))
}

pub(super) fn boxes(title: String, boxes: Boxes) -> Figure {
    let mut caption =
        "A box spans the quartiles, its line is the median, whiskers reach the outermost values within 1.5 \
                       times the height of the box; every point is a trial. The axes need not start at 0."
            .to_owned();
    caption.push_str(&boxes.notes);
    let caption = close(caption, &boxes.only, boxes.panels_left_out);
    Figure::new(title, caption, Drawing::Boxes(boxes))
}

pub(super) fn lines(title: String, lines: Lines) -> Figure {
    let mut caption = match lines.band {
        Band::Interval => "Points are means, bands their 95% t intervals.",
        Band::Deviation => {
            "Points are means, bands one sample standard deviation to either side: the values of a point are too few \
             for an interval."
        }
        Band::None => "Every point is one trial.",
    }
    .to_owned();
    caption.push_str(" The axes need not start at 0.");
    if lines.lines_by != "model" && lines.names.len() > 1 {
        caption.push_str(&format!(" One line a {}.", super::axis_in_words(&lines.lines_by)));
    }
    caption.push_str(&lines.notes);
    if let ([(name, _)], true) = (lines.names.as_slice(), lines.lines_by == "model") {
        caption.push_str(&format!(" Method: {name}."));
    }
    let caption = close(caption, &lines.only, lines.panels_left_out);
    Figure::new(title, caption, Drawing::Lines(lines))
}

pub(super) fn heat_map(title: String, map: HeatMap) -> Figure {
    let mut caption = format!(
        "Every cell holds the mean {} there; the shade follows the number within a panel, and a star marks the best.",
        map.metric.label
    );
    caption.push_str(&map.notes);
    let caption = close(caption, &map.only, map.panels_left_out);
    Figure::new(title, caption, Drawing::HeatMap(map))
}

pub(super) fn parallel(title: String, parallel: Parallel) -> Figure {
    let mut caption = format!(
        "One line a setting through the values of its parameters to its mean {}; the colour runs from the worst to the \
         best, and the best lie on top.",
        parallel.metric.label
    );
    let even: Vec<String> = parallel.axes.iter().filter(|axis| axis.is_even()).map(|axis| axis.name.clone()).collect();
    if !even.is_empty() {
        caption.push_str(&format!(
            " At equal distances, not to scale, with the lines through a value set apart by their order: {}.",
            join_words(&even)
        ));
    }
    caption.push_str(&parallel.notes);
    let caption = close(caption, &parallel.only, parallel.panels_left_out);
    Figure::new(title, caption, Drawing::Parallel(parallel))
}

pub(super) fn importance(title: String, importance: Importance) -> Figure {
    let caption = close(importance.statistic.clone(), &importance.only, importance.panels_left_out);
    Figure::new(title, caption, Drawing::Importance(importance))
}

pub(super) fn scatter(title: String, scatter: Scatter) -> Figure {
    let mut caption = "One point a trial. The axes need not start at 0.".to_owned();
    if scatter.panels.len() > 1 {
        caption.push_str(" All panels have the same.");
    }
    caption.push_str(&scatter.notes);
    if let [(name, _)] = scatter.methods.as_slice() {
        caption.push_str(&format!(" Method: {name}."));
    }
    let caption = close(caption, &scatter.only, scatter.panels_left_out);
    Figure::new(title, caption, Drawing::Scatter(scatter))
}

pub(super) fn curves(title: String, curves: Curves) -> Figure {
    let mut caption =
        "Lines are means over the trials of a setting, bands span the smallest to the largest value.".to_owned();
    if curves.panels.iter().any(|panel| panel.phases.len() > 1) {
        caption.push_str(" Shaded: every other phase of the training, named above.");
    }
    for note in &curves.notes {
        caption.push(' ');
        caption.push_str(note);
    }
    let caption = close(caption, &curves.only, curves.panels_left_out);
    Figure::new(title, caption, Drawing::Curves(curves))
}

pub(super) fn models(title: String, drawn: Models) -> Figure {
    let caption = format!("The trial of each method on each data set that is best by {}.", drawn.metric.label);
    let caption = close(caption, &drawn.only, drawn.left_out);
    Figure::new(title, caption, Drawing::Models(drawn))
}

/// What a confusion figure is called where the file has no title for it.
pub(super) fn confusion_title(drawn: &Confusion) -> String {
    match drawn.columns {
        Columns::Classes => "Classes by predicted class",
        Columns::Clusters => "Classes by cluster",
        Columns::Outliers => "Classes by what was taken for an outlier",
    }
    .to_owned()
}

pub(super) fn confusion(title: String, drawn: Confusion) -> Figure {
    let which = if drawn.with_others { "The best, median and worst trial" } else { "The best trial" };
    let mut caption = format!(
        "{which} of each method on each data set by {}. Counts of rows; the shade is the share of the class, an empty \
         cell is 0.",
        drawn.metric.label
    );
    if drawn.columns != Columns::Outliers {
        caption.push_str(" A frame marks the cell of a class and its own column.");
    }
    if drawn.columns == Columns::Clusters {
        caption.push_str(" Clusters stand in the order of the classes that they are matched to.");
    }
    let rows = drawn.panels.iter().map(|panel| panel.left_out.0).max().unwrap_or(0);
    let columns = drawn.panels.iter().map(|panel| panel.left_out.1).max().unwrap_or(0);
    if rows + columns > 0 {
        let more = [plural(rows, "smaller row"), plural(columns, "column")];
        caption.push_str(&format!(" Not drawn: up to {} and {}.", more[0], more[1]));
    }
    let worst = drawn.panels.iter().filter_map(|panel| panel.worst.as_ref());
    if let Some((row, column, count)) = worst.max_by_key(|worst| worst.2) {
        let of = if drawn.columns == Columns::Clusters { "in cluster" } else { "taken for" };
        let count = number::count_of(*count);
        caption.push_str(&format!(" The largest count outside the frames: {count} of class {row} {of} {column}."));
    }
    let caption = close(caption, &drawn.only, drawn.panels_left_out);
    Figure::new(title, caption, Drawing::Confusion(drawn))
}

pub(super) fn embedding(dataset: &str, drawn: Embedding) -> Figure {
    let mut caption = format!(
        "The rows of {dataset} by its two columns, as long a unit in both directions; each method's best trial by {}. \
         Groups are coloured by size, the largest first: a colour means nothing across panels.",
        drawn.metric.label
    );
    caption.push_str(&drawn.notes);
    let caption = close(caption, &Values::new(), drawn.panels_left_out);
    Figure::new(format!("{dataset}: rows and clusters"), caption, Drawing::Embedding(drawn))
}
