//! No clusterer sees the classes: files that differ in their labels alone give the same assignments to the byte.

use std::collections::BTreeMap;
use std::fs;

use gridbook::model::registry::MODELS;
use gridbook::model::{ModelSpec, Program, TaskKind};
use serde_json::Value as Json;

use crate::support::Project;

const ROWS: u32 = 48;

/// Three groups in two views, and a class a row.
fn table(class: impl Fn(u32) -> String) -> String {
    let cell = |row: u32, column: u32| {
        let center = f64::from(row % 3) * if column.is_multiple_of(2) { 2.0 } else { -1.5 };
        center + f64::from((row * 37 + column * 53 + row * column * 11) % 101) / 101.0
    };
    let line = |row| {
        let cells: Vec<String> = (0..7).map(|column| cell(row, column).to_string()).collect();
        format!("{},{}\n", cells.join(","), class(row))
    };
    "a,b,c,d,e,f,g,class\n".to_owned() + &(0..ROWS).map(line).collect::<String>()
}

/// Every model that finds groups and is built here: the deep ones only with libtorch, no program of one's own.
fn models() -> Vec<&'static ModelSpec> {
    let finds = |spec: &&ModelSpec| {
        let here = cfg!(feature = "torch") || spec.program == Program::Native;
        spec.accepts.tasks.contains(&TaskKind::Clustering) && spec.kind != "command" && here
    };
    MODELS.iter().copied().filter(finds).collect()
}

/// Its block with quick settings, as far as it knows them.
fn block(spec: &ModelSpec) -> String {
    let quick = [
        ("layers", "[8]"),
        ("latent-dimension", "3"),
        ("batch-size", "16"),
        ("pretrain-epochs", "2"),
        ("epochs", "2"),
        ("max-iterations", "12"),
        ("update-interval", "4"),
        ("seed-restarts", "2"),
        ("neighbors", "5"),
        ("scale-neighbor", "3"),
    ];
    let known = (spec.parameters)();
    let lines = quick.iter().filter(|(name, _)| known.iter().any(|parameter| parameter.name == *name));
    let lines: Vec<String> = lines.map(|(name, value)| format!("{name} = {value}\n")).collect();
    format!("[[model]]\nkind = \"{}\"\n{}", spec.kind, lines.concat())
}

#[test]
fn labels_in_another_order_or_by_other_names_change_no_assignment() {
    let models = models();
    assert!(models.len() >= 4);
    let files = [
        ("plain", table(|row| (row % 3).to_string())),
        ("permuted", table(|row| (row / 2 % 3).to_string())), // other rows together
        ("renamed", table(|row| ["z", "m", "a"][row as usize % 3].to_owned())),
    ];
    let mut text = "name = \"study\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\"]\n".to_owned();
    let project = Project::new();
    for (name, table) in &files {
        project.write(&format!("{name}.csv"), table);
        text += &format!("[[dataset]]\nkind = \"csv\"\nname = \"{name}\"\npath = \"{name}.csv\"\nlabels = \"class\"\n");
        text += "views = { p = [\"a\", \"b\", \"c\", \"d\"], q = [\"e\", \"f\", \"g\"] }\n";
    }
    text += &models.iter().map(|spec| block(spec)).collect::<String>();
    project.write("experiment.toml", text);
    // Without the cache, so that each file's networks are learned from it.
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "2", "--no-cache"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);

    let rows = project.json(&["trials", "results/study", "--format", "json"]);
    let mut found: BTreeMap<(String, String), (Vec<u8>, Json)> = BTreeMap::new();
    for row in rows.as_array().unwrap() {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let predictions = project.path(&format!("results/study/trials/{}/predictions.csv", text("id")));
        let (model, dataset) = (text("model"), text("dataset"));
        found.insert((model, dataset), (fs::read(predictions).unwrap(), row["metric:acc"].clone()));
    }
    assert_eq!(found.len(), 3 * models.len());
    let of = |kind: &str, dataset: &str| &found[&(kind.to_owned(), dataset.to_owned())];
    for spec in &models {
        let (plain, score) = of(spec.kind, "plain");
        for other in ["permuted", "renamed"] {
            assert!(*plain == of(spec.kind, other).0, "{} sees the labels of {other}.csv", spec.kind);
        }
        // The scores do see them, and names count for nothing.
        assert_eq!(*score, of(spec.kind, "renamed").1, "{}", spec.kind);
    }
    assert_ne!(of("kmeans", "plain").1, of("kmeans", "permuted").1);
}
