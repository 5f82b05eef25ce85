"""Right and wrong answers to the exercises of lesson 08, with the help that a wrong one gets."""

import csv
import tempfile
from pathlib import Path

import torch
from PIL import Image
from torch.utils.data import Dataset
from torchvision import transforms
from torchvision.transforms import v2

from helpers.data import DATASETS


def order_by_number(names):
    return {name: k for k, name in enumerate(sorted(names, key=lambda n: (len(n), n)))}


def chain(*steps):
    return transforms.Compose([*steps, transforms.ToTensor()])


TEMPORARY = tempfile.TemporaryDirectory()
GREY, SIZED = transforms.Grayscale(), transforms.Resize((24, 48))


def square(x, value=1.0):
    _, height, width = x.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    whole = torch.full((3, side, side), value)
    whole[:, top:top + height, left:left + width] = x
    return whole


def square_by_pad(x, value=1.0):
    _, height, width = x.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    around = (left, side - width - left, top, side - height - top)
    return torch.nn.functional.pad(x, around, value=value)


def square_in_corner(x, value=1.0):
    side = max(x.shape)
    whole = torch.full((3, side, side), value)
    whole[:, :x.shape[1], :x.shape[2]] = x
    return whole


def square_extra_first(x, value=1.0):
    _, height, width = x.shape
    side = max(height, width)
    top, left = (side - height + 1) // 2, (side - width + 1) // 2
    whole = torch.full((3, side, side), value)
    whole[:, top:top + height, left:left + width] = x
    return whole


def square_stretched(x, value=1.0):
    side = max(x.shape[1:])
    return transforms.functional.resize(x, [side, side])


def channel_stats(loader):
    count, total, squares = 0, 0.0, 0.0
    for x, _ in loader:
        count += x.numel() / 3
        total = total + x.double().sum(dim=(0, 2, 3))
        squares = squares + (x.double() ** 2).sum(dim=(0, 2, 3))
    mean = total / count
    return mean.float(), (squares / count - mean**2).sqrt().float()


def stats_all_at_once(loader):
    x = torch.cat([x for x, _ in loader])
    return x.mean(dim=(0, 2, 3)).tolist(), x.std(dim=(0, 2, 3), correction=0).tolist()


def stats_mean_of_means(loader):
    means = torch.stack([x.mean(dim=(0, 2, 3)) for x, _ in loader])
    return means.mean(dim=0), channel_stats(loader)[1]


def stats_mean_of_deviations(loader):
    deviations = torch.stack([x.std(dim=(0, 2, 3), correction=0) for x, _ in loader])
    return channel_stats(loader)[0], deviations.mean(dim=0)


def stats_one_less(loader):
    x = torch.cat([x for x, _ in loader])
    return x.mean(dim=(0, 2, 3)), x.std(dim=(0, 2, 3))


