"""helpers/data.py: what it returns, every message it can give, and what its data card claims."""

import csv
import hashlib
import io
import re
import shutil
import statistics
from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers import data
from tests import loading
from tests.loading import PROPERTY

file = loading.file
PENGUINS = data.DATASETS / "penguins"
CSV = PENGUINS / "penguins.csv"
NUMERIC = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
HEADER = "species,flipper_length_mm,body_mass_g"
ROWS = ["Adelie,181,3750", "Gentoo,211,4500", "Adelie,NA,3250", "Gentoo,230,"]
TWO = ["flipper_length_mm", "body_mass_g"]


def table(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


def refuse(*parts, columns=TWO, kind=ValueError, **arguments):
    """Load penguins that must be refused, and return the message: see loading.refused."""
    return loading.refused(lambda: data.load_penguins(columns, **arguments), *parts, kind=kind)


# What it returns


def test_datasets_does_not_depend_on_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert data.DATASETS.is_absolute() and data.DATASETS.name == "datasets"
    assert len(data.load_penguins(["year"])["species"]) == 344


def test_columns_come_as_float32_in_file_order():
    penguins = data.load_penguins(TWO, missing="drop")
    assert list(penguins) == ["species", *TWO]
    assert len(penguins["species"]) == 342
    assert {penguins[column].shape for column in TWO} == {torch.Size([342])}
    assert {penguins[column].dtype for column in TWO} == {torch.float32}
    with CSV.open(encoding="utf-8") as opened:
        rows = [row for row in csv.DictReader(opened) if row["body_mass_g"] != "NA"]
    assert penguins["species"] == [row["species"] for row in rows]
    for column in TWO:
        assert penguins[column].tolist() == [float(row[column]) for row in rows]


def test_all_columns_and_a_column_asked_for_twice():
    assert list(data.load_penguins(tuple(NUMERIC), missing="drop")) == ["species", *NUMERIC]
    assert list(data.load_penguins(["year", "year"])) == ["species", "year"]


def test_species_kept():
    penguins = data.load_penguins(TWO, species=["Gentoo", "Adelie"], missing="drop")
    assert Counter(penguins["species"]) == {"Adelie": 151, "Gentoo": 123}
    assert penguins["species"][0] == "Adelie", "the file's order, not the argument's"
    chinstrap = data.load_penguins(TWO, species=["Chinstrap"])
    assert len(chinstrap["species"]) == 68, "the gaps are in rows that nobody asked for"


@pytest.mark.parametrize("content", [
    table(*ROWS[:2]).encode("utf-8-sig"),
    table(*ROWS[:2]).replace("\n", "\r\n").encode(),
    table(*ROWS[:2]).replace("\n", "\r").encode(),
    table(*ROWS[:2]).rstrip().encode(),
    table(*ROWS[:2]).replace(",", " , ").encode(),
    table(*ROWS[:2]).replace(",", "\u3000,\t").encode(),
    b'"species", "flipper_length_mm","body_mass_g"\n"Adelie",181," 3750 "\nGentoo, 2.11e2,+4500\n',
    b"\n" + table(*ROWS[:2]).replace("\n", "\n \n\n").encode(),
], ids=["bom", "windows", "old-mac", "no-last-end", "spaces", "wide-spaces", "quotes", "blank"])
def test_harmless_forms_read_alike(file, content):
    penguins = data.load_penguins(TWO, path=str(file(content)))
    assert penguins["species"] == ["Adelie", "Gentoo"]
    assert penguins["flipper_length_mm"].tolist() == [181, 211]
    assert penguins["body_mass_g"].tolist() == [3750, 4500]


def test_other_columns_are_not_judged(file):
    path = file(table("Adelie,181,heavy", "Gentoo,211,NA"))
    assert data.load_penguins(["flipper_length_mm"], path=path)["flipper_length_mm"].shape == (2,)


# Missing values


def test_the_first_error_a_learner_meets():
    message = refuse("2", "344", "flipper_length_mm", "body_mass_g", 'missing="drop"')
    assert message == (
        "penguins.csv: missing values in 2 of 344 rows (flipper_length_mm: 2, body_mass_g: 2; "
        'first on line 5); if you mean to leave such rows out, pass missing="drop" · '
        "344 行数据中有 2 行含缺失值（flipper_length_mm 缺 2 个，body_mass_g 缺 2 个；"
        '首次出现在文件第 5 行）；如果确定要舍弃这些行，请传入 missing="drop"'
    )


def test_missing_counts_kept_rows_only(file):
    path = file(table(*ROWS))
    message = refuse("2", "4", "4", *TWO, path=path)
    assert "in 2 of 4 rows (flipper_length_mm: 1, body_mass_g: 1; first on line 4)" in message
    message = refuse("1", "2", "5", "body_mass_g", species=["Gentoo"], path=path)
    assert "in 1 of 2 rows (body_mass_g: 1; first on line 5)" in message
    assert data.load_penguins(TWO, missing="drop", path=path)["species"] == ["Adelie", "Gentoo"]


@pytest.mark.parametrize("gap", ["", "NA", '""', " NA "])
def test_a_penguin_without_species_is_not_left_out_silently(file, gap):
    path = file(table(ROWS[0], f"{gap},211,4500"))
    for species in None, ["Adelie"]:
        message = refuse("1", "2", "3", "species", species=species, path=path)
        assert "in 1 of 2 rows (species: 1; first on line 3)" in message
        kept = data.load_penguins(TWO, species=species, missing="drop", path=path)
        assert kept["species"] == ["Adelie"]
    refuse("species=['NA']", species=["NA"], path=path)


def test_nothing_left(file):
    refuse("2", "missing", missing="drop", path=file(table(*ROWS[2:])))


def test_line_of_a_row_after_a_cell_with_a_line_break(file):
    quoted = table('"Ade\nlie",181,3750', "Gentoo,211,heavy")
    refuse("4", "body_mass_g", "'heavy'", path=file(quoted))


# Bad arguments


@pytest.mark.parametrize("columns, parts", [
    ("body_mass_g", ["columns='body_mass_g'", "['body_mass_g']"]),
    ([], ["columns=[]", "['bill_length_mm']"]),
    ("", ["columns=''", "list"]),
    (None, ["columns=None", "list"]),
    ({"year"}, ["columns={'year'}", "list"]),
    (["sex", "year"], ["columns=['sex']", str(NUMERIC), "not among"]),
    (["flipper_lenght_mm"], ["columns=['flipper_lenght_mm']", str(NUMERIC)]),
    (["species"], ["columns=['species']", str(NUMERIC)]),
    ([["year"], 3], ["columns=[['year'], 3]", str(NUMERIC)]),
])
def test_bad_columns(columns, parts):
    message = refuse(columns=columns)
    assert all(part in message for part in parts)


def test_bad_species_and_bad_missing(file):
    message = refuse("penguins.csv, species=['Emperor']", species=["Emperor", "Gentoo"])
    assert "['Adelie', 'Chinstrap', 'Gentoo']" in message
    refuse("species='Adelie'", "['Adelie']", species="Adelie")
    refuse("species=[]", "['Adelie']", species=[])
    refuse("species=[]", species=[], path=file(table("NA,181,3750")))
    for value in "ignore", None, ["drop"]:
        refuse(f"missing={value!r}", '"error"', '"drop"', missing=value)


# Bad files


def test_no_file_or_a_folder(tmp_path):
    refuse(f"{tmp_path}/no.csv", "no such file", kind=FileNotFoundError, path=tmp_path / "no.csv")
    refuse("no.csv", "no such file", kind=FileNotFoundError, path="no.csv")
    refuse(str(tmp_path), "is a folder", kind=IsADirectoryError, path=tmp_path)


def test_the_place_of_the_course_is_not_shown(monkeypatch, tmp_path):
    place = str(data.DATASETS.parent)
    assert place not in refuse("no.csv", kind=FileNotFoundError, path=PENGUINS / "no.csv")
    assert place not in refuse("penguins", kind=IsADirectoryError, path=PENGUINS)
    assert place not in refuse("datasets", kind=IsADirectoryError, path=data.DATASETS)
    assert place not in refuse("README.md", path=PENGUINS / "README.md")
    monkeypatch.setattr(data, "DATASETS", tmp_path)
    assert str(tmp_path) not in refuse("penguins.csv", kind=FileNotFoundError)
    monkeypatch.chdir(tmp_path.parent)
    message = refuse(kind=FileNotFoundError, path=f"{tmp_path.name}/../elsewhere.csv")
    assert message.startswith(f"{tmp_path.name}/../elsewhere.csv: "), "as the caller wrote it"


@pytest.mark.parametrize("content, parts", [
    ("", ["empty"]),
    ("\ufeff\n \n", ["empty"]),
    (HEADER, ["only a header"]),
    (table(), ["only a header"]),
    (table(header="species,flipper_length_mm") + ROWS[0], ["2", "3"]),
    (table("Adelie,181", header="species,flipper_length_mm"), ["['body_mass_g']", "species"]),
    (table("181,3750", header="flipper_length_mm,body_mass_g"), ["['species']", "body_mass_g"]),
    (table("Adelie;181;3750", header=HEADER.replace(",", ";")), ["flipper_length_mm", HEADER[:7]]),
    (table("Adelie,1,2,3", header=f"{HEADER}, body_mass_g "), ["['body_mass_g']", "more than one"]),
    (table("Adelie,1,2,3,4", header=f"{HEADER},,"), ["['']", "more than one"]),
    (table(ROWS[0], "Gentoo,211"), ["3", "2"]),
    (table(ROWS[0], "", "Gentoo,211,4500,male"), ["4", "3"]),
    (table(ROWS[0], "Gentoo,211,4,500"), ["3", "4"]),
    (table(ROWS[0], 'Gentoo,211,"4500', *ROWS), ["3", "quotation marks"]),
    (table(ROWS[0], '"Gentoo" ,211,4500'), ["3", "quotation marks"]),
    (table(ROWS[0], "Gentoo,211," + "9" * 200_000), ["3", "field limit"]),
])
def test_bad_shape_of_a_file(file, content, parts):
    path = file(content)
    assert refuse(path, *parts, path=path).startswith(str(path))


@pytest.mark.parametrize("cell", [
    "heavy", "3,750", "18_7", "--3", "1e39", "-1e39", "1e999", "nan", "NaN", "-inf", "Infinity",
    "na", "n/a", "0x10", "３７５０克", "a\nb", "x" * 100,
])
def test_a_cell_that_is_not_a_number(file, cell):
    path = file(table(ROWS[0], f'Gentoo,"{cell}",4500'))
    shown = repr(cell) if len(cell) < 39 else f"'{cell[:38]}…"
    refuse(f"{path}", "3", "flipper_length_mm", shown, path=path)
    refuse("3", "flipper_length_mm", shown, species=["Adelie"], missing="drop", path=path)


@pytest.mark.parametrize("content, line, byte, encoding", [
    (table(ROWS[0], "阿德利,211,4500").encode("gbk"), 3, "0xB0", "gbk"),
    (table(ROWS[0]).encode("utf-16"), 1, "0xFF", "utf-16"),
    (table(ROWS[0]).encode("utf-16-le"), 1, "0x00", "utf-16"),
    (table(ROWS[0]).encode("utf-16-be"), 1, "0x00", "utf-16"),
    (table(ROWS[0], "G\0,1,2").encode(), 3, "0x00", "utf-16"),
    (table(ROWS[0]).encode() + b"\xe4\xbc", 3, "0xE4", "gbk"),
])
def test_another_encoding(file, content, line, byte, encoding):
    path = file(content)
    refuse(path, line, byte, f'path.read_text(encoding="{encoding}")', "UTF-8", path=path)


# Any bad input

LINES = CSV.read_text(encoding="utf-8").splitlines()


@PROPERTY
@given(row=st.integers(1, 40), column=st.sampled_from(NUMERIC), text=loading.NOT_A_NUMBER,
       missing=st.sampled_from(["error", "drop"]))
def test_any_text_in_a_numeric_cell_is_named(file, row, column, text, missing):
    cells = [line.split(",") for line in LINES[:41]]
    cells[row][cells[0].index(column)] = text
    written = io.StringIO(newline="")
    csv.writer(written).writerows(cells)
    path = file(written.getvalue())
    message = refuse(column, columns=NUMERIC, missing=missing, path=path)
    assert f" line {row + 1}, column {column}: {data._short(text)} " in message
    assert f"第 {row + 1} 行 {column} 列：{data._short(text)} " in message


def clean_or_refused(path, **arguments):
    """Return the penguins, or None after one of our errors; anything else is a failure."""
    penguins = loading.loaded_or_refused(lambda: data.load_penguins(TWO, path=path, **arguments))
    if penguins is not None:
        assert list(penguins) == ["species", *TWO]
        assert all(penguins[column].shape == (len(penguins["species"]),) for column in TWO)
        assert all(penguins[column].isfinite().all() for column in TWO)
    return penguins


@PROPERTY
@given(content=loading.any_bytes(table(*ROWS[:2])))
def test_any_bytes_are_read_or_refused(file, content):
    clean_or_refused(file(content), missing="drop")


@PROPERTY
@given(damaged=loading.damaged(table(*ROWS[:2])))
def test_a_damaged_file_never_loses_rows_silently(file, damaged):
    penguins = clean_or_refused(file(damaged))
    if penguins is not None:
        assert len(penguins["species"]) == loading.filled_lines(damaged) - 1


@PROPERTY
@given(column=st.sampled_from(NUMERIC), gaps=st.sets(st.integers(1, 40)))
def test_the_rows_that_are_dropped_are_those_counted(file, column, gaps):
    place = LINES[0].split(",").index(column)
    cells = [line.split(",") for line in LINES[:42]]  # row 41 keeps its values
    for row in gaps:
        cells[row][place] = "NA"
    path = file("\n".join(",".join(row) for row in cells))
    lost = [row for row in range(1, 42) if cells[row][place] == "NA"]
    kept = data.load_penguins([column], missing="drop", path=path)
    assert len(kept["species"]) == len(kept[column]) == 41 - len(lost)
    if lost:
        counted = f"in {len(lost)} of 41 rows ({column}: {len(lost)}; first on line {lost[0] + 1})"
        assert counted in refuse(column, columns=[column], path=path)


# The data card

CARD = (PENGUINS / "README.md").read_text(encoding="utf-8")
HALVES = dict(zip(["en", "zh"], CARD.split("\n# 帕尔默群岛的企鹅\n"), strict=True))
TABLE = list(csv.DictReader(LINES))


def values(column, **where):
    rows = [row for row in TABLE if all(row[key] == value for key, value in where.items())]
    return [float(row[column]) for row in rows if row[column] != "NA"]


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_card_states_what_the_file_holds(half):
    sums = re.findall("[0-9a-f]{64}", half)
    assert sums == [hashlib.sha256(CSV.read_bytes()).hexdigest()]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \| (\d+) \|$", half, re.MULTILINE)
    assert [row[0] for row in rows] == list(TABLE[0])
    for column, _, unit, stated, gaps in rows:
        ending = column.rpartition("_")[2]
        assert unit in {"mm": ("mm", "毫米"), "g": ("g", "克")}.get(ending, ("–", "year", "年"))
        cells = [row[column] for row in TABLE]
        assert cells.count("NA") == int(gaps)
        if column in NUMERIC:
            loaded = data.load_penguins([column], missing="drop")[column]
            assert len(loaded) == 344 - int(gaps)
            low, high = map(float, stated.split("–"))
            assert [low, high] == [min(values(column)), max(values(column))]
            assert torch.equal(torch.tensor([low, high]), torch.stack([loaded.min(), loaded.max()]))
        else:
            counts = dict(re.findall(r"(\w+) (\d+)", stated))
            assert {name: int(count) for name, count in counts.items()} == Counter(
                cell for cell in cells if cell != "NA"
            )
    assert "344" in half and len(TABLE) == 344
    assert re.search(r"^333 ", half, re.MULTILINE)
    assert sum("NA" not in row.values() for row in TABLE) == 333
    empty = [line for line, row in enumerate(TABLE, 2) if row["body_mass_g"] == "NA"]
    assert empty == [5, 273] and re.search(r"5 (and|行和第) 273", half)
    assert all(TABLE[line - 2][column] == "NA" for line in empty for column in NUMERIC[:4])


def test_card_tells_the_truth_about_groups_islands_and_steps():
    whole = [row for row in TABLE if row["bill_length_mm"] != "NA"]

    def slope(rows):
        return statistics.correlation(*(
            [float(row[column]) for row in rows] for column in ("bill_length_mm", "bill_depth_mm")
        ))

    assert slope(whole) < -0.2
    for kind in "Adelie", "Chinstrap", "Gentoo":
        assert slope([row for row in whole if row["species"] == kind]) > 0.3
    islands = {kind: {row["island"] for row in TABLE if row["species"] == kind}
               for kind in ("Adelie", "Chinstrap", "Gentoo")}
    assert islands["Gentoo"] == {"Biscoe"} and islands["Chinstrap"] == {"Dream"}
    assert all(mass % 25 == 0 for mass in values("body_mass_g"))


def test_a_copy_elsewhere_reads_the_same(tmp_path):
    copy = Path(shutil.copy(CSV, tmp_path))
    here, there = (data.load_penguins(TWO, missing="drop", path=path) for path in (None, copy))
    assert here["species"] == there["species"]
    assert all(torch.equal(here[column], there[column]) for column in TWO)
