"""The look of the figures: one style, one font for both languages, and the drawings of the lessons.

Importing this module sets the style. Colours are the Okabe-Ito set, which colour-blind readers can
tell apart (https://jfly.uni-koeln.de/color/). No function holds prose: a lesson hands over its
labels in its own language.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from IPython.display import display
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Circle, Ellipse, FancyBboxPatch, Polygon, Rectangle

BLUE, ORANGE, GREEN, RED, SKY, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#5F5F5F",
)
CLASS_COLORS, CLASS_MARKERS = (BLUE, RED), ("o", "^")
_HEIGHT = LinearSegmentedColormap.from_list("height", ["#56B4E9", "#D6ECF8", "#FFFFFF"])
_COUNTS = LinearSegmentedColormap.from_list("counts", ["#FFFFFF", BLUE])
_PROBABILITY = LinearSegmentedColormap.from_list("probability", ["#8FC3E8", "#FFFFFF", "#F2B48A"])

font_manager.fontManager.addfont(Path(__file__).parent / "fonts" / "NotoSansSC-gb12.ttf")
plt.rcParams.update({
    "font.family": ["Noto Sans SC", "DejaVu Sans"],
    "font.size": 14,
    "axes.titlesize": 16,
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": plt.cycler(color=[BLUE, RED, GREEN, ORANGE, SKY]),
    "lines.linewidth": 2.5,
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "axes.unicode_minus": True,
    "mathtext.fontset": "dejavusans",
})


def axes(title, xlabel="", ylabel="", size=(9, 4.8)):
    """Return `(fig, ax)` with a title (the figure's one message) and named axes; size in inches."""
    fig, ax = plt.subplots(figsize=size)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return fig, ax


def show(fig, alt):
    """Display `fig` with a sentence `alt` that says what it shows, and close it."""
    display(fig, metadata={"image/png": {"alt": alt}})
    plt.close(fig)


def points(ax, x, y, names, size=50):
    """Scatter the samples of two classes, each with its own colour, marker and name.

    x: (N, 2) coordinates; y: (N,) or (N, 1) labels 0 and 1; names: those of class 0 and 1;
    size: area of a marker in points².
    """
    for label, name in enumerate(names):
        inside = y.flatten() == label
        ax.scatter(
            *x[inside].T, s=size, c=CLASS_COLORS[label], marker=CLASS_MARKERS[label],
            edgecolors="white", linewidths=0.8, label=name, zorder=3,
        )
    ax.legend(loc="best", frameon=True, framealpha=0.9)


def decision_map(ax, predict, xlim, ylim, label="", fine=401):
    """Colour the plane by `predict` and draw the line where it crosses 0.5.

    predict: takes points (M, 2), returns (M,) or (M, 1) probabilities of class 1;
    xlim, ylim: `(low, high)` of the two inputs; label: what the colour bar shows, or "" for none;
    fine: points a side; 401 let the edge of a yes-or-no neuron look straight.
    """
    grid_x, grid_y = torch.meshgrid(
        torch.linspace(*xlim, fine), torch.linspace(*ylim, fine), indexing="xy"
    )
    grid = torch.stack([grid_x.flatten(), grid_y.flatten()], dim=1)
    with torch.no_grad():
        probability = predict(grid).float().reshape(grid_x.shape)
    bands = ax.contourf(
        grid_x, grid_y, probability, levels=[k / 10 for k in range(11)], cmap=_PROBABILITY
    )
    if probability.min() < 0.5 < probability.max():
        ax.contour(grid_x, grid_y, probability, levels=[0.5], colors="black", linewidths=2)
    ax.set(xlim=xlim, ylim=ylim)
    if label:
        ax.figure.colorbar(bands, ax=ax, label=label)


def landscape(ax, loss, w, b, path=None):
    """Draw `loss(w, b)` as a map with contour lines, and the steps of `path` on it.

    loss: takes two numbers, returns one; w, b: `(low, high)` of the two parameters;
    path: list of `(w, b)` in the order of the steps.
    """
    w_ticks, b_ticks = torch.linspace(*w, 61), torch.linspace(*b, 61)
    values = torch.tensor([[float(loss(u, v)) for u in w_ticks] for v in b_ticks])  # (61, 61)
    # Levels grow by doubling: near the bottom of the valley the loss differs by little.
    levels = [float(values.min()) * 1.05 * 2**k for k in range(12)]
    norm = LogNorm(levels[0], levels[-1])
    ax.contourf(w_ticks, b_ticks, values, levels, cmap=_HEIGHT, norm=norm, extend="both")
    lines = ax.contour(w_ticks, b_ticks, values, levels, colors=GREY, linewidths=0.8)
    ax.clabel(lines, levels[1:], fmt="%.1f", fontsize=12, colors="black")
    ax.set(xlabel="$w$", ylabel="$b$")
    if path:
        ax.plot(*zip(*path, strict=True), "o-", color=RED, markersize=5, linewidth=1.5)


def activations(functions, xlabel, row_labels):
    """Return a figure with each function in the upper row and its slope, by autograd, below it.

    functions: dict of title -> function on a tensor (M,); row_labels: names of the two rows.
    """
    fig, grid = plt.subplots(2, len(functions), figsize=(13, 5.2), sharex=True, sharey="row")
    for (title, function), (above, below) in zip(functions.items(), grid.T, strict=True):
        z = torch.linspace(-4, 4, 400, requires_grad=True)
        y = function(z)
        if y.requires_grad:
            y.sum().backward()
        slope = torch.zeros_like(z) if z.grad is None else z.grad
        above.plot(z.detach(), y.detach(), color=BLUE)
        below.plot(z.detach(), slope, color=RED)
        above.set_title(title, loc="center")
        above.set(ylim=(-1.6, 2.6))
        below.set(xlabel=xlabel, ylim=(-0.2, 1.3), xticks=[-4, -2, 0, 2, 4])
        for ax in (above, below):
            ax.axhline(0, color=GREY, linewidth=0.8)
            ax.axvline(0, color=GREY, linewidth=0.8)
    for ax, label in zip(grid[:, 0], row_labels, strict=True):
        ax.set_ylabel(label)
    return fig


def _canvas(width, height, size):
    fig, ax = plt.subplots(figsize=size)
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.axis("off")
    return fig, ax


def _number(value):
    return f"{value:g}".replace("-", "−")


def neuron(inputs, weights, bias, weighted_sum, output, labels):
    """Return a drawing of one artificial neuron with its numbers; line width shows |weight|.

    inputs, weights: lists of equal length; bias, weighted_sum, output: what to write in the nodes;
    labels: dict with the keys "inputs", "weights", "bias", "sum", "activation", "output".
    """
    fig, ax = _canvas(13, 6, (10, 4.6))
    text = {"ha": "center", "va": "center"}
    heights = [4.5 - 3.8 * k / max(len(inputs) - 1, 1) for k in range(len(inputs))]
    for value, weight, height in zip(inputs, weights, heights, strict=True):
        color = BLUE if weight >= 0 else RED
        ax.plot([1.9, 5.2], [height, 2.6], color=color, linewidth=1 + 2 * abs(weight), zorder=1,
                linestyle="-" if weight >= 0 else "--")
        ax.add_patch(Circle((1.4, height), 0.5, facecolor="white", edgecolor="black", zorder=2))
        ax.text(1.4, height, _number(value), **text, zorder=3)
        ax.text(3.2, height + (2.6 - height) * 0.4, _number(weight), **text, color=color,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2}, zorder=3)
    ax.plot([5.9, 5.9], [4.6, 3.4], color=GREY)
    ax.text(5.9, 4.9, _number(bias), **text)
    ax.add_patch(Circle((5.9, 2.6), 0.85, facecolor="#DCEAF7", edgecolor="black", zorder=2))
    ax.text(5.9, 2.6, _number(weighted_sum), **text, zorder=3)
    ax.plot([6.75, 7.9], [2.6, 2.6], color="black")
    box = FancyBboxPatch((8.2, 1.9), 1.6, 1.4, facecolor="#FBE6DA", edgecolor="black")
    ax.add_patch(box)
    ax.plot([8.35, 9.0, 9.65], [2.25, 2.25, 2.95], color="black", linewidth=2)
    ax.annotate("", (11.3, 2.6), (10.1, 2.6), arrowprops={"arrowstyle": "-|>", "color": "black"})
    ax.text(11.6, 2.6, _number(output), ha="left", va="center", fontsize=18)
    small = {"ha": "center", "va": "center", "fontsize": 14, "color": GREY}
    ax.text(1.4, 5.5, labels["inputs"], **small)
    ax.text(3.4, 5.5, labels["weights"], **small)
    ax.text(5.9, 5.5, labels["bias"], **small)
    ax.text(5.9, 1.2, labels["sum"], **small)
    ax.text(9.0, 1.2, labels["activation"], **small)
    ax.text(11.8, 1.2, labels["output"], **small)
    return fig


