//! The network whose outputs become the first eigenvectors of a graph's Laplacian: a step that makes its outputs
//! orthonormal on one batch, a step down the spectral loss on another, in turns.

use tch::{Kind, Tensor, no_grad};

use crate::model::{FitError, TrialContext};
use crate::rng::{Purpose, Stream};
use crate::torch::autoencoder::in_chunks;
use crate::torch::mlp::{Activation, Mlp};
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::plateau::Plateau;
use crate::torch::size;
use crate::torch::spectral::affinity::Affinity;
use crate::torch::spectral::orthonormal::{deviation, orthonormalising};
use crate::torch::training::{RunningMean, finite};
use crate::value::Value;

/// In curves and on the screen.
const PHASE: &str = "spectral";
/// With a step size that has fallen to this nothing moves any more.
const LEAST_LEARNING_RATE: f64 = 1e-7;
/// Outputs whose Gram matrix is farther from I than this have lost a dimension.
const DEPENDENT: f64 = 0.1;

/// What decides the embedding.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Hidden widths.
    pub layers: Vec<usize>,
    /// Between the layers.
    pub activation: Activation,
    /// After the last one.
    pub output_activation: Activation,
    /// Rows a step.
    pub batch_size: usize,
    /// Epochs at most.
    pub epochs: usize,
    /// Steps an epoch; none: as many as one pass takes.
    pub epoch_steps: Option<usize>,
    /// How the parameters move.
    pub rule: Rule,
    /// Epochs without a better loss before the step size falls.
    pub patience: usize,
    /// What it falls to, as a part of itself.
    pub decay: f64,
    /// Share of the rows whose loss decides that.
    pub validation_share: f64,
    /// The graph of a batch.
    pub affinity: Affinity,
    /// Of the normalised Laplacian.
    pub normalized: bool,
    /// Whether gradients flow through the orthonormalising matrix, or it is constant in a gradient step.
    pub orthonormal_gradient: bool,
}

/// Where distances are taken: the input itself where there is no learned one.
pub type Metric<'a> = Option<&'a Mlp>;

/// Learns an embedding of `data`, `[rows, columns]`, and gives it of all rows: `[rows, clusters]`, f64, with
/// `(1 / rows) Y'Y = I`. Weights come from the stream `spectral`, batches from `spectral.*`.
///
/// # Errors
/// The loss became NaN or infinite.
pub fn embed(
    data: &Tensor,
    clusters: usize,
    settings: &Settings,
    metric: Metric<'_>,
    trial: &mut TrialContext,
) -> Result<Tensor, FitError> {
    let mut widths = vec![usize::try_from(data.size()[1]).unwrap_or(0)];
    widths.extend(&settings.layers);
    widths.push(clusters);
    let network = Mlp::xavier(&widths, "spectral", trial, data.device())
        .with_activations(settings.activation, settings.output_activation);
    let (training, validation) = hold_out(data, clusters, settings.validation_share, trial);
    let mut learning = Learning {
        network: &network,
        metric,
        settings,
        clusters,
        gradient: Sampler::new(training.shallow_clone(), settings.batch_size, "spectral.gradient", trial),
        orthonormal: Sampler::new(training, settings.batch_size, "spectral.orthonormal", trial),
        validation,
    };
    learning.run(trial)?;
    let outputs = no_grad(|| in_chunks(data, |rows| network.forward(rows))).to_kind(Kind::Double);
    let matrix = learning.finite_matrix(&outputs, "after the last epoch")?;
    let outputs = outputs.matmul(&matrix.to_device(outputs.device()));
    let deviation = deviation(&outputs);
    if deviation > DEPENDENT {
        trial.note(format!(
            "the outputs are linearly dependent: (1/n) Y'Y differs from I by {deviation:.2}, they span less than {clusters} dimensions"
        ));
    }
    Ok(outputs)
}

/// Training rows and those that decide the step size; none where the share is too small to have a graph.
fn hold_out(data: &Tensor, clusters: usize, share: f64, trial: &mut TrialContext) -> (Tensor, Option<Tensor>) {
    let rows = usize::try_from(data.size()[0]).unwrap_or(0);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a count of rows"
    )]
    let held = (rows as f64 * share) as usize;
    if held <= clusters || rows - held <= clusters {
        if share > 0.0 {
            trial.note(format!(
                "the loss on the training rows decides the learning rate: {held} of {rows} rows are too few for {clusters} clusters"
            ));
        }
        return (data.shallow_clone(), None);
    }
    let order = trial.stream(Purpose::Batches, "spectral.validation").permutation(rows);
    let order: Vec<i64> = order.into_iter().map(size).collect();
    let order = Tensor::from_slice(&order).to_device(data.device());
    let part = |start: usize, length: usize| data.index_select(0, &order.narrow(0, size(start), size(length)));
    (part(held, rows - held), Some(part(0, held)))
}

/// Batches without end: one random order of all rows after the other.
struct Sampler {
    data: Tensor,
    batch_size: usize,
    stream: Stream,
    order: Vec<i64>,
}

impl Sampler {
    fn new(data: Tensor, batch_size: usize, part: &str, trial: &TrialContext) -> Self {
        let rows = usize::try_from(data.size()[0]).unwrap_or(0);
        let stream = trial.stream(Purpose::Batches, part);
        Sampler { data, batch_size: batch_size.min(rows), stream, order: Vec::new() }
    }

