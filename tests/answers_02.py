"""What learners answer in lesson 02: for each exercise right answers, and wrong ones with what the
feedback must say. The keys are the names of the checks; an answer is the tuple of its arguments."""

import numpy as np
import torch


def updates_w_first(w, b, x, y, lr):
    w = w - lr * 2 * ((w * x + b - y) * x).mean()
    return w, b - lr * 2 * (w * x + b - y).mean()


def descends(factor=2.0, sign=-1, reduce=torch.mean):
    def gradient_step(w, b, x, y, lr):
        error = w * x + b - y
        change = sign * lr * factor
        return w + change * reduce(error * x), b + change * reduce(error)

    return gradient_step


def changes_its_arguments(w, b, x, y, lr):
    y.sub_(w * x + b)  # y is now minus the error
    return w + lr * 2 * (y * x).mean(), b + lr * 2 * y.mean()


def autograd_step(w, b, x, y, lr):
    w, b = (torch.tensor(v, dtype=torch.float32, requires_grad=True) for v in (w, b))
    ((w * x + b - y) ** 2).mean().backward()
    with torch.no_grad():
        return w - lr * w.grad, b - lr * b.grad


def piecewise_sigmoid(z):
    small = torch.exp(-z.abs())
    return torch.where(z >= 0, 1 / (1 + small), small / (1 + small))


GENTOO = ["flipper_length_mm", "bill_depth_mm"]

