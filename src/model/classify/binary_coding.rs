//! Nominal columns as columns of 0 and 1, for models that compute with numbers: two words give one column that is 1 for
//! the second word, more give one column a word, in the file's order and in the place of the column (Weka's supervised
//! `NominalToBinary`). Missing stays missing, and so is a word that was not declared.

use ndarray::{Array2, ArrayView1, ArrayView2};

use crate::dataset::Column;

/// How columns are coded: made once from their declarations, then applied to any rows.
#[derive(Clone, Debug, PartialEq)]
pub struct BinaryCoding {
    sources: Vec<Source>,
    /// What each coded column is: a column of numbers as it was, or `name=word`.
    pub columns: Vec<Column>,
}

/// Where a coded column comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Source {
    column: usize,
    code: Code,
}

/// What a coded column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Code {
    /// The number as it was.
    Number,
    /// 1 for this word, 0 for the other declared ones.
    Word { word: usize, of: usize },
}

impl BinaryCoding {
    /// The coding of these columns.
    pub fn new(columns: &[Column]) -> Self {
        let mut coding = BinaryCoding { sources: Vec::new(), columns: Vec::new() };
        for (at, column) in columns.iter().enumerate() {
            let Some(words) = &column.words else {
                coding.sources.push(Source { column: at, code: Code::Number });
                coding.columns.push(column.clone());
                continue;
            };
            let first = usize::from(words.len() == 2);
            for (word, text) in words.iter().enumerate().skip(first) {
                coding.sources.push(Source { column: at, code: Code::Word { word, of: words.len() } });
                coding.columns.push(Column::numeric(format!("{}={text}", column.name)));
            }
        }
        coding
    }

    /// The number of coded columns.
    pub fn width(&self) -> usize {
        self.sources.len()
    }

    /// The column that each coded column comes from.
    pub fn origins(&self) -> impl Iterator<Item = usize> {
        self.sources.iter().map(|source| source.column)
    }

    /// The coded values, `[rows, width]`, of `values`, `[rows, columns]`.
    pub fn apply(&self, values: ArrayView2<f64>) -> Array2<f64> {
        let mut coded = Array2::zeros((values.nrows(), self.width()));
        for (from, mut to) in values.rows().into_iter().zip(coded.rows_mut()) {
            self.apply_row(from, to.iter_mut());
        }
        coded
    }

    /// The same for one row.
    pub fn apply_row<'a>(&self, from: ArrayView1<f64>, to: impl Iterator<Item = &'a mut f64>) {
        for (source, cell) in self.sources.iter().zip(to) {
            *cell = source.code.of(from[source.column]);
        }
    }
}

impl Code {
    #[expect(clippy::cast_precision_loss, reason = "indices of words")]
    fn of(self, value: f64) -> f64 {
        match self {
            Code::Number => value,
            Code::Word { word, .. } if value == word as f64 => 1.0,
            Code::Word { of, .. } if value >= 0.0 && value < of as f64 => 0.0,
            Code::Word { .. } => f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn two_words_give_one_column_and_more_one_each() {
        let columns = [
            Column::nominal("windy", words(&["TRUE", "FALSE"])),
            Column::numeric("humidity"),
            Column::nominal("outlook", words(&["sunny", "overcast", "rainy"])),
            Column::nominal("only", words(&["this"])),
            Column::nominal("none", words(&[])),
        ];
        let coding = BinaryCoding::new(&columns);
        let names: Vec<&str> = coding.columns.iter().map(|column| column.name.as_str()).collect();
        let want = ["windy=FALSE", "humidity", "outlook=sunny", "outlook=overcast", "outlook=rainy", "only=this"];
        assert_eq!(names, want);
        assert_eq!(coding.origins().collect::<Vec<_>>(), [0, 1, 2, 2, 2, 3]);
        let coded = coding.apply(array![[1.0, 80.0, 2.0, 0.0, f64::NAN], [0.0, f64::NAN, 0.0, 0.0, f64::NAN]].view());
        assert_eq!(coded.row(0).to_vec(), [1.0, 80.0, 0.0, 0.0, 1.0, 1.0]);
        assert_eq!(coded.row(1)[0], 0.0);
        assert!(coded.row(1)[1].is_nan());
        assert_eq!(coded.row(1).to_vec()[2..], [1.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn missing_and_undeclared_words_stay_missing() {
        let coding = BinaryCoding::new(&[Column::nominal("a", words(&["x", "y", "z"]))]);
        let coded = coding.apply(array![[f64::NAN], [3.0], [1.0]].view());
        assert!(coded.row(0).iter().chain(coded.row(1)).all(|x| x.is_nan()));
        assert_eq!(coded.row(2).to_vec(), [0.0, 1.0, 0.0]);
    }
}
