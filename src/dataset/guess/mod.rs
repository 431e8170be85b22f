//! How a data file is probably meant: which column or array holds the classes, and what is no feature. Tables of text
//! are in `guess_table`.

mod idx;
mod mat;
mod npy;
mod npz;

use crate::parameter::Values;
use crate::value::Value;
pub use idx::idx;
pub use mat::mat;
pub use npy::npy;
pub use npz::npz;

/// What was guessed.
pub struct Guess {
    /// Parameters of the data set that differ from the defaults; `path` is not among them.
    pub values: Values,
    /// Columns or arrays that are not read.
    pub left_out: Vec<String>,
}

/// Names that classes go by, the surest first.
const LABELS: &[&str] = &[
    "class",
    "label",
    "label0",
    "labels",
    "truelabel",
    "true_label",
    "gt",
    "gnd",
    "truth",
    "ground_truth",
    "target",
    "y",
];

/// Its place among [`LABELS`].
pub fn rank(name: &str) -> Option<usize> {
    LABELS.iter().position(|known| name.trim().eq_ignore_ascii_case(known))
}

/// Whether an array of this name holds classes rather than features.
pub fn named_like_labels(name: &str) -> bool {
    rank(name).is_some()
}

/// What an array is called apart from the part of the rows that it holds, and that part: `x_train` is `x` of `train`.
pub fn part(name: &str) -> (&str, Option<&str>) {
    const PARTS: &[&str] = &["train", "training", "test", "testing", "val", "valid", "validation"];
    let is_part = |word: &str| PARTS.iter().any(|known| word.eq_ignore_ascii_case(known));
    let separator = ['_', '-', '.'];
    match (name.split_once(separator), name.rsplit_once(separator)) {
        (_, Some((rest, part))) if is_part(part) => (rest, Some(part)),
        (Some((part, rest)), _) if is_part(part) => (rest, Some(part)),
        _ => (name, None),
    }
}

/// Whether a column that is not the labels still holds classes: further accepted partitions are `label1`, ...
/// `y` is more often a coordinate.
pub fn like_labels(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let numbered = name.strip_prefix("label").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    numbered || rank(&name).is_some_and(|_| name != "y")
}

/// Whether an array holds other rows than the one that is called alike with `train` in its name: `X_test` beside
/// `X_train` is no second view of the same rows, even where there are as many.
pub fn is_held_out<'a>(name: &str, mut names: impl Iterator<Item = &'a str>) -> bool {
    const PARTS: &[&str] = &["test", "validation", "valid", "val", "dev"];
    let name = name.to_lowercase();
    let training: Vec<String> =
        PARTS.iter().filter(|part| name.contains(*part)).map(|part| name.replace(part, "train")).collect();
    !training.is_empty() && names.any(|other| training.contains(&other.to_lowercase()))
}

/// A list of texts as a value.
pub fn text_list(names: &[String]) -> Value {
    Value::List(names.iter().cloned().map(Value::Text).collect())
}
