//! Scaled dot-product attention with a residual: `x + softmax(Q K' / √d_k) V` over the tokens of a code, where Q, K and V
//! are linear maps of the tokens (Vaswani et al. 2017, equation 1; with several heads, each has its part of the width).

use tch::{Kind, Tensor};

use crate::model::deep::vae_pretraining::{AttentionParams, TokenKind};
use crate::torch::mlp::Mlp;
use crate::torch::size;
use crate::torch::vae::{First, Source};

/// Rows whose attention over all rows is computed at a time: each of them has as many weights as there are rows.
const QUERIES: i64 = 512;

/// The attention of one network.
#[derive(Debug)]
pub struct Attention {
    query: Mlp,
    key: Mlp,
    value: Mlp,
    heads: i64,
    kind: TokenKind,
    /// Columns of a token.
    width: i64,
}

impl Attention {
    /// Over the codes of `views` views, `latent_dimension` columns each, with weights from `source`; none where the
    /// source has none. The parts are `vae.attention.query`, `.key` and `.value`.
    pub fn build(
        params: &AttentionParams,
        views: usize,
        latent_dimension: usize,
        source: &mut Source<'_>,
    ) -> Option<Attention> {
        let kind = params.kind();
        let width = match kind {
            TokenKind::Views => latent_dimension,
            TokenKind::Chunks => latent_dimension / params.chunks.max(1),
            TokenKind::Samples => views * latent_dimension,
        };
        let value_first = if params.starts_as_identity() { First::Zero } else { First::Xavier };
        let mut linear = |part: &str, first| {
            Some(Mlp::from_weights(vec![source(&format!("vae.attention.{part}"), width, width, first)?]))
        };
        Some(Attention {
            query: linear("query", First::Xavier)?,
            key: linear("key", First::Xavier)?,
            value: linear("value", value_first)?,
            heads: size(params.heads.max(1)),
            kind,
            width: size(width),
        })
    }

    /// Of a batch of codes, `[rows, columns]`, of the same shape: over the tokens of each row, or, where tokens are
    /// samples, over the rows of the batch.
    pub fn forward(&self, codes: &Tensor) -> Tensor {
        let tokens = self.tokens(codes);
        self.between(&tokens, &tokens).reshape(codes.size().as_slice())
    }

    /// Of the codes of all rows, `[rows, columns]`: where tokens are samples, over all of them.
    pub fn of_all(&self, codes: &Tensor) -> Tensor {
        let all = self.tokens(codes);
        if self.kind != TokenKind::Samples {
            return self.forward(codes);
        }
        let parts: Vec<Tensor> =
            codes.split(QUERIES, 0).iter().map(|rows| self.between(&self.tokens(rows), &all)).collect();
        Tensor::cat(&parts, 1).reshape(codes.size().as_slice())
    }

    /// Weights and biases of the three maps.
    pub fn parameters(&self) -> Vec<Tensor> {
        [&self.query, &self.key, &self.value].into_iter().flat_map(Mlp::parameters).collect()
    }

    /// The same in another float type.
    #[must_use]
    pub fn to_kind(self, kind: Kind) -> Self {
        let (query, key, value) = (self.query.to_kind(kind), self.key.to_kind(kind), self.value.to_kind(kind));
        Attention { query, key, value, ..self }
    }

    /// `[sets, tokens, width]`
    fn tokens(&self, codes: &Tensor) -> Tensor {
        match self.kind {
            TokenKind::Samples => codes.unsqueeze(0),
            TokenKind::Views | TokenKind::Chunks => codes.reshape([codes.size()[0], -1, self.width]),
        }
    }

    /// What `tokens`, `[sets, n, width]`, become by what they see in `others`, `[sets, m, width]`.
    fn between(&self, tokens: &Tensor, others: &Tensor) -> Tensor {
        let head = self.width / self.heads;
        let split = |values: Tensor| {
            let (sets, count) = (values.size()[0], values.size()[1]);
            values.view([sets, count, self.heads, head]).transpose(1, 2)
        };
        let (query, key) = (split(self.query.forward(tokens)), split(self.key.forward(others)));
        let value = split(self.value.forward(others));
        #[expect(clippy::cast_precision_loss, reason = "widths are far below 2^53")]
        let scores = query.matmul(&key.transpose(2, 3)) / (head as f64).sqrt();
        let seen = scores.softmax(-1, None::<Kind>).matmul(&value);
        tokens + seen.transpose(1, 2).reshape(tokens.size().as_slice())
    }
}
