//! Arrays that NumPy wrote with `savez` or `savez_compressed`.

use crate::dataset::archive::Archive;
use crate::dataset::names::ViewNames;
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, View, file, guess, npy, table};
use crate::diagnostic::nearest;
use crate::parameter::{Domain, Parameters, Values, quoted};
use crate::parameters;

parameters! {
    /// How an NPZ file is read.
    pub struct Params {
        /// The file.
        path: String = String::new(), Domain::Any;
        /// The array that holds the classes; left out, `y` where there is one.
        labels: Option<String> = None, Domain::Any;
        /// The arrays that are views: a list, or names of our own like `{ gist = "view0" }`; left out, every
        /// other table that is not named like labels.
        views: ViewNames = ViewNames(Vec::new()), Domain::Any;
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "npz",
    about: "arrays of NumPy's savez, each a view: whole numbers, booleans and floats; labels also as text",
    reference: "NumPy's NPY format, version 1 to 3",
    stands_in_for: None,
    revision: 1,
    parameters: Params::specs,
    locations: &["path"],
    checksum: file::checksum,
    load,
};

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params: Params = file::params(values)?;
    let path = file::path(values)?;
    read(&file::raw(path, places)?, path, &params)
}

/// Reads the bytes of a file; `path` is for messages.
///
/// # Errors
/// They are damaged, or do not hold what `params` name.
pub fn read(bytes: &[u8], path: &str, params: &Params) -> Result<Dataset, DatasetError> {
    let mut archive = Archive::open(bytes, path)?;
    let names = archive.names.clone();
    let labels_name = match &params.labels {
        Some(name) => Some(known(&names, "labels", name)?.clone()),
        None => names.iter().find(|name| *name == DEFAULT_LABELS).cloned(),
    };
    let wanted =
        if params.views.0.is_empty() { tables(&mut archive, labels_name.as_ref())? } else { params.views.0.clone() };
    let mut views = Vec::new();
    for (ours, array) in wanted {
        known(&names, "views", &array)?;
        views.push(view(&mut archive, ours, &array)?);
    }
    let Some(rows) = views.first().map(|view: &View| view.values.nrows()) else {
        return Err(file::error(path, "holds no table of at least 2 axes beside the labels"));
    };
    for view in &views {
        if view.values.nrows() != rows {
            let message =
                format!("view `{}` has {} rows, `{}` has {rows}", view.name, view.values.nrows(), views[0].name);
            return Err(file::error(path, message));
        }
    }
    table::distinct(&views).map_err(|what| file::error(path, what))?;
    let labels = labels_name.map(|name| archive.labels(&name, rows)).transpose()?;
    Ok(Dataset::new(views, labels))
}

/// Arrays that are views where none is named: every table but those that are named like labels, whether or not they
/// are the labels. A forgotten `labels` must not hand the classes to the models. Lists (row numbers, names) are none.
fn tables(archive: &mut Archive<'_>, labels: Option<&String>) -> Result<Vec<(String, String)>, DatasetError> {
    let mut tables = Vec::new();
    for name in archive.names.clone() {
        if Some(&name) != labels && !guess::named_like_labels(&name) && archive.header(&name)?.shape.len() > 1 {
            tables.push((name.clone(), name));
        }
    }
    Ok(tables)
}

/// The array that holds the classes where none is named.
pub const DEFAULT_LABELS: &str = "y";

fn known<'n>(names: &'n [String], key: &str, name: &str) -> Result<&'n String, DatasetError> {
    names.iter().find(|known| *known == name).ok_or_else(|| DatasetError::Parameter {
        key: key.to_owned(),
        message: format!("no array is called `{name}`; there are {}", quoted(names)),
        suggestion: nearest(name, names.iter().map(String::as_str)).map(str::to_owned),
    })
}

