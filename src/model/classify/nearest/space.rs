//! Training rows in the unit cube, and the search for the nearest of them.
//!
//! A numeric column is scaled by its range, which every judged row may widen (Weka's habit); a nominal one counts nothing
//! or 1. Distances are exact sums of squares in the columns' order, in doubles; most rows never get that far, since a
//! lower bound in single precision, for a tile of rows at a time and the columns that differ most first, is already
//! beyond the k-th distance found so far.

use ndarray::{Array2, ArrayView1};

use crate::dataset::Column;

/// Rows of a tile.
const TILE: usize = 64;
/// After this many columns the bounds of a tile are looked at.
const STRIDE: usize = 8;
/// As few rows as this are left to the exact distance at once.
const FEW: usize = 4;
/// Stands for a missing number: its square distance from anything in the unit interval is more than the largest that a
/// known value can have, which it is then cut to.
const AWAY: f64 = 3.0;
/// Stands for a missing word of a training row; one of a judged row is [`UNLIKE`] it.
const NO_WORD: f64 = -1.0;
const UNLIKE: f64 = -2.0;

/// The values that a column spans; none before the first.
#[derive(Clone, Copy, Debug)]
struct Range {
    least: f64,
    most: f64,
}

impl Range {
    /// Widens to hold `value`; whether that changed anything.
    fn widen(&mut self, value: f64) -> bool {
        // Missing is neither below nor above.
        let wider = value < self.least || value > self.most;
        if wider {
            self.least = self.least.min(value);
            self.most = self.most.max(value);
        }
        wider
    }

    /// A value's place within, 0 to 1; 0 where the range is narrower than `flat`.
    fn unit(self, value: f64, flat: f64) -> f64 {
        let width = self.most - self.least;
        if width <= 0.0 || width < flat { 0.0 } else { (value - self.least) / width }
    }
}

/// A judged row beside one column.
#[derive(Clone, Copy, Debug)]
enum Cell {
    /// A number in the unit interval, and the largest square distance from it.
    Number(f64, f64),
    /// A missing number.
    Gap,
    /// The index of a word.
    Word(f64),
}

/// A training row near a judged one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// The squared distance.
    pub square: f64,
    /// Which row.
    pub row: usize,
}

/// The training rows.
#[derive(Clone, Debug)]
pub struct Space {
    rows: usize,
    columns: usize,
    nominal: Vec<bool>,
    flat: f64,
    ranges: Vec<Range>,
    /// As they were given, row by row.
    raw: Array2<f64>,
    /// In the unit cube, row by row.
    unit: Vec<f64>,
    /// The same in tiles: within a tile column by column, in the order of `sequence`.
    tiles: Vec<f32>,
    /// Columns, the one that differs most between rows first.
    sequence: Vec<usize>,
    /// The place of each column in `sequence`.
    place: Vec<usize>,
}

impl Space {
    /// Rows with their columns. A range narrower than `flat` counts as none.
    pub fn new(raw: Array2<f64>, columns: &[Column], flat: f64) -> Self {
        let (rows, width) = raw.dim();
        let mut space = Space {
            rows,
            columns: width,
            nominal: columns.iter().map(|column| column.words.is_some()).collect(),
            flat,
            ranges: vec![Range { least: f64::INFINITY, most: f64::NEG_INFINITY }; width],
            unit: vec![0.0; rows * width],
            tiles: vec![0.0; rows.div_ceil(TILE) * TILE * width],
            sequence: (0..width).collect(),
            place: (0..width).collect(),
            raw,
        };
        for (column, values) in space.raw.columns().into_iter().enumerate() {
            let range = &mut space.ranges[column];
            values.iter().for_each(|value| {
                range.widen(*value);
            });
        }
        for column in 0..width {
            space.scale(column);
        }
        let spread: Vec<f64> = (0..width).map(|column| space.spread(column)).collect();
        space.sequence.sort_by(|a, b| spread[*b].total_cmp(&spread[*a]));
        for (place, column) in space.sequence.iter().enumerate() {
            space.place[*column] = place;
        }
        (0..width).for_each(|column| space.tile(column));
        space
    }

