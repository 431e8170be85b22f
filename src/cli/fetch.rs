//! `gridbook fetch`: a known set from its pinned source into the data folder.

use std::path::Path;

use bytesize::ByteSize;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::study::settings;
use crate::cli::{Failure, print, print_json};
use crate::dataset::known::{self, KNOWN, Known};
use crate::diagnostic::{io_words, nearest};
use crate::download::{self, DownloadError, Patience, Wanted};
use crate::settings::{Settings, interactive};

/// Arguments of `fetch`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The known set, as `--list` names it
    #[arg(required_unless_present = "list", value_name = "KIND")]
    kind: Option<String>,
    /// List the known sets; nothing is downloaded
    #[arg(long, conflicts_with_all = ["kind", "accept_licence"])]
    list: bool,
    /// Agree to the licence of a set that may not be used freely
    #[arg(long)]
    accept_licence: bool,
    /// Print the list as JSON
    #[arg(long, requires = "list")]
    json: bool,
}

/// Lists the known sets, or gets one.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let settings = settings()?;
    match &arguments.kind {
        None => list(arguments.json, &settings),
        Some(kind) => {
            let known = known::find(kind).ok_or_else(|| {
                let near = nearest(kind, KNOWN.iter().map(|known| known.kind));
                let hint = near.map_or_else(String::new, |name| format!("did you mean `{name}`? "));
                Failure::Message(
                    2,
                    format!("no known set is called `{kind}`; {hint}`gridbook fetch --list` names them all"),
                )
            })?;
            fetch(known, arguments.accept_licence, &settings)
        }
    }
}

fn list(json: bool, settings: &Settings) -> Result<u8, Failure> {
    if json {
        let sets: Vec<_> = KNOWN.iter().map(|known| known.to_json(&settings.fetch_base)).collect();
        return print_json(&sets).map(|()| 0);
    }
    let width = KNOWN.iter().map(|known| known.kind.len()).max().unwrap_or(0);
    let line = |known: &Known| {
        let here = if known.place(&settings.data).is_file() { ", here" } else { "" };
        let licence = if known.free { "free" } else { "restricted" };
        format!("{:width$}  {} ({}, {licence}{here})\n", known.kind, known.title, ByteSize(known.bytes))
    };
    print(&KNOWN.iter().map(line).collect::<String>()).map(|()| 0)
}

fn fetch(known: &Known, accepted: bool, settings: &Settings) -> Result<u8, Failure> {
    let place = known.place(&settings.data);
    if is_there(known, &place)? {
        eprintln!("`{}` is already there, with the right checksum", known.kind);
        return print(&format!("{}\n", place.display())).map(|()| 0);
    }
    let url = known.url(&settings.fetch_base);
    eprint!("{}", card(known, &url, &place));
    if !known.free && !accepted {
        let message = format!(
            "`{}` may not be used freely: if its licence (above) suits you, run `gridbook fetch {} --accept-licence`",
            known.kind, known.kind
        );
        return Err(Failure::Message(2, message));
    }
    let wanted = Wanted { url: &url, bytes: known.bytes, blake3: known.blake3, to: &place };
    let bar = bar(known.bytes);
    let outcome = download::download(&wanted, &Patience::default(), &|bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    outcome.map_err(|error| failure(known, &url, &place, &error))?;
    eprintln!("checksum right; in experiment files: kind = \"{}\"", known.kind);
    print(&format!("{}\n", place.display())).map(|()| 0)
}

/// Whether the file is there; another one in its place is nobody's to overwrite.
fn is_there(known: &Known, place: &Path) -> Result<bool, Failure> {
    match download::checksum(place) {
        Ok(found) if found == known.blake3 => Ok(true),
        Ok(found) => Err(Failure::machine(format!(
            "`{}` is there and is another file: its checksum is `blake3:{found}`, expected `{}`; move it away first",
            place.display(),
            known.checksum()
        ))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::machine(format!("`{}`: {}", place.display(), io_words(&error)))),
    }
}

/// What one should know before the set is taken.
fn card(known: &Known, url: &str, place: &Path) -> String {
    format!(
        "{}: {}\n  by        {}\n  licence   {}\n  source    {url}\n  size      {} bytes\n  checksum  {}\n  to        {}\n",
        known.kind,
        known.title,
        known.reference,
        known.licence,
        known.bytes,
        known.checksum(),
        place.display()
    )
}

fn bar(bytes: u64) -> ProgressBar {
    if !interactive() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("  {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Without a network, somebody else can bring the file.
fn failure(known: &Known, url: &str, place: &Path, error: &DownloadError) -> Failure {
    let by_hand = match error {
        DownloadError::Network(_) | DownloadError::Refused(_) => format!(
            "\nBy hand: put the {} bytes of\n  {url}\nwith checksum {}\nat {}\nand run `gridbook fetch {}` again, which checks \
             them. A mirror is set by GRIDBOOK_FETCH_BASE.",
            known.bytes,
            known.checksum(),
            place.display(),
            known.kind
        ),
        DownloadError::Checksum { .. } | DownloadError::Disk { .. } => String::new(),
    };
    Failure::machine(format!("`{}` cannot be had: {error}{by_hand}", known.kind))
}
