"""A learner's own table: helpers.data.load_table and the cells of lesson 07 that use it, tried on
two tables that no lesson has."""

import contextlib
import io

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_wine

from helpers import data
from tests import loading
from tests.loading import PROPERTY, loaded_or_refused, refused
from tests.notebooks import cells_run

file = loading.file
OWN = ["own-read", "own-tensors", "own-fit"]


def written(frame, path, **options):
    frame.to_csv(path, index=False, **options)
    return path


def wine():
    """Three kinds of wine as text, 13 numbers; in GBK, with Chinese names for the kinds."""
    bunch = load_wine(as_frame=True)
    return bunch.data.assign(品种=[f"品种{k}" for k in bunch.target])


def tumours():
    """Two classes as 0 and 1, 30 numbers, a column of text, an id, and gaps."""
    bunch = load_breast_cancer(as_frame=True)
    size = pd.cut(bunch.data["mean radius"], [0, 12, 16, 99], labels=["small", "middle", "large"])
    frame = bunch.data.assign(size=size, id=[f"patient {k}" for k in range(len(bunch.data))],
                              benign=bunch.target)
    frame.loc[[3, 40, 41], "mean texture"] = None
    return frame


def fill_in(path, label, leave_out, encoding="utf-8"):
    """Run the cells of "Your own CSV" with these settings; return what they print and define."""
    names = cells_run("07_csv", criterion=torch.nn.CrossEntropyLoss())
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        names = cells_run("07_csv", *OWN, **names | {
            "own_path": path, "own_label": label, "own_leave_out": leave_out,
            "own_encoding": encoding,
        })
    return printed.getvalue(), names


def scores(printed):
    """Return {name: accuracy} of the three lines that the last cell prints."""
    return {line.split()[0]: float(line.split()[1]) for line in printed.splitlines()[-3:]}


def test_wine_in_gbk(tmp_path):
    path = written(wine(), tmp_path / "葡萄酒.csv", encoding="gbk")
    printed, names = fill_in(path, "品种", [], "gbk")
    assert "rows: 178 without gaps: 178" in printed
    assert names["x_own"].shape == (178, 13) and names["own_classes"] == ["品种0", "品种1", "品种2"]
    score = scores(printed)
    assert score["baseline"] < 0.6 and min(score["linear"], score["network"]) > 0.9


def test_tumours_with_text_gaps_and_an_id(tmp_path):
    path = written(tumours(), tmp_path / "tumours.csv")
    printed, names = fill_in(path, "benign", ["id"])
    assert "rows: 569 without gaps: 566" in printed
    assert names["x_own"].shape == (566, 33) and names["own_classes"] == [0, 1]
    assert "size_small" in names["own_features"].columns
    assert names["x_own"].isfinite().all()
    parts = torch.cat([names["o_train"], names["o_val"], names["o_test"]])
    assert sorted(parts.tolist()) == list(range(566))
    score = scores(printed)
    assert score["baseline"] < 0.75 and min(score["linear"], score["network"]) > 0.9


def test_a_column_that_never_varies_does_no_harm(tmp_path):
    path = written(wine().assign(year=2099), tmp_path / "wine.csv")
    printed, names = fill_in(path, "品种", [])
    assert names["x_own"].isfinite().all() and scores(printed)["linear"] > 0.9


# What load_table returns and refuses

ROWS = ["a,1,x", "b,2,y", "a,3,x", "b,,y", "a,5,x", "b,6,y"]


def table(*rows, header="kind,size,shape"):
    return "\n".join([header, *rows]) + "\n"


def test_what_it_returns(file):
    frame = data.load_table(file(table(*ROWS)), "kind", ("shape",))
    assert frame["kind"].tolist() == list("ababab") and list(frame) == ["kind", "size"]
    assert frame["size"].isna().tolist() == [False] * 3 + [True] + [False] * 2
    spaced = file(b"\xef\xbb\xbf" + table(*ROWS).replace(",", " , ").replace("\n", "\r\n").encode())
    assert data.load_table(str(spaced), "kind", ["shape"]).equals(frame)


@pytest.mark.parametrize("content, label, leave_out, parts", [
    (table(*ROWS), "sort", [], ["['sort']", "kind"]),
    (table(*ROWS), "kind", ["id"], ["['id']"]),
    (table(*ROWS), ["kind"], [], ["label=['kind']"]),
    (table(*ROWS), "kind", "shape", ["leave_out='shape'", "['shape']"]),
    (table(*ROWS), "kind", ["size", "shape"], ["no column is left"]),
    (table(*ROWS, ",7,x"), "kind", [], ["8", "kind", "1", "7", "no value"]),
    (table(*ROWS[::2]), "kind", [], ["kind", "1", "3", "at least two"]),
    (table(*ROWS), "size", [], ["5", "size", "no value"]),
    (table(*[f"a,{k},x" for k in range(30)]), "size", [], ["size", "30", "a class needs"]),
    (table(*[f"a,{max(k, 1)},x" for k in range(30)]), "size", [], ["size", "29", "a class needs"]),
    (table(*[f"{'ab'[k % 2]},{k},id {k}" for k in range(50)]), "kind", [],
     ["shape", "50", "leave_out"]),
    (table(), "kind", [], ["only a header"]),
    ("", "kind", [], ["empty"]),
    (table("a,1"), "kind", [], ["2", "3"]),
    (table(*ROWS, header="种类,size,shape").encode("gbk"), "种类", [], ['encoding="gbk"']),
])
def test_bad_tables(file, content, label, leave_out, parts):
    path = file(content)
    refused(lambda: data.load_table(path, label, leave_out), *parts)


def test_no_file(tmp_path):
    refused(lambda: data.load_table(tmp_path / "no.csv", "kind"), "no such file",
            kind=FileNotFoundError)
    refused(lambda: data.load_table(tmp_path, "kind"), "is a folder", kind=IsADirectoryError)
    refused(lambda: data.load_table(None, "kind"), "path=None")


@PROPERTY
@given(content=loading.any_bytes(table(*ROWS)), encoding=st.sampled_from(["utf-8", "gbk"]))
def test_any_bytes_are_read_or_refused(file, content, encoding):
    loaded_or_refused(lambda: data.load_table(file(content), "kind", [], encoding))
