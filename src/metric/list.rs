//! The list of metrics. Adding one is its function plus its entry here.

use crate::metric::{Better, MetricSpec, Needs};

const ORACLE: &str = "scikit-learn's definition";

const fn external(name: &'static str, label: &'static str, about: &'static str, undefined: &'static str) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: ORACLE,
        needs: Needs::TrueLabels,
        range: (0.0, 1.0),
        better: Better::Higher,
        undefined,
    }
}

const fn adjusted(name: &'static str, label: &'static str, about: &'static str) -> MetricSpec {
    MetricSpec {
        range: (f64::NEG_INFINITY, 1.0),
        ..external(name, label, about, "every row its own cluster or class: 0/0")
    }
}

const fn measured(name: &'static str, label: &'static str, about: &'static str) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: "measured while the trial runs; never part of its result",
        needs: Needs::Time,
        range: (0.0, f64::INFINITY),
        better: Better::Lower,
        undefined: "a trial that did not finish",
    }
}

static ACC: MetricSpec = external(
    "acc",
    "ACC",
    "share of rows in their class under the best one-to-one matching of clusters to classes (Hungarian)",
    "never",
);
static NMI_MAX: MetricSpec =
    external("nmi_max", "NMI (max)", "mutual information over the larger of the two entropies", "never");
static NMI_ARITHMETIC: MetricSpec = external(
    "nmi_arithmetic",
    "NMI (arithmetic)",
    "mutual information over the mean of the two entropies; scikit-learn's default",
    "never",
);
static NMI_GEOMETRIC: MetricSpec = external(
    "nmi_geometric",
    "NMI (geometric)",
    "mutual information over the geometric mean of the two entropies",
    "never",
);
static NMI_MIN: MetricSpec =
    external("nmi_min", "NMI (min)", "mutual information over the smaller of the two entropies", "never");
static ARI: MetricSpec = MetricSpec {
    range: (-0.5, 1.0),
    ..external("ari", "ARI", "Rand index corrected for chance: about 0 for random labels", "never")
};
static RI: MetricSpec = external(
    "ri",
    "RI",
    "share of pairs of rows on which classes and clusters agree; 0.82 for random labels of 10 classes",
    "never",
);
static PURITY: MetricSpec = external(
    "purity",
    "Purity",
    "share of rows that belong to the largest class of their cluster; grows with the number of clusters",
    "never",
);
static FMI: MetricSpec = external(
    "fmi",
    "FMI",
    "Fowlkes-Mallows: geometric mean of the pairs' precision and recall; 0 where no pair is together in both",
    "never",
);
static HOMOGENEITY: MetricSpec = external(
    "homogeneity",
    "Homogeneity",
    "share of the classes' entropy that the clusters tell; 1 where no cluster mixes classes",
    "never",
);
static COMPLETENESS: MetricSpec = external(
    "completeness",
    "Completeness",
    "share of the clusters' entropy that the classes tell; 1 where no class is spread over clusters",
    "never",
);
static V_MEASURE: MetricSpec =
    external("v_measure", "V-measure", "harmonic mean of homogeneity and completeness; equals nmi_arithmetic", "never");
static AMI_MAX: MetricSpec =
    adjusted("ami_max", "AMI (max)", "mutual information beyond chance, over the larger entropy beyond chance");
static AMI_ARITHMETIC: MetricSpec = adjusted(
    "ami_arithmetic",
    "AMI (arithmetic)",
    "mutual information beyond chance, over the mean entropy beyond chance; scikit-learn's default",
);
static AMI_GEOMETRIC: MetricSpec = adjusted(
    "ami_geometric",
    "AMI (geometric)",
    "mutual information beyond chance, over the geometric mean of the entropies beyond chance",
);
static AMI_MIN: MetricSpec =
    adjusted("ami_min", "AMI (min)", "mutual information beyond chance, over the smaller entropy beyond chance");
static INERTIA: MetricSpec = MetricSpec {
    name: "inertia",
    label: "Inertia",
    about: "sum of squared distances of rows to the mean of their cluster, in the data as the model saw them",
    reference: ORACLE,
    needs: Needs::Data,
    range: (0.0, f64::INFINITY),
    better: Better::Lower,
    undefined: "missing values in the data",
};
static VALUE: MetricSpec = MetricSpec {
    name: "value",
    label: "Value",
    about: "what the model `debug` was told to report",
    reference: "none",
    needs: Needs::Model,
    range: (f64::NEG_INFINITY, f64::INFINITY),
    better: Better::Higher,
    undefined: "other models, or NaN",
};
static FIT_SECONDS: MetricSpec = measured("fit_seconds", "Fit, s", "wall seconds of the fit on one thread");
static PREDICT_SECONDS: MetricSpec = measured(
    "predict_seconds",
    "Predict, s",
    "wall seconds of assigning rows after the fit; 0 where the fit does both",
);
static CPU_SECONDS: MetricSpec =
    measured("cpu_seconds", "CPU, s", "CPU seconds of the whole trial, data and scores too");
static PEAK_MIB: MetricSpec = measured("peak_mib", "Peak memory, MiB", "highest memory of the worker process so far");

/// Every metric, in the order in which `gridbook list metrics` prints them.
pub static METRICS: &[&MetricSpec] = &[
    &ACC,
    &NMI_MAX,
    &NMI_ARITHMETIC,
    &NMI_GEOMETRIC,
    &NMI_MIN,
    &ARI,
    &RI,
    &PURITY,
    &FMI,
    &AMI_MAX,
    &AMI_ARITHMETIC,
    &AMI_GEOMETRIC,
    &AMI_MIN,
    &HOMOGENEITY,
    &COMPLETENESS,
    &V_MEASURE,
    &INERTIA,
    &VALUE,
    &FIT_SECONDS,
    &PREDICT_SECONDS,
    &CPU_SECONDS,
    &PEAK_MIB,
];

/// The metric of this name.
pub fn find(name: &str) -> Option<&'static MetricSpec> {
    METRICS.iter().copied().find(|spec| spec.name == name)
}
