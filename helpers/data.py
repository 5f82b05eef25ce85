"""Read a data set of the course, or say in one line, in both languages, why that is impossible.

Nothing is dropped or repaired silently: what comes back is what the file says.
"""

import csv
import io
from collections import Counter
from pathlib import Path

import torch

DATASETS = Path(__file__).resolve().parent.parent / "datasets"

_NUMERIC = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
_MISSING = ("", "NA")


def load_penguins(columns, species=None, missing="error", path=None):
    """Read columns of the penguins table: one row for each of N penguins, in file order.

    columns: list of names out of bill_length_mm, bill_depth_mm, flipper_length_mm (millimetres),
        body_mass_g (grams), year.
    species: list of the species to keep, out of "Adelie", "Chinstrap", "Gentoo"; None keeps all.
    missing: "error" refuses to go on when a kept row lacks its species or a value of `columns`
        (NA or an empty cell); "drop" leaves such rows out.
    path: another CSV file with the same header names, in UTF-8; None reads the course's file.

    Returns {"species": list of N str, and for each column its name: float32 tensor (N,)}.
    Raises FileNotFoundError, IsADirectoryError, and ValueError for anything else that is wrong.

    Source: palmerpenguins 0.1.6, CC0; Gorman, Williams and Fraser 2014,
    doi:10.1371/journal.pone.0090081. See datasets/penguins/README.md.
    """
    _check_names("columns", columns, _NUMERIC)
    if missing not in ("error", "drop"):
        raise _error(f"missing={_short(missing)}",
                     'use "error" (stop at missing values) or "drop" (leave their rows out)',
                     '请用 "error"（遇到缺失值就报错）或 "drop"（舍弃含缺失值的行）')
    path = DATASETS / "penguins" / "penguins.csv" if path is None else Path(path)
    # A stored output must not show where a machine keeps the course.
    name = path.name if path.resolve().is_relative_to(DATASETS) else str(path)
    header, rows = _read_csv(path, name)
    absent = [column for column in ("species", *columns) if column not in header]
    if absent:
        raise _error(f"{name}, {_short(header, 110)}",
                     f"no column {_short(absent)} in this header; correct the file's header",
                     f"上述表头中没有列 {_short(absent)}；请修改文件的表头")
    rows = [(line, dict(zip(header, cells, strict=True))) for line, cells in rows]
    if species is not None:
        found = {row["species"] for _, row in rows}.difference(_MISSING)
        _check_names(f"{name}, species", species, sorted(found))

    kept = []
    for line, row in rows:
        # Before the choice of species: a bad cell means a damaged file, whichever row it is in.
        values = {column: _number(row[column], column, line, name) for column in columns}
        values["species"] = None if row["species"] in _MISSING else row["species"]
        # A penguin of unknown species might belong to those asked for.
        if species is None or values["species"] in (None, *species):
            kept.append({"line": line, **values})
    gaps = [row for row in kept if None in row.values()]
    if gaps and missing == "error":
        counts = Counter(key for row in gaps for key, value in row.items() if value is None)
        english = ", ".join(f"{key}: {count}" for key, count in counts.items())
        chinese = "，".join(f"{key} 缺 {count} 个" for key, count in counts.items())
        line = gaps[0]["line"]
        raise _error(name, f"missing values in {len(gaps)} of {len(kept)} rows ({english}; first on"
                     f' line {line}); if you mean to leave such rows out, pass missing="drop"',
                     f"{len(kept)} 行数据中有 {len(gaps)} 行含缺失值（{chinese}；首次出现在文件第 "
                     f'{line} 行）；如果确定要舍弃这些行，请传入 missing="drop"')
    whole = [row for row in kept if None not in row.values()]
    if not whole:
        raise _error(name, f"all {len(kept)} rows have missing values; ask for other columns",
                     f"全部 {len(kept)} 行都含缺失值；请换用其他列")
    tensors = {c: torch.tensor([row[c] for row in whole], dtype=torch.float32) for c in columns}
    return {"species": [row["species"] for row in whole], **tensors}


