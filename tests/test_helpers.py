"""helpers.expect and helpers.plot: what a lesson relies on and no notebook shows."""

import warnings

import matplotlib.pyplot as plt
import pytest
import torch

from helpers import expect, plot


def test_expected_error_is_one_line(capsys):
    with expect.error(ValueError):
        raise ValueError("first line\nsecond line")
    assert capsys.readouterr().out == "ValueError: first line …\n"


def test_a_subclass_is_named_as_it_is(capsys):
    with expect.error(Exception):
        {}["key"]
    assert capsys.readouterr().out == "KeyError: 'key'\n"


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