def nerve_cell(labels):
    """Return a schematic drawing of a nerve cell; signals run from left to right.

    labels: dict with the keys "dendrites", "soma", "nucleus", "hillock", "axon", "synapses",
    "direction". Not to scale: a real axon is up to 100,000 times longer than it is thick.
    """
    fig, ax = _canvas(14, 6.6, (10.5, 5))
    skin, line = "#DCEAF7", BLUE
    branches = [  # line width, then the points of a dendrite from the cell body outwards
        (7, (3.0, 3.8), (2.2, 4.5)), (5, (2.2, 4.5), (1.5, 4.8)), (3, (1.5, 4.8), (0.6, 5.6)),
        (3, (1.5, 4.8), (0.4, 4.8)), (5, (2.2, 4.5), (2.0, 5.2)), (3, (2.0, 5.2), (1.6, 5.9)),
        (7, (2.8, 3.2), (1.7, 3.2)), (5, (1.7, 3.2), (1.0, 3.5)), (3, (1.0, 3.5), (0.2, 3.7)),
        (5, (1.7, 3.2), (0.9, 2.8)), (3, (0.9, 2.8), (0.2, 2.8)),
        (7, (3.0, 2.6), (2.2, 1.9)), (5, (2.2, 1.9), (1.5, 1.7)), (3, (1.5, 1.7), (0.5, 1.2)),
        (3, (1.5, 1.7), (0.6, 2.0)), (5, (2.2, 1.9), (2.0, 1.2)), (3, (2.0, 1.2), (1.5, 0.6)),
    ]
    for width, start, end in branches:
        ax.plot(*zip(start, end, strict=True), color=line, linewidth=width,
                solid_capstyle="round")
    axon_end = 10.2
    ax.plot([4.6, axon_end], [3.2, 3.2], color=line, linewidth=7)
    ax.add_patch(Ellipse((3.55, 3.2), 2.3, 2.0, facecolor=skin, edgecolor=line, linewidth=3,
                         zorder=2))
    hillock = [(4.5, 3.65), (5.3, 3.3), (5.3, 3.1), (4.5, 2.75)]
    ax.add_patch(Polygon(hillock, facecolor=ORANGE, edgecolor=line, linewidth=2, zorder=3))
    ax.add_patch(Circle((3.4, 3.2), 0.45, facecolor="white", edgecolor=line, linewidth=2, zorder=3))
    for start in (5.9, 7.3, 8.7):
        sheath = FancyBboxPatch((start, 3.0), 1.0, 0.4, boxstyle="round,pad=0.1",
                                facecolor="#F4F4F4", edgecolor=GREY, zorder=3)
        ax.add_patch(sheath)
    for height in (1.8, 2.7, 3.7, 4.6):
        ax.plot([axon_end, 10.9, 12.1], [3.2, (height + 3.2) / 2, height], color=line, linewidth=3)
        ax.add_patch(Circle((12.25, height), 0.2, facecolor=RED, edgecolor=line, zorder=3))
        ax.plot([12.65, 13.6], [height, height + 0.1], color=GREY, linewidth=5)
    arrow = {"arrowstyle": "-", "color": "black", "linewidth": 1}
    for key, target, place in [
        ("dendrites", (1.9, 5.4), (3.3, 6.2)), ("soma", (3.8, 4.18), (4.9, 5.3)),
        ("nucleus", (3.45, 2.85), (4.1, 1.2)), ("hillock", (4.9, 2.95), (7.2, 1.9)),
        ("axon", (7.8, 3.5), (7.8, 4.7)), ("synapses", (12.25, 4.8), (11.9, 5.8)),
    ]:
        ax.annotate(labels[key], target, place, arrowprops=arrow, ha="center", va="center")
    ax.annotate("", (10.6, 0.5), (4.2, 0.5), arrowprops={"arrowstyle": "-|>", "color": GREY})
    ax.text(7.4, 0.85, labels["direction"], ha="center", color=GREY)
    return fig


