//! `choose` and `compare` of a table: how a grid collapses to one cell, and what the cells are held against.

use crate::diagnostic::Problem;
use crate::experiment::claim::Test;
use crate::experiment::document::Place;
use crate::experiment::names::{Names, is_or_is_in};
use crate::experiment::reader::Reader;
use crate::metric::{self, MetricSpec, Needs};
use crate::parameter::{Values, quoted};

/// `choose = { by = "acc", among = "learning-rate", on = "validation" }`.
#[derive(Clone, Debug)]
pub struct Choose {
    /// A metric; for a criterion one that needs no labels.
    pub by: String,
    /// The axes that collapse.
    pub among: Vec<String>,
    /// Whose scores decide.
    pub on: ChooseOn,
}

/// Whose scores decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseOn {
    /// Rows kept out of training.
    Validation,
    /// The rows that the cell is judged by: named as such wherever it shows.
    Test,
    /// A score that needs no labels.
    Criterion,
}

impl ChooseOn {
    /// Every word.
    pub const ALL: &'static [(&'static str, ChooseOn)] =
        &[("validation", ChooseOn::Validation), ("test", ChooseOn::Test), ("criterion", ChooseOn::Criterion)];
}

/// Within what the best cell is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BestOf {
    /// Each row.
    Row,
    /// Each column.
    Column,
}

impl BestOf {
    const ALL: &'static [(&'static str, BestOf)] = &[("row", BestOf::Row), ("column", BestOf::Column)];
}

/// `compare = { against = "published.lu-table-3", test = "corrected-resampled-t", best-of = "row" }`.
#[derive(Clone, Debug, Default)]
pub struct Compare {
    /// The key of printed numbers.
    pub against: Option<String>,
    /// How differences are tested; none where the data decide.
    pub test: Option<Test>,
    /// Within what the best is marked; none for the usual.
    pub best_of: Option<BestOf>,
    /// The model that the others are tested against; none for the first.
    pub baseline: Option<String>,
    /// Whether p-values are adjusted for their number.
    pub adjust: Adjust,
}

/// How p-values of a table are adjusted for their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adjust {
    /// They are not.
    #[default]
    None,
    /// Holm (1979).
    Holm,
}

impl Adjust {
    const ALL: &'static [(&'static str, Adjust)] = &[("none", Adjust::None), ("holm", Adjust::Holm)];
}

/// Reads `choose`; `shown` are the axes of the table, `only` are its conditions.
pub fn choose(
    reader: &mut Reader<'_>,
    shown: &[String],
    only: &Values,
    names: &Names,
    problems: &mut Vec<Problem>,
) -> Option<Choose> {
    let (table, place) = reader.table("choose", problems)?;
    let mut choose = Reader::new(table, "`choose`", &place);
    // A word that is unknown says nothing of the others.
    let on = match choose.entry_or_near("on") {
        Some(_) => choose.word("on", "choice", ChooseOn::ALL, problems),
        None => Some(ChooseOn::Validation),
    };
    let by = choose.required_text("by", "by = \"acc\"", problems);
    if let (Some(name), Some(entry), Some(on)) = (&by, choose.entry("by"), on) {
        check_by(name, &entry.node.place, on, names, problems);
    }
    if choose.entry("among").is_none() {
        choose.missing("among", "among = \"learning-rate\"", problems);
    }
    let among = choose.distinct_texts("among", problems);
    if let (Some([]), Some(entry)) = (among.as_deref(), choose.entry("among")) {
        problems.push(Problem::error(&entry.node.place, "out-of-range", "`among` names no axis"));
    }
    for (name, place) in among.iter().flatten() {
        check_among(name, place, shown, names, problems);
    }
    if on == Some(ChooseOn::Validation) {
        let place = choose.entry("on").map_or(&place, |entry| &entry.node.place);
        check_validation(place, only, names, problems);
    }
    choose.finish(problems);
    let among = among?.into_iter().map(|(name, _)| name).collect();
    Some(Choose { by: by?, among, on: on.unwrap_or(ChooseOn::Validation) })
}

