//! Bundled arrays: each file is an NPZ file whose tables are the views and whose `y` holds the classes.

use super::{DIGITS_FILE, File, GLASS_FILE, HANDWRITTEN_FILE, IONOSPHERE_FILE, LEAVES_FILE, WINE_FILE, checksum, spec};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, npz};
use crate::parameter::Values;

/// The kind of one file.
macro_rules! arrays {
    ($(#[$meta:meta])* $name:ident, $file:ident, $kind:literal, $about:literal, $reference:literal) => {
        $(#[$meta])*
        pub static $name: DatasetSpec = spec(
            $kind,
            $about,
            $reference,
            Vec::new,
            |_: &Values, _: &Places| checksum(&[&$file]),
            |_: &Values, _: &Places| read(&$file),
        );
    };
}

arrays!(
    /// The kind `digits`.
    DIGITS,
    DIGITS_FILE,
    "digits",
    "UCI optical digits, bundled: 1,797 images of 8 x 8 pixels, ten classes",
    "Alpaydin and Kaynak 1998, UCI machine learning repository, CC BY 4.0"
);
arrays!(
    /// The kind `handwritten`.
    HANDWRITTEN,
    HANDWRITTEN_FILE,
    "handwritten",
    "UCI multiple features, bundled: 2,000 handwritten digits in six views (fac, fou, kar, mor, pix, zer), ten classes",
    "Duin 1998, UCI machine learning repository, CC BY 4.0"
);
arrays!(
    /// The kind `100leaves`.
    LEAVES,
    LEAVES_FILE,
    "100leaves",
    "UCI plant leaves, bundled: 1,600 leaves in three views (margin, shape, texture), 100 species",
    "Mallah, Cope and Orwell 2013, UCI machine learning repository, CC BY 4.0"
);
arrays!(
    /// The kind `glass-outliers`.
    GLASS_OUTLIERS,
    GLASS_FILE,
    "glass-outliers",
    "UCI glass identification as an outlier table, bundled: 214 rows, 9 outliers",
    "German 1987, UCI machine learning repository, CC BY 4.0; as in ADBench (Han et al. 2022)"
);
arrays!(
    /// The kind `wine-outliers`.
    WINE_OUTLIERS,
    WINE_FILE,
    "wine-outliers",
    "UCI wine as an outlier table, bundled: 129 rows, 10 outliers",
    "Aeberhard and Forina 1992, UCI machine learning repository, CC BY 4.0; as in ADBench (Han et al. 2022)"
);
arrays!(
    /// The kind `ionosphere-outliers`.
    IONOSPHERE_OUTLIERS,
    IONOSPHERE_FILE,
    "ionosphere-outliers",
    "UCI ionosphere as an outlier table, bundled: 351 rows, 126 outliers",
    "Sigillito et al. 1989, UCI machine learning repository, CC BY 4.0; as in ADBench (Han et al. 2022)"
);

fn read(file: &File) -> Result<Dataset, DatasetError> {
    npz::read(file.bytes, file.name, &npz::Params::default())
}
