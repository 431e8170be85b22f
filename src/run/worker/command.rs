//! A program of the user's own: given a folder with `trial.json` and its data, watched, and its predictions read.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::clock::{Stopwatch, peak_mib_of};
use crate::diagnostic::io_words;
use crate::model::command::{Params, named_file};
use crate::model::{Predictions, TrialContext};
use crate::parameter::Parameters;
use crate::run::local::Ended;
use crate::run::prepare::Prepared;
use crate::run::protocol::Assignment;
use crate::run::scoring::Trouble;
use crate::run::worker::curves::Follow;
use crate::run::worker::family;
use crate::run::worker::fit::Times;
use crate::run::worker::log::Pump;
use crate::run::worker::plain::plain;
use crate::run::worker::tables::{self, NPY, Names, PROGRESS};
use crate::store::artifact;

/// The program is looked at after a twentieth of the time that it has run, and at least this often.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Runs the program for one trial; what it says of the rows that are judged.
///
/// # Errors
/// [`Trouble::Machine`] where it cannot be started or its folder not written; [`Trouble::Trial`] for what it does.
pub fn run(
    assignment: &Assignment,
    data: &Prepared,
    context: &mut TrialContext,
    times: &mut Times,
) -> Result<Predictions, Trouble> {
    let trial = &assignment.trial;
    let params = Params::from_values(&trial.params)
        .map_err(|(name, what)| Trouble::failed("fit", format!("parameter `{name}`: {what}")))?;
    let folder =
        artifact::fresh_work_folder(&assignment.results, &trial.id).map_err(|e| unwritten("its folder", &e))?;
    let names = Names::of(&data.test, params.inputs == NPY);
    names.notes().into_iter().for_each(|note| context.note(note));
    tables::hand_over(assignment, data, &params, &names, &folder).map_err(|error| unwritten("its data", &error))?;
    let log = artifact::log_path(&assignment.results, &trial.id);
    family::adopt();
    let (mut child, words) = start(&params, &assignment.program_base, &folder, &log)?;
    let mut progress = Follow::new(folder.join(PROGRESS));
    let clock = Stopwatch::start();
    let status = watch(&mut child, &mut progress, context, times, &clock);
    times.fit = clock.seconds();
    // What it left running ends with it: nothing of a trial disturbs the next, or writes where it is being read.
    let left = family::end();
    words.finish();
    progress.finish(context);
    if left > 0 {
        eprintln!("gridbook: the program has ended and left {left} processes running; they were killed");
    }
    let status = status.map_err(|error| Trouble::Machine(format!("lost its program: {}", io_words(&error))))?;
    // An empty log is not kept.
    let is_kept = fs::metadata(&log).is_ok_and(|meta| meta.len() > 0);
    let where_more = if is_kept { format!("; its log: trials/{}/log.txt", trial.id) } else { String::new() };
    let failed = |stage, what: String| Trouble::failed(stage, format!("{what}{where_more}"));
    if !status.success() {
        return Err(failed("fit", complaint(status, &log)));
    }
    let predictions = super::predictions::read(&folder.join(artifact::PREDICTIONS), assignment.data.task, data)
        .map_err(|what| failed("predict", what))?;
    // What it was given can be made again; what it left has been read.
    let _ = fs::remove_dir_all(&folder);
    Ok(predictions)
}

fn unwritten(what: &str, error: &io::Error) -> Trouble {
    Trouble::Machine(format!("cannot write {what}: {}", io_words(error)))
}

/// Starts the program. Its words go to the trial's log, as the worker's own do, but through a pipe: it may print without
/// end. It is in the worker's process group and dies with it.
fn start(params: &Params, base: &Path, folder: &Path, log: &Path) -> Result<(Child, Pump), Trouble> {
    let words: Vec<PathBuf> =
        params.run.0.iter().map(|word| named_file(word, base).unwrap_or_else(|| word.into())).collect();
    let (program, arguments) = words.split_first().ok_or_else(|| Trouble::failed("fit", "`run` names no program"))?;
    let spawn = || {
        let (reader, writer) = io::pipe()?;
        let pump = Pump::start(reader, log)?;
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()?;
        Ok((child, pump))
    };
    spawn().map_err(|error: io::Error| {
        Trouble::Machine(format!("`{}` cannot be started: {}", params.run.0[0], io_words(&error)))
    })
}

/// Waits for the program, passing on what it writes of its progress.
fn watch(
    child: &mut Child,
    progress: &mut Follow,
    context: &mut TrialContext,
    times: &mut Times,
    clock: &Stopwatch,
) -> io::Result<ExitStatus> {
    loop {
        times.program_mib = times.program_mib.max(peak_mib_of(&child.id().to_string()));
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        progress.look(context);
        thread::sleep((clock.elapsed() / 20).clamp(Duration::from_millis(1), LONGEST_PAUSE));
    }
}

/// How it ended, with the last thing it said.
fn complaint(status: ExitStatus, log: &Path) -> String {
    const LONGEST: usize = 200;
    let how = Ended::from(status);
    let text = last_words(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    // A last line that only resets colours says nothing.
    let lines = text.lines().rev().map(|line| plain(line).trim().to_owned());
    match lines.into_iter().find(|line| !line.is_empty()) {
        Some(line) => format!("the program {how}: {}", line.chars().take(LONGEST).collect::<String>()),
        None => format!("the program {how} and said nothing"),
    }
}

/// The end of a log.
fn last_words(log: &Path) -> io::Result<Vec<u8>> {
    const MANY: u64 = 1 << 16;
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MANY)))?;
    let mut bytes = Vec::new();
    file.take(MANY).read_to_end(&mut bytes)?;
    Ok(bytes)
}
