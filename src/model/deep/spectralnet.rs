//! SpectralNet: Shaham, Stanton, Li, Nadler, Basri and Kluger, ICLR 2018.
//!
//! A network learns to give, for each row, its entries of the first K eigenvectors of the Laplacian of a graph of nearest
//! neighbours; then k-means on these outputs. It minimises `(1 / 2m) Σ_ij W_ij |y_i - y_j|²` over batches of m rows
//! under `(1 / m) Y'Y = I` (their equations 2 and 3; their 1/m² is a constant factor). The constraint is a last linear
//! layer that is no parameter: before every step it is set from the outputs on another batch, to the inverse of their
//! Cholesky factor (section 3.2). W is made within the batch: `exp(-|x_i - x_j|² / s²)` to the nearest neighbours,
//! symmetrised; see `torch::spectral::affinity`.
//!
//! **The gradient through the orthonormal layer.** The authors' first code holds the layer constant in a gradient step; in
//! their later package (1.1.0) gradients flow through it, and that decides what is learned. Held constant, the loss falls
//! fastest where all outputs shrink, which the next orthonormal layer undoes: with Adam at 1e-3 the outputs grow linearly
//! dependent. On one graph of the digits the loss went from 45 to 10 within 30 epochs with the gradient and to 60 without
//! it; from Xavier-uniform weights every tanh was saturated after 8 epochs. So `orthonormal-gradient` is on; `false` is
//! the first code's way.
//!
//! Defaults are those of the package (30 neighbours, local scales from the 15th, Adam, epochs of one pass, a tenth of the
//! step size after 10 epochs without a lower loss on the tenth of the rows that is kept out) with the widths 1024-1024-512-K
//! and tanh at the end. The first code on MNIST: RMSprop, 3 neighbours, a global scale from the 2nd, epochs of 100 batches
//! (`epoch-steps`), 400 of them, patience 20; the code of an autoencoder for input, and a siamese network's distance
//! for W. A batch must hold neighbours: with few rows a cluster its graph joins clusters, and with no more than K rows
//! there is no orthonormal basis of K columns.
//!
//! Departures from the package: Xavier-uniform weights and ReLU for PyTorch's default weights and leaky ReLU; a Cholesky
//! factor in f64, with a rounding term relative to the outputs, for QR; the loss on kept rows is taken under a fresh
//! orthonormal layer; at the end this layer is set from all rows, so that `(1 / n) Y'Y = I` for what is clustered;
//! orthonormalisation batches are always full; the siamese network ends linearly and its step size does not fall.

use crate::model::deep::activation::Activation;
use crate::model::deep::{autoencoder_seconds, network_seconds, pretraining};
use crate::model::{Accepts, Model, ModelSpec, Program, unchecked};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters, Values};
use crate::stage::StageUse;
#[cfg(feature = "torch")]
use crate::{
    dataset::Dataset,
    model::cluster::kmeans::lloyd_restarts,
    rng::Purpose,
    torch::cluster_head::occupied,
    torch::optimizer::Rule,
    torch::spectral::affinity::{Affinity, Scale},
    torch::spectral::{network, siamese},
    torch::{device, prepare, reseed, start, to_array, to_tensor},
};

