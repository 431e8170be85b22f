//! Tables of text in experiment files.

use crate::support::Project;

const EXPERIMENT: &str = "format = 1\nname = \"t\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\"]\n\n\
    [[dataset]]\nkind = \"csv\"\npath = \"table.csv\"\nlabels = \"y\"\nkey = \"id\"\n\
    [dataset.documents]\npath = \"texts.jsonl\"\nkey = \"firm\"\ncolumn = \"report\"\n\n\
    [[model]]\nkind = \"random\"\n";

fn project(experiment: &str) -> Project {
    let project = Project::with(experiment);
    project.write("table.csv", "id,a,y\n1,0.5,u\n2,0.25,v\n");
    project.write("texts.jsonl", "{\"firm\": 2, \"report\": \"two\"}\n{\"firm\": 1, \"report\": \"one\"}\n");
    project
}

#[test]
fn documents_are_a_table_beside_the_data_sets_own_keys() {
    let said = project(EXPERIMENT).gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}

#[test]
fn rows_without_a_document_are_counted_in_a_warning() {
    let project = project(EXPERIMENT);
    project.write("table.csv", "id,a,y\n1.0,0.5,u\n2,0.25,v\n3,0.5,u\n4,0.5,u\n");
    let said = project.gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let want = "data set `csv`: 2 of 4 rows have no document, or an empty one; the first has the `id` `3`";
    assert!(said.stderr.contains(want) && said.stderr.contains("1 warning"), "{}", said.stderr);
    let warnings = project.json(&["check", "experiment.toml", "--json"]);
    assert_eq!((warnings[0]["severity"].as_str(), warnings[0]["line"].as_u64()), (Some("warning"), Some(12)));
}

#[test]
fn mistakes_in_the_documents_have_their_caret_there() {
    for (from, to, want, caret) in [
        (
            "column = \"report\"",
            "colum = \"report\"",
            "unknown key `colum` in `documents`; expected one of `column`, `key`, `path`",
            "colum =",
        ),
        ("key = \"firm\"", "key = \"fir\"", "`texts.jsonl`: line 1 has no field `fir`", "key = \"fir\""),
        (
            "\"texts.jsonl\"",
            "\"absent.jsonl\"",
            "`absent.jsonl`: cannot be opened: no such file or directory",
            "path = \"absent",
        ),
        (
            "labels = \"y\"\nkey = \"id\"",
            "labels = \"y\"\ndrop = [\"id\"]",
            "joined by the table's own `key`, which is not",
            "[dataset.documents]",
        ),
        ("key = \"id\"", "key = \"i\"", "no column is called `i`; there are `id`, `a`, `y`", "key = \"i\""),
    ] {
        let said = project(&EXPERIMENT.replace(from, to)).gridbook(&["check", "experiment.toml"]);
        assert!(said.code == 2 || said.code == 3, "{from}: {}", said.code);
        assert!(said.stderr.contains(want), "{from}: {}", said.stderr);
        let wrong = EXPERIMENT.replace(from, to);
        let line = 1 + wrong.lines().position(|line| line.contains(caret)).unwrap();
        assert!(said.stderr.contains(&format!("experiment.toml:{line}:")), "{from}: {}", said.stderr);
    }
}

#[test]
fn the_texts_are_part_of_what_a_trial_is() {
    let project = project(EXPERIMENT);
    let before = project.ids("experiment.toml");
    assert_eq!(project.ids("experiment.toml"), before);
    project.write("texts.jsonl", "{\"firm\": 2, \"report\": \"two\"}\n{\"firm\": 1, \"report\": \"ones\"}\n");
    assert_ne!(project.ids("experiment.toml"), before);
}
