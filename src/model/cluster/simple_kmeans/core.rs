//! The clustering itself: start rows, assignment, centres, until nothing changes.

use std::collections::HashSet;

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use crate::dataset::Column;
use crate::java::Random;
use crate::model::classify::fill::{fill, means_or_modes, word};
use crate::model::cluster::simple_kmeans::space::Space;
use crate::weka::number::first_largest;

/// What decides the outcome.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Clusters at most: fewer where fewer rows differ, or where some become empty.
    pub clusters: usize,
    /// Of Java's generator.
    pub seed: i64,
    /// Passes over the rows at most.
    pub max_iterations: usize,
    /// How the first centres are found.
    pub start: Start,
    /// Whether missing values become the mean or mode first.
    pub replace_missing: bool,
}

/// How the first centres are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Different rows, uniformly.
    Random,
    /// Rows drawn by their distance to the nearest one already drawn.
    PlusPlus,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// `[clusters, columns]`: means, and the index of the most frequent word in nominal columns.
    pub centres: Array2<f64>,
    /// The rows that the centres started from, `[clusters, columns]`.
    pub starts: Array2<f64>,
    /// The mean or mode of each column over all rows.
    pub whole: Vec<f64>,
    /// The weight of the rows of each cluster.
    pub sizes: Vec<f64>,
    /// One cluster a row.
    pub clusters: Vec<usize>,
    /// Sum of squared distances of the rows to their centres, in normalised columns.
    pub sse: f64,
    /// Passes over the rows, the last one, in which nothing changed, among them.
    pub iterations: usize,
    space: Space,
    /// The centres in the space of distances, one after the other.
    points: Vec<f64>,
    replace_missing: bool,
}

/// Groups the rows of `values`, `[rows, columns]`, at least one; one weight a row.
pub fn cluster(columns: &[Column], values: ArrayView2<f64>, weights: &[f64], options: &Options) -> Found {
    let whole = means_or_modes(columns, values, weights);
    let mut rows = values.to_owned();
    if options.replace_missing {
        fill(&mut rows, &whole);
    }
    let space = Space::of(columns, rows.view());
    let points = space.points(rows.view());
    let mut random = Random::new(options.seed);
    let chosen = match options.start {
        Start::Random => different_rows(&rows, options.clusters, &mut random),
        Start::PlusPlus => spread_rows(&space, &points, rows.nrows(), options.clusters, &mut random),
    };
    let starts = rows.select(Axis(0), &chosen);
    let mut centres = starts.clone();
    let mut clusters = vec![0; rows.nrows()];
    let mut iterations = 0;
    loop {
        iterations += 1;
        let changed = assign(&space, &points, &space.points(centres.view()), &mut clusters, |_, _| {});
        centres = means(columns, &rows, weights, &clusters, centres.nrows());
        if !changed || iterations >= options.max_iterations {
            break;
        }
    }
    let mut found = Found {
        points: space.points(centres.view()),
        sizes: vec![0.0; centres.nrows()],
        replace_missing: options.replace_missing,
        sse: 0.0,
        centres,
        starts,
        whole,
        clusters: Vec::new(),
        iterations,
        space,
    };
    let (sse, sizes) = (&mut found.sse, &mut found.sizes);
    let mut weight = weights.iter();
    assign(&found.space, &points, &found.points, &mut clusters, |cluster, distance| {
        let weight = weight.next().copied().unwrap_or(1.0);
        sizes[cluster] += weight;
        *sse += weight * distance;
    });
    found.clusters = clusters;
    found
}

impl Found {
    /// The nearest centre of each row of `values`, `[rows, columns]`; missing values are treated as in training.
    pub fn nearest(&self, values: ArrayView2<f64>) -> Vec<usize> {
        let mut rows = values.to_owned();
        if self.replace_missing {
            fill(&mut rows, &self.whole);
        }
        let mut clusters = vec![0; rows.nrows()];
        assign(&self.space, &self.space.points(rows.view()), &self.points, &mut clusters, |_, _| {});
        clusters
    }
}

/// Assigns every row to its nearest centre, the first of equals, and tells `each` of it in the order of the rows;
/// whether anything changed.
fn assign(
    space: &Space,
    points: &[f64],
    centres: &[f64],
    clusters: &mut [usize],
    mut each: impl FnMut(usize, f64),
) -> bool {
    let width = space.width();
    let mut changed = false;
    for (point, cluster) in points.chunks_exact(width).zip(clusters) {
        let mut best = (0, f64::INFINITY);
        for (index, centre) in centres.chunks_exact(width).enumerate() {
            let distance = space.distance(point, centre);
            if distance < best.1 {
                best = (index, distance);
            }
        }
        changed |= *cluster != best.0;
        *cluster = best.0;
        each(best.0, best.1);
    }
    changed
}

