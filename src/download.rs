//! Files from the network: resumed where they stopped, tried again, and kept only when their checksum is right. The
//! only module that opens a connection for them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Error, StatusCode};

use crate::diagnostic::io_words;

/// A file that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Where it is.
    pub url: &'a str,
    /// Its size.
    pub bytes: u64,
    /// Its BLAKE3 checksum, in hexadecimal.
    pub blake3: &'a str,
    /// Where it shall lie; beside it, with `.part` at the end, lies what has come so far.
    pub to: &'a Path,
}

/// How long is waited for a server.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Tries in all.
    pub tries: u32,
    /// Between the first two tries; twice as long each time after.
    pub wait: Duration,
    /// Until a connection stands, and then without any byte.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { tries: 4, wait: Duration::from_secs(1), silence: Duration::from_secs(30) }
    }
}

/// Why a file is not there.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The server cannot be reached, or breaks off time and again.
    #[error("{0}")]
    Network(String),
    /// The server says no.
    #[error("the server answers {0}")]
    Refused(String),
    /// What came is another file; it was not kept.
    #[error(
        "what came is another file: its checksum is `blake3:{found}`, expected `blake3:{expected}`; it was not kept"
    )]
    Checksum {
        /// Of what came.
        found: String,
        /// Of what was wanted.
        expected: String,
    },
    /// The file cannot be written.
    #[error("`{}`: {what}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        what: String,
    },
}

/// Why a try did not bring the file.
enum Miss {
    /// Another try may.
    Again(String),
    /// None will.
    Final(DownloadError),
}

/// The checksum of a file's content, in hexadecimal.
///
/// # Errors
/// It cannot be read.
pub fn checksum(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Downloads a file; `progress` hears how many bytes are there.
///
/// # Errors
/// [`DownloadError`]. What came so far is kept for the next call, unless it is wrong.
pub fn download(wanted: &Wanted<'_>, patience: &Patience, progress: &dyn Fn(u64)) -> Result<(), DownloadError> {
    let part = Part::open(wanted)?;
    let client = client(patience)?;
    let mut why = String::new();
    for tried in 0..patience.tries.max(1) {
        if tried > 0 {
            thread::sleep(patience.wait * 2_u32.pow((tried - 1).min(10)));
        }
        match part.advance(&client, progress) {
            Ok(()) => return part.finish(),
            Err(Miss::Again(reason)) => why = reason,
            Err(Miss::Final(error)) => return Err(error),
        }
    }
    Err(DownloadError::Network(why))
}

fn client(patience: &Patience) -> Result<Client, DownloadError> {
    // reqwest is built without a TLS provider of its own. A second call finds one in place, which is as good.
    #[cfg(feature = "tls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("gridbook/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(patience.silence)
        .timeout(patience.silence)
        .build()
        .map_err(|error| DownloadError::Network(words(&error)))
}

/// What has come so far; locked, so that two downloads of one file do not write into each other.
struct Part<'a> {
    wanted: &'a Wanted<'a>,
    path: PathBuf,
    file: File,
}

