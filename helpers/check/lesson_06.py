"""The checks of lesson 06, regression with a loader; tried on tests/answers_06.py."""

import math

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.utils.data import DataLoader, TensorDataset

from helpers import check


def _linear(weight, bias):
    """Return nn.Linear with one output and these numbers: weight a list, bias a number."""
    layer = nn.Linear(len(weight), 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([weight]))
        layer.bias.fill_(bias)
    return layer


def _made(weight, bias, n, noise, seed):
    """Return x (n, D) and y (n, 1): weighted sums of random features, with noise."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, len(weight), generator=generator)
    y = x @ torch.tensor(weight).reshape(-1, 1) + bias
    return x, y + noise * torch.randn(n, 1, generator=generator)


def _number(answer):
    """Tell whether an answer is one of Python's own numbers."""
    return isinstance(answer, (int, float)) and not isinstance(answer, bool)


def _one_pass(model, batches, criterion, optimizer):
    """Train as the lesson does; return the mean loss of a sample."""
    total, count = 0.0, 0
    for x, y in batches:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total, count = total + loss.item() * len(x), count + len(x)
    return total / count


def _same_training(function, name, call, model, batches, handed, criterion, lr, rounds=2):
    """Run the learner's function and our own side by side; return whether all was right.

    The second round shows whether gradients of the first are still there. handed: the arguments
    between the model and the criterion.
    """
    twin = _linear(model.weight[0].tolist(), model.bias.item())
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    own = torch.optim.SGD(twin.parameters(), lr=lr)
    for k in range(rounds):
        again = f" (× {k + 1})" if k else ""
        answer = check.run(function, name, call, [model, *handed, criterion, optimizer])
        if answer is check.NO_ANSWER:
            return False
        wanted = _one_pass(twin, batches, criterion, own)
        if not _number(answer):
            check.say("❌", name, f"type({call}) → {type(answer).__name__} ≠ float")
            return False
        if wrong := check.difference(answer, wanted):
            check.say("❌", name, f"{call}{again} → {wrong}")
            return False
        for key, parameter in twin.named_parameters():
            if wrong := check.difference(getattr(model, key), parameter.detach()):
                check.say("❌", name, f"{call}{again}: model.{key} → {wrong}")
                return False
    return True


def train_step(function):
    """Check `train_step(model, x, y, criterion, optimizer)`: the loss before one update."""
    x, y = torch.tensor([[1.0], [3.0]]), torch.tensor([[4.0], [6.0]])
    for criterion, lr in [(nn.MSELoss(), 0.1), (nn.L1Loss(), 0.5)]:
        call = f"train_step(model, x, y, {criterion}, SGD(…, lr={lr}))"
        if not _same_training(function, "train_step", call, _linear([2.0], 0.0), [(x, y)], [x, y],
                              criterion, lr):
            return
    check.say("✅", "train_step")


def train_one_epoch(function):
    """Check `train_one_epoch(model, loader, criterion, optimizer)`: the mean loss of a sample."""
    x = torch.tensor([[0.0], [1.0], [-1.0], [2.0], [-2.0]])
    y = torch.tensor([[1.0], [-1.0], [1.0], [-1.0], [10**0.5]])  # losses 1, 1, 1, 1, 10
    for batch_size, lr, drop_last in [(4, 0.0, False), (4, 0.1, False), (2, 0.05, True)]:
        loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, drop_last=drop_last)
        dropped = ", drop_last=True" if drop_last else ""
        call = (f"train_one_epoch(model, DataLoader(…, batch_size={batch_size}{dropped}), "
                f"MSELoss(), SGD(…, lr={lr}))")
        if not _same_training(function, "train_one_epoch", call, _linear([0.0], 0.0), list(loader),
                              [loader], nn.MSELoss(), lr):
            return
    check.say("✅", "train_one_epoch")


W, B = [2.0, -3.5, 0.5, 4.0], 1.5


def hidden():
    """Return x (400, 4) and y (400,) of the function that exercise 3 is about."""
    x, y = _made(W, B, 400, 0.3, seed=6)
    return x, y.flatten()


