//! What is not made from predictions: measurements, and what models report themselves.

use crate::metric::list::{ANY, CLUSTERING};
use crate::metric::{Better, Measure, MetricSpec, Needs};

const fn measured(name: &'static str, label: &'static str, about: &'static str) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: "measured while the trial runs; never part of its result",
        tasks: ANY,
        needs: Needs::Time,
        measure: Measure::Elsewhere,
        range: (0.0, f64::INFINITY),
        better: Better::Lower,
        undefined: "a trial that did not finish",
    }
}

pub static METRICS: &[MetricSpec] = &[
    MetricSpec {
        name: "value",
        label: "Value",
        about: "what the model `debug` was told to report",
        reference: "none",
        tasks: ANY,
        needs: Needs::Model,
        measure: Measure::Elsewhere,
        range: (f64::NEG_INFINITY, f64::INFINITY),
        better: Better::Higher,
        undefined: "other models, or NaN",
    },
    MetricSpec {
        name: "correlation",
        label: "Correlation",
        about: "sum of the regularised canonical correlations of two views over all rows, after training",
        reference: "Hotelling: Relations Between Two Sets of Variates, Biometrika 1936",
        tasks: CLUSTERING,
        needs: Needs::Model,
        measure: Measure::Elsewhere,
        range: (0.0, f64::INFINITY),
        better: Better::Higher,
        undefined: "models other than `cca-kmeans`, `dcca` and `dccae`",
    },
    MetricSpec {
        name: "sse",
        label: "Squared errors",
        about: "sum of squared distances of the rows to the centres, in columns scaled to 0..1, words counting 1",
        reference: "Weka's \"within cluster sum of squared errors\"",
        tasks: CLUSTERING,
        needs: Needs::Model,
        measure: Measure::Elsewhere,
        range: (0.0, f64::INFINITY),
        better: Better::Lower,
        undefined: "models other than `simple-kmeans`",
    },
    measured(
        "fit_seconds",
        "Fit, s",
        "wall seconds of the fit on one thread, with those of its stages also where they were read from the cache",
    ),
    measured(
        "predict_seconds",
        "Predict, s",
        "wall seconds of assigning rows after the fit; 0 where the fit does both",
    ),
    measured("cpu_seconds", "CPU, s", "CPU seconds of the whole trial, data, scores and stages too"),
    measured("peak_mib", "Peak memory, MiB", "highest memory of the worker process so far"),
];
