//! Coefficients and odds ratios as Weka prints them.

use crate::model::classify::logistic::regression::Regression;
use crate::weka::number::{java_double, rounded};

/// Where numbers are no longer rounded.
const LARGE: f64 = 1e10;

/// The whole text.
pub fn text(regression: &Regression, classes: &[String], ridge: f64) -> String {
    let mut names: Vec<String> = regression.names().map(str::to_owned).collect();
    let coefficients = regression.coefficients();
    let row = |at: usize, change: fn(f64) -> f64| coefficients.row(at).iter().map(|x| number(change(*x))).collect();
    let mut slopes: Vec<Vec<String>> = (1..coefficients.nrows()).map(|at| row(at, |x| x)).collect();
    let ratios: Vec<Vec<String>> = (1..coefficients.nrows()).map(|at| row(at, f64::exp)).collect();
    slopes.push(row(0, |x| x));
    let others = &classes[..coefficients.ncols()];
    let longest = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.chars().count()).max().unwrap_or(0);
    let width = longest(&mut slopes.iter().chain(&ratios).flatten().chain(others)) + 2;
    names.push("Intercept".to_owned());
    let name_width = longest(&mut names.iter()) + 2;
    let line = |name: &str, cells: &[String]| {
        let mut line = format!("{name:<name_width$}");
        cells.iter().for_each(|cell| line += &format!("{cell:>width$}"));
        line + "\n"
    };
    let table = |rows: &[Vec<String>]| {
        let mut text = format!("{:>1$}\n", "Class", name_width + width) + &line("Variable", others);
        text += &"=".repeat(name_width + width * others.len());
        text.push('\n');
        names.iter().zip(rows).for_each(|(name, cells)| text += &line(name, cells));
        text
    };
    format!(
        "Logistic Regression with ridge parameter of {}\nCoefficients...\n{}\n\nOdds Ratios...\n{}",
        java_double(ridge),
        table(&slopes),
        table(&ratios)
    )
}

fn number(x: f64) -> String {
    if x.abs() < LARGE { rounded(x, 4) } else { java_double(x) }
}
