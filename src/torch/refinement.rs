//! The second phase of DEC and IDEC: the encoder and the centres learn together, towards a target that is made again
//! every few batches, until hardly a row changes its cluster.

use tch::{Tensor, no_grad};

use crate::model::{Clustering, FitError, TrialContext};
use crate::torch::autoencoder::Autoencoder;
use crate::torch::cluster_head::{ClusterHead, Target, batch_in_order, hard, occupied};
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::training::{Means, Objective, finite};
use crate::value::Value;

/// When the target is made and when to stop.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Rows a step; batches are taken in data order.
    pub batch_size: usize,
    /// Steps from one target to the next.
    pub update_interval: usize,
    /// Stop when a smaller share of the rows changed their cluster between two targets.
    pub tolerance: f64,
    /// Steps at most.
    pub max_iterations: usize,
    /// How the parameters move.
    pub rule: Rule,
}

/// Targets that must have been aimed at before the tolerance counts: right after k-means few rows move, and that is not
/// convergence.
const LEAST_TARGETS: usize = 2;

/// Minimises `objective` (of a batch and its target) over `parameters`, and answers with the most likely cluster of
/// each row. `data` is `[rows, columns]` and not empty.
///
/// # Errors
/// The loss or the code became NaN or infinite.
pub fn refine(
    data: &Tensor,
    autoencoder: &Autoencoder,
    head: &ClusterHead,
    parameters: Vec<Tensor>,
    schedule: Schedule,
    objective: &dyn Fn(&Tensor, &Target) -> Objective,
    trial: &mut TrialContext,
) -> Result<Clustering, FitError> {
    let rows = usize::try_from(data.size()[0]).unwrap_or(0);
    let assign = || no_grad(|| head.log_assignments(&autoencoder.codes(data)));
    let mut log_q = assign();
    let mut watch = Watch::new(hard(&log_q), schedule);
    let mut target = Target::sharpen(&log_q);
    let mut targets = 1;
    let mut optimizer = Optimizer::new(schedule.rule, parameters);
    let mut iteration = 0;
    let mut converged = false;
    while iteration < schedule.max_iterations && !converged {
        let (start, length) = batch_in_order(rows, schedule.batch_size, iteration);
        let step = objective(&data.narrow(0, start, length), &target.rows(start, length));
        optimizer.minimise(&step.loss)?;
        watch.means.add(&step, 1);
        iteration += 1;
        let update = iteration % schedule.update_interval == 0;
        if update || iteration == schedule.max_iterations {
            log_q = assign();
            let changed = watch.look(&log_q, iteration, trial)?;
            converged = update && targets >= LEAST_TARGETS && changed < schedule.tolerance;
            target = Target::sharpen(&log_q);
            targets += 1;
        }
    }
    watch.finish(iteration, converged, trial);
    Ok(Clustering { clusters: watch.clusters })
}

/// Follows losses and labels from one target to the next.
struct Watch {
    schedule: Schedule,
    clusters: Vec<usize>,
    changed: f64,
    means: Means,
}

impl Watch {
    fn new(clusters: Vec<usize>, schedule: Schedule) -> Self {
        Watch { schedule, clusters, changed: 1.0, means: Means::default() }
    }

    /// Looks at the labels of all rows after `iteration` steps: the share that changed since the last look.
    fn look(&mut self, log_q: &Tensor, iteration: usize, trial: &mut TrialContext) -> Result<f64, FitError> {
        let step = iteration as u64;
        let loss = self.means.curves("cluster", step, trial);
        let (place, setting) = (
            format!("by step {iteration} of clustering"),
            format!("learning-rate {}", Value::Number(self.schedule.rule.learning_rate())),
        );
        finite(loss, &place, &setting)?;
        if !all_finite(log_q) {
            return Err(FitError::Failed(format!("the code became NaN {place} ({setting})")));
        }
        let clusters = hard(log_q);
        let moved = clusters.iter().zip(&self.clusters).filter(|(new, old)| new != old).count();
        #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
        let changed = moved as f64 / clusters.len() as f64;
        trial.curve("cluster", "changed", step, changed);
        #[expect(clippy::cast_precision_loss, reason = "clusters are far fewer than 2^53")]
        trial.curve("cluster", "nonempty_clusters", step, occupied(&clusters) as f64);
        trial.progress("cluster", step, self.schedule.max_iterations as u64, Some(loss));
        self.clusters = clusters;
        self.changed = changed;
        Ok(changed)
    }

    /// Keeps how it ended.
    fn finish(&self, iterations: usize, converged: bool, trial: &mut TrialContext) {
        trial.count("iterations", iterations);
        trial.count("nonempty_clusters", occupied(&self.clusters));
        if !converged && iterations > 0 && self.schedule.tolerance > 0.0 {
            trial.note(format!(
                "stopped at max-iterations {iterations} while {:.2} % of the rows still changed cluster (tolerance {} %)",
                100.0 * self.changed,
                100.0 * self.schedule.tolerance
            ));
        }
    }
}

fn all_finite(tensor: &Tensor) -> bool {
    tensor.isfinite().all().int64_value(&[]) == 1
}
