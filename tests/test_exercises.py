"""Every exercise has a stub, a check, hints and a solution; the solution of each edition passes,
and wrong answers get help. The answers stand in answers_NN.py, one file per lesson."""

import ast
import copy
import importlib
import inspect
import re

import pytest
import torch

from helpers.check import difference
from tests.notebooks import (
    EDITIONS,
    TAUGHT,
    code_hidden,
    every_notebook,
    every_taught_lesson,
    execute,
    path_of,
    read,
    tags,
    text_of,
    without_bars,
)

PARTS = {"stub": "exercise", "check": "check", "hint": "hint", "solution": "solution"}


def check_name(cell):
    """Return the name of the check that a check cell calls."""
    (call,) = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call))
    return call.func.attr


def exercises(edition, lesson):
    """Return {name: {"stub": cell, "check": cell, "hint": cell, "solution": cell}}."""
    found = {}
    for cell in read(path_of(edition, lesson)).cells:
        for part, tag in PARTS.items():
            if tag in tags(cell):
                name, _, ending = cell.id.rpartition("-")
                assert ending == part, f"{cell.id} is tagged {tag}: call it …-{part}"
                found.setdefault(name, {})[part] = cell
    return found


def checks_of(lesson):
    return importlib.import_module(f"helpers.check.lesson_{lesson[:2]}")


def answers_of(lesson):
    return importlib.import_module(f"tests.answers_{lesson[:2]}").ANSWERS


def feedback(capsys, check, answer):
    """Return the line that a check prints for an answer, and nothing but one line."""
    check(*answer)
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert len(lines) == 1 and not captured.err, captured
    return lines[0]


every_exercise = pytest.mark.parametrize(
    ("lesson", "name"), [(lesson, name) for lesson in TAUGHT for name in answers_of(lesson)]
)


@every_taught_lesson
@pytest.mark.parametrize("edition", EDITIONS)
def test_exercises_are_whole(edition, lesson):
    found = exercises(edition, lesson)
    assert len(found) >= 4
    for name, parts in found.items():
        assert set(parts) == set(PARTS), f"{name}: {sorted(parts)}"
        assert "..." in parts["stub"].source
        assert parts["hint"].source.count("<details>") >= 1 and "?" in parts["hint"].source.replace(
            "？", "?"
        ), f"{name}: a hint is a question"
        assert "⬜" in text_of(parts["check"].outputs), name
        solution = parts["solution"].source
        assert solution.startswith("<details>") and solution.rstrip().endswith("</details>")
        assert solution.count("```") == 2, f"{name}: one fenced block"
        assert len(solution.split("```")[2]) > 60, f"{name}: the solution says why"


@every_taught_lesson
def test_exercises_have_answers(lesson):
    names = {check_name(parts["check"]) for parts in exercises("en", lesson).values()}
    assert names == set(answers_of(lesson))


def but_for_times(outputs):
    """Return the text of outputs with every number and every run of spaces made the same."""
    return re.sub(r"\s+", " ", re.sub(r"\d+(\.\d+)?", "#", text_of(outputs)))


