//! A folder of its own for each test, with experiment files in it and gridbook run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;

pub struct Project {
    folder: TempDir,
}

impl Project {
    pub fn new() -> Self {
        Project { folder: tempfile::tempdir().unwrap() }
    }

    /// With an experiment file `experiment.toml`.
    pub fn with(text: &str) -> Self {
        let project = Project::new();
        project.write("experiment.toml", text);
        project
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gridbook"));
        command.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null());
        command.env_remove("GRIDBOOK_DATA").env_remove("GRIDBOOK_JOBS");
        // No test sees what another one or its user has kept.
        command.env("GRIDBOOK_CACHE", self.path("cache"));
        // Whatever machine this is, tests compute on its CPU; those of GPUs bring their own.
        command.env("CUDA_VISIBLE_DEVICES", "").env_remove("GRIDBOOK_GPUS_FILE");
        command
    }

    pub fn gridbook(&self, arguments: &[&str]) -> Said {
        Said::from(self.command(arguments).output().unwrap())
    }

    pub fn json(&self, arguments: &[&str]) -> Json {
        let said = self.gridbook(arguments);
        serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", said.stdout, said.stderr))
    }

    /// Ids of the plan, in order.
    pub fn ids(&self, file: &str) -> Vec<String> {
        let plan = self.json(&["plan", file, "--json"]);
        plan["trials"].as_array().unwrap().iter().map(|trial| trial["id"].as_str().unwrap().to_owned()).collect()
    }
}

pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Said {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The bytes of every `result` block that counts, by trial: the first finished attempt's, else the last one's.
pub fn result_blocks(results: &Path) -> BTreeMap<String, String> {
    let mut blocks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in journal_lines(results) {
        if let Some((trial, block)) = end_of(&line) {
            blocks.entry(trial).or_default().push(block);
        }
    }
    let done = |block: &String| block.contains(r#""status":"finished""#);
    blocks
        .into_iter()
        .map(|(trial, blocks)| {
            let block = blocks.iter().find(|block| done(block)).or(blocks.last()).cloned().unwrap();
            (trial, block)
        })
        .collect()
}

/// Every whole line of every journal, journals in order of their names.
pub fn journal_lines(results: &Path) -> Vec<String> {
    let mut files: Vec<PathBuf> = match fs::read_dir(results.join("journal")) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    };
    files.sort();
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| {
            text.split_inclusive('\n').filter(|l| l.ends_with('\n')).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// Trial and the bytes of the result block of an `end` line.
pub fn end_of(line: &str) -> Option<(String, String)> {
    if !line.starts_with(r#"{"kind":"end","#) {
        return None;
    }
    let trial = line.split(r#""trial":""#).nth(1)?.split('"').next()?;
    let block = line.split(r#""result":"#).nth(1)?.split(r#","measured":"#).next()?;
    Some((trial.to_owned(), block.to_owned()))
}

/// Every artifact by path within `trials/`, logs left out.
pub fn artifacts(results: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(trials) = fs::read_dir(results.join("trials")) else { return found };
    for trial in trials {
        let trial = trial.unwrap().path();
        for file in fs::read_dir(&trial).unwrap() {
            let file = file.unwrap().path();
            let name = format!(
                "{}/{}",
                trial.file_name().unwrap().to_str().unwrap(),
                file.file_name().unwrap().to_str().unwrap()
            );
            if !name.ends_with("log.txt") {
                found.insert(name, fs::read(&file).unwrap());
            }
        }
    }
    found
}

pub fn wait_until(condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(30), "waited too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}
