//! Known sets: `gridbook fetch`, and the download under it, against a server on this machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gridbook::download::{DownloadError, Patience, Wanted, download};

use crate::support::{Project, Said};

/// What the server does with a request; the last one goes on for all further ones.
#[derive(Clone, Copy)]
enum Does {
    /// The file, or the part that is asked for.
    Serve,
    /// The whole, whatever is asked for.
    ServeWhole,
    /// The first bytes of what is asked for, then nothing more.
    CutAfter(usize),
    /// Other bytes of the same length.
    ServeOther,
    /// More bytes than there should be.
    ServeTooMuch,
    /// A status.
    Answer(u16),
    /// Nothing, until the client has gone.
    Hang,
}

/// A file behind a loopback address.
struct Server {
    base: String,
    /// Path and first byte of each request.
    asked: Arc<Mutex<Vec<(String, usize)>>>,
}

impl Server {
    fn start(content: Vec<u8>, script: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let does = script[number.min(script.len() - 1)];
                // A client that went away is its own affair.
                let _ = answer(stream.unwrap(), does, &content, &log);
            }
        });
        Server { base, asked }
    }

    fn starts(&self) -> Vec<usize> {
        self.asked.lock().unwrap().iter().map(|(_, start)| *start).collect()
    }
}

fn answer(mut stream: TcpStream, does: Does, content: &[u8], log: &Mutex<Vec<(String, usize)>>) -> std::io::Result<()> {
    let (mut path, mut start) = (String::new(), 0);
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        if let Some(rest) = line.strip_prefix("GET ") {
            rest.split(' ').next().unwrap().clone_into(&mut path);
        }
        if let Some(rest) = line.to_lowercase().strip_prefix("range: bytes=") {
            start = rest.split('-').next().unwrap().parse().unwrap();
        }
    }
    log.lock().unwrap().push((path, start));
    let other: Vec<u8> = content.iter().map(|byte| !byte).collect();
    let more = [content, b"!"].concat();
    let (body, start): (&[u8], usize) = match does {
        Does::Serve | Does::CutAfter(_) => (content, start),
        Does::ServeWhole => (content, 0),
        Does::ServeOther => (&other, start),
        Does::ServeTooMuch => (&more, 0),
        Does::Answer(status) => {
            return write!(stream, "HTTP/1.1 {status} Said So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
        Does::Hang => {
            let _ = reader.read_line(&mut String::new());
            return Ok(());
        }
    };
    let part = &body[start..];
    let status = if start > 0 { "206 Partial Content" } else { "200 OK" };
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n", part.len())?;
    if start > 0 {
        write!(stream, "content-range: bytes {start}-{}/{}\r\n", body.len() - 1, body.len())?;
    }
    write!(stream, "\r\n")?;
    let most = if let Does::CutAfter(bytes) = does { bytes } else { part.len() };
    stream.write_all(&part[..most.min(part.len())])
}

fn content() -> Vec<u8> {
    (0..300_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

const SHORT: Patience = Patience { tries: 4, wait: Duration::from_millis(5), silence: Duration::from_millis(500) };

/// Downloads the content from a server with this script; what it said, and what the file held afterwards.
fn get(project: &Project, script: Vec<Does>) -> (Result<(), DownloadError>, Server, PathBuf) {
    let server = Server::start(content(), script);
    let to = project.path("data/set.bin");
    let hash = blake3::hash(&content()).to_hex().to_string();
    let url = format!("{}/a/b", server.base);
    let wanted = Wanted { url: &url, bytes: content().len() as u64, blake3: &hash, to: &to };
    let outcome = download(&wanted, &SHORT, &|_| ());
    (outcome, server, to)
}

fn part(to: &Path) -> PathBuf {
    PathBuf::from(format!("{}.part", to.display()))
}

#[test]
fn a_file_comes_whole_or_not_at_all() {
    let project = Project::new();
    let (outcome, server, to) = get(&project, vec![Does::Serve]);
    outcome.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), content());
    assert!(!part(&to).exists());
    assert_eq!(server.starts(), [0]);
}

#[test]
fn a_broken_connection_goes_on_where_it_stopped() {
    let project = Project::new();
    let (outcome, server, to) =
        get(&project, vec![Does::CutAfter(1000), Does::Answer(503), Does::CutAfter(500), Does::Serve]);
    outcome.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), content());
    assert_eq!(server.starts(), [0, 1000, 1000, 1500]);
}

