"""helpers.draw: a drawing as MNIST would have made it, and what the widget says of it. The widget
in a real browser is in test_jupyterlab.py."""

import math
import re

import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from helpers import data, draw, plot
from tests.loading import refused

# A warning would stand in the output of a lesson.
pytestmark = pytest.mark.filterwarnings("error")

# What the lesson trains, and how a hand writes digits, in a box of width and height 1.


def network(seed, epochs=4):
    """Return the network of lesson 09, trained for some seconds."""
    x, y = data.load_digits("train")
    x = x[:, None].float() / 255
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(),
        nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(64):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def arc(middle, radius, begin, end, n=24):
    """Return n + 1 points on an ellipse, from one angle in degrees to another, clockwise."""
    angles = [math.radians(begin + (end - begin) * k / n) for k in range(n + 1)]
    return [(middle[0] + radius[0] * math.cos(a), middle[1] + radius[1] * math.sin(a))
            for a in angles]


DIGITS = {
    0: [arc((.5, .5), (.32, .5), -90, 270)],
    1: [[(.5, 0), (.5, 1)]],
    2: [arc((.5, .27), (.33, .27), -170, 30) + [(.15, 1), (.9, 1)]],
    3: [arc((.45, .25), (.32, .25), -150, 90) + arc((.45, .75), (.36, .25), -90, 150)],
    4: [[(.3, 0), (.1, .6), (.85, .6)], [(.68, .05), (.62, 1)]],
    5: [[(.8, 0), (.28, 0), (.25, .42)] + arc((.45, .68), (.36, .3), -110, 140)],
    6: [arc((.75, .62), (.55, .62), -105, -180, 12) + arc((.48, .72), (.28, .28), -180, 180)],
    7: [[(.12, 0), (.85, 0), (.4, 1)]],
    8: [arc((.5, .25), (.27, .25), 90, 450) + arc((.5, .75), (.33, .25), -90, 270)],
    9: [arc((.5, .3), (.28, .3), 0, -360) + [(.78, .3), (.7, 1)]],
}


def strokes(digit, height=200, left=50, top=40, slant=0.1):
    """Return the strokes of a digit on the canvas, of this height in pixels."""
    return [[(left + 0.8 * height * (x + slant * (1 - y)), top + height * y) for x, y in stroke]
            for stroke in DIGITS[digit]]


# Ink


def test_a_dot_and_a_line_with_round_ends():
    dot = draw.ink([[(100, 60)]])
    assert dot.dtype == torch.uint8 and dot.shape == (draw.SIZE, draw.SIZE)
    assert set(dot.unique().tolist()) == {0, 255}
    rows, columns = torch.where(dot > 0)
    assert abs(rows.float().mean() - 60) < 1 and abs(columns.float().mean() - 100) < 1
    assert abs((dot > 0).sum() / (math.pi * draw.PEN**2 / 4) - 1) < 0.1, "a disc"
    line = draw.ink([[(100, 60), (100, 160)]]) > 0
    added = (line.sum() - (dot > 0).sum()) / 100
    assert abs(added - draw.PEN) < 1.5, "a hundred pixels longer, as wide as the pen"


def test_strokes_add_up_and_what_leaves_the_canvas_is_lost():
    one, other = [(20, 20), (90, 30)], ((150, 200), (-50, 900))
    both = draw.ink([one, [], other])
    assert torch.equal(both, torch.maximum(draw.ink([one]), draw.ink([other])))
    assert not draw.ink([]).any() and not draw.ink([[(-100, -100)]]).any()


@pytest.mark.parametrize("bad", [
    None, 3, [3], [(1, 2)], [[1, 2]], [[(1, 2, 3)]], [["ab"]], [[(math.nan, 1)]],
    [[(1, math.inf)]],
])
def test_what_are_no_strokes(bad):
    refused(lambda: draw.ink(bad), "strokes", "[[(140, 40), (140, 240)]]")


# Centred, as MNIST


