"""The checks of lesson 04, data sets; what they are tried on: tests/answers_04.py."""

import tempfile
from pathlib import Path

import torch

from helpers import check


def _ends(dataset, length, name, call):
    """Tell whether index `length` raises IndexError, and say so if it does not."""
    try:
        dataset[length]
    except IndexError:
        return True
    except Exception as error:  # a learner's code may raise anything
        check.say("❌", name, f"{call}[{length}] → {type(error).__name__} ≠ IndexError")
        return False
    check.say("❌", name, f"{call}[{length}] → no IndexError")
    return False


def sentences(kind):
    """Check the class `Sentences(sentences)`: sample i holds the numbers of its characters."""
    name = "sentences"
    for texts in (["hi", "a"], ["神经元", "b", "", "data"]):
        call = f"Sentences({check.code(texts)})"
        dataset = check.made(kind, name, call, list(texts), length=len(texts))
        if dataset is None:
            return
        for i in range(len(texts)):
            found = check.item(dataset, i, name, call)
            if found is check.NO_ANSWER:
                return
            wanted = [ord(c) for c in texts[i]]
            if not isinstance(found, torch.Tensor):
                return check.say("❌", name, f"type({call}[{i}]) → {type(found).__name__} ≠ Tensor")
            if wrong := check.difference(found, wanted):
                return check.say("❌", name, f"{call}[{i}] → {wrong}")
            if found.dtype != torch.int64:
                return check.say("❌", name, f"{call}[{i}].dtype → {found.dtype} ≠ torch.int64")
        if not _ends(dataset, len(texts), name, call):
            return
    check.say("✅", name)


# What shows that a method which was named in place of the faulty one is sound.
_SOUND = {
    "a": {"__init__": "A(x, y).x is x → True", "__getitem__": "A(x, y)[3] → (x[3], y[3])"},
    "b": {"__len__": "len(B(x, y)) → 100",
          "__getitem__": "b = B(x, y); b[3] → (b.x[3], b.y[3])"},
    "c": {"__init__": "C(x, y).x is x → True", "__len__": "len(C(x, y)) → 100"},
}


def bugs(bug_a, bug_b, bug_c):
    """Check which method of the classes A, B and C is named as the faulty one."""
    answers = {"a": bug_a, "b": bug_b, "c": bug_c}
    if check.untouched(*answers.values()):
        return check.say("⬜", "bugs")
    for letter, answer in answers.items():
        method = answer.strip("() ") if isinstance(answer, str) else answer
        if not isinstance(method, str) or method not in ("__init__", "__len__", "__getitem__"):
            names = '("__init__", "__len__", "__getitem__")'
            return check.say("❌", "bugs", f"bug_{letter} = {check.short(answer)} not in {names}")
        if evidence := _SOUND[letter].get(method):
            return check.say("❌", "bugs", f'bug_{letter} = "{method}", {evidence}')
    return check.say("✅", "bugs")


def lines(kind):
    """Check the class `Lines(path)`: sample i is line i, read when it is asked for."""
    name, call = "lines", "Lines(path)"
    texts = ["one", "第二行", "", " last "]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "lines.txt"
        path.write_bytes("\r\n".join(texts).encode() + b"\n")
        dataset = check.made(kind, name, call, path, length=len(texts))
        if dataset is None:
            return
        for i in (2, *range(len(texts))):
            found = check.item(dataset, i, name, call)
            if found is check.NO_ANSWER:
                return
            if found != texts[i]:
                return check.say("❌", name, f"{call}[{i}] → {check.short(found)} ≠ {texts[i]!r}")
        if not _ends(dataset, len(texts), name, call):
            return
        # Another last line of the same length, after bytes that are no text: who kept the text,
        # or reads the file from its start, is found out.
        path.write_bytes(b"\xff\xff\xff\r\n" + b"\xff" * 9 + b"\r\n\r\n LAST \n")
        try:
            found = dataset[3]
        except UnicodeDecodeError:
            return check.say("❌", name, f"{call}[3]: file.seek(0) ≠ file.seek(18)")
        except Exception as error:  # a learner's code may raise anything
            return check.say("❌", name, f"{call}[3] → {type(error).__name__}")
        if found != " LAST ":
            new = 'open(path).read() → "… LAST "'
            return check.say("❌", name, f"{new}, {call}[3] → {check.short(found)} ≠ ' LAST '")
    return check.say("✅", name)


class _Pairs:
    """Three samples, (i, −i) as tensors; counts how often each is fetched."""

    def __init__(self):
        self.fetched = []

    def __len__(self):
        return 3

    def __getitem__(self, i):
        if not 0 <= i < 3:
            raise IndexError(i)
        self.fetched.append(i)
        return torch.tensor([float(i)]), torch.tensor([-float(i)])


