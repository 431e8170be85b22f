//! The stage that the models with a variational autoencoder share: the network after it has learned to reconstruct.
//! `att-vae` with `attention = "identity"` has the network of `vae-kmeans`, and starts from the same one.

use crate::model::deep::vae_encoder;
use crate::parameter::{Domain, Parameters, Values};
use crate::stage::{StageSpec, StageUse};

crate::parameters! {
    /// What decides the pretrained network beside its attention.
    pub struct Params {
        /// Hidden widths of each view's encoder; the decoders mirror them.
        layers: Vec<usize> = vec![256, 256], Domain::AtLeast(1.0);
        /// Width of each view's code.
        latent_dimension: usize = 16, Domain::AtLeast(1.0);
        /// Weight of the KL term beside the squared error, which is summed over columns.
        beta: f64 = 0.1, Domain::AtLeast(0.0);
        /// Passes over the data before clustering.
        pretrain_epochs: usize = 30, Domain::AtLeast(0.0);
        /// Step size of Adam before clustering.
        pretrain_learning_rate: f64 = 1e-3, Domain::Above(0.0);
        /// Rows a step before clustering; left out, `batch-size`.
        pretrain_batch_size: Option<usize> = None, Domain::AtLeast(2.0);
        ..encoder: vae_encoder::Params;
    }
}

crate::parameters! {
    /// The attention between code and decoders.
    pub struct AttentionParams {
        /// What stands between the codes and the decoders; `identity`: nothing.
        attention: String = SCALED.to_owned(), Domain::OneOf(&[SCALED, IDENTITY]);
        /// What attends to what: the codes of the views, equal parts of them, or the samples of a batch.
        tokens: String = VIEWS.to_owned(), Domain::OneOf(&[VIEWS, CHUNKS, SAMPLES]);
        /// Parts of each view's code, where tokens are chunks; must divide `latent-dimension`.
        chunks: usize = 2, Domain::AtLeast(1.0);
        /// Heads; must divide the width of a token.
        heads: usize = 1, Domain::AtLeast(1.0);
        /// What the attention adds before it has learned: nothing (value weights 0), or what random weights make of it.
        attention_start: String = IDENTITY.to_owned(), Domain::OneOf(&[IDENTITY, XAVIER]);
    }
}

crate::parameters! {
    /// What decides the pretrained network.
    pub struct StageParams {
        ..vae: Params;
        ..attention: AttentionParams;
    }
}

const SCALED: &str = "scaled-dot-product";
const IDENTITY: &str = "identity";
const XAVIER: &str = "xavier";
const VIEWS: &str = "views";
const CHUNKS: &str = "chunks";
const SAMPLES: &str = "samples";

/// What attends to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The codes of the views.
    Views,
    /// Equal parts of the views' codes.
    Chunks,
    /// The codes of the rows of a batch.
    Samples,
}

impl AttentionParams {
    /// None: that of `vae-kmeans`.
    pub fn identity() -> Self {
        AttentionParams { attention: IDENTITY.to_owned(), ..Default::default() }
    }

    /// Whether there is none.
    pub fn is_identity(&self) -> bool {
        self.attention == IDENTITY
    }

    /// What attends to what.
    pub fn kind(&self) -> TokenKind {
        match self.tokens.as_str() {
            CHUNKS => TokenKind::Chunks,
            SAMPLES => TokenKind::Samples,
            _ => TokenKind::Views,
        }
    }

    /// Whether the network starts as the one without attention.
    pub fn starts_as_identity(&self) -> bool {
        self.attention_start == IDENTITY
    }

    /// The same network, whatever was said that does not matter to it.
    #[must_use]
    pub fn effective(&self) -> Self {
        if self.is_identity() {
            return AttentionParams::identity();
        }
        let chunks = if self.kind() == TokenKind::Chunks { self.chunks } else { AttentionParams::default().chunks };
        AttentionParams { chunks, ..self.clone() }
    }

