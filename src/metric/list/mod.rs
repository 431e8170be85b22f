//! The list of metrics. Adding one is its function plus its entry in the file of its family.

mod classification;
mod clustering;
mod elsewhere;
mod rules;
mod scores;

use std::sync::LazyLock;

use crate::metric::MetricSpec;
use crate::model::TaskKind;

const CLUSTERING: &[TaskKind] = &[TaskKind::Clustering];
const CLASSIFICATION: &[TaskKind] = &[TaskKind::Classification];
const OUTLIERS: &[TaskKind] = &[TaskKind::Outliers];
const RULES: &[TaskKind] = &[TaskKind::Rules];
const BINARY: &[TaskKind] = &[TaskKind::Classification, TaskKind::Outliers];
/// The tasks of metrics that judge any.
pub const ANY: &[TaskKind] = &[TaskKind::Clustering, TaskKind::Classification, TaskKind::Outliers, TaskKind::Rules];

const SCIKIT_LEARN: &str = "scikit-learn's definition";
const WEKA: &str = "as Weka's evaluation of class probabilities";

/// Every metric, in the order in which `gridbook list metrics` prints them.
pub static METRICS: LazyLock<Vec<&'static MetricSpec>> = LazyLock::new(|| {
    let families = [clustering::METRICS, classification::METRICS, scores::METRICS, rules::METRICS, elsewhere::METRICS];
    families.into_iter().flatten().collect()
});

/// The metric of this name.
pub fn find(name: &str) -> Option<&'static MetricSpec> {
    METRICS.iter().copied().find(|spec| spec.name == name)
}
