//! One slip, one diagnostic: what follows from a mistake is not said again, and nothing is left out because of it.

use crate::broken::{CLASSIFICATION, CLUSTERING, project};
use crate::grammar::GOOD;
use crate::support::Project;

/// What is changed, and the code and suggestion of the one diagnostic.
type Slip<'s> = (&'s str, &'s str, &'s str, Option<&'s str>);

/// Checks that each slip gives one diagnostic, with its caret on what was written; the messages.
fn outputs(base: &str, slips: &[Slip<'_>]) -> String {
    outputs_in(&project(), base, slips)
}

fn outputs_in(project: &Project, base: &str, slips: &[Slip<'_>]) -> String {
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
            ("kind = \"blobs\"", "kind = \"blobsx\"", KIND, Some("blobs")),
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
    let groups = "groups = \"company\"\nvalidation = { kind = \"holdout\", stratified = true }";
    let slips = [("stratified = true", groups, "wrong-value", None)];
    insta::assert_snapshot!(outputs(CLASSIFICATION, &slips));
}

#[test]
fn what_no_trial_has_is_no_condition() {
    let value = "unknown-value";
    let clustering = outputs(
        CLUSTERING,
        &[
            ("about = \"published.lu\"", "about = \"publihed.lu\"", value, Some("published.lu")),
            ("about = \"published.lu\"", "about = \"modle\"", value, Some("model")),
            ("about = \"published.lu\"", "about = \"IDC\"", value, Some("IDEC")),
            ("where = { dataset = [\"Blobs\", \"Table\"] }", "where = { dataset = [] }", "out-of-range", None),
            ("where = { dataset = [\"Blobs\", \"Table\"] }", "where = { fold = 0 }", value, None),
            ("when = { batch-size = 8, gamma = 1.0 }", "when = { batch-size = [] }", "out-of-range", None),
            ("rows = [\"model\", \"batch-size\"]", "rows = [\"model\", \"model\"]", "duplicate", None),
            ("columns = [\"dataset\", \"metric\"]", "columns = [\"dataset\", \"dataset\"]", "duplicate", None),
            ("metrics = [\"acc\", \"nmi_max\"]\n", "metrics = [\"acc\", \"acc\"]\n", "duplicate", None),
            ("\"nmi_max\", \"fit_seconds\"]", "\"nmi_max\", \"acc\"]", "duplicate", None),
            ("model = \"K-means\", dataset", "model = [\"K-means\"], dataset", "wrong-type", None),
            ("acc = 25.0", "acc = 601.0", "out-of-range", None),
            ("[[figure]]", "[[table]]\n[[table]]\n[[figure]]", "duplicate", None),
            ("path = \"table.csv\"", "path = \"${dta}/table.csv\"", value, Some("data")),
        ],
    );
    let fold = |fold| format!("where = {{ split = \"4 folds\", fold = {fold} }}");
    let (seven, list, good) = (fold("7"), fold("[0, 4]"), fold("[0, 3]"));
    let columns = "columns = [\"pipeline\", \"split\"]";
    let classification = outputs(
        CLASSIFICATION,
        &[
            (columns, &seven, value, None),
            (columns, &list, value, None),
            (columns, "where = { split = \"2010-13 → 2014\", fold = 0 }", value, None),
            ("path = \"split.json\"", "path = \"${dat}/split.json\"", value, Some("data")),
            (
                "\"undersample.ratio\" = [1.0, 3.0]",
                "\"undersample.ratio\" = [1.0, 3.0]\nundersample.ratio = [2.0]",
                "duplicate",
                None,
            ),
        ],
    );
    let grammar = outputs(
        GOOD,
        &[
            ("better = \"DEC\"", "better = [\"DEC\"]", "wrong-type", None),
            ("when = { max-iterations = 20 }", "when = { max-iterations = [] }", "out-of-range", None),
            ("integers = [1, 5]", "integers = [0, 9223372036854775807]", "out-of-range", None),
            ("integers = [1, 5]", "integers = [0.5, 3]", "wrong-type", None),
            (
                "among = [\"learning-rate\", \"max-iterations\"]",
                "among = [\"learning-rate\", \"learning-rate\"]",
                "duplicate",
                None,
            ),
        ],
    );
    insta::assert_snapshot!(clustering + &classification + &grammar);
    let project = project();
    project.write("experiment.toml", CLASSIFICATION.replace(columns, &good));
    assert_eq!(project.gridbook(&["check", "experiment.toml"]).code, 0);
}

/// The caret stands on the item of a list, on the key of a table, on the step.
#[test]
fn carets_stand_on_what_is_wrong() {
    let data = "data";
    let documents = "take = { per-class = 4 }\nkey = \"a\"\n[dataset.documents]\npath = \"texts.csv\"\nkey = \"id\"\ncolumn = \"text\"";
    let spoil = |from: &str, to: &str| documents.replace(from, to);
    let files = [
        (spoil("column =", "colum ="), KEY, Some("column")),
        (spoil("\"id\"", "\"idd\""), data, Some("id")),
        (spoil("\"text\"", "\"txt\""), data, Some("text")),
        (spoil("texts.csv", "absent.csv"), "data-file", None),
        (spoil("texts.csv", "${dta}/texts.csv"), "unknown-value", Some("data")),
        (spoil("\"id\"", "3"), "wrong-type", None),
        (spoil("column = \"text\"", ""), "missing-key", None),
    ];
    let mut slips: Vec<Slip<'_>> = vec![
        ("drop = [\"company\", \"year\"]", "drop = [\"company\", \"yaer\"]", data, Some("year")),
        ("drop = [\"company\", \"year\"]", "drop = [\"company\", \"class\"]", data, None),
        ("drop = [\"company\", \"year\"]", "nominal = [\"company\", \"yaer\"]", data, Some("year")),
        ("drop = [\"company\", \"year\"]", "views = { p = [\"a\"], q = [\"b\", \"clas\"] }", data, Some("class")),
    ];
    slips.extend(files.iter().map(|(to, code, near)| ("take = { per-class = 4 }", to.as_str(), *code, *near)));
    let folder = project();
    folder.write("texts.csv", "id,text\n1,one\n");
    insta::assert_snapshot!(outputs_in(&folder, CLUSTERING, &slips));
    // A step that the data do not go through.
    let project = project();
    let text = CLUSTERING.replace("[\"company\", \"year\"]", "[\"year\"]\nnominal = [\"company\"]");
    let text = text.replace("{ kind = \"min-max\" }", "{ kind = \"min-max\" }, { kind = \"l2-rows\" }");
    project.write("experiment.toml", text);
    let list = project.json(&["check", "experiment.toml", "--json"]);
    let step = list.as_array().unwrap().iter().find(|one| one["code"] == "step-data").unwrap();
    assert_eq!((&step["line"], &step["column"]), (&29.into(), &32.into()), "{step}");
}

#[test]
fn a_positive_class_is_named_where_there_are_several() {
    let folder = project();
    let table = std::fs::read_to_string(folder.path("table.csv")).unwrap().replacen(",0\n", ",2\n", 12);
    folder.write("table.csv", table);
    let text = CLASSIFICATION.replace("order = \"weka\"\n", "");
    folder.write("experiment.toml", &text);
    assert_eq!(folder.gridbook(&["check", "experiment.toml"]).code, 0);
    let metrics = "\"f1_macro\", \"recall\"]\npositive = \"1\"\n";
    let said = outputs_in(&folder, &text, &[(metrics, "\"recall\"]\n", "metric-data", None)]);
    assert!(
        said.contains("5:25 the metric `recall` is of a positive class, and data set `Table` has 3 classes"),
        "{said}"
    );
}
