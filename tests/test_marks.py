"""The marks of a project defence: the loader, the generator, and what the data card claims."""

import csv
import hashlib
import io
import re
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from helpers import data
from tests import loading
from tests.loading import PROPERTY

file = loading.file
GENERATOR = data.DATASETS / "大数据答辩成绩表.py"
CSV = GENERATOR.with_suffix(".csv")
DIRTY = data.DATASETS / "大数据答辩成绩表_待清洗.csv"
MADE = runpy.run_path(str(GENERATOR))
COLUMNS = ["姓名", "学号", "选题与工作量", "技术难度", "论文质量", "答辩表达", "系统实现",
           "回答问题", "等级"]
NUMERIC = COLUMNS[2:]
HEADER = ",".join(COLUMNS)
ROWS = ["虚拟甲子01,020990001,80,81,82,83,84,85,3", "虚拟乙丑01,020990002,60,61,62,63,64,65,0"]
LINES = CSV.read_text(encoding="utf-8").splitlines()


def table(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


def row(number=2, **cells):
    """Return a good row as text, with other cells where they are given."""
    good = dict(zip(COLUMNS, ["虚拟丙寅01", f"02099{number:04d}", *["70"] * 6, "1"], strict=True))
    return ",".join((good | cells).values())


def pandas_reads(content, encoding="utf-8"):
    return pd.read_csv(io.BytesIO(content), dtype={"学号": str}, encoding=encoding)


def refuse(*parts, kind=ValueError, **arguments):
    """Load marks that must be refused, and return the message: see loading.refused."""
    return loading.refused(lambda: data.load_marks(**arguments), *parts, kind=kind)


# What it returns


def test_the_file_of_the_course_is_what_pandas_reads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    marks = data.load_marks()
    assert_frame_equal(marks, pandas_reads(CSV.read_bytes()), check_exact=True)
    assert marks.shape == (600, 9) and list(marks) == COLUMNS == data.MARKS_HEADER
    assert data.MARKS == COLUMNS[2:8]
    assert {marks[column].dtype for column in NUMERIC} == {np.dtype("int64")}
    assert marks["学号"].tolist() == [line.split(",")[1] for line in LINES[1:]]


def test_dtypes_follow_each_column(file):
    path = file(table(row(1, 技术难度="70.5", 等级="2.0"), row(2, 论文质量="1e2", 系统实现="8.0")))
    marks = data.load_marks(path)
    assert marks["技术难度"].dtype == "float64" and marks["技术难度"].tolist() == [70.5, 70]
    assert {str(marks[c].dtype) for c in NUMERIC if c != "技术难度"} == {"int64"}
    assert marks["等级"].tolist() == [2, 1]
    assert marks["论文质量"].tolist() == [70, 100] and marks["系统实现"].tolist() == [70, 8]


def test_marks_and_classes_at_the_edge(file):
    path = file(table(row(1, 技术难度="0", 等级="0"), row(2, 技术难度="100", 等级="3")))
    marks = data.load_marks(path)
    assert marks["技术难度"].tolist() == [0, 100] and marks["等级"].tolist() == [0, 3]


WHOLE = table(*ROWS)


@pytest.mark.parametrize("content, encoding", [
    (WHOLE.encode("utf-8-sig"), "utf-8"),
    (WHOLE.replace("\n", "\r\n").encode(), "utf-8"),
    (WHOLE.replace("\n", "\r").encode(), "utf-8"),
    (WHOLE.replace("\n", "\r\n").encode("gbk"), "gbk"),
    (WHOLE.rstrip().encode(), "utf-8"),
    (WHOLE.replace(",", " , ").encode(), "utf-8"),
    (WHOLE.replace(",", "\u3000,\t").encode("gbk"), "gbk"),
    (WHOLE.replace("80", '" 80 "').replace("姓名", '"姓名"').encode(), "utf-8"),
    (b"\n" + WHOLE.replace("\n", "\n \n\n").encode(), "utf-8"),
    (WHOLE.encode("gb18030"), "gb18030"),
    (("\ufeff" + WHOLE).encode("gb18030"), "gb18030"),
    (WHOLE.encode("gb2312"), "gbk"),
], ids=["bom", "windows", "old-mac", "windows-gbk", "no-last-end", "spaces", "wide-spaces",
        "quotes", "blank", "gb18030", "bom-gb18030", "gb2312"])
def test_harmless_forms_read_alike(file, content, encoding):
    marks = data.load_marks(str(file(content)), encoding=encoding)
    assert_frame_equal(marks, pandas_reads(WHOLE.encode()))


@pytest.mark.parametrize("spelling", [
    "utf-8", "UTF-8", "utf8", "UTF_8", "UTF-8-SIG", "gbk", "GBK", "cp936", "gb2312", "GB2312",
    "GB18030", "gb18030-2000",
])
def test_spellings_of_an_encoding(file, spelling):
    content = WHOLE.encode("utf-8" if spelling.lower().startswith("utf") else "gbk")
    assert len(data.load_marks(file(content), encoding=spelling)) == 2


def test_a_rare_character_of_a_name_is_read_as_gbk_too(file):
    name = "虚拟䶮"  # in GB 18030 with four bytes, in GBK not at all
    marks = data.load_marks(file(table(row(姓名=name)).encode("gb18030")), encoding="gbk")
    assert marks["姓名"].tolist() == [name]


def test_pandas_is_imported_only_when_marks_are_read():
    code = "import sys, helpers.data; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=data.DATASETS.parent).returncode == 0


ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030"])
CHINESE = st.text("虚拟甲乙丙丁子丑寅卯喆镕堃·等级名", min_size=1, max_size=4)
NUMBERS = st.one_of(st.integers(0, 100).map(str), st.integers(0, 99).map(lambda n: f"{n}.5"))


@PROPERTY
@given(names=st.lists(CHINESE, min_size=1, max_size=5), encoding=ENCODINGS,
       end=st.sampled_from(["\n", "\r\n"]), draw=st.data())
def test_any_clean_file_is_what_pandas_reads(file, names, encoding, end, draw):
    rows = [",".join([name, f"00{number}", *draw.draw(st.lists(NUMBERS, min_size=6, max_size=6)),
                      str(draw.draw(st.integers(0, 3)))]) for number, name in enumerate(names)]
    content = end.join([HEADER, *rows, ""]).encode(encoding)
    marks = data.load_marks(file(content), encoding=encoding)
    assert_frame_equal(marks, pandas_reads(content, encoding))


# Missing values


def test_missing_values_are_counted_or_left_out(file):
    path = file(table(row(1), row(2, 技术难度="", 等级="NA"), row(3, 技术难度=" NA "), row(4)))
    message = refuse("2", "4", "3", "技术难度", "等级", 'missing="drop"', path=path)
    assert message == (
        f"{path}: missing values in 2 of 4 rows (技术难度: 2, 等级: 1; first on line 3); "
        'if you mean to leave such rows out, pass missing="drop" · '
        "4 行数据中有 2 行含缺失值（技术难度 缺 2 个，等级 缺 1 个；首次出现在文件第 3 行）；"
        '如果确定要舍弃这些行，请传入 missing="drop"'
    )
    marks = data.load_marks(path, missing="drop")
    assert_frame_equal(marks, pandas_reads(table(row(1), row(4)).encode()))


def test_nothing_left(file):
    path = file(table(row(1, 技术难度=""), row(2, 等级="NA")))
    refuse("2", "missing", "complete the file", path=path, missing="drop")


@pytest.mark.parametrize("column", ["姓名", "学号"])
@pytest.mark.parametrize("cell", ["", "NA", '" "'])
@pytest.mark.parametrize("missing", ["error", "drop"])
def test_a_row_without_name_or_number(file, column, cell, missing):
    path = file(table(row(1), row(2, **{column: cell})))
    refuse(path, "3", column, "no value", "fill it in", path=path, missing=missing)


def test_a_number_that_two_rows_share(file):
    path = file(table(row(1), "", row(2), row(3), row(2, 姓名="虚拟丁卯01", 等级="")))
    message = refuse(path, "学号", "'020990002'", "delete one", path=path)
    assert "lines 4 and 6 have" in message and "第 4 行和第 6 行" in message
    assert message == refuse(path=path, missing="drop")


# Bad arguments


@pytest.mark.parametrize("encoding", [
    "latin1", "big5", "utf-16", "gkb", "", "a.b", "\0", "\ud800", None, 8, b"gbk", ["gbk"],
])
def test_another_encoding_is_refused(encoding):
    message = refuse('"utf-8"', '"gbk"', '"gb18030"', encoding=encoding)
    assert message.startswith(f"encoding={encoding!r}: ")


def test_bad_missing():
    for value in "ignore", None, ["drop"]:
        refuse(f"missing={value!r}", '"error"', '"drop"', missing=value)


@pytest.mark.parametrize("path, shown", [
    (3, "path=3: "), (["a.csv"], "path=['a.csv']: "), (b"a.csv", "path=b'a.csv': "),
    ("D:\0.csv", "path='D:\\x00.csv': "), (pd.DataFrame({"a": [1, 2]}), "path=   a 0  1 1  2: "),
])
def test_what_is_no_path(path, shown):
    assert refuse("not the name of a file", path=path).startswith(shown)


# Bad files


def test_no_file_or_a_folder(tmp_path, file):
    missing = tmp_path / "no.csv"
    refuse(str(missing), "no such file", kind=FileNotFoundError, path=missing)
    inside = file(WHOLE) / "no.csv"
    refuse(str(inside), "no such file", kind=FileNotFoundError, path=inside)
    refuse(str(tmp_path), "is a folder", kind=IsADirectoryError, path=tmp_path)
    message = refuse("no such file", kind=FileNotFoundError, path="D:\new.csv")
    assert message.startswith(r"'D:\new.csv': "), "a line break in a name is shown, not printed"


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"),
                                   OSError(36, "File name too long")])