_MARK, _PALE = "#F7CFA0", "#ECECEC"


def tensors(*parts, title="", scale=0.62, shapes=True):
    """Return a figure of tensors drawn as grids of numbers, from left to right.

    parts: a string is a sign between two grids; else (name, tensor) or (name, tensor, marked) or
    (name, tensor, marked, copied). tensor: 0 to 3 axes, the first of three drawn as sheets one
    behind the other; marked, copied: bool tensors of its shape, or None: cells with an orange
    ground, and cells with a dashed edge and grey number (numbers that are stored only once).
    title: the figure's message; scale: inches per cell. With `shapes`, the shape stands below each
    grid without copied cells.
    """
    grids, x = [], 0.4
    for part in parts:
        if isinstance(part, str):
            grids.append((x, part))
            x += 1.1
            continue
        name, values, *masks = part
        sheets = values.reshape((1,) * (3 - values.ndim) + values.shape)
        width = max(sheets.shape[2] + 0.35 * (len(sheets) - 1), 1.6)
        grids.append((x, name, values, sheets, masks, width))
        x += width + 1.1
    drawn = [grid for grid in grids if len(grid) > 2]
    rows = max(grid[3].shape[1] + 0.35 * (len(grid[3]) - 1) for grid in drawn)
    fig, ax = _canvas(x - 0.7, rows + 2.1, ((x - 0.7) * scale, (rows + 2.8) * scale))
    ax.set_title(title)
    middle = {"ha": "center", "va": "center"}
    for left, name, *rest in grids:
        if not rest:
            ax.text(left, 1 + rows / 2, name, fontsize=22, **middle)
            continue
        values, sheets, masks, width = rest
        high = sheets.shape[1] + 0.35 * (len(sheets) - 1)
        bottom, start = 1 + (rows - high) / 2, left + (width - sheets.shape[2]) / 2
        start -= 0.35 * (len(sheets) - 1) / 2
        marked, copied = (
            masks[k].reshape(sheets.shape) if len(masks) > k and masks[k] is not None
            else torch.zeros(sheets.shape, dtype=torch.bool) for k in range(2)
        )
        for sheet in reversed(range(len(sheets))):  # the first sheet is drawn last, in front
            for row in range(sheets.shape[1]):
                for column in range(sheets.shape[2]):
                    at = (sheet, row, column)
                    corner = (start + column + 0.35 * sheet,
                              bottom + sheets.shape[1] - 1 - row + 0.35 * sheet)
                    ground = _MARK if marked[at] else _PALE if copied[at] else "white"
                    ax.add_patch(Rectangle(
                        corner, 1, 1, facecolor=ground, edgecolor=GREY if copied[at] else "black",
                        linestyle="--" if copied[at] else "-", zorder=3 - sheet,
                    ))
                    ax.text(corner[0] + 0.5, corner[1] + 0.5, _number(sheets[at].item()), **middle,
                            color=GREY if copied[at] else "black", zorder=3 - sheet)
        ax.text(left + width / 2, bottom + high + 0.45, name, **middle)
        if shapes and not copied.any():
            ax.text(left + width / 2, bottom - 0.5, str(tuple(values.shape)), color=GREY, **middle)
    return fig


