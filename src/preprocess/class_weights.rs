//! Rows that count more or less by their class.

use crate::dataset::Dataset;
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::{Effect, Learn, StepSpec};

parameters! {
    /// What the rows of each class weigh.
    pub struct Params {
        /// `balanced`: every class weighs the same in sum, and all rows together what they did. `given`: what `classes` and
        /// `weights` say.
        by: String = "balanced".to_owned(), Domain::OneOf(&["balanced", "given"]);
        /// The classes whose rows have a weight in `weights`; the rows of all others keep theirs.
        classes: Vec<String> = Vec::new(), Domain::Any;
        /// What a row of each of `classes` counts.
        weights: Vec<f64> = Vec::new(), Domain::Above(0.0);
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "class-weights",
    about: "weighs training rows by their class, so that a rare class counts more; values and test rows stay, and the model \
            must take weights",
    reference: "Weka's ClassBalancer; scikit-learn's class_weight",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { needs_labels: true, weighs: true, ..Effect::NUMBERS },
    learn: Learn::Weights(learn),
};

fn learn(values: &Values, train: &Dataset) -> Result<Vec<f64>, String> {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let labels = train.labels.as_ref().ok_or("the training rows have no classes")?;
    let mut weights = train.weights.clone().unwrap_or_else(|| vec![1.0; labels.codes.len()]);
    let mut factors = vec![1.0; labels.classes.len()];
    if params.by == "balanced" {
        let mut sums = vec![0.0; labels.classes.len()];
        labels.codes.iter().zip(&weights).for_each(|(code, weight)| sums[*code] += weight);
        #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
        let present = sums.iter().filter(|sum| **sum > 0.0).count() as f64;
        let total: f64 = sums.iter().sum();
        for (factor, sum) in factors.iter_mut().zip(sums).filter(|(_, sum)| *sum > 0.0) {
            *factor = total / (present * sum);
        }
    } else {
        let (classes, given) = (&params.classes, &params.weights);
        if classes.len() != given.len() {
            return Err(format!("`classes` names {}, `weights` has {}", classes.len(), given.len()));
        }
        for (class, weight) in classes.iter().zip(given) {
            let known = labels.classes.iter().position(|known| known == class);
            let code =
                known.ok_or_else(|| format!("`classes` names `{class}`, which is no class of `{}`", labels.name))?;
            factors[code] = *weight;
        }
    }
    weights.iter_mut().zip(&labels.codes).for_each(|(weight, code)| *weight *= factors[*code]);
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Labels, View};
    use crate::value::Value;
    use ndarray::Array2;

    fn weights(values: &Values) -> Result<Vec<f64>, String> {
        let labels: Vec<String> = ["a", "b", "b", "b"].map(String::from).to_vec();
        let mut labels = Labels::of("y", &labels);
        labels.classes.push("unseen".to_owned());
        learn(values, &Dataset::new(vec![View::numbered("x", Array2::zeros((4, 1)))], Some(labels)))
    }

    #[test]
    fn classes_weigh_the_same_or_what_is_given() {
        let third = 2.0 / 3.0;
        assert_eq!(weights(&Values::new()), Ok(vec![2.0, third, third, third]));
        let given = |class: &str, list: Vec<Value>| {
            let classes = Value::List(vec![Value::Text(class.to_owned())]);
            let by = Value::Text("given".to_owned());
            let values = [("by", by), ("classes", classes), ("weights", Value::List(list))];
            weights(&values.map(|(name, value)| (name.to_owned(), value)).into())
        };
        assert_eq!(given("a", vec![Value::Integer(5)]), Ok(vec![5.0, 1.0, 1.0, 1.0]));
        assert!(given("c", vec![Value::Integer(5)]).expect_err("no such class").contains("`c`"));
        assert!(given("a", Vec::new()).is_err() && given("a", vec![Value::Integer(0)]).is_err());
    }
}
