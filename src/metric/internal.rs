//! Measures of a clustering that need the data and no known classes; Euclidean distances.

use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

use crate::metric::contingency::float;

/// The data in their clusters.
#[derive(Clone, Debug)]
pub struct Groups<'a> {
    data: &'a Array2<f64>,
    /// Rows, cluster after cluster in the order of their numbers.
    order: Vec<usize>,
    /// Rows of each cluster.
    sizes: Vec<usize>,
    /// Mean of each cluster.
    centres: Vec<Array1<f64>>,
}

impl<'a> Groups<'a> {
    /// `data` is `[rows, columns]`, `clusters` one number a row, whichever numbers.
    ///
    /// # Errors
    /// Lengths that differ, no data, missing or infinite values.
    pub fn of(data: &'a Array2<f64>, clusters: &[usize]) -> Result<Self, String> {
        if data.nrows() != clusters.len() {
            return Err(format!("{} clusters for {} rows of data", clusters.len(), data.nrows()));
        }
        if data.is_empty() {
            return Err("there are no data to measure distances in".to_owned());
        }
        if data.iter().any(|x| !x.is_finite()) {
            return Err("the data have missing or infinite values".to_owned());
        }
        let mut order: Vec<usize> = (0..clusters.len()).collect();
        order.sort_by_key(|row| clusters[*row]);
        let members: Vec<&[usize]> = order.chunk_by(|a, b| clusters[*a] == clusters[*b]).collect();
        let centres = members.iter().map(|rows| centre(data, rows)).collect();
        let sizes = members.iter().map(|rows| rows.len()).collect();
        Ok(Groups { data, order, sizes, centres })
    }

    /// Rows of each cluster with its mean.
    fn groups(&self) -> impl Iterator<Item = (&[usize], &Array1<f64>)> {
        let mut rest = self.order.as_slice();
        self.sizes.iter().zip(&self.centres).map(move |(size, centre)| {
            let (rows, others) = rest.split_at(*size);
            rest = others;
            (rows, centre)
        })
    }

    /// At least two clusters, and one of them with two rows.
    fn comparable(&self) -> Result<(), String> {
        match self.sizes.len() {
            1 => Err("there is one cluster".to_owned()),
            clusters if clusters == self.order.len() => Err("every row is its own cluster".to_owned()),
            _ => Ok(()),
        }
    }

    /// Sum of squared distances of rows to the mean of their cluster.
    pub fn inertia(&self) -> f64 {
        self.groups()
            .map(|(rows, centre)| rows.iter().map(|row| square(self.data.row(*row), centre)).sum::<f64>())
            .sum()
    }

    /// Mean over clusters of the worst ratio of two clusters' mean distances to their means, added, and the distance
    /// of the means (Davies and Bouldin 1979). Of clusters that share their mean the ratio is taken as 0, as
    /// scikit-learn does.
    ///
    /// # Errors
    /// One cluster, or every row its own.
    pub fn davies_bouldin(&self) -> Result<f64, String> {
        self.comparable()?;
        let spread = |(rows, centre): (&[usize], &Array1<f64>)| {
            let sum: f64 = rows.iter().map(|row| square(self.data.row(*row), centre).sqrt()).sum();
            sum / length(rows.len())
        };
        let spreads: Vec<f64> = self.groups().map(spread).collect();
        let ratio = |i: usize, j: usize| {
            let apart = square(self.centres[i].view(), &self.centres[j]).sqrt();
            if apart > 0.0 { (spreads[i] + spreads[j]) / apart } else { 0.0 }
        };
        let worst = |i: usize| (0..spreads.len()).filter(|j| *j != i).map(|j| ratio(i, j)).fold(0.0, f64::max);
        Ok((0..spreads.len()).map(worst).sum::<f64>() / length(spreads.len()))
    }

    /// Variance between clusters over variance within them (Calinski and Harabasz 1974); 1 where the rows of every
    /// cluster coincide.
    ///
    /// # Errors
    /// One cluster, or every row its own.
    pub fn calinski_harabasz(&self) -> Result<f64, String> {
        self.comparable()?;
        let within = self.inertia();
        if within <= 0.0 {
            return Ok(1.0);
        }
        let middle = centre(self.data, &self.order);
        let between: f64 =
            self.groups().map(|(rows, centre)| length(rows.len()) * square(centre.view(), &middle)).sum();
        let (rows, clusters) = (self.order.len(), self.sizes.len());
        Ok(between / within * length(rows - clusters) / length(clusters - 1))
    }

