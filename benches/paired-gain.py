#!/usr/bin/env python3
"""What DEC and IDEC gain over the k-means on the very code that they start from, seed by seed.

usage: benches/paired-gain.py [RESULTS]      (default: results/digits, run first if it is not there)
"""

import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")


def main():
    results = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "results", "digits")
    if not os.path.exists(results):
        subprocess.run([GRIDBOOK, "run", os.path.join(ROOT, "experiments", "digits.toml"), "--results", results], check=True)
    rows = json.loads(subprocess.run([GRIDBOOK, "trials", results, "--format", "json"], check=True, capture_output=True).stdout)
    by = {(row["model"], row["seed"]): row for row in rows if row["status"] == "finished"}
    seeds = sorted({seed for model, seed in by if model == "AE + K-means"})
    for metric in ["nmi_max", "acc", "ari"]:
        for model in ["DEC", "IDEC"]:
            gains = [100 * (by[model, s][f"metric:{metric}"] - by["AE + K-means", s][f"metric:{metric}"]) for s in seeds]
            print(f"{model:5} {metric:8} gain {statistics.mean(gains):+5.1f} ± {statistics.stdev(gains):.1f} points over "
                  f"{len(gains)} seeds, lowest {min(gains):+.1f}: {' '.join(f'{g:+.1f}' for g in gains)}")


if __name__ == "__main__":
    main()
