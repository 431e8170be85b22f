//! The stage that the deep clusterings share: an autoencoder that has learned to reconstruct its input. Everything that
//! they sweep after it, and they themselves, start from one.

use std::sync::OnceLock;

use crate::parameter::{Domain, ParameterSpec, Parameters, Values};
use crate::stage::{StageSpec, StageUse};

crate::parameters! {
    /// What decides the pretrained autoencoder; the models have the same parameters with the same defaults.
    pub struct Params {
        /// Hidden widths of the encoder; the decoder mirrors them.
        layers: Vec<usize> = vec![500, 500, 2000], Domain::AtLeast(1.0);
        /// Width of the code.
        latent_dimension: usize = 10, Domain::AtLeast(1.0);
        /// Passes over the data before clustering.
        pretrain_epochs: usize = 100, Domain::AtLeast(0.0);
        /// Step size of Adam before clustering.
        pretrain_learning_rate: f64 = 1e-3, Domain::Above(0.0);
        /// Rows a step; the last step of a pass may have fewer.
        batch_size: usize = 256, Domain::AtLeast(2.0);
    }
}

/// The stage.
pub static SPEC: StageSpec = StageSpec {
    kind: "pretrained-autoencoder",
    noun: "autoencoder",
    about: "weights of an autoencoder after pretraining, from which the deep clusterings start",
    reference: "Xie, Girshick and Farhadi: Unsupervised Deep Embedding for Clustering Analysis, ICML 2016, section 3.2",
    revision: 1,
    parameters: <Params as Parameters>::specs,
};

/// What a model with these parameters needs of it.
pub fn uses(values: &Values) -> Vec<StageUse> {
    // Plans ask for every trial: a specification is many texts.
    static SPECS: OnceLock<Vec<ParameterSpec>> = OnceLock::new();
    let specs = SPECS.get_or_init(Params::specs);
    let value =
        |spec: &ParameterSpec| Some((spec.name.clone(), values.get(&spec.name).or(spec.default.as_ref())?.clone()));
    vec![StageUse { spec: &SPEC, values: specs.iter().filter_map(value).collect() }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::MODELS;
    use crate::value::Value;

    #[test]
    fn models_that_use_it_have_its_parameters_with_its_defaults() {
        let users: Vec<_> = MODELS.iter().filter(|model| !(model.stages)(&Values::new()).is_empty()).collect();
        assert_eq!(users.len(), 3);
        for model in users {
            let own = (model.parameters)();
            for spec in Params::specs() {
                let same = own.iter().find(|own| own.name == spec.name);
                let same = same.unwrap_or_else(|| panic!("{} has no {}", model.kind, spec.name));
                assert_eq!((&same.default, &same.range), (&spec.default, &spec.range), "{} {}", model.kind, spec.name);
            }
        }
    }

    #[test]
    fn what_is_declared_is_what_the_fit_asks_for() {
        assert_eq!(uses(&Values::new())[0].values, Params::default().to_values());
        let values =
            Values::from([("gamma".to_owned(), Value::Number(0.5)), ("batch-size".to_owned(), Value::Number(64.0))]);
        assert_eq!(uses(&values)[0].values, Params { batch_size: 64, ..Params::default() }.to_values());
    }
}
