"""What learners answer in lesson 03: for each exercise right answers, and wrong ones with what the
feedback must say. The keys are the names of the checks; an answer is the tuple of its arguments."""

import numpy as np
import torch
from torch import nn

from helpers import playground


def small(*functions, sizes=(4, 8, 6, 3), at_end=None):
    """Return a class like Small, with these activation functions after the hidden layers."""

    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = zip(sizes, sizes[1:], strict=False)
            self.parts = nn.ModuleList(nn.Linear(*pair) for pair in pairs)

        def forward(self, x):
            for k, part in enumerate(self.parts):
                x = part(x)
                if k < len(functions) and functions[k]:
                    x = functions[k](x)
            return at_end(x) if at_end else x

    return Small


def named_backwards():
    """The layers in another order in __init__: only forward decides what follows what."""

    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.c, self.b, self.a = nn.Linear(6, 3), nn.Linear(8, 6), nn.Linear(4, 8)

        def forward(self, x):
            return self.c(torch.tanh(self.b(self.a(x).clamp(min=0))))

    return Small


def in_a_list():
    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = [nn.Linear(4, 8), nn.Linear(8, 6), nn.Linear(6, 3)]

        def forward(self, x):
            return self.parts[2](torch.tanh(self.parts[1](torch.relu(self.parts[0](x)))))

    return Small


def no_super():
    class Small(nn.Module):
        def __init__(self):
            self.hidden1 = nn.Linear(4, 8)

        def forward(self, x):
            return x

    return Small


def works_once():
    class Small(small(torch.relu, torch.tanh)):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if self.calls > 1:
                raise ValueError("again")
            return super().forward(x)

    return Small


def as_sequential():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))


def repaired(hidden=(256, 128, 64), at_end=None, last=None, activation=torch.relu):
    """Return a class like Repaired."""

    class Repaired(nn.Module):
        def __init__(self, in_features, out_features):
            super().__init__()
            sizes = [in_features, *hidden, *([last or out_features])]
            pairs = zip(sizes, sizes[1:], strict=False)
            self.parts = nn.ModuleList(nn.Linear(*pair) for pair in pairs)

        def forward(self, x):
            for part in self.parts[:-1]:
                x = activation(part(x))
            x = self.parts[-1](x)
            return at_end(x) if at_end else x

    return Repaired


def never_used(in_features, out_features):
    sizes = [in_features, 256, 128, 64]
    pairs = zip(sizes, sizes[1:], strict=False)
    return nn.Sequential(*(p for pair in pairs for p in (nn.Linear(*pair), nn.ReLU())))


def merge(first, second):
    merged = nn.Linear(first.in_features, second.out_features)
    with torch.no_grad():
        merged.weight.copy_(second.weight @ first.weight)
        merged.bias.copy_(second.weight @ first.bias + second.bias)
    return merged


def merge_by_data(first, second):
    merged = nn.Linear(first.in_features, second.out_features)
    merged.bias = nn.Parameter(second(first(torch.zeros(first.in_features))))
    merged.weight = nn.Parameter((second(first(torch.eye(first.in_features))) - merged.bias).T)
    return merged


def merges_wrongly(bias, order=lambda a, b: b @ a):
    def merge(first, second):
        merged = nn.Linear(first.in_features, second.out_features)
        with torch.no_grad():
            merged.weight.copy_(order(first.weight, second.weight))
            merged.bias.copy_(bias(first, second))
        return merged

    return merge


def changes_second(first, second):
    with torch.no_grad():
        second.bias.copy_(second.weight @ first.bias + second.bias)
        second.weight = nn.Parameter(second.weight @ first.weight)
    return second


