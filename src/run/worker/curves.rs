//! What a program writes of its progress: `progress.jsonl`, looked at while it grows.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::model::TrialContext;

/// Bytes read at a look, so that no look takes long however much was written since the last.
const LOOK: u64 = 1 << 20;
/// Points that are kept of a trial's curves: the first.
const MOST_POINTS: usize = 1 << 20;

/// A file that grows by lines.
pub struct Follow {
    path: PathBuf,
    read: u64,
    /// A line that is not whole yet.
    rest: Vec<u8>,
    /// Within a line longer than a look, of which nothing is read.
    overlong: bool,
    /// Points that were not kept.
    left_out: usize,
}

impl Follow {
    /// From the beginning of the file, which need not be there.
    pub fn new(path: PathBuf) -> Self {
        Follow { path, read: 0, rest: Vec::new(), overlong: false, left_out: 0 }
    }

    /// Takes what was written since, up to [`LOOK`]: each new whole line `{"step": 3, "loss": 0.2}` becomes points of
    /// curves, the last also the trial's progress; others are passed over. Whether there may be more.
    pub fn look(&mut self, context: &mut TrialContext) -> bool {
        let Ok(read) = self.read_on() else { return false };
        self.read += read;
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let unfinished = self.rest.split_off(whole);
        let lines = std::mem::replace(&mut self.rest, unfinished);
        let mut newest = None;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if !std::mem::take(&mut self.overlong) {
                newest = self.points(line, context).or(newest);
            }
        }
        if self.rest.len() as u64 >= LOOK {
            (self.rest, self.overlong) = (Vec::new(), true);
        }
        if let Some((step, loss)) = newest {
            context.progress("train", step, step, loss);
        }
        read == LOOK
    }

    /// Takes all that is left, once nothing is written any more.
    pub fn finish(mut self, context: &mut TrialContext) {
        while self.look(context) {}
        if self.left_out > 0 {
            let left_out = self.left_out;
            context.note(format!("the first {MOST_POINTS} points of its curves are kept, {left_out} more are not"));
        }
    }

    fn read_on(&mut self) -> io::Result<u64> {
        let there = fs::metadata(&self.path)?;
        // Reading a pipe would wait for its writer.
        if !there.is_file() || there.len() <= self.read {
            return Ok(0);
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        Ok(file.take(LOOK).read_to_end(&mut self.rest)? as u64)
    }

    /// The points of a line; its step and loss.
    fn points(&mut self, line: &[u8], context: &mut TrialContext) -> Option<(u64, Option<f64>)> {
        let Ok(serde_json::Value::Object(entries)) = serde_json::from_slice(line) else { return None };
        let step = entries.get("step").and_then(serde_json::Value::as_u64)?;
        let values = entries.iter().filter(|(name, _)| *name != "step");
        for (name, value) in values.filter_map(|(name, value)| Some((name, value.as_f64()?))) {
            if context.curves.len() < MOST_POINTS {
                context.curve("train", name, step, value);
            } else {
                self.left_out += 1;
            }
        }
        Some((step, entries.get("loss").and_then(serde_json::Value::as_f64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Name, step and value.
    type Point = (String, u64, f64);

    /// The points of a file that is written and looked at in these parts, the steps that were reported, and the notes.
    fn followed(parts: &[&[u8]]) -> (Vec<Point>, Vec<u64>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.jsonl");
        let mut reported = Vec::new();
        let mut report = |progress: crate::model::Progress| reported.push(progress.step);
        let mut context = TrialContext::new(0, None, &mut report);
        let mut follow = Follow::new(path.clone());
        assert!(!follow.look(&mut context), "there is no file yet");
        let mut file = File::create(&path).unwrap();
        for part in parts {
            file.write_all(part).unwrap();
            follow.look(&mut context);
        }
        follow.finish(&mut context);
        let points = context.curves.iter().map(|point| (point.name.clone(), point.step, point.value)).collect();
        let notes = std::mem::take(&mut context.notes);
        (points, reported, notes)
    }

    #[test]
    fn lines_come_in_parts_and_only_whole_ones_count() {
        let parts: [&[u8]; 4] = [
            b"{\"step\":1,\"a\xc3",
            b"\xa9\":2}\nnothing\n{\"step\":",
            b"2,\"loss\":0.5,\"w\":\"x\"}\n",
            b"{\"step\":3",
        ];
        let (points, reported, notes) = followed(&parts);
        assert_eq!(points, [("a\u{e9}".to_owned(), 1, 2.0), ("loss".to_owned(), 2, 0.5)]);
        assert_eq!((reported, notes), (vec![1, 2], Vec::new()));
    }

    #[test]
    fn many_lines_are_few_reports() {
        let text = (0..100_000).fold(String::new(), |text, step| text + &format!("{{\"step\":{step},\"loss\":1}}\n"));
        let looks = text.len() / usize::try_from(LOOK).unwrap() + 1;
        let (points, reported, _) = followed(&[text.as_bytes()]);
        assert_eq!((points.len(), points[99_999].1), (100_000, 99_999));
        assert_eq!((reported.len(), reported.last()), (looks, Some(&99_999)));
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory() {
        let long = "7".repeat(3 << 20);
        let text = format!("{{\"step\":1,\"a\":{long}}}\n{{\"step\":2,\"a\":1}}\n{long}");
        assert_eq!(followed(&[text.as_bytes()]).0, [("a".to_owned(), 2, 1.0)]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.jsonl");
        fs::write(&path, long).unwrap();
        let mut report = |_| ();
        let mut follow = Follow::new(path);
        while follow.look(&mut TrialContext::new(0, None, &mut report)) {}
        assert!(follow.rest.is_empty());
    }
}
