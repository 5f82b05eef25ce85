"""What conftest.py adds to nbval: which pictures pass for the same, and which numbers."""

import base64
import io

import matplotlib.pyplot as plt
import pytest

import conftest
from helpers import plot
from tests.notebooks import without_bars


def picture(title="The loss falls", label="with bias", slope=1.0, dpi=100, color=plot.BLUE, **text):
    fig, ax = plot.axes(title, "x", "y")
    ax.plot([0, 1, 2, 3], [0, slope, 4 * slope, 9 * slope], color=color)
    ax.text(text.pop("x", 1), 6, label, **text)
    ax.set(xlim=(0, 3), ylim=(0, 10))
    png = io.BytesIO()
    fig.savefig(png, dpi=dpi)
    plt.close(fig)
    return base64.b64encode(png.getvalue()).decode()


@pytest.mark.parametrize("change", [
    {"title": "The loss fells"}, {"title": "The loss fall"}, {"label": "with bios"},
    {"label": "no bias"}, {"label": ""}, {"slope": 1.05}, {"slope": -1.0}, {"color": plot.GREEN},
    {"color": plot.SKY}, {"dpi": 90}, {"title": "损失在下降"}, {"label": "with blas"},
], ids=str)
def test_a_changed_picture_is_seen(change):
    assert conftest.picture_difference(picture(), picture(**change)) > conftest.PICTURE_LIMIT


@pytest.mark.parametrize("pair", [("下降", "下跌"), ("1.3", "1.8"), ("−1", "+1"), ("6", "8")])
def test_one_changed_character_is_seen(pair):
    one, other = (picture(label=text) for text in pair)
    assert conftest.picture_difference(one, other) > conftest.PICTURE_LIMIT


@pytest.mark.parametrize("change", [
    {}, {"slope": 1.0005}, {"alpha": 0.97}, {"x": 1.001}, {"color": "#0473B3"},
], ids=str)
def test_another_antialiasing_passes(change):
    assert conftest.picture_difference(picture(), picture(**change)) <= conftest.PICTURE_LIMIT


def test_a_curve_may_move_a_little_where_a_cell_has_a_tolerance():
    little, much = picture(slope=1.01), picture(slope=1.03)
    assert conftest.picture_difference(picture(), little) > conftest.PICTURE_LIMIT
    assert conftest.picture_difference(picture(), little, reach=2) <= conftest.PICTURE_LIMIT
    assert conftest.picture_difference(picture(), much, reach=2) > conftest.PICTURE_LIMIT


@pytest.mark.parametrize(("new", "tolerance", "same"), [
    ("loss 0.0519", 0.01, True), ("loss 0.0560", 0.01, False), ("less 0.0517", 0.01, False),
    ("loss -0.0517", 0.01, False), ("loss 0.0517 0.1", 0.01, False), ("loss nan", 0.01, False),
])
def test_tolerance_is_for_numbers_alone(new, tolerance, same):
    old = [{"output_type": "stream", "text": "loss 0.0517"}]
    result = conftest.within_tolerance([{"output_type": "stream", "text": new}], old, tolerance)
    assert (result == old) == same


def test_a_bar_is_left_out_and_nothing_else():
    bar = {"output_type": "display_data", "data": {
        "text/plain": "  0%|", "application/vnd.jupyter.widget-view+json": {"model_id": "a3"}}}
    text = {"output_type": "stream", "name": "stderr", "text": "a warning"}
    shown = {"output_type": "display_data", "data": {"text/plain": "7", "image/png": "iVBO"}}
    assert without_bars([text, bar, shown]) == [text, shown]
