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
