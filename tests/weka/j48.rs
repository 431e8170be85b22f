use gridbook::dataset::{Column, Dataset};
use gridbook::model::classify::j48::drawing::Drawing;
use gridbook::model::classify::j48::{Params, WEKA};
use gridbook::model::{Fitted, Predictions};
use gridbook::parameter::{Parameters, Values};
use gridbook::value::Value;
use ndarray::Array2;
use serde_json::Value as Json;

use crate::bad_input::{bears, fit, rows, sound};
use crate::fixture::{Demand, agree, data, print_alike, runs};

/// Where two models first differ, numbers beyond 1e-9 apart.
fn differs(want: &Json, got: &Json, path: &str) -> Option<String> {
    match (want, got) {
        (Json::Object(want), Json::Object(got)) => {
            if let Some(key) = got.keys().find(|key| !want.contains_key(*key)) {
                return Some(format!("{path}.{key} is not Weka's"));
            }
            // Of a leaf that no row reached the oracle has class 0, but Weka prints and predicts that of its parent, as
            // is done here.
            let empty = want.get("empty") == Some(&Json::Bool(true));
            let told = want.iter().filter(|(key, _)| !empty || *key != "label");
            told.into_iter().find_map(|(key, value)| differs(value, got.get(key)?, &format!("{path}.{key}"))).or_else(
                || {
                    let lacking = want.keys().find(|key| !got.contains_key(*key));
                    lacking.map(|key| format!("{path}.{key} is missing"))
                },
            )
        }
        (Json::Array(want), Json::Array(got)) if want.len() == got.len() => {
            let mut pairs = want.iter().zip(got).enumerate();
            pairs.find_map(|(at, (want, got))| differs(want, got, &format!("{path}[{at}]")))
        }
        (Json::Number(want), Json::Number(got)) => {
            let (want, got) = (want.as_f64().expect("a number"), got.as_f64().expect("a number"));
            ((want - got).abs() > 1e-9).then(|| format!("{path}: want {want}, got {got}"))
        }
        _ => (want != got).then(|| format!("{path}: want {want}, got {got}")),
    }
}

