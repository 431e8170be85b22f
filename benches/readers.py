#!/usr/bin/env python3
"""Reading the largest binary files of the shared data, beside NumPy and SciPy in the same run.

usage: benches/readers.py [FILE...]     (default: the largest of each format below $GRIDBOOK_SHARED/data)

Needs NumPy and SciPy. `stored`: they hand out the numbers as they are stored, MNIST's as bytes. `as f64`: they end with
what gridbook ends with, numbers as f64, row by row, sparse ones dense. The best of several times each; `peak` is what gridbook takes at most, the file's own bytes
included, `table` the numbers it ends with.
"""

import gzip
import json
import os
import subprocess
import sys
import time

import numpy as np
import scipy.io
import scipy.sparse

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LARGEST = 4
TIMES = 7


def read_idx(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rb") as file:
        start = file.read(4)
        shape = np.frombuffer(file.read(4 * start[3]), ">u4")
        types = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
        return np.frombuffer(file.read(), types[start[2]]).reshape(shape)


def read_npz(path):
    with np.load(path) as arrays:
        return {name: arrays[name] for name in arrays.files}


READERS = {".mat": scipy.io.loadmat, ".npz": read_npz, ".npy": np.load, "-ubyte.gz": read_idx, ".idx": read_idx}


def as_f64(value):
    if isinstance(value, dict):
        return [as_f64(item) for item in value.values()]
    if scipy.sparse.issparse(value):
        return np.ascontiguousarray(value.toarray(), "f8")
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [as_f64(item) for item in value.flat]
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return np.ascontiguousarray(value, "f8")
    return value


def reader(path):
    return next((read for ending, read in READERS.items() if path.endswith(ending)), None)


def largest():
    shared = os.environ.get("GRIDBOOK_SHARED", os.path.join(ROOT, "..", "shared"))
    files = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(shared, "data")) for name in names]
    files = [f for f in files if "labels" not in os.path.basename(f)]
    chosen = []
    for ending in READERS:
        chosen += sorted((f for f in files if f.endswith(ending)), key=os.path.getsize, reverse=True)[:LARGEST]
    return chosen


def best(read, path):
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        read(path)
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main():
    files = [os.path.abspath(f) for f in sys.argv[1:] or largest()]
    command = ["cargo", "bench", "--quiet", "--no-default-features", "--bench", "readers", "--", *files]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    sys.stderr.write(done.stderr)
    print(f"{'file':34} {'MiB':>6} {'gridbook ms':>11} {'stored ms':>10} {'ratio':>6} {'as f64 ms':>10} {'ratio':>6} "
          f"{'peak MiB':>9} {'table MiB':>9} {'peak/file':>9}")
    for line in done.stdout.splitlines():
        found = json.loads(line)
        size = os.path.getsize(found["file"])
        read = reader(found["file"])
        stored, as_floats = best(read, found["file"]), best(lambda path: as_f64(read(path)), found["file"])
        print(f"{os.path.basename(found['file']):34} {size / 2**20:6.2f} {found['ms']:11.1f} {stored:10.1f} "
              f"{found['ms'] / stored:6.2f} {as_floats:10.1f} {found['ms'] / as_floats:6.2f} {found['peak'] / 2**20:9.1f} {found['table'] / 2**20:9.1f} {found['peak'] / size:9.1f}")


if __name__ == "__main__":
    main()
