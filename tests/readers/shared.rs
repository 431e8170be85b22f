//! Every NPZ, MAT, IDX and NPY file of the shared data: shape, classes and missing cells as its README says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gridbook::dataset::{Dataset, Description, Places, describe, find};
use gridbook::value::Value;

fn shared() -> PathBuf {
    // When it was built, as `no_shared` is.
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared"))
}

/// File, rows, columns of each view, classes. No cell of any is missing.
type Row = (&'static str, usize, &'static [usize], usize);

/// The README's table of multi-view sets: the MAT file, and the NPZ file beside it.
const MULTIVIEW: &[(&str, Row)] = &[
    ("100leaves/100Leaves.mat", ("100leaves/100leaves.npz", 1600, &[64, 64, 64], 100)),
    ("3sources/3-sources.mat", ("3sources/3sources.npz", 169, &[3560, 3631, 3068], 6)),
    ("bbcsport/BBCSport.mat", ("bbcsport/bbcsport.npz", 544, &[3183, 3203], 5)),
    ("cub10/cub_googlenet_doc2vec_c10.mat", ("cub10/cub10.npz", 600, &[1024, 300], 10)),
    ("handwritten6/Handwritten.mat", ("handwritten6/handwritten6.npz", 2000, &[216, 76, 64, 6, 240, 47], 10)),
    ("hw2sources/HW2sources.mat", ("hw2sources/hw2sources.npz", 2000, &[784, 256], 10)),
    ("msrc-v1/MSRC_v1.mat", ("msrc-v1/msrc-v1.npz", 210, &[24, 576, 512, 256, 254], 7)),
    ("ngs/NGs.mat", ("ngs/ngs.npz", 500, &[2000, 2000, 2000], 5)),
    ("prokaryotic/Prokaryotic.mat", ("prokaryotic/prokaryotic.npz", 551, &[393, 3, 438], 4)),
    ("reuters1200/Reuters-1200.mat", ("reuters1200/reuters1200.npz", 1200, &[2000; 5], 6)),
    ("scene15/Scene-15.mat", ("scene15/scene15.npz", 4485, &[20, 59, 40], 15)),
    ("webkb2/WebKB.mat", ("webkb2/webkb2.npz", 1051, &[1840, 3000], 2)),
];

/// The other files that need to be told nothing.
const OTHERS: &[Row] = &[
    ("images/digits8x8/digits.npz", 1797, &[64], 10),
    ("images/mnist/t10k-images-idx3-ubyte.gz", 10_000, &[784], 10),
    ("images/mnist/train-images-idx3-ubyte.gz", 60_000, &[784], 10),
    ("tabular-clustering/letter.npz", 20_000, &[16], 26),
    ("tabular-clustering/penbased.npz", 10_992, &[16], 10),
    ("tabular-clustering/satimage.npz", 6435, &[36], 6),
    ("tabular-clustering/texture.npz", 5500, &[40], 11),
    ("outliers/2_annthyroid.npz", 7200, &[6], 2),
    ("outliers/4_breastw.npz", 683, &[9], 2),
    ("outliers/6_cardio.npz", 1831, &[21], 2),
    ("outliers/7_Cardiotocography.npz", 2114, &[21], 2),
    ("outliers/12_fault.npz", 1941, &[27], 2),
    ("outliers/14_glass.npz", 214, &[7], 2),
    ("outliers/18_Ionosphere.npz", 351, &[32], 2),
    ("outliers/20_letter.npz", 1600, &[32], 2),
    ("outliers/21_Lymphography.npz", 148, &[18], 2),
    ("outliers/23_mammography.npz", 11_183, &[6], 2),
    ("outliers/26_optdigits.npz", 5216, &[64], 2),
    ("outliers/28_pendigits.npz", 6870, &[16], 2),
    ("outliers/31_satimage-2.npz", 5803, &[36], 2),
    ("outliers/35_SpamBase.npz", 4207, &[57], 2),
    ("outliers/37_Stamps.npz", 340, &[9], 2),
    ("outliers/38_thyroid.npz", 3772, &[6], 2),
    ("outliers/40_vowels.npz", 1456, &[12], 2),
    ("outliers/42_WBC.npz", 223, &[9], 2),
    ("outliers/45_wine.npz", 129, &[13], 2),
];

