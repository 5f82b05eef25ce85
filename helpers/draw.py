"""Draw a digit with mouse or finger in lesson 09, as the network sees it, and what it answers.

A drawing becomes a picture like those of MNIST: see datasets/digits/README.md.
"""

import base64
import html
import io
import math
import time
from itertools import pairwise

import torch
from torch import nn

# Of the canvas and of its pen, in pixels. With this pen a drawn digit has as much ink as MNIST's.
SIZE, PEN = 280, 26
_SECONDS = 0.1  # between two answers while the pen is down


def ink(strokes):
    """Return strokes as the hand drew them: uint8 tensor (SIZE, SIZE), 0 paper, 255 ink.

    strokes: list of strokes, each a list of (x, y) in pixels of the canvas, x from its left edge, y
    from its top edge; one point alone is a dot. Raises ValueError for anything else.
    """
    from PIL import Image, ImageDraw

    picture = Image.new("L", (SIZE, SIZE))
    pen = ImageDraw.Draw(picture)
    for points in _checked(strokes):
        pen.line(points, fill=255, width=PEN)
        for x, y in points:
            pen.circle((x, y), PEN / 2, fill=255)
    return _tensor(picture)


def centred(ink):
    """Return ink as MNIST was made: uint8 tensor (28, 28).

    The box around the ink is scaled to fit 20 × 20 and keeps its ratio; its centre of mass comes to
    the middle of the 28 × 28 pixels, or as near as all of the ink allows.
    ink: uint8 tensor (height, width), 0 paper, 255 ink; ValueError when there is no ink in it.
    """
    from PIL import Image

    if not isinstance(ink, torch.Tensor) or ink.dtype != torch.uint8 or ink.ndim != 2:
        raise _error("ink", "must be a uint8 tensor (height, width), as draw.ink gives it",
                     "须为 uint8 张量 (高, 宽)，即 draw.ink 的返回值")
    nothing = _error("ink", "there is no ink, or too little to be seen; draw first",
                     "没有笔迹，或笔迹太少，看不出来；请先画")
    rows, columns = torch.where(ink > 0)
    if not len(rows):
        raise nothing
    box = ink[rows.min():rows.max() + 1, columns.min():columns.max() + 1]
    height, width = (max(1, round(20 * side / max(box.shape))) for side in box.shape)
    small = Image.fromarray(box.numpy()).resize((width, height), Image.Resampling.BOX)
    small = _tensor(small)
    if not small.any():
        raise nothing
    top, left = (_start(small.double().sum(dim=1 - axis)) for axis in (0, 1))
    picture = torch.zeros(28, 28, dtype=torch.uint8)
    picture[top:top + height, left:left + width] = small
    return picture


def _start(mass):
    """Return where in 28 pixels a row of masses begins, so that its middle is at 14."""
    middle = float((mass * torch.arange(len(mass))).sum() / mass.sum())
    return min(max(0, round(14 - middle)), 28 - len(mass))


def figure(ink, model, titles=("", "", ""), xlabel="", ylabel=""):
    """Return a figure: the drawing, what the network sees of it, and its ten probabilities.

    ink: uint8 (height, width), as `ink` gives it; model: as for `canvas`; titles: three texts;
    xlabel, ylabel: names of the axes of the bars. Raises ValueError when there is no ink, or when
    the model does not answer with ten finite logits.
    """
    from matplotlib.figure import Figure

    from helpers import plot

    seen = centred(ink)
    probability = _answer(seen, model)
    fig = Figure(figsize=(12, 3.8))  # not by pyplot: it would be shown a second time
    left, middle, right = fig.subplots(1, 3, width_ratios=(1, 1, 1.8))
    for ax, picture in (left, ink), (middle, seen):
        ax.imshow(picture.numpy(), cmap="gray_r", vmin=0, vmax=255)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(True)  # the edges of the paper
    bars = right.bar(range(10), probability.tolist(), color=plot.BLUE)
    right.bar_label(bars, [f"{p:.2f}" if p > 0.005 else "" for p in probability], fontsize=12)
    right.set(ylim=(0, 1.1), yticks=[0, 0.5, 1], xticks=range(10), xlabel=xlabel, ylabel=ylabel)
    for ax, title in zip((left, middle, right), titles, strict=True):
        ax.set_title(title)
    return fig