def chain(values, steps, whole, title=""):
    """Return a drawing of numbers that lead to one another, with the slope of each step.

    values: list of n texts for the boxes; steps: list of n − 1 pairs (formula, slope) of texts;
    whole: text below an arrow from the first box to the last, or "" for none; title: the figure's
    message.
    """
    fig, ax = _canvas(4.4 * len(values) - 2, 4, (3.3 * len(values), 3.4))
    ax.set_title(title)
    for k, value in enumerate(values):
        left = 4.4 * k + 0.2
        ax.add_patch(FancyBboxPatch((left + 0.1, 2.1), 1.8, 1.0, boxstyle="round,pad=0.1",
                                    facecolor="#DCEAF7", edgecolor="black"))
        ax.text(left + 1, 2.6, value, ha="center", va="center", fontsize=16)
        if k < len(steps):
            ax.annotate("", (left + 4.3, 2.6), (left + 2.1, 2.6),
                        arrowprops={"arrowstyle": "-|>", "color": "black"})
            ax.text(left + 3.2, 3.0, steps[k][0], ha="center", va="center")
            ax.text(left + 3.2, 2.15, steps[k][1], ha="center", va="center", color=RED)
    if not whole:
        ax.set_ylim(1.7, 4)  # nothing is drawn below
        fig.set_figheight(3.4 * 2.3 / 4)
        return fig
    right = 4.4 * (len(values) - 1) + 1.2
    ax.annotate("", (right, 1.9), (1.2, 1.9), arrowprops={
        "arrowstyle": "-|>", "color": RED, "connectionstyle": "bar,fraction=0.1"})
    ax.text((right + 1.2) / 2, 0.35, whole, ha="center", va="center", color=RED)
    return fig