ANSWERS = {
    "nand": {
        "right": [
            (-1, -1, 1.5), (-2.0, -2.0, 3.0), (torch.tensor(-1.0), -1, 1.2),
            (np.float64(-5), -5, torch.tensor([7.0]).squeeze()), (-0.5, -0.7, 1),
        ],
        "wrong": {
            "AND": ((1, 1, -1.5), "❌ step(1 * 0 + 1 * 0 + -1.5) → 0 ≠ 1"),
            "weights flipped, bias forgotten": ((-1, -1, -1.5), "→ 0 ≠ 1"),
            "NOR": ((-1, -1, 0.5), "❌ step(-1 * 0 + -1 * 1 + 0.5) → 0 ≠ 1"),
            "z exactly 0 does not fire": ((-1, -1, 1), "❌ step(-1 * 0 + -1 * 1 + 1) → 0 ≠ 1"),
            "always fires": ((-1, -1, 3), "❌ step(-1 * 1 + -1 * 1 + 3) → 1 ≠ 0"),
            "OR": ((1, 1, -0.5), "→ 0 ≠ 1"),
        },
    },
    "by_hand": {
        "right": [(-3, 0, 0), (-3.0, 0.0, 0.0), (torch.tensor(-3.0), False, np.float32(0))],
        "wrong": {
            "bias forgotten": ((-4, 0, 0), "❌ my_z: 0.5 * 2 + 2 * (-1) + (-1) * 3 + 1 ≠ -4"),
            "minus sign lost": ((1, 1, 1), "❌ my_z:"),
            "bias added to each product": ((-1, 0, 0), "❌ my_z:"),
            "step gives -1": ((-3, -1, 0), "❌ my_y_step: step(my_z) ≠ -1"),
            "ReLU keeps z": ((-3, 0, -3), "❌ my_y_relu: relu(my_z) ≠ -3"),
            "ReLU drops the sign": ((-3, 0, 3), "❌ my_y_relu: relu(my_z) ≠ 3"),
            "a list": (([-3], 0, 0), "❌ my_z:"),
        },
    },
    "neuron": {
        "right": [
            (lambda x, w, b: x @ w + b,),
            (lambda x, w, b: (x * w).sum(dim=-1) + b,),
            (lambda x, w, b: torch.matmul(x, w).add(b),),
            (lambda x, w, b: (x @ w + b).numpy(),),
            (lambda x, w, b: (x @ w + b).tolist(),),
            (lambda x, w, b: torch.einsum("...i,i->...", x, w) + b,),
        ],
        "wrong": {
            "sums the whole batch": ((lambda x, w, b: (x * w).sum() + b,), "shape () ≠ (3,)"),
            "bias forgotten": ((lambda x, w, b: x @ w,), "❌ neuron(torch.tensor([1., 2.]), "
                               "torch.tensor([3., 4.]), 5) → 11 ≠ 16"),
            "bias inside the sum": ((lambda x, w, b: (x * w + b).sum(-1),), "→ 21 ≠ 16"),
            "no sum": ((lambda x, w, b: x * w + b,), "shape (2,) ≠ ()"),
            "with ReLU": ((lambda x, w, b: torch.relu(x @ w + b),), "≠ torch.tensor([11., -4.,"),
            "one sample only": ((lambda x, w, b: w @ x + b,), "RuntimeError"),
            "a column": ((lambda x, w, b: (x @ w + b).reshape(-1, 1),), "shape (1, 1) ≠ ()"),
            "prints instead of returning": ((lambda x, w, b: None,), "→ None ≠ 16"),
        },
    },
    "sigmoid": {
        "right": [
            (lambda z: 1 / (1 + torch.exp(-z)),), (torch.sigmoid,), (piecewise_sigmoid,),
            (lambda z: 0.5 * (1 + torch.tanh(z / 2)),), (lambda z: (1 + (-z).exp()) ** -1,),
        ],
        "wrong": {
            "overflows": ((lambda z: z.exp() / (1 + z.exp()),),
                          "❌ sigmoid(torch.tensor([100.])) → torch.tensor([float('nan')])"),
            "mirrored": ((lambda z: 1 / (1 + z.exp()),), "sigmoid(torch.tensor([2., -2.]))"),
            "tanh": ((torch.tanh,), "❌ sigmoid(torch.tensor([0.])) → torch.tensor([0.]) ≠ "
                     "torch.tensor([0.5])"),
            "clamped too early": ((lambda z: 1 / (1 + (-z.clamp(-5, 5)).exp()),), "[100.]"),
            "one number for all": ((lambda z: (1 / (1 + (-z).exp())).mean(),), "shape () ≠ (1,)"),
            "nan replaced by 0": ((lambda z: (z.exp() / (1 + z.exp())).nan_to_num(0),), "[100.]"),
        },
    },
    "gradient_step": {
        "right": [
            (descends(),), (autograd_step,), (changes_its_arguments,),
            (lambda *a: [float(v) for v in descends()(*a)],),
            (lambda *a: torch.stack(descends()(*a)),),
        ],
        "wrong": {
            "uphill": ((descends(sign=1),), "❌ gradient_step(1, 0, torch.tensor([1.]), "
                       "torch.tensor([3.]), 0.25) → (0, -1) ≠ (2, 1)"),
            "without the 2": ((descends(factor=1.0),), "≠ (2, 1)"),
            "sum for mean": ((descends(reduce=torch.sum),), "gradient_step(0, 0, "),
            "w first, then b": ((updates_w_first,), "≠ (2, 1)"),
            "returns the gradient": ((lambda w, b, x, y, lr: (2 * ((w * x + b - y) * x).mean(),
                                                             2 * (w * x + b - y).mean()),), "≠"),
            "only w": ((lambda *a: descends()(*a)[0],), "shape () ≠ (2,)"),
            "no x in the slope of w": ((lambda w, b, x, y, lr: (w - 2 * lr * (w * x + b - y).mean(),
                                        b - 2 * lr * (w * x + b - y).mean()),), "≠ (2.6, 1.8)"),
        },
    },
    "n_parameters": {
        "right": [
            (lambda n, m: m * (n + 1),), (lambda n, m: n * m + m,),
            (lambda n, m: sum(p.numel() for p in torch.nn.Linear(n, m).parameters()),),
            (lambda n, m: float(m * (n + 1)),),
        ],
        "wrong": {
            "no bias": ((lambda n, m: n * m,), "❌ n_parameters(2, 1) → 2 ≠ 3"),
            "one bias for all": ((lambda n, m: n * m + 1,), "❌ n_parameters(3, 2) → 7 ≠ 8"),
            "added": ((lambda n, m: n + m,), "n_parameters(3, 2) → 5 ≠ 8"),
            "a bias per input": ((lambda n, m: n * (m + 1),), "n_parameters(2, 1) → 4 ≠ 3"),
        },
    },
    "own_neuron": {
        "right": [
            (GENTOO, [1, -5], -118), (GENTOO, torch.tensor([1.0, -5.0]), torch.tensor([-118.0])),
            (GENTOO, (2, -10), np.float64(-236)),
            (["bill_depth_mm", "body_mass_g"], [-1000, 1], 13000),
        ],
        "wrong": {
            "one column": ((["flipper_length_mm"], 1, -207), "accuracy → 0.969 < 0.97"),
            "upside down": ((GENTOO, [-1, 5], 118), "accuracy → 0.000 < 0.97"),
            "no bias": ((GENTOO, [1, -5], 0), "Chinstrap(flipper_length_mm=192"),
            "unknown column": ((["flipper"], [1], -207), "flipper_length_mm"),
            "a text column": ((["island"], [1], 0), "❌"),
            "too few weights": ((GENTOO, [1], -118), "❌ len(my_w), len(my_b) → (1, 1) ≠ (2, 1)"),
            "a name, not a list": (("flipper_length_mm", [1], -207), "❌"),
        },
    },
}
