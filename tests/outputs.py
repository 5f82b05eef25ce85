"""`make outputs`: run the notebooks and store their outputs in canonical form.

python -m tests.outputs [LESSON]     LESSON is a number such as 02, or nothing for all lessons.
"""

import sys

from tests.notebooks import EDITIONS, LESSONS, NOTEBOOKS, canonical, execute, path_of, read, tags


def refresh(path, partner=None):
    """Run the notebook at `path` and write it back; return whether a byte changed.

    A cell tagged `timing` keeps what is stored; where nothing is, it takes what the other edition,
    the notebook at the path `partner`, has stored, and only then what it has just printed.
    """
    notebook = read(path)
    theirs = {cell.id: cell.get("outputs") for cell in read(partner).cells} if partner else {}
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if code_cells:
        done = execute(notebook, code_cells, path.parent)
        for cell, run in zip(code_cells, done, strict=True):
            if "timing" in tags(cell):
                cell.outputs = cell.outputs or theirs.get(cell.id) or run.outputs
            elif "nbval-ignore-output" not in tags(cell):
                cell.outputs = run.outputs
    text, old = canonical(notebook), path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8", newline="\n")
    return text != old


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [lesson for lesson in LESSONS if lesson.startswith(wanted)]
    pairs = [
        (path_of(edition, lesson), path_of(other, lesson))
        for lesson in chosen for edition, other in (EDITIONS, EDITIONS[::-1])
    ]
    for path, partner in pairs + ([] if wanted else [(NOTEBOOKS / "start.ipynb", None)]):
        changed = refresh(path, partner)
        print(f"{path.relative_to(NOTEBOOKS)}: {'changed' if changed else 'unchanged'}")
    if not pairs:
        sys.exit(f"no lesson begins with {wanted!r}; there are: {', '.join(LESSONS)}")