@every_notebook
def test_solutions_pass_and_a_second_run_prints_the_same(edition, lesson):
    """One kernel runs all cells as they stand, all again with the solutions in place, and at last
    the checks alone: a learner goes back to an exercise, and no later cell took its names."""
    path = path_of(edition, lesson)
    notebook = read(path)
    stored = [cell for cell in notebook.cells if cell.cell_type == "code"]
    solutions = {
        parts["stub"].id: code_hidden(parts["solution"])
        for parts in exercises(edition, lesson).values()
    }
    solved = copy.deepcopy(stored)
    for cell in solved:
        cell.source = solutions.get(cell.id, cell.source)
    checks = [cell for cell in stored if "check" in tags(cell)]
    run = execute(notebook, stored + solved + checks, path.parent)
    n = len(stored)
    first, second, third = run[:n], run[n : 2 * n], run[2 * n :]
    for cell, again in zip(checks, third, strict=True):
        assert text_of(again.outputs).startswith("✅"), (
            f"{cell.id}: asked again at the end, it finds something else: {text_of(again.outputs)}"
        )
    for cell, once, again in zip(stored, first, second, strict=True):
        once.outputs = without_bars(once.outputs)
        again.outputs = without_bars(again.outputs)  # a solution may train, too
        if "check" in tags(cell):
            assert text_of(again.outputs).startswith("✅"), f"{cell.id}: {text_of(again.outputs)}"
        elif "timing" in tags(cell):
            assert but_for_times(again.outputs) == but_for_times(cell.outputs), (
                f"{cell.id}: hides more than times"
            )
        elif "nbval-ignore-output" not in tags(cell):
            assert text_of(again.outputs) == text_of(once.outputs), f"{cell.id}: second run differs"
            if "tolerance" not in cell.metadata:  # else nbval compares what is stored
                assert text_of(again.outputs) == text_of(cell.outputs), f"{cell.id}: not as stored"


@every_exercise
def test_right_answers_are_accepted(lesson, name, capsys):
    right = answers_of(lesson)[name]["right"]
    assert len(right) >= 2
    for answer in right:
        assert feedback(capsys, getattr(checks_of(lesson), name), answer).startswith("✅"), answer


@every_exercise
def test_wrong_answers_get_help(lesson, name, capsys):
    wrong = answers_of(lesson)[name]["wrong"]
    assert len(wrong) >= 3
    for what, (answer, help_) in wrong.items():
        line = feedback(capsys, getattr(checks_of(lesson), name), answer)
        assert line.startswith("❌") and help_ in line, f"{what}: {line}"
        assert len(line) < 300, f"{what}: too long to read: {line}"


def raises(*_):
    raise KeyError("lost")


class Unprintable:
    def __repr__(self):
        raise RuntimeError("no repr")


ODD = [
    None, "text", "", [], [1, 2, 3], [[1], [1, 2]], {}, float("nan"), float("inf"), True, 10**400,
    1j, object(), Unprintable(), torch.zeros(2, 3), torch.tensor([float("nan")]), torch.zeros(0),
    raises, lambda: 1, lambda *_: None, lambda *_: "text", lambda *_: [1, [2]], lambda *_: 10**400,
    lambda *_: float("nan"), lambda *_: torch.zeros(2, 3), lambda *_: torch.zeros(0),
    lambda *_: Unprintable(), lambda *_: exit(), type,
]


@pytest.mark.parametrize("answer", [float("inf"), -float("inf"), float("nan")])
def test_what_is_not_finite_equals_no_number(answer):
    assert difference(answer, 3.0) and difference([1.0, answer], [1.0, 3.0])


@every_exercise
def test_odd_answers_never_crash_a_check(lesson, name, capsys):
    """Each odd value in each place, the other places holding a right answer, and in all places."""
    check = getattr(checks_of(lesson), name)
    right = answers_of(lesson)[name]["right"][0]
    for odd in ODD:
        for place in range(len(right)):
            answer = (*right[:place], odd, *right[place + 1 :])
            line = feedback(capsys, check, answer)
            if not (odd is True or isinstance(odd, float)):
                assert line.startswith("❌"), f"{odd!r}: {line}"
        feedback(capsys, check, (odd,) * len(right))


@every_exercise
def test_untouched_stub_is_not_attempted(lesson, name, capsys):
    check = getattr(checks_of(lesson), name)
    count = len([p for p in inspect.signature(check).parameters.values() if p.default is p.empty])
    for place in range(count):
        answer = [*answers_of(lesson)[name]["right"][0]]
        answer[place] = ...
        assert feedback(capsys, check, answer).startswith("⬜")
    if count == 1 and callable(answers_of(lesson)[name]["right"][0][0]):
        assert feedback(capsys, check, (lambda *_: ...,)).startswith("⬜")
