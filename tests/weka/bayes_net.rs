//! Bayesian networks beside Weka: shares, structure, tables, cut points, scores, options.

use crate::fixture::{Demand, agree, model_alike, options_alike, printed, runs, same_text};

fn alike(config: &str) {
    agree(config, &Demand::within(1e-9));
    model_alike(config, 0.0);
    options_alike(config);
    print_alike(config);
}

/// Every line as Weka prints it.
fn print_alike(config: &str) {
    for run in runs(config) {
        let got = run.fit().printed().expect("text").text;
        same_text(&printed(&run, config), &got).unwrap_or_else(|line| panic!("{config} {}: {line}", run.name));
    }
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn one_parent() {
    alike("bayesnet");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn two_parents() {
    alike("bayesnet_p2");
}
