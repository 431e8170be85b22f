//! JRip: ordered rules by repeated incremental pruning, RIPPER (W. W. Cohen, Fast effective rule induction, ICML 1995),
//! as Weka has it.
//!
//! Classes are learned from the rarest to the most frequent, which is the default of rows that no rule covers. The rules
//! of a class are grown for information gain on a part of the rows, pruned on the others, and added while their
//! description is short; then each is reconsidered beside a replacement and a revision. Defaults are Weka's: 3 folds,
//! a minimal weight of 2, 2 optimizations, seed 1.
//!
//! Equal to Weka's, rule by rule, also in its random draws. One departure: Weka seeds its generator by the text of a
//! row, where the class stands as in the file; here it stands last.

mod grow;
mod length;
mod order;
mod rule;
mod stage;

use ndarray::Array2;
use serde_json::json;

use crate::dataset::{Column, Dataset};
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::weka::number::{java_double, rounded};
use crate::weka::scheme::Takes;
use crate::weka::{Flag, Scheme};
use rule::{Comparison, Condition, Rule, Table};
use stage::Stage;

parameters! {
    /// What RIPPER can be told.
    pub struct Params {
        /// One of so many parts prunes the rules that are grown on the others.
        folds: usize = 3, Domain::AtLeast(2.0);
        /// The weight of training rows of its class that a condition must leave a rule.
        minimum_rows: f64 = 2.0, Domain::AtLeast(0.0);
        /// How often every rule is reconsidered.
        optimizations: usize = 2, Domain::Any;
        /// The seed of Weka's generator.
        seed: usize = 1, Domain::Any;
        /// Whether rules that are wrong about half of what they cover or more are refused.
        check_error_rate: bool = true, Domain::Any;
        /// Whether rules are left as they were grown, on all rows, without pruning and optimization.
        unpruned: bool = false, Domain::Any;
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.rules.JRip",
    kind: "jrip",
    flags: &[
        Flag::value("-F", "folds"),
        Flag::value("-N", "minimum-rows"),
        Flag::value("-O", "optimizations"),
        Flag::keyless("-D", Takes::Nothing),
        Flag::value("-S", "seed"),
        Flag::value("-E", "check-error-rate").takes(Takes::Off),
        Flag::switch("-P", "unpruned"),
    ],
};

/// RIPPER.
pub struct JRip;

impl Model for JRip {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "jrip",
        about: "ordered rules, grown and pruned one by one, then reconsidered: RIPPER, Weka's JRip",
        reference: "W. W. Cohen, Fast effective rule induction, ICML 1995",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Classification], ..Accepts::ANYTHING },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work,
    };
}

/// Some hundred passes over the values.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn work(_: &Values, rows: usize, columns: usize) -> f64 {
    1e-2 + 1e-6 * rows as f64 * columns as f64
}

impl Learner for JRip {
    fn fit(params: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let instances = Instances::training(data)?;
        if instances.classes.is_empty() {
            return Err(FitError::NotApplicable("there are no classes".to_owned()));
        }
        let mut random = order::generator(&instances, i64::try_from(params.seed).unwrap_or(i64::MAX));
        let weights = instances.class_weights();
        let order = order::class_order(&weights, &mut random);
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, class)| places[*class] = place);
        let table = Table::new(&instances, &places);
        let ordered: Vec<f64> = order.iter().map(|class| weights[*class]).collect();
        let rules = learned(&table, params, &ordered, &mut random);
        Ok(Box::new(RuleList::new(rules, &table, &order, instances)))
    }
}

/// The rules of every class, the default at the end.
fn learned(table: &Table, params: &Params, weights: &[f64], random: &mut crate::java::Random) -> Vec<Rule> {
    let last = weights.len() - 1;
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    let mut rules = Vec::new();
    for class in 0..last {
        if table.weight_of(class, &rows) <= 0.0 {
            continue;
        }
        let expected = weights[class] / weights[class..].iter().sum::<f64>();
        let (found, left) = Stage { table, params, class, rows, expected }.rules(random);
        rows = left;
        rules.extend(found);
    }
    rules.push(Rule { conditions: Vec::new(), class: last });
    rules
}

