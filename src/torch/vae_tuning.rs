//! The tuning stage of ATT-VAE: the network and cluster centres learn together, towards a target that is made of all
//! rows once an epoch.

use ndarray::ArrayView2;
use tch::{Tensor, no_grad};

use crate::model::{FitError, TrialContext};
use crate::rng::Purpose;
use crate::torch::cluster_head::{ClusterHead, Target, hard, occupied};
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::training::{Batch, Means, Objective, batches, finite};
use crate::torch::vae::{Losses, Vae};
use crate::value::Value;

/// How it is tuned.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// Passes over the data.
    pub epochs: usize,
    /// Rows a step.
    pub batch_size: usize,
    /// Step size of Adam.
    pub learning_rate: f64,
    /// Weight of the KL to the prior.
    pub beta: f64,
    /// Weight of the clustering loss.
    pub gamma: f64,
    /// Whether the clustered code is the one that the decoders see.
    pub attended: bool,
}

impl Tuning {
    /// What a batch costs under its part of the target.
    fn objective(&self, vae: &Vae, head: &ClusterHead, batch: &Batch, target: &Target, noise: &Tensor) -> Objective {
        let Losses { posterior, reconstruction, kl } = vae.losses(&batch.rows, noise);
        let code = if self.attended { vae.attend(&posterior.mean) } else { posterior.mean };
        let divergence = head.divergence(&code, target);
        Objective {
            loss: &reconstruction + &kl * self.beta + &divergence * self.gamma,
            parts: vec![("reconstruction", reconstruction), ("kl", kl), ("divergence", divergence)],
        }
    }
}

/// Tunes `vae` on `data`, `[rows, columns]`, from `centers` in its clustered code; the most likely cluster of each row
/// afterwards. Batches and noise come from the streams `vae.tune`. Curves of the phase `cluster`: the parts of the loss,
/// the share of rows that changed cluster, how many clusters have a row.
///
/// # Errors
/// The loss or the code became NaN or infinite.
pub fn tune(
    data: &Tensor,
    vae: &Vae,
    centers: ArrayView2<f64>,
    how: &Tuning,
    trial: &mut TrialContext,
) -> Result<Vec<usize>, FitError> {
    let head = ClusterHead::new(centers, data.device());
    let assign = || no_grad(|| head.log_assignments(&vae.codes(data, how.attended)));
    let mut parameters = vae.parameters();
    parameters.push(head.centers());
    let mut optimizer = Optimizer::new(Rule::Adam { learning_rate: how.learning_rate }, parameters);
    let (mut noise, mut orders) =
        (trial.stream(Purpose::Noise, "vae.tune"), trial.stream(Purpose::Batches, "vae.tune"));
    let setting = format!("learning-rate {}", Value::Number(how.learning_rate));
    let mut log_q = assign();
    let mut clusters = hard(&log_q);
    for epoch in 1..=how.epochs {
        let target = Target::sharpen(&log_q);
        let mut means = Means::default();
        for batch in batches(data, how.batch_size, &mut |rows| orders.permutation(rows)) {
            let rows = batch.rows.size()[0];
            let noise = vae.noise(rows, &mut noise, data.device());
            let step = how.objective(vae, &head, &batch, &target.select(&batch.indices), &noise);
            optimizer.minimise(&step.loss)?;
            means.add(&step, rows);
        }
        let loss = means.curves("cluster", epoch as u64, trial);
        let place = format!("in epoch {epoch} of tuning");
        finite(loss, &place, &setting)?;
        log_q = assign();
        if log_q.isfinite().all().int64_value(&[]) != 1 {
            return Err(FitError::Failed(format!("the code became NaN {place} ({setting})")));
        }
        let now = hard(&log_q);
        watch(&clusters, &now, epoch as u64, trial);
        trial.progress("cluster", epoch as u64, how.epochs as u64, Some(loss));
        clusters = now;
    }
    trial.count("nonempty_clusters", occupied(&clusters));
    Ok(clusters)
}

/// Writes down what an epoch did to the clusters.
#[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
fn watch(before: &[usize], now: &[usize], epoch: u64, trial: &mut TrialContext) {
    let moved = now.iter().zip(before).filter(|(new, old)| new != old).count();
    trial.curve("cluster", "changed", epoch, moved as f64 / now.len().max(1) as f64);
    trial.curve("cluster", "nonempty_clusters", epoch, occupied(now) as f64);
}
