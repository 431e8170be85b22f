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
use crate::store::artifact;
use crate::store::outcome::Measured;

/// What makes one worker program different from the other.
pub struct Kind {
    /// The fits that it holds.
    pub fit: fn(&str) -> Option<Fit>,
    /// Sets its libraries up, once, and says what they are.
    pub prepare: fn() -> Result<Hello, String>,
}

/// The life of a worker: `--probe` says what it is and ends; otherwise requests are answered until there are no more.
pub fn main(kind: &Kind) -> ExitCode {
    let probe = std::env::args().nth(1).is_some_and(|argument| argument == "--probe");
    let served = (kind.prepare)().map_err(io::Error::other).and_then(|hello| serve(kind, &hello, probe));
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
    let fitted = report::spread(tell, |report| fit::run(kind.fit, assignment, memory, report));
    let fitted = match fitted {
        Ok(fitted) => fitted,
        Err(reason) => return send(replies, &Reply::Refused { trial: id.clone(), reason }),
    };
    let measured = Measured {
        started,
        wall_seconds: watch.seconds(),
        fit_seconds: fitted.times.fit,
        predict_seconds: fitted.times.predict,
        cpu_seconds: watch.cpu_seconds(),
        peak_mib: clock::peak_mib().max(fitted.times.program_mib),
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
