//! Classes by predicted classes, or by clusters after matching, of chosen trials: each method's best, median and worst.

use crate::metric::MetricSpec;
use crate::metric::clustering::matching;
use crate::metric::contingency::Contingency;
use crate::model::TaskKind;
use crate::parameter::Values;
use crate::store::artifact::{self, KeptRows};
use crate::store::results::Results;
use crate::store::rows::KnownRows;

use super::{MOST_PANELS, exemplars};

/// So many classes and columns are drawn at most: the largest.
pub const MOST_CLASSES: usize = 30;

/// A figure of matrices.
#[derive(Clone, Debug)]
pub struct Confusion {
    /// What the columns are.
    pub columns: Columns,
    /// The metric by which trials were chosen.
    pub metric: &'static MetricSpec,
    /// One a chosen trial.
    pub panels: Vec<Matrix>,
    /// Whether median and worst trials are there beside the best: unless that would be too many.
    pub with_others: bool,
    /// Chosen trials over the limit.
    pub panels_left_out: usize,
    /// The conditions.
    pub only: Values,
}

/// What the columns of a matrix are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Predicted classes.
    Classes,
    /// Clusters, each below the class it is matched to.
    Clusters,
    /// Kept and taken for outliers.
    Outliers,
}

/// One matrix.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Method, data set and which of its trials.
    pub title: String,
    /// The classes, in the data's order.
    pub rows: Vec<String>,
    /// The columns' names.
    pub columns: Vec<String>,
    /// `cells[row][column]`: counts of rows of the data.
    pub cells: Vec<Vec<u64>>,
    /// The column that each class is matched to, or that is called by it.
    pub matched: Vec<Option<usize>>,
    /// Classes and columns that are not drawn.
    pub left_out: (usize, usize),
    /// The largest cell that is no match: class, column, count. None where nothing is matched.
    pub worst: Option<(String, String, u64)>,
}

/// Makes the figure; none when no chosen trial's rows have known classes.
pub fn build(results: &Results, by: Option<&str>, only: &Values) -> Option<Confusion> {
    let metric = exemplars::judge(results, by)?;
    let columns = match results.experiment.task_kind() {
        TaskKind::Classification => Columns::Classes,
        TaskKind::Outliers => Columns::Outliers,
        _ => Columns::Clusters,
    };
    let mut chosen = exemplars::choose(results, metric, only);
    let with_others = chosen.iter().map(Vec::len).sum::<usize>() <= MOST_PANELS;
    if !with_others {
        chosen.iter_mut().for_each(|three| three.truncate(1));
    }
    let (mut panels, mut left_out) = (Vec::new(), 0);
    let mut known: Option<(String, KnownRows)> = None;
    for one in chosen.into_iter().flatten() {
        if panels.len() >= MOST_PANELS {
            left_out += 1;
            continue;
        }
        let trial = &one.record.trial;
        if known.as_ref().is_none_or(|(name, _)| *name != trial.dataset) {
            known = Some((trial.dataset.clone(), results.known_rows(&trial.dataset)));
        }
        let Some((_, rows)) = &known else { continue };
        let Ok(kept) = artifact::read_rows(&results.folder, &trial.id) else { continue };
        let pairs = pairs(&kept, rows);
        if !pairs.is_empty() {
            let title = format!("{} · {}, {}", trial.model, trial.dataset, one.words);
            panels.push(matrix(title, &pairs, &class_names(results, &trial.dataset, &pairs), columns));
        }
    }
    let only = only.clone();
    (!panels.is_empty()).then_some(Confusion { columns, metric, panels, with_others, panels_left_out: left_out, only })
}

/// Class and what was given, a row of the data whose class is known.
type Pair = (usize, Option<usize>);

fn pairs(kept: &KeptRows, known: &KnownRows) -> Vec<Pair> {
    let actual = |at: usize| kept.actual[at].or_else(|| known.classes.get(kept.rows[at]).copied());
    (0..kept.rows.len()).filter_map(|at| Some((actual(at)?, kept.given[at]))).collect()
}

/// As in the data where they were kept; else their numbers. As many as there can be rows in the matrix.
fn class_names(results: &Results, dataset: &str, pairs: &[Pair]) -> Vec<String> {
    let facts = results.datasets.iter().find(|facts| facts.name == dataset);
    let known = facts.map_or(&[][..], |facts| facts.classes.as_slice());
    let most = pairs.iter().map(|(class, given)| (*class).max(given.unwrap_or(0)) + 1).max().unwrap_or(0);
    (0..most.max(known.len()))
        .map(|class| known.get(class).map_or_else(|| class.to_string(), |(n, _)| n.clone()))
        .collect()
}

/// Counts one trial's rows. A last column is for what was given nothing.
fn matrix(title: String, pairs: &[Pair], names: &[String], columns: Columns) -> Matrix {
    let classes = pairs.iter().map(|(class, _)| class + 1).max().unwrap_or(0);
    let given = pairs.iter().filter_map(|(_, given)| Some((*given)? + 1)).max().unwrap_or(0);
    let square = columns == Columns::Classes;
    let width = if square { given.max(classes) } else { given };
    let mut cells = vec![vec![0_u64; width + 1]; if square { width } else { classes }];
    for (class, given) in pairs {
        cells[*class][given.unwrap_or(width)] += 1;
    }
    let rows: Vec<String> = names[..cells.len()].to_vec();
    let heads: Vec<String> = match columns {
        Columns::Classes => rows.clone(),
        Columns::Clusters => (0..width).map(|cluster| cluster.to_string()).collect(),
        Columns::Outliers => ["inlier", "outlier"].map(str::to_owned)[..width.min(2)].to_vec(),
    };
    let matched = matched(&cells, width, columns);
    let order = order(&cells, width, &matched);
    let matched = matched.iter().map(|column| order.iter().position(|at| Some(at) == column.as_ref())).collect();
    let cells = cells.iter().map(|row| order.iter().map(|at| row[*at]).collect()).collect();
    let columns = order.iter().map(|at| heads.get(*at).cloned().unwrap_or_else(|| "none".to_owned())).collect();
    trim(Matrix { title, rows, columns, cells, matched, left_out: (0, 0), worst: None })
}