def test_a_file_that_cannot_be_read(monkeypatch, error):
    def fail(path):
        raise error

    monkeypatch.setattr(Path, "read_bytes", fail)
    refuse("cannot be read", error.strerror, kind=type(error))


def test_the_place_of_the_course_is_not_shown():
    place = str(data.DATASETS.parent)
    assert place not in refuse("no.csv", kind=FileNotFoundError, path=data.DATASETS / "no.csv")
    assert refuse(path=DIRTY).startswith(f"{DIRTY.name}: ")
    assert refuse(encoding="gbk").startswith("大数据答辩成绩表.csv: ")


@pytest.mark.parametrize("content, parts", [
    ("", ["empty"]),
    ("\ufeff\n \n", ["empty"]),
    (HEADER, ["only a header"]),
    (table(), ["only a header"]),
    (table(*ROWS, header=HEADER.replace("姓名", "等级")), ["['等级']", "more than one"]),
    (table(ROWS[0] + ",,", header=HEADER + ",,"), ["['']", "more than one"]),
    (table(ROWS[0], ROWS[1] + ","), ["3", "10", "9"]),
    (table(*ROWS, header=HEADER + ","), ["2", "9", "10"]),
    (table(ROWS[0], "", ROWS[1].removesuffix(",0")), ["4", "8", "9"]),
    (table(ROWS[0], ROWS[1].replace("61", '"61'), *ROWS), ["3", "quotation marks"]),
    (table(ROWS[0], '"虚拟" 乙丑,2,1,1,1,1,1,1,1'), ["3", "quotation marks"]),
])
def test_bad_shape_of_a_file(file, content, parts):
    path = file(content)
    assert refuse(path, *parts, path=path).startswith(str(path))


