//! What the models of canonical correlation can be told in common.

use crate::model::deep::activation::Activation;
use crate::model::deep::network_seconds;
use crate::parameter::{Domain, Parameter, Parameters, Values};

crate::parameters! {
    /// What `dcca` and `dccae` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Hidden widths of each view's network.
        layers: Vec<usize> = vec![256, 256], Domain::AtLeast(1.0);
        /// Between the layers.
        activation: Activation = Activation::Relu, Domain::OneOf(Activation::WORDS);
        /// Outputs of each network, which are correlated pair by pair.
        latent_dimension: usize = 10, Domain::AtLeast(1.0);
        /// Rows a step: more than `latent-dimension`, better five to ten times as many.
        batch_size: usize = 400, Domain::AtLeast(1.0);
        /// Passes over the data.
        epochs: usize = 50, Domain::AtLeast(0.0);
        /// Step size of Adam.
        learning_rate: f64 = 1e-3, Domain::Above(0.0);
        /// Share of each weight that is added to its gradient.
        weight_decay: f64 = 1e-5, Domain::AtLeast(0.0);
        /// Added to the variances of the outputs of a batch; the larger, the less noise is fitted.
        regularization: f64 = 1e-3, Domain::AtLeast(0.0);
        /// Added to the variances of all outputs in the linear analysis after training.
        linear_regularization: f64 = 0.1, Domain::AtLeast(0.0);
        /// What k-means sees: both views' projected outputs side by side, the first view's, or the outputs as they are.
        code: String = "both".to_owned(), Domain::OneOf(&["both", "first", "raw-both", "raw-first"]);
        /// The names of the two views that are correlated; left out, the first two (views that a file names in a table are
        /// in the order of their names).
        views: Vec<String> = Vec::new(), Domain::Any;
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
    }
}

/// Refuses `views` that are not two, nor left out.
///
/// # Errors
/// What was expected of `views`.
pub fn check(values: &Values) -> Result<(), (String, String)> {
    let Some(value) = values.get("views") else { return Ok(()) };
    let wrong = |what: String| Err(("views".to_owned(), what));
    match Vec::<String>::from_value(value) {
        Err(what) => wrong(what),
        Ok(views) if views.is_empty() || (views.len() == 2 && views[0] != views[1]) => Ok(()),
        Ok(_) => wrong(format!("`{value}` is not the names of two views")),
    }
}

/// Roughly the CPU seconds on one core. Networks in f64 take twice as long as in f32; there are decoders or none.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
pub fn work(values: &Values, rows: usize, columns: usize, decoders: bool) -> f64 {
    let Ok(params) = Params::from_values(values) else { return 0.0 };
    let seen = rows as f64 * params.epochs as f64;
    let both = network_seconds(columns, &params.layers, params.latent_dimension, seen) * 2.0;
    if decoders { both } else { both / 2.0 }
}

/// Whether the code is one that the linear analysis has projected.
pub fn is_projected(code: &str) -> bool {
    !code.starts_with("raw-")
}

/// Whether the code is that of both views.
pub fn has_both(code: &str) -> bool {
    code.ends_with("both")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn two_different_views_are_correlated() {
        let with = |views: &[&str]| {
            let items = views.iter().map(|view| Value::Text((*view).to_owned())).collect();
            check(&Values::from([("views".to_owned(), Value::List(items))]))
        };
        assert_eq!(check(&Values::new()), Ok(()));
        assert_eq!(with(&["b", "a"]), Ok(()));
        assert_eq!(with(&[]), Ok(()));
        for wrong in [&["a"][..], &["a", "a"], &["a", "b", "c"]] {
            let (name, what) = with(wrong).expect_err("not two views");
            assert_eq!(name, "views");
            assert!(what.ends_with("is not the names of two views"), "{what}");
        }
    }
}