impl<'a> Part<'a> {
    fn open(wanted: &'a Wanted<'a>) -> Result<Self, DownloadError> {
        let mut name = wanted.to.as_os_str().to_owned();
        name.push(".part");
        let path = PathBuf::from(name);
        let fault = |path: &Path, error: io::Error| disk(path, &error);
        if let Some(folder) = wanted.to.parent() {
            fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|error| fault(&path, error))?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => {
                Err(DownloadError::Disk { path, what: "is being written by another gridbook".to_owned() })
            }
            // A file system without locks: the checksum still tells.
            Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(Part { wanted, path, file }),
        }
    }

    fn fault(&self, error: &io::Error) -> Miss {
        Miss::Final(disk(&self.path, error))
    }

    /// One try: asks for what is missing, and checks the whole when all is there.
    fn advance(&self, client: &Client, progress: &dyn Fn(u64)) -> Result<(), Miss> {
        let mut have = self.file.metadata().map_err(|error| self.fault(&error))?.len();
        if have > self.wanted.bytes {
            self.empty()?;
            have = 0;
        }
        if have < self.wanted.bytes || self.wanted.bytes == 0 {
            let response = self.ask(client, have)?;
            let start = if response.status() == StatusCode::PARTIAL_CONTENT { have } else { 0 };
            self.receive(response, start, progress)?;
        }
        let found = checksum(&self.path).map_err(|error| self.fault(&error))?;
        if found == self.wanted.blake3 {
            return Ok(());
        }
        self.empty()?;
        if have > 0 {
            // The older part may be what is wrong.
            return Err(Miss::Again("what had come before was damaged".to_owned()));
        }
        // The next call shall not find an empty part.
        let _ = fs::remove_file(&self.path);
        Err(Miss::Final(DownloadError::Checksum { found, expected: self.wanted.blake3.to_owned() }))
    }

    fn empty(&self) -> Result<(), Miss> {
        self.file.set_len(0).map_err(|error| self.fault(&error))
    }

    /// The server's answer: the rest from `have` on, or the whole.
    fn ask(&self, client: &Client, have: u64) -> Result<Response, Miss> {
        let mut request = client.get(self.wanted.url);
        if have > 0 {
            request = request.header(RANGE, format!("bytes={have}-"));
        }
        let response = request.send().map_err(|error| missed(&error))?;
        let status = response.status();
        if status == StatusCode::RANGE_NOT_SATISFIABLE
            || status == StatusCode::PARTIAL_CONTENT && !begins_at(&response, have)
        {
            self.empty()?;
            return Err(Miss::Again("the server does not go on where it stopped".to_owned()));
        }
        if status.is_success() {
            return Ok(response);
        }
        let passing =
            status.is_server_error() || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status);
        Err(if passing {
            Miss::Again(format!("the server answers {status}"))
        } else {
            Miss::Final(DownloadError::Refused(status.to_string()))
        })
    }

    /// Writes what comes from byte `start` on, at most one byte more than is wanted.
    fn receive(&self, response: Response, start: u64, progress: &dyn Fn(u64)) -> Result<(), Miss> {
        let mut file = &self.file;
        file.set_len(start).and_then(|()| file.seek(SeekFrom::Start(start))).map_err(|error| self.fault(&error))?;
        let mut body = response.take(self.wanted.bytes.saturating_sub(start) + 1);
        let mut buffer = vec![0; 1 << 16];
        let mut have = start;
        loop {
            progress(have);
            let broke = |error: io::Error| {
                let (of, why) = (self.wanted.bytes, source(&error));
                Miss::Again(format!("the connection broke after {have} of {of} bytes: {why}"))
            };
            let read = body.read(&mut buffer).map_err(broke)?;
            if read == 0 {
                break;
            }
            file.write_all(&buffer[..read]).map_err(|error| self.fault(&error))?;
            have += read as u64;
        }
        if have < self.wanted.bytes {
            return Err(Miss::Again(format!("the connection broke after {have} of {} bytes", self.wanted.bytes)));
        }
        Ok(())
    }

    /// Gives the whole its name.
    fn finish(&self) -> Result<(), DownloadError> {
        self.file
            .sync_all()
            .and_then(|()| fs::rename(&self.path, self.wanted.to))
            .map_err(|error| disk(&self.path, &error))
    }
}

fn disk(path: &Path, error: &io::Error) -> DownloadError {
    DownloadError::Disk { path: path.to_owned(), what: io_words(error) }
}

/// Whether the server sends what was asked for: `Content-Range: bytes 100-199/200`.
fn begins_at(response: &Response, have: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    let start = range.and_then(|text| text.strip_prefix("bytes ")?.split('-').next()?.trim().parse::<u64>().ok());
    start == Some(have)
}

/// A request without an answer. What is wrong with the address itself stays wrong.
fn missed(error: &Error) -> Miss {
    if error.is_builder() || error.is_redirect() {
        return Miss::Final(DownloadError::Network(words(error)));
    }
    Miss::Again(words(error))
}

/// The innermost reason, which is the one that says something.
fn words(error: &Error) -> String {
    if error.is_timeout() {
        return "the server does not answer in time".to_owned();
    }
    let what = if error.is_connect() { "no connection" } else { "no answer" };
    format!("{what}: {}", source(error))
}

fn source(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(deeper) = innermost.source() {
        innermost = deeper;
    }
    let text = innermost.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