def test_digits_of_mnist_come_back_as_they_were():
    """200 of 200, drawn ten times as large, wherever they stand."""
    x, _ = data.load_digits("train")
    for picture in x[:200]:
        large = picture.repeat_interleave(10, dim=0).repeat_interleave(10, dim=1)
        assert torch.equal(draw.centred(large), picture)
        elsewhere = nn.functional.pad(large, (0, 113, 57, 0))
        assert torch.equal(draw.centred(elsewhere), picture)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("height", [60, 130, 230])
def test_a_drawn_digit_is_scaled_and_centred(digit, height):
    seen = draw.centred(draw.ink(strokes(digit, height)))
    assert seen.dtype == torch.uint8 and seen.shape == (28, 28)
    rows, columns = torch.where(seen > 0)
    assert 19 <= max(int(at.max() - at.min()) for at in (rows, columns)) + 1 <= 20
    for mass in seen.double().sum(dim=1), seen.double().sum(dim=0):
        assert abs((mass * torch.arange(28)).sum() / mass.sum() - 14) <= 0.51


def test_all_of_the_ink_stays_inside():
    """With nearly all of its mass at one end, the middle cannot be that of the ink."""
    for turn in range(4):
        lopsided = torch.zeros(200, 200, dtype=torch.uint8)
        lopsided[:, :15] = 255
        lopsided[100, :] = 255
        seen = draw.centred(lopsided.rot90(turn))
        assert sum(bool(line.any()) for line in seen) == 20
        assert sum(bool(line.any()) for line in seen.T) == 20


def test_the_pen_gives_as_much_ink_as_the_training_digits_have():
    x, _ = data.load_digits("train")
    drawn = torch.stack([
        draw.centred(draw.ink(strokes(digit, height, slant=slant)))
        for digit in DIGITS for height in (150, 190, 230) for slant in (0, 0.2)
    ])
    assert abs(drawn.float().mean() / x.float().mean() - 1) < 0.1


@pytest.mark.parametrize("bad", [torch.zeros(5, 5), None, torch.zeros(1, 5, 5, dtype=torch.uint8)])
def test_what_is_no_ink(bad):
    refused(lambda: draw.centred(bad), "ink", "uint8", "draw.ink")


def test_nothing_drawn_or_too_little():
    faint = torch.zeros(3000, 3000, dtype=torch.uint8)
    faint[0, 0] = faint[-1, -1] = 255
    for nothing in draw.ink([]), torch.zeros(0, 9, dtype=torch.uint8), faint:
        refused(lambda ink=nothing: draw.centred(ink), "there is no ink")


@pytest.mark.parametrize("seed", range(4))
def test_any_network_of_the_lesson_reads_what_is_drawn(seed):
    model = network(seed)
    for digit in DIGITS:
        pictures = [draw.centred(draw.ink(strokes(digit, height, slant=slant)))
                    for height in (150, 190, 230) for slant in (0, 0.1, 0.2)]
        right = model(torch.stack(pictures)[:, None].float() / 255).argmax(dim=1) == digit
        if digit in (0, 1, 7):  # which the test in the browser draws
            assert right.all(), digit
        assert right.float().mean() >= 0.4, digit


# What the model answers


class Model(nn.Module):
    """Answers the digit k with logit k; what it was asked is kept."""

    def __init__(self, answer=None):
        super().__init__()
        self.inner = nn.Dropout()
        self.answer, self.asked = answer, []

    def forward(self, x):
        self.asked.append((x, self.training, self.inner.training, torch.is_grad_enabled()))
        return torch.arange(10.0)[None] if self.answer is None else self.answer()


def cross(*shape):
    raise RuntimeError("mat1 and mat2\nshapes " + "x" * 300)


FAULTS = [
    (cross, "RuntimeError: mat1 and mat2 shapes"),
    (lambda: None, "NoneType"),
    (lambda: torch.zeros(10), "(10,)"),
    (lambda: torch.zeros(1, 5), "(1, 5)"),
    (lambda: torch.full((1, 10), torch.nan), "nan"),
]
SEVEN = draw.ink(strokes(7))


