"""The checks of lesson 03, networks; what they are tried on: tests/answers_03.py."""

import torch
from torch import nn

from helpers import check, playground

CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def shapes(after_first, after_relu, output, last_weight):
    """Check four shapes on the way of (20, 12) through Linear(12, 8), ReLU and Linear(8, 3)."""
    check.values(
        "shapes",
        after_first=(after_first, (20, 8), "first(x).shape"),
        after_relu=(after_relu, (20, 8), "relu(first(x)).shape"),
        output=(output, (20, 3), "last(relu(first(x))).shape"),
        last_weight=(last_weight, (3, 8), "last.weight.shape"),
    )


def n_parameters(function):
    """Check `n_parameters(sizes)`: the sizes of the layers, the input first, gives a number."""
    check.calls(function, "n_parameters", [
        (([2, 1],), 3), (([2, 2, 1],), 9), (([784, 10],), 7850),
        (([784, 256, 128, 64],), 242112),
    ])


def _answer(builder, name, call, arguments, x, twin):
    """Return what the learner's model answers to `x`, or None after saying why there is nothing.

    twin: nn.Sequential that it has to equal: its parameters, all of different shapes, are copied.
    """
    model = check.run(builder, name, call, arguments)
    if model is check.NO_ANSWER:
        return None
    if not isinstance(model, nn.Module):
        return check.say("❌", name, f"isinstance({call}, nn.Module) → False ≠ True")
    output = check.run(model, name, f"{call}(x)", [x])
    if output is check.NO_ANSWER:
        return None
    if (shape := check.shape_of(output)) != (wanted := check.shape_of(twin(x))):
        return check.say(
            "❌", name, f"{call}(torch.zeros{tuple(x.shape)}).shape → {shape} ≠ {wanted}"
        )
    own = {tuple(p.shape): p for p in model.parameters()}
    wanted = {tuple(p.shape): p for p in twin.parameters()}
    if own.keys() != wanted.keys() or len(list(model.parameters())) != len(wanted):
        count = sum(p.numel() for p in model.parameters())
        right = sum(p.numel() for p in twin.parameters())
        return check.say("❌", name, f"sum(p.numel() for p in {call}.parameters()) → "
                         f"{count} {'≠' if count != right else '='} {right}; "
                         f"{check.short(sorted(own))}")
    with torch.no_grad():
        for shape, parameter in wanted.items():
            own[shape].copy_(parameter)
    output = check.run(model, name, f"{call}(x)", [x])
    return None if output is check.NO_ANSWER else output


def _difference(output, wanted):
    """Return where two outputs (N, out_features) differ first, as code, or ""."""
    for row, column in torch.cartesian_prod(*map(torch.arange, wanted.shape)).tolist():
        if wrong := check.difference(output[row, column], wanted[row, column]):
            return f"(x)[{row}, {column}] → {wrong}"
    return ""


def _like(sizes, activations, seed=3):
    """Return nn.Sequential of Linear layers; activations: one for each hidden layer."""
    torch.manual_seed(seed)
    parts = []
    for n_in, n_out, activation in zip(sizes, sizes[1:], [*activations, None], strict=False):
        parts += [nn.Linear(n_in, n_out), *([activation] if activation else [])]
    return nn.Sequential(*parts)


def to_module(builder):
    """Check the class Small against Sequential, with the same weights in both."""
    twin = _like([4, 8, 6, 3], [nn.ReLU(), nn.Tanh()])
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter *= 4  # so that tanh is far from the identity
    x = torch.randn(5, 4)
    output = _answer(builder, "to_module", "Small()", [], x, twin)
    if output is not None:
        wrong = _difference(output, twin(x))
        check.say("❌" if wrong else "✅", "to_module", wrong and f"Small(){wrong}")


def xor_weights(W1, b1, W2, b2):
    """Check the weights of a 2-2-1 network with ReLU: above 0.5 for XOR = 1, below for 0."""
    name = "xor_weights"
    if check.untouched(W1, b1, W2, b2):
        return check.say("⬜", name)
    parts = {}
    for key, value, shape in [("W1", W1, (2, 2)), ("b1", b1, (2,)), ("W2", W2, (1, 2)),
                              ("b2", b2, (1,))]:
        try:
            numbers = torch.tensor(check.plain(value))
        except ValueError:
            return check.say("❌", name, f"torch.tensor({check.short(value)})")
        found = tuple(numbers.shape)
        # A single row may be written without its outer brackets.
        if found != shape and (found != shape[1:] or shape[0] != 1):
            return check.say("❌", name, f"{key}: shape {found} ≠ {shape}")
        parts[key] = numbers.reshape(shape)
    for corner in CORNERS:
        h = torch.relu(parts["W1"] @ torch.tensor(corner, dtype=torch.float32) + parts["b1"])
        y = (parts["W2"] @ h + parts["b2"]).item()
        wanted = corner[0] != corner[1]
        if not (y > 0.5 if wanted else y < 0.5):
            return check.say("❌", name, f"W2 @ relu(W1 @ {list(corner)} + b1) + b2 → {y:g}; "
                             f"{y:g} {'>' if wanted else '<'} 0.5 → False ≠ True")
    return check.say("✅", name)


class Flat(nn.Module):
    """Gives all its numbers in one row: (batch, in_features) to (batch * in_features,)."""

    def forward(self, x):
        return x.flatten()

    def __repr__(self):
        return "lambda x: x.flatten()"


class Turned(nn.Module):
    """Gives samples as columns: (batch, in_features) to (in_features, batch)."""

    def forward(self, x):
        return x.T

    def __repr__(self):
        return "lambda x: x.T"


