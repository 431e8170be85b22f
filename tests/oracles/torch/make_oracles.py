"""Makes training.json: what PyTorch gets from given weights, data and batches.

    python3 -m venv venv && venv/bin/pip install torch==2.11.0 numpy
    venv/bin/python make_oracles.py ../../../shared/data/images/digits8x8/digits.npz

Plain PyTorch, written from the papers' equations and not from the Rust: torch.optim.Adam and SGD without fused kernels,
autograd through q as a quotient, P and KL as in the papers. Numbers are float32, printed so that they read back equal.
"""

import json
import sys

import numpy as np
import torch

WIDTHS = [64, 16, 16, 4]
ROWS, BATCH, EPOCHS, CLUSTERS = 60, 16, 6, 3
INTERVAL, ITERATIONS = 4, 20


def network(widths, generator):
    """[(weight [out, in], bias [out])], uniform within +-3/sqrt(in): wide, so that codes differ and KL is not tiny."""
    layers = []
    for i, o in zip(widths, widths[1:]):
        bound = 3 / i**0.5
        layers.append(tuple((torch.rand(s, generator=generator) * 2 - 1) * bound for s in [(o, i), (o,)]))
    return layers


def forward(layers, x):
    for i, (weight, bias) in enumerate(layers):
        x = (torch.relu(x) if i else x) @ weight.T + bias
    return x


def copy(layers):
    return [tuple(t.clone().requires_grad_(True) for t in layer) for layer in layers]


def flat(layers):
    return [t for layer in layers for t in layer]


def assignments(codes, centers):
    q = 1 / (1 + ((codes[:, None, :] - centers[None, :, :]) ** 2).sum(2))
    return q / q.sum(1, keepdim=True)


def sharpened(q):
    p = q**2 / q.sum(0, keepdim=True)
    return p / p.sum(1, keepdim=True)


def divergence(p, q):
    return (p * torch.log(p / q)).sum(1).mean()


def pretrain(encoder, decoder, x, orders):
    parameters = flat(encoder) + flat(decoder)
    optimizer = torch.optim.Adam(parameters, lr=1e-3, foreach=False, fused=False)
    losses = []
    for order in orders:
        total = 0.0
        for start in range(0, len(order), BATCH):
            batch = x[order[start : start + BATCH]]
            loss = ((forward(decoder, forward(encoder, batch)) - batch) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(order))
    return losses


def refine(encoder, decoder, centers, x, gamma):
    """DEC where gamma is None, else IDEC."""
    if gamma is None:
        optimizer = torch.optim.SGD(flat(encoder) + [centers], lr=0.01, momentum=0.9, foreach=False)
    else:
        parameters = flat(encoder) + flat(decoder) + [centers]
        optimizer = torch.optim.Adam(parameters, lr=1e-3, foreach=False, fused=False)
    losses, starts, step = [], list(range(0, len(x), BATCH)), 0
    for _ in range(ITERATIONS // INTERVAL):
        p, total = sharpened(assignments(forward(encoder, x), centers)).detach(), 0.0
        for _ in range(INTERVAL):
            start = starts[step % len(starts)]
            batch = x[start : start + BATCH]
            codes = forward(encoder, batch)
            loss = divergence(p[start : start + BATCH], assignments(codes, centers))
            if gamma is not None:
                loss = ((forward(decoder, codes) - batch) ** 2).mean() + gamma * loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
            step += 1
        losses.append(total / INTERVAL)
    q = assignments(forward(encoder, x), centers)
    return {"losses": losses, "centers": numbers(centers), "clusters": q.argmax(1).tolist()}


def numbers(tensor):
    """float32 as the shortest decimals that read back equal."""
    return [float(str(v)) for v in tensor.detach().numpy().ravel()]


def main(path):
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    archive = np.load(path)
    images = next(archive[name] for name in archive.files if archive[name].ndim > 1)
    pixels = images.reshape(len(images), -1)[:ROWS].astype(np.float64)
    scale = float(np.sqrt((pixels**2).mean()))
    x = torch.from_numpy((pixels / scale).astype(np.float32))
    encoder, decoder = network(WIDTHS, generator), network(WIDTHS[::-1], generator)
    orders = [torch.randperm(ROWS, generator=generator).tolist() for _ in range(EPOCHS)]
    centers = forward(encoder, x)[:CLUSTERS].clone()
    oracle = {
        "torch": torch.__version__.split("+")[0],
        "widths": WIDTHS,
        "batch_size": BATCH,
        "update_interval": INTERVAL,
        "iterations": ITERATIONS,
        "pixels": pixels.astype(int).tolist(),
        "scale": scale,
        "encoder": [[numbers(t) for t in layer] for layer in encoder],
        "decoder": [[numbers(t) for t in layer] for layer in decoder],
        "centers": numbers(centers),
        "orders": orders,
        "pretrain_losses": pretrain(copy(encoder), copy(decoder), x, orders),
        "dec": refine(copy(encoder), copy(decoder), centers.clone().requires_grad_(True), x, None),
        "idec": refine(copy(encoder), copy(decoder), centers.clone().requires_grad_(True), x, 0.1),
    }
    with open("training.json", "w") as file:
        json.dump(oracle, file, separators=(",", ":"))
        file.write("\n")


main(sys.argv[1])
