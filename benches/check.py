#!/usr/bin/env python3
"""CPU milliseconds of `gridbook check` beside reading the data: each experiment file against one that has the same data
sets and nothing else to check; medians over runs, children only. Goal: at most 20 ms more."""

import glob
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")
RUNS = 7
GOAL = 20

BARE = """name = "bare"
[task]
kind = "clustering"
metrics = ["fit_seconds"]
[[model]]
kind = "debug"
"""


def cpu_ms(path):
    times = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([GRIDBOOK, "check", path], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in (0, 2, 3):
            sys.exit(done.stderr.decode())
        times.append(1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return statistics.median(times)


def dataset_blocks(text):
    """The [[dataset]] blocks as they are written."""
    blocks, inside = [], False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.startswith("[[dataset]]") or (inside and line.startswith("[dataset."))
        if inside:
            blocks.append(line)
    return "\n".join(blocks)


def main():
    worst = 0.0
    files = sys.argv[1:] or sorted(glob.glob(os.path.join(ROOT, "experiments", "**", "*.toml"), recursive=True))
    for path in files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if "dataset" not in tomllib.loads(text):
            continue
        # Beside the file itself, so that paths mean the same.
        with tempfile.NamedTemporaryFile("w", suffix=".toml", dir=os.path.dirname(path), encoding="utf-8") as bare:
            bare.write(BARE + dataset_blocks(text))
            bare.flush()
            whole, reading = cpu_ms(path), cpu_ms(bare.name)
        worst = max(worst, whole - reading)
        print(f"{os.path.relpath(path, ROOT):60} {whole:7.1f} ms, of which data {reading:7.1f} ms")
    print(f"most beside the data: {worst:.1f} ms CPU (goal {GOAL})")


if __name__ == "__main__":
    main()
