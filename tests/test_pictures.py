"""A folder of pictures: the loader, and every message it can give. The animals themselves are in
test_animals.py."""

import io
import os
import pickle
import shutil

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from helpers import data
from tests import loading
from tests.loading import PROPERTY

# A warning would stand in the output of a lesson.
pytestmark = pytest.mark.filterwarnings("error")
ANIMALS = data.DATASETS / "animals"
RED = Image.new("RGB", (6, 4), (200, 30, 40))


def encoded(image=RED, kind="PNG", **arguments):
    """Return the bytes of a picture file."""
    held = io.BytesIO()
    image.save(held, kind, **arguments)
    return held.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Return a function that makes a folder anew, of the classes 狗 and 猫 with a picture in each,
    and of further files: pairs of path and bytes."""
    root = tmp_path / "图片 1"

    def make(*files):
        shutil.rmtree(root, ignore_errors=True)
        for path, content in (("狗/1.png", encoded()), ("猫/1.png", encoded()), *files):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                (root / path).write_bytes(content)
        return root

    return make


def refuse(*parts, kind=ValueError, **arguments):
    """Load pictures that must be refused, and return the message: see loading.refused."""
    return loading.refused(lambda: data.image_folder(**arguments), *parts, kind=kind)


def only(folder, name, content):
    """Return the one picture of that name, in a class folder."""
    found = data.image_folder(folder((f"狗/{name}", content)))
    return next(found[k][0] for k, (path, _) in enumerate(found.samples) if path.endswith(name))


# What it returns


def test_the_animals_as_torchvision_reads_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ours, theirs = data.image_folder(), datasets.ImageFolder(ANIMALS)
    assert isinstance(ours, datasets.ImageFolder)
    for name in ("classes", "class_to_idx", "samples", "targets"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.classes == ["bird", "fish", "mammal"] and len(ours) == 108
    for k in range(0, 108, 12):
        (one, label), (other, same) = ours[k], theirs[k]
        assert one.mode == "RGB" and type(label) is int and label == same
        assert np.array_equal(one, other)


def test_classes_in_the_order_of_their_names(folder):
    extra = [("10/b.png", encoded()), ("10/a.PNG", encoded()), ("2/1.jpg", encoded(kind="JPEG"))]
    found = data.image_folder(str(folder(*extra)))
    assert found.classes == ["10", "2", "狗", "猫"] and found.targets == [0, 0, 1, 2, 3]
    assert [path.split("/")[-1] for path, _ in found.samples][:2] == ["a.PNG", "b.png"]


def test_transform(folder):
    found = data.image_folder(folder(), transform=transforms.ToTensor())
    x, y = next(iter(DataLoader(found, batch_size=2)))
    assert x.shape == (2, 3, 4, 6) and x.dtype == torch.float32 and y.tolist() == [0, 1]
    assert (x[0, :, 0, 0] * 255).tolist() == pytest.approx([200, 30, 40])


def test_it_can_be_sent_to_workers(folder):
    found = pickle.loads(pickle.dumps(data.image_folder(folder(), transforms.ToTensor())))
    assert len(found) == 2 and found[1][1] == 1


def test_a_bar_only_when_it_takes_long(folder, capsys):
    data.image_folder(folder())
    assert capsys.readouterr() == ("", "")


def test_files_beside_the_class_folders_that_are_no_pictures(folder):
    root = folder(("SOURCES.csv", b"a"), ("README.md", b"b"), (".DS_Store", b"c"), ("._a.jpg", b""))
    assert len(data.image_folder(root)) == 2


# Every kind of picture comes as RGB

GREY = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
ALL = np.linspace(0, 65535, 24).round().astype(np.uint16).reshape(4, 6)


def rgb(grey):
    return np.repeat(np.asarray(grey)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("content, expected", [
    (encoded(Image.fromarray(GREY)), rgb(GREY)),
    (encoded(Image.fromarray(GREY > 100)), rgb((GREY > 100) * 255)),
    (encoded(Image.fromarray(GREY).convert("LA")), rgb(GREY)),
    (encoded(RED.convert("P", palette=Image.Palette.ADAPTIVE)), np.asarray(RED)),
    (encoded(RED.convert("RGBA")), np.asarray(RED)),
    (encoded(RED.convert("CMYK"), "TIFF"), np.asarray(RED)),
    (encoded(Image.fromarray(ALL)), rgb((ALL / 257).round())),
    (encoded(Image.fromarray(ALL), "TIFF"), rgb((ALL / 257).round())),
    (encoded(Image.fromarray(ALL.astype(">u2")), "TIFF"), rgb((ALL / 257).round())),
    (encoded(Image.fromarray(ALL), "PPM"), rgb((ALL / 257).round())),
], ids=["grey", "black-white", "grey-alpha", "palette", "rgba", "cmyk", "16-bit-png", "16-bit-tiff",
        "16-bit-big-endian", "16-bit-pgm"])
def test_modes(folder, content, expected):
    image = only(folder, "x.png", content)
    assert image.mode == "RGB" and np.array_equal(image, expected)


def test_what_is_transparent_becomes_white(folder):
    half = Image.new("RGBA", (2, 1))
    half.putpixel((0, 0), (200, 0, 0, 0))
    half.putpixel((1, 0), (200, 0, 0, 128))
    image = only(folder, "x.png", encoded(half))
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert image.getpixel((1, 0)) == pytest.approx((227, 127, 127), abs=1)
    listed = Image.new("P", (2, 1))
    listed.putpalette([200, 0, 0, 0, 0, 200])
    listed.putpixel((1, 0), 1)
    image = only(folder, "x.png", encoded(listed, transparency=0))
    assert [image.getpixel((k, 0)) for k in (0, 1)] == [(255, 255, 255), (0, 0, 200)]
    image = only(folder, "x.png", encoded(listed, transparency=b"\0\xff"))
    assert [image.getpixel((k, 0)) for k in (0, 1)] == [(255, 255, 255), (0, 0, 200)]


def test_a_photo_is_turned_as_the_camera_noted(folder):
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera on its side
    left_red = RED.copy()
    left_red.paste((0, 0, 0), (3, 0, 6, 4))
    image = only(folder, "x.jpg", encoded(left_red, "JPEG", exif=exif, quality=95))
    assert image.size == (4, 6)
    assert image.getpixel((2, 0))[0] > 150 > 50 > image.getpixel((2, 5))[0], "red is above"


def test_what_only_cameras_need_may_be_damaged(folder):
    """Pillow warns of it, and a warning would stand in the output of a lesson."""
    content = encoded(RED, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01")
    with pytest.warns(UserWarning, match="Corrupt EXIF"):
        Image.open(io.BytesIO(content)).getexif()
    assert only(folder, "x.jpg", content).size == RED.size


def test_of_several_frames_the_first(folder):
    content = encoded(RED, save_all=True, append_images=[Image.new("RGB", (6, 4))])
    assert np.array_equal(only(folder, "x.png", content), RED)


@pytest.mark.parametrize("array", [ALL.astype(np.int32), ALL.astype(np.float32)])
def test_numbers_without_a_white(folder, array):
    root = folder(("狗/x.tif", encoded(Image.fromarray(array), "TIFF")))
    refuse(f"{root}/狗/x.tif", "32", path=root)


# Bad files in a class folder

WHOLE = encoded(Image.effect_noise((60, 60), 90), "JPEG")


@pytest.mark.parametrize("content, parts", [
    (b"", ["JPG", "0"]),
    (b"not a picture", ["JPG", "13"]),
    (WHOLE[:-800], ["JPG", len(WHOLE) - 800]),
    (b"\xff\xd8", ["JPG", "2"]),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", ["git lfs pull"]),
    (b"<html>404</html>", ["a web page instead of the file"]),
], ids=range(6))
def test_a_bad_file_is_named(folder, content, parts):
    root = folder(("狗/3.jpg", content), ("狗/2.jpg", WHOLE))
    message = refuse(f"{root}/狗/3.jpg", *parts, path=root)
    assert message.startswith(f"{root}/狗/3.jpg: ") and "more" not in message


@pytest.mark.parametrize("side", [10_000, 20_000])
def test_a_picture_too_large_to_read(folder, side):
    """Pillow warns of the first, and raises for the second."""
    root = folder(("猫/large.png", encoded(Image.new("1", (side, side)))))
    message = refuse(f"{root}/猫/large.png", side * side, "1000", path=root)
    assert "smaller" in message


def test_a_large_photo_is_read(folder):
    assert only(folder, "x.png", encoded(Image.new("1", (9000, 9000)))).size == (9000, 9000)


@pytest.mark.parametrize("name", ["notes.txt", "photo.heic", "film.gif", "without", "jpg"])
def test_what_is_no_picture_by_its_name(folder, name):
    root = folder((f"狗/{name}", encoded()))
    refuse(f"{root}/狗/{name}", ".jpg .jpeg .png", "not a picture by its name", path=root)


@pytest.mark.parametrize("name", [
    "Thumbs.db", ".DS_Store", "desktop.ini", "._1.jpg", ".ipynb_checkpoints/1.png",
    "__MACOSX/1.png",
])
def test_what_other_programs_leave_in_a_class_folder(folder, name):
    root = folder((f"狗/{name}", encoded()))
    top = name.split("/")[0]
    assert "delete it" in refuse(f"{root}/狗/{top}", "left there by another", path=root)


@pytest.mark.parametrize("name", [".ipynb_checkpoints", "__MACOSX", ".git"])
@pytest.mark.parametrize("content", [None, encoded()], ids=["empty", "with-a-picture"])
def test_a_folder_that_another_program_left_is_no_class(folder, name, content):
    root = folder((f"{name}/1.png", content))
    message = refuse(f"{root}/{name}", path=root)
    assert message.startswith(f"{root}/{name}: left there by another")


def test_a_file_that_cannot_be_read(folder):
    root = folder()
    os.symlink(root / "gone.png", root / "狗" / "2.png")
    refuse(f"{root}/狗/2.png", "no such file", kind=FileNotFoundError, path=root)


def test_a_file_that_goes_bad_later(folder):
    root = folder()
    found = data.image_folder(root)
    (root / "狗" / "1.png").write_bytes(b"")
    loading.refused(lambda: found[0], f"{root}/狗/1.png", "PNG", "0")


# Folders that are no classes


def test_a_folder_in_a_class_folder(folder):
    """As when train/ and val/ hold the classes, and path is that of both."""
    root = folder(("狗/小狗/1.png", encoded()), ("猫/小猫/1.png", encoded()))
    message = refuse(f"{root}/狗/小狗", f"{root}/狗", "a folder inside a class folder", path=root)
    assert "1 more" in message and "1 处" in message


def test_an_empty_class_folder(folder):
    root = folder(("鸟/1.png", None))
    message = refuse(f"{root}/鸟", path=root)
    assert "no picture in this class folder" in message and "more" not in message
    (root / "鸟" / "1.txt").write_bytes(b"")
    assert "more" not in refuse(f"{root}/鸟/1.txt", path=root), "one fault, not two"
    (root / "狗" / "1.txt").write_bytes(b"")
    (root / "鸟" / "1.txt").unlink()
    assert "1 more" in refuse(f"{root}/狗/1.txt", path=root), "each fault counts"


def test_a_picture_beside_the_class_folders(folder):
    root = folder(("3.JPG", WHOLE))
    refuse(f"{root}/3.JPG", "a picture beside the class folders", path=root)


def test_fewer_than_two_classes(folder):
    root = folder()
    shutil.rmtree(root / "狗")
    refuse(root, "1", path=root)
    refuse(root / "猫", "0", path=root / "猫")
    (root / "猫" / "1.png").unlink()
    refuse(root / "猫", "0", path=root / "猫")


def test_several_faults_are_counted_and_the_first_is_named(folder):
    root = folder(("1.png", WHOLE), ("狗/2.png", b""), ("猫/a.txt", b""), ("鸟/x", None))
    message = refuse(f"{root}/1.png", "beside", path=root)
    assert "(and 3 more faults)" in message and "另外还有 3 处问题" in message


# Bad arguments


def test_no_folder_or_a_file(folder, tmp_path):
    missing = tmp_path / "没有"
    refuse(missing, "no such folder", kind=FileNotFoundError, path=missing)
    file = folder() / "狗" / "1.png"
    refuse(file, "is a file", kind=NotADirectoryError, path=file)


def test_a_folder_that_may_not_be_read(folder, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied")

    root = folder()
    monkeypatch.setattr(data.os, "scandir", forbidden)
    refuse(root, "Permission denied", kind=PermissionError, path=root)


@pytest.mark.parametrize("path", [0.5, ["a"], "a\0b"])
def test_what_is_no_path(path):
    assert "folder" in refuse(f"path={path!r}", path=path)


@pytest.mark.parametrize("transform", ["ToTensor", 32, [transforms.ToTensor()]])
def test_what_is_no_transform(folder, transform):
    refuse("transform=", "transforms.ToTensor()", path=folder(), transform=transform)


def test_a_name_with_a_line_break(folder):
    root = folder(("狗/a\nb.jpg", b""))
    refuse(f"{root}/狗/'a\\nb.jpg'", path=root)


def test_the_place_of_the_course_is_not_shown(tmp_path, monkeypatch):
    copy = tmp_path / "datasets" / "animals"
    shutil.copytree(ANIMALS, copy)
    monkeypatch.setattr(data, "DATASETS", copy.parent)
    (copy / "bird" / "crow.jpg").write_bytes(b"")
    assert refuse("crow.jpg").startswith("animals/bird/crow.jpg: ")
    shutil.rmtree(copy)
    assert str(tmp_path) not in refuse("animals", kind=FileNotFoundError)


# Any bad input

SMALL = {kind: encoded(Image.effect_noise((8, 8), 90), kind) for kind in ("PNG", "JPEG", "BMP",
                                                                           "TIFF", "PPM", "WEBP")}


def read_or_refused(root):
    """Return the pictures of a folder, or None after one of our errors."""
    found = loading.loaded_or_refused(lambda: data.image_folder(root))
    if found is not None:
        assert all(image.mode == "RGB" for image, _ in found)
    return found


@PROPERTY
@given(content=st.binary() | st.sampled_from([*SMALL.values()]).flatmap(
    lambda whole: st.binary(max_size=20).map(lambda end: whole + end)))
def test_any_bytes_are_read_or_refused(folder, content):
    read_or_refused(folder(("狗/2.png", content)))


@PROPERTY
@given(whole=st.sampled_from([*SMALL.values()]), at=st.floats(0, 0.999), new=st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(folder, whole, at, new):
    at = int(at * len(whole))
    read_or_refused(folder(("狗/2.png", whole[:at] + bytes([new]) + whole[at + 1:])))


@PROPERTY
@given(end=st.floats(0, 0.9), kind=st.sampled_from(["PNG", "JPEG", "BMP", "PPM", "WEBP"]))
def test_a_file_that_is_cut_off_is_refused(folder, end, kind):
    whole = SMALL[kind]
    root = folder(("狗/2.png", whole[:int(end * len(whole))]))
    refuse(f"{root}/狗/2.png", path=root)


@PROPERTY
@given(values=st.lists(st.integers(0, 65535), min_size=1, max_size=9))
def test_sixteen_bits_keep_their_order(folder, values):
    """And 255 stays dark, which torchvision's own loader makes white."""
    grey = np.array([values], dtype=np.uint16)
    image = np.asarray(only(folder, "x.png", encoded(Image.fromarray(grey))))
    assert (abs(image[0, :, 0] - grey[0] / 257) <= 0.5).all()
