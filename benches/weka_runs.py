#!/usr/bin/env python3
"""Every run of the shared Weka oracles through `gridbook predict`: how many are equal, scheme by scheme.

  benches/weka_runs.py [SHARED] [WORD]   default ../shared; WORD: only configurations whose name has it

Equal: every label the same and every share within 1e-9 (Logistic and RBFNetwork: 1e-4). The others are listed.
"""

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")
SHARED = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "..", "shared")
WORD = sys.argv[2] if len(sys.argv) > 2 else ""
WEKA = os.path.join(SHARED, "oracles", "weka")


def predicted(path):
    with open(path) as file:
        return {int(row["row"]): row for row in csv.DictReader(file)}


def run(name, file, config, want, folder):
    """The largest difference of a share and the number of other labels; or what went wrong."""
    splits = json.load(open(os.path.join(WEKA, "splits", f"{file['dataset']}.json")))["splits"]
    split = os.path.join(folder, "split.json")
    rows = splits[file["split"]]
    json.dump({"train": rows["train"], "test": rows["test"]}, open(split, "w"))
    data = os.path.join(WEKA, "data", f"{file['dataset']}.arff")
    out = os.path.join(folder, "out.csv")
    result = file["results"][config]
    command = [GRIDBOOK, "predict", "--weka", f"{result['scheme']} {result['options']}", "--data", data]
    command += ["--class", file["class"], "--split", split, "-o", out]
    drop = list(file["drop"])
    if "keep" in file:
        names = [line.split()[1].strip("'") for line in open(data) if line.lower().startswith("@attribute")]
        drop += [n for n in names if n not in file["keep"] and n != file["class"] and n not in drop]
    for column in drop:
        command += ["--drop", column]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip().splitlines()[-1]
    got = predicted(out)
    most, labels = 0.0, 0
    for line in want:
        mine = got[int(line["row"])]
        labels += mine["predicted"] != line["predicted"]
        for key, value in line.items():
            if key.startswith("p") and key[1:].isdigit() and value:
                most = max(most, abs(float(value) - float(mine[key])))
    return most, labels


def main():
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(os.listdir(os.path.join(WEKA, "classify"))):
            if not path.endswith(".json"):
                continue
            name = path[: -len(".json")]
            file = json.load(open(os.path.join(WEKA, "classify", path)))
            with gzip.open(os.path.join(WEKA, "classify", f"{name}.pred.csv.gz"), "rt") as text:
                lines = list(csv.DictReader(text))
            for config in file["results"]:
                if WORD not in config:
                    continue
                tally = counts.setdefault(config, [0, 0, 0, 0.0])
                want = [line for line in lines if line["config"] == config]
                most, labels = run(name, file, config, want, folder)
                if most is None:
                    tally[2] += 1
                    print(f"{config} {name}: not run: {labels}")
                    continue
                bound = 1e-4 if config.startswith(("logistic", "rbf")) else 1e-9
                if most <= bound and labels == 0:
                    tally[0] += 1
                    tally[3] = max(tally[3], most)
                else:
                    tally[1] += 1
                    print(f"{config} {name}: shares differ by up to {most:.2g}, {labels} labels of {len(want)}")
    print(f"\n{'configuration':20}{'equal':>7}{'not equal':>11}{'not run':>9}{'largest difference of the equal':>34}")
    for config, (equal, other, missing, most) in counts.items():
        print(f"{config:20}{equal:7}{other:11}{missing:9}{most:34.2g}")
    total = [sum(tally[i] for tally in counts.values()) for i in range(3)]
    print(f"{'all':20}{total[0]:7}{total[1]:11}{total[2]:9}")


if __name__ == "__main__":
    main()
