//! What a person sees of a run: bars on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::context::WAITING;
use crate::plan::forecast::Forecast;
use crate::plan::trial::Trial;
use crate::run::queue::Job;
use crate::settings;
use crate::store::outcome::Status;
use crate::store::stop::Stop;

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

/// How often a screen is drawn anew.
const REDRAW: Duration = Duration::from_millis(200);

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
    forecast: Forecast,
    /// What is said of the time left, and when it was found out.
    outlook: (String, Option<Instant>),
    /// Parameters worth showing: the swept ones.
    swept: Vec<String>,
}

impl Screen {
    /// For so many trials, which the forecast expects, in so many slots, of which so many work at a time.
    pub fn new(planned: usize, slots: usize, workers: usize, swept: Vec<String>, forecast: Forecast) -> Self {
        let interactive = settings::interactive();
        let target = if interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let style =
            |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let slots =
            (0..slots).map(|_| bars.add(ProgressBar::new_spinner().with_style(style("  {wide_msg}")))).collect();
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
            forecast,
            outlook: (String::new(), None),
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
            let at =
                if phase == WAITING { "waits for a stage".to_owned() } else { format!("{phase} {step} of {of}{loss}") };
            bar.set_message(format!("{}  {at}", bar.prefix()));
            bar.tick();
        }
    }

    /// A trial ended.
    pub fn ended(&mut self, slot: usize, trial: &Trial, line: &Line) {
        self.ended += 1;
        self.failed += usize::from(!line.status.is_done());
        self.forecast.settle(&trial.id, line.status.is_done().then_some(line.seconds));
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
            let outlook = self.outlook();
            self.total.set_message(outlook);
            if let Some(bar) = self.slots.get(slot) {
                bar.set_message("");
            }
        } else {
            let width = self.planned.to_string().len();
            let outlook = self.outlook();
            let outlook = if outlook.is_empty() { outlook } else { format!("  ({outlook})") };
            eprintln!("[{:>width$}/{}] {text}{outlook}", self.ended, self.planned);
        }
    }

    /// A trial is tried again because its worker died.
    pub fn again(&self, trial: &Trial, how: &str, alone: bool) {
        let how_again = if alone { "trying again with nothing beside it" } else { "trying again" };
        self.say(&format!("{}: the worker {how}; {how_again}", self.name(trial)));
    }

    /// A trial was taken out because it cannot run here, or has run elsewhere.
    pub fn dropped(&mut self, job: &Job) {
        self.forecast.settle(job.id(), None);
        self.planned = self.planned.saturating_sub(1);
        self.total.set_length(self.planned as u64);
    }

    /// The run is told to stop, with so many trials at work.
    pub fn stopping(&self, stop: Stop, at_work: usize) {
        let trials = if at_work == 1 { "the trial".to_owned() } else { format!("the {at_work} trials") };
        match stop {
            Stop::Finish if at_work > 0 => {
                self.say(&format!("finishing {trials} at work; Ctrl-C again stops now"));
            }
            Stop::Now if at_work > 0 => self.say(&format!("stopping {trials} at work")),
            _ => {}
        }
    }

    /// Time goes on.
    pub fn tick(&mut self) {
        if self.interactive && self.outlook.1.is_none_or(|since| since.elapsed() > REDRAW) {
            let outlook = self.outlook();
            self.total.set_message(outlook);
        }
    }

    /// Takes the bars away.
    pub fn finish(&self) {
        self.slots.iter().for_each(ProgressBar::finish_and_clear);
        self.total.finish_and_clear();
        let _ = self.bars.clear();
    }

    /// A line that stays.
    pub fn say(&self, text: &str) {
        if self.interactive {
            let _ = self.bars.println(text);
        } else {
            eprintln!("{text}");
        }
    }

    /// Failures so far, the rate, and the time left by the forecast.
    fn outlook(&mut self) -> String {
        if self.outlook.1.is_none_or(|since| since.elapsed() > REDRAW) || self.ended >= self.planned {
            self.outlook = (self.fresh_outlook(), Some(Instant::now()));
        }
        self.outlook.0.clone()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of trials")]
    fn fresh_outlook(&self) -> String {
        let passed = self.began.elapsed().as_secs_f64();
        let mut parts = Vec::new();
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        if self.ended >= self.planned {
            parts.push(format!("done after {}", seconds(passed)));
            return parts.join(", ");
        }
        if self.ended > self.workers && passed > 1.0 {
            parts.push(rate(self.ended as f64 / passed));
        }
        if let Some(left) = self.forecast.left() {
            parts.push(format!("about {} left", seconds(left / self.workers as f64)));
        }
        parts.join(", ")
    }

    fn name(&self, trial: &Trial) -> String {
        trial.words(&self.swept)
    }
}

/// `12 a second`, `3.5 a minute`, `2 an hour`.
fn rate(a_second: f64) -> String {
    let (number, unit) = match a_second {
        x if x >= 1.0 => (x, "a second"),
        x if x * 60.0 >= 1.0 => (x * 60.0, "a minute"),
        x => (x * 3600.0, "an hour"),
    };
    if number < 10.0 { format!("{number:.1} {unit}") } else { format!("{number:.0} {unit}") }
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
