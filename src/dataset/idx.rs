//! The IDX files of MNIST, plain or gzip: images in one, labels in another.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;

use crate::dataset::budget::Budget;
use crate::dataset::classes::{Classes, one_a_row};
use crate::dataset::file::{self, LABELS, PATH};
use crate::dataset::number::{Number, Type};
use crate::dataset::table::{Table, exactly, finite, view};
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;

parameters! {
    /// How IDX files are read.
    pub struct Params {
        /// The file of the images or other features, n x h x w; `.gz` is unpacked.
        path: String = String::new(), Domain::Any;
        /// The file of the classes, one a row; left out, there are none.
        labels: Option<String> = None, Domain::Any;
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "idx",
    about: "images of MNIST's format (n x h x w become n rows of h w columns), plain or gzip; labels in a second file",
    reference: "LeCun, Cortes and Burges, THE MNIST DATABASE of handwritten digits, 1998",
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
pub fn read(bytes: &[u8], path: &str, labels: Option<(&str, &[u8])>) -> Result<Dataset, DatasetError> {
    let budget = &mut Budget::of(bytes.len());
    let (header, values) = array(bytes, budget, None).map_err(|what| file::error(path, what))?;
    if header.shape.len() < 2 {
        let what = "is a list of numbers, as labels are; features have at least 2 axes";
        return Err(file::error(path, what));
    }
    // Whole numbers are finite, and images are large.
    if header.number.is_float() {
        finite(&values).map_err(|what| file::error(path, what))?;
    }
    let rows = values.nrows();
    let view = view("x".to_owned(), values, budget).map_err(|what| file::error(path, what))?;
    let labels = labels.map(|(path, bytes)| {
        let budget = &mut Budget::of(bytes.len());
        array(bytes, budget, Some(rows))
            .and_then(|(_, values)| Classes::of_numbers("labels", values.as_slice().unwrap_or_default(), budget))
            .map_err(|what| file::error_at(LABELS, path, what))
    });
    let labels = labels.transpose()?;
    Ok(Dataset::new(vec![view], labels))
}

/// What a file says of its array.
#[derive(Debug, PartialEq, Eq)]
pub struct Header {
    /// Length of each axis.
    pub shape: Vec<usize>,
    number: Number,
}

/// What a file says of its array.
///
/// # Errors
/// It is no IDX file.
pub fn header(source: &mut impl Read) -> Result<Header, String> {
    let mut magic = [0; 4];
    exactly(source, &mut magic)?;
    let of = match magic {
        [0, 0, 0x08, _] => Type::U8,
        [0, 0, 0x09, _] => Type::I8,
        [0, 0, 0x0b, _] => Type::I16,
        [0, 0, 0x0c, _] => Type::I32,
        [0, 0, 0x0d, _] => Type::F32,
        [0, 0, 0x0e, _] => Type::F64,
        [0, 0, other, _] => return Err(format!("is no IDX file: there is no type of numbers {other:#04x}")),
        _ => return Err("is no IDX file: it does not start with two zeros".to_owned()),
    };
    let mut shape = Vec::new();
    for _ in 0..magic[3] {
        let mut axis = [0; 4];
        exactly(source, &mut axis)?;
        shape.push(usize::try_from(u32::from_be_bytes(axis)).map_err(|error| error.to_string())?);
    }
    Ok(Header { shape, number: Number { of, big_endian: true } })
}

/// Whether bytes, unpacked, start like an IDX file.
pub fn looks_like(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0x08 | 0x09 | 0x0b..=0x0e, 1..=8, ..])
}

/// An array, packed or not; labels are a list of `rows`.
fn array(bytes: &[u8], budget: &mut Budget, rows: Option<usize>) -> Result<(Header, ndarray::Array2<f64>), String> {
    if file::is_gzip(bytes) {
        whole(&mut MultiGzDecoder::new(bytes), budget, rows)
    } else {
        whole(&mut &*bytes, budget, rows)
    }
}

