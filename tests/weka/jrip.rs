use crate::fixture::{Demand, agree, model_alike, options_alike, print_alike};

/// Shares, texts, rules and options, all exactly.
fn alike(config: &str) {
    agree(config, &Demand::within(0.0));
    print_alike(config);
    model_alike(config, 0.0);
    options_alike(config);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn jrip() {
    alike("jrip");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn jrip_without_pruning() {
    alike("jrip_noprune");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn jrip_without_optimization() {
    alike("jrip_o0");
}