/// Shares, labels, text and the model itself.
fn alike(config: &str) {
    agree(config, &Demand::within(1e-9));
    print_alike(config);
    let mut wrong = Vec::new();
    for run in runs(config) {
        let got = run.fit().printed().expect("a tree").json;
        wrong.extend(differs(&run.oracle["model"], &got, "").map(|what| format!("{}: {what}", run.name)));
        let (_, values) = run.model();
        assert_eq!(WEKA.options(&values, &Params::specs()), run.oracle["full_options"].as_str().expect("options"));
    }
    assert!(wrong.is_empty(), "{} models of {config} differ:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! configurations {
    ($($name:ident)*) => {$(
        #[test]
        #[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
        fn $name() {
            alike(stringify!($name));
        }
    )*};
}

configurations! { j48 j48_unpruned j48_reduced_error j48_c10_m5 j48_binary j48_noraise j48_laplace }

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn the_order_of_test_rows_changes_nothing() {
    for run in runs("j48").iter().chain(&runs("j48_laplace")) {
        let fitted = run.fit();
        let straight = run.judged(&*fitted, &run.test);
        let turned: Vec<usize> = run.test.iter().rev().copied().collect();
        let mut back = run.judged(&*fitted, &turned);
        back.reverse();
        assert_eq!(straight, back, "{}", run.name);
    }
}

/// Options that no oracle has: data, options, whether rows are weighted by [`weight`], and of Weka 3.9.7's tree of the
/// first two thirds of the rows the leaves, the size, and the largest share of each row of all, summed.
const MORE: &[(&str, &str, bool, u32, u32, f64)] = &[
    ("credit-g", "-O -C 0.25 -M 2", false, 84, 113, 842.387_701),
    ("credit-g", "-O -C 0.25 -M 2", true, 188, 262, 957.198_663),
    ("credit-g", "-J -C 0.25 -M 2", false, 94, 148, 917.808_815),
    ("credit-g", "-J -C 0.25 -M 2", true, 159, 247, 969.863_723),
    ("credit-g", "-L -O -U -B -J -M 1", false, 142, 283, 1000.0),
    ("credit-g", "-L -O -U -B -J -M 1", true, 145, 289, 982.419_048),
    ("credit-g", "-C 0.7 -M 2", false, 235, 310, 931.416_81),
    ("credit-g", "-C 0.7 -M 2", true, 302, 402, 972.694_627),
    ("diabetes", "-O -C 0.25 -M 2", false, 14, 27, 608.665_971),
    ("diabetes", "-O -C 0.25 -M 2", true, 62, 123, 737.908_641),
    ("diabetes", "-J -C 0.25 -M 2", false, 50, 99, 716.964_43),
    ("diabetes", "-J -C 0.25 -M 2", true, 60, 119, 734.266_74),
    ("diabetes", "-L -O -U -B -J -M 1", false, 97, 193, 768.0),
    ("diabetes", "-L -O -U -B -J -M 1", true, 103, 205, 757.840_659),
    ("diabetes", "-C 0.7 -M 2", false, 14, 27, 608.665_971),
    ("diabetes", "-C 0.7 -M 2", true, 69, 137, 741.932_173),
    ("glass", "-O -C 0.25 -M 2", false, 21, 41, 195.716_667),
    ("glass", "-O -C 0.25 -M 2", true, 29, 57, 208.884_784),
    ("glass", "-J -C 0.25 -M 2", false, 26, 51, 202.033_333),
    ("glass", "-J -C 0.25 -M 2", true, 27, 53, 203.251_941),
    ("glass", "-doNotMakeSplitPointActualValue -C 0.25 -M 2", false, 21, 41, 195.716_667),
    ("glass", "-doNotMakeSplitPointActualValue -C 0.25 -M 2", true, 29, 57, 208.773_673),
    ("glass", "-L -O -U -B -J -M 1", false, 32, 63, 214.0),
    ("glass", "-L -O -U -B -J -M 1", true, 38, 75, 210.166_667),
    ("glass", "-C 0.7 -M 2", false, 21, 41, 195.716_667),
    ("glass", "-C 0.7 -M 2", true, 29, 57, 208.884_784),
    ("labor", "-J -C 0.25 -M 2", false, 4, 7, 53.830_225),
    ("labor", "-J -C 0.25 -M 2", true, 4, 7, 54.616_446),
    ("labor", "-L -O -U -B -J -M 1", false, 7, 13, 55.367_523),
    ("labor", "-L -O -U -B -J -M 1", true, 8, 15, 55.831_437),
    ("labor", "-C 0.7 -M 2", false, 6, 11, 54.358_17),
    ("labor", "-C 0.7 -M 2", true, 8, 13, 55.869_646),
    ("vote", "-O -C 0.25 -M 2", false, 4, 7, 419.878_49),
    ("vote", "-O -C 0.25 -M 2", true, 13, 25, 424.424_845),
    ("vote", "-L -O -U -B -J -M 1", false, 22, 43, 424.274_547),
    ("vote", "-L -O -U -B -J -M 1", true, 24, 47, 424.522_579),
    ("vote", "-C 0.7 -M 2", false, 5, 9, 419.222_701),
    ("vote", "-C 0.7 -M 2", true, 13, 25, 424.424_845),
];

/// Weights that are no whole numbers.
fn weight(row: usize) -> f64 {
    0.5 + f64::from(u8::try_from((row * 7919) % 5).expect("below 5")) * 0.75
}

fn class_of(set: &str) -> &'static str {
    match set {
        "glass" => "Type",
        "vote" => "Class",
        _ => "class",
    }
}

