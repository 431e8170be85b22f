//! What a person sees of a run: bars on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::plan::trial::Trial;
use crate::settings;
use crate::store::outcome::Status;

/// A trial's end, for a line.
pub struct Line {
    /// How it ended.
    pub status: Status,
    /// The first metric and its value.
    pub score: Option<(String, f64)>,
    /// Why it is not finished.
    pub reason: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

/// What is known of a model's speed.
#[derive(Default)]
struct Pace {
    ahead: usize,
    ended: usize,
    seconds: f64,
}

/// The screen during a run.
pub struct Screen {
    interactive: bool,
    bars: MultiProgress,
    total: ProgressBar,
    slots: Vec<ProgressBar>,
    planned: usize,
    ended: usize,
    failed: usize,
    workers: usize,
    began: Instant,
    /// Trials ahead, and seconds and number of ended ones, by model.
    pace: BTreeMap<String, Pace>,
    /// Parameters worth showing: the swept ones.
    swept: Vec<String>,
}

impl Screen {
    /// For trials of these models on so many workers.
    pub fn new<'j>(models: impl Iterator<Item = &'j str>, workers: usize, swept: Vec<String>) -> Self {
        let mut pace: BTreeMap<String, Pace> = BTreeMap::new();
        models.for_each(|model| pace.entry(model.to_owned()).or_default().ahead += 1);
        let planned = pace.values().map(|pace| pace.ahead).sum::<usize>();
        let interactive = settings::interactive();
        let target = if interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let style =
            |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let slots =
            (0..workers).map(|_| bars.add(ProgressBar::new_spinner().with_style(style("  {wide_msg}")))).collect();
        let total = bars.add(ProgressBar::new(planned as u64));
        total.set_style(style("{bar:28} {pos}/{len} trials  {msg}"));
        Screen {
            interactive,
            bars,
            total,
            slots,
            planned,
            ended: 0,
            failed: 0,
            workers: workers.max(1),
            began: Instant::now(),
            pace,
            swept,
        }
    }

    /// A trial began.
    pub fn started(&self, slot: usize, trial: &Trial) {
        if let Some(bar) = self.slots.get(slot) {
            bar.set_message(self.name(trial));
            bar.set_prefix(self.name(trial));
            bar.tick();
        }
    }

    /// A fit went on.
    pub fn progressed(&self, slot: usize, phase: &str, step: u64, of: u64, loss: Option<f64>) {
        if let Some(bar) = self.slots.get(slot) {
            let loss = loss.map_or_else(String::new, |loss| format!(", loss {loss:.4}"));
            bar.set_message(format!("{}  {phase} {step} of {of}{loss}", bar.prefix()));
            bar.tick();
        }
    }

    /// A trial ended.
    pub fn ended(&mut self, slot: usize, trial: &Trial, line: &Line) {
        self.ended += 1;
        self.failed += usize::from(!line.status.is_done());
        let pace = self.pace.entry(trial.model.clone()).or_default();
        pace.ahead = pace.ahead.saturating_sub(1);
        pace.ended += 1;
        pace.seconds += line.seconds;
        let what = match (&line.score, &line.reason) {
            (Some((name, value)), None) => format!("{name} {value:.3}"),
            (_, Some(reason)) => format!("{}: {reason}", line.status.word().replace('_', " ")),
            (None, None) => line.status.word().replace('_', " "),
        };
        let text = format!("{}  {what}  {}", self.name(trial), seconds(line.seconds));
        if self.interactive {
            if !line.status.is_done() {
                let _ = self.bars.println(text);
            }
            self.total.set_position(self.ended as u64);
            self.total.set_message(self.outlook());
            if let Some(bar) = self.slots.get(slot) {
                bar.set_message("");
            }
        } else {
            let width = self.planned.to_string().len();
            eprintln!("[{:>width$}/{}] {text}  ({})", self.ended, self.planned, self.outlook());
        }
    }

    /// A trial is tried again because its worker died.
    pub fn again(&self, trial: &Trial, how: &str) {
        self.say(&format!("{}: the worker {how}; trying again", self.name(trial)));
    }

    /// Trials were taken out of the plan because they cannot run here.
    pub fn dropped<'j>(&mut self, models: impl Iterator<Item = &'j str>) {
        for model in models {
            self.planned = self.planned.saturating_sub(1);
            if let Some(pace) = self.pace.get_mut(model) {
                pace.ahead = pace.ahead.saturating_sub(1);
            }
        }
        self.total.set_length(self.planned as u64);
    }

    /// Takes the bars away.
    pub fn finish(&self) {
        self.slots.iter().for_each(ProgressBar::finish_and_clear);
        self.total.finish_and_clear();
        let _ = self.bars.clear();
    }

    fn say(&self, text: &str) {
        if self.interactive {
            let _ = self.bars.println(text);
        } else {
            eprintln!("{text}");
        }
    }

    /// Failures so far and the time left, from the mean time of each model; of a model that has not been seen yet
    /// only the slowest known one can be said, so it is "at least".
    fn outlook(&self) -> String {
        let mut text = String::new();
        if self.failed > 0 {
            text = format!("{} failed, ", self.failed);
        }
        if self.ended >= self.planned {
            return text + "done after " + &seconds(self.began.elapsed().as_secs_f64());
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of trials")]
        let float = |n: usize| n as f64;
        let mean = |pace: &Pace| (pace.ended > 0).then(|| pace.seconds / float(pace.ended));
        let slowest = self.pace.values().filter_map(mean).fold(0.0, f64::max);
        let left: f64 = self.pace.values().map(|pace| mean(pace).unwrap_or(slowest) * float(pace.ahead)).sum();
        let unseen = self.pace.values().any(|pace| pace.ended == 0 && pace.ahead > 0);
        text + if unseen { "at least " } else { "about " } + &seconds(left / float(self.workers)) + " left"
    }

    fn name(&self, trial: &Trial) -> String {
        trial.words(&self.swept)
    }
}

/// `0.4 s`, `12 s`, `3 min 5 s`.
pub fn seconds(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = Duration::from_secs_f64(seconds.round().clamp(0.0, 1e9));
    match (whole.as_secs() / 3600, whole.as_secs() / 60 % 60, whole.as_secs() % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}
