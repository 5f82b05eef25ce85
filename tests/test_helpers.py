"""helpers.expect, plot and installed: what a lesson relies on and no notebook shows."""

import multiprocessing
import sys
import time
import warnings
from itertools import pairwise

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.colors import to_rgb
from torch.utils.data import DataLoader

from helpers import expect, ink, installed, playground, plot, workers


def test_expected_error_is_one_line(capsys):
    with expect.error(ValueError):
        raise ValueError("first line\nsecond line")
    assert capsys.readouterr().out == "ValueError: first line …\n"


def test_a_subclass_is_named_as_it_is(capsys):
    with expect.error(Exception):
        {}["key"]
    assert capsys.readouterr().out == "KeyError: 'key'\n"


def test_two_releases_of_torch_print_the_same(capsys):
    with expect.error(RuntimeError):
        raise NotImplementedError("mean(): no")
    assert capsys.readouterr().out == "RuntimeError: mean(): no\n"


def test_no_error_is_a_failure():
    with pytest.raises(AssertionError, match="expected ValueError, none came · 本该出现"):
        with expect.error(ValueError):
            pass


def test_another_error_is_not_hidden():
    with pytest.raises(KeyError):
        with expect.error(ValueError):
            {}["key"]


def test_expected_warning_is_one_line(capsys):
    with expect.warning(UserWarning):
        warnings.warn("look here", UserWarning, stacklevel=1)
    assert capsys.readouterr().out == "UserWarning: look here\n"


def test_no_warning_is_a_failure_and_another_goes_its_way():
    with pytest.warns(DeprecationWarning), pytest.raises(AssertionError):
        with expect.warning(UserWarning):
            warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_the_name_of_an_operation_before_the_message_is_left_out(capsys):
    for message in ("mm: sizes differ", "sizes differ"):
        with expect.error(RuntimeError):
            raise RuntimeError(message)
    assert capsys.readouterr().out == "RuntimeError: sizes differ\n" * 2


@pytest.mark.parametrize(("message", "shown"), [
    ("DataLoader worker (pid(s) 12345) exited", "DataLoader worker (pid(s) …) exited"),
    ("DataLoader worker (pid(s) 12345, 678) exited", "DataLoader worker (pid(s) …) exited"),
    ("DataLoader worker (pid 12345) is killed", "DataLoader worker (pid …) is killed"),
    ("stupid 12345, rapid 3", "stupid 12345, rapid 3"),
])
def test_ids_of_processes_are_left_out(capsys, message, shown):
    with expect.error(RuntimeError):
        raise RuntimeError(message)
    assert capsys.readouterr().out == f"RuntimeError: {shown}\n"


def test_an_expected_error_leaves_no_worker_behind(capsys):
    before = multiprocessing.active_children()
    with expect.error(ValueError) as lines:
        list(DataLoader(workers.Faulty(8, bad=5), batch_size=4, num_workers=1))
    assert multiprocessing.active_children() == before
    first = "ValueError: Caught ValueError in DataLoader worker process 0. …\n"
    assert capsys.readouterr().out == first
    assert lines[0] in first and lines[-1] == "ValueError: sample 5 is damaged"


def test_a_slow_data_set_waits_for_each_sample():
    start = time.perf_counter()
    samples = list(DataLoader(workers.Slow(5, seconds=0.02), batch_size=2))
    assert time.perf_counter() - start >= 0.1
    assert torch.cat(samples).tolist() == [0, 1, 2, 3, 4]


def test_error_without_a_message(capsys):
    with expect.error(RuntimeError):
        raise RuntimeError
    assert capsys.readouterr().out == "RuntimeError: \n"


