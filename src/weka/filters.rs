//! Weka's filters and attribute selections beside steps: the one place that says which name and flags are which step.

use crate::parameter::{ParameterSpec, Values};
use crate::preprocess;
use crate::value::Value;
use crate::weka::command_line::words;
use crate::weka::scheme::{Flag, Imported, Scheme, Takes};

/// A class of Weka that a step stands for.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The class, its step and its flags.
    pub scheme: Scheme,
    /// What the class itself says, before any flag.
    pub fixed: &'static [(&'static str, &'static str)],
}

const ALL_COLUMNS: Flag = Flag::keyless("-R", Takes::Only(&["first-last"]));
const PRECISION: Flag = Flag::keyless("-precision", Takes::Only(&["6"]));

const fn filter(class: &'static str, kind: &'static str, flags: &'static [Flag]) -> Filter {
    Filter { scheme: Scheme { class, kind, flags }, fixed: &[] }
}

/// Every filter with a step of its own.
pub static FILTERS: &[Filter] = &[
    Filter {
        fixed: &[("constant", "zero")],
        ..filter(
            "weka.filters.unsupervised.attribute.Normalize",
            "min-max",
            &[Flag::value("-S", "scale"), Flag::value("-T", "translation")],
        )
    },
    Filter {
        fixed: &[("deviation", "sample")],
        ..filter("weka.filters.unsupervised.attribute.Standardize", "standardize", &[])
    },
    filter("weka.filters.unsupervised.attribute.ReplaceMissingValues", "replace-missing", &[]),
    filter(
        "weka.filters.unsupervised.attribute.NominalToBinary",
        "nominal-to-binary",
        &[Flag::switch("-A", "all-values"), ALL_COLUMNS],
    ),
    filter(
        "weka.filters.supervised.attribute.NominalToBinary",
        "nominal-to-binary",
        &[Flag::switch("-A", "all-values")],
    ),
    Filter {
        fixed: &[("method", "mdl")],
        ..filter(
            "weka.filters.supervised.attribute.Discretize",
            "discretize",
            &[Flag::switch("-E", "better-encoding"), ALL_COLUMNS, PRECISION],
        )
    },
    Filter {
        fixed: &[("method", "equal-width")],
        ..filter(
            "weka.filters.unsupervised.attribute.Discretize",
            "discretize",
            &[
                Flag::keyless("-F", Takes::Is("equal-frequency")).of("method"),
                Flag::value("-B", "bins"),
                Flag::keyless("-M", Takes::Only(&["-1.0", "-1"])),
                ALL_COLUMNS,
                PRECISION,
            ],
        )
    },
    Filter {
        fixed: &[("by", "balanced")],
        ..filter("weka.filters.supervised.instance.ClassBalancer", "class-weights", &[])
    },
    // The rows that it draws are gridbook's own; how many are kept of each class is the same.
    filter(
        "weka.filters.supervised.instance.SpreadSubsample",
        "undersample",
        &[Flag::value("-M", "ratio"), Flag::keyless("-X", Takes::Only(&["0.0", "0"])), Flag::value("-S", "seed")],
    ),
];

/// Evaluators of attributes, each a step of its own; a search says more about it.
pub static EVALUATORS: &[Filter] = &[
    filter(
        "weka.attributeSelection.CfsSubsetEval",
        "cfs",
        &[
            Flag::switch("-M", "missing-separate"),
            Flag::keyless("-L", Takes::Off).of("locally-predictive"),
            // How fast the correlations come changes none of them.
            Flag::keyless("-Z", Takes::Nothing),
            Flag::keyless("-P", Takes::Only(&[])),
            Flag::keyless("-E", Takes::Only(&[])),
        ],
    ),
    filter(
        "weka.attributeSelection.InfoGainAttributeEval",
        "information-gain",
        &[Flag::switch("-M", "missing-separate")],
    ),
    filter(
        "weka.attributeSelection.SymmetricalUncertAttributeEval",
        "symmetrical-uncertainty",
        &[Flag::switch("-M", "missing-separate")],
    ),
];

const RANKER_THRESHOLD: Flag = Flag::value("-T", "threshold").takes(Takes::ValueOrNone("-1.7976931348623157E308"));
const STALE: Flag = Flag::value("-N", "stale-sets");
const CACHE: Flag = Flag::keyless("-S", Takes::Only(&[]));
const THREADS: Flag = Flag::keyless("-num-slots", Takes::Only(&[]));

/// Searches, each with the steps that it can be a part of.
pub static SEARCHES: &[(Filter, &[&str])] = &[
    (
        Filter {
            fixed: &[("search", "best-first")],
            ..filter(
                "weka.attributeSelection.BestFirst",
                "cfs",
                &[
                    Flag::value("-D", "direction").takes(Takes::Words(&[
                        ("1", "forward"),
                        ("0", "backward"),
                        ("2", "bi-directional"),
                    ])),
                    STALE,
                    CACHE,
                ],
            )
        },
        &["cfs"],
    ),
    (
        Filter {
            fixed: &[("search", "greedy-stepwise")],
            ..filter(
                "weka.attributeSelection.GreedyStepwise",
                "cfs",
                &[
                    Flag::switch("-C", "conservative"),
                    Flag::keyless("-B", Takes::Is("backward")).of("direction"),
                    Flag::keyless("-T", Takes::Only(&["-1.7976931348623157E308"])),
                    Flag::keyless("-N", Takes::Only(&["-1"])),
                    THREADS,
                ],
            )
        },
        &["cfs"],
    ),
    (
        Filter {
            fixed: &[("search", "linear-forward-selection"), ("ranked", "false")],
            ..filter(
                "weka.attributeSelection.LinearForwardSelection",
                "cfs",
                &[
                    Flag::keyless("-D", Takes::Only(&["0"])),
                    STALE,
                    Flag::switch("-I", "ranked"),
                    Flag::value("-K", "rank-size"),
                    Flag::value("-T", "window").takes(Takes::Words(&[("0", "fixed-set"), ("1", "fixed-width")])),
                    CACHE,
                ],
            )
        },
        &["cfs"],
    ),
    (
        filter(
            "weka.attributeSelection.Ranker",
            "information-gain",
            &[RANKER_THRESHOLD, Flag::value("-N", "attributes").takes(Takes::ValueOrNone("-1"))],
        ),
        &["information-gain", "symmetrical-uncertainty"],
    ),
];