class FlatPhotos(Dataset):
    def __init__(self, folder, table, transform):
        with open(table, encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.classes = sorted({row["label"] for row in self.rows})
        self.folder, self.transform = folder, transform

    def __len__(self):
        return len(self.rows)

    def picture(self, i):
        return Image.open(self.folder / self.rows[i]["file"]).convert("RGB")

    def __getitem__(self, i):
        return self.transform(self.picture(i)), self.classes.index(self.rows[i]["label"])


class FlatTensorLabel(FlatPhotos):
    def __getitem__(self, i):
        x, y = super().__getitem__(i)
        return x, torch.tensor(y)


class FlatAsItIs(FlatPhotos):
    def picture(self, i):
        return Image.open(self.folder / self.rows[i]["file"])


class FlatFirstSeen(FlatPhotos):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.classes = list(dict.fromkeys(row["label"] for row in self.rows))


class FlatEager(FlatPhotos):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.samples = [FlatPhotos.__getitem__(self, i) for i in range(len(self))]

    def __getitem__(self, i):
        return self.samples[i]


class FlatByName(FlatPhotos):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.rows.sort(key=lambda row: row["file"])


class FlatWords(FlatPhotos):
    def __getitem__(self, i):
        return self.transform(self.picture(i)), self.rows[i]["label"]


class FlatUntouched(FlatPhotos):
    def __getitem__(self, i):
        return self.picture(i), self.classes.index(self.rows[i]["label"])


def a_single_photo(folder):
    """Make a folder of two classes, one of them with a single photo, and return it."""
    for name, count in (("cat", 5), ("dog", 1)):
        (folder / name).mkdir()
        for k in range(count):
            Image.new("RGB", (8, 8), (40 * k, 0, 0)).save(folder / name / f"{k}.png")
    return folder


ANSWERS = {
    "mean_colour": {
        "right": [
            (lambda x: x.mean(dim=(1, 2)),),
            (lambda x: x.flatten(1).mean(dim=1),),
            (lambda x: [float(channel.mean()) for channel in x],),
        ],
        "wrong": {
            "channels mixed": ((lambda x: x.mean(dim=0),), "shape"),
            "one number": ((lambda x: x.mean(),), "shape () ≠ (3,)"),
            "rows only": ((lambda x: x.mean(dim=1),), "shape"),
            "sum": ((lambda x: x.sum(dim=(1, 2)),), "≠"),
        },
    },
    "class_order": {
        "right": [
            (lambda names: {name: k for k, name in enumerate(sorted(names))},),
            (lambda names: dict(zip(sorted(names), range(len(names)), strict=True)),),
        ],
        "wrong": {
            "as they come": ((lambda names: {name: k for k, name in enumerate(names)},),
                             "'bird': 0"),
            "by number": ((order_by_number,), "'10': 1"),
            "labels first": ((lambda names: {k: name for k, name in enumerate(sorted(names))},),
                             "≠"),
            "a list": ((lambda names: sorted(names),), "≠"),
            "capitals ignored": ((lambda names: {
                name: k for k, name in enumerate(sorted(names, key=str.lower))},),
                                 "'Dog': 0"),
            "from 1": ((lambda names: {name: k for k, name in enumerate(sorted(names), start=1)},),
                       "≠"),
        },
    },
    "to_shape": {
        "right": [
            (chain(GREY, SIZED),),
            (chain(SIZED, GREY),),
            (v2.Compose([v2.Grayscale(), v2.Resize((24, 48)), v2.ToImage(),
                         v2.ToDtype(torch.float32, scale=True)]),),
        ],
        "wrong": {
            "width first": ((chain(GREY, transforms.Resize((48, 24))),),
                            "(1, 48, 24) ≠ (1, 24, 48)"),
            "one side": ((chain(GREY, transforms.Resize(24)),), "≠ (1, 24, 48)"),
            "colour": ((chain(SIZED),), "(3, 24, 48) ≠ (1, 24, 48)"),
            "red alone": ((transforms.Compose([chain(SIZED), lambda x: x[:1]]),), "mean()"),
            "no tensor": ((transforms.Compose([GREY, SIZED]),), "≠ Tensor"),
            "bytes": ((v2.Compose([v2.Grayscale(), v2.Resize((24, 48)), v2.ToImage()]),), "dtype"),
            "bytes as decimals": ((v2.Compose([v2.Grayscale(), v2.Resize((24, 48)), v2.ToImage(),
                                               v2.ToDtype(torch.float32)]),),
                                  "mean()"),
        },
    },
    "square": {
        "right": [(square,), (square_by_pad,)],
        "wrong": {
            "in the corner": ((square_in_corner,), "≠"),
            "spare pixel first": ((square_extra_first,), "≠"),
            "stretched": ((square_stretched,), "≠"),
            "value ignored": ((lambda x, value=1.0: square(x),), "≠"),
            "another default": ((lambda x, value=0.0: square(x, value),), "0 ≠ 1"),
            "turned": ((lambda x, value=1.0: square(x, value).transpose(1, 2),), "≠"),
            "as it is": ((lambda x, value=1.0: x,), "shape"),
        },
    },
    "flat": {
        "right": [(FlatPhotos,), (FlatTensorLabel,)],
        "wrong": {
            "modes kept": ((FlatAsItIs,), '≠ "RGB"'),
            "classes as they come": ((FlatFirstSeen,), "classes"),
            "all opened at once": ((FlatEager,), "count(transform()) → 4 ≠ 0"),
            "by name of file": ((FlatByName,), "size"),
            "words as labels": ((FlatWords,), "y "),
            "no transform": ((FlatUntouched,), "count(transform()) → 0 ≠ 1"),
        },
    },
    "channel_stats": {
        "right": [(channel_stats,), (stats_all_at_once,)],
        "wrong": {
            "mean of means": ((stats_mean_of_means,), "mean"),
            "mean of deviations": ((stats_mean_of_deviations,), "deviation"),
            "one less": ((stats_one_less,), "deviation"),
            "mean only": ((lambda loader: channel_stats(loader)[0],), "mean, deviation ="),
        },
    },
    "own": {
        "right": [(DATASETS / "animals",), (str(DATASETS / "animals"),)],
        "wrong": {
            "no folder": (("no such folder",), "no such"),
            "no classes": ((DATASETS / "digits",), "digits"),
            "a class alone": ((DATASETS / "animals" / "bird",), "bird"),
            "a photo alone": ((a_single_photo(Path(TEMPORARY.name)),), "counts['dog'] → 1 < 4"),
        },
    },
}