#[test]
fn a_later_call_goes_on_too_also_where_the_server_sends_the_whole() {
    let project = Project::new();
    let (outcome, server, to) = get(&project, vec![Does::CutAfter(4000)]);
    assert!(matches!(&outcome, Err(DownloadError::Network(why)) if why.contains("broke after 16000")), "{outcome:?}");
    assert_eq!(server.starts(), [0, 4000, 8000, 12000]);
    assert!(!to.exists());
    assert_eq!(std::fs::metadata(part(&to)).unwrap().len(), 16_000);
    let (outcome, server, to) = get(&project, vec![Does::ServeWhole]);
    outcome.unwrap();
    assert_eq!(server.starts(), [16_000]);
    assert_eq!(std::fs::read(&to).unwrap(), content());
}

#[test]
fn wrong_bytes_are_not_kept() {
    for script in [vec![Does::ServeOther], vec![Does::ServeTooMuch]] {
        let project = Project::new();
        let (outcome, server, to) = get(&project, script);
        assert!(matches!(&outcome, Err(DownloadError::Checksum { .. })), "{outcome:?}");
        assert_eq!(server.starts(), [0], "the same would come again");
        assert!(!to.exists() && !part(&to).exists());
    }
}

#[test]
fn a_damaged_part_is_begun_anew() {
    let whole = content();
    for old in [b"nonsense".to_vec(), vec![0; whole.len()], vec![0; whole.len() + 5]] {
        let project = Project::new();
        project.write("data/set.bin.part", &old);
        let (outcome, _, to) = get(&project, vec![Does::Serve]);
        outcome.unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), whole);
    }
    // A whole part needs no server: it was killed before it got its name.
    let project = Project::new();
    project.write("data/set.bin.part", &whole);
    let (outcome, server, _) = get(&project, vec![Does::Answer(500)]);
    outcome.unwrap();
    assert_eq!(server.starts(), [0_usize; 0]);
}

#[test]
fn no_is_no_and_silence_is_none() {
    let project = Project::new();
    let (outcome, server, _) = get(&project, vec![Does::Answer(404)]);
    assert!(matches!(&outcome, Err(DownloadError::Refused(what)) if what.contains("404")), "{outcome:?}");
    assert_eq!(server.starts(), [0], "asked once");
    let (outcome, server, _) = get(&project, vec![Does::Answer(503)]);
    assert!(matches!(&outcome, Err(DownloadError::Network(what)) if what.contains("503")), "{outcome:?}");
    assert_eq!(server.starts().len(), 4);
    let (outcome, _, _) = get(&project, vec![Does::Hang]);
    assert!(matches!(&outcome, Err(DownloadError::Network(what)) if what.contains("in time")), "{outcome:?}");
    // A range that the server does not have: begun anew.
    project.write("data/set.bin.part", "abc");
    let (outcome, server, _) = get(&project, vec![Does::Answer(416), Does::Serve]);
    outcome.unwrap();
    assert_eq!(server.starts(), [3, 0]);
}

fn fetch(project: &Project, base: &str, arguments: &[&str]) -> Said {
    let mut command = project.command(&[&["fetch"], arguments].concat());
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    Said::from(command.env("GRIDBOOK_FETCH_BASE", base).output().unwrap())
}

