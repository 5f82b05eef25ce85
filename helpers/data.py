"""Read a data set of the course, or say in one line, in both languages, why that is impossible.

Nothing is dropped or repaired silently: what comes back is what the file says.
"""

import codecs
import contextlib
import csv
import io
import json
import os
import re
import warnings
import wave
from collections import Counter
from pathlib import Path

import torch

DATASETS = Path(__file__).resolve().parent.parent / "datasets"

# Marks of a project defence, each from 0 to 100.
MARKS = [
    "选题与工作量",  # topic and workload
    "技术难度",  # technical difficulty
    "论文质量",  # thesis quality
    "答辩表达",  # presentation
    "系统实现",  # implementation
    "回答问题",  # answering questions
]
MARKS_HEADER = ["姓名", "学号", *MARKS, "等级"]  # name, student number, the marks, grade

_NUMERIC = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
_MISSING = ("", "NA")
# gb18030 reads all that gbk and gb2312 can, and the rare characters of names that they cannot.
_ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8",
              "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030"}

# What a cell may hold: a test, which not-a-number fails, and what it is called in a message.
_FLOAT32 = (lambda number: abs(number) <= torch.finfo(torch.float32).max,
            "a number (finite, in float32)", "有效数值（须为 float32 能表示的有限数）")
_MARK = (lambda number: 0 <= number <= 100,
         "a number from 0 to 100", "有效数值（须为 0 到 100 之间的数）")
_GRADE = (lambda number: number in (0, 1, 2, 3),
          "a class (0, 1, 2 or 3, counted from 0)", "有效等级（须为 0、1、2、3，从 0 开始编号）")


def load_penguins(columns, species=None, missing="error", path=None):
    """Read columns of the penguins table: one row for each of N penguins, in file order.

    columns: list of names out of bill_length_mm, bill_depth_mm, flipper_length_mm (millimetres),
        body_mass_g (grams), year.
    species: list of the species to keep, out of "Adelie", "Chinstrap", "Gentoo"; None keeps all.
    missing: "error" refuses to go on when a kept row lacks its species or a value of `columns`
        (NA or an empty cell); "drop" leaves such rows out.
    path: another CSV file with the same header names, in UTF-8; None reads the course's file.

    Returns {"species": list of N str, and for each column its name: float32 tensor (N,)}.
    Raises FileNotFoundError, IsADirectoryError or another OSError for a file that cannot be read,
    and ValueError for anything else that is wrong.

    Source: palmerpenguins 0.1.6, CC0; Gorman, Williams and Fraser 2014,
    doi:10.1371/journal.pone.0090081. See datasets/penguins/README.md.
    """
    _check_names("columns", columns, _NUMERIC)
    _check_missing(missing)
    path, name = _place(path, DATASETS / "penguins" / "penguins.csv")
    header, rows = _read_csv(path, name)
    _check_header(header, ["species", *columns], name)
    rows = [(line, dict(zip(header, cells, strict=True))) for line, cells in rows]
    if species is not None:
        found = {row["species"] for _, row in rows}.difference(_MISSING)
        _check_names(f"{name}, species", species, sorted(found))

    kept = []
    for line, row in rows:
        # Before the choice of species: a bad cell means a damaged file, whichever row it is in.
        values = {column: _number(row[column], column, line, name) for column in columns}
        values["species"] = None if row["species"] in _MISSING else row["species"]
        # A penguin of unknown species might belong to those asked for.
        if species is None or values["species"] in (None, *species):
            kept.append({"line": line, **values})
    whole = _whole(kept, missing, name, ("ask for other columns", "请换用其他列"))
    tensors = {c: torch.tensor([row[c] for row in whole], dtype=torch.float32) for c in columns}
    return {"species": [row["species"] for row in whole], **tensors}


