//! Rules made from large sets of items, and what they are worth.

use crate::model::FitError;
use crate::model::rules::apriori::items::{Items, LargeSet};

/// What rules are judged and ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The share of the premise's rows that have the consequence too.
    Confidence,
    /// The confidence over the share of all rows that have the consequence (Brin et al. 1997).
    Lift,
    /// P(A and B) - P(A) P(B) (Piatetsky-Shapiro 1991).
    Leverage,
    /// P(A) P(not B) / P(A and not B), with one row more there (Brin et al. 1997).
    Conviction,
}

impl Measure {
    /// Each with its word.
    pub const ALL: [(Measure, &'static str); 4] = [
        (Measure::Confidence, "confidence"),
        (Measure::Lift, "lift"),
        (Measure::Leverage, "leverage"),
        (Measure::Conviction, "conviction"),
    ];

    /// Of its word; confidence for any other.
    pub fn of(word: &str) -> Measure {
        Measure::ALL.iter().find(|(_, known)| *known == word).map_or(Measure::Confidence, |(measure, _)| *measure)
    }
}

/// Rows that have the premise tend to have the consequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Places in the list of items.
    pub premise: Vec<usize>,
    /// Places in the list of items.
    pub consequence: Vec<usize>,
    /// How many rows have the premise.
    pub premise_support: usize,
    /// How many rows have the consequence.
    pub consequence_support: usize,
    /// How many rows have both.
    pub support: usize,
    /// How many rows there are.
    pub rows: usize,
}

impl Rule {
    /// What it is worth.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    pub fn worth(&self, measure: Measure) -> f64 {
        let (all, both) = (self.rows as f64, self.support as f64);
        let (premise, consequence) = (self.premise_support as f64, self.consequence_support as f64);
        let confidence = both / premise;
        match measure {
            Measure::Confidence => confidence,
            Measure::Lift => confidence / (consequence / all),
            Measure::Leverage => both / all - premise / all * (consequence / all),
            Measure::Conviction => premise * (all - consequence) / all / (premise - both + 1.0),
        }
    }
}

/// The rules of these sets that are worth at least `minimum`, the best first: then those of larger support, then in the
/// order of the sets, of small before large consequences, and of the items.
///
/// # Errors
/// Sets of so many items that they cannot be split in every way, which confidence does not need.
pub fn rules(items: &Items, levels: &[Vec<LargeSet>], measure: Measure, minimum: f64) -> Result<Vec<Rule>, FitError> {
    if measure != Measure::Confidence && !few(levels) {
        let largest = levels.len();
        return Err(FitError::NotApplicable(format!(
            "sets of up to {largest} items have too many rules to judge each; use `confidence` or raise `lower-support`"
        )));
    }
    let mut rules = Vec::new();
    for set in levels.iter().flatten() {
        match (set.class, measure) {
            (Some(class), _) => {
                let rule = made(items, set, set.items.clone(), vec![class]);
                rules.extend((rule.worth(Measure::Confidence) >= minimum).then_some(rule));
            }
            (None, Measure::Confidence) => by_confidence(items, set, minimum, &mut rules),
            (None, _) => by_any(items, set, measure, minimum, &mut rules),
        }
    }
    rules.sort_by(|a, b| b.worth(measure).total_cmp(&a.worth(measure)).then(b.support.cmp(&a.support)));
    Ok(rules)
}

fn made(items: &Items, set: &LargeSet, premise: Vec<usize>, consequence: Vec<usize>) -> Rule {
    Rule {
        premise_support: items.support(&premise),
        consequence_support: items.support(&consequence),
        support: set.support,
        rows: items.rows,
        premise,
        consequence,
    }
}

/// The rule of a set with this consequence.
fn split(items: &Items, set: &LargeSet, consequence: Vec<usize>) -> Rule {
    let premise = set.items.iter().copied().filter(|item| !consequence.contains(item)).collect();
    made(items, set, premise, consequence)
}

/// No consequence has more confidence than a part of it: larger ones are merged from those that passed.
fn by_confidence(items: &Items, set: &LargeSet, minimum: f64, rules: &mut Vec<Rule>) {
    let mut consequences: Vec<Vec<usize>> = set.items.iter().map(|item| vec![*item]).collect();
    while consequences.first().is_some_and(|consequence| consequence.len() < set.items.len()) {
        let passed: Vec<Rule> = consequences
            .into_iter()
            .map(|consequence| split(items, set, consequence))
            .filter(|rule| rule.worth(Measure::Confidence) >= minimum)
            .collect();
        consequences = passed.iter().enumerate().flat_map(|(place, rule)| merged(rule, &passed[place + 1..])).collect();
        rules.extend(passed);
    }
}

/// The consequence of a rule with the last item of each later one that differs in that only.
fn merged<'a>(rule: &'a Rule, later: &'a [Rule]) -> impl Iterator<Item = Vec<usize>> + 'a {
    let prefix = &rule.consequence[..rule.consequence.len() - 1];
    let alike = later.iter().take_while(move |other| other.consequence.starts_with(prefix));
    alike.map(|other| rule.consequence.iter().chain(other.consequence.last()).copied().collect())
}

/// Every part of the set as a premise, in the order of a binary counter whose lowest digit is the first item.
fn by_any(items: &Items, set: &LargeSet, measure: Measure, minimum: f64, rules: &mut Vec<Rule>) {
    for mask in 1..(1_u64 << set.items.len()) - 1 {
        let (mut premise, mut consequence) = (Vec::new(), Vec::new());
        for (place, item) in set.items.iter().enumerate() {
            if mask >> place & 1 == 1 { premise.push(*item) } else { consequence.push(*item) }
        }
        let rule = made(items, set, premise, consequence);
        rules.extend((rule.worth(measure) >= minimum).then_some(rule));
    }
}

/// So many ways to split sets are too many for anybody to wait for.
const MOST_SPLITS: f64 = 2e7;

/// Whether the sets can be split in every way.
fn few(levels: &[Vec<LargeSet>]) -> bool {
    let ways = |set: &LargeSet| 2.0_f64.powf(f64::from(u32::try_from(set.items.len()).unwrap_or(u32::MAX)));
    levels.iter().flatten().map(ways).sum::<f64>() <= MOST_SPLITS
}
