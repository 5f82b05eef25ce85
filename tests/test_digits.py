"""The handwritten digits: the loader, every message it can give, and what the data card claims."""

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from helpers import data
from tests import loading
from tests.loading import PROPERTY

# A warning would stand in the output of a lesson.
pytestmark = pytest.mark.filterwarnings("error")
DIGITS = data.DATASETS / "digits"
NPZ = DIGITS / "digits.npz"
PARTS = {"train": 5000, "test": 1000}
both_parts = pytest.mark.parametrize("part", PARTS)

X = np.arange(3 * 28 * 28, dtype=np.uint32).reshape(3, 28, 28).astype(np.uint8)
Y = np.array([7, 0, 9], dtype=np.uint8)


@pytest.fixture
def file(tmp_path):
    """Return a function that writes bytes, or arrays as NPZ, into one file and returns its path."""
    path = tmp_path / "数字 1.npz"

    def write(content=None, **arrays):
        if content is None:
            np.savez(path, **arrays)
        else:
            path.write_bytes(content)
        return path

    return write


def npz(**arrays):
    """Return the bytes of an NPZ file of the arrays."""
    held = io.BytesIO()
    np.savez(held, **arrays)
    return held.getvalue()


def zipped(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def refuse(*parts, part="train", kind=ValueError, **arguments):
    """Load digits that must be refused, and return the message: see loading.refused."""
    return loading.refused(lambda: data.load_digits(part, **arguments), *parts, kind=kind)


# What it returns


@both_parts
def test_the_file_of_the_course(part, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y = data.load_digits(part)
    assert x.dtype == torch.uint8 and x.shape == (PARTS[part], 28, 28) and x.is_contiguous()
    assert y.dtype == torch.int64 and y.shape == (PARTS[part],)
    with np.load(NPZ) as held:
        assert np.array_equal(x.numpy(), held[f"x_{part}"])
        assert np.array_equal(y.numpy(), held[f"y_{part}"])


def test_the_tensors_can_be_written_to_and_are_new_each_time():
    x, y = data.load_digits("test")
    x += 1
    y += 1
    again, labels = data.load_digits("test")
    assert not torch.equal(x, again) and torch.equal(y - 1, labels)


@pytest.mark.parametrize("kind", ["uint8", "int64", ">i4", "uint64"])
def test_labels_of_any_whole_type(file, kind):
    x, y = data.load_digits("test", str(file(x_test=X, y_test=Y.astype(kind), other=X[0])))
    assert y.dtype == torch.int64 and y.tolist() == [7, 0, 9]
    assert np.array_equal(x.numpy(), X)


def test_harmless_forms_read_alike(file, tmp_path):
    np.savez_compressed(tmp_path / "small.npz", x_train=X, y_train=Y)
    for path in file(x_train=np.asfortranarray(X), y_train=Y), tmp_path / "small.npz":
        x, y = data.load_digits("train", path)
        assert np.array_equal(x.numpy(), X) and y.tolist() == [7, 0, 9] and x.is_contiguous()


def test_labels_at_the_edge(file):
    assert data.load_digits("train", file(x_train=X, y_train=Y))[1].tolist() == [7, 0, 9]
    for label in -1, 10:
        refuse("y_train[1]", label, path=file(x_train=X, y_train=np.array([0, label, label])))


def test_only_what_pytorch_needs_is_imported_with_the_loaders():
    code = "import sys, torch; before = {*sys.modules}; import helpers.data; " \
           "sys.exit(bool({'numpy', 'PIL', 'pandas'} & ({*sys.modules} - before)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=data.DATASETS.parent).returncode == 0


# Bad arguments


@pytest.mark.parametrize("part", ["Train", "", None, 0, ["train"], np.array(["train", "test"])])
def test_bad_part(part):
    refuse(f"part={data._short(part)}", '"train"', '"test"', part=part)


def test_bad_path():
    assert "NPZ" in refuse("path=0.5", "NPZ", path=0.5)


# Bad files


def test_no_file_or_a_folder(tmp_path):
    refuse(f"{tmp_path}/no.npz", "no such file", kind=FileNotFoundError, path=tmp_path / "no.npz")
    refuse(str(tmp_path), "is a folder", "NPZ", kind=IsADirectoryError, path=tmp_path)


def test_the_place_of_the_course_is_not_shown(monkeypatch, tmp_path):
    assert refuse("README.md", path=DIGITS / "README.md").startswith("README.md: ")
    monkeypatch.setattr(data, "DATASETS", tmp_path)
    assert str(tmp_path) not in refuse("digits.npz", kind=FileNotFoundError)


WHOLE = npz(x_train=X, y_train=Y)
PICKLED = np.array([{"a": 1}, None, 3], dtype=object)


@pytest.mark.parametrize("content, parts", [
    (b"", ["NPZ", "0"]),
    (b"not an archive", ["NPZ", "14"]),
    (WHOLE[:-100], ["NPZ", len(WHOLE) - 100]),
    (WHOLE[:200], ["NPZ", "200"]),
    (b"PK\x03\x04", ["NPZ"]),
    (X.tobytes(), ["NPZ"]),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 997117\n",
     ["Git LFS", "git lfs pull"]),
    (b"\n<!DOCTYPE html>\n<html><body>404</body></html>", ["a web page instead of the file"]),
    (zipped(**{"word/document.xml": b"<x/>"}),
     ["['word/document.xml']", "['x_train', 'y_train']"]),
    (zipped(), ["[]", "['x_train', 'y_train']"]),
    (zipped(x_train=b"text", y_train=b"text"), ["x_train", "|S4", "()", "(N, 28, 28)"]),
    (zipped(**{"x_train.npy": b"\x93NUMPY\1\0\x05\0{'a'}", "y_train.npy": b""}), ["NPZ"]),
    (npz(x_train=X, y_train=PICKLED), ["array of", "Python"]),
    (npz(x_train=PICKLED, y_train=Y), ["array of", "Python"]),
], ids=range(14))
def test_what_is_no_whole_file(file, content, parts):
    path = file(content)
    assert refuse(path, *parts, path=path).startswith(str(path))


def test_a_single_array_is_no_npz(file):
    held = io.BytesIO()
    np.save(held, X)
    refuse("NPZ", path=file(held.getvalue()))


def test_objects_in_an_array_that_is_not_asked_for_are_never_read(file):
    assert len(data.load_digits("train", file(x_train=X, y_train=Y, x_test=PICKLED))[0]) == 3


@pytest.mark.parametrize("arrays, parts", [
    ({"x_train": X}, ["['x_train']", "['y_train']"]),
    ({"y_train": Y}, ["['y_train']", "['x_train']"]),
    ({"x_test": X, "y_test": Y}, ["['x_test', 'y_test']", "['x_train', 'y_train']"]),
    ({"x_train": X / 255, "y_train": Y}, ["x_train", "float64", "uint8"]),
    ({"x_train": X.astype(np.int64), "y_train": Y}, ["x_train", "int64", "uint8"]),
    ({"x_train": X > 0, "y_train": Y}, ["x_train", "bool", "uint8"]),
    ({"x_train": X.reshape(3, 784), "y_train": Y}, ["x_train", "(3, 784)", "(N, 28, 28)"]),
    ({"x_train": X[:, None], "y_train": Y}, ["x_train", "(3, 1, 28, 28)"]),
    ({"x_train": X[0], "y_train": Y}, ["x_train", "(28, 28)"]),
    ({"x_train": X[:, 1:], "y_train": Y}, ["x_train", "(3, 27, 28)"]),
    ({"x_train": X[:, :, 1:], "y_train": Y}, ["x_train", "(3, 28, 27)"]),
    ({"x_train": X, "y_train": Y / 1}, ["y_train", "float64", "(N,)"]),
    ({"x_train": X, "y_train": Y > 0}, ["y_train", "bool"]),
    ({"x_train": X, "y_train": np.array(["7", "0", "9"])}, ["y_train", "<U1"]),
    ({"x_train": X, "y_train": np.eye(10, dtype=np.uint8)[Y]}, ["y_train", "(3, 10)"]),
    ({"x_train": X, "y_train": Y[0]}, ["y_train", "()"]),
    ({"x_train": X, "y_train": Y[:2]}, ["x_train", "y_train", 3, 2]),
    ({"x_train": X[:0], "y_train": Y}, ["x_train", "y_train", 0, 3]),
    ({"x_train": X[:0], "y_train": Y[:0]}, ["x_train", "y_train", 0]),
    ({"x_train": X, "y_train": np.array([0, 2**64 - 1, 1], dtype=np.uint64)},
     ["y_train[1]", 2**64 - 1]),
], ids=range(20))
def test_arrays_that_do_not_fit(file, arrays, parts):
    path = file(**arrays)
    refuse(path, *parts, path=path)


def test_the_other_part_is_not_judged(file):
    path = file(x_train=X, y_train=Y, x_test=X / 2, y_test=Y[:1])
    assert len(data.load_digits("train", path)[1]) == 3
    refuse("x_test", "float64", part="test", path=path)


# Any bad input


def clean_or_refused(path):
    """Return the digits, or None after one of our errors; anything else is a failure."""
    digits = loading.loaded_or_refused(lambda: data.load_digits("train", path))
    if digits is not None:
        x, y = digits
        assert x.dtype == torch.uint8 and x.shape == (len(y), 28, 28)
        assert y.dtype == torch.int64 and 0 <= y.min() and y.max() <= 9
    return digits


@PROPERTY
@given(content=st.binary() | st.binary().map(lambda end: WHOLE + end)
       | st.binary().map(lambda end: b"PK\x03\x04" + end))
def test_any_bytes_are_read_or_refused(file, content):
    clean_or_refused(file(content))


@PROPERTY
@given(at=st.integers(0, len(WHOLE) - 1), new=st.integers(0, 255))
def test_a_changed_byte_never_changes_a_picture_silently(file, at, new):
    digits = clean_or_refused(file(WHOLE[:at] + bytes([new]) + WHOLE[at + 1:]))
    if digits is not None:
        assert np.array_equal(digits[0].numpy(), X) and digits[1].tolist() == Y.tolist()


@PROPERTY
@given(end=st.integers(0, len(WHOLE) - 1))
def test_a_file_that_is_cut_off_is_refused(file, end):
    refuse("NPZ", path=file(WHOLE[:end]))


@PROPERTY
@given(labels=arrays.arrays(np.int64, st.integers(1, 4), elements=st.integers(-3, 12)))
def test_the_first_label_that_is_no_digit_is_named(file, labels):
    path = file(x_train=np.zeros((len(labels), 28, 28), np.uint8), y_train=labels)
    wrong = [k for k, label in enumerate(labels) if label not in range(10)]
    if wrong:
        refuse(f"y_train[{wrong[0]}]", labels[wrong[0]], path=path)
    else:
        assert data.load_digits("train", path)[1].tolist() == labels.tolist()


@PROPERTY
@given(x=arrays.arrays(st.sampled_from(["u1", "i8", "f4", "?", "<U3"]),
                       st.sampled_from([(), (2,), (2, 28, 28), (2, 784), (1, 28, 28)])),
       y=arrays.arrays(st.sampled_from(["u1", "i8", "f4", "?", "<U3"]),
                       st.sampled_from([(), (2,), (2, 1), (0,)])))
def test_any_arrays_are_read_or_refused(file, x, y):
    clean_or_refused(file(x_train=x, y_train=y))


# The pictures, and the data card

CARD = (DIGITS / "README.md").read_text(encoding="utf-8")
HALVES = dict(zip(["en", "zh"], CARD.split("\n# 手写数字\n"), strict=True))
both_halves = pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)


