//! What models that find rules report of themselves.

use crate::metric::list::RULES;
use crate::metric::{Better, Measure, MetricSpec, Needs};

const fn reported(name: &'static str, label: &'static str, about: &'static str, most: f64) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: "Agrawal and Srikant: Fast Algorithms for Mining Association Rules, VLDB 1994; Weka's Apriori",
        tasks: RULES,
        needs: Needs::Model,
        measure: Measure::Elsewhere,
        range: (0.0, most),
        better: Better::Higher,
        undefined: "a model that reports none",
    }
}

pub static METRICS: &[MetricSpec] = &[
    reported("rules", "Rules", "how many rules were found", f64::INFINITY),
    reported(
        "minimum_support",
        "Minimum support",
        "the share of rows that the items of a rule have together at least, as it was in the last cycle",
        1.0,
    ),
    MetricSpec {
        better: Better::Lower,
        ..reported(
            "cycles",
            "Cycles",
            "how many minimum supports were tried before there were enough rules",
            f64::INFINITY,
        )
    },
    MetricSpec {
        undefined: "no rule was found",
        ..reported("best_confidence", "Best confidence", "the largest confidence of a rule", 1.0)
    },
];
