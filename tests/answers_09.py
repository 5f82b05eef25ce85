"""Answers to the exercises of lesson 09, right and wrong; see test_exercises.py."""

import functools

import numpy as np
import torch
from torch import nn
from torch.utils.data import TensorDataset

from helpers import data


def early_stop(losses, patience, equal=False):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best] or equal and loss == losses[best]:
            best = epoch
        if epoch - best == patience:
            return best, epoch + 1
    return best, len(losses)


def early_stop_by_counting(losses, patience):
    low, best, waited = float("inf"), 0, 0
    for k, loss in enumerate(losses):
        low, best, waited = (loss, k, 0) if loss < low else (low, best, waited + 1)
        if waited >= patience:
            return [best, k + 1]
    return [best, len(losses)]


def compared_with_the_one_before(losses, patience):
    waited = 0
    for k, loss in enumerate(losses):
        waited = waited + 1 if k and loss >= losses[k - 1] else 0
        if waited == patience:
            break
    return losses.index(min(losses[: k + 1])), k + 1


def knows_the_future(losses, patience):
    return losses.index(min(losses)), early_stop(losses, patience)[1]


STUDY = {0.00001: 2.27, 0.0001: 0.88, 0.001: 0.33, 0.01: 0.28, 0.1: 1.65}


@functools.cache
def pictures():
    x, y = data.load_digits("train")
    return x.unsqueeze(1) / 255, y


@functools.cache
def solved():
    """Return a network whose output layer is solved for exactly, and whose filters are random."""
    x, y = pictures()
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(1, 16, 7), nn.ReLU(), nn.AvgPool2d(4, 3), nn.Flatten())
    with torch.no_grad():
        z = torch.cat([body(part) for part in x.split(500)])  # (5000, 784)
        mean, deviation = z.mean(dim=0), z.std(dim=0) + 1e-3
        z = torch.cat([(z - mean) / deviation, torch.ones(len(z), 1)], dim=1).double()
        w = z.T @ torch.eye(10, dtype=torch.double)[y]
        w = torch.linalg.solve(z.T @ z + 50 * torch.eye(z.shape[1]), w).float()
        last = nn.Linear(len(mean), 10)
        last.weight.copy_((w[:-1] / deviation[:, None]).T)
        last.bias.copy_(w[-1] - (w[:-1].T * mean / deviation).sum(dim=1))
    return nn.Sequential(*body, last)


class Wrapped(nn.Module):
    """The same network as a class; it has a layer of Dropout, and is still training."""

    def __init__(self):
        super().__init__()
        self.dropout, self.net = nn.Dropout(0.9), solved()

    def forward(self, x):
        return self.net(self.dropout(x))


class InNumpy(Wrapped):
    """Answers with an array."""

    def forward(self, x):
        return super().forward(x).numpy()


class Remembers(nn.Module):
    """Answers with the label of the nearest picture of a training set that it keeps."""

    def __init__(self):
        super().__init__()
        x, y = pictures()
        self.register_buffer("x", x.flatten(1))
        self.register_buffer("y", y)

    def forward(self, x):
        return torch.eye(10)[self.y[torch.cdist(x.flatten(1), self.x).argmin(dim=1)]]


def linear(out=10):
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, out))


@functools.cache
def found(k=100, slips=50, first=0):
    """Return k places of which the given number are wrong labels."""
    order = torch.randperm(1000, generator=torch.Generator().manual_seed(9))
    return torch.cat([order[:slips], order[50 + first : 50 + first + k - slips]])


def moved(x, right, down):
    return nn.functional.pad(x, (right, -right, down, -down))


def moved_by_hand(x, right, down):
    result, (high, wide) = torch.zeros_like(x), x.shape[-2:]
    for row in range(high):
        for column in range(wide):
            if 0 <= row + down < high and 0 <= column + right < wide:
                result[..., row + down, column + right] = x[..., row, column]
    return result


