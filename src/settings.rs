//! Machine settings: defaults, then `configs/machine.toml`, then `GRIDBOOK_*`, then flags. They never change
//! numbers. The only module that reads the environment.
#![expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]

use std::path::PathBuf;

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::diagnostic::nearest;
use crate::parameter::quoted;

/// What a machine's owner may set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What `${data}` stands for in experiment files. `GRIDBOOK_DATA`.
    pub data: PathBuf,
    /// Where downloads and shared results are kept. `GRIDBOOK_CACHE`.
    pub cache: PathBuf,
    /// Workers at a time; 0 means one a core. `GRIDBOOK_JOBS`.
    pub jobs: usize,
    /// Where `gridbook fetch` downloads: a mirror of GitHub's raw files. `GRIDBOOK_FETCH_BASE`.
    pub fetch_base: String,
    /// Shared test material; only the tests look there. `GRIDBOOK_SHARED`.
    pub shared: Option<PathBuf>,
    /// Where OpenBLAS lies; only the build looks at it. `GRIDBOOK_OPENBLAS`.
    pub openblas: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
        Settings {
            data: PathBuf::from("data"),
            cache: cache.unwrap_or_else(|| PathBuf::from(".cache")).join("gridbook"),
            jobs: 0,
            fetch_base: "https://raw.githubusercontent.com".to_owned(),
            shared: None,
            openblas: None,
        }
    }
}

impl Settings {
    /// Merges what is set where.
    ///
    /// # Errors
    /// A line for each mistake, naming the file or variable, the key, what was found and what was expected.
    pub fn load() -> Result<Self, String> {
        Figment::from(Serialized::defaults(Settings::default()))
            .merge(Toml::file(FILE))
            .merge(Env::prefixed(PREFIX).map(|key| key.as_str().replace('_', "-").into()))
            .extract()
            .map_err(|error| error.into_iter().map(|one| in_words(&one)).collect::<Vec<_>>().join("\n"))
    }
}

/// The file of a machine's settings, from where gridbook is started.
const FILE: &str = "configs/machine.toml";
/// Variables of the environment begin so.
const PREFIX: &str = "GRIDBOOK_";

/// `configs/machine.toml: ...` or `GRIDBOOK_JOBS: ...`.
fn in_words(error: &figment::Error) -> String {
    let is_file =
        error.metadata.as_ref().is_some_and(|from| from.source.as_ref().is_some_and(|s| s.file_path().is_some()));
    let key = error.path.join(".");
    let (place, key, named): (String, String, fn(&str) -> String) = if is_file || key.is_empty() {
        (FILE.to_owned(), format!("`{key}`"), str::to_owned)
    } else {
        let variable = |key: &str| format!("{PREFIX}{}", key.replace('-', "_").to_uppercase());
        (variable(&key), "it".to_owned(), variable)
    };
    let what = match &error.kind {
        Kind::UnknownField(name, expected) => {
            let mut sorted = expected.to_vec();
            sorted.sort_unstable();
            let near = nearest(name, sorted.iter().copied());
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{}`?", named(near)));
            let words: Vec<String> = sorted.into_iter().map(named).collect();
            format!(
                "no setting is called {}; expected one of {}{near}",
                if is_file { &key } else { "so" },
                quoted(&words)
            )
        }
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            format!("{key} must be {}, found {found}", type_in_words(expected))
        }
        Kind::Message(text) => text.trim().to_owned(),
        other => format!("{key}: {other}"),
    };
    format!("{place}: {what}")
}

/// Rust's name of a type, for a person.
fn type_in_words(name: &str) -> &str {
    match name {
        "usize" | "u64" | "u16" => "a whole number of at least 0",
        "path string" | "a string" | "string" => "a text",
        other => other,
    }
}

/// Where programs are looked for that are named without a folder.
pub fn program_folders() -> Vec<PathBuf> {
    std::env::var_os("PATH").map_or_else(Vec::new, |path| std::env::split_paths(&path).collect())
}

/// Whether colours are wanted on standard error: only on a terminal and without `NO_COLOR`.
pub fn colours() -> bool {
    use std::io::IsTerminal;
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && std::env::var_os("TERM").is_none_or(|term| term != "dumb") && std::io::stderr().is_terminal()
}

/// Whether standard error is a terminal that can redraw lines.
pub fn interactive() -> bool {
    use std::io::IsTerminal;
    std::env::var_os("TERM").is_none_or(|term| term != "dumb") && std::io::stderr().is_terminal()
}
