//! What the terminal and the page say in the same words.

use std::collections::BTreeSet;

use crate::report::number::{self, fixed, plural};
use crate::report::pairs::p_text;
use crate::report::table::interval;
use crate::report::terminal::ascii;

use super::{ALPHA, Cell, Comparison, Labels, Numbers, Side, Verdict, Which};

/// Which parts of a cell's place are the same in all cells and need not be said.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// There are several pipelines.
    pub pipelines: bool,
    /// There are several splits.
    pub splits: bool,
}

impl Shape {
    /// Of a comparison.
    pub fn of(comparison: &Comparison) -> Shape {
        let labels = || comparison.cells.iter().flat_map(|cell| [Some(&cell.labels), cell.labels_b.as_ref()]).flatten();
        let several = |of: fn(&Labels) -> &str| labels().map(of).collect::<BTreeSet<&str>>().len() > 1;
        Shape { pipelines: several(|labels| &labels.pipeline), splits: several(|labels| &labels.split) }
    }
}

/// A cell as it is shown.
#[derive(Clone, Debug)]
pub struct Row {
    /// Data set, pipeline, split, model with its parameters.
    pub place: [String; 4],
    /// The metric's label.
    pub metric: &'static str,
    /// Mean, deviation and n of the first folder.
    pub a: String,
    /// Of the second one.
    pub b: String,
    /// Second less first.
    pub difference: String,
    /// Its interval.
    pub interval: String,
    /// The adjusted p-value.
    pub p_value: String,
    /// What else there is to say.
    pub remark: String,
}

/// A cell in words.
pub fn row(cell: &Cell, decimals: usize) -> Row {
    let other = cell.labels_b.as_ref();
    let renamed = |of: fn(&Labels) -> &str| match other.map(of) {
        Some(new) if new != of(&cell.labels) => format!("{} → {new}", of(&cell.labels)),
        _ => of(&cell.labels).to_owned(),
    };
    let mut model = renamed(|labels| &labels.model);
    if !cell.swept.is_empty() {
        let swept: Vec<String> = cell.swept.iter().map(|(name, value)| format!("{name} {value}")).collect();
        model.push_str(&format!(" ({})", swept.join(", ")));
    }
    let place =
        [renamed(|labels| &labels.dataset), renamed(|labels| &labels.pipeline), renamed(|labels| &labels.split), model];
    let of_difference =
        |say: &dyn Fn(&super::Difference) -> Option<String>| cell.difference.as_ref().and_then(say).unwrap_or_default();
    Row {
        place,
        metric: cell.metric.label,
        a: numbers(cell.a.as_ref(), decimals),
        b: numbers(cell.b.as_ref(), decimals),
        difference: of_difference(&|difference| Some(number::difference(difference.mean, decimals))),
        interval: of_difference(&|difference| difference.interval.map(|(low, high)| interval(low, high, decimals))),
        p_value: cell.tested.map(|tested| p_text(tested.adjusted)).unwrap_or_default(),
        remark: remark(cell),
    }
}

/// `0.812 ± 0.012 (5)`.
fn numbers(numbers: Option<&Numbers>, decimals: usize) -> String {
    let Some(summary) = numbers.and_then(|numbers| numbers.summary) else { return "–".to_owned() };
    let std = summary.std.map_or_else(String::new, |std| format!(" ± {}", fixed(std, decimals)));
    format!("{}{std} ({})", fixed(summary.mean, decimals), summary.n)
}

/// What the numbers do not say: trials without a value, and over how many pairs the difference is.
fn remark(cell: &Cell) -> String {
    let mut parts = Vec::new();
    if let (Some(pairs), Some(a), Some(b)) = (cell.difference.and_then(|d| d.pairs), &cell.a, &cell.b) {
        let n = |numbers: &Numbers| numbers.summary.map_or(0, |summary| summary.n);
        if n(a) != pairs || n(b) != pairs {
            parts.push(format!("over {}", plural(pairs, "pair")));
        }
    }
    for (numbers, name) in [(&cell.a, "A"), (&cell.b, "B")] {
        let Some(numbers) = numbers else { continue };
        let counts = [
            (numbers.failed, "failed"),
            (numbers.not_applicable, "not applicable"),
            (numbers.undefined, "undefined"),
            (numbers.not_run, "not run"),
        ];
        // Where all of them are alike the verdict says it.
        let counts = counts.iter().filter(|(n, _)| *n > 0 && *n < numbers.planned);
        parts.extend(counts.map(|(n, what)| format!("{n} of {} {what} in {name}", numbers.planned)));
    }
    let reason = match cell.verdict {
        Verdict::Without(Which::B, _) => cell.b.as_ref(),
        Verdict::Without(Which::A, _) => cell.a.as_ref(),
        _ => None,
    };
    let mut text = parts.join("; ");
    if let Some(reason) = reason.and_then(|numbers| numbers.reason.as_deref()) {
        text.push_str(&format!("{}{reason}", if text.is_empty() { "" } else { ": " }));
    }
    text
}

