//! The experiment files of four papers: the grammar says every table and figure of theirs. Of a file that needs models
//! of later versions nothing is said but that.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Project;

const FOLDERS: &[&str] = &["adaptive-spectral", "att-vae", "distress", "early-warning"];

/// The files of a paper; those without a name of their own are fragments that others extend.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let every = FOLDERS.iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap().flatten());
    let mut files: Vec<PathBuf> =
        every.map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|x| x == "toml")).collect();
    files.retain(|path| {
        let text = fs::read_to_string(path).unwrap();
        let mut head = text.lines().take_while(|line| !line.starts_with('['));
        head.any(|line| line.split('=').next().is_some_and(|key| key.trim() == "name"))
    });
    files.sort();
    files
}

fn is_bundled(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("bundled"))
}

/// What `check` says of a file beside "not in this version".
fn said(path: &Path, data: &Path) -> String {
    let project = Project::new();
    let output =
        project.command(&["check", path.to_str().unwrap(), "--json"]).env("GRIDBOOK_DATA", data).output().unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).is_empty(), "{output:?}");
    let lines = list
        .iter()
        .filter(|d| d["code"] != "not-in-this-version")
        .map(|d| format!("{}:{}: {}\n", path.display(), d["line"], d["message"].as_str().unwrap_or_default()));
    lines.collect::<Vec<_>>().concat()
}

#[test]
fn what_runs_from_a_clone_has_no_mistakes() {
    let files: Vec<PathBuf> = files().into_iter().filter(|path| is_bundled(path)).collect();
    for folder in FOLDERS {
        assert!(files.iter().any(|path| path.ends_with(format!("{folder}/bundled.toml"))), "{folder}");
    }
    let wrong: Vec<String> = files.iter().map(|path| said(path, Path::new("nowhere"))).collect();
    assert!(wrong.concat().is_empty(), "{}", wrong.concat());
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn every_table_and_figure_is_a_file_without_mistakes() {
    let data =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared")).join("data");
    let files: Vec<PathBuf> = files().into_iter().filter(|path| !is_bundled(path)).collect();
    assert!(files.len() >= 18, "{} files", files.len());
    let wrong: Vec<String> = files.iter().map(|path| said(path, &data)).collect();
    assert!(wrong.concat().is_empty(), "{}", wrong.concat());
}