fn largest_shares(fitted: &dyn Fitted, data: Dataset) -> f64 {
    let hidden = Dataset { labels: None, ..data };
    let Predictions::Classes { probabilities: Some(shares), .. } = fitted.predict(&hidden).expect("predictions") else {
        panic!("no shares")
    };
    shares.rows().into_iter().map(|row| row.iter().copied().fold(0.0, f64::max)).sum()
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn options_and_weights_beyond_the_oracles() {
    for (set, options, weighted, leaves, size, shares) in MORE {
        let mut data = data(set, class_of(set), &[]);
        let count = data.rows();
        if *weighted {
            data.weights = Some((0..count).map(weight).collect());
        }
        let train = data.take(&(0..count * 2 / 3).collect::<Vec<_>>());
        let values = WEKA.import(options, &Params::specs()).expect("options").values;
        let fitted = fit("j48", &values, &train).expect("a tree");
        let tree = fitted.printed().expect("a tree").json;
        let name = format!("{set} {options} {weighted}");
        assert_eq!(
            (tree["num_leaves"].as_f64(), tree["tree_size"].as_f64()),
            (Some((*leaves).into()), Some((*size).into())),
            "{name}"
        );
        let got = largest_shares(&*fitted, data);
        assert!((got - shares).abs() < 1e-6, "{name}: want {shares}, got {got}");
    }
}

#[test]
fn options_come_back_in_weka_s_order() {
    // Weka leaves out what has no meaning: the confidence of a tree that is not pruned by it, the folds of one that has
    // none. `-L` changes no result and has no key.
    for (given, back) in [
        ("", "-C 0.25 -M 2"),
        ("-U -B -A -J -L -O -doNotMakeSplitPointActualValue", "-O -U -B -A -J -doNotMakeSplitPointActualValue -M 2"),
        ("-R -B -A -J -O -S -Q 3", "-O -S -R -B -A -J -N 3 -Q 3 -M 2"),
        ("-B -A -J -O -S -C 0.1", "-O -S -B -A -J -C 0.1 -M 2"),
        ("-U -C 0.25", "-U -M 2"),
        ("-R -N 5", "-R -N 5 -Q 1 -M 2"),
        ("-C 1e-3 -M 10", "-C 0.001 -M 10"),
    ] {
        let values = WEKA.import(given, &Params::specs()).expect("options").values;
        assert_eq!(WEKA.options(&values, &Params::specs()), back);
    }
    assert!(WEKA.import("-N 1", &Params::specs()).is_err());
}

fn set(pairs: &[(&str, bool)]) -> Values {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::Bool(*value))).collect()
}

#[test]
fn rows_without_a_tree_end_in_an_outcome() {
    let all = [("unpruned", true), ("collapse", false), ("mdl-correction", false)];
    bears("j48", &[set(&[]), set(&all), set(&[("binary-splits", true)]), set(&[("reduced-error-pruning", true)])]);
}

/// A chain of tests as long as there are words: each word against the rest, only one of them at a time of another class.
fn chain(words: usize) -> Dataset {
    let cells = Array2::from_shape_fn((words * 2, 1), |(row, _)| f64::from(u16::try_from(row / 2).expect("a word")));
    let names: Vec<String> = (0..words).map(|word| format!("v{word}")).collect();
    rows(vec![Column::nominal("n", names)], cells, (0..words * 2).map(|row| (row / 2) % 7).collect(), 7)
}

