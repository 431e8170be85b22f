//! `[track]`: where runs are reported to. Secrets never stand in an experiment file: it is kept with the results and
//! printed in the report.

use crate::diagnostic::Problem;
use crate::experiment::document::{NodeKind, Place};
use crate::experiment::reader::{Reader, wrong_type};

/// A kind of tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackKind {
    /// An MLflow server or folder.
    Mlflow,
    /// Lines of JSON in a file.
    Jsonl,
}

impl TrackKind {
    const ALL: &'static [(&'static str, TrackKind)] = &[("mlflow", TrackKind::Mlflow), ("jsonl", TrackKind::Jsonl)];
}

/// `[track]`.
#[derive(Clone, Debug)]
pub struct Track {
    /// What is reported to.
    pub kind: TrackKind,
    /// Where it is; none where the settings of the machine say.
    pub uri: Option<String>,
    /// Its name there; none for the experiment's own.
    pub experiment: Option<String>,
    /// Whether artifacts are sent too.
    pub artifacts: bool,
}

/// Reads `[track]`.
pub fn track(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Option<Track> {
    let (table, place) = reader.table("track", problems)?;
    let mut track = Reader::new(table, "[track]", &place);
    let secrets = table.entries.iter().filter(|entry| is_secret(&entry.key));
    for entry in secrets {
        track.entry(&entry.key);
        problems.push(secret(&entry.key_place, &format!("`{}` of [track] looks like a secret", entry.key)));
    }
    if track.entry("kind").is_none() {
        track.missing("kind", "kind = \"mlflow\"", problems);
    }
    let kind = track.word("kind", "tracker", TrackKind::ALL, problems);
    let uri = track.text("uri", problems);
    if let (Some(uri), Some(entry)) = (&uri, track.entry("uri"))
        && has_credentials(uri)
    {
        problems.push(secret(&entry.node.place, "the `uri` of [track] holds a user or a password"));
    }
    let experiment = track.text("experiment", problems);
    let artifacts = match track.entry("artifacts").map(|entry| &entry.node) {
        None => false,
        Some(node) => match &node.kind {
            NodeKind::Bool(all) => *all,
            _ => wrong_type(node, "`artifacts`", "`true` or `false`", problems).unwrap_or(false),
        },
    };
    // A secret's key is not offered to those who misspell another.
    track.forget(is_secret);
    track.finish(problems);
    Some(Track { kind: kind?, uri, experiment, artifacts })
}

fn is_secret(key: &str) -> bool {
    const WORDS: &[&str] =
        &["password", "passwd", "token", "user", "username", "secret", "key", "credentials", "login"];
    key.split(['-', '_']).any(|word| WORDS.contains(&word.to_lowercase().as_str()))
}

/// `http://user:password@host`.
fn has_credentials(uri: &str) -> bool {
    let host = uri.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(rest));
    host.contains('@')
}

fn secret(place: &Place, what: &str) -> Problem {
    let message = format!("{what}: an experiment file is kept with the results and printed in the report");
    let help = "take it out; a tracker's secrets come from the environment or a credentials file";
    Problem::error(place, "secret", message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_seen() {
        assert!(["password", "api-key", "MLFLOW_TRACKING_TOKEN", "user"].iter().all(|key| is_secret(key)));
        assert!(!["uri", "experiment", "artifacts", "keyboard"].iter().any(|key| is_secret(key)));
        assert!(has_credentials("https://me:pw@host/path") && has_credentials("https://token@host"));
        assert!(!has_credentials("https://host/a@b") && !has_credentials("mlruns"));
    }
}
