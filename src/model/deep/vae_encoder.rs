//! What encodes a view of the variational autoencoders: dense layers alone (`mlp`), or for views that are images the
//! kind of network that ATT-VAE's paper (Lu) names for them, AlexNet (Krizhevsky, Sutskever and Hinton, NIPS 2012), before
//! the dense layers (`alexnet`). Its two equations, with responses A of a convolution after ReLU:
//!
//! 1. convolution: `(I * K)(x, y) = Σ_{i=-a}^{a} Σ_{j=-b}^{b} I(x + i, y + j) K(i, j)`, summed over input channels;
//! 2. local response normalisation: `R(x, y, k) = A(x, y, k) / (κ + α Σ_i A(x, y, i)²)^β`, i from `max(0, k - n/2)` to
//!    `min(N - 1, k + n/2)` of N channels.
//!
//! The paper gives no values; κ = 2, n = 5, α = 1e-4, β = ¾ are AlexNet's. α stands before the *sum*, as in both papers:
//! PyTorch's `LocalResponseNorm` divides it by n.
//!
//! AlexNet is made for 224 x 224 pixels in three colours. Here, for small images of one channel, there are three blocks of
//! convolution (3 x 3, stride 1, zeros around the image; 32, 64 and 64 channels), ReLU, normalisation and the maximum of
//! 2 x 2 pixels. A block whose smaller side is below 4 keeps its size, so that 8 x 8, 16 x 16 and 28 x 28 pixels end as
//! 2 x 2, 2 x 2 and 3 x 3; an odd side loses its last row or column. AlexNet's maxima overlap, it drops units out, and it
//! normalises the first two blocks only. What comes out is flattened for `layers`. The decoder is that of `mlp`.
//!
//! Kernels start from He's uniform weights (He et al., ICCV 2015), biases from 0: from Xavier's, or AlexNet's Gaussian of
//! .01, what comes out shrinks from block to block, and the code says nothing for more epochs than pretraining has.
//!
//! It learns more slowly than dense layers: on 8 x 8 digits the error that those reach in 30 epochs of pretraining takes
//! it 100, each of about five times the time. Raise `pretrain-epochs`.
//!
//! With these constants the denominator hardly departs from 2^¾ for responses near 1: the normalisation is then little
//! more than a factor of .59.
//!
//! No data set says what its images' sides are, and a square number of columns says nothing (two of the paper's four sets
//! have views of 1024 ready-made features), so `image-size` must be given.

use crate::parameter::Domain;

crate::parameters! {
    /// What encodes each view.
    pub struct Params {
        /// What encodes a view: dense layers, or convolutions with local response normalisation before them, which are for
        /// images and do not apply to ready-made feature vectors. The decoder is dense either way.
        encoder: String = MLP.to_owned(), Domain::OneOf(&[MLP, ALEXNET]);
        /// Height and width in pixels of the images that each view's rows are, row by row, one channel; `alexnet` needs
        /// it, and does not apply to a view with other columns.
        image_size: Option<Vec<usize>> = None, Domain::AtLeast(1.0);
    }
}

const MLP: &str = "mlp";
const ALEXNET: &str = "alexnet";

/// Channels after each block.
const CHANNELS: [usize; 3] = [32, 64, 64];

/// Rows and columns of a kernel.
pub const KERNEL: usize = 3;

/// One block of convolution, ReLU, normalisation and perhaps pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Channels that come in.
    pub inputs: usize,
    /// Channels that go out.
    pub outputs: usize,
    /// Pixels that come in: rows, columns.
    pub image: [usize; 2],
    /// Whether each 2 x 2 pixels become one.
    pub pools: bool,
}

/// The blocks for images of this height and width.
pub fn blocks(mut image: [usize; 2]) -> [Block; CHANNELS.len()] {
    let mut inputs = 1;
    CHANNELS.map(|outputs| {
        let block = Block { inputs, outputs, image, pools: image[0].min(image[1]) >= 4 };
        (inputs, image) = (outputs, block.left());
        block
    })
}

/// Numbers a row that the blocks make of images of this height and width.
pub fn features(image: [usize; 2]) -> usize {
    let [.., last] = blocks(image);
    last.left().iter().fold(last.outputs, |product, &side| product.saturating_mul(side))
}

impl Block {
    /// Pixels that go out: rows, columns.
    pub fn left(&self) -> [usize; 2] {
        if self.pools { self.image.map(|side| side / 2) } else { self.image }
    }
}

impl Params {
    /// Height and width of the images, where the encoder takes its rows as such.
    pub fn image(&self) -> Option<[usize; 2]> {
        let size = self.image_size.as_deref().filter(|_| self.encoder == ALEXNET)?;
        size.try_into().ok()
    }