    /// Whether codes of this width can be cut as told.
    ///
    /// # Errors
    /// The parameter at fault and what was expected.
    pub fn check(&self, latent_dimension: usize) -> Result<(), (String, String)> {
        if self.is_identity() {
            return Ok(());
        }
        let chunks = if self.kind() == TokenKind::Chunks { self.chunks } else { 1 };
        if !latent_dimension.is_multiple_of(chunks) {
            let what = format!("{chunks} chunks do not divide a code of {latent_dimension} (`latent-dimension`)");
            return Err(("chunks".to_owned(), what));
        }
        // A token of samples is as wide as all views' codes: their number is not known here, and a divisor of one is one
        // of all.
        let width = latent_dimension / chunks;
        if !width.is_multiple_of(self.heads) {
            return Err(("heads".to_owned(), format!("{} heads do not divide tokens of {width} columns", self.heads)));
        }
        Ok(())
    }
}

impl StageParams {
    /// Of a model with these parts whose own `batch-size` is this: nothing is left out, and what does not matter has
    /// its default.
    pub fn of(vae: &Params, attention: &AttentionParams, batch_size: usize) -> Self {
        let pretrain_batch_size = Some(vae.pretrain_batch_size.unwrap_or(batch_size));
        let vae = Params { pretrain_batch_size, encoder: vae.encoder.effective(), ..vae.clone() };
        StageParams { vae, attention: attention.effective() }
    }

    /// What decides the stage's key: every value, but of the encoder nothing where it is dense layers alone, so that keys
    /// are those of before there was a choice.
    pub fn key_values(&self) -> Values {
        let mut values = self.to_values();
        if self.vae.encoder.image().is_none() {
            vae_encoder::Params::specs().iter().for_each(|spec| drop(values.remove(&spec.name)));
        }
        values
    }
}

/// `batch-size` of the models that start from it.
pub const BATCH_SIZE: usize = 256;

/// The stage.
pub static SPEC: StageSpec = StageSpec {
    kind: "pretrained-vae",
    noun: "variational autoencoder",
    about: "weights of a variational autoencoder with a branch a view after pretraining",
    reference: "Kingma and Welling: Auto-Encoding Variational Bayes, ICLR 2014",
    revision: 1,
    parameters: <StageParams as Parameters>::specs,
};

/// What a model with these parameters needs of it.
pub fn uses(values: &Values) -> Vec<StageUse> {
    use_of(values, None)
}

/// The same for a model without attention.
pub fn uses_without_attention(values: &Values) -> Vec<StageUse> {
    use_of(values, Some(&AttentionParams::identity()))
}

