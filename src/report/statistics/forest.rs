//! A small regression forest (Breiman 2001), only as large as permutation importance of a few settings needs. Our own,
//! with the streams of `rng`: a dependency's update must not move a figure.

use rayon::prelude::*;

use crate::report::number::float;
use crate::rng::{Purpose, Stream};

/// Trees of a forest.
const TREES: usize = 100;

/// A group of fewer is not split.
const SPLIT_LEAST: usize = 5;

/// Trees are no deeper.
const DEEPEST: usize = 32;

/// Trees, each with the rows that it has not seen.
pub(super) struct Forest(Vec<(Tree, Vec<usize>)>);

enum Tree {
    Leaf(f64),
    /// Up to the threshold to the first, above it to the second.
    Split {
        column: usize,
        threshold: f64,
        sides: Box<(Tree, Tree)>,
    },
}

/// What all splits of one tree share.
struct Growth<'a> {
    columns: &'a [Vec<f64>],
    values: &'a [f64],
    stream: Stream,
}

impl Forest {
    /// Grown on bootstrap samples of the rows; columns are finite and as long as the values, which are not empty.
    pub(super) fn grow(columns: &[Vec<f64>], values: &[f64], seed: u64) -> Forest {
        let n = values.len();
        let grow = |tree: usize| {
            let stream = Stream::new(seed, Purpose::Resampling, &format!("forest.tree.{tree}"));
            let mut growth = Growth { columns, values, stream };
            let rows: Vec<usize> = (0..n).map(|_| growth.stream.below(n)).collect();
            let mut seen = vec![false; n];
            rows.iter().for_each(|row| seen[*row] = true);
            (growth.tree(rows, 0), (0..n).filter(|row| !seen[*row]).collect())
        };
        // Each has its own stream: how many grow at a time changes nothing.
        Forest((0..TREES).into_par_iter().map(grow).collect())
    }

    /// The mean squared error of what the trees say together of rows that they have not seen; none where every row was
    /// seen by all.
    pub(super) fn error(&self, columns: &[Vec<f64>], values: &[f64]) -> Option<f64> {
        let mut said = vec![(0.0, 0_usize); values.len()];
        for (tree, unseen) in &self.0 {
            for row in unseen {
                said[*row].0 += tree.predict(columns, *row);
                said[*row].1 += 1;
            }
        }
        let judged = said.iter().zip(values).filter(|((_, trees), _)| *trees > 0);
        let errors: Vec<f64> = judged.map(|((sum, trees), value)| (sum / float(*trees) - value).powi(2)).collect();
        (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / float(errors.len()))
    }
}

impl Tree {
    fn predict(&self, columns: &[Vec<f64>], row: usize) -> f64 {
        match self {
            Tree::Leaf(mean) => *mean,
            Tree::Split { column, threshold, sides } => {
                let side = if columns[*column][row] <= *threshold { &sides.0 } else { &sides.1 };
                side.predict(columns, row)
            }
        }
    }
}

impl Growth<'_> {
    fn tree(&mut self, rows: Vec<usize>, depth: usize) -> Tree {
        let split = if rows.len() < SPLIT_LEAST || depth >= DEEPEST { None } else { self.best_split(&rows) };
        let Some((column, threshold)) = split else {
            return Tree::Leaf(rows.iter().map(|row| self.values[*row]).sum::<f64>() / float(rows.len()));
        };
        let (low, high) = rows.into_iter().partition(|row| self.columns[column][*row] <= threshold);
        let sides = Box::new((self.tree(low, depth + 1), self.tree(high, depth + 1)));
        Tree::Split { column, threshold, sides }
    }

    /// The column and threshold that leave the least squared error, among a third of the columns, drawn anew for each
    /// split; further ones are tried only where none of these has two different numbers.
    fn best_split(&mut self, rows: &[usize]) -> Option<(usize, f64)> {
        let order = self.stream.permutation(self.columns.len());
        let mut best: Option<(f64, usize, f64)> = None;
        for (tried, column) in order.iter().enumerate() {
            if tried >= self.columns.len().div_ceil(3) && best.is_some() {
                break;
            }
            let found = self.best_threshold(*column, rows).filter(|found| best.is_none_or(|(most, ..)| found.0 > most));
            best = found.map_or(best, |(gain, threshold)| Some((gain, *column, threshold)));
        }
        best.map(|(_, column, threshold)| (column, threshold))
    }

    /// The best threshold of a column, with what it takes off the squared error.
    fn best_threshold(&self, column: usize, rows: &[usize]) -> Option<(f64, f64)> {
        let mut points: Vec<(f64, f64)> =
            rows.iter().map(|row| (self.columns[column][*row], self.values[*row])).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let n = float(points.len());
        let mean = points.iter().map(|(_, value)| value).sum::<f64>() / n;
        let (mut sum, mut best) = (0.0, None);
        for (place, pair) in points.windows(2).enumerate() {
            sum += pair[0].1 - mean;
            if pair[0].0 == pair[1].0 {
                continue;
            }
            // Around the mean the two sides' sums are opposite.
            let below = float(place + 1);
            let gain = sum * sum / below + sum * sum / (n - below);
            if best.is_none_or(|(most, _)| gain > most) {
                let middle = f64::midpoint(pair[0].0, pair[1].0);
                // Between neighbouring doubles there is no middle.
                best = Some((gain, if middle < pair[1].0 { middle } else { pair[0].0 }));
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_found_where_it_is() {
        let columns = vec![vec![1.0, 2.0, 3.0, 10.0, 11.0, 12.0], vec![0.0; 6]];
        let values = [5.0, 5.0, 5.0, 9.0, 9.0, 9.0];
        let mut growth = Growth { columns: &columns, values: &values, stream: Stream::new(0, Purpose::Noise, "") };
        let rows: Vec<usize> = (0..6).collect();
        assert_eq!(growth.best_split(&rows), Some((0, 6.5)));
        assert_eq!(growth.best_threshold(1, &rows), None);
        let tree = growth.tree(rows, 0);
        assert_eq!((tree.predict(&columns, 2), tree.predict(&columns, 3)), (5.0, 9.0));
    }

    #[test]
    fn the_error_is_of_rows_that_a_tree_has_not_seen() {
        let columns = vec![(0..40).map(f64::from).collect::<Vec<_>>()];
        let forest = Forest::grow(&columns, &columns[0], 1);
        assert_eq!(forest.0.len(), TREES);
        // About 1/e of the rows are left out by a sample.
        assert!(forest.0.iter().all(|(_, unseen)| (5..25).contains(&unseen.len())));
        let error = forest.error(&columns, &columns[0]).unwrap();
        assert!(error > 0.0 && error < 3.0, "{error}");
        assert_eq!(Forest(Vec::new()).error(&columns, &columns[0]), None);
    }
}
