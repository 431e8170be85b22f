//! A step size that falls when a loss has stopped to.

/// Watches one loss, a value an epoch. As PyTorch's `ReduceLROnPlateau` by default: an epoch is better when its loss lies
/// below the best one so far by more than 1e-4 of it; more than `patience` epochs in a row that are not let the step size
/// fall.
#[derive(Clone, Copy, Debug)]
pub struct Plateau {
    patience: usize,
    factor: f64,
    best: f64,
    idle: usize,
}

impl Plateau {
    /// By how much of itself the best loss must be undercut.
    const THRESHOLD: f64 = 1e-4;

    /// That lets the step size fall to `factor` of itself.
    pub fn new(patience: usize, factor: f64) -> Self {
        Plateau { patience, factor, best: f64::INFINITY, idle: 0 }
    }

    /// The step size after an epoch with this loss, when it was `learning_rate` before.
    pub fn after(&mut self, loss: f64, learning_rate: f64) -> f64 {
        // The losses here are not negative.
        if loss < self.best * (1.0 - Self::THRESHOLD) || self.best.is_infinite() {
            self.best = loss;
            self.idle = 0;
            return learning_rate;
        }
        self.idle += 1;
        if self.idle <= self.patience {
            return learning_rate;
        }
        self.idle = 0;
        learning_rate * self.factor
    }
}

#[cfg(test)]
mod tests {
    use super::Plateau;

    #[test]
    fn the_step_size_falls_after_more_than_patience_idle_epochs() {
        let mut plateau = Plateau::new(2, 0.1);
        let losses = [3.0, 2.0, 2.0, 1.999_95, 2.5, 2.5, 2.5, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5];
        let mut rate = 1.0;
        let rates: Vec<f64> = losses
            .iter()
            .map(|&loss| {
                rate = plateau.after(loss, rate);
                (rate * 1e6_f64).round() / 1e6
            })
            .collect();
        let expected = [1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.01];
        assert_eq!(rates, expected);
    }
}
