//! The distribution of one attribute within one class.

use std::cmp::Ordering;

use serde_json::{Value as Json, json};

use crate::weka::special::normal_cdf;

/// A kernel estimate ends its sum over kernels, outwards from the value, once the kernels left could not add more than
/// this share of it.
const SHARE_LEFT_OUT: f64 = 0.01;

/// A distribution that answers with the probability of a value, or of the small interval around it.
#[derive(Clone, Debug)]
pub enum Estimator {
    /// Shares of words.
    Discrete(Discrete),
    /// A normal distribution.
    Normal(Normal),
    /// A normal distribution around each training value.
    Kernel(Kernel),
}

impl Estimator {
    /// Counts one training value, which is not missing.
    pub fn add(&mut self, value: f64, weight: f64) {
        match self {
            Estimator::Discrete(discrete) => discrete.add(value, weight),
            Estimator::Normal(normal) => normal.add(value, weight),
            Estimator::Kernel(kernel) => kernel.add(value, weight),
        }
    }

    /// To be said once, after the last value.
    pub fn finish(&mut self) {
        match self {
            Estimator::Discrete(_) => {}
            Estimator::Normal(normal) => normal.finish(),
            Estimator::Kernel(kernel) => kernel.finish(),
        }
    }

    /// How probable a value is, which is not missing.
    pub fn probability(&self, value: f64) -> f64 {
        match self {
            Estimator::Discrete(discrete) => discrete.probability(value),
            Estimator::Normal(normal) => normal.probability(value),
            Estimator::Kernel(kernel) => kernel.probability(value),
        }
    }

    /// With all digits.
    pub fn json(&self) -> Json {
        match self {
            Estimator::Discrete(discrete) => {
                let shares: Vec<f64> = discrete.counts.iter().map(|count| count / discrete.total).collect();
                json!({"type": "DiscreteEstimator", "p": shares})
            }
            Estimator::Normal(normal) => json!({
                "type": "NormalEstimator", "mean": normal.mean, "std": normal.deviation,
                "precision": normal.precision, "sum_of_weights": normal.weight,
            }),
            Estimator::Kernel(kernel) => json!({
                "type": "KernelEstimator", "means": kernel.means(), "weights": kernel.weights(),
                "std": kernel.deviation, "precision": kernel.precision, "sum_of_weights": kernel.weight,
            }),
        }
    }
}

/// Counts of words, each starting at 1 (Laplace).
#[derive(Clone, Debug)]
pub struct Discrete {
    /// One count a word.
    pub counts: Vec<f64>,
    /// Their sum.
    pub total: f64,
}

impl Discrete {
    /// No value yet of `words` words.
    #[expect(clippy::cast_precision_loss, reason = "a number of words")]
    pub fn new(words: usize) -> Self {
        Discrete { counts: vec![1.0; words], total: words as f64 }
    }

    fn add(&mut self, value: f64, weight: f64) {
        if let Some(count) = self.counts.get_mut(place(value)) {
            *count += weight;
            self.total += weight;
        }
    }

    fn probability(&self, value: f64) -> f64 {
        self.counts.get(place(value)).map_or(0.0, |count| count / self.total)
    }
}

/// The index that a nominal value is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a nominal value is an index")]
fn place(value: f64) -> usize {
    value as usize
}

/// To the nearest multiple of `precision`, half to even.
fn to_multiple(value: f64, precision: f64) -> f64 {
    whole(value / precision) * precision
}

/// [`f64::round_ties_even`], which is a call where the processor's own is not taken for granted.
fn whole(x: f64) -> f64 {
    /// Numbers of this size have no fraction: adding it rounds to the nearest, half to even.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let size = x.abs();
    if size < WHOLE { (size + WHOLE - WHOLE).copysign(x) } else { x }
}

/// The probability of an interval of length `precision` around `distance` from the mean.
fn around(distance: f64, precision: f64, deviation: f64) -> f64 {
    normal_cdf((distance + precision / 2.0) / deviation) - normal_cdf((distance - precision / 2.0) / deviation)
}

/// A normal distribution of rounded values.
#[derive(Clone, Debug)]
pub struct Normal {
    /// Values are rounded to multiples of this.
    pub precision: f64,
    /// Sum of the weights of values.
    pub weight: f64,
    /// 0 without a value.
    pub mean: f64,
    /// The population's, at least a sixth of the precision.
    pub deviation: f64,
    sum: f64,
    squares: f64,
}

impl Normal {
    /// No value yet.
    pub fn new(precision: f64) -> Self {
        Normal { precision, weight: 0.0, mean: 0.0, deviation: precision / 6.0, sum: 0.0, squares: 0.0 }
    }

    fn add(&mut self, value: f64, weight: f64) {
        let value = to_multiple(value, self.precision);
        self.weight += weight;
        self.sum += value * weight;
        self.squares += value * value * weight;
    }

    fn finish(&mut self) {
        if self.weight > 0.0 {
            self.mean = self.sum / self.weight;
            let deviation = ((self.squares - self.mean * self.sum).abs() / self.weight).sqrt();
            if deviation > 1e-10 {
                self.deviation = deviation.max(self.precision / 6.0);
            }
        }
    }

