//! ATT-VAE: a variational autoencoder whose codes attend to each other. Lu, *Design of Intelligent Financial Data
//! Management System Based on Higher-Order Hybrid Clustering Algorithm*.
//!
//! Of the paper: mean and variance heads and `z = μ + σ ε` (its equations 5 and 6), `softmax(Q K / √d_k) V` after the
//! code (8 to 10), pretraining, then a tuning loop with Adam (Algorithm 1). It leaves open what a token is, where Q, K and
//! V come from, all sizes, the weight of KL, the loss of the tuning stage and how clusters come out. The reading taken
//! here, which is ours:
//!
//! - one branch a view and their joint code as in `vae-kmeans`; tokens are the views' codes (`tokens`: or equal parts of
//!   them, or the samples of a batch);
//! - Q, K and V are linear maps of the tokens; what they give is added to the tokens, and the sum feeds a decoder a view;
//! - the tuning stage minimises squared error + β KL + γ KL(P‖Q), where Q and P are DEC's soft assignment and sharpened
//!   target (see `dec`) on the attended mean code, P of all rows once an epoch, from the centres of k-means;
//! - the answer is `argmax_j q_ij` of the last state. The paper keeps the state with the best ACC, which needs the labels.
//!
//! The value weights start at 0 (`attention-start`): the network starts as the VAE without attention and departs from it
//! as far as that lowers the loss. From random weights its loss ends higher than without attention on each of three
//! sets, since an addition of random size hides the code that it is added to. With γ = 0 there is no tuning stage, and
//! k-means on the code answers.
//!
//! The paper encodes with AlexNet (its equations 1 and 2), and has ready-made feature vectors in all its tables, to which
//! no convolution applies. So the encoder is dense layers, and for views that are images `encoder = "alexnet"` puts small
//! convolutions with local response normalisation before them (see [`vae_encoder`](super::vae_encoder)); `image-size`
//! says how rows are images, and a view of other columns is not applicable. The decoder stays dense.

use crate::model::deep::{vae_kmeans, vae_pretraining};
use crate::model::{Accepts, Model, ModelSpec, Program};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters, Values};
#[cfg(feature = "torch")]
use crate::{
    dataset::Dataset,
    model::deep::vae_pretraining::{StageParams, TokenKind},
    torch::cluster_head::occupied,
    torch::vae_start::{kmeans, start},
    torch::vae_tuning::{Tuning, tune},
};

crate::parameters! {
    /// What `att-vae` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Rows a step; the last step of a pass may have fewer.
        batch_size: usize = vae_pretraining::BATCH_SIZE, Domain::AtLeast(2.0);
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
        /// The code that is clustered: the mean code as the decoders see it, or as the encoders give it.
        code: String = "attended".to_owned(), Domain::OneOf(&["attended", "mean"]);
        /// Weight of the clustering loss in the tuning stage; 0: no tuning stage, k-means on the code.
        gamma: f64 = 1.0, Domain::AtLeast(0.0);
        /// Passes over the data in the tuning stage.
        epochs: usize = 10, Domain::AtLeast(0.0);
        /// Step size of Adam in the tuning stage.
        learning_rate: f64 = 2e-4, Domain::Above(0.0);
        ..vae: vae_pretraining::Params;
        ..attention: vae_pretraining::AttentionParams;
    }
}

/// The model.
pub struct AttVae;

impl Model for AttVae {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "att-vae",
        about: "a variational autoencoder a view, attention over their codes, and a clustering loss in a tuning stage",
        reference: "Lu: Design of Intelligent Financial Data Management System Based on Higher-Order Hybrid Clustering Algorithm",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: <Params as Parameters>::specs,
        check,
        stages: vae_pretraining::uses,
        program: Program::Torch,
        wants_clusters: true,
        own_parameters: false,
        work,
    };
}

fn check(values: &Values) -> Result<(), (String, String)> {
    let params = Params::from_values(values)?;
    params.vae.encoder.check()?;
    params.attention.check(params.vae.latent_dimension)
}

fn work(values: &Values, rows: usize, columns: usize) -> f64 {
    let Ok(Params { vae, epochs, .. }) = Params::from_values(values) else { return 0.0 };
    vae_kmeans::learning_seconds(&vae, rows, columns, vae.pretrain_epochs)
        + vae_kmeans::learning_seconds(&vae, rows, columns, epochs)
}

#[cfg(feature = "torch")]
impl Clusterer for AttVae {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let stage = StageParams::of(&params.vae, &params.attention, params.batch_size);
        check_attention(params)?;
        let start = start(data, params.clusters, &stage, trial)?;
        note(params, data.views.len(), trial);
        let attended = params.code == "attended";
        let fit = kmeans(&start.vae.codes(&start.data, attended), start.clusters, params.seed_restarts, trial)?;
        if params.gamma == 0.0 {
            trial.count("kmeans_iterations", fit.iterations);
            trial.count("nonempty_clusters", occupied(&fit.clusters));
            return Ok(Clustering { clusters: fit.clusters });
        }
        let tuning = Tuning {
            epochs: params.epochs,
            batch_size: params.batch_size,
            learning_rate: params.learning_rate,
            beta: params.vae.beta,
            gamma: params.gamma,
            attended,
        };
        let clusters = tune(&start.data, &start.vae, fit.centers.view(), &tuning, trial)?;
        Ok(Clustering { clusters })
    }
}

/// As the experiment's check; for who comes another way.
#[cfg(feature = "torch")]
fn check_attention(params: &Params) -> Result<(), FitError> {
    let checked = params.attention.check(params.vae.latent_dimension);
    checked.map_err(|(name, what)| FitError::NotApplicable(format!("`{name}`: {what}")))
}

/// What a reader should know of the attention.
#[cfg(feature = "torch")]
fn note(params: &Params, views: usize, trial: &mut TrialContext) {
    if params.attention.is_identity() {
        return;
    }
    let kind = params.attention.kind();
    if kind == TokenKind::Samples {
        trial.note(
            "attention over the rows of a batch: while the network learns, a row's code depends on its batch; \
             the answer comes from all rows at once",
        );
    }
    let one = match kind {
        TokenKind::Views => views == 1,
        TokenKind::Chunks => views * params.attention.chunks == 1,
        TokenKind::Samples => false,
    };
    if one {
        trial.note(
            "one view is one token: its only weight is 1, and the attention is no more than a linear map of the code",
        );
    }
}
