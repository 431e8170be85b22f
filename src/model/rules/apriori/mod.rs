//! Apriori: rules between values that many rows have together (R. Agrawal and R. Srikant, Fast algorithms for mining
//! association rules in large databases, VLDB 1994), in the iterated form that Weka has.
//!
//! The minimum support starts one step below its upper bound and falls step by step until there are as many rules as
//! wanted, or it is at its lower bound; the best rules of the last cycle count. With `class-rules`, only rules whose
//! consequence is a value of one column are looked for (B. Liu, W. Hsu and Y. Ma, KDD 1998).
//!
//! Every column is an item's source, also one that holds classes where the data set does not name it as its labels.
//! Defaults are Weka's. Departures: a significance level (`-S`) is not known; `minimum-metric` keeps its default of 0.9
//! whatever the metric.

pub mod items;
pub mod rule;
mod text;

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde_json::json;

use crate::dataset::{Column, Dataset};
use crate::model::{
    Accepts, Documents, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, no_stages,
};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::weka::number::{NEAR, at_least};
use crate::weka::scheme::Takes;
use crate::weka::{Flag, Scheme};
use items::{Item, Items, LargeSet, Wanted};
use rule::{Measure, Rule, rules};

parameters! {
    /// What Apriori can be told.
    pub struct Params {
        /// How many rules are wanted.
        rules: usize = 10, Domain::AtLeast(1.0);
        /// What rules are judged and ordered by.
        metric: String = "confidence".to_owned(), Domain::OneOf(&["confidence", "lift", "leverage", "conviction"]);
        /// What a rule is worth at least by that metric.
        minimum_metric: f64 = 0.9, Domain::Any;
        /// By how much the minimum support falls each cycle, as a share of the rows.
        delta: f64 = 0.05, Domain::Between(1e-4, 1.0);
        /// The minimum support starts one step below this; sets of items that more rows have are left out.
        upper_support: f64 = 1.0, Domain::Between(0.0, 1.0);
        /// The minimum support never falls below this.
        lower_support: f64 = 0.1, Domain::Between(0.0, 1.0);
        /// Whether only rules of the class column are looked for.
        class_rules: bool = false, Domain::Any;
        /// Which column that is, counted from 1; left out, the last.
        class_column: Option<usize> = None, Domain::AtLeast(1.0);
        /// Whether the printed text lists the sets of items.
        print_itemsets: bool = false, Domain::Any;
        /// Whether the first value of every column counts as missing.
        first_is_missing: bool = false, Domain::Any;
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.associations.Apriori",
    kind: "apriori",
    flags: &[
        Flag::switch("-I", "print-itemsets"),
        // Columns without a value hold no items.
        Flag::keyless("-R", Takes::Nothing),
        Flag::value("-N", "rules"),
        Flag::value("-T", "metric").takes(Takes::Words(&[
            ("0", "confidence"),
            ("1", "lift"),
            ("2", "leverage"),
            ("3", "conviction"),
        ])),
        Flag::value("-C", "minimum-metric"),
        Flag::value("-D", "delta"),
        Flag::value("-U", "upper-support"),
        Flag::value("-M", "lower-support"),
        Flag::keyless("-S", Takes::Only(&["-1.0", "-1"])),
        Flag::keyless("-V", Takes::Nothing),
        Flag::switch("-A", "class-rules"),
        Flag::switch("-Z", "first-is-missing"),
        Flag::value("-c", "class-column").takes(Takes::ValueOrNone("-1")),
    ],
};

/// Apriori.
pub struct Apriori;

impl Model for Apriori {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "apriori",
        about: "rules between nominal values that many rows have together: Agrawal and Srikant's, as Weka has it",
        reference: "R. Agrawal and R. Srikant, Fast algorithms for mining association rules in large databases, VLDB 1994",
        revision: 1,
        accepts: Accepts {
            tasks: &[TaskKind::Rules],
            missing: true,
            nominal: true,
            documents: Documents::Ignored,
            weights: false,
        },
        parameters: Params::specs,
        check,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work,
    };
}