def test_no_picture_is_there_twice_and_none_is_empty():
    pictures = torch.cat([data.load_digits(part)[0] for part in PARTS])
    assert len({picture.numpy().tobytes() for picture in pictures}) == 6000
    assert ((pictures > 0).flatten(1).sum(dim=1) >= 40).all()


@both_parts
def test_digits_are_scaled_and_centred_as_the_card_says(part):
    x, _ = data.load_digits(part)
    ink = x > 0
    spans = []
    for hit in ink.any(dim=2), ink.any(dim=1):
        first, last = hit.int().argmax(dim=1), 27 - hit.flip(1).int().argmax(dim=1)
        spans.append(last - first + 1)
    longest = torch.stack(spans).amax(dim=0)
    assert longest.max() == 20 and (longest == 20).float().mean() > 0.998
    weight, place = x.double(), torch.arange(28.0)
    for along in weight.sum(dim=2), weight.sum(dim=1):
        middle = (along * place).sum(dim=1) / along.sum(dim=1)
        assert (middle - 14).abs().max() < 0.51


@both_halves
def test_card_states_what_the_file_holds(half):
    x, _ = data.load_digits("train")
    assert x[:, 0].float().mean() < 1 and x.max() == 255
    assert "0 is paper, 255 is ink" in half or "0 是纸，255 是墨" in half
    sums = re.findall("[0-9a-f]{64}", half)
    assert sums == [hashlib.sha256(NPZ.read_bytes()).hexdigest()]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (\w+) \| ([\d ×]+) \| (\d+)–(\d+) \|$", half,
                      re.MULTILINE)
    with np.load(NPZ) as held:
        assert [name for name, *_ in rows] == held.files
        for name, meaning, kind, shape, low, high in rows:
            array = held[name]
            assert str(array.dtype) == kind
            assert " × ".join(map(str, array.shape)) == shape
            assert [array.min(), array.max()] == [int(low), int(high)]
            if name.startswith("y"):
                each, = map(int, re.findall(r"\d+", meaning))
                assert Counter(array.tolist()) == dict.fromkeys(range(10), each)
        empty = np.concatenate([held["x_train"], held["x_test"]]) == 0
    share, = re.findall(r"(\d+) % (?:of the pixels|的像素)", half)
    assert f"{100 * empty.mean():.0f}" == share


@both_halves
def test_licence_is_named_and_its_text_is_there(half):
    text = (DIGITS / "CC-BY-SA-3.0.txt").read_text(encoding="utf-8")
    assert "Attribution-ShareAlike 3.0 Unported" in text and "8. Miscellaneous" in text
    assert "(CC-BY-SA-3.0.txt)" in half and "Yann LeCun" in half and "Corinna Cortes" in half
    licences = (data.DATASETS.parent / "LICENSE").read_text(encoding="utf-8")
    part = re.search(r"- datasets/digits:(.*?)\n   - ", licences, re.DOTALL)[1]
    for word in ("MNIST", "Yann LeCun", "Corinna Cortes", "CC BY-SA 3.0",
                 "datasets/digits/CC-BY-SA-3.0.txt"):
        assert word in part
