//! A Bayesian network over discretised attributes with the class, its structure found by K2 (Cooper and Herskovits, A
//! Bayesian Method for the Induction of Probabilistic Networks from Data, Machine Learning 9, 1992), as Weka has it
//! (Bouckaert, Bayesian Network Classifiers in Weka, 2004).
//!
//! Numbers are cut into intervals by description length; a missing value becomes the mode of the (cut) training rows.
//! Every attribute starts with the class as its parent; with the default of one parent nothing can be added, and the
//! network is a naive Bayes over intervals. Tables hold (n + alpha) / (N + alpha values). Alpha is kept as a 32-bit
//! float, as Weka reports it. The search counts rows, not their weights, and starts its counts at nothing but what the
//! score itself says (0.5 for `bayes`, whatever alpha is); the scores that are printed are those of the filled tables.
//!
//! Not here: searches other than K2 with the given order, the correction by Markov blanket, estimators other than
//! SimpleEstimator, and AD trees, which change no result.

mod network;

use std::fmt::Write;

use ndarray::{Array2, ArrayView1};
use serde_json::{Map, json};

use crate::dataset::Dataset;
use crate::model::classify::bayes_net::network::{Codes, Score, Table};
use crate::model::classify::discretized::Intervals;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::weka::number::first_largest;
use crate::weka::number::java_double;
use crate::weka::scheme::{Flag, Scheme, Takes};

