"""Makes cca.json: correlations, projections and gradients of two batches by NumPy and SciPy.

    python3 -m venv venv && venv/bin/pip install numpy scipy torch==2.11.0
    venv/bin/python make_oracles.py

Another way than the Rust: SciPy's generalised symmetric eigenproblem for the correlations, and gradients by autograd
through PyTorch's own decompositions (Cholesky's factors in place of symmetric roots), all in f64.
"""

import json

import numpy as np
import torch
from scipy.linalg import eigh

ROWS, WIDTHS, R = 40, (4, 3), 1e-2

rng = np.random.default_rng(3)
shared = rng.normal(size=(ROWS, 2))
views = [np.round(shared @ rng.normal(size=(2, w)) + 0.7 * rng.normal(size=(ROWS, w)) + 5, 6) for w in WIDTHS]
centred = [v - v.mean(0) for v in views]


def block(i, j):
    return centred[i].T @ centred[j] / (ROWS - 1)


s11, s22, s12 = block(0, 0) + R * np.eye(WIDTHS[0]), block(1, 1) + R * np.eye(WIDTHS[1]), block(0, 1)
# s12 s22^-1 s21 a = rho^2 s11 a
squares, directions = eigh(s12 @ np.linalg.solve(s22, s12.T), s11)
order = np.argsort(-squares)[: min(WIDTHS)]
correlations = np.sqrt(np.maximum(squares[order], 0))
first = directions[:, order]
second = np.linalg.solve(s22, s12.T @ first) / correlations

tensors = [torch.tensor(v, requires_grad=True) for v in views]
c = [t - t.mean(0) for t in tensors]
a = c[0].T @ c[0] / (ROWS - 1) + R * torch.eye(WIDTHS[0], dtype=torch.float64)
b = c[1].T @ c[1] / (ROWS - 1) + R * torch.eye(WIDTHS[1], dtype=torch.float64)
x = c[0].T @ c[1] / (ROWS - 1)
t = torch.linalg.solve_triangular(torch.linalg.cholesky(a), x, upper=False)
t = torch.linalg.solve_triangular(torch.linalg.cholesky(b), t.T, upper=False).T
total = torch.linalg.svdvals(t).sum()
total.backward()
assert abs(total.item() - correlations.sum()) < 1e-12

with open("cca.json", "w") as f:
    json.dump(
        {
            "regularization": R,
            "views": [v.tolist() for v in views],
            "correlations": correlations.tolist(),
            # Up to the sign of each column.
            "projected": [(centred[0] @ first).tolist(), (centred[1] @ second).tolist()],
            "gradients": [t.grad.tolist() for t in tensors],
        },
        f,
    )