def test_how_the_model_is_asked():
    model = Model()
    model.inner.eval()
    draw.figure(SEVEN, model)
    (x, outer, inner, grad), = model.asked
    assert x.dtype == torch.float32 and torch.equal(x[0, 0], draw.centred(SEVEN) / 255)
    assert x.shape == (1, 1, 28, 28) and 0.9 < x.max() <= 1
    assert not (outer or inner or grad)
    assert model.training and not model.inner.training, "as they were"


@pytest.mark.parametrize("answer, words", FAULTS)
def test_a_model_that_does_not_answer(answer, words):
    model = Model(answer)
    assert words in refused(lambda: draw.figure(SEVEN, model), "model(x)")
    assert model.training and model.inner.training


def test_a_function_will_do():
    draw.figure(SEVEN, lambda x: x.flatten(1)[:, :10])


def test_figure_holds_the_drawing_and_ten_bars():
    fig = draw.figure(SEVEN, Model(), ("drawn", "seen", "answer"), "digit", "probability")
    left, middle, right = fig.axes
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["drawn", "seen", "answer"]
    assert torch.equal(torch.as_tensor(left.images[0].get_array()), SEVEN)
    assert torch.equal(torch.as_tensor(middle.images[0].get_array()), draw.centred(SEVEN))
    heights = torch.tensor([float(bar.get_height()) for bar in right.patches])
    torch.testing.assert_close(heights, torch.arange(10.0).softmax(dim=0))
    assert (right.get_xlabel(), right.get_ylabel()) == ("digit", "probability")
    assert not plt.get_fignums()
    fig.canvas.draw()
    shown = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plot, "display", lambda fig, metadata: shown.update(metadata))
        plot.show(fig, "A seven.")
    assert shown


def test_figure_without_ink():
    refused(lambda: draw.figure(draw.ink([]), Model()), "there is no ink")


# The widget


class Widget:
    """The widget, moved as the browser moves it."""

    def __init__(self, model):
        row, self.message = draw.canvas(model).children
        (self.pad, self.clear), (self.small,), (self.bars,) = (box.children for box in row.children)
        self.seen, = re.findall('src="(.*?)"', self.small.value)

    def send(self, event, *place):
        content = {"event": event}
        if event.startswith("touch"):
            content["touches"] = [{"x": x, "y": y} for x, y in place]
        elif place:
            content |= dict(zip("xy", place[0], strict=True))
        self.pad._handle_frontend_event(self.pad, content, [])

    def draw(self, *strokes, kind="mouse", end="up"):
        down = {"mouse": "down", "touch": "start"}[kind]
        for first, *others in strokes:
            self.send(f"{kind}_{down}", first)
            for place in others:
                self.send(f"{kind}_move", place)
            self.send(f"{kind}_{end}", *[(0, 0)] * (kind == "mouse"))

    def texts(self):
        return re.findall("<td>(.*?)</td>", self.bars.value)

    def has_changed(self):
        """Whether the picture of what is seen is another than at first."""
        return self.seen not in self.small.value


@pytest.mark.parametrize("kind, end", [("mouse", "up"), ("mouse", "out"), ("touch", "end"),
                                       ("touch", "cancel")])
def test_a_stroke_is_answered_and_cleared(kind, end):
    model = Model()
    widget = Widget(model)
    assert widget.texts() == ["–"] * 10 and not model.asked
    widget.draw(*strokes(4), kind=kind, end=end)
    x = model.asked[-1][0]
    assert torch.equal(x[0, 0], draw.centred(draw.ink(strokes(4))) / 255), "two strokes, one digit"
    expected = torch.arange(10.0).softmax(dim=0)
    assert widget.texts() == [f"{p:.2f}" for p in expected] and widget.has_changed()
    widths = re.findall(r"width:(\d+)px;background", widget.bars.value)
    assert widths == [f"{200 * p:.0f}" for p in expected]
    assert re.findall(r'bold">(\d)', widget.bars.value) == ["9"]
    widget.clear.click()
    assert widget.texts() == ["–"] * 10 and not widget.has_changed()
    widget.draw(*strokes(1), kind=kind, end=end)
    assert torch.equal(model.asked[-1][0][0, 0], draw.centred(draw.ink(strokes(1))) / 255)


