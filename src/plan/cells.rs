//! The cells of a model's sweep: counted and drawn without making them all.
//!
//! Axes that move together are one unit. Values of a unit that no condition tells apart are one class; the classes of
//! all units that conditions name or rule make up the leaves of a tree, each with the number of cells that it stands
//! for. Counting sums over leaves, and a cell is found from its number by way of its leaf.

use std::collections::HashSet;

use crate::experiment::condition::holds;
use crate::experiment::{GridAxis, ModelBlock, RandomAxis, Sample};
use crate::parameter::Values;
use crate::rng::{Purpose, Stream};
use crate::store::results::SkippedCell;

/// So many leaves are counted one by one; above, the product of all axes stands for the count.
const MOST_LEAVES: usize = 200_000;
/// So many skipped cells are listed one by one; above, the conditions are.
const MOST_SKIPPED: usize = 1_000;
/// Above so many cells none are drawn: their numbers would not be exact.
const MOST_DRAWN_FROM: u128 = 1 << 53;

/// Axes that move together: one of the grid, or those of a zip.
struct Unit<'m> {
    axes: Vec<&'m GridAxis>,
    random: Option<&'m RandomAxis>,
    /// Where any of these holds the unit exists; everywhere when there are none.
    when: Vec<&'m Values>,
}

impl Unit<'_> {
    fn len(&self) -> usize {
        self.axes.first().map_or(1, |axis| axis.values.len())
    }

    fn has(&self, name: &str) -> bool {
        self.axes.iter().any(|axis| axis.name == name) || self.random.is_some_and(|axis| axis.name == name)
    }

    fn exists(&self, cell: &Values) -> bool {
        self.when.is_empty() || self.when.iter().any(|when| holds(when, cell))
    }

    fn put(&self, index: usize, cell: &mut Values) {
        for axis in &self.axes {
            if let Some((value, _)) = axis.values.get(index) {
                cell.insert(axis.name.clone(), value.clone());
            }
        }
    }
}

/// Cells that no condition tells apart.
struct Leaf {
    /// Units that conditions name or rule and that exist here, each with the indices of its class.
    classes: Vec<(usize, Vec<usize>)>,
    /// How many cells, not counting the units that no condition concerns.
    cells: u128,
}

/// Everything that a model sweeps.
pub struct Space<'m> {
    model: &'m ModelBlock,
    /// Each after those that its conditions name, else in the file's order.
    units: Vec<Unit<'m>>,
    /// The leaves; none when there are too many.
    leaves: Option<Vec<Leaf>>,
}

/// What is to run, and what is not.
#[derive(Debug, Default)]
pub struct Cells {
    /// Parameters of each cell.
    pub kept: Vec<Values>,
    /// Left out, with the reason.
    pub skipped: Vec<SkippedCell>,
}

impl<'m> Space<'m> {
    /// The space of a model.
    pub fn new(model: &'m ModelBlock) -> Self {
        let mut space = Space { model, units: ordered(units(model)), leaves: None };
        let mut leaves = Vec::new();
        let concerned: Vec<usize> = (0..space.units.len()).filter(|&unit| space.is_concerned(unit)).collect();
        let whole = space.add_leaves(&concerned, Vec::new(), &mut model.fixed.clone(), &mut leaves);
        space.leaves = whole.then_some(leaves);
        space
    }

    /// How many cells there are to choose from; at most this many where there are too many leaves.
    pub fn size(&self) -> u128 {
        match &self.leaves {
            Some(leaves) => {
                let cells = leaves.iter().fold(0_u128, |sum, leaf| sum.saturating_add(leaf.cells));
                cells.saturating_mul(self.free_cells())
            }
            None => self.units.iter().fold(1, |product, unit| product.saturating_mul(unit.len() as u128)),
        }
    }

    /// How many cells are planned.
    pub fn planned(&self) -> usize {
        match &self.model.sweep.sample {
            Some(sample) => sample.count,
            None => usize::try_from(self.size()).unwrap_or(usize::MAX),
        }
    }

