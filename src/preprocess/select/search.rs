//! The ways through the sets of columns.

use std::collections::HashSet;

use crate::preprocess::select::merit::{Merits, Subset};
use crate::weka::order::ascending;

/// By how much a set must be better to count as an improvement of a best-first search.
const IMPROVEMENT: f64 = 1e-5;

/// Which way a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From no columns, one more at a time.
    Forward,
    /// From all columns, one less at a time.
    Backward,
    /// From no columns, one more or one less.
    Both,
}

/// Best first (Pearl 1984; Kohavi and John 1997): the best set that is still open is replaced by all that differ from it by
/// one column. At most `stale` sets are open, and after so many in a row that led to nothing better it ends.
pub fn best_first(merits: &mut Merits, direction: Direction, stale: usize) -> Subset {
    let columns: Vec<usize> = (0..merits.columns()).collect();
    let start = if direction == Direction::Backward { merits.all() } else { Subset::default() };
    let moves = |_: &Subset| columns.clone();
    Open { direction, stale }.search(merits, start, moves)
}

/// What linear forward selection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// How many columns of the ranking are looked at.
    pub size: usize,
    /// Whether columns are ranked by their own merit, rather than in the file's order.
    pub ranked: bool,
    /// Whether the window grows by one column with each that is chosen, rather than staying the same.
    pub growing: bool,
    /// As in [`best_first`].
    pub stale: usize,
}

/// Linear forward selection (Gütlein et al. 2009): best first over the top of a ranking.
pub fn linear_forward(merits: &mut Merits, how: &Linear) -> Subset {
    let ranking: Vec<usize> = if how.ranked {
        let keys: Vec<f64> = (0..merits.columns()).map(|column| f64::from(merits.with_class(column))).collect();
        ascending(&keys).into_iter().rev().collect()
    } else {
        (0..merits.columns()).collect()
    };
    let moves = |set: &Subset| {
        let window = how.size + if how.growing { set.columns.len() } else { 0 };
        ranking[..window.min(ranking.len())].to_vec()
    };
    Open { direction: Direction::Forward, stale: how.stale }.search(merits, Subset::default(), moves)
}

struct Open {
    direction: Direction,
    stale: usize,
}

impl Open {
    /// From `start`; `moves` are the columns that a set may gain or lose, in the order in which they are tried.
    fn search(&self, merits: &mut Merits, start: Subset, moves: impl Fn(&Subset) -> Vec<usize>) -> Subset {
        let most = self.stale.max(1);
        let mut seen: HashSet<Vec<usize>> = HashSet::from([start.columns.clone()]);
        let mut best = start.clone();
        let mut open = vec![start];
        let mut without_gain = 0;
        while without_gain < most && !open.is_empty() {
            let head = open.remove(0);
            let mut improved = false;
            for next in self.neighbours(merits, &head, &moves(&head)) {
                if !seen.insert(next.columns.clone()) {
                    continue;
                }
                if next.merit() - best.merit() > IMPROVEMENT {
                    improved = true;
                    best = next.clone();
                }
                if open.len() == most {
                    open.pop();
                }
                let at = open.iter().position(|other| other.merit() < next.merit()).unwrap_or(open.len());
                open.insert(at, next);
            }
            without_gain = if improved { 0 } else { without_gain + 1 };
        }
        best
    }

    fn neighbours(&self, merits: &mut Merits, set: &Subset, moves: &[usize]) -> Vec<Subset> {
        let has = |column: usize| set.columns.binary_search(&column).is_ok();
        let mut found = Vec::new();
        if self.direction != Direction::Backward {
            found.extend(moves.iter().filter(|column| !has(**column)).map(|&column| merits.with(set, column)));
        }
        if self.direction != Direction::Forward {
            found.extend(moves.iter().filter(|column| has(**column)).map(|&column| merits.without(set, column)));
        }
        found
    }
}

