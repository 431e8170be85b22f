#!/usr/bin/env python3
"""CPU milliseconds of the commands that a person waits for: medians over runs, children only."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")
RUNS = 15

LARGE = """name = "large"
[task]
kind = "clustering"
[repeat]
seeds = 100
[[dataset]]
kind = "digits"
[[model]]
kind = "dec"
[model.grid]
batch-size = [16, 32, 64, 128, 256]
learning-rate = [0.01, 0.02, 0.05, 0.1]
update-interval = [10, 20, 30, 40, 50]
"""


def cpu_ms(arguments, folder):
    times = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([GRIDBOOK, *arguments], cwd=folder, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in (0, 2):
            sys.exit(done.stderr.decode())
        times.append(1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return times


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "large.toml"), "w", encoding="utf-8") as file:
            file.write(LARGE)
        quickstart = os.path.join(ROOT, "experiments", "quickstart.toml")
        for name, goal, arguments in [
            ("--help", 20, ["--help"]),
            ("check quickstart", 20, ["check", quickstart]),
            ("plan of 10,000", 200, ["plan", "large.toml"]),
            ("plan of 10,000 --json", 200, ["plan", "large.toml", "--json"]),
        ]:
            times = cpu_ms(arguments, folder)
            print(f"{name:24} median {statistics.median(times):6.1f} ms CPU "
                  f"({min(times):.1f} to {max(times):.1f}, {RUNS} runs; goal {goal})")


if __name__ == "__main__":
    main()
