//! Programs of one's own that print without end, leave processes behind, or speak to the terminal.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{predictions, reason, study};

/// Processes that work in this folder.
fn working_in(folder: &Path) -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|entry| fs::read_link(entry.path().join("cwd")).ok())
        .filter(|cwd| cwd.starts_with(folder))
        .count()
}

#[test]
fn what_a_program_leaves_running_ends_with_it() {
    // One in a session of its own, and one whose parent is gone: neither is in reach of the program's group.
    let script = "import subprocess\n\
        subprocess.Popen(['sleep', '600'], start_new_session=True)\n\
        subprocess.run(['sh', '-c', 'sleep 600 & sleep 600 &'])\n";
    for ending in [predictions("rows"), "sys.exit('out of data')\n".to_owned()] {
        let project = study(&format!("{script}{ending}"), "");
        let said = project.gridbook(&["run", "experiment.toml"]);
        assert_eq!(said.code, i32::from(ending.contains("exit")), "{}{}", said.stderr, reason(&project));
        let folder = fs::canonicalize(project.path("results")).unwrap();
        assert_eq!(working_in(&folder), 0, "processes are still there");
        let id = &project.ids("experiment.toml")[0];
        let log = fs::read_to_string(project.path(&format!("results/study/trials/{id}/log.txt"))).unwrap();
        assert!(log.contains("left 3 processes running"), "{log}");
    }
}

#[test]
fn a_program_does_not_outlive_a_run_that_is_killed() {
    let project = study("open('begun', 'w')\ntime.sleep(600)\n", "");
    let mut run = project.command(&["run", "experiment.toml"]).spawn().unwrap();
    let began = Instant::now();
    let id = &project.ids("experiment.toml")[0];
    let work = project.path(&format!("results/study/trials/{id}/work"));
    while !work.join("begun").exists() && began.elapsed() < Duration::from_mins(1) {
        thread::sleep(Duration::from_millis(20));
    }
    let folder = fs::canonicalize(&work).unwrap();
    assert_eq!(working_in(&folder), 1);
    run.kill().unwrap();
    run.wait().unwrap();
    while working_in(&folder) > 0 && began.elapsed() < Duration::from_secs(80) {
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(working_in(&folder), 0, "the program is still there");
}

#[test]
fn a_program_that_prints_without_end_leaves_a_short_log() {
    let script = "print('the beginning')\nfor _ in range(40): print('x' * (1 << 20))\nprint('the end', flush=True)\n";
    let project = study(&format!("{script}{}", predictions("rows")), "");
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}{}", said.stderr, reason(&project));
    let id = &project.ids("experiment.toml")[0];
    let mut log = fs::File::open(project.path(&format!("results/study/trials/{id}/log.txt"))).unwrap();
    assert!((8 << 20..=16 << 20).contains(&log.metadata().unwrap().len()), "{}", log.metadata().unwrap().len());
    let mut text = String::new();
    log.seek(SeekFrom::Start(0)).unwrap();
    log.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("the beginning\n") && text.ends_with("\nthe end\n"));
    assert!(text[8 << 20..].starts_with("\n[gridbook left "), "{}", &text[8 << 20..][..80]);
}

#[test]
fn no_escape_code_of_a_program_reaches_the_reader() {
    let script = "print('\\x1b[31mout \\x1b]0;title\\x07of data\\x1b[0m', file=sys.stderr)\n\
        print('\\x1b[0m', file=sys.stderr)\nsys.exit(3)\n";
    let project = study(script, "");
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 1);
    let why = reason(&project);
    assert!(why.starts_with("failed: the program ended with exit code 3: out of data; its log: "), "{why}");
    let page = fs::read_to_string(project.path("results/study/report.html")).unwrap();
    for text in [said.stdout, said.stderr, page] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text}");
    }
    // What `predictions.csv` holds is repeated too.
    let odd = predictions("rows").replace(",0", ",\\x1b[31mred");
    let project = study(&odd, "");
    project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(reason(&project), "failed: predictions.csv, line 2: `red` in column `cluster` is no whole number");
}
