//! The stage that the models with a variational autoencoder share: the network after it has learned to reconstruct.
//! `att-vae` with `attention = "identity"` has the network of `vae-kmeans`, and starts from the same one.

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
        StageParams { vae: Params { pretrain_batch_size, ..vae.clone() }, attention: attention.effective() }
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
    vec![StageUse { spec: &SPEC, values: own.to_values() }]
}