@pytest.mark.parametrize("header, parts", [
    (HEADER.replace(",技术难度", ""), ["no column", "['技术难度']"]),
    (HEADER.removeprefix("姓名,学号,"), ["no column", "['姓名', '学号']"]),
    (HEADER.replace("等级", "成绩"), ["no column", "['等级']", "unknown column", "['成绩']"]),
    (HEADER + ",备注", ["unknown column", "['备注']"]),
    (HEADER + ",", ["unknown column", "['']", "a comma at the end of each line", "index=False"]),
    ("," + HEADER, ["unknown column", "['']", "index=False"]),
    (HEADER.replace("姓名,学号", "学号,姓名"), ["in another order"]),
    (",".join(COLUMNS[-1:] + COLUMNS[:-1]), ["in another order"]),
    (HEADER.replace(",", ";"), ["no column", "['姓名', '学号', ", "unknown column", "姓名;学号"]),
    (HEADER.replace(",", "\t"), ["no column", "unknown column", "姓名\\t学号"]),
    (ROWS[0], ["no column", "['姓名', ", "unknown column", "['虚拟甲子01', "]),
])
def test_another_header(file, header, parts):
    path = file(table(",".join("1" for _ in header.split(",")), header=header))
    message = refuse(path, *parts, HEADER, path=path)
    others = {"no column", "unknown column", "in another order", "index=False"}.difference(parts)
    assert not any(other in message for other in others), "one clear message, of what is wrong"
    assert message.startswith(f"{path}, {data._short(header.split(','), 110)}: ")