def test_figures_use_the_font_of_the_course():
    fig, ax = plot.axes("损失 $\\hat y - 1$", "−1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig.canvas.draw()
    found = plt.matplotlib.font_manager.findfont(plt.rcParams["font.family"][0])
    assert found.endswith("NotoSansSC-gb12.ttf")
    plt.close(fig)


def test_decision_map_draws_no_line_where_there_is_none():
    fig, ax = plot.axes("")
    plot.decision_map(ax, lambda x: torch.ones(len(x), 1), (0, 1), (0, 1))
    before = len(ax.collections)
    plot.decision_map(ax, lambda x: x[:, :1], (0, 1), (0, 1), label="y")
    assert len(ax.collections) == before + 2 and len(fig.axes) == 2
    plt.close(fig)


def test_landscape_marks_the_lowest_point_and_the_path():
    fig, ax = plot.axes("")
    plot.landscape(ax, lambda w, b: (w - 1) ** 2 + b**2 + 0.1, (-2, 2), (-2, 2), [(0, 0), (1, 0)])
    assert ax.lines[0].get_xydata().tolist() == [[0, 0], [1, 0]]
    plt.close(fig)


def test_show_stores_the_alt_text_and_closes(monkeypatch):
    shown = {}
    monkeypatch.setattr(plot, "display", lambda fig, metadata: shown.update(metadata))
    fig, _ = plot.axes("")
    plot.show(fig, "A line.")
    assert shown == {"image/png": {"alt": "A line."}} and not plt.fignum_exists(fig.number)


def test_slopes_of_functions_without_gradient_are_zero():
    fig = plot.activations({"step": lambda z: (z > 0).float(), "2z": lambda z: 2 * z}, "z", "ab")
    slopes = [ax.lines[0].get_ydata().tolist() for ax in fig.axes[2:]]
    assert set(slopes[0]) == {0.0} and set(slopes[1]) == {2.0}
    plt.close(fig)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_tensors_are_drawn_number_by_number():
    x = torch.tensor([[1.0, -2.5, 3.0], [4.0, 5.0, 6.0]])
    marked, copied = torch.zeros(2, 3).bool(), torch.zeros(2, 3).bool()
    marked[0, 1], copied[1] = True, True
    fig = plot.tensors(("x", x, marked), "+", ("y", x, None, copied), ("z", torch.tensor(7)))
    assert sorted(texts(fig.axes[0])) == sorted(
        [*["1", "−2.5", "3", "4", "5", "6"] * 2, "7", "x", "y", "z", "+", "(2, 3)", "()"]
    ), "the copied one has no shape of its own"
    cells = fig.axes[0].patches
    ground = [plot.plt.matplotlib.colors.to_hex(cell.get_facecolor()).upper() for cell in cells]
    assert [k for k, color in enumerate(ground) if color == plot._MARK] == [1]
    assert [k for k, color in enumerate(ground) if color == plot._PALE] == [9, 10, 11]
    plt.close(fig)


def test_tensors_of_three_axes_show_the_first_sheet_in_front():
    fig = plot.tensors(("x", torch.arange(8).reshape(2, 2, 2)))
    order = {text.get_text(): text.get_zorder() for text in fig.axes[0].texts}
    assert order["0"] > order["4"] and "(2, 2, 2)" in order
    plt.close(fig)


def test_confusion_counts_stand_in_the_row_of_their_class():
    fig = plot.confusion(torch.tensor([[3, 1], [0, 0]]), ["a", "b"], "guess", "truth", "")
    places = {text.get_text(): text.get_position() for text in fig.axes[0].texts[:3]}
    assert places == {"3": (0, 0), "1": (1, 0), "0": (0, 1)}
    assert fig.axes[0].images[0].get_array().tolist() == [[0.75, 0.25], [0, 0]]
    assert fig.axes[0].get_ylabel() == "truth"
    plt.close(fig)


def test_chain_and_row_place_their_labels():
    fig = plot.chain(["x", "u", "y"], [("u = 3x", "3"), ("y = 2u", "2")], "6")
    assert sorted(texts(fig.axes[0])) == sorted(["x", "u", "y", "u = 3x", "3", "y = 2u", "2", "6",
                                                 "", "", ""])
    plt.close(fig)
    fig, (left, right) = plot.row(["one", "other"], "x", "y")
    assert [ax.get_title(loc="left") for ax in (left, right)] == ["one", "other"]
    assert left.get_ylabel() == "y" and right.get_xlabel() == "x"
    plt.close(fig)


def test_a_network_carries_its_numbers_where_they_belong():
    layers = [(torch.tensor([[0.5, -1.0], [1.0, 0.25]]), torch.tensor([1.0, -0.5])),
              (torch.tensor([[1.0, -0.5]]), torch.tensor([0.5]))]
    gradients = [(torch.tensor([[11.0, 12.0], [21.0, 22.0]]), torch.tensor([31.0, -0.0])),
                 (torch.tensor([[41.0, 42.0]]), torch.tensor([51.0]))]
    outputs = [torch.tensor([2.0, 3.0]), torch.tensor([4.0, 0.0]), None]
    fig = plot.network([2, 2, 1], "abc", layers, [torch.tensor([4.0, -7.0]), None], outputs,
                       gradients, ["L = 9"])
    ax = fig.axes[0]
    assert sorted(texts(ax)) == sorted([
        "0.5", "−1", "1", "0.25", "1", "−0.5", "$b$ = 1", "$b$ = −0.5", "$b$ = 0.5", "11", "12",
        "21", "22", "31", "0", "41", "42", "51", "2", "3", "4", "0", "$z$ = 4", "$z$ = −7",
        "L = 9", *"abc"])
    at = {text.get_text(): text.get_position() for text in ax.texts}
    assert at["3"][1] < at["−1"][1] < at["12"][1] < at["4"][1]  # from input 2 up to neuron 1
    assert at["2"][1] > at["21"][1] > at["$z$ = −7"][1]  # from input 1 down to neuron 2
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    widths = sorted(line.get_linewidth() for line in dashed)
    assert widths == [2.25, 3.5], "negative weights, as wide as they are large"
    plt.close(fig)
    fig = plot.network([3, 4], ["in", "out"])
    assert len(fig.axes[0].lines) == 12 and texts(fig.axes[0]) == ["in", "out"]
    plt.close(fig)


def test_the_order_map_shows_each_sample_where_the_loader_gave_it():
    epochs = [[torch.tensor([3, 0]), torch.tensor([4, 1])], [[1, 2], [0, 4]]]
    fig = plot.order_map(epochs, 5, ["epoch", "batch", "left out"], "title", follow=2)
    ax = fig.axes[0]
    numbers = [t for t in ax.texts if t.get_text().isdigit() and t.get_color() != plot.GREY]
    rows = sorted({t.get_position()[1] for t in numbers}, reverse=True)
    shown = [sorted((t.get_position()[0], t.get_text()) for t in ax.texts
                    if t.get_position()[1] == y and t.get_text().isdigit()) for y in rows]
    assert [[int(number) for _, number in row] for row in shown] == [[3, 0, 4, 1, 2],
                                                                     [1, 2, 0, 4, 3]]
    steps = [[b - a for (a, _), (b, _) in pairwise(row)] for row in shown]
    for inside, apart, again, far in steps:
        assert inside == pytest.approx(again) == pytest.approx(1) and 1.3 < apart < far
    dashed = [p.get_xy() for p in ax.patches if p.get_linestyle() == "--"]
    assert len(dashed) == 2, "one sample is left out of each epoch"
    followed = [p for p in ax.patches if p.get_facecolor()[:3] == to_rgb(plot.ORANGE)]
    bold = [t.get_text() for t in ax.texts if t.get_fontweight() == "bold"]
    assert len(followed) == 2 and bold == ["2", "2"] and len(ax.lines) == 1
    assert {"epoch 1", "epoch 2", "batch", "left out"} < set(texts(ax))
    plt.close(fig)


def test_the_order_map_of_a_whole_epoch_leaves_nothing_out():
    fig = plot.order_map([[[0], [1]]], 2, ["epoch", "batch", "left out"])
    assert texts(fig.axes[0]) == ["batch", "epoch 1", "1", "2", "0", "1"]
    plt.close(fig)


def test_pictures_fill_a_grid():
    fig = plot.pictures(torch.rand(3, 4, 4), ["a", "b", "c"], "title", columns=2)
    assert [len(ax.images) for ax in fig.axes] == [1, 1, 1, 0] and texts(fig.axes[1]) == ["b"]
    plt.close(fig)
    fig = plot.pictures(torch.rand(1, 3, 4, 4), columns=1)
    assert fig.axes[0].images[0].get_array().shape == (4, 4, 3)
    plt.close(fig)


RING = [[0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0]]


def test_ink_is_measured():
    page = torch.zeros(28, 28)
    page[5:8, 10:14] = torch.tensor(RING) * 0.8
    page[20, 20] = 0.5  # no more than a half: paper
    ring = ink.trim(page)
    assert ring == [[bool(v) for v in row] for row in RING]
    assert ink.holes(ring) == [(1, 1)], "closed at the corners"
    assert ink.holes([row[1:] for row in ring]) == [], "open at the side"
    assert sorted(ink.holes(ring + ring)) == [(1, 1), (4, 4)]
    assert [ink.strokes(row) for row in ring] == [1, 2, 1]
    assert ink.on_the_left([True, True, False, False]) and not ink.on_the_left(ring[1])
    assert ink.columns(ring) == 4 and ink.columns(ring[:1]) == 2
    with pytest.raises(ValueError, match="no ink.*没有笔迹"):
        ink.trim(torch.zeros(28, 28))


@pytest.mark.parametrize("kind", playground.KINDS)
def test_points_of_the_playground(kind):
    x, y = playground.points(kind, n=1000, seed=3)
    assert x.shape == (1000, 2) and y.shape == (1000, 1) and x.abs().max() < 1.4
    assert set(y.flatten().tolist()) == {0.0, 1.0} and 0.45 < y.mean() < 0.55
    assert torch.equal(x, playground.points(kind, n=1000, seed=3)[0])
    assert not torch.equal(x, playground.points(kind, n=1000, seed=4)[0])


def test_points_of_an_unknown_kind():
    with pytest.raises(ValueError, match="'squares': choose one of · 请从中选择：XOR, rings"):
        playground.points("squares")


def test_all_installed_is_one_line(capsys):
    installed.report()
    line, = capsys.readouterr().out.splitlines()
    assert line.startswith("✅ Python 3.") and all(name in line for name in installed.SHOWN)
    assert not [part for part in line.split(" · ") if part.count(".") != 1], "patch versions"


def test_what_is_missing_or_too_old_is_named(capsys, monkeypatch, tmp_path):
    (tmp_path / "pyproject.toml").write_text('requires-python = ">=3.20,<3.22"')
    (tmp_path / "requirements.txt").write_text("# a note\ntorch>=99\nnumpy>=1\npandas>=1\n-e .\n")

    def version(name):
        if name == "pandas":
            raise installed.PackageNotFoundError
        return "2.14.1+cpu"

    monkeypatch.setattr(installed, "version", version)
    installed.report(tmp_path)
    python, torch_line, pandas = capsys.readouterr().out.splitlines()
    minor = sys.version_info[1]
    assert python.startswith(f"❌ Python 3.{minor}: the course needs one of 3.20, 3.21")
    assert torch_line.startswith("❌ torch 2.14.1+cpu does not fit >=99; start with make lab · ")
    assert pandas.startswith("❌ pandas is missing; close JupyterLab")
    assert all("make lab" in line.split(" · ")[1] for line in (torch_line, pandas))


def test_activations_of_the_playground_are_what_they_are_called():
    for name, kind in playground.ACTIVATIONS.items():
        assert kind.__name__.lower() == {"–": "identity"}.get(name, name.lower())