fn check(values: &Values) -> Result<(), (String, String)> {
    let params = Params::from_values(values)?;
    if params.lower_support > params.upper_support {
        let what = format!("{} is more than `upper-support`, {}", params.lower_support, params.upper_support);
        return Err(("lower-support".to_owned(), what));
    }
    if params.class_rules && params.metric != "confidence" {
        return Err(("metric".to_owned(), "rules of classes are judged by `confidence` only".to_owned()));
    }
    Ok(())
}

/// Some passes over the sets of items, whose number nobody knows.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn work(_: &Values, rows: usize, columns: usize) -> f64 {
    1e-3 + 1e-7 * rows as f64 * (columns * columns) as f64
}

impl Learner for Apriori {
    fn fit(params: &Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let found = mine(params, data.train)?;
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        let (rules, cycles) = (found.rules.len() as f64, found.cycles as f64);
        trial.score("rules", rules);
        trial.score("minimum_support", found.support);
        trial.score("cycles", cycles);
        let best = found.rules.iter().map(|rule| rule.worth(Measure::Confidence)).fold(f64::NAN, f64::max);
        trial.score("best_confidence", best);
        Ok(Box::new(found))
    }
}

/// Rules found, and how.
pub struct Found {
    params: Params,
    columns: Vec<Column>,
    items: Vec<Item>,
    rows: usize,
    /// The sets of items of the last cycle, by size.
    levels: Vec<Vec<LargeSet>>,
    /// The best rules, the best first.
    rules: Vec<Rule>,
    /// The minimum support of the last cycle, as a share of the rows.
    support: f64,
    /// How many supports were tried.
    cycles: usize,
}

/// Finds the rules of a table whose columns are all nominal.
///
/// # Errors
/// A column holds numbers; there are no rows or columns; far too many sets of items.
pub fn mine(params: &Params, data: &Dataset) -> Result<Found, FitError> {
    let columns: Vec<Column> = data.views.iter().flat_map(|view| view.columns.iter().cloned()).collect();
    if let Some(column) = columns.iter().find(|column| column.words.is_none()) {
        return Err(FitError::NotApplicable(format!(
            "column `{}` holds numbers, and rules are between nominal values: `discretize` it, or drop it",
            column.name
        )));
    }
    if data.rows() == 0 || columns.is_empty() {
        return Err(FitError::NotApplicable(format!("{} rows of {} columns", data.rows(), columns.len())));
    }
    let class = match (params.class_rules, params.class_column) {
        (false, _) => None,
        (true, None) => Some(columns.len() - 1),
        (true, Some(column)) if column > columns.len() => {
            return Err(FitError::NotApplicable(format!("there is no column {column} of {}", columns.len())));
        }
        (true, Some(column)) => Some(column - 1),
    };
    let items = Items::new(data, params.first_is_missing);
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    let rows = items.rows as f64;
    let lower = params.lower_support.max(1.0 / rows);
    let measure = Measure::of(&params.metric);
    let (mut support, mut cycles) = ((params.upper_support - params.delta).max(lower), 1);
    loop {
        let least = if params.class_rules { above_share(support, rows) } else { share(support, rows) };
        let wanted = Wanted { least, most: share(params.upper_support, rows), class };
        let levels = items.large(wanted)?;
        let mut found = rules(&items, &levels, measure, params.minimum_metric)?;
        if found.len() >= params.rules || !at_least(support - params.delta, lower) {
            found.truncate(params.rules);
            let (params, rows) = (params.clone(), items.rows);
            return Ok(Found { params, columns, items: items.list, rows, levels, rules: found, support, cycles });
        }
        support -= params.delta;
        cycles += 1;
    }
}

/// This share of the rows, to the nearest whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the number of rows")]
fn share(share: f64, rows: f64) -> usize {
    (share * rows + 0.5) as usize
}

