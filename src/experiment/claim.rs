//! `[[claim]]`: what the study is to show, in numbers.

use crate::diagnostic::Problem;
use crate::experiment::document::{Place, Table};
use crate::experiment::names::Names;
use crate::experiment::reader::{Reader, wrong_type};
use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::value::Value;

/// A test of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Student's paired t over seeds or folds.
    PairedT,
    /// The corrected resampled t of Nadeau and Bengio (2003), for folds and repeated splits.
    CorrectedResampledT,
    /// Wilcoxon's signed ranks.
    Wilcoxon,
    /// McNemar's, for two classifiers on one split.
    Mcnemar,
    /// The means alone.
    None,
}

impl Test {
    /// Every word.
    pub const ALL: &'static [(&'static str, Test)] = &[
        ("paired-t", Test::PairedT),
        ("corrected-resampled-t", Test::CorrectedResampledT),
        ("wilcoxon", Test::Wilcoxon),
        ("mcnemar", Test::Mcnemar),
        ("none", Test::None),
    ];
}

/// `[[claim]]`.
#[derive(Clone, Debug)]
pub struct Claim {
    /// In words.
    pub text: String,
    /// Only these trials: axis to value, or to a list of values.
    pub only: Values,
    /// The axis of the two that are compared.
    pub axis: String,
    /// The one that is to be better.
    pub better: Value,
    /// The other one.
    pub than: Value,
    /// By what it is judged.
    pub metric: &'static MetricSpec,
    /// By at least so much.
    pub by: f64,
    /// How; none where the data decide.
    pub test: Option<Test>,
    /// The level of the test.
    pub alpha: f64,
    /// Where the block begins.
    pub place: Place,
}

/// Reads every `[[claim]]`.
pub fn claims(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Vec<Claim> {
    let blocks = reader.tables("claim", problems);
    blocks.into_iter().filter_map(|(table, place)| read_claim(table, &place, names, problems)).collect()
}

fn read_claim(table: &Table, place: &Place, names: &Names, problems: &mut Vec<Problem>) -> Option<Claim> {
    let mut reader = Reader::new(table, "[[claim]]", place);
    let text = reader.required_text("text", "text = \"IDEC beats DEC\"", problems);
    let only = reader.table("where", problems).map_or_else(Values::new, |(t, _)| names.read_where(t, problems));
    let axis = reader.text("axis", problems).unwrap_or_else(|| "model".to_owned());
    let known = match reader.entry("axis") {
        Some(entry) => names.check_axis(&axis, &entry.node.place, false, problems),
        None => true,
    };
    let better = read_side(&mut reader, "better", known.then_some(axis.as_str()), names, problems);
    let than = read_side(&mut reader, "than", known.then_some(axis.as_str()), names, problems);
    if let (true, Some(value), Some(entry)) = (better == than, &better, reader.entry("than")) {
        let message = format!("`{value}` cannot be better than itself");
        problems.push(Problem::error(&entry.node.place, "duplicate", message));
    }
    if let Some(entry) = reader.entry("where").filter(|_| only.contains_key(&axis)) {
        let message = format!("`where` keeps one `{axis}`, and a claim compares two of them");
        problems.push(Problem::error(&entry.key_place, "duplicate", message).help("leave it out of `where`"));
    }
    let metric = match reader.text("metric", problems).zip(reader.entry("metric")) {
        Some((name, entry)) => names.asked_metric(&name, &entry.node.place, problems),
        None => names.metrics.first().copied().filter(|_| reader.entry("metric").is_none()),
    };
    let by = reader.number_in("by", |by| by >= 0.0, "at least 0", problems).unwrap_or(0.0);
    let test = reader.word("test", "test", Test::ALL, problems);
    let alpha = reader.number_in("alpha", |a| a > 0.0 && a < 1.0, "between 0 and 1", problems).unwrap_or(0.05);
    reader.finish(problems);
    let (text, better, than, metric) = (text?, better?, than?, metric?);
    Some(Claim { text, only, axis, better, than, metric, by, test, alpha, place: place.clone() })
}

/// A value of the axis that is compared.
fn read_side(
    reader: &mut Reader<'_>,
    key: &str,
    axis: Option<&str>,
    names: &Names,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let Some(entry) = reader.entry(key) else {
        reader.missing(key, &format!("{key} = \"IDEC\""), problems);
        return None;
    };
    let Some(value) = entry.node.to_value() else {
        return wrong_type(&entry.node, &format!("`{key}`"), "a value of the axis", problems);
    };
    if let Some(problem) = axis.and_then(|axis| names.not_one(axis, &entry.node)) {
        problems.push(problem);
        return None;
    }
    problems.extend(axis.and_then(|axis| names.unknown(axis, &entry.node)));
    Some(value)
}
