//! Metrics of predicted probabilities and of outliers' scores.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a type with a lifetime is no function for every lifetime"
)]

use crate::metric::list::{BINARY, CLASSIFICATION, OUTLIERS, SCIKIT_LEARN, WEKA};
use crate::metric::probability::Probabilities;
use crate::metric::ranking::Ranking;
use crate::metric::{Better, Measure, MetricSpec, Needs};

/// Of the positive class, or of the outliers.
const fn ranking(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    undefined: &'static str,
    measure: fn(&Ranking) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: SCIKIT_LEARN,
        tasks: BINARY,
        needs: Needs::Scores,
        measure: Measure::Ranking(measure),
        range: (0.0, 1.0),
        better: Better::Higher,
        undefined,
    }
}

/// Of all classes.
const fn probabilities(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    undefined: &'static str,
    measure: fn(&Probabilities<'_>) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: SCIKIT_LEARN,
        tasks: CLASSIFICATION,
        needs: Needs::Scores,
        measure: Measure::Probabilities(measure),
        range: (0.0, 1.0),
        better: Better::Higher,
        undefined,
    }
}

/// Of all classes; less is better.
const fn loss(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    most: f64,
    measure: fn(&Probabilities<'_>) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        range: (0.0, most),
        better: Better::Lower,
        ..probabilities(name, label, about, "no probabilities", measure)
    }
}

/// Weka's, of all classes; less is better.
const fn weka(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    most: f64,
    measure: fn(&Probabilities<'_>) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        reference: WEKA,
        undefined: "no probabilities, or no row that is classified",
        ..loss(name, label, about, most, measure)
    }
}

const A_CLASS_LESS: &str = "no probabilities, or a class without rows";

pub static METRICS: &[MetricSpec] = &[
    ranking(
        "roc_auc",
        "ROC AUC",
        "share of pairs of a positive and a negative row that the score has in order, ties one half",
        "more than two classes, no probabilities, or rows of one class only",
        Ranking::roc_auc,
    ),
    ranking(
        "average_precision",
        "Average precision",
        "area under the steps of the precision-recall curve, not interpolated",
        "more than two classes, no probabilities, or no positive row",
        Ranking::average_precision,
    ),
    ranking(
        "pr_auc_trapezoid",
        "PR AUC (trapezoid)",
        "area under the precision-recall curve with straight lines between its points: kinder than average_precision",
        "more than two classes, no probabilities, or no positive row",
        Ranking::pr_auc_trapezoid,
    ),
    MetricSpec {
        reference: "Campos and others 2016: precision at n, n being the number of outliers",
        tasks: OUTLIERS,
        ..ranking(
            "precision_at_n",
            "Precision at n",
            "share of outliers among as many of the highest scores as there are outliers; of ties the mean",
            "no outliers",
            Ranking::precision_at_n,
        )
    },
    probabilities(
        "roc_auc_ovr_macro",
        "ROC AUC (one-vs-rest)",
        "mean over classes of the ROC AUC of each against the rest",
        A_CLASS_LESS,
        |given| given.roc_auc_ovr(false),
    ),
    probabilities(
        "roc_auc_ovr_weighted",
        "ROC AUC (one-vs-rest, weighted)",
        "mean over classes, weighted by their rows, of the ROC AUC of each against the rest; Weka's weighted average",
        A_CLASS_LESS,
        |given| given.roc_auc_ovr(true),
    ),
    probabilities(
        "roc_auc_ovo_macro",
        "ROC AUC (one-vs-one)",
        "mean over pairs of classes of the ROC AUC of one against the other (Hand and Till 2001)",
        A_CLASS_LESS,
        |given| given.roc_auc_ovo(),
    ),
    probabilities(
        "top1_accuracy",
        "Top-1 accuracy",
        "share of rows whose class is the first with the largest probability",
        "no probabilities",
        |given| Ok(given.top1_accuracy()),
    ),
    probabilities(
        "top2_accuracy",
        "Top-2 accuracy",
        "share of rows whose class is one of the two with the largest probabilities",
        "no probabilities",
        |given| Ok(given.top2_accuracy()),
    ),
    loss(
        "log_loss",
        "Log loss",
        "mean of minus the natural logarithm of the true class's probability, clipped to [2^-52, 1 - 2^-52]",
        f64::INFINITY,
        |given| given.log_loss(),
    ),
    MetricSpec {
        undefined: "more than two classes, or no probabilities",
        ..loss(
            "brier",
            "Brier score",
            "mean squared difference of the positive class's probability from 1 or 0",
            1.0,
            |given| given.brier(),
        )
    },
    loss(
        "brier_sum",
        "Brier score (sum)",
        "mean over rows of the squared differences of all classes' probabilities, summed: 0 to 2",
        2.0,
        |given| given.brier_sum(),
    ),
    weka(
        "mean_absolute_error",
        "MAE",
        "mean over rows and classes of the absolute error of the probabilities",
        1.0,
        |given| given.mean_absolute_error(),
    ),
    weka(
        "root_mean_squared_error",
        "RMSE",
        "root of the mean over rows and classes of the squared error of the probabilities",
        1.0,
        |given| given.root_mean_squared_error(),
    ),
    weka(
        "relative_absolute_error",
        "RAE",
        "mean_absolute_error over that of the training rows' class shares; Weka prints it in percent",
        f64::INFINITY,
        |given| given.relative_absolute_error(),
    ),
    weka(
        "root_relative_squared_error",
        "RRSE",
        "root_mean_squared_error over that of the training rows' class shares; Weka prints it in percent",
        f64::INFINITY,
        |given| given.root_relative_squared_error(),
    ),
];
