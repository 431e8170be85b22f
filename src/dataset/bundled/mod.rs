//! Data that are built into the programs: found wherever gridbook is started, whatever became of the clone. Sources,
//! licences and changes: `experiments/data/README.md`; `scripts/data/bundle.py` made the files.

mod arrays;
mod tables;
#[cfg(test)]
mod tests;
mod texts;

use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places};
use crate::parameter::{ParameterSpec, Values};

pub use arrays::{DIGITS, GLASS_OUTLIERS, HANDWRITTEN, IONOSPHERE_OUTLIERS, LEAVES, WINE_OUTLIERS};
pub use tables::{AMERICAN_29, POLISH_5YEAR, VOTE};
pub use texts::{FUSION_SEMISYNTHETIC, MCRLS_SENTENCES};

/// A file of `experiments/data`.
struct File {
    name: &'static str,
    bytes: &'static [u8],
}

/// Declares each file, and the list of all for the tests.
macro_rules! files {
    ($($name:ident = $path:literal;)*) => {
        $(static $name: File =
            File { name: $path, bytes: include_bytes!(concat!("../../../experiments/data/", $path)) };)*
        #[cfg(test)]
        static FILES: &[&File] = &[$(&$name),*];
    };
}

files! {
    DIGITS_FILE = "digits.npz";
    HANDWRITTEN_FILE = "handwritten.npz";
    LEAVES_FILE = "100leaves.npz";
    GLASS_FILE = "glass-outliers.npz";
    WINE_FILE = "wine-outliers.npz";
    IONOSPHERE_FILE = "ionosphere-outliers.npz";
    AMERICAN_FILE = "american-29.csv.gz";
    POLISH_FILE = "polish-5year.csv.gz";
    VOTE_FILE = "vote.csv";
    SENTENCES_FILE = "mcrls-sentences.csv.gz";
    FUSION_FILE = "fusion-semisynthetic.npz";
}

/// Hash over the files that decide the content.
#[expect(clippy::unnecessary_wraps, reason = "the signature of every kind's checksum")]
fn checksum(files: &[&File]) -> Result<Option<String>, DatasetError> {
    let mut hasher = blake3::Hasher::new();
    files.iter().for_each(|file| {
        hasher.update(file.bytes);
    });
    Ok(Some(format!("blake3:{}", hasher.finalize().to_hex())))
}

/// A bundled kind of the first revision.
const fn spec(
    kind: &'static str,
    about: &'static str,
    reference: &'static str,
    parameters: fn() -> Vec<ParameterSpec>,
    checksum: fn(&Values, &Places) -> Result<Option<String>, DatasetError>,
    load: fn(&Values, &Places) -> Result<Dataset, DatasetError>,
) -> DatasetSpec {
    DatasetSpec { kind, about, reference, stands_in_for: None, revision: 1, parameters, locations: &[], checksum, load }
}
