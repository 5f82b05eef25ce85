"""`make faults`: put faults into a copy of the course, one at a time, and see which test notices.

python -m tests.faults [PART OF A NAME]      without: all of them; a minute or less for each
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from PIL import Image, ImageEnhance, ImageOps

from tests.notebooks import EDITIONS, ROOT, digest


class Course:
    """A copy of the course that faults are put into."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.lessons = set()  # the numbers of those whose own files a fault has changed, as "02_"

    def replace(self, file, old, new):
        """Replace `old`, which must be there, in a file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}: renew the fault"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        if number := re.search(r"lesson_(\d\d)", file):
            self.lessons.add(number[1] + "_")

    def edit(self, cell_id, change, editions=EDITIONS, lesson="02_neuron"):
        """Apply `change(cell, edition)` to a cell and write the notebook as it would be stored."""
        for edition in editions:
            path = self.folder / "notebooks" / edition / f"{lesson}.ipynb"
            notebook = nbformat.read(path, as_version=4)
            change(next(cell for cell in notebook.cells if cell.id == cell_id), edition)
            path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        self.lessons.add(lesson.split("_")[0] + "_" * (lesson != "project"))

    def source(self, cell_id, old, new, editions=EDITIONS, confirm=False, lesson="02_neuron"):
        """Replace text in the source of a cell; old, new: one string, or {edition: string}."""

        def change(cell, edition):
            before = old[edition] if isinstance(old, dict) else old
            after = new[edition] if isinstance(new, dict) else new
            assert before in cell.source, f"{cell_id} has no {before!r}: renew the fault"
            cell.source = cell.source.replace(before, after, 1)

        self.edit(cell_id, change, editions, lesson)
        if confirm:
            hashes = []
            self.edit(cell_id, lambda cell, _: hashes.append(digest(cell)), lesson=lesson)
            self.edit(cell_id, lambda cell, _: cell.metadata.update(confirmed=hashes), lesson=lesson)


def both(zh, en):
    return {"zh": zh, "en": en}


def change_alt(cell, _):
    cell.outputs[0].metadata["image/png"]["alt"] += "."


def put_path(cell, _):
    cell.outputs[0].text = cell.outputs[0].text.replace("penguins.csv", "/home/someone/penguins.csv")


def no_count(cell, _):
    cell.execution_count = None
    cell.outputs = []


def ignored(cell, _):
    cell.metadata["tags"] = ["nbval-ignore-output"]


def timing(cell, _):
    cell.metadata["tags"] = ["timing", "nbval-ignore-output"]


def timing_in_words(cell, edition):
    timing(cell, edition)
    cell.source += both('\nprint("秒")', '\nprint("seconds")')[edition]


def printed(cell, _):
    cell.source += "\nprint(1)"


def photo_twice(course):
    """Put a mirrored, a little brighter copy of a bird in place of another of the same size."""
    folder = course.folder / "datasets" / "animals" / "bird"
    sizes = {}
    for path in sorted(folder.iterdir()):
        with Image.open(path) as photo:
            other = sizes.setdefault(photo.size, path)
        if other != path:
            break
    with Image.open(other) as photo:
        ImageEnhance.Brightness(ImageOps.mirror(photo)).enhance(1.02).save(path, quality=90)


FAULTS = {
    "a number in the prose of both editions, confirmed": lambda c: c.source(
        "first-why", "214", "216", confirm=True),
    "a wrong sign in a cell": lambda c: c.source("descent-loop", "w - lr * 2", "w + lr * 2"),
    "a label of a figure": lambda c: c.source("bias-figure", '"$x$"', '"$t$"'),
    "a title of a figure, one character": lambda c: c.source(
        "bias-figure", both("移动", "moves"), both("挪动", "moved")),
    "a curve of a figure": lambda c: c.source("bias-figure", "2 * line + bias", "2.1 * line + bias"),
    "a point of a figure": lambda c: c.source("curve-figure", "[0.95, 0.5, 0.05]", "[0.95, 0.5, 0.1]"),
    "a changed alt text in the outputs": lambda c: c.edit("curve-figure", change_alt),
    "a wrong solution, confirmed": lambda c: c.source(
        "sigmoid-solution", "torch.exp(-z))\n```", "torch.exp(z))\n```", confirm=True),
    "a check that accepts everything": lambda c: c.replace(
        "helpers/check/__init__.py", "if wrong := difference(answer, wanted, tolerance):",
        "if wrong := '':"),
    "a check that compares shapes only": lambda c: c.replace(
        "helpers/check/__init__.py", "if not abs(a - w) <=", "if abs(a - w) > 1e9 and not abs(a - w) <="),
    "prose of one edition alone": lambda c: c.source(
        "slope-why", "can learn", "can sometimes learn", editions=["en"]),
    "code of one edition alone": lambda c: c.source(
        "logits-probability", "2.0", "2.5", editions=["zh"]),
    "a term off the glossary, confirmed": lambda c: c.source(
        "threshold-why", both("阈值取负号", "minus the threshold"),
        both("阀值取负号", "minus the threshold"), confirm=True),
    "a term lost in one edition, confirmed": lambda c: c.source(
        "regression-loss", both("均方误差", "mean squared error"),
        both("均方差", "mean squared error"), confirm=True),
    "a stray warning": lambda c: c.source(
        "sum-dot", "(w * x)", "import warnings; warnings.warn('old')\n(w * x)"),
    "a missing seed": lambda c: c.source("linear-neuron", "torch.manual_seed(0)\n", ""),
    "an absolute path in an output": lambda c: c.edit("missing-mistake", put_path),
    "a cell whose output is not compared": lambda c: c.edit("accuracy", no_count),
    "a tag that hides a difference": lambda c: c.edit("accuracy", ignored),
    "gradients cleared after backward": lambda c: c.source(
        "training", "    optimizer.zero_grad()\n    loss.backward()",
        "    loss.backward()\n    optimizer.zero_grad()"),
    "a character that the font lacks": lambda c: c.source(
        "bias-figure", both("开始发放", "firing starts"), both("⌈开始⌉发放", "⌈firing⌉ starts")),
    "a digit in the data": lambda c: c.replace(
        "datasets/penguins/penguins.csv", "39.1,18.7,181", "39.1,18.7,180"),
    "missing values dropped in silence": lambda c: c.replace(
        "helpers/data.py", 'missing="error"', 'missing="drop"'),
    "the decision line at 0.6": lambda c: c.replace(
        "helpers/plot.py", "levels=[0.5]", "levels=[0.6]"),
    "an expected error that need not come": lambda c: c.replace(
        "helpers/expect.py", "        raise _none_came(kind)", "        pass"),
    "fonts in the wrong order": lambda c: c.replace(
        "helpers/plot.py", '["Noto Sans SC", "DejaVu Sans"]', '["DejaVu Sans"]'),
    "a dead link": lambda c: c.replace(
        "notebooks/start.ipynb", "zh/02_neuron.ipynb", "zh/02_neurone.ipynb"),
    "a hint that is gone": lambda c: c.edit(
        "nand-hint", lambda cell, _: cell.metadata.update(tags=[])),
    "a slide that is too full": lambda c: c.edit(
        "gradient-by-hand", lambda cell, _: cell.metadata.slideshow.update(slide_type="fragment")),
    "a slide that asks the web": lambda c: c.replace(
        "slides/deck/index.html.j2", "</head>", '<script src="https://example.org/x.js"></script></head>'),
    "a slide with a character that no font has, confirmed": lambda c: c.source(
        "slope-why", both("阶跃", "The step"), both("ꙮ阶跃", "ꙮ The step"), confirm=True),
    "alt text dropped from the slides": lambda c: c.replace(
        "slides/deck/index.html.j2", "get_metadata('alt', ", "get_metadata('title', "),
    "a slider that changes nothing": lambda c: c.source(
        "curve-sliders", "    draw_curve,\n", "    lambda w, b: draw_curve(1.0, 0.0),\n"),
    "live slides without widgets": lambda c: c.replace(
        "slides/labextensions/live-slides/static/remoteEntry.js",
        'shared["@jupyterlab/console"] = {', 'shared["@jupyterlab/other"] = {'),
    "a class of penguins named the other way round": lambda c: c.source(
        "logistic-data", "is_chinstrap.float()", "(1 - is_chinstrap.float())"),
    "a transpose drawn as a reshape": lambda c: c.source(
        "reshape-figure", '("x.T", x.T, first.T)', '("x.T", x.reshape(3, 2), first.T)',
        lesson="00_warm_up"),
    "a check that misses the silent case, a square table": lambda c: c.replace(
        "helpers/check/lesson_00.py", "[[1.0, 3.0], [10.0, 30.0]]),), [[-1, 1], [-10, 10]]",
        "[[1.0, 3.0]]),), [[-1, 1]]"),
    "a missing package that is not reported": lambda c: c.replace(
        "helpers/installed.py", "            problems.append(f\"{need.name} is missing",
        "            str(f\"{need.name} is missing"),
    "mean and deviation of the whole table": lambda c: c.source(
        "standardise", "x[train].mean(dim=0), x[train].std(dim=0)", "x.mean(dim=0), x.std(dim=0)",
        lesson="07_csv"),
    "softmax before the loss": lambda c: c.source(
        "fit-function", "logits = model(x_batch)", "logits = torch.softmax(model(x_batch), dim=1)",
        lesson="07_csv"),
    "recall by column": lambda c: c.source(
        "recall-values", "sum(dim=1)", "sum(dim=0)", lesson="07_csv"),
    "row and column of the confusion matrix swapped in its figure": lambda c: c.replace(
        "helpers/plot.py", "ax.text(column, row, count", "ax.text(row, column, count"),
    "a mark of the invented students": lambda c: c.replace(
        "datasets/大数据答辩成绩表.csv", "80,80,85,86,89,100,3", "80,80,85,86,89,99,3"),
    "a mark of 980 let through": lambda c: c.replace(
        "helpers/data.py", "lambda number: 0 <= number <= 100", "lambda number: 0 <= number"),
    "UTF-8 read as GBK without a word": lambda c: c.replace(
        "helpers/data.py", 'text = raw.decode("utf-8", "replace")', 'text = "\\ufffd"'),
    "a student who is there twice let through by the check": lambda c: c.replace(
        "helpers/check/lesson_07.py", "if numbers.count(number) > 1", "if numbers.count(number) > 2"),
    "a column that identifies passed on as a feature": lambda c: c.replace(
        "helpers/data.py", "if different > max(20", "if different > max(20000"),
    "a picture of a digit that was turned over": lambda c: c.replace(
        "helpers/data.py", "np.ascontiguousarray(x)", "np.ascontiguousarray(x[:, ::-1])"),
    "a label of 10 let through": lambda c: c.replace(
        "helpers/data.py", "(y < 0) | (y > 9)", "y < 0"),
    "objects read from a file, which can run any program": lambda c: c.replace(
        "helpers/data.py", "allow_pickle=False", "allow_pickle=True"),
    "a sound that is cut off let through": lambda c: c.replace(
        "helpers/data.py", "if not n or len(frames) != 2 * n", "if not n"),
    "red and blue swapped in photo and video": lambda c: c.replace(
        "helpers/data.py", "reshape(height, width, 3)", "reshape(height, width, 3).flip(2)"),
    "a corner of the outline off the bird": lambda c: c.replace(
        "datasets/samples/bird.json", "[402, 95]", "[402, 40]"),
    "mirrored pictures in a feature made by hand": lambda c: c.source(
        "features", "x.flip(2)", "x.flip(1)", lesson="01_deep_learning"),
    "the exam taken on the training set": lambda c: c.source(
        "deep-pixels", "accuracy(model, x_test, y_test)", "accuracy(model, x_train, y_train)",
        lesson="01_deep_learning"),
    "more data without more data": lambda c: c.source(
        "more-function", "x[:n], y_train[:n]", "x[:1500], y_train[:1500]",
        lesson="01_deep_learning"),
    "holes joined at the corners of pixels": lambda c: c.replace(
        "helpers/ink.py", "(r, c - 1), (r, c + 1)}", "(r, c - 1), (r, c + 1), (r - 1, c - 1)}"),
    "a rule that counts as learning": lambda c: c.replace(
        "helpers/check/lesson_01.py", '"chess": (chess, "AI")', '"chess": (chess, "ML")'),
    "a gradient drawn at another line": lambda c: c.replace(
        "helpers/plot.py", "rounded(gradients[k][0][j, i])", "rounded(gradients[k][0][i, j])"),
    "the slope of ReLU left out of the gradient by hand": lambda c: c.source(
        "backward-by-hand", "grad_h * (z > 0)", "grad_h", lesson="03_network"),
    "an activation function after the output layer": lambda c: c.source(
        "build-class", "return self.output(x)", "return torch.relu(self.output(x))",
        lesson="03_network"),
    "width that never varies": lambda c: c.source(
        "width-count", "make_network(hidden, ", "make_network(8, ", lesson="03_network"),
    "a check that takes any network with the right shapes": lambda c: c.replace(
        "helpers/check/lesson_03.py", "wrong = _difference(output, twin(x))", 'wrong = ""'),
    "a playground that never gives way": lambda c: c.replace(
        "helpers/playground.py", "await asyncio.sleep(0.02)",
        '__import__("time").sleep(0.02)'),
    "a playground that cannot be stopped": lambda c: c.replace(
        "helpers/playground.py", "if not train.value:", "if False:"),
    "a slow data set that does not wait": lambda c: c.replace(
        "helpers/workers.py", "        time.sleep(self.seconds)\n", ""),
    "a worker that does not die": lambda c: c.replace(
        "helpers/workers.py", "            os.kill(os.getpid(), 9)\n", ""),
    "an order map of sorted batches": lambda c: c.replace(
        "helpers/plot.py", "for number in batch]", "for number in sorted(batch)]"),
    "a sample left out that the order map does not show": lambda c: c.replace(
        "helpers/plot.py", "sorted(set(range(n)) - seen)", "[]"),
    "the id of a process in an expected error": lambda c: c.replace(
        "helpers/expect.py", r"\1 …", r"\g<0>"),
    "a worker that outlives an expected error": lambda c: c.replace(
        "helpers/expect.py", "        found.__traceback__ = None\n", ""),
    "a figure that is tagged as a timing": lambda c: c.edit("bias-figure", timing),
    "a number in the prose that only a timing prints": lambda c: c.edit("regression-baseline", timing),
    "a timing that prints in one language": lambda c: c.edit("sum-dot", timing_in_words),
    "times that each run replaces": lambda c: c.replace(
        "tests/outputs.py", "cell.outputs or theirs.get(cell.id) or run.outputs", "run.outputs"),
    "times that differ between the editions": lambda c: c.replace(
        "tests/outputs.py", "cell.outputs or theirs.get(cell.id) or run.outputs",
        "cell.outputs or run.outputs"),
    "a data set that goes one too far": lambda c: c.source(
        "loop-repair", "if not 0 <= i < self.n:", "if not 0 <= i <= self.n:", lesson="04_dataset"),
    "a lazy data set that reads at the start": lambda c: c.source(
        "lazy-lazy", "self.names = sorted(path.name for path in folder.iterdir())",
        "self.names = sorted(path.name for path in folder.iterdir() if len(read_picture(path)))",
        lesson="04_dataset"),
    "twins on both sides after the repair": lambda c: c.source(
        "coin-repair", "torch.cat([part, part + 2000])", "torch.cat([part, 3999 - part])",
        lesson="04_dataset"),
    "a check that takes a file read at once": lambda c: c.replace(
        "helpers/check/lesson_04.py", 'if found != " LAST ":', "if False:"),
    "a check that takes a group torn apart": lambda c: c.replace(
        "helpers/check/lesson_04.py", "    if both:\n", "    if False:\n"),
    "a loader by hand that keeps the order": lambda c: c.source(
        "hand-code", " if shuffle else range(n)", "[:0] or range(n)", lesson="05_dataloader"),
    "a mask that counts one number too few": lambda c: c.source(
        "pad-code", "torch.arange(x.shape[1]) < lengths", "torch.arange(x.shape[1]) < lengths - 1",
        lesson="05_dataloader"),
    "a check that takes a loader in order": lambda c: c.replace(
        "helpers/check/lesson_05.py", "    if all(same):\n", "    if False:\n"),
    "a check that takes the slow line": lambda c: c.replace(
        "helpers/check/lesson_05.py", "if touches.names:", "if False:"),
    "an epoch's loss that forgets how large a batch is": lambda c: c.source(
        "fit-function", "loss.item() * len(x_batch)", "loss.item() * 100", lesson="06_regression"),
    "a loader that does not shuffle": lambda c: c.source(
        "fit-function", "shuffle=True", "shuffle=False", lesson="06_regression"),
    "noise that is not there": lambda c: c.source(
        "build-function", "noise=10.0", "noise=0.0", lesson="06_regression"),
    "a scale mended with the mean alone": lambda c: c.source(
        "scale-repair", "(x_scaled - x_scaled.mean(dim=0)) / sizes",
        "x_scaled - x_scaled.mean(dim=0)", lesson="06_regression"),
    "a ring that is drawn backwards": lambda c: c.replace(
        "helpers/plot.py", "center[0] + across * angle.sin().item()",
        "center[0] - across * angle.sin().item()"),
    "a check that takes a loop without zero_grad": lambda c: c.replace(
        "helpers/check/lesson_06.py", "    if watch.stale:", "    if False:"),
    "a check that takes a loop without shuffling": lambda c: c.replace(
        "helpers/check/lesson_06.py", "if set(whole[0]) == set(whole[per_epoch]):", "if False:"),
    "a check that takes the mean of means": lambda c: c.replace(
        "helpers/check/lesson_06.py", "total + loss.item() * len(x), count + len(x)",
        "total + loss.item(), count + 1"),
    "a background that is never painted": lambda c: c.source(
        "repaint", ".values > 0.9", ".values > 1.9", lesson="08_images"),
    "a training set that is never flipped": lambda c: c.source(
        "splits-class", "torch.rand(()) < 0.5", "torch.rand(()) < 0.0", lesson="08_images"),
    "means over the validation photos too": lambda c: c.source(
        "stats", "x_all[train].mean", "x_all.mean", lesson="08_images"),
    "a check that takes the mean of batch means": lambda c: c.replace(
        "helpers/check/lesson_08.py", "tolerance=1e-3", "tolerance=1"),
    "a check that takes a grey photo as it is": lambda c: c.replace(
        "helpers/check/lesson_08.py", 'if mode != "RGB":', "if False:"),
    "pictures of 16 bits cut at 255": lambda c: c.replace(
        "helpers/data.py", 'if image.mode.startswith("I"):', "if False:"),
    "transparent parts in the colour below them": lambda c: c.replace(
        "helpers/data.py", "        image = Image.alpha_composite(white, image)\n", ""),
    "a photo that lies on its side": lambda c: c.replace(
        "helpers/data.py", "_rgb(ImageOps.exif_transpose(image))", "_rgb(image)"),
    "a folder of checkpoints taken for a class": lambda c: c.replace(
        "helpers/data.py", 'name.startswith(".") or name.lower() in', "name.lower() in"),
    "faults that are not counted": lambda c: c.replace(
        "helpers/data.py", "more = len(faults) - 1", "more = 0"),
    "a photo twice, in a mirror": photo_twice,
    "a licence that the card counts wrongly": lambda c: c.replace(
        "datasets/animals/SOURCES.csv", "CC0-1.0", "Public Domain"),
    "the last version kept for the best": lambda c: c.source(
        "fit-function", "[1], copy.deepcopy(model.state_dict())", "[1], model.state_dict()",
        lesson="09_digits"),
    "a move that comes back on the other side": lambda c: c.source(
        "shift-function", "nn.functional.pad(x[..., : 28 - pixels], (pixels, 0))",
        "torch.roll(x, pixels, dims=-1)", lesson="09_digits"),
    "a new shuffle for every picture": lambda c: c.source(
        "shuffle-function", "[pixel_order]", "[torch.randperm(784)]", lesson="09_digits"),
    "a test set that was trained on": lambda c: c.source(
        "split-function", 'Digits("test", transform)', 'Digits("train", transform)',
        lesson="09_digits"),
    "a check that takes the future for known": lambda c: c.replace(
        "helpers/check/lesson_09.py", "        (([2.0, 3.0, 1.0], 1), (0, 2)),\n        "
        "(([3.0, 2.0, 2.5, 2.6, 1.0], 2), (1, 4)),\n", ""),
    "a check that takes any hundred suspects": lambda c: c.replace(
        "helpers/check/lesson_09.py", "at_least=40", "at_least=0"),
    "a pen half as wide": lambda c: c.replace("helpers/draw.py", "280, 26", "280, 13"),
    "a drawn digit stretched to a square": lambda c: c.replace(
        "helpers/draw.py", "round(20 * side / max(box.shape))", "20"),
    "a drawing put in the middle by its box": lambda c: c.replace(
        "helpers/draw.py", "round(14 - middle)", "(28 - len(mass)) // 2"),
    "a canvas that does not clear": lambda c: c.replace(
        "helpers/draw.py", "        strokes.clear()\n", ""),
    "a model left in evaluation mode by the canvas": lambda c: c.replace(
        "helpers/draw.py", "            module.training = training\n", "            pass\n"),
    "a bar that lets everything else pass": lambda c: c.edit(
        "cure-moved-fit", printed, lesson="09_digits"),
    "a new low that is nan": lambda c: c.source(
        "train-loop", "best = copy.deepcopy(model.state_dict())\nfor", "for", lesson="project"),
    "a model saved without the numbers that prepare its data": lambda c: c.source(
        "save-file", "classes, **numbers}", "classes}", lesson="project"),
    "an R² of one's own that its losses do not give": lambda c: c.replace(
        "helpers/check/lesson_06.py", "check.difference(r2, wanted, tolerance=0.01)", '""'),
    "a picture named from the exam": lambda c: c.replace(
        "helpers/check/lesson_01.py", 'if wrong and name == "train":', 'if wrong and name == "test":'),
    "a dead neuron that is not counted": lambda c: c.source(
        "width-count", "(trial[0](corners) <= 0)", "(trial[0](corners) > 0)",
        lesson="03_network"),
    "an output that comes with its code": lambda c: c.replace(
        "slides/deck/index.html.j2", '<div class="fragment">\n{{ super() }}\n</div>', "{{ super() }}"),
    "a note that waits for the answers": lambda c: c.edit(
        "slope-question", lambda cell, _: cell.metadata.slideshow.update(slide_type="fragment")),
    "a foot that names no section": lambda c: c.replace(
        "slides/deck/index.html.j2", "` · ${name.textContent}`", '""'),
    "a message of the lessons that is not on the page of errors": lambda c: c.replace(
        "notebooks/errors.ipynb", "expected target dtype to be Long", "expected dtype to be Long"),
    "a template that standardises before it splits": lambda c: c.source(
        "table-parts", "x_table[table_parts[0]].mean(dim=0)", "x_table.mean(dim=0)",
        lesson="project"),
    "a template that changes pictures at random when it judges": lambda c: c.source(
        "folder-parts", "for_training, for_judging, for_judging",
        "for_training, for_training, for_judging", lesson="project"),
    "the largest class counted where the smallest is meant": lambda c: c.replace(
        "helpers/check/lesson_08.py", "min(counts", "max(counts"),
    "a slider that cannot reach its task's answer": lambda c: c.source(
        "curve-sliders", "w=FloatSlider(1.0, min=-5", "w=FloatSlider(1.0, min=0"),
    "a seed that a function does not use": lambda c: c.source(
        "fit-function", "torch.manual_seed(seed)", "torch.manual_seed(0)", lesson="06_regression"),
    "a wrong shape in a comment": lambda c: c.source("batch-matrix", "-> (4,)", "-> (4, 1)"),
    "a shape in a comment that cannot be multiplied": lambda c: c.source(
        "batch-matrix", "(4, 3) @ (3,)", "(4, 3) @ (4,)"),
    "a wrong type in a comment": lambda c: c.source(
        "sorted-data", "int64 (5000,)", "float32 (5000,)", lesson="05_dataloader"),
    "an answer that is on no slide": lambda c: c.edit(
        "squares-why", lambda cell, _: cell.metadata.slideshow.update(slide_type="skip"),
        lesson="04_dataset"),
    "a start page that opens the next lesson": lambda c: c.replace(
        "notebooks/start.ipynb", "](zh/04_dataset.ipynb) |", "](zh/05_dataloader.ipynb) |"),
    "a unit in a data card that contradicts its column": lambda c: c.replace(
        "datasets/penguins/README.md", "| length of the bill | mm |", "| length of the bill | cm |"),
    "code that one edition names otherwise": lambda c: c.source(
        "cross-solution", "dim=0", "dim=1", editions=["zh"], confirm=True, lesson="07_csv"),
    "a small number that one edition has otherwise": lambda c: c.source(
        "lengths-why", "27", "73", editions=["zh"], confirm=True, lesson="04_dataset"),
    "a number of another lesson that it does not have": lambda c: c.source(
        "updates-question", "0.1545", "0.1645", confirm=True, lesson="05_dataloader"),
    "a plan of 100 minutes called 90": lambda c: c.source(
        "timing-notes", both("无声的错 11", "silent mistakes 11"),
        both("无声的错 21", "silent mistakes 21"), confirm=True, lesson="06_regression"),
    "a step of the slider that comes after the update": lambda c: c.source(
        "steps-draw", "step == 5", "step >= 4", lesson="03_network"),
    "gradients for the teacher that are transposed": lambda c: c.source(
        "steps-notes", both("−4、−2、2、1", "−4, −2, 2, 1"), both("−4、2、−2、1", "−4, 2, −2, 1"),
        confirm=True, lesson="03_network"),
    "a table that an exercise asks about, but not its check": lambda c: c.source(
        "confusion-exercise", "| 12 | 4 | 0 |", "| 11 | 5 | 0 |", confirm=True, lesson="07_csv"),
    "a planted fault that is mended": lambda c: c.source(
        "bug-c", "self.place = self.place + 1", "self.place = i", lesson="04_dataset"),
    "columns of times that change places": lambda c: c.source(
        "slow-times", "(slow, in_memory)]", "(in_memory, slow)]", lesson="05_dataloader"),
    "two sliders under each other's name": lambda c: c.source(
        "student-figure", both('"系统实现", "回答问题"', '"implementation", "questions"'),
        both('"回答问题", "系统实现"', '"questions", "implementation"'), lesson="07_csv"),
    "a lesson that stops working where there is a GPU": lambda c: c.source(
        "device-line", "copy.deepcopy(network)", "network", lesson="09_digits"),
    "a function that slides call and none defines": lambda c: c.edit(
        "judge-function", lambda cell, _: cell.metadata.slideshow.update(slide_type="skip"),
        lesson="09_digits"),
    "a cleaned table whose marks nobody looks at": lambda c: c.replace(
        "helpers/check/lesson_07.py",
        'not (column not in ("姓名", "学号") and now == int(value))', 'column in ("姓名", "学号")'),
    "weights that differ within a class": lambda c: c.replace(
        "helpers/check/lesson_05.py", "/ one.max() > 1e-3", "/ one.max() > 1"),
    "two activations under each other's name": lambda c: c.replace(
        "helpers/playground.py", '"tanh": nn.Tanh, "sigmoid": nn.Sigmoid',
        '"tanh": nn.Sigmoid, "sigmoid": nn.Tanh'),
    "a printed page for each press of a key": lambda c: c.replace(
        "slides/deck/index.html.j2", "pdfSeparateFragments: false", "pdfSeparateFragments: true"),
    "printed slides in the colours of a dark screen": lambda c: c.replace(
        "slides/style.css", ".reveal-print { color-scheme: light; }", ""),
    "a command in the README that does not exist": lambda c: c.replace(
        "README.md", "helpers.lab --restore 02", "helpers.lab restore 02"),
    "ink and paper exchanged in a data card": lambda c: c.replace(
        "datasets/digits/README.md", "0 是纸，255 是墨", "0 是墨，255 是纸"),
    "a confirmation of all cells instead of one": lambda c: c.replace(
        "Makefile", "tests.confirm $(LESSON) $(CELL)", "tests.confirm $(LESSON)"),
}

# The quick tests first: most faults need no kernel. Each run: what pytest gets, and what -k gets.
RUNS = [
    (["tests/test_notebooks.py", "tests/test_helpers.py", "tests/test_outputs.py",
      "tests/test_data.py", "tests/test_marks.py", "tests/test_own_table.py",
      "tests/test_digits.py", "tests/test_samples.py", "tests/test_animals.py",
      "tests/test_pictures.py", "tests/test_draw.py", "tests/test_setup.py", "tests/test_own_project.py",
      "tests/test_exercises.py"], "not solutions"),
    (["--nbval", "notebooks"], ""),
    (["tests/test_slides.py"], "not accessible and not speaker"),
    (["tests/test_exercises.py"], "solutions"),
    (["tests/test_script.py"], ""),
    (["tests/test_claims.py"], ""),
    (["tests/test_jupyterlab.py"], "en- and not exercises"),
]


def caught_by(name):
    """Return the id of the test that notices a fault; an empty string is a hole."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder) / "course")
        shutil.copytree(ROOT, course.folder, ignore=shutil.ignore_patterns(
            ".venv", ".git", "work", "build", "node_modules", "__pycache__", ".pytest_cache",
            ".hypothesis"))
        (course.folder / "slides" / "node_modules").symlink_to(ROOT / "slides" / "node_modules")
        if name:
            FAULTS[name](course)
        runs = RUNS
        if len(course.lessons) == 1:  # its own tests first: they are the likeliest to notice
            lesson, = course.lessons
            runs = [(what, f"({k}) and {lesson}" if k else lesson) for what, k in RUNS] + RUNS
        environment = os.environ | {"PYTHONPATH": str(course.folder), "PYTEST_ADDOPTS": ""}
        for what, k in runs:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", *what, "-k", k],
                cwd=course.folder, env=environment, text=True, capture_output=True,
            )
            if done.returncode not in (0, 5):  # 5: no test has such a name
                found = re.search(r"^(?:FAILED|ERROR) (\S+(?: \d+)?)", done.stdout, flags=re.M)
                return found[1] if found else done.stdout[-300:]
    return ""


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    names = [name for name in FAULTS if wanted in name]
    if found := caught_by(""):
        sys.exit(f"the suite is red without any fault: {found}")
    missed = 0
    with ThreadPoolExecutor(2) as pool:
        for name, test in zip(names, pool.map(caught_by, names), strict=True):
            missed += not test
            print(f"{name}: {test or 'NOT CAUGHT'}", flush=True)
    print(f"{len(names) - missed} of {len(names)} faults caught")
    sys.exit(bool(missed))