    /// Mean of [`Groups::silhouettes`].
    ///
    /// # Errors
    /// One cluster, or every row its own.
    pub fn silhouette(&self) -> Result<f64, String> {
        let each = self.silhouettes()?;
        Ok(each.iter().sum::<f64>() / length(each.len()))
    }

    /// Of each row: (b - a) / max(a, b), a being the mean distance to the other rows of its cluster and b the least
    /// mean distance to another cluster (Rousseeuw 1987); 0 in a cluster of one.
    ///
    /// Every distance is made twice rather than kept: memory is proportional to the rows. The sums of a row have one
    /// order, whatever the number of threads.
    ///
    /// # Errors
    /// One cluster, or every row its own.
    pub fn silhouettes(&self) -> Result<Vec<f64>, String> {
        self.comparable()?;
        let column = |j| self.order.iter().map(|row| self.data[[*row, j]]).collect();
        let columns: Vec<Vec<f64>> = (0..self.data.ncols()).map(column).collect();
        let own: Vec<usize> =
            self.sizes.iter().enumerate().flat_map(|(cluster, size)| std::iter::repeat_n(cluster, *size)).collect();
        let rows = self.order.len();
        let in_order: Vec<f64> = (0..rows)
            .into_par_iter()
            .map_init(
                || vec![0.0; rows],
                |distances, place| {
                    distances_from(&columns, place, distances);
                    self.silhouette_of(own[place], distances)
                },
            )
            .collect();
        let mut each = vec![0.0; rows];
        self.order.iter().zip(in_order).for_each(|(row, value)| each[*row] = value);
        Ok(each)
    }

    /// From the distances of a row to all rows, in the order of the clusters, and its own cluster.
    fn silhouette_of(&self, own: usize, distances: &[f64]) -> f64 {
        let (mut inside, mut outside) = (0.0, f64::INFINITY);
        let mut rest = distances;
        for (cluster, size) in self.sizes.iter().enumerate() {
            let (these, others) = rest.split_at(*size);
            rest = others;
            let sum: f64 = these.iter().sum();
            if cluster != own {
                outside = f64::min(outside, sum / length(*size));
            } else if *size == 1 {
                return 0.0;
            } else {
                inside = sum / length(*size - 1);
            }
        }
        let most = f64::max(inside, outside);
        if most > 0.0 { (outside - inside) / most } else { 0.0 }
    }
}

/// Distances that fit into the first cache while the columns pass by.
const BLOCK: usize = 1024;

/// Distances of the row at `place` to all rows. Column by column, which the compiler turns into vector instructions.
fn distances_from(columns: &[Vec<f64>], place: usize, distances: &mut [f64]) {
    for (block, sums) in distances.chunks_mut(BLOCK).enumerate() {
        sums.fill(0.0);
        for column in columns {
            let x = column[place];
            for (sum, y) in sums.iter_mut().zip(&column[block * BLOCK..]) {
                *sum += (x - y) * (x - y);
            }
        }
        sums.iter_mut().for_each(|sum| *sum = sum.sqrt());
    }
}

/// The mean of rows, of which there is at least one: the first plus the mean difference from it, so that the mean of
/// equal rows is that row to the last bit.
fn centre(data: &Array2<f64>, rows: &[usize]) -> Array1<f64> {
    let first = data.row(rows.first().copied().unwrap_or_default());
    let mut sum = Array1::<f64>::zeros(data.ncols());
    rows.iter().for_each(|row| sum += &(&data.row(*row) - &first));
    sum / length(rows.len()) + first
}

/// Squared distance.
fn square(row: ArrayView1<'_, f64>, centre: &Array1<f64>) -> f64 {
    row.iter().zip(centre).map(|(x, mean)| (x - mean) * (x - mean)).sum()
}

fn length(n: usize) -> f64 {
    float(n as u64)
}
