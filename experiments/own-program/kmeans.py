"""K-means without any library, as an example of a program of one's own beside gridbook's models."""
import csv, json, random

trial = json.load(open("trial.json"))
rows = list(csv.reader(open(trial["files"]["data"])))[1:]
points = [[float(x) for x in row[1:]] for row in rows]
random.seed(trial["seed"])
centres = random.sample(points, trial["clusters"])
for _ in range(trial["parameters"]["iterations"]):
    distance = lambda p, c: sum((a - b) ** 2 for a, b in zip(p, c))
    nearest = [min(range(len(centres)), key=lambda k: distance(p, centres[k])) for p in points]
    groups = [[p for p, k in zip(points, nearest) if k == group] for group in range(len(centres))]
    centres = [[sum(x) / len(g) for x in zip(*g)] if g else c for g, c in zip(groups, centres)]
with open("predictions.csv", "w") as out:
    out.writelines(["row,cluster\n"] + [f"{row[0]},{k}\n" for row, k in zip(rows, nearest)])
