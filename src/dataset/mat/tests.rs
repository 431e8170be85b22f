//! Against files that SciPy wrote (`tests/data/readers/make.py`), and broken ones made here.

use std::io::Write;

use ndarray::array;

use super::*;
use crate::parameter::Parameter;
use crate::value::Value;

const PACKED: &[u8] = include_bytes!("../../../tests/data/readers/everything.mat");
const PLAIN: &[u8] = include_bytes!("../../../tests/data/readers/everything-v6.mat");

fn params(views: &[&str], labels: Option<&str>, orientation: &str) -> Params {
    let views = Value::List(views.iter().map(|name| Value::Text((*name).to_owned())).collect());
    Params {
        views: ViewNames::from_value(&views).unwrap(),
        labels: labels.map(str::to_owned),
        orientation: orientation.to_owned(),
        ..Params::default()
    }
}

fn refused(bytes: &[u8], params: &Params) -> (String, String) {
    match read(bytes, "t.mat", params).expect_err("refused") {
        DatasetError::Parameter { key, message, suggestion } => (key, format!("{message} -> {suggestion:?}")),
        DatasetError::File { key, message } => (key, message),
    }
}

fn error(bytes: &[u8]) -> String {
    refused(bytes, &Params::default()).1
}

/// An element with its padding.
fn element(kind: u32, data: &[u8], big: bool) -> Vec<u8> {
    let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut bytes = [word(kind), word(u32::try_from(data.len()).unwrap())].concat();
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

/// A variable: its flags, axes, name, and the elements behind them.
fn matrix(class: u32, axes: &[u32], name: &str, rest: &[u8], big: bool) -> Vec<u8> {
    let words = |words: &[u32]| {
        words.iter().flat_map(|n| if big { n.to_be_bytes() } else { n.to_le_bytes() }).collect::<Vec<_>>()
    };
    let parts = [
        element(6, &words(&[class, 0]), big),
        element(5, &words(axes), big),
        element(1, name.as_bytes(), big),
        rest.to_vec(),
    ];
    element(14, &parts.concat(), big)
}

fn file(variables: &[Vec<u8>], big: bool) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(if big { *b"\x01\x00MI" } else { *b"\x00\x01IM" });
    bytes.extend(variables.concat());
    bytes
}

fn packed(variable: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(variable).unwrap();
    let data = encoder.finish().unwrap();
    [15_u32.to_le_bytes(), u32::try_from(data.len()).unwrap().to_le_bytes()].concat().into_iter().chain(data).collect()
}

#[test]
fn every_class_packed_and_plain() {
    let small = array![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]];
    let names = ["of_u1", "of_i2", "of_u2", "of_i4", "of_u4", "of_i8", "of_u8", "of_f4", "of_f8"];
    for bytes in [PACKED, PLAIN] {
        let data = read(bytes, "t.mat", &params(&names, Some("Y"), "auto")).expect("reads");
        assert_eq!(data.views.iter().map(|view| view.name.as_str()).collect::<Vec<_>>(), names);
        for view in &data.views {
            assert_eq!(view.values, small, "{}", view.name);
        }
        let labels = data.labels.expect("labels");
        assert_eq!((labels.classes, labels.codes), (vec!["1".to_owned(), "2".to_owned()], vec![0, 1, 1, 0]));
        let views = ["of_i1", "logical", "sparse", "mixed{1}", "mixed{1,4}{1}"];
        let data = read(bytes, "t.mat", &params(&views, Some("Y"), "rows")).expect("reads");
        assert_eq!(data.views[0].values[[0, 0]], -5.0);
        assert_eq!(data.views[1].values, small.mapv(|x| f64::from(u8::from(x % 2.0 == 0.0))));
        assert_eq!(data.views[2].values, small.mapv(|x| x * (x % 2.0)));
        assert_eq!((&data.views[3].values, &data.views[4].values), (&small, &small));
        let columns = read(bytes, "t.mat", &params(&["mixed{4}{2}"], Some("Y"), "auto")).expect("reads");
        assert_eq!(columns.views[0].values, small);
    }
}

#[test]
fn labels_of_every_kind() {
    let classes = |labels: &str| {
        let data = read(PACKED, "t.mat", &params(&["of_f8"], Some(labels), "auto")).expect(labels);
        let labels = data.labels.expect("labels");
        labels.codes.iter().map(|code| labels.classes[*code].clone()).collect::<Vec<_>>()
    };
    assert_eq!(classes("letters"), ["aé", "b", "aé", "ccc"]);
    assert_eq!(classes("Y"), ["1", "2", "2", "1"]);
    let (key, message) = refused(PACKED, &params(&["of_f8"], Some("words"), "auto"));
    assert_eq!(key, "labels");
    assert!(message.contains("`words` is a cell array, 4 x 1, not one label a row"), "{message}");
}