def row(titles, xlabel, ylabel, size=(12, 4.8)):
    """Return `(fig, axes)`: axes side by side with the same names, one a title; size in inches."""
    fig, panels = plt.subplots(1, len(titles), figsize=size, sharex=True, sharey=True)
    for ax, title in zip(panels, titles, strict=True):
        ax.set(title=title, xlabel=xlabel)
    panels[0].set_ylabel(ylabel)
    return fig, panels


def confusion(matrix, names, xlabel, ylabel, title):
    """Return a figure of a confusion matrix, a grid of counts: the darker, the more of its row.

    matrix: whole numbers (K, K), a row for each true class; names: list of K names of classes.
    """
    fig, ax = axes(title, xlabel, ylabel, size=(7.6, 4.8))
    share = matrix / matrix.sum(dim=1, keepdim=True).clamp(min=1)  # (K, K)
    ax.imshow(share.numpy(), cmap=_COUNTS, vmin=0, vmax=1, aspect="auto")
    for row, counts in enumerate(matrix.tolist()):
        for column, count in enumerate(counts):
            ax.text(column, row, count, ha="center", va="center", fontsize=16,
                    color="white" if share[row, column] > 0.55 else "black")
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return fig


def network(sizes, names, layers=None, sums=None, outputs=None, gradients=None, ends=None,
            title=""):
    """Return a drawing of a fully connected network; line width shows |weight|.

    sizes: neurons per layer, the input first; names: a text below each of these L layers.
    The numbers, which may be left out: layers: for each layer after the input (weight (out, in),
    bias (out,)); sums: for each of them the weighted sums (out,), or None; outputs: for each layer,
    the input included, what it hands on (size,), or None; gradients: as `layers`, drawn on an
    orange ground; ends: texts for a box on the right, such as target and loss.
    """
    wide = 5.4 if layers else 3.6  # room for the numbers on a line
    apart = 2.9 if layers else 1.2
    height = apart * max(sizes)
    right = wide * (len(sizes) - 1) + 2 + (2.2 if layers else 0)
    scale = 0.7
    fig, ax = _canvas(right, height + 0.8, (right * scale, (height + 1.4) * scale))
    ax.set_title(title)
    radius = 0.62 if layers else 0.42
    at = [
        [(1 + wide * k, 0.8 + height / 2 + apart * ((size - 1) / 2 - row)) for row in range(size)]
        for k, size in enumerate(sizes)
    ]
    middle = {"ha": "center", "va": "center", "zorder": 5}
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    orange = {"facecolor": _MARK, "edgecolor": "none", "pad": 2}

    def rounded(value):
        return _number(round(value.item(), 4) + 0.0)  # + 0.0 turns −0 into 0

    for k, (left_nodes, right_nodes) in enumerate(zip(at, at[1:], strict=False)):
        for j, (x1, y1) in enumerate(right_nodes):
            for i, (x0, y0) in enumerate(left_nodes):
                if not layers:
                    ax.plot([x0, x1], [y0, y1], color=BLUE, linewidth=1.2, zorder=1)
                    continue
                weight = layers[k][0][j, i].item()
                color = BLUE if weight >= 0 else RED
                ax.plot([x0, x1], [y0, y1], color=color, linewidth=1 + 2.5 * abs(weight), zorder=1,
                        linestyle="-" if weight >= 0 else "--")
                x, y = x0 + 0.27 * (x1 - x0), y0 + 0.27 * (y1 - y0)
                ax.text(x, y, rounded(layers[k][0][j, i]), **middle, color=color, bbox=white)
                if gradients:  # beyond the middle, where lines cross
                    x, y = x0 + 0.69 * (x1 - x0), y0 + 0.69 * (y1 - y0)
                    ax.text(x, y, rounded(gradients[k][0][j, i]), **middle, bbox=orange)
    for k, nodes in enumerate(at):
        ax.text(nodes[0][0], 0.4, names[k], color=GREY, **middle)
        for row, (x, y) in enumerate(nodes):
            ax.add_patch(Circle((x, y), radius, facecolor="white" if k == 0 else "#DCEAF7",
                                edgecolor="black", zorder=2))
            if outputs and outputs[k] is not None:
                ax.text(x, y, rounded(outputs[k][row]), fontsize=16, **middle)
            if k == 0 or not layers:
                continue
            above, below = y + radius + 0.38, y - radius - 0.38
            ax.text(x, above, f"$b$ = {rounded(layers[k - 1][1][row])}", color=GREY, **middle)
            if gradients:
                ax.text(x + 1.35, above, rounded(gradients[k - 1][1][row]), bbox=orange, **middle)
            if sums and sums[k - 1] is not None:
                ax.text(x, below, f"$z$ = {rounded(sums[k - 1][row])}", **middle)
    for line, text in enumerate(ends or []):
        ax.text(at[-1][0][0] + 1.0, at[-1][0][1] - 0.75 * line, text, ha="left", va="center",
                fontsize=16)
    return fig


