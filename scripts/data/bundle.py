"""Makes the files of experiments/data from the published ones. Needs NumPy.

    python3 scripts/data/bundle.py SOURCES [NAME...]

SOURCES holds the files as they were published, under the paths that FILES below names; where each comes from stands in
experiments/data/README.md. Without NAME all are made. Nothing about the time or the machine enters a file: the same
sources and the same zlib give the same bytes.
"""

import csv
import gzip
import io
import os
import sys
import zipfile

import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "experiments", "data")
FILES = {
    "handwritten": "multiview/handwritten6/handwritten6.npz",
    "100leaves": "multiview/100leaves/100leaves.npz",
    "american-29": "american-29-indicators/indicators29_2010_2017.csv.gz",
    "polish-5year": "polish-bankruptcy/5year.arff.gz",
    "mcrls-sentences": "text/mcrls-sentences/mcrls_sentences.csv.gz",
    "fusion-documents": "text/fusion-semisynthetic/documents.csv.gz",
    "fusion-indicators": "text/fusion-semisynthetic/indicators.csv.gz",
    "glass-outliers": "outliers/14_glass.npz",
    "wine-outliers": "outliers/45_wine.npz",
    "ionosphere-outliers": "outliers/18_Ionosphere.npz",
    "vote": "weka-examples/vote.arff",
}
csv.field_size_limit(1 << 30)


def source(name):
    return os.path.join(SOURCES, FILES[name])


def rows_of(name):
    with gzip.open(source(name), "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def put(name, data):
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(data)
    print(f"{name}: {len(data)} bytes")


def put_gzip(name, text):
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as file:
        file.write(text.encode())
    put(name, packed.getvalue())


def put_arrays(name, arrays):
    """As np.savez_compressed, but packed harder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for key, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array)
            info = zipfile.ZipInfo(key + ".npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    put(name, packed.getvalue())


def table(names, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def arff(text):
    """Names and rows of a plain ARFF file; a missing cell is empty."""
    names, rows, data = [], [], False
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        if data:
            rows.append(["" if cell.strip() == "?" else cell.strip().strip("'") for cell in line.split(",")])
        elif line.lower().startswith("@attribute"):
            names.append(line.split(None, 2)[1].strip("'"))
        data = data or line.lower().startswith("@data")
    return names, rows


def narrow(array):
    """Whole numbers in the smallest type that holds them, others as they are; column after column in memory."""
    if (array == np.round(array)).all() and array.min() >= 0:
        array = array.astype(np.min_scalar_type(int(array.max())))
    return np.asfortranarray(array)


def views(name, names):
    held = np.load(source(name))
    arrays = {ours: narrow(held[f"view{i}"]) for i, ours in enumerate(names)}
    put_arrays(f"{name}.npz", arrays | {"y": held["y"].astype(np.uint8)})


def handwritten():
    views("handwritten", ["fac", "fou", "kar", "mor", "pix", "zer"])


def leaves():
    # Told apart by their values: margins and textures are histograms of sum 1, and of the textures one leaf is
    # missing in the original, filled here with the mean of its class.
    held = np.load(source("100leaves"))
    filled = held["view2"][1:16].mean(0)
    assert np.allclose(held["view2"][0], filled, atol=1e-6) and held["view1"].max() < 0.01
    views("100leaves", ["margin", "shape", "texture"])


def american():
    rows = rows_of("american-29")
    short = lambda name, cell: cell if name[0] != "i" or cell == "" else f"{float(cell):.6g}"
    put_gzip("american-29.csv.gz", table(rows[0], [[short(*cell) for cell in row.items()] for row in rows]))


def polish():
    with gzip.open(source("polish-5year"), "rt") as file:
        put_gzip("polish-5year.csv.gz", table(*arff(file.read())))


def sentences():
    keys = ["split", "label", "tokens"]
    rows = rows_of("mcrls-sentences")
    assert [row["id"] for row in rows] == [str(i) for i in range(len(rows))]
    put_gzip("mcrls-sentences.csv.gz", table(keys, [[row[key] for key in keys] for row in rows]))


def fusion():
    """Each document as the numbers of its sentences, each firm-year as the number of its row in american-29."""
    pool = [(row["split"], row["tokens"].split(" ")) for row in rows_of("mcrls-sentences")]
    begins = {}
    for number, (split, tokens) in enumerate(pool):
        begins.setdefault((split, *tokens[:5]), []).append(number)
    firms = rows_of("american-29")
    place = {(row["company"], row["year"]): number for number, row in enumerate(firms)}

    def find(document, split, at):
        if at == len(document):
            return []
        for number in begins.get((split, *document[at : at + 5]), []):
            end = at + len(pool[number][1])
            if document[at:end] == pool[number][1] and (rest := find(document, split, end)) is not None:
                return [number, *rest]
        return None

    indicators, lengths, numbers = [], [], []
    for row, document in zip(rows_of("fusion-indicators"), rows_of("fusion-documents"), strict=True):
        number = place[row["company"], row["year"]]
        assert row["doc_id"] == document["doc_id"]
        assert all(row[key] == value for key, value in firms[number].items() if key in row)
        found = find(document["tokens"].split(" "), "train" if int(row["year"]) <= 2015 else "test", 0)
        assert " ".join(" ".join(pool[n][1]) for n in found) == document["tokens"]
        indicators.append(number)
        lengths.append(len(found))
        numbers += found
    arrays = {"firm": np.uint16(indicators), "length": np.uint8(lengths), "sentence": np.uint16(numbers)}
    put_arrays("fusion-semisynthetic.npz", arrays)


def outliers(name):
    held = np.load(source(name))
    put_arrays(f"{name}.npz", {"x": np.asfortranarray(held["X"]), "y": held["y"].astype(np.uint8)})


def vote():
    with open(source("vote"), encoding="utf-8") as file:
        put("vote.csv", table(*arff(file.read())).encode())


SETS = {
    "handwritten": handwritten,
    "100leaves": leaves,
    "american-29": american,
    "polish-5year": polish,
    "mcrls-sentences": sentences,
    "fusion-semisynthetic": fusion,
    "glass-outliers": lambda: outliers("glass-outliers"),
    "wine-outliers": lambda: outliers("wine-outliers"),
    "ionosphere-outliers": lambda: outliers("ionosphere-outliers"),
    "vote": vote,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(SETS):
        sys.exit(__doc__)
    SOURCES = sys.argv[1]
    for name in sys.argv[2:] or SETS:
        SETS[name]()
