"""The checks of lesson 05, batches; what they are tried on: tests/answers_05.py."""

import torch
from torch.overrides import TorchFunctionMode

from helpers import check


def lengths(function):
    """Check `lengths(n, batch_size, drop_last)`: gives (batches, samples in the last)."""
    check.calls(function, "lengths", [
        ((6, 3, False), (2, 3)),
        ((7, 3, False), (3, 1)),
        ((7, 3, True), (2, 3)),
        ((6, 3, True), (2, 3)),
        ((2, 5, False), (1, 2)),
        ((2, 5, True), (0, 0)),
        ((1000, 64, False), (16, 40)),
    ])


def batch_indices(function):
    """Check `batch_indices(n, batch_size, seed)`: gives a list of lists of sample numbers."""
    name = "batch_indices"
    for n, batch_size in ((5, 2), (6, 3), (20, 6)):
        found = []
        wanted = [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
        for seed in (0, 0, *range(1, 8)):
            call = f"{name}({n}, {batch_size}, {seed})"
            batches = check.run(function, name, call, [n, batch_size, seed])
            if batches is check.NO_ANSWER:
                return
            try:
                batches = [[int(i) for i in check.plain(batch)] for batch in batches]
            except Exception:  # a learner's answer may be anything
                return check.say("❌", name, f"{call} → {check.short(batches)}")
            sizes = [len(batch) for batch in batches]
            if sizes != wanted:
                asked = f"[len(batch) for batch in {call}]"
                return check.say("❌", name, f"{asked} → {sizes} ≠ {wanted}")
            numbers = sorted(i for batch in batches for i in batch)
            if numbers != list(range(n)):
                return check.say(
                    "❌", name, f"sorted(sum({call}, [])) → {check.short(numbers)} ≠ range({n})")
            found.append(batches)
        if found[0] != found[1]:
            call = f"{name}({n}, {batch_size}, 0)"
            return check.say("❌", name, f"{call} == {call} → False ≠ True")
        if all(batches == found[0] for batches in found):
            call = f"{name}({n}, {batch_size}, "
            return check.say("❌", name, f"{call}0) == {call}1) == … → True ≠ False")
        together = {frozenset(batch) for batches in found for batch in batches}
        if len(together) == len(found[0]):
            batch = sorted(found[0][0])
            return check.say("❌", name, f"{call}: {batch} in each epoch")
    return check.say("✅", name)


def pad_batch(function):
    """Check `pad_batch(samples, value)`: gives x (B, longest), lengths (B,) and y (B,)."""
    name = "pad_batch"
    one, two = torch.tensor([1.0, 2.0]), torch.tensor([3.0])
    cases = [
        ([(one, 1), (two, 0)], 0.0, [[1, 2], [3, 0]], [2, 1], [1, 0]),
        ([(two, 4), (one, 2), (two, 3)], 3.0, [[3, 3], [1, 2], [3, 3]], [1, 2, 1], [4, 2, 3]),
        ([(torch.arange(4.0), 1)], -1.0, [[0, 1, 2, 3]], [4], [1]),
        ([(torch.zeros(3), 0), (one, 1)], -1.0, [[0, 0, 0], [1, 2, -1]], [3, 2], [0, 1]),
    ]
    for samples, value, *wanted in cases:
        call = f"{name}({check.code(samples)}, {value})"
        given = [(sequence.clone(), label) for sequence, label in samples]
        found = check.run(function, name, call, [given, value])
        if found is check.NO_ANSWER:
            return
        if not isinstance(found, (tuple, list)) or len(found) != 3:
            return check.say("❌", name, f"x, lengths, y = {call} → {check.short(found)}")
        for part, answer, right in zip(("x", "lengths", "y"), found, wanted, strict=True):
            if wrong := check.difference(answer, right):
                return check.say("❌", name, f"{call}: {part} → {wrong}")
        for part, answer, dtype in zip(
            ("x", "lengths", "y"), found, (torch.float32, torch.int64, torch.int64), strict=True
        ):
            if getattr(answer, "dtype", None) != dtype:
                kind = getattr(answer, "dtype", type(answer).__name__)
                return check.say("❌", name, f"{call}: {part}.dtype → {kind} ≠ {dtype}")
    return check.say("✅", name)


def sample_weights(function):
    """Check `sample_weights(labels)`: int64 (N,), gives (N,), the same total for each class."""
    name = "sample_weights"
    rare = [0] * 98 + [1] * 2
    for labels in ([0, 1, 1], [1, 0, 0, 0, 1], [2, 0, 1, 1, 2, 2, 2], [0, 2, 2], rare):
        call = f"{name}({check.short(torch.tensor(labels))})"
        found = check.run(function, name, call, [torch.tensor(labels)])
        if found is check.NO_ANSWER:
            return
        try:
            weights = torch.tensor(check.plain(found))
        except (ValueError, TypeError, OverflowError, RuntimeError):
            return check.say("❌", name, f"{call} → {check.short(found)}")
        if weights.shape != (len(labels),):
            shape = tuple(weights.shape)
            return check.say("❌", name, f"{call}: shape {shape} ≠ ({len(labels)},)")
        if not (weights > 0).all() or not weights.isfinite().all():
            return check.say("❌", name, f"{call} → {check.short(weights)}")
        share = weights / weights.sum()
        totals = [share[torch.tensor(labels) == k].sum().item() for k in sorted(set(labels))]
        each = [share[torch.tensor(labels) == k] for k in sorted(set(labels))]
        if wrong := check.difference(totals, [1 / len(totals)] * len(totals), 1e-3):
            return check.say("❌", name, f"{call}: P(class) → {wrong}")
        if any((one.max() - one.min()) / one.max() > 1e-3 for one in each):
            return check.say("❌", name, f"{call} → {check.short(weights)}")
    return check.say("✅", name)


class _Touches(TorchFunctionMode):
    """Counts the operations on tensors that have all the rows, but for taking some of them."""

    def __init__(self, rows):
        super().__init__()
        self.rows, self.names = rows, []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        answer = function(*args, **(kwargs or {}))
        name = getattr(function, "__name__", "")
        if name not in ("__getitem__", "__get__", "__len__", "size", "dim") and any(
            isinstance(a, torch.Tensor) and a.shape[:1] == (self.rows,) for a in args
        ):
            self.names.append(name)
        return answer


def slow_line(kind):
    """Check the class `Centred(x)`: the same samples, and no pass over all rows for each."""
    name, call = "slow_line", "Centred(x)"
    x = torch.tensor([[1.0, 2.0], [3.0, 6.0], [5.0, 1.0], [3.0, 7.0], [8.0, 9.0]])
    dataset = check.made(kind, name, call, x.clone(), length=len(x))
    if dataset is None:
        return
    for i in range(len(x)):
        with _Touches(len(x)) as touches:
            found = check.item(dataset, i, name, call)
        if found is check.NO_ANSWER:
            return
        if wrong := check.difference(found, x[i] - x.mean(dim=0)):
            return check.say("❌", name, f"x = {check.code(x)}: {call}[{i}] → {wrong}")
        if touches.names:
            return check.say("❌", name, f"{call}[{i}]: count(x.{touches.names[0]}()) → 1 ≠ 0")
    return check.say("✅", name)


def epoch_loss(function):
    """Check `epoch_loss(batch_losses, batch_sizes)`: gives the mean loss per sample."""
    check.calls(function, "epoch_loss", [
        (([1, 10], [4, 1]), 2.8),
        (([2.0], [7]), 2.0),
        (([1.0, 2.0], [3, 3]), 1.5),
        (([0.5, 0.25, 4.0], [32, 32, 6]), 0.685714),
    ])


def own_loader(loader):
    """Check a loader of the learner's own: shuffled, whole, batches of two tensors."""
    name, call = "own_loader", "my_loader"
    if check.untouched(loader):
        return check.say("⬜", name)
    epochs = []
    for _ in range(3):
        batches = check.run(lambda: list(loader), name, f"list({call})", ())
        if batches is check.NO_ANSWER:
            return
        for k, batch in enumerate(batches):
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                kind = type(batch).__name__
                return check.say("❌", name, f"x, y = list({call})[{k}] → {kind}")
            for part, tensor in zip("xy", batch, strict=True):
                if not isinstance(tensor, torch.Tensor) or not tensor.ndim:
                    kind = type(tensor).__name__
                    return check.say("❌", name, f"x, y = list({call})[{k}]: {part} → {kind}")
            if len(batch[0]) != len(batch[1]):
                sizes = f"{len(batch[0])} ≠ {len(batch[1])}"
                return check.say("❌", name, f"x, y = list({call})[{k}]: len(x), len(y) → {sizes}")
        epochs.append(batches)
    if len(epochs[0]) != len(epochs[1]) or not epochs[0]:
        found = [len(batches) for batches in epochs]
        return check.say("❌", name, f"[len(list({call})) for epoch in range(3)] → {found}")
    if len(epochs[0][0][0]) < 2:
        return check.say("❌", name, f"len(list({call})[0][0]) → {len(epochs[0][0][0])} < 2")
    try:
        x = [torch.cat([one for one, _ in batches]).flatten(1) for batches in epochs]
        total = len(loader.dataset)
        same = [torch.equal(x[0], other) for other in x[1:]]
        rows = [sorted(map(tuple, one.tolist())) for one in x]
    except Exception as error:  # a learner's object may raise anything
        return check.say("❌", name, f"{call} → {type(error).__name__}: {error}"[:200])
    if len(x[0]) != total:
        found = f"sum(len(x) for x, y in {call}) → {len(x[0])} ≠ {total}"
        return check.say("❌", name, f"{found} = len({call}.dataset)")
    if all(same):
        return check.say("❌", name, f"list({call}) == list({call}) → True ≠ False")
    if any(other != rows[0] for other in rows[1:]):
        return check.say("❌", name, f"sorted(epoch 1) == sorted(epoch 2) → False ≠ True  ({call})")
    return check.say("✅", name)