impl Filter {
    fn is(&self, class: &str) -> bool {
        let last = |full: &str| full.rsplit('.').next().unwrap_or_default().to_owned();
        self.scheme.class == class || (!class.contains('.') && last(self.scheme.class) == class)
    }

    /// The step's parameters that the class and these options say.
    fn values(&self, options: &str, kind: &str) -> Result<Values, String> {
        let mut values: Values = self.fixed.iter().map(|(key, value)| ((*key).to_owned(), fixed(value))).collect();
        values.extend(self.scheme.import(options, &specs(kind))?.values);
        Ok(values)
    }

    /// The options that Weka reports for a step's parameters.
    pub fn options(&self, values: &Values) -> String {
        self.scheme.options(values, &specs(self.scheme.kind))
    }
}

fn fixed(value: &str) -> Value {
    match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::Text(text.to_owned()),
    }
}

fn specs(kind: &str) -> Vec<ParameterSpec> {
    preprocess::find(kind).map_or_else(Vec::new, |spec| (spec.parameters)())
}

fn among<'f>(filters: impl Iterator<Item = &'f Filter> + Clone, class: &str, noun: &str) -> Result<&'f Filter, String> {
    let found = filters.clone().find(|filter| filter.is(class));
    found.ok_or_else(|| {
        let names: Vec<String> = filters.map(|filter| format!("`{}`", filter.scheme.class)).collect();
        format!("`{class}` is no {noun} that is known here; there are {}", names.join(", "))
    })
}

/// The step that a filter stands for.
///
/// # Errors
/// A class or an option that is not known here.
pub fn step(class: &str, options: &str) -> Result<Imported, String> {
    let filter = among(FILTERS.iter(), class, "filter")?;
    Ok(Imported { kind: filter.scheme.kind, values: filter.values(options, filter.scheme.kind)? })
}

/// The step that an evaluator with a search stands for; each is a class with its options, as in a command line.
///
/// # Errors
/// A class or an option that is not known here; a search that is none for the evaluator.
pub fn selection(evaluator: &str, search: &str) -> Result<Imported, String> {
    let (class, options) = command(evaluator)?;
    let found = among(EVALUATORS.iter(), &class, "evaluator")?;
    let kind = found.scheme.kind;
    let mut values = found.values(&options, kind)?;
    let (class, options) = command(search)?;
    let way = among(SEARCHES.iter().map(|(filter, _)| filter), &class, "search")?;
    let fits = SEARCHES.iter().any(|(filter, kinds)| filter.is(&class) && kinds.contains(&kind));
    if !fits {
        return Err(format!("`{}` does not search for `{}`", way.scheme.class, found.scheme.class));
    }
    values.extend(way.values(&options, kind)?);
    Ok(Imported { kind, values })
}

/// A class and its options.
fn command(line: &str) -> Result<(String, String), String> {
    let class = words(line)?.into_iter().next().ok_or("no class is named")?;
    let options = line.trim_start().strip_prefix(class.as_str()).unwrap_or_default();
    Ok((class, options.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_flags_and_steps_go_together() {
        let every = FILTERS.iter().chain(EVALUATORS).chain(SEARCHES.iter().map(|(filter, _)| filter));
        for filter in every {
            let specs = specs(filter.scheme.kind);
            assert!(preprocess::find(filter.scheme.kind).is_some(), "{}", filter.scheme.class);
            let keys = filter.scheme.flags.iter().map(|flag| flag.key).chain(filter.fixed.iter().map(|(key, _)| *key));
            for key in keys.filter(|key| !key.is_empty()) {
                assert!(specs.iter().any(|spec| spec.name == key), "{} has no `{key}`", filter.scheme.kind);
            }
            for (key, value) in filter.fixed {
                let spec = specs.iter().find(|spec| spec.name == *key).expect("a key");
                assert_eq!(spec.check(&fixed(value)), Ok(()), "{key}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(step("weka.filters.unsupervised.attribute.PKIDiscretize", "").unwrap_err().contains("Discretize"));
        assert!(step("Normalize", "-Z").is_err() && step("Normalize", "-S 2.0").is_ok());
        assert!(step("weka.filters.supervised.attribute.Discretize", "-R 1,2").unwrap_err().contains("first-last"));
        let ranker = "weka.attributeSelection.Ranker -T 0.1 -N 3";
        assert!(selection("CfsSubsetEval", ranker).unwrap_err().contains("does not search"));
        assert!(selection("", ranker).is_err());
        let ranked = selection("weka.attributeSelection.InfoGainAttributeEval", ranker).expect("known");
        assert_eq!((ranked.kind, ranked.values.len()), ("information-gain", 2));
    }
}
