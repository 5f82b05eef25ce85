"""`make slides`: make every lesson of both editions a page of slides in build/slides/.

python -m slides.build [LESSON]     LESSON is a number such as 02, or nothing for all lessons.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import jinja2
import matplotlib
import nbformat
from nbconvert import SlidesExporter

from helpers.setup import Problem, say

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ASSETS = HERE / "node_modules"
# They lie beside the pages: 2 MB in each of them would be too much.
FONTS = (
    ROOT / "helpers" / "fonts" / "NotoSansSC-gb12.ttf",
    Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSansMono.ttf"),
)
LANGUAGES = {"zh": "zh-CN", "en": "en"}
EDITIONS = [
    (
        "zh-CN", "中文",
        "按键：空格前进，S 打开备注窗口，D 切换深色或浅色，F 全屏，O 总览，? 查看全部按键。",
    ),
    (
        "en", "English",
        "Keys: space goes on, S opens the speaker view, D turns dark or light, F fills the screen, "
        "O shows all slides, ? lists all keys.",
    ),
]


def install_assets(folder=HERE):
    """Install what package-lock.json names, unless it is there already."""
    wanted, there = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if there.exists() and there.stat().st_mtime >= wanted.stat().st_mtime:
        return
    npm = shutil.which("npm")
    if not npm:
        raise Problem(
            "Slides need npm, which comes with Node.js (https://nodejs.org): install it, then run "
            "`make slides` again. Nothing else in the course needs it.",
            "生成幻灯片需要 npm，它随 Node.js（https://nodejs.org）一起安装。"
            "装好之后请重新运行 make slides。课程的其他部分都不需要它。",
        )
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, text=True, capture_output=True
    )
    if done.returncode:
        say(done.stderr.strip()[-1500:], "", sys.stderr)
        raise Problem(
            "npm could not install what the slides need; what it said is above. With no network, "
            "connect and run `make slides` again.",
            "npm 未能装好幻灯片所需的文件，原因见上面几行。"
            "如果没有联网，请联网后重新运行 make slides。",
        )


def title_of(notebook):
    """Return the notebook's first heading."""
    return re.search(r"^# (.+)$", notebook.cells[0].source, flags=re.M)[1]


def build(notebooks, out, lesson=""):
    """Write the slides of the lessons whose names begin with `lesson`, and the index, to `out`.

    Return the paths of the pages, the index last.
    """
    exporter = SlidesExporter(
        template_name="deck", extra_template_basedirs=[str(HERE)],
        extra_template_paths=[str(HERE), str(ASSETS)],
        exclude_input_prompt=True, exclude_output_prompt=True,
    )
    made, pages = [], {language: [] for language in LANGUAGES.values()}
    for edition, language in LANGUAGES.items():
        (out / edition).mkdir(parents=True, exist_ok=True)
        # The template for the learner's own data, which has no number, is no lesson to be shown.
        for path in sorted((notebooks / edition).glob("[0-9]*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                if "try-it" in cell.metadata.get("tags", []):  # the still figure stands for it
                    cell.metadata.slideshow.slide_type = "skip"
            title, page = title_of(notebook), out / edition / f"{path.stem}.html"
            pages[language].append((f"{edition}/{page.name}", title))
            if path.stem.startswith(lesson):
                text, _ = exporter.from_notebook_node(
                    notebook, resources={"lang": language, "title": title}
                )
                page.write_text(text, encoding="utf-8")
                made.append(page)
    if not made:
        raise Problem(f'No lesson begins with "{lesson}".', f"没有以“{lesson}”开头的课。")
    for font in FONTS:
        shutil.copy(font, out)
    index = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True
    ).get_template("index.html.j2")
    style = (HERE / "style.css").read_text(encoding="utf-8").replace("../", "")
    page = index.render(editions=EDITIONS, pages=pages, style=style)
    (out / "index.html").write_text(page, encoding="utf-8")
    return [*made, out / "index.html"]


if __name__ == "__main__":
    try:
        install_assets()
        done = build(ROOT / "notebooks", ROOT / "build" / "slides", *sys.argv[1:2])
        say(
            f"{len(done) - 1} pages of slides; open {done[-1]}",
            f"已生成 {len(done) - 1} 份幻灯片，请打开 {done[-1]}",
        )
    except Problem as problem:
        say(problem.english, problem.chinese, sys.stderr)
        sys.exit(1)
