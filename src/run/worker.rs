//! Inside a worker process: one trial after the other, each with its own log, and exactly one outcome for each.

mod command;
mod curves;
mod family;
mod fit;
mod log;
mod plain;
mod predictions;
mod report;
mod tables;

use std::fs::{self, File};
use std::io::{self, BufRead, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;

use nix::sys::signal::{Signal, killpg, raise};
use nix::unistd::{dup, dup2_stderr, dup2_stdout, getpgrp, getpid};

use crate::clock::{self, Stopwatch};
use crate::diagnostic::io_words;
use crate::machine;
use crate::model::{Fit, Progress};
use crate::run::prepare::Memory;
use crate::run::protocol::{Assignment, Hello, Reply, Request};
use crate::stage::Cache;
use crate::store::artifact;
use crate::store::outcome::Measured;

/// What makes one worker program different from the other.
pub struct Kind {
    /// The fits that it holds.
    pub fit: fn(&str) -> Option<Fit>,
    /// Sets its libraries up, once, and says what they are.
    pub prepare: fn(&Told) -> Result<Hello, String>,
    /// The most GPU memory since it was last asked, MiB; gives back what is not in use.
    pub gpu_peak_mib: fn() -> f64,
}

/// What a worker is told at its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// It only says what it is.
    pub probe: bool,
    /// The model of the GPU to compute on, the only one that it sees; else the CPU.
    pub gpu: Option<String>,
    /// Threads of a trial.
    pub threads: u32,
}

impl Told {
    /// From the command line, which the run loop writes.
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut told = Told { probe: false, gpu: None, threads: 1 };
        for argument in arguments {
            let wrong = || format!("cannot make sense of `{argument}`");
            match argument.split_once('=') {
                None if argument == "--probe" => told.probe = true,
                Some(("--gpu", name)) => told.gpu = Some(name.to_owned()),
                Some(("--threads", number)) => told.threads = number.parse().map_err(|_| wrong())?,
                _ => return Err(wrong()),
            }
        }
        Ok(told)
    }
}

/// The life of a worker: `--probe` says what it is and ends; otherwise requests are answered until there are no more.
pub fn main(kind: &Kind) -> ExitCode {
    let prepared = Told::read(std::env::args().skip(1)).and_then(|told| Ok(((kind.prepare)(&told)?, told.probe)));
    let served = prepared.map_err(io::Error::other).and_then(|(hello, probe)| serve(kind, &hello, probe));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::from(3)
        }
    }
}

fn serve(kind: &Kind, hello: &Hello, probe: bool) -> io::Result<()> {
    // Whatever a library prints goes to the trial's log: the protocol moves to a descriptor of its own.
    let mut replies = File::from(dup(io::stdout())?);
    let silence: OwnedFd = File::options().write(true).open("/dev/null")?.into();
    send(&mut replies, &Reply::Hello(hello.clone()))?;
    if probe {
        return Ok(());
    }
    dup2_stdout(&silence)?;
    dup2_stderr(&silence)?;
    let mut memory = Memory::default();
    for request in requests() {
        let Request::Trials { trials } = request?;
        for assignment in trials {
            answer(kind, hello, &assignment, &mut memory, &mut replies)?;
            dup2_stdout(&silence)?;
            dup2_stderr(&silence)?;
            remove_if_empty(&artifact::log_path(&assignment.results, &assignment.trial.id));
        }
    }
    Ok(())
}

fn answer(
    kind: &Kind,
    hello: &Hello,
    assignment: &Assignment,
    memory: &mut Memory,
    replies: &mut File,
) -> io::Result<()> {
    let started = clock::now();
    let watch = Stopwatch::start();
    clock::reset_peak();
    let id = &assignment.trial.id;
    let log: OwnedFd = match artifact::create_log(&assignment.results, id) {
        Ok(file) => file.into(),
        Err(error) => {
            let reason = format!("cannot write its log: {}", io_words(&error));
            return send(replies, &Reply::Refused { trial: id.clone(), reason });
        }
    };
    dup2_stdout(&log)?;
    dup2_stderr(&log)?;
    let cache = assignment.cache.clone().map(|place| Cache::new(place, &hello.numeric_class));
    let tell = |progress: Progress| {
        let reply = Reply::Progress {
            trial: assignment.trial.id.clone(),
            phase: progress.phase,
            step: progress.step,
            of: progress.of,
            loss: progress.loss.filter(|loss| loss.is_finite()),
        };
        // Progress is lossy: if nobody listens any more, the outcome will find out.
        let _ = send(replies, &reply);
    };
    let fitted = report::spread(tell, |report| fit::run(kind.fit, assignment, cache.as_ref(), memory, report));
    let fitted = match fitted {
        Ok(fitted) => fitted,
        Err(reason) => return send(replies, &Reply::Refused { trial: id.clone(), reason }),
    };
    let stages = fitted.times.stages;
    let measured = Measured {
        started,
        wall_seconds: watch.seconds(),
        fit_seconds: fitted.times.fit,
        predict_seconds: fitted.times.predict,
        stage_seconds: stages.seconds,
        stages_read: stages.read,
        stages_computed: stages.computed,
        stage_trouble: stages.trouble,
        cpu_seconds: watch.cpu_seconds() + stages.recorded.cpu,
        peak_mib: clock::peak_mib().max(fitted.times.program_mib),
        gpu_peak_mib: (kind.gpu_peak_mib)(),
        device: hello.device.clone(),
        beside: assignment.beside,
        numeric_class: hello.numeric_class.clone(),
        machine: machine::class(),
        versions: hello.versions.clone(),
        ..Measured::default()
    };
    let reply = Reply::Outcome {
        trial: assignment.trial.id.clone(),
        result: Box::new(fitted.result),
        measured: Box::new(measured),
    };
    send(replies, &reply)
}

fn send(to: &mut File, reply: &Reply) -> io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    to.write_all(&line)
}

/// Requests in order. When the other side is gone the worker ends at once, with all that it started, even in the middle
/// of a fit: nobody is left to hear of it, and the next run begins the trial anew.
fn requests() -> impl Iterator<Item = io::Result<Request>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let request = line.and_then(|line| Ok(serde_json::from_str(&line)?));
            if sender.send(request).is_err() {
                return;
            }
        }
        // Programs that the fit has started are in this process's group.
        if getpgrp() == getpid() {
            let _ = killpg(getpid(), Signal::SIGKILL);
        }
        let _ = raise(Signal::SIGKILL);
    });
    receiver.into_iter()
}

fn remove_if_empty(log: &Path) {
    if fs::metadata(log).is_ok_and(|meta| meta.len() == 0) {
        let _ = fs::remove_file(log);
        // Goes through only when nothing else is in the folder.
        let _ = log.parent().map(fs::remove_dir);
    }
}
