#!/usr/bin/env python3
"""Time of a step of training an autoencoder beside the same loop in PyTorch, CPU, one thread: batch sizes from 2 to 256,
PyTorch's Adam as it comes and fused. Both sides take turns; the median of the rounds is printed.

  benches/training.py --peer PYTHON [ROUNDS]     PYTHON has torch and numpy; default 3 rounds
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")
ROWS = 1024
NETWORKS = [("64-500-500-2000-10", [500, 500, 2000], 10), ("64-32-10", [32], 10)]
BATCHES = [2, 4, 8, 32, 128, 256]
# (least gain over PyTorch's default Adam) by network and batch size; over fused it is 1 everywhere.
GOALS = {
    "64-500-500-2000-10": {2: 3, 4: 3, 8: 3, 32: 2, 256: 1.3},
    "64-32-10": {2: 4, 4: 4, 8: 4, 32: 4},
}

STUDY = """name = "training"
[task]
kind = "clustering"
metrics = ["fit_seconds"]
[repeat]
seeds = 1
[[dataset]]
kind = "digits"
take = {{ rows = {rows} }}
[[pipeline]]
steps = [{{ kind = "unit-rms" }}]
[[model]]
kind = "autoencoder-kmeans"
layers = {layers}
latent-dimension = {latent}
batch-size = {batch}
seed-restarts = 1
[model.grid]
pretrain-epochs = [{few}, {many}]
"""

PEER = r"""
import json, sys, time
import torch
layers, latent, batch, epochs, fused, rows = json.loads(sys.argv[1])
torch.set_num_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(0)
data = torch.rand(rows, 64)
data = data / data.square().mean().sqrt()
widths = [64, *layers, latent]
def stack(widths):
    parts = []
    for i, pair in enumerate(zip(widths, widths[1:])):
        parts += ([torch.nn.ReLU()] if i else []) + [torch.nn.Linear(*pair)]
    return parts
network = torch.nn.Sequential(*stack(widths), *stack(widths[::-1]))
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, **({"fused": True} if fused else {}))
loss = torch.nn.MSELoss()
def epoch():
    for indices in torch.randperm(rows).split(batch):
        rows_ = data[indices]
        optimizer.zero_grad()
        value = loss(network(rows_), rows_)
        value.backward()
        optimizer.step()
epoch()
began = time.process_time()
for _ in range(epochs):
    epoch()
print((time.process_time() - began) / epochs)
"""


def ours(folder, layers, latent, batch, epochs):
    """CPU seconds of an epoch: of `epochs` and one more less those of one."""
    path = os.path.join(folder, "study.toml")
    with open(path, "w") as file:
        file.write(STUDY.format(rows=ROWS, layers=layers, latent=latent, batch=batch, few=1, many=1 + epochs))
    results = tempfile.mkdtemp(dir=folder)
    command = [GRIDBOOK, "run", path, "--no-cache", "--jobs", "1", "--results", results]
    subprocess.run(command, check=True, capture_output=True)
    command = [GRIDBOOK, "trials", results, "--format", "json"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = {int(trial["param:pretrain-epochs"]): trial["cpu_seconds"] for trial in json.loads(listing.stdout)}
    return (seconds[1 + epochs] - seconds[1]) / epochs


def theirs(peer, layers, latent, batch, epochs, fused):
    argument = json.dumps([layers, latent, batch, epochs, fused, ROWS])
    done = subprocess.run([peer, "-c", PEER, argument], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main():
    arguments = sys.argv[1:]
    if len(arguments) < 2 or arguments[0] != "--peer":
        sys.exit(__doc__)
    peer, rounds = arguments[1], int(arguments[2]) if len(arguments) > 2 else 3
    print("network              batch   ms a step   PyTorch / ours   fused / ours   goal")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, layers, latent in NETWORKS:
            for batch in BATCHES:
                steps = -(-ROWS // batch)
                epochs = max(1, (200 if len(layers) > 1 else 4000) // steps)
                figures = []
                for _ in range(rounds):
                    figures.append((
                        ours(folder, layers, latent, batch, epochs),
                        theirs(peer, layers, latent, batch, epochs, False),
                        theirs(peer, layers, latent, batch, epochs, True),
                    ))
                mine = statistics.median(figure[0] for figure in figures)
                plain = statistics.median(figure[1] / figure[0] for figure in figures)
                fused = statistics.median(figure[2] / figure[0] for figure in figures)
                goal = GOALS[name].get(batch, 1)
                missed += plain < goal or fused < 1
                print(f"{name:20} {batch:5}   {1000 * mine / steps:9.3f}   {plain:14.2f}   {fused:12.2f}   {goal}")
    print(f"{missed} below the goal" if missed else "all at the goal")


main()
