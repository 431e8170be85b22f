//! A multilayer perceptron: sigmoid units, trained row by row by back-propagation with momentum (Rumelhart, Hinton and
//! Williams 1986), with Weka's coding of the data, start weights and order of the rows.
//!
//! The training rows are shuffled once by Java's generator. Nominal columns are coded by
//! [`BinaryCoding`], every column is scaled to -1..1 over the training rows, a missing value is 0 then. The targets are 1
//! for the row's class and 0 for the others; the shares are the outputs over their sum. The rows are never shuffled
//! again. Should the error stop being a number, training begins anew with half the learning rate.
//!
//! Departures: with `validation-percent` the weights with the lowest error on the rows kept out are taken, and training
//! ends after `patience` epochs in a row that were not better; Weka's own rule may differ there. What a network of more
//! than 2^25 weights would say nobody waits for: it is not applicable.

pub mod network;
mod scaling;
mod text;

use ndarray::{Array2, ArrayView2, Axis};
use serde_json::json;

use self::network::{Network, Step};
use self::scaling::Scaling;
use crate::dataset::Dataset;
use crate::java::Random;
use crate::model::classify::binary_coding::BinaryCoding;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, no_stages,
};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::value::Value;
use crate::weka::{Flag, Scheme, Takes};

/// Weights at most.
const LARGEST: usize = 1 << 25;

