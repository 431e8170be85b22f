use crate::fixture::{Demand, agree, print_alike};

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn zero_r() {
    agree("zeror", &Demand::within(0.0));
    print_alike("zeror");
}
