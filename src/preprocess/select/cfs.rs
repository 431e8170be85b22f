//! Correlation-based feature selection: columns that tell much about the class and little about each other.

use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::discretize::mdl::Encoding;
use crate::preprocess::select::Keep;
use crate::preprocess::select::codes::Table;
use crate::preprocess::select::merit::Merits;
use crate::preprocess::select::search::{Direction, Linear, best_first, greedy_stepwise, linear_forward};
use crate::preprocess::{Effect, Learn, Learned, StepSpec, Training};

parameters! {
    /// How the columns are looked for.
    pub struct Params {
        /// The way through the sets of columns.
        search: String = "best-first".to_owned(),
            Domain::OneOf(&["best-first", "greedy-stepwise", "linear-forward-selection"]);
        /// From no columns on, from all of them down, or (best-first only) both ways from none.
        direction: String = "forward".to_owned(), Domain::OneOf(&["forward", "backward", "bi-directional"]);
        /// Sets in a row that lead to nothing better, after which best-first and linear forward selection end.
        stale_sets: usize = 5, Domain::AtLeast(1.0);
        /// Columns at the top of the ranking that linear forward selection looks at; the class counts as the last.
        rank_size: usize = 50, Domain::AtLeast(1.0);
        /// Whether linear forward selection ranks the columns by their own merit; else they stand in the file's order.
        ranked: bool = true, Domain::Any;
        /// Whether linear forward selection always looks at the same columns, or at one more for each that is chosen.
        window: String = "fixed-set".to_owned(), Domain::OneOf(&["fixed-set", "fixed-width"]);
        /// Whether greedy stepwise goes on forwards also where a column changes nothing.
        conservative: bool = false, Domain::Any;
        /// Whether columns join at the end that tell more about the class than about any chosen one.
        locally_predictive: bool = true, Domain::Any;
        /// Whether a missing value is a value of its own; else it is spread over the others.
        missing_separate: bool = false, Domain::Any;
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "cfs",
    about: "keeps the columns that tell much about the class and little about each other (symmetrical uncertainty, \
            numbers cut by description length), as chosen from the training rows",
    reference: "Hall 1999 (correlation-based feature selection); Weka's CfsSubsetEval",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { needs_labels: true, ..Effect::NUMBERS },
    learn: Learn::Columns(learn),
};

/// The chosen columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// Ascending.
    pub columns: Vec<usize>,
    /// The merit of this set.
    pub merit: f64,
}

/// The columns that these parameters choose.
///
/// # Errors
/// There are no classes, a number is infinite, or a search has no such direction.
pub fn select(params: &Params, training: &Training<'_>) -> Result<Selected, String> {
    let mut merits = Merits::new(Table::of(training, Encoding::Distinct, params.missing_separate)?);
    let only = |known: &[&str]| {
        let fits = known.contains(&params.direction.as_str());
        fits.then_some(()).ok_or_else(|| format!("`{}` does not go `{}`", params.search, params.direction))
    };
    let found = match params.search.as_str() {
        "greedy-stepwise" => {
            only(&["forward", "backward"])?;
            greedy_stepwise(&mut merits, params.direction == "backward", params.conservative)
        }
        "linear-forward-selection" => {
            only(&["forward"])?;
            let how = Linear {
                size: params.rank_size,
                ranked: params.ranked,
                growing: params.window == "fixed-width",
                stale: params.stale_sets,
            };
            linear_forward(&mut merits, &how)
        }
        _ => {
            let direction = match params.direction.as_str() {
                "backward" => Direction::Backward,
                "bi-directional" => Direction::Both,
                _ => Direction::Forward,
            };
            best_first(&mut merits, direction, params.stale_sets)
        }
    };
    let found = if params.locally_predictive { merits.with_locally_predictive(found) } else { found };
    Ok(Selected { merit: found.merit(), columns: found.columns })
}

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let Selected { columns, merit } = select(&params, training)?;
    Ok(Box::new(Keep::new(training.view, columns, &format!(", merit {merit}"))))
}