/// More than this share of the rows. Weka's rules of classes have it so: of the 435 rows of `vote` more than 0.4 are 175.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the number of rows and one")]
fn above_share(share: f64, rows: f64) -> usize {
    (share * rows + NEAR) as usize + 1
}

impl Found {
    /// The share that the minimum support was in the last cycle, and the number of cycles.
    pub fn ended(&self) -> (f64, usize) {
        (self.support, self.cycles)
    }

    /// How many rules there are.
    pub fn count(&self) -> usize {
        self.rules.len()
    }

    /// Each rule in words: `a=1 b=x => class=yes (confidence 0.93)`.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.rules.iter().map(|rule| {
            let names = |items: &[usize]| items.iter().map(|item| self.name(*item)).collect::<Vec<_>>().join(" ");
            let confidence = rule.worth(Measure::Confidence);
            format!("{} => {} (confidence {confidence:.2})", names(&rule.premise), names(&rule.consequence))
        })
    }

    /// Whether the premise of each rule holds in each row, 0 or 1: `[rows, rules]`. `values` has the columns that the rules
    /// were found in, or those of them before the class.
    pub fn premises(&self, values: ArrayView2<'_, f64>) -> Array2<f64> {
        Array2::from_shape_fn((values.nrows(), self.rules.len()), |(row, rule)| {
            let holds = self.rules[rule].premise.iter().all(|item| self.holds(*item, values.row(row)));
            f64::from(u8::from(holds))
        })
    }

    /// Whether a row has an item.
    fn holds(&self, item: usize, row: ArrayView1<'_, f64>) -> bool {
        let Item { column, word } = self.items[item];
        #[expect(clippy::cast_precision_loss, reason = "an index into the words")]
        let word = word as f64;
        row.get(column) == Some(&word)
    }

    /// The rules with all their numbers.
    pub fn json(&self) -> serde_json::Value {
        let names = |items: &[usize]| items.iter().map(|item| self.name(*item)).collect::<Vec<_>>();
        let rule = |rule: &Rule| {
            json!({
                "premise": names(&rule.premise),
                "consequence": names(&rule.consequence),
                "premise_support": rule.premise_support,
                "consequence_support": rule.consequence_support,
                "total_support": rule.support,
                "metrics": {
                    "Confidence": rule.worth(Measure::Confidence),
                    "Lift": rule.worth(Measure::Lift),
                    "Leverage": rule.worth(Measure::Leverage),
                    "Conviction": rule.worth(Measure::Conviction),
                },
            })
        };
        json!(self.rules.iter().map(rule).collect::<Vec<_>>())
    }

    /// `column=value`.
    fn name(&self, item: usize) -> String {
        let Item { column, word } = self.items[item];
        let word = self.columns[column].words.as_ref().and_then(|words| words.get(word));
        format!("{}={}", self.columns[column].name, word.map_or("", String::as_str))
    }
}

impl Fitted for Found {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = rows.joined();
        if values.ncols() != self.columns.len() {
            let reason = format!("{} columns, and the rules are of {}", values.ncols(), self.columns.len());
            return Err(FitError::Failed(reason));
        }
        let satisfies = |rule: &Rule, row: ArrayView1<'_, f64>| {
            rule.premise.iter().chain(&rule.consequence).all(|item| self.holds(*item, row))
        };
        let satisfied = |row| self.rules.iter().filter(|rule| satisfies(rule, row)).count();
        Ok(Predictions::Rules(values.rows().into_iter().map(satisfied).collect()))
    }

    fn printed(&self) -> Option<Printed> {
        let sizes: Vec<usize> = self.levels.iter().map(Vec::len).collect();
        let json = json!({
            "rules": self.json(), "minimum_support": self.support, "cycles": self.cycles, "itemsets": sizes,
        });
        Some(Printed { text: self.text(), json })
    }
}
