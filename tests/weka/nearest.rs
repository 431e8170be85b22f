//! Nearest neighbours beside Weka: shares, texts, options.

use crate::fixture::{Demand, agree, options_alike, print_alike};

fn alike(config: &str) {
    agree(config, &Demand::within(1e-12));
    print_alike(config);
    options_alike(config);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn one_neighbour() {
    alike("ibk1");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn five_neighbours() {
    alike("ibk5");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn three_by_inverse_distance() {
    alike("ibk3_inverse");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn ib1() {
    alike("ib1");
}
