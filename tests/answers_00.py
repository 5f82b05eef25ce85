"""What learners answer in lesson 00; read answers_02.py for how it is written."""

import numpy as np
import torch


class Scaler:
    def __init__(self, mean, deviation):
        self.mean, self.deviation = mean, deviation

    def __call__(self, x):
        return (x - self.mean) / self.deviation


class NumpyScaler(Scaler):
    def __call__(self, x):
        return (np.asarray(x) - self.mean) / self.deviation


class NoBrackets(Scaler):
    def __call__(self, x):
        return x - self.mean / self.deviation


class Multiplies(Scaler):
    def __call__(self, x):
        return (x - self.mean) * self.deviation


class ForgetsSelf:
    def __init__(self, mean, deviation):
        pass

    def __call__(self, x):
        return (x - mean) / deviation  # noqa: F821


class OneUnderscore:
    def __init__(self, mean, deviation):
        self.mean, self.deviation = mean, deviation

    def _call_(self, x):
        return (x - self.mean) / self.deviation


class NoArguments:
    def __call__(self, x):
        return x


SELF_TEST = ((5, 2), 3, (3, 4), (2, 5), 6, 8)


def with_one(place, answer):
    return (*SELF_TEST[:place], answer, *SELF_TEST[place + 1:])


ANSWERS = {
    "days": {
        "right": [(7,), (7.0,), (torch.tensor(7),)],
        "wrong": {
            "on purpose": ((8,), "❌ days: 5 + 2 ≠ 8"), "the working week": ((5,), "≠ 5"),
            "text": (("7",), "≠ '7'"), "a list": (([7],), "≠ [7]"),
        },
    },
    "self_test": {
        "right": [
            SELF_TEST, ([5, 2], 3.0, torch.Size([3, 4]), (2, 5), 6.0, torch.tensor(8)),
        ],
        "wrong": {
            "not transposed": (with_one(0, (2, 5)), "❌ shape_t: torch.zeros(2, 5).T.shape ≠"),
            "counted from 1": (with_one(1, 1), "❌ element: "),
            "column before row": (with_one(1, 2), "[1, 0] ≠ 2"),
            "cannot be added": (with_one(2, (3, 1)), "❌ shape_sum: "),
            "the inner size kept": (with_one(3, (3, 3)), "❌ shape_product: "),
            "the value, not the slope": (with_one(4, 10), "❌ slope: "),
            "the 1 kept": (with_one(4, 7), "/ h ≠ 7"),
            "the inner step left out": (with_one(5, 4), "❌ slope_chain: "),
            "not squared": (with_one(5, 2), "≠ 2"),
        },
    },
    "column": {
        "right": [
            (lambda x: x.reshape(-1, 1),), (lambda x: x[:, None],), (lambda x: x.unsqueeze(1),),
            (lambda x: x.view(len(x), 1),), (lambda x: [[v] for v in x.tolist()],),
        ],
        "wrong": {
            "transpose": ((lambda x: x.T if x.ndim > 1 else x,), "shape (2,) ≠ (2, 1)"),
            "a row": ((lambda x: x.reshape(1, -1),), "shape (1, 2) ≠ (2, 1)"),
            "the wrong size": ((lambda x: x.reshape(2, 1),),
                               "❌ column(torch.tensor([5., 6., 7.])) → RuntimeError"),
            "upside down": ((lambda x: x.flip(0).reshape(-1, 1),), "≠ [[1], [2]]"),
            "nothing returned": ((lambda x: None,), "→ None ≠ [[1], [2]]"),
        },
    },
    "center_rows": {
        "right": [
            (lambda x: x - x.mean(dim=1).reshape(-1, 1),),
            (lambda x: x - x.mean(dim=1, keepdim=True),),
            (lambda x: (x.T - x.mean(1)).T,),
            (lambda x: torch.stack([row - row.mean() for row in x]),),
            (lambda x: x.numpy() - x.numpy().mean(axis=1, keepdims=True),),
        ],
        "wrong": {
            "broadcast to the columns": ((lambda x: x - x.mean(dim=1),),
                                         "[[-1., -17.], [8., 10.]]"),
            "columns": ((lambda x: x - x.mean(dim=0),), "≠ [[-1, 1], [-10, 10]]"),
            "one mean for all": ((lambda x: x - x.mean(),), "≠ [[-1, 1], [-10, 10]]"),
            "the means alone": ((lambda x: x.mean(dim=1),), "shape (2,) ≠ (2, 2)"),
            "the sum": ((lambda x: x - x.sum(dim=1, keepdim=True),), "≠ [[-1, 1], [-10, 10]]"),
        },
    },
    "scaler": {
        "right": [(Scaler,), (NumpyScaler,), (lambda m, d: lambda x: (x - m) / d,)],
        "wrong": {
            "no brackets": ((NoBrackets,), "❌ Scaler(2, 4)(10) → 9.5 ≠ 2"),
            "multiplies": ((Multiplies,), "❌ Scaler(2, 4)(10) → 32 ≠ 2"),
            "forgets self": ((ForgetsSelf,), "→ NameError: name 'mean' is not defined"),
            "one underscore": ((OneUnderscore,), "'OneUnderscore' object is not callable"),
            "no __init__": ((NoArguments,), "→ TypeError: NoArguments() takes no arguments"),
            "an object": ((Scaler(2, 4),), "❌ Scaler(2, 4)(10) → TypeError"),
            "returns nothing": ((lambda m, d: lambda x: None,), "→ None ≠ 2"),
        },
    },
    "quotient": {
        "right": [
            (lambda f, x, h: (f(x + h) - f(x)) / h,), (lambda f, x, h: -(f(x) - f(x + h)) / h,),
            (lambda f, x, h: torch.tensor((f(x + h) - f(x)) / h),),
        ],
        "wrong": {
            "no brackets": ((lambda f, x, h: f(x + h) - f(x) / h,), "❌ quotient(square, 3, 0.5)"),
            "not divided": ((lambda f, x, h: f(x + h) - f(x),), "→ 3.25 ≠ 6.5"),
            "sign": ((lambda f, x, h: (f(x) - f(x + h)) / h,), "quotient(double, 1, 1) → -2 ≠ 2"),
            "from both sides": ((lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),), "→ 6 ≠ 7"),
            "always 2x": ((lambda f, x, h: 2 * x,), "❌ quotient(square, 3, 1) → 6 ≠ 7"),
        },
    },
    "chain": {
        "right": [(1, 2, 3, 6), (1.0, 2.0, torch.tensor(3.0), np.float64(6))],
        "wrong": {
            "inner step left out": ((1, 2, 3, 3), "❌ dy_dx: "),
            "added": ((1, 2, 3, 5), "≠ 5"),
            "x in place of u": ((1, 2, 12, 24), "❌ dy_du: 3 * my_u**2 ≠ 12"),
            "the value of the inner step": ((1, 1, 3, 3), "❌ du_dx: "),
            "u forgotten": ((2, 2, 3, 6), "❌ my_u: 2 * 1 - 1 ≠ 2"),
        },
    },
}