def own_data(n=200, dtype=torch.float32, first=0):
    """Return points of two classes: the sign of their first number."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(n, 4, generator=generator).to(dtype)
    return TensorDataset(x, (x[:, 0] > 0).long() + first)


def own_model(sign=1.0, out=2):
    model = nn.Linear(4, out)
    with torch.no_grad():
        model.weight.zero_()
        model.bias.zero_()
        model.weight[out - 1, 0] = sign
    return model


SHAPES = (6, 24, 24), (16, 8, 8), 256, 5142
ANSWERS = {
    "early_stop": {
        "right": [(early_stop,), (early_stop_by_counting,),
                  (lambda losses, patience: torch.tensor(early_stop(losses, patience)),)],
        "wrong": {
            "the lowest of all": ((knows_the_future,), "→ (2, 2) ≠ (0, 2)"),
            "equal is a new low": ((lambda v, p: early_stop(v, p, equal=True),), "≠ (0, 3)"),
            "never stops": ((lambda v, p: (v.index(min(v)), len(v)),), "≠ (0, 2)"),
            "number, not count": ((lambda v, p: (early_stop(v, p)[0], early_stop(v, p)[1] - 1),),
                                  "❌ early_stop([1], 1) → (0, 0) ≠ (0, 1)"),
            "only the best": ((lambda v, p: early_stop(v, p)[0],), "shape () ≠ (2,)"),
            "compared with the one before": ((compared_with_the_one_before,), "(4, 5) ≠ (1, 4)"),
        },
    },
    "rates": {
        "right": [(STUDY, 0.01), ({k: torch.tensor(v) for k, v in STUDY.items()}, 1e-2),
                  (STUDY | {0.1: float("nan"), 0.003: 0.2}, 0.01), (STUDY | {0.001: 0.2}, 0.001)],
        "wrong": {
            "one model for all": ((STUDY | {0.1: 0.4}, 0.01), "❌ study[0.1] → 0.4 < 1"),
            "from the largest down": ((STUDY | {0.00001: 0.3}, 0.01), "≉ math.log(10)"),
            "the largest loss": ((STUDY, 0.00001), "> min(study.values())"),
            "the loss for the rate": ((STUDY, 0.28), "❌ 0.28 in study → False ≠ True"),
            "one is missing": (({k: v for k, v in STUDY.items() if k != 0.1}, 0.01),
                               "❌ 0.1 in study → False ≠ True"),
            "whole histories": ((STUDY | {0.01: [0.3, 0.2]}, 0.01), "❌ study[0.01] → [0.3, 0.2]"),
            "a list": (([2.27, 0.88, 0.33, 0.28, 1.65], 0.01), "type(study) → list ≠ dict"),
            "accuracy": (({1e-5: 0.3, 1e-4: 0.8, 1e-3: 0.9, 1e-2: 0.93, 0.1: 0.5}, 0.01), "≉"),
        },
    },
    "suspects": {
        "right": [(found(),), (found().tolist(),), (found(slips=40),), (set(found().tolist()),),
                  (found().numpy(),)],
        "wrong": {
            "least sure": ((found(slips=5),), "→ 5 < 40"),
            "the wrong end": ((found(slips=0),), "→ 0 < 40"),
            "fifty": ((found(k=50),), "❌ len(suspects) → 50 ≠ 100"),
            "all": ((torch.arange(1000),), "❌ len(suspects) → 1000 ≠ 100"),
            "some twice": ((torch.cat([found(k=50), found(k=50)]),), "len(set(suspects)) → 50"),
            "a mask": ((torch.ones(1000, dtype=torch.bool),), "len(suspects) → 1000 ≠ 100"),
            "a column": ((found().reshape(100, 1),), "suspects.shape → (100, 1) ≠ (100,)"),
            "out of range": ((found() + 500,), "in range(1000) → False ≠ True"),
        },
    },
    "shift": {
        "right": [(moved,), (moved_by_hand,)],
        "wrong": {
            "comes back": ((lambda x, r, d: torch.roll(x, (d, r), (-2, -1)),),
                           "1, 0) → torch.tensor([[2., 1.], [4., 3.]]) ≠ [[0, 1], [0, 3]]"),
            "rows for columns": ((lambda x, r, d: moved(x, d, r),), "≠ [[0, 1], [0, 3]]"),
            "left for right": ((lambda x, r, d: moved(x, -r, -d),), "≠ [[0, 1], [0, 3]]"),
            "grows": ((lambda x, r, d: nn.functional.pad(x, (r, 0, d, 0)),), "shape (2, 3) ≠"),
            "shrinks": ((lambda x, r, d: x[..., : x.shape[-1] - r],), "shape (2, 1) ≠ (2, 2)"),
            "one picture only": ((lambda x, r, d: moved(x.reshape(1, 1, *x.shape), r, d)[0, 0]
                                  if x.ndim == 2 else x,), "❌ shift(torch.tensor([[["),
            "to the right only": ((lambda x, r, d: moved(x, max(r, 0), max(d, 0)),),
                                  "-1, 0) → "),
        },
    },
    "shapes": {
        "right": [SHAPES, ([6, 24, 24], torch.Size([16, 8, 8]), 256.0, np.int64(5142))],
        "wrong": {
            "as with padding": (((6, 28, 28), (16, 14, 14), 784, 10422), "❌ conv_1: "),
            "28 - 5": (((6, 23, 23), (16, 8, 8), 256, 5142), "❌ conv_1: "),
            "channels last": (((24, 24, 6), (8, 8, 16), 256, 5142), "≠ (24, 24, 6)"),
            "no pooling": (((6, 24, 24), (16, 20, 20), 256, 5142), "❌ conv_2: "),
            "one channel seen": ((*SHAPES[:3], 156 + 16 * 25 + 16 + 2570), "❌ weights: "),
            "no bias": ((*SHAPES[:3], 150 + 2400 + 2560), "≠ 5110"),
            "before pooling": ((*SHAPES[:2], 1024, 5142), "❌ flat: "),
        },
    },
    "small": {
        "right": [(solved(),), (Wrapped(),)],
        "wrong": {
            "not trained": ((linear(),), "< 0.95"),
            "too many": ((nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.Linear(64, 10)),),
                         "❌ 50890 parameters > 50000"),
            "keeps the pictures": ((Remembers(),), "parameters > 50000"),
            "two outputs": ((linear(2),), "❌ small(x).shape → (1000, 2) ≠ (1000, 10)"),
            "not flattened": ((nn.Linear(784, 10),), "❌ small(x) → RuntimeError"),
            "the class": ((Wrapped,), "❌ small(x) → TypeError"),
            "an array": ((InNumpy(),), "❌ small(x).shape → array("),
            "a function": ((lambda x: solved()(x),), "isinstance(small, nn.Module) → False"),
            "the answers": ((nn.Sequential(solved(), nn.Flatten(0)),), "→ (10000,) ≠ (1000, 10)"),
        },
    },
    "project": {
        "right": [(own_data(), own_model()), (own_data(n=1200), own_model()),
                  ([(x, int(y)) for x, y in own_data()], own_model()),
                  (sorted(own_data(n=3000), key=lambda sample: int(sample[1])), own_model())],
        "wrong": {
            "too few": ((own_data(n=10), own_model()), "❌ len(my_data) → 10 < 50"),
            "float64": ((own_data(dtype=torch.float64), own_model()), "→ torch.float64 ≠"),
            "below the baseline": ((own_data(), own_model(-1.0)), "❌ project: accuracy → 0.00 ≤"),
            "counted from 1": ((own_data(first=1), own_model()), "(200, 2) ≠ (200, 3)"),
            "one output": ((own_data(), own_model(out=1)), "(200, 1) ≠ (200, 2)"),
            "an array": ((own_data(), lambda x: own_model()(x).detach().numpy()),
                         "❌ my_model(x).shape → array("),
            "another size": ((own_data(), nn.Linear(5, 2)), "❌ my_model(x) → RuntimeError"),
            "no labels": ((TensorDataset(torch.zeros(60, 4)), own_model()), "❌ x, y = my_data[0]"),
            "label as text": (([(torch.zeros(4), "cat")] * 60, own_model()), "[1] → 'cat'"),
            "different sizes": (([(torch.zeros(3 + k % 2), 0) for k in range(60)], own_model()),
                                "❌ my_data[1][0].shape → (4,) ≠ (3,)"),
        },
    },
}
