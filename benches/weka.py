#!/usr/bin/env python3
"""Weka's schemes beside Weka itself and scikit-learn: build + predict, one thread, on 15,000 + 5,000 made-up rows x 30
numbers with 5 % missing; and the whole process on a small file.

  benches/weka.py WEKA.jar [OLD.jar]   3.9.7; 3.6.14 (Debian's `weka`) for what 3.9 lacks. Needs a JDK.
     --peer PYTHON   one with scikit-learn, to stand beside
     --only WORD     schemes whose name has this word
     --repeats N     the least of N runs counts, here and there (3)

Seconds are of CPU in the JVM's thread, which has been warmed by the earlier runs, and gridbook's own `fit_seconds` and
`predict_seconds`. The last line says the least ratio.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")
TRAIN, TEST, COLUMNS = 15_000, 5_000, 30

# Name, command, whether only the old Weka has it, goal.
SCHEMES = [
    ("OneR", "weka.classifiers.rules.OneR -B 6", False, 3),
    ("NaiveBayes", "weka.classifiers.bayes.NaiveBayes", False, 3),
    ("NaiveBayes -D", "weka.classifiers.bayes.NaiveBayes -D", False, 3),
    ("NaiveBayes -K", "weka.classifiers.bayes.NaiveBayes -K", False, 3),
    ("BayesNet", "weka.classifiers.bayes.BayesNet -D -Q weka.classifiers.bayes.net.search.local.K2 -- -P 1 -S BAYES -E weka.classifiers.bayes.net.estimate.SimpleEstimator -- -A 0.5", False, 3),
    ("BayesNet -P 2", "weka.classifiers.bayes.BayesNet -D -Q weka.classifiers.bayes.net.search.local.K2 -- -P 2 -S BAYES -E weka.classifiers.bayes.net.estimate.SimpleEstimator -- -A 0.5", False, 3),
    ("J48", "weka.classifiers.trees.J48 -C 0.25 -M 2", False, 3),
    ("J48 -U", "weka.classifiers.trees.J48 -U -M 2", False, 3),
    ("J48 -R", "weka.classifiers.trees.J48 -R -N 3 -Q 1 -M 2", True, 3),
    ("JRip", "weka.classifiers.rules.JRip -F 3 -N 2.0 -O 2 -S 1", False, 3),
    ("IBk 1", "weka.classifiers.lazy.IBk -K 1 -W 0", False, 5),
    ("IBk 5", "weka.classifiers.lazy.IBk -K 5 -W 0", False, 5),
    ("IB1", "weka.classifiers.lazy.IB1", True, 5),
    ("Logistic", "weka.classifiers.functions.Logistic -R 1.0E-8 -M -1", False, 3),
    ("MLP, 50 epochs", "weka.classifiers.functions.MultilayerPerceptron -L 0.3 -M 0.2 -N 50 -V 0 -S 0 -E 20 -H a", False, 3),
    ("RBFNetwork", "weka.classifiers.functions.RBFNetwork -B 2 -S 1 -R 1.0E-8 -M -1 -W 0.1", True, 3),
    ("SimpleKMeans", "weka.clusterers.SimpleKMeans -N 10 -S 10", False, 5),
]

PEER = r"""
import json, sys, time
import numpy as np
from sklearn.cluster import KMeans
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier
def read(path):
    rows = [line.split(",") for line in open(path).read().split("@data\n")[1].splitlines()]
    x = np.array([[float(c) if c != "?" else np.nan for c in row[:-1]] for row in rows])
    return x, np.array([row[-1] for row in rows])
(x, y), (u, v) = read(sys.argv[1]), read(sys.argv[2])
fill = SimpleImputer().fit(x)
scale = MinMaxScaler().fit(fill.transform(x))
a, b = scale.transform(fill.transform(x)), scale.transform(fill.transform(u))
peers = {
    "NaiveBayes": lambda: GaussianNB(), "J48": lambda: DecisionTreeClassifier(criterion="entropy", min_samples_leaf=2),
    "IBk 1": lambda: KNeighborsClassifier(1, algorithm="brute"), "IBk 5": lambda: KNeighborsClassifier(5, algorithm="brute"),
    "Logistic": lambda: LogisticRegression(max_iter=1000),
    "MLP, 50 epochs": lambda: MLPClassifier((16,), activation="logistic", solver="sgd", batch_size=1, learning_rate_init=.3, momentum=.2, max_iter=50, n_iter_no_change=50),
    "SimpleKMeans": lambda: KMeans(10, n_init=1),
}
for name, make in peers.items():
    best = None
    for _ in range(1 if name.startswith("MLP") else int(sys.argv[3])):
        begin = time.process_time()
        model = make().fit(a, y) if name != "SimpleKMeans" else make().fit(a)
        if name != "SimpleKMeans": model.predict_proba(b)
        taken = time.process_time() - begin
        best = taken if best is None else min(best, taken)
    print(json.dumps([name, best]), flush=True)