SIGNED = LinearSegmentedColormap.from_list("signed", [BLUE, "#FFFFFF", RED])


def pictures(images, captions=None, title="", columns=10, signed=False, side=1.15):
    """Return a figure of small pictures in a grid.

    images: N of (height, width), 0 drawn white and 1 black, or (3, height, width) in colours from 0
    to 1; signed: numbers of both signs instead, the least blue, 0 white, the largest red;
    captions: N texts below, or None; columns: pictures in a row; side: inches for a picture.
    """
    rows = -(-len(images) // columns)
    tall = min(1, max(image.shape[-2] / image.shape[-1] for image in images))
    high = side * tall + (0.3 if captions else 0)
    size = (side * columns, high * rows + (0.5 if title else 0))
    fig, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
    fig.suptitle(title, x=0.01, ha="left", fontsize=16)
    most = max(float(image.abs().max()) for image in images)
    for ax in grid.flat:
        ax.axis("off")
        ax.set_anchor("S")  # the captions of a row in one line
    for k, (ax, image) in enumerate(zip(grid.flat, images, strict=False)):
        if image.ndim == 3:
            ax.imshow(image.permute(1, 2, 0).numpy())
        elif signed:
            ax.imshow(image.numpy(), cmap=SIGNED, vmin=-most, vmax=most)
        else:
            ax.imshow(image.numpy(), cmap="gray_r", vmin=0, vmax=1)
            size = image.shape[1], image.shape[0]  # white paper needs an edge
            ax.add_patch(Rectangle((-0.5, -0.5), *size, fill=False, edgecolor="#B8B8B8", lw=0.8,
                                   clip_on=False))
        if captions:
            ax.annotate(captions[k], (0.5, 0), (0, -6), "axes fraction", "offset points",
                        ha="center", va="top")
    return fig


def rings(names, examples, title=""):
    """Return a drawing of three fields, each inside the one before it.

    names: three texts, the widest field first; examples: for each of them a text of some lines,
    what belongs to it and not to the next.
    """
    fig, ax = _canvas(14, 6.4, (10.5, 5))
    ax.set_title(title)
    for k, (name, example) in enumerate(zip(names, examples, strict=True)):
        left, low = 0.2 + 4.6 * k, 0.2 + 0.35 * k
        ax.add_patch(FancyBboxPatch(
            (left, low), 13.7 - left - 0.35 * k, 5.9 - 0.7 * k, edgecolor=BLUE, linewidth=2,
            boxstyle="round,pad=0,rounding_size=0.5",
            facecolor=["#FFFFFF", "#DCEAF7", "#FBE6DA"][k],
        ))
        ax.text(left + 0.35, 5.2 - 0.35 * k, name, fontsize=17, va="center", color=BLUE)
        ax.text(left + 0.35, 2.7, example, fontsize=13, va="center", linespacing=1.5)
    return fig


def samples(photo, words, numbers, sound, rate, video, titles, seconds):
    """Return a figure of four kinds of data: a photo, a sentence, a sound, a video.

    photo: uint8 (3, height, width); words and numbers: lists of equal length; sound: (n,) at `rate`
    samples a second; video: uint8 (frames, 3, height, width); titles: four texts; seconds: name of
    the time axis.
    """
    fig, ((left, right), (below, last)) = plt.subplots(2, 2, figsize=(11.5, 5.8))
    left.imshow(photo.permute(1, 2, 0).numpy())
    for k, (word, number) in enumerate(zip(words, numbers, strict=True)):
        right.text(k, 0.7, word, ha="center", va="center")
        right.text(k, 0.3, number, ha="center", va="center", fontsize=16,
                   bbox={"facecolor": _MARK, "edgecolor": "none", "pad": 5})
    right.set(xlim=(-0.6, len(words) - 0.4), ylim=(0, 1))
    below.plot(torch.arange(len(sound)) / rate, sound, linewidth=0.8)
    below.set(xlabel=seconds)
    chosen = video[torch.linspace(0, len(video) - 1, 4).long()]  # (4, 3, height, width)
    last.imshow(torch.cat(list(chosen.permute(0, 2, 3, 1)), dim=1).numpy())
    for ax, title in zip((left, right, below, last), titles, strict=True):
        ax.set_title(title, fontsize=14)
        if ax is not below:
            ax.axis("off")
    return fig


def tasks(photo, box, outline, name, titles):
    """Return a photo three times: with a name, with a box around the animal, with its outline.

    photo: uint8 (3, height, width); box: (left, top, right, bottom) and outline: corners [x, y], in
    pixels; titles: three texts.
    """
    fig, panels = plt.subplots(1, 3, figsize=(12.5, 3.1))
    for ax, title in zip(panels, titles, strict=True):
        ax.imshow(photo.permute(1, 2, 0).numpy())
        ax.set_title(title, fontsize=14)
        ax.axis("off")
    label = {"fontsize": 15, "color": "black", "va": "top",
             "bbox": {"facecolor": "white", "edgecolor": "none", "alpha": 0.9, "pad": 4}}
    panels[0].text(16, 16, name, **label)
    left, top, right, bottom = box
    for color, width in [("white", 4), (RED, 2)]:  # a white rim, to stand out on any photo
        panels[1].add_patch(Rectangle((left, top), right - left, bottom - top, fill=False,
                                      edgecolor=color, linewidth=width))
    panels[1].text(right + 12, top, name, **label)
    panels[2].add_patch(Polygon(outline, facecolor=ORANGE, alpha=0.75, edgecolor="black",
                                linewidth=1.5))
    return fig


def answer(picture, probability, xlabel, ylabel, title="", names=None):
    """Return a figure of a picture and the probability that a model gives to each class.

    picture: (height, width), 0 drawn white and 1 black, or (3, height, width) in colours from 0 to
    1; probability: (K,); names: of the K classes, or None for their numbers.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(1, 1.8))
    fig.suptitle(title, x=0.01, ha="left", fontsize=16)
    if picture.ndim == 3:
        left.imshow(picture.permute(1, 2, 0).numpy())
    else:
        left.imshow(picture.numpy(), cmap="gray_r", vmin=0, vmax=1)
    left.set(xticks=[], yticks=[])
    left.spines[:].set_visible(True)
    right.bar(range(len(probability)), probability, color=BLUE)
    right.set(ylim=(0, 1), xlabel=xlabel, ylabel=ylabel)
    right.set_xticks(range(len(probability)), names)
    return fig


def order_map(epochs, n, names, title="", follow=None):
    """Return a figure of the order in which samples come: a row for each epoch, batches apart.

    epochs: for each epoch the list of its batches, each the numbers of its samples; n: number of
    samples in all: those of 0 to n − 1 that an epoch leaves out stand on the right, grey and
    dashed; names: three texts, "epoch", "batch" and "left out"; follow: the number of one sample,
    marked in orange and bold, with a line from epoch to epoch.
    """
    gap, high = 0.5, 1.65  # between two batches; from row to row
    left = 2.9  # room for the names of the rows
    width = left + n + gap * len(epochs[0]) + 1.2
    scale = min(0.6, 13 / width)
    fig, ax = _canvas(width, high * len(epochs) + 0.8,
                      (width * scale, (high * len(epochs) + 0.8) * scale + 0.5))
    ax.set_title(title)
    middle = {"ha": "center", "va": "center"}

    def cell(x, y, number, absent):
        chosen = number == follow
        ax.add_patch(Rectangle(
            (x, y), 1, 1, facecolor=ORANGE if chosen else _PALE if absent else "white",
            edgecolor=GREY if absent else "black", linestyle="--" if absent else "-",
            linewidth=3 if chosen else 1, zorder=4 if chosen else 3,
        ))
        style = {"fontweight": "bold", "fontfamily": "DejaVu Sans", "fontsize": 16}
        ax.text(x + 0.5, y + 0.47, number, zorder=5, **middle,
                **style if chosen else {"color": GREY if absent else "black"})

    before = None  # the place of the sample that is followed
    top = high * len(epochs) - 0.2
    ax.text(0.1, top + 0.4, names[1], color=GREY, va="center")
    for row, batches in enumerate(epochs):
        y, x = top - 1.3 - high * row, left
        ax.text(0.1, y + 0.5, f"{names[0]} {row + 1}", va="center")
        places, seen = [], set()
        for k, batch in enumerate(batches):
            numbers = [int(number) for number in batch]
            ax.add_patch(Rectangle((x - 0.12, y - 0.12), len(numbers) + 0.24, 1.24, zorder=2,
                                   facecolor=SKY, edgecolor="none"))
            if row == 0:
                ax.text(x + len(numbers) / 2, top + 0.4, k + 1, color=GREY, **middle)
            places += [(x + j, number, False) for j, number in enumerate(numbers)]
            seen |= set(numbers)
            x += len(numbers) + gap
        absent = sorted(set(range(n)) - seen)
        x += 0.5
        places += [(x + j, number, True) for j, number in enumerate(absent)]
        if absent and row == 0:
            ax.text(x + len(absent) / 2, top + 0.4, names[2], color=GREY, **middle)
        for x, number, missing in places:
            cell(x, y, number, missing)
            if number == follow:
                if before:
                    ax.plot([before[0], x + 0.5], [before[1], y + 1], color=ORANGE, zorder=1)
                before = x + 0.5, y
    return fig


def cycle(stations, middle, title=""):
    """Return a drawing of stations in a ring, visited clockwise from the top.

    stations: list of pairs (name, code), two lines of text in a box; middle: a text inside the
    ring; title: the figure's message.
    """
    fig, ax = _canvas(14, 7.6, (10.5, 5.7))
    ax.set_title(title)
    turn = 2 * torch.pi / len(stations)
    across, up = 4.7, 2.75  # half the width and half the height of the ring
    center = (7, 3.7)

    def at(angle):
        angle = torch.tensor(angle)
        return center[0] + across * angle.sin().item(), center[1] + up * angle.cos().item()

    for k, (name, code) in enumerate(stations):
        # An arrow along the ring, between the boxes of two stations.
        arc = [at(turn * (k + part)) for part in torch.linspace(0.33, 0.67, 20).tolist()]
        ax.plot(*zip(*arc, strict=True), color=BLUE)
        ax.annotate("", arc[-1], arc[-2], arrowprops={"arrowstyle": "-|>", "color": BLUE, "lw": 2.5,
                                                      "mutation_scale": 22})
        x, y = at(turn * k)
        ax.add_patch(FancyBboxPatch((x - 1.4, y - 0.55), 2.8, 1.1, facecolor="#DCEAF7",
                                    edgecolor="black", boxstyle="round,pad=0.1", zorder=2))
        text = {"ha": "center", "va": "center", "zorder": 3}
        ax.text(x, y + 0.28, f"{k + 1}  {name}", fontsize=16, **text)
        ax.text(x, y - 0.28, code, fontsize=14, color=BLUE, **text)
    ax.text(*center, middle, ha="center", va="center", fontsize=18, color=GREY, linespacing=1.5)
    return fig
