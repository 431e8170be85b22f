//! `choose` and `compare` of a table: how a grid collapses to one cell, and what the cells are held against.

use crate::diagnostic::Problem;
use crate::experiment::claim::Test;
use crate::experiment::document::Place;
use crate::experiment::names::Names;
use crate::experiment::reader::Reader;
use crate::parameter::quoted;

/// `choose = { by = "acc", among = "learning-rate", on = "validation" }`.
#[derive(Clone, Debug)]
pub struct Choose {
    /// A metric; for a criterion a score that the model reports.
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
}

/// Reads `choose`; `shown` are the axes of the table.
pub fn choose(reader: &mut Reader<'_>, shown: &[String], names: &Names, problems: &mut Vec<Problem>) -> Option<Choose> {
    let (table, place) = reader.table("choose", problems)?;
    let mut choose = Reader::new(table, "`choose`", &place);
    let given = choose.entry("on").is_some();
    let on = choose.word("on", "choice", ChooseOn::ALL, problems);
    let by = choose.required_text("by", "by = \"acc\"", problems);
    if let (Some(name), Some(entry)) = (&by, choose.entry("by"))
        && (on == Some(ChooseOn::Validation) || on == Some(ChooseOn::Test) || !given)
    {
        names.asked_metric(name, &entry.node.place, problems);
    }
    if choose.entry("among").is_none() {
        choose.missing("among", "among = \"learning-rate\"", problems);
    }
    let among = choose.texts("among", problems);
    if let (Some([]), Some(entry)) = (among.as_deref(), choose.entry("among")) {
        problems.push(Problem::error(&entry.node.place, "out-of-range", "`among` names no axis"));
    }
    for (name, place) in among.iter().flatten() {
        check_among(name, place, shown, names, problems);
    }
    if on.unwrap_or(ChooseOn::Validation) == ChooseOn::Validation && (on.is_some() || !given) && !names.validates {
        let place = choose.entry("on").map_or(&place, |entry| &entry.node.place);
        let message = "no [[split]] keeps rows for `validation` to choose on";
        let help = "give the split a line like `validation = { kind = \"holdout\", fraction = 0.2 }`, or choose on \
                    \"test\" or a \"criterion\"";
        problems.push(Problem::error(place, "wrong-value", message).help(help).follows());
    }
    choose.finish(problems);
    let among = among?.into_iter().map(|(name, _)| name).collect();
    Some(Choose { by: by?, among, on: on.unwrap_or(ChooseOn::Validation) })
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
    compare.finish(problems);
    Compare { against: against.map(|name| name.trim_start_matches("published.").to_owned()), test, best_of }
}
