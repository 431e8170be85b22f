//! The bundled UCI optical digits: found wherever gridbook is started.

use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, npz};
use crate::parameter::Values;

/// 1,797 images of 8 x 8 pixels from 0 to 16, ten classes. Source and licence: `experiments/data/README.md`.
static BYTES: &[u8] = include_bytes!("../../experiments/data/digits.npz");

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "digits",
    about: "UCI optical digits, bundled: 1,797 images of 8 x 8 pixels, ten classes",
    reference: "Alpaydin and Kaynak 1998, UCI machine learning repository, CC BY 4.0",
    stands_in_for: None,
    revision: 1,
    parameters: Vec::new,
    locations: &[],
    checksum: |_: &Values, _: &Places| Ok(Some(format!("blake3:{}", blake3::hash(BYTES).to_hex()))),
    load,
};

fn load(_: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    npz::read(BYTES, "digits", &npz::Params::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_and_classes() {
        let places = Places { base: "".into(), data: "".into() };
        let data = load(&Values::new(), &places).expect("bundled");
        assert_eq!(data.views.len(), 1);
        assert_eq!(data.views[0].values.dim(), (1797, 64));
        assert_eq!(data.views[0].values.sum(), 561_718.0);
        let labels = data.labels.expect("labels");
        assert_eq!(labels.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        assert_eq!(labels.codes.iter().filter(|c| **c == 0).count(), 178);
    }

    #[test]
    fn the_documented_checksum_is_that_of_the_file() {
        let readme = include_str!("../../experiments/data/README.md");
        let hash = blake3::hash(BYTES).to_hex();
        assert!(readme.contains(hash.as_str()), "{hash}");
    }
}
