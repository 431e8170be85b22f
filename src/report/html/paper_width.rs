//! How wide a results table is on paper, so that a print cuts nothing off: a wide table is turned and, where that is not
//! enough, printed smaller.

/// Millimetres between the margins of the narrower of A4 and Letter, less the card around a table.
const UPRIGHT: f64 = 176.0;
/// The same with the paper turned.
const TURNED: f64 = 244.0;
/// Width of a letter or a digit of a number, and of the smaller text below it.
const LETTER: f64 = 1.8;
const SMALL_LETTER: f64 = 1.52;
/// Text is never printed smaller than this share of its size: beyond that it cannot be read.
const SMALLEST: f64 = 0.3;
/// A table whose text would be smaller than this share is turned first.
const READABLE: f64 = 0.8;
/// Empty space of a cell, and before a group of columns.
const PADDING: f64 = 1.7;

/// How a table goes on paper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnPaper {
    /// Whether the paper is turned.
    pub turned: bool,
    /// The size of its text on paper that is not turned and on paper that is: 1 where it is not too wide.
    pub scales: [f64; 2],
}

/// The width of a cell: its number, and the longest of the smaller texts below.
pub fn cell<'a>(number: &str, below: impl Iterator<Item = &'a str>) -> f64 {
    let letters = |text: &str, each: f64| crate::report::number::float(text.chars().count()) * each;
    below.map(|text| letters(text, SMALL_LETTER)).fold(letters(number, LETTER), f64::max) + PADDING
}

/// Where a table of columns of these widths is printed.
pub fn on_paper(columns: &[f64]) -> OnPaper {
    let width: f64 = columns.iter().sum();
    // Only text becomes smaller.
    let padding = PADDING * crate::report::number::float(columns.len());
    let scale = |room: f64| if width > room { ((room - padding) / (width - padding)).max(SMALLEST) } else { 1.0 };
    OnPaper { turned: scale(UPRIGHT) < READABLE, scales: [scale(UPRIGHT), scale(TURNED)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_is_made_smaller_or_turned() {
        assert_eq!(on_paper(&[100.0]), OnPaper { turned: false, scales: [1.0, 1.0] });
        assert_eq!(on_paper(&[100.0, 100.0]), OnPaper { turned: false, scales: [172.6 / 196.6, 1.0] });
        assert!(on_paper(&[120.0, 120.0]).turned);
        let [upright, turned] = on_paper(&[488.0]).scales;
        assert!(upright < turned && turned < 0.5, "{upright} {turned}");
        assert_eq!(on_paper(&[4880.0]).scales, [0.3, 0.3]);
    }

    #[test]
    fn a_cell_is_as_wide_as_its_longest_line() {
        assert!(cell("0.5", ["±0.001", "1 not run yet"].into_iter()) > cell("0.5", ["±0.001"].into_iter()));
    }
}