crate::parameters! {
    /// What `spectralnet` can be told.
    pub struct Params {
        /// How many clusters, and outputs of the network; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Hidden widths of the network.
        layers: Vec<usize> = vec![1024, 1024, 512], Domain::AtLeast(1.0);
        /// Between the layers.
        activation: Activation = Activation::Relu, Domain::OneOf(Activation::WORDS);
        /// After the last one, before the orthonormal layer.
        output_activation: Activation = Activation::Tanh, Domain::OneOf(&["tanh", "identity", "sigmoid"]);
        /// Rows a step; must be above the number of clusters and hold neighbours of each row.
        batch_size: usize = 1024, Domain::AtLeast(2.0);
        /// Epochs at most.
        epochs: usize = 30, Domain::AtLeast(0.0);
        /// Steps an epoch; left out, one pass over the rows.
        epoch_steps: Option<usize> = None, Domain::AtLeast(1.0);
        /// Step size.
        learning_rate: f64 = 1e-3, Domain::Above(0.0);
        /// How the network learns.
        optimizer: String = "adam".to_owned(), Domain::OneOf(&["adam", "rmsprop"]);
        /// Epochs without a lower validation loss after which the step size falls.
        patience: usize = 10, Domain::AtLeast(0.0);
        /// What the step size falls to, as a part of itself; at 1e-7 training ends.
        decay: f64 = 0.1, Domain::Between(0.0, 1.0);
        /// Share of the rows that are kept out and whose loss decides the step size; 0: that of training does.
        validation_share: f64 = 0.1, Domain::Between(0.0, 0.5);
        /// Nearest neighbours of a row within its batch.
        neighbors: usize = 30, Domain::AtLeast(1.0);
        /// Width of the Gaussian: each row's own, or one for the batch.
        scale: String = "local".to_owned(), Domain::OneOf(&["local", "global"]);
        /// The neighbour whose distance is the width; of the global one, the median of these distances.
        scale_neighbor: usize = 15, Domain::AtLeast(1.0);
        /// The eigenvectors of the normalised Laplacian.
        normalized: bool = false, Domain::Any;
        /// Let the gradient know that the orthonormal layer follows the outputs; without it, that layer is constant in a
        /// step, and any way to make the outputs small looks like progress.
        orthonormal_gradient: bool = true, Domain::Any;
        /// What the networks are fed: the data, or the code of a pretrained autoencoder.
        input: String = "raw".to_owned(), Domain::OneOf(&["raw", "code"]);
        /// Hidden widths of the autoencoder's encoder, with `input` `code`.
        autoencoder_layers: Vec<usize> = pretraining::Params::default().layers, Domain::AtLeast(1.0);
        /// Width of its code.
        autoencoder_dimension: usize = pretraining::Params::default().latent_dimension, Domain::AtLeast(1.0);
        /// Passes over the data in its training.
        autoencoder_epochs: usize = pretraining::Params::default().pretrain_epochs, Domain::AtLeast(0.0);
        /// Take distances in the code of a siamese network.
        siamese: bool = false, Domain::Any;
        /// Hidden widths of the siamese network.
        siamese_layers: Vec<usize> = vec![1024, 1024, 512], Domain::AtLeast(1.0);
        /// Width of its code.
        siamese_dimension: usize = 10, Domain::AtLeast(1.0);
        /// Passes over its pairs.
        siamese_epochs: usize = 30, Domain::AtLeast(0.0);
        /// Pairs a step.
        siamese_batch_size: usize = 128, Domain::AtLeast(1.0);
        /// Step size of its Adam.
        siamese_learning_rate: f64 = 1e-3, Domain::Above(0.0);
        /// Neighbours that each row is paired with, beside as many rows that are none.
        siamese_neighbors: usize = 2, Domain::AtLeast(1.0);
        /// Distance from which rows that are no neighbours are far enough apart.
        siamese_margin: f64 = 1.0, Domain::Above(0.0);
        /// Distance below which neighbours are near enough; the first code has .05.
        siamese_dead_zone: f64 = 0.0, Domain::AtLeast(0.0);
        /// Restarts of k-means on the outputs; the one with the lowest inertia wins.
        seed_restarts: usize = 10, Domain::AtLeast(1.0);
    }
}

impl Params {
    /// The autoencoder's, as the models have it that start from one.
    fn pretraining(&self) -> pretraining::Params {
        let own = pretraining::Params {
            layers: self.autoencoder_layers.clone(),
            latent_dimension: self.autoencoder_dimension,
            pretrain_epochs: self.autoencoder_epochs,
            ..pretraining::Params::default()
        };
        own.with_batch_size(pretraining::BATCH_SIZE)
    }
}

/// The model.
pub struct SpectralNet;

impl Model for SpectralNet {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "spectralnet",
        about: "a network learns the first eigenvectors of a graph of nearest neighbours; k-means on its outputs",
        reference: "Shaham, Stanton, Li, Nadler, Basri and Kluger: SpectralNet: Spectral Clustering using Deep Neural Networks, ICLR 2018",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: <Params as Parameters>::specs,
        check: unchecked,
        stages,
        program: Program::Torch,
        wants_clusters: true,
        own_parameters: false,
        work,
    };
}

