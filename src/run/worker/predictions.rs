//! `predictions.csv` as a program of the user's own leaves it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use ndarray::Array2;

use crate::diagnostic::{io_words, nearest};
use crate::model::{Predictions, TaskKind};
use crate::parameter::quoted;
use crate::run::prepare::Prepared;

/// Reads the file: one line for each row that is judged, in any order.
///
/// # Errors
/// What is wrong, with the line.
pub fn read(path: &Path, task: TaskKind, data: &Prepared) -> Result<Predictions, String> {
    let bytes = std::fs::read(path)
        .map_err(|error| format!("the program left no `predictions.csv` that can be read: {}", io_words(&error)))?;
    let table = Table::of(&bytes, &data.rows.test)?;
    match task {
        TaskKind::Clustering => clusters(&table),
        TaskKind::Rules => table.read("rules", "number of rules", |text| text.parse().ok()).map(Predictions::Rules),
        TaskKind::Classification => {
            let known = data.test.labels.as_ref().map_or(&[][..], |labels| labels.classes.as_slice());
            let predictions = classes(&table, known)?;
            check_probabilities(&table, &predictions, known.len())?;
            Ok(predictions)
        }
        TaskKind::Outliers => outliers(&table),
    }
}

/// The file's cells, one line for each wanted row, in the order in which they are wanted.
struct Table {
    header: Vec<String>,
    lines: Vec<(u64, ::csv::StringRecord)>,
}

impl Table {
    fn of(bytes: &[u8], wanted: &[usize]) -> Result<Table, String> {
        let damaged = |error: ::csv::Error| format!("predictions.csv: {error}");
        let mut reader = ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_reader(bytes);
        let header: Vec<String> = reader.headers().map_err(damaged)?.iter().map(str::to_owned).collect();
        let table = Table { header, lines: Vec::new() };
        let row_column = table.column("row")?;
        let mut places: HashMap<usize, (u64, ::csv::StringRecord)> = HashMap::new();
        for record in reader.records() {
            let record = record.map_err(damaged)?;
            let line = record.position().map_or(0, ::csv::Position::line);
            let text = &record[row_column];
            let row = text
                .parse()
                .map_err(|_| format!("predictions.csv, line {line}: `{text}` in column `row` is no row number"))?;
            if places.insert(row, (line, record)).is_some() {
                return Err(format!("predictions.csv, line {line}: row {row} is there twice"));
            }
        }
        let (found, many) = (places.len(), wanted.len());
        let taken: Vec<Option<_>> = wanted.iter().map(|row| places.remove(row)).collect();
        if found != many || taken.iter().any(Option::is_none) {
            let missing = wanted.iter().zip(&taken).find(|(_, line)| line.is_none());
            let which = match (missing, places.keys().min()) {
                (Some((row, _)), _) => format!("; row {row} is missing"),
                (None, Some(row)) => format!("; row {row} is none of them"),
                (None, None) => String::new(),
            };
            return Err(format!("predictions.csv has {found} predictions for {many} rows{which}"));
        }
        Ok(Table { lines: taken.into_iter().flatten().collect(), ..table })
    }

    fn column(&self, name: &str) -> Result<usize, String> {
        if self.header.iter().filter(|known| *known == name).count() > 1 {
            return Err(format!("predictions.csv has several columns `{name}`"));
        }
        self.header.iter().position(|known| known == name).ok_or_else(|| {
            let near = nearest(name, self.header.iter().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("; is it `{near}`?"));
            format!("predictions.csv has no column `{name}`, only {}{near}", quoted(&self.header))
        })
    }

    /// A column read cell by cell.
    fn read<T>(&self, name: &str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
        let column = self.column(name)?;
        let cell = |(line, record): &(u64, ::csv::StringRecord)| {
            let text = &record[column];
            parse(text).ok_or_else(|| format!("predictions.csv, line {line}: `{text}` in column `{name}` is no {what}"))
        };
        self.lines.iter().map(cell).collect()
    }
}

