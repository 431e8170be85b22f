"""What Weka 3.9.7 says where its shared oracles are silent: kernels, weighted rows, other scores and searches, votes by
distance, cross-validated numbers of neighbours, windows, judged rows in reverse.

    javac -cp weka.jar -d <folder> Judge.java
    python make_oracles.py <shared>/oracles/weka weka.jar <folder> | gzip -9n > more.json.gz

The data sets and splits are those of the shared oracles. A row that is row r of its file weighs 1 + (r mod 3) / 2 where
`weighted`; the judged rows come in reverse where `reversed`.
"""

import json
import pathlib
import subprocess
import sys

BAYES = "weka.classifiers.bayes.NaiveBayes"
NET = "weka.classifiers.bayes.BayesNet"
IBK = "weka.classifiers.lazy.IBk"


def net(search, alpha="0.5"):
    return (f"-D -Q weka.classifiers.bayes.net.search.local.K2 -- {search} "
            f"-E weka.classifiers.bayes.net.estimate.SimpleEstimator -- -A {alpha}")


def jobs():
    for place in ["iris s1", "iris s2", "labor s1", "glass s1", "weather.numeric full", "diabetes s1", "ionosphere s2"]:
        yield place, BAYES, "-K", {}
    for place in ["labor s1", "glass s2"]:
        for options in ["", "-K", "-D"]:
            yield place, BAYES, options, {"weighted": True}
    for place in ["labor s1", "iris s2", "weather.nominal full"]:
        for search in ["-P 2 -N -S BAYES", "-P 3 -S BDeu", "-P 3 -S MDL", "-P 3 -S ENTROPY", "-P 2 -N -S AIC", "-P 1 -N -S MDL"]:
            yield place, NET, net(search), {}
        yield place, NET, net("-P 2 -S BAYES", "1.25"), {}
    for place in ["labor s1", "glass s2"]:
        yield place, NET, net("-P 2 -S BAYES"), {"weighted": True}
        yield place, NET, net("-P 2 -S MDL"), {"weighted": True}
    for place in ["iris s1", "labor s1", "glass s1"]:
        for options in ["-K 12 -W 0 -X", "-K 9 -W 0 -X -I", "-K 3 -W 0 -F", "-K 2 -W 20"]:
            yield place, IBK, options, {}
        yield place, IBK, "-K 4 -W 0 -I", {"weighted": True}
        yield place, IBK, "-K 6 -W 0 -X", {"weighted": True}
        yield place, IBK, "-K 1 -W 0", {"reversed": True}
        yield place, IBK, "-K 2 -W 0 -I", {"reversed": True}


def line(folder, place, scheme, options, how):
    name, split = place.split()
    run = json.loads((folder / "classify" / f"{name}__{split}.json").read_text())
    rows = json.loads((folder / "splits" / f"{name}.json").read_text())
    rows = rows.get("splits", rows)[split]
    file = folder / "data" / f"{name}.arff"
    count = max(rows["train"] + rows["test"]) + 1
    weights = ",".join(str(1 + (row % 3) / 2) for row in range(count)) if how.get("weighted") else ""
    numbers = lambda rows: ",".join(map(str, rows))
    judged = rows["test"][::-1] if how.get("reversed") else rows["test"]
    return "|".join([str(file), run["class"], ",".join(run["drop"]), numbers(rows["train"]), numbers(judged), weights, scheme, options])


def main():
    folder, jar, classes = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    wanted = list(jobs())
    command = ["java", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-cp", f"{jar}:{classes}", "Judge"]
    text = "\n".join(line(folder, *job) for job in wanted) + "\n"
    answers = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    answers = [json.loads(answer) for answer in answers if answer.startswith("{")]
    assert len(answers) == len(wanted)
    results = []
    for (place, scheme, options, how), answer in zip(wanted, answers):
        name, split = place.split()
        results.append({"set": name, "split": split, "scheme": scheme, "options": options, **how, **answer})
    print("[")
    print(",\n".join(json.dumps(result) for result in results))
    print("]")


if __name__ == "__main__":
    main()
