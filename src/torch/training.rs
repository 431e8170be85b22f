//! Training in epochs of shuffled mini-batches.

use tch::{Device, Kind, Tensor};

use crate::model::{FitError, TrialContext};
use crate::torch::optimizer::Optimizer;
use crate::torch::size;

/// A phase of training, as the screen, the curves and messages call it.
#[derive(Clone, Debug)]
pub struct Phase {
    /// In curves and on the screen: `pretrain`.
    pub name: &'static str,
    /// In messages: `pretraining`.
    pub title: &'static str,
    /// Passes over the data.
    pub epochs: usize,
    /// Rows a step.
    pub batch_size: usize,
    /// The setting that a reader should look at when it diverges: `learning-rate 1`.
    pub setting: String,
    /// How the step size falls.
    pub decay: Option<StepDecay>,
}

/// A step size that falls in steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    /// Epochs from one fall to the next.
    pub epochs: usize,
    /// What the step size is multiplied by at each.
    pub factor: f64,
    /// It falls no deeper.
    pub floor: f64,
}

impl StepDecay {
    /// The step size of an epoch, from 1, when the first one's is `first`.
    pub fn at(self, first: f64, epoch: usize) -> f64 {
        let falls = (epoch.max(1) - 1) / self.epochs.max(1);
        let falls = i32::try_from(falls).unwrap_or(i32::MAX);
        (first * self.factor.powi(falls)).max(self.floor.min(first))
    }
}

/// Some rows of the data.
#[derive(Debug)]
pub struct Batch {
    /// `[rows, …]`
    pub rows: Tensor,
    /// Which rows of the data they are, `[rows]`, whole numbers.
    pub indices: Tensor,
}

/// What a step minimises, and its parts by their names in curves.
#[derive(Debug)]
pub struct Objective {
    /// A scalar.
    pub loss: Tensor,
    /// Scalars; none where the loss has one part only.
    pub parts: Vec<(&'static str, Tensor)>,
}

impl From<Tensor> for Objective {
    fn from(loss: Tensor) -> Self {
        Objective { loss, parts: Vec::new() }
    }
}

/// Trains for the epochs of `phase` on `data` (`[rows, …]`), each in the order that `order` gives for the number of
/// rows; the last batch of an epoch may be smaller. `objective` is a mean over a batch. Its mean over the rows of each
/// epoch becomes the curve `loss`; each part has one of its own.
///
/// # Errors
/// That mean became NaN or infinite.
pub fn train(
    phase: &Phase,
    data: &Tensor,
    order: &mut dyn FnMut(usize) -> Vec<usize>,
    optimizer: &mut Optimizer,
    objective: &mut dyn FnMut(&Batch) -> Objective,
    trial: &mut TrialContext,
) -> Result<(), FitError> {
    let first = optimizer.learning_rate();
    for epoch in 1..=phase.epochs {
        if let Some(decay) = phase.decay {
            optimizer.set_learning_rate(decay.at(first, epoch));
        }
        let mut means = Means::default();
        for batch in batches(data, phase.batch_size, order) {
            let step = objective(&batch);
            optimizer.minimise(&step.loss)?;
            means.add(&step, batch.rows.size()[0]);
        }
        let value = means.curves(phase.name, epoch as u64, trial);
        trial.progress(phase.name, epoch as u64, phase.epochs as u64, Some(value));
        finite(value, &format!("in epoch {epoch} of {}", phase.title), &phase.setting)?;
    }
    Ok(())
}

/// One pass over `data` in the order that `order` gives for the number of rows; the last batch may be smaller.
pub fn batches(
    data: &Tensor,
    batch_size: usize,
    order: &mut dyn FnMut(usize) -> Vec<usize>,
) -> impl Iterator<Item = Batch> {
    /// Rows that are gathered at a time: for a small batch that costs less than a batch at a time.
    const BLOCK: usize = 4096;
    let rows = usize::try_from(data.size()[0]).unwrap_or(0);
    let order: Vec<i64> = order(rows).into_iter().map(size).collect();
    let order = Tensor::from_slice(&order).to_device(data.device());
    let batch_size = batch_size.max(1);
    let block = batch_size * (BLOCK / batch_size).max(1);
    order.split(size(block), 0).into_iter().flat_map(move |indices| {
        let rows = data.index_select(0, &indices);
        let parts = rows.split(size(batch_size), 0).into_iter().zip(indices.split(size(batch_size), 0));
        parts.map(|(rows, indices)| Batch { rows, indices }).collect::<Vec<_>>()
    })
}

/// Refuses a loss that is not finite: `the loss became NaN in epoch 3 of pretraining (learning-rate 1)`.
///
/// # Errors
/// That sentence.
pub fn finite(loss: f64, place: &str, setting: &str) -> Result<(), FitError> {
    if loss.is_finite() {
        return Ok(());
    }
    let what = if loss.is_nan() { "NaN" } else { "infinite" };
    Err(FitError::Failed(format!("the loss became {what} {place} ({setting})")))
}

/// The means of a loss and of its parts, for curves.
#[derive(Debug, Default)]
pub struct Means {
    loss: RunningMean,
    parts: Vec<(&'static str, RunningMean)>,
}

impl Means {
    /// Adds a step, counted `weight` times.
    pub fn add(&mut self, step: &Objective, weight: i64) {
        self.loss.add(&step.loss, weight);
        for (i, (name, value)) in step.parts.iter().enumerate() {
            if self.parts.len() == i {
                self.parts.push((*name, RunningMean::default()));
            }
            self.parts[i].1.add(value, weight);
        }
    }

    /// Writes what was added since the last time as points of curves, and gives the mean loss.
    pub fn curves(&mut self, phase: &str, step: u64, trial: &mut TrialContext) -> f64 {
        let loss = self.loss.take();
        trial.curve(phase, "loss", step, loss);
        for (name, mean) in &mut self.parts {
            trial.curve(phase, name, step, mean.take());
        }
        loss
    }
}

/// A mean of scalars that stay on the device until it is taken: reading each would wait for the device each time.
#[derive(Debug, Default)]
pub struct RunningMean {
    values: Vec<Tensor>,
    weights: Vec<i64>,
}

impl RunningMean {
    /// Adds the scalar `value`, counted `weight` times.
    pub fn add(&mut self, value: &Tensor, weight: i64) {
        self.values.push(value.detach());
        self.weights.push(weight);
    }

    /// The mean since it was last taken; 0 of nothing.
    pub fn take(&mut self) -> f64 {
        let (values, weights) = (std::mem::take(&mut self.values), std::mem::take(&mut self.weights));
        if values.is_empty() {
            return 0.0;
        }
        let stacked = Tensor::stack(&values, 0).to_kind(Kind::Double).to_device(Device::Cpu);
        let mut numbers = vec![0.0; values.len()];
        stacked.copy_data(&mut numbers, values.len());
        #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
        let weighted = numbers.iter().zip(&weights).map(|(value, weight)| value * *weight as f64).sum::<f64>();
        #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
        let total = weights.iter().sum::<i64>() as f64;
        weighted / total
    }
}
