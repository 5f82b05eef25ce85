"""What learners answer in lesson 07; read answers_02.py for how it is written."""

import numpy as np
import pandas as pd
import torch
from torch.nn import functional

from helpers import data

MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def one_hot(values):
    names = sorted(set(values))
    return torch.tensor([[float(value == name) for name in names] for value in values])


def in_order_of_appearance(values):
    names = list(dict.fromkeys(values))
    return torch.tensor([[float(value == name) for name in names] for value in values])


def codes(values):
    return torch.tensor([float(sorted(set(values)).index(value)) for value in values])


def cross_entropy(logits, labels):
    q = torch.softmax(logits, dim=1)[torch.arange(len(labels)), labels]
    return -torch.log(q).mean()


def clean(table, bounds=(0, 100), again=False, drop_empty=False, clip=False, text=False):
    columns = ["姓名", "学号", *data.MARKS, "等级"]
    result = table.copy() if drop_empty else table[columns]
    if not again:
        result = result.drop_duplicates(subset="学号")
    numbers = result[[*data.MARKS, "等级"]].apply(pd.to_numeric, errors="coerce")
    numbers = numbers.clip(0, 100) if clip else numbers
    good = numbers[data.MARKS].apply(lambda column: column.between(*bounds)).all(axis=1)
    result = result if text else result.assign(**numbers)
    result = result.dropna() if drop_empty else result
    return result[good.reindex(result.index)]


def clean_by_rows(table):
    rows, seen = [], set()
    for row in table[data.MARKS_HEADER].to_dict("records"):
        marks = [row[column] for column in data.MARKS]
        usual = all(isinstance(m, str) and m.isdecimal() and int(m) <= 100 for m in marks)
        if usual and row["学号"] not in seen:
            rows.append({**row, **{c: int(row[c]) for c in [*data.MARKS, "等级"]}})
        seen.add(row["学号"])
    return pd.DataFrame(rows)


def loses_zeros(table):
    result = clean(table)
    return result.assign(学号=result["学号"].astype(int))


def changes_the_old(table):
    result = clean(table)
    del table["等级"]
    return result


def keeps_absent_as_zero(table):
    return clean(table.replace("缺考", "0"))


def build(path, subset=MEASURES, dtype=torch.float32, names=None, columns=MEASURES):
    table = pd.read_csv(path).dropna(subset=subset)
    names = names or sorted(table["species"].unique())
    x = torch.tensor(table[columns].to_numpy(), dtype=dtype)
    return x, torch.tensor([names.index(name) for name in table["species"]])


def build_with_numpy(path):
    x, y = build(path)
    return x.numpy(), y.numpy()


def variant(function, **options):
    return lambda argument: function(argument, **options)


def standardised(path):
    x, y = build(path)
    return (x - x.mean(dim=0)) / x.std(dim=0), y