fn use_of(values: &Values, attention: Option<&AttentionParams>) -> Vec<StageUse> {
    // What does not read is refused elsewhere.
    let Ok(own) = StageParams::from_values(values) else { return Vec::new() };
    let batch_size = values.get("batch-size").and_then(crate::value::Value::as_integer);
    let batch_size = batch_size.and_then(|n| usize::try_from(n).ok()).unwrap_or(BATCH_SIZE);
    let own = StageParams::of(&own.vae, attention.unwrap_or(&own.attention), batch_size);
    vec![StageUse { spec: &SPEC, values: own.key_values() }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::model::deep::{att_vae, vae_kmeans};
    use crate::value::Value;

    fn values(given: &[(&str, Value)]) -> Values {
        given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    fn text(word: &str) -> Value {
        Value::Text(word.to_owned())
    }

    /// What the stage of `att-vae` is asked for under these parameters.
    fn stage(given: &[(&str, Value)]) -> Values {
        (att_vae::AttVae::SPEC.stages)(&values(given))[0].values.clone()
    }

    #[test]
    fn what_comes_after_pretraining_shares_one_network() {
        let fixed = ("pretrain-batch-size", Value::Integer(128));
        let one = stage(std::slice::from_ref(&fixed));
        let later = [
            ("batch-size", Value::Integer(2)),
            ("gamma", Value::Number(0.0)),
            ("epochs", Value::Integer(3)),
            ("learning-rate", Value::Number(0.1)),
            ("code", text("mean")),
            ("seed-restarts", Value::Integer(1)),
            ("chunks", Value::Integer(4)), // of no meaning where tokens are views
        ];
        for change in later {
            assert_eq!(stage(&[fixed.clone(), change.clone()]), one, "{}", change.0);
        }
        let earlier = [
            ("tokens", text("chunks")),
            ("attention", text("identity")),
            ("attention-start", text("xavier")),
            ("beta", Value::Number(1.0)),
            ("latent-dimension", Value::Integer(8)),
        ];
        for change in earlier {
            assert_ne!(stage(&[fixed.clone(), change.clone()]), one, "{}", change.0);
        }
        assert_ne!(stage(&[("batch-size", Value::Integer(2))]), stage(&[]), "left out, it is `batch-size`");
    }

    #[test]
    fn the_encoder_is_part_of_the_key_where_it_convolves() {
        let size = |height, width| ("image-size", Value::List(vec![Value::Integer(height), Value::Integer(width)]));
        let names: Vec<String> = stage(&[]).into_keys().collect();
        let before = [
            "attention",
            "attention-start",
            "beta",
            "chunks",
            "heads",
            "latent-dimension",
            "layers",
            "pretrain-batch-size",
            "pretrain-epochs",
            "pretrain-learning-rate",
            "tokens",
        ];
        assert_eq!(names, before, "as before there was a choice");
        assert_eq!(stage(&[("encoder", text("mlp")), size(8, 8)]), stage(&[]), "of no meaning to dense layers");
        let convolving = |height, width| stage(&[("encoder", text("alexnet")), size(height, width)]);
        assert_ne!(convolving(8, 8), stage(&[]));
        assert_ne!(convolving(8, 8), convolving(4, 16));
    }

    #[test]
    fn without_attention_the_network_is_that_of_vae_kmeans() {
        let plain = (vae_kmeans::VaeKMeans::SPEC.stages)(&values(&[("batch-size", Value::Number(64.0))]));
        let identity =
            [("batch-size", Value::Integer(64)), ("attention", text("identity")), ("tokens", text("samples"))];
        assert_eq!(stage(&identity), plain[0].values);
    }

    #[test]
    fn what_is_declared_is_what_the_fit_asks_for() {
        let params = att_vae::Params::default();
        assert_eq!(stage(&[]), StageParams::of(&params.vae, &params.attention, params.batch_size).key_values());
        let plain = vae_kmeans::Params::default();
        assert_eq!(plain.batch_size, BATCH_SIZE);
        assert_eq!(params.batch_size, BATCH_SIZE);
    }

    #[test]
    fn convolutions_without_the_images_sides_are_refused_with_the_experiment() {
        let given = values(&[("encoder", text("alexnet"))]);
        for check in [att_vae::AttVae::SPEC.check, vae_kmeans::VaeKMeans::SPEC.check] {
            let (name, what) = check(&given).expect_err("refused");
            assert_eq!(name, "image-size");
            assert!(what.contains("ready-made feature vectors"), "{what}");
            assert_eq!(check(&Values::new()), Ok(()));
        }
    }

    #[test]
    fn codes_that_cannot_be_cut_are_refused_with_the_experiment() {
        let at_fault =
            |given: &[(&str, Value)]| (att_vae::AttVae::SPEC.check)(&values(given)).err().map(|(name, _)| name);
        let three = ("chunks", Value::Integer(3));
        assert_eq!(at_fault(&[three.clone(), ("tokens", text("chunks"))]).as_deref(), Some("chunks"));
        assert_eq!(at_fault(std::slice::from_ref(&three)), None);
        assert_eq!(at_fault(&[("heads", Value::Integer(3))]).as_deref(), Some("heads"));
        assert_eq!(at_fault(&[("heads", Value::Integer(3)), ("attention", text("identity"))]), None);
        assert_eq!(at_fault(&[("heads", Value::Integer(4)), ("latent-dimension", Value::Integer(12))]), None);
    }
}
