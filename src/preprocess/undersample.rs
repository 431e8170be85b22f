//! Fewer training rows of the frequent classes.

use crate::dataset::Dataset;
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::{Effect, Learn, StepSpec};
use crate::rng::{Purpose, Stream};

parameters! {
    /// How many rows are kept.
    pub struct Params {
        /// Rows of any other class for one row of the smallest class, at most.
        ratio: f64 = 1.0, Domain::AtLeast(1.0);
        /// Seed of the draw; left out, the trial's.
        seed: Option<usize> = None, Domain::Any;
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "undersample",
    about: "keeps every training row of the smallest class and draws at most `ratio` times as many of each other one, \
            without replacement, in the order of the data; test rows stay",
    reference: "Weka's SpreadSubsample; imbalanced-learn's RandomUnderSampler",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { needs_labels: true, ..Effect::NUMBERS },
    learn: Learn::Rows(learn),
};

fn learn(values: &Values, train: &Dataset, stream: &mut Stream) -> Result<Vec<usize>, String> {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let labels = train.labels.as_ref().ok_or("the training rows have no classes")?;
    let mut own = params.seed.map(|seed| Stream::new(seed as u64, Purpose::Split, "undersample"));
    let stream = own.as_mut().unwrap_or(stream);
    let counts = labels.counts();
    let smallest = counts.iter().copied().filter(|rows| *rows > 0).min().unwrap_or(0);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count of rows"
    )]
    let most = (smallest as f64 * params.ratio).round() as usize;
    let mut kept = vec![true; labels.codes.len()];
    for (class, &count) in counts.iter().enumerate().filter(|(_, count)| **count > most) {
        let mut rows: Vec<usize> = (0..kept.len()).filter(|&row| labels.codes[row] == class).collect();
        stream.shuffle(&mut rows);
        rows.into_iter().take(count - most).for_each(|row| kept[row] = false);
    }
    Ok((0..kept.len()).filter(|&row| kept[row]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Labels, View};
    use crate::value::Value;
    use ndarray::Array2;

    fn drawn(ratio: f64, seed: u64) -> Vec<usize> {
        let labels: Vec<String> = (0..100).map(|row| u8::from(row % 10 == 0).to_string()).collect();
        let data = Dataset::new(vec![View::numbered("x", Array2::zeros((100, 1)))], Some(Labels::of("y", &labels)));
        let values = Values::from([("ratio".to_owned(), Value::Number(ratio))]);
        learn(&values, &data, &mut Stream::new(seed, Purpose::Split, "undersample")).expect("draws")
    }

    #[test]
    fn every_row_of_the_smallest_class_and_the_ratio_of_the_others() {
        for (ratio, rows) in [(1.0, 20), (3.0, 40), (50.0, 100)] {
            let kept = drawn(ratio, 0);
            assert_eq!(kept.len(), rows);
            assert_eq!(kept.iter().filter(|row| *row % 10 == 0).count(), 10);
            assert!(kept.is_sorted());
        }
        assert_ne!(drawn(1.0, 0), drawn(1.0, 1));
    }
}
