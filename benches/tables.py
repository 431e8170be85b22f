#!/usr/bin/env python3
"""Time and memory of the readers of tables of text beside pandas (CSV, JSON lines) and SciPy or plain Python (ARFF).

Wants pandas and SciPy, `cargo build --release --no-default-features --example read-table`, and the shared data
(GRIDBOOK_SHARED, or ../shared beside the project). Each program reads in a process of its own, turn about; the ratio
is between the medians, unpacking included.
"""

import gzip
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.environ.get("GRIDBOOK_SHARED", os.path.join(ROOT, "..", "shared"))
READER = os.path.join(ROOT, "target", "release", "examples", "read-table")
TURNS, REPEATS = 5, 3

FILES = [
    ("csv", "data/american-bankruptcy/american_bankruptcy.csv.gz", {"labels": "status", "drop": ["company"]}),
    ("csv", "data/american-29-indicators/indicators29_2010_2017.csv.gz", {"labels": "status", "drop": ["company"]}),
    ("csv", "data/text/mcrls-sentences/mcrls_sentences.csv.gz",
     {"labels": "label", "drop": ["split", "tokens"], "text": "text"}),
    ("csv", "data/text/fusion-semisynthetic/documents.csv.gz", {"text": "tokens"}),
    ("csv", "data/shapes/other-chameleon_t7_10k.csv", {"labels": "label0"}),
    ("jsonl", "data/text/mda-distress-55/mda_distress_55.jsonl.gz",
     {"labels": "label", "drop": ["lang", "split"], "text": "text"}),
    ("arff", "data/american-29-indicators/indicators29_2010_2017.arff.gz", {}),
    ("arff", "data/polish-bankruptcy/5year.arff.gz", {}),
    ("arff", "data/weka-examples/supermarket.arff.gz", {}),
    ("arff", "data/weka-examples/ReutersGrain-train.arff.gz", {"text": "Text"}),
    ("arff", "data/german-credit/credit-g.arff", {}),
]

THEIRS = {
    "pandas": "import pandas as pd\nread = lambda path: pd.read_csv(path)\n",
    "pandas-json": "import pandas as pd\nread = lambda path: pd.read_json(path, lines=True)\n",
    "scipy": "import gzip, io\nfrom scipy.io import arff\n"
             "def read(path):\n"
             "    file = gzip.open(path, 'rt', encoding='utf8') if path.endswith('.gz') else open(path, encoding='utf8')\n"
             "    return arff.loadarff(io.StringIO(file.read()))\n",
    # The least that any reader must do: lines cut at commas, words looked up or read as numbers.
    "plain Python": "import gzip, csv\n"
                    "def number(cell):\n"
                    "    try: return float(cell)\n"
                    "    except ValueError: return cell\n"
                    "def read(path):\n"
                    "    file = gzip.open(path, 'rt', encoding='utf8') if path.endswith('.gz') else open(path, encoding='utf8')\n"
                    "    for line in file:\n"
                    "        if line.lower().startswith('@data'): break\n"
                    "    rows = csv.reader(file, quotechar=\"'\", escapechar='\\\\', skipinitialspace=True)\n"
                    "    return [[number(cell) for cell in row] for row in rows if row and not row[0].startswith('%')]\n",
}
MEASURE = """
import json, sys, time
times = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    read(sys.argv[1])
    times.append(1e3 * (time.perf_counter() - start))
peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))
print(json.dumps({'ms': times, 'peak_kib': int(peak)}))
"""

def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    return json.loads(done.stdout)


def theirs(name, path, repeats):
    return run([sys.executable, "-c", THEIRS[name] + MEASURE, path, str(repeats)])


def ours(kind, path, parameters, repeats):
    return run([READER, kind, path, json.dumps(parameters), str(repeats)])


def unpacked_size(path):
    if not path.endswith(".gz"):
        return os.path.getsize(path)
    with gzip.open(path) as file:
        return sum(len(block) for block in iter(lambda: file.read(1 << 20), b""))


def main():
    print(f"{'file':32} {'MiB':>5}  {'ours ms':>8} {'MiB/s':>6}  {'peak/file':>9}  others: ms (theirs / ours)")
    for kind, name, parameters in FILES:
        path = os.path.join(SHARED, name)
        rivals = {"csv": ["pandas"], "jsonl": ["pandas-json"], "arff": ["scipy", "plain Python"]}[kind]
        times = {rival: [] for rival in ["ours", *rivals]}
        for _ in range(TURNS):
            # The first reading of a process is left out: it warms caches.
            found = ours(kind, path, parameters, REPEATS + 1)
            if found is None:
                sys.exit(f"{name} was not read; was {READER} built?")
            times["ours"] += found["ms"][1:]
            for rival in rivals:
                found = theirs(rival, path, REPEATS + 1)
                times[rival] += found["ms"][1:] if found else []
        size = unpacked_size(path)
        # One reading, less what the program takes for nothing.
        idle = ours("moons", "", {"rows": 2}, 0)["peak_kib"]
        peak = (ours(kind, path, parameters, 1)["peak_kib"] - idle) * 1024 / size
        mine = statistics.median(times["ours"])
        others = ", ".join(
            f"{rival} {statistics.median(times[rival]):.1f} ({statistics.median(times[rival]) / mine:.2f})"
            if times[rival] else f"{rival} cannot read it"
            for rival in rivals)
        print(f"{os.path.basename(name):32} {size / 2**20:5.1f}  {mine:8.1f} {size / 2**20 / mine * 1e3:6.0f}  {peak:9.1f}  {others}")


if __name__ == "__main__":
    main()
