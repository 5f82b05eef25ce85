"""The training playground of lesson 03: points, controls, and a network that trains live.

The network and its training step are the lesson's own functions; here is only what runs them.
"""

import asyncio
import io
import math

import torch
from matplotlib.figure import Figure
from torch import nn

from helpers import plot

KINDS = ("XOR", "rings", "moons", "spiral")
ACTIVATIONS = {"ReLU": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "–": nn.Identity}
LEARNING_RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
_STEPS_PER_PICTURE, _MOST_STEPS = 20, 3000

_task = None  # the training under way: there is one at most, whichever widget began it


def points(kind, n=200, seed=0):
    """Draw points of two classes that no straight line separates.

    kind: "XOR", "rings", "moons" or "spiral"; n: how many, half of them in each class (XOR: about
    half). Returns x float32 (n, 2), within about ±1.2, and y float32 (n, 1) of 0 and 1.
    Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: choose one of · 请从中选择：{', '.join(KINDS)}")
    generator = torch.Generator().manual_seed(seed)
    share = torch.rand(n, 1, generator=generator)
    noise = torch.randn(n, 2, generator=generator)
    y = (torch.arange(n) % 2).float().reshape(-1, 1)
    if kind == "XOR":
        x = torch.rand(n, 2, generator=generator) * 2 - 1
        x = x + 0.1 * x.sign()  # an empty cross between the quarters
        return x, ((x[:, :1] > 0) != (x[:, 1:] > 0)).float()
    if kind == "rings":
        angle, radius = 2 * math.pi * share, 1 - 0.6 * y
        return radius * torch.cat([angle.cos(), angle.sin()], dim=1) + 0.08 * noise, y
    if kind == "moons":
        angle, side = math.pi * share, 1 - 2 * y
        across, up = side * angle.cos() + y - 0.5, side * angle.sin() + 0.5 * y - 0.25
        return 0.8 * torch.cat([across, up], dim=1) + 0.08 * noise, y
    turn = 2.5 * math.pi * share.sqrt()
    angle, radius = turn + math.pi * y, turn / (2.5 * math.pi)
    return radius * torch.cat([angle.cos(), angle.sin()], dim=1) + 0.02 * noise, y


def draw(model, x, y, losses, labels, title, fine=201):
    """Return a figure: on the left what `model` answers in the plane, on the right its loss so far.

    model: takes (M, 2), returns logits (M, 1); x: (n, 2); y: (n, 1); losses: list of numbers;
    labels: dict with the keys "classes" (two names), "step", "loss";
    fine: points a side of the map.
    """
    # Not by pyplot: the playground draws in a thread of its own, and pyplot's figures are those of
    # the cell that happens to run meanwhile.
    fig = Figure(figsize=(11, 4.6))
    left, right = fig.subplots(1, 2)
    plot.decision_map(left, lambda at: torch.sigmoid(model(at)).nan_to_num(0.5),
                      (-1.35, 1.35), (-1.35, 1.7), fine=fine)
    plot.points(left, x, y, labels["classes"], size=28 if len(x) > 50 else 150)
    left.legend(loc="upper center", ncols=2)  # not "best": it would jump while it trains
    left.set(title=title, xlabel="$x_1$", ylabel="$x_2$")
    right.plot(losses)
    right.axhline(math.log(2), color=plot.GREY, linestyle="--", linewidth=1)
    most = max([1.0, *(loss for loss in losses if math.isfinite(loss))])
    right.set(title=f"{labels['loss']} {losses[-1]:.3f}" if losses else labels["loss"],
              xlabel=labels["step"], ylim=(0, most), xlim=(0, max(100, len(losses))))
    return fig


def show(make_network, train_step, labels):
    """Return the playground, a widget; the network trains while its button is down.

    make_network(hidden, layers, activation): gives a model that takes (M, 2) and returns (M, 1);
    train_step(model, x, y, criterion, lr): one step, gives the loss as a number;
    labels: dict with the keys of `draw` and "data" (names of the four KINDS), "points", "hidden",
    "layers", "activation", "lr", "train", "new".
    """
    from ipywidgets import (
        HTML,
        Button,
        HBox,
        Image,
        IntSlider,
        SelectionSlider,
        ToggleButton,
        VBox,
    )

    # Sliders for choices too: JupyterLab takes the arrow keys from a list that drops down.
    data = SelectionSlider(options=list(zip(labels["data"], KINDS, strict=True)), value="rings",
                           description=labels["points"])
    hidden = IntSlider(4, 1, 16, description=labels["hidden"])
    layers = IntSlider(1, 1, 4, description=labels["layers"])
    activation = SelectionSlider(options=list(ACTIVATIONS), description=labels["activation"])
    lr = SelectionSlider(options=LEARNING_RATES, value=0.3, description=labels["lr"])
    train, new = ToggleButton(description=labels["train"]), Button(description=labels["new"])
    picture, message = Image(format="png"), HTML()
    now = {"seed": 0, "run": None}  # "run": model, x, y and its losses so far

    def redraw():
        run = now["run"]
        model, x, y, losses = run
        title = f"{len(losses)} {labels['step']}, lr = {lr.value:g}"
        buffer = io.BytesIO()
        draw(model, x, y, losses, labels, title, fine=81).savefig(buffer)
        if run is now["run"]:  # else a new one was begun while this was drawn
            picture.value = buffer.getvalue()

    def restart(change=None):
        torch.manual_seed(now["seed"])
        model = make_network(hidden.value, layers.value, ACTIVATIONS[activation.value])
        now["run"] = (model, *points(data.value), [])
        message.value = ""
        redraw()

    def start_anew(button):
        now["seed"] += 1
        restart()

    async def keep_training():
        message.value = ""
        try:
            for _ in range(_MOST_STEPS // _STEPS_PER_PICTURE):
                # Read anew each time: a control may have begun another run meanwhile.
                model, x, y, losses = now["run"]
                for _ in range(_STEPS_PER_PICTURE):
                    losses.append(train_step(model, x, y, nn.BCEWithLogitsLoss(), lr.value))
                redraw()
                if not math.isfinite(losses[-1]):
                    message.value = f"loss = {losses[-1]}"
                    break
                # Here the kernel sees to the buttons.
                await asyncio.sleep(0.02)
                if not train.value:
                    break
        except Exception as error:  # of the learner's own train_step: said here, not in the log
            message.value = f"{type(error).__name__}: {error}"
        train.value = False

    def switch(change):
        global _task
        if change["new"]:
            if _task is not None:
                _task.cancel()
            _task = asyncio.get_running_loop().create_task(keep_training())

    for control in (data, hidden, layers, activation):
        control.observe(restart, "value")
    lr.observe(lambda change: redraw(), "value")
    train.observe(switch, "value")
    new.on_click(start_anew)
    restart()
    return VBox([HBox([VBox([data, hidden, layers]), VBox([activation, lr, HBox([train, new])])]),
                 picture, message])