@pytest.mark.parametrize("cell", [
    "缺考", "980", "-5", "100.5", "-0.1", "101", "1e999", "nan", "NaN", "inf", "-inf", "8_0", "--3",
    "80分", "八十", "优", "80/100", "na", "N/A", "0x10", "8 0", "８０分", "a\nb", "x" * 100,
])
def test_a_cell_that_is_no_mark(file, cell):
    path = file(table(ROWS[0], row(技术难度=f'"{cell}"')))
    shown = repr(cell) if len(cell) < 39 else f"'{cell[:38]}…"
    message = refuse(path, "3", "技术难度", shown, "0", "100", path=path)
    assert "is not a number from 0 to 100; correct it, or write NA if it is missing · " in message
    assert message == refuse(path=path, missing="drop")


@pytest.mark.parametrize("cell", ["4", "-1", "1.5", "2.0001", "60", "优秀", "nan", "inf", "2_0"])
def test_a_cell_that_is_no_class(file, cell):
    path = file(table(*ROWS, row(3, 等级=cell)))
    message = refuse(path, "4", "等级", repr(cell), "0", "1", "2", "3", path=path)
    assert "is not a class (0, 1, 2 or 3, counted from 0)" in message
    assert message == refuse(path=path, missing="drop")


def test_classes_counted_from_one(file):
    rows = [row(number, 等级=str(number)) for number in (1, 2, 3, 4)]
    refuse("5", "等级", "'4'", "counted from", path=file(table(*rows)))


# Encodings


def test_gbk_without_a_word_about_it():
    message = refuse("1", "0xD0", 'encoding="gbk"', "GBK", path=DIRTY)
    assert message == (
        "大数据答辩成绩表_待清洗.csv: line 1 is not UTF-8 text (byte 0xD0); the file looks like "
        'GBK: pass encoding="gbk" · '
        '第 1 行不是 UTF-8 文本（字节 0xD0）；这个文件看起来是 GBK 编码：请传入 encoding="gbk"'
    )


@pytest.mark.parametrize("content, line, byte, code", [
    (table("阿德利,1", header="species,year").encode("gbk"), 2, "0xB0", "gbk"),
    (WHOLE.encode("gbk") + b"\xff\n", 1, "0xD0", "gbk"),
    (WHOLE.encode() + "虚拟".encode("gbk"), 4, "0xD0", "gbk"),
    (table("虚拟").encode()[:-2], 2, "0xE6", "gbk"),
    (WHOLE.encode("big5", "replace"), 1, "0xA9", "gbk"),
    (WHOLE.encode("utf-16"), 1, "0xFF", "utf-16"),
    (WHOLE.encode("utf-16-le"), 1, "0xD3", "utf-16"),
    (WHOLE.replace("虚", "\0").encode(), 2, "0x00", "utf-16"),
])
def test_neither_utf_8_nor_gbk(file, content, line, byte, code):
    path = file(content)
    message = refuse(path, line, byte, f'path.read_text(encoding="{code}")', "UTF-8", path=path)
    assert "pass encoding" not in message


@pytest.mark.parametrize("content, line, byte, code", [
    (WHOLE.encode("gbk") + b"\xff\n", 4, "0xFF", '"gb18030", errors="replace"'),
    (WHOLE.encode("utf-16"), 1, "0xFF", '"utf-16"'),
    (WHOLE.encode("gbk").replace(b"80", b"\0"), 2, "0x00", '"utf-16"'),
])
def test_not_gbk_either(file, content, line, byte, code):
    path = file(content)
    refuse(path, f"{line}", byte, "GBK", f"path.read_text(encoding={code})", "UTF-8",
           path=path, encoding="gbk")


