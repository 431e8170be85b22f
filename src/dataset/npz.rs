//! Arrays that NumPy wrote with `savez` or `savez_compressed`.

use std::io::{Read, Seek};

use ndarray::{Array1, Array2, ArrayD, Axis, Ix1};
use ndarray_npy::{NpzReader, ReadNpzError, ReadableElement};

use crate::dataset::{Dataset, DatasetError, DatasetSpec, Labels, Places, View, file};
use crate::diagnostic::nearest;
use crate::parameter::{Domain, Parameter, Parameters, Values, quoted};
use crate::parameters;
use crate::value::Value;

parameters! {
    /// How an NPZ file is read.
    pub struct Params {
        /// The file.
        path: String = String::new(), Domain::Any;
        /// The array that holds the classes; left out, `y` where there is one.
        labels: Option<String> = None, Domain::Any;
        /// The arrays that are views: a list, or names of our own like `{ gist = "view0" }`; left out, every other one.
        views: ViewNames = ViewNames(Vec::new()), Domain::Any;
    }
}

/// Our name and the array's name of each view; empty means every array.
#[derive(Clone, Debug)]
pub struct ViewNames(Vec<(String, String)>);

impl Parameter for ViewNames {
    const TYPE: &'static str = "list or table of array names";
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = |value: &Value| String::from_value(value);
        match value {
            Value::Text(one) => Ok(ViewNames(vec![(one.clone(), one.clone())])),
            Value::List(items) => {
                items.iter().map(|item| text(item).map(|n| (n.clone(), n))).collect::<Result<_, _>>().map(ViewNames)
            }
            Value::Map(entries) => entries
                .iter()
                .map(|(name, array)| Ok((name.clone(), text(array)?)))
                .collect::<Result<_, String>>()
                .map(ViewNames),
            _ => Err(format!("expected a list or a table of array names, found {} `{value}`", value.type_name())),
        }
    }
    fn to_value(&self) -> Option<Value> {
        None
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "npz",
    about: "arrays of NumPy's savez, each a view; whole numbers, booleans, float32 and float64",
    reference: "NumPy's NPY format, version 1 to 3",
    revision: 1,
    parameters: Params::specs,
    locations: &["path"],
    checksum: file::checksum,
    load,
};

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params = Params::from_values(values).map_err(|(key, message)| DatasetError::Parameter { key, message, suggestion: None })?;
    let path = file::path(values)?;
    let mut bytes = Vec::new();
    file::open(path, places)?.read_to_end(&mut bytes).map_err(|e| file::error(path, e))?;
    read(std::io::Cursor::new(&bytes), path, &params)
}

/// Reads from any seekable source; `path` is for messages.
pub fn read<R: Read + Seek>(source: R, path: &str, params: &Params) -> Result<Dataset, DatasetError> {
    let mut archive = NpzReader::new(source).map_err(|e| file::error(path, format!("not an NPZ file: {e}")))?;
    let names: Vec<String> = archive
        .names()
        .map_err(|e| file::error(path, e))?
        .into_iter()
        .map(|name| name.trim_end_matches(".npy").to_owned())
        .collect();
    let labels_name = match &params.labels {
        Some(name) => Some(known(&names, "labels", name)?.clone()),
        None => names.iter().find(|name| *name == "y").cloned(),
    };
    let wanted: Vec<(String, String)> = if params.views.0.is_empty() {
        names.iter().filter(|name| Some(*name) != labels_name.as_ref()).map(|n| (n.clone(), n.clone())).collect()
    } else {
        params.views.0.clone()
    };
    let mut views = Vec::new();
    for (ours, array) in wanted {
        known(&names, "views", &array)?;
        views.push(view(&mut archive, path, ours, &array)?);
    }
    let Some(rows) = views.first().map(|view: &View| view.values.nrows()) else {
        return Err(file::error(path, "holds no array beside the labels"));
    };
    for view in &views {
        if view.values.nrows() != rows {
            let message = format!("view `{}` has {} rows, `{}` has {rows}", view.name, view.values.nrows(), views[0].name);
            return Err(file::error(path, message));
        }
    }
    if rows == 0 {
        return Err(file::error(path, "holds no rows"));
    }
    let labels = labels_name.map(|name| labels(&mut archive, path, &name, rows)).transpose()?;
    Ok(Dataset { views, labels })
}