    /// How many training rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// A training row as it was given.
    pub fn row(&self, row: usize) -> ArrayView1<'_, f64> {
        self.raw.row(row)
    }

    /// Brings a column into the unit interval.
    fn scale(&mut self, column: usize) {
        let (nominal, range) = (self.nominal[column], self.ranges[column]);
        for (value, row) in self.raw.column(column).iter().zip(self.unit.chunks_exact_mut(self.columns)) {
            row[column] = match (value.is_nan(), nominal) {
                (true, true) => NO_WORD,
                (true, false) => AWAY,
                (false, true) => *value,
                (false, false) => range.unit(*value, self.flat),
            };
        }
    }

    /// Copies a column into the tiles.
    #[expect(clippy::cast_possible_truncation, reason = "a bound in single precision")]
    fn tile(&mut self, column: usize) {
        let place = self.place[column];
        for (row, values) in self.unit.chunks_exact(self.columns).enumerate() {
            let (tile, within) = (row / TILE, row % TILE);
            self.tiles[(tile * self.columns + place) * TILE + within] = values[column] as f32;
        }
    }

    /// The mean square distance of two rows in a column, roughly.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn spread(&self, column: usize) -> f64 {
        let values = self.unit.chunks_exact(self.columns.max(1)).map(|row| row[column]);
        if self.nominal[column] {
            let mut words: Vec<f64> = values.collect();
            words.sort_unstable_by(f64::total_cmp);
            let alike: f64 = words.chunk_by(|a, b| a == b).map(|run| (run.len() as f64).powi(2)).sum();
            return 1.0 - alike / (self.rows as f64).powi(2);
        }
        let (mut sum, mut squares, mut known) = (0.0, 0.0, 0.0);
        for value in values.filter(|value| *value != AWAY) {
            sum += value;
            squares += value * value;
            known += 1.0;
        }
        if known == 0.0 { 0.0 } else { 2.0 * (squares / known - (sum / known).powi(2)) }
    }

    /// Widens the ranges by a row.
    pub fn widen(&mut self, row: ArrayView1<'_, f64>) {
        for (column, value) in row.iter().enumerate().take(self.columns) {
            if !self.nominal[column] && self.ranges[column].widen(*value) {
                self.scale(column);
                self.tile(column);
            }
        }
    }

    /// The rows no farther than the `k`-th nearest, the nearest first, equals as they stand; `skip` is not looked at.
    pub fn nearest(&self, row: ArrayView1<'_, f64>, k: usize, skip: Option<usize>, found: &mut Vec<Neighbour>) {
        found.clear();
        let cells: Vec<Cell> =
            row.iter().enumerate().take(self.columns).map(|(at, value)| self.cell(at, *value)).collect();
        let ordered: Vec<Cell> = self.sequence.iter().map(|column| cells[*column]).collect();
        let mut kept = Kept { k: k.max(1), found };
        let mut bounds = [0.0_f32; TILE];
        for tile in 0..self.rows.div_ceil(TILE) {
            let least = self.bound(kept.limit());
            if least.is_finite() && !self.bounded(tile, &ordered, least, &mut bounds) {
                continue;
            }
            let first = tile * TILE;
            for (row, bound) in (first..self.rows.min(first + TILE)).zip(&bounds) {
                // The limit may have come down since the bounds were made.
                if least.is_finite() && *bound > least || skip == Some(row) {
                    continue;
                }
                if let Some(square) = self.square(row, &cells, kept.limit()) {
                    kept.add(Neighbour { square, row });
                }
            }
        }
    }

    fn cell(&self, column: usize, value: f64) -> Cell {
        match (self.nominal[column], value.is_nan()) {
            (true, true) => Cell::Word(UNLIKE),
            (true, false) => Cell::Word(value),
            (false, true) => Cell::Gap,
            (false, false) => {
                let unit = self.ranges[column].unit(value, self.flat);
                let most = unit.max(1.0 - unit);
                Cell::Number(unit, most * most)
            }
        }
    }

    /// What a sum in single precision may reach at a true sum of `limit`: each unit value is off by 2^-25, each
    /// difference by three of that, each sum by 2^-24 of itself a term; all of it doubled.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a bound with room to spare")]
    fn bound(&self, limit: f64) -> f32 {
        let step = 2.0_f64.powi(-22);
        let columns = self.columns as f64;
        let reach = limit.sqrt() + columns.sqrt() * step;
        (reach * reach * (1.0 + (columns + 4.0) * step)) as f32
    }

    /// Lower bounds of a tile's rows; whether any is within `least`. They may lack some columns.
    fn bounded(&self, tile: usize, cells: &[Cell], least: f32, bounds: &mut [f32; TILE]) -> bool {
        *bounds = [0.0; TILE];
        let start = tile * self.columns * TILE;
        let values = &self.tiles[start..start + self.columns * TILE];
        for (cells, values) in cells.chunks(STRIDE).zip(values.chunks(STRIDE * TILE)) {
            for (cell, values) in cells.iter().zip(values.chunks_exact(TILE)) {
                add(*cell, values, bounds);
            }
            let within = bounds.iter().map(|bound| u32::from(*bound <= least)).sum::<u32>();
            if within as usize <= FEW {
                return within > 0;
            }
        }
        true
    }

    /// The exact squared distance of a training row; none where it is beyond `limit`.
    fn square(&self, row: usize, cells: &[Cell], limit: f64) -> Option<f64> {
        let values = &self.unit[row * self.columns..(row + 1) * self.columns];
        let mut sum = 0.0;
        for (cell, value) in cells.iter().zip(values) {
            sum += match *cell {
                Cell::Number(unit, most) => lesser((value - unit) * (value - unit), most),
                Cell::Gap => {
                    let most = value.max(1.0 - value);
                    lesser(most * most, 1.0)
                }
                Cell::Word(word) => f64::from(u8::from(*value != word)),
            };
        }
        (sum <= limit).then_some(sum)
    }
}