parameters! {
    /// How the structure is found, and the tables filled.
    pub struct Params {
        /// The most parents that a node may have, the class among them.
        maximum_parents: usize = 1, Domain::AtLeast(1.0);
        /// Whether every attribute starts with the class as its parent.
        start_naive: bool = true, Domain::Any;
        /// What a set of parents is judged by.
        score: String = "bayes".to_owned(), Domain::OneOf(&["bayes", "bdeu", "mdl", "entropy", "aic"]);
        /// What each count starts at.
        alpha: f64 = 0.5, Domain::Above(0.0);
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.bayes.BayesNet",
    kind: "bayes-net",
    flags: &[
        Flag::keyless("-D", Takes::Always),
        Flag::keyless("-Q", Takes::Only(&["weka.classifiers.bayes.net.search.local.K2"])),
        Flag::keyless("--", Takes::Dashes),
        Flag::value("-P", "maximum-parents"),
        Flag::value("-N", "start-naive").takes(Takes::Off),
        Flag::value("-S", "score").takes(Takes::Words(&[
            ("BAYES", "bayes"),
            ("BDeu", "bdeu"),
            ("MDL", "mdl"),
            ("ENTROPY", "entropy"),
            ("AIC", "aic"),
        ])),
        Flag::keyless("-E", Takes::Only(&["weka.classifiers.bayes.net.estimate.SimpleEstimator"])),
        Flag::keyless("--", Takes::Dashes),
        Flag::value("-A", "alpha"),
    ],
};

/// A network whose structure K2 finds.
pub struct BayesNet;

impl Model for BayesNet {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "bayes-net",
        about: "a Bayesian network over intervals and words, its structure found by K2",
        reference: "Cooper and Herskovits, A Bayesian Method for the Induction of Probabilistic Networks from Data, Machine Learning 9, 1992",
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

impl Learner for BayesNet {
    fn fit(params: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let rows = Instances::training(data)?;
        let intervals = Intervals::fit(&rows);
        let (codes, modes) = codes(&rows, &intervals);
        #[expect(clippy::cast_possible_truncation, reason = "Weka keeps it as a float")]
        let alpha = f64::from(params.alpha as f32);
        if alpha <= 0.0 || !alpha.is_finite() {
            return Err(FitError::NotApplicable(format!("alpha {} is no 32-bit float above 0", params.alpha)));
        }
        let score = Score::named(&params.score);
        let parents = codes.k2(params.maximum_parents, params.start_naive, score)?;
        let tables =
            parents.iter().enumerate().map(|(node, parents)| codes.table(node, parents, alpha, &codes.weights));
        let tables = tables.collect::<Result<Vec<_>, _>>()?;
        let sum = |score| tables.iter().fold(0.0, |sum, table| sum + codes.score(table, score, alpha));
        let scores = Score::ALL.iter().map(|(score, name)| (*name, sum(*score))).collect();
        let names = rows.columns.iter().map(|column| column.name.clone()).chain([rows.class_name.clone()]).collect();
        let cuts = rows.columns.iter().any(|column| column.words.is_none()).then(|| intervals.json(&rows.columns));
        let tables = tables.into_iter().map(Cells::of).collect();
        Ok(Box::new(Net { names, intervals, cuts, modes, levels: codes.levels, parents, tables, scores }))
    }
}

/// The training rows as indices without gaps, and what gaps were filled with.
#[expect(clippy::cast_possible_truncation, reason = "a level is an index of a word or an interval")]
fn codes(rows: &Instances, intervals: &Intervals) -> (Codes, Vec<usize>) {
    let mut codes =
        Codes { nodes: Vec::new(), levels: Vec::new(), weights: rows.weights.clone(), ones: vec![1.0; rows.rows()] };
    let mut modes = Vec::new();
    for column in 0..rows.columns.len() {
        let levels = rows.levels(column).or_else(|| intervals.levels(column)).unwrap_or(0).max(1);
        let places: Vec<Option<usize>> =
            rows.values.column(column).iter().map(|value| level(intervals.index(column, *value), levels)).collect();
        let mut counts = vec![0.0; levels];
        for (place, weight) in places.iter().zip(&rows.weights) {
            if let Some(place) = place {
                counts[*place] += weight;
            }
        }
        let mode = first_largest(counts);
        codes.nodes.push(places.iter().map(|place| place.unwrap_or(mode) as u32).collect());
        codes.levels.push(levels);
        modes.push(mode);
    }
    codes.nodes.push(rows.codes.iter().map(|code| *code as u32).collect());
    codes.levels.push(rows.classes.len().max(1));
    (codes, modes)
}

/// The value as an index; none where it is missing or was not declared.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a nominal value is an index")]
fn level(value: f64, levels: usize) -> Option<usize> {
    (!value.is_nan()).then_some(value as usize).filter(|level| *level < levels)
}

/// A table as shares and their logarithms.
struct Cells {
    levels: usize,
    shares: Vec<f64>,
    logs: Vec<f64>,
}

impl Cells {
    fn of(table: Table) -> Self {
        let mut shares = Vec::with_capacity(table.counts.len());
        for counts in table.rows() {
            let sum: f64 = counts.iter().sum();
            shares.extend(counts.iter().map(|count| count / sum));
        }
        let logs = shares.iter().map(|share| share.ln()).collect();
        Cells { levels: table.levels, shares, logs }
    }
}

struct Net {
    /// The nodes' names, the class last.
    names: Vec<String>,
    intervals: Intervals,
    /// The cut points, where any column is of numbers.
    cuts: Option<serde_json::Value>,
    modes: Vec<usize>,
    levels: Vec<usize>,
    parents: Vec<Vec<usize>>,
    tables: Vec<Cells>,
    scores: Vec<(&'static str, f64)>,
}

impl Net {
    /// Fills `shares` with the class shares of one row; `codes` is room for its nodes.
    fn distribution(&self, row: ArrayView1<'_, f64>, codes: &mut [usize], shares: &mut [f64]) {
        let class = self.names.len() - 1;
        for (column, value) in row.iter().enumerate().take(class) {
            let value = self.intervals.index(column, *value);
            codes[column] = level(value, self.levels[column]).unwrap_or(self.modes[column]);
        }
        for (code, share) in shares.iter_mut().enumerate() {
            codes[class] = code;
            let mut sum = 0.0;
            for (node, table) in self.tables.iter().enumerate() {
                let place = self.parents[node].iter().fold(0, |place, at| place * self.levels[*at] + codes[*at]);
                sum += table.logs[place * table.levels + codes[node]];
            }
            *share = sum;
        }
        let most = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        shares.iter_mut().for_each(|share| *share = (*share - most).exp());
        let sum: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
    }

    fn text(&self) -> String {
        let nodes = self.names.len();
        let mut text = format!(
            "Bayes Network Classifier\nnot using ADTree\n#attributes={nodes} #classindex={}\nNetwork structure (nodes followed by parents)\n",
            nodes - 1
        );
        for ((name, levels), parents) in self.names.iter().zip(&self.levels).zip(&self.parents) {
            let _ = write!(text, "{name}({levels}): ");
            parents.iter().for_each(|at| {
                let _ = write!(text, "{} ", self.names[*at]);
            });
            text.push('\n');
        }
        for (name, score) in &self.scores {
            let _ = writeln!(text, "LogScore {name}: {}", java_double(*score));
        }
        text
    }
}

impl Fitted for Net {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        let classes = self.levels.last().copied().unwrap_or(1);
        let (mut codes, mut shares) = (vec![0; self.names.len()], vec![0.0; classes]);
        let mut all = Array2::zeros((values.nrows(), classes));
        for (row, mut place) in values.rows().into_iter().zip(all.rows_mut()) {
            self.distribution(row, &mut codes, &mut shares);
            place.iter_mut().zip(&shares).for_each(|(place, share)| *place = *share);
        }
        Ok(classified(all))
    }

    fn printed(&self) -> Option<Printed> {
        let node = |(at, name): (usize, &String)| {
            let table = &self.tables[at];
            json!({
                "name": name,
                "parents": self.parents[at].iter().map(|at| &self.names[*at]).collect::<Vec<_>>(),
                "cpt": table.shares.chunks_exact(table.levels).collect::<Vec<_>>(),
            })
        };
        let nodes: Vec<_> = self.names.iter().enumerate().map(node).collect();
        let mut json: Map<_, _> = self.cuts.iter().map(|cuts| ("cut_points".to_owned(), cuts.clone())).collect();
        json.insert("nodes".to_owned(), nodes.into());
        Some(Printed { text: self.text(), json: json.into() })
    }
}
