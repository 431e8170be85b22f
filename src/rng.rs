//! The only random streams. A stream is named by (seed, purpose, key), so a part of a model draws the same numbers
//! whichever model, worker or order of trials asks for it.

mod distributions;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Raised whenever a stream or a sampler below would give other numbers; part of every trial's identity.
pub const REVISION: u32 = 1;

/// What a stream is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Which rows are for training.
    Split,
    /// First weights and first centres.
    Init,
    /// The order of samples in training.
    Batches,
    /// Noise that belongs to the model or the data.
    Noise,
    /// Random search.
    Search,
    /// Resamples and permutations of what was measured, in reports.
    Resampling,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Split => "split",
            Purpose::Init => "init",
            Purpose::Batches => "batches",
            Purpose::Noise => "noise",
            Purpose::Search => "search",
            Purpose::Resampling => "resampling",
        }
    }
}

/// A stream of random numbers with our own samplers: a dependency's update must not move a table.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha12Rng);

impl Stream {
    /// The stream of `purpose` for the part named `key` under `seed`.
    pub fn new(seed: u64, purpose: Purpose, key: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes()).update(purpose.name().as_bytes()).update(b"\0").update(key.as_bytes());
        Stream(ChaCha12Rng::from_seed(*hasher.finalize().as_bytes()))
    }

    /// Uniform in `[0, 1)`, 53 bits.
    pub fn uniform(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let bits = (self.0.next_u64() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// Uniform in `low..high`.
    pub fn uniform_in(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Standard normal, by Box and Muller (1958), the second value thrown away to keep the stream simple.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Uniform in `0..n`, without bias (Lemire 2019). `n` must not be 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        loop {
            let wide = u128::from(self.0.next_u64()) * u128::from(n);
            #[expect(clippy::cast_possible_truncation, reason = "the halves of the product are what is wanted")]
            let (high, low) = ((wide >> 64) as u64, wide as u64);
            if low >= n.wrapping_neg() % n {
                return usize::try_from(high).unwrap_or(usize::MAX);
            }
        }
    }

    /// Shuffles in place (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// A random order of `0..n`.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        self.shuffle(&mut order);
        order
    }

    /// An index drawn with the given weights (not negative, not all 0); the last positive one on rounding.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let total: f64 = weights.iter().sum();
        let mut left = self.uniform() * total;
        for (i, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return i;
            }
        }
        weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_pinned_to_the_revision() {
        let mut stream = Stream::new(0, Purpose::Init, "encoder.0");
        let drawn: Vec<usize> = (0..4).map(|_| stream.below(1000)).collect();
        insta::assert_debug_snapshot!((REVISION, drawn, stream.uniform(), stream.normal(), stream.permutation(5)));
    }

    #[test]
    fn samplers_have_their_moments() {
        let mut stream = Stream::new(1, Purpose::Noise, "moments");
        let n = 100_000;
        let (mut sum, mut square) = (0.0, 0.0);
        for _ in 0..n {
            let x = stream.normal();
            sum += x;
            square += x * x;
        }
        let n = f64::from(n);
        assert!((sum / n).abs() < 0.02, "mean {}", sum / n);
        assert!((square / n - 1.0).abs() < 0.03, "variance {}", square / n);
        let mut counts = [0; 3];
        for _ in 0..30_000 {
            counts[stream.below(3)] += 1;
        }
        assert!(counts.iter().all(|&c: &i32| (c - 10_000).abs() < 400), "{counts:?}");
        assert_eq!(stream.weighted(&[0.0, 1.0, 0.0]), 1);
    }
}