def decodes(content, encoding):
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("encoding", ["gbk", "GB2312", "gb18030"])
@pytest.mark.parametrize("text, silent", [
    (WHOLE, False), (WHOLE.replace("技术难度", "难度"), True), ("姓名,学号\n虚拟,1\n", True),
    ("\ufeff姓名,学号\n虚拟,1\n", False), ("x,y\n一,1\n", False), ("x,y\n二三,1\n", True),
], ids=["course", "silent-course", "silent", "bom", "only-cells", "silent-only-cells"])
def test_utf_8_read_as_gbk(file, text, silent, encoding):
    content = text.encode()
    assert decodes(content, "gb18030") == silent, "both ways to go wrong have to be tried"
    path = file(content)
    message = refuse(path, "UTF-8", "encoding", path=path, encoding=encoding)
    assert message == (f"{path}: this file is UTF-8; leave `encoding` out · "
                       "这个文件是 UTF-8 编码；请去掉参数 encoding")


def test_utf_8_that_is_damaged_is_still_known_by_its_header(file):
    path = file(WHOLE.encode() + b"\xff")
    refuse("this file is", "UTF-8", path=path, encoding="gbk")
    refuse("4", "0xFF", path=path)


def test_a_column_in_ascii_tells_no_encoding(file):
    text = "姓名,x,class\n" + "甲,1,0\n乙,2,1\n" * 4
    for encoding in "utf-8", "gbk":
        table = data.load_table(file(text.encode(encoding)), "class", encoding=encoding)
        assert list(table) == ["姓名", "x", "class"] and len(table) == 8
    plain = file("x,class\n" + "1,0\n2,1\n" * 4)
    assert_frame_equal(data.load_table(plain, "class", encoding="gbk"),
                       data.load_table(plain, "class"))


def test_what_is_the_same_in_all_encodings(file):
    path = file("x,y\n1,2\n")
    assert refuse("no column", path=path) == refuse("no column", path=path, encoding="gbk")


OTHER = st.text("abc1;备注成绩总分镕喆䶮", min_size=1, max_size=5)


@PROPERTY
@given(known=st.sets(st.sampled_from(COLUMNS), min_size=1), others=st.lists(OTHER, max_size=3),
       cells=st.lists(CHINESE, max_size=4), order=st.randoms(use_true_random=False),
       end=st.sampled_from(["", ",", "\r\n"]), bom=st.booleans())
def test_any_known_column_tells_the_encoding(file, known, others, cells, order, end, bom):
    header = [*sorted(known), *others]
    order.shuffle(header)
    text = "\n".join([",".join(header) + end, *cells])
    for encoding in "gbk", "gb18030":
        refuse("this file is", "UTF-8", path=file("\ufeff" * bom + text), encoding=encoding)
    refuse("the file looks like", 'encoding="gbk"', path=file(text.encode("gb18030")))
    for encoding in "utf-8", "gb18030":  # the right one is not argued with
        try:
            data.load_marks(file(text.encode(encoding)), encoding=encoding)
        except ValueError as error:
            assert "UTF-8" not in str(error) and "GBK" not in str(error)


# Any bad input


NO_CLASS = st.integers(4) | st.integers(max_value=-1) | st.floats(0, 3).filter(lambda x: x % 1)
NO_MARK = st.floats(100, exclude_min=True) | st.floats(max_value=0, exclude_max=True)
NO_MARK = NO_MARK.filter(lambda number: number != 0)  # -0.0