/// The cells worth naming, the worst first: by verdict, then by the p-value, then by what was lost.
pub fn worst_first(comparison: &Comparison, measured: bool) -> Vec<&Cell> {
    let order = Verdict::all();
    let rank = |cell: &Cell| {
        let of = |verdict| order.iter().position(|known| *known == verdict).unwrap_or(order.len());
        // A trial that failed newly is as bad as a cell that did.
        if cell.is_change() && cell.newly_failed > 0 { 0 } else { of(cell.verdict) }
    };
    let p = |cell: &Cell| cell.tested.map_or(2.0, |tested| tested.p_value);
    let mut cells: Vec<&Cell> = comparison.of_kind(measured).collect();
    cells.sort_by(|one, two| {
        let better = one.verdict == Verdict::Better && two.verdict == Verdict::Better;
        let gain = one.relative_gain().total_cmp(&two.relative_gain());
        let by_gain = if better { gain.reverse() } else { gain };
        rank(one).cmp(&rank(two)).then(p(one).total_cmp(&p(two))).then(by_gain)
    });
    cells
}

/// `36 cells: 12 identical, 20 within noise, 4 worse`; what is calm first.
pub fn tally(comparison: &Comparison, measured: bool) -> String {
    let tally = comparison.tally(measured);
    let count: usize = tally.iter().map(|(_, n)| n).sum();
    let parts: Vec<String> =
        tally.iter().rev().map(|(verdict, n)| format!("{} {}", number::count(*n), verdict.words())).collect();
    format!("{}: {}", plural(count, "cell"), parts.join(", "))
}

/// What is to be known before the numbers are read.
pub fn sentences(comparison: &Comparison) -> Vec<String> {
    let mut sentences = Vec::new();
    let alone = |cell: &&Cell| matches!(cell.verdict, Verdict::Without(_, super::Lack::NotPlanned));
    if comparison.cells.iter().all(|cell| alone(&cell)) {
        sentences.push("No cell stands in both folders.".to_owned());
    }
    for (side, name) in [(&comparison.a, "A"), (&comparison.b, "B")] {
        sentences.extend(doubts(side, name));
    }
    for renamed in &comparison.renamed {
        let same = if renamed.what == "model" { "the same kind and parameters" } else { "the same content" };
        sentences.push(format!("The {} {} of A is {} in B: {same}.", renamed.what, renamed.a, renamed.b));
    }
    if let Some(first) = comparison.irreproducible.first() {
        let n = comparison.irreproducible.len();
        sentences.push(format!(
            "{} of equal identity gave other results on one numeric class: {} ({}; {}){}.",
            plural(n, "trial"),
            first.trial,
            first.words,
            first.differs.join(", "),
            if n > 1 { format!(", and {} more", n - 1) } else { String::new() }
        ));
    }
    sentences
}

/// What speaks against a folder.
fn doubts(side: &Side, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    if side.unfinished > 0 {
        found.push(format!("{name} is not finished: {} of {} to go.", side.unfinished, plural(side.trials, "trial")));
    }
    if side.failed > 0 {
        found.push(format!("In {name} {} of {} failed.", side.failed, plural(side.trials, "trial")));
    }
    if side.damaged > 0 {
        found.push(format!("In {name} {} damaged and left out.", plural(side.damaged, "journal line")));
    }
    found
}

/// By which tests cells of results, or of measurements, were judged; none where none was.
pub fn tests(comparison: &Comparison, measured: bool) -> Option<String> {
    let tests: Vec<super::Tested> = comparison.of_kind(measured).filter_map(|cell| cell.tested).collect();
    let names: BTreeSet<String> = tests
        .iter()
        .map(|test| match test.made {
            Some(made) => {
                format!("{made} over the same {}", if is_over_splits(made) { "folds or drawn parts" } else { "seeds" })
            }
            None => "Welch's t-test over independent seeds".to_owned(),
        })
        .collect();
    let count = plural(tests.len(), "comparison");
    let adjusted = if tests.len() > 1 { format!(", adjusted by Holm for {count}") } else { String::new() };
    let names: Vec<String> = names.into_iter().collect();
    (!tests.is_empty()).then(|| {
        format!(
            "Better and worse: two-sided, p ≤ {ALPHA}{adjusted}; {}. Else no difference is shown.",
            names.join("; ")
        )
    })
}

fn is_over_splits(made: crate::report::pairs::Made) -> bool {
    made == crate::report::pairs::Made::CorrectedResampledT
}

/// One line about a cell to which `--check` objects.
pub fn objection(comparison: &Comparison, cell: &Cell) -> String {
    let row = row(cell, comparison.decimals(cell.metric));
    let shape = Shape::of(comparison);
    let [dataset, pipeline, split, model] = row.place;
    let mut place = vec![dataset];
    place.extend(shape.pipelines.then_some(pipeline));
    place.extend(shape.splits.then_some(split));
    place.push(model);
    let p = cell.tested.map(|test| format!(", {}", crate::report::pairs::p_words(test.adjusted))).unwrap_or_default();
    let numbers = match cell.b.as_ref().and_then(|numbers| numbers.summary) {
        Some(_) => format!("{}, was {}, by {}{p}", row.b, row.a, row.difference),
        None => format!("was {}", row.a),
    };
    let remark = if row.remark.is_empty() { String::new() } else { format!("; {}", row.remark) };
    // A trial that failed is the objection to a cell whose others are as they were.
    let calm = !cell.verdict.is_change() || cell.verdict == Verdict::Better;
    let what = if calm { "failed in B" } else { cell.verdict.words() };
    ascii(&format!("{what}: {}: {} {numbers}{remark}", place.join(", "), row.metric).replace('→', "->"))
}
