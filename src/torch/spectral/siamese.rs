//! A learned distance (Hadsell, Chopra and LeCun 2006, as Shaham et al. 2018 use it): a network that draws rows and their
//! nearest neighbours together and others apart.

use tch::{Kind, Tensor};

use crate::model::{FitError, TrialContext};
use crate::rng::{Purpose, Stream};
use crate::torch::mlp::{Activation, Mlp};
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::size;
use crate::torch::spectral::affinity::nearest;
use crate::torch::training::{Batch, Objective, Phase, train};
use crate::value::Value;

/// What decides the distance.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Hidden widths, then that of the code.
    pub layers: Vec<usize>,
    /// Between the layers.
    pub activation: Activation,
    /// Passes over the pairs.
    pub epochs: usize,
    /// Pairs a step.
    pub batch_size: usize,
    /// Step size of Adam.
    pub learning_rate: f64,
    /// Neighbours a row is paired with, and as many rows that are none.
    pub neighbors: usize,
    /// Distances that the loss leaves alone.
    pub margins: Margins,
}

/// From where the distance of a pair costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Margins {
    /// Other pairs: from here upwards.
    pub apart: f64,
    /// Neighbours: from here downwards.
    pub together: f64,
}

/// The contrastive loss of pairs of codes, `[pairs, code]` each: the mean of `max(d - together, 0)²` where `similar`
/// (`[pairs]`) is 1 and of `max(apart - d, 0)²` where it is 0, d the Euclidean distance.
pub fn contrastive(first: &Tensor, second: &Tensor, similar: &Tensor, margins: Margins) -> Tensor {
    let squares = (first - second).square().sum_dim_intlist([1i64].as_slice(), false, None::<Kind>);
    // The root has no derivative at 0, where two equal rows are.
    let distances = (squares + 1e-12).sqrt();
    let near = (&distances - margins.together).clamp_min(0.0).square();
    let far = (-distances + margins.apart).clamp_min(0.0).square();
    (similar * near + (-similar + 1.0) * far).mean(None::<Kind>)
}

/// Pairs of row numbers with 1 for neighbours and 0 for others, `[pairs, 3]`: each row with its nearest ones and with as
/// many drawn from those that are not.
///
/// # Errors
/// libtorch's.
pub fn pairs(data: &Tensor, neighbors: usize, stream: &mut Stream) -> Result<Tensor, FitError> {
    let rows = usize::try_from(data.size()[0]).unwrap_or(0);
    // No more than half of the others, so that as many are left.
    let count = neighbors.min(((rows.max(1) - 1) / 2).max(1));
    let indices = nearest(data, count).indices.to_device(tch::Device::Cpu).contiguous().view(-1);
    let indices = Vec::<i64>::try_from(indices).map_err(|error| FitError::Failed(error.to_string()))?;
    let mut pairs = Vec::new();
    for (row, near) in indices.chunks(count.max(1)).enumerate() {
        let mut excluded: Vec<usize> = near.iter().map(|&index| usize::try_from(index).unwrap_or(0)).collect();
        pairs.extend(near.iter().flat_map(|&index| [size(row), index, 1]));
        excluded.push(row);
        excluded.sort_unstable();
        let others = rows.saturating_sub(excluded.len());
        for _ in 0..if others > 0 { near.len() } else { 0 } {
            // The drawn one of those that are not excluded, counted past these.
            let drawn = excluded.iter().fold(stream.below(others), |drawn, &gone| drawn + usize::from(gone <= drawn));
            pairs.extend([size(row), size(drawn), 0]);
        }
    }
    Ok(Tensor::from_slice(&pairs).view([-1, 3]).to_device(data.device()))
}

/// Learns the distance on `data`, `[rows, columns]`, two rows at least. Weights come from the stream `siamese`, pairs and
/// batches from `siamese.*`.
///
/// # Errors
/// The loss became NaN or infinite.
pub fn learn(data: &Tensor, settings: &Settings, trial: &mut TrialContext) -> Result<Mlp, FitError> {
    let mut widths = vec![usize::try_from(data.size()[1]).unwrap_or(0)];
    widths.extend(&settings.layers);
    let network = Mlp::xavier(&widths, "siamese", trial, data.device())
        .with_activations(settings.activation, Activation::Identity);
    let pairs = pairs(data, settings.neighbors, &mut trial.stream(Purpose::Batches, "siamese.pairs"))?;
    let phase = Phase {
        name: "siamese",
        title: "siamese training",
        epochs: settings.epochs,
        batch_size: settings.batch_size,
        setting: format!("siamese-learning-rate {}", Value::Number(settings.learning_rate)),
        decay: None,
    };
    let mut loss = |batch: &Batch| {
        let column = |index| batch.rows.select(1, index);
        let both = data.index_select(0, &Tensor::cat(&[column(0), column(1)], 0));
        let codes = network.forward(&both).chunk(2, 0);
        let similar = column(2).to_kind(data.kind());
        Objective::from(contrastive(&codes[0], &codes[1], &similar, settings.margins))
    };
    let mut stream = trial.stream(Purpose::Batches, "siamese.batches");
    let mut order = |rows: usize| stream.permutation(rows);
    let mut optimizer = Optimizer::new(Rule::Adam { learning_rate: settings.learning_rate }, network.parameters());
    train(&phase, &pairs, &mut order, &mut optimizer, &mut loss, trial)?;
    Ok(network)
}