/// `[rows, ...]` flattened to `[rows, columns]`.
fn view(archive: &mut Archive<'_>, name: String, array: &str) -> Result<View, DatasetError> {
    let (shape, values) = archive.array(array)?;
    npy::check(&shape, &values)
        .and_then(|()| table::view(name, values, &mut archive.budget))
        .map_err(|what| file::error(archive.path, format!("array `{array}` {what}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Parameter;
    use crate::value::Value;
    use ndarray::{Array, Array1, Dimension, ShapeBuilder, array};
    use ndarray_npy::{NpzWriter, WritableElement};
    use proptest::prelude::*;
    use std::io::Cursor;

    fn writer() -> NpzWriter<Cursor<Vec<u8>>> {
        NpzWriter::new_compressed(Cursor::new(Vec::new()))
    }

    fn bytes(writer: NpzWriter<Cursor<Vec<u8>>>) -> Vec<u8> {
        writer.finish().unwrap().into_inner()
    }

    fn file<T: WritableElement, D: Dimension>(name: &str, values: &Array<T, D>) -> Vec<u8> {
        let mut writer = writer();
        writer.add_array(name, values).unwrap();
        bytes(writer)
    }

    fn small() -> Vec<u8> {
        let mut writer = writer();
        writer.add_array("x", &array![[1.0, 2.0], [3.0, 4.0]]).unwrap();
        writer.add_array("y", &array![0_i32, 1]).unwrap();
        bytes(writer)
    }

    fn load_bytes(bytes: &[u8]) -> Result<Dataset, DatasetError> {
        read(bytes, "t.npz", &Params::default())
    }

    fn error(bytes: &[u8]) -> String {
        load_bytes(bytes).expect_err("refused").to_string()
    }

    #[test]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_lossless,
        reason = "one cast for all types; the numbers are at most 21"
    )]
    fn every_type_of_number_in_both_orders() {
        macro_rules! types {
            ($($type:ty),+) => {$({
                let values = Array::from_shape_fn((3, 2), |(i, j)| (10 * i + j) as $type);
                let want = values.mapv(|x| x as f64);
                assert_eq!(load_bytes(&file("x", &values)).expect("reads").views[0].values, want, stringify!($type));
                let mut fortran = Array::zeros((3, 2).f());
                fortran.assign(&values);
                assert!(!fortran.is_standard_layout());
                assert_eq!(load_bytes(&file("x", &fortran)).expect("reads").views[0].values, want, stringify!($type));
                let classes = array![2 as $type, 1 as $type, 2 as $type];
                let mut writer = writer();
                writer.add_array("x", &values).unwrap();
                writer.add_array("y", &classes).unwrap();
                let labels = load_bytes(&bytes(writer)).expect("reads").labels.expect("labels");
                assert_eq!((labels.classes, labels.codes), (vec!["1".to_owned(), "2".to_owned()], vec![1, 0, 1]));
            })+};
        }
        types!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);
        let flags = load_bytes(&file("x", &array![[true, false], [false, true]])).expect("reads");
        assert_eq!(flags.views[0].values, array![[1.0, 0.0], [0.0, 1.0]]);
    }

    #[test]
    fn more_axes_become_columns_in_the_order_of_c() {
        let mut images = Array::<u8, _>::zeros((2, 2, 2).f());
        images.assign(&Array::from_shape_fn((2, 2, 2), |(i, j, k)| u8::try_from(4 * i + 2 * j + k).unwrap()));
        let values = load_bytes(&file("x", &images)).expect("reads").views.remove(0).values;
        assert_eq!(values, array![[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]);
    }

    #[test]
    fn neither_classes_nor_lists_become_views_by_default() {
        let mut writer = writer();
        writer.add_array("X", &array![[1.0, 2.0], [3.0, 4.0]]).unwrap();
        writer.add_array("Y", &array![[1_u8], [2]]).unwrap();
        writer.add_array("rows", &array![0_i64, 1]).unwrap();
        let data = load_bytes(&bytes(writer)).expect("reads");
        assert_eq!(data.views.iter().map(|view| view.name.as_str()).collect::<Vec<_>>(), ["X"]);
        assert_eq!(data.labels, None, "only `y` is taken unasked");
    }

    #[test]
    fn views_whose_columns_would_share_a_name_are_refused_and_can_be_renamed() {
        let mut writer = writer();
        writer.add_array("a", &Array::<f64, _>::zeros((2, 11))).unwrap();
        writer.add_array("a1", &Array::<f64, _>::zeros((2, 1))).unwrap();
        let bytes = bytes(writer);
        assert!(error(&bytes).contains("are both called `a10`; give the views other names"), "{}", error(&bytes));
        let renamed = [("one", "a"), ("two", "a1")].map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()));
        let params = Params { views: ViewNames(renamed.to_vec()), ..Params::default() };
        assert_eq!(read(&bytes, "t.npz", &params).expect("reads").views.len(), 2);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(error(&file("x", &array![1.0, 2.0])).contains("no table of at least 2 axes"));
        let list = Params { views: ViewNames::from_value(&Value::Text("x".to_owned())).unwrap(), ..Params::default() };
        let named = read(&file("x", &array![1.0, 2.0]), "t.npz", &list).expect_err("refused").to_string();
        assert!(named.contains("has 1 axis"), "{named}");
        assert!(error(&file("x", &Array::<f64, _>::zeros((0, 3)))).contains("no rows"));
        assert!(error(&file("x", &Array::<f64, _>::zeros((3, 0)))).contains("no columns"));
        assert!(error(&file("y", &array![[1.0]])).contains("no table of at least 2 axes"));
        assert!(error(&file("x", &array![[1.0, f64::NEG_INFINITY]])).contains("-inf in row 0, column 1"));
        let with = |labels: Array1<f64>| {
            let mut writer = writer();
            writer.add_array("x", &array![[1.0], [2.0]]).unwrap();
            writer.add_array("y", &labels).unwrap();
            error(&bytes(writer))
        };
        assert!(with(array![1.0]).contains("array `y` has 1 labels for 2 rows"));
        assert!(with(array![1.0, f64::NAN]).contains("lacks the label of row 1"));
        assert!(with(array![1.0, 2_f64.powi(53)]).contains("too large"));
        let params = Params { labels: Some("Y".to_owned()), ..Params::default() };
        let unknown = read(&small(), "t.npz", &params).expect_err("refused");
        assert!(matches!(unknown, DatasetError::Parameter { suggestion: Some(near), .. } if near == "y"));
    }

    #[test]
    fn damaged_files() {
        for bytes in [b"".as_slice(), b"garbage", &[0; 4096], b"PK\x05\x06"] {
            assert!(error(bytes).starts_with("`t.npz`: "), "{bytes:?}");
        }
        let whole = small();
        for length in 0..whole.len() {
            let message = error(&whole[..length]);
            assert!(message.contains("not an NPZ file"), "{length}: {message}");
        }
        // A flipped bit makes the stream undecodable, is found by the archive's checksum, or changes no number.
        let values = Array::from_shape_fn((20, 20), |(i, j)| (i as u64 + 1).pow(2) * 7919 / (j as u64 + 1));
        let whole = file("x", &values);
        let want = load_bytes(&whole).expect("reads").views.remove(0).values;
        let mut found = 0;
        for place in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[place] ^= 4;
            match load_bytes(&flipped) {
                Ok(data) => assert_eq!(data.views[0].values, want, "byte {place}"),
                Err(_) => found += 1,
            }
        }
        assert!(found > whole.len() / 2, "{found} of {}", whole.len());
    }

    /// An archive of one member with this text as it stands, not packed.
    fn archive(member: &[u8]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("x.npy", zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, member).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_claim_of_two_to_the_sixty_rows_takes_no_memory() {
        for shape in ["(1152921504606846976, 1)", "(1152921504606846976, 0)", "(0, 1152921504606846976)"] {
            let dictionary = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
            let mut member = b"\x93NUMPY\x01\x00".to_vec();
            member.extend(u16::try_from(dictionary.len()).unwrap().to_le_bytes());
            member.extend(dictionary.bytes());
            assert!(error(&archive(&member)).starts_with("`t.npz`: array `x` "), "{shape}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Nothing that a damaged file holds makes the reader panic.
        #[test]
        fn changed_bytes_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
            let mut damaged = small();
            for (place, byte) in changes {
                let place = place.index(damaged.len());
                damaged[place] = byte;
            }
            let _ = load_bytes(&damaged);
            let _ = crate::dataset::guess::npz(&damaged, "t.npz");
        }

        #[test]
        fn changed_headers_never_panic(text in "[{}'(): ,0-9a-zTF<>|]{0,80}", data in proptest::collection::vec(any::<u8>(), 0..40)) {
            for text in [text.clone(), format!("{{'descr': '<f4', 'fortran_order': True, 'shape': ({text}), }}")] {
                let mut member = b"\x93NUMPY\x01\x00".to_vec();
                member.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
                member.extend(text.bytes());
                member.extend(&data);
                let _ = load_bytes(&archive(&member));
            }
        }
    }
}
