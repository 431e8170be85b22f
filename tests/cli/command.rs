//! Programs of one's own as models.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::{Project, journal_lines};

const HEAD: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc", "inertia"]
[[dataset]]
kind = "blobs"
rows = 40
[[model]]
kind = "command"
name = "ours"
run = ["python3", "ours.py"]
"#;

/// A study whose program is `script`, after reading `trial` and `rows`.
pub fn study(script: &str, more: &str) -> Project {
    let project = Project::with(&format!("{HEAD}{more}"));
    let read = "import csv, json, sys, time\ntrial = json.load(open('trial.json'))\n\
                rows = list(csv.DictReader(open(trial['files']['data'])))\n";
    project.write("ours.py", format!("{read}{script}"));
    project
}

pub fn predictions(rows: &str) -> String {
    format!("open('predictions.csv', 'w').write('row,cluster\\n' + ''.join(f\"{{r['row']}},0\\n\" for r in {rows}))\n")
}

/// A classification whose column `a` is the class itself, one of `classes`; the program writes back what `say` makes
/// of the class that the training row with the same `a` has.
fn classification(classes: &[&str], inputs: &str, say: &str) -> Project {
    let project = Project::with(&format!(
        "name = \"study\"\n[task]\nkind = \"classification\"\nmetrics = [\"accuracy\"]\n[[dataset]]\nkind = \"csv\"\n\
         path = \"data.csv\"\nlabels = \"class\"\n[[split]]\nkind = \"holdout\"\nfraction = 0.25\nstratified = true\n\
         [[model]]\nkind = \"command\"\nrun = [\"python3\", \"ours.py\"]\ninputs = \"{inputs}\"\n",
    ));
    let mut table = String::from("a,class\n");
    for row in 0..40 {
        let code = row % classes.len();
        table.push_str(&format!("{code},{}\n", classes[code]));
    }
    project.write("data.csv", table);
    let head = "import csv, json, struct\ntrial = json.load(open('trial.json'))\nfiles = trial['files']\n\
                def array(name, form):\n    data = open(name, 'rb').read()[128:]\n    \
                    return [x[0] for x in struct.iter_unpack(form, data)]\n\
                def part(name):\n    if trial['files']['test'] == 'test.csv':\n        \
                    rows = list(csv.DictReader(open(files[name])))\n        \
                    return [(r['row'], float(r['a']), r.get('class')) for r in rows]\n    \
                    at = files[name]\n    rows, a = array(at['rows'], '<q'), array(at['x'], '<d')\n    \
                    return list(zip(rows, a, array(at['labels'], '<q') if 'labels' in at else rows))\n";
    let script = format!(
        "{head}seen = {{a: label for _, a, label in part('train')}}\nsay = {say}\n\
         with open('predictions.csv', 'w') as out:\n    print('row,predicted', file=out)\n    \
             for row, a, _ in part('test'):\n        print(f'{{row}},{{say(seen[a])}}', file=out)\n"
    );
    project.write("ours.py", script);
    project
}

/// The reason of the only trial.
pub fn reason(project: &Project) -> String {
    let trials = project.json(&["trials", "results/study", "--format", "json"]);
    format!("{}: {}", trials[0]["status"].as_str().unwrap(), trials[0]["reason"].as_str().unwrap_or("none"))
}

#[test]
fn a_script_stands_in_the_table_beside_k_means() {
    let experiments = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/own-program/own-program.toml");
    let script = fs::read_to_string(experiments.replace("own-program.toml", "kmeans.py")).unwrap();
    let lines = script.lines().filter(|line| !line.is_empty() && !line.starts_with("\"\"\"")).count();
    assert!(lines <= 15, "{lines} lines");
    let project = Project::new();
    let said = project.gridbook(&["run", experiments]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.contains("k-means (gridbook)") && said.stdout.contains("k-means (Python)"), "{}", said.stdout);
    let trials = project.json(&["trials", "results/own-program", "--format", "json"]);
    for trial in trials.as_array().unwrap() {
        // A random partition of ten classes has an ACC of about 0.2.
        assert!(trial["metric:acc"].as_f64().unwrap() > 0.4, "{trial}");
        assert!(trial["fit_seconds"].as_f64().unwrap() > 0.0, "{trial}");
    }
}

#[test]
fn it_is_told_everything_and_its_progress_becomes_curves() {
    let script = "assert trial['parameters'] == {'alpha': 0.5, 'beta': [1, 2]}, trial\n\
                  assert (trial['seed'], trial['task'], trial['clusters'], trial['label']) == (0, 'clustering', 3, None)\n\
                  assert list(rows[0]) == ['row', 'x0', 'x1'], rows[0]\n\
                  with open('progress.jsonl', 'w') as out:\n    \
                      for step in (1, 2):\n        print(json.dumps({'step': step, 'loss': 1 / step}), file=out)\n";
    let project =
        study(&format!("{script}{}", predictions("reversed(rows)")), "parameters = { alpha = 0.5, beta = [1, 2] }\n");
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}{}", said.stderr, reason(&project));
    let id = &project.ids("experiment.toml")[0];
    let folder = project.path(&format!("results/study/trials/{id}"));
    let curves = fs::read_to_string(folder.join("curves.csv")).unwrap();
    assert_eq!(curves, "phase,name,step,value\ntrain,loss,1,1\ntrain,loss,2,0.5\n");
    // What it was given is not kept.
    assert!(!folder.join("work").exists());
}

