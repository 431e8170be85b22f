#!/usr/bin/env python3
"""What a trial costs beside its own work: many trials of no work, in warm workers and in a fresh process each, beside
fork and exec of nothing and, where a Python with Optuna is named, Optuna's trials in SQLite. Then how full two cores are
kept, what growing a grid costs, and plans of 100,000.

  benches/trials.py [--peer PYTHON] [--trials N] [--quick]

  --peer PYTHON  a Python that can `import optuna`
  --trials N     trials of no work (10,000)
  --quick        leaves out the two minutes of the 200 trials of .2 to 2 s

CPU seconds are those of gridbook and of every process that it started.
"""

import argparse
import ctypes
import glob
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GRIDBOOK = os.path.join(ROOT, "target", "release", "gridbook")
HEAD = """name = "study"
[task]
kind = "clustering"
metrics = ["value"]
[[dataset]]
kind = "blobs"
rows = 30
[limits]
grid = 200000
"""
OPTUNA = """
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(storage="sqlite:///" + sys.argv[1], sampler=optuna.samplers.RandomSampler(0))
study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=int(sys.argv[2]))
"""


def adopt_orphans():
    """Workers outlive gridbook by a moment; whoever adopts them can count their CPU time."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def used():
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
        except ChildProcessError:
            break
    times = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times.ru_utime + times.ru_stime


def peaks(process, found):
    """The highest memory of gridbook and of its workers, MiB, until it ends."""
    def high(pid):
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024
        except (OSError, AttributeError):
            return 0.0
    while process.poll() is None:
        found["gridbook"] = max(found.get("gridbook", 0.0), high(process.pid))
        try:
            with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="utf-8") as file:
                workers = [high(pid) for pid in file.read().split()]
        except OSError:
            workers = []
        found["worker"] = max([found.get("worker", 0.0), *workers])
        time.sleep(0.02)


def run(folder, arguments, env=None):
    """Wall and CPU seconds, peaks, and what was said."""
    before, began, found = used(), time.monotonic(), {}
    with open(os.path.join(folder, "said.txt"), "w", encoding="utf-8") as said:
        process = subprocess.Popen([GRIDBOOK, *arguments], cwd=folder, stdout=said, stderr=said,
                                   env={**os.environ, **(env or {})})
        watcher = threading.Thread(target=peaks, args=(process, found))
        watcher.start()
        watcher.join()
    wall = time.monotonic() - began
    with open(os.path.join(folder, "said.txt"), encoding="utf-8") as file:
        text = file.read()
    if process.returncode != 0:
        sys.exit(text)
    return wall, used() - before, found, text


def write(folder, text):
    with open(os.path.join(folder, "experiment.toml"), "w", encoding="utf-8") as file:
        file.write(HEAD + text)


def fork_exec(count):
    before, began = used(), time.monotonic()
    own = time.process_time()
    for _ in range(count):
        os.waitpid(os.posix_spawn("/bin/true", ["true"], os.environ), 0)
    wall = time.monotonic() - began
    return 1000 * wall / count, 1000 * (used() - before + time.process_time() - own) / count


def starts(folder):
    lines = (line for name in glob.glob(os.path.join(folder, "results/study/journal/*")) for line in open(name, encoding="utf-8"))
    return sum('"kind":"start"' in line for line in lines)


def no_work(trials, peer):
    with tempfile.TemporaryDirectory() as folder:
        write(folder, f"[repeat]\nseeds = {trials}\n[[model]]\nkind = \"debug\"\n")
        wall, cpu, found, _ = run(folder, ["run", "experiment.toml", "--jobs", "2"])
        print(f"{trials} trials in 2 warm workers: {1000 * cpu / trials:.2f} ms CPU and {1000 * wall / trials:.2f} ms wall a trial; "
              f"gridbook {found['gridbook']:.0f} MiB, a worker {found['worker']:.0f} MiB")
        wall, cpu, _, _ = run(folder, ["run", "experiment.toml", "--jobs", "2"])
        print(f"the same again: {wall:.2f} s wall, {cpu:.2f} s CPU, {starts(folder) - trials} begun")
    few = min(2000, trials)
    with tempfile.TemporaryDirectory() as folder:
        write(folder, f"[repeat]\nseeds = {few}\n[[model]]\nkind = \"debug\"\n")
        wall, cpu, _, _ = run(folder, ["run", "experiment.toml", "--jobs", "2"], {"GRIDBOOK_TRIALS_PER_WORKER": "1"})
        floor_wall, floor = fork_exec(few)
        print(f"{few} trials in a fresh process each: {1000 * cpu / few:.2f} ms CPU, {1000 * wall / few:.2f} ms wall; "
              f"fork and exec of nothing {floor:.2f} ms CPU, {floor_wall:.2f} ms wall; ratio {1000 * cpu / few / floor:.2f} (goal 2)")
    if peer:
        with tempfile.TemporaryDirectory() as folder:
            before, began = used(), time.monotonic()
            subprocess.run([peer, "-c", OPTUNA, os.path.join(folder, "study.db"), "300"], check=True)
            print(f"Optuna in SQLite, 300 trials: {1000 * (used() - before) / 300:.1f} ms CPU, {1000 * (time.monotonic() - began) / 300:.1f} ms wall a trial")
    if shutil.which("strace"):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, f"[repeat]\nseeds = {few}\n[[model]]\nkind = \"debug\"\n")
            began = time.monotonic()
            subprocess.run(["strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", "trace.txt", GRIDBOOK, "run", "experiment.toml", "--jobs", "2"],
                           cwd=folder, check=True, capture_output=True)
            with open(os.path.join(folder, "trace.txt"), encoding="utf-8") as file:
                counts = [line.split() for line in file if line.split()[-1:] and line.split()[-1] in ("fsync", "fdatasync")]
            print(f"syncs in {time.monotonic() - began:.1f} s of {few} trials: " + (", ".join(f"{c[3]} {c[-1]}" for c in counts) or "none"))


def start_up():
    with tempfile.TemporaryDirectory() as folder:
        write(folder, "[repeat]\nseeds = 1\n[[model]]\nkind = \"debug\"\n")
        run(folder, ["run", "experiment.toml"])
        times = []
        for _ in range(9):
            wall, cpu, found, _ = run(folder, ["run", "experiment.toml"])
            times.append((wall, cpu, found["gridbook"]))
        wall, cpu, memory = (sorted(column)[4] for column in zip(*times))
        print(f"a run with nothing to do: {1000 * wall:.0f} ms wall (looked at every 20 ms), {1000 * cpu:.0f} ms CPU, {memory:.0f} MiB (goals 50 ms, 64 MiB)")
    with tempfile.TemporaryDirectory() as folder:
        write(folder, "[repeat]\nseeds = 100000\n[[model]]\nkind = \"debug\"\n")
        wall, cpu, found, _ = run(folder, ["plan", "experiment.toml"])
        print(f"plan of 100,000: {wall:.2f} s wall, {cpu:.2f} s CPU, {found['gridbook']:.0f} MiB (goals 1 s, 300 MiB)")


def makespan():
    with tempfile.TemporaryDirectory() as folder:
        values = ", ".join(f"{0.2 + 1.8 * i / 39:.3f}" for i in range(40))
        write(folder, f"[repeat]\nseeds = 5\n[[model]]\nkind = \"debug\"\n[model.grid]\nseconds = [{values}]\n")
        wall, _, _, _ = run(folder, ["run", "experiment.toml", "--jobs", "2"])
        rows = subprocess.run([GRIDBOOK, "trials", "results/study", "--format", "json"], cwd=folder, check=True, capture_output=True)
        busy = sum(row["fit_seconds"] for row in json.loads(rows.stdout))
        print(f"200 trials of .2 to 2 s on 2 cores: {wall:.1f} s; half of what the fits took is {busy / 2:.1f} s: {100 * busy / 2 / wall:.1f} % (goal 97)")


def growth():
    with tempfile.TemporaryDirectory() as folder:
        for values in ("1, 2, 3, 4", "1, 2, 3, 4, 5"):
            write(folder, f"[repeat]\nseeds = 250\n[[model]]\nkind = \"debug\"\n[model.grid]\nvalue = [{values}]\n")
            before = starts(folder)
            wall, _, _, _ = run(folder, ["run", "experiment.toml"])
            print(f"axis of {values}: {starts(folder) - before} trials begun, {wall:.2f} s")
        wall, _, _, _ = run(folder, ["run", "experiment.toml"])
        print(f"unchanged again: {starts(folder) - 1250} begun, {wall:.2f} s (goal .5)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer")
    parser.add_argument("--trials", type=int, default=10000)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    adopt_orphans()
    start_up()
    no_work(arguments.trials, arguments.peer)
    growth()
    if not arguments.quick:
        makespan()


if __name__ == "__main__":
    main()
