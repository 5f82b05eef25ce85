"""helpers/lab.py: the learner's copy follows the course, and nothing the learner made is lost."""

import json
import os
import sys
from pathlib import Path

import pytest

from helpers import lab

LESSON = "zh/02_neuron.ipynb"


@pytest.fixture
def course(tmp_path):
    """A small course with a start page and one lesson in both languages."""
    root = tmp_path / "我的 课程"
    for name in ("start.ipynb", "glossary.md", LESSON, "en/02_neuron.ipynb"):
        path = root / "notebooks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"original of {name}", encoding="utf-8")
    hidden = root / "notebooks" / "zh" / ".ipynb_checkpoints" / "02_neuron-checkpoint.ipynb"
    hidden.parent.mkdir()
    hidden.touch()
    return root


@pytest.fixture
def opened(monkeypatch):
    """JupyterLab is not started; its command comes to this list."""
    commands = []
    monkeypatch.setattr(os, "execv", lambda program, command: commands.append(command))
    monkeypatch.setattr(os, "name", "posix")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    return commands


def refresh(root):
    return [path.as_posix() for path in lab.refresh(root / "notebooks", root / "work")]


def restore(root, lesson):
    pairs = lab.restore(root / "notebooks", root / "work", lesson)
    return [(path.as_posix(), mine and mine.as_posix()) for path, mine in pairs]


def change(root, folder, text, name=LESSON):
    (root / folder / name).write_text(text, encoding="utf-8")


def copy_of(root, name=LESSON):
    return (root / "work" / name).read_text(encoding="utf-8")


