//! Items, the rows that have them, and the sets of items that many rows have.

use crate::dataset::Dataset;
use crate::model::FitError;

/// So many sets are too many for anybody to wait for.
const MOST_SETS: usize = 5_000_000;

/// A value of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which column.
    pub column: usize,
    /// The index of its word.
    pub word: usize,
}

/// Every value of every column, with the rows that have it, one bit a row. Missing values are no items.
pub struct Items {
    /// By column, then by word.
    pub list: Vec<Item>,
    bits: Vec<Vec<u64>>,
    /// The number of rows.
    pub rows: usize,
}

/// A set of items that enough rows have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargeSet {
    /// Ascending places in [`Items::list`].
    pub items: Vec<usize>,
    /// The item of the class, where only rules of classes are looked for.
    pub class: Option<usize>,
    /// How many rows have them all.
    pub support: usize,
}

/// Which sets are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// At least so many rows have them.
    pub least: usize,
    /// At most so many.
    pub most: usize,
    /// Each together with a value of this column.
    pub class: Option<usize>,
}

impl Items {
    /// Of nominal columns; in those named `without_first` the first word counts as missing.
    pub fn new(data: &Dataset, without_first: bool) -> Items {
        let values = data.joined();
        let words = data.views.iter().flat_map(|view| &view.columns).map(|c| c.words.as_ref().map_or(0, |w| w.len()));
        let mut items = Items { list: Vec::new(), bits: Vec::new(), rows: values.nrows() };
        for (column, words) in words.enumerate() {
            let start = items.list.len();
            items.list.extend((0..words).map(|word| Item { column, word }));
            items.bits.resize(items.list.len(), vec![0; values.nrows().div_ceil(64)]);
            for (row, value) in values.column(column).iter().enumerate().filter(|(_, value)| **value >= 0.0) {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into the words")]
                let word = *value as usize;
                if word < words && !(without_first && word == 0) {
                    items.bits[start + word][row / 64] |= 1 << (row % 64);
                }
            }
        }
        items
    }

    /// How many rows have all of these items.
    pub fn support(&self, items: &[usize]) -> usize {
        count(&self.rows_with(items))
    }

    /// The rows that have all of these items.
    fn rows_with(&self, items: &[usize]) -> Vec<u64> {
        let Some((first, rest)) = items.split_first() else {
            let bit = |place: usize| if place < self.rows { 1_u64 << (place % 64) } else { 0 };
            return (0..self.rows.div_ceil(64)).map(|word| (word * 64..word * 64 + 64).map(bit).sum()).collect();
        };
        let mut bits = self.bits[*first].clone();
        for item in rest {
            bits.iter_mut().zip(&self.bits[*item]).for_each(|(a, b)| *a &= b);
        }
        bits
    }

    /// The large sets by size, each size in the order of their items: sets of one item more are merged from two that
    /// differ in the last only (Agrawal and Srikant 1994).
    ///
    /// # Errors
    /// There are too many.
    pub fn large(&self, wanted: Wanted) -> Result<Vec<Vec<LargeSet>>, FitError> {
        let is_class = |item: &usize| Some(self.list[*item].column) == wanted.class;
        let classes: Vec<Option<usize>> = match wanted.class {
            None => vec![None],
            Some(_) => (0..self.list.len()).filter(is_class).map(Some).collect(),
        };
        let mut level = Vec::new();
        for item in (0..self.list.len()).filter(|item| !is_class(item)) {
            for class in &classes {
                let all: Vec<usize> = std::iter::once(item).chain(*class).collect();
                let support = self.support(&all);
                level.extend(within(wanted, support).then(|| LargeSet { items: vec![item], class: *class, support }));
            }
        }
        let (mut levels, mut total) = (Vec::new(), 0);
        while !level.is_empty() {
            total += level.len();
            let next = self.merged(&level, wanted, MOST_SETS.saturating_sub(total))?;
            levels.push(std::mem::replace(&mut level, next));
        }
        Ok(levels)
    }

    fn merged(&self, level: &[LargeSet], wanted: Wanted, most: usize) -> Result<Vec<LargeSet>, FitError> {
        let mut found = Vec::new();
        for (place, first) in level.iter().enumerate() {
            let Some((&last, prefix)) = first.items.split_last() else { continue };
            let mut rows: Option<Vec<u64>> = None;
            let alike = |set: &&LargeSet| set.items.starts_with(prefix);
            for second in level[place + 1..].iter().take_while(alike).filter(|set| set.class == first.class) {
                let Some(&other) = second.items.last() else { continue };
                if self.list[other].column == self.list[last].column {
                    continue;
                }
                let rows = rows.get_or_insert_with(|| {
                    self.rows_with(&first.items.iter().copied().chain(first.class).collect::<Vec<_>>())
                });
                let both = rows.iter().zip(&self.bits[other]).map(|(a, b)| usize_of((a & b).count_ones()));
                let support = both.sum();
                if within(wanted, support) {
                    let items = first.items.iter().copied().chain([other]).collect();
                    found.push(LargeSet { items, class: first.class, support });
                }
            }
            if found.len() > most {
                return Err(FitError::NotApplicable(format!(
                    "more than {MOST_SETS} sets of items have the support {} of {} rows; raise `lower-support`",
                    wanted.least, self.rows
                )));
            }
        }
        Ok(found)
    }
}

fn within(wanted: Wanted, support: usize) -> bool {
    (wanted.least..=wanted.most).contains(&support)
}

fn count(bits: &[u64]) -> usize {
    bits.iter().map(|word| usize_of(word.count_ones())).sum()
}

fn usize_of(bits: u32) -> usize {
    usize::try_from(bits).unwrap_or(0)
}
