//! Naive Bayes beside Weka: shares, texts, estimators, options.

use crate::fixture::{Demand, agree, model_alike, options_alike, print_alike};

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn normal_distributions() {
    agree("nb", &Demand::within(1e-9));
    print_alike("nb");
    model_alike("nb", 0.0);
    options_alike("nb");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn intervals() {
    agree("nb_discretized", &Demand::within(1e-9));
    print_alike("nb_discretized");
    model_alike("nb_discretized", 0.0);
    options_alike("nb_discretized");
}