def load_marks(path=None, encoding="utf-8", missing="error"):
    """Read the marks of a project defence: one row for each of N students, in file order.

    path: another CSV file with the columns MARKS_HEADER; None reads the course's file.
    encoding: of that file: "utf-8", "gbk" or "gb18030", however spelt.
    missing: "error" refuses to go on when a row lacks a mark or its 等级 (NA or an empty cell);
        "drop" leaves such rows out. A row without 姓名 or 学号 is refused either way.

    Returns a pandas DataFrame (N, 9), as pd.read_csv(path, dtype={"学号": str}) gives it:
        姓名 and 学号: text, each 学号 once; the six MARKS: from 0 to 100, int64 where all of a
        column are whole, else float64; 等级: class 0, 1, 2 or 3, int64.
    Raises FileNotFoundError, IsADirectoryError or another OSError for a file that cannot be read,
    and ValueError for anything else that is wrong.

    Source: invented for the course, CC BY 4.0. See datasets/大数据答辩成绩表.md.
    """
    import pandas as pd

    _check_missing(missing)
    codec = _codec(encoding)
    path, name = _place(path, DATASETS / "大数据答辩成绩表.csv")
    header, table = _read_csv(path, name, codec, MARKS_HEADER)
    _check_header(header, MARKS_HEADER, name, exact=True)
    rows, line_of = [], {}
    for line, cells in table:
        row = {"line": line, **dict(zip(header, cells, strict=True))}
        for column in ("姓名", "学号"):
            if row[column] in _MISSING:
                raise _error(name, f"line {line}, column {column}: no value; every row needs a name"
                             " and a student number, fill it in",
                             f"第 {line} 行 {column} 列：没有内容；每一行都要有姓名和学号，请补上")
        number = row["学号"]
        if number in line_of:
            raise _error(name, f"lines {line_of[number]} and {line} have the same 学号 "
                         f"{_short(number)}; delete one, or correct its number",
                         f"第 {line_of[number]} 行和第 {line} 行的学号相同（{_short(number)}）；"
                         "请删去其中一行，或改正学号")
        line_of[number] = line
        for column in MARKS:
            row[column] = _number(row[column], column, line, name, _MARK)
        row["等级"] = _number(row["等级"], "等级", line, name, _GRADE)
        rows.append(row)
    whole = _whole(rows, missing, name, ("complete the file", "请先补全文件"))
    frame = pd.DataFrame({column: [row[column] for row in whole] for column in header})
    numbers = [*MARKS, "等级"]
    return frame.astype({c: "int64" for c in numbers if (frame[c] % 1 == 0).all()})


def load_table(path, label, leave_out=(), encoding="utf-8"):
    """Read any table with a class to predict: one row for each of N samples, in file order.

    path: a CSV file with a header; label: name of the column that holds the class; leave_out: list
    of columns that are no features; encoding: "utf-8", "gbk" or "gb18030", however spelt.

    Returns a pandas DataFrame of the label and the features as pd.read_csv reads them, missing
    values included. Raises what load_marks raises, and ValueError for a label or column that is not
    there, a label that is missing in a row, has one class only, or is a quantity rather than a
    class, and for a column of texts that nearly all differ: it says who, not how.
    """
    import pandas as pd

    codec = _codec(encoding)
    path, name = _place(path, None)
    if not isinstance(label, str):
        raise _error(f"label={_short(label)}", "give the name of one column", "请给出一列的名称")
    if not isinstance(leave_out, list | tuple):
        example = _short([leave_out])
        raise _error(f"leave_out={_short(leave_out)}", f"give a list of names, e.g. {example}",
                     f"请传入由名称组成的列表，例如 {example}")
    header, rows = _read_csv(path, name, codec, [label, *leave_out])
    _check_header(header, [label, *leave_out], name)
    lost = [line for line, cells in rows if cells[header.index(label)] in _MISSING]
    if lost:
        raise _error(name, f"line {lost[0]}, column {label}: no value, as in {len(lost)} of "
                     f"{len(rows)} rows; every row needs its class",
                     f"第 {lost[0]} 行 {label} 列：没有内容，{len(rows)} 行中共有 {len(lost)} 行"
                     "如此；每一行都要有类别")
    clean = io.StringIO()
    csv.writer(clean).writerows([header, *(cells for _, cells in rows)])
    table = pd.read_csv(io.StringIO(clean.getvalue()))
    classes = table[label].nunique()
    if not 1 < classes <= len(table) / 2:
        raise _error(name, f"column {label} has {classes} different values in {len(table)} rows; "
                     "a class needs at least two, each of them in several rows",
                     f"{label} 列在 {len(table)} 行中有 {classes} 种不同的值；"
                     "类别至少要有两种，而且每种要有好几行")
    table = table.drop(columns=list(leave_out))
    features = table.drop(columns=[label])
    if features.empty:
        raise _error(f"leave_out={_short(leave_out)}", "no column is left as a feature",
                     "没有剩下任何特征列")
    for column in features.select_dtypes(exclude="number"):
        different = features[column].nunique()
        if different > max(20, len(table) / 2):
            raise _error(name, f"column {column} is text with {different} different values in "
                         f"{len(table)} rows; put it into leave_out, or mend the numbers in it",
                         f"{column} 列是文字，在 {len(table)} 行中有 {different} 种不同的值；"
                         "请把它放进 leave_out，或改正其中的数")
    return table


