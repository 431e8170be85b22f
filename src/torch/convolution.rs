//! Convolutions with local response normalisation: the part of AlexNet that ATT-VAE's paper gives equations for. Which
//! blocks there are, and where they depart from AlexNet, is said in [`vae_encoder`].

use tch::Tensor;

use crate::model::deep::vae_encoder::{self, Block, KERNEL};
use crate::torch::size;
use crate::torch::vae::{First, Source};

/// Local response normalisation: a response becomes `a_k / (κ + α Σ_i a_i²)^β`, i over the `n` channels around k as far
/// as there are such (Krizhevsky, Sutskever and Hinton 2012, section 3.3). α stands before the sum; PyTorch's
/// `LocalResponseNorm` has α / n there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalResponse {
    /// κ
    pub constant: f64,
    /// n; of an even number the half on either side counts, and k itself.
    pub neighbours: usize,
    /// α
    pub scale: f64,
    /// β
    pub exponent: f64,
}

impl LocalResponse {
    /// AlexNet's.
    pub const ALEXNET: LocalResponse = LocalResponse { constant: 2.0, neighbours: 5, scale: 1e-4, exponent: 0.75 };

    /// Of responses `[rows, channels, height, width]`.
    pub fn normalise(&self, responses: &Tensor) -> Tensor {
        let (channels, radius) = (responses.size()[1], size(self.neighbours / 2));
        // The sum over neighbours is a convolution of one pixel whose weights are a band of ones. Its gradient, unlike that
        // of a pooling over channels, has one order of additions on every device.
        let band =
            Tensor::ones([channels, channels], (responses.kind(), responses.device())).tril(radius).triu(-radius);
        let band = band.view([channels, channels, 1, 1]);
        let sums = responses.square().conv2d(&band, None::<&Tensor>, [1, 1], [0, 0], [1, 1], 1);
        responses * (sums * self.scale + self.constant).pow_tensor_scalar(-self.exponent)
    }
}

/// The maximum of each 2 x 2 pixels of `[rows, channels, height, width]`; the last of an odd side is left out.
pub fn pool(input: &Tensor) -> Tensor {
    // libtorch's own maxima add up their gradients in any order on CUDA.
    let shape = input.size();
    let (height, width) = (shape[2] / 2, shape[3] / 2);
    let even = input.narrow(2, 0, 2 * height).narrow(3, 0, 2 * width);
    even.reshape([shape[0], shape[1], height, 2, width, 2]).amax([3, 5], false)
}

/// Blocks of convolution, ReLU, local response normalisation and pooling.
#[derive(Debug)]
pub struct Convolutions {
    layers: Vec<Layer>,
    /// Height and width of what comes in.
    image: [i64; 2],
}

#[derive(Debug)]
struct Layer {
    block: Block,
    /// `[outputs, inputs · kernel rows · kernel columns]`
    weight: Tensor,
    /// `[outputs]`
    bias: Tensor,
}

impl Convolutions {
    /// For images of this height and width, with weights from `source`: block i is the part `<part>.<i>`, a linear map
    /// of 9 pixels of each input channel, and its first weights are those of one.
    pub fn build(part: &str, image: [usize; 2], source: &mut Source<'_>) -> Option<Convolutions> {
        let layer = |(i, block): (usize, Block)| {
            let inputs = block.inputs * KERNEL * KERNEL;
            let (weight, bias) = source(&format!("{part}.{i}"), inputs, block.outputs, First::He)?;
            Some(Layer { block, weight: weight.set_requires_grad(true), bias: bias.set_requires_grad(true) })
        };
        let layers = vae_encoder::blocks(image).into_iter().enumerate().map(layer).collect::<Option<Vec<_>>>()?;
        Some(Convolutions { layers, image: image.map(size) })
    }

    /// `[rows, height · width]` to `[rows, features]` ([`vae_encoder::features`]).
    pub fn forward(&self, rows: &Tensor) -> Tensor {
        let [height, width] = self.image;
        let images = rows.reshape([-1, 1, height, width]);
        self.layers.iter().fold(images, |input, layer| layer.forward(&input)).flatten(1, 3)
    }

    /// Weight and bias of each block, in order, sharing memory with the network.
    pub fn parameters(&self) -> Vec<Tensor> {
        self.layers.iter().flat_map(|layer| [layer.weight.shallow_clone(), layer.bias.shallow_clone()]).collect()
    }
}

impl Layer {
    /// `[rows, channels, height, width]` to the same with other sizes.
    fn forward(&self, input: &Tensor) -> Tensor {
        let (kernel, around) = (size(KERNEL), size(KERNEL / 2));
        let weight = self.weight.view([size(self.block.outputs), size(self.block.inputs), kernel, kernel]);
        let responses = input.conv2d(&weight, Some(&self.bias), [1, 1], [around, around], [1, 1], 1).relu_();
        let normal = LocalResponse::ALEXNET.normalise(&responses);
        if self.block.pools { pool(&normal) } else { normal }
    }
}
