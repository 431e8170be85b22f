//! Machine settings: defaults, then `configs/machine.toml`, then `GRIDBOOK_*`, then flags. They never change
//! numbers. The only module that reads the environment.
#![expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]

use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::diagnostic::nearest;
use crate::parameter::quoted;
use crate::stage::Place;
use crate::stage::sweep::Limits;

/// What a machine's owner may set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What `${data}` stands for in experiment files. `GRIDBOOK_DATA`.
    pub data: PathBuf,
    /// Where downloads and shared results are kept. `GRIDBOOK_CACHE`.
    pub cache: PathBuf,
    /// Bytes of shared stages kept at most, as `"10GiB"`. `GRIDBOOK_CACHE_SIZE`.
    #[serde(with = "size")]
    pub cache_size: u64,
    /// How long a shared stage is kept that nobody uses, as `"90days"`. `GRIDBOOK_CACHE_AGE`.
    #[serde(with = "age")]
    pub cache_age: Duration,
    /// Workers at a time; 0 means one a core. `GRIDBOOK_JOBS`.
    pub jobs: usize,
    /// Trials that a worker serves before it is replaced by a new process; 0 means any number.
    /// `GRIDBOOK_TRIALS_PER_WORKER`.
    pub trials_per_worker: usize,
    /// A worker that has held more memory than this is replaced after its trial. `GRIDBOOK_WORKER_MEMORY`.
    pub worker_memory: ByteSize,
    /// Workers at a time on one GPU; 0 means as many as its memory and the cores allow. `GRIDBOOK_GPU_WORKERS`.
    pub gpu_workers: usize,
    /// What a trial on a GPU may need beyond the peak memory of earlier ones like it, as a part of that.
    /// `GRIDBOOK_GPU_HEADROOM`.
    pub gpu_headroom: f64,
    /// Which GPUs may be used. `CUDA_VISIBLE_DEVICES`, whatever sets it.
    #[serde(skip)]
    pub cuda_visible_devices: Option<String>,
    /// GPUs as this file tells of them, instead of the driver's; only the tests set it. `GRIDBOOK_GPUS_FILE`.
    pub gpus_file: Option<PathBuf>,
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
            cache_size: 10 << 30,
            cache_age: Duration::from_hours(90 * 24),
            jobs: 0,
            trials_per_worker: 0,
            worker_memory: ByteSize::gib(2),
            gpu_workers: 0,
            gpu_headroom: 0.1,
            cuda_visible_devices: None,
            gpus_file: None,
            fetch_base: "https://raw.githubusercontent.com".to_owned(),
            shared: None,
            openblas: None,
        }
    }
}

/// A size with its unit; a bare number would be bytes to one reader and something else to another.
mod size {
    use bytesize::ByteSize;
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::value::Value;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
    pub fn serialize<S: Serializer>(bytes: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{bytes}B"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let found = Value::deserialize(deserializer)?;
        let size = match &found {
            Value::Text(text) if text.trim().parse::<f64>().is_err() => text.parse::<ByteSize>().ok(),
            Value::Integer(0) => Some(ByteSize(0)),
            _ => None,
        };
        let wrong = || de::Error::custom(format!("must be a size like \"10GiB\" or \"500MB\", found `{found}`"));
        size.map(|size| size.as_u64()).ok_or_else(wrong)
    }
}

/// A time with its unit.
mod age {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::value::Value;

    pub fn serialize<S: Serializer>(age: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&humantime::format_duration(*age).to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let found = Value::deserialize(deserializer)?;
        let age = if let Value::Text(text) = &found { humantime::parse_duration(text).ok() } else { None };
        age.ok_or_else(|| de::Error::custom(format!("must be a time like \"90days\" or \"12h\", found `{found}`")))
    }
}

impl Settings {
    /// Where stages are kept, and how much.
    pub fn stages(&self) -> Place {
        let folder = std::path::absolute(&self.cache).unwrap_or_else(|_| self.cache.clone());
        Place { folder, limits: Limits { size: self.cache_size, age: self.cache_age } }
    }

    /// Merges what is set where.
    ///
    /// # Errors
    /// A line for each mistake, naming the file or variable, the key, what was found and what was expected.
    pub fn load() -> Result<Self, String> {
        Figment::from(Serialized::defaults(Settings::default()))
            .merge(Toml::file(FILE))
            .merge(Env::prefixed(PREFIX).map(|key| key.as_str().replace('_', "-").into()))
            .extract::<Settings>()
            .map(|settings| Settings { cuda_visible_devices: variable("CUDA_VISIBLE_DEVICES"), ..settings })
            .map_err(|error| error.into_iter().map(|one| in_words(&one)).collect::<Vec<_>>().join("\n"))
            .and_then(Settings::checked)
    }

    /// What figment cannot tell: numbers out of range.
    fn checked(self) -> Result<Self, String> {
        if (0.0..=10.0).contains(&self.gpu_headroom) {
            return Ok(self);
        }
        Err(format!(
            "GRIDBOOK_GPU_HEADROOM or `gpu-headroom` in {FILE}: it must be between 0 and 10, found {}",
            self.gpu_headroom
        ))
    }
}

/// A variable as text; what is not UTF-8 reads as if its odd bytes were marks.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
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
        Kind::Message(text) if text.starts_with("must be ") => format!("{key} {text}"),
        Kind::Message(text) => text.trim().to_owned(),
        other => format!("{key}: {other}"),
    };
    format!("{place}: {what}")
}

/// Rust's name of a type, for a person.
fn type_in_words(name: &str) -> &str {
    match name {
        "usize" | "u64" | "u16" => "a whole number of at least 0",
        "f64" | "f32" => "a number",
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