/// Rows that differ, as Weka draws them: each drawn row changes places with the last one that is not drawn yet.
fn different_rows(rows: &Array2<f64>, clusters: usize, random: &mut Random) -> Vec<usize> {
    // Numbers that are equal have one key: 0 and -0, and whatever NaN.
    let key = |row: ArrayView1<f64>| -> Vec<u64> {
        row.iter().map(|x| if x.is_nan() { f64::NAN.to_bits() } else { (x + 0.0).to_bits() }).collect()
    };
    let mut order: Vec<usize> = (0..rows.nrows()).collect();
    let (mut chosen, mut known) = (Vec::new(), HashSet::new());
    for last in (0..order.len()).rev() {
        let drawn = below(random, last + 1);
        if known.insert(key(rows.row(order[drawn]))) {
            chosen.push(order[drawn]);
        }
        order.swap(drawn, last);
        if chosen.len() >= clusters {
            break;
        }
    }
    chosen
}

fn below(random: &mut Random, bound: usize) -> usize {
    usize::try_from(random.next_below(i32::try_from(bound).unwrap_or(i32::MAX))).unwrap_or(0)
}

/// k-means++ with the distance where Arthur and Vassilvitskii have its square.
fn spread_rows(space: &Space, points: &[f64], rows: usize, clusters: usize, random: &mut Random) -> Vec<usize> {
    let point = |row: usize| &points[row * space.width()..][..space.width()];
    let mut chosen = vec![below(random, rows)];
    let mut nearest = vec![f64::INFINITY; rows];
    while chosen.len() < clusters.min(rows) {
        let last = point(chosen[chosen.len() - 1]);
        for (row, nearest) in nearest.iter_mut().enumerate() {
            *nearest = nearest.min(space.distance(point(row), last).sqrt());
        }
        let total: f64 = nearest.iter().sum();
        // All rows lie on a centre already.
        if total <= 0.0 {
            break;
        }
        let drawn = random.next_double();
        let mut sum = 0.0;
        let reached = nearest.iter().position(|distance| {
            sum += distance / total;
            sum > drawn
        });
        chosen.push(reached.unwrap_or(rows - 1));
    }
    chosen
}

/// The means and modes of the rows of each of `count` clusters; clusters without a row vanish.
fn means(columns: &[Column], rows: &Array2<f64>, weights: &[f64], clusters: &[usize], count: usize) -> Array2<f64> {
    let mut present = vec![false; count];
    clusters.iter().for_each(|cluster| present[*cluster] = true);
    let mut centres = Array2::zeros((count, columns.len()));
    let (mut sums, mut totals) = (Array2::<f64>::zeros(centres.raw_dim()), Array2::<f64>::zeros(centres.raw_dim()));
    for ((row, &cluster), weight) in rows.rows().into_iter().zip(clusters).zip(weights) {
        for ((value, sum), total) in row.iter().zip(sums.row_mut(cluster)).zip(totals.row_mut(cluster)) {
            if !value.is_nan() {
                *sum += weight * value;
                *total += weight;
            }
        }
    }
    // 0 / 0: no known value in a cluster, which stays missing.
    centres.zip_mut_with(&sums, |centre, sum| *centre = *sum);
    centres /= &totals;
    for (at, column) in columns.iter().enumerate() {
        if let Some(words) = &column.words {
            let modes = modes(words.len(), rows.column(at), weights, clusters, count);
            centres.column_mut(at).iter_mut().zip(modes).for_each(|(centre, mode)| *centre = mode);
        }
    }
    let kept: Vec<usize> = (0..count).filter(|cluster| present[*cluster]).collect();
    if kept.len() == count { centres } else { centres.select(Axis(0), &kept) }
}

/// The most frequent word of each cluster, the first of equals; NaN where there is none.
#[expect(clippy::cast_precision_loss, reason = "indices of words")]
fn modes(words: usize, cells: ArrayView1<f64>, weights: &[f64], clusters: &[usize], count: usize) -> Vec<f64> {
    let mut counts = vec![0.0; words * count];
    for ((value, &cluster), weight) in cells.iter().zip(clusters).zip(weights) {
        if let Some(word) = word(*value).filter(|word| *word < words) {
            counts[cluster * words + word] += weight;
        }
    }
    (0..count)
        .map(|cluster| {
            let counts = &counts[cluster * words..][..words];
            if counts.iter().any(|count| *count > 0.0) {
                first_largest(counts.iter().copied()) as f64
            } else {
                f64::NAN
            }
        })
        .collect()
}
