//! `gridbook oracle`: a line `{"kind","input"}` in, a line with the values out, so that anybody can check the metrics
//! and the statistics against numbers of their own.

mod classification;
mod label;
mod statistics;
mod weka;

use std::io::{self, BufRead, Write};

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::nearest;
use crate::metric::adjusted::adjusted_mutual_information;
use crate::metric::clustering::{Pairs, accuracy, purity};
use crate::metric::contingency::Contingency;
use crate::metric::information::{Information, Norm};
use crate::metric::internal::Groups;
use crate::metric::{METRICS, Measure, Score};
use crate::parameter::quoted;
use label::{Label, as_long, different, labels, places, rows};

/// What answers one kind: the values, or why the input is refused.
type Answer = fn(&Json) -> Result<Json, String>;

/// Every kind. A new one is its function plus its entry here.
static KINDS: &[(&str, Answer)] = &[
    ("external", external),
    ("table", table),
    ("internal", internal),
    ("labels", classification::classes),
    ("binary-scores", classification::binary_scores),
    ("class-scores", classification::class_scores),
    ("java-random", weka::java_random),
    ("weka-folds", weka::weka_folds),
    ("weka-attsel", weka::weka_attsel),
    ("weka-filter", weka::weka_filter),
    ("weka-apriori", weka::apriori::apriori),
    ("sample", statistics::sample),
    ("proportion", statistics::proportion),
    ("published", statistics::published),
    ("paired", statistics::paired),
    ("mcnemar", statistics::mcnemar),
    ("friedman", statistics::friedman),
    ("adjust", statistics::adjust),
    ("critical-values", statistics::critical_values),
    ("weka-table", statistics::weka_table),
];

/// Answers each line of `input` with one line of `output`: the values, or `{"error"}`. Blank lines are passed over.
///
/// # Errors
/// Reading or writing fails. A line that cannot be answered is no error.
pub fn run(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            let answer = answer(&line).unwrap_or_else(|message| json!({ "error": message }));
            writeln!(output, "{answer}")?;
            output.flush()?;
        }
        line.clear();
    }
    Ok(())
}

fn answer(line: &[u8]) -> Result<Json, String> {
    let question: Json = serde_json::from_slice(line).map_err(|error| format!("not a line of JSON: {error}"))?;
    let kind = question.get("kind").and_then(Json::as_str).ok_or("the line has no `kind`")?;
    let Some((_, answer)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        let hint = nearest(kind, names.iter().copied()).map_or_else(
            || format!("; expected one of {}", quoted(&names)),
            |name| format!("; did you mean `{name}`?"),
        );
        return Err(format!("unknown kind `{kind}`{hint}"));
    };
    answer(question.get("input").ok_or("the line has no `input`")?)
}

fn external(input: &Json) -> Result<Json, String> {
    let (truth, clusters) = (labels(input, "y_true")?, labels(input, "y_pred")?);
    as_long(("y_true", truth.len()), ("y_pred", clusters.len()))?;
    Ok(clustering(&Contingency::of(&truth, &clusters)))
}

/// Up to here sums of counts are exact in every type that the measures calculate with.
const MOST_ITEMS: u64 = 1 << 53;

fn table(input: &Json) -> Result<Json, String> {
    let wrong = || "`contingency` is not a list of rows of counts".to_owned();
    let rows = input.get("contingency").and_then(Json::as_array).ok_or_else(wrong)?;
    let mut cells = Vec::with_capacity(rows.len());
    let mut total = 0_u64;
    for row in rows {
        let row: Vec<u64> = row
            .as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(|cell| count(cell).ok_or_else(wrong))
            .collect::<Result<_, _>>()?;
        total = row.iter().fold(total, |sum, cell| sum.saturating_add(*cell));
        cells.push(row);
    }
    if cells.iter().any(|row| row.len() != cells[0].len()) {
        return Err("the rows of `contingency` have different lengths".to_owned());
    }
    match total {
        0 => Err("`contingency` is empty".to_owned()),
        1..=MOST_ITEMS => Ok(clustering(&Contingency { cells })),
        _ => Err(format!("`contingency` counts more than {MOST_ITEMS} items")),
    }
}