    /// What is wrong with `[model.sample]`, if anything is: the message and the next step.
    pub fn sample_trouble(&self) -> Option<(String, String)> {
        let sample = self.model.sweep.sample.as_ref()?;
        let size = self.size();
        if self.leaves.is_none() || size > MOST_DRAWN_FROM {
            let message = format!("the grid of {size} cells is too large to draw from");
            return Some((message, "sweep fewer values, or write `{ uniform = [low, high] }` ranges".to_owned()));
        }
        if self.model.sweep.random.is_empty() && sample.count as u128 > size {
            let message = format!("{} cells are more than the {size} that there are", sample.count);
            return Some((message, "leave [model.sample] out to run them all".to_owned()));
        }
        None
    }

    /// Makes the cells.
    pub fn cells(&self) -> Cells {
        if let Some(sample) = &self.model.sweep.sample {
            return self.drawn(sample);
        }
        let mut cells = Cells::default();
        self.walk(0, self.model.fixed.clone(), &mut cells);
        if cells.skipped.len() > MOST_SKIPPED {
            cells.skipped = self.skip_conditions();
        }
        cells
    }

    /// Every cell in the order of the units, the last one moving fastest.
    fn walk(&self, unit: usize, cell: Values, cells: &mut Cells) {
        let Some(next) = self.units.get(unit) else {
            match self.model.sweep.skips.iter().find(|skip| holds(&skip.when, &cell)) {
                None => cells.kept.push(cell),
                Some(skip) => cells.skipped.push(SkippedCell {
                    model: self.model.name.clone(),
                    params: cell,
                    reason: skip.reason.clone(),
                }),
            }
            return;
        };
        if !next.exists(&cell) {
            return self.walk(unit + 1, cell, cells);
        }
        for index in 0..next.len() {
            let mut cell = cell.clone();
            next.put(index, &mut cell);
            self.walk(unit + 1, cell, cells);
        }
    }

    fn skip_conditions(&self) -> Vec<SkippedCell> {
        let skips = self.model.sweep.skips.iter().map(|skip| SkippedCell {
            model: self.model.name.clone(),
            params: skip.when.clone(),
            reason: skip.reason.clone(),
        });
        skips.collect()
    }

    /// Cells drawn without repetition, each as likely as any other; with random axes in the order of drawing, else in
    /// the order of their numbers. Draws depend on the model's kind and the sample's seed.
    fn drawn(&self, sample: &Sample) -> Cells {
        let mut stream = Stream::new(sample.seed, Purpose::Search, &format!("sample.{}", self.model.kind));
        let size = self.size().min(MOST_DRAWN_FROM);
        let kept = if self.model.sweep.random.is_empty() {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let numbers = distinct(size, sample.count.min(size), &mut stream);
            numbers.into_iter().map(|number| self.cell(number as u128, None)).collect()
        } else {
            self.draw_values(sample.count, size, &mut stream)
        };
        Cells { kept, skipped: self.skip_conditions() }
    }

    fn draw_values(&self, count: usize, size: u128, stream: &mut Stream) -> Vec<Values> {
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        // Ranges have more numbers than anyone draws, but whole numbers of a short range run out.
        for _ in 0..count.saturating_mul(100).saturating_add(1_000) {
            if kept.len() == count || size == 0 {
                break;
            }
            let number = stream.below(usize::try_from(size).unwrap_or(usize::MAX));
            let cell = self.cell(number as u128, Some(stream));
            let key: Vec<(String, String)> =
                cell.iter().map(|(name, value)| (name.clone(), value.canonical().to_string())).collect();
            if seen.insert(key) {
                kept.push(cell);
            }
        }
        kept
    }

    /// The cell of a number below [`size`](Self::size).
    fn cell(&self, number: u128, mut stream: Option<&mut Stream>) -> Values {
        let mut cell = self.model.fixed.clone();
        let mut rest = number;
        let free = self.free_cells();
        let mut leaves = self.leaves.as_deref().unwrap_or_default().iter();
        let leaf = leaves.find(|leaf| {
            let here = leaf.cells * free;
            let found = rest < here;
            rest -= if found { 0 } else { here };
            found
        });
        let mut digit = |of: usize| {
            let digit = usize::try_from(rest % of.max(1) as u128).unwrap_or(0);
            rest /= of.max(1) as u128;
            digit
        };
        for (unit, indices) in leaf.map_or(&[][..], |leaf| &leaf.classes) {
            self.units[*unit].put(indices[digit(indices.len())], &mut cell);
        }
        for unit in (0..self.units.len()).filter(|&unit| !self.is_concerned(unit)) {
            self.units[unit].put(digit(self.units[unit].len()), &mut cell);
        }
        for unit in &self.units {
            if let (Some(axis), Some(stream)) = (unit.random, stream.as_deref_mut())
                && unit.exists(&cell)
            {
                cell.insert(axis.name.clone(), axis.draw(stream));
            }
        }
        cell
    }

