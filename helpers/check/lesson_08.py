"""The checks of lesson 08, pictures; what they are tried on: tests/answers_08.py."""

import csv
import tempfile
from pathlib import Path

import torch

from helpers import check


def _picture(height, width, start=0.0):
    """Return a picture (3, height, width) in which no two numbers are alike."""
    count = 3 * height * width
    return (torch.arange(count).reshape(3, height, width) + start) / (count + start)


def mean_colour(function):
    """Check `mean_colour(x)`: the mean of each channel of a picture."""
    x = torch.tensor([[[0.0, 1.0]], [[0.5, 0.5]], [[0.25, 0.75]]])
    cases = [((x * torch.tensor([1, 1, 0.5]).view(3, 1, 1),), [0.5, 0.5, 0.25])]
    cases += [((p,), p.mean(dim=(1, 2))) for p in (_picture(2, 3), _picture(3, 3))]
    check.calls(function, "mean_colour", cases)


def class_order(function):
    """Check `class_order(names)`: from the name of a folder to its label, as ImageFolder has it."""
    name = "class_order"
    for names in (["fish", "bird"], ["2", "10", "1"], ["cat", "Dog", "鸟", "ant"]):
        call = f"class_order({names})"
        found = check.run(function, name, call, [list(names)])
        if found is check.NO_ANSWER:
            return
        wanted = {key: label for label, key in enumerate(sorted(names))}
        try:
            same = dict(found) == wanted
        except Exception:  # a learner's object may raise anything
            same = False
        if not same:
            return check.say("❌", name, f"{call} → {check.short(found)} ≠ {wanted}")
    check.say("✅", name)


def to_shape(transform):
    """Check a transform: any picture becomes float32 (1, 24, 48) from 0 to 1, grey."""
    from PIL import Image

    name = "to_shape"
    for mode, size, colour in (
        ("RGB", (60, 30), (255, 255, 255)), ("RGB", (20, 90), (255, 0, 0)), ("L", (48, 24), 51),
    ):
        call = f'to_shape(Image.new("{mode}", {size}, {colour}))'
        x = check.run(transform, name, call, [Image.new(mode, size, colour)])
        if x is check.NO_ANSWER:
            return
        if not isinstance(x, torch.Tensor):
            return check.say("❌", name, f"type({call}) → {type(x).__name__} ≠ Tensor")
        if x.shape != (1, 24, 48):
            return check.say("❌", name, f"{call}: shape {tuple(x.shape)} ≠ (1, 24, 48)")
        if x.dtype != torch.float32:
            return check.say("❌", name, f"{call}.dtype → {x.dtype} ≠ torch.float32")
        wanted = round(float(torch.tensor(Image.new(mode, (1, 1), colour).convert("L").getpixel(
            (0, 0)))) / 255, 3)
        found = round(float(x.mean()), 3)
        if not abs(found - wanted) < 0.02:
            return check.say("❌", name, f"{call}.mean() → {found} ≠ {wanted}")
    check.say("✅", name)


def square(function):
    """Check `square(x, value=1.0)`: a picture in the middle of a square."""
    name = "square"
    for (height, width), value in (((1, 3), None), ((4, 1), 0.5), ((2, 2), None), ((2, 5), 0.0)):
        x = _picture(height, width)
        side = max(height, width)
        top, left = (side - height) // 2, (side - width) // 2
        wanted = torch.full((3, side, side), 1.0 if value is None else value)
        wanted[:, top:top + height, left:left + width] = x
        short = f"square(x{'' if value is None else f', {value}'})"
        given_shape = f", x.shape (3, {height}, {width})"
        call = short + given_shape
        given = x.clone()
        found = check.run(function, name, call, [given, *([] if value is None else [value])])
        if found is check.NO_ANSWER:
            return
        if not torch.equal(given, x):
            return check.say("❌", name, f"{call}: x == x.clone() → False")
        if check.difference(found, wanted):
            try:
                answer = torch.as_tensor(found)
                where = tuple(torch.nonzero((answer - wanted).abs() > 1e-4)[0].tolist())
                wrong = (f"[{', '.join(map(str, where))}] → {float(answer[where]):.3g} ≠ "
                         f"{float(wanted[where]):.3g}")
            except Exception:  # no tensor, or another shape
                wrong = " → " + check.difference(found, wanted)
            return check.say("❌", name, short + wrong + given_shape)
    check.say("✅", name)