@PROPERTY
@given(at=st.integers(1, 40), column=st.sampled_from(NUMERIC), draw=st.data(),
       missing=st.sampled_from(["error", "drop"]), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_any_text_in_a_mark_is_named(file, at, column, draw, missing, encoding):
    bad_number = NO_CLASS if column == "等级" else NO_MARK
    text = draw.draw(loading.NOT_A_NUMBER | bad_number.map(str))
    cells = [line.split(",") for line in LINES[:41]]
    cells[at][COLUMNS.index(column)] = text
    written = io.StringIO(newline="")
    csv.writer(written).writerows(cells)
    path = file(written.getvalue().encode(encoding))
    message = refuse(column, path=path, missing=missing, encoding=encoding)
    assert f" line {at + 1}, column {column}: {data._short(text)} " in message
    assert f"第 {at + 1} 行 {column} 列：{data._short(text)} " in message


@PROPERTY
@given(header=st.lists(st.sampled_from(COLUMNS) | OTHER | st.just(""), min_size=1, unique=True))
def test_any_other_header_is_named(file, header):
    assume(header != [""] and header != COLUMNS)
    path = file(table(",".join("1" for _ in header), header=",".join(header)))
    message = refuse(HEADER, path=path)
    absent = [column for column in COLUMNS if column not in header]
    others = [column for column in header if column not in COLUMNS]
    assert (f"no column {data._short(absent, 110)} " in message) == bool(absent)
    assert (f"unknown column {data._short(others, 110)};" in message) == bool(others)
    assert ("another order" in message) == (not absent and not others)


@PROPERTY
@given(order=st.permutations(COLUMNS))
def test_any_other_order_is_refused(file, order):
    path = file(table(*ROWS, header=",".join(order)))
    if order != COLUMNS:
        refuse("in another order", HEADER, path=path)


def clean_or_refused(path, **arguments):
    """Return the marks, or None after one of our errors; anything else is a failure."""
    marks = loading.loaded_or_refused(lambda: data.load_marks(path, **arguments))
    if marks is not None:
        assert list(marks) == COLUMNS and list(marks.index) == list(range(len(marks)))
        assert marks[data.MARKS].to_numpy().min() >= 0 and marks[data.MARKS].to_numpy().max() <= 100
        assert marks["等级"].isin(range(4)).all() and marks["等级"].dtype == "int64"
        assert marks["学号"].is_unique and not marks.isna().any(axis=None)
    return marks


@PROPERTY
@given(content=loading.any_bytes(WHOLE) | loading.any_bytes(HEADER + "\n"),
       encoding=st.sampled_from(["utf-8", "gbk", "gb18030"]))
def test_any_bytes_are_read_or_refused(file, content, encoding):
    clean_or_refused(file(content), missing="drop", encoding=encoding)


@PROPERTY
@given(damaged=loading.damaged(WHOLE))
def test_a_damaged_file_never_loses_rows_silently(file, damaged):
    marks = clean_or_refused(file(damaged))
    if marks is not None:
        assert len(marks) == loading.filled_lines(damaged) - 1


@PROPERTY
@given(gaps=st.sets(st.tuples(st.integers(1, 40), st.integers(2, 8))))
def test_the_rows_that_are_dropped_are_those_counted(file, gaps):
    cells = [line.split(",") for line in LINES[:42]]  # row 41 keeps its values
    for at, place in gaps:
        cells[at][place] = "NA"
    path = file("\n".join(",".join(line) for line in cells))
    lost = sorted({at for at, _ in gaps})
    marks = data.load_marks(path, missing="drop")
    assert marks["学号"].tolist() == [cells[at][1] for at in range(1, 42) if at not in lost]
    if lost:
        message = refuse(path=path)
        assert f" in {len(lost)} of 41 rows (" in message
        assert f"; first on line {lost[0] + 1});" in message


# The generator


def test_the_generator_makes_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(GENERATOR), str(tmp_path)])
    runpy.run_path(str(GENERATOR), run_name="__main__")
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in (CSV, DIRTY)} == MADE["files"]()
    beside = {path.name for path in data.DATASETS.glob("大数据*")}
    assert beside == {*made, GENERATOR.name, "大数据答辩成绩表.md"}


def test_no_name_and_no_number_could_be_a_real_one():
    pair = "[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]"
    invented = re.compile(f"虚拟{pair}[0-9]{{2}},02099[0-9]{{4}},")
    for path, encoding in (CSV, "utf-8"), (DIRTY, "gbk"):
        _, *lines = path.read_text(encoding=encoding).splitlines()
        assert all(invented.match(line) for line in lines)


# The data card

CARD = GENERATOR.with_suffix(".md").read_text(encoding="utf-8")
HALVES = dict(zip(["en", "zh"], CARD.split("\n# 大数据答辩成绩表\n"), strict=True))
both_halves = pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)