    /// The product of the units that no condition concerns.
    fn free_cells(&self) -> u128 {
        let free = (0..self.units.len()).filter(|&unit| !self.is_concerned(unit));
        free.fold(1, |product, unit| product.saturating_mul(self.units[unit].len() as u128))
    }

    /// Whether a condition rules the unit or names one of its axes.
    fn is_concerned(&self, unit: usize) -> bool {
        let unit = &self.units[unit];
        !unit.when.is_empty() || self.conditions().any(|when| when.keys().any(|name| unit.has(name)))
    }

    fn conditions(&self) -> impl Iterator<Item = &'m Values> {
        let sweep = &self.model.sweep;
        sweep.skips.iter().map(|skip| &skip.when).chain(sweep.only_if.iter().map(|only_if| &only_if.when))
    }

    /// Adds the leaves below a choice of classes, `cell` having one value of each; false when there are too many.
    fn add_leaves(
        &self,
        units: &[usize],
        chosen: Vec<(usize, Vec<usize>)>,
        cell: &mut Values,
        leaves: &mut Vec<Leaf>,
    ) -> bool {
        let Some((&unit, rest)) = units.split_first() else {
            if !self.model.sweep.skips.iter().any(|skip| holds(&skip.when, cell)) {
                let cells =
                    chosen.iter().fold(1_u128, |product, (_, class)| product.saturating_mul(class.len() as u128));
                leaves.push(Leaf { classes: chosen, cells });
            }
            return leaves.len() <= MOST_LEAVES;
        };
        let next = &self.units[unit];
        if !next.exists(cell) {
            return self.add_leaves(rest, chosen, cell, leaves);
        }
        self.classes(next).into_iter().all(|class| {
            next.put(class[0], cell);
            let mut chosen = chosen.clone();
            chosen.push((unit, class));
            let whole = self.add_leaves(rest, chosen, cell, leaves);
            next.axes.iter().for_each(|axis| {
                cell.remove(&axis.name);
            });
            whole
        })
    }

    /// Indices by which conditions they meet as far as the unit decides.
    fn classes(&self, unit: &Unit<'m>) -> Vec<Vec<usize>> {
        let mut classes: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
        for index in 0..unit.len() {
            let mut own = Values::new();
            unit.put(index, &mut own);
            let signature: Vec<bool> = self
                .conditions()
                .flat_map(|when| when.iter().filter(|(name, _)| unit.has(name)))
                .map(|(name, wanted)| holds(&Values::from([(name.clone(), wanted.clone())]), &own))
                .collect();
            match classes.iter_mut().find(|(known, _)| *known == signature) {
                Some((_, class)) => class.push(index),
                None => classes.push((signature, vec![index])),
            }
        }
        classes.into_iter().map(|(_, class)| class).collect()
    }
}

fn units(model: &ModelBlock) -> Vec<Unit<'_>> {
    let sweep = &model.sweep;
    let alone = sweep.grid.iter().map(|axis| (vec![axis], None));
    let zips = sweep.zips.iter().map(|zip| (zip.iter().collect(), None));
    let random = sweep.random.iter().map(|axis| (Vec::new(), Some(axis)));
    let mut units: Vec<Unit<'_>> =
        alone.chain(zips).chain(random).map(|(axes, random)| Unit { axes, random, when: Vec::new() }).collect();
    for only_if in &sweep.only_if {
        if let Some(unit) = units.iter_mut().find(|unit| unit.has(&only_if.axis)) {
            unit.when.push(&only_if.when);
        }
    }
    units
}

