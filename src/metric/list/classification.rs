//! Metrics of predicted classes and of flagged outliers.

use crate::metric::binary::Binary;
use crate::metric::confusion::{Average, Confusion};
use crate::metric::list::{BINARY, CLASSIFICATION, OUTLIERS, SCIKIT_LEARN};
use crate::metric::{Better, Measure, MetricSpec, Needs};

/// Of all classes.
const fn classes(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    measure: fn(&Confusion) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: SCIKIT_LEARN,
        tasks: CLASSIFICATION,
        needs: Needs::Classes,
        measure: Measure::Confusion(measure),
        range: (0.0, 1.0),
        better: Better::Higher,
        undefined: "never",
    }
}

/// Of the positive class, or of the outliers.
const fn positive(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    measure: fn(&Binary) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: SCIKIT_LEARN,
        tasks: BINARY,
        needs: Needs::Classes,
        measure: Measure::Binary(measure),
        range: (0.0, 1.0),
        better: Better::Higher,
        undefined: "more than two classes",
    }
}

/// Of the positive class; less is better.
const fn error(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    undefined: &'static str,
    measure: fn(&Binary) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        reference: "one minus scikit-learn's recall, of one class or of the other",
        tasks: CLASSIFICATION,
        better: Better::Lower,
        undefined,
        ..positive(name, label, about, measure)
    }
}

fn no_negatives(rate: Option<f64>) -> Result<f64, String> {
    rate.ok_or_else(|| "every row is positive".to_owned())
}

fn no_positives(rate: Option<f64>) -> Result<f64, String> {
    rate.ok_or_else(|| "no row is positive".to_owned())
}

pub static METRICS: &[MetricSpec] = &[
    classes("accuracy", "Accuracy", "share of rows that are right; one that is not classified is wrong", |table| {
        Ok(table.accuracy())
    }),
    classes("balanced_accuracy", "Balanced accuracy", "mean recall of the classes that have rows", |table| {
        Ok(table.balanced_accuracy())
    }),
    MetricSpec {
        range: (-1.0, 1.0),
        undefined: "chance alone agrees: all rows are of one class, and predicted so",
        ..classes(
            "cohen_kappa",
            "Kappa",
            "agreement of predicted and true classes beyond chance; Weka's kappa statistic",
            |table| table.cohen_kappa().ok_or_else(|| "chance alone agrees".to_owned()),
        )
    },
    MetricSpec {
        range: (-1.0, 1.0),
        ..classes(
            "mcc",
            "MCC",
            "Matthews' correlation of predicted and true classes; 0 where all rows are predicted to be of one class",
            |table| Ok(table.matthews()),
        )
    },
    classes("precision_micro", "Precision (micro)", "precision with the counts of all classes pooled", |table| {
        Ok(table.average(Binary::precision, Average::Micro))
    }),
    classes("precision_macro", "Precision (macro)", "mean precision of all classes", |table| {
        Ok(table.average(Binary::precision, Average::Macro))
    }),
    classes(
        "precision_weighted",
        "Precision (weighted)",
        "mean precision of the classes, weighted by their rows",
        |table| Ok(table.average(Binary::precision, Average::Weighted)),
    ),
    classes(
        "recall_micro",
        "Recall (micro)",
        "recall with the counts of all classes pooled; equals accuracy",
        |table| Ok(table.average(Binary::recall, Average::Micro)),
    ),
    classes(
        "recall_macro",
        "Recall (macro)",
        "mean recall of all classes; balanced_accuracy leaves out those without rows",
        |table| Ok(table.average(Binary::recall, Average::Macro)),
    ),
    classes(
        "recall_weighted",
        "Recall (weighted)",
        "mean recall of the classes, weighted by their rows; equals accuracy",
        |table| Ok(table.average(Binary::recall, Average::Weighted)),
    ),
    classes("f1_micro", "F1 (micro)", "F1 with the counts of all classes pooled", |table| {
        Ok(table.average(Binary::f1, Average::Micro))
    }),
    classes("f1_macro", "F1 (macro)", "mean F1 of all classes, also of those without rows", |table| {
        Ok(table.average(Binary::f1, Average::Macro))
    }),
    classes("f1_weighted", "F1 (weighted)", "mean F1 of the classes, weighted by their rows", |table| {
        Ok(table.average(Binary::f1, Average::Weighted))
    }),
    classes(
        "specificity_macro",
        "Specificity (macro)",
        "mean specificity of all classes, each against the rest",
        |table| Ok(table.average(Binary::specificity, Average::Macro)),
    ),
    positive(
        "precision",
        "Precision",
        "share of the rows predicted positive that are; 0 where none is predicted so",
        |counts| Ok(counts.precision()),
    ),
    positive(
        "recall",
        "Recall",
        "share of the positive rows that are predicted so (sensitivity); 0 where there are none",
        |counts| Ok(counts.recall()),
    ),
    positive("f1", "F1", "harmonic mean of precision and recall; 0 where both are 0", |counts| Ok(counts.f1())),
    positive(
        "specificity",
        "Specificity",
        "share of the negative rows that are predicted so; 0 where there are none",
        |counts| Ok(counts.specificity()),
    ),
    positive(
        "npv",
        "NPV",
        "negative predictive value: share of the rows predicted negative that are; 0 where none is predicted so",
        |counts| Ok(counts.negative_predictive_value()),
    ),
    positive("g_mean", "G-mean", "geometric mean of recall and specificity", |counts| Ok(counts.g_mean())),
    error(
        "false_positive_rate",
        "False positive rate",
        "share of the negative rows that are predicted positive: a statistician's type I error",
        "more than two classes, or no negative row",
        |counts| no_negatives(counts.false_positive_rate()),
    ),
    error(
        "false_negative_rate",
        "False negative rate",
        "share of the positive rows that are not predicted so: a statistician's type II error",
        "more than two classes, or no positive row",
        |counts| no_positives(counts.false_negative_rate()),
    ),
    MetricSpec {
        tasks: OUTLIERS,
        undefined: "no outliers",
        ..positive("detection_rate", "Detection rate", "share of the outliers that are flagged", |counts| {
            no_positives(counts.false_negative_rate().map(|missed| 1.0 - missed))
        })
    },
    MetricSpec {
        tasks: OUTLIERS,
        undefined: "nothing but outliers",
        ..error(
            "false_alarm_rate",
            "False alarms",
            "share of the other rows that are flagged as outliers",
            "",
            |counts| no_negatives(counts.false_positive_rate()),
        )
    },
];
