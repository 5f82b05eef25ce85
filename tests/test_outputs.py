"""`make outputs`: what it stores, and what it leaves as it is."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.notebooks import canonical, read, text_of
from tests.outputs import refresh

TIMING = {"tags": ["timing", "nbval-ignore-output"]}


def write(path, stored=""):
    """Write a notebook with a cell that is compared, a timing cell, and a cell with a widget."""
    cells = [
        new_code_cell("1 + 1", id="sum"),
        new_code_cell("import time\nprint(time.time_ns())", id="clock", metadata=TIMING),
        new_code_cell("print(1)", id="try", metadata={"tags": ["try-it", "nbval-ignore-output"]}),
    ]
    if stored:
        cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
    path.write_text(canonical(new_notebook(cells=cells)), encoding="utf-8")
    return path


def shown(path):
    return [text_of(cell.outputs).strip() for cell in read(path).cells]


def test_times_are_stored_once_for_both_editions_and_then_stay(tmp_path):
    zh, en = write(tmp_path / "zh.ipynb"), write(tmp_path / "en.ipynb")
    assert refresh(zh, en) and refresh(en, zh)
    result, clock, widget = shown(zh)
    assert result == "2" and clock.isdigit() and widget == ""
    assert shown(en) == shown(zh)
    before = zh.read_bytes(), en.read_bytes()
    assert not refresh(zh, en) and not refresh(en, zh)
    assert (zh.read_bytes(), en.read_bytes()) == before


def test_times_come_from_the_edition_that_has_them(tmp_path):
    zh, en = write(tmp_path / "zh.ipynb"), write(tmp_path / "en.ipynb", "17\n")
    refresh(zh, en)
    assert shown(zh) == ["2", "17", ""]
