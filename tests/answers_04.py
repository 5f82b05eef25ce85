"""Right and wrong answers to the exercises of lesson 04, with the help that a wrong one gets."""

import random

import numpy as np
import torch
from torch.utils.data import Dataset, TensorDataset


def variant(correct, **methods):
    """Return `correct`, a class, with some of its methods replaced."""
    return type("Kind", (correct,), {f"__{name}__": method for name, method in methods.items()})


class Sentences(Dataset):
    def __init__(self, sentences):
        self.sentences = sentences

    def __len__(self):
        return len(self.sentences)

    def __getitem__(self, i):
        return torch.tensor([ord(c) for c in self.sentences[i]], dtype=torch.int64)


class SentencesRead(Dataset):
    def __init__(self, sentences):
        self.codes = [torch.tensor(list(map(ord, s)), dtype=torch.int64) for s in sentences]

    def __len__(self):
        return len(self.codes)

    def __getitem__(self, i):
        return self.codes[i]


class Lines(Dataset):
    def __init__(self, path):
        self.path, self.starts = path, []
        with open(path, "rb") as file:
            start = file.tell()
            while file.readline():
                self.starts.append(start)
                start = file.tell()

    def __len__(self):
        return len(self.starts)

    def __getitem__(self, i):
        with open(self.path, "rb") as file:
            file.seek(self.starts[i])
            return file.readline().decode("utf-8").rstrip("\r\n")


class LinesOpen(Dataset):
    """The file stays open; positions by adding up lengths."""

    def __init__(self, path):
        self.file, self.starts, at = open(path, "rb"), [], 0
        for line in self.file:
            self.starts.append(at)
            at += len(line)

    def __len__(self):
        return len(self.starts)

    def __getitem__(self, i):
        self.file.seek(self.starts[i])
        line = self.file.readline().decode("utf-8").strip("\r\n")
        return line


class LinesText(Lines):
    def __getitem__(self, i):
        with open(self.path, encoding="utf-8") as file:
            file.seek(self.starts[i])
            return file.readline().rstrip("\n")


class LinesKept(Dataset):
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.lines = file.read().splitlines()

    def __len__(self):
        return len(self.lines)

    def __getitem__(self, i):
        return self.lines[i]


class Transformed(Dataset):
    def __init__(self, dataset, transform):
        self.dataset, self.transform = dataset, transform

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, i):
        x, y = self.dataset[i]
        return self.transform(x), y


class TransformedAtOnce(Dataset):
    def __init__(self, dataset, transform):
        self.pairs = [(transform(x), y) for x, y in dataset]

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, i):
        return self.pairs[i]


class TransformedOnce(Transformed):
    """Keeps what it has transformed."""

    def __getitem__(self, i):
        self.kept = getattr(self, "kept", {})
        if i not in self.kept:
            self.kept[i] = super().__getitem__(i)
        return self.kept[i]


def split_by_group(groups, n_test, seed):
    return split_by_group_of(sorted(set(groups)), groups, n_test, seed)


def split_by_group_of(names, groups, n_test, seed):
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(names), generator=generator)[:n_test].tolist()
    test_names = {names[k] for k in chosen}
    train = [i for i, name in enumerate(groups) if name not in test_names]
    test = [i for i, name in enumerate(groups) if name in test_names]
    return train, test


def split_with_random(groups, n_test, seed):
    test_names = random.Random(seed).sample(sorted(set(groups)), n_test)
    here = np.isin(groups, test_names)
    return np.flatnonzero(~here), np.flatnonzero(here)


def split_samples(groups, n_test, seed):
    order = torch.randperm(len(groups), generator=torch.Generator().manual_seed(seed)).tolist()
    return order[n_test:], order[:n_test]


def split_unseeded(groups, n_test, seed):
    return split_by_group(groups, n_test, random.randrange(10**9))


def split_first(groups, n_test, seed):
    test_names = sorted(set(groups))[:n_test]
    return ([i for i, g in enumerate(groups) if g not in test_names],
            [i for i, g in enumerate(groups) if g in test_names])


def split_names(groups, n_test, seed):
    train, test = split_by_group(groups, n_test, seed)
    return [groups[i] for i in train], [groups[i] for i in test]


X, Y = torch.randn(12, 3), torch.randint(0, 2, (12,))


class Endless(Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, i):
        return X[i % 12], Y[i % 12]