ANSWERS = {
    "one_hot": {
        "right": [
            (one_hot,), (lambda values: pd.get_dummies(pd.Series(values)).to_numpy(float),),
            (lambda values: [[int(v == n) for n in sorted(set(values))] for v in values],),
            (lambda values: torch.eye(len(set(values)))[codes(values).long()],),
        ],
        "wrong": {
            "order of appearance": ((in_order_of_appearance,), "❌ one_hot(['b', 'a']) → "),
            "a number for each": ((codes,), "shape (2,) ≠ (2, 2)"),
            "a row for each name": ((lambda values: one_hot(values).T,), "shape (3, 4) ≠ (4, 3)"),
            "a column for each row": ((lambda values: torch.eye(len(values)),),
                                      "torch.tensor([[1., 0.], [0., 1.]]) ≠ [[0, 1], [1, 0]]"),
            "the names": ((lambda values: sorted(set(values)),), "→ ['a', 'b'] ≠ [[0, 1]"),
        },
    },
    "leaks": {
        "right": [("BCD",), ("dcb",), (["B", "C", "D"],), ({"B", "C", "D"},), ("B, C, D",),
                  ("ＢＣＤ",), ("B，C，D",)],
        "wrong": {
            "the right way": (("ABCD",), '❌ "A" in leaks → True ≠ False'),
            "known afterwards": (("CD",), '❌ "B" in leaks → False ≠ True'),
            "statistics of the whole table": (("BD",), '❌ "C" in leaks → False ≠ True'),
            "the same student twice": (("BC",), '❌ "D" in leaks → False ≠ True'),
            "validation is for choosing": (("BCDE",), '❌ "E" in leaks → True ≠ False'),
            "no letters": (("?",), '⊄ "ABCDE"'), "none": (("",), '⊄ "ABCDE"'),
        },
    },
    "cross_entropy": {
        "right": [
            (cross_entropy,), (functional.cross_entropy,),
            (lambda z, y: (torch.logsumexp(z, 1) - z.gather(1, y[:, None])[:, 0]).mean(),),
            (lambda z, y: -torch.log_softmax(z, dim=-1)[range(len(y)), y].mean().item(),),
        ],
        "wrong": {
            "along the batch": ((lambda z, y: -torch.log(
                torch.softmax(z, 0)[torch.arange(len(y)), y]).mean(),), "❌ cross_entropy("),
            "the sum": ((lambda z, y: cross_entropy(z, y) * len(y),), "→ 1.50622 ≠ 0.753109"),
            "softmax twice": ((lambda z, y: functional.cross_entropy(torch.softmax(z, 1), y),),
                              "❌ cross_entropy(torch.tensor([[3., 0., 0.]]), torch.tensor([0]))"),
            "no minus": ((lambda z, y: -cross_entropy(z, y),), "→ -0.693147 ≠ 0.693147"),
            "all columns": ((lambda z, y: -torch.log(torch.softmax(z, 1)[:, y]).mean(),),
                            "≠ 0.753109"),
            "one for each row": ((lambda z, y: -torch.log(
                torch.softmax(z, 1)[torch.arange(len(y)), y]),), "shape (1,) ≠ ()"),
            "base 2": ((lambda z, y: cross_entropy(z, y) / np.log(2),), "→ 1 ≠ 0.693147"),
        },
    },
    "confusion": {
        "right": [(0.77, 0.6, 4), (77 / 100, 12 / 20, 4.0), (torch.tensor(0.77), 0.6, np.int64(4))],
        "wrong": {
            "percent": ((77, 0.6, 4), "❌ accuracy_100: "),
            "the share of mistakes": ((0.23, 0.6, 4), "≠ 0.23"),
            "precision": ((0.77, 12 / 23, 4), "❌ recall_1: matrix[1, 1] / matrix[1].sum() ≠ 0.52"),
            "the overlooked": ((0.77, 0.6, 3), "❌ wrongly_failed: matrix[1:, 0].sum() ≠ 3"),
            "the whole column": ((0.77, 0.6, 31), "≠ 31"),
        },
    },
    "clean": {
        "right": [
            (clean,), (clean_by_rows,), (lambda table: clean(table).reset_index(drop=True),),
            (lambda table: clean(table).astype({c: int for c in [*data.MARKS, "等级"]}),),
        ],
        "wrong": {
            "980 kept": ((variant(clean, bounds=(0, 1000)),), "(论文质量 = 980"),
            "980 made 100": ((variant(clean, clip=True),), "→ True ≠ False (论文质量 = 980)"),
            "the student twice": ((variant(clean, again=True),), ').count("020990620") → 2 ≠ 1'),
            "the empty column drops all": ((variant(clean, drop_empty=True),),
                                           "'Unnamed: 9' in clean(table).columns → True"),
            "still text": ((variant(clean, text=True),), '["选题与工作量"].dtype → '),
            "leading zeros lost": ((loses_zeros,), "→ 20990601 ≠ '020990601'"),
            "absent is zero": ((keeps_absent_as_zero,), "(答辩表达 = 缺考)"),
            "the old table changed": ((changes_the_old,), "table.equals(table_before) → False"),
            "nothing done": ((lambda table: table[data.MARKS_HEADER],), "(技术难度 = nan)"),
            "every row dropped": ((lambda table: table[data.MARKS_HEADER].iloc[:0],),
                                  '"020990601" in list(clean(table)["学号"]) → False ≠ True'),
            "all marks 0": ((lambda table: clean(table).assign(论文质量=0),),
                            'clean(table)["论文质量"].iloc[0] → 0 ≠ '),
            "the marks alone": ((lambda table: clean(table)[data.MARKS],), '"姓名" in clean('),
            "in place": ((lambda table: None,), "→ NoneType ≠ DataFrame"),
        },
    },
    "build_penguin_data": {
        "right": [(build,), (build_with_numpy,), (lambda path: list(build(path)),)],
        "wrong": {
            "gaps in other columns": ((variant(build, subset=None),),
                                      "❌ x.shape → (333, 4) ≠ (342, 4)"),
            "gaps kept": ((variant(build, subset=["species"]),), "x.shape → (344, 4) ≠ (342, 4)"),
            "float64": ((variant(build, dtype=torch.float64),), "x.dtype → torch.float64 ≠"),
            "order of appearance": ((variant(build, names=["Adelie", "Gentoo", "Chinstrap"]),),
                                    "❌ y["),
            "order of columns": ((variant(build, columns=sorted(MEASURES)),), "❌ x[0] → "),
            "labels as decimals": ((lambda path: (build(path)[0], build(path)[1].float()),),
                                   "y.dtype → torch.float32 ≠ torch.int64"),
            "labels as a column": ((lambda path: (build(path)[0], build(path)[1][:, None]),),
                                   "y.shape → (342, 1) ≠ (342,)"),
            "standardised": ((standardised,), "❌ x[0] → "),
            "only x": ((lambda path: build(path)[0],), "x, y = build_penguin_data(path) → Tensor"),
        },
    },
}
