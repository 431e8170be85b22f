//! Machine settings: defaults, then `configs/machine.toml`, then `GRIDBOOK_*`, then flags. They never change
//! numbers. The only module that reads the environment.
#![expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]

use std::path::PathBuf;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

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
    /// A sentence naming the file or variable and the key at fault.
    pub fn load() -> Result<Self, String> {
        Figment::from(Serialized::defaults(Settings::default()))
            .merge(Toml::file("configs/machine.toml"))
            .merge(Env::prefixed("GRIDBOOK_").map(|key| key.as_str().replace('_', "-").into()))
            .extract()
            .map_err(|error| {
                error
                    .into_iter()
                    .map(|one| {
                        let from = one.metadata.as_ref().map_or_else(String::new, |m| format!(" ({})", m.name));
                        format!("machine settings: {}: {}{from}", one.path.join("."), one.kind)
                    })
                    .collect::<Vec<_>>()
                    .join("\n")
            })
    }
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