def load_digits(part, path=None):
    """Read pictures of handwritten digits and their labels: N of each, in file order.

    part: "train" (5000 in the course's file, 500 of each digit) or "test" (1000, 100 of each).
    path: another NPZ file with arrays x_train and y_train, or x_test and y_test; None reads the
        course's file.

    Returns (x, y). x: uint8 tensor (N, 28, 28), picture, row from the top, column from the left;
    from 0, paper, to 255, ink. y: int64 tensor (N,), the digit, from 0 to 9.
    Raises FileNotFoundError, IsADirectoryError or another OSError for a file that cannot be read,
    and ValueError for anything else that is wrong.

    Source: 6000 pictures out of MNIST, CC BY-SA 3.0, copyright Yann LeCun and Corinna Cortes. See
    datasets/digits/README.md.
    """
    import numpy as np

    if not isinstance(part, str) or part not in ("train", "test"):
        raise _error(f"part={_short(part)}", 'use "train" or "test"', '请用 "train" 或 "test"')
    raw, name = _bytes_and_name(path, DATASETS / "digits" / "digits.npz", "NPZ")
    names = [f"x_{part}", f"y_{part}"]
    with _whole_file(raw, name, "NPZ"):
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            found = list(file)
            held = [np.asarray(file[one]) for one in names if one in found]
    absent = [one for one in names if one not in found]
    if absent:
        raise _error(f"{name}, {_short(found, 110)}",
                     f"no array {_short(absent)} among these; np.savez(path, {names[0]}=…, "
                     f"{names[1]}=…) writes both",
                     f"其中没有数组 {_short(absent)}；np.savez(path, {names[0]}=…, {names[1]}=…) "
                     "可以同时写入两者")
    x, y = held
    if x.dtype != np.uint8 or x.shape[1:] != (28, 28):
        raise _error(name, f"{names[0]} is {x.dtype} of shape {x.shape}; it must be uint8 of shape "
                     "(N, 28, 28)",
                     f"{names[0]} 的类型是 {x.dtype}，形状是 {x.shape}；须为 uint8，形状 "
                     "(N, 28, 28)")
    if y.dtype.kind not in "iu" or y.ndim != 1:
        raise _error(name, f"{names[1]} is {y.dtype} of shape {y.shape}; it must be whole numbers "
                     "(uint8 or int64) of shape (N,)",
                     f"{names[1]} 的类型是 {y.dtype}，形状是 {y.shape}；"
                     "须为整数（uint8 或 int64），形状 (N,)")
    if len(x) != len(y) or not len(x):
        raise _error(name, f"{len(x)} pictures in {names[0]}, {len(y)} labels in {names[1]}; each "
                     "picture needs one label, and one picture at least must be there",
                     f"{names[0]} 有 {len(x)} 张图片，{names[1]} 有 {len(y)} 个标签；"
                     "每张图片要有一个标签，而且至少要有一张图片")
    wrong = np.flatnonzero((y < 0) | (y > 9))
    if len(wrong):
        raise _error(name, f"{names[1]}[{wrong[0]}] is {y[wrong[0]]}; a label must be a digit, 0 "
                     "to 9; correct it",
                     f"{names[1]}[{wrong[0]}] 是 {y[wrong[0]]}；标签须为 0 到 9 的数字；请改正")
    return torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(y.astype(np.int64))