fn clusters(table: &Table) -> Result<Predictions, String> {
    let given: Vec<i64> = table.read("cluster", "whole number", |text| text.parse().ok())?;
    // Names of clusters mean nothing; -1, which some programs use for noise, is one of them.
    let mut names: BTreeMap<i64, usize> = given.iter().map(|name| (*name, 0)).collect();
    names.values_mut().enumerate().for_each(|(index, place)| *place = index);
    Ok(Predictions::Clusters(given.iter().map(|name| names[name]).collect()))
}

fn classes(table: &Table, classes: &[String]) -> Result<Predictions, String> {
    let predicted = table.read("predicted", &expected(classes), |text| class(text, classes).ok())?;
    let given: Vec<bool> = (0..classes.len()).map(|i| table.header.contains(&format!("p{i}"))).collect();
    if !given.contains(&true) {
        return Ok(Predictions::Classes { predicted, probabilities: None });
    }
    let mut probabilities = Array2::zeros((predicted.len(), classes.len()));
    for (i, mut column) in probabilities.columns_mut().into_iter().enumerate() {
        let share = |text: &str| text.parse::<f64>().ok().filter(|p| (0.0..=1.0).contains(p));
        let cells = table.read(&format!("p{i}"), "probability", share)?;
        column.iter_mut().zip(cells).for_each(|(cell, p)| *cell = p);
    }
    Ok(Predictions::Classes { predicted, probabilities: Some(probabilities) })
}

/// A cell that names no class.
#[derive(Debug, PartialEq, Eq)]
struct Unknown;

/// The class that a cell names, none for a row left unclassified: by its name as the training rows have it, or by its
/// index where no class could be taken for one.
fn class(text: &str, classes: &[String]) -> Result<Option<usize>, Unknown> {
    if let Some(index) = classes.iter().position(|known| known == text) {
        return Ok(Some(index));
    }
    match text.parse::<i64>() {
        Ok(-1) => Ok(None),
        Ok(index) if !numbered(classes) => {
            usize::try_from(index).ok().filter(|index| *index < classes.len()).map(Some).ok_or(Unknown)
        }
        Err(_) if text.is_empty() => Ok(None),
        _ => Err(Unknown),
    }
}

/// Whether the name of some class is a whole number, so that it could be taken for another one's index.
fn numbered(classes: &[String]) -> bool {
    classes.iter().any(|name| name.parse::<i64>().is_ok())
}

/// What a cell can hold.
fn expected(classes: &[String]) -> String {
    /// So many classes are named.
    const NAMED: usize = 20;
    let more = classes.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names = quoted(&classes[..classes.len() - classes.len().saturating_sub(NAMED)]);
    let index = if numbered(classes) {
        " (names: they are whole numbers, so that an index would be ambiguous)".to_owned()
    } else {
        format!(", or an index from 0 to {}", classes.len().saturating_sub(1))
    };
    let unclassified = if classes.iter().any(|name| name == "-1") { "an empty cell" } else { "-1 or an empty cell" };
    format!("class; expected one of {names}{more}{index}; {unclassified} means unclassified")
}

/// How far from 1 the probabilities of a row may be: programs write them rounded.
const ROUNDED: f64 = 1e-3;

/// Checks that there is a column of probabilities for each class or none at all, and that those of a row add up to 1; a
/// row without a class may have nothing but zeros.
fn check_probabilities(table: &Table, predictions: &Predictions, classes: usize) -> Result<(), String> {
    let index = |name: &String| name.strip_prefix('p').and_then(|index| index.parse::<usize>().ok());
    if let Some(name) = table.header.iter().find(|name| index(name).is_some_and(|index| index >= classes)) {
        return Err(format!("predictions.csv has a column `{name}`, and there are {classes} classes, counted from 0"));
    }
    let Predictions::Classes { predicted, probabilities: Some(probabilities) } = predictions else { return Ok(()) };
    let row_column = table.column("row")?;
    for (((line, record), class), row) in table.lines.iter().zip(predicted).zip(probabilities.rows()) {
        let sum = row.sum();
        if (sum - 1.0).abs() > ROUNDED && (class.is_some() || sum != 0.0) {
            let row = &record[row_column];
            return Err(format!(
                "predictions.csv, line {line}: the probabilities of row {row} add up to {sum:.6}, expected 1"
            ));
        }
    }
    Ok(())
}

