//! A program of the user's own: given a folder with `trial.json` and its data, watched, and its predictions read.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use ndarray_npy::WriteNpyExt;
use serde_json::json;

use crate::clock::{Stopwatch, peak_mib_of};
use crate::dataset::{Dataset, View};
use crate::diagnostic::io_words;
use crate::model::command::{Params, named_file, own_parameters};
use crate::model::{Predictions, TaskKind, TrialContext};
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
use crate::store::artifact;

const PROGRESS: &str = "progress.jsonl";
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
    hand_over(assignment, data, &params, &folder).map_err(|error| unwritten("its data", &error))?;
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
    if !status.success() {
        return Err(Trouble::failed("fit", complaint(status, &log)));
    }
    let predictions = super::predictions::read(&folder.join(artifact::PREDICTIONS), assignment.data.task, data)
        .map_err(|what| Trouble::failed("predict", what))?;
    // What it was given can be made again; what it left has been read.
    let _ = fs::remove_dir_all(&folder);
    Ok(predictions)
}

fn unwritten(what: &str, error: &io::Error) -> Trouble {
    Trouble::Machine(format!("cannot write {what}: {}", io_words(error)))
}

/// Tables of a trial: name of the part and its rows.
fn parts(task: TaskKind, data: &Prepared, labels: bool) -> Vec<(&'static str, Dataset, Vec<usize>)> {
    if !task.is_supervised() {
        let shown = if labels { &data.test } else { &data.hidden };
        return vec![("data", (**shown).clone(), data.rows.test.clone())];
    }
    let mut parts = vec![
        ("train", (*data.train).clone(), data.rows.train.clone()),
        ("test", (*data.hidden).clone(), data.rows.test.clone()),
    ];
    if let Some(validation) = &data.validation {
        parts.push(("validation", (**validation).clone(), data.rows.validation.clone()));
    }
    parts
}

fn hand_over(assignment: &Assignment, data: &Prepared, params: &Params, folder: &Path) -> io::Result<()> {
    let task = assignment.data.task;
    let mut files = serde_json::Map::new();
    for (name, rows, numbers) in parts(task, data, params.labels) {
        let names = if params.inputs == "npy" {
            write_arrays(folder, name, &rows, &numbers)?
        } else {
            write_table(&folder.join(format!("{name}.csv")), &rows, &numbers)?;
            json!(format!("{name}.csv"))
        };
        files.insert(name.to_owned(), names);
    }
    let labels = data.test.labels.as_ref();
    let trial = &assignment.trial;
    let told = json!({
        "format": 1,
        "task": task,
        "dataset": trial.dataset, "pipeline": trial.pipeline, "model": trial.model,
        "split": trial.split, "fold": trial.fold, "seed": trial.seed,
        "parameters": own_parameters(&trial.params),
        "device": "cpu",
        "classes": labels.filter(|_| task.is_supervised()).map(|labels| &labels.classes),
        "label": labels.filter(|_| task.is_supervised() || params.labels).map(|labels| &labels.name),
        "clusters": data.test.classes(),
        "files": files,
        "predictions": artifact::PREDICTIONS,
        "progress": PROGRESS,
        "time_limit_seconds": assignment.seconds,
    });
    fs::write(folder.join("trial.json"), serde_json::to_vec_pretty(&told)?)
}

/// `row`, the columns of every view, the text, the class.
fn write_table(path: &Path, data: &Dataset, numbers: &[usize]) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    let mut header = vec!["row".to_owned()];
    header.extend(data.views.iter().flat_map(|view| view.columns.iter().map(|column| column.name.clone())));
    header.extend(data.documents.iter().map(|documents| documents.name.clone()));
    header.extend(data.labels.iter().map(|labels| labels.name.clone()));
    writer.write_record(&header)?;
    for (row, number) in numbers.iter().enumerate() {
        let mut record = vec![number.to_string()];
        record.extend(data.views.iter().flat_map(|view| (0..view.columns.len()).map(move |i| cell(view, row, i))));
        record.extend(data.documents.iter().map(|documents| documents.texts[row].clone()));
        record.extend(data.labels.iter().map(|labels| labels.classes[labels.codes[row]].clone()));
        writer.write_record(&record)?;
    }
    writer.flush()
}

fn cell(view: &View, row: usize, column: usize) -> String {
    let x = view.values[[row, column]];
    match &view.columns[column].words {
        _ if x.is_nan() => String::new(),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a word")]
        Some(words) => words.get(x as usize).cloned().unwrap_or_default(),
        None => x.to_string(),
    }
}

/// One array a view, the row numbers, and the class codes.
fn write_arrays(folder: &Path, part: &str, data: &Dataset, numbers: &[usize]) -> io::Result<serde_json::Value> {
    let mut names = serde_json::Map::new();
    let codes = |codes: &[usize]| codes.iter().map(|code| i64::try_from(*code).unwrap_or(i64::MAX)).collect();
    let mut integers: Vec<(String, ndarray::Array1<i64>)> = vec![("rows".to_owned(), codes(numbers))];
    integers.extend(data.labels.iter().map(|labels| ("labels".to_owned(), codes(&labels.codes))));
    let create = |name: &str, names: &mut serde_json::Map<String, serde_json::Value>| {
        let file = format!("{part}.{name}.npy");
        names.insert(name.to_owned(), json!(file));
        File::create(folder.join(file)).map(BufWriter::new)
    };
    for view in &data.views {
        view.values.write_npy(create(&view.name, &mut names)?).map_err(io::Error::other)?;
    }
    for (name, values) in integers {
        values.write_npy(create(&name, &mut names)?).map_err(io::Error::other)?;
    }
    Ok(names.into())
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