def _read_csv(path, name):
    """Return the header, a list of C names, and a list of rows (line number, list of C cells)."""
    if path.is_dir():
        raise _error(name, "is a folder; give the name of the CSV file in it",
                     "这是文件夹；请给出其中 CSV 文件的名字", IsADirectoryError)
    if not path.exists():
        raise _error(name, "no such file; check its name and folder",
                     "找不到这个文件；请检查文件名和所在文件夹", FileNotFoundError)
    raw = path.read_bytes()
    bad = raw.find(b"\0")  # without its mark, UTF-16 passes as UTF-8 with a zero in each letter
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        bad = error.start
    if bad >= 0:
        line, byte = raw.count(b"\n", 0, bad) + 1, f"0x{raw[bad]:02X}"
        code = f'path.read_text(encoding="{"utf-16" if 0 in raw else "gbk"}")'
        raise _error(name, f"line {line} is not UTF-8 text (byte {byte}); save the file as UTF-8; "
                     f"to see what it says, try {code}",
                     f"第 {line} 行不是 UTF-8 文本（字节 {byte}）；请把文件另存为 UTF-8；"
                     f"想先看看内容，可以试试 {code}")
    # strict: otherwise a quotation mark without its partner swallows all the rows after it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    table, line = [], 1  # the line on which a row begins: quoted cells may hold line breaks
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if cells not in ([], [""]):  # a blank line holds no data
                table.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _error(name, f"line {line} is not valid CSV ({error}); check its quotation marks",
                     f"第 {line} 行不符合 CSV 格式；请检查这一行的引号") from None
    if len(table) < 2:
        found = ("only a header, no rows", "只有表头，没有数据") if table else ("empty", "是空文件")
        raise _error(name, f"{found[0]}; get the file again", f"{found[1]}；请重新获取文件")
    (_, header), *rows = table
    twice = [column for column in dict.fromkeys(header) if header.count(column) > 1]
    if twice:
        raise _error(name, f"more than one column is called {_short(twice)}; rename or delete one",
                     f"列名 {_short(twice)} 重复出现；请改名或删去多余的列")
    for line, cells in rows:
        if len(cells) != len(header):
            raise _error(name, f"line {line} has {len(cells)} cells, the header {len(header)}; "
                         "write missing values as NA, and text with commas in quotes",
                         f"第 {line} 行有 {len(cells)} 个单元格，表头有 {len(header)} 个；"
                         "缺失值请写 NA，含逗号的文字请加引号")
    return header, rows


def _number(text, column, line, name):
    """Return the cell as a float that float32 can hold, or None for a missing value."""
    if text in _MISSING:
        return None
    try:
        number = float(text.replace("_", "?"))  # float() would read 18_7 as 187
    except ValueError:
        number = float("nan")
    if not abs(number) <= torch.finfo(torch.float32).max:  # NaN compares false
        raise _error(name, f"line {line}, column {column}: {_short(text)} is not a number (finite, "
                     "in float32); correct it, or write NA if it is missing",
                     f"第 {line} 行 {column} 列：{_short(text)} 不是有效数值（须为 float32 能表示的"
                     "有限数）；请改正，缺失值请写 NA")
    return number


def _check_names(argument, names, known):
    """Refuse what is not a list of one or more names out of `known`."""
    if not isinstance(names, list | tuple) or not names:
        example = [names] if isinstance(names, str) else known[:1]
        raise _error(f"{argument}={_short(names)}", f"give a list of names, e.g. {_short(example)}",
                     f"请传入由名称组成的列表，例如 {_short(example)}")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise _error(f"{argument}={_short(unknown)}", f"not among {_short(known, 110)}; choose one "
                     "of these", "不在上述名称之中；请从中选择")


def _short(value, limit=40):
    """Return repr(value), which is one line whatever the value, cut to `limit` characters."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _error(where, english, chinese, kind=ValueError):
    return kind(f"{where}: {english} · {chinese}")
