//! Rules as Weka prints them.

use crate::model::rules::apriori::items::LargeSet;
use crate::model::rules::apriori::rule::{Measure, Rule};
use crate::model::rules::apriori::{Found, share};
use crate::weka::number::rounded;

impl Found {
    /// Support, cycles, sizes of the sets of items, rules.
    pub(super) fn text(&self) -> String {
        if self.levels.len() <= 1 && self.rules.is_empty() {
            return "\nNo large itemsets and rules found!\n".to_owned();
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
        let instances = share(self.support, self.rows as f64);
        let mut text = format!(
            "\nApriori\n=======\n\nMinimum support: {} ({instances} instances)\nMinimum metric <{}>: {}\n\
             Number of cycles performed: {}\n\nGenerated sets of large itemsets:\n",
            rounded(self.support, 2),
            self.params.metric,
            rounded(self.params.minimum_metric, 2),
            self.cycles
        );
        for (place, level) in self.levels.iter().enumerate() {
            text.push_str(&format!("\nSize of set of large itemsets L({}): {}\n", place + 1, level.len()));
            if self.params.print_itemsets {
                let lines: String = level.iter().map(|set| self.set(set)).collect();
                text.push_str(&format!("\nLarge Itemsets L({}):\n{lines}", place + 1));
            }
        }
        text.push_str("\nBest rules found:\n\n");
        let width = self.params.rules.to_string().len();
        for (place, rule) in self.rules.iter().enumerate() {
            text.push_str(&format!("{:>width$}. {}\n", place + 1, self.line(rule)));
        }
        text
    }

    fn names(&self, items: &[usize]) -> String {
        items.iter().map(|item| self.name(*item)).collect::<Vec<_>>().join(" ")
    }

    fn set(&self, set: &LargeSet) -> String {
        let items: Vec<usize> = set.items.iter().copied().chain(set.class).collect();
        format!("{} {}\n", self.names(&items), set.support)
    }

    fn line(&self, rule: &Rule) -> String {
        let (premise, consequence) = (self.names(&rule.premise), self.names(&rule.consequence));
        let counts = format!("{premise} {} ==> {consequence} {}", rule.premise_support, rule.support);
        format!("{counts}    {}", self.worth(rule))
    }

    /// Every metric, the one that rules are judged by between `<` and `>`.
    fn worth(&self, rule: &Rule) -> String {
        let two = |measure| rounded(rule.worth(measure), 2);
        if self.params.class_rules {
            return format!("conf:({})", two(Measure::Confidence));
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
        let more = (rule.worth(Measure::Leverage) * rule.rows as f64).trunc();
        let parts = [
            format!("conf:({})", two(Measure::Confidence)),
            format!(" lift:({})", two(Measure::Lift)),
            format!(" lev:({}) [{}]", two(Measure::Leverage), rounded(more, 0)),
            format!(" conv:({})", two(Measure::Conviction)),
        ];
        let judged = Measure::of(&self.params.metric);
        let shown = parts.iter().zip(Measure::ALL).map(|(part, (measure, _))| match measure {
            _ if measure != judged => part.clone(),
            Measure::Confidence => format!("<{part}>"),
            _ => format!(" <{part}>"),
        });
        shown.collect()
    }
}