    fn probability(&self, value: f64) -> f64 {
        around(to_multiple(value, self.precision) - self.mean, self.precision, self.deviation)
    }
}

/// A kernel estimate (John and Langley 1995): one normal distribution a distinct rounded value, all of one width, the
/// range of the values over √n.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Values are rounded to multiples of this.
    pub precision: f64,
    /// Sum of the weights of values.
    pub weight: f64,
    /// Width of each kernel, at least a sixth of the precision.
    pub deviation: f64,
    /// Means and weights, ascending once finished.
    pub kernels: Vec<(f64, f64)>,
    table: Table,
}

/// Shares of kernels that are so many multiples of the precision away: from as many below as above, none at all where
/// values are no small multiples. Only for what the rounding of a difference far from 0, or far out in a tail, does not
/// reach: there the sum is done as Weka does it.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Which multiple of the precision each mean is.
    multiples: Vec<i32>,
    /// How many multiples of the precision it reaches each way.
    reach: i32,
    shares: Vec<f64>,
}

impl Table {
    /// How many deviations it reaches.
    const REACH: f64 = 3.0;
    /// The most multiples that it reaches.
    const LONGEST: i32 = 4096;
    /// The largest multiple.
    const LARGEST: f64 = 1e5;

    fn of(kernel: &Kernel) -> Self {
        let multiples = kernel.kernels.iter().map(|(mean, _)| multiple(*mean, kernel.precision));
        let Some(multiples) = multiples.collect::<Option<Vec<i32>>>() else { return Table::default() };
        #[expect(clippy::cast_possible_truncation, reason = "cut to what is allowed")]
        let reach = ((Table::REACH * kernel.deviation / kernel.precision) as i32).min(Table::LONGEST);
        let share = |away: i32| around(f64::from(away) * kernel.precision, kernel.precision, kernel.deviation);
        Table { multiples, reach, shares: (-reach..=reach).map(share).collect() }
    }

    /// The share of a kernel; none where it is too far from the value, which is so many multiples.
    fn share(&self, kernel: usize, value: i32) -> Option<f64> {
        let away = self.multiples.get(kernel)? - value;
        let place = usize::try_from(away + self.reach).ok()?;
        self.shares.get(place).copied()
    }
}

/// Which multiple of `precision` a value is; none beyond [`Table::LARGEST`].
fn multiple(value: f64, precision: f64) -> Option<i32> {
    let multiple = whole(value / precision);
    #[expect(clippy::cast_possible_truncation, reason = "a small whole number")]
    (multiple.abs() <= Table::LARGEST).then_some(multiple as i32)
}

impl Kernel {
    /// No value yet.
    pub fn new(precision: f64) -> Self {
        let table = Table::default();
        Kernel { precision, weight: 0.0, deviation: precision / 6.0, kernels: Vec::new(), table }
    }

    fn means(&self) -> Vec<f64> {
        self.kernels.iter().map(|(mean, _)| *mean).collect()
    }

    fn weights(&self) -> Vec<f64> {
        self.kernels.iter().map(|(_, weight)| *weight).collect()
    }

    fn add(&mut self, value: f64, weight: f64) {
        if weight != 0.0 {
            self.kernels.push((to_multiple(value, self.precision), weight));
            self.weight += weight;
        }
    }

    fn finish(&mut self) {
        // 0 and -0 are one kernel, named as the first of them.
        self.kernels.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
        self.kernels.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        if let ([first, ..], [.., last]) = (self.kernels.as_slice(), self.kernels.as_slice()) {
            self.deviation = ((last.0 - first.0) / self.weight.sqrt()).max(self.precision / 6.0);
        }
        self.table = Table::of(self);
    }

    fn probability(&self, value: f64) -> f64 {
        let at = multiple(value, self.precision);
        let value = to_multiple(value, self.precision);
        if self.kernels.is_empty() {
            return around(value, self.precision, self.deviation);
        }
        let middle = self.kernels.partition_point(|(mean, _)| *mean < value);
        let share = |kernel: usize| {
            at.and_then(|at| self.table.share(kernel, at))
                .unwrap_or_else(|| around(self.kernels[kernel].0 - value, self.precision, self.deviation))
        };
        let (mut sum, mut seen) = (0.0, 0.0);
        self.outwards(middle..self.kernels.len(), share, &mut sum, &mut seen);
        self.outwards((0..middle).rev(), share, &mut sum, &mut seen);
        sum / self.weight
    }

    /// Adds kernels to `sum` until the weight that none has `seen` could hardly change it.
    fn outwards(
        &self,
        kernels: impl Iterator<Item = usize>,
        share: impl Fn(usize) -> f64,
        sum: &mut f64,
        seen: &mut f64,
    ) {
        for kernel in kernels {
            let (share, weight) = (share(kernel), self.kernels[kernel].1);
            *sum += share * weight;
            *seen += weight;
            if share * (self.weight - *seen) < *sum * SHARE_LEFT_OUT {
                break;
            }
        }
    }
}
