"""The photos of animals: what SOURCES.csv and the data card say of them."""

import csv
import hashlib
import re
from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data import DATASETS, image_folder

FOLDER = DATASETS / "animals"


def rows():
    with open(FOLDER / "SOURCES.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_photo_has_its_source():
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*")}
    assert {row["file"] for row in rows()} == files and len(rows()) == len(files)
    assert all(value for row in rows() for value in row.values()), "an empty cell"
    assert all(row["file"].startswith(row["class"] + "/") for row in rows())


def test_the_photos_are_as_the_card_says():
    assert Counter(row["class"] for row in rows()) == {"bird": 36, "fish": 36, "mammal": 36}
    assert len({row["size"] for row in rows()}) == 69
    pixels = set()
    for row in rows():
        with Image.open(FOLDER / row["file"]) as photo:
            assert (photo.format, photo.mode) == ("JPEG", "RGB"), row["file"]
            assert "{}x{}".format(*photo.size) == row["size"], row["file"]
            pixels.add(hashlib.sha256(photo.tobytes()).digest())
    assert len(pixels) == len(rows()), "a photo twice"


def test_the_photos_were_only_made_smaller():
    sides = set()
    for row in rows():
        width, height = map(int, row["original_size"].split("x"))
        scale = min(1, 256 / max(width, height))
        size = tuple(map(int, row["size"].split("x")))
        assert size == pytest.approx((width * scale, height * scale), abs=1), row["file"]
        sides |= {*size}
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"from {min(sides)} to {max(sides)} pixels" in card
    assert f"从 {min(sides)} 到 {max(sides)} 像素" in card


def test_no_two_photos_are_nearly_the_same():
    small = torch.stack([
        torch.from_numpy(np.asarray(photo.convert("L").resize((16, 16)), dtype=np.float32))
        for photo, _ in image_folder()
    ])
    for other in small, small.flip(2):  # nor in a mirror
        apart = (small[:, None] - other).abs().mean(dim=(2, 3))
        apart.fill_diagonal_(255)
        assert apart.min() > 12, "grey levels, of 255"


def test_cut_outs_are_counted_in_the_card():
    cut_out = Counter()
    photos = image_folder()
    for photo, label in photos:
        pixels = np.asarray(photo)
        edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        white = (edge.min(axis=1) > 245).mean()
        assert white < 0.2 or white > 0.65, "no doubt about any of them"
        cut_out[photos.classes[label]] += bool(white > 0.5)
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for pattern in (r"(\d+) of the 36 birds and (\d+) of the 36 mammals .*?, of the fish (\d+);",
                    r"36 只鸟中有 (\d+) 只、36 只哺乳动物中有 (\d+) 只.*?，鱼只有 (\d+) 条；"):
        numbers = map(int, re.search(pattern, card).groups())
        assert dict(zip(("bird", "mammal", "fish"), numbers, strict=True)) == cut_out


def test_the_licences_are_in_the_card_and_their_texts_are_there():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    counts = Counter(row["licence"] for row in rows())
    names = {"GPL-2+": "GPL 2 or later", "Public Domain": "public domain",
             "CC-BY-SA-4.0": "CC BY-SA 4.0", "CC0-1.0": "CC0 1.0", "CC-BY-2.0": "CC BY 2.0"}
    assert set(counts) == set(names)
    for licence, count in counts.items():
        line = next(line for line in card.splitlines() if line.startswith(f"| {names[licence]}"))
        assert f"| {count} |" in line, line
    for name in ("GPL-2.txt", "CC-BY-SA-4.0.txt"):
        assert len((FOLDER / name).read_text(encoding="utf-8")) > 10_000
        assert f"({name})" in card