def ring(hidden=6, steps=1000, lr=0.3, seed=0, at_end=None, activation=nn.ReLU):
    """Return a network 2 → hidden → 1, trained on the rings."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, hidden), activation(), nn.Linear(hidden, 1))
    x, y = playground.points("rings")
    for _ in range(steps):
        loss = nn.BCEWithLogitsLoss()(model(x), y)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= lr * parameter.grad
    return nn.Sequential(*model, at_end) if at_end else model


ANSWERS = {
    "shapes": {
        "right": [
            ((20, 8), (20, 8), (20, 3), (3, 8)),
            ([20, 8], torch.Size([20, 8]), np.array([20, 3]), torch.tensor([3, 8])),
        ],
        "wrong": {
            "weight turned round": (((20, 8), (20, 8), (20, 3), (8, 3)),
                                    "❌ last_weight: last.weight.shape ≠ (8, 3)"),
            "features stay": (((20, 12), (20, 12), (20, 3), (3, 8)), "❌ after_first:"),
            "samples on the right": (((8, 20), (8, 20), (3, 20), (3, 8)), "❌ after_first:"),
            "ReLU drops the negative ones": (((20, 8), (20, 4), (20, 3), (3, 8)),
                                             "❌ after_relu: relu(first(x)).shape ≠ (20, 4)"),
            "one sample": (((20, 8), (20, 8), (3,), (3, 8)), "❌ output:"),
            "numbers, not shapes": ((160, 160, 60, 24), "❌ after_first:"),
        },
    },
    "n_parameters": {
        "right": [
            (lambda s: sum(a * b + b for a, b in zip(s, s[1:], strict=False)),),
            (lambda s: sum((s[k] + 1) * s[k + 1] for k in range(len(s) - 1)),),
            (lambda s: sum(p.numel() for a, b in zip(s, s[1:], strict=False)
                           for p in nn.Linear(a, b).parameters()),),
        ],
        "wrong": {
            "no biases": ((lambda s: sum(a * b for a, b in zip(s, s[1:], strict=False)),),
                          "❌ n_parameters([2, 1]) → 2 ≠ 3"),
            "biases for the inputs": ((lambda s: sum(
                a * b for a, b in zip(s, s[1:], strict=False)) + sum(s),), "→ 5 ≠ 3"),
            "first to last only": ((lambda s: s[0] * s[-1] + s[-1],),
                                   "❌ n_parameters([2, 2, 1]) → 3 ≠ 9"),
            "one layer too far": (
                (lambda s: sum(s[k] * s[k + 1] for k in range(len(s))),), "IndexError"),
            "neurons, not parameters": ((lambda s: sum(s[1:]),), "→ 1 ≠ 3"),
            "product of all": ((lambda s: int(np.prod(s)),), "→ 2 ≠ 3"),
        },
    },
    "to_module": {
        "right": [(small(torch.relu, torch.tanh),), (named_backwards(),), (as_sequential,),
                  (small(nn.functional.relu, nn.Tanh()),)],
        "wrong": {
            "no activation function": ((small(),), "❌ Small()(x)[0, 0] →"),
            "ReLU twice": ((small(torch.relu, torch.relu),), "❌ Small()(x)[0, 0] →"),
            "Tanh lost": ((small(torch.relu),), "❌ Small()(x)[0, 0] →"),
            "ReLU at the end": (
                (small(torch.relu, torch.tanh, at_end=torch.relu),), "❌ Small()(x)[0, "),
            "the two exchanged": ((small(torch.tanh, torch.relu),), "❌ Small()(x)[0, 0] →"),
            "a layer lost": ((small(torch.relu, sizes=(4, 8, 3)),),
                             "❌ sum(p.numel() for p in Small().parameters()) → 67 ≠ 115"),
            "another size": ((small(torch.relu, torch.tanh, sizes=(4, 8, 8, 3)),), "→ 139 ≠ 115"),
            "return forgotten": ((small(torch.relu, torch.tanh, at_end=lambda x: None),),
                                 "shape → None ≠ (5, 3)"),
            "a layer where a function is meant": (
                (small(nn.ReLU, torch.tanh),), "❌ Small()(x) → TypeError"),
            "too few outputs": ((small(torch.relu, torch.tanh, sizes=(4, 8, 6, 1)),),
                                "❌ Small()(torch.zeros(5, 4)).shape → (5, 1) ≠ (5, 3)"),
            "layers in a list": ((in_a_list(),), "→ 0 ≠ 115"),
            "super forgotten": ((no_super(),), "❌ Small() → AttributeError: cannot assign module"),
            "the finished model": ((as_sequential(),), "❌ Small() → TypeError"),
            "works once only": ((works_once(),), "❌ Small()(x) → ValueError: again"),
            "no module": ((lambda: lambda x: x,), "❌ isinstance(Small(), nn.Module) → False"),
        },
    },
    "xor_weights": {
        "right": [
            ([[1, 1], [1, 1]], [0, -1], [[1, -2]], [0]),
            ([[1, -1], [-1, 1]], [0, 0], [1, 1], 0),
            (torch.tensor([[1.0, 1.0], [1.0, 1.0]]), np.array([0, -1]), [[2.0, -4.0]], [-0.1]),
            ([[-1, -1], [1, 1]], [1, -1], [[-1, -1]], [1]),
        ],
        "wrong": {
            "OR, NAND and AND of the threshold neurons": (
                ([[1, 1], [-1, -1]], [-0.5, 1.5], [[1, 1]], [-1.5]), "❌ W2 @ relu(W1 @ [0, 1]"),
            "OR": (([[1, 1], [1, 1]], [0, 0], [[1, 0]], [0]),
                   "❌ W2 @ relu(W1 @ [1, 1] + b1) + b2 → 2; 2 < 0.5 → False ≠ True"),
            "second weight too small": (([[1, 1], [1, 1]], [0, -1], [[1, -1]], [0]),
                                        "→ 1; 1 < 0.5 → False ≠ True"),
            "all zero": (([[0, 0], [0, 0]], [0, 0], [[0, 0]], [0]),
                         "❌ W2 @ relu(W1 @ [0, 1] + b1) + b2 → 0; 0 > 0.5 → False ≠ True"),
            "exactly a half": (([[0, 0], [0, 0]], [0, 0], [[0, 0]], [0.5]), "0.5 < 0.5 → False"),
            "a column too few": (([[1], [1]], [0, -1], [[1, -2]], [0]),
                                 "❌ W1: shape (2, 1) ≠ (2, 2)"),
            "W2 as a column": (([[1, 1], [1, 1]], [0, -1], [[1], [-2]], [0]),
                               "❌ W2: shape (2, 1) ≠ (1, 2)"),
            "bias for the inputs": (([[1, 1], [1, 1]], [0, -1, 0], [[1, -2]], [0]),
                                    "❌ b1: shape (3,) ≠ (2,)"),
        },
    },
    "output_is": {
        "right": [
            (lambda m, i, o: m(torch.zeros(5, i)).shape == (5, o),),
            (lambda m, i, o: list(m(torch.randn(5, i)).shape) == [5, o],),
            (lambda m, i, o: torch.tensor(m(torch.ones(5, i)).shape == torch.Size([5, o])),),
            (lambda m, i, o: int(tuple(m(torch.zeros(5, i)).size()) == (5, o)),),
        ],
        "wrong": {
            "number of elements": ((lambda m, i, o: m(torch.zeros(5, i)).numel() == 5 * o,),
                                   "→ True ≠ False"),
            "last axis alone": ((lambda m, i, o: m(torch.zeros(5, i)).shape[0] == 5,),
                                "→ True ≠ False"),
            "the second axis alone": ((lambda m, i, o: m(torch.zeros(5, i)).shape[1] == o,),
                                      "(lambda x: x.flatten(), 3, 3) → IndexError"),
            "no error came": ((lambda m, i, o: m(torch.zeros(5, i)) is not None,),
                              "→ True ≠ False"),
            "samples and features exchanged": ((
                lambda m, i, o: m(torch.zeros(i, 5)).shape == (5, o),),
                ": mat1 and mat2 shapes cannot be multiplied (4x5 and 4x3)"),
            "the shape itself": ((lambda m, i, o: m(torch.zeros(5, i)).shape,),
                                 "shape (2,) ≠ ()"),
            "always true": ((lambda m, i, o: True,), "→ True ≠ False"),
        },
    },
    "repaired": {
        "right": [(repaired(),), (repaired(activation=nn.functional.relu),),
                  (lambda a, b: nn.Sequential(*never_used(a, b), nn.Linear(64, b)),)],
        "wrong": {
            "out_features never used": ((never_used,), "→ (5, 64) ≠ (5, 3)"),
            "hidden layer replaced": ((repaired(hidden=(256, 128)),), "≠"),
            "ReLU after the last layer": ((repaired(at_end=torch.relu),),
                                          "❌ (Repaired(12, 3)(x) < 0).any() → False ≠ True"),
            "sigmoid after the last layer": ((repaired(at_end=torch.sigmoid),), "< 0).any()"),
            "always ten": ((repaired(last=10),), "→ (5, 10) ≠ (5, 3)"),
            "no activation functions": ((repaired(activation=lambda x: x),),
                                        "❌ Repaired(12, 3)(x)[0, 0] →"),
            "without arguments": ((lambda: None,), "❌ Repaired(12, 3) → TypeError"),
        },
    },
    "can_be_negative": {
        "right": [
            (lambda m, i: bool((m(torch.randn(1000, i)) < 0).any()),),
            (lambda m, i: m(torch.randn(1000, i)).min() < 0,),
            (lambda m, i: any(v < 0 for v in m(torch.randn(1000, i)).flatten().tolist()),),
        ],
        "wrong": {
            "all": ((lambda m, i: bool((m(torch.randn(1000, i)) < 0).all()),), "→ False ≠ True"),
            "zero counts": ((lambda m, i: bool((m(torch.randn(1000, i)) <= 0).any()),),
                            "→ True ≠ False"),
            "zeros only": ((lambda m, i: bool((m(torch.zeros(1000, i)) < 0).any()),),
                           "→ False ≠ True"),
            "one column": ((lambda m, i: bool((m(torch.randn(1000, i))[:, 0] < 0).any()),),
                           "→ False ≠ True"),
            "samples from 0 to 1": ((lambda m, i: bool((m(torch.rand(1000, i)) < 0).any()),),
                                    "→ False ≠ True"),
            "the mean": ((lambda m, i: bool(m(torch.randn(1000, i)).mean() < 0),),
                         "→ False ≠ True"),
            "each output its own answer": ((lambda m, i: m(torch.randn(1000, i)) < 0,),
                                           "shape (1000, 1) ≠ ()"),
        },
    },
    "beats_a_line": {
        "right": [
            (lambda m, x, y: bool(((m(x) > 0) == (y == 1)).all()),),
            (lambda m, x, y: ((torch.sigmoid(m(x)) > 0.5).float() == y).all(),),
            (lambda m, x, y: int(((m(x) > 0).float() == y).sum()) == 4,),
            (lambda m, x, y: all((m(a) > 0).item() == (b == 1).item()
                                 for a, b in zip(x, y, strict=True)),),
        ],
        "wrong": {
            "any": ((lambda m, x, y: bool(((m(x) > 0) == (y == 1)).any()),), "→ True ≠ False"),
            "logits taken for probabilities": (
                (lambda m, x, y: bool(((m(x) > 0.5) == (y == 1)).all()),), "→ False ≠ True"),
            "three of four": ((lambda m, x, y: ((m(x) > 0) == (y == 1)).float().mean() >= 0.75,),
                              "→ True ≠ False"),
            "the accuracy": ((lambda m, x, y: ((m(x) > 0) == (y == 1)).float().mean(),),
                             "→ 0.75 ≠ False"),
            "rounded logits": ((lambda m, x, y: bool((m(x).round() == y).all()),),
                               "→ False ≠ True"),
            "labels alone": ((lambda m, x, y: bool((m(x) > 0).any()),), "→ True ≠ False"),
            "equal to the labels": ((lambda m, x, y: bool((m(x) == y).all()),), "→ False ≠ True"),
        },
    },
    "merge": {
        "right": [(merge,), (merge_by_data,)],
        "wrong": {
            "biases added": ((merges_wrongly(lambda a, b: a.bias[:1] + b.bias),),
                             ".bias → torch.tensor([6.]) ≠ torch.tensor([8.])"),
            "first bias lost": ((merges_wrongly(lambda a, b: b.bias),), ".bias →"),
            "second bias lost": ((merges_wrongly(lambda a, b: b.weight @ a.bias),), ".bias →"),
            "order reversed": ((merges_wrongly(lambda a, b: b.weight @ a.bias + b.bias,
                                               order=lambda a, b: a @ b),),
                               "❌ merge(first, second) → RuntimeError"),
            "both in a row": ((nn.Sequential,), "→ Sequential ≠ Linear"),
            "the numbers alone": ((lambda a, b: (b.weight @ a.weight, b.bias),),
                                  "❌ type(merge(first, second)) → tuple ≠ Linear"),
            "changes the second": ((changes_second,), "first, second == before → False ≠ True"),
        },
    },
    "own_network": {
        "right": [(ring(),), (ring(hidden=6, activation=nn.Tanh, steps=2000, lr=1.0),)],
        "wrong": {
            "not trained": ((ring(steps=0),), "parameters, accuracy →"),
            "too many parameters": ((ring(hidden=7, steps=1),), "❌ 29 parameters > 25"),
            "no hidden layer": ((nn.Linear(2, 1),), "< 0.95"),
            "no activation function": ((ring(activation=nn.Identity, steps=300),), "< 0.95"),
            "sigmoid at the end": ((ring(at_end=nn.Sigmoid()),), "accuracy → 0.500 < 0.95"),
            "two outputs": ((nn.Linear(2, 2),), "❌ my_model(x).shape → (1000, 2) ≠ (1000, 1)"),
            "the class": ((nn.Linear,), "❌ my_model(x) → TypeError"),
            "a function": ((lambda x: x[:, :1],), "❌ isinstance(my_model, nn.Module) → False"),
            "one input": ((nn.Linear(1, 1),), "❌ my_model(x) → RuntimeError"),
        },
    },
}