fn stages(values: &Values) -> Vec<StageUse> {
    match Params::from_values(values) {
        Ok(params) if params.input == "code" => {
            vec![StageUse { spec: &pretraining::SPEC, values: params.pretraining().to_values() }]
        }
        _ => Vec::new(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn work(values: &Values, rows: usize, columns: usize) -> f64 {
    let Ok(params) = Params::from_values(values) else { return 0.0 };
    let batch = params.batch_size.min(rows) as f64;
    let steps = params.epoch_steps.unwrap_or_else(|| rows.div_ceil(params.batch_size)) * params.epochs;
    // No decoder, but a batch forward only for each that learns; then its distances to itself.
    let seen = batch * steps as f64;
    let mut seconds =
        0.7 * network_seconds(columns, &params.layers, 10, seen) + seen * batch * (columns as f64 + 50.0) / 1e10;
    if params.input == "code" {
        seconds += autoencoder_seconds(rows, columns, &params.pretraining(), pretraining::BATCH_SIZE, 0);
    }
    if params.siamese {
        let seen = (4 * rows * params.siamese_neighbors * params.siamese_epochs) as f64;
        seconds += 0.5 * network_seconds(columns, &params.siamese_layers, params.siamese_dimension, seen);
    }
    seconds
}

#[cfg(feature = "torch")]
impl Clusterer for SpectralNet {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let outputs = embed(params, data, trial)?;
        let clusters = outputs.ncols();
        let mut stream = trial.stream(Purpose::Init, "spectral.kmeans");
        let kmeans = lloyd_restarts(outputs.view(), clusters, params.seed_restarts, &mut stream);
        trial.count("kmeans_iterations", kmeans.iterations);
        trial.count("nonempty_clusters", occupied(&kmeans.clusters));
        Ok(Clustering { clusters: kmeans.clusters })
    }
}

/// What is clustered: the orthonormal outputs of all rows, `[rows, clusters]`.
///
/// # Errors
/// Not applicable: no rows or columns, more clusters than rows, a batch that has no more rows than there are clusters.
/// Failed: a loss or the code is not finite.
#[cfg(feature = "torch")]
pub fn embed(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<ndarray::Array2<f64>, FitError> {
    let joined = data.joined();
    if joined.is_empty() {
        return Err(FitError::NotApplicable(format!("{} rows of {} columns", joined.nrows(), joined.ncols())));
    }
    let clusters = trial.clusters(params.clusters, joined.nrows())?;
    fits_the_batch(params, joined.nrows(), clusters, trial)?;
    if data.views.len() > 1 {
        trial.note(format!("the {} views are joined side by side", data.views.len()));
    }
    prepare().map_err(FitError::Failed)?;
    let mut input = to_tensor(joined.view(), device::current());
    if params.input == "code" {
        let autoencoder = start::pretrained(&input, joined.view(), &params.pretraining(), trial)?;
        input = autoencoder.codes(&input);
        if input.isfinite().all().int64_value(&[]) != 1 {
            return Err(FitError::Failed("the code is not finite after pretraining".to_owned()));
        }
    }
    // Whether a stage was computed here or read: what comes next begins with the same generator.
    reseed(trial.seed());
    let metric = params.siamese.then(|| siamese::learn(&input, &siamese_settings(params), trial)).transpose()?;
    to_array(&network::embed(&input, clusters, &settings(params), metric.as_ref(), trial)?)
}

/// Refuses a batch without a basis, and remarks on one whose graph cannot tell clusters apart.
#[cfg(feature = "torch")]
fn fits_the_batch(params: &Params, rows: usize, clusters: usize, trial: &mut TrialContext) -> Result<(), FitError> {
    let batch = params.batch_size.min(rows);
    let floor = clusters + 1;
    if batch < floor {
        return Err(FitError::NotApplicable(format!(
            "a batch of {batch} rows is below {floor}, the least for an orthonormal basis of {clusters} clusters"
        )));
    }
    let neighbors = params.neighbors;
    if batch / clusters <= neighbors.min(batch - 1) && clusters > 1 {
        trial.note(format!(
            "a batch of {batch} rows has about {} a cluster, no more than its {neighbors} neighbors: the graph joins clusters",
            batch / clusters
        ));
    }
    Ok(())
}

#[cfg(feature = "torch")]
fn settings(params: &Params) -> network::Settings {
    let learning_rate = params.learning_rate;
    network::Settings {
        layers: params.layers.clone(),
        activation: params.activation,
        output_activation: params.output_activation,
        batch_size: params.batch_size,
        epochs: params.epochs,
        epoch_steps: params.epoch_steps,
        rule: match params.optimizer.as_str() {
            // Keras' decay rate, with which the authors' code runs.
            "rmsprop" => Rule::RmsProp { learning_rate, smoothing: 0.9 },
            _ => Rule::Adam { learning_rate },
        },
        patience: params.patience,
        decay: params.decay,
        validation_share: params.validation_share,
        affinity: Affinity {
            neighbors: params.neighbors,
            scale: match params.scale.as_str() {
                "global" => Scale::Global(params.scale_neighbor),
                _ => Scale::Local(params.scale_neighbor),
            },
        },
        normalized: params.normalized,
        orthonormal_gradient: params.orthonormal_gradient,
    }
}

#[cfg(feature = "torch")]
fn siamese_settings(params: &Params) -> siamese::Settings {
    let mut layers = params.siamese_layers.clone();
    layers.push(params.siamese_dimension);
    siamese::Settings {
        layers,
        activation: params.activation,
        epochs: params.siamese_epochs,
        batch_size: params.siamese_batch_size,
        learning_rate: params.siamese_learning_rate,
        neighbors: params.siamese_neighbors,
        margins: siamese::Margins { apart: params.siamese_margin, together: params.siamese_dead_zone },
    }
}
