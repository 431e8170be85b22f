//! OneR: the one column whose values alone tell the classes best (Holte 1993, "Very simple classification rules perform
//! well on most commonly used datasets", Machine Learning 11).
//!
//! A nominal column tells for each level the largest class of its rows; a column of numbers is cut into intervals of at
//! least `bucket-size` rows of their largest class. The rows whose value is missing are one more case. The column with
//! most training rows right wins, the first of equals.

use ndarray::Array2;
use serde_json::json;

use crate::dataset::Dataset;
use crate::model::classify::instances::{Instances, classified, judged, level};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::weka::number::{first_largest, java_double, rounded};
use crate::weka::order::known;
use crate::weka::{Flag, Scheme};

parameters! {
    /// How numbers are cut.
    pub struct Params {
        /// How many rows of its largest class an interval of numbers has at least, the last one aside.
        bucket_size: usize = 6, Domain::AtLeast(1.0);
    }
}

/// What Weka calls it.
pub static WEKA: Scheme =
    Scheme { class: "weka.classifiers.rules.OneR", kind: "one-r", flags: &[Flag::value("-B", "bucket-size")] };

/// A rule on one column.
pub struct OneR;

impl Model for OneR {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "one-r",
        about: "a rule on the one column that alone tells the classes best",
        reference: "Holte 1993, Machine Learning 11; Weka's OneR",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Classification], ..Accepts::ANYTHING },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: light_work,
    };
}

impl Learner for OneR {
    fn fit(params: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let instances = Instances::training(data)?;
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let bucket = params.bucket_size as f64;
        let mut best: Option<Rule> = None;
        for column in 0..instances.columns.len() {
            let rule = Rule::of(&instances, column, bucket);
            if best.as_ref().is_none_or(|best| rule.correct > best.correct) {
                best = Some(rule);
            }
        }
        let rule = best.ok_or_else(|| FitError::NotApplicable("there are no columns".to_owned()))?;
        Ok(Box::new(Told { rule, instances: Instances { values: Array2::zeros((0, 0)), ..instances } }))
    }
}

/// What a column tells.
struct Rule {
    column: usize,
    /// Where an interval of numbers ends and the next begins; none for a nominal column.
    cuts: Option<Vec<f64>>,
    /// The class of each level or interval.
    classes: Vec<usize>,
    /// The class of rows whose value is missing; none where no training row's is.
    missing: Option<usize>,
    /// How many training rows it is right about.
    correct: f64,
    /// How many there are.
    rows: f64,
}

impl Rule {
    fn of(instances: &Instances, column: usize, bucket: f64) -> Rule {
        let values = instances.values.column(column);
        let classes = instances.classes.len();
        let mut missing = vec![0.0; classes];
        let levels = instances.levels(column);
        let rows = || instances.codes.iter().zip(&instances.weights);
        let (cuts, cases) = if let Some(levels) = levels {
            let mut counts = vec![vec![0.0; classes]; levels];
            for (value, (code, weight)) in values.iter().zip(rows()) {
                level(*value, levels).map_or(&mut missing, |level| &mut counts[level])[*code] += weight;
            }
            (None, counts)
        } else {
            let unknown = values.iter().zip(rows()).filter(|(value, _)| value.is_nan());
            unknown.for_each(|(_, (code, weight))| missing[*code] += weight);
            let (cuts, cases) = intervals(&known(values.iter().copied()), instances, bucket);
            (Some(cuts), cases)
        };
        let right = cases.iter().chain([&missing]).map(|counts| counts[largest(counts)]).sum();
        let mut rule = Rule {
            column,
            cuts,
            classes: cases.iter().map(|counts| largest(counts)).collect(),
            missing: missing.iter().any(|weight| *weight > 0.0).then(|| largest(&missing)),
            correct: right,
            rows: instances.weights.iter().sum(),
        };
        rule.join();
        rule
    }