/// The lesser of two numbers, `b` where `a` is none; as one instruction, which `min` is not.
fn lesser(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// Adds a column's square distances to the bounds.
#[expect(clippy::cast_possible_truncation, reason = "a bound in single precision")]
fn add(cell: Cell, values: &[f32], bounds: &mut [f32; TILE]) {
    match cell {
        Cell::Number(unit, most) => {
            let (unit, most) = (unit as f32, most as f32);
            for (bound, value) in bounds.iter_mut().zip(values) {
                let square = (value - unit) * (value - unit);
                *bound += if square < most { square } else { most };
            }
        }
        Cell::Gap => {
            for (bound, value) in bounds.iter_mut().zip(values) {
                let other = 1.0 - value;
                let most = if *value > other { *value } else { other };
                let square = most * most;
                *bound += if square < 1.0 { square } else { 1.0 };
            }
        }
        Cell::Word(word) => {
            let word = word as f32;
            for (bound, value) in bounds.iter_mut().zip(values) {
                *bound += if *value == word { 0.0 } else { 1.0 };
            }
        }
    }
}

/// The nearest so far, ascending.
struct Kept<'a> {
    k: usize,
    found: &'a mut Vec<Neighbour>,
}

impl Kept<'_> {
    /// The distance of the k-th.
    fn limit(&self) -> f64 {
        self.found.get(self.k - 1).map_or(f64::INFINITY, |kth| kth.square)
    }

    fn add(&mut self, neighbour: Neighbour) {
        let place = self.found.partition_point(|kept| kept.square <= neighbour.square);
        self.found.insert(place, neighbour);
        let limit = self.limit();
        let beyond = self.found.iter().rev().take_while(|kept| kept.square > limit).count();
        self.found.truncate(self.found.len() - beyond);
    }
}
