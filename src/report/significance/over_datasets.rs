//! Methods over data sets: Friedman's test, Iman and Davenport's correction, Nemenyi's critical difference, and Wilcoxon's
//! signed ranks for pairs, as in Demsar (2006). A value is the mean of a method's trials on a data set.

use std::collections::{BTreeMap, BTreeSet};

use crate::metric::{Better, MetricSpec};
use crate::report::figure::series;
use crate::report::number::{fixed, float, plural};
use crate::report::pairs::{Made, p_words};
use crate::report::select::{self, Domain, Scored};
use crate::report::statistics::adjust::Adjustment;
use crate::report::statistics::friedman::Friedman;
use crate::report::statistics::nemenyi::{Nemenyi, nemenyi_pairs};
use crate::report::statistics::paired::Paired;
use crate::report::statistics::wilcoxon::Approximation;
use crate::report::table::join_words;
use crate::store::results::{Results, TrialRecord};

use super::{ALPHA, Pair, Significance};

/// More methods than this are not laid side by side.
pub const MOST_METHODS: usize = 20;
/// With fewer data sets a sentence says how little a rank test can show.
const FEW: usize = 5;

/// The ranks and what they show.
#[derive(Clone, Debug)]
pub struct Ranks {
    /// Data sets that count.
    pub datasets: usize,
    /// Average rank of each method, in the order of the methods; 1 is best.
    pub average: Vec<f64>,
    /// Critical difference and groups.
    pub nemenyi: Nemenyi,
    /// Whether Friedman's test finds any difference.
    pub rejected: bool,
}

/// The means: a row a data set, a column a method.
struct Means {
    methods: Vec<String>,
    values: Vec<Vec<f64>>,
    left_out: usize,
    pooled: Vec<&'static str>,
}

/// Tests over data sets; none for fewer than two data sets with values of at least two methods.
pub fn of(results: &Results, metric: &'static MetricSpec, records: &[&TrialRecord]) -> Option<Significance> {
    let means = means(results, metric, records);
    if means.methods.len() < 2 || means.methods.len() > MOST_METHODS || means.values.len() < 2 {
        return None;
    }
    let friedman = Friedman::of(&means.values, metric.better)?;
    let ranks = ranks(&friedman);
    let pairs = pairs(&means, metric.better, &friedman);
    let sentences = sentences(metric, &means, &friedman, ranks.as_ref());
    let test = if ranks.is_some() { "Nemenyi p: of the ranks, adjusted for all pairs. " } else { "" };
    let pairs_about = format!(
        "{} on {}. {test}Holm p: Wilcoxon signed-rank tests over the data sets, adjusted for {}.",
        metric.label,
        plural(means.values.len(), "data set"),
        plural(pairs.len(), "pair")
    );
    let methods = means.methods.into_iter().map(|name| (name.clone(), series(results, &name))).collect();
    Some(Significance { metric, methods, ranks, sentences, pairs, pairs_about })
}

fn means(results: &Results, metric: &'static MetricSpec, records: &[&TrialRecord]) -> Means {
    let mut all: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    let (mut pipelines, mut splits) = (BTreeSet::new(), BTreeSet::new());
    for record in records {
        if let Scored::Value(value) = select::score(record, metric) {
            let trial = &record.trial;
            all.entry((&trial.dataset, &trial.model)).or_default().push(value);
            pipelines.insert(&trial.pipeline);
            splits.insert(&trial.split);
        }
    }
    let met = |pick: fn(&(&str, &str)) -> String| all.keys().map(pick).collect::<Vec<_>>().into_iter();
    let methods = Domain::of(results, "model", met(|key| key.1.to_owned())).labels;
    let datasets = Domain::of(results, "dataset", met(|key| key.0.to_owned())).labels;
    let row = |dataset: &String| -> Option<Vec<f64>> {
        let value = |method: &String| {
            let values = all.get(&(dataset.as_str(), method.as_str()))?;
            Some(values.iter().sum::<f64>() / float(values.len()))
        };
        methods.iter().map(value).collect()
    };
    let values: Vec<Vec<f64>> = datasets.iter().filter_map(row).collect();
    let pooled = [(pipelines.len() > 1, "pipelines"), (splits.len() > 1, "splits")];
    Means {
        left_out: datasets.len() - values.len(),
        pooled: pooled.into_iter().filter(|(several, _)| *several).map(|(_, word)| word).collect(),
        methods,
        values,
    }
}

fn ranks(friedman: &Friedman) -> Option<Ranks> {
    if friedman.n_methods < 3 {
        return None;
    }
    let nemenyi = Nemenyi::of(&friedman.average_rank, friedman.n_datasets, ALPHA)?;
    let rejected = friedman.p_value.is_some_and(|p| p <= ALPHA);
    Some(Ranks { datasets: friedman.n_datasets, average: friedman.average_rank.clone(), nemenyi, rejected })
}

