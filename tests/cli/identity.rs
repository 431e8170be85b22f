//! What changes a trial's id and what does not.

use crate::support::Project;

const DIGITS: &[u8] = include_bytes!("../../experiments/data/digits.npz");

const FILE: &str = r#"name = "study"
[task]
kind = "clustering"
[repeat]
seeds = 2
[[dataset]]
kind = "npz"
path = "digits.npz"
[[model]]
kind = "kmeans"
seed-restarts = 3
[[model]]
kind = "idec"
gamma = 1
"#;

fn project(text: &str) -> Project {
    let project = Project::with(text);
    project.write("digits.npz", DIGITS);
    project
}

#[test]
fn the_place_of_the_data_comments_order_and_spelled_out_defaults_change_nothing() {
    let ids = project(FILE).ids("experiment.toml");
    assert_eq!(ids.len(), 4);
    let moved = project(&FILE.replace("\"digits.npz\"", "\"elsewhere/renamed.npz\""));
    moved.write("elsewhere/renamed.npz", DIGITS);
    assert_eq!(moved.ids("experiment.toml"), ids);
    let reordered = FILE
        .replace("seed-restarts = 3", "# a comment\nname = \"another label\"\nmax-iterations = 300\nseed-restarts = 3");
    assert_eq!(project(&reordered).ids("experiment.toml"), ids);
    let turned = FILE.replace("kind = \"npz\"\npath = \"digits.npz\"", "path = \"digits.npz\"\nkind = \"npz\"");
    assert_eq!(project(&turned).ids("experiment.toml"), ids);
    assert_eq!(project(&FILE.replace("gamma = 1", "gamma = 1.0")).ids("experiment.toml"), ids);
}

#[test]
fn a_byte_of_data_changes_every_id() {
    let ids = project(FILE).ids("experiment.toml");
    let changed = project(FILE);
    let mut bytes = DIGITS.to_vec();
    // A comment at the end of the archive: the arrays stay what they are.
    let last = bytes.len() - 2;
    bytes[last] = 1;
    bytes.push(b'!');
    changed.write("digits.npz", bytes);
    let others = changed.ids("experiment.toml");
    assert_eq!(others.len(), ids.len());
    assert!(others.iter().all(|id| !ids.contains(id)));
}

#[test]
fn values_steps_seeds_and_data_change_ids() {
    let ids = project(FILE).ids("experiment.toml");
    let other = project(&FILE.replace("seed-restarts = 3", "seed-restarts = 4")).ids("experiment.toml");
    assert!(ids[..2].iter().all(|id| !other.contains(id)));
    assert_eq!(ids[2..], other[2..]);
    let stepped = FILE.replace(
        "[[model]]\nkind = \"kmeans\"",
        "[[pipeline]]\nsteps = [{ kind = \"unit-rms\" }]\n[[model]]\nkind = \"kmeans\"",
    );
    assert!(project(&stepped).ids("experiment.toml").iter().all(|id| !ids.contains(id)));
    let more = project(&FILE.replace("seeds = 2", "seeds = [1, 7]")).ids("experiment.toml");
    assert_eq!(more[0], ids[1]);
    assert!(!ids.contains(&more[1]));
}

#[test]
fn ids_are_pinned() {
    // A change here means that every result that anyone has is computed again: raise a revision on purpose.
    insta::assert_debug_snapshot!(project(FILE).ids("experiment.toml"));
}

#[test]
fn two_blocks_that_give_one_trial_are_a_mistake() {
    let twice = format!("{FILE}[[model]]\nkind = \"kmeans\"\nname = \"again\"\nseed-restarts = 3.0\n");
    let said = project(&twice).gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("model `again` gives the same trials as `kmeans`"), "{}", said.stderr);
}

#[test]
fn a_value_set_on_the_command_line_is_the_same_trial_as_one_in_the_file() {
    let project = project(FILE);
    let plan = project.json(&["plan", "experiment.toml", "--json", "--set", "model.kmeans.seed-restarts=4"]);
    let id = plan["trials"][0]["id"].as_str().unwrap().to_owned();
    project.write("other.toml", FILE.replace("seed-restarts = 3", "seed-restarts = 4"));
    assert_eq!(project.ids("other.toml")[0], id);
}