/// Greedy stepwise. Forwards, the column that helps most, the first of equals, as long as one does. Backwards, the column
/// without which the set is best, the last of equals, as long as that is no worse. `conservative` goes on forwards also
/// where nothing is lost.
pub fn greedy_stepwise(merits: &mut Merits, backward: bool, conservative: bool) -> Subset {
    let mut set = if backward { merits.all() } else { Subset::default() };
    loop {
        let mut best: Option<Subset> = None;
        for column in 0..merits.columns() {
            let has = set.columns.binary_search(&column).is_ok();
            if has != backward {
                continue;
            }
            let next = if backward { merits.without(&set, column) } else { merits.with(&set, column) };
            let bar = best.as_ref().unwrap_or(&set).merit();
            let better = if backward || conservative { next.merit() >= bar } else { next.merit() > bar };
            if better {
                best = Some(next);
            }
        }
        match best {
            Some(next) => set = next,
            None => return set,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Column, Labels, View};
    use crate::preprocess::Training;
    use crate::preprocess::discretize::mdl::Encoding;
    use crate::preprocess::select::codes::Table;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// Columns of three words and two classes.
    fn merits(cells: &[u8], columns: usize) -> Merits {
        let rows = cells.len() / (columns + 1);
        let cell = |row: usize, column: usize| cells[row * (columns + 1) + column];
        let words: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        let names = (0..columns).map(|column| Column::nominal(column.to_string(), words.clone())).collect();
        let values = Array2::from_shape_fn((rows, columns), |(row, column)| f64::from(cell(row, column) % 3));
        let view = View { name: "x".to_owned(), columns: names, values };
        let labels: Vec<String> = (0..rows).map(|row| (cell(row, columns) % 2).to_string()).collect();
        let labels = Labels::of("y", &labels);
        Merits::new(Table::of(&Training::of(&view, Some(&labels)), Encoding::Distinct, false).expect("a table"))
    }

    /// The merit of a set, from the definition.
    fn merit(merits: &mut Merits, set: &[usize]) -> f64 {
        let with_class: f64 = set.iter().map(|&column| f64::from(merits.with_class(column))).sum();
        let mut between = 0.0;
        for (at, &one) in set.iter().enumerate() {
            between += set[..at].iter().map(|&other| f64::from(merits.between(one, other))).sum::<f64>();
        }
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let scale = (set.len() as f64 + 2.0 * between).sqrt();
        if set.is_empty() { 0.0 } else { with_class / scale }
    }

    fn every_search(found: &mut Merits) -> Vec<Subset> {
        let linear = |growing, ranked, size| Linear { size, ranked, growing, stale: 5 };
        vec![
            best_first(found, Direction::Forward, 5),
            best_first(found, Direction::Backward, 5),
            best_first(found, Direction::Both, 5),
            greedy_stepwise(found, false, false),
            greedy_stepwise(found, false, true),
            greedy_stepwise(found, true, false),
            linear_forward(found, &linear(false, true, 5)),
            linear_forward(found, &linear(true, true, 1)),
            linear_forward(found, &linear(false, false, 5)),
        ]
    }

    proptest! {
        /// Whatever way a set was come to, its merit is that of the definition; no search is worse than a greedy one from
        /// the same end, and none better than the best of all sets.
        #[test]
        fn merits_are_of_the_sets_that_are_found(cells in proptest::collection::vec(0_u8..6, 30 * 6)) {
            let mut found = merits(&cells, 5);
            let sets: Vec<Vec<usize>> =
                (0..32_usize).map(|set| (0..5).filter(|column| set >> column & 1 == 1).collect()).collect();
            let most = sets.iter().map(|set| merit(&mut found, set)).fold(0.0, f64::max);
            for set in every_search(&mut found) {
                prop_assert!(set.columns.is_sorted());
                prop_assert!((set.merit() - merit(&mut found, &set.columns)).abs() < 1e-9);
                prop_assert!(set.merit() <= most + 1e-9);
            }
            let forward = best_first(&mut found, Direction::Forward, 5).merit();
            prop_assert!(forward >= greedy_stepwise(&mut found, false, false).merit() - IMPROVEMENT * 5.0);
            // So many sets may be open and so many lead nowhere that every set is looked at.
            let all = best_first(&mut found, Direction::Both, 1_000).merit();
            prop_assert!((all - most).abs() < IMPROVEMENT * 5.0, "{all} {most}");
        }
    }

    /// The class is whether the first two differ, which neither tells alone; the third is the class with three slips, and
    /// the fourth its copy.
    #[test]
    fn a_copy_is_left_out() {
        let cells: Vec<u8> = (0..40)
            .flat_map(|row: u8| {
                let (one, other) = (row % 2, row / 2 % 2);
                let class = one ^ other;
                let near = if row < 3 { 1 - class } else { class };
                [one, other, near, near, class]
            })
            .collect();
        let mut found = merits(&cells, 4);
        // A copy changes no merit: searches that only go where something is gained leave it out, and so does greedy
        // stepwise backwards, which takes away what nothing is lost without.
        let sets = every_search(&mut found);
        for set in [0, 2, 3, 5, 6].map(|search| &sets[search]) {
            assert!(set.columns.contains(&2) != set.columns.contains(&3), "{set:?}");
        }
        assert!([1, 4].iter().all(|&search| sets[search].columns == [2, 3]), "{sets:?}");
    }

    /// Two columns are the class, each with slips of its own: the second helps, and is seen where the window has grown.
    #[test]
    fn a_window_keeps_columns_out_until_it_grows() {
        let slipped = |row: u8, slips: std::ops::Range<u8>| if slips.contains(&row) { 1 - row % 2 } else { row % 2 };
        let cells: Vec<u8> = (0..40).flat_map(|row: u8| [slipped(row, 0..3), slipped(row, 9..13), row % 2]).collect();
        let mut found = merits(&cells, 2);
        let mut with =
            |growing, size| linear_forward(&mut found, &Linear { size, ranked: true, growing, stale: 5 }).columns;
        assert_eq!((with(false, 1), with(true, 1), with(false, 2)), (vec![0], vec![0, 1], vec![0, 1]));
    }
}