def transformed(kind):
    """Check the class `Transformed(dataset, transform)`, which wraps a data set of pairs."""
    name, call = "transformed", "Transformed(dataset, transform)"
    calls = []

    def transform(x):
        calls.append(x)
        return x * 10 + len(calls)  # another answer each time, as of a random transform

    inner = _Pairs()
    dataset = check.made(kind, name, call, inner, transform, length=3)
    if dataset is None:
        return
    if inner.fetched:
        return check.say("❌", name, f"{call}: count(dataset[i]) → {len(inner.fetched)} ≠ 0")
    if calls:
        return check.say("❌", name, f"{call}: count(transform()) → {len(calls)} ≠ 0")
    for time, i in enumerate((0, 2, 1, 1), start=1):
        found = check.item(dataset, i, name, call)
        if found is check.NO_ANSWER:
            return
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            return check.say("❌", name, f"x, y = {call}[{i}] → {check.short(found)}")
        if len(calls) != time:
            return check.say("❌", name, f"{call}[{i}]: count(transform()) → {len(calls)} ≠ {time}")
        if inner.fetched[time - 1 :] != [i]:
            often = len(inner.fetched) - time + 1
            return check.say("❌", name, f"{call}[{i}]: count(dataset[{i}]) → {often} ≠ 1")
        for part, value, wanted in (("x", found[0], [10.0 * i + time]), ("y", found[1], [-i])):
            if wrong := check.difference(value, wanted):
                return check.say("❌", name, f"x, y = {call}[{i}]: {part} → {wrong}")
    return check.say("✅", name)


class _Name(str):
    """A name whose place in a set changes from call to call, as after a new start of Python."""

    salt = 0

    def __hash__(self):
        return hash((_Name.salt, str(self)))


def split_by_group(function):
    """Check `split_by_group(groups, n_test, seed)`: gives two lists of sample numbers."""
    name = "split_by_group"
    for groups, n_test in ((list("aab"), 1), (list("cabbageface"), 2), (list("dcbaabcd"), 1)):
        splits = []
        for seed in (0, 0, *range(1, 12)):
            call = f"{name}({check.code(groups)}, {n_test}, {seed})"
            _Name.salt += 1
            found = check.run(function, name, call, [list(map(_Name, groups)), n_test, seed])
            if found is check.NO_ANSWER:
                return
            if wrong := _wrong_split(found, groups, n_test):
                return check.say("❌", name, f"{call} → {wrong}")
            splits.append([sorted(check.plain(part)) for part in found])
            if len(splits) == 2 and splits[0] != splits[1]:
                return check.say("❌", name, f"{call} == {call} → False ≠ True")
        if all(split == splits[0] for split in splits):
            other = call.rsplit(", ", 1)[0]
            return check.say("❌", name, f"{other}, 0) == … == {other}, 11)")
    return check.say("✅", name)


def _wrong_split(found, groups, n_test):
    """Return "" for a split that is whole and tears no group apart, else what is wrong, as code."""
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return check.short(found)
    try:
        parts = [check.plain(part) for part in found]
        train, test = ([int(i) for i in part] for part in parts)
        if [*map(float, train), *map(float, test)] != [*parts[0], *parts[1]]:
            raise ValueError("an index is a whole number")
    except (TypeError, ValueError, OverflowError):
        return check.short(found)
    if sorted(train + test) != list(range(len(groups))):
        return f"sorted(train + test) = {check.short(sorted(train + test))}"
    both = {groups[i] for i in train} & {groups[i] for i in test}
    if both:
        owner = min(both)
        return f'"{owner}": train {[i for i in train if groups[i] == owner]}, ' \
               f"test {[i for i in test if groups[i] == owner]}"
    names = len({groups[i] for i in test})
    return "" if names == n_test else f"len(set(groups[i] for i in test)) = {names} ≠ {n_test}"


def own_dataset(dataset):
    """Check that a data set of the learner's own holds pairs of tensors that make batches."""
    name, call = "own_dataset", "my_dataset"
    if check.untouched(dataset):
        return check.say("⬜", name)
    length = check.run(lambda: len(dataset), name, f"len({call})", ())
    if length is check.NO_ANSWER:
        return
    if length < 10:
        return check.say("❌", name, f"len({call}) → {length} < 10")
    first = None
    for i in range(min(length, 5000)):
        sample = check.item(dataset, i, name, call)
        if sample is check.NO_ANSWER:
            return
        if not isinstance(sample, (tuple, list)) or len(sample) != 2:
            kind = type(sample).__name__
            return check.say("❌", name, f"features, label = {call}[{i}] → {kind}")
        first = first or sample
        for k, allowed in enumerate(((torch.float32,), (torch.float32, torch.int64))):
            if wrong := _wrong_tensor(sample[k], first[k], allowed):
                return check.say("❌", name, f"{call}[{i}][{k}]{wrong}")
    if _ends(dataset, length, name, call):
        check.say("✅", name)


def _wrong_tensor(tensor, like, allowed):
    if not isinstance(tensor, torch.Tensor):
        return f" → {type(tensor).__name__} ≠ Tensor"
    if tensor.dtype not in allowed:
        return f".dtype → {tensor.dtype} ≠ {' / '.join(map(str, allowed))}"
    if tensor.shape != like.shape:
        return f".shape → {tuple(tensor.shape)} ≠ {tuple(like.shape)}"
    return ".isnan().any() → True ≠ False" if tensor.isnan().any() else ""