def recover(my_w, my_b, within=0.1):
    """Check the coefficients and the bias that a learner found for `hidden()`."""
    name = "recover"
    if check.untouched(my_w, my_b):
        return check.say("⬜", name)
    found = {}
    for key, value, count in [("my_w", my_w, 4), ("my_b", my_b, 1)]:
        try:
            found[key] = torch.tensor(check.plain(value)).flatten().tolist()
        except Exception:  # no numbers, or numbers too large for a tensor
            return check.say("❌", name, f"torch.tensor({check.short(value)})")
        if len(found[key]) != count:
            return check.say("❌", name,
                             f"torch.tensor({key}).numel() → {len(found[key])} ≠ {count}")
    trap = ""
    mean = hidden()[1].mean()
    if all(abs(w) < 0.45 for w in found["my_w"]) and abs(found["my_b"][0] - mean) < 0.3:
        trap = "; model(hidden_x).shape, hidden_y.shape → (400, 1) ≠ (400,)"
    for k, (w, wanted) in enumerate(zip(found["my_w"], W, strict=True)):
        if not abs(w - wanted) <= within:
            return check.say("❌", name, f"abs(my_w[{k}] - w[{k}]) → {abs(w - wanted):.3g} > "
                             f"{within}{trap}")
    error = abs(found["my_b"][0] - B)
    if not error <= within:
        return check.say("❌", name, f"abs(my_b - b) → {error:.3g} > {within}")
    return check.say("✅", name)


RATES = {"A": 0.05, "B": 0.3, "C": 0.0005, "D": 1.2}


def curves_to_match(epochs=15):
    """Return {letter: losses, one an epoch} for the four learning rates of exercise 4."""
    x, y = _made(W, B, 300, 0.3, seed=7)
    found = {}
    for letter, lr in RATES.items():
        model = _linear([0.0] * 4, 0.0)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        found[letter] = [
            _one_pass(model, [(x, y)], nn.MSELoss(), optimizer) for _ in range(epochs)
        ]
    return found


def curves(A, B, C, D):
    """Check which learning rate belongs to which of the curves."""
    answers = {"A": A, "B": B, "C": C, "D": D}
    check.values("curves", **{
        letter: (answer, RATES[letter], f'lr of curves["{letter}"]')
        for letter, answer in answers.items()
    })


def polynomial(function):
    """Check `polynomial(x, degree)`: the powers 1 to degree of a column, as columns."""
    check.calls(function, "polynomial", [
        ((torch.tensor([[2.0]]), 1), [[2.0]]),
        ((torch.tensor([[2.0]]), 3), [[2.0, 4.0, 8.0]]),
        ((torch.tensor([[1.0], [2.0], [-3.0]]), 2), [[1.0, 1.0], [2.0, 4.0], [-3.0, 9.0]]),
    ])


class _Watch:
    """Notes which rows of `x` go through a model that trains, and whether gradients add up.

    batches: for each call of a model the numbers of the rows, −1 for one that is not in x;
    stale: "" or the first gradient that held an older one too, as code; moved(): whether any
    parameter differs from what it was when first seen.
    """

    def __init__(self, x):
        self.x, self.batches, self.stale = x, [], ""
        self._last, self._first, self._handles, self._fresh = (None, None), {}, [], {}

    def __enter__(self):
        self._handles.append(register_module_forward_pre_hook(self._before))
        return self

    def __exit__(self, *_):
        for handle in self._handles:
            handle.remove()

    def _before(self, module, inputs):
        batch = inputs[0] if inputs else None
        if not (isinstance(batch, torch.Tensor) and torch.is_grad_enabled()
                and batch.ndim == 2 and batch.shape[1] == self.x.shape[1]):
            return
        outer, before = self._last
        if batch is before and module is not outer:  # a layer inside the model
            return
        self._last = (module, batch)
        same = (batch.detach()[:, None] == self.x).all(dim=2)  # (B, N)
        rows = torch.where(same.any(dim=1), same.int().argmax(dim=1), -1)
        self.batches.append(rows.tolist())
        for name, parameter in module.named_parameters():
            if parameter not in self._first and parameter.requires_grad:
                self._first[parameter] = parameter.detach().clone()
                self._handles += [
                    parameter.register_hook(
                        lambda gradient, p=parameter: self._fresh.update({p: gradient.clone()})),
                    parameter.register_post_accumulate_grad_hook(
                        lambda p, name=name: self._added(p, name)),
                ]

    def _added(self, parameter, name):
        fresh = self._fresh[parameter]
        if not self.stale and not torch.allclose(parameter.grad, fresh, equal_nan=True):
            self.stale = f"{name}.grad → {check.short(parameter.grad)} ≠ {check.short(fresh)}"

    def moved(self):
        return any(not torch.equal(p.detach(), first) for p, first in self._first.items())


def _sorted_data(weight, n, seed):
    """Return x (n, D), y (n, 1) in the order of y, and the least mean squared error."""
    x, y = _made(weight, -2.0, n, 0.3, seed)
    order = y.flatten().argsort()
    x, y = x[order], y[order]
    ones = torch.cat([x, torch.ones(n, 1)], dim=1)
    best = ((ones @ torch.linalg.lstsq(ones, y).solution - y) ** 2).mean().item()
    return x, y, best