/// Files that hold labels alone, or two sets.
const TOLD: &[&str] =
    &["images/mnist/t10k-labels-idx1-ubyte.gz", "images/mnist/train-labels-idx1-ubyte.gz", "images/usps/usps.npz"];

fn described(path: &Path) -> Description {
    describe(path).unwrap_or_else(|error| panic!("{error}"))
}

fn check(path: &Path, (_, rows, columns, classes): Row) {
    let found = described(path);
    let shown = path.display();
    assert_eq!(found.rows, rows, "{shown}");
    assert_eq!(found.views.iter().map(|view| view.columns).collect::<Vec<_>>(), columns, "{shown}");
    assert!(found.views.iter().all(|view| view.missing == 0), "{shown}");
    assert_eq!(found.labels.map(|labels| labels.classes), Some(classes), "{shown}");
}

/// Loads the suggested block.
fn load(path: &Path) -> Dataset {
    let block: toml::Table = toml::from_str(&described(path).suggested).expect("TOML");
    let block = &block["dataset"][0];
    let text = |key: &str| block.get(key).and_then(toml::Value::as_str).map(|text| Value::Text(text.to_owned()));
    let values = ["path", "labels", "orientation"].into_iter();
    let values = values.filter_map(|key| Some((key.to_owned(), text(key)?))).collect();
    let places = Places { base: "".into(), data: "".into() };
    let kind = block["kind"].as_str().expect("a kind");
    (find(kind).expect(kind).load)(&values, &places).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_shared_file_holds_what_its_readme_says() {
    let data = shared().join("data");
    OTHERS.iter().for_each(|row| check(&data.join(row.0), *row));
    for (mat, row) in MULTIVIEW {
        check(&data.join("multiview").join(row.0), *row);
        check(&data.join("multiview").join(mat), *row);
    }
}

/// The NPZ files beside the MAT files hold the same numbers in single precision and the same classes from 0.
#[test]
fn mat_files_hold_the_numbers_of_the_npz_files_beside_them() {
    let folder = shared().join("data/multiview");
    for (mat, (npz, ..)) in MULTIVIEW {
        let (mat, npz) = (load(&folder.join(mat)), load(&folder.join(npz)));
        let codes = |data: &Dataset| data.labels.as_ref().map(|labels| labels.codes.clone());
        assert_eq!(codes(&mat), codes(&npz));
        for (mat, npz) in mat.views.iter().zip(&npz.views) {
            #[expect(clippy::cast_possible_truncation, reason = "as the file was written")]
            let same = mat.values.iter().zip(&npz.values).all(|(double, single)| *double as f32 == *single as f32);
            assert!(same && mat.values.dim() == npz.values.dim(), "{} {}", mat.name, npz.name);
        }
    }
}

#[test]
fn two_sets_in_one_file_are_named() {
    let places = Places { base: shared().join("data"), data: "".into() };
    for (part, rows) in [("train", 7291), ("test", 2007)] {
        let text = |text: String| Value::Text(text);
        let values = [
            ("path", text("images/usps/usps.npz".to_owned())),
            ("views", text(format!("x_{part}"))),
            ("labels", text(format!("y_{part}"))),
        ];
        let values = values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let data = (find("npz").expect("npz").load)(&values, &places).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((data.views[0].values.dim(), data.classes()), ((rows, 256), Some(10)));
        assert_eq!(data.views[0].missing(), 0);
    }
}

/// A file that is new in the folder belongs into the tables above.
#[test]
fn no_file_is_left_out() {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                walk(&path, root, found);
            } else if [".npz", ".npy", ".mat", ".idx", "-ubyte", "-ubyte.gz", ".idx.gz"]
                .iter()
                .any(|e| name.ends_with(e))
            {
                found.insert(name);
            }
        }
    }
    let mut found = BTreeSet::new();
    for folder in ["data", "oracles/weka/data"] {
        let root = shared().join(folder);
        walk(&root, &root, &mut found);
    }
    let multiview = MULTIVIEW.iter().flat_map(|(mat, row)| [mat, &row.0].map(|name| format!("multiview/{name}")));
    let others = OTHERS.iter().map(|row| row.0).chain(TOLD.iter().copied()).map(str::to_owned);
    assert_eq!(found, multiview.chain(others).collect());
}
