//! The stage that the deep clusterings share: an autoencoder that has learned to reconstruct its input. Everything that
//! they sweep after it, and they themselves, start from one.

use std::sync::OnceLock;

use crate::model::deep::activation::Activation;
use crate::parameter::{Domain, Parameter, ParameterSpec, Parameters, Values};
use crate::stage::{StageSpec, StageUse};

crate::parameters! {
    /// What decides the pretrained autoencoder, in every model that starts from one.
    pub struct Params {
        /// Hidden widths of the encoder; the decoder mirrors them.
        layers: Vec<usize> = vec![500, 500, 2000], Domain::AtLeast(1.0);
        /// Between the layers.
        activation: Activation = Activation::Relu, Domain::OneOf(Activation::WORDS);
        /// Width of the code.
        latent_dimension: usize = 10, Domain::AtLeast(1.0);
        /// Passes over the data before clustering.
        pretrain_epochs: usize = 100, Domain::AtLeast(0.0);
        /// How the autoencoder learns before clustering.
        pretrain_optimizer: String = "adam".to_owned(), Domain::OneOf(&["adam", "sgd", "rmsprop"]);
        /// Step size before clustering.
        pretrain_learning_rate: f64 = 1e-3, Domain::Above(0.0);
        /// What SGD keeps of its velocity before clustering.
        pretrain_momentum: f64 = 0.9, Domain::Between(0.0, 1.0);
        /// Epochs after which the step size before clustering falls to a tenth, again and again; 0: never.
        pretrain_decay_epochs: usize = 0, Domain::AtLeast(0.0);
        /// Rows a step before clustering; left out, `batch-size`.
        pretrain_batch_size: Option<usize> = None, Domain::AtLeast(2.0);
        /// Passes over the data for each layer alone before all learn at once: a stacked denoising autoencoder.
        layer_wise_epochs: usize = 0, Domain::AtLeast(0.0);
        /// Share of the values that are set to 0 while layers learn alone; the data themselves stay whole.
        layer_wise_dropout: f64 = 0.2, Domain::Between(0.0, 0.99);
    }
}

impl Params {
    /// The same for a model whose own `batch-size` is this: what is left out is said.
    #[must_use]
    pub fn with_batch_size(&self, batch_size: usize) -> Self {
        Params { pretrain_batch_size: Some(self.pretrain_batch_size.unwrap_or(batch_size)), ..self.clone() }
    }
}

/// `batch-size` of the models that start from a pretrained autoencoder.
pub const BATCH_SIZE: usize = 256;

/// The stage.
pub static SPEC: StageSpec = StageSpec {
    kind: "pretrained-autoencoder",
    noun: "autoencoder",
    about: "weights of an autoencoder after pretraining, from which the deep clusterings start",
    reference: "Xie, Girshick and Farhadi: Unsupervised Deep Embedding for Clustering Analysis, ICML 2016, section 3.2",
    revision: 2,
    parameters: <Params as Parameters>::specs,
};

/// What a model with these parameters needs of it.
pub fn uses(values: &Values) -> Vec<StageUse> {
    // Plans ask for every trial: a specification is many texts.
    static SPECS: OnceLock<Vec<ParameterSpec>> = OnceLock::new();
    let specs = SPECS.get_or_init(Params::specs);
    let value =
        |spec: &ParameterSpec| Some((spec.name.clone(), values.get(&spec.name).or(spec.default.as_ref())?.clone()));
    let mut own: Values = specs.iter().filter_map(value).collect();
    if let Some(batch_size) = values.get("batch-size").cloned().or_else(|| BATCH_SIZE.to_value()) {
        own.entry("pretrain-batch-size".to_owned()).or_insert(batch_size);
    }
    vec![StageUse { spec: &SPEC, values: own }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::MODELS;
    use crate::value::Value;

    #[test]
    fn models_that_use_it_have_its_parameters_with_its_defaults() {
        let uses_it = |values: Vec<StageUse>| values.iter().any(|stage| stage.spec.kind == SPEC.kind);
        let users: Vec<_> = MODELS.iter().filter(|model| uses_it((model.stages)(&Values::new()))).collect();
        assert!(users.len() >= 3);
        for model in users {
            let own = (model.parameters)();
            for spec in Params::specs() {
                let same = own.iter().find(|own| own.name == spec.name);
                let same = same.unwrap_or_else(|| panic!("{} has no {}", model.kind, spec.name));
                assert_eq!((&same.default, &same.range), (&spec.default, &spec.range), "{} {}", model.kind, spec.name);
            }
            let batch_size = own.iter().find(|own| own.name == "batch-size").and_then(|spec| spec.default.clone());
            assert_eq!(batch_size, Some(Value::Integer(256)), "{}", model.kind);
        }
    }

    #[test]
    fn what_is_declared_is_what_the_fit_asks_for() {
        assert_eq!(uses(&Values::new())[0].values, Params::default().with_batch_size(BATCH_SIZE).to_values());
        let values =
            Values::from([("gamma".to_owned(), Value::Number(0.5)), ("batch-size".to_owned(), Value::Number(64.0))]);
        assert_eq!(uses(&values)[0].values, Params::default().with_batch_size(64).to_values());
        let own = Values::from([
            ("pretrain-batch-size".to_owned(), Value::Integer(32)),
            ("batch-size".to_owned(), Value::Integer(64)),
        ]);
        let expected = Params { pretrain_batch_size: Some(32), ..Params::default() }.to_values();
        assert_eq!(uses(&own)[0].values, expected);
    }
}