/// A free port where nobody listens.
fn nobody() -> String {
    format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

#[test]
fn the_list_names_licences_sizes_and_checksums() {
    let project = Project::new();
    let said = project.gridbook(&["fetch", "--list"]);
    assert_eq!(said.code, 0);
    assert!(said.stdout.lines().count() >= 30 && said.stdout.contains("scene-15"), "{}", said.stdout);
    let list = project.json(&["fetch", "--list", "--json"]);
    let scene = list.as_array().unwrap().iter().find(|set| set["kind"] == "scene-15").unwrap();
    assert_eq!((scene["free"].as_bool(), scene["bytes"].as_u64()), (Some(false), Some(3_384_483)));
    assert!(scene["url"].as_str().unwrap().starts_with("https://raw.githubusercontent.com/XLearning-SCU/"), "{scene}");
    assert_eq!(project.gridbook(&["fetch"]).code, 2);
    let said = project.gridbook(&["fetch", "scene15"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("did you mean `scene-15`?"), "{}", said.stderr);
}

#[test]
fn a_licence_is_shown_first_and_accepted_by_a_flag() {
    let project = Project::new();
    let server = Server::start(Vec::new(), vec![Does::Answer(404)]);
    let said = fetch(&project, &server.base, &["scene-15"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("none stated") && said.stderr.contains("--accept-licence"), "{}", said.stderr);
    assert_eq!(server.starts(), [0_usize; 0], "asked before");
    let said = fetch(&project, &server.base, &["scene-15", "--accept-licence"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("404"), "{}", said.stderr);
    let (path, _) = server.asked.lock().unwrap()[0].clone();
    let want = "/XLearning-SCU/2021-CVPR-Completer/8fff5f83d823bbc46c96088bb0c1385ca7b9e560/data/Scene-15.mat";
    assert_eq!(path, want);
}

#[test]
fn without_a_network_it_says_what_to_put_where() {
    let project = Project::new();
    let said = fetch(&project, &nobody(), &["adbench-wbc"]);
    assert_eq!((said.code, said.stdout.as_str()), (3, ""));
    for part in ["no connection", "By hand", "42_WBC.npz", "blake3:587d3e1c", "data/outliers/42_WBC.npz"] {
        assert!(said.stderr.contains(part), "{part}: {}", said.stderr);
    }
    assert!(!project.path("data/outliers/42_WBC.npz").exists());
}

#[test]
fn a_wrong_file_ends_with_3_and_is_not_kept() {
    let project = Project::new();
    let server = Server::start(vec![7; 1444], vec![Does::Serve]);
    let said = fetch(&project, &server.base, &["adbench-wbc"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("it was not kept"), "{}", said.stderr);
    assert_eq!(std::fs::read_dir(project.path("data/outliers")).unwrap().count(), 0);
    // One that lies there already is nobody's to overwrite.
    project.write("data/outliers/42_WBC.npz", "mine");
    let said = fetch(&project, &server.base, &["adbench-wbc"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("move it away"), "{}", said.stderr);
    assert_eq!(std::fs::read(project.path("data/outliers/42_WBC.npz")).unwrap(), b"mine");
}

const STUDY: &str = "name = 's'\n[task]\nkind = 'outliers'\nmetrics = ['fit_seconds']\n[[dataset]]\nkind = 'adbench-wbc'\n\
                     [[model]]\nkind = 'random'\n";

#[test]
fn a_known_set_that_is_not_there_is_a_mistake_with_the_next_step() {
    let said = Project::with(STUDY).gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("run `gridbook fetch adbench-wbc`"), "{}", said.stderr);
}

/// The data folder is looked for where gridbook is started, wherever the experiment file lies.
#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn a_known_set_is_fetched_once_and_then_read() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared"));
    let bytes = std::fs::read(shared.join("data/outliers/42_WBC.npz")).unwrap();
    let project = Project::new();
    let server = Server::start(bytes.clone(), vec![Does::CutAfter(700), Does::Serve]);
    let said = fetch(&project, &server.base, &["adbench-wbc"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, "data/outliers/42_WBC.npz\n"), "{}", said.stderr);
    assert_eq!(std::fs::read(project.path("data/outliers/42_WBC.npz")).unwrap(), bytes);
    let said = fetch(&project, &server.base, &["adbench-wbc"]);
    assert_eq!(said.code, 0);
    assert!(said.stderr.contains("already there"), "{}", said.stderr);
    assert_eq!(server.starts(), [0, 700]);
    project.write("studies/experiment.toml", STUDY);
    let said = project.gridbook(&["check", "studies/experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}
