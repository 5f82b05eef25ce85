"""What pytest adds to nbval: pictures and alt text are compared too, a cell's `tolerance` is
applied, and a summary by lesson ends the run. It stands at the root, so that plain
`pytest --nbval notebooks/` has it as well."""

import base64
import copy
import io
import os
import re
import subprocess
import sys
from collections import defaultdict

import numpy as np
import pytest
from nbval.plugin import IPyNbCell, coalesce_streams
from PIL import Image

from tests.notebooks import KERNEL_ENVIRONMENT, tags, without_bars

# As when the outputs were stored; the hostile run sets its own.
for name, value in KERNEL_ENVIRONMENT.items():
    os.environ.setdefault(name, value)

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d*)?(?:e[+-]?\d+)?")


def pictures(outputs):
    """Return the list of (PNG as base64, alt text) of a cell's outputs."""
    return [
        (output["data"]["image/png"], output["metadata"].get("image/png", {}).get("alt"))
        for output in outputs
        if "image/png" in output.get("data", {})
    ]


def picture_difference(one, other, reach=1):
    """Return how much two pictures differ at their worst place, from 0 to 255, infinite for sizes.

    one, other: PNGs as base64. Both are halved; a pixel counts as the same where something alike
    lies within `reach` pixels of it in the other picture, as another antialiasing moves it. The
    largest difference decides: one wrong letter hardly moves the mean.
    """
    if one == other:
        return 0.0
    first, second = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB").reduce(2), float)
        for png in (one, other)
    )
    if first.shape != second.shape:
        return float("inf")
    offsets = [(dy, dx) for dy in range(2 * reach + 1) for dx in range(2 * reach + 1)]

    def worst(here, there):
        height, width, _ = here.shape
        padded = np.pad(there, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
        nearest = np.full((height, width), np.inf)
        for dy, dx in offsets:
            shifted = padded[dy : dy + height, dx : dx + width]
            nearest = np.minimum(nearest, np.abs(here - shifted).max(axis=2))
        return nearest.max()

    return max(worst(first, second), worst(second, first))


PICTURE_LIMIT = 48  # of 255; tests/test_compare.py shows what passes and what does not


def within_tolerance(outputs, stored, tolerance):
    """Return `outputs` with the stored text where its numbers are within the relative tolerance."""
    outputs = copy.deepcopy(outputs)
    for new, old in zip(outputs, stored, strict=False):
        for holder, reference in ((new, old), (new.get("data", {}), old.get("data", {}))):
            for key in ("text", "text/plain"):
                if key in holder and key in reference:
                    a, b = holder[key], reference[key]
                    pairs = zip(NUMBER.findall(a), NUMBER.findall(b), strict=False)
                    if NUMBER.sub("#", a) == NUMBER.sub("#", b) and all(
                        abs(float(x) - float(y)) <= tolerance * abs(float(y)) for x, y in pairs
                    ):
                        holder[key] = b
    return outputs


def compare_outputs(cell, outputs, stored, skip_compare=None):
    """Compare as nbval does, and then the pictures and their alt texts."""
    outputs = coalesce_streams(outputs)
    if "progress" in tags(cell.cell):
        outputs = without_bars(outputs)
    if tolerance := cell.cell.metadata.get("tolerance"):
        outputs = within_tolerance(outputs, stored, tolerance)
    if not nbval_compare(cell, outputs, stored, skip_compare):
        return False
    new, old = pictures(outputs), pictures(stored)
    reach = 2 if tolerance else 1
    if len(new) != len(old):
        cell.comparison_traceback.append(f"{len(new)} pictures instead of {len(old)}")
    for k, ((png, alt), (stored_png, stored_alt)) in enumerate(zip(new, old, strict=False)):
        if alt != stored_alt:
            cell.comparison_traceback.append(f"alt text {k}: {alt!r} instead of {stored_alt!r}")
        if (worst := picture_difference(png, stored_png, reach)) > PICTURE_LIMIT:
            cell.comparison_traceback.append(
                f"picture {k} differs by {worst:.0f} at its worst place, {PICTURE_LIMIT} may"
            )
    return not cell.comparison_traceback


nbval_compare = IPyNbCell.compare_outputs
IPyNbCell.compare_outputs = compare_outputs


def peak_memory(pid):
    """Return the most memory that process `pid` has held, in MiB, or None off Linux."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) / 1024
    except (OSError, TypeError):
        return None


def peak_of_torch():
    """Return the peak memory of a process that imports torch and nothing else, as peak_memory."""
    code = "import torch; print(flush=True); input()"  # it waits to be measured
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        peak = peak_memory(process.pid)
        process.communicate(b"\n")
    return peak


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    try:
        return (yield)
    finally:
        if isinstance(item, IPyNbCell) and item.parent.kernel.is_alive():
            pid = getattr(item.parent.kernel.km.provisioner, "pid", None)
            item.user_properties.append(("peak", peak_memory(pid)))
            item.user_properties.append(("compared", bool(item.options["check"])))


def pytest_terminal_summary(terminalreporter):
    cells, seconds, peaks = defaultdict(int), defaultdict(float), defaultdict(float)
    scripts = {}  # seconds of the same code in a plain script, from tests/test_script.py
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            properties = dict(report.user_properties)
            if "script" in properties:
                lesson = report.nodeid.split("[")[1].rstrip("]")
                scripts[f"notebooks/en/{lesson}.ipynb"] = properties["script"]
            if "compared" in properties:
                lesson = report.nodeid.split("::")[0]
                cells[lesson] += properties["compared"]
                seconds[lesson] += report.duration
                peaks[lesson] = max(peaks[lesson], properties["peak"] or 0)
    if not cells:
        return
    bare = peak_of_torch()
    terminalreporter.section("lessons: every cell run again and compared")
    for lesson in sorted(cells):
        line = f"{lesson}: {cells[lesson]} cells compared, {seconds[lesson]:.1f} s"
        if lesson in scripts:
            line += f" ({seconds[lesson] / scripts[lesson]:.2f} of a plain script)"
        if bare:
            line += f", peak {peaks[lesson]:.0f} MiB"
            line += f" ({peaks[lesson] / bare:.2f} of a bare import torch)"
        terminalreporter.write_line(line)