def _loop_finding(watch, n, batch_size, epochs):
    """Return what is wrong with the batches that a model was trained on, as code, or ""."""
    sizes = [len(rows) for rows in watch.batches]
    per_epoch = n // batch_size
    if batch_size not in sizes:
        seen = sorted(set(sizes), reverse=True)
        return f"[len(x_batch) …] → {check.short(seen)} ≠ {[batch_size, n % batch_size]}"
    whole = [rows for rows in watch.batches if len(rows) == batch_size]
    if len(whole) != epochs * per_epoch:
        return (f"len([… if len(x_batch) == {batch_size}]) → {len(whole)} ≠ {epochs * per_epoch} "
                f"= {epochs} * {per_epoch}")
    if watch.stale:
        return f"loss.backward(): {watch.stale}"
    seen = {row for rows in whole[:per_epoch] for row in rows}
    if -1 in seen:
        return "x_batch[0] in x → False ≠ True"
    if len(seen) != per_epoch * batch_size:
        return f"len(set(rows of epoch 1)) → {len(seen)} ≠ {per_epoch * batch_size}"
    if set(whole[0]) == set(whole[per_epoch]):
        return "set(batch 1 of epoch 1) == set(batch 1 of epoch 2) → True ≠ False"
    return ""


def train(function, at_most=1.3):
    """Check `train(x, y, batch_size, epochs, lr)`: batches, order, gradients, and the loss.

    at_most: how many times the least mean squared error the model may have.
    """
    name = "train"
    for weight, n, batch_size, epochs, lr in [
        ([3.0, -1.0, 2.0], 210, 50, 20, 0.1), ([-2.0, 4.0], 200, 30, 15, 0.05),
        ([3.0, -1.0, 2.0], 210, 50, 2, 0.0),
    ]:
        x, y, best = _sorted_data(weight, n, seed=8)
        call = f"train(x, y, batch_size={batch_size}, epochs={epochs}, lr={lr})"
        torch.manual_seed(0)
        with _Watch(x) as watch:
            model = check.run(function, name, call, [x.clone(), y.clone(), batch_size, epochs, lr])
        if model is check.NO_ANSWER:
            return None
        if not isinstance(model, nn.Module):
            return check.say("❌", name, f"isinstance({call}, nn.Module) → False ≠ True; "
                             f"type → {type(model).__name__}")
        output = check.run(model, name, f"{call}(x)", [x])
        if output is check.NO_ANSWER:
            return None
        if (shape := check.shape_of(output)) != (n, 1):
            return check.say("❌", name, f"{call}(x).shape → {shape} ≠ {(n, 1)}")
        if finding := _loop_finding(watch, n, batch_size, epochs):
            return check.say("❌", name, f"{call}: {finding}")
        if lr == 0.0:
            if watch.moved():
                return check.say("❌", name, f"{call}: after == before → False ≠ True")
            continue
        loss = ((output.detach() - y) ** 2).mean().item()
        if not loss <= at_most * best:
            return check.say("❌", name, f"MSELoss()({call}(x), y) → {loss:.3g} > "
                             f"{at_most} * {best:.3g}")
    return check.say("✅", name)


def own(my_baseline, my_test_loss, my_r2):
    """Check that R² of the learner's own model agrees with its two losses, and is above 0."""
    numbers = {"my_baseline": my_baseline, "my_test_loss": my_test_loss, "my_r2": my_r2}
    if check.untouched(*numbers.values()):
        return check.say("⬜", "own")
    for name, number in numbers.items():
        try:
            value = check.plain(number)
            if isinstance(value, list) or not math.isfinite(value):
                raise ValueError
        except ValueError:
            return check.say("❌", "own", f"{name} → {check.short(number)}: isfinite → False")
        numbers[name] = value
    baseline, loss, r2 = numbers.values()
    if not baseline > 0 or loss < 0:
        losses = f"my_baseline → {baseline:.4g}, my_test_loss → {loss:.4g}"
        return check.say("❌", "own", f"{losses}: > 0 → False")
    wanted = 1 - loss / baseline
    if wrong := check.difference(r2, wanted, tolerance=0.01):
        return check.say("❌", "own", f"my_r2 → {wrong} = 1 - my_test_loss / my_baseline")
    if wanted <= 0:
        return check.say("❌", "own", f"my_test_loss ≥ my_baseline: {loss:.4g} ≥ {baseline:.4g}")
    return check.say("✅", "own", f"own: R² → {r2:.2f}")
