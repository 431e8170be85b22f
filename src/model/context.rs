//! What a model is given beside its data: random streams, and places to report to.

use std::collections::BTreeMap;

use crate::clock::Stopwatch;
use crate::model::FitError;
use crate::rng::{Purpose, Stream};
use crate::stage::{Begun, Cache, Found, Seconds, Trace, Used, Wanted};

/// Where a fit is, for the screen; lossy.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// `pretrain`, `cluster`, ...
    pub phase: String,
    /// Epoch or iteration, from 1.
    pub step: u64,
    /// How many there will be at most.
    pub of: u64,
    /// The loss there.
    pub loss: Option<f64>,
}

/// The phase of a fit that waits for a stage which another trial is making.
pub const WAITING: &str = "waiting";

/// One point of a curve, kept with the trial's artifacts.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// `pretrain`, `cluster`, ...
    pub phase: String,
    /// `loss`, `reconstruction`, `changed`, ...
    pub name: String,
    /// Epoch or iteration, from 1 within its phase.
    pub step: u64,
    /// Its value; may be NaN.
    pub value: f64,
}

/// Given to a model for one fit.
pub struct TrialContext<'a> {
    seed: u64,
    classes: Option<usize>,
    /// The fold, where the split has several.
    pub fold: Option<u32>,
    report: &'a mut dyn FnMut(Progress),
    /// Where stages are kept; none where they are not.
    cache: Option<&'a Cache>,
    /// What was had of stages so far.
    pub stages: Used,
    /// Curves so far, in order.
    pub curves: Vec<CurvePoint>,
    /// Whole numbers worth keeping.
    pub counts: BTreeMap<String, i64>,
    /// Remarks for the reader of the report.
    pub notes: Vec<String>,
    /// Scores that the model itself reports, by metric name; NaN is recorded as undefined.
    pub scores: Vec<(String, f64)>,
}

