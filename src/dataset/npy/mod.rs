//! One array that NumPy wrote with `save`; the labels may lie in a second file.

pub mod format;

use ndarray::Array2;

use crate::dataset::budget::Budget;
use crate::dataset::file::{self, LABELS, PATH};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, table};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;

parameters! {
    /// How an NPY file is read.
    pub struct Params {
        /// The file of the features, rows x columns; further axes become columns.
        path: String = String::new(), Domain::Any;
        /// The file of the classes, one a row: numbers or text; left out, there are none.
        labels: Option<String> = None, Domain::Any;
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "npy",
    about: "one array of NumPy's save: whole numbers, booleans and floats; labels in a second file, also as text",
    reference: "NumPy's NPY format, version 1 to 3",
    stands_in_for: None,
    revision: 1,
    parameters: Params::specs,
    locations: &[PATH, LABELS],
    checksum: file::checksum_with_labels,
    load,
};

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params: Params = file::params(values)?;
    let path = file::path(values)?;
    let bytes = file::raw(path, places)?;
    let labels = params.labels.as_deref().map(|path| Ok((path, file::raw_at(LABELS, path, places)?))).transpose()?;
    read(&bytes, path, labels.as_ref().map(|(path, bytes)| (*path, bytes.as_slice())))
}

/// Reads the bytes of a file, and those of its labels with their path; paths are for messages.
///
/// # Errors
/// They are damaged, or do not fit each other.
pub fn read(mut bytes: &[u8], path: &str, labels: Option<(&str, &[u8])>) -> Result<Dataset, DatasetError> {
    let budget = &mut Budget::of(bytes.len());
    let whole = |(shape, values): (Vec<usize>, Array2<f64>)| check(&shape, &values).map(|()| values);
    let values = format::numbers(&mut bytes, budget).and_then(whole);
    let view = values.and_then(|values| table::view("x".to_owned(), values, budget));
    let view = view.map_err(|what| file::error(path, what))?;
    let labels = labels.map(|(path, mut bytes)| {
        let budget = &mut Budget::of(bytes.len());
        format::labels(&mut bytes, "labels", view.values.nrows(), budget)
            .map_err(|what| file::error_at(LABELS, path, what))
    });
    let labels = labels.transpose()?;
    Ok(Dataset::new(vec![view], labels))
}

/// Checks that an array can be a view.
///
/// # Errors
/// It has no columns, or an infinite cell.
pub fn check(shape: &[usize], values: &Array2<f64>) -> Result<(), String> {
    match shape.len() {
        0 => Err("is a single number; a view has at least 2 axes, rows and columns".to_owned()),
        1 => Err("has 1 axis; a view has at least 2, rows and columns: `.reshape(-1, 1)` makes one column".to_owned()),
        _ => table::finite(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use ndarray::{Array, Array0, Array1, Dimension, array};
    use ndarray_npy::{WritableElement, WriteNpyExt};

    fn bytes<T: WritableElement, D: Dimension>(values: &Array<T, D>) -> Vec<u8> {
        let mut bytes = Vec::new();
        values.write_npy(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn features_and_labels_in_two_files() {
        let features = bytes(&array![[1.0_f32, f32::NAN], [3.0, 4.0], [5.0, 6.0]]);
        let classes = bytes(&array![[2_i64], [1], [2]]);
        let data = read(&features, "x.npy", Some(("y.npy", &classes))).expect("reads");
        assert_eq!((data.rows(), data.views[0].missing()), (3, 1));
        let labels = data.labels.expect("labels");
        assert_eq!((labels.classes, labels.codes), (vec!["1".to_owned(), "2".to_owned()], vec![1, 0, 1]));
        assert_eq!(read(&features, "x.npy", None).expect("reads").labels, None);
        let images = read(&bytes(&Array::<u8, _>::zeros((4, 2, 3))), "x.npy", None).expect("reads");
        assert_eq!(images.views[0].values.dim(), (4, 6));
    }

    #[test]
    fn what_does_not_fit_names_its_file() {
        let error = |x: &[u8], y: Option<&[u8]>| read(x, "x.npy", y.map(|y| ("y.npy", y))).expect_err("refused");
        assert!(error(&bytes(&Array0::<f64>::zeros(())), None).to_string().contains("`x.npy`: is a single number"));
        assert!(error(&bytes(&Array1::<f64>::zeros(3)), None).to_string().contains("`.reshape(-1, 1)`"));
        assert!(error(b"", None).to_string().contains("`x.npy`: ends too early"));
        let table = bytes(&array![[1.0], [2.0]]);
        let labels = error(&table, Some(&bytes(&array![1, 2, 3])));
        assert!(matches!(&labels, DatasetError::File { key, message }
            if key == "labels" && message == "`y.npy`: has 3 labels for 2 rows"));
        assert!(error(&table, Some(&table[..20])).to_string().starts_with("`y.npy`: "));
        let square = bytes(&array![[1, 2], [3, 4]]);
        assert!(error(&table, Some(&square)).to_string().contains("has the shape [2, 2]; labels are one a row"));
        assert!(error(&bytes(&array![[f64::INFINITY]]), None).to_string().contains("inf in row 0, column 0"));
    }

    #[test]
    fn both_files_decide_the_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { base: folder.path().to_owned(), data: "".into() };
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("x.npy", &bytes(&array![[1.0], [2.0]]));
        write("y.npy", &bytes(&array![0, 1]));
        let mut values = Values::from([(PATH.to_owned(), Value::Text("x.npy".to_owned()))]);
        let sum = |values: &Values| (SPEC.checksum)(values, &places).expect("there").expect("a checksum");
        let alone = sum(&values);
        values.insert(LABELS.to_owned(), Value::Text("y.npy".to_owned()));
        let both = sum(&values);
        assert_ne!(alone, both);
        assert_eq!(load(&values, &places).expect("reads").classes(), Some(2));
        write("y.npy", &bytes(&array![1, 0]));
        assert_ne!(sum(&values), both);
        values.insert(LABELS.to_owned(), Value::Text("z.npy".to_owned()));
        let missing = (SPEC.checksum)(&values, &places).expect_err("missing");
        assert!(
            matches!(&missing, DatasetError::File { key, message } if key == "labels" && message.contains("z.npy"))
        );
    }
}
