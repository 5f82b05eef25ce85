"""Sound, video and photo: the loaders, their messages, and what the data card claims."""

import hashlib
import io
import json
import re
import struct
import wave

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw

from helpers import data
from tests import loading
from tests.loading import PROPERTY

# A warning would stand in the output of a lesson.
pytestmark = pytest.mark.filterwarnings("error")
file = loading.file
SAMPLES = data.DATASETS / "samples"
FILES = ["sound.wav", "video.webp", "bird.jpg", "bird.json"]


def sound(frames, channels=1, width=2, rate=8000):
    """Return the bytes of a WAV file: frames as bytes, or as a list of 16-bit whole numbers."""
    held = io.BytesIO()
    with wave.open(held, "wb") as opened:
        opened.setnchannels(channels)
        opened.setsampwidth(width)
        opened.setframerate(rate)
        opened.writeframes(frames if isinstance(frames, bytes) else np.int16(frames).tobytes())
    return held.getvalue()


def video(*frames, format="WebP", **arguments):
    """Return the bytes of an animated picture without loss: frames as uint8 arrays."""
    first, *others = map(Image.fromarray, frames)
    held = io.BytesIO()
    if others:
        arguments |= {"save_all": True, "append_images": others}
    first.save(held, format, lossless=True, **arguments)
    return held.getvalue()


def refuse(load, *parts, kind=ValueError, **arguments):
    """Call a loader that must refuse, and return the message: see loading.refused."""
    return loading.refused(lambda: load(**arguments), *parts, kind=kind)


FRAMES = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
SOUND = sound([0, 1, -1, 16384, 32767, -32768])
VIDEO = video(*FRAMES)

both_loaders = pytest.mark.parametrize("load, whole, kind", [
    (data.load_sound, SOUND, "WAV"), (data.load_video, VIDEO, "WebP"),
], ids=["sound", "video"])


# What they return


def test_the_sound_of_the_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    samples, rate = data.load_sound()
    assert samples.dtype == torch.float32 and samples.shape == (6291,)
    assert type(rate) is int and rate == 8000
    assert -1 <= samples.min() < -0.5 and 0.5 < samples.max() <= 1, "a voice, loud enough"
    raw = (SAMPLES / "sound.wav").read_bytes()[-2 * 6291:]
    assert samples.tolist() == [value / 32768 for value, in struct.iter_unpack("<h", raw)]


def test_the_ends_of_the_scale(file):
    samples, rate = data.load_sound(str(file(SOUND)))
    assert samples.tolist() == [0, 2**-15, -(2**-15), 0.5, 32767 / 32768, -1] and rate == 8000


def test_the_video_of_the_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frames = data.load_video()
    assert frames.dtype == torch.uint8 and frames.shape == (22, 3, 72, 96)
    assert frames.is_contiguous()
    red, green, _ = frames.unbind(dim=1)
    petals = ((red > 180) & (green < 90)).sum(dim=(1, 2))
    assert petals[-1] > 4 * petals[0] > 0, "the red flower opens"
    steps = frames.float().diff(dim=0).abs().mean(dim=(1, 2, 3))
    assert (steps > 1).all(), "something moves between any two frames"


def test_frames_rows_columns_and_channels_keep_their_places(file):
    frames = data.load_video(str(file(VIDEO)))
    assert np.array_equal(frames.permute(0, 2, 3, 1).numpy(), FRAMES)
    frames += 1  # it belongs to the learner, and can be written to


def test_the_photo_of_the_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    picture, labels = data.load_photo()
    assert picture.dtype == torch.uint8 and picture.shape == (3, 360, 640)
    assert picture.is_contiguous()
    with Image.open(SAMPLES / "bird.jpg") as opened:
        assert np.array_equal(picture.permute(1, 2, 0).numpy(), np.asarray(opened))
    assert labels == json.loads((SAMPLES / "bird.json").read_text(encoding="utf-8"))