parameters! {
    /// Parameters of the multilayer perceptron.
    pub struct Params {
        /// How far the weights move along the error of a row.
        learning_rate: f64 = 0.3, Domain::Above(0.0);
        /// How much of the former change of a weight is added to the next.
        momentum: f64 = 0.2, Domain::Between(0.0, 1.0);
        /// Passes over the training rows.
        epochs: usize = 500, Domain::AtLeast(0.0);
        /// Percent of the training rows, the first after the shuffle, kept out to judge when to stop; 0: none.
        validation_percent: f64 = 0.0, Domain::Between(0.0, 100.0);
        /// Seed of Java's generator, which shuffles the rows and draws the weights.
        seed: usize = 0, Domain::AtLeast(0.0);
        /// Epochs in a row that may be no better on the rows kept out before training stops.
        patience: usize = 20, Domain::AtLeast(1.0);
        /// Units of each hidden layer, with commas between: numbers, or `a` (half of columns and classes), `i` (columns),
        /// `o` (classes), `t` (columns and classes); `0` for no hidden layer.
        hidden_layers: String = "a".to_owned(), Domain::Any;
        /// Whether nominal columns become one column a word; else each is the index of its word.
        binary_coding: bool = true, Domain::Any;
        /// Whether columns are scaled to -1..1.
        scaled: bool = true, Domain::Any;
        /// Whether training begins anew with half the learning rate where the error stops being a number.
        restarts: bool = true, Domain::Any;
        /// Whether the learning rate of an epoch is divided by its number, from 1.
        decay: bool = false, Domain::Any;
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.functions.MultilayerPerceptron",
    kind: "mlp",
    flags: &[
        Flag::value("-L", "learning-rate"),
        Flag::value("-M", "momentum"),
        Flag::value("-N", "epochs"),
        Flag::value("-V", "validation-percent"),
        Flag::value("-S", "seed"),
        Flag::value("-E", "patience"),
        Flag::value("-H", "hidden-layers"),
        Flag::value("-B", "binary-coding").takes(Takes::Off),
        // A numeric class is scaled or not; there is none here.
        Flag::keyless("-C", Takes::Nothing),
        Flag::value("-I", "scaled").takes(Takes::Off),
        Flag::value("-R", "restarts").takes(Takes::Off),
        Flag::switch("-D", "decay"),
        Flag::keyless("-batch-size", Takes::Only(&[])),
        Flag::keyless("-num-decimal-places", Takes::Only(&[])),
    ],
};

/// The multilayer perceptron.
pub struct Mlp;

impl Model for Mlp {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "mlp",
        about: "multilayer perceptron of sigmoid units, trained row by row by back-propagation with momentum",
        reference: "Rumelhart, Hinton and Williams 1986; Weka's MultilayerPerceptron",
        revision: 1,
        accepts: Accepts {
            tasks: &[TaskKind::Classification],
            missing: true,
            nominal: true,
            weights: true,
            ..Accepts::NUMBERS
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
    let Some(Value::Text(text)) = values.get("hidden-layers") else { return Ok(()) };
    hidden_sizes(text, 1, 1).map(drop).map_err(|what| ("hidden-layers".to_owned(), what))
}

#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn work(values: &Values, rows: usize, columns: usize) -> f64 {
    let epochs = values.get("epochs").and_then(Value::as_number).unwrap_or(500.0);
    let hidden = match values.get("hidden-layers") {
        Some(Value::Text(text)) => text.clone(),
        _ => Params::default().hidden_layers,
    };
    let units: usize = hidden_sizes(&hidden, columns, 2).unwrap_or_default().iter().sum();
    1e-9 * epochs * rows as f64 * columns as f64 * units.max(2) as f64
}

/// The number of units of each hidden layer; none for `0` and for nothing.
fn hidden_sizes(text: &str, columns: usize, classes: usize) -> Result<Vec<usize>, String> {
    let size = |word: &str| match word.trim() {
        "a" => Ok(usize::midpoint(columns, classes)),
        "i" => Ok(columns),
        "o" => Ok(classes),
        "t" => Ok(columns + classes),
        number => {
            let units =
                number.parse().map_err(|_| format!("`{number}` is no number of units, nor `a`, `i`, `o` or `t`"));
            units.and_then(|units: usize| if units > LARGEST { Err(format!("{units} units")) } else { Ok(units) })
        }
    };
    let sizes: Vec<usize> = text.split(',').map(size).collect::<Result<_, _>>()?;
    // A layer of no units would let nothing through.
    Ok(sizes.into_iter().filter(|units| *units > 0).collect())
}

impl Learner for Mlp {
    fn fit(params: &Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let instances = Instances::training(data)?;
        let coding = params.binary_coding.then(|| BinaryCoding::new(&instances.columns));
        let width = coding.as_ref().map_or(instances.columns.len(), BinaryCoding::width);
        let classes = instances.classes.len();
        let sizes = sizes(params, width, classes)?;
        let coded = coded(coding.as_ref(), instances.values.view());
        let scaling = Scaling::of(coded.view(), params.scaled);
        if !scaling.is_finite() {
            return Err(FitError::Failed("the range of a column is not finite".to_owned()));
        }
        let mut rows = coded;
        scaling.apply(&mut rows);
        let training = Training { params, rows, instances: &instances, sizes };
        let network = training.network(trial)?;
        let columns = coding.as_ref().map_or(&instances.columns, |coding| &coding.columns);
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Ok(Box::new(Perceptron { coding, scaling, network, names, classes: instances.classes }))
    }
}

/// Units of every layer, inputs and outputs too.
fn sizes(params: &Params, width: usize, classes: usize) -> Result<Vec<usize>, FitError> {
    let hidden = hidden_sizes(&params.hidden_layers, width, classes).map_err(FitError::Failed)?;
    let sizes: Vec<usize> = [width].into_iter().chain(hidden).chain([classes]).collect();
    let weights: u128 = sizes.windows(2).map(|pair| (pair[0] as u128 + 1) * pair[1] as u128).sum();
    if weights > LARGEST as u128 {
        let what = format!("a network of {weights} weights (more than {LARGEST}); name fewer `hidden-layers`");
        return Err(FitError::NotApplicable(what));
    }
    Ok(sizes)
}

/// The values as the network sees them, before scaling.
fn coded(coding: Option<&BinaryCoding>, values: ArrayView2<f64>) -> Array2<f64> {
    coding.map_or_else(|| values.to_owned(), |coding| coding.apply(values))
}

/// What is learned from.
struct Training<'a> {
    params: &'a Params,
    /// `[rows, columns]`, coded and scaled.
    rows: Array2<f64>,
    instances: &'a Instances,
    sizes: Vec<usize>,
}

/// How a training ended.
enum Ended {
    Well(Network),
    /// The error stopped being a number.
    Diverged,
}

