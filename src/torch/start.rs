//! What the deep clusterings start from: a pretrained autoencoder and k-means on its code. One seed gives the same
//! start, to the bit, to every model.

use ndarray::ArrayView2;
use tch::{Device, Tensor};

use crate::dataset::Dataset;
use crate::model::cluster::kmeans::{KMeansFit, lloyd_restarts};
use crate::model::deep::pretraining;
use crate::model::{FitError, TrialContext};
use crate::parameter::Parameters;
use crate::rng::Purpose;
use crate::stage::{self, Wanted};
use crate::torch::autoencoder::{Autoencoder, Pretraining};
use crate::torch::{device, prepare, reseed, to_array, to_tensor};

/// What decides the start.
#[derive(Clone, Debug)]
pub struct StartSettings {
    /// How many clusters; the number of known classes when not given.
    pub clusters: Option<usize>,
    /// The autoencoder and how it learns.
    pub pretraining: pretraining::Params,
    /// Restarts of k-means.
    pub seed_restarts: usize,
}

/// A pretrained autoencoder and k-means on its code.
pub struct Start {
    /// The data, `[rows, columns]`, f32.
    pub data: Tensor,
    /// Pretrained.
    pub autoencoder: Autoencoder,
    /// Of the codes.
    pub kmeans: KMeansFit,
    /// Where all of it lies.
    pub device: Device,
}

/// Pretrains on all views of `data` side by side, and clusters the code.
///
/// # Errors
/// Not applicable: no rows or columns, more clusters than rows. Failed: the loss or the code is not finite.
pub fn start(data: &Dataset, settings: &StartSettings, trial: &mut TrialContext) -> Result<Start, FitError> {
    let joined = data.joined();
    if joined.is_empty() {
        return Err(FitError::NotApplicable(format!("{} rows of {} columns", joined.nrows(), joined.ncols())));
    }
    let clusters = trial.clusters(settings.clusters, joined.nrows())?;
    if data.views.len() > 1 {
        trial.note(format!("the {} views are joined side by side", data.views.len()));
    }
    prepare().map_err(FitError::Failed)?;
    let device = device::current();
    let data = to_tensor(joined.view(), device);
    let autoencoder = pretrained(&data, joined.view(), &settings.pretraining, trial)?;
    // Whether it was computed here or read: what comes next begins with the same generator.
    reseed(trial.seed());
    let codes = to_array(&autoencoder.codes(&data))?;
    if codes.iter().any(|value| !value.is_finite()) {
        return Err(FitError::Failed("the code is not finite after pretraining".to_owned()));
    }
    let mut stream = trial.stream(Purpose::Init, "code.kmeans");
    let kmeans = lloyd_restarts(codes.view(), clusters, settings.seed_restarts, &mut stream);
    Ok(Start { data, autoencoder, kmeans, device })
}

/// The stage [`pretraining`](crate::model::deep::pretraining): its input is the data as the model is given them, and how
/// many threads share a matrix product. `data` are `values` on the device; `params` say their batch size.
///
/// # Errors
/// The loss became NaN or infinite.
pub fn pretrained(
    data: &Tensor,
    values: ArrayView2<f64>,
    params: &pretraining::Params,
    trial: &mut TrialContext,
) -> Result<Autoencoder, FitError> {
    let mut widths = vec![values.ncols()];
    widths.extend(&params.layers);
    widths.push(params.latent_dimension);
    let inputs = |hasher: &mut blake3::Hasher| {
        stage::hash_matrix(values, hasher);
        hasher.update(&tch::get_num_threads().to_le_bytes());
    };
    let wanted = Wanted { spec: &pretraining::SPEC, values: params.to_values(), inputs: &inputs };
    let device = data.device();
    let compute = |trial: &mut TrialContext| {
        reseed(trial.seed());
        let autoencoder = Autoencoder::xavier(&widths, trial, device).with_activation(params.activation);
        autoencoder.pretrain(data, Pretraining::from(params), trial)?;
        autoencoder.to_bytes()
    };
    let read = |bytes: &[u8]| Some(Autoencoder::from_bytes(bytes, &widths, device)?.with_activation(params.activation));
    trial.stage(&wanted, compute, read)
}
