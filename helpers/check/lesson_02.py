"""The checks of lesson 02, the artificial neuron; what they are tried on: tests/answers_02.py."""

import math

import torch

from helpers import check, data


def by_hand(my_z, my_y_step, my_y_relu):
    """Check the weighted sum of x = (2, -1, 3), w = (0.5, 2, -1), b = 1 and two outputs."""
    check.values(
        "by_hand",
        my_z=(my_z, -3, "0.5 * 2 + 2 * (-1) + (-1) * 3 + 1"),
        my_y_step=(my_y_step, 0, "step(my_z)"),
        my_y_relu=(my_y_relu, 0, "relu(my_z)"),
    )


def nand(w1, w2, b):
    """Check that a threshold neuron with these weights fires for every input but (1, 1)."""
    if check.untouched(w1, w2, b):
        return check.say("⬜", "nand")
    try:
        v1, v2, c = (float(check.plain(value)) for value in (w1, w2, b))
    except (ValueError, TypeError):
        return check.say("❌", "nand", f"float({check.code((w1, w2, b))})")
    for x1, x2 in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        z = v1 * x1 + v2 * x2 + c
        if math.isnan(z) or (z > 0) != (not (x1 and x2)):
            call = f"step({v1:g} * {x1} + {v2:g} * {x2} + {c:g})"
            return check.say("❌", "nand", f"{call} → {int(z > 0)} ≠ {int(not (x1 and x2))}")
    return check.say("✅", "nand")


def neuron(function):
    """Check `neuron(x, w, b)`: x (in_features,) gives (), x (batch, in_features) gives (batch,)."""
    one, two = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    batch = torch.tensor([[1.0, 2.0], [0.0, -1.0], [5.0, 0.0]])
    three = torch.tensor([[1.0, 0.0, 2.0], [3.0, 1.0, 1.0]])
    check.calls(function, "neuron", [
        ((one, two, 5.0), 16.0),
        ((batch, two, 0.0), torch.tensor([11.0, -4.0, 15.0])),
        ((three, torch.tensor([1.0, -1.0, 0.5]), -2.0), torch.tensor([0.0, 0.5])),
        ((torch.eye(2), two, 1.0), torch.tensor([4.0, 5.0])),
    ])


def sigmoid(function):
    """Check `sigmoid(z)` on a tensor (M,), also where exp overflows and where 1 - y rounds to 0."""
    check.calls(function, "sigmoid", [
        ((torch.tensor([0.0]),), torch.tensor([0.5])),
        ((torch.tensor([2.0, -2.0]),), torch.tensor([0.880797, 0.119203])),
        ((torch.tensor([100.0]),), torch.tensor([1.0])),
        ((torch.tensor([-100.0]),), torch.tensor([0.0])),
        ((torch.tensor([1000.0, 0.0, -1000.0]),), torch.tensor([1.0, 0.5, 0.0])),
    ], tolerance=1e-5)


def gradient_step(function):
    """Check `gradient_step(w, b, x, y, lr)`, one step down the mean squared error, for (w, b)."""
    x, y = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0])
    check.calls(function, "gradient_step", [
        ((1.0, 0.0, torch.tensor([1.0]), torch.tensor([3.0]), 0.25), (2.0, 1.0)),
        ((2.0, 1.0, x, y, 0.1), (2.0, 1.0)),
        ((0.0, 0.0, x, y, 0.3), (2.6, 1.8)),
    ])


def n_parameters(function):
    """Check `n_parameters(in_features, neurons)`: every neuron has its own weights and bias."""
    check.calls(function, "n_parameters", [
        ((2, 1), 3), ((3, 2), 8), ((784, 10), 7850), ((1, 5), 10),
    ])


def own_neuron(columns, w, b, at_least=0.97):
    """Check a neuron that tells Gentoo (fires) from Chinstrap penguins by columns of one's choice.

    columns: list of k names of numeric columns; w: k weights; b: the bias.
    """
    name = "own_neuron"
    if check.untouched(columns, w, b):
        return check.say("⬜", name)
    try:
        penguins = data.load_penguins(columns, species=["Chinstrap", "Gentoo"], missing="drop")
    except Exception as error:  # one clear line, as the loader says it
        return check.say("❌", name, str(error))
    try:
        weights = torch.tensor(check.plain(w)).flatten()
        bias = torch.tensor(check.plain(b)).flatten()
    except ValueError:
        return check.say("❌", name, f"my_w, my_b = {check.code((w, b))}")
    if (len(weights), len(bias)) != (len(columns), 1):
        return check.say(
            "❌", name, f"len(my_w), len(my_b) → {(len(weights), len(bias))} ≠ {(len(columns), 1)}"
        )
    z = torch.stack([penguins[column] for column in columns], dim=1) @ weights + bias
    fires = z > 0
    gentoo = torch.tensor([species == "Gentoo" for species in penguins["species"]])
    accuracy = (fires == gentoo).float().mean().item()
    if bool(z.isnan().any()) or accuracy < at_least:
        wrong = int((fires != gentoo).nonzero()[0]) if accuracy < 1 else 0
        measures = ", ".join(f"{column}={penguins[column][wrong]:g}" for column in columns)
        return check.say("❌", name, f"accuracy → {accuracy:.3f} < {at_least}; "
                         f"{penguins['species'][wrong]}({measures}): z → {z[wrong]:.4g}")
    return check.say("✅", name, f"{name}: accuracy → {accuracy:.3f}")
