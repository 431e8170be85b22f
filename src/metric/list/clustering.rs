//! Metrics of clusters.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a type with a lifetime is no function for every lifetime"
)]

use crate::metric::adjusted::adjusted_mutual_information;
use crate::metric::clustering::{Pairs, accuracy, purity};
use crate::metric::contingency::Contingency;
use crate::metric::information::{Information, Norm};
use crate::metric::internal::Groups;
use crate::metric::list::{CLUSTERING, SCIKIT_LEARN};
use crate::metric::{Better, Measure, MetricSpec, Needs};

const fn external(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    measure: fn(&Contingency) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: SCIKIT_LEARN,
        tasks: CLUSTERING,
        needs: Needs::TrueLabels,
        measure: Measure::External(measure),
        range: (0.0, 1.0),
        better: Better::Higher,
        undefined: "never",
    }
}

const fn adjusted(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    measure: fn(&Contingency) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        range: (f64::NEG_INFINITY, 1.0),
        undefined: "every row its own cluster or class: 0/0",
        ..external(name, label, about, measure)
    }
}

const fn internal(
    name: &'static str,
    label: &'static str,
    about: &'static str,
    measure: fn(&Groups<'_>) -> Result<f64, String>,
) -> MetricSpec {
    MetricSpec {
        name,
        label,
        about,
        reference: SCIKIT_LEARN,
        tasks: CLUSTERING,
        needs: Needs::Data,
        measure: Measure::Internal(measure),
        range: (0.0, f64::INFINITY),
        better: Better::Higher,
        undefined: "one cluster, every row its own cluster, or missing values in the data",
    }
}

fn normalised(table: &Contingency, norm: Norm) -> f64 {
    Information::of(table).normalised(norm)
}

fn beyond_chance(table: &Contingency, norm: Norm) -> Result<f64, String> {
    adjusted_mutual_information(table, norm).ok_or_else(|| "0/0: chance alone reaches the norm".to_owned())
}

pub static METRICS: &[MetricSpec] = &[
    external(
        "acc",
        "ACC",
        "share of rows in their class under the best one-to-one matching of clusters to classes (Hungarian)",
        |table| Ok(accuracy(table)),
    ),
    external("nmi_max", "NMI (max)", "mutual information over the larger of the two entropies", |table| {
        Ok(normalised(table, Norm::Max))
    }),
    external(
        "nmi_arithmetic",
        "NMI (arithmetic)",
        "mutual information over the mean of the two entropies; scikit-learn's default",
        |table| Ok(normalised(table, Norm::Arithmetic)),
    ),
    external(
        "nmi_geometric",
        "NMI (geometric)",
        "mutual information over the geometric mean of the two entropies",
        |table| Ok(normalised(table, Norm::Geometric)),
    ),
    external("nmi_min", "NMI (min)", "mutual information over the smaller of the two entropies", |table| {
        Ok(normalised(table, Norm::Min))
    }),
    MetricSpec {
        range: (-0.5, 1.0),
        ..external("ari", "ARI", "Rand index corrected for chance: about 0 for random labels", |table| {
            Ok(Pairs::of(table).adjusted_rand_index())
        })
    },
    external(
        "ri",
        "RI",
        "share of pairs of rows on which classes and clusters agree; 0.82 for random labels of 10 classes",
        |table| Ok(Pairs::of(table).rand_index()),
    ),
    external(
        "purity",
        "Purity",
        "share of rows that belong to the largest class of their cluster; grows with the number of clusters",
        |table| Ok(purity(table)),
    ),
    external(
        "fmi",
        "FMI",
        "Fowlkes-Mallows: geometric mean of the pairs' precision and recall; 0 where no pair is together in both",
        |table| Ok(Pairs::of(table).fowlkes_mallows()),
    ),
    adjusted(
        "ami_max",
        "AMI (max)",
        "mutual information beyond chance, over the larger entropy beyond chance",
        |table| beyond_chance(table, Norm::Max),
    ),
    adjusted(
        "ami_arithmetic",
        "AMI (arithmetic)",
        "mutual information beyond chance, over the mean entropy beyond chance; scikit-learn's default",
        |table| beyond_chance(table, Norm::Arithmetic),
    ),
    adjusted(
        "ami_geometric",
        "AMI (geometric)",
        "mutual information beyond chance, over the geometric mean of the entropies beyond chance",
        |table| beyond_chance(table, Norm::Geometric),
    ),
    adjusted(
        "ami_min",
        "AMI (min)",
        "mutual information beyond chance, over the smaller entropy beyond chance",
        |table| beyond_chance(table, Norm::Min),
    ),
    external(
        "homogeneity",
        "Homogeneity",
        "share of the classes' entropy that the clusters tell; 1 where no cluster mixes classes",
        |table| Ok(Information::of(table).homogeneity()),
    ),
    external(
        "completeness",
        "Completeness",
        "share of the clusters' entropy that the classes tell; 1 where no class is spread over clusters",
        |table| Ok(Information::of(table).completeness()),
    ),
    external(
        "v_measure",
        "V-measure",
        "harmonic mean of homogeneity and completeness; equals nmi_arithmetic",
        |table| Ok(Information::of(table).v_measure()),
    ),
    MetricSpec {
        range: (-1.0, 1.0),
        ..internal(
            "silhouette",
            "Silhouette",
            "how much nearer rows are to their own cluster than to the next one, in the data as the model saw them",
            |groups| groups.silhouette(),
        )
    },
    MetricSpec {
        better: Better::Lower,
        ..internal(
            "davies_bouldin",
            "Davies-Bouldin",
            "spread of the two worst clusters over the distance of their means, averaged over clusters",
            |groups| groups.davies_bouldin(),
        )
    },
    internal(
        "calinski_harabasz",
        "Calinski-Harabasz",
        "variance between clusters over variance within them",
        |groups| groups.calinski_harabasz(),
    ),
    MetricSpec {
        better: Better::Lower,
        undefined: "missing values in the data",
        ..internal(
            "inertia",
            "Inertia",
            "sum of squared distances of rows to the mean of their cluster, in the data as the model saw them",
            |groups| Ok(groups.inertia()),
        )
    },
];