fn whole(
    source: &mut impl Read,
    budget: &mut Budget,
    rows: Option<usize>,
) -> Result<(Header, ndarray::Array2<f64>), String> {
    let header = header(source)?;
    if let Some(rows) = rows {
        let [labels] = *header.shape else {
            return Err(format!("has {} axes; labels are a list", header.shape.len()));
        };
        one_a_row(labels, rows)?;
    }
    let mut table = Table::new(&header.shape, false, budget)?;
    table.fill(header.number, source)?;
    // gzip compares its checksum here.
    match source.read(&mut [0; 1]) {
        Ok(0) => Ok((header, table.finish()?)),
        Ok(_) => Err("holds more than its shape says".to_owned()),
        Err(error) => Err(format!("is damaged: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ndarray::{Array2, array};
    use std::io::Write;

    fn idx(of: u8, shape: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, of, u8::try_from(shape.len()).unwrap()];
        shape.iter().for_each(|axis| bytes.extend(axis.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn values(bytes: &[u8]) -> Result<Array2<f64>, String> {
        read(bytes, "x", None).map(|mut data| data.views.remove(0).values).map_err(|error| error.to_string())
    }

    #[test]
    fn every_type_plain_and_packed() {
        let want = array![[1.0, 2.0], [3.0, 4.0]];
        macro_rules! check {
            ($of:literal, $number:expr) => {
                let data: Vec<u8> = [1_u8, 2, 3, 4].into_iter().flat_map(|x| $number(x).to_be_bytes()).collect();
                let plain = idx($of, &[2, 1, 2], &data);
                assert_eq!(values(&plain).as_ref(), Ok(&want));
                assert_eq!(values(&gz(&plain)).as_ref(), Ok(&want));
            };
        }
        check!(0x08, u8::from);
        check!(0x09, u8::cast_signed);
        check!(0x0b, i16::from);
        check!(0x0c, i32::from);
        check!(0x0d, f32::from);
        check!(0x0e, f64::from);
        assert_eq!(values(&idx(9, &[1, 1], &[255])), Ok(array![[-1.0]]));
    }

    #[test]
    fn labels_lie_in_a_second_file() {
        let images = idx(8, &[3, 2, 2], &[7; 12]);
        let labels = gz(&idx(8, &[3], &[5, 0, 5]));
        let data = read(&images, "x", Some(("y", &labels))).expect("reads");
        let found = data.labels.expect("labels");
        assert_eq!((found.classes, found.codes), (vec!["0".to_owned(), "5".to_owned()], vec![1, 0, 1]));
        let error = |labels: &[u8]| read(&images, "x", Some(("y", labels))).expect_err("refused").to_string();
        assert_eq!(error(&idx(8, &[2], &[5, 0])), "`y`: has 2 labels for 3 rows");
        assert_eq!(error(&images), "`y`: has 3 axes; labels are a list");
        assert!(values(&labels).expect_err("refused").contains("a list of numbers, as labels are"));
    }

    #[test]
    fn damaged_files() {
        let error = |bytes: &[u8]| values(bytes).expect_err("refused");
        assert!(error(b"GIF89a").contains("two zeros"));
        assert!(error(&idx(7, &[1, 1], &[1])).contains("type of numbers 0x07"));
        assert!(error(&idx(8, &[2, 2], &[1, 2, 3])).contains("ends too early"));
        assert!(error(&idx(8, &[2, 2], &[1, 2, 3, 4, 5])).contains("more than its shape"));
        assert!(error(&idx(8, &[0, 2], &[])).contains("no rows"));
        assert!(error(&idx(8, &[u32::MAX; 5], &[])).contains("more than a file of this size can hold"));
        assert!(error(&gz(&idx(8, &[1 << 30, 8], &[]))).contains("more than a file of this size can hold"));
        assert!(error(&idx(0x0d, &[1, 1], &f32::INFINITY.to_be_bytes())).contains("holds inf"));
        let whole = gz(&idx(8, &[2, 2], &[1, 2, 3, 4]));
        for length in 0..whole.len() {
            assert!(!error(&whole[..length]).is_empty());
        }
        let mut flipped = whole.clone();
        let checksum = flipped.len() - 6;
        flipped[checksum] ^= 1;
        assert!(error(&flipped).contains("is damaged"));
    }
}
