//! What the models with a variational autoencoder start from: the stage `pretrained-vae`, and k-means on a code.

use tch::{Device, Tensor};

use crate::dataset::{Dataset, View};
use crate::model::cluster::kmeans::{KMeansFit, lloyd_restarts};
use crate::model::deep::vae_encoder;
use crate::model::deep::vae_pretraining::{self, StageParams};
use crate::model::{FitError, TrialContext};
use crate::rng::Purpose;
use crate::stage::{self, Wanted};
use crate::torch::vae::Vae;
use crate::torch::{device, prepare, reseed, to_array, to_tensor};

/// A pretrained network and the data.
pub struct VaeStart {
    /// All views side by side, `[rows, columns]`, f32.
    pub data: Tensor,
    /// Pretrained.
    pub vae: Vae,
    /// How many clusters are asked for.
    pub clusters: usize,
    /// Where all of it lies.
    pub device: Device,
}

/// Pretrains on the views of `data`, or reads what another trial has pretrained. `params` say their batch size.
///
/// # Errors
/// Not applicable: no rows, a view without columns or, where images are encoded, of no such images, more clusters than
/// rows. Failed: the loss is not finite.
pub fn start(
    data: &Dataset,
    clusters: Option<usize>,
    params: &StageParams,
    trial: &mut TrialContext,
) -> Result<VaeStart, FitError> {
    let columns: Vec<usize> = data.views.iter().map(|view| view.values.ncols()).collect();
    if data.rows() == 0 || columns.is_empty() {
        return Err(FitError::NotApplicable(format!("{} rows in {} views", data.rows(), columns.len())));
    }
    if let Some(view) = data.views.iter().find(|view| view.values.ncols() == 0) {
        return Err(FitError::NotApplicable(format!("view `{}` has no columns", view.name)));
    }
    check_images(data, &params.vae.encoder)?;
    let clusters = trial.clusters(clusters, data.rows())?;
    if let Some([height, width]) = params.vae.encoder.image() {
        trial.note(format!(
            "each row of a view is taken as an image of {height} x {width} pixels, row by row; it is decoded by dense layers"
        ));
    }
    if columns.len() > 1 {
        trial.note(format!(
            "each of the {} views has an encoder and a decoder; their codes stand side by side",
            columns.len()
        ));
    }
    prepare().map_err(FitError::Failed)?;
    let device = device::current();
    let inputs = |hasher: &mut blake3::Hasher| {
        data.views.iter().for_each(|view| stage::hash_matrix(view.values.view(), hasher));
        hasher.update(&tch::get_num_threads().to_le_bytes());
    };
    let wanted = Wanted { spec: &vae_pretraining::SPEC, values: params.key_values(), inputs: &inputs };
    let values = to_tensor(data.joined().view(), device);
    let compute = |trial: &mut TrialContext| {
        reseed(trial.seed());
        let vae = Vae::initial(&columns, params, trial, device)?;
        vae.pretrain(&values, params, trial)?;
        vae.to_bytes()
    };
    let vae = trial.stage(&wanted, compute, |bytes| Vae::from_bytes(bytes, &columns, params, device))?;
    // Whether it was computed here or read: what comes next begins with the same generator.
    reseed(trial.seed());
    Ok(VaeStart { data: values, vae, clusters, device })
}

/// Whether each view is of the images that are asked for, if any are.
fn check_images(data: &Dataset, encoder: &vae_encoder::Params) -> Result<(), FitError> {
    // As the experiment's check; for who comes another way.
    encoder.check().map_err(|(name, what)| FitError::NotApplicable(format!("`{name}`: {what}")))?;
    let fits = |view: &View| encoder.accepts(&view.name, view.values.ncols());
    data.views.iter().try_for_each(fits).map_err(FitError::NotApplicable)
}

/// K-means on `codes`, `[rows, codes]`.
///
/// # Errors
/// The code is not finite.
pub fn kmeans(
    codes: &Tensor,
    clusters: usize,
    seed_restarts: usize,
    trial: &mut TrialContext,
) -> Result<KMeansFit, FitError> {
    let codes = to_array(codes)?;
    if codes.iter().any(|value| !value.is_finite()) {
        return Err(FitError::Failed("the code is not finite after pretraining".to_owned()));
    }
    let mut stream = trial.stream(Purpose::Init, "code.kmeans");
    Ok(lloyd_restarts(codes.view(), clusters, seed_restarts, &mut stream))
}
