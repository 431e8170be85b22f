//! A slot of this machine: at most one worker process at a time, one trial at a time in it.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::clock;
use crate::model::Program;
use crate::run::programs;
use crate::run::protocol::{Reply, Request};
use crate::run::queue::Job;
use crate::run::slots::SlotSpec;

/// What a worker's reader thread tells the loop.
pub enum Event {
    /// The worker said something.
    Reply(Reply),
    /// The worker is no more.
    Gone,
}

/// Slot, generation of its worker, event: what an old worker still says is told apart by the generation.
pub type Message = (usize, u64, Event);

struct Worker {
    program: Program,
    child: Child,
    requests: Option<ChildStdin>,
    greeted: bool,
    served: usize,
}

/// One slot.
pub struct Slot {
    index: usize,
    spec: SlotSpec,
    events: Sender<Message>,
    worker: Option<Worker>,
    generation: u64,
    job: Option<(Job, Instant)>,
    /// How long the trial has waited for a stage that another one is making, and since when it does now.
    waited: (Duration, Option<Instant>),
}

impl Slot {
    /// An empty slot.
    pub fn new(index: usize, spec: SlotSpec, events: Sender<Message>) -> Self {
        Slot { index, spec, events, worker: None, generation: 0, job: None, waited: Default::default() }
    }

    /// Where it is.
    pub fn spec(&self) -> &SlotSpec {
        &self.spec
    }

    /// The worker's process.
    pub fn process(&self) -> Option<u32> {
        self.worker.as_ref().map(|worker| worker.child.id())
    }

    /// Its number.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The trial at work.
    pub fn job(&self) -> Option<&Job> {
        self.job.as_ref().map(|(job, _)| job)
    }

    /// Takes the trial away, ended or not.
    pub fn take_job(&mut self) -> Option<Job> {
        self.job.take().map(|(job, _)| job)
    }

    /// Seconds since the trial was handed over, those of waiting left out; 0 without one.
    pub fn seconds(&self) -> f64 {
        let (waited, since) = self.waited;
        let waiting = since.map_or(Duration::ZERO, |since| since.elapsed());
        self.job.as_ref().map_or(0.0, |(_, began)| began.elapsed().saturating_sub(waited + waiting).as_secs_f64())
    }

    /// The trial begins to wait for another one's stage, or waits no longer.
    pub fn waits(&mut self, waits: bool) {
        let (waited, since) = &mut self.waited;
        match (waits, *since) {
            (true, None) => *since = Some(Instant::now()),
            (false, Some(began)) => {
                *waited += began.elapsed();
                *since = None;
            }
            _ => {}
        }
    }

    /// The program that runs here.
    pub fn program(&self) -> Option<Program> {
        self.worker.as_ref().map(|worker| worker.program)
    }

    /// Trials that the worker has been given, the one at work too.
    pub fn served(&self) -> usize {
        self.worker.as_ref().map_or(0, |worker| worker.served)
    }

    /// Whether an event is of the worker that is here now.
    pub fn is_current(&self, generation: u64) -> bool {
        self.generation == generation
    }

    /// Whether the worker has said hello.
    pub fn greeted(&self) -> bool {
        self.worker.as_ref().is_some_and(|worker| worker.greeted)
    }

    /// The worker has said hello: from now on the time counts.
    pub fn greet(&mut self) {
        if let Some(worker) = &mut self.worker {
            worker.greeted = true;
        }
        if let Some((_, began)) = &mut self.job {
            *began = Instant::now();
        }
    }