    /// How many batches a pass has.
    fn passes(&self) -> usize {
        let rows = usize::try_from(self.data.size()[0]).unwrap_or(0);
        rows.div_ceil(self.batch_size.max(1))
    }

    /// The next batch. The last one of a pass may be smaller, but not below `least`: its rows are then left out.
    fn next(&mut self, least: usize) -> Tensor {
        if self.order.is_empty() || self.order.len() < least {
            let rows = usize::try_from(self.data.size()[0]).unwrap_or(0);
            self.order = self.stream.permutation(rows).into_iter().map(size).collect();
        }
        let rest = self.order.split_off(self.batch_size.min(self.order.len()));
        let batch = std::mem::replace(&mut self.order, rest);
        self.data.index_select(0, &Tensor::from_slice(&batch).to_device(self.data.device()))
    }
}

struct Learning<'a> {
    network: &'a Mlp,
    metric: Metric<'a>,
    settings: &'a Settings,
    clusters: usize,
    gradient: Sampler,
    orthonormal: Sampler,
    validation: Option<Tensor>,
}

impl Learning<'_> {
    fn run(&mut self, trial: &mut TrialContext) -> Result<(), FitError> {
        let mut optimizer = Optimizer::new(self.settings.rule, self.network.parameters());
        let mut plateau = Plateau::new(self.settings.patience, self.settings.decay);
        let steps = self.settings.epoch_steps.unwrap_or_else(|| self.gradient.passes());
        let mut epochs = 0;
        for epoch in 1..=self.settings.epochs {
            epochs = epoch;
            let place = format!("in epoch {epoch}");
            let mut mean = RunningMean::default();
            for _ in 0..steps {
                let matrix = self.matrix(self.settings.orthonormal_gradient, &place)?;
                let batch = self.gradient.next(self.clusters + 1);
                let loss = self.loss(&batch, &matrix);
                optimizer.minimise(&loss)?;
                mean.add(&loss, batch.size()[0]);
            }
            let loss = mean.take();
            self.check(loss, &place)?;
            let watched = self.validate(&place)?.unwrap_or(loss);
            self.report(epoch, loss, watched, optimizer.learning_rate(), trial);
            let learning_rate = plateau.after(watched, optimizer.learning_rate());
            if learning_rate < optimizer.learning_rate() && learning_rate <= LEAST_LEARNING_RATE {
                break;
            }
            optimizer.set_learning_rate(learning_rate);
        }
        trial.count("epochs", epochs);
        Ok(())
    }

    /// The orthonormalisation step: the matrix of a batch of its own.
    fn matrix(&mut self, with_gradient: bool, place: &str) -> Result<Tensor, FitError> {
        let full = self.orthonormal.batch_size;
        let batch = self.orthonormal.next(full);
        let outputs =
            if with_gradient { self.network.forward(&batch) } else { no_grad(|| self.network.forward(&batch)) };
        let matrix = self.finite_matrix(&outputs, place)?;
        Ok(matrix.to_kind(batch.kind()).to_device(batch.device()))
    }

    fn finite_matrix(&self, outputs: &Tensor, place: &str) -> Result<Tensor, FitError> {
        match orthonormalising(outputs)? {
            Some(matrix) => Ok(matrix),
            None => Err(self.check(f64::NAN, place).err().unwrap_or_else(|| FitError::Failed(place.to_owned()))),
        }
    }

    fn check(&self, loss: f64, place: &str) -> Result<(), FitError> {
        let setting = format!("learning-rate {}", Value::Number(self.settings.rule.learning_rate()));
        finite(loss, &format!("{place} of spectral training"), &setting)
    }

    /// The spectral loss of a batch under an orthonormalising matrix.
    fn loss(&self, batch: &Tensor, matrix: &Tensor) -> Tensor {
        let graph = match self.metric {
            None => self.settings.affinity.graph(batch),
            Some(metric) => self.settings.affinity.graph(&no_grad(|| metric.forward(batch))),
        };
        graph.loss(&self.network.forward(batch).matmul(matrix), self.settings.normalized)
    }

    /// The loss on the rows that were kept out, under a fresh matrix: with that of the last step a network is better off
    /// whose outputs have just become small.
    fn validate(&mut self, place: &str) -> Result<Option<f64>, FitError> {
        let Some(rows) = self.validation.as_ref().map(Tensor::shallow_clone) else { return Ok(None) };
        let matrix = self.matrix(false, place)?;
        let mut mean = RunningMean::default();
        for batch in rows.split(size(self.settings.batch_size), 0) {
            if batch.size()[0] > size(self.clusters) {
                mean.add(&no_grad(|| self.loss(&batch, &matrix)), batch.size()[0]);
            }
        }
        let loss = mean.take();
        self.check(loss, place)?;
        Ok(Some(loss))
    }

    fn report(&self, epoch: usize, loss: f64, watched: f64, learning_rate: f64, trial: &mut TrialContext) {
        let step = epoch as u64;
        trial.curve(PHASE, "loss", step, loss);
        if self.validation.is_some() {
            trial.curve(PHASE, "validation_loss", step, watched);
        }
        trial.curve(PHASE, "learning_rate", step, learning_rate);
        trial.progress(PHASE, step, self.settings.epochs as u64, Some(loss));
    }
}
