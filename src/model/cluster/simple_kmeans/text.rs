//! The clusters as Weka prints them.

use std::fmt::Write;

use crate::dataset::Column;
use crate::model::classify::fill::word;
use crate::model::cluster::simple_kmeans::core::{Found, Options, Start};
use crate::weka::number::{java_double, rounded};

/// The whole text.
pub fn text(found: &Found, columns: &[Column], options: &Options, total: f64) -> String {
    let start = match options.start {
        Start::Random => "random",
        Start::PlusPlus => "k-means++",
    };
    let mut text = format!(
        "\nkMeans\n======\n\nNumber of iterations: {}\nWithin cluster sum of squared errors: {}\n\n\
         Initial starting points ({start}):\n\n",
        found.iterations,
        java_double(found.sse)
    );
    for (cluster, row) in found.starts.rows().into_iter().enumerate() {
        let cells: Vec<String> =
            row.iter().zip(columns).map(|(value, column)| quoted(&cell(*value, column, 6))).collect();
        let _ = writeln!(text, "Cluster {cluster}: {}", cells.join(","));
    }
    if options.replace_missing {
        text += "\nMissing values globally replaced with mean/mode\n";
    }
    text + "\nFinal cluster centroids:\n" + &table(found, columns, total)
}

/// All rows and each cluster side by side.
fn table(found: &Found, columns: &[Column], total: f64) -> String {
    let groups: Vec<Vec<f64>> =
        [found.whole.clone()].into_iter().chain(found.centres.rows().into_iter().map(|row| row.to_vec())).collect();
    let sizes: Vec<String> =
        [total].iter().chain(&found.sizes).map(|size| format!("({})", java_double(*size))).collect();
    let numbers: Vec<Vec<String>> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| groups.iter().map(|group| cell(group[at], column, 4)).collect())
        .collect();
    let name_width = columns.iter().map(|column| column.name.chars().count()).fold("Attribute".len(), usize::max) + 2;
    let longest = numbers.iter().flatten().chain(&sizes).map(|text| text.chars().count()).max().unwrap_or(0);
    let width = ("Full Data".len() + 2).max(longest + 1);
    let line = |name: &str, cells: &[String]| {
        let mut line = format!("{name:<name_width$}");
        cells.iter().for_each(|cell| line += &format!("{cell:>width$}"));
        line + "\n"
    };
    let heads: Vec<String> =
        ["Full Data".to_owned()].into_iter().chain((0..found.centres.nrows()).map(|at| at.to_string())).collect();
    let mut text = format!("{:>1$}\n", "Cluster#", name_width + 2 * width);
    text += &line("Attribute", &heads);
    text += &line("", &sizes);
    text += &"=".repeat(name_width + width * groups.len());
    text.push('\n');
    for (column, cells) in columns.iter().zip(&numbers) {
        text += &line(&column.name, cells);
    }
    text + "\n\n"
}

/// A number with so many decimals, or a word.
fn cell(value: f64, column: &Column, decimals: usize) -> String {
    match &column.words {
        _ if value.is_nan() => "?".to_owned(),
        None => rounded(value, decimals),
        Some(words) => word(value).and_then(|word| words.get(word).cloned()).unwrap_or_else(|| "?".to_owned()),
    }
}

/// A word as it stands in an ARFF file.
fn quoted(word: &str) -> String {
    let special = |char: char| char.is_whitespace() || "'\"%,{}\\".contains(char);
    if word.is_empty() || word.contains(special) {
        format!("'{}'", word.replace('\\', "\\\\").replace('\'', "\\'"))
    } else {
        word.to_owned()
    }
}
