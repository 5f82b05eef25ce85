"""The photos of animals: what SOURCES.csv and the data card say of them."""

import csv
import hashlib
from collections import Counter

from PIL import Image

from helpers.data import DATASETS

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
