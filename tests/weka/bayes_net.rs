//! Bayesian networks beside Weka: shares, structure, tables, cut points, scores, options.

use crate::fixture::{Demand, agree, model_alike, options_alike, printed, runs};

fn alike(config: &str) {
    agree(config, &Demand::within(1e-9));
    model_alike(config, 0.0);
    options_alike(config);
    print_alike(config);
}

/// Every line as Weka prints it, but for the last two of the seventeen digits of scores, which hang on the machine's ln.
fn print_alike(config: &str) {
    for run in runs(config) {
        let got = run.fit().printed().expect("text").text;
        let want = printed(&run, config);
        assert_eq!(want.lines().count(), got.lines().count(), "{config} {}", run.name);
        for (want, got) in want.lines().zip(got.lines()) {
            match (want.split_once(": "), got.split_once(": ")) {
                (Some((name, want)), Some((same, got))) if name.starts_with("LogScore") => {
                    let (want, got): (f64, f64) = (want.parse().expect("a score"), got.parse().expect("a score"));
                    assert_eq!(name, same);
                    assert!((want / got - 1.0).abs() < 1e-14, "{config} {}: {name} {want} {got}", run.name);
                }
                _ => assert_eq!(want.trim_end(), got.trim_end(), "{config} {}", run.name),
            }
        }
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
