//! The figures that the experiment file asks for.

use crate::experiment::{FigureBlock, FigureKind};
use crate::metric::MetricSpec;
use crate::report::Options;
use crate::report::table::join_words;
use crate::store::results::Results;

use super::scatter::Side;
use super::{Drawing, Figure, axis_in_words, caption, is_measured, metric, swept};
use super::{bars, boxes, chosen, confusion, curves, exemplars, heat_map, importance, lines, model, parallel, scatter};

/// Makes one; none where it has nothing to draw.
pub fn one(results: &Results, block: &FigureBlock, options: Options) -> Option<Figure> {
    let title = |fallback: String| block.title.clone().unwrap_or(fallback);
    let by: Vec<&str> = block.by.as_deref().into_iter().collect();
    if block.kind == FigureKind::CriticalDifference {
        // Stands with the tests.
        return None;
    }
    match block.kind {
        FigureKind::Curve => {
            let title = title(format!("Training: {}", block.y));
            match curves::build(results, &block.y, block.by.as_deref(), &block.only) {
                Some(curves) => Some(caption::curves(title, curves)),
                None => no_curve(results, &block.y, title),
            }
        }
        FigureKind::Scatter => points(results, block, &by, options),
        FigureKind::Confusion => match confusion::build(results, Some(&block.y), &block.only) {
            Some(drawn) => Some(caption::confusion(title(caption::confusion_title(&drawn)), drawn)),
            None => no_classes(results, block, title("Classes by cluster".to_owned())),
        },
        FigureKind::Model => {
            let drawn = model::build(results, Some(&block.y), &block.only)?;
            Some(caption::models(title(chosen::MODELS.to_owned()), drawn))
        }
        FigureKind::HeatMap => map(results, block, &by, options),
        _ => of_metric(results, block, &by, options),
    }
}

/// A figure of one metric along something.
fn of_metric(results: &Results, block: &FigureBlock, by: &[&str], options: Options) -> Option<Figure> {
    let title = |fallback: String| block.title.clone().unwrap_or(fallback);
    let metric = shown(results, &block.y, options)?;
    let over = |x: &str| title(format!("{} over {}", metric.label, axis_in_words(x)));
    match block.kind {
        FigureKind::Bar => {
            let x = block.x.as_deref().unwrap_or("model");
            let bars = bars::build(results, &[metric], x, block.by.as_deref(), &block.only)?;
            Some(caption::bars(title(format!("{} by {}", metric.label, axis_in_words(x))), bars))
        }
        FigureKind::Line => {
            let x = block.x.as_deref()?;
            Some(caption::lines(over(x), lines::build(results, metric, x, by, &block.only)?))
        }
        FigureKind::Parallel => {
            let drawn = parallel::build(results, metric, &swept(results), by, &block.only)?;
            Some(caption::parallel(title(format!("{} of every setting", metric.label)), drawn))
        }
        FigureKind::Importance => {
            let drawn = importance::build(results, metric, by, &block.only)?;
            Some(caption::importance(title(format!("What moves {}", metric.label)), drawn))
        }
        _ => {
            let x = block.x.clone().or_else(|| swept(results).into_iter().next())?;
            Some(caption::boxes(over(&x), boxes::build(results, metric, &x, by, &block.only)?))
        }
    }
}

/// The metric of a name, unless it is timed and what is timed is left out.
fn shown(results: &Results, name: &str, options: Options) -> Option<&'static MetricSpec> {
    metric(results, name).filter(|metric| !(options.omit_measured && is_measured(metric)))
}

/// A heat map: its axes are `x` and `y`, or with a metric as `y` the axes `x` and `by`.
fn map(results: &Results, block: &FigureBlock, by: &[&str], options: Options) -> Option<Figure> {
    let x = block.x.as_deref()?;
    let is_axis = results.experiment.axes().contains(&block.y);
    let (y, name, by) = match (is_axis, block.by.as_deref()) {
        (false, Some(y)) => (y, block.y.as_str(), &[][..]),
        _ => (block.y.as_str(), block.metric.as_deref()?, by),
    };
    let metric = shown(results, name, options)?;
    let drawn = heat_map::build(results, metric, (x, y), by, &block.only)?;
    let title = block.title.clone();
    let title = title.unwrap_or_else(|| format!("{} over {} and {}", metric.label, axis_in_words(x), axis_in_words(y)));
    Some(caption::heat_map(title, drawn))
}

fn points(results: &Results, block: &FigureBlock, by: &[&str], options: Options) -> Option<Figure> {
    let side =
        |name: &str| Side::of(results, name, &block.only).filter(|side| !(options.omit_measured && side.is_measured()));
    let drawn = scatter::build(results, side(block.x.as_deref()?)?, side(&block.y)?, by, &block.only)?;
    let fallback = || format!("{} by {}", drawn.y.title(), drawn.x.title());
    Some(caption::scatter(block.title.clone().unwrap_or_else(fallback), drawn))
}

/// Clusters without classes beside them; none while no trial has predictions.
fn no_classes(results: &Results, block: &FigureBlock, title: String) -> Option<Figure> {
    let metric = exemplars::judge(results, Some(&block.y))?;
    if exemplars::choose(results, metric, &block.only).is_empty() {
        return None;
    }
    let caption =
        "The results folder does not hold the classes of the rows. Where the data have classes, `gridbook run` \
                   with the experiment file keeps them there, and runs nothing again."
            .to_owned();
    Some(Figure::new(title, caption, Drawing::Nothing))
}

/// A curve that no trial has; none while no trial has any.
fn no_curve(results: &Results, name: &str, title: String) -> Option<Figure> {
    let names = curves::names(results);
    if names.is_empty() || names.iter().any(|known| known == name) {
        return None;
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let caption = format!("No trial has a curve called `{name}`; there are {}.", join_words(&names));
    Some(Figure::new(title, caption, Drawing::Nothing))
}