/// The fitted rules in the order in which they are tried.
struct RuleList {
    rules: Vec<Rule>,
    /// For each rule its class and the weights, by class, of the training rows that it decides.
    decided: Vec<(usize, Vec<f64>)>,
    columns: Vec<Column>,
    class_name: String,
    classes: Vec<String>,
}

impl RuleList {
    fn new(rules: Vec<Rule>, table: &Table, order: &[usize], instances: Instances) -> RuleList {
        let mut decided: Vec<(usize, Vec<f64>)> =
            rules.iter().map(|rule| (order[rule.class], vec![0.0; order.len()])).collect();
        for row in 0..table.rows() {
            let first = rules.iter().position(|rule| table.covers(rule, row)).unwrap_or(rules.len() - 1);
            decided[first].1[instances.codes[row]] += instances.weights[row];
        }
        let Instances { columns, class_name, classes, .. } = instances;
        RuleList { rules, decided, columns, class_name, classes }
    }

    /// What a rule says of a row that it decides: the shares of the classes among the training rows that it decided;
    /// its class where there were none.
    fn shares(&self, rule: usize) -> Vec<f64> {
        let (class, weights) = &self.decided[rule];
        let total: f64 = weights.iter().sum();
        if total > 0.0 {
            return weights.iter().map(|weight| weight / total).collect();
        }
        (0..weights.len()).map(|other| if other == *class { 1.0 } else { 0.0 }).collect()
    }

    /// The word of a nominal condition.
    fn word(&self, condition: &Condition) -> Option<&str> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into the words")]
        let place = condition.value as usize;
        self.columns[condition.column].words.as_ref().and_then(|words| words.get(place)).map(String::as_str)
    }

    fn line(&self, rule: usize) -> String {
        let conditions = self.rules[rule].conditions.iter().map(|condition| {
            let value = self.word(condition).map_or_else(|| rounded(condition.value, 6), str::to_owned);
            format!("({} {} {value})", self.columns[condition.column].name, condition.comparison.sign())
        });
        let (class, weights) = &self.decided[rule];
        let total: f64 = weights.iter().sum();
        format!(
            "{} => {}={} ({}/{})\n",
            conditions.collect::<Vec<_>>().join(" and "),
            self.class_name,
            self.classes[*class],
            java_double(total),
            java_double(total - weights[*class])
        )
    }
}

impl Fitted for RuleList {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        let shares: Vec<Vec<f64>> = (0..self.rules.len()).map(|rule| self.shares(rule)).collect();
        let mut distributions = Array2::zeros((values.nrows(), self.classes.len()));
        for (row, mut distribution) in values.rows().into_iter().zip(distributions.rows_mut()) {
            let first = self.rules.iter().position(|rule| rule.covers(row)).unwrap_or(self.rules.len() - 1);
            distribution.iter_mut().zip(&shares[first]).for_each(|(to, from)| *to = *from);
        }
        Ok(classified(distributions))
    }

    fn printed(&self) -> Option<Printed> {
        let lines: String = (0..self.rules.len()).map(|rule| self.line(rule)).collect();
        let text = format!("JRIP rules:\n===========\n\n{lines}\nNumber of Rules : {}\n", self.rules.len());
        let condition = |condition: &Condition| {
            let value = match condition.comparison {
                Comparison::Is => json!(self.word(condition)),
                _ => json!(condition.value),
            };
            json!({
                "attribute": self.columns[condition.column].name, "op": condition.comparison.sign(), "value": value,
            })
        };
        let rule = |(rule, (class, _)): (&Rule, &(usize, Vec<f64>))| {
            let conditions: Vec<_> = rule.conditions.iter().map(condition).collect();
            json!({ "if": conditions, "then": self.classes[*class] })
        };
        let rules: Vec<_> = self.rules.iter().zip(&self.decided).map(rule).collect();
        Some(Printed { text, json: json!({ "num_rules": rules.len(), "rules": rules }) })
    }
}