class Ragged(Endless):
    def __getitem__(self, i):
        return X[i][: 1 + i % 2], Y[i]


ANSWERS = {
    "sentences": {
        "right": [(Sentences,), (SentencesRead,),
                  (variant(Sentences, getitem=lambda self, i: torch.as_tensor(
                      np.array([ord(c) for c in self.sentences[i]], dtype=np.int64))),)],
        "wrong": {
            "length of the first": ((variant(Sentences, len=lambda s: len(s.sentences[0])),),
                                    "→ 3 ≠ 4"),
            "a list": ((variant(Sentences, getitem=lambda s, i: [ord(c) for c in s.sentences[i]]),),
                       "→ list ≠ Tensor"),
            "decimals": ((variant(Sentences, getitem=lambda s, i: torch.tensor(
                [float(ord(c)) for c in s.sentences[i]])),), "→ torch.float32 ≠ torch.int64"),
            "one character": ((variant(Sentences, getitem=lambda s, i: torch.tensor(
                ord(s.sentences[0][i]))),), "[0] → shape () ≠ (2,)"),
            "the text": ((variant(Sentences, getitem=lambda s, i: s.sentences[i]),),
                         "→ str ≠ Tensor"),
            "self forgotten": ((variant(Sentences, init=lambda self, sentences: None),),
                               "AttributeError"),
            "single underscores": ((type("Kind", (Dataset,), {
                "__init__": Sentences.__init__, "__getitem__": Sentences.__getitem__}),),
                                   "has no attribute '__len__'"),
            "never ends": ((variant(Sentences, getitem=lambda s, i: torch.tensor(
                [ord(c) for c in s.sentences[i % len(s.sentences)]])),), "[2] → no IndexError"),
            "an instance": ((Sentences(["hi", "a"]),), "callable("),
        },
    },
    "bugs": {
        "right": [("__len__", "__init__", "__getitem__"),
                  ("__len__()", " __init__ ", "__getitem__")],
        "wrong": {
            "a: sample": (("__getitem__", "__init__", "__getitem__"), "A(x, y)[3] → (x[3], y[3])"),
            "a: start": (("__init__", "__init__", "__getitem__"), "A(x, y).x is x → True"),
            "b: sample": (("__len__", "__getitem__", "__getitem__"), "b[3] → (b.x[3], b.y[3])"),
            "b: length": (("__len__", "__len__", "__getitem__"), "len(B(x, y)) → 100"),
            "c: length": (("__len__", "__init__", "__len__"), "len(C(x, y)) → 100"),
            "c: start": (("__len__", "__init__", "__init__"), "C(x, y).x is x → True"),
            "single underscores": (("_len_", "__init__", "__getitem__"), "bug_a = '_len_' not in"),
            "a line": (("return self.x.shape[1]", "__init__", "__getitem__"), "not in ("),
        },
    },
    "lines": {
        "right": [(Lines,), (LinesOpen,), (LinesText,)],
        "wrong": {
            "all kept": ((LinesKept,), "[3] → ' last ' ≠ ' LAST '"),
            "newline kept": ((variant(Lines, getitem=lambda s, i: Lines.__getitem__(s, i) + "\n"),),
                             r"→ '\n' ≠ ''"),
            "read from the start": ((variant(Lines, getitem=lambda s, i: open(
                s.path, encoding="utf-8").read().splitlines()[i]),),
                "file.seek(0) ≠ file.seek(18)"),
            "spaces gone": ((variant(Lines, getitem=lambda s, i: Lines.__getitem__(s, i).strip()),),
                            "[3] → 'last' ≠ ' last '"),
            "carriage return kept": ((variant(Lines, getitem=lambda s, i: (
                Lines.__getitem__(s, i) + ("" if i == 3 else "\r"))),), "→ '\\r' ≠ ''"),
            "bytes": ((variant(Lines, getitem=lambda s, i: Lines.__getitem__(s, i).encode()),),
                      "→ b'' ≠ ''"),
            "characters counted": ((variant(Lines, init=lambda s, path: s.__dict__.update(
                path=path, starts=[0, 5, 10, 12])),), "UnicodeDecodeError"),
            "one line short": ((variant(Lines, len=lambda s: len(s.starts) - 1),), "→ 3 ≠ 4"),
            "never ends": ((variant(Lines, getitem=lambda s, i: Lines.__getitem__(s, i % 4)),),
                           "[4] → no IndexError"),
        },
    },
    "transformed": {
        "right": [(Transformed,), (variant(Transformed, getitem=lambda s, i: [
            f(part) for f, part in zip((s.transform, lambda y: y), s.dataset[i], strict=True)]),)],
        "wrong": {
            "at once": ((TransformedAtOnce,), "count(dataset[i]) → 3 ≠ 0"),
            "read at once": ((variant(Transformed, init=lambda s, dataset, transform:
                                      s.__dict__.update(dataset=list(dataset),
                                                        transform=transform)),),
                             ": count(dataset[i]) → 3 ≠ 0"),
            "fetched twice": ((variant(Transformed, getitem=lambda s, i: (
                s.transform(s.dataset[i][0]), s.dataset[i][1])),),
                              "[0]: count(dataset[0]) → 2 ≠ 1"),
            "once": ((TransformedOnce,), "[1]: count(transform()) → 3 ≠ 4"),
            "not at all": ((variant(Transformed, getitem=lambda s, i: s.dataset[i]),),
                           "count(transform()) → 0 ≠ 1"),
            "the label, too": ((variant(Transformed, getitem=lambda s, i: tuple(
                map(s.transform, s.dataset[i]))),), "count(transform()) → 2 ≠ 1"),
            "label lost": ((variant(Transformed, getitem=lambda s, i: s.transform(
                s.dataset[i][0])),), "x, y = Transformed(dataset, transform)[0] → "),
            "the pair": ((variant(Transformed, getitem=lambda s, i: s.transform(s.dataset[i])),),
                         "TypeError"),
            "the wrong way round": ((variant(Transformed, getitem=lambda s, i: tuple(
                f(part) for f, part in zip((lambda x: x, s.transform), s.dataset[i], strict=True)
            )),), "x → torch.tensor([0.]) ≠ [1]"),
        },
    },
    "split_by_group": {
        "right": [(split_by_group,), (split_with_random,),
                  (lambda *a: tuple(map(torch.tensor, split_by_group(*a))),)],
        "wrong": {
            "samples": ((split_samples,), '"a": train'),
            "no seed": ((split_unseeded,), "→ False ≠ True"),
            "always the first": ((split_first,), ", 0) == … == "),
            "names not sorted": ((lambda g, n, s: split_by_group_of(list(set(g)), g, n, s),),
                                 "→ False ≠ True"),
            "names": ((split_names,), "→ (["),
            "swapped": ((lambda *a: split_by_group(*a)[::-1],), "= 4 ≠ 2"),
            "only test": ((lambda *a: split_by_group(*a)[1],), "→ ["),
            "test lost": ((lambda *a: (split_by_group(*a)[0], []),), "sorted(train + test) = ["),
        },
    },
    "own_dataset": {
        "right": [(TensorDataset(X, Y),), (list(zip(X, Y, strict=True)),),
                  (TensorDataset(X, Y.float().reshape(-1, 1)),)],
        "wrong": {
            "too few": ((TensorDataset(X[:5], Y[:5]),), "→ 5 < 10"),
            "float64": ((TensorDataset(X.double(), Y),), "[0][0].dtype → torch.float64"),
            "whole numbers": ((TensorDataset(X.long(), Y),), "[0][0].dtype → torch.int64"),
            "labels int32": ((TensorDataset(X, Y.int()),), "[0][1].dtype → torch.int32"),
            "labels in words": (([(row, "Adelie") for row in X],), "[0][1] → str ≠ Tensor"),
            "no label": ((TensorDataset(X),), "features, label = my_dataset[0] → tuple"),
            "a gap": ((TensorDataset(X.index_fill(0, torch.tensor([7]), float("nan")), Y),),
                      "[7][0].isnan().any() → True"),
            "one gap in a row": (([(row if k != 7 else row * torch.tensor([1.0] * (len(row) - 1)
                                                                   + [float("nan")]), label)
                                   for k, (row, label) in enumerate(zip(X, Y, strict=True))],),
                                 "[7][0].isnan().any() → True"),
            "ragged": ((Ragged(),), "[1][0].shape → (2,) ≠ (1,)"),
            "endless": ((Endless(),), "[12] → no IndexError"),
            "the class": ((Endless,), "len(my_dataset) → TypeError"),
            "a table": ((X,), "features, label = my_dataset[0] → Tensor"),
        },
    },
}
