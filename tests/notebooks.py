"""What the tests and the author's commands share: which notebooks there are, their canonical form,
and how they are run."""

import ast
import hashlib
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
LESSONS = sorted(path.stem for path in (NOTEBOOKS / "en").glob("*.ipynb"))
# The template for the learner's own data has no exercises, no new terms and no slides.
TAUGHT = [lesson for lesson in LESSONS if lesson != "project"]
EDITIONS = ("zh", "en")
TAGS = {
    "exercise", "check", "hint", "solution", "mistake", "try-it", "timing", "progress",
    "nbval-ignore-output",
}
ROLES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
# For the tests: each of them on every lesson, or on every notebook of both editions.
every_lesson = pytest.mark.parametrize("lesson", LESSONS)
every_taught_lesson = pytest.mark.parametrize("lesson", TAUGHT)
every_notebook = pytest.mark.parametrize(
    ("edition", "lesson"), [(edition, lesson) for lesson in LESSONS for edition in EDITIONS]
)
CJK = re.compile(r"[\u3400-\u9fff]")
# One thread per kernel: the tests run kernels in parallel, and sums come out in one order.
KERNEL_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def path_of(edition, lesson):
    """Return the path of a lesson's notebook; edition: "zh" or "en"; lesson: "02_neuron"."""
    return NOTEBOOKS / edition / f"{lesson}.ipynb"


def read(path):
    """Return the notebook at `path`."""
    return nbformat.read(path, as_version=4)


def tags(cell):
    """Return the list of a cell's tags."""
    return cell.metadata.get("tags", [])


def without_bars(outputs):
    """Return the outputs but for the widgets among them, such as a bar that shows progress."""
    widget = "application/vnd.jupyter.widget-view+json"
    return [output for output in outputs if widget not in output.get("data", {})]


def digest(cell):
    """Return the short hash of a cell's source that translations are confirmed with."""
    return hashlib.sha256(cell.source.encode()).hexdigest()[:8]


def code_hidden(cell):
    """Return the code of a folded solution: its one fenced block."""
    return re.fullmatch(r".*?```python\n(.*?)\n```.*", cell.source, flags=re.S)[1]


def canonical(notebook):
    """Return the text that a notebook is stored as: no noise of one machine or one execution."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = nbformat.from_dict({
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3",
        },
        "language_info": {"name": "python"},
    })
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for cell in notebook.cells:
        kept = {"slideshow", "tags", "tolerance", "confirmed", "jupyter"}
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in kept}
        if cell.cell_type != "code":
            cell.pop("attachments", None)
            continue
        count += 1
        # nbval does not compare a cell without a number, so each cell has one.
        cell.execution_count = count
        if "try-it" in tags(cell):
            cell.outputs = []
        if "progress" in tags(cell):
            cell.outputs = without_bars(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            for kind, data in output.get("data", {}).items():
                if kind.startswith("image/"):
                    output.data[kind] = data.replace("\n", "")
    return nbformat.writes(notebook) + "\n"


def execute(notebook, cells, folder):
    """Return copies of `cells` with the outputs of running them in one fresh kernel.

    cells: list of code cells; an error ends in nbclient's CellExecutionError.
    """
    runnable = nbformat.from_dict(notebook)
    runnable.cells = [new_code_cell(cell.source, metadata=cell.metadata) for cell in cells]
    client = NotebookClient(
        runnable, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
    )
    client.execute(env=os.environ | KERNEL_ENVIRONMENT, cwd=str(folder))
    return client.nb.cells


def cells_run(lesson, *cell_ids, **names):
    """Run code cells of the English edition in this process; return the names they define.

    cell_ids: none runs every cell that only imports or only defines functions and classes;
    names: what these cells take from others.
    """
    definitions = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    for cell in read(path_of("en", lesson)).cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        if cell.id in cell_ids or not cell_ids and all(isinstance(n, definitions) for n in body):
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


def text_of(outputs):
    """Return the text that outputs show: streams, and values as text."""
    parts = []
    for output in outputs:
        parts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(parts)
