//! Deep clustering. Declarations are always here; fits need the feature `torch`.

pub mod autoencoder_kmeans;
pub mod dec;
pub mod idec;
pub mod pretraining;

/// Rows that pretraining and the steps of clustering after it see, each as often as it is seen.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn rows_seen(rows: usize, pretrain_epochs: usize, batch_size: usize, steps: usize) -> f64 {
    rows as f64 * pretrain_epochs as f64 + batch_size as f64 * steps as f64
}

/// Roughly the CPU seconds of taking `rows_seen` rows through an autoencoder and back, on one core.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn autoencoder_seconds(columns: usize, layers: &[usize], latent_dimension: usize, rows_seen: f64) -> f64 {
    /// Multiplications and additions a second.
    const SPEED: f64 = 2e10;
    let mut widths = vec![columns];
    widths.extend(layers);
    widths.push(latent_dimension);
    let weights: f64 = widths.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64).sum();
    // Encoder and decoder; forward once, backward twice; a multiplication and an addition.
    weights * 2.0 * 3.0 * 2.0 * rows_seen / SPEED
}