    /// The same network, whatever was said that does not matter to it.
    #[must_use]
    pub fn effective(&self) -> Self {
        let image_size = self.image_size.clone().filter(|_| self.encoder == ALEXNET);
        Params { image_size, ..self.clone() }
    }

    /// Whether the images' sides are said where they matter.
    ///
    /// # Errors
    /// The parameter at fault and what was expected.
    pub fn check(&self) -> Result<(), (String, String)> {
        let what = match self.image_size.as_deref() {
            None if self.encoder == ALEXNET => {
                "`encoder = \"alexnet\"` is for images and needs their height and width, like `[28, 28]`; it does not \
                 apply to ready-made feature vectors"
                    .to_owned()
            }
            Some(size) if size.len() != 2 => {
                format!("expected height and width, like `[28, 28]`, found {} numbers", size.len())
            }
            _ => return Ok(()),
        };
        Err(("image-size".to_owned(), what))
    }

    /// Whether a view of so many columns can be encoded.
    ///
    /// # Errors
    /// What does not fit, for a person.
    pub fn accepts(&self, view: &str, columns: usize) -> Result<(), String> {
        let Some([height, width]) = self.image() else { return Ok(()) };
        if height.checked_mul(width) == Some(columns) {
            return Ok(());
        }
        Err(format!(
            "view `{view}` has {columns} columns and so no images of {height} x {width} pixels (`image-size`): \
             `encoder = \"alexnet\"` does not apply to ready-made feature vectors"
        ))
    }

    /// Multiplications that the convolutions of a row with so many columns in all views take.
    #[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
    pub fn multiplications(&self, columns: usize) -> f64 {
        let Some(image) = self.image() else { return 0.0 };
        let [height, width] = image.map(|side| side as f64);
        let pixels = |block: &Block| block.image.iter().map(|&side| side as f64).product::<f64>();
        let each = |block: &Block| pixels(block) * (KERNEL * KERNEL * block.inputs * block.outputs) as f64;
        columns as f64 / (height * width) * blocks(image).iter().map(each).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alexnet(image_size: Option<Vec<usize>>) -> Params {
        Params { encoder: ALEXNET.to_owned(), image_size }
    }

    #[test]
    fn small_images_stay_large_enough() {
        let left = |side: usize| blocks([side, side]).map(|block| block.left()[0]);
        assert_eq!(left(28), [14, 7, 3]);
        assert_eq!(left(16), [8, 4, 2]);
        assert_eq!(left(8), [4, 2, 2]);
        assert_eq!(left(1), [1, 1, 1]);
        assert_eq!([[28, 28], [8, 8], [16, 15]].map(features), [576, 256, 768]);
        assert_eq!(blocks([8, 8]).map(|block| (block.inputs, block.outputs)), [(1, 32), (32, 64), (64, 64)]);
    }

    #[test]
    fn the_sides_are_asked_for_where_they_matter() {
        assert_eq!(Params::default().check(), Ok(()));
        assert_eq!(alexnet(Some(vec![8, 8])).check(), Ok(()));
        for (wrong, expected) in
            [(None, "needs their height and width"), (Some(vec![64]), "1 numbers"), (Some(vec![1; 3]), "3 numbers")]
        {
            let (name, what) = alexnet(wrong).check().expect_err("refused");
            assert_eq!(name, "image-size");
            assert!(what.contains(expected), "{what}");
        }
        let unused = Params { image_size: Some(vec![8, 8]), ..Params::default() };
        assert_eq!((unused.image(), unused.effective().image_size), (None, None));
    }

    #[test]
    fn what_has_other_columns_is_no_image() {
        assert_eq!(alexnet(Some(vec![4, 16])).accepts("x", 64), Ok(()));
        assert_eq!(Params::default().accepts("x", 63), Ok(()));
        let what = alexnet(Some(vec![8, 8])).accepts("gist", 63).expect_err("refused");
        assert!(what.contains("`gist` has 63 columns") && what.contains("ready-made feature vectors"), "{what}");
        assert!(alexnet(Some(vec![usize::MAX, 2])).accepts("x", 64).is_err());
    }

    #[test]
    fn two_views_are_twice_the_work() {
        let one = 9.0 * (64.0 * 32.0 + 16.0 * 32.0 * 64.0 + 4.0 * 64.0 * 64.0);
        let params = alexnet(Some(vec![8, 8]));
        assert_eq!(
            [64, 128].map(|columns| params.multiplications(columns).to_bits()),
            [one, 2.0 * one].map(f64::to_bits)
        );
        assert_eq!(Params::default().multiplications(64).to_bits(), 0.0_f64.to_bits());
    }
}
