"""`make confirm`: record that the two editions of markdown cells say the same.

python -m tests.confirm 02 [CELL_ID ...]     without a cell: every cell of the lesson that is behind
"""

import sys

from tests.notebooks import EDITIONS, LESSONS, canonical, digest, path_of, read


def behind(pair):
    """Yield (id, editions that changed since confirmed) of the markdown cells not confirmed.

    pair: the two notebooks of a lesson, {edition: notebook}.
    """
    by_id = {edition: {cell.id: cell for cell in pair[edition].cells} for edition in EDITIONS}
    for cell_id, cell in by_id[EDITIONS[0]].items():
        other = by_id[EDITIONS[1]].get(cell_id)
        if other is None or cell.cell_type != "markdown":
            continue
        now = [digest(cell), digest(other)]
        stored = [c.metadata.get("confirmed") for c in (cell, other)]
        if stored[0] != now or stored[1] != now:
            known = stored[0] or stored[1] or ["", ""]
            yield cell_id, [e for e, a, b in zip(EDITIONS, known, now, strict=True) if a != b]


def confirm(lesson, cell_ids):
    """Store the hashes of both editions in both, for these cells; return the ids confirmed."""
    pair = {edition: read(path_of(edition, lesson)) for edition in EDITIONS}
    done = [cell_id for cell_id, _ in behind(pair) if not cell_ids or cell_id in cell_ids]
    cells = {edition: {cell.id: cell for cell in pair[edition].cells} for edition in EDITIONS}
    for cell_id in done:
        hashes = [digest(cells[edition][cell_id]) for edition in EDITIONS]
        for edition in EDITIONS:
            cells[edition][cell_id].metadata["confirmed"] = hashes
    for edition in EDITIONS:
        path_of(edition, lesson).write_text(
            canonical(pair[edition]), encoding="utf-8", newline="\n"
        )
    return done


if __name__ == "__main__":
    number, *cell_ids = sys.argv[1:] or [""]
    lessons = [lesson for lesson in LESSONS if number and lesson.startswith(number)]
    if not lessons:
        sys.exit(f"name a lesson: LESSON=NN out of {', '.join(LESSONS)}")
    for lesson in lessons:
        print(f"{lesson}: confirmed {', '.join(confirm(lesson, cell_ids)) or 'nothing'}")