def output_is(function):
    """Check `output_is(model, in_features, out_features)`: whether (5, out_features) comes out."""
    check.calls(function, "output_is", [
        ((nn.Linear(4, 3), 4, 3), True),
        ((nn.Linear(4, 6), 4, 3), False),
        ((Turned(), 3, 3), False),
        ((Flat(), 3, 3), False),
        ((nn.Sequential(nn.Linear(2, 5), nn.ReLU()), 2, 5), True),
        ((nn.Linear(7, 5), 7, 7), False),
    ])


def repaired(builder):
    """Check the class Repaired: in_features → 256 → 128 → 64 → out_features, ReLU in between."""
    for sizes in [(12, 3), (784, 10)]:
        twin = _like([sizes[0], 256, 128, 64, sizes[1]], [nn.ReLU()] * 3)
        with torch.no_grad():
            twin[-1].bias.copy_(torch.linspace(-1, 1, sizes[1]))  # outputs of both signs
        x, call = torch.randn(5, sizes[0]), f"Repaired{sizes}"
        output = _answer(builder, "repaired", call, sizes, x, twin)
        if output is None:
            return
        if not (output < 0).any():
            return check.say("❌", "repaired", f"({call}(x) < 0).any() → False ≠ True")
        if wrong := _difference(output, twin(x)):
            return check.say("❌", "repaired", f"{call}{wrong}")
    return check.say("✅", "repaired")


def _linear(weight, bias):
    """Return nn.Linear with these numbers: weight (out, in) and bias (out,) as lists."""
    layer = nn.Linear(len(weight[0]), len(weight))
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight))
        layer.bias.copy_(torch.tensor(bias))
    return layer


def can_be_negative(function):
    """Check `can_be_negative(model, in_features)`: whether any output is below 0."""
    check.calls(function, "can_be_negative", [
        ((_linear([[1.0, 1.0]], [0.0]), 2), True),
        ((nn.Sequential(_linear([[1.0, 1.0]], [0.0]), nn.ReLU()), 2), False),
        ((_linear([[1.0, 1.0]], [1.5]), 2), True),  # not at x = 0
        ((_linear([[0.0], [1.0]], [9.0, 0.0]), 1), True),  # in the second column only
        ((nn.Sequential(nn.Linear(3, 2), nn.Sigmoid()), 3), False),
    ])


class Fixed(nn.Module):
    """Gives one logit for each of the four corners of XOR: (batch, 2) to (batch, 1)."""

    def __init__(self, *logits):
        super().__init__()
        self.logits = logits

    def forward(self, x):
        places = (2 * x[..., 0] + x[..., 1]).long()
        return torch.tensor(self.logits)[places].unsqueeze(-1)

    def __repr__(self):
        return f"lambda corners: torch.tensor({[[v] for v in self.logits]})"


def beats_a_line(function):
    """Check `beats_a_line(model, x, y)`: whether all four logits have the right sign."""
    x = torch.tensor(CORNERS, dtype=torch.float32)
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    check.calls(function, "beats_a_line", [
        ((Fixed(*logits), x, y), wanted) for logits, wanted in [
            ((-1.0, 1.0, 1.0, -1.0), True),
            ((-1.0, 1.0, 1.0, 1.0), False),
            ((-0.2, 0.2, 0.3, -0.1), True),  # a logit above 0 is a probability above 0.5
            ((1.0, -1.0, -1.0, 1.0), False),
            ((0.0, 0.0, 0.0, 0.0), False),
            ((0.4, 0.6, 0.6, 0.4), False),
        ]
    ], form="beats_a_line({}, corners, y)")


def merge(function):
    """Check `merge(first, second)`: one nn.Linear that does what two in a row do."""
    name, call = "merge", "merge(first, second)"
    for first, second in [
        (_linear([[2.0]], [1.0]), _linear([[3.0]], [5.0])),
        (_linear([[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]], [1.0, 2.0, 3.0]),
         _linear([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]], [0.5, -0.5])),
    ]:
        before = [p.clone() for layer in (first, second) for p in layer.parameters()]
        wanted = {"weight": (second.weight @ first.weight).detach(),
                  "bias": (second.weight @ first.bias + second.bias).detach()}
        found = check.run(function, name, call, [first, second])
        if found is check.NO_ANSWER:
            return
        if not isinstance(found, nn.Linear):
            return check.say("❌", name, f"type({call}) → {type(found).__name__} ≠ Linear")
        for key, right in wanted.items():
            if wrong := check.difference(getattr(found, key), right):
                return check.say("❌", name, f"{call}.{key} → {wrong}")
        after = [p for layer in (first, second) for p in layer.parameters()]
        if not all(map(torch.equal, before, after)):
            return check.say("❌", name, f"{call}: first, second == before → False ≠ True")
    return check.say("✅", name)


def own_network(model, at_most=25, at_least=0.95):
    """Check a trained model that separates the rings: (N, 2) gives logits (N, 1)."""
    name = "own_network"
    if check.untouched(model):
        return check.say("⬜", name)
    x, y = playground.points("rings", n=1000, seed=1)
    output = check.run(model, name, "my_model(x)", [x])
    if output is check.NO_ANSWER:
        return None
    if not isinstance(model, nn.Module):
        return check.say("❌", name, "isinstance(my_model, nn.Module) → False ≠ True")
    count = sum(p.numel() for p in model.parameters())
    if count > at_most:
        return check.say("❌", name, f"{count} parameters > {at_most}")
    if (shape := check.shape_of(output)) != (1000, 1):
        return check.say("❌", name, f"my_model(x).shape → {shape} ≠ (1000, 1)")
    right = ((output > 0) == (y == 1)).float().mean().item()
    mark = "✅" if right >= at_least else "❌"
    sign = "" if right >= at_least else f" < {at_least}"
    return check.say(mark, name, f"{name}: {count} parameters, accuracy → {right:.3f}{sign}")
