"""Make the invented marks of a project defence: 大数据答辩成绩表.csv and its dirty variant.

python datasets/大数据答辩成绩表.py [FOLDER]     without a folder: beside this file

The same bytes come out every time; how the marks are drawn is told in 大数据答辩成绩表.md.
"""

import csv
import io
import sys
from pathlib import Path

import numpy as np

NAME = "大数据答辩成绩表"
MARKS = ["选题与工作量", "技术难度", "论文质量", "答辩表达", "系统实现", "回答问题"]
HEADER = ["姓名", "学号", *MARKS, "等级"]
ABILITY = np.array([0.8, 0.9, 1.0, 0.9, 0.7, 0.8])  # how far each mark follows a student's ability
NOISE = np.array([6, 6, 6, 6, 14, 14])  # marks
WEIGHTS = np.array([0.10, 0.20, 0.25, 0.15, 0.10, 0.20])
CUTS = [71.5, 78, 84]  # of the total: below the first is class 0, from the last on class 3
VETO, VETO_MARKS = 65, [4, 5]  # 系统实现 or 回答问题 below this is class 0, whatever the total
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def draw(n, seed):
    """Return marks (n, 6) from 0 to 100 and classes (n,) from 0 to 3, both of whole numbers."""
    rng = np.random.default_rng(seed)
    ability = rng.standard_normal((n, 1))
    marks = 78 + 8 * ability * ABILITY + NOISE * rng.standard_normal((n, 6))
    marks = marks.round().clip(0, 100).astype(int)
    total = marks @ WEIGHTS + rng.normal(0, 0.3, n)
    classes = np.digitize(total, CUTS)
    classes[(marks[:, VETO_MARKS] < VETO).any(axis=1)] = 0
    return marks, classes


def rows(n, seed, first):
    """Return n rows of text; first: the number of the first student."""
    marks, classes = draw(n, seed)
    table = []
    for k in range(n):
        number = first + k
        pair = STEMS[number % 10] + BRANCHES[number % 12]
        table.append([f"虚拟{pair}{number // 60 + 1:02d}", f"02099{number + 1:04d}",
                      *map(str, marks[k]), str(classes[k])])
    return table


def dirty_rows():
    """Return 41 rows with what real tables come with, each fault put in by hand, in its place."""
    # An empty column at the end, as spreadsheets leave it.
    table = [[*row, ""] for row in rows(40, seed=2100, first=600)]
    for row, column in [(4, 3), (17, 6), (30, 2)]:
        table[row][column] = ""
    for row, column in [(9, 5), (22, 7)]:
        table[row][column] = "缺考"
    table[13][4] = "980"
    table.insert(26, table[19])
    return table


def text(header, table):
    """Return the table as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *table])
    return out.getvalue()


def files():
    """Return {file name: bytes}."""
    return {
        f"{NAME}.csv": text(HEADER, rows(600, seed=2099, first=0)).encode("utf-8"),
        f"{NAME}_待清洗.csv": text([*HEADER, ""], dirty_rows()).encode("gbk"),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, content in files().items():
        (folder / name).write_bytes(content)