#[test]
fn a_deep_tree_is_grown_pruned_printed_and_drawn() {
    let data = chain(700);
    let values = set(&[("binary-splits", true), ("unpruned", true), ("collapse", false)]);
    let printed = fit("j48", &values, &data).expect("a tree").printed().expect("a tree");
    assert!(printed.json["nodes"].as_array().expect("a list of nodes").len() > 1000);
    assert!(printed.text.contains(": ..."));
    let text = serde_json::to_string(&printed.json).expect("JSON");
    let back: Json = serde_json::from_str(&text).expect("not nested deeper than readers bear");
    assert_eq!(
        Drawing::from_json(&back).expect("a drawing").boxes.len(),
        printed.json["nodes"].as_array().map_or(0, Vec::len)
    );
    sound("j48", &set(&[("binary-splits", true)]), &data, &data);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn a_drawing_has_the_lines_of_the_text() {
    for config in ["j48", "j48_binary"] {
        for run in runs(config) {
            let printed = run.fit().printed().expect("a tree");
            let drawing = Drawing::from_json(&printed.json).expect("a drawing");
            // From the root down, as the text has them.
            let (mut lines, mut waiting) = (0, vec![0]);
            let text: Vec<&str> =
                printed.text.lines().filter(|line| line.contains('=') || line.contains(" > ")).collect();
            while let Some(at) = waiting.pop() {
                let drawn = &drawing.boxes[at];
                waiting.extend(drawn.branches.iter().map(|branch| branch.child).rev());
                for branch in &drawn.branches {
                    let child = &drawing.boxes[branch.child];
                    let end = if child.branches.is_empty() { format!(": {} (", child.name) } else { String::new() };
                    let condition = if config == "j48" {
                        &branch.condition
                    } else {
                        branch.condition.split(' ').next().unwrap_or("")
                    };
                    let start = format!("{} {condition}", drawn.name);
                    let found = text.iter().filter(|line| line.contains(&start) && line.contains(&end));
                    assert!(found.count() > 0, "{}: {start}{end}", run.name);
                    lines += 1;
                }
            }
            assert_eq!(lines, text.len(), "{}", run.name);
        }
    }
    assert!(Drawing::from_json(&serde_json::json!({"tree": {"class_weights": [1.0], "attribute": "x"}})).is_err());
}

/// Two branches of equal weight: the last of them is the one that may be raised, which makes this tree what Weka 3.9.7
/// makes of it.
#[test]
fn of_two_largest_branches_the_last_is_raised() {
    let cells = [
        [-0.85, 0.58, 0.0, 0.0, 0.18, 4.0],
        [f64::NAN, 0.65, 0.0, 2.0, -1.67, 2.0],
        [f64::NAN, -1.73, 0.0, 0.0, 0.57, 1.0],
        [f64::NAN, 1.03, 0.0, 1.0, 0.24, 7.0],
        [f64::NAN, -1.4, 1.0, f64::NAN, 0.5, 3.0],
        [f64::NAN, -0.38, 0.0, 0.0, -2.4, 0.0],
        [-0.91, 0.52, 0.0, f64::NAN, 0.61, 0.0],
        [f64::NAN, -1.44, 1.0, f64::NAN, -0.1, 0.0],
        [f64::NAN, f64::NAN, 0.0, f64::NAN, 0.48, 4.0],
        [-1.13, 1.1, 0.0, 2.0, -1.7, 1.0],
        [-0.37, 0.68, 0.0, 2.0, -0.1, 7.0],
        [0.87, -1.09, 1.0, f64::NAN, 0.47, 0.0],
        [f64::NAN, 0.26, 1.0, 0.0, -2.37, 2.0],
    ];
    let cells = Array2::from_shape_fn((cells.len(), 6), |(row, column)| cells[row][column]);
    let nominal = |name: &str, levels: usize| {
        Column::nominal(name, (0..levels).map(|level| format!("v{level}")).collect::<Vec<_>>())
    };
    let columns = vec![
        Column::numeric("a0"),
        Column::numeric("a1"),
        nominal("a2", 2),
        nominal("a3", 5),
        Column::numeric("a4"),
        nominal("a5", 12),
    ];
    let data = rows(columns, cells, vec![3, 4, 0, 1, 0, 2, 3, 0, 3, 4, 1, 0, 2], 5);
    let values = WEKA.import("-A -B -O -C 0.4 -M 1", &Params::specs()).expect("options").values;
    let text = fit("j48", &values, &data).expect("a tree").printed().expect("a tree").text;
    let want = "J48 pruned tree
------------------

a5 = v7: c1 (2.0)
a5 != v7
|   a4 <= -1.67
|   |   a3 = v0: c2 (2.0)
|   |   a3 != v0: c4 (2.0)
|   a4 > -1.67
|   |   a5 = v4: c3 (2.0)
|   |   a5 != v4: c0 (5.0/1.0)

Number of Leaves  : \t5

Size of the tree : \t9
";
    assert_eq!(text, want);
}
