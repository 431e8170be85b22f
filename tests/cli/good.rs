//! Good experiment files: nothing is said of them.

use std::fs;

use crate::broken::{CLASSIFICATION, CLUSTERING, project};
use crate::support::Project;

#[test]
fn good_files_pass_without_a_word() {
    for base in [CLUSTERING, CLASSIFICATION] {
        let project = project();
        project.write("experiment.toml", base);
        let said = project.gridbook(&["check", "experiment.toml", "--json"]);
        assert_eq!((said.code, said.stdout.trim(), said.stderr.as_str()), (0, "[]", ""), "{base}");
    }
}

/// Changes that leave a file good.
const STILL_CLUSTERING: &[(&str, &str)] = &[
    ("format = 1\n", ""),
    ("about  = \"Three methods on two sets\"\n", ""),
    ("metrics = [\"acc\", \"nmi_max\", \"fit_seconds\"]", "metrics = [\"nmi_max\", \"ari\", \"acc\", \"silhouette\"]"),
    ("seeds = 2", "seeds = [3, 1, 4]"),
    ("[repeat]\nseeds = 2\n", ""),
    ("rows = 60\n", ""),
    ("rows = 60", "rows = 6_0"),
    ("take = { per-class = 4 }", "take = { rows = 12 }"),
    ("take = { per-class = 4 }", "take = { fraction = 0.5, seed = 3 }"),
    ("take = { per-class = 4 }\n", ""),
    ("take = { per-class = 4 }", "take.per-class = 4"),
    ("drop = [\"company\", \"year\"]", "drop = [\"company\"]"),
    ("drop = [\"company\", \"year\"]", "drop = [\"year\"]\nkey = \"company\""),
    ("steps = [{ kind = \"min-max\" }]", "steps = []"),
    ("steps = [{ kind = \"min-max\" }]", "steps = [{ kind = \"replace-missing\" }, { kind = \"standardize\" }]"),
    ("name = \"scaled\"\n", ""),
    ("[[pipeline]]\nname = \"scaled\"\nsteps = [{ kind = \"min-max\" }]\n", ""),
    ("[[pipeline]]\n", "[[pipeline]]\nname = \"rows\"\nsteps = [{ kind = \"l2-rows\" }]\n[[pipeline]]\n"),
    ("seed-restarts = 2", "seed-restarts = 2\nclusters = 4\ntolerance = 1e-3"),
    ("seed-restarts = 2", "[model.grid]\nseed-restarts = [1, 2, 5]"),
    ("seed-restarts = 2", "[model.grid]\nseed-restarts = { integers = [1, 5], step = 2 }"),
    ("layers = [10, 5]", "layers = [7]"),
    ("gamma = [0.1, 1.0]", "gamma = [1, 0.1]"),
    ("gamma = [0.1, 1.0]", "gamma = { log = [0.1, 1.0], points = 3 }"),
    ("layers = [10, 5]\npretrain-epochs = 2\n[model.grid]\n", "[model.grid]\nlayers = [[10, 5], [20]]\n"),
    ("[[model.skip]]\nwhen = { batch-size = 8, gamma = 1.0 }\nreason = \"diverges in the paper\"\n", ""),
    ("when = { batch-size = 8, gamma = 1.0 }", "when = { batch-size = 8 }"),
    ("when = { batch-size = 8, gamma = 1.0 }", "when = { batch-size = 8, gamma = 1 }"),
    ("kind = \"random\"", "kind = \"random\"\nclusters = 3"),
    ("kind = \"random\"", "kind = \"debug\"\nsleep = 0.1"),
    ("kind = \"random\"", "kind = \"command\"\nrun = [\"python3\", \"ours.py\"]\n[model.grid]\nmine = [1, \"two\"]"),
    ("time = \"10m\"", "time = 600"),
    ("time = \"10m\"", "time = \"1h 30m\""),
    ("fail-fast = false", "fail-fast = true\nmemory = \"2GiB\"\nexclusive = true\nthreads = 2"),
    ("[limits]\ntime = \"10m\"\ngrid = 1000\nretries = 1\nfail-fast = false\n", ""),
    ("unit   = \"percent\"\n", "unit   = \"percent\"\nnote = \"by hand\"\n"),
    ("acc = 25.0, nmi_max = 19.25", "acc = \"25.0\", nmi_max = 19"),
    ("tolerance = 0.01\n", ""),
    ("source = \"Lu, Table 3\"\n", ""),
    ("model = \"K-means\", dataset = \"Blobs\", acc", "model = \"K-means\", acc"),
    ("rows = [\"model\", \"batch-size\"]", "rows = \"model\""),
    ("columns = [\"dataset\", \"metric\"]", "columns = [\"metric\", \"dataset\"]"),
    ("where = { dataset = [\"Blobs\", \"Table\"] }", "where = { dataset = \"Blobs\", seed = [0, 1] }"),
    ("where = { dataset = [\"Blobs\", \"Table\"] }\n", ""),
    ("metrics = [\"acc\", \"nmi_max\"]", "metric = \"acc\""),
    ("compare = { against = \"published.lu\" }\n", ""),
    ("kind = \"box\"", "kind = \"line\""),
    ("by = \"dataset\"\n", ""),
    ("about = \"published.lu\"\n", ""),
    ("[[report.note]]", "[[table]]\ntitle = \"Another\"\ncolumns = \"metric\"\n[[report.note]]"),
];