impl<'a> TrialContext<'a> {
    /// For one trial: its seed, the number of known classes (not the classes), and who hears of progress.
    pub fn new(seed: u64, classes: Option<usize>, report: &'a mut dyn FnMut(Progress)) -> Self {
        TrialContext {
            seed,
            classes,
            fold: None,
            report,
            cache: None,
            stages: Used::default(),
            curves: Vec::new(),
            counts: BTreeMap::new(),
            notes: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// The same with a place where stages are kept.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<&'a Cache>) -> Self {
        self.cache = cache;
        self
    }

    /// The random stream for a part of a model: the same for every model that has this part.
    pub fn stream(&self, purpose: Purpose, part: &str) -> Stream {
        Stream::new(self.seed, purpose, part)
    }

    /// The trial's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// `clusters` as given, else the number of classes.
    ///
    /// # Errors
    /// There are neither, or more clusters than rows.
    pub fn clusters(&self, given: Option<usize>, rows: usize) -> Result<usize, FitError> {
        let clusters = given.or(self.classes).ok_or_else(|| {
            FitError::Failed("`clusters` is not given and the data have no classes to count".to_owned())
        })?;
        if clusters > rows {
            return Err(FitError::NotApplicable(format!("{clusters} clusters of {rows} rows")));
        }
        Ok(clusters)
    }

    /// Tells the screen where the fit is.
    pub fn progress(&mut self, phase: &str, step: u64, of: u64, loss: Option<f64>) {
        (self.report)(Progress { phase: phase.to_owned(), step, of, loss });
    }

    /// Adds a point to a curve.
    pub fn curve(&mut self, phase: &str, name: &str, step: u64, value: f64) {
        self.curves.push(CurvePoint { phase: phase.to_owned(), name: name.to_owned(), step, value });
    }

    /// Keeps a whole number with the result.
    pub fn count(&mut self, name: &str, value: usize) {
        self.counts.insert(name.to_owned(), i64::try_from(value).unwrap_or(i64::MAX));
    }

    /// Reports a score of the model's own, by metric name.
    pub fn score(&mut self, name: &str, value: f64) {
        self.scores.push((name.to_owned(), value));
    }

    /// Adds a remark for the reader of the report.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// A stage: computed here, or read where it was computed before. `compute` gives the product as bytes and may use
    /// of the context its streams, curves, counts and remarks, which are kept with it; `read` makes the product from
    /// the bytes, or none where they are not its. Both ways end in `read`, so that they cannot differ. Whatever else
    /// `compute` leaves behind (a library's own generator, say) the caller sets afterwards in every case.
    ///
    /// # Errors
    /// As `compute`, which is called every time until it succeeds; nothing about files is an error.
    pub fn stage<T>(
        &mut self,
        wanted: &Wanted<'_>,
        compute: impl FnOnce(&mut Self) -> Result<Vec<u8>, FitError>,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, FitError> {
        let watch = Stopwatch::start();
        let mut mine = None;
        if let Some(cache) = self.cache {
            let key = wanted.key(self.seed, cache.class());
            match cache.begin(&key, &read, || self.progress(WAITING, 0, 0, None)) {
                Begun::Found(found) => return Ok(self.found(found, watch)),
                Begun::Mine(permit) => mine = Some((cache, key, permit)),
                Begun::Without(trouble) => self.stages.trouble = Some(trouble),
            }
        }
        self.stages.aside += watch.seconds();
        let (trace, bytes, seconds) = self.computed(compute)?;
        let watch = Stopwatch::start();
        if let Some((cache, key, permit)) = mine
            && let Err(trouble) = cache.keep(permit, &key, seconds, &trace, &bytes)
        {
            self.stages.trouble = Some(trouble);
        }
        self.say(trace);
        let product = read(&bytes);
        self.stages.aside += watch.seconds();
        product.ok_or_else(|| FitError::Failed(format!("stage `{}` does not read what it gave", wanted.spec.kind)))
    }

    /// Takes over a stage that was read.
    fn found<T>(&mut self, found: Found<T>, watch: Stopwatch) -> T {
        self.say(found.trace);
        self.stages.read += 1;
        self.stages.seconds += found.seconds.wall;
        self.stages.recorded.wall += found.seconds.wall;
        self.stages.recorded.cpu += found.seconds.cpu;
        self.stages.aside += watch.seconds();
        found.product
    }

    /// Computes a stage; what it said is set apart from what the trial has said before.
    fn computed(
        &mut self,
        compute: impl FnOnce(&mut Self) -> Result<Vec<u8>, FitError>,
    ) -> Result<(Trace, Vec<u8>, Seconds), FitError> {
        let said = self.take_trace();
        let before = std::mem::take(&mut self.stages);
        let watch = Stopwatch::start();
        let bytes = compute(self);
        let (wall, cpu) = (watch.seconds(), watch.cpu_seconds());
        let trace = self.take_trace();
        self.say(said);
        // Stages within it are a part of its time.
        let within = std::mem::replace(&mut self.stages, before);
        let seconds =
            Seconds { wall: (wall - within.aside).max(0.0) + within.recorded.wall, cpu: cpu + within.recorded.cpu };
        self.stages.read += within.read;
        self.stages.computed += within.computed;
        self.stages.recorded.wall += within.recorded.wall;
        self.stages.recorded.cpu += within.recorded.cpu;
        self.stages.aside += within.aside;
        self.stages.trouble = within.trouble.or(self.stages.trouble.take());
        let bytes = bytes?;
        self.stages.computed += 1;
        self.stages.seconds += seconds.wall;
        Ok((trace, bytes, seconds))
    }

    fn take_trace(&mut self) -> Trace {
        Trace {
            curves: std::mem::take(&mut self.curves),
            counts: std::mem::take(&mut self.counts),
            notes: std::mem::take(&mut self.notes),
            scores: std::mem::take(&mut self.scores),
        }
    }

    fn say(&mut self, trace: Trace) {
        self.curves.extend(trace.curves);
        self.counts.extend(trace.counts);
        self.notes.extend(trace.notes);
        self.scores.extend(trace.scores);
    }
}
