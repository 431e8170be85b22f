//! Deep clustering. Declarations are always here; fits need the feature `torch`.

pub mod activation;
pub mod att_vae;
pub mod autoencoder_kmeans;
pub mod canonical;
pub mod cca_kmeans;
pub mod dcca;
pub mod dccae;
pub mod dec;
pub mod idec;
pub mod pretraining;
pub mod spectralnet;
pub mod vade;
pub mod vae_encoder;
pub mod vae_kmeans;
pub mod vae_pretraining;

/// Roughly the CPU seconds, on one core, of pretraining an autoencoder on so many rows and columns and of `steps` batches
/// after it.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn autoencoder_seconds(
    rows: usize,
    columns: usize,
    params: &pretraining::Params,
    batch_size: usize,
    steps: usize,
) -> f64 {
    let epochs = params.pretrain_epochs + params.layer_wise_epochs;
    let seen = rows as f64 * epochs as f64 + batch_size as f64 * steps as f64;
    network_seconds(columns, &params.layers, params.latent_dimension, seen)
}

/// Roughly the CPU seconds, on one core, of taking `rows_seen` rows through an autoencoder and back.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn network_seconds(columns: usize, layers: &[usize], latent_dimension: usize, rows_seen: f64) -> f64 {
    let mut widths = vec![columns];
    widths.extend(layers);
    widths.push(latent_dimension);
    let weights: f64 = widths.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64).sum();
    // Encoder and decoder.
    seconds(weights * 2.0 * rows_seen)
}

/// Roughly the CPU seconds, on one core, of learning with so many multiplications on the way forward.
fn seconds(multiplications: f64) -> f64 {
    /// Multiplications and additions a second.
    const SPEED: f64 = 2e10;
    // Forward once, backward twice; a multiplication and an addition.
    multiplications * 3.0 * 2.0 / SPEED
}