/// Each unit after those that its conditions name.
fn ordered(mut waiting: Vec<Unit<'_>>) -> Vec<Unit<'_>> {
    let mut ordered: Vec<Unit<'_>> = Vec::new();
    while !waiting.is_empty() {
        let ready = |unit: &Unit<'_>| {
            !unit.when.iter().flat_map(|when| when.keys()).any(|name| waiting.iter().any(|other| other.has(name)))
        };
        // A cycle has been refused by the check of the file.
        let next = waiting.iter().position(ready).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}

/// `count` of the numbers below `size`, sorted (Floyd's algorithm: Bentley and Floyd 1987).
fn distinct(size: usize, count: usize, stream: &mut Stream) -> Vec<usize> {
    let mut taken = HashSet::with_capacity(count);
    for last in size - count..size {
        let number = stream.below(last + 1);
        if !taken.insert(number) {
            taken.insert(last);
        }
    }
    let mut numbers: Vec<usize> = taken.into_iter().collect();
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::experiment::{Experiment, Overrides};

    fn model(text: &str) -> ModelBlock {
        let text = format!(
            "name = \"t\"\n[task]\nkind = \"clustering\"\n[[dataset]]\nkind = \"blobs\"\n\
             [[model]]\nkind = \"debug\"\n{text}"
        );
        let parsed = Experiment::parse(Path::new("t.toml"), &text, &Overrides::default());
        parsed.unwrap_or_else(|wrong| panic!("{}", wrong.render(false))).models.remove(0)
    }

    fn keys(cells: &[Values]) -> BTreeSet<String> {
        cells.iter().map(|cell| format!("{cell:?}")).collect()
    }

    /// Counting, numbering and walking know the same cells.
    #[test]
    fn a_cell_a_number() {
        for (text, cells) in [
            ("[model.grid]\nvalue = [1, 2, 3]\nsleep = [0, 1]\n", 6),
            ("[[model.zip]]\nvalue = [1, 2]\nsleep = [0, 1]\n[model.grid]\nseconds = [1, 2, 3]\n", 6),
            (
                "[model.grid]\nvalue = [1, 2, 3, 4]\nsleep = [0, 1]\nseconds = [1, 2]\n\
                 [[model.skip]]\nwhen = { value = [1, 2], sleep = 0 }\nreason = \"no\"\n",
                12,
            ),
            (
                "fail = 0.5\n[model.grid]\nvalue = [1, 2, 3, 4]\nsleep = [0, 1, 2]\nseconds = [1, 2]\n\
                 [[model.only-if]]\nwhen = { seconds = 2, fail = 0.5 }\naxis = \"value\"\n\
                 [[model.only-if]]\nwhen = { value = [3, 4] }\naxis = \"sleep\"\n\
                 [[model.only-if]]\nwhen = { value = 1 }\naxis = \"sleep\"\n\
                 [[model.skip]]\nwhen = { sleep = 2, value = 4 }\nreason = \"no\"\n",
                // seconds 1: one; seconds 2: value 2 alone, values 1 and 3 with three sleeps, value 4 with two.
                1 + 1 + 6 + 2,
            ),
        ] {
            let model = model(text);
            let space = Space::new(&model);
            let walked = space.cells();
            let numbered: Vec<Values> = (0..space.size()).map(|number| space.cell(number, None)).collect();
            assert_eq!((space.size(), walked.kept.len()), (cells, usize::try_from(cells).unwrap()), "{text}");
            assert_eq!(keys(&numbered), keys(&walked.kept), "{text}");
        }
    }

    #[test]
    fn each_cell_is_as_likely_as_any_other() {
        let mut counts = [0; 10];
        for seed in 0..2_000 {
            let mut stream = Stream::new(seed, Purpose::Search, "test");
            let drawn = distinct(10, 3, &mut stream);
            assert!(drawn.len() == 3 && drawn.is_sorted());
            drawn.iter().for_each(|&number| counts[number] += 1);
        }
        assert!(counts.iter().all(|&count| (500..700).contains(&count)), "{counts:?}");
    }

    #[test]
    fn huge_products_are_counted_and_drawn_from() {
        let axes = ["value", "sleep", "seconds"].map(|axis| format!("{axis} = {{ integers = [1, 100000] }}\n"));
        let model = model(&format!("[model.grid]\n{}[model.sample]\ncount = 5\n", axes.concat()));
        let space = Space::new(&model);
        assert_eq!((space.size(), space.cells().kept.len()), (10_u128.pow(15), 5));
    }
}