/// The metric that decides must be one that the trials have there.
fn check_by(name: &str, place: &Place, on: ChooseOn, names: &Names, problems: &mut Vec<Problem>) {
    if on != ChooseOn::Criterion || metric::find(name).is_some_and(|spec| !spec.needs.truth()) {
        let spec = names.asked_metric(name, place, problems);
        if let Some(spec) = spec.filter(|spec| on == ChooseOn::Validation && !spec.needs.predictions()) {
            let message = format!("the validation rows have no `{}`: it is not made from predictions", spec.name);
            problems.push(Problem::error(place, "wrong-value", message).help("choose by another metric"));
        }
        return;
    }
    let free = |spec: &&&MetricSpec| !spec.needs.truth() && spec.needs != Needs::Time && names.judges(spec);
    let mut free: Vec<&str> = metric::METRICS.iter().filter(free).map(|spec| spec.name).collect();
    free.sort_unstable();
    let problem = if metric::find(name).is_some() {
        let message = format!("`{name}` needs labels, so it is no criterion; those that need none: {}", quoted(&free));
        Problem::error(place, "wrong-value", message).help("or choose on \"validation\" or \"test\"")
    } else {
        let message = format!("unknown metric `{name}`; those that need no labels: {}", quoted(&free));
        Problem::error(place, "unknown-metric", message).nearest(name, free)
    };
    problems.push(problem);
}

/// Some trial of the table must have rows kept out, and a model that judges them.
fn check_validation(place: &Place, only: &Values, names: &Names, problems: &mut Vec<Problem>) {
    let kept = |axis: &str, name: &str| only.get(axis).is_none_or(|wanted| is_or_is_in(name, wanted));
    let help = if !names.validating.iter().any(|split| kept("split", split)) {
        let message = "no [[split]] keeps rows for `validation` to choose on";
        let help = "give the split a line like `validation = { kind = \"holdout\", fraction = 0.2 }`, or choose on \
                    \"test\" or a \"criterion\"";
        (message, help)
    } else if !names.judging.iter().any(|model| kept("model", model)) {
        ("a program of your own leaves no scores of validation rows to choose on", "choose on \"test\"")
    } else {
        return;
    };
    problems.push(Problem::error(place, "wrong-value", help.0).help(help.1).follows());
}

fn check_among(name: &str, place: &Place, shown: &[String], names: &Names, problems: &mut Vec<Problem>) {
    if !names.check_axis(name, place, false, problems) {
        return;
    }
    if ["seed", "fold"].contains(&name) {
        let message = format!("the best `{name}` is luck: `among` names settings");
        problems.push(Problem::error(place, "wrong-value", message));
    }
    if shown.iter().any(|axis| axis == name) {
        let message = format!("`{name}` is an axis of the table: nothing is left to choose");
        problems.push(Problem::error(place, "duplicate", message));
    }
}

/// Reads `compare`.
pub fn compare(reader: &mut Reader<'_>, names: &Names, problems: &mut Vec<Problem>) -> Compare {
    let Some((table, place)) = reader.table("compare", problems) else { return Compare::default() };
    let mut compare = Reader::new(table, "`compare`", &place);
    let against = compare.text("against", problems);
    if let (Some(name), Some(entry)) = (&against, compare.entry("against"))
        && !names.published.contains(name)
    {
        let mut known: Vec<&str> = names.published.iter().map(String::as_str).collect();
        known.sort_unstable();
        let message = if known.is_empty() {
            format!("nothing is called `{name}`: the file has no [published.*]")
        } else {
            format!("nothing is called `{name}`; expected one of {}", quoted(&known))
        };
        problems.push(Problem::error(&entry.node.place, "unknown-value", message).nearest(name, known).follows());
    }
    let test = compare.word("test", "test", Test::ALL, problems);
    let best_of = compare.word("best-of", "side", BestOf::ALL, problems);
    let baseline = compare.text("baseline", problems);
    if let Some(entry) = compare.entry("baseline").filter(|_| baseline.is_some()) {
        problems.extend(names.unknown("model", &entry.node));
    }
    let adjust = compare.word("adjust", "adjustment", Adjust::ALL, problems).unwrap_or_default();
    compare.finish(problems);
    let against = against.map(|name| name.trim_start_matches("published.").to_owned());
    Compare { against, test, best_of, baseline, adjust }
}
