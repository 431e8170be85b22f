//! A table of numbers filled from a stream, whichever order the numbers come in.

use std::collections::HashMap;
use std::io::{ErrorKind, Read};

use ndarray::Array2;

use crate::dataset::budget::Budget;
use crate::dataset::file::shown;
use crate::dataset::number::Number;
use crate::dataset::{Column, View};

/// Bytes read at a time: a whole number of elements of any size.
pub const CHUNK: usize = 1 << 16;

/// Numbers on their way into `[rows, columns]`, row by row; further axes are flattened into the columns in the order
/// of C.
#[derive(Debug)]
pub struct Table {
    values: Vec<f64>,
    rows: usize,
    /// The lengths of the axes behind the first.
    axes: Vec<usize>,
    columns: usize,
    /// Whether the numbers come with the first axis moving fastest (Fortran, MATLAB).
    fortran: bool,
    /// How many have come.
    at: usize,
    scratch: Vec<f64>,
}

impl Table {
    /// An empty table of this shape; without axes it is one number. All its memory is taken here.
    ///
    /// # Errors
    /// It has no rows or columns, or the budget does not reach.
    pub fn new(shape: &[usize], fortran: bool, budget: &mut Budget) -> Result<Self, String> {
        let (rows, columns) = room(shape, budget)?;
        let (axes, cells) = (shape.get(1..).unwrap_or_default().to_vec(), rows * columns);
        // One column is the same in both orders.
        let fortran = fortran && columns > 1;
        let values = if fortran { vec![0.0; cells] } else { Vec::with_capacity(cells) };
        Ok(Table { values, rows, axes, columns, fortran, at: 0, scratch: Vec::new() })
    }

    /// How many numbers it takes.
    pub fn cells(&self) -> usize {
        self.rows * self.columns
    }

    /// Takes the numbers that `bytes` hold.
    ///
    /// # Errors
    /// They are more than the shape says, or no f64.
    pub fn decode(&mut self, number: Number, bytes: &[u8]) -> Result<(), String> {
        let coming = bytes.len() / number.size();
        if coming > self.cells() - self.at {
            return Err("holds more than its shape says".to_owned());
        }
        if self.fortran {
            let mut scratch = std::mem::take(&mut self.scratch);
            scratch.clear();
            number.decode(bytes, &mut scratch)?;
            self.scatter(&scratch);
            self.scratch = scratch;
        } else {
            number.decode(bytes, &mut self.values)?;
        }
        self.at += coming;
        Ok(())
    }

    /// Puts numbers that come column by column into their rows.
    fn scatter(&mut self, mut numbers: &[f64]) {
        let mut at = self.at;
        while !numbers.is_empty() {
            let (column, row) = (self.column(at / self.rows), at % self.rows);
            let (here, later) = numbers.split_at(numbers.len().min(self.rows - row));
            let cells = self.values[row * self.columns + column..].iter_mut().step_by(self.columns);
            cells.zip(here).for_each(|(cell, number)| *cell = *number);
            at += here.len();
            numbers = later;
        }
    }

    /// The column of the `nth` combination of the further axes, of which the first moves fastest.
    fn column(&self, mut nth: usize) -> usize {
        let mut column = 0;
        let mut stride = self.columns;
        for axis in &self.axes {
            stride /= axis;
            column += nth % axis * stride;
            nth /= axis;
        }
        column
    }

    /// Reads all its numbers from a stream.
    ///
    /// # Errors
    /// The stream ends too early, is damaged, or holds no f64.
    pub fn fill(&mut self, number: Number, source: &mut impl Read) -> Result<(), String> {
        let mut left = (self.cells() - self.at).saturating_mul(number.size());
        let mut chunk = vec![0; CHUNK.min(left)];
        while left > 0 {
            let part = left.min(chunk.len());
            exactly(source, &mut chunk[..part])?;
            self.decode(number, &chunk[..part])?;
            left -= part;
        }
        Ok(())
    }

    /// The table.
    ///
    /// # Errors
    /// Numbers are missing.
    pub fn finish(self) -> Result<Array2<f64>, String> {
        if self.at != self.cells() {
            return Err(format!("holds {} numbers, its shape says {}", self.at, self.cells()));
        }
        Array2::from_shape_vec((self.rows, self.columns), self.values).map_err(|error| error.to_string())
    }
}

