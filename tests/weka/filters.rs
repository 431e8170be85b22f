//! Filters against Weka's: every cell of the training and test rows, and every cut point, through `gridbook oracle`.

use gridbook::dataset::{self, Dataset, Places};
use gridbook::parameter::Values;
use gridbook::value::Value;
use gridbook::weka::filters;
use serde_json::{Value as Json, json};

use crate::fixture::{arff, asked, folder, json as read, split};

/// The rows of a filtered file; none where there is no such file, as where no row is left for the test.
fn filtered(name: &str, part: &str, class: &str) -> Option<Dataset> {
    let plain = folder().join(format!("filters/{name}.{part}.arff"));
    let packed = folder().join(format!("filters/{name}.{part}.arff.gz"));
    let path = [plain, packed].into_iter().find(|path| path.exists())?;
    let values = [("path", path.display().to_string()), ("labels", class.to_owned())];
    let values: Values = values.map(|(name, value)| (name.to_owned(), Value::Text(value))).into();
    let places = Places { base: ".".into(), data: ".".into() };
    Some((dataset::find("arff").expect("a kind").load)(&values, &places).expect("reads"))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs().max(1.0)
}

/// The first cell that differs.
fn rows_differ(want: &Dataset, got: &Json) -> Option<String> {
    let (view, labels) = (&want.views[0], want.labels.as_ref().expect("classes"));
    let got = got.as_array().expect("rows");
    assert_eq!(got.len(), want.rows());
    for (row, (values, cells)) in view.values.rows().into_iter().zip(got).enumerate() {
        let cells = cells.as_array().expect("cells");
        assert_eq!(cells.len(), view.columns.len() + 1);
        for ((column, value), cell) in view.columns.iter().zip(values).zip(cells) {
            let same = match &column.words {
                _ if value.is_nan() => cell.is_null(),
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number of a word")]
                Some(words) => cell.as_str() == Some(words[*value as usize].as_str()),
                None => cell.as_f64().is_some_and(|cell| near(cell, *value)),
            };
            if !same {
                return Some(format!("row {row}, `{}`: want {value} of {:?}, got {cell}", column.name, column.words));
            }
        }
        assert_eq!(cells[view.columns.len()], labels.classes[labels.codes[row]]);
    }
    None
}

fn cuts_differ(want: &Json, got: &Json) -> Option<String> {
    let numbers = |list: &Json| list.as_array().map(|list| list.iter().filter_map(Json::as_f64).collect::<Vec<_>>());
    want.as_object()?.iter().find_map(|(name, want)| {
        let (want, got) = (numbers(want), numbers(&got[name.as_str()]));
        let same = want.as_ref().zip(got.as_ref()).is_some_and(|(want, got)| {
            want.len() == got.len() && want.iter().zip(got).all(|(want, got)| near(*got, *want))
        });
        (!same).then(|| format!("cuts of `{name}`: want {want:?}, got {got:?}"))
    })
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn every_cell_and_every_cut_point() {
    let index = read("filters/index.json");
    let index = index.as_object().expect("filters");
    assert_eq!(index.len(), 50);
    let questions: Vec<(&str, Json)> = index
        .values()
        .map(|oracle| {
            let set = oracle["dataset"].as_str().expect("a set");
            let (train, test) = split(set, oracle["split"].as_str().expect("a split"));
            let question = json!({
                "data": arff(set), "split": { "train": train, "test": test }, "class": oracle["class"], "drop": oracle["drop"],
                "filter": oracle["scheme"], "options": oracle["options"],
            });
            ("weka-filter", question)
        })
        .collect();
    let mut wrong = Vec::new();
    let mut parts = 0;
    for ((name, oracle), answer) in index.iter().zip(asked(&questions)) {
        if let Some(error) = answer["error"].as_str() {
            wrong.push(format!("{name}: {error}"));
            continue;
        }
        wrong.extend(cuts_differ(&oracle["cut_points"], &answer["cuts"]).map(|what| format!("{name}: {what}")));
        for part in ["train", "test"] {
            let Some(want) = filtered(name, part, oracle["class"].as_str().expect("a class")) else { continue };
            parts += 1;
            let names: Vec<&str> = want.views[0].columns.iter().map(|column| column.name.as_str()).collect();
            let got = answer["attributes"].as_array().expect("names");
            assert_eq!(json!(names), json!(got[..got.len() - 1]), "{name}");
            wrong.extend(rows_differ(&want, &answer[part]).map(|what| format!("{name} {part}: {what}")));
        }
    }
    assert_eq!(parts, 80);
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Weka's own words for its options come back as they were.
#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn options_come_and_go() {
    for (name, oracle) in read("filters/index.json").as_object().expect("filters") {
        let (class, options) =
            (oracle["scheme"].as_str().expect("a class"), oracle["options"].as_str().expect("options"));
        let step = filters::step(class, options).unwrap_or_else(|error| panic!("{name}: {error}"));
        let filter = filters::FILTERS.iter().find(|filter| filter.scheme.class == class).expect("a filter");
        assert_eq!(filter.options(&step.values), options, "{name}");
    }
}