#[test]
fn arrays_are_handed_over_where_they_are_asked_for() {
    let project = study(&predictions("[{'row': row} for row in range(40)]"), "inputs = \"npy\"\nlabels = true\n");
    let script = fs::read_to_string(project.path("ours.py")).unwrap();
    let script = script.replace(
        "rows = list(csv.DictReader(open(trial['files']['data'])))",
        "files = trial['files']['data']\nassert sorted(files) == ['labels', 'rows', 'x'], files\n\
         head = open(files['x'], 'rb').read(128)\nassert head.startswith(b'\\x93NUMPY') and b'(40, 2)' in head, head",
    );
    project.write("ours.py", script);
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}{}", said.stderr, reason(&project));
}

#[test]
fn what_it_does_wrong_is_named() {
    for (script, said) in [
        (predictions("rows[1:]"), "predictions.csv has 39 predictions for 40 rows; row 0 is missing"),
        (predictions("rows + [{'row': 40}]"), "predictions.csv has 41 predictions for 40 rows; row 40 is none of them"),
        (predictions("rows + rows[:1]"), "predictions.csv, line 42: row 0 is there twice"),
        (
            predictions("rows").replace("cluster", "clusters"),
            "no column `cluster`, only `row`, `clusters`; is it `clusters`?",
        ),
        (predictions("rows").replace(",0", ",a"), "line 2: `a` in column `cluster` is no whole number"),
        (String::new(), "the program left no `predictions.csv` that can be read: no such file or directory"),
        ("sys.exit('out of data')\n".to_owned(), "the program ended with exit code 1: out of data"),
        ("import os; os.abort()\n".to_owned(), "the program died of signal 6 (SIGABRT)"),
    ] {
        let project = study(&script, "");
        assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 1, "{script}");
        let reason = reason(&project);
        assert!(reason.starts_with("failed: ") && reason.contains(said), "{reason}\n{said}");
    }
}

#[test]
fn a_failure_names_the_log_and_many_are_one_cause() {
    let project = study("sys.exit('out of data')\n", "[repeat]\nseeds = 2\n");
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 1);
    let trials = project.json(&["trials", "results/study", "--format", "json"]);
    for trial in trials.as_array().unwrap() {
        let log = format!("trials/{}/log.txt", trial["id"].as_str().unwrap());
        let expected = format!("the program ended with exit code 1: out of data; its log: {log}");
        assert_eq!(trial["reason"], expected);
        assert_eq!(fs::read_to_string(project.path(&format!("results/study/{log}"))).unwrap(), "out of data\n");
    }
    let table = project.gridbook(&["report", "results/study", "--format", "md"]).stdout;
    assert!(
        table.contains("failed: the program ended with exit code 1: out of data; its log: trials/ID/log.txt"),
        "{table}"
    );
    assert!(!table.contains("other reasons"), "{table}");
    // Without a word of the program there is no log.
    let silent = study("sys.exit(1)\n", "");
    silent.gridbook(&["run", "experiment.toml"]);
    assert_eq!(reason(&silent), "failed: the program ended with exit code 1 and said nothing");
}

#[test]
fn it_may_write_back_the_classes_that_it_saw() {
    let accuracy = |classes: &[&str], inputs: &str, say: &str| {
        let project = classification(classes, inputs, say);
        let said = project.gridbook(&["run", "experiment.toml"]);
        assert_eq!(said.code, 0, "{classes:?} {inputs}: {}{}", said.stderr, reason(&project));
        let trials = project.json(&["trials", "results/study", "--format", "json"]);
        trials[0]["metric:accuracy"].as_f64().unwrap()
    };
    for inputs in ["csv", "npy"] {
        for classes in [&["-1", "0", "1"][..], &["1", "2", "3"], &["2", "1", "0"], &["no", "yes"]] {
            let found = accuracy(classes, inputs, "lambda label: label");
            assert!((found - 1.0).abs() < 1e-9, "{classes:?} {inputs}: {found}");
        }
    }
    // By its index where no class is called so; left open, a row counts as wrong.
    assert!((accuracy(&["no", "yes"], "csv", "trial['classes'].index") - 1.0).abs() < 1e-9);
    assert!(accuracy(&["1", "2"], "csv", "lambda label: -1").abs() < 1e-9);
    assert!(accuracy(&["-1", "1"], "csv", "lambda label: ''").abs() < 1e-9);
}

