"""Makes mixture.json: what scikit-learn's GaussianMixture gets from a given start, and SciPy's densities.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy numpy
    venv/bin/python make_oracles.py

The start is the mixture that is most likely for the hard assignment `start`, made with plain NumPy; it is handed over as
weights_init, means_init and precisions_init, so that both sides iterate from the same numbers.
"""

import json

import numpy as np
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

ROWS, COLUMNS, COMPONENTS, REG = 60, 3, 3, 1e-6
ITERATIONS = 8

rng = np.random.default_rng(7)
centers = rng.normal(size=(COMPONENTS, COLUMNS)) * 1.5
points = np.round(np.concatenate([c + rng.normal(size=(20, COLUMNS)) @ (rng.normal(size=(COLUMNS, COLUMNS)) * 0.6) for c in centers]), 6)
start = rng.integers(0, COMPONENTS, size=ROWS)
start[:COMPONENTS] = range(COMPONENTS)


def covariances(kind):
    own = [np.cov(points[start == k].T, bias=True) for k in range(COMPONENTS)]
    sizes = np.bincount(start)
    if kind == "full":
        return np.array([c + REG * np.eye(COLUMNS) for c in own])
    if kind == "tied":
        return sum(n * c for n, c in zip(sizes, own)) / ROWS + REG * np.eye(COLUMNS)
    diagonal = np.array([np.diag(c) for c in own])
    return diagonal + REG if kind == "diag" else diagonal.mean(1) + REG


means = np.array([points[start == k].mean(0) for k in range(COMPONENTS)])
weights = np.bincount(start) / ROWS
cases = {}
for kind in ["full", "tied", "diag", "spherical"]:
    first = covariances(kind)
    precisions = np.linalg.inv(first) if kind in ("full", "tied") else 1 / first
    bounds = []
    for iterations in range(1, ITERATIONS + 1):
        model = GaussianMixture(COMPONENTS, covariance_type=kind, tol=0.0, reg_covar=REG, max_iter=iterations,
                                weights_init=weights, means_init=means, precisions_init=precisions)
        model.fit(points)
        bounds.append(model.lower_bound_)
    cases[kind] = {
        "log_likelihoods": bounds,
        "weights": model.weights_.tolist(),
        "means": model.means_.ravel().tolist(),
        "covariances": model.covariances_.ravel().tolist(),
        "clusters": model.predict(points).tolist(),
        "score": model.score(points),
    }
    full = {"full": lambda k: model.covariances_[k], "tied": lambda k: model.covariances_,
            "diag": lambda k: np.diag(model.covariances_[k]),
            "spherical": lambda k: model.covariances_[k] * np.eye(COLUMNS)}[kind]
    cases[kind]["log_densities_of_row_0"] = [multivariate_normal(model.means_[k], full(k)).logpdf(points[0]) for k in range(COMPONENTS)]

with open("mixture.json", "w") as f:
    json.dump({"points": points.tolist(), "start": start.tolist(), "cases": cases}, f)
