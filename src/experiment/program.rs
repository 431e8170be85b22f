//! Whether a program of the user's own is there: what `run` starts, and the scripts that it names.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Problem, nearest};
use crate::experiment::blocks::ModelBlock;
use crate::model::command::{Params, named_file};
use crate::parameter::Parameters;
use crate::settings;

/// A word of `run` that ends so is a file of code.
const SCRIPTS: &[&str] = &["py", "R", "jl", "sh", "pl", "rb", "js", "lua"];

/// What is wrong with the words of a model's `run`; `base` is the folder of the file that states it.
pub fn check(model: &ModelBlock, base: &Path, problems: &mut Vec<Problem>) {
    let Ok(params) = Params::from_values(&model.fixed) else { return };
    let Some((program, arguments)) = params.run.0.split_first() else { return };
    let place = model.fixed_places.get("run").unwrap_or(&model.place);
    let absent = |word: &String| {
        let problem = Problem::error(place, "data-file", format!("`run` names `{word}`, which is not there"));
        match nearest_file(word, base) {
            Some(near) => problem.nearest(word, [near.as_str()]),
            None => problem.help(format!("it is looked for in `{}`", folder(word, base).display())),
        }
    };
    match named_file(program, base) {
        Some(path) if !is_executable(&path) => {
            let message = format!("`run` starts `{program}`, which is not marked as executable");
            let help = format!("name what runs it, like `[\"python3\", \"{program}\"]`, or `chmod +x {program}`");
            problems.push(Problem::error(place, "data-file", message).help(help));
        }
        Some(_) => {}
        None if program.contains('/') => problems.push(absent(program)),
        None => problems.extend(not_on_path(program).map(|(message, near)| {
            // The file may be right: another machine, on which it runs, can have what this one lacks. `run` leaves
            // the trials pending here, and ends with 3.
            let problem = Problem::warning(place, "program", message);
            near.iter().fold(problem, |problem, near| problem.nearest(program, [near.as_str()]))
        })),
    }
    problems.extend(arguments.iter().filter(|word| is_script(word) && named_file(word, base).is_none()).map(absent));
}

/// Whether a word names a file of code, and not an option or a line of code.
fn is_script(word: &str) -> bool {
    let ending = Path::new(word).extension().and_then(|ending| ending.to_str());
    let plain = !word.starts_with('-') && !word.contains(char::is_whitespace) && !word.contains("://");
    plain && ending.is_some_and(|ending| SCRIPTS.contains(&ending))
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Where a file of this name is looked for.
fn folder(word: &str, base: &Path) -> PathBuf {
    base.join(word).parent().map_or_else(|| base.to_owned(), Path::to_owned)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// The name that a file most likely has, as `run` would say it.
fn nearest_file(word: &str, base: &Path) -> Option<String> {
    let (before, name) = word.rsplit_once('/').map_or(("", word), |(before, name)| (before, name));
    let names = names(&folder(word, base));
    let near = nearest(name, names.iter().map(String::as_str))?;
    Some(if before.is_empty() { near.to_owned() } else { format!("{before}/{near}") })
}

/// What is said of a program that the machine does not have, and the program that is probably meant.
fn not_on_path(program: &str) -> Option<(String, Option<String>)> {
    /// More other letters are another word.
    const MOST: usize = 2;
    let folders = settings::program_folders();
    if folders.iter().any(|folder| is_executable(&folder.join(program))) {
        return None;
    }
    let known = folders.iter().flat_map(|folder| names(folder));
    let distance = |name: &String| strsim::damerau_levenshtein(program, name);
    let near = known
        .filter(|name| distance(name) <= MOST.min(program.len() / 3))
        .min_by_key(|name| (distance(name), name.clone()));
    Some((format!("`run` starts `{program}`, which this machine does not have"), near))
}
