//! Columns as codes, and what one tells about another, in bits.

use crate::preprocess::Training;
use crate::preprocess::discretize::mdl::{Encoding, cuts, interval};
use crate::weka::number::n_log_n;

/// A column as indices of the values that it has in the training rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Codes {
    /// One code a row; `levels` where the value is missing.
    pub codes: Vec<usize>,
    /// How many different values there are.
    pub levels: usize,
}

impl Codes {
    /// From one number a row, the same number for the same value; NaN is missing, or one more value where it counts as
    /// `separate`. Values without a row are left out: they carry no information, and a word list may be long.
    fn of(values: impl Iterator<Item = f64> + Clone, separate: bool) -> Codes {
        let mut known: Vec<f64> = values.clone().filter(|value| !value.is_nan()).collect();
        known.sort_unstable_by(f64::total_cmp);
        known.dedup();
        let code = |value: f64| {
            if value.is_nan() { known.len() } else { known.partition_point(|other| *other < value) }
        };
        let codes: Vec<usize> = values.map(code).collect();
        let missing = codes.contains(&known.len());
        Codes { codes, levels: known.len() + usize::from(separate && missing) }
    }

    /// Rows of each code in the order of the codes, those without a value last; with where each code starts.
    fn by_code(&self) -> (Vec<usize>, Vec<usize>) {
        let mut starts = vec![0; self.levels + 2];
        self.codes.iter().for_each(|code| starts[code + 1] += 1);
        for code in 1..starts.len() {
            starts[code] += starts[code - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; self.codes.len()];
        for (row, code) in self.codes.iter().enumerate() {
            rows[next[*code]] = row;
            next[*code] += 1;
        }
        (rows, starts)
    }

    /// The weight of each code, that of the missing ones last.
    fn sums(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.levels + 1];
        self.codes.iter().zip(weights).for_each(|(code, weight)| sums[*code] += weight);
        sums
    }
}

/// The columns of a view with the classes, all as codes.
#[derive(Clone, Debug)]
pub struct Table {
    /// One a column.
    pub columns: Vec<Codes>,
    /// The classes.
    pub class: Codes,
    /// One weight a row.
    pub weights: Vec<f64>,
}

impl Table {
    /// Of training rows: numbers are cut by description length, words are taken as they are. A missing value is
    /// `separate`, or else is spread over the known ones by [`information`].
    ///
    /// # Errors
    /// There are no classes, or a number is infinite.
    pub fn of(training: &Training<'_>, encoding: Encoding, separate: bool) -> Result<Table, String> {
        let labels = training.labels.ok_or("it needs the classes of the training rows, which the task hides")?;
        let view = training.view;
        let weights = training.weights();
        let mut columns = Vec::with_capacity(view.columns.len());
        for (column, values) in view.columns.iter().zip(view.values.columns()) {
            if let Some(row) = values.iter().position(|value| value.is_infinite()) {
                return Err(format!("column `{}` holds {} in training row {row}", column.name, values[row]));
            }
            columns.push(if column.words.is_some() {
                Codes::of(values.iter().copied(), separate)
            } else {
                let cuts = cuts(&values.to_vec(), &labels.codes, &weights, labels.classes.len(), encoding);
                #[expect(clippy::cast_precision_loss, reason = "a count of cut points")]
                let place = |value: &f64| if value.is_nan() { f64::NAN } else { interval(&cuts, *value) as f64 };
                Codes::of(values.iter().map(place), separate)
            });
        }
        let class = Codes { codes: labels.codes.clone(), levels: labels.classes.len() };
        Ok(Table { columns, class, weights })
    }
}

/// The bits of two columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Information {
    /// Of the first alone.
    pub first: f64,
    /// Of the second alone.
    pub second: f64,
    /// Of both together.
    pub both: f64,
}

impl Information {
    /// What each tells about the other.
    pub fn gain(&self) -> f64 {
        self.first + self.second - self.both
    }

    /// Symmetrical uncertainty: the gain as a share of the mean of both; 0 where neither varies.
    pub fn symmetrical_uncertainty(&self) -> f64 {
        let sum = self.first + self.second;
        if sum > 0.0 { 2.0 * self.gain() / sum } else { 0.0 }
    }
}

/// The bits of two columns over the same rows. A row without a value of one of them is spread over that column's values by
/// their weights, a row without either over the cells by theirs. Without a known value in a column nothing is known.
///
/// Each line of the table of counts is made and used up in turn, so that two long word lists take the room of one, and
/// only the cells with rows are looked at where nothing is missing.
pub fn information(a: &Codes, b: &Codes, weights: &[f64]) -> Information {
    let (shares_a, shares_b) = (shares(&a.sums(weights)), shares(&b.sums(weights)));
    let lost = Lost::of(a, b, weights);
    let (rows, starts) = a.by_code();
    let every: Vec<usize> = (0..b.levels).collect();
    let mut touched: Vec<usize> = Vec::new();
    let mut line = vec![0.0; b.levels];
    let mut of_b = vec![0.0; b.levels];
    let (mut cells, mut of_a, mut total) = (0.0, 0.0, 0.0);
    for code in 0..a.levels {
        touched.clear();
        for &row in rows[starts[code]..starts[code + 1]].iter().filter(|row| b.codes[**row] < b.levels) {
            line[b.codes[row]] += weights[row];
            touched.push(b.codes[row]);
        }
        // In order, so that a column that tells nothing tells nothing to the last digit.
        touched.sort_unstable();
        touched.dedup();
        let mut sum = 0.0;
        for &other in if lost.any { &every } else { &touched } {
            let cell = std::mem::take(&mut line[other]);
            let mut n = cell + shares_a[code] * lost.first[other] + shares_b[other] * lost.second[code];
            if lost.known > 0.0 {
                n += cell / lost.known * lost.both;
            }
            cells += n_log_n(n);
            of_b[other] += n;
            sum += n;
        }
        of_a += n_log_n(sum);
        total += sum;
    }
    if total <= 0.0 {
        return Information { first: 0.0, second: 0.0, both: 0.0 };
    }
    let bits = |sum: f64| (n_log_n(total) - sum) / (total * std::f64::consts::LN_2);
    let of_b: f64 = of_b.iter().map(|n| n_log_n(*n)).sum();
    Information { first: bits(of_a), second: bits(of_b), both: bits(cells) }
}

