"""Each lesson as a plain script, which has neither a kernel nor comparisons but draws the same
figures: what the notebook costs beyond it (the summary at the end of a run shows both), and
whether each value has the shape that the comment on its line states."""

import ast
import io
import os
import re
import subprocess
import sys
import time
import tokenize

from IPython.core.interactiveshell import InteractiveShell

from tests.notebooks import KERNEL_ENVIRONMENT, ROOT, every_lesson, path_of, read

# "(342,)", or of several values "uint8 (5000, 28, 28), int64 (5000,)"; a size may be a name. Before
# an arrow stands what goes into the operation: "(4, 3) @ (3,) -> (4,)".
SHAPE = r"(?:([a-z]+\d+) )?\(((?:(?:\w+|len\(\w+\)|\.\.\.), ?)*(?:(?<=, )(?:\w+|len\(\w+\)))?)\)"
COMMENT = re.compile(rf"# (?:(.+) -> )?({SHAPE}(?:, {SHAPE})*)")


@every_lesson
def test_lesson_runs_as_a_plain_script(lesson, record_property):
    environment = os.environ | KERNEL_ENVIRONMENT
    environment |= {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYTHONPATH": str(ROOT)
    }
    path = path_of("en", lesson)
    done = subprocess.run(
        [sys.executable, "-m", "tests.test_script", path.name], cwd=path.parent, env=environment,
        text=True, capture_output=True, timeout=600,
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    *_, figures, seconds = done.stdout.split()
    shown = sum("image/png" in output.get("data", {}) for cell in read(path).cells
                for output in cell.get("outputs", []))
    assert int(figures) >= shown  # widgets draw too, and are stored without
    record_property("script", float(seconds))


@every_lesson
def test_operations_in_comments_give_what_they_state(lesson):
    import torch

    for cell in read(path_of("en", lesson)).cells:
        if cell.cell_type == "code":
            for _, comment in commented(ast.parse(cell.source), cell.source):
                if re.fullmatch(r"[\d(), +]+@[\d(), @+]+", comment[1] or ""):
                    operation = re.sub(SHAPE, r"torch.empty((\2))", comment[1])
                    shape = str(tuple(eval(operation, {"torch": torch}).shape))
                    assert shape == comment[2], f"{cell.id}: {comment[0]}: {shape}"


def commented(tree, source):
    """Yield (assignment or return, match of COMMENT) for each that has its shape in a comment."""
    comments = {
        token.start[0]: found
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and (found := COMMENT.match(token.string))
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.Return)) and node.end_lineno in comments:
            yield node, comments[node.end_lineno]


def with_checks(source, cell_id, places):
    """Return a cell's code with a check of each value whose line ends in a comment on its shape.

    places: a set, to which cell and line are added where a check must be reached.
    """
    tree = ast.parse(source)
    for node, comment in commented(tree, source):
        place = f"{cell_id}, line {node.end_lineno}: {comment[0]}"
        if node in tree.body:  # a function may wait for an exercise
            places.add(place)
        arguments = [node.value, ast.Constant(re.findall(SHAPE, comment[2])), ast.Constant(place)]
        node.value = ast.Call(ast.Name("check_shape", ast.Load()), arguments, [])
    return ast.unparse(ast.fix_missing_locations(tree))


def check_shape(value, stated, place):
    """Return `value`, or the values, if their types and shapes are those stated.

    A size that is a name may be any number, but the same one wherever it stands in the comment.
    """
    import numpy as np  # not before the clock runs: a lesson's own imports are part of its cost

    places.discard(place)
    values = value.values() if isinstance(value, dict) else value
    values = [*values] if isinstance(value, (dict, tuple)) else [value]
    stated = stated * len(values) if len(stated) == 1 else stated  # one shape: that of each value
    known = {}
    for one, (dtype, sizes) in zip(values, stated, strict=True):
        assert not dtype or str(one.dtype).removeprefix("torch.") == dtype, f"{place}: {one.dtype}"
        sizes = [size for size in sizes.replace(" ", "").split(",") if size]
        shape = list(np.shape(one))
        if sizes[:1] == ["..."]:
            shape, sizes = shape[len(shape) - len(sizes) + 1 :], sizes[1:]
        fits = len(shape) == len(sizes) and all(
            known.setdefault(size, int(size) if size.isdigit() else found) == found
            for size, found in zip(sizes, shape, strict=True)
        )
        assert fits, f"{place}: {np.shape(one)}"
    return value


if __name__ == "__main__":
    shell = InteractiveShell.instance()
    render = shell.display_formatter.format
    figures, places = [], set()

    def counted(value, *args, **kwargs):
        formats, metadata = render(value, *args, **kwargs)
        figures.extend(kind for kind in formats if kind == "image/png")
        return formats, metadata

    shell.display_formatter.format = counted
    shell.user_ns["check_shape"] = check_shape
    codes = [with_checks(cell.source, cell.id, places)
             for cell in read(sys.argv[1]).cells if cell.cell_type == "code"]
    start = time.perf_counter()
    for code in codes:
        shell.run_cell(code).raise_error()
    seconds = time.perf_counter() - start
    assert not places, f"never reached: {sorted(places)}"
    print(len(figures), seconds)