"""


def write_data(path, rows, draw):
    """Two classes, a third of the columns informative, heavy tails, 5 % missing."""
    with open(path, "w") as file:
        file.write("@relation made-up\n")
        file.writelines(f"@attribute x{i} numeric\n" for i in range(COLUMNS))
        file.write("@attribute class {healthy,distressed}\n@data\n")
        for _ in range(rows):
            ill = draw.random() < 0.3
            cells = [draw.gauss(0.5 if ill and i % 3 == 0 else 0.0, 1.0) for i in range(COLUMNS)]
            cells = [x**3 if i % 5 == 0 else x for i, x in enumerate(cells)]
            words = ["?" if draw.random() < 0.05 else f"{x:.6g}" for x in cells]
            file.write(",".join(words + ["distressed" if ill else "healthy"]) + "\n")


def weka(folder, jar, commands, repeats):
    """One answer a command."""
    here = os.path.join(folder, os.path.basename(jar))
    os.makedirs(here, exist_ok=True)
    source = os.path.join(ROOT, "benches", "Weka.java")
    # What 3.9 keeps in jars beside it.
    path = os.pathsep.join([os.path.join(os.path.dirname(jar), "*"), jar])
    subprocess.run(["javac", "-nowarn", "-cp", path, "-d", here, source], check=True)
    arguments = ["java", "-Xmx4g", "-XX:+UseSerialGC", "-cp", f"{here}{os.pathsep}{path}", "Weka"]
    arguments += [os.path.join(folder, "train.arff"), os.path.join(folder, "test.arff"), str(repeats)]
    done = subprocess.run(arguments, input="\n".join(commands) + "\n", capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(lines) != len(commands):
        sys.exit(f"Weka answered {len(lines)} of {len(commands)} commands:\n{done.stderr[-2000:]}")
    return lines


def study(folder, schemes, repeats):
    """Trials of gridbook by name: least seconds of build and predict, right answers, peak MiB."""
    classifiers = [s for s in schemes if "clusterers" not in s[1]]
    clusterers = [s for s in schemes if "clusterers" in s[1]]
    found = {}
    for task, some in (("classification", classifiers), ("clustering", clusterers)):
        if not some:
            continue
        metrics = '"accuracy"' if task == "classification" else '"acc"'
        text = f'name = "weka-{task}"\n[task]\nkind = "{task}"\nmetrics = [{metrics}, "fit_seconds"]\n'
        text += f"[repeat]\nseeds = {repeats}\n[limits]\nexclusive = true\n"
        text += f'[[dataset]]\nkind = "arff"\nname = "data"\npath = "all.arff"\nlabels = "class"\n'
        if task == "classification":
            text += '[[split]]\nkind = "rows"\npath = "split.json"\n'
        for name, command, _, _ in some:
            block = subprocess.run([GRIDBOOK, "import-weka", command], capture_output=True, text=True, check=True).stdout
            text += block.rstrip() + f'\nname = "{name}"\n'
        path = os.path.join(folder, f"{task}.toml")
        open(path, "w").write(text)
        results = os.path.join(folder, f"r-{task}")
        done = subprocess.run([GRIDBOOK, "run", path, "--results", results], capture_output=True, text=True)
        listed = subprocess.run([GRIDBOOK, "trials", results, "--format", "json"], capture_output=True, text=True, check=True)
        for trial in json.loads(listed.stdout):
            if trial["status"] != "finished":
                print(f"{trial['model']}: {trial['status']}: {trial['reason']}", file=sys.stderr)
                continue
            one = found.setdefault(trial["model"], {"build": 1e9, "predict": 1e9, "mib": 0, "right": None})
            one["build"] = min(one["build"], trial["fit_seconds"])
            one["predict"] = min(one["predict"], trial["predict_seconds"])
            one["mib"] = max(one["mib"], trial["peak_mib"])
            if task == "classification":
                one["right"] = round(trial["metric:accuracy"] * TEST)
        if done.returncode not in (0, 1):
            sys.exit(done.stderr)
    return found


def whole_process(folder, jar):
    """Seconds of the whole process on 150 rows, gridbook and Weka: the least of five, and the peak MiB of each."""
    path = os.path.join(folder, "small.arff")
    draw = random.Random(1)
    with open(path, "w") as file:
        file.write("@relation small\n" + "".join(f"@attribute x{i} numeric\n" for i in range(4)))
        file.write("@attribute class {a,b,c}\n@data\n")
        for row in range(150):
            file.write(",".join(f"{draw.gauss(row % 3, 1):.3f}" for _ in range(4)) + "," + "abc"[row % 3] + "\n")
    rows = list(range(150))
    split = os.path.join(folder, "small.json")
    json.dump({"train": rows, "test": rows}, open(split, "w"))
    ours = [GRIDBOOK, "predict", "--weka", "weka.classifiers.trees.J48 -C 0.25 -M 2", "--data", path, "--class", "class"]
    ours += ["--split", split, "-o", os.path.join(folder, "small.csv")]
    path_of = os.pathsep.join([os.path.join(os.path.dirname(jar), "*"), jar])
    theirs = ["java", "-cp", path_of, "weka.classifiers.trees.J48", "-C", "0.25", "-M", "2", "-t", path, "-T", path]
    figures = []
    for command in (ours, theirs):
        best = 1e9
        for _ in range(5):
            begin = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            best = min(best, time.perf_counter() - begin)
        figures.append(best)
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("jar")
    parser.add_argument("old", nargs="?")
    parser.add_argument("--peer")
    parser.add_argument("--only", default="")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    schemes = [s for s in SCHEMES if given.only.lower() in s[0].lower() and (given.old or not s[2])]
    with tempfile.TemporaryDirectory() as folder:
        draw = random.Random(20_101)
        for name, rows in (("train", TRAIN), ("test", TEST)):
            write_data(os.path.join(folder, f"{name}.arff"), rows, draw)
        both = open(os.path.join(folder, "train.arff")).read()
        both += open(os.path.join(folder, "test.arff")).read().split("@data\n")[1]
        open(os.path.join(folder, "all.arff"), "w").write(both)
        rows = {"train": list(range(TRAIN)), "test": list(range(TRAIN, TRAIN + TEST))}
        json.dump(rows, open(os.path.join(folder, "split.json"), "w"))
        ours = study(folder, schemes, given.repeats)
        theirs = {}
        for jar, old in ((given.jar, False), (given.old, True)):
            some = [s for s in schemes if s[2] == old]
            if jar and some:
                theirs |= dict(zip([s[0] for s in some], weka(folder, jar, [s[1] for s in some], given.repeats)))
        peers = {}
        if given.peer:
            arguments = [given.peer, "-c", PEER, os.path.join(folder, "train.arff"), os.path.join(folder, "test.arff")]
            environment = {**os.environ, **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}}
            done = subprocess.run(arguments + [str(given.repeats)], capture_output=True, text=True, env=environment)
            peers = dict(json.loads(line) for line in done.stdout.splitlines())
        head = ("scheme", "build", "predict", "MiB", "Weka build", "predict", "heap", "ratio", "goal", "sklearn", "right", "Weka's")
        print("{:16}{:>9}{:>9}{:>6}{:>12}{:>9}{:>6}{:>8}{:>6}{:>9}{:>7}{:>8}".format(*head))
        missed = []
        for name, _, _, goal in schemes:
            if name not in ours:
                missed.append(name)
                continue
            a, b = ours[name], theirs[name]
            ratio = (b["build"] + b["predict"]) / max(a["build"] + a["predict"], 1e-9)
            peer = f"{peers[name]:.3f}" if name in peers else ""
            right = "" if a["right"] is None else a["right"]
            print(f"{name:16}{a['build']:9.3f}{a['predict']:9.3f}{a['mib']:6.0f}{b['build']:12.3f}{b['predict']:9.3f}"
                  f"{b['heap_mib']:6}{ratio:8.1f}{goal:6}{peer:>9}{right:>7}{b['right']:8.0f}")
            if ratio < goal:
                missed.append(f"{name} ({ratio:.1f})")
        whole = whole_process(folder, given.jar)
        print(f"whole process on 150 rows: {whole[0]:.3f} s, Weka {whole[1]:.3f} s, ratio {whole[1] / whole[0]:.1f}, goal 10")
        mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"the largest process of all: {mib:.0f} MiB")
        print("missed: " + ", ".join(missed) if missed else "every goal is met")


if __name__ == "__main__":
    main()