/// The column of each class: of its own name, or the cluster that it is matched to.
fn matched(cells: &[Vec<u64>], width: usize, columns: Columns) -> Vec<Option<usize>> {
    match columns {
        Columns::Classes => (0..cells.len()).map(Some).collect(),
        Columns::Clusters => matching(&Contingency { cells: cells.iter().map(|row| row[..width].to_vec()).collect() }),
        Columns::Outliers => vec![None; cells.len()],
    }
}

/// The columns in the order in which they stand: those of classes, then those that hold rows.
fn order(cells: &[Vec<u64>], width: usize, matched: &[Option<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = matched.iter().copied().flatten().collect();
    let rest = (0..width).filter(|column| cells.iter().any(|row| row[*column] > 0));
    let rest: Vec<usize> = rest.filter(|column| !order.contains(column)).collect();
    order.extend(rest);
    if cells.iter().any(|row| row[width] > 0) {
        order.push(width);
    }
    order
}

/// Keeps the largest classes with their columns, and says what is mistaken most.
fn trim(mut matrix: Matrix) -> Matrix {
    let cells = || {
        matrix
            .cells
            .iter()
            .enumerate()
            .flat_map(|(i, row)| row.iter().enumerate().map(move |(j, count)| (i, j, *count)))
    };
    let any = matrix.matched.iter().any(Option::is_some);
    if any {
        let off = cells().filter(|(i, j, count)| matrix.matched[*i] != Some(*j) && *count > 0);
        let worst = off.reduce(|most, other| if other.2 > most.2 { other } else { most });
        matrix.worst = worst.map(|(i, j, count)| (matrix.rows[i].clone(), matrix.columns[j].clone(), count));
    }
    let keep = |n: usize, size: &dyn Fn(usize) -> u64| -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|i| std::cmp::Reverse(size(*i)));
        order.truncate(MOST_CLASSES);
        order.sort_unstable();
        order
    };
    let rows = keep(matrix.rows.len(), &|i| matrix.cells[i].iter().sum());
    // A class and the column it is matched to stay together.
    let kept: Vec<usize> = if matrix.columns.len() > MOST_CLASSES && any {
        rows.iter().filter_map(|i| matrix.matched[*i]).collect()
    } else {
        keep(matrix.columns.len(), &|j| matrix.cells.iter().map(|row| row[j]).sum())
    };
    matrix.left_out = (matrix.rows.len() - rows.len(), matrix.columns.len() - kept.len());
    matrix.cells = rows.iter().map(|i| kept.iter().map(|j| matrix.cells[*i][*j]).collect()).collect();
    matrix.rows = rows.iter().map(|i| matrix.rows[*i].clone()).collect();
    let place = |column: Option<usize>| kept.iter().position(|at| Some(*at) == column);
    matrix.matched = rows.iter().map(|i| place(matrix.matched[*i])).collect();
    matrix.columns = kept.iter().map(|j| matrix.columns[*j].clone()).collect();
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_stand_below_their_classes() {
        let cells = vec![vec![1, 8, 0, 0, 0], vec![9, 0, 0, 2, 0], vec![0, 0, 0, 7, 1]];
        let clusters = matched(&cells, 4, Columns::Clusters);
        assert_eq!(clusters, [Some(1), Some(0), Some(3)]);
        assert_eq!(order(&cells, 4, &clusters), [1, 0, 3, 4]);
        let classes = vec![vec![1, 8, 0, 0, 0], vec![9, 0, 0, 2, 0], vec![0, 0, 0, 7, 1], vec![0, 0, 0, 0, 0]];
        assert_eq!(order(&classes, 4, &matched(&classes, 4, Columns::Classes)), [0, 1, 2, 3, 4]);
        // Fewer clusters than classes: one class goes without.
        let few = matched(&[vec![5, 0, 0], vec![0, 4, 0], vec![1, 1, 0]], 2, Columns::Clusters);
        assert_eq!(few, [Some(0), Some(1), None]);
    }

    #[test]
    fn the_largest_classes_stay() {
        let n = MOST_CLASSES + 5;
        let cells =
            (0..n).map(|i| (0..n).map(|j| if i == j { i as u64 } else { u64::from(j == 0) }).collect()).collect();
        let names: Vec<String> = (0..n).map(|i| i.to_string()).collect();
        let (title, rows, matched) = (String::new(), names.clone(), (0..n).map(Some).collect());
        let matrix = trim(Matrix { title, rows, columns: names, cells, matched, left_out: (0, 0), worst: None });
        assert!(matrix.matched.iter().enumerate().all(|(i, column)| *column == Some(i)));
        assert_eq!((matrix.rows.len(), matrix.columns.len(), matrix.left_out), (MOST_CLASSES, MOST_CLASSES, (5, 5)));
        assert_eq!(matrix.rows, matrix.columns);
        assert_eq!(matrix.cells[MOST_CLASSES - 1][MOST_CLASSES - 1], n as u64 - 1);
    }
}