fn outliers(table: &Table) -> Result<Predictions, String> {
    let flag = |text: &str| match text {
        "1" | "true" | "True" => Some(true),
        "0" | "false" | "False" => Some(false),
        _ => None,
    };
    let outlier = table.read("outlier", "0 or 1", flag)?;
    let score = if table.header.iter().any(|name| name == "score") {
        table.read("score", "finite number", |text| text.parse().ok().filter(|x: &f64| x.is_finite()))?
    } else {
        outlier.iter().map(|outlier| f64::from(u8::from(*outlier))).collect()
    };
    Ok(Predictions::Outliers { outlier, score })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(classes: &[&str]) -> Vec<String> {
        classes.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_class_goes_by_its_name_and_by_an_index_only_where_no_name_is_one() {
        let words = names(&["no", "yes"]);
        for (text, found) in [("yes", Some(1)), ("0", Some(0)), ("-1", None), ("", None)] {
            assert_eq!(class(text, &words), Ok(found), "{text}");
        }
        for text in ["2", "maybe", "1.0"] {
            assert_eq!(class(text, &words), Err(Unknown), "{text}");
        }
        let numbers = names(&["1", "2", "3"]);
        assert_eq!((class("1", &numbers), class("3", &numbers)), (Ok(Some(0)), Ok(Some(2))));
        assert_eq!((class("0", &numbers), class("-1", &numbers)), (Err(Unknown), Ok(None)));
        let signed = names(&["-1", "0", "1"]);
        assert_eq!(
            (class("-1", &signed), class("1", &signed), class("", &signed)),
            (Ok(Some(0)), Ok(Some(2)), Ok(None))
        );
        assert!(expected(&signed).ends_with("; an empty cell means unclassified"));
        assert!(expected(&words).contains("`no`, `yes`, or an index from 0 to 1; -1 or an empty cell"));
    }

    /// What is said of predictions for rows 4 and 7, of two classes.
    fn checked(text: &str) -> Result<Predictions, String> {
        let table = Table::of(text.as_bytes(), &[4, 7])?;
        let predictions = classes(&table, &["n".to_owned(), "p".to_owned()])?;
        check_probabilities(&table, &predictions, 2).map(|()| predictions)
    }

    #[test]
    fn probabilities_are_of_all_classes_and_add_up_to_one() {
        for (text, want) in [
            ("row,predicted,p0,p1\n4,0,0.3,0.1\n7,1,0,1\n", "line 2: the probabilities of row 4 add up to 0.400000"),
            ("row,predicted,p0,p1\n7,1,0.6,0.6\n4,0,1,0\n", "line 2: the probabilities of row 7 add up to 1.2"),
            ("row,predicted,p0,p1\n4,0,-0.1,1.1\n7,1,0,1\n", "line 2: `-0.1` in column `p0` is no probability"),
            ("row,predicted,p0,p1\n4,0,0.5,0.5\n7,1,0,nan\n", "line 3: `nan` in column `p1` is no probability"),
            ("row,predicted,p0,p1,p2\n4,0,1,0,0\n7,1,0,1,0\n", "has a column `p2`, and there are 2 classes"),
            ("row,predicted,p2\n4,0,1\n7,1,0\n", "has a column `p2`"),
            ("row,predicted,p1\n4,0,1\n7,1,0\n", "has no column `p0`"),
            ("row,predicted,p0,p0,p1\n4,0,1,1,0\n7,1,0,0,1\n", "several columns `p0`"),
            ("row,predicted,p0,p1\n4,0,0,0\n7,1,0,1\n", "line 2: the probabilities of row 4 add up to 0"),
        ] {
            let said = checked(text).expect_err(text);
            assert!(said.starts_with("predictions.csv") && said.contains(want), "{text}: {said}");
        }
        for text in [
            "row,predicted,p0,p1\n4,0,0.333,0.667\n7,1,0.3333,0.6666\n",
            "row,predicted,p0,p1\n4,-1,0,0\n7,1,0,1\n",
            "row,predicted,p,price\n4,0,1,1\n7,1,0,0\n",
        ] {
            checked(text).expect(text);
        }
    }
}