def test_answers_come_while_the_pen_is_down_but_not_at_every_point(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(draw.time, "monotonic", lambda: now[0])
    model = Model()
    widget = Widget(model)
    widget.send("mouse_down", (50, 50))
    for k in range(9):
        widget.send("mouse_move", (50, 50 + k))
    assert not model.asked
    now[0] += 1
    widget.send("mouse_move", (50, 99))
    widget.send("mouse_move", (50, 100))
    assert len(model.asked) == 1
    widget.send("mouse_up", (50, 101))
    assert len(model.asked) == 2


def test_a_pen_that_is_not_down_draws_nothing(caplog):
    model = Model()
    widget = Widget(model)
    for event in "move", "up", "out":
        widget.send(f"mouse_{event}", (90, 90))
    widget.send("touch_move", (90, 90))
    assert not model.asked and not widget.has_changed()
    widget.draw([(50, 50), (50, 200)])
    widget.send("mouse_move", (250, 250))
    widget.draw([(60, 50)])
    kept = draw.ink([[(50, 50), (50, 200)], [(60, 50)]])
    assert torch.equal(model.asked[-1][0][0, 0], draw.centred(kept) / 255)
    widget.send("mouse_down", (90, 90))
    widget.clear.click()
    widget.send("mouse_move", (90, 99))
    assert not caplog.records, "ipywidgets logs the errors of its callbacks"
    assert widget.texts() == ["–"] * 10 and not widget.has_changed()


def test_a_second_finger_begins_no_stroke():
    model = Model()
    widget = Widget(model)
    widget.send("touch_start", (50, 50))
    widget.send("touch_start", (90, 50), (200, 200))
    widget.send("touch_move", (90, 150), (200, 210))
    widget.send("touch_end")
    kept = draw.ink([[(50, 50), (90, 150)]])
    assert torch.equal(model.asked[-1][0][0, 0], draw.centred(kept) / 255)


def test_a_stroke_beside_the_canvas():
    widget = Widget(Model())
    widget.draw([(-300, -300), (-300, -200)])
    assert "there is no ink" in widget.message.value and widget.texts() == ["–"] * 10


@pytest.mark.parametrize("answer, words", FAULTS)
def test_the_widget_says_what_is_wrong_with_the_model(answer, words):
    model = Model(answer)
    widget = Widget(model)
    assert not widget.message.value
    widget.draw(*strokes(7))
    message = widget.message.value
    assert len(message) < 300
    assert words in message and re.search("[\u4e00-\u9fff]", message) and "\n" not in message
    assert 'role="alert"' in message and widget.texts() == ["–"] * 10 and widget.has_changed()
    model.answer = None
    widget.draw(*strokes(7))
    assert not widget.message.value and "–" not in widget.texts()


def test_what_a_model_says_is_text_and_not_html():
    def fail():
        raise ValueError("<img src=x>")

    widget = Widget(Model(fail))
    widget.draw(*strokes(7))
    assert "&lt;img" in widget.message.value and "<img" not in widget.message.value


def test_a_page_that_opens_later_shows_what_was_drawn(monkeypatch):
    widget = Widget(Model())
    drawn = []
    monkeypatch.setattr(type(widget.pad), "stroke_line", lambda pad, *ends: drawn.append(ends))
    widget.draw([(50, 50), (50, 200), (90, 200)])
    before = [*drawn]
    drawn.clear()
    widget.send("client_ready")
    assert drawn == before == [(50, 50, 50, 50), (50, 50, 50, 200), (50, 200, 90, 200)]


def test_keys_leave_the_canvas(monkeypatch):
    widget = Widget(Model())
    focused = []
    monkeypatch.setattr(type(widget.clear), "focus", lambda button: focused.append(button))
    monkeypatch.setattr(type(widget.pad), "blur", lambda pad: focused.append(None))
    key = {"event": "key_down", "key": "Tab"}
    key |= {f"{name}_key": False for name in ("shift", "ctrl", "meta")}
    widget.pad._handle_frontend_event(widget.pad, key, [])
    assert focused == [widget.clear] and widget.pad.tabbable is False
    widget.draw([(50, 50)])
    assert focused[-1] is None
