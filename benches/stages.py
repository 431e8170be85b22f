#!/usr/bin/env python3
"""What shared stages save: DEC and IDEC with five values of gamma on digits, clustering capped at 20 epochs, with and
without the cache. Result blocks and artifacts must be the same bytes.

  benches/stages.py [SEEDS] [JOBS]     default 5 and 2; at 5 seeds some minutes a run
  benches/stages.py 1 1 --peer PYTHON  also beside PyTorch (default Adam), which pretrains for every trial; PYTHON has torch
"""

import ctypes
import glob
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")
SEEDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
JOBS = sys.argv[2] if len(sys.argv) > 2 else "2"

# 1797 rows in batches of 256 are 8 steps an epoch.
STUDY = f"""name = "stages"
[task]
kind = "clustering"
metrics = ["acc", "fit_seconds"]
[repeat]
seeds = {SEEDS}
[[dataset]]
kind = "digits"
[[pipeline]]
steps = [{{ kind = "unit-rms" }}]
[[model]]
kind = "dec"
max-iterations = 160
[[model]]
kind = "idec"
max-iterations = 160
[model.grid]
gamma = [0.01, 0.05, 0.1, 0.5, 1.0]
"""


# One trial of IDEC in PyTorch: 100 epochs of pretraining and 160 steps of refinement, without the final k-means.
PEER = r"""
import time
import torch
torch.set_num_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(0)
data = torch.rand(1797, 64)
data = data / data.square().mean().sqrt()
widths = [64, 500, 500, 2000, 10]
def stack(widths):
    parts = []
    for i, pair in enumerate(zip(widths, widths[1:])):
        parts += ([torch.nn.ReLU()] if i else []) + [torch.nn.Linear(*pair)]
    return torch.nn.Sequential(*parts)
encoder, decoder = stack(widths), stack(widths[::-1])
parameters = [*encoder.parameters(), *decoder.parameters()]
began = time.process_time()
adam = torch.optim.Adam(parameters, lr=1e-3)
for _ in range(100):
    for indices in torch.randperm(1797).split(256):
        rows = data[indices]
        adam.zero_grad()
        (decoder(encoder(rows)) - rows).square().mean().backward()
        adam.step()
centres = encoder(data)[:10].detach().clone().requires_grad_(True)
adam = torch.optim.Adam([*parameters, centres], lr=1e-3)
def soft(codes):
    q = 1 / (1 + (codes[:, None, :] - centres[None]).square().sum(2))
    return q / q.sum(1, keepdim=True)
batches = list(torch.arange(1797).split(256))
for step in range(160):
    if step % 30 == 0:
        with torch.no_grad():
            q = soft(encoder(data))
            p = q.square() / q.sum(0)
            p = p / p.sum(1, keepdim=True)
    indices = batches[step % len(batches)]
    rows = data[indices]
    codes = encoder(rows)
    q = soft(codes)
    loss = (decoder(codes) - rows).square().mean() + 0.1 * (p[indices] * (p[indices] / q).log()).sum(1).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
print(time.process_time() - began)
"""


# Workers outlive gridbook by a moment: their CPU time is to come to us.
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def wait_for_all():
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def run(folder, results, *more):
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [GRIDBOOK, "run", "study.toml", "--jobs", JOBS, "--results", results, *more]
    environment = {**os.environ, "GRIDBOOK_CACHE": os.path.join(folder, "cache")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    wall = time.monotonic() - began
    wait_for_all()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def outcomes(results):
    """Trial to (bytes of the result block, measured block)."""
    found = {}
    for journal in glob.glob(os.path.join(results, "journal", "*.jsonl")):
        with open(journal, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith('{"kind":"end"'):
                    record = json.loads(line)
                    block = line.split('"result":')[1].split(',"measured":')[0]
                    found[record["trial"]] = (block, record["measured"])
    return found


def artifacts(results):
    found = {}
    for path in glob.glob(os.path.join(results, "trials", "*", "*.csv")):
        with open(path, "rb") as file:
            found[os.path.relpath(path, results)] = file.read()
    return found


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "study.toml"), "w", encoding="utf-8") as file:
            file.write(STUDY)
        times, seen = {}, {}
        for name, more in [("without", ["--no-cache"]), ("cold", []), ("warm", [])]:
            times[name] = run(folder, name, *more)
            results = os.path.join(folder, name)
            seen[name] = (outcomes(results), artifacts(results))
            measured = [block for _, block in seen[name][0].values()]
            fit = sum(block["fit_seconds"] for block in measured) / len(measured)
            read, computed = (sum(block[f"stages_{what}"] for block in measured) for what in ("read", "computed"))
            print(f"{name:8} {len(measured)} trials  wall {times[name][0]:7.1f} s  CPU {times[name][1]:7.1f} s  "
                  f"{computed} stages computed, {read} read  mean fit {fit:.2f} s", flush=True)
        for name in ("cold", "warm"):
            wall, cpu = (times["without"][i] / times[name][i] for i in (0, 1))
            print(f"{name:8} {wall:.2f} times as fast as without (CPU {cpu:.2f})")
        blocks = {name: {trial: block for trial, (block, _) in both[0].items()} for name, both in seen.items()}
        same = all(blocks[n] == blocks["without"] and seen[n][1] == seen["without"][1] for n in seen)
        print("result blocks and artifacts: " + ("the same bytes" if same else "DIFFERENT"))
        if "--peer" in sys.argv:
            peer = sys.argv[sys.argv.index("--peer") + 1]
            done = subprocess.run([peer, "-c", PEER], check=True, capture_output=True, text=True)
            theirs = float(done.stdout) * len(blocks["cold"])
            print(f"PyTorch, pretraining for each of {len(blocks['cold'])} trials: CPU {theirs:.1f} s, "
                  f"{theirs / times['cold'][1]:.2f} times ours cold, {theirs / times['warm'][1]:.2f} times warm")
        size = sum(os.path.getsize(path) for path in glob.glob(os.path.join(folder, "cache", "stages", "*", "*", "*")))
        print(f"kept: {size / 2**20:.1f} MiB")
        sys.exit(not same)


if __name__ == "__main__":
    main()