/// A count, also when written as `3.0`.
fn count(cell: &Json) -> Option<u64> {
    match Label::number(cell)? {
        Label::Number { whole: Some(whole), .. } => u64::try_from(whole).ok(),
        _ => None,
    }
}

/// Every measure of a table; null where one is undefined.
fn clustering(table: &Contingency) -> Json {
    let (pairs, information) = (Pairs::of(table), Information::of(table));
    let mut values = Map::new();
    let mut number = |name: &str, value: f64| values.insert(name.to_owned(), json!(value));
    number("acc", accuracy(table));
    number("purity", purity(table));
    number("ri", pairs.rand_index());
    number("ari", pairs.adjusted_rand_index());
    number("fmi", pairs.fowlkes_mallows());
    number("mi_nats", information.mutual);
    number("h_true_nats", information.h_true);
    number("h_pred_nats", information.h_pred);
    number("homogeneity", information.homogeneity());
    number("completeness", information.completeness());
    number("v_measure", information.v_measure());
    for (name, norm) in Norm::ALL {
        number(&format!("nmi_{name}"), information.normalised(*norm));
        // JSON has no NaN: it becomes null.
        number(&format!("ami_{name}"), adjusted_mutual_information(table, *norm).unwrap_or(f64::NAN));
    }
    for (name, count) in [("tp", pairs.tp), ("fp", pairs.fp), ("fn", pairs.fn_), ("tn", pairs.tn)] {
        #[expect(clippy::cast_precision_loss, reason = "beyond 2^64 a JSON number is a double")]
        let count = u64::try_from(count).map_or_else(|_| json!(count as f64), Json::from);
        values.insert(name.to_owned(), count);
    }
    values.insert("contingency".to_owned(), json!(table.cells));
    Json::Object(values)
}

fn internal(input: &Json) -> Result<Json, String> {
    let (data, clusters) = (rows(input, "x")?, labels(input, "labels")?);
    as_long(("x", data.nrows()), ("labels", clusters.len()))?;
    let groups = Groups::of(&data, &places(&clusters, &different(&[&clusters]), "labels")?)?;
    // One cluster, or as many as points: refused as a whole.
    let first: Vec<f64> = groups.silhouettes()?.into_iter().take(3).collect();
    let mut values = Map::new();
    values.insert("silhouette_samples_first3".to_owned(), json!(first));
    for spec in METRICS.iter() {
        if let Measure::Internal(measure) = spec.measure {
            values.insert(spec.name.to_owned(), number(measure(&groups)));
        }
    }
    Ok(Json::Object(values))
}