def snapshot(root):
    """All files of the learner's copy with their content and time."""
    files = (path for path in (root / "work").rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_missing_files_are_copied(course):
    assert refresh(course) == []
    files = sorted(p.relative_to(course / "work").as_posix() for p in snapshot(course))
    names = ["start.ipynb", "glossary.md", LESSON, "en/02_neuron.ipynb"]
    assert files == sorted([".copied.json", *names])
    assert copy_of(course) == f"original of {LESSON}"


def test_a_lesson_the_learner_deleted_comes_back(course):
    refresh(course)
    (course / "work" / LESSON).unlink()
    assert refresh(course) == []
    assert copy_of(course) == f"original of {LESSON}"


def test_untouched_copy_follows_the_course(course):
    refresh(course)
    for text in ("new", "newer"):
        change(course, "notebooks", text)
        assert refresh(course) == []
        assert copy_of(course) == text


def test_nothing_new_writes_no_lesson(course):
    refresh(course)
    before = snapshot(course)
    refresh(course)
    after = snapshot(course)
    assert {p: v for p, v in before.items() if p.name != lab.RECORD} == {
        p: v for p, v in after.items() if p.name != lab.RECORD
    }


def test_touched_copy_is_kept_in_silence_while_the_course_is_the_same(course):
    refresh(course)
    change(course, "work", "mine")
    assert refresh(course) == [] and refresh(course) == []
    assert copy_of(course) == "mine"


def test_touched_copy_of_an_updated_lesson_is_kept_and_named(course):
    refresh(course)
    change(course, "work", "mine")
    change(course, "notebooks", "new")
    for _ in range(2):
        assert refresh(course) == [LESSON]
        assert copy_of(course) == "mine"


NOTEBOOK = {
    "cells": [{"id": "a", "cell_type": "code", "source": ["x = 1\n", "x"], "outputs": []}],
    "metadata": {"kernelspec": {"name": "python3"}},
    "nbformat": 4,
}


def test_notebook_that_was_only_opened_follows_the_course(course):
    """JupyterLab saves it by itself, in its own form and with details of the kernel."""
    change(course, "notebooks", json.dumps(NOTEBOOK, indent=1))
    refresh(course)
    opened = NOTEBOOK | {"metadata": {"language_info": {"version": "3.11.7"}}}
    opened["cells"] = [NOTEBOOK["cells"][0] | {"source": "x = 1\nx"}]
    change(course, "work", json.dumps(opened))
    assert refresh(course) == []
    assert copy_of(course) == json.dumps(opened), "with nothing new, it is left as it is"
    change(course, "notebooks", "new")
    assert refresh(course) == []
    assert copy_of(course) == "new"


@pytest.mark.parametrize("key, value", [("source", "x = 2"), ("outputs", [{"text": "1"}])])
def test_notebook_with_one_changed_cell_is_the_learners_own(course, key, value):
    change(course, "notebooks", json.dumps(NOTEBOOK))
    refresh(course)
    edited = json.dumps(NOTEBOOK | {"cells": [NOTEBOOK["cells"][0] | {key: value}]})
    change(course, "work", edited)
    change(course, "notebooks", "new")
    assert refresh(course) == [LESSON]
    assert copy_of(course) == edited


def test_touched_copy_that_became_the_original_follows_again(course):
    refresh(course)
    change(course, "work", "new")
    change(course, "notebooks", "new")
    assert refresh(course) == []
    change(course, "notebooks", "newer")
    assert refresh(course) == []
    assert copy_of(course) == "newer"


def test_lesson_that_left_the_course(course):
    """The untouched copy goes along; a touched one and the learner's other files stay."""
    refresh(course)
    change(course, "work", "mine", "en/02_neuron.ipynb")
    change(course, "work", "my notes", "zh/notes.ipynb")
    for name in (LESSON, "en/02_neuron.ipynb"):
        (course / "notebooks" / name).unlink()
    for _ in range(2):
        assert refresh(course) == []
        assert not (course / "work" / LESSON).exists()
        assert copy_of(course, "en/02_neuron.ipynb") == "mine"
        assert copy_of(course, "zh/notes.ipynb") == "my notes"


@pytest.mark.parametrize(
    "record", [None, "", "{", "[]", "null", '{"zh/02_neuron.ipynb": 3}', b"\xff"]
)
def test_lost_or_corrupt_record_loses_nothing(course, record):
    refresh(course)
    change(course, "work", "mine")
    path = course / "work" / lab.RECORD
    path.unlink()
    if record is not None:
        path.write_bytes(record if isinstance(record, bytes) else record.encode())
    assert refresh(course) == [LESSON], "it may be out of date, so it is named"
    assert copy_of(course) == "mine"
    change(course, "notebooks", "new", "start.ipynb")
    assert refresh(course) == [LESSON], "what is identical to the original is known again"
    assert copy_of(course, "start.ipynb") == "new"


def test_cut_short_while_copying(course, monkeypatch):
    """Half a copy must not pass for a version that the learner wrote."""

    def full(self, content):
        with open(self, "wb") as file:
            file.write(content[:3])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(lab.Path, "write_bytes", full)
        assert lab.main([], course) == 1
    assert refresh(course) == []
    assert copy_of(course) == f"original of {LESSON}"


@pytest.mark.parametrize("lesson", ["02", "2", "02_neuron", "02_neuron.ipynb"])
def test_restore_keeps_the_learners_version(course, lesson):
    refresh(course)
    change(course, "work", "mine")
    expected = [("en/02_neuron.ipynb", None), (LESSON, "zh/02_neuron.mine-1.ipynb")]
    assert restore(course, lesson) == expected
    assert copy_of(course) == f"original of {LESSON}"
    assert copy_of(course, "zh/02_neuron.mine-1.ipynb") == "mine"


def test_restore_twice_keeps_both_versions(course):
    refresh(course)
    for number, text in enumerate(("first", "second"), 1):
        change(course, "work", text)
        assert restore(course, "02")[1] == (LESSON, f"zh/02_neuron.mine-{number}.ipynb")
    assert restore(course, "02")[1] == (LESSON, None)
    assert copy_of(course, "zh/02_neuron.mine-1.ipynb") == "first"
    assert copy_of(course, "zh/02_neuron.mine-2.ipynb") == "second"
    assert refresh(course) == []
    assert copy_of(course, "zh/02_neuron.mine-1.ipynb") == "first"


def test_restored_lesson_follows_the_course_again(course):
    refresh(course)
    change(course, "work", "mine")
    change(course, "notebooks", "new")
    restore(course, "02")
    change(course, "notebooks", "newer")
    assert refresh(course) == []
    assert copy_of(course) == "newer"


def test_restore_of_an_untouched_older_copy_keeps_no_version(course):
    refresh(course)
    change(course, "notebooks", "new")
    assert restore(course, "02")[1] == (LESSON, None)
    assert copy_of(course) == "new"


def test_restore_before_the_first_start_and_after_a_lost_record(course):
    assert restore(course, "start") == [("start.ipynb", None)]
    refresh(course)
    change(course, "work", "mine")
    (course / "work" / lab.RECORD).write_text("{")
    assert restore(course, "02")[1] == (LESSON, "zh/02_neuron.mine-1.ipynb")


@pytest.mark.parametrize("arguments", [["--restore"], ["--restore", "99"], ["--restore", "0"]])
def test_restore_of_an_unknown_lesson(course, capsys, arguments):
    refresh(course)
    before = snapshot(course)
    assert lab.main(arguments, course) == 1
    text = capsys.readouterr().err
    assert "There are: 02, glossary, start" in text and "现有：02、glossary、start" in text
    assert snapshot(course) == before


def test_restore_says_where_the_learners_version_is(course, capsys, opened):
    refresh(course)
    change(course, "work", "mine")
    assert lab.main(["--restore", "02"], course) == 0
    text = capsys.readouterr().out
    assert "yours is now work/zh/02_neuron.mine-1.ipynb" in text
    assert "你的版本另存为 work/zh/02_neuron.mine-1.ipynb" in text
    assert not opened


def test_opens_jupyterlab_with_further_options(course, capsys, opened):
    lab.main(["--no-browser", "--port", "9000"], course)
    (command,) = opened
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert command[-3:] == ["--no-browser", "--port", "9000"]
    assert f"--ServerApp.root_dir={course / 'work'}" in command
    assert "--LabApp.news_url=None" in command
    assert os.environ["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert (course / "work" / "start.ipynb").exists()
    assert json.loads((course / "work" / ".jupyter" / "overrides.json").read_text()) == lab.SETTINGS
    assert capsys.readouterr().out == ""


def test_kept_versions_are_named_in_one_line_per_language(course, capsys, opened):
    refresh(course)
    for name in (LESSON, "en/02_neuron.ipynb", "glossary.md"):
        change(course, "work", "mine", name)
        change(course, "notebooks", "new", name)
    lab.main([], course)
    english, chinese = capsys.readouterr().out.splitlines()
    assert "02, glossary" in english and "02、glossary" in chinese
    assert "make restore LESSON=02" in english and "make restore LESSON=02" in chinese
    assert opened


def test_jupyterlab_is_missing(course, capsys, monkeypatch, opened):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    assert lab.main([], course) == 1
    text = capsys.readouterr().err
    assert "JupyterLab is not installed" in text and "没有安装 JupyterLab" in text
    assert not opened


def test_copy_cannot_be_written(course, capsys, opened):
    (course / "work").write_text("a file where the folder should be")
    assert lab.main([], course) == 1
    text = capsys.readouterr().err
    assert "could not be written" in text and "无法写入" in text
    assert not opened


def test_jupyterlab_understands_the_options(course):
    """The names in lab_command are JupyterLab's own: a renamed one would be ignored in silence."""
    from jupyterlab.commands import get_app_dir
    from jupyterlab.labapp import LabApp

    options = [option.split("=")[0].split(".") for option in lab.lab_command(course, [])]
    names = [option[1] for option in options if option[0] in ("--LabApp", "--LabServerApp")]
    assert {"default_url", "app_settings_dir", "extra_labextensions_path"} <= set(names)
    for name in names:
        assert LabApp.class_traits()[name].metadata["config"]
    for plugin, settings in lab.SETTINGS.items():
        (file,) = (
            file for top in (Path(get_app_dir(), "schemas"),
                             *Path(sys.prefix, "share/jupyter/labextensions").glob("*/schemas"))
            if (file := top / (plugin.replace(":", "/") + ".json")).exists()
        )
        schema = json.loads(file.read_text(encoding="utf-8"))
        assert settings.keys() <= schema["properties"].keys()


def test_record_is_readable(course):
    refresh(course)
    record = json.loads((course / "work" / lab.RECORD).read_text(encoding="utf-8"))
    assert record[LESSON] == lab.hash_of(course / "notebooks" / LESSON)