/// The share of each code among the known ones, from the weights of all codes and the missing.
fn shares(sums: &[f64]) -> Vec<f64> {
    let known = &sums[..sums.len() - 1];
    let total: f64 = known.iter().sum();
    known.iter().map(|sum| if total > 0.0 { sum / total } else { 0.0 }).collect()
}

/// The weight of rows that lack a value.
struct Lost {
    /// Without the first, by the code of the second.
    first: Vec<f64>,
    /// Without the second, by the code of the first.
    second: Vec<f64>,
    /// Without either.
    both: f64,
    /// With both.
    known: f64,
    /// Whether any row lacks one.
    any: bool,
}

impl Lost {
    fn of(a: &Codes, b: &Codes, weights: &[f64]) -> Lost {
        let (first, second) = (vec![0.0; b.levels], vec![0.0; a.levels]);
        let mut lost = Lost { first, second, both: 0.0, known: 0.0, any: false };
        for ((one, other), weight) in a.codes.iter().zip(&b.codes).zip(weights) {
            let has = (*one < a.levels, *other < b.levels);
            lost.any |= has != (true, true);
            match has {
                (true, true) => lost.known += weight,
                (false, true) => lost.first[*other] += weight,
                (true, false) => lost.second[*one] += weight,
                (false, false) => lost.both += weight,
            }
        }
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f64 = f64::NAN;

    fn codes(values: &[f64]) -> Codes {
        Codes::of(values.iter().copied(), false)
    }

    #[test]
    fn equal_columns_tell_everything_and_constant_ones_nothing() {
        let (one, other, same) = (codes(&[4.0, 4.0, 9.0, 9.0]), codes(&[1.0, 0.0, 1.0, 0.0]), codes(&[3.0; 4]));
        let weights = [1.0; 4];
        let all = information(&one, &one, &weights);
        assert!((all.gain() - 1.0).abs() < 1e-12 && (all.symmetrical_uncertainty() - 1.0).abs() < 1e-12);
        assert!(information(&one, &other, &weights).gain().abs() < 1e-12);
        assert!(information(&one, &same, &weights).symmetrical_uncertainty().abs() < 1e-12);
        assert_eq!(information(&same, &same, &weights).symmetrical_uncertainty(), 0.0);
    }

    /// By hand: four known rows in two equal cells; the row without the first is half a row in each of its values.
    #[test]
    fn a_missing_value_is_spread_or_a_value_of_its_own() {
        let (gaps, class) = (codes(&[0.0, 0.0, 1.0, 1.0, GAP]), codes(&[0.0, 0.0, 1.0, 1.0, 0.0]));
        let found = information(&gaps, &class, &[1.0; 5]);
        let bits = |parts: &[f64]| -parts.iter().map(|part| part / 5.0 * (part / 5.0).log2()).sum::<f64>();
        assert!((found.first - bits(&[2.5, 2.5])).abs() < 1e-12);
        assert!((found.second - bits(&[3.0, 2.0])).abs() < 1e-12);
        assert!((found.both - bits(&[2.5, 0.5, 2.0])).abs() < 1e-12);
        let separate = Codes::of([0.0, GAP].into_iter(), true);
        assert_eq!((separate.codes, separate.levels), (vec![0, 1], 2));
        let all = codes(&[GAP; 5]);
        assert_eq!((all.levels, information(&all, &class, &[1.0; 5]).gain()), (0, 0.0));
        // The two are never known together, and both are missing once.
        let (one, other) = (codes(&[0.0, 1.0, GAP, GAP]), codes(&[GAP, GAP, 1.0, GAP]));
        assert!(information(&one, &other, &[1.0; 4]).symmetrical_uncertainty().abs() < 1e-12);
    }

    #[test]
    fn a_weight_counts_as_so_many_rows() {
        let (one, class) = (codes(&[0.0, 1.0, GAP]), codes(&[0.0, 1.0, 1.0]));
        let heavy = information(&one, &class, &[2.0, 1.0, 3.0]);
        let (one, class) = (codes(&[0.0, 0.0, 1.0, GAP, GAP, GAP]), codes(&[0.0, 0.0, 1.0, 1.0, 1.0, 1.0]));
        let many = information(&one, &class, &[1.0; 6]);
        assert!((heavy.gain() - many.gain()).abs() < 1e-12 && (heavy.both - many.both).abs() < 1e-12);
    }
}
