#!/usr/bin/env python3
"""Writes the files of this folder: python3 make.py (NumPy and SciPy needed)."""

import csv
import io
import os
import struct
import zipfile

import numpy as np
import scipy.io
import scipy.sparse

HERE = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(HERE, name)


def npz(name, packed=True, **arrays):
    """As savez_compressed, with a fixed date."""
    with zipfile.ZipFile(path(name), "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for key, array in arrays.items():
            inner = io.BytesIO()
            np.save(inner, array)
            file.writestr(zipfile.ZipInfo(key + ".npy", (2026, 1, 1, 0, 0, 0)), inner.getvalue())


def mat(name, packed=True, **variables):
    """As savemat, with a fixed date in the header."""
    scipy.io.savemat(path(name), variables, do_compression=packed)
    with open(path(name), "r+b") as file:
        file.write(b"MATLAB 5.0 MAT-file".ljust(116))


def cell(*items):
    array = np.empty((1, len(items)), dtype=object)
    for i, item in enumerate(items):
        array[0, i] = item
    return array


def main():
    random = np.random.default_rng(1)
    x = np.round(random.normal(size=(30, 4)) * 8) / 8  # exact in single precision
    x[3, 1] = x[7, 2] = np.nan
    y = np.arange(30) * 7 % 3

    # One matrix in every format.
    npz("same-c.npz", x=x, y=y)
    npz("same-fortran.npz", x=np.asfortranarray(x), y=y)
    npz("same-big-endian.npz", packed=False, x=x.astype(">f8"), y=y.astype(">i2"))
    npz("same-single.npz", x=x.astype("f4"), y=y.astype("u1"))
    npz("same-half.npz", x=np.asfortranarray(x.astype("f2")), y=y.astype("i8").reshape(-1, 1))
    npz("same-text.npz", x=x, y=y.astype(str))
    npz("same-bytes.npz", x=x, y=y.astype("S3"))
    np.save(path("same-x.npy"), x)
    np.save(path("same-y.npy"), y)
    np.save(path("same-f.npy"), np.asfortranarray(x.astype("f2")))
    np.save(path("same-words.npy"), y.astype(str))
    mat("same.mat", x=x, y=y.reshape(-1, 1).astype("u1"))
    mat("same-v6.mat", packed=False, x=x, y=y.reshape(1, -1).astype("f8"))
    mat("same-columns.mat", x=x.T.astype("f4"), y=y.reshape(-1, 1).astype("i4"))
    mat("same-cells.mat", data=cell(x), truelabel=cell(y.reshape(1, -1).astype("i2"), y.reshape(1, -1).astype("i2")))
    mat("same-words.mat", x=x, y=cell(*y.astype(str)))
    mat("same-letters.mat", x=x, y=y.astype(str))
    mat("same-words-v6.mat", packed=False, x=x, y=cell(*np.array(["é0", "é1", "é2"])[y]))
    mat("same-letters-v6.mat", packed=False, x=x, y=np.array(["c0", "c1é", "c2"])[y])
    with open(path("same-x.idx"), "wb") as file:
        file.write(struct.pack(">BBBBII", 0, 0, 0x0E, 2, *x.shape) + x.astype(">f8").tobytes())
    with open(path("same-y.idx"), "wb") as file:
        file.write(struct.pack(">BBBBI", 0, 0, 0x08, 1, len(y)) + y.astype("u1").tobytes())
    with open(path("same.csv"), "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["x0", "x1", "x2", "x3", "y"])
        for row, label in zip(x, y):
            writer.writerow(["" if np.isnan(v) else repr(float(v)) for v in row] + [label])

    # Everything that MATLAB has, in four rows.
    small = np.arange(12).reshape(4, 3)
    kinds = {k: small.astype(k) for k in ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]}
    kinds["i1"][0, 0] = -5
    everything = dict(
        **{f"of_{k}": v for k, v in kinds.items()},
        logical=small % 2 == 0,
        sparse=scipy.sparse.csc_matrix(small * (small % 2)).astype(float),
        empty=np.zeros((0, 3)),
        complex=small + 1j,
        cube=np.zeros((4, 2, 2)),
        record={"a": 1.0, "b": "text"},
        records=np.array([(1, 2.0), (3, 4.0)], dtype=[("a", "f8"), ("b", "f8")]),
        letters=np.array(["aé", "b", "aé", "ccc"]),
        words=cell("setosa", "", "é", "x").reshape(-1, 1),
        mixed=cell(small.astype("u1"), scipy.sparse.csc_matrix(np.eye(4)), "word", cell(small, small.T)),
        Y=np.array([[1], [2], [2], [1]], dtype="u1"),
    )
    mat("cells-v6.mat", packed=False, X=cell(small.astype("f4"), scipy.sparse.csc_matrix(np.eye(4)[:, :3]), small))
    mat("everything.mat", **everything)
    mat("everything-v6.mat", packed=False, **everything)


if __name__ == "__main__":
    main()
