"""The checks of lesson 07, tables; what they are tried on: tests/answers_07.py."""

import unicodedata

import torch

from helpers import check, data


def one_hot(function):
    """Check `one_hot(values)`: list of N texts, gives (N, K), the columns in sorted order."""
    check.calls(function, "one_hot", [
        ((["b", "a"],), [[0, 1], [1, 0]]),
        ((["b", "a", "b", "c"],), [[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ((["Torgersen", "Biscoe"],), [[0, 1], [1, 0]]),
        ((["a", "a", "a"],), [[1], [1], [1]]),
    ])


def leaks(letters):
    """Check which of the procedures A to E leak; letters: one string, or a list or set of them."""
    if check.untouched(letters):
        return check.say("⬜", "leaks")
    try:
        # An input method for Chinese writes wide letters.
        found = set(unicodedata.normalize("NFKC", "".join(letters)).upper()) - set(" ,;、")
        unknown = sorted(found - set("ABCDE"))
    except Exception:  # whatever a learner may write
        return check.say("❌", "leaks", f'"".join({check.short(letters)})')
    if unknown or not found:
        return check.say("❌", "leaks", f'{check.short(letters)} ⊄ "ABCDE"')
    for letter in "ABCDE":
        if (letter in found) != (letter in "BCD"):
            said = letter in found
            return check.say("❌", "leaks", f'"{letter}" in leaks → {said} ≠ {not said}')
    return check.say("✅", "leaks")


def cross_entropy(function):
    """Check `cross_entropy(logits, labels)`: (N, K) and (N,), gives the mean, a number."""
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    check.calls(function, "cross_entropy", [
        ((torch.tensor([[0.0, 0.0]]), torch.tensor([1])), 0.693147),
        ((torch.tensor([[3.0, 0.0, 0.0]]), torch.tensor([0])), 0.094923),
        ((logits, torch.tensor([0, 2])), 0.753109),
        ((torch.cat([logits, logits]), torch.tensor([1, 1, 2, 0])), 1.503109),
    ])


def confusion(accuracy_100, recall_1, wrongly_failed):
    """Check three numbers read off the confusion matrix of exercise 4."""
    check.values(
        "confusion",
        accuracy_100=(accuracy_100, 0.77, "(27 + 12 + 15 + 23) / 100"),
        recall_1=(recall_1, 0.6, "matrix[1, 1] / matrix[1].sum()"),
        wrongly_failed=(wrongly_failed, 4, "matrix[1:, 0].sum()"),
    )


def clean(function):
    """Check `clean(table)`: the dirty table as text, gives a table without its faults."""
    import pandas as pd

    dirty = pd.read_csv(
        data.DATASETS / "大数据答辩成绩表_待清洗.csv", encoding="gbk", dtype=str
    )
    before = dirty.copy()
    found = check.run(function, "clean", "clean(table)", [dirty])
    if found is check.NO_ANSWER:
        return
    finding = _difference_of_tables(found, before)
    if not finding and not dirty.equals(before):
        finding = "clean(table): table.equals(table_before) → False ≠ True"
    return check.say("❌" if finding else "✅", "clean", finding)


def _cleaned(dirty):
    """Return the rows of the dirty table that are good, once each, with what they hold as text."""
    good, seen = [], set()
    for _, row in dirty.iterrows():
        marks = [str(row[column]) for column in data.MARKS]
        if row["学号"] not in seen and all(m.isdecimal() and int(m) <= 100 for m in marks):
            good.append(row[data.MARKS_HEADER].to_dict())
        seen.add(row["学号"])
    return good


def _difference_of_tables(found, dirty):
    """Return "" where `found` is the table `dirty` cleaned, else what is wrong, as code."""
    import pandas as pd

    wanted = _cleaned(dirty)
    if not isinstance(found, pd.DataFrame):
        return f"type(clean(table)) → {type(found).__name__} ≠ DataFrame"
    if not found.columns.is_unique:
        return "clean(table).columns.is_unique → False ≠ True"
    for column in data.MARKS_HEADER:
        if column not in found.columns:
            return f'"{column}" in clean(table).columns → False ≠ True'
    others = [column for column in found.columns if column not in data.MARKS_HEADER]
    if others:
        return f"{check.short(others[0])} in clean(table).columns → True ≠ False"
    numbers = found["学号"].tolist()
    if numbers and not isinstance(numbers[0], str):
        return f'clean(table)["学号"].iloc[0] → {numbers[0]!r} ≠ {wanted[0]["学号"]!r}'
    good = {row["学号"]: row for row in wanted}
    for number in numbers:
        if number not in good:
            (_, row), *_ = [*dirty[dirty["学号"] == number].iterrows(), (0, {})]
            marks = {column: row[column] for column in data.MARKS if column in row}
            odd = next((f"{c} = {mark}" for c, mark in marks.items() if not _is_mark(mark)), "")
            return f'"{number}" in list(clean(table)["学号"]) → True ≠ False  ({odd})'
        if numbers.count(number) > 1:
            return f'list(clean(table)["学号"]).count("{number}") → {numbers.count(number)} ≠ 1'
    for number in good:
        if number not in numbers:
            return f'"{number}" in list(clean(table)["学号"]) → False ≠ True'
    for column in [*data.MARKS, "等级"]:
        if not pd.api.types.is_numeric_dtype(found[column]):
            return f'clean(table)["{column}"].dtype → {found[column].dtype} ≠ int64'
    for place, number in enumerate(numbers):
        for column, value in good[number].items():
            now = found[column].iloc[place]
            if str(now) != value and not (column not in ("姓名", "学号") and now == int(value)):
                return f'clean(table)["{column}"].iloc[{place}] → {now} ≠ {value}'
    return ""


def _is_mark(value):
    try:
        return 0 <= float(value) <= 100
    except (TypeError, ValueError):
        return False


def build_penguin_data(function):
    """Check `build_penguin_data(path)`: gives x float32 (342, 4) and y int64 (342,)."""
    name, path = "build_penguin_data", data.DATASETS / "penguins" / "penguins.csv"
    found = check.run(function, name, f"{name}(path)", [path])
    if found is check.NO_ANSWER:
        return
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return check.say("❌", name, f"x, y = {name}(path) → {type(found).__name__}")
    columns = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    penguins = data.load_penguins(columns, missing="drop")
    species = sorted(set(penguins["species"]))
    wanted = {
        "x": torch.stack([penguins[column] for column in columns], dim=1),
        "y": torch.tensor([species.index(kind) for kind in penguins["species"]]),
    }
    for (key, right), value in zip(wanted.items(), found, strict=True):
        shape, dtype = getattr(value, "shape", None), str(getattr(value, "dtype", None))
        if shape is None or tuple(shape) != tuple(right.shape):
            shape = check.short(None if shape is None else tuple(shape))
            return check.say("❌", name, f"{key}.shape → {shape} ≠ {tuple(right.shape)}")
        if dtype.removeprefix("torch.") != str(right.dtype).removeprefix("torch."):
            return check.say("❌", name, f"{key}.dtype → {dtype} ≠ {right.dtype}")
        for place, (one, other) in enumerate(zip(value, right, strict=True)):
            if wrong := check.difference(one, other):
                return check.say("❌", name, f"{key}[{place}] → {wrong}")
    return check.say("✅", name)