def channel_stats(function):
    """Check `channel_stats(loader)`: mean and standard deviation of each channel over batches."""
    name = "channel_stats"
    for sizes in ((2,), (2, 1), (3, 3, 1)):
        batches = [
            (torch.stack([_picture(2, 2, 7.0 * k * k + i) for i in range(n)]), torch.zeros(n))
            for k, n in enumerate(sizes)
        ]
        x = torch.cat([batch for batch, _ in batches])
        call = f"channel_stats(loader), N = {', '.join(map(str, sizes))}"
        found = check.run(function, name, call, [batches])
        if found is check.NO_ANSWER:
            return
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            return check.say("❌", name, f"mean, deviation = {call} → {check.short(found)}")
        wanted = x.mean(dim=(0, 2, 3)), x.std(dim=(0, 2, 3), correction=0)
        for part, value, right in zip(("mean", "deviation"), found, wanted, strict=True):
            if wrong := check.difference(value, right, tolerance=1e-3):
                return check.say("❌", name, f"{call}: {part} {wrong}")
    check.say("✅", name)


def flat(kind):
    """Check the class `FlatPhotos(folder, table, transform)`: labels from a table."""
    from PIL import Image

    name, call = "flat", "FlatPhotos(folder, table, transform)"
    rows = [("c.png", "owl", "RGB"), ("a.png", "cat", "L"), ("鸟.png", "owl", "RGB"),
            ("b.png", "ant", "RGBA")]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        for k, (file, _, mode) in enumerate(rows):
            Image.new(mode, (4 + k, 3)).save(folder / file)
        table = folder / "labels.csv"
        with open(table, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("file", "label"), *(row[:2] for row in rows)])
        seen = []

        def transform(picture):
            seen.append(picture)
            return torch.tensor([float(len(seen))])

        dataset = check.made(kind, name, call, folder, table, transform, length=len(rows))
        if dataset is None:
            return
        if seen:
            return check.say("❌", name, f"{call}: count(transform()) → {len(seen)} ≠ 0")
        classes = check.run(lambda: list(dataset.classes), name, f"{call}.classes", ())
        if classes is check.NO_ANSWER:
            return
        if classes != ["ant", "cat", "owl"]:
            wanted = "['ant', 'cat', 'owl']"
            return check.say("❌", name, f"{call}.classes → {check.short(classes)} ≠ {wanted}")
        for time, (i, label) in enumerate(((0, 2), (3, 0), (1, 1), (2, 2)), start=1):
            found = check.item(dataset, i, name, call)
            if found is check.NO_ANSWER:
                return
            if not isinstance(found, (tuple, list)) or len(found) != 2:
                return check.say("❌", name, f"x, y = {call}[{i}] → {check.short(found)}")
            if len(seen) != time:
                times = f"count(transform()) → {len(seen)} ≠ {time}"
                return check.say("❌", name, f"{call}[{i}]: {times}")
            mode = getattr(seen[-1], "mode", type(seen[-1]).__name__)
            if mode != "RGB":
                return check.say("❌", name, f'{call}[{i}]: picture.mode → {mode!r} ≠ "RGB"')
            if getattr(seen[-1], "size", None) != (4 + i, 3):
                return check.say("❌", name, f"{call}[{i}]: size {seen[-1].size} ≠ {(4 + i, 3)}")
            for part, value, wanted in (("x", found[0], [float(time)]), ("y", found[1], label)):
                if wrong := check.difference(value, wanted):
                    return check.say("❌", name, f"x, y = {call}[{i}]: {part} {wrong}")
    check.say("✅", name)


def own(my_folder):
    """Check that a learner's folder holds photos for two or more classes, and count them."""
    name = "own"
    if check.untouched(my_folder):
        return check.say("⬜", name)
    from helpers import data

    dataset = check.run(
        lambda: data.image_folder(Path(my_folder)), name, "image_folder(my_folder)", ()
    )
    if dataset is check.NO_ANSWER:
        return
    counts = {label: dataset.targets.count(k) for k, label in enumerate(dataset.classes)}
    least = min(counts, key=counts.get)
    if counts[least] < 4:
        return check.say("❌", name, f"counts[{least!r}] → {counts[least]} < 4")
    check.say("✅", name, f"{name}: {check.short(counts)}")
