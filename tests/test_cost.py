"""What a lesson costs as a notebook against the same code in a plain script, which has neither a
kernel nor comparisons but draws the same figures. The summary at the end of a run shows both."""

import os
import subprocess
import sys
import time

from IPython.core.interactiveshell import InteractiveShell

from tests.notebooks import KERNEL_ENVIRONMENT, ROOT, every_lesson, path_of, read


@every_lesson
def test_lesson_runs_as_a_plain_script(lesson, record_property):
    environment = os.environ | KERNEL_ENVIRONMENT
    environment |= {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYTHONPATH": str(ROOT)
    }
    path = path_of("en", lesson)
    done = subprocess.run(
        [sys.executable, "-m", "tests.test_cost", path.name], cwd=path.parent, env=environment,
        text=True, capture_output=True, timeout=600,
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    *_, figures, seconds = done.stdout.split()
    shown = sum("image/png" in output.get("data", {}) for cell in read(path).cells
                for output in cell.get("outputs", []))
    assert int(figures) >= shown  # widgets draw too, and are stored without
    record_property("script", float(seconds))


if __name__ == "__main__":
    shell = InteractiveShell.instance()
    render = shell.display_formatter.format
    figures = []

    def counted(value, *args, **kwargs):
        formats, metadata = render(value, *args, **kwargs)
        figures.extend(kind for kind in formats if kind == "image/png")
        return formats, metadata

    shell.display_formatter.format = counted
    start = time.perf_counter()
    for cell in read(sys.argv[1]).cells:
        if cell.cell_type == "code":
            shell.run_cell(cell.source).raise_error()
    print(len(figures), time.perf_counter() - start)
