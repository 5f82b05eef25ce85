"""Right and wrong answers to the exercises of lesson 05, with the help that a wrong one gets."""

import random

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, RandomSampler, TensorDataset

from tests.answers_04 import variant


def lengths(n, batch_size, drop_last):
    full, rest = n // batch_size, n % batch_size
    if rest and not drop_last:
        return full + 1, rest
    return full, batch_size if full else 0


def lengths_by_list(n, batch_size, drop_last):
    sizes = [len(range(n)[k : k + batch_size]) for k in range(0, n, batch_size)]
    if drop_last:
        sizes = [size for size in sizes if size == batch_size]
    return [len(sizes), sizes[-1] if sizes else 0]


def batch_indices(n, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(n, generator=generator).tolist()
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def batch_indices_numpy(n, batch_size, seed):
    order = torch.from_numpy(np.random.default_rng(seed).permutation(n))
    return order.split(batch_size)


def cut_first(n, batch_size, seed):
    batches = [list(range(n))[k : k + batch_size] for k in range(0, n, batch_size)]
    full = batches[: n // batch_size]
    random.Random(seed).shuffle(full)
    return full + batches[n // batch_size :]


def drawn(n, batch_size, seed):
    order = torch.randint(n, (n,), generator=torch.Generator().manual_seed(seed)).tolist()
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


def pad_batch(samples, value):
    sequences, labels = zip(*samples, strict=True)
    x = pad_sequence(list(sequences), batch_first=True, padding_value=value)
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return x, lengths, torch.tensor(labels)


def pad_by_hand(samples, value):
    longest = max(len(sequence) for sequence, _ in samples)
    x = torch.full((len(samples), longest), value)
    for row, (sequence, _) in enumerate(samples):
        x[row, : len(sequence)] = sequence
    lengths, labels = zip(*[(len(s), label) for s, label in samples], strict=True)
    return [x, torch.tensor(lengths), torch.tensor(labels)]


def pad_in_front(samples, value):
    x, lengths, y = pad_batch([(s.flip(0), label) for s, label in samples], value)
    return x.flip(1), lengths, y


def counted_after(samples, value):
    x, _, y = pad_batch(samples, value)
    return x, (x != value).sum(dim=1), y


class Centred(Dataset):
    def __init__(self, x):
        self.x = x
        self.mean = x.mean(dim=0)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i] - self.mean


X, Y = torch.arange(60.0).reshape(30, 2), torch.arange(30.0).reshape(30, 1)
PAIRS = TensorDataset(X, Y)

ANSWERS = {
    "lengths": {
        "right": [(lengths,), (lengths_by_list,)],
        "wrong": {
            "always one more": ((lambda n, b, d: (n // b + 1, n % b or b),),
                                "lengths(6, 3, False) → (3, 3) ≠ (2, 3)"),
            "last is the rest": ((lambda n, b, d: (-(-n // b), n % b),), "→ (2, 0) ≠ (2, 3)"),
            "drop_last forgotten": ((lambda n, b, d: (-(-n // b), n % b or b),),
                                    "lengths(7, 3, True) → (3, 1) ≠ (2, 3)"),
            "nothing left": ((lambda n, b, d: (n // b, b) if d else lengths(n, b, d),),
                             "lengths(2, 5, True) → (0, 5) ≠ (0, 0)"),
            "the batches alone": ((lambda n, b, d: lengths(n, b, d)[0],), "→ shape () ≠ (2,)"),
            "samples": ((lambda n, b, d: (n, b),), "→ (6, 3) ≠ (2, 3)"),
        },
    },
    "batch_indices": {
        "right": [(batch_indices,), (batch_indices_numpy,)],
        "wrong": {
            "in order": ((lambda n, b, s: [list(range(n))[k : k + b] for k in range(0, n, b)],),
                         "0) == batch_indices(5, 2, 1) == … → True"),
            "cut first": ((cut_first,), ": [0, 1] in each epoch"),
            "drawn with replacement": ((drawn,), "sorted(sum(batch_indices(5, 2, 0), [])) → "),
            "seed ignored": ((lambda n, b, s: batch_indices(n, b, random.randrange(10**9)),),
                             "→ False ≠ True"),
            "one fixed seed": ((lambda n, b, s: batch_indices(n, b, 0),), "→ True ≠ False"),
            "last dropped": ((lambda n, b, s: batch_indices(n, b, s)[: n // b],),
                             "→ [2, 2] ≠ [2, 2, 1]"),
            "one list": ((lambda n, b, s: sum(batch_indices(n, b, s), []),),
                         "batch_indices(5, 2, 0) → ["),
            "number of batches": ((lambda n, b, s: torch.randperm(n).chunk(b),), "≠ [2, 2, 1]"),
        },
    },
    "pad_batch": {
        "right": [(pad_batch,), (pad_by_hand,)],
        "wrong": {
            "batch not first": ((lambda s, v: (pad_batch(s, v)[0].T, *pad_batch(s, v)[1:]),),
                                ": x → "),
            "zeros always": ((lambda s, v: pad_batch(s, 0.0),), ": x → torch.tensor([[3., 0.]"),
            "in front": ((pad_in_front,), ": x → torch.tensor([[1., 2.], [0., 3.]]) ≠"),
            "counted after padding": ((counted_after,), ": lengths → "),
            "padded lengths": ((lambda s, v: (pad_batch(s, v)[0], [len(pad_batch(s, v)[0][0])]
                                              * len(s), pad_batch(s, v)[2]),),
                               ": lengths → [2, 2] ≠ [2, 1]"),
            "labels as decimals": ((lambda s, v: (*pad_batch(s, v)[:2], pad_batch(s, v)[2] * 1.0),),
                                   ": y.dtype → torch.float32 ≠ torch.int64"),
            "labels in a list": ((lambda s, v: (*pad_batch(s, v)[:2], [k for _, k in s]),),
                                 ": y.dtype → list ≠ torch.int64"),
            "lengths in a list": ((lambda s, v: (
                pad_batch(s, v)[0], pad_batch(s, v)[1].tolist(), pad_batch(s, v)[2]),),
                ": lengths.dtype → list ≠ torch.int64"),
            "only x": ((lambda s, v: pad_batch(s, v)[0],), "x, lengths, y = pad_batch("),
            "sorted by length": ((lambda s, v: pad_batch(
                sorted(s, key=lambda one: -len(one[0])), v),), ": x → "),
        },
    },
    "sample_weights": {
        "right": [(lambda labels: 1 / labels.bincount()[labels],),
                  (lambda labels: [len(labels) / labels.tolist().count(k)
                                   for k in labels.tolist()],)],
        "wrong": {
            "the first of each class": ((lambda labels: torch.tensor([
                1e-6 if label in labels[:i] else 1.0 for i, label in enumerate(labels)]),),
                "sample_weights(torch.tensor([0, 1, 1])) → torch.tensor([1., 1., "),
            "one per class": ((lambda labels: 1 / labels.bincount(),), "shape (2,) ≠ (3,)"),
            "the counts": ((lambda labels: labels.bincount()[labels],), "P(class) → [0.2, 0.8]"),
            "all the same": ((lambda labels: torch.ones(len(labels)),), "P(class) → "),
            "one over N": ((lambda labels: torch.full((len(labels),), 1 / len(labels)),),
                           "P(class) → "),
            "whole division": ((lambda labels: 1 // labels.bincount()[labels],),
                               "sample_weights(torch.tensor([0, 1, 1])) → "),
            "two classes only": ((lambda labels: torch.where(
                labels == 0, 1 / (labels == 0).sum(), 1 / (labels != 0).sum()),),
                "sample_weights(torch.tensor([2, 0, 1, 1, 2, 2, 2])): P(class)"),
            "softened": ((lambda labels: labels.bincount()[labels] ** -0.5,), "P(class) → "),
        },
    },
    "slow_line": {
        "right": [(Centred,),
                  (variant(Centred, init=lambda self, x: self.__dict__.update(
                      x=x - x.mean(dim=0), mean=0)),)],
        "wrong": {
            "still slow": ((variant(Centred, getitem=lambda s, i: s.x[i] - s.x.mean(dim=0)),),
                           "Centred(x)[0]: count(x.mean()) → 1 ≠ 0"),
            "the sum instead": ((variant(Centred, getitem=lambda s, i: s.x[i] - torch.sum(
                s.x, dim=0) / len(s.x)),), "count(x.sum()) → 1 ≠ 0"),
            "mean of the row": ((variant(Centred, getitem=lambda s, i: s.x[i] - s.x[i].mean()),),
                                "Centred(x)[0] → "),
            "mean of everything": ((variant(Centred, init=lambda s, x: s.__dict__.update(
                x=x, mean=x.mean())),), "Centred(x)[0] → "),
            "not centred": ((variant(Centred, getitem=lambda s, i: s.x[i]),), "Centred(x)[0] → "),
            "everything, each time": ((variant(Centred, getitem=lambda s, i: (s.x - s.mean)[i]),),
                                      "count(x.sub()) → 1 ≠ 0"),
        },
    },
    "epoch_loss": {
        "right": [(lambda losses, sizes: sum(a * b for a, b in zip(losses, sizes, strict=True))
                   / sum(sizes),),
                  (lambda losses, sizes: np.average(losses, weights=sizes),)],
        "wrong": {
            "mean of means": ((lambda losses, sizes: sum(losses) / len(losses),),
                              "epoch_loss([1, 10], [4, 1]) → 5.5 ≠ 2.8"),
            "sum without weights": ((lambda losses, sizes: sum(losses) / sum(sizes),), "→ 2.2 ≠"),
            "not divided": ((lambda losses, sizes: float(torch.tensor(losses) @ torch.tensor(
                sizes, dtype=torch.tensor(losses).dtype)),), "→ 14 ≠ 2.8"),
            "divided by batches": ((lambda losses, sizes: sum(
                a * b for a, b in zip(losses, sizes, strict=True)) / len(sizes),), "→ 7 ≠ 2.8"),
            "weights squared": ((lambda losses, sizes: np.average(
                losses, weights=np.square(sizes)),), "→ 1.52941 ≠ 2.8"),
            "the last only": ((lambda losses, sizes: losses[-1],), "→ 10 ≠ 2.8"),
        },
    },
    "own_loader": {
        "right": [(DataLoader(PAIRS, batch_size=8, shuffle=True),),
                  (DataLoader(PAIRS, batch_size=30, sampler=RandomSampler(PAIRS)),)],
        "wrong": {
            "in order": ((DataLoader(PAIRS, batch_size=8),),
                         "list(my_loader) == list(my_loader) → True"),
            "last dropped": ((DataLoader(PAIRS, batch_size=8, shuffle=True, drop_last=True),),
                             "→ 24 ≠ 30 = len(my_loader.dataset)"),
            "one by one": ((DataLoader(PAIRS, shuffle=True),), "→ 1 < 2"),
            "walked already": ((iter(DataLoader(PAIRS, batch_size=8, shuffle=True)),),
                               "range(3)] → [4, 0, 0]"),
            "no labels": ((DataLoader(TensorDataset(X), batch_size=8, shuffle=True),),
                          "x, y = list(my_loader)[0] → list"),
            "with replacement": ((DataLoader(PAIRS, batch_size=8, sampler=RandomSampler(
                PAIRS, replacement=True)),), "sorted(epoch 1) == sorted(epoch 2) → False"),
            "labels in words": ((DataLoader([(row, "a") for row in X], 8, shuffle=True),),
                                "x, y = list(my_loader)[0]: y → "),
            "the data set": ((PAIRS,), "list(my_loader)[0]: len(x), len(y) → 2 ≠ 1"),
            "a list of batches": ((list(DataLoader(PAIRS, batch_size=8)),),
                                  "AttributeError"),
        },
    },
}