def image_folder(path=None, transform=None):
    """Return a Dataset of a folder of class folders, after a look at every picture in it.

    path: the folder; each folder in it is a class and holds the pictures of that class, nothing
        else. Files beside the class folders, such as a list of sources, are left alone. None: the
        course's animals.
    transform: a function that takes a picture (PIL.Image.Image, RGB) and returns a sample, or None.

    Returns a torchvision.datasets.ImageFolder: (sample, label) for each picture, label int; with
    classes, class_to_idx, samples, targets; classes and pictures in the order of their names.
    Every picture comes as RGB with 8 bits, in whatever mode its file has it, and upright: turned as
    its camera noted; transparent parts on white; 16 bits scaled to 8; of several frames the first.

    Every file is read once before anything is returned, so that no training stops at a bad one;
    that takes as long as an epoch of reading, and shows a bar after two seconds.
    Raises FileNotFoundError, NotADirectoryError or another OSError for a folder or file that cannot
    be read, and ValueError for anything else that is wrong; it names the first fault and how many
    more there are. A folder inside a class folder is a fault: torchvision would take its pictures
    for those of the class, which hides that path may be one folder too high.

    Source: photos by many people, under several licences. See datasets/animals/README.md.
    """
    from torchvision.datasets import ImageFolder
    from torchvision.datasets.folder import IMG_EXTENSIONS
    from tqdm.auto import tqdm

    if transform is not None and not callable(transform):
        raise _error(f"transform={_short(transform)}", "give a function of a picture, such as "
                     "transforms.ToTensor(), or None",
                     "请传入处理图片的函数，例如 transforms.ToTensor()，或者 None")
    path, name = _place(path, DATASETS / "animals", None)
    faults, classes, files = [], 0, []
    for entry in _entries(path, name):
        place = _inside(name, entry.name)
        is_picture = entry.name.lower().endswith(IMG_EXTENSIONS)
        if not entry.is_dir():
            if is_picture and not entry.name.startswith("."):
                faults.append(_error(place, "a picture beside the class folders; move it into the "
                                     "folder of its class",
                                     "图片不在类别文件夹里；请把它移到所属类别的文件夹中"))
        elif _is_left_over(entry.name):
            faults.append(_left_over(place))
        else:
            classes += 1
            before = len(faults)
            found = _class_files(entry.path, place, IMG_EXTENSIONS, faults)
            files += found
            if not found and len(faults) == before:
                faults.append(_error(place, "no picture in this class folder; add some or delete "
                                     "the folder",
                                     "这个类别文件夹里没有图片；请补上图片，或删去该文件夹"))
    if classes < 2:
        raise _error(name, f"class folders found: {classes}; there must be two or more, one folder "
                     "for each class, with its pictures in it",
                     f"找到 {classes} 个类别文件夹；至少要有两个：每个类别一个文件夹，"
                     "里面放这一类的图片")
    for file, place in tqdm(files, leave=False, delay=2):
        try:
            _picture(file, place)
        except (ValueError, OSError) as error:
            faults.append(error)
    if faults:
        english, _, chinese = str(faults[0]).rpartition(" · ")
        more = len(faults) - 1
        if more:
            english += f" (and {more} more faults)"
            chinese += f"（另外还有 {more} 处问题）"
        raise type(faults[0])(f"{english} · {chinese}") from None
    return ImageFolder(str(path), transform, loader=_picture)


def _class_files(folder, place, extensions, faults):
    """Return (path, name for messages) of the pictures in a class folder, and add its faults."""
    files = []
    for entry in _entries(folder, place):
        inside = _inside(place, entry.name)
        if _is_left_over(entry.name):
            faults.append(_left_over(inside))
        elif entry.is_dir():
            faults.append(_error(inside, "a folder inside a class folder; move its pictures up; if "
                                 f"it is the class, give the path of {place}",
                                 "类别文件夹里又有文件夹；请把其中的图片移到上一层；"
                                 f"如果它才是类别，请给出 {place} 的路径"))
        elif not entry.name.lower().endswith(extensions):
            kinds = " ".join(extensions)
            faults.append(_error(inside, f"not a picture by its name ({kinds}); save it as one of "
                                 "these, or take it out of the class folder",
                                 f"从文件名看不是图片（{kinds}）；请另存为其中一种格式，"
                                 "或把它移出类别文件夹"))
        else:
            files.append((entry.path, inside))
    return files


def _entries(folder, name):
    """Return what is in a folder, sorted by name."""
    if os.path.isfile(folder):
        raise _error(name, "is a file; give the name of a folder", "这是文件；请给出文件夹的名字",
                     NotADirectoryError)
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        raise _error(name, "no such folder; check its name and where it is",
                     "找不到这个文件夹；请检查它的名字和位置", FileNotFoundError) from None
    except OSError as error:
        raise _error(name, f"cannot be read ({error.strerror}); check its name and permissions",
                     f"无法读取（{error.strerror}）；请检查文件夹的名字和访问权限",
                     type(error)) from None


def _inside(place, name):
    """Return the name that messages give to what is in a folder."""
    return f"{place}/{name if name.isprintable() else _short(name, 110)}"