def canvas(model):
    """Return a widget to draw a digit in, with what the network sees and its probabilities, live.

    model: takes float32 (1, 1, 28, 28) from 0 to 1, returns logits (1, 10). It answers in
    evaluation mode, and is afterwards in the mode that it was in.
    """
    from ipycanvas import Canvas, hold_canvas
    from ipywidgets import HTML, Button, HBox, Layout, VBox

    pad = Canvas(width=SIZE, height=SIZE, layout=Layout(border="1px solid gray"))
    clear = Button(description="clear · 清除", icon="eraser", layout=Layout(width="auto"))
    small, bars, message = HTML(), HTML(), HTML()
    strokes = []
    now = {"pen": False, "answered": 0.0}  # whether the pen is down; when it was last answered

    def answer():
        now["answered"] = time.monotonic()
        seen, probability, fault = torch.zeros(28, 28, dtype=torch.uint8), None, ""
        if strokes:
            try:
                seen = centred(ink(strokes))
                probability = _answer(seen, model)
            except ValueError as error:  # said here: nobody sees the errors of a widget
                fault = str(error)
        small.value, bars.value = _image(seen), _table(probability)
        message.value = f'<span role="alert">{html.escape(fault)}</span>' if fault else ""

    def line(start, end):
        pad.stroke_line(*start, *end)

    def repaint():
        with hold_canvas():
            pad.fill_style, pad.stroke_style = "white", "black"
            pad.line_width, pad.line_cap = PEN, "round"
            pad.fill_rect(0, 0, SIZE, SIZE)
            for points in strokes:
                line(points[0], points[0])
                for start, end in pairwise(points):
                    line(start, end)

    def down(x, y):
        now["pen"] = True
        strokes.append([(x, y)])
        line((x, y), (x, y))

    def move(x, y):
        if now["pen"]:
            strokes[-1].append((x, y))
            line(*strokes[-1][-2:])
            if time.monotonic() > now["answered"] + _SECONDS:
                answer()

    def up(*place):
        if now["pen"]:
            now["pen"] = False
            pad.blur()  # see `leave`
            answer()

    def leave(*key):
        # A canvas that has the focus keeps all keys for itself: without this, Tab would end there.
        pad.tabbable = False
        clear.focus()

    def wipe(button):
        strokes.clear()
        now["pen"] = False
        repaint()
        answer()

    pad.on_mouse_down(down)
    pad.on_mouse_move(move)
    pad.on_mouse_up(up)
    pad.on_mouse_out(up)
    # The first of several fingers draws.
    pad.on_touch_start(lambda touches: None if now["pen"] else down(*touches[0]))
    pad.on_touch_move(lambda touches: move(*touches[0]))
    pad.on_touch_end(up)
    pad.on_touch_cancel(up)
    pad.on_key_down(leave)
    pad.on_client_ready(repaint)  # another page shows it too, such as the live slides
    clear.on_click(wipe)
    repaint()
    answer()
    # Nothing shrinks; where there is no room beside the canvas, the rest comes below it.
    parts = [VBox(part, layout=Layout(flex="0 0 auto", margin="0 24px 0 0"))
             for part in ([pad, clear], [small], [bars])]
    return VBox([HBox(parts, layout=Layout(flex_flow="row wrap")), message])


def _answer(seen, model):
    """Return the probabilities (10,) that the model gives to a picture uint8 (28, 28)."""
    x = (seen.float() / 255).reshape(1, 1, 28, 28)
    modules = []
    if isinstance(model, nn.Module):
        modules = list(model.modules())
        x = x.to(next(model.parameters(), x).device)
    was = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        with torch.no_grad():
            logits = model(x)
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise _error(f"model(x), x.shape (1, 1, 28, 28), {said[:150]}",
                     "the model must take one grey picture", "模型须能接收一张灰度图") from None
    finally:
        for module, training in zip(modules, was, strict=True):
            module.training = training
    shape = tuple(getattr(logits, "shape", ()))
    if shape != (1, 10):
        raise _error("model(x)", f"gives {type(logits).__name__} of shape {shape}; it must be "
                     "logits of shape (1, 10)",
                     f"返回的是 {type(logits).__name__}，形状 {shape}；须为形状 (1, 10) 的 logits")
    if not torch.isfinite(logits).all():
        raise _error("model(x)", "logits with nan or inf; train it anew with a smaller learning "
                     "rate", "logits 中有 nan 或 inf；请换更小的学习率重新训练")
    return logits.softmax(dim=1)[0].cpu()


def _table(probability):
    """Return a table in HTML: digit, bar, probability; None: not asked yet."""
    from helpers import plot

    best = -1 if probability is None else int(probability.argmax())
    rows = []
    for digit in range(10):
        share = 0 if probability is None else float(probability[digit])
        number = "–" if probability is None else f"{share:.2f}"
        bold = "bold" if digit == best else "normal"
        rows.append(
            f'<tr style="font-weight:{bold}"><th scope="row" style="font-weight:{bold}">{digit}'
            f'</th><td style="width:210px"><div style="height:16px;width:{200 * share:.0f}px;'
            f'background:{plot.BLUE}"></div></td><td>{number}</td></tr>'
        )
    style = "font-size:16px;line-height:24px;border-spacing:8px 2px;border-collapse:separate"
    return f'<table style="{style}">{"".join(rows)}</table>'


def _image(seen):
    """Return a picture uint8 (28, 28) in HTML, five times as large, ink black."""
    from PIL import Image

    held = io.BytesIO()
    Image.fromarray((255 - seen).numpy()).save(held, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(held.getvalue()).decode()}"
    style = "width:140px;height:140px;image-rendering:pixelated;border:1px solid gray"
    return f'<img src="{source}" alt="28 × 28" style="{style}"><div>28 × 28</div>'


def _checked(strokes):
    """Return the strokes with points as pairs of float."""
    try:
        checked = [[(float(x), float(y)) for x, y in stroke] for stroke in strokes]
        if not all(math.isfinite(number) for stroke in checked for at in stroke for number in at):
            raise ValueError
    except (TypeError, ValueError):
        raise _error("strokes", "must be a list of strokes, each a list of (x, y), such as "
                     "[[(140, 40), (140, 240)]]",
                     "须为由笔画组成的列表，每一笔是由 (x, y) 组成的列表，例如 "
                     "[[(140, 40), (140, 240)]]") from None
    return checked


def _tensor(picture):
    """Return a grey picture of Pillow's as a uint8 tensor (height, width)."""
    width, height = picture.size
    return torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8).view(height, width)


def _error(where, english, chinese):
    return ValueError(f"{where}: {english} · {chinese}")
