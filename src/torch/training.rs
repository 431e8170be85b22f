//! Training in epochs of shuffled mini-batches.

use tch::{Kind, Tensor};

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
}

/// Trains for the epochs of `phase` on `data` (`[rows, …]`), each in the order that `order` gives for the number of
/// rows; the last batch of an epoch may be smaller. `loss` is the mean over a batch. The mean loss over the rows of
/// each epoch becomes the curve `loss`.
///
/// # Errors
/// That mean became NaN or infinite.
pub fn train(
    phase: &Phase,
    data: &Tensor,
    order: &mut dyn FnMut(usize) -> Vec<usize>,
    optimizer: &mut Optimizer,
    loss: &dyn Fn(&Tensor) -> Tensor,
    trial: &mut TrialContext,
) -> Result<(), FitError> {
    let rows = usize::try_from(data.size()[0]).unwrap_or(0);
    for epoch in 1..=phase.epochs {
        let order: Vec<i64> = order(rows).into_iter().map(size).collect();
        let order = Tensor::from_slice(&order).to_device(data.device());
        let mut mean = RunningMean::default();
        for batch in order.split(size(phase.batch_size), 0) {
            let batch = data.index_select(0, &batch);
            let loss = loss(&batch);
            optimizer.minimise(&loss)?;
            mean.add(&loss, batch.size()[0]);
        }
        let value = mean.take();
        trial.curve(phase.name, "loss", epoch as u64, value);
        trial.progress(phase.name, epoch as u64, phase.epochs as u64, Some(value));
        finite(value, &format!("in epoch {epoch} of {}", phase.title), &phase.setting)?;
    }
    Ok(())
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

/// A mean of scalars that stay on the device until it is taken: reading each would wait for the device each time.
#[derive(Debug, Default)]
pub struct RunningMean {
    sum: Option<Tensor>,
    weight: i64,
}

impl RunningMean {
    /// Adds the scalar `value`, counted `weight` times.
    pub fn add(&mut self, value: &Tensor, weight: i64) {
        let value = value.detach().to_kind(Kind::Double) * weight;
        self.sum = Some(match self.sum.take() {
            Some(sum) => sum + value,
            None => value,
        });
        self.weight += weight;
    }

    /// The mean since it was last taken; 0 of nothing.
    pub fn take(&mut self) -> f64 {
        let weight = std::mem::take(&mut self.weight);
        #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
        self.sum.take().map_or(0.0, |sum| sum.double_value(&[]) / weight as f64)
    }
}
