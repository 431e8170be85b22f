//! One slip, one diagnostic: what follows from a mistake is not said again, and nothing is left out because of it.

use crate::broken::{CLASSIFICATION, CLUSTERING, project};
use crate::grammar::GOOD;

/// What is changed, and the code and suggestion of the one diagnostic.
type Slip<'s> = (&'s str, &'s str, &'s str, Option<&'s str>);

/// Checks that each slip gives one diagnostic, with its caret on what was written; the messages.
fn outputs(base: &str, slips: &[Slip<'_>]) -> String {
    let project = project();
    let (mut all, mut wrong) = (String::new(), String::new());
    for (from, to, code, suggestion) in slips {
        let at = base.find(from).unwrap_or_else(|| panic!("nothing to spoil: {from}"));
        project.write("experiment.toml", base.replacen(from, to, 1));
        let list = project.json(&["check", "experiment.toml", "--json"]);
        let list = list.as_array().unwrap();
        let first = base[..at].matches('\n').count() + 1;
        let lines = first..=first + to.matches('\n').count();
        let good = list.len() == 1
            && list[0]["code"] == *code
            && list[0]["suggestion"].as_str() == *suggestion
            && list[0]["line"].as_u64().is_some_and(|line| lines.contains(&usize::try_from(line).unwrap()));
        if !good {
            let said = project.gridbook(&["check", "experiment.toml"]);
            wrong.push_str(&format!("{from:?} -> {to:?}: {code} {suggestion:?}\n{list:?}\n{}\n", said.stderr));
        }
        for one in list {
            let (line, column) = (&one["line"], &one["column"]);
            let (message, help) = (one["message"].as_str().unwrap(), one["help"].as_str().unwrap_or("-"));
            all.push_str(&format!("{from:?} -> {to:?}\n  {line}:{column} {message}\n  {help}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    all
}

const KEY: &str = "unknown-key";
const KIND: &str = "unknown-kind";

#[test]
fn a_misspelt_kind_takes_nothing_with_it() {
    let clustering = outputs(
        CLUSTERING,
        &[
            ("kind    = \"clustering\"", "kid    = \"clustering\"", KEY, Some("kind")),
            ("kind = \"blobs\"", "kid = \"blobs\"", KEY, Some("kind")),
            ("{ kind = \"min-max\" }", "{ knd = \"min-max\" }", KEY, Some("kind")),
            ("kind = \"random\"", "kid = \"random\"", KEY, Some("kind")),
            ("kind = \"idec\"", "kidn = \"idec\"", KEY, Some("kind")),
            ("kind = \"idec\"", "kind = \"ide\"", KIND, Some("idec")),
            ("kind = \"box\"", "kid = \"box\"", KEY, Some("kind")),
        ],
    );
    let classification = outputs(
        CLASSIFICATION,
        &[
            ("kind     = \"classification\"", "kid     = \"classification\"", KEY, Some("kind")),
            ("kind   = \"temporal\"", "kid   = \"temporal\"", KEY, Some("kind")),
            ("validation = { kind =", "validation = { kid =", KEY, Some("kind")),
            ("{ kind = \"undersample\" }", "{ kid = \"undersample\" }", KEY, Some("kind")),
            ("kind = \"majority\"", "knd = \"majority\"", KEY, Some("kind")),
        ],
    );
    insta::assert_snapshot!(clustering + &classification);
    // The rest of the block is checked all the same.
    let project = project();
    project.write("experiment.toml", CLUSTERING.replace("kind = \"random\"", "kid = \"random\"\nclusterss = 3"));
    let list = project.json(&["check", "experiment.toml", "--json"]);
    let suggested: Vec<_> = list.as_array().unwrap().iter().map(|one| one["suggestion"].as_str().unwrap()).collect();
    assert_eq!(suggested, ["kind", "clusters"]);
    project.write("experiment.toml", CLUSTERING.replace("kind = \"random\"", "kid = 3"));
    assert_eq!(project.json(&["check", "experiment.toml", "--json"])[0]["suggestion"], "kind");
}

#[test]
fn what_follows_from_a_slip_is_not_said() {
    let clustering = outputs(
        CLUSTERING,
        &[
            ("[task]", "[tak]", KEY, Some("task")),
            ("kind    = \"clustering\"", "kind    = \"clusterng\"", KIND, Some("clustering")),
            ("kind = \"kmeans\"", "kind = \"kmens\"", KIND, Some("kmeans")),
            ("[model.grid]", "[model.grd]", KEY, Some("grid")),
            ("batch-size = [8, 16]", "batch-sze = [8, 16]", KEY, Some("batch-size")),
            ("name = \"K-means\"", "nae = \"K-means\"", KEY, Some("name")),
            ("acc = 25.0, nmi_max = 19.25", "accx = 25.0", KEY, Some("acc")),
        ],
    );
    let classification = outputs(
        CLASSIFICATION,
        &[
            ("kind     = \"classification\"", "kind     = \"classifcation\"", KIND, Some("classification")),
            ("[task]", "[tsk]", KEY, Some("task")),
            ("{ kind = \"undersample\" }", "{ kind = \"undersampel\" }", KIND, Some("undersample")),
            (
                "{ kind = \"replace-missing\", with = \"median\" }, { kind = \"undersample\" }",
                "{ kind = \"undersampel\" }",
                KIND,
                Some("undersample"),
            ),
            (
                "columns = [\"pipeline\", \"split\"]",
                "where = { pipeline = \"balancd\" }",
                "unknown-value",
                Some("balanced"),
            ),
        ],
    );
    let grammar = outputs(
        GOOD,
        &[
            ("{ log = [1e-4", "{ lg = [1e-4", KEY, Some("log")),
            ("choose = { by =", "choose = { b =", KEY, Some("by")),
            ("name = \"K-means\"", "nam = \"K-means\"", KEY, Some("name")),
            ("kind = \"kmeans\"", "kind = \"kmens\"", KIND, Some("kmeans")),
            ("max-iterations = [10, 20]", "max-iteration = [10, 20]", KEY, Some("max-iterations")),
            ("learning-rate = [0.1, 0.01]", "learning-rat = [0.1, 0.01]", KEY, Some("learning-rate")),
        ],
    );
    insta::assert_snapshot!(clustering + &classification + &grammar);
}

/// Of a text that is no TOML only that is said.
#[test]
fn a_slip_of_syntax_is_told_once() {
    let syntax = |from: &'static str, to: &'static str| (from, to, "syntax", None);
    let clustering = outputs(
        CLUSTERING,
        &[
            syntax("seeds = 2\n\n[[dataset]]\nkind", "seeds = [1\n\n[[dataset]]\nkind"),
            syntax("seeds = 2", "seeds = 02"),
            syntax("seeds = 2", "seeds = 2x"),
            syntax("name   = \"clustering\"", "name   = "),
            syntax("name   = \"clustering\"", "name   = clustering"),
            syntax("[repeat]", "[repeat"),
            syntax("[[dataset]]\nkind = \"blobs\"", "[[dataset]\nkind = \"blobs\""),
            syntax("kind = \"random\"", "kind = \"random"),
            syntax("take = { per-class = 4 }\n\n[[pipe", "take = { per-class = 4\n\n[[pipe"),
            syntax("name = \"IDEC\"", "name = \"IDEC\"\nname = \"IDEC\""),
            syntax("name = \"IDEC\"", "name \"IDEC\""),
        ],
    );
    insta::assert_snapshot!(clustering);
}

#[test]
fn values_of_splits_that_no_row_has_or_that_have_no_order() {
    let split = |from, to, suggestion| (from, to, "split", suggestion);
    let classification = outputs(
        CLASSIFICATION,
        &[
            split("test   = \"2014\"", "test   = [\"2014\", \"205\"]", None),
            split("train  = \"2010..=2013\"", "train  = [\"2010..=2013\", \"1999..2001\"]", None),
            ("train  = \"2010..=2013\"", "train  = \"2010..=2013x\"", "wrong-value", None),
            split("train  = \"2010..=2013\"", "train  = \"..2013-06\"", None),
        ],
    );
    let project = project();
    let mixed = std::fs::read_to_string(project.path("table.csv")).unwrap().replacen(",2013,", ",2013-05,", 1);
    project.write("table.csv", mixed);
    project.write("experiment.toml", CLASSIFICATION);
    let list = project.json(&["check", "experiment.toml", "--json"]);
    let message = list[0]["message"].as_str().unwrap();
    assert!(message.contains("`year` mixes numbers and words") && message.contains("`2013-05` in row 3"), "{message}");
    assert_eq!((&list[0]["line"], list.as_array().unwrap().len()), (&18.into(), 1));
    // Values that are named one by one need no order.
    let named = CLASSIFICATION.replace("\"2010..=2013\"", "[2010, 2011, \"2013-05\"]");
    project.write("experiment.toml", named);
    assert_eq!(project.gridbook(&["check", "experiment.toml"]).code, 0);
    insta::assert_snapshot!(classification);
}

#[test]
fn a_value_of_ones_own_program_is_fixed_or_swept() {
    let own = |grid: &str| format!("parameters = {{ power = 2 }}\n[model.grid]\n{grid} = [1, 2]");
    let grids = ["power", "seed", "fold", "metric", "accuracy"].map(own);
    let slips: Vec<Slip<'_>> =
        grids.iter().map(|grid| ("parameters = { power = 2 }", grid.as_str(), "duplicate", None)).collect();
    insta::assert_snapshot!(outputs(CLASSIFICATION, &slips));
    // What the command line sets takes the place of the sweep, as of other models.
    let project = project();
    project
        .write("experiment.toml", CLASSIFICATION.replace("parameters = { power = 2 }", "[model.grid]\npower = [1, 2]"));
    let plan = project.json(&[
        "plan",
        "experiment.toml",
        "--json",
        "--only",
        "model=ours",
        "--set",
        "model.ours.parameters.power=5",
    ]);
    assert!(plan["trials"].as_array().unwrap().iter().all(|trial| trial["params"]["power"].is_null()), "{plan}");
    assert_eq!(plan["trials"][0]["params"]["parameters"]["power"], 5);
    project.write("experiment.toml", CLASSIFICATION);
    let plan = project.json(&[
        "plan",
        "experiment.toml",
        "--json",
        "--only",
        "model=ours",
        "--set",
        "model.ours.grid.power=[5]",
    ]);
    assert_eq!(plan["trials"][0]["params"]["power"], 5);
}

#[test]
fn whole_groups_of_an_inner_split_cannot_be_stratified() {
    let slips = [("fraction = 0.25 }", "fraction = 0.25, stratified = true }", "wrong-value", None)];
    insta::assert_snapshot!(outputs(CLASSIFICATION, &slips));
}
