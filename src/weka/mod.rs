//! What a Weka user knows: the class names and flags of schemes beside gridbook's kinds and keys, and the few habits
//! of Weka that decide whether results agree. All of it from the documentation, the literature and results.

pub mod command_line;
pub mod filters;
pub mod number;
pub mod order;
pub mod scheme;
pub mod special;

pub use scheme::{Flag, Imported, Scheme, Takes};

use crate::model::classify::nearest::{ib1, ibk};
use crate::model::classify::{bayes_net, j48, jrip, logistic, mlp, naive_bayes, one_r, rbf_network, zero_r};
use crate::model::cluster::simple_kmeans;
use crate::model::rules::apriori;

/// Every scheme with a counterpart here. A new one is its constant beside the model's plus its line here.
pub static SCHEMES: &[&Scheme] = &[
    &zero_r::WEKA,
    &jrip::WEKA,
    &apriori::WEKA,
    &naive_bayes::WEKA,
    &bayes_net::WEKA,
    &ibk::WEKA,
    &ib1::WEKA,
    &logistic::WEKA,
    &mlp::WEKA,
    &rbf_network::WEKA,
    &simple_kmeans::WEKA,
    &one_r::WEKA,
    &j48::WEKA,
];

/// The scheme of a Weka class, by its full name or the last part of it.
pub fn find(class: &str) -> Option<&'static Scheme> {
    let last = |full: &str| full.rsplit('.').next().unwrap_or_default().to_owned();
    let named = |scheme: &&&Scheme| scheme.class == class || (!class.contains('.') && last(scheme.class) == class);
    SCHEMES.iter().find(named).copied()
}

/// The scheme of a kind of model.
pub fn of_kind(kind: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.kind == kind).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TaskKind;
    use crate::model::registry;

    #[test]
    fn every_classifier_takes_what_a_step_before_it_can_leave() {
        for scheme in SCHEMES {
            let spec = registry::find(scheme.kind).expect("a model");
            if spec.accepts.tasks.contains(&TaskKind::Classification) {
                assert!(spec.accepts.weights && spec.accepts.missing && spec.accepts.nominal, "{}", scheme.kind);
            }
        }
    }
}