/// A value; null where it is undefined.
fn number(value: Result<f64, String>) -> Json {
    match Score::from(value) {
        Score::Number(value) => json!(value),
        Score::Undefined(_) => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(lines: &str) -> Vec<Json> {
        let mut out = Vec::new();
        run(lines.as_bytes(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn asked(input: &str) -> Json {
        ask(&format!("{{\"kind\":\"external\",\"input\":{input}}}")).remove(0)
    }

    #[test]
    fn lines_that_cannot_be_answered_do_not_end_it() {
        let answers = ask("{\n\n{\"kind\":\"extrenal\",\"input\":{}}\n[]\n{\"kind\":\"table\"}\n\
             {\"kind\":\"table\",\"input\":{\"contingency\":[[2,0],[0,1.0]]}}");
        let errors: Vec<&str> = answers[..4].iter().map(|answer| answer["error"].as_str().unwrap()).collect();
        assert!(errors[0].starts_with("not a line of JSON"), "{}", errors[0]);
        assert_eq!(errors[1], "unknown kind `extrenal`; did you mean `external`?");
        assert_eq!(errors[2..], ["the line has no `kind`", "the line has no `input`"]);
        assert_eq!(answers[4]["acc"], 1.0);
    }

    #[test]
    fn labels_of_every_type() {
        let booleans = asked(r#"{"y_true":[true,false,true],"y_pred":[1.0,0,1]}"#);
        assert_eq!(booleans["contingency"], json!([[1, 0], [0, 2]]));
        // One double, two numbers.
        let large = asked(r#"{"y_true":[9007199254740992,9007199254740993],"y_pred":["NaN","b"]}"#);
        assert_eq!(large["contingency"], json!([[1, 0], [0, 1]]));
        assert_eq!(asked(r#"{"y_true":[-0.0,0,0.5],"y_pred":[0,0,0]}"#)["contingency"], json!([[2], [1]]));
    }

    #[test]
    fn questions_of_classifications_and_distances_are_refused_too() {
        let error = |kind: &str, input: &str| {
            let answers = ask(&format!("{{\"kind\":\"{kind}\",\"input\":{input}}}"));
            answers[0]["error"].as_str().map_or_else(|| answers[0].to_string(), str::to_owned)
        };
        let labels = |rest: &str| error("labels", &format!(r#"{{"y_true":[0,1],"y_pred":[1,1]{rest}}}"#));
        assert_eq!(labels(r#","labels":[1,2]"#), "`y_true` holds 0 at 0, which is none of the labels");
        assert_eq!(labels(r#","labels":[0,1,1.0]"#), "`labels` names a class twice");
        assert_eq!(labels(r#","positive":"1""#), "`positive` is \"1\", which is none of the labels");
        assert_eq!(labels(r#","positive":1,"labels":[0,1,2]"#), "`positive` is given, and there are 3 classes");
        assert!(labels("").contains(r#""confusion":[[0,1],[0,1]]"#) && !labels("").contains("g_mean"));
        let scores = |input: &str| error("binary-scores", input);
        assert_eq!(scores(r#"{"y_true":[0,2],"score":[1,1]}"#), "`y_true` holds 2 at 1, which is none of the labels");
        assert_eq!(scores(r#"{"y_true":[0,1],"score":[1]}"#), "`y_true` has 2 entries, `score` has 1");
        assert_eq!(scores(r#"{"y_true":[0,1],"score":[1,"NaN"]}"#), "`score` holds no finite number at 1: \"NaN\"");
        assert_eq!(scores(r#"{"y_true":[],"score":[]}"#), "`y_true` is empty");
        let classes = |proba: &str| error("class-scores", &format!(r#"{{"y_true":["a","b"],"proba":{proba}}}"#));
        assert_eq!(classes("[[1,0],[1]]"), "row 1 of `proba` has 1 numbers, the first has 2");
        assert_eq!(classes("[[1],[1]]"), "`labels` has 2 entries, `a row of proba` has 1");
        assert_eq!(classes("[]"), "`proba` is empty");
        let points = |x: &str, labels: &str| error("internal", &format!(r#"{{"x":{x},"labels":{labels}}}"#));
        assert_eq!(points("[[0],[1]]", "[0]"), "`x` has 2 entries, `labels` has 1");
        assert_eq!(points("[[0],[1]]", "[0,0]"), "there is one cluster");
        assert_eq!(points("[[0],[1]]", "[0,1]"), "every row is its own cluster");
        assert_eq!(points("[[0],[null]]", "[0,1]"), "`x[1]` holds no finite number at 0: null");
    }

    #[test]
    fn what_is_refused() {
        let error = |input: &str| asked(input)["error"].as_str().unwrap_or("answered").to_owned();
        assert_eq!(error(r#"{"y_true":[],"y_pred":[]}"#), "`y_true` is empty");
        assert_eq!(error(r#"{"y_true":[0],"y_pred":[0,1]}"#), "`y_true` has 1 entries, `y_pred` has 2");
        assert_eq!(error(r#"{"y_true":[0.0,1.0],"y_pred":["NaN",0.0]}"#), "`y_pred` holds NaN at 0");
        assert_eq!(error(r#"{"y_true":[0,null],"y_pred":[0,0]}"#), "`y_true` lacks the label at 1");
        assert_eq!(error(r#"{"y_true":[0,"a"],"y_pred":[0,0]}"#), "`y_true` mixes text and numbers, at 0: 0");
        assert_eq!(error(r#"{"y_true":[[0]],"y_pred":[0]}"#), "`y_true` holds no label at 0: [0]");
        assert_eq!(error(r#"{"y_pred":[0]}"#), "`y_true` is not a list of labels");
        let table = |cells: &str| {
            let line = format!("{{\"kind\":\"table\",\"input\":{{\"contingency\":{cells}}}}}");
            ask(&line)[0]["error"].as_str().unwrap_or("answered").to_owned()
        };
        assert_eq!(table("[]"), "`contingency` is empty");
        assert_eq!(table("[[],[]]"), "`contingency` is empty");
        assert_eq!(table("[[1,2],[3]]"), "the rows of `contingency` have different lengths");
        assert_eq!(table("[[1,-2]]"), "`contingency` is not a list of rows of counts");
        assert_eq!(table("[[18446744073709551615,1]]"), "`contingency` counts more than 9007199254740992 items");
        assert_eq!(table("[[4000000000,1],[2,5000000000]]"), "answered");
    }
    #[test]
    fn questions_of_statistics_are_refused_or_answered_and_never_panic() {
        let error = |kind: &str, input: &str| {
            let answers = ask(&format!("{{\"kind\":\"{kind}\",\"input\":{input}}}"));
            answers[0]["error"].as_str().map_or_else(|| answers[0].to_string(), str::to_owned)
        };
        assert_eq!(error("sample", r#"{"x":[1,"a"]}"#), "`x` holds no number at 1: \"a\"");
        assert_eq!(error("sample", r#"{"x":[]}"#), r#"{"mean":null,"missing":0,"n":0}"#);
        assert_eq!(error("paired", r#"{"x":[1],"y":[]}"#), "`x` has 1 entries, `y` has 0");
        assert_eq!(error("paired", r#"{"x":[null],"y":[1]}"#), r#"{"dropped":1,"mean_difference":null,"n":0}"#);
        assert!(error("paired", r#"{"x":[1],"y":[1],"test_train_ratio":-1}"#).starts_with("`test_train_ratio` is not"));
        assert_eq!(error("proportion", r#"{"k":3,"n":2}"#), "3 of 2 is no share");
        assert_eq!(error("published", r#"{"x":[1],"published":"x"}"#), "`published` is not a finite number: x");
        assert_eq!(error("mcnemar", r#"{"b":-1,"c":2}"#), "`b` is not a whole number from 0");
        assert_eq!(error("adjust", r#"{"p":[0.1,2]}"#), "`p` holds 2 at 1, which is no probability");
        assert_eq!(
            error("critical-values", r#"{"k":[0,1],"alpha":[0.05,2]}"#),
            r#"{"0.05":[null,null],"2":[null,null]}"#
        );
        let friedman = |values: &str| error("friedman", &format!(r#"{{"methods":["a","b"],"values":{values}}}"#));
        assert_eq!(friedman("[[1]]"), "`methods` has 2 entries, `values[0]` has 1");
        assert!(friedman("[]").starts_with("fewer than two methods"), "{}", friedman("[]"));
        assert!(friedman(r#"[[1,"NaN"],[1,2]]"#).contains(r#""dropped":1"#));
        let weka = error("weka-table", r#"{"methods":["a"],"datasets":[],"baseline":"b","folds":{}}"#);
        assert_eq!(weka, "`baseline` is b, which is none of the methods");
        // Sums that overflow give no numbers.
        assert!(error("sample", r#"{"x":[1e308,-1e308,1e308]}"#).contains("null"));
        assert!(error("paired", r#"{"x":[1e308,1],"y":[-1e308,2]}"#).contains("null"));
    }
}