/// Rows and columns of a shape, their memory taken from the budget.
fn room(shape: &[usize], budget: &mut Budget) -> Result<(usize, usize), String> {
    let (rows, axes) = shape.split_first().map_or((1, shape), |(rows, axes)| (*rows, axes));
    if rows == 0 {
        return Err("holds no rows".to_owned());
    }
    if axes.contains(&0) {
        return Err("holds no columns".to_owned());
    }
    let columns = axes.iter().fold(1_usize, |n, axis| n.saturating_mul(*axis));
    let cells = rows.saturating_mul(columns);
    budget.take(cells, size_of::<f64>()).map_err(|what| format!("of shape {shape:?} {what}"))?;
    Ok((rows, columns))
}

/// A table of zeros.
///
/// # Errors
/// The budget does not reach.
pub fn zeros(rows: usize, columns: usize, budget: &mut Budget) -> Result<Array2<f64>, String> {
    room(&[rows, columns], budget).map(Array2::zeros)
}

/// Reads so many bytes.
///
/// # Errors
/// The stream ends too early, or is damaged.
pub fn exactly(source: &mut impl Read, bytes: &mut [u8]) -> Result<(), String> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => "ends too early".to_owned(),
        _ => format!("is damaged: {error}"),
    })
}

/// A view whose columns are numbered. A wide table of few rows takes more for the names of its columns than for its
/// numbers, so they are held against the budget too.
///
/// # Errors
/// The budget does not reach.
pub fn view(name: String, values: Array2<f64>, budget: &mut Budget) -> Result<View, String> {
    let digits = 32;
    budget.take(values.ncols(), size_of::<Column>() + 2 * (name.len() + digits))?;
    Ok(View::numbered(name, values))
}

/// Checks that no two columns of views with numbered columns have one name: the eleventh of `a` and the first of `a1`
/// are both `a10`.
///
/// # Errors
/// Two have, with the places of both; or two views have one name.
pub fn distinct(views: &[View]) -> Result<(), String> {
    let mut by_name = HashMap::new();
    for view in views {
        if by_name.insert(view.name.as_str(), view).is_some() {
            return Err(format!("two views are called `{}`", shown(&view.name)));
        }
    }
    views.iter().try_for_each(|view| {
        let is_digit = |(_, byte): &(usize, u8)| byte.is_ascii_digit();
        let digits = view.name.bytes().enumerate().rev().take_while(is_digit).filter(|(_, byte)| *byte != b'0');
        // Any of the digits at its end may belong to the number of a column of another view; no number begins with 0.
        digits.map(|(at, _)| view.name.split_at(at)).try_for_each(|(head, digits)| match by_name.get(head) {
            Some(other) => apart(other, view, digits),
            None => Ok(()),
        })
    })
}

/// Checks that of these views, of which the second is called as the first with `digits` behind it, no columns share a
/// name.
fn apart(one: &View, other: &View, digits: &str) -> Result<(), String> {
    let place = |column: usize| format!("{digits}{column}").parse::<usize>().ok().filter(|n| *n < one.columns.len());
    let Some((first, second)) = (0..other.columns.len()).find_map(|column| Some((place(column)?, column))) else {
        return Ok(());
    };
    Err(format!(
        "column {first} of view `{}` and column {second} of view `{}` (from 0) are both called `{}`; give the views \
         other names: `views = {{ NAME = \"ARRAY\", ... }}`",
        shown(&one.name),
        shown(&other.name),
        shown(&one.columns[first].name)
    ))
}

