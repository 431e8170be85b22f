//! A naive Bayes model as Weka prints it: a table of attributes by classes.

use std::fmt::Write;

use crate::model::classify::naive_bayes::estimator::{Estimator, Kernel};
use crate::weka::number::{java_double, rounded};

/// One attribute: its name, the names of its words where it has some, its estimators by class.
pub struct Attribute<'a> {
    /// Its name.
    pub name: &'a str,
    /// Words or intervals.
    pub words: Option<Vec<String>>,
    /// One a class.
    pub estimators: &'a [Estimator],
}

/// A line of the table: its label and one cell a class.
struct Line {
    label: String,
    cells: Vec<String>,
}

/// The whole text.
pub fn text(classes: &[String], shares: &[f64], attributes: &[Attribute<'_>]) -> String {
    let blocks: Vec<Vec<Line>> = attributes.iter().map(lines).collect();
    let shares: Vec<String> = shares.iter().map(|share| format!("({})", rounded(*share, 2))).collect();
    // Weka forgets the indentation of kernels.
    let indent = |block: &[Line]| if block.first().is_some_and(|line| line.label == "[# kernels]") { 0 } else { 2 };
    let labels = blocks.iter().flat_map(|block| block.iter().map(|line| chars(&line.label) + indent(block)));
    let names = attributes.iter().map(|attribute| chars(attribute.name));
    let label_width = 2 + labels.chain(names).max().unwrap_or(0).max("  weight sum".len());
    let width = 1 + blocks
        .iter()
        .flatten()
        .flat_map(|line| &line.cells)
        .chain(classes)
        .chain(&shares)
        .map(|cell| chars(cell))
        .max()
        .unwrap_or(0);
    let mut text = format!("Naive Bayes Classifier\n\n{:>1$}\n", "Class", label_width + width);
    row(&mut text, "Attribute", label_width, classes, width);
    row(&mut text, "", label_width, &shares, width);
    let _ = writeln!(text, "{}", "=".repeat(label_width + width * classes.len() + 1));
    for (attribute, block) in attributes.iter().zip(&blocks) {
        let _ = writeln!(text, "{}", attribute.name);
        for line in block {
            // Weka's heading stands one place left of its columns.
            row(&mut text, &format!("  {}", line.label), label_width + 1, &line.cells, width);
        }
        text.push('\n');
    }
    text
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn row(text: &mut String, label: &str, label_width: usize, cells: &[String], width: usize) {
    let _ = write!(text, "{label:<label_width$}");
    cells.iter().for_each(|cell| {
        let _ = write!(text, "{cell:>width$}");
    });
    text.push('\n');
}

fn lines(attribute: &Attribute<'_>) -> Vec<Line> {
    let each = |label: &str, cell: &dyn Fn(&Estimator) -> String| Line {
        label: label.to_owned(),
        cells: attribute.estimators.iter().map(cell).collect(),
    };
    match attribute.estimators.first() {
        None => Vec::new(),
        Some(Estimator::Discrete(_)) => {
            let of = |estimator: &Estimator, at: Option<usize>| match (estimator, at) {
                (Estimator::Discrete(discrete), Some(at)) => java_double(discrete.counts[at]),
                (Estimator::Discrete(discrete), None) => java_double(discrete.total),
                _ => String::new(),
            };
            let words = attribute.words.iter().flatten().enumerate();
            words
                .map(|(at, word)| each(word, &|estimator| of(estimator, Some(at))))
                .chain([each("[total]", &|estimator| of(estimator, None))])
                .collect()
        }
        Some(Estimator::Normal(_)) => ["mean", "std. dev.", "weight sum", "precision"]
            .iter()
            .enumerate()
            .map(|(fact, label)| {
                each(label, &|estimator| match estimator {
                    Estimator::Normal(normal) => {
                        rounded([normal.mean, normal.deviation, normal.weight, normal.precision][fact], 4)
                    }
                    _ => String::new(),
                })
            })
            .collect(),
        Some(Estimator::Kernel(_)) => kernel_lines(attribute),
    }
}

fn kernel_lines(attribute: &Attribute<'_>) -> Vec<Line> {
    let kernels: Vec<&Kernel> = attribute
        .estimators
        .iter()
        .filter_map(|estimator| match estimator {
            Estimator::Kernel(kernel) => Some(kernel),
            _ => None,
        })
        .collect();
    let each = |label: String, cell: &dyn Fn(&Kernel) -> String| Line {
        label,
        cells: kernels.iter().map(|kernel| cell(kernel)).collect(),
    };
    let most = kernels.iter().map(|kernel| kernel.kernels.len()).max().unwrap_or(0);
    let facts = [
        each("[# kernels]".to_owned(), &|kernel| kernel.kernels.len().to_string()),
        each("[std. dev]".to_owned(), &|kernel| rounded(kernel.deviation, 4)),
        each("[precision]".to_owned(), &|kernel| rounded(kernel.precision, 4)),
    ];
    let means = (0..most).map(|at| {
        each(format!("K{}: mean (weight)", at + 1), &|kernel| match kernel.kernels.get(at) {
            Some((mean, weight)) => format!("{} ({})", rounded(*mean, 4), rounded(*weight, 4)),
            None if kernel.kernels.is_empty() => "0".to_owned(),
            None => "--".to_owned(),
        })
    });
    facts.into_iter().chain(means).collect()
}