/// The same of the other file.
const STILL_CLASSIFICATION: &[(&str, &str)] = &[
    ("positive = \"1\"\n", ""),
    ("positive = \"1\"", "positive = \"0\""),
    ("metrics  = [\"accuracy\", \"f1_macro\", \"recall\"]", "metrics  = [\"roc_auc\", \"accuracy\", \"log_loss\"]"),
    ("train  = \"2010..=2013\"", "train  = [2010, \"2011..2014\"]"),
    ("train  = \"2010..=2013\"", "train  = \"..2014\""),
    ("test   = \"2014\"", "test   = 2014"),
    ("validation = { kind = \"holdout\", fraction = 0.25 }\n", ""),
    (
        "validation = { kind = \"holdout\", fraction = 0.25 }",
        "validation = { kind = \"temporal\", column = \"year\", train = \"..=2012\", test = 2013 }",
    ),
    ("fraction = 0.25 }", "fraction = 0.25, stratified = true }"),
    ("order = \"weka\"\n", ""),
    ("order = \"weka\"", "groups = \"company\""),
    ("kind  = \"k-fold\"", "kind  = \"repeated-k-fold\"\nrepeats = 3"),
    ("stratified = true", "stratified = false"),
    ("groups = \"year\"", "groups = \"company\""),
    ("\"undersample.ratio\" = [1.0, 3.0]", "undersample.ratio = [1.0, 3.0]"),
    ("\"undersample.ratio\" = [1.0, 3.0]", "\"undersample.ratio\" = [1.0, 3.0]\n\"undersample.seed\" = [0, 1]"),
    ("path   = \"table.csv\"", "path   = \"gaps.csv\""),
    ("code = [\"ours.py\"]\n", ""),
    ("parameters = { power = 2 }\n", "inputs = \"npy\"\n[model.grid]\npower = [1, 2]\n"),
    ("columns = [\"pipeline\", \"split\"]", "columns = [\"pipeline\", \"split\", \"fold\"]"),
];

#[test]
fn changes_that_leave_a_file_good() {
    let mut wrong = String::new();
    for (base, changes) in [(CLUSTERING, STILL_CLUSTERING), (CLASSIFICATION, STILL_CLASSIFICATION)] {
        let project = project();
        for (from, to) in changes {
            assert!(base.contains(from), "nothing to change: {from}");
            project.write("experiment.toml", base.replacen(from, to, 1));
            let said = project.gridbook(&["check", "experiment.toml", "--json"]);
            if (said.code, said.stdout.trim(), said.stderr.as_str()) != (0, "[]", "") {
                let said = project.gridbook(&["check", "experiment.toml"]);
                wrong.push_str(&format!("{from:?} -> {to:?}\n{}\n", said.stderr));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(STILL_CLUSTERING.len() + STILL_CLASSIFICATION.len() >= 60);
}

/// Every experiment file of the project is good.
#[test]
fn the_files_of_the_project_pass_without_a_word() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments");
    for entry in fs::read_dir(folder).unwrap().flatten().filter(|e| e.path().extension().is_some_and(|x| x == "toml")) {
        let path = entry.path();
        let said = Project::new().gridbook(&["check", path.to_str().unwrap(), "--json"]);
        assert_eq!((said.code, said.stdout.trim()), (0, "[]"), "{}", path.display());
    }
}