/// Says where a view holds what no cell may be: NaN alone means missing.
///
/// # Errors
/// A cell is infinite.
pub fn finite(values: &Array2<f64>) -> Result<(), String> {
    match values.indexed_iter().find(|(_, x)| x.is_infinite()) {
        None => Ok(()),
        Some(((row, column), x)) => {
            Err(format!("holds {x} in row {row}, column {column} (from 0); only NaN means missing"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::number::Type;
    use ndarray::{Array, array};

    const BYTE: Number = Number { of: Type::U8, big_endian: false };

    fn table(shape: &[usize], fortran: bool, chunks: &[&[u8]]) -> Result<Array2<f64>, String> {
        let mut table = Table::new(shape, fortran, &mut Budget::of(0))?;
        chunks.iter().try_for_each(|bytes| table.decode(BYTE, bytes))?;
        table.finish()
    }

    #[test]
    fn both_orders_in_pieces_of_any_size() {
        let want = array![[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]];
        assert_eq!(table(&[2, 3], true, &[&[1], &[2, 3, 4], &[], &[5, 6]]), Ok(want.clone()));
        assert_eq!(table(&[2, 3], false, &[&[1, 3], &[5, 2, 4, 6]]), Ok(want));
        assert_eq!(table(&[3], true, &[&[7, 8, 9]]), Ok(array![[7.0], [8.0], [9.0]]));
        assert_eq!(table(&[], false, &[&[7]]), Ok(array![[7.0]]));
    }

    #[test]
    fn further_axes_are_flattened_in_the_order_of_c() {
        let c = Array::from_shape_fn((2, 3, 2, 2), |(i, j, k, l)| u8::try_from(12 * i + 4 * j + 2 * k + l).unwrap());
        let fortran: Vec<u8> = c.t().iter().copied().collect();
        let rows: Vec<u8> = c.iter().copied().collect();
        let want = table(&[2, 3, 2, 2], false, &[&rows]).expect("whole");
        assert_eq!(want.row(1)[5], 17.0);
        let (first, second) = fortran.split_at(11);
        assert_eq!(table(&[2, 3, 2, 2], true, &[first, second]), Ok(want));
    }

    #[test]
    fn numbered_columns_of_two_views_have_names_of_their_own() {
        let said = |first: (&str, usize), second: (&str, usize)| {
            let views = [first, second].map(|(name, columns)| View::numbered(name, Array2::zeros((1, columns))));
            let names: Vec<&str> = views.iter().flat_map(|view| &view.columns).map(|c| c.name.as_str()).collect();
            let different = names.iter().collect::<std::collections::HashSet<_>>().len();
            let said = distinct(&views);
            assert_eq!(said.is_ok(), different == names.len(), "{names:?}");
            said.err().unwrap_or_default()
        };
        let both = said(("a", 11), ("a1", 1));
        assert!(
            both.starts_with("column 10 of view `a` and column 0 of view `a1` (from 0) are both called `a10`"),
            "{both}"
        );
        assert_eq!(said(("a1", 3), ("a", 13)).len(), both.len());
        assert_eq!(said(("a", 1), ("a", 1)), "two views are called `a`");
        for (first, second) in [
            (("a", 10), ("a1", 5)),
            (("view1", 200), ("view10", 200)),
            (("view1", 200), ("view12", 200)),
            (("x", 30), ("y", 30)),
            (("x", 300), ("x0", 300)),
            (("x", 300), ("x01", 300)),
            (("x", 300), ("x25", 300)),
            (("x", 1000), ("x25x", 1000)),
        ] {
            said(first, second);
        }
    }

    #[test]
    fn names_of_columns_are_counted() {
        let budget = &mut Budget::of(0);
        assert_eq!(view("x".to_owned(), Array2::zeros((1, 2)), budget).expect("small").columns[1].name, "x1");
        let wide = view("x".to_owned(), Array2::zeros((1, 1 << 20)), budget).expect_err("refused");
        assert!(wide.contains("claims to hold"), "{wide}");
    }

    #[test]
    fn what_does_not_fit_the_shape() {
        assert_eq!(table(&[2, 2], true, &[&[1, 2, 3]]), Err("holds 3 numbers, its shape says 4".to_owned()));
        assert_eq!(table(&[2, 2], false, &[&[1, 2, 3, 4, 5]]), Err("holds more than its shape says".to_owned()));
        assert_eq!(table(&[0, 1 << 60], false, &[]), Err("holds no rows".to_owned()));
        assert_eq!(table(&[1 << 60, 0], false, &[]), Err("holds no columns".to_owned()));
        for shape in [[1 << 60, 1], [1 << 30, 1 << 30], [usize::MAX, usize::MAX]] {
            assert!(table(&shape, false, &[]).expect_err("refused").contains("more than a file of this size can hold"));
        }
        assert!(finite(&array![[1.0, f64::NAN]]).is_ok());
        assert!(finite(&array![[1.0, f64::NEG_INFINITY]]).expect_err("refused").contains("-inf in row 0, column 1"));
    }
}