#[test]
fn names_that_are_not_there_or_mean_something_else() {
    let views = |name: &str| refused(PACKED, &params(&[name], Some("Y"), "auto"));
    let cases = [
        ("of_f9", "no variable is called `of_f9`; there are `of_i1`", "of_"),
        ("mixed{9}", "`mixed{9}` is none of it", "None"),
        ("of_f8{1}", "`of_f8` is no cell array but numbers, 4 x 3", "of_f8"),
        ("complex", "`complex` is complex numbers, not a table of numbers", "None"),
        ("record", "`record` is a struct, not a table", "None"),
        ("records", "`records` is a struct, not a table", "None"),
        ("cube", "`reshape(X, size(X, 1), [])`", "None"),
        ("empty", "`empty` is numbers, 0 x 3", "None"),
        ("mixed", "name its cells, like `mixed{1}`", "mixed{1}"),
        ("X(1)", "names nothing in a MAT file", "None"),
    ];
    for (name, message, suggestion) in cases {
        let (key, found) = views(name);
        assert_eq!(key, "views", "{name}: {found}");
        assert!(found.contains(message) && found.contains(suggestion), "{name}: {found}");
    }
    assert!(refused(PACKED, &params(&["of_f8", "of_f8"], Some("Y"), "auto")).1.contains("named twice"));
    assert!(refused(PACKED, &params(&["mixed{1}", "mixed{1,1}"], Some("Y"), "auto")).1.contains("named twice"));
    let (key, found) = refused(PACKED, &params(&["of_f8"], Some("y"), "auto"));
    assert!(key == "labels" && found.contains("`Y`") && found.ends_with("Some(\"Y\")"), "{found}");
}

#[test]
fn rows_or_columns() {
    let bytes = |axes: &[u32], labels: Option<u32>| {
        let cells = (axes[0] * axes[1]) as usize;
        let x = matrix(9, axes, "X", &element(2, &vec![1; cells], false), false);
        let y = labels.map(|n| matrix(9, &[n, 1], "y", &element(2, &vec![1; n as usize], false), false));
        file(&[x].into_iter().chain(y).collect::<Vec<_>>(), false)
    };
    let dim = |bytes: &[u8], orientation: &str| {
        read(bytes, "t.mat", &params(&[], None, orientation)).expect("reads").views[0].values.dim()
    };
    assert_eq!(dim(&bytes(&[2, 5], Some(2)), "auto"), (2, 5));
    assert_eq!(dim(&bytes(&[2, 5], Some(5)), "auto"), (5, 2));
    assert_eq!(dim(&bytes(&[3, 3], Some(3)), "columns"), (3, 3));
    assert_eq!(dim(&bytes(&[2, 5], None), "columns"), (5, 2));
    let (key, message) = refused(&bytes(&[3, 3], Some(3)), &Params::default());
    assert_eq!((key.as_str(), message.contains("`X` is 3 x 3: rows or columns")), ("orientation", true), "{message}");
    let (key, message) = refused(&bytes(&[2, 5], None), &Params::default());
    assert_eq!((key.as_str(), message.contains("without labels")), ("orientation", true), "{message}");
    let (key, message) = refused(&bytes(&[2, 5], Some(5)), &params(&[], None, "rows"));
    assert_eq!((key.as_str(), message.contains("2 rows, there are labels for 5")), ("orientation", true), "{message}");
    let (key, message) = refused(&bytes(&[2, 5], Some(4)), &Params::default());
    assert_eq!(key, "views");
    assert!(message.contains("no table of numbers is a view for 4 labels: `X` (numbers, 2 x 5)"), "{message}");
    let (key, message) = refused(&bytes(&[2, 5], Some(4)), &params(&["X"], None, "auto"));
    assert!(key == "views" && message.contains("neither their rows nor their columns"), "{message}");
}

#[test]
fn without_names_the_cells_or_the_tables_are_the_views() {
    let names = |variables: &[Vec<u8>]| {
        let data = read(&file(variables, false), "t.mat", &Params::default()).map_err(|error| error.to_string())?;
        Ok::<_, String>(data.views.into_iter().map(|view| view.name).collect::<Vec<_>>())
    };
    let table =
        |name: &str, rows: u32| matrix(9, &[rows, 2], name, &element(2, &vec![1; 2 * rows as usize], false), false);
    let y = matrix(9, &[1, 4], "y", &element(2, &[1, 2, 1, 2], false), false);
    let list = matrix(9, &[4, 1], "age", &element(2, &[1; 4], false), false);
    let cell = |name: &str| matrix(1, &[1, 2], name, &[table("", 4), table("", 4)].concat(), false);
    assert_eq!(
        names(&[table("a", 4), list.clone(), table("gt", 4), table("b", 3), y.clone()]),
        Ok(vec!["a".to_owned()])
    );
    assert_eq!(names(&[table("a", 4), cell("X"), y.clone()]), Ok(vec!["X{1}".to_owned(), "X{2}".to_owned()]));
    assert!(names(&[cell("X"), cell("Z"), y]).expect_err("two").contains("`X`, `Z` are all cell arrays of tables"));
    assert!(names(&[list]).expect_err("none").contains("no table of numbers is a view: `age` (numbers, 4 x 1)"));
}