    /// Makes one of neighbouring intervals of the same class.
    fn join(&mut self) {
        let Some(cuts) = &mut self.cuts else { return };
        let mut at = 1;
        while at < self.classes.len() {
            if self.classes[at] == self.classes[at - 1] {
                self.classes.remove(at);
                cuts.remove(at - 1);
            } else {
                at += 1;
            }
        }
    }

    fn class(&self, value: f64) -> usize {
        let case = match &self.cuts {
            _ if value.is_nan() => None,
            None => level(value, self.classes.len()),
            Some(cuts) => Some(cuts.partition_point(|cut| *cut <= value)),
        };
        match case {
            None => self.missing.unwrap_or(0),
            // A column without any value has no case.
            Some(case) => self.classes.get(case).copied().unwrap_or(0),
        }
    }
}

/// Cuts a column of numbers, known ones with their rows; where it is cut, and the rows of each class in each interval.
fn intervals(known: &[(f64, usize)], instances: &Instances, bucket: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut cuts = Vec::new();
    let mut cases: Vec<Vec<f64>> = Vec::new();
    // The largest class of the last interval.
    let mut leading = 0;
    let mut before = f64::NAN;
    let mut counts = vec![0.0; instances.classes.len()];
    for block in known.chunk_by(|a, b| a.0 == b.0) {
        counts.fill(0.0);
        block.iter().for_each(|(_, row)| counts[instances.codes[*row]] += instances.weights[*row]);
        let value = block.first().map_or(f64::NAN, |(value, _)| *value);
        match cases.last_mut() {
            Some(last) if last[leading] < bucket || leading == largest(&counts) => {
                last.iter_mut().zip(&counts).for_each(|(sum, rows)| *sum += rows);
                leading = largest(last);
            }
            last => {
                if last.is_some() {
                    cuts.push(f64::midpoint(before, value));
                }
                leading = largest(&counts);
                cases.push(counts.clone());
            }
        }
        before = value;
    }
    (cuts, cases)
}

/// The class with most rows, the first of equals.
fn largest(counts: &[f64]) -> usize {
    first_largest(counts.iter().copied())
}

struct Told {
    rule: Rule,
    /// Names and classes; no rows' values.
    instances: Instances,
}

impl Fitted for Told {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        if values.ncols() != self.instances.columns.len() {
            let (had, given) = (self.instances.columns.len(), values.ncols());
            return Err(FitError::Failed(format!("{given} columns for a rule of {had}")));
        }
        let mut shares = Array2::zeros((values.nrows(), self.instances.classes.len()));
        for (value, mut shares) in values.column(self.rule.column).iter().zip(shares.rows_mut()) {
            shares[self.rule.class(*value)] = 1.0;
        }
        Ok(classified(shares))
    }

    fn printed(&self) -> Option<Printed> {
        let column = &self.instances.columns[self.rule.column];
        let class = |code: usize| self.instances.classes[code].as_str();
        let rule = &self.rule;
        let mut lines = vec![format!("{}:", column.name)];
        for (case, code) in rule.classes.iter().enumerate() {
            let what = match &rule.cuts {
                None => column.words.as_ref().map_or_else(String::new, |words| words[case].clone()),
                Some(cuts) => match (cuts.get(case), cuts.last()) {
                    (Some(cut), _) => format!("< {}", java_double(*cut)),
                    (None, Some(last)) => format!(">= {}", java_double(*last)),
                    (None, None) => String::new(),
                },
            };
            lines.push(format!("\t{what}\t-> {}", class(*code)));
        }
        lines.extend(rule.missing.map(|code| format!("\t?\t-> {}", class(code))));
        lines.push(format!("({}/{} instances correct)", rounded(rule.correct, 6), rounded(rule.rows, 6)));
        let json = json!({
            "attribute": column.name,
            "cuts": rule.cuts,
            "classes": rule.classes.iter().map(|code| class(*code)).collect::<Vec<_>>(),
            "missing": rule.missing.map(class),
            "correct": rule.correct,
        });
        Some(Printed { text: lines.join("\n") + "\n", json })
    }
}
