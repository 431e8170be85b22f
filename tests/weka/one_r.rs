use gridbook::model::classify::one_r::{Params, WEKA};
use gridbook::parameter::Parameters;

use crate::fixture::{Demand, agree, print_alike, runs};

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn one_r() {
    agree("oner", &Demand::within(0.0));
    print_alike("oner");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn options_come_back_as_they_went() {
    for run in runs("oner") {
        let (_, values) = run.model();
        assert_eq!(WEKA.options(&values, &Params::specs()), run.oracle["full_options"].as_str().expect("options"));
    }
}
