"""What learners answer in lesson 06: for each exercise right answers, and wrong ones with what the
feedback must say. The keys are the names of the checks; an answer is the tuple of its arguments."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from helpers.check import lesson_06 as check


def step(model, x, y, criterion, optimizer):
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def zero_first(model, x, y, criterion, optimizer):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def zero_last(model, x, y, criterion, optimizer):
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    model.zero_grad()
    return loss.detach().numpy().item()


def step_variant(order="zbs", give=lambda loss: loss.item(), criterion=None, turned=False):
    """Return a train_step whose three lines after the loss come in this order."""
    own = criterion

    def train_step(model, x, y, criterion, optimizer):
        criterion = own or criterion
        loss = criterion(y, model(x)) if turned else criterion(model(x), y)
        for letter in order:
            {"z": optimizer.zero_grad, "b": loss.backward, "s": optimizer.step}[letter]()
        return give(loss)

    return train_step


def loss_after(model, x, y, criterion, optimizer):
    step(model, x, y, criterion, optimizer)
    return criterion(model(x), y).item()


def no_return(model, x, y, criterion, optimizer):
    step(model, x, y, criterion, optimizer)


def backward_of_model(model, x, y, criterion, optimizer):
    loss = criterion(model(x), y)
    model.backward()
    return loss.item()


def epoch(model, loader, criterion, optimizer):
    total, count = 0.0, 0
    for x, y in loader:
        total += step(model, x, y, criterion, optimizer) * len(x)
        count += len(x)
    return total / count


def epoch_by_dataset(model, loader, criterion, optimizer):
    losses = [(step(model, x, y, criterion, optimizer), len(x)) for x, y in loader]
    return sum(loss * size for loss, size in losses) / len(loader.dataset)


def epoch_variant(mean, train=step):
    """Return a train_one_epoch: mean takes the losses and the sizes of the batches."""

    def train_one_epoch(model, loader, criterion, optimizer):
        pairs = [(train(model, x, y, criterion, optimizer), len(x)) for x, y in loader]
        losses, sizes = zip(*pairs, strict=True)
        return mean(losses, sizes)

    return train_one_epoch


def weighted(losses, sizes):
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)


def first_batch_only(model, loader, criterion, optimizer):
    for x, y in loader:
        return step(model, x, y, criterion, optimizer)


def judged_afterwards(model, loader, criterion, optimizer):
    epoch(model, loader, criterion, optimizer)
    with torch.no_grad():
        return weighted(*zip(*((criterion(model(x), y).item(), len(x)) for x, y in loader),
                             strict=True))


def fitted(flat=False, lr=0.1, epochs=20):
    """Return weight (1, 4) and bias (1,) of a model trained on the hidden data."""
    x, y = check.hidden()
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for a, b in DataLoader(TensorDataset(x, y.reshape(-1, 1)), batch_size=100, shuffle=True):
            error = (b.flatten() if flat else b) - model(a)  # (100, 100) if flat
            optimizer.zero_grad()
            (error**2).mean().backward()
            optimizer.step()
    return model.weight.detach(), model.bias.detach()


W, B = fitted()


def least_squares():
    x, y = check.hidden()
    found = torch.linalg.lstsq(torch.cat([x, torch.ones(400, 1)], dim=1), y.reshape(-1, 1))
    return found.solution[:4], found.solution[4]


def powers(x, degree):
    return torch.cat([x**k for k in range(1, degree + 1)], dim=1)


def powers_in_place(x, degree):
    columns, power = [], torch.ones_like(x)
    for _ in range(degree):
        power = power * x
        columns.append(power)
    return torch.hstack(columns)


class Own(nn.Module):
    def __init__(self, in_features):
        super().__init__()
        self.line = nn.Linear(in_features, 1)

    def forward(self, x):
        return self.line(x)


def train_variant(
    build=lambda d: nn.Linear(d, 1), loader=None, order="zbs", target=lambda y: y, rate=None,
    size=None, epochs_of=lambda e: e, give=lambda model: model, kind=torch.optim.SGD, afresh=False,
    once=False, report=None, shuffle=True, drop_last=False,
):
    """Return a train(x, y, batch_size, epochs, lr), right but for what the arguments change."""

    def train(x, y, batch_size, epochs, lr):
        model = build(x.shape[1])
        criterion, optimizer = nn.MSELoss(), kind(model.parameters(), lr=rate or lr)
        batches = loader(x, target(y), batch_size) if loader else DataLoader(
            TensorDataset(x, target(y)), batch_size=size or batch_size, shuffle=shuffle,
            drop_last=drop_last)
        for _ in range(epochs_of(epochs)):
            if afresh:
                model = build(x.shape[1])
                optimizer = kind(model.parameters(), lr=lr)
            for x_batch, y_batch in batches:
                loss = criterion(model(x_batch), y_batch)
                for letter in order:
                    {"z": optimizer.zero_grad, "b": loss.backward, "s": optimizer.step}[letter]()
                if once:
                    return model
            if report:
                report(model, x, y)
        return give(model)

    return train


def with_no_grad(model, x, y):
    with torch.no_grad():
        nn.MSELoss()(model(x), y)


def by_hand(x, y, batch_size, epochs, lr):
    model = nn.Linear(x.shape[1], 1)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch_size):
            loss = ((model(x[rows]) - y[rows]) ** 2).mean()
            model.zero_grad()
            loss.backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= lr * parameter.grad
    return model


def whole_data_inside(x, y, batch_size, epochs, lr):
    model = nn.Linear(x.shape[1], 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for _ in DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True):
            step(model, x, y, nn.MSELoss(), optimizer)
    return model


def random_rows(x, y, batch_size):
    class Rows:
        def __iter__(self):
            for _ in range(-(-len(x) // batch_size)):
                rows = torch.randint(len(x), (batch_size,))
                yield x[rows], y[rows]

        def __len__(self):
            return len(x) // batch_size

    return Rows()


def shuffled_once(x, y, batch_size):
    order = torch.randperm(len(x))
    return DataLoader(TensorDataset(x[order], y[order]), batch_size=batch_size)


def flattened(x, y, batch_size, epochs, lr):
    """The broadcast of (B, 1) against (B,), without its warning in the log of the tests."""
    model = nn.Linear(x.shape[1], 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for a, b in DataLoader(TensorDataset(x, y.flatten()), batch_size=batch_size, shuffle=True):
            optimizer.zero_grad()
            ((model(a) - b) ** 2).mean().backward()
            optimizer.step()
    return model


ANSWERS = {
    "train_step": {
        "right": [(step,), (zero_first,), (zero_last,), (step_variant(turned=True),)],
        "wrong": {
            "the tensor": ((step_variant(give=lambda loss: loss),),
                           "type(train_step(model, x, y, MSELoss(), SGD(…, lr=0.1))) → Tensor ≠"),
            "detached": ((step_variant(give=lambda loss: loss.detach()),), "→ Tensor ≠ float"),
            "nothing returned": ((no_return,), "→ NoneType ≠ float"),
            "no zero_grad": ((step_variant("bs"),), "(× 2): model.weight → "),
            "zeroed before the step": ((step_variant("bzs"),), "model.weight → "),
            "step before backward": ((step_variant("zsb"),), "model.weight → "),
            "no step": ((step_variant("zb"),), "model.weight → "),
            "no backward": ((step_variant("zs"),), "model.weight → "),
            "loss after the update": ((loss_after,), " ≠ 2"),
            "its own criterion": ((step_variant(criterion=nn.MSELoss()),), "L1Loss(), SGD(…, lr="),
            "model.backward": ((backward_of_model,), "→ AttributeError: 'Linear' object"),
        },
    },
    "train_one_epoch": {
        "right": [(epoch,), (epoch_variant(weighted, zero_first),),
                  (epoch_variant(weighted, zero_last),)],
        "wrong": {
            "all samples, dropped ones too": ((epoch_by_dataset,), "drop_last=True"),
            "the last batch": ((epoch_variant(lambda losses, _: losses[-1]),), "→ 10 ≠ 2.8"),
            "mean of the means": ((epoch_variant(lambda v, _: sum(v) / len(v)),), "→ 5.5 ≠ 2.8"),
            "sum of the means": ((epoch_variant(lambda v, _: sum(v)),), "→ 11 ≠ 2.8"),
            "divided by batches": ((epoch_variant(lambda v, s: weighted(v, s) * sum(s) / len(s)),),
                                   "→ 7 ≠ 2.8"),
            "return indented too far": ((first_batch_only,), "→ 1 ≠ 2.8"),
            "the list": ((epoch_variant(lambda v, _: list(v)),), "→ list ≠ float"),
            "a tensor": ((epoch_variant(lambda v, s: torch.tensor(weighted(v, s))),),
                         "→ Tensor ≠ float"),
            "no zero_grad": ((epoch_variant(weighted, step_variant("bs")),),
                             "lr=0.1)): model.weight → "),
            "no step": ((epoch_variant(weighted, step_variant("zb")),), "lr=0.1)) "),
            "judged afterwards": ((judged_afterwards,), "lr=0.1)) → "),
        },
    },
    "recover": {
        "right": [(W, B), (W.flatten(), B.item()), (W.T.tolist(), [B.item()]),
                  (np.array([2, -3.5, 0.5, 4]), 1.5), least_squares(),
                  (nn.Parameter(W), nn.Parameter(B))],
        "wrong": {
            "shape (N,)": (fitted(flat=True), "hidden_y.shape → (400, 1) ≠ (400,)"),
            "too little training": (fitted(lr=0.001), "> 0.1"),
            "one coefficient": ((2.0, 1.5), "torch.tensor(my_w).numel() → 1 ≠ 4"),
            "bias among them": (([2, -3.5, 0.5, 4, 1.5], 1.5), "numel() → 5 ≠ 4"),
            "no bias": ((W, 0.0), "abs(my_b - b) → 1.5 > 0.1"),
            "order": (([-3.5, 2, 0.5, 4], 1.5), "abs(my_w[0] - w[0]) → 5.5 > 0.1"),
            "signs": ((-W, B), "abs(my_w[0] - w[0]) → "),
            "the model": ((nn.Linear(4, 1), 1.5), "torch.tensor(Linear("),
        },
    },
    "curves": {
        "right": [(0.05, 0.3, 0.0005, 1.2), (5e-2, 3e-1, 5e-4, 1.2),
                  (torch.tensor(0.05), np.float64(0.3), torch.tensor(0.0005), 1.2)],
        "wrong": {
            "flat for finished": ((0.05, 0.0005, 0.3, 1.2), 'B: lr of curves["B"] ≠ 0.0005'),
            "A and C": ((0.0005, 0.3, 0.05, 1.2), 'A: lr of curves["A"] ≠ 0.0005'),
            "the fastest is the largest": ((0.05, 1.2, 0.0005, 0.3), 'B: lr of curves["B"] ≠ 1.2'),
            "turned round": ((0.3, 0.05, 1.2, 0.0005), 'A: lr of curves["A"] ≠ 0.3'),
            "text": (("0.05", 0.3, 0.0005, 1.2), "A: lr of"),
        },
    },
    "polynomial": {
        "right": [(powers,), (powers_in_place,),
                  (lambda x, degree: x ** torch.arange(1, degree + 1),),
                  (lambda x, degree: [[v.item()**k for k in range(1, degree + 1)] for v in x],)],
        "wrong": {
            "from power 0": ((lambda x, d: torch.cat([x**k for k in range(d)], dim=1),),
                             "1) → torch.tensor([[1.]]) ≠ [[2]]"),
            "with a column of ones": (
                (lambda x, d: torch.cat([x**k for k in range(d + 1)], dim=1),),
                "shape (1, 2) ≠ (1, 1)"),
            "one below the other": ((lambda x, d: torch.cat([x**k for k in range(1, d + 1)]),),
                                    "shape (3, 1) ≠ (1, 3)"),
            "one power too few": ((lambda x, d: torch.cat([x] + [x**k for k in range(2, d)], 1),),
                                  "shape (1, 2) ≠ (1, 3)"),
            "the last power only": ((lambda x, d: x**d,), "shape (1, 1) ≠ (1, 3)"),
            "multiples": ((lambda x, d: x * torch.arange(1, d + 1),), "≠ [[2, 4, 8]]"),
            "highest first": ((lambda x, d: powers(x, d).flip(1),), "≠ [[2, 4, 8]]"),
            "stacked": ((lambda x, d: torch.stack([x**k for k in range(1, d + 1)], dim=1),),
                        "shape (1, 1, 1) ≠ (1, 1)"),
        },
    },
    "train": {
        "right": [
            (train_variant(),), (train_variant(build=Own),), (by_hand,),
            (train_variant(build=lambda d: nn.Sequential(nn.Linear(d, 1))),),
            (train_variant(order="bsz"),), (train_variant(drop_last=True),),
            (train_variant(report=with_no_grad),), (train_variant(give=lambda m: m.eval()),),
            (train_variant(report=lambda m, x, y: print(end="")),),
        ],
        "wrong": {
            "no return": ((train_variant(give=lambda model: None),), "type → NoneType"),
            "the loss": ((train_variant(give=lambda model: 0.09),), "nn.Module) → False ≠ True"),
            "no zero_grad": ((train_variant(order="bs"),), "loss.backward(): bias.grad → "),
            "no step": ((train_variant(order="zb"),), "(x), y) → "),
            "zeroed before the step": ((train_variant(order="bzs"),), "(x), y) → "),
            "not shuffled": ((train_variant(shuffle=False),),
                             "set(batch 1 of epoch 1) == set(batch 1 of epoch 2) → True"),
            "shuffled once": ((train_variant(loader=shuffled_once),), "== set(batch 1 of epoch 2)"),
            "all at once": ((train_variant(loader=lambda x, y, size: [(x, y)]),),
                            "[len(x_batch) …] → [210] ≠ [50, 10]"),
            "whole data inside": ((whole_data_inside,), "[len(x_batch) …] → [210] ≠ [50, 10]"),
            "batches of its own": ((train_variant(size=100),), "→ [100, 10] ≠ [50, 10]"),
            "one epoch": ((train_variant(epochs_of=lambda e: 1),), "→ 4 ≠ 80 = 20 * 4"),
            "one epoch too many": ((train_variant(epochs_of=lambda e: e + 1),), "→ 84 ≠ 80"),
            "return indented too far": ((train_variant(once=True),), "→ 1 ≠ 80"),
            "a new model each epoch": ((train_variant(afresh=True),), "(x), y) → "),
            "rows drawn again and again": ((train_variant(loader=random_rows),), "→ 100 ≠ 80"),
            "rows drawn with replacement": ((train_variant(loader=lambda x, y, size: DataLoader(
                TensorDataset(x, y), size, sampler=RandomSampler(x, replacement=True))),),
                "len(set(rows of epoch 1)) → "),
            "shape (N,)": ((flattened,), "(x), y) → "),
            "ten features": ((train_variant(build=lambda d: nn.Linear(10, 1)),), "RuntimeError: "),
            "a learning rate of its own": ((train_variant(rate=0.1),), "lr=0.0): after == before"),
            "ten outputs": ((train_variant(build=lambda d: nn.Linear(d, 10),
                                           target=lambda y: y.expand(-1, 10)),),
                            "(x).shape → (210, 10) ≠ (210, 1)"),
            "no bias": ((train_variant(build=lambda d: nn.Linear(d, 1, bias=False)),),
                        "(x), y) → "),
            "a ReLU at the end": ((train_variant(
                build=lambda d: nn.Sequential(nn.Linear(d, 1), nn.ReLU())),), "(x), y) → "),
        },
    },
    "own": {
        "right": [
            (0.641, 0.1603, 0.75), (torch.tensor(30000.0), np.float32(96.7), 0.997),
            (4.0, 0, 1), ([2.0][0], torch.tensor(1.0), torch.tensor(0.5)),
        ],
        "wrong": {
            "the share that is left": ((0.64, 0.16, 0.25), "my_r2 → 0.25 ≠ 0.75 = 1 - my_test"),
            "a percentage": ((0.64, 0.16, 75), "my_r2 → 75 ≠ 0.75"),
            "losses exchanged": ((0.16, 0.64, 0.75), "my_r2 → 0.75 ≠ -3"),
            "worse than the baseline": ((0.64, 0.8, -0.25), "my_test_loss ≥ my_baseline: 0.8"),
            "a loss that exploded": ((0.64, float("nan"), 0.5), "my_test_loss → float('nan')"),
            "a loss of each sample": ((0.64, torch.ones(72, 1), 0.5), "my_test_loss → "),
            "R² of scikit-learn, as text": ((0.64, 0.16, "0.75"), "my_r2 → '0.75'"),
            "the mean, not its error": ((-4.2, 0.16, 0.75), "my_baseline → -4.2"),
        },
    },
}