def _is_left_over(name):
    """Whether a name is that of something that other programs leave in folders."""
    return name.startswith(".") or name.lower() in ("__macosx", "thumbs.db", "desktop.ini")


def _left_over(place):
    return _error(place, "left there by another program, such as Jupyter, macOS or Windows; it may "
                  "be hidden; delete it",
                  "这是 Jupyter、macOS 或 Windows 等程序留下的，可能是隐藏的；请删去")


def _picture(path, name=None):
    """Return the picture in a file as RGB with 8 bits; name: that of the file for messages."""
    from PIL import Image, ImageOps

    place, own = _place(path, None)
    name = name or own
    kind = place.suffix[1:].upper()
    raw = _read_bytes(place, name, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as those about details that only cameras need
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with _whole_file(raw, name, kind), Image.open(io.BytesIO(raw)) as image:
            has_white = image.mode != "F" and (image.mode != "I" or image.format == "PPM")
            if has_white:
                return _rgb(ImageOps.exif_transpose(image))
    raise _error(name, "numbers without a fixed white (32 bits); save it with 8 or 16 bits",
                 "其中的数没有固定的白色值（32 位）；请另存为 8 位或 16 位")


def _rgb(image):
    """Return a picture of Pillow's as RGB with 8 bits."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits, which convert("RGB") would cut at 255
        import numpy as np

        image = Image.fromarray((np.asarray(image) / 257).round().astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def load_sound(path=None):
    """Read a sound: n samples, one after the other.

    path: another WAV file, mono, with 16 bits for a sample; None reads the course's file, a voice
        that says "hello".

    Returns (samples, rate). samples: float32 tensor (n,), the pressure of the air at the
    microphone, from -1 to 1 without a unit, 0 in silence; rate: int, samples a second (Hz).
    Raises FileNotFoundError, IsADirectoryError or another OSError for a file that cannot be read,
    and ValueError for anything else that is wrong.

    Source: spoken by Allison Smith, CC BY-SA 3.0. See datasets/samples/README.md.
    """
    raw, name = _bytes_and_name(path, DATASETS / "samples" / "sound.wav", "WAV")
    with _whole_file(raw, name, "PCM WAV"), wave.open(io.BytesIO(raw)) as file:
        channels, width, rate, n, *_ = file.getparams()
        frames = file.readframes(n)
    if (channels, width) != (1, 2):
        raise _error(name, f"channels: {channels}, bits for a sample: {8 * width}; save it as mono "
                     "with 16 bits, for example in Audacity",
                     f"声道数为 {channels}，每个采样点 {8 * width} 位；请另存为单声道、16 位，"
                     "例如用 Audacity")
    if not n or len(frames) != 2 * n:
        raise _error(name, f"its header announces {n} samples, {len(frames) // 2} are there; get a "
                     "whole file with sound in it",
                     f"文件头声明有 {n} 个采样点，实际有 {len(frames) // 2} 个；"
                     "请换用完整的、有声音的文件")
    # 32768 = 2**15: a sample of 16 bits reaches from -32768 to 32767.
    return torch.frombuffer(bytearray(frames), dtype=torch.int16) / 32768, rate


def load_video(path=None):
    """Read a video without sound: its frames, one after the other.

    path: another animated WebP file; None reads the course's file, in which a flower opens.

    Returns a uint8 tensor (frames, 3, height, width): frame, channel (red, green, blue), row from
    the top, column from the left; 0 is dark, 255 bright.
    Raises FileNotFoundError, IsADirectoryError or another OSError for a file that cannot be read,
    and ValueError for anything else that is wrong.

    Source: MDN Web Docs, CC0. See datasets/samples/README.md.
    """
    from PIL import Image, ImageSequence

    raw, name = _bytes_and_name(path, DATASETS / "samples" / "video.webp", "WebP")
    with _whole_file(raw, name, "WebP"), Image.open(io.BytesIO(raw), formats=["WEBP"]) as file:
        frames = [_pixels(frame) for frame in ImageSequence.Iterator(file)]
    if len(frames) < 2:
        raise _error(name, "a single picture, not a video; give an animated WebP file",
                     "只有一帧，不是视频；请给出 WebP 动图文件")
    return torch.stack(frames)


def load_photo():
    """Read the photo for the figure with three tasks, and what is to be seen in it.

    Returns (picture, labels). picture: uint8 tensor (3, height, width): channel (red, green, blue),
    row from the top, column from the left; 0 is dark, 255 bright. labels: dict of
        "class": dict with the name of the animal, "en" and "zh";
        "box": list [left, top, right, bottom], the least box around the outline;
        "outline": list of the corners [x, y] of a polygon around the animal.
    Lengths are in pixels, x from the left edge, y from the top edge.
    Raises FileNotFoundError or another OSError for a file that cannot be read, and ValueError for
    a damaged one.

    Source: photo by Frank-2.0, CC0; labels by the course. See datasets/samples/README.md.
    """
    from PIL import Image

    raw, name = _bytes_and_name(None, DATASETS / "samples" / "bird.jpg", "JPEG")
    with _whole_file(raw, name, "JPEG"), Image.open(io.BytesIO(raw), formats=["JPEG"]) as file:
        picture = _pixels(file)
    raw, name = _bytes_and_name(None, DATASETS / "samples" / "bird.json", "JSON")
    with _whole_file(raw, name, "JSON"):
        labels = json.loads(raw)
    return picture, labels


def _pixels(image):
    """Return a picture of Pillow's as a uint8 tensor (3, height, width) of its own."""
    width, height = image.size
    pixels = torch.frombuffer(bytearray(image.convert("RGB").tobytes()), dtype=torch.uint8)
    return pixels.reshape(height, width, 3).permute(2, 0, 1).contiguous()


def _place(path, own, kind="CSV"):
    """Return the path, which is `own` for None, and the name that messages give it.

    kind: of the file, for the messages; None: a folder.
    """
    try:
        place = Path(own if path is None else path)
        inside = place.resolve().is_relative_to(DATASETS)
    except (TypeError, ValueError):  # ValueError: a zero character, as in "D:\0.csv"
        english = f"file; give that of a {kind} file" if kind else "folder; give that of one"
        chinese = "不是文件夹名；请给出文件夹的名字"
        if kind:
            chinese = f"不是文件名；请给出 {kind} 文件的名字"
        raise _error(f"path={_short(path)}", f"not the name of a {english}", chinese) from None
    # A stored output must not show where a machine keeps the course.
    name = place.name if inside else str(place)
    return place, name if name.isprintable() else _short(name, 110)  # "D:\new.csv" has two lines


def _read_bytes(path, name, kind="CSV"):
    """Return the bytes of a file; kind: what it should be, for the messages."""
    if os.path.isdir(path):  # Path.is_dir() raises an error of its own for a name that is too long
        raise _error(name, f"is a folder; give the name of the {kind} file in it",
                     f"这是文件夹；请给出其中 {kind} 文件的名字", IsADirectoryError)
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _error(name, "no such file; check its name and folder",
                     "找不到这个文件；请检查文件名和所在文件夹", FileNotFoundError) from None
    except OSError as error:
        raise _error(name, f"cannot be read ({error.strerror}); close it in other programs, and "
                     "check its name and permissions",
                     f"无法读取（{error.strerror}）；请在其他程序中关闭它，并检查文件名和访问权限",
                     type(error)) from None


def _bytes_and_name(path, own, kind):
    """Return the bytes of the file at `path`, of `own` for None, and the name for messages."""
    path, name = _place(path, own, kind)
    return _read_bytes(path, name, kind), name


@contextlib.contextmanager
def _whole_file(raw, name, kind):
    """Say what is wrong with the bytes of a file when the reader inside the block cannot read them.

    kind: what the file should be, for the messages.
    """
    try:
        yield
    except Exception as error:  # NumPy, Pillow and wave do not name all that they may raise here
        if "DecompressionBomb" in type(error).__name__:
            pixels, = re.findall(r"\((\d+) pixels\)", str(error))
            raise _error(name, f"a picture of {pixels} pixels, too many to read safely; make it "
                         "smaller, 1000 pixels a side are plenty",
                         f"这张图片有 {pixels} 个像素，多得无法安全读取；请把它缩小，"
                         "边长 1000 像素就足够了") from None
        start = raw[:200].lstrip()
        if start.startswith(b"version https://git-lfs"):
            raise _error(name, "only a pointer of Git LFS, not the file itself; get it with "
                         "`git lfs pull`",
                         "这只是 Git LFS 的指针，不是文件本身；请用 `git lfs pull` 获取") from None
        if start.startswith(b"<"):
            raise _error(name, "a web page instead of the file; download the file itself",
                         "这是网页，不是所要的文件；请下载文件本身") from None
        if str(error).startswith("Object arrays"):  # NumPy's words for allow_pickle=False
            raise _error(name, "an array of Python objects, which can run any program when it is "
                         "read; save arrays of numbers",
                         "文件中有 Python 对象数组，读取时可能运行任意程序；请保存为数值数组"
                         ) from None
        raise _error(name, f"cannot be read as {kind} ({len(raw)} bytes); it is another kind of "
                     "file or damaged, get it again",
                     f"无法作为 {kind} 文件读取（{len(raw)} 字节）；"
                     "可能是其他类型的文件，或者文件已损坏，请重新获取") from None


def _read_csv(path, name, codec="utf-8", columns=()):
    """Return the header, a list of C names, and a list of rows (line number, list of C cells).

    codec: "utf-8" or "gb18030"; columns: some names by which a header in the other one is known.
    """
    text = _decode(_read_bytes(path, name), name, codec, columns)
    # strict: otherwise a quotation mark without its partner swallows all the rows after it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    table, line = [], 1  # the line on which a row begins: quoted cells may hold line breaks
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if cells not in ([], [""]):  # a blank line holds no data
                table.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _error(name, f"line {line} is not valid CSV ({error}); check its quotation marks",
                     f"第 {line} 行不符合 CSV 格式；请检查这一行的引号") from None
    if len(table) < 2:
        found = ("only a header, no rows", "只有表头，没有数据") if table else ("empty", "是空文件")
        raise _error(name, f"{found[0]}; get the file again", f"{found[1]}；请重新获取文件")
    (_, header), *rows = table
    twice = [column for column in dict.fromkeys(header) if header.count(column) > 1]
    if twice:
        raise _error(name, f"more than one column is called {_short(twice)}; rename or delete one",
                     f"列名 {_short(twice)} 重复出现；请改名或删去多余的列")
    for line, cells in rows:
        if len(cells) != len(header):
            raise _error(name, f"line {line} has {len(cells)} cells, the header {len(header)}; "
                         "write missing values as NA, and text with commas in quotes",
                         f"第 {line} 行有 {len(cells)} 个单元格，表头有 {len(header)} 个；"
                         "缺失值请写 NA，含逗号的文字请加引号")
    return header, rows


def _decode(raw, name, codec, columns):
    """Return the text of the bytes; arguments as in _read_csv."""
    # A name in ASCII is the same in both encodings, and tells nothing.
    columns = [column for column in map(str, columns) if not column.isascii()]
    bad = raw.find(b"\0")  # without its mark, UTF-16 passes as UTF-8 with a zero in each letter
    if codec == "gb18030" and bad < 0:
        # Not left to the decoder: much UTF-8 is valid GBK too, and comes out as nonsense.
        text = raw.decode("utf-8", "replace")
        whole = "\ufffd" not in text and not raw.isascii()
        if whole or any(column in text for column in columns):
            raise _error(name, "this file is UTF-8; leave `encoding` out",
                         "这个文件是 UTF-8 编码；请去掉参数 encoding")
    try:
        text = raw.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        bad = error.start
    if bad < 0:
        return text
    line, byte = raw.count(b"\n", 0, bad) + 1, f"0x{raw[bad]:02X}"
    text = raw.decode("gb18030", "replace")
    if codec == "utf-8" and "\ufffd" not in text and any(column in text for column in columns):
        raise _error(name, f"line {line} is not UTF-8 text (byte {byte}); the file looks like GBK: "
                     'pass encoding="gbk"',
                     f"第 {line} 行不是 UTF-8 文本（字节 {byte}）；这个文件看起来是 GBK 编码："
                     '请传入 encoding="gbk"')
    kind, other = "UTF-8", '"gbk"'
    if codec == "gb18030":
        kind, other = "GBK", '"gb18030", errors="replace"'
    if 0 in raw:
        other = '"utf-16"'
    code = f"path.read_text(encoding={other})"
    raise _error(name, f"line {line} is not {kind} text (byte {byte}); save the file as UTF-8; "
                 f"to see what it says, try {code}",
                 f"第 {line} 行不是 {kind} 文本（字节 {byte}）；请把文件另存为 UTF-8；"
                 f"想先看看内容，可以试试 {code}")


def _number(text, column, line, name, allowed=_FLOAT32):
    """Return the cell as a float that is allowed there, or None for a missing value."""
    if text in _MISSING:
        return None
    try:
        number = float(text.replace("_", "?"))  # float() would read 18_7 as 187
    except ValueError:
        number = float("nan")
    test, english, chinese = allowed
    if not test(number):
        raise _error(name, f"line {line}, column {column}: {_short(text)} is not {english}; "
                     "correct it, or write NA if it is missing",
                     f"第 {line} 行 {column} 列：{_short(text)} 不是{chinese}；请改正，"
                     "缺失值请写 NA")
    return number


def _whole(rows, missing, name, cure):
    """Return the rows (dicts, among their keys "line") in which no value is None; or refuse."""
    gaps = [row for row in rows if None in row.values()]
    if gaps and missing == "error":
        counts = Counter(key for row in gaps for key, value in row.items() if value is None)
        english = ", ".join(f"{key}: {count}" for key, count in counts.items())
        chinese = "，".join(f"{key} 缺 {count} 个" for key, count in counts.items())
        line = gaps[0]["line"]
        raise _error(name, f"missing values in {len(gaps)} of {len(rows)} rows ({english}; first on"
                     f' line {line}); if you mean to leave such rows out, pass missing="drop"',
                     f"{len(rows)} 行数据中有 {len(gaps)} 行含缺失值（{chinese}；首次出现在文件第 "
                     f'{line} 行）；如果确定要舍弃这些行，请传入 missing="drop"')
    whole = [row for row in rows if None not in row.values()]
    if not whole:
        raise _error(name, f"all {len(rows)} rows have missing values; {cure[0]}",
                     f"全部 {len(rows)} 行都含缺失值；{cure[1]}")
    return whole


def _codec(encoding):
    """Return "utf-8" or "gb18030" for an encoding's name in any spelling."""
    try:
        found = codecs.lookup(encoding).name
    except (LookupError, TypeError, ValueError):
        found = None
    if found not in _ENCODINGS:
        raise _error(f"encoding={_short(encoding)}", 'use "utf-8" (the default), "gbk" or '
                     '"gb18030"', '请用 "utf-8"（默认）、"gbk" 或 "gb18030"')
    return _ENCODINGS[found]


def _check_missing(missing):
    if missing not in ("error", "drop"):
        raise _error(f"missing={_short(missing)}",
                     'use "error" (stop at missing values) or "drop" (leave their rows out)',
                     '请用 "error"（遇到缺失值就报错）或 "drop"（舍弃含缺失值的行）')


def _check_header(header, columns, name, exact=False):
    """Refuse a header without one of the columns; exact: or with others, or in another order."""
    absent = [column for column in columns if column not in header]
    others = [column for column in header if column not in columns]
    faults = []
    if absent:
        faults.append((f"no column {_short(absent, 110)} in this header",
                       f"上述表头中没有列 {_short(absent, 110)}"))
    if exact and others:
        faults.append((f"unknown column {_short(others, 110)}", f"多出列 {_short(others, 110)}"))
    if exact and "" in others:
        faults.append(("a column without a name comes from a comma at the end of each line, or "
                       "from to_csv without index=False",
                       "没有名字的列来自每行末尾多余的逗号，或来自没有写 index=False 的 to_csv"))
    if exact and not faults and header != columns:
        faults.append(("its columns are in another order", "各列的顺序不对"))
    if faults:
        english = "check the names that you gave, or correct the file's header"
        chinese = "请检查你给出的列名，或修改文件的表头"
        if exact:
            order = ",".join(columns)
            english, chinese = f"the columns must be {order}", f"各列应依次为 {order}"
        english_faults, chinese_faults = zip(*faults, strict=True)
        raise _error(f"{name}, {_short(header, 110)}", "; ".join([*english_faults, english]),
                     "；".join([*chinese_faults, chinese]))


def _check_names(argument, names, known):
    """Refuse what is not a list of one or more names out of `known`."""
    if not isinstance(names, list | tuple) or not names:
        example = [names] if isinstance(names, str) else known[:1]
        raise _error(f"{argument}={_short(names)}", f"give a list of names, e.g. {_short(example)}",
                     f"请传入由名称组成的列表，例如 {_short(example)}")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise _error(f"{argument}={_short(unknown)}", f"not among {_short(known, 110)}; choose one "
                     "of these", "不在上述名称之中；请从中选择")


def _short(value, limit=40):
    """Return repr(value), on one line whatever the value, cut to `limit` characters."""
    text = " ".join(repr(value).splitlines())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _error(where, english, chinese, kind=ValueError):
    return kind(f"{where}: {english} · {chinese}")
