use gridbook::model::registry::find;
use gridbook::weka;

use crate::fixture::{Run, difference, printed, runs};

/// Every share within 1e-6 and every label: also where the classes are separable and Weka stops long before the minimum.
fn judge(run: &Run) -> Result<String, String> {
    let got = run.judged(&*run.fit(), &run.test);
    let (most, labels) = difference(&run.rows, &got);
    let codes = &run.data.labels.as_ref().expect("classes").codes;
    let right = |rows: &[(Option<usize>, Vec<f64>)]| {
        rows.iter().zip(&run.test).filter(|((class, _), row)| *class == Some(codes[**row])).count()
    };
    let (want_right, got_right) = (right(&run.rows), right(&got));
    let said = format!(
        "{}: shares differ by up to {most:.1e}, {labels} of {} labels differ, {got_right} right, Weka {want_right}",
        run.name,
        run.test.len(),
    );
    if most <= 1e-6 && labels == 0 { Ok(said) } else { Err(said) }
}

fn all(config: &str) {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for run in runs(config) {
        options_return(&run);
        count += 1;
        match judge(&run) {
            Ok(said) => println!("{config} {said}"),
            Err(said) => wrong.push(said),
        }
    }
    assert!(count >= 20, "{count} runs of {config}");
    assert!(wrong.is_empty(), "{} of {count} runs of {config} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn options_return(run: &Run) {
    let (kind, values) = run.model();
    let specs = (find(kind).expect("a model").parameters)();
    let scheme = weka::of_kind(kind).expect("a scheme");
    assert_eq!(scheme.options(&values, &specs), run.oracle["options"].as_str().expect("options"));
    let full = scheme.import(run.oracle["full_options"].as_str().expect("options"), &specs).expect("understood");
    assert_eq!(full.values, values);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn logistic() {
    all("logistic");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn logistic_with_a_strong_ridge() {
    all("logistic_r1");
}

/// Coefficients and text with a strong ridge: as Weka's, but for digits behind the stop of its routine.
#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn coefficients_and_text() {
    // The intercept of glass's class without rows has no bound.
    for run in runs("logistic_r1").into_iter().filter(|run| !run.name.starts_with("glass")) {
        let got = run.fit().printed().expect("printed");
        let want = run.oracle["model"]["coefficients"].as_array().expect("rows");
        let found = got.json["coefficients"].as_array().expect("rows");
        assert_eq!(want.len(), found.len(), "{}", run.name);
        for (want, got) in want
            .iter()
            .zip(found)
            .flat_map(|(want, got)| want.as_array().expect("a row").iter().zip(got.as_array().expect("a row")))
        {
            let (want, got) = (want.as_f64().expect("a number"), got.as_f64().expect("a number"));
            assert!((want - got).abs() <= 1e-3 * want.abs().max(1.0), "{}: want {want}, got {got}", run.name);
        }
        assert_eq!(different_line(&printed(&run, "logistic_r1"), &got.text), None, "{}", run.name);
    }
}

/// The first line whose words, or numbers by more than 1 of 100, differ; blanks count, but for the width of numbers.
fn different_line(want: &str, got: &str) -> Option<String> {
    let alike = |want: &str, got: &str| match (want.parse::<f64>(), got.parse::<f64>()) {
        (Ok(want), Ok(got)) => want == got || (want - got).abs() <= 1e-2 * want.abs().max(0.1),
        _ => want == got,
    };
    let (want, got): (Vec<_>, Vec<_>) = (want.trim_end().lines().collect(), got.trim_end().lines().collect());
    if want.len() != got.len() {
        return Some(format!("{} lines instead of {}", got.len(), want.len()));
    }
    want.iter().zip(&got).find_map(|(want, got)| {
        let (w, g): (Vec<_>, Vec<_>) = (want.split_whitespace().collect(), got.split_whitespace().collect());
        let same = w.len() == g.len() && w.iter().zip(&g).all(|(want, got)| alike(want, got));
        let same = same && want.trim_end().chars().count() == got.trim_end().chars().count();
        (!same).then(|| format!("want {want:?}, got {got:?}"))
    })
}
