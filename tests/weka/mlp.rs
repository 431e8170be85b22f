use gridbook::model::registry::find;
use gridbook::weka;

use crate::fixture::{Demand, Run, agree, printed, runs};

/// Each word of a text that is no number as it stands, each number within `tolerance`: the first line that differs.
fn differing_line(want: &str, got: &str, tolerance: f64) -> Option<String> {
    let alike = |want: &str, got: &str| match (want.parse::<f64>(), got.parse::<f64>()) {
        (Ok(want), Ok(got)) => (want - got).abs() <= tolerance,
        _ => want == got,
    };
    let (want, got): (Vec<_>, Vec<_>) = (want.trim_end().lines().collect(), got.trim_end().lines().collect());
    if want.len() != got.len() {
        return Some(format!("{} lines instead of {}", got.len(), want.len()));
    }
    want.iter().zip(&got).find_map(|(want, got)| {
        let (w, g): (Vec<_>, Vec<_>) = (want.split(' ').collect(), got.split(' ').collect());
        let alike = w.len() == g.len() && w.iter().zip(&g).all(|(want, got)| alike(want, got));
        (!alike).then(|| format!("want {want:?}, got {got:?}"))
    })
}

fn options_return(run: &Run) {
    let (kind, values) = run.model();
    let specs = (find(kind).expect("a model").parameters)();
    let scheme = weka::of_kind(kind).expect("a scheme");
    assert_eq!(scheme.options(&values, &specs), run.oracle["options"].as_str().expect("options"));
    let full = scheme.import(run.oracle["full_options"].as_str().expect("options"), &specs).expect("understood");
    assert_eq!(full.values, values);
}

fn weights_are_those_of_weka(config: &str, name: &str) {
    let run = runs(config).into_iter().find(|run| run.name == name).expect("a run");
    options_return(&run);
    let got = run.fit().printed().expect("printed").text;
    assert_eq!(differing_line(&printed(&run, config), &got, 1e-9), None);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn mlp() {
    agree("mlp", &Demand::within(1e-9));
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn mlp_of_four_units() {
    // A start weight 1e-15 away moves a share of this run by 0.67, in other implementations too: its training is chaotic, and
    // the last digit of an exponential decides. Differs by up to 0.70, 18 of 340 labels.
    let mut demand = Demand::within(1e-9);
    demand.except.insert("credit-g__s1", "chaotic: rounding grows by 10^15 in 50 epochs");
    agree("mlp_h4_n50", &demand);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn mlp_prints_its_weights() {
    for name in ["labor__s1", "weather.nominal__full", "iris__s2"] {
        weights_are_those_of_weka("mlp", name);
    }
    weights_are_those_of_weka("mlp_h4_n50", "vote__s1");
}
