//! Methods on one data set, over its seeds, folds or drawn splits.

use crate::metric::MetricSpec;
use crate::report::figure::series;
use crate::report::number::plural;
use crate::report::pairs::{self, Difference, Repeats};
use crate::report::select::{self, Domain, Scored};
use crate::store::results::{Results, TrialRecord};

use super::over_datasets::{MOST_METHODS, adjust, won};
use super::{Pair, Significance};

/// Tests every two methods on the one data set; none where there are several, or nothing can be paired.
pub fn of(results: &Results, metric: &'static MetricSpec, records: &[&TrialRecord]) -> Option<Significance> {
    let scored: Vec<&TrialRecord> =
        records.iter().copied().filter(|record| matches!(select::score(record, metric), Scored::Value(_))).collect();
    let dataset = &scored.first()?.trial.dataset;
    if scored.iter().any(|record| record.trial.dataset != *dataset) {
        return None;
    }
    let methods = Domain::of(results, "model", scored.iter().map(|record| record.trial.model.clone())).labels;
    if methods.len() < 2 || methods.len() > MOST_METHODS {
        return None;
    }
    let of_method = |method: &String| -> Vec<&TrialRecord> {
        scored.iter().copied().filter(|record| record.trial.model == *method).collect()
    };
    let groups: Vec<Vec<&TrialRecord>> = methods.iter().map(of_method).collect();
    let (mut found, mut repeats) = (Vec::new(), None);
    for first in 0..groups.len() {
        for second in first + 1..groups.len() {
            let Ok(both) = pairs::pairs(results, metric, &groups[first], &groups[second]) else { continue };
            let Ok(difference) = Difference::of(&both, None) else { continue };
            repeats = repeats.or(Some((both.repeats, difference.made)));
            found.push(Pair {
                methods: (first, second),
                won: won(&both.values, metric.better),
                difference: difference.mean,
                interval: difference.interval,
                ranks: None,
                nemenyi: None,
                p_value: Some(difference.p_value),
                holm: None,
                cohen_dz: difference.effect.cohen_dz,
                cliff_delta: difference.effect.cliff_delta,
                made: Some(difference.made),
            });
        }
    }
    let (repeats, made) = repeats?;
    adjust(&mut found);
    let unit = match repeats {
        Repeats::Seeds | Repeats::Datasets => "seeds",
        Repeats::Splits { .. } => "folds and drawn splits",
    };
    let pairs_about = format!(
        "{} on {dataset}, pair by pair over {unit}: {made}. Holm p: adjusted for {}.",
        metric.label,
        plural(found.len(), "pair")
    );
    let sentences = vec![format!("One data set: what differs here may not differ on another.")];
    let methods = methods.into_iter().map(|name| (name.clone(), series(results, &name))).collect();
    Some(Significance { metric, methods, ranks: None, sentences, pairs: found, pairs_about })
}