#[test]
fn the_weightiest_byte_first() {
    let numbers: Vec<u8> = [1.5_f64, 2.0, 3.0, 4.0, 5.0, 6.0].iter().flat_map(|x| x.to_be_bytes()).collect();
    let x = matrix(6, &[3, 2], "x", &element(9, &numbers, true), true);
    // Four bytes in their tag, the size before the kind.
    let small = [0, 3, 0, 2, 7, 8, 7, 0].to_vec();
    let y = matrix(9, &[3, 1], "y", &small, true);
    let data = read(&file(&[x, y], true), "t.mat", &Params::default()).expect("reads");
    assert_eq!(data.views[0].values, array![[1.5, 4.0], [2.0, 5.0], [3.0, 6.0]]);
    assert_eq!(data.labels.expect("labels").codes, [0, 1, 0]);
}

#[test]
fn other_versions_say_what_to_do() {
    let mut hdf5 = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".to_vec();
    hdf5.resize(600, 0);
    assert!(
        error(&hdf5).contains("version 7.3, which is HDF5; in MATLAB, load it and write `save('file.mat', '-v7')`")
    );
    assert!(error(b"\x89HDF\r\n\x1a\n...").contains("7.3"));
    let version_4: Vec<u8> = [0_u32, 2, 2, 0, 2].iter().flat_map(|n| n.to_le_bytes()).chain(*b"x\0").collect();
    assert!(error(&version_4).contains("version 4"));
    assert!(error(b"").contains("no MAT file"));
    assert!(error(&[b'x'; 200]).contains("no order of bytes"));
    let mut newer = file(&[], false);
    newer[125] = 3;
    assert!(error(&newer).contains("version 0x0300"));
    assert!(error(&file(&[], false)).contains("there are no variables"));
}

#[test]
fn claims_are_not_believed() {
    let f8 = |axes: &[u32]| file(&[matrix(6, axes, "X", &element(9, &[0; 16], false), false)], false);
    assert!(error(&f8(&[1 << 30, 1 << 30])).contains("claims to hold"), "{}", error(&f8(&[1 << 30, 1 << 30])));
    assert!(error(&f8(&[2, 2])).contains("16 bytes hold no [2, 2] numbers of 8 bytes"));
    // No number in 2^60 cells.
    let none = [element(5, &[], false), element(5, &[0; 4 << 10], false), element(9, &[], false)].concat();
    let sparse = matrix(5, &[1 << 30, (1 << 10) - 1], "X", &none, false);
    assert!(error(&file(&[sparse], false)).contains("claims to hold"));
    let cells = matrix(1, &[1 << 30, 1 << 30], "X", &[], false);
    assert!(error(&file(&[cells], false)).contains("claims to hold"));
    // 60 MiB of zeros in as many KiB.
    let bomb = packed(&matrix(9, &[60 << 20, 1], "X", &element(2, &vec![0; 60 << 20], false), false));
    let found = error(&file(&[bomb], false));
    assert!(found.contains("claims to hold 480.0 MiB"), "{found}");
    let bomb = packed(&matrix(2, &[1, 1], "X", &element(2, &vec![0; 60 << 20], false), false));
    assert!(error(&file(&[bomb], false)).contains("unpacks to more than"));
    let deep = (0..20).fold(matrix(9, &[1, 1], "", &element(2, &[1], false), false), |inner, _| {
        matrix(1, &[1, 1], "X", &inner, false)
    });
    assert!(error(&file(&[deep], false)).contains("more than 8 deep"));
}

#[test]
fn damaged_files_never_panic() {
    for whole in [PACKED, PLAIN] {
        for length in 0..whole.len() {
            // A file may end between two variables.
            let _ = read(&whole[..length], "t.mat", &params(&["of_i1"], Some("Y"), "auto"));
            let _ = shapes(&whole[..length], "t.mat");
        }
        for place in 128..whole.len() {
            for bit in [1, 0x80] {
                let mut flipped = whole.to_vec();
                flipped[place] ^= bit;
                let _ = read(&flipped, "t.mat", &params(&["of_i1", "sparse", "mixed{2}"], Some("letters"), "auto"));
            }
        }
    }
    // The checksum of a packed variable is compared.
    let x = matrix(9, &[3, 2], "X", &element(2, &[1, 2, 3, 4, 5, 6], false), false);
    let mut whole = file(&[packed(&x)], false);
    read(&whole, "t.mat", &params(&[], None, "rows")).expect("reads");
    *whole.last_mut().unwrap() ^= 1;
    let found = refused(&whole, &params(&[], None, "rows")).1;
    assert!(found.contains("is damaged"), "{found}");
}