def numbers(half, *patterns):
    """Return the numbers that stand where the one of `patterns` that fits has its groups."""
    found = [match for pattern in patterns for match in re.findall(pattern, half)]
    assert len(found) == 1, (patterns, found)
    return [float(number) for number in ([found[0]] if isinstance(found[0], str) else found[0])]


@both_halves
def test_card_names_both_files_and_says_that_they_are_invented(half):
    sums = dict(re.findall(r"`(大数据答辩成绩表\S*?)`[:：]\s*`([0-9a-f]{64})`", half))
    assert sums == {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                    for path in (CSV, DIRTY)}
    assert len(re.findall("[0-9a-f]{64}", half)) == 2
    assert re.search(r"\*\*Invented for this course: no row is a real person, and no real mark|"
                     r"\*\*本数据为本课程虚构：没有任何一行对应真实的人，也没有用到任何真实", half)
    assert "CC BY 4.0" in half and "https://creativecommons.org/licenses/by/4.0/" in half


@both_halves
def test_card_states_what_the_columns_hold(half):
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| .+ \| (.+) \| (\d+) \|$", half, re.MULTILINE)
    assert [column for column, *_ in rows] == COLUMNS
    marks = data.load_marks()
    for column, _, stated, gaps in rows:
        assert int(gaps) == marks[column].isna().sum() == 0
        if column in data.MARKS:
            low, high = map(int, stated.split("–"))
            assert [low, high] == [marks[column].min(), marks[column].max()]
    assert re.search(r"\b600\b", rows[0][2]) and marks["姓名"].is_unique
    assert rows[1][2] == f"{marks['学号'].min()}–{marks['学号'].max()}"
    counts = re.findall(r"(\d) (\w+) (\d+)", rows[-1][2])
    assert [(int(k), int(n)) for k, _, n in counts] == sorted(Counter(marks["等级"]).items())
    names = [name for _, name, _ in counts]
    assert names in (["fail", "pass", "good", "excellent"], ["不通过", "通过", "良好", "优秀"])
    assert numbers(half, "each of (600) ", "(600) 名") == [len(marks)]
    limits = numbers(half, r"whole numbers from (\d+) to (\d+)", r"都是 (\d+) 到 (\d+) 的整数")
    assert limits == numbers(half, r"kept within (\d+) to (\d+)", r"限制在 (\d+) 到 (\d+) 之间")
    assert limits == [0, 100]
    year, = numbers(half, r"of the year (\d+)", r"属于 (\d+) 年")
    first, = numbers(half, r"it begins with (\d)", r"开头有 (\d)")
    assert marks["学号"].str.startswith(f"{first:.0f}{year:.0f}").all()
    shares = re.findall(r"(\d) (\w+) (\d+) %", half)
    assert shares == [(str(k), name, f"{100 * (marks['等级'] == k).mean():.0f}")
                      for k, name in enumerate(names)]
    assert re.search("虚拟甲子01.*020990001", half) and LINES[1].startswith("虚拟甲子01,020990001")


@both_halves
def test_card_tells_how_to_draw_the_very_same_table(half):
    seed, = numbers(half, r"seed (2099)", r"种子为 (2099)")
    middle, spread = numbers(half, r"= (\d+) \+ (\d+) · ")
    table = re.findall(r"^\| `(\w+)` \| ([\d.]+) \| (\d+) \| ([\d.]+) \|$", half, re.MULTILINE)
    assert [column for column, *_ in table] == data.MARKS
    follows, noise, weights = np.array([line[1:] for line in table], dtype=float).T
    blur, = numbers(half, r"deviation (0\.\d)", r"标准差为 (0\.\d)")
    cuts = numbers(
        half,
        r"below ([\d.]+) is class 0, from there class 1, from (\d+) class 2, from (\d+) class 3",
        r"低于 ([\d.]+) 为 0 类，从这里起为 1 类，从 (\d+) 起为 2 类，从 (\d+) 起为 3 类")
    veto, = numbers(
        half, r"`系统实现` or `回答问题` below (\d+) is class 0, whatever",
        r"`系统实现`或`回答问题`低于 (\d+) 分，不论总分多高，一律为 0 类")
    rng = np.random.default_rng(int(seed))
    ability = rng.standard_normal((600, 1))
    marks = middle + spread * ability * follows + noise * rng.standard_normal((600, 6))
    marks = marks.round().clip(0, 100)
    classes = np.digitize(marks @ weights + rng.normal(0, blur, 600), cuts)
    classes[(marks[:, [4, 5]] < veto).any(axis=1)] = 0
    loaded = data.load_marks()
    assert (loaded[data.MARKS] == marks).all(axis=None) and (loaded["等级"] == classes).all()