def test_labels_of_the_photo():
    picture, labels = data.load_photo()
    assert list(labels) == ["class", "box", "outline"]
    assert labels["class"] == {"en": "kingfisher", "zh": "翠鸟"}
    outline = labels["outline"]
    x, y = zip(*outline, strict=True)
    assert labels["box"] == [min(x), min(y), max(x), max(y)]
    assert 0 <= min(x) and max(x) < 640 and 0 <= min(y) and max(y) < 360
    assert len(outline) == len({tuple(corner) for corner in outline})
    inside, around = (Image.new("1", (640, 360)) for _ in range(2))
    ImageDraw.Draw(inside).polygon([tuple(corner) for corner in outline], fill=1)
    inside = torch.from_numpy(np.array(inside))
    ImageDraw.Draw(around).rectangle(labels["box"], fill=1)
    around = torch.from_numpy(np.array(around)) & ~inside
    # The wall behind the bird is dull: red, green and blue differ little. The bird is not, nor is
    # the branch, which stands in the lower part of the box.
    upper = torch.arange(360)[:, None] < 230
    colour = (picture.amax(dim=0) - picture.amin(dim=0)) > 90
    assert colour[inside].float().mean() > 0.7
    assert colour[around & upper].float().mean() < 0.006
    # Within two pixels of each corner, and of the middle of each edge, the picture changes.
    middles = [[(a + c) // 2, (b + d) // 2]
               for (a, b), (c, d) in zip(outline, outline[1:] + outline[:1], strict=True)]
    for left, top in outline + middles:
        near = picture[:, max(0, top - 2) : top + 3, max(0, left - 2) : left + 3].flatten(1).int()
        assert (near.amax(dim=1) - near.amin(dim=1)).max() > 40, (left, top)


def crossings(outline):
    """Return how many pairs of edges of a polygon cross, but for neighbours."""
    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    edges = list(zip(outline, outline[1:] + outline[:1], strict=True))
    pairs = [(one, other) for k, one in enumerate(edges) for other in edges[k + 2:]
             if not (one is edges[0] and other is edges[-1])]
    return sum(side(*one, other[0]) * side(*one, other[1]) <= 0
               and side(*other, one[0]) * side(*other, one[1]) <= 0 for one, other in pairs)


def test_the_outline_does_not_cross_itself():
    assert crossings([[0, 0], [2, 2], [2, 0], [0, 2]]) == 1
    assert crossings(data.load_photo()[1]["outline"]) == 0


# Bad files


@both_loaders
def test_no_file_or_a_folder_or_no_name(load, whole, kind, tmp_path):
    missing = tmp_path / "no.file"
    refuse(load, missing, "no such file", kind=FileNotFoundError, path=missing)
    refuse(load, tmp_path, "is a folder", kind, kind=IsADirectoryError, path=tmp_path)
    assert kind in refuse(load, "path=0.5", kind, path=0.5)


@both_loaders
def test_the_place_of_the_course_is_not_shown(load, whole, kind, tmp_path, monkeypatch):
    assert refuse(load, "README.md", path=SAMPLES / "README.md").startswith("README.md: ")
    monkeypatch.setattr(data, "DATASETS", tmp_path)
    assert str(tmp_path) not in refuse(load, "no such file", kind=FileNotFoundError)


@both_loaders
@pytest.mark.parametrize("content", [b"", b"text", b"RIFF\x04\0\0\0WAVE", b"RIFF\x04\0\0\0WEBP"])
def test_what_is_no_such_file(load, whole, kind, file, content):
    path = file(content)
    refuse(load, path, kind, len(content), path=path)


@both_loaders
def test_a_pointer_or_a_web_page_instead_of_the_file(load, whole, kind, file):
    path = file("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12626\n")
    refuse(load, path, "Git LFS", "git lfs pull", path=path)
    path = file("<html><body>404</body></html>")
    assert "网页" in refuse(load, path, "a web page instead of the file", path=path)


@pytest.mark.parametrize("content, channels, bits", [
    (sound(bytes(8), channels=2), 2, 16), (sound(bytes(8), width=1), 1, 8),
    (sound(bytes(9), width=3), 1, 24), (sound(bytes(8), width=4), 1, 32),
    (sound(bytes(8), channels=2, width=1), 2, 8),
], ids=["stereo", "8", "24", "32", "stereo-8"])
def test_another_kind_of_wav_is_named(file, content, channels, bits):
    path = file(content)
    refuse(data.load_sound, path, channels, bits, "16", path=path)


def test_a_wav_with_numbers_that_are_not_whole(file):
    held = bytearray(SOUND)
    held[20] = 3  # the format number of floating-point samples
    refuse(data.load_sound, "PCM WAV", path=file(bytes(held)))


def test_a_sound_that_is_cut_off_or_empty(file):
    refuse(data.load_sound, "announces", 6, 4, path=file(SOUND[:-4]))
    refuse(data.load_sound, 6, 5, path=file(SOUND[:-1]))
    refuse(data.load_sound, 0, path=file(sound([])))


def test_one_picture_is_no_video(file):
    refuse(data.load_video, "a single picture", "WebP", path=file(video(FRAMES[0])))


@pytest.mark.parametrize("format", ["GIF", "PNG"])
def test_another_kind_of_moving_picture(file, format):
    refuse(data.load_video, "cannot be read as", "WebP", path=file(video(*FRAMES, format=format)))


@pytest.mark.parametrize("name", ["bird.jpg", "bird.json"])
def test_a_photo_without_its_files(name, tmp_path, monkeypatch):
    there = tmp_path / "samples"
    there.mkdir()
    for other in {"bird.jpg", "bird.json"} - {name}:
        (there / other).write_bytes((SAMPLES / other).read_bytes())
    monkeypatch.setattr(data, "DATASETS", tmp_path)
    refuse(data.load_photo, name, "no such file", kind=FileNotFoundError)
    whole = (SAMPLES / name).read_bytes()
    kind = {"bird.jpg": "JPEG", "bird.json": "JSON"}[name]
    for content in b"", whole[: len(whole) // 2], b"\xff\xd8\xff":
        (there / name).write_bytes(content)
        refuse(data.load_photo, name, kind, len(content))
    (there / name).write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    refuse(data.load_photo, name, "Git LFS")


# Any bad input


def sound_or_refused(path):
    """Return the samples, or None after one of our errors; anything else is a failure."""
    loaded = loading.loaded_or_refused(lambda: data.load_sound(path))
    if loaded is not None:
        samples, rate = loaded
        assert samples.dtype == torch.float32 and samples.ndim == 1 and len(samples)
        assert samples.abs().max() <= 1 and isinstance(rate, int)
    return loaded and loaded[0]


def video_or_refused(path):
    """Return the frames, or None after one of our errors; anything else is a failure."""
    frames = loading.loaded_or_refused(lambda: data.load_video(path))
    if frames is not None:
        assert frames.dtype == torch.uint8 and frames.shape[1] == 3 and len(frames) > 1
    return frames


@PROPERTY
@given(samples=arrays.arrays(np.int16, st.integers(1, 50)), rate=st.integers(1, 192_000))
def test_any_sound_is_read(file, samples, rate):
    read, read_rate = data.load_sound(file(sound(samples, rate=rate)))
    assert read_rate == rate and np.array_equal(read.numpy() * 2**15, samples)


@PROPERTY
@given(frames=arrays.arrays(np.uint8, st.tuples(st.just(2), st.integers(1, 6), st.integers(1, 6),
                                                st.just(3))))
def test_any_video_is_read(file, frames):
    frames[1, 0, 0] = frames[0, 0, 0] ^ 255  # two equal frames are stored as one
    read = data.load_video(file(video(*frames)))
    assert np.array_equal(read.permute(0, 2, 3, 1).numpy(), frames)


@PROPERTY
@given(start=st.sampled_from([b"", SOUND, VIDEO, SOUND[:36], VIDEO[:30]]), end=st.binary())
def test_any_bytes_are_read_or_refused(file, start, end):
    path = file(start + end)
    sound_or_refused(path)
    video_or_refused(path)


@PROPERTY
@given(at=st.integers(0, len(SOUND) - 1), new=st.integers(0, 255))
def test_a_sound_with_a_changed_byte_is_read_or_refused(file, at, new):
    sound_or_refused(file(SOUND[:at] + bytes([new]) + SOUND[at + 1:]))


@PROPERTY
@given(at=st.integers(0, len(VIDEO) - 1), new=st.integers(0, 255))
def test_a_video_with_a_changed_byte_is_read_or_refused(file, at, new):
    video_or_refused(file(VIDEO[:at] + bytes([new]) + VIDEO[at + 1:]))


@both_loaders
def test_a_file_that_is_cut_off_is_refused_wherever_that_is(load, whole, kind, file):
    for end in range(len(whole)):
        refuse(load, path=file(whole[:end]))


def test_the_video_of_the_course_is_refused_when_cut_off(file):
    whole = (SAMPLES / "video.webp").read_bytes()
    for end in range(0, len(whole), 997):
        refuse(data.load_video, "WebP", end, path=file(whole[:end]))


# The data card

CARD = (SAMPLES / "README.md").read_text(encoding="utf-8")
HALVES = dict(zip(["en", "zh"], CARD.split("\n# 一段声音、一段视频和一张照片\n"), strict=True))
both_halves = pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)


@both_halves
def test_card_names_every_file(half):
    sums = dict(re.findall(r"^\| `(\S+)` \| `([0-9a-f]{64})` \|$", half, re.MULTILINE))
    assert sums == {name: hashlib.sha256((SAMPLES / name).read_bytes()).hexdigest()
                    for name in FILES}
    assert {path.name for path in SAMPLES.iterdir()} == {*FILES, "README.md"}
    assert sum((SAMPLES / name).stat().st_size for name in FILES) < 400_000


def numbers(half, english, chinese):
    """Return the numbers that stand where the pattern of the half's language has its groups."""
    found = re.findall(chinese if re.search("[\u4e00-\u9fff]", half[-20:]) else english, half)
    assert len(found) == 1, (english, chinese, found)
    return [float(number) for number in ([found[0]] if isinstance(found[0], str) else found[0])]


@both_halves
def test_card_states_what_the_files_hold(half):
    samples, rate = data.load_sound()
    assert [len(samples), rate, round(len(samples) / rate, 2), 16] == numbers(
        half, r"(\d+) samples at (\d+) Hz, ([\d.]+) seconds, mono, (\d+) bits",
        r"共 (\d+) 个采样点，采样率 (\d+) Hz，长 ([\d.]+) 秒，单声道，每个采样点 (\d+) 位")
    frames, _, height, width = data.load_video().shape
    assert [frames, width, height] == numbers(
        half, r"(\d+) frames, (\d+) pixels wide and (\d+) high",
        r"共 (\d+) 帧，宽 (\d+) 像素，高 (\d+) 像素，彩色")
    total, step = *numbers(half, r"(\d+) frames\.", r"像素，(\d+) 帧。"), *numbers(
        half, r"every (\d+)th frame", r"每 (\d+) 帧取一帧")
    assert len(range(0, int(total), int(step))) == frames
    per_second, = numbers(half, r"(\d+) frames a second", r"每秒 (\d+) 帧")
    with Image.open(SAMPLES / "video.webp") as opened:
        opened.load()
        assert opened.info["duration"] == 1000 / per_second
    picture, labels = data.load_photo()
    assert [picture.shape[2], picture.shape[1]] == numbers(
        half, r"branch, (\d+) pixels wide and (\d+) high", r"翠鸟，宽 (\d+) 像素，高 (\d+) 像素")
    assert [len(labels["outline"])] == numbers(half, r"polygon of (\d+) points", r"(\d+) 个点")


@both_halves
def test_licences_are_named(half):
    _, sounds, videos, photos, _ = half.split("\n## ")
    assert "CC BY-SA 3.0" in sounds and "Allison Smith" in sounds and "CC0 1.0" in videos
    assert "CC0 1.0" in photos and "CC BY 4.0" in photos and "Frank-2.0" in photos
    licences = (data.DATASETS.parent / "LICENSE").read_text(encoding="utf-8")
    for line in ("sound.wav: spoken by Allison Smith, CC BY-SA 3.0",
                 "video.webp: MDN Web Docs, CC0 1.0",
                 "bird.jpg: Frank-2.0, CC0 1.0", "bird.json: CC BY 4.0"):
        assert f"datasets/samples/{line}" in licences


def test_every_file_is_as_the_standard_library_reads_it():
    with wave.open(str(SAMPLES / "sound.wav")) as opened:
        assert opened.getparams()[:4] == (1, 2, 8000, 6291)
    with Image.open(SAMPLES / "bird.jpg") as opened:
        assert opened.size == (640, 360) and opened.mode == "RGB" and not opened.getexif()