    /// Hands a trial to the worker, starting one where there is none of the right program.
    ///
    /// # Errors
    /// The trial back, with the reason why no worker can be started.
    pub fn start(&mut self, mut job: Job) -> Result<(), Box<(Job, String)>> {
        if self.program() != Some(job.program) {
            self.retire();
            if let Err(reason) = self.spawn(job.program) {
                return Err(Box::new((job, reason)));
            }
        }
        job.started = clock::now();
        let request = Request::Trials { trials: vec![job.assignment.clone()] };
        let mut line = match serde_json::to_vec(&request) {
            Ok(line) => line,
            Err(error) => return Err(Box::new((job, format!("it cannot be told to a worker: {error}")))),
        };
        line.push(b'\n');
        if let Some(worker) = &mut self.worker {
            worker.served += 1;
        }
        if let Some(requests) = self.worker.as_mut().and_then(|worker| worker.requests.as_mut()) {
            // A worker that is gone is noticed by its reader thread, with the trial still in this slot.
            let _ = requests.write_all(&line);
        }
        self.waited = Default::default();
        self.job = Some((job, Instant::now()));
        Ok(())
    }

    fn spawn(&mut self, program: Program) -> Result<(), String> {
        let mut child = programs::command(program, &self.spec)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("`{}` cannot be started: {error}", program.file_name()))?;
        self.generation += 1;
        let requests = child.stdin.take();
        if let Some(replies) = child.stdout.take() {
            let (events, index, generation) = (self.events.clone(), self.index, self.generation);
            thread::spawn(move || {
                for line in BufReader::new(replies).lines().map_while(Result::ok) {
                    let Ok(reply) = serde_json::from_str(&line) else { continue };
                    if events.send((index, generation, Event::Reply(reply))).is_err() {
                        return;
                    }
                }
                let _ = events.send((index, generation, Event::Gone));
            });
        }
        self.worker = Some(Worker { program, child, requests, greeted: false, served: 0 });
        Ok(())
    }

    /// Bytes that the worker and the programs that it started hold now.
    pub fn memory(&self) -> u64 {
        self.worker.as_ref().map_or(0, |worker| clock::resident(worker.child.id()))
    }

    /// What a worker said on standard error before its greeting: the loader's complaint, say.
    pub fn last_words(&mut self) -> Option<String> {
        let mut text = String::new();
        self.worker.as_mut()?.child.stderr.take()?.read_to_string(&mut text).ok()?;
        text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
    }

    /// How the worker ended, waiting for it.
    pub fn how_it_ended(&mut self) -> Ended {
        let status = self.worker.as_mut().and_then(|worker| worker.child.wait().ok());
        status.map_or(Ended::Unknown, Ended::from)
    }

    /// Lets an idle worker end by itself.
    pub fn retire(&mut self) {
        // What it holds of a GPU is free only when it is gone, and the next one may start at once.
        if self.spec.gpu().is_some() {
            return self.kill();
        }
        if let Some(mut worker) = self.worker.take() {
            self.generation += 1;
            drop(worker.requests.take());
            thread::spawn(move || worker.child.wait());
        }
    }

    /// Kills the worker with everything it started.
    pub fn kill(&mut self) {
        if let Some(mut worker) = self.worker.take() {
            self.generation += 1;
            if let Ok(id) = i32::try_from(worker.child.id()) {
                let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
            }
            let _ = worker.child.wait();
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Killed from outside, or by a fault of its own.
    Signal(i32),
    /// By itself.
    Code(i32),
    /// Nobody knows.
    Unknown,
}

impl Ended {
    /// Whether somebody killed it, as a system short of memory does.
    pub fn was_killed(self) -> bool {
        self == Ended::Signal(Signal::SIGKILL as i32)
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.signal(), status.code()) {
            (Some(signal), _) => Ended::Signal(signal),
            (None, Some(code)) => Ended::Code(code),
            (None, None) => Ended::Unknown,
        }
    }
}

/// As in "the worker died of signal 9 (SIGKILL)".
impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Ended::Signal(signal) => match Signal::try_from(signal) {
                Ok(name) => write!(f, "died of signal {signal} ({})", name.as_str()),
                Err(_) => write!(f, "died of signal {signal}"),
            },
            Ended::Code(code) => write!(f, "ended with exit code {code}"),
            Ended::Unknown => f.write_str("is gone"),
        }
    }
}