@both_halves
def test_card_counts_the_rows_under_the_veto(half):
    stated = numbers(
        half, r"applies to (\d+) of the 600 rows, (\d+) %: (\d+) for `系统实现`, (\d+) for "
        r"`回答问题`, (\d+) of them for both", r"600 行中有 (\d+) 行（(\d+) %）触发了一票否决："
        r"`系统实现`有 (\d+) 行，`回答问题`有 (\d+) 行，其中 (\d+) 行两项都低")
    marks = data.load_marks()
    one, other = marks["系统实现"] < 65, marks["回答问题"] < 65
    either = (one | other).sum()
    assert stated == [either, round(100 * either / 600), one.sum(), other.sum(),
                      (one & other).sum()]
    assert (marks["等级"][one | other] == 0).all()


@both_halves
def test_card_lists_the_faults_of_the_dirty_table(half):
    text = DIRTY.read_bytes().decode("gbk")
    header, *rows = csv.reader(io.StringIO(text))
    assert header == [*COLUMNS, ""] and all(cells[-1] == "" for cells in rows)
    students, total, seed = numbers(half, r"(\d+) other students in (\d+) rows \(seed (\d+)",
                                    r"另外 (\d+) 名学生，共 (\d+) 行（种子为 (\d+)")
    stated = re.search(r"020990601–020990640", half)
    assert [students, total] == [len({cells[1] for cells in rows}), len(rows)] == [40, 41]
    assert stated and [rows[0][1], rows[-1][1]] == stated[0].split("–")
    empty, absent, too_high, twice, good = numbers(
        half, r"(\d+) rows with an empty cell[^·]*(\d+) rows with `缺考`[^·]*(\d+) row with "
        r"the mark `980`[^·]*(\d+) row that stands there twice[^·]*Leaving [^·]* (\d+) rows remain",
        r"(\d+) 行有一个空单元格[^·]*(\d+) 行有`缺考`[^·]*(\d+) 行有分数`980`[^·]*"
        r"(\d+) 行出现了两次[^·]*还剩 (\d+) 行")
    for count, fault in (empty, ""), (absent, "缺考"), (too_high, "980"):
        assert count == sum(cells[2:8].count(fault) for cells in rows)
        assert count == sum(fault in cells[:9] for cells in rows)
    again = [cells for k, cells in enumerate(rows) if cells in rows[:k]]
    assert twice == len(again) == len(rows) - students
    clean = {cells[1] for cells in rows if not {"缺考", "980", ""}.intersection(cells[:9])}
    assert good == len(clean)
    assert "GBK" in half and not decodes(DIRTY.read_bytes(), "utf-8")
    marks, classes = MADE["draw"](40, int(seed))
    for cells in rows:
        k = int(cells[1]) - 20990601
        assert cells[1] not in clean or cells[2:8] == [*map(str, marks[k])]
        assert cells[8] == str(classes[k])


def test_the_dirty_table_read_step_by_step(file):
    """What a learner meets on the way from the dirty table to a clean one."""
    refuse('encoding="gbk"', path=DIRTY)
    refuse("unknown column", "['']", path=DIRTY, encoding="gbk")
    text = DIRTY.read_bytes().decode("gbk").replace(",\n", "\n")
    refuse("11", "答辩表达", "'缺考'", path=file(text))
    text = text.replace("缺考", "NA")
    refuse("15", "论文质量", "'980'", path=file(text))
    text = text.replace(",980,", ",98,")
    refuse("21", "28", "'020990620'", path=file(text))
    lines = text.splitlines()
    path = file("\n".join(dict.fromkeys(lines)))
    refuse("5", "40", "技术难度", path=path)
    assert len(data.load_marks(path, missing="drop")) == 35