fn pairs(means: &Means, better: Better, friedman: &Friedman) -> Vec<Pair> {
    let of_ranks = nemenyi_pairs(&friedman.average_rank, friedman.n_datasets);
    let mut pairs: Vec<Pair> = of_ranks
        .iter()
        .filter_map(|ranks| {
            let both: Vec<(f64, f64)> = means.values.iter().map(|row| (row[ranks.first], row[ranks.second])).collect();
            let paired = Paired::of(&both, 0.0)?;
            let (p_value, how) = paired.wilcoxon.shown();
            let difference = friedman.average_rank[ranks.first] - friedman.average_rank[ranks.second];
            let many = friedman.n_methods > 2;
            Some(Pair {
                methods: (ranks.first, ranks.second),
                won: won(&both, better),
                difference: paired.mean_difference,
                interval: paired.t.ci95,
                ranks: Some(difference),
                nemenyi: many.then_some(ranks.p_value),
                p_value: Some(p_value),
                holm: None,
                cohen_dz: paired.effect.cohen_dz,
                cliff_delta: paired.effect.cliff_delta,
                made: Some(Made::Wilcoxon { exact: how == Approximation::Exact }),
            })
        })
        .collect();
    adjust(&mut pairs);
    pairs
}

/// Adjusts the p-values of all pairs by Holm.
pub fn adjust(pairs: &mut [Pair]) {
    let p: Vec<f64> = pairs.iter().map(|pair| pair.p_value.unwrap_or(f64::NAN)).collect();
    for (pair, p) in pairs.iter_mut().zip(Adjustment::Holm.apply(&p)) {
        pair.holm = Some(p).filter(|p| !p.is_nan());
    }
}

/// How often the first is better, neither, the second.
pub fn won(pairs: &[(f64, f64)], better: Better) -> (usize, usize, usize) {
    let higher = pairs.iter().filter(|(first, second)| first > second).count();
    let lower = pairs.iter().filter(|(first, second)| first < second).count();
    let equal = pairs.len() - higher - lower;
    match better {
        Better::Higher => (higher, equal, lower),
        Better::Lower => (lower, equal, higher),
    }
}

fn sentences(metric: &MetricSpec, means: &Means, friedman: &Friedman, ranks: Option<&Ranks>) -> Vec<String> {
    let mut sentences = Vec::new();
    let (n, label) = (friedman.n_datasets, metric.label);
    if let (Some(ranks), Some(chi2), Some(p)) = (ranks, friedman.chi2, friedman.p_value) {
        let rejects = if ranks.rejected { "the methods differ" } else { "no difference between the methods is shown" };
        let f = friedman.iman_davenport.filter(|f| f.f.is_finite());
        let f = f.map_or_else(String::new, |f| {
            format!("; Iman–Davenport F({}, {}) = {}, {}", f.df1, f.df2, fixed(f.f, 2), p_words(f.p_value))
        });
        sentences.push(format!(
            "{label} over {}: Friedman χ²({}) = {}, {}{f}: {rejects}.",
            plural(n, "data set"),
            friedman.df,
            fixed(chi2, 2),
            p_words(p)
        ));
        if ranks.rejected {
            sentences.push(separated(means, ranks));
        }
    } else if ranks.is_some() {
        sentences.push(format!("{label}: on every data set all methods are equal; there is nothing to test."));
    }
    if n < FEW {
        sentences.push(little(n, ranks, means.methods.len()));
    }
    if means.left_out > 0 {
        let which = plural(means.left_out, "data set");
        sentences.push(format!("{which} without a value of every method left out."));
    }
    if !means.pooled.is_empty() {
        let pooled: Vec<String> = means.pooled.iter().map(|word| (*word).to_owned()).collect();
        sentences.push(format!("A method's value on a data set is a mean over {}.", join_words(&pooled)));
    }
    sentences
}

/// Which methods the critical difference separates.
fn separated(means: &Means, ranks: &Ranks) -> String {
    let order = &ranks.nemenyi.order;
    let best = order[0];
    let cd = ranks.nemenyi.critical_difference;
    let apart: Vec<String> = order
        .iter()
        .filter(|&&method| ranks.average[method] - ranks.average[best] > cd)
        .map(|&method| means.methods[method].clone())
        .collect();
    let cd = fixed(cd, 2);
    if apart.is_empty() {
        return format!(
            "The critical difference (Nemenyi, {cd} ranks) separates {} from no other method.",
            means.methods[best]
        );
    }
    let rest = means.methods.len() - 1 - apart.len();
    let others = if rest == 0 { String::new() } else { format!("; it is not told apart from the other {rest}") };
    format!(
        "By the critical difference (Nemenyi, {cd} ranks) {} is significantly better than {}{others}.",
        means.methods[best],
        join_words(&apart)
    )
}

/// What so few data sets can show at most.
fn little(n: usize, ranks: Option<&Ranks>, methods: usize) -> String {
    let least = fixed(2.0_f64.powi(1 - i32::try_from(n).unwrap_or(0)), 3);
    let wilcoxon = format!("a Wilcoxon test of a pair over {n} data sets can reach p = {least} at the least");
    match ranks {
        None => format!("Few data sets: {wilcoxon}."),
        Some(ranks) => format!(
            "Few data sets: ranks of {methods} methods differ by at most {}, the critical difference is {}; {wilcoxon}.",
            methods - 1,
            fixed(ranks.nemenyi.critical_difference, 2)
        ),
    }
}
