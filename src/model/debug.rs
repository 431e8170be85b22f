//! Fails, sleeps, hangs and crashes on demand: the scheduler is tested with it.

use std::time::Duration;

use crate::clock::Stopwatch;
use crate::dataset::Dataset;
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Program, TaskKind, TrialContext,
    no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::rng::Purpose;
use crate::value::Value;

parameters! {
    /// What shall happen; by default nothing.
    pub struct Params {
        /// Seconds of CPU work.
        seconds: f64 = 0.0, Domain::AtLeast(0.0);
        /// Seconds of sleep.
        sleep: f64 = 0.0, Domain::AtLeast(0.0);
        /// MiB of memory held and written to during the fit.
        memory: f64 = 0.0, Domain::Between(0.0, 1_048_576.0);
        /// Probability of a failure, drawn from the seed.
        fail: f64 = 0.0, Domain::Between(0.0, 1.0);
        /// Panic.
        panic: bool = false, Domain::Any;
        /// Abort the worker process.
        abort: bool = false, Domain::Any;
        /// Never come back.
        hang: bool = false, Domain::Any;
        /// Report NaN as the score `value`.
        nan: bool = false, Domain::Any;
        /// Echoed as the score `value`.
        value: f64 = 0.0, Domain::Any;
    }
}

/// Does as it is told.
pub struct Debug;

impl Model for Debug {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "debug",
        about: "fails, sleeps, hangs or crashes on demand, for trying out a set-up",
        reference: "the habit of mlr3's debug learner",
        revision: 1,
        accepts: Accepts { weights: false, ..Accepts::ANYTHING },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: |values, _, _| (number(values, "seconds") + number(values, "sleep")).max(1e-3),
    };
}

fn number(values: &Values, name: &str) -> f64 {
    values.get(name).and_then(Value::as_number).unwrap_or(0.0)
}

impl Learner for Debug {
    fn fit(params: &Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let held = hold(params.memory)?;
        work(params.seconds, trial);
        std::thread::sleep(Duration::try_from_secs_f64(params.sleep).unwrap_or(Duration::MAX));
        if params.hang {
            loop {
                std::thread::sleep(Duration::from_hours(1));
            }
        }
        if params.abort {
            std::process::abort();
        }
        assert!(!params.panic, "told to panic");
        let drawn = trial.stream(Purpose::Noise, "debug").uniform();
        if drawn < params.fail {
            return Err(FitError::Failed(format!("told to fail with probability {}", params.fail)));
        }
        drop(held);
        let value = if params.nan { f64::NAN } else { params.value };
        trial.score("value", value);
        Ok(Box::new(First(data.task)))
    }
}

/// The first group or class for every row, and no outlier.
struct First(TaskKind);

impl Fitted for First {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let rows = rows.rows();
        Ok(match self.0 {
            TaskKind::Clustering => Predictions::Clusters(vec![0; rows]),
            TaskKind::Rules => Predictions::Rules(vec![0; rows]),
            TaskKind::Classification => Predictions::Classes { predicted: vec![Some(0); rows], probabilities: None },
            TaskKind::Outliers => Predictions::Outliers { outlier: vec![false; rows], score: vec![0.0; rows] },
        })
    }
}

/// Memory that is really there: every page is written to.
fn hold(mib: f64) -> Result<Vec<u8>, FitError> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    let bytes = (mib * 1024.0 * 1024.0) as usize;
    let mut held = Vec::new();
    held.try_reserve_exact(bytes).map_err(|_| FitError::Failed(format!("there are no {mib} MiB of memory")))?;
    held.resize(bytes, 1_u8);
    Ok(std::hint::black_box(held))
}

fn work(seconds: f64, trial: &mut TrialContext) {
    // Of the CPU, not of the clock on the wall: a busy machine takes longer, and does not do less.
    let began = Stopwatch::start();
    let mut step: u64 = 0;
    while began.cpu_seconds() < seconds {
        step += 1;
        let sum: u64 =
            (0..1_000_000_u64).fold(step, |sum, i| std::hint::black_box(sum.wrapping_mul(31).wrapping_add(i)));
        std::hint::black_box(sum);
        if step.is_multiple_of(100) {
            trial.progress("work", step, step, None);
        }
    }
}