fn known<'n>(names: &'n [String], key: &str, name: &str) -> Result<&'n String, DatasetError> {
    names.iter().find(|known| *known == name).ok_or_else(|| DatasetError::Parameter {
        key: key.to_owned(),
        message: format!("no array is called `{name}`; there are {}", quoted(names)),
        suggestion: nearest(name, names.iter().map(String::as_str)).map(str::to_owned),
    })
}

/// `[rows, ...]` flattened to `[rows, columns]`.
fn view<R: Read + Seek>(archive: &mut NpzReader<R>, path: &str, name: String, array: &str) -> Result<View, DatasetError> {
    let values = numbers(archive, path, array)?;
    let rows = values.shape().first().copied().unwrap_or(0);
    let columns = values.len().checked_div(rows).unwrap_or(0);
    if values.ndim() < 2 {
        return Err(file::error(path, format!("array `{array}` has {} axes; a view has at least 2", values.ndim())));
    }
    let values: Array2<f64> = values
        .as_standard_layout()
        .into_owned()
        .into_shape_with_order((rows, columns))
        .map_err(|e| file::error(path, e))?;
    Ok(View { columns: (0..columns).map(|i| format!("{name}{i}")).collect(), name, values })
}

fn labels<R: Read + Seek>(archive: &mut NpzReader<R>, path: &str, name: &str, rows: usize) -> Result<Labels, DatasetError> {
    let mut values = numbers(archive, path, name)?;
    // MATLAB's habit of n x 1.
    while values.ndim() > 1 && values.shape().contains(&1) {
        let axis = values.shape().iter().position(|n| *n == 1).unwrap_or(0);
        values = values.index_axis_move(Axis(axis), 0);
    }
    let values: Array1<f64> = values
        .into_dimensionality::<Ix1>()
        .map_err(|_| file::error(path, format!("the labels `{name}` have more than one axis")))?;
    if values.len() != rows {
        return Err(file::error(path, format!("{} labels in `{name}` for {rows} rows", values.len())));
    }
    if values.iter().any(|x| !x.is_finite()) {
        return Err(file::error(path, format!("a label in `{name}` is missing")));
    }
    Ok(Labels::of(name, &values.iter().map(f64::to_string).collect::<Vec<_>>()))
}

/// The array as f64, whatever numbers it holds.
fn numbers<R: Read + Seek>(archive: &mut NpzReader<R>, path: &str, name: &str) -> Result<ArrayD<f64>, DatasetError> {
    macro_rules! try_as {
        ($($type:ty => $convert:expr),+ $(,)?) => {$(
            if let Some(array) = typed::<$type, R>(archive, path, name)? {
                return Ok(array.mapv($convert));
            }
        )+};
    }
    try_as!(
        f64 => |x| x, f32 => f64::from, i32 => f64::from, u8 => f64::from, i16 => f64::from, u16 => f64::from,
        i8 => f64::from, u32 => f64::from, bool => |b| f64::from(u8::from(b)),
    );
    #[expect(clippy::cast_precision_loss, reason = "labels and counts are far below 2^53")]
    {
        try_as!(i64 => |n| n as f64, u64 => |n| n as f64);
    }
    Err(file::error(path, format!("array `{name}` holds no numbers that this version reads")))
}

/// The array if it holds this type; none if it holds another.
fn typed<T: ReadableElement, R: Read + Seek>(
    archive: &mut NpzReader<R>,
    path: &str,
    name: &str,
) -> Result<Option<ArrayD<T>>, DatasetError> {
    match archive.by_name::<ndarray::OwnedRepr<T>, ndarray::IxDyn>(name) {
        Ok(array) => Ok(Some(array)),
        Err(ReadNpzError::Npy(ndarray_npy::ReadNpyError::WrongDescriptor(_))) => Ok(None),
        Err(error) => Err(file::error(path, format!("array `{name}` is damaged: {error}"))),
    }
}
