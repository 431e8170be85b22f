//! The values along an axis and how far apart they stand.

use crate::report::number::float;
use crate::report::select::{self, Domain};
use crate::store::results::Results;

/// How the values of an axis are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Words: at equal distances, in their order.
    Words,
    /// Numbers.
    Linear,
    /// Numbers whose ratios are more even than their differences.
    Logarithmic,
}

/// The values met along an axis.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What it is called in an experiment file.
    pub name: String,
    /// The values as they are written, in order.
    pub labels: Vec<String>,
    /// Where each stands: the number itself, or its place among words.
    pub places: Vec<f64>,
    /// How they are spread.
    pub spread: Spread,
}

/// So many times the smallest value the largest must be for a logarithmic axis.
const LOGARITHMIC_FROM: f64 = 8.0;

impl Axis {
    /// Of the labels met.
    pub fn of(results: &Results, name: &str, met: impl Iterator<Item = String>) -> Axis {
        let labels = Domain::of(results, name, met).labels;
        // Seeds and folds are names that happen to be numbers.
        let is_number = !matches!(name, "seed" | "fold" | "dataset" | "model" | "pipeline" | "split");
        let numbers: Option<Vec<f64>> =
            labels.iter().map(|label| label.parse().ok().filter(|x: &f64| x.is_finite())).collect();
        let (places, spread) = match numbers.filter(|_| is_number) {
            Some(numbers) if is_geometric(&numbers) => (numbers, Spread::Logarithmic),
            Some(numbers) => (numbers, Spread::Linear),
            None => ((0..labels.len()).map(float).collect(), Spread::Words),
        };
        Axis { name: name.to_owned(), labels, places, spread }
    }

    /// Which of the values a label is.
    pub fn index(&self, label: &str) -> Option<usize> {
        self.labels.iter().position(|known| known == label)
    }

    /// Its name below a drawing; a logarithmic axis says so.
    pub fn title(&self) -> String {
        let word = crate::report::grid::axis_word(&self.name);
        if self.spread == Spread::Logarithmic { format!("{word} (log axis)") } else { word.to_owned() }
    }
}

/// Whether sorted numbers are spread by ratios rather than by differences.
fn is_geometric(numbers: &[f64]) -> bool {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return false };
    if numbers.len() < 3 || *first <= 0.0 || last / first < LOGARITHMIC_FROM {
        return false;
    }
    let differences: Vec<f64> = numbers.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let ratios: Vec<f64> = numbers.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
    unevenness(&ratios) < unevenness(&differences)
}

/// Standard deviation over mean.
fn unevenness(steps: &[f64]) -> f64 {
    let mean = steps.iter().sum::<f64>() / float(steps.len());
    let square = steps.iter().map(|step| (step - mean).powi(2)).sum::<f64>() / float(steps.len());
    square.sqrt() / mean
}

/// Whether an axis is a parameter rather than one of the blocks of an experiment.
pub fn is_parameter(axis: &str) -> bool {
    !matches!(axis, "dataset" | "model" | "pipeline" | "split" | "seed" | "fold" | select::METRIC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_make_a_logarithmic_axis() {
        assert!(is_geometric(&[32.0, 64.0, 128.0, 256.0, 512.0]));
        assert!(is_geometric(&[1e-4, 1e-3, 1e-2]));
        assert!(!is_geometric(&[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]));
        assert!(!is_geometric(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]));
        assert!(!is_geometric(&[0.0, 10.0, 100.0]));
        assert!(!is_geometric(&[1.0, 100.0]));
        assert!(!is_geometric(&[]));
    }
}
