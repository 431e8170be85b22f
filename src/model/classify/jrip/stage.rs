//! The rules of one class: built one by one, then each reconsidered.

use crate::java::Random;
use crate::model::classify::jrip::Params;
use crate::model::classify::jrip::grow::{Worth, grow, prune};
use crate::model::classify::jrip::length::{Counts, Sums, exceptions, theory};
use crate::model::classify::jrip::rule::{Rule, Table};
use crate::weka::number::{at_least, greater};

/// How many bits longer than the shortest so far a description may become.
const SURPLUS: f64 = 64.0;

/// The rows that the rules of earlier classes leave, for the rules of one class.
pub struct Stage<'a> {
    /// All rows.
    pub table: &'a Table,
    /// What the user said.
    pub params: &'a Params,
    /// The place of the class.
    pub class: usize,
    /// Which rows are left.
    pub rows: Vec<usize>,
    /// The share of the class among the rows of it and of later classes: of all errors so many are expected to be rows
    /// that are covered.
    pub expected: f64,
}

/// The description while rules are added.
struct Lengths {
    now: f64,
    shortest: f64,
}

impl Stage<'_> {
    /// The rules: built, then reconsidered as often as the user says; and the rows that none of them covers.
    pub fn rules(&self, random: &mut Random) -> (Vec<Rule>, Vec<usize>) {
        let (mut rules, mut rows) = self.build(random);
        if !self.params.unpruned {
            for _ in 0..self.params.optimizations {
                rules = self.optimize(rules, random);
                rows.clone_from(&self.rows);
            }
        }
        rules.iter_mut().for_each(Rule::tidy);
        rows = self.uncovered(&rules, rows);
        (rules, rows)
    }

    fn uncovered(&self, rules: &[Rule], mut rows: Vec<usize>) -> Vec<usize> {
        rows.retain(|row| !rules.iter().any(|rule| self.table.covers(rule, *row)));
        rows
    }

    fn positives(&self, rows: &[usize]) -> f64 {
        self.table.weight_of(self.class, rows)
    }

    fn start(&self) -> Lengths {
        let length = exceptions(self.expected, self.sums(&[], &self.rows));
        Lengths { now: length, shortest: length }
    }

    /// What rules with these counts cover, where `left` is what reaches their end.
    fn sums(&self, counts: &[Counts], left: &[usize]) -> Sums {
        let mut sums = Sums { uncovered: self.table.weight(left), missed: self.positives(left), ..Sums::default() };
        counts.iter().for_each(|counts| sums += *counts);
        sums
    }

    /// Takes the rows that a rule covers out of `rows`.
    fn pass(&self, rule: &Rule, rows: &mut Vec<usize>) -> Counts {
        let mut counts = Counts::default();
        rows.retain(|row| {
            let covers = self.table.covers(rule, *row);
            if covers {
                let weight = self.table.weights[*row];
                counts.covered += weight;
                counts.wrong += if self.table.places[*row] == self.class { 0.0 } else { weight };
            }
            !covers
        });
        counts
    }

    /// The rows of every class shuffled and dealt out, so that the first two thirds (with three folds) and the rest
    /// hold each class alike.
    fn stratify(&self, rows: &[usize], random: &mut Random) -> Vec<usize> {
        let mut bags = vec![Vec::new(); self.table.classes];
        rows.iter().for_each(|row| bags[self.table.places[*row]].push(*row));
        bags.iter_mut().for_each(|bag| random.shuffle(bag));
        let (all, folds) = (bags.concat(), self.params.folds);
        (0..folds.min(all.len())).flat_map(|start| all.iter().skip(start).step_by(folds).copied()).collect()
    }

    /// Rows to grow on and rows to prune on.
    fn parts<'r>(&self, rows: &'r [usize]) -> (&'r [usize], &'r [usize]) {
        let folds = self.params.folds;
        rows.split_at(rows.len() * (folds - 1) / folds)
    }

    fn grown(&self, mut rule: Rule, rows: &[usize]) -> Rule {
        grow(self.table, &mut rule, rows.to_vec(), self.params.minimum_rows);
        rule
    }

    fn pruned(&self, mut rule: Rule, rows: &[usize], worth: Worth) -> Rule {
        prune(self.table, &mut rule, rows.to_vec(), worth);
        rule
    }

    fn empty(&self) -> Rule {
        Rule { conditions: Vec::new(), class: self.class }
    }

    fn build(&self, random: &mut Random) -> (Vec<Rule>, Vec<usize>) {
        let (mut rules, mut counts): (Vec<Rule>, Vec<Counts>) = (Vec::new(), Vec::new());
        let (mut rows, mut lengths) = (self.rows.clone(), self.start());
        while greater(self.positives(&rows), 0.0) {
            let rule = if self.params.unpruned {
                self.grown(self.empty(), &rows)
            } else {
                let dealt = self.stratify(&rows, random);
                // As with Weka, every later deal starts from the first one's order.
                if rules.is_empty() {
                    rows.clone_from(&dealt);
                }
                let (growing, pruning) = self.parts(&dealt);
                self.pruned(self.grown(self.empty(), growing), pruning, Worth::Covered)
            };
            let Some(covered) = self.accept(&rule, &counts, &mut rows, &mut lengths) else { break };
            rules.push(rule);
            counts.push(covered);
        }
        (rules, rows)
    }

    /// Whether another rule at the end pays; if so the rows that it covers are taken out.
    fn accept(&self, rule: &Rule, before: &[Counts], rows: &mut Vec<usize>, lengths: &mut Lengths) -> Option<Counts> {
        lengths.now += self.relative(before, rows, rule, &[]);
        if lengths.now < lengths.shortest {
            lengths.shortest = lengths.now;
        }
        let mut left = rows.clone();
        let counts = self.pass(rule, &mut left);
        let stop = lengths.now > lengths.shortest + SURPLUS
            || !greater(counts.covered - counts.wrong, 0.0)
            || self.errs(counts);
        if stop {
            return None;
        }
        *rows = left;
        Some(counts)
    }

    /// Whether a rule is wrong about half of what it covers or more.
    fn errs(&self, counts: Counts) -> bool {
        self.params.check_error_rate && at_least(counts.wrong / counts.covered, 0.5)
    }

    /// How much longer the description is with this rule than without it: after rules with the counts `before`, on the
    /// rows `reach` that they leave, with `later` rules behind it, of which those that do not pay do not count.
    fn relative(&self, before: &[Counts], reach: &[usize], rule: &Rule, later: &[Rule]) -> f64 {
        let possible = self.table.possible;
        let without = self.shortest(before, reach.to_vec(), None, later);
        self.shortest(before, reach.to_vec(), Some(rule), later) + theory(rule.conditions.len(), possible) - without
    }

    fn shortest(&self, before: &[Counts], mut rows: Vec<usize>, rule: Option<&Rule>, later: &[Rule]) -> f64 {
        let mut counts = before.to_vec();
        counts.extend(rule.map(|rule| self.pass(rule, &mut rows)));
        let behind: Vec<Counts> = later.iter().map(|rule| self.pass(rule, &mut rows)).collect();
        counts.extend(&behind);
        let mut sums = self.sums(&counts, &rows);
        let mut saved = 0.0;
        for (rule, counts) in later.iter().zip(behind) {
            saved += self.saved_without(&mut sums, rule, counts).unwrap_or(0.0);
        }
        // Weka takes what is saved off the description that is already without those rules.
        exceptions(self.expected, sums) - saved
    }

    /// The bits that are saved without a rule, if it is better left out; then `sums` are those without it.
    fn saved_without(&self, sums: &mut Sums, rule: &Rule, counts: Counts) -> Option<f64> {
        let mut without = *sums;
        without -= counts;
        let saved = exceptions(self.expected, *sums) + theory(rule.conditions.len(), self.table.possible)
            - exceptions(self.expected, without);
        let better = saved >= 0.0 || self.errs(counts);
        if better {
            *sums = without;
        }
        better.then_some(saved)
    }

    /// One pass over the rules: each is kept, revised or replaced, whichever has the shortest description; what is left
    /// of the class gets further rules; those that do not pay go.
    ///
    /// Rows are dealt from their order in the stage, except after a rule that covers nothing: then from the order that
    /// they were dealt in for it.
    fn optimize(&self, mut rules: Vec<Rule>, random: &mut Random) -> Vec<Rule> {
        let (mut counts, mut rows, mut lengths) = (Vec::new(), self.rows.clone(), self.start());
        let mut skipped: Option<Vec<usize>> = None;
        while greater(self.positives(&rows), 0.0) {
            let dealt = self.stratify(skipped.as_ref().unwrap_or(&rows), random);
            skipped = None;
            let place = counts.len();
            if place == rules.len() {
                let (growing, pruning) = self.parts(&dealt);
                let rule = self.pruned(self.grown(self.empty(), growing), pruning, Worth::Covered);
                let Some(covered) = self.accept(&rule, &counts, &mut rows, &mut lengths) else { break };
                rules.push(rule);
                counts.push(covered);
            } else if rows.iter().any(|row| self.table.covers(&rules[place], *row)) {
                rules[place] = self.reconsidered(&rules, &counts, &dealt);
                counts.push(self.pass(&rules[place], &mut rows));
            } else {
                counts.push(Counts::default());
                skipped = Some(dealt);
            }
        }
        counts.extend(rules[counts.len()..].iter().map(|rule| self.pass(rule, &mut rows)).collect::<Vec<_>>());
        let mut sums = self.sums(&counts, &rows);
        for place in (0..rules.len()).rev() {
            if self.saved_without(&mut sums, &rules[place], counts[place]).is_some() {
                rules.remove(place);
            }
        }
        rules
    }

    /// The rule that follows those with these counts, or a better one, on the rows that reach it.
    fn reconsidered(&self, rules: &[Rule], before: &[Counts], rows: &[usize]) -> Rule {
        let (old, later) = (&rules[before.len()], &rules[before.len() + 1..]);
        let (growing, pruning) = self.parts(rows);
        let pruning = self.uncovered(later, pruning.to_vec());
        let replacement = self.pruned(self.grown(self.empty(), growing), &pruning, Worth::All);
        let covered: Vec<usize> = growing.iter().copied().filter(|row| self.table.covers(old, *row)).collect();
        let revision = self.pruned(self.grown(old.clone(), &covered), &pruning, Worth::All);
        let length = |rule: &Rule| self.relative(before, rows, rule, later);
        let (replaced, revised, kept) = (length(&replacement), length(&revision), length(old));
        if kept <= revised && kept <= replaced {
            old.clone()
        } else if revised <= replaced {
            revision
        } else {
            replacement
        }
    }
}
