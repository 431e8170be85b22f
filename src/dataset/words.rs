//! The words of a column, each kept once.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::dataset::Labels;

/// Words and their codes, in the order in which they came.
#[derive(Debug, Default)]
pub struct Words {
    codes: HashMap<Box<str>, u32>,
    /// The file said which words there are; no other is taken, and they stay in that order.
    declared: bool,
}

impl Words {
    /// The words that a file declares; none if one is declared twice, which is then the error.
    pub fn declared(words: &[String]) -> Result<Self, &str> {
        let mut all = Words::default();
        for (place, word) in words.iter().enumerate() {
            if all.insert(word) as usize != place {
                return Err(word);
            }
        }
        Ok(Words { declared: true, ..all })
    }

    /// The code of a word; none for one that was not declared.
    pub fn code(&mut self, word: &str) -> Option<u32> {
        match self.codes.get(word) {
            Some(code) => Some(*code),
            None if self.declared => None,
            None => Some(self.insert(word)),
        }
    }

    fn insert(&mut self, word: &str) -> u32 {
        // More words than this take more memory than any file may.
        let next = u32::try_from(self.codes.len()).unwrap_or(u32::MAX);
        *self.codes.entry(word.into()).or_insert(next)
    }

    /// Whether the words stay in the file's order.
    pub fn is_declared(&self) -> bool {
        self.declared
    }

    /// The words in order, and the place of each code among them. Declared words stay as they are. Others are sorted:
    /// by size where all are numbers, of which two ways to write one (`1`, `1.0`) are one word, shown as the shorter;
    /// else by letter.
    pub fn sorted(self) -> (Vec<String>, Vec<usize>) {
        let mut words: Vec<(String, u32)> = self.codes.into_iter().map(|(word, code)| (word.into(), code)).collect();
        let mut places = vec![0; words.len()];
        if self.declared {
            words.sort_unstable_by_key(|(_, code)| *code);
            places.iter_mut().enumerate().for_each(|(code, place)| *place = code);
            return (words.into_iter().map(|(word, _)| word).collect(), places);
        }
        let numeric = words.iter().all(|(word, _)| number(word).is_some());
        let size = |word: &str| if numeric { number(word).unwrap_or(0.0) } else { 0.0 };
        let length = |word: &str| if numeric { word.len() } else { 0 };
        words.sort_unstable_by(|(a, _), (b, _)| {
            size(a).total_cmp(&size(b)).then_with(|| length(a).cmp(&length(b))).then_with(|| a.cmp(b))
        });
        let mut classes: Vec<String> = Vec::with_capacity(words.len());
        for (word, code) in words {
            let same = numeric && size(&word).abs() < EXACT && classes.last().is_some_and(|c| size(c) == size(&word));
            if !same {
                classes.push(word);
            }
            places[code as usize] = classes.len() - 1;
        }
        (classes, places)
    }

    /// Labels of rows that have these codes.
    pub fn labels(self, name: &str, codes: &[u32]) -> Labels {
        let (classes, places) = self.sorted();
        Labels { name: name.to_owned(), classes, codes: codes.iter().map(|code| places[*code as usize]).collect() }
    }
}

/// Whether all of these words are numbers: then they are told apart by size, as in [`Words::sorted`], else by letter.
pub fn are_numbers<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    words.all(|word| number(word).is_some())
}

/// One of the ways to write a number, the same for all of them; what is no number, or beyond those that are told apart,
/// stays as it is.
pub fn one_way(word: &str) -> Cow<'_, str> {
    let plain = word.len() < 16 && !word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit());
    match number(word).filter(|x| !plain && x.abs() < EXACT) {
        Some(x) => x.to_string().into(),
        None => word.into(),
    }
}

/// Whole numbers are told apart up to here.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A finite number; minus zero is zero.
fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|x| x.is_finite()).map(|x| x + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(rows: &[&str]) -> (Vec<String>, Vec<usize>) {
        let mut words = Words::default();
        let codes: Vec<u32> = rows.iter().map(|row| words.code(row).unwrap()).collect();
        let labels = words.labels("y", &codes);
        (labels.classes, labels.codes)
    }

    #[test]
    fn numbers_by_size_and_text_by_letter() {
        assert_eq!(sorted(&["10", "9", "10"]), (vec!["9".to_owned(), "10".to_owned()], vec![1, 0, 1]));
        assert_eq!(sorted(&["10", "9", "b"]).0, ["10", "9", "b"]);
        assert_eq!(sorted(&["-1", "1", "-2"]).0, ["-2", "-1", "1"]);
    }

    #[test]
    fn one_number_written_in_two_ways_is_one_class() {
        assert_eq!(sorted(&["1.0", "2", "1", "2.00"]), (vec!["1".to_owned(), "2".to_owned()], vec![0, 1, 0, 1]));
        assert_eq!(sorted(&["-0", "0.0", "0"]), (vec!["0".to_owned()], vec![0, 0, 0]));
        // As words they differ.
        assert_eq!(sorted(&["1.0", "1", "b"]).0, ["1", "1.0", "b"]);
        // Above 2^53 neighbours are one f64, and still two labels.
        assert_eq!(sorted(&["9007199254740993", "9007199254740992"]).0.len(), 2);
    }

    #[test]
    fn ways_to_write_a_number_are_one() {
        for (word, want) in [("7", "7"), ("7.0", "7"), ("007", "7"), ("7e0", "7"), ("+7", "7"), ("-0", "0"), ("0", "0")]
        {
            assert_eq!(one_way(word), want, "{word}");
        }
        for word in ["7a", "", "nan", "9007199254740993", "9007199254740993.0", "1e300"] {
            assert_eq!(one_way(word), word);
        }
        assert!(are_numbers(["7", "7.0"].into_iter()) && !are_numbers(["7", "b"].into_iter()));
    }

    #[test]
    fn declared_words_stay_in_order() {
        let list = ["b".to_owned(), "a".to_owned()];
        let mut words = Words::declared(&list).unwrap();
        assert_eq!((words.code("a"), words.code("c")), (Some(1), None));
        assert_eq!(words.sorted(), (list.to_vec(), vec![0, 1]));
        assert_eq!(Words::declared(&["a".to_owned(), "a".to_owned()]).unwrap_err(), "a");
    }
}
