//! One matrix in every format gives one score.

use std::fs;

use crate::support::Project;

#[test]
fn one_matrix_in_every_format_gives_equal_scores() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/readers");
    let project = Project::new();
    let csv = fs::read_to_string(format!("{folder}/same.csv")).unwrap();
    let (header, rows) = csv.split_once('\n').unwrap();
    let columns: Vec<&str> = header.trim().split(',').filter(|name| *name != "y").collect();
    assert!(header.trim().ends_with(",y"), "{header}");
    let classes: std::collections::BTreeSet<&str> = rows.lines().map(|row| row.rsplit(',').next().unwrap()).collect();
    let attributes: Vec<String> = columns.iter().map(|name| format!("@attribute {name} numeric\n")).collect();
    let attributes = attributes.concat();
    let classes = classes.into_iter().collect::<Vec<_>>().join(",");
    let cells: Vec<String> = rows
        .lines()
        .map(|row| row.split(',').map(|cell| if cell.is_empty() { "?" } else { cell }).collect::<Vec<_>>().join(","))
        .collect();
    let arff = format!("@relation same\n{attributes}@attribute y {{{classes}}}\n@data\n{}\n", cells.join("\n"));
    project.write("same.arff", arff);
    let objects: Vec<String> = cells
        .iter()
        .map(|row| {
            let cells = row.split(',').zip(columns.iter().copied().chain(["y"]));
            let fields: Vec<String> =
                cells.filter(|(cell, _)| *cell != "?").map(|(cell, name)| format!("\"{name}\": {cell}")).collect();
            format!("{{{}}}\n", fields.join(", "))
        })
        .collect();
    project.write("same.jsonl", objects.concat());
    let mut text = String::from(
        "name = \"study\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\", \"nmi_max\", \"inertia\", \"silhouette\"]\n\
         [[pipeline]]\nsteps = [{ kind = \"replace-missing\" }, { kind = \"standardize\" }]\n\
         [[model]]\nkind = \"kmeans\"\n",
    );
    let given = |name: &str| format!("{folder}/{name}");
    let sets = [
        ("csv", given("same.csv"), "labels = \"y\""),
        ("arff", "same.arff".to_owned(), "labels = \"y\""),
        ("jsonl", "same.jsonl".to_owned(), "labels = \"y\""),
        ("npz", given("same-c.npz"), ""),
        ("npz", given("same-fortran.npz"), ""),
        ("npz", given("same-big-endian.npz"), ""),
        ("mat", given("same.mat"), ""),
        ("mat", given("same-columns.mat"), ""),
    ];
    for (number, (kind, path, more)) in sets.iter().enumerate() {
        text.push_str(&format!("[[dataset]]\nkind = \"{kind}\"\nname = \"{number}\"\npath = \"{path}\"\n{more}\n"));
    }
    project.write("experiment.toml", text);
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let trials = project.json(&["trials", "results/study", "--format", "json"]);
    let trials = trials.as_array().unwrap();
    assert_eq!(trials.len(), sets.len());
    for trial in trials {
        for metric in ["metric:acc", "metric:nmi_max", "metric:inertia", "metric:silhouette"] {
            assert!(trial[metric].is_number(), "{trial}");
            assert_eq!(trial[metric], trials[0][metric], "{metric} of {}", trial["dataset"]);
        }
    }
}