impl Training<'_> {
    fn network(&self, trial: &mut TrialContext) -> Result<Network, FitError> {
        let mut rate = self.params.learning_rate;
        loop {
            match self.attempt(rate, trial) {
                Ended::Well(network) => return Ok(network),
                Ended::Diverged if self.params.restarts && rate > 1e-9 => {
                    rate /= 2.0;
                    trial.note(format!("the error stopped being a number; begun anew with the learning rate {rate}"));
                }
                Ended::Diverged => {
                    let reason = format!("the error stops being a number with the learning rate {rate}");
                    return Err(FitError::Failed(reason));
                }
            }
        }
    }

    fn attempt(&self, rate: f64, trial: &mut TrialContext) -> Ended {
        let mut random = Random::new(i64::try_from(self.params.seed).unwrap_or(i64::MAX));
        let mut order: Vec<usize> = (0..self.rows.nrows()).collect();
        random.shuffle(&mut order);
        let mut network = Network::new(&self.sizes, || random.next_double() * 0.1 - 0.05);
        let (kept_out, learned) = order.split_at(self.kept_out());
        // In the order of the training: neighbours in memory.
        let rows = self.rows.select(Axis(0), learned);
        let width = rows.ncols();
        let cells = rows.as_slice().unwrap_or_default();
        let codes: Vec<(usize, f64)> =
            learned.iter().map(|row| (self.instances.codes[*row], self.instances.weights[*row])).collect();
        let mut best = Best { error: f64::INFINITY, worse: 0, network: None };
        for epoch in 1..=self.params.epochs {
            #[expect(clippy::cast_precision_loss, reason = "a number of epochs")]
            let rate = if self.params.decay { rate / epoch as f64 } else { rate };
            let mut error = 0.0;
            for (at, (class, weight)) in codes.iter().enumerate() {
                let step = Step { rate: rate * weight, momentum: self.params.momentum };
                error += network.learn(&cells[at * width..][..width], *class, step);
            }
            if !error.is_finite() {
                return Ended::Diverged;
            }
            trial.progress("train", epoch as u64, self.params.epochs as u64, Some(error));
            if !kept_out.is_empty() && best.stops(&mut network, self, kept_out) {
                break;
            }
        }
        Ended::Well(best.network.unwrap_or(network))
    }

    /// The number of rows kept out; one at least is learned from.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a number of rows"
    )]
    fn kept_out(&self) -> usize {
        let rows = self.rows.nrows();
        ((rows as f64 * self.params.validation_percent / 100.0) as usize).min(rows.saturating_sub(1))
    }
}

/// The best network so far on the rows kept out.
struct Best {
    error: f64,
    /// Epochs in a row that were no better.
    worse: usize,
    network: Option<Network>,
}

impl Best {
    /// Judges the network after an epoch; whether training ends.
    fn stops(&mut self, network: &mut Network, training: &Training<'_>, kept_out: &[usize]) -> bool {
        let instances = training.instances;
        let error: f64 = kept_out
            .iter()
            .map(|&row| {
                let cells = training.rows.row(row);
                instances.weights[row] * network.error(cells.to_slice().unwrap_or_default(), instances.codes[row])
            })
            .sum();
        if error < self.error {
            *self = Best { error, worse: 0, network: Some(network.clone()) };
        } else {
            self.worse += 1;
        }
        self.worse >= training.params.patience
    }
}

/// A trained network with all that leads to its inputs.
struct Perceptron {
    coding: Option<BinaryCoding>,
    scaling: Scaling,
    network: Network,
    /// Of the inputs.
    names: Vec<String>,
    classes: Vec<String>,
}

impl Fitted for Perceptron {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let mut inputs = coded(self.coding.as_ref(), judged(rows)?.view());
        self.scaling.apply(&mut inputs);
        let mut network = self.network.clone();
        let mut shares = Array2::zeros((inputs.nrows(), self.classes.len()));
        for (row, mut shares) in inputs.rows().into_iter().zip(shares.rows_mut()) {
            let outputs = network.outputs(row.to_slice().unwrap_or_default());
            let sum: f64 = outputs.iter().sum();
            if sum > 0.0 {
                shares.iter_mut().zip(outputs).for_each(|(share, output)| *share = output / sum);
            }
        }
        Ok(classified(shares))
    }

    fn printed(&self) -> Option<Printed> {
        let layers: Vec<_> = self
            .network
            .layers
            .iter()
            .map(|layer| {
                let weights = |unit| (0..layer.inputs).map(|input| layer.weight(input, unit)).collect::<Vec<_>>();
                json!({
                    "biases": (0..layer.units).map(|unit| layer.bias(unit)).collect::<Vec<_>>(),
                    "weights": (0..layer.units).map(weights).collect::<Vec<_>>(),
                })
            })
            .collect();
        let json = json!({ "inputs": self.names, "outputs": self.classes, "layers": layers });
        Some(Printed { text: text::text(&self.network, &self.names, &self.classes), json })
    }
}

#[cfg(test)]
mod tests;