#[test]
fn an_index_among_classes_that_are_whole_numbers_is_refused() {
    let project = classification(&["1", "2", "3"], "csv", "trial['classes'].index");
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 1);
    let said = reason(&project);
    let expected = "`0` in column `predicted` is no class; expected one of `1`, `2`, `3` (names: they are whole numbers, \
                    so that an index would be ambiguous); -1 or an empty cell means unclassified";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn it_is_killed_at_its_time_limit() {
    let project = study("open('/dev/null'); time.sleep(300)\n", "[limits]\ntime = 1\n");
    let began = Instant::now();
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 1);
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(reason(&project).starts_with("timed_out: stopped at its time limit of 1s"), "{}", reason(&project));
    let id = &project.ids("experiment.toml")[0];
    let work = project.path(&format!("results/study/trials/{id}/work"));
    let ours = fs::canonicalize(&work).unwrap();
    let alive =
        fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| fs::read_link(entry.path().join("cwd")).ok());
    assert_eq!(alive.filter(|folder| *folder == ours).count(), 0, "the program is still there");
}

#[test]
fn a_program_that_is_not_there_is_the_machines_fault() {
    let project = study("", "");
    let text = fs::read_to_string(project.path("experiment.toml")).unwrap();
    project.write("experiment.toml", text.replace("\"python3\", \"ours.py\"", "\"no-such-program\""));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("`no-such-program` cannot be started: no such file or directory"), "{}", said.stderr);
    assert!(!journal_lines(&project.path("results/study")).iter().any(|line| line.contains(r#""kind":"end""#)));
}

/// What `check` says of these words of `run`, with its exit code.
fn checked(run: &str) -> (i32, String) {
    let project = study("", "");
    project.write("tools/plot.R", "\n");
    let text = fs::read_to_string(project.path("experiment.toml")).unwrap();
    project.write("experiment.toml", text.replace("[\"python3\", \"ours.py\"]", run));
    let said = project.gridbook(&["check", "experiment.toml"]);
    (said.code, said.stderr)
}

#[test]
fn a_script_that_is_not_there_is_a_mistake_and_a_program_worth_a_word() {
    for (run, code, expected) in [
        (r#"["python3", "our.py"]"#, 3, "`run` names `our.py`, which is not there"),
        (r#"["python3", "our.py"]"#, 3, "did you mean `ours.py`?"),
        (r#"["Rscript", "tools/plt.R"]"#, 3, "did you mean `tools/plot.R`?"),
        (r#"["./our.py"]"#, 3, "did you mean `./ours.py`?"),
        (r#"["sh", "nothing-like-it.sh"]"#, 3, "it is looked for in `"),
        (r#"["ours.py"]"#, 3, "`run` starts `ours.py`, which is not marked as executable"),
        // Another machine may have it.
        (r#"["pyhton3", "ours.py"]"#, 0, "warning: `run` starts `pyhton3`, which this machine does not have"),
        (r#"["pyhton3", "ours.py"]"#, 0, "did you mean `python3`?"),
        (r#"["no-such-program-at-all"]"#, 0, "no mistakes, 1 warning"),
    ] {
        let (ended, said) = checked(run);
        assert_eq!(ended, code, "{run}: {said}");
        assert!(said.contains(expected), "{run}: {said}");
    }
    for run in [r#"["python3", "ours.py", "--out=x.py"]"#, r#"["sh", "-c", "python3 x.py"]"#, r#"["env", "tools"]"#] {
        let (ended, said) = checked(run);
        assert!(ended == 0 && said.ends_with("no mistakes, 1 trial\n") && !said.contains("warning"), "{run}: {said}");
    }
}

#[test]
fn its_code_is_part_of_the_identity() {
    let project = study(&predictions("rows"), "code = [\"helper.py\"]\n");
    project.write("helper.py", "x = 1\n");
    let before = project.ids("experiment.toml");
    project.write("helper.py", "x = 2\n");
    let after = project.ids("experiment.toml");
    assert_ne!(before, after);
    let script = fs::read_to_string(project.path("ours.py")).unwrap();
    project.write("ours.py", format!("{script}#\n"));
    assert_ne!(after, project.ids("experiment.toml"));
    fs::remove_file(project.path("helper.py")).unwrap();
    let said = project.gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("`helper.py` cannot be read: no such file or directory"), "{}", said.stderr);
}

#[test]
fn a_feature_called_row_is_not_taken_for_the_row_number() {
    let script = "assert list(rows[0]) == ['row', 'a', 'x.row'], rows[0]\n\
                  assert [(r['row'], r['x.row']) for r in rows] == [('0', '7'), ('1', '8')], rows\n";
    let project = study(&format!("{script}{}", predictions("rows")), "");
    let text = fs::read_to_string(project.path("experiment.toml")).unwrap();
    let data = "kind = \"csv\"\npath = \"d.csv\"\nlabels = \"y\"\n";
    project.write("experiment.toml", text.replace("kind = \"blobs\"\nrows = 40\n", data));
    project.write("d.csv", "a,row,y\n1,7,u\n2,8,v\n");
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}{}", said.stderr, reason(&project));
    let lines = journal_lines(&project.path("results/study"));
    let note = "the program is given other names where one was taken: `row` is `x.row`";
    assert!(lines.iter().any(|line| line.contains(note)), "{lines:?}");
}
