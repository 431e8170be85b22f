//! The log of a program of the user's own: what it prints, its beginning and its end where that is too much.

use std::fs::File;
use std::io::{self, PipeReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use nix::unistd::dup;

/// Bytes that a log may take.
const MOST: u64 = 16 << 20;
/// Letters of the line that says how much was left out: the same for every count, which is written over.
const NOTE: usize = 64;
/// How long a program's last words are waited for once it has ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// Writes what comes through a pipe to a trial's log.
pub struct Pump {
    done: Receiver<()>,
}

impl Pump {
    /// Reads `words` to their end in a thread of its own: the program never waits for it, however much it prints.
    /// They go to standard output, which is the trial's log at `path`.
    ///
    /// # Errors
    /// The system has no thread or descriptor left.
    pub fn start(mut words: PipeReader, path: &Path) -> io::Result<Pump> {
        let (sender, done) = mpsc::channel();
        let mut log = Log::of(File::from(dup(io::stdout())?), path, MOST)?;
        thread::Builder::new().spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(read @ 1..) = words.read(&mut bytes) {
                // Without room on the disk the program's words are lost, not its work.
                let _ = log.write(&bytes[..read]);
            }
            let _ = sender.send(());
        })?;
        Ok(Pump { done })
    }

    /// Waits until all is written.
    pub fn finish(self) {
        let _ = self.done.recv_timeout(PATIENCE);
    }
}

/// A log of bounded size. It is whole at any time, as the worker may be killed at any time: beyond the size, what is
/// neither in its first half nor among the last quarter is taken out of the file.
struct Log {
    file: File,
    path: PathBuf,
    most: u64,
    /// Bytes in the file.
    size: u64,
    left_out: u64,
}

impl Log {
    /// Goes on with a file where it stands; `path` is the same file.
    fn of(mut file: File, path: &Path, most: u64) -> io::Result<Self> {
        let size = file.stream_position()?;
        Ok(Log { file, path: path.to_owned(), most, size, left_out: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for part in bytes.chunks(usize::try_from(self.most / 8).unwrap_or(usize::MAX).max(1)) {
            if self.size + part.len() as u64 > self.most {
                self.shorten()?;
            }
            self.file.write_all(part)?;
            self.size += part.len() as u64;
        }
        Ok(())
    }

    /// Keeps the first half and the last quarter.
    fn shorten(&mut self) -> io::Result<()> {
        let (head, kept) = (self.most / 2, self.most / 4);
        let mut tail = vec![0; usize::try_from(kept).unwrap_or(0)];
        File::open(&self.path)?.read_exact_at(&mut tail, self.size - kept)?;
        let note = if self.left_out > 0 { NOTE as u64 } else { 0 };
        self.left_out += self.size - kept - head - note;
        let text = format!("\n[gridbook left {} bytes out here", self.left_out);
        self.file.seek(SeekFrom::Start(head))?;
        self.file.write_all(format!("{text:<width$}]\n", width = NOTE - 2).as_bytes())?;
        self.file.write_all(&tail)?;
        self.size = head + NOTE as u64 + kept;
        self.file.set_len(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The log of a program that writes these bytes in parts of this size.
    fn logged(text: &[u8], part: usize, most: u64) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.txt");
        let mut log = Log::of(File::create(&path).unwrap(), &path, most).unwrap();
        for part in text.chunks(part) {
            log.write(part).unwrap();
            assert!(std::fs::metadata(&path).unwrap().len() <= most);
        }
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_long_log_keeps_its_beginning_and_its_end() {
        let text = (0..5000).fold(String::new(), |text, line| text + &format!("line {line}\n"));
        for part in [1, 7, 100, 2000, 50_000] {
            let log = logged(text.as_bytes(), part, 1024);
            assert!(text.starts_with(&log[..512]), "{part}: {log}");
            assert!(log.ends_with("\nline 4998\nline 4999\n"), "{part}: {log}");
            let (said, tail) = log[512..].split_at(NOTE);
            assert!(text.ends_with(tail) && tail.len() >= 256, "{part}: {log}");
            let left_out = format!("\n[gridbook left {} bytes out here", text.len() - 512 - tail.len());
            assert!(said.starts_with(&left_out) && said.ends_with("]\n"), "{part}: {said}");
        }
    }

    #[test]
    fn a_short_log_is_what_was_printed() {
        let text = "word ".repeat(200);
        assert_eq!(logged(text.as_bytes(), 300, 1024), text);
    }
}
