"""Open the course in JupyterLab, in the learner's own copy of the notebooks: `make lab`.

`work/` holds the copy. A file of the course is copied there when it is missing and refreshed as
long as the learner has not changed it; what the learner changed is never overwritten. For this,
`work/.copied.json` remembers the hash of every file as it was copied.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from helpers.setup import Problem, say

ROOT = Path(__file__).resolve().parent.parent
RECORD = ".copied.json"
# JupyterLab's defaults for this course: no news, no look-up of newer versions, and no pop-up that
# asks about them. What the learner chose in JupyterLab's settings comes before these.
# Live slides: a theme that fetches no fonts, and slides that can be scrolled, for a figure stands
# below the code that draws it. jupyterlab-rise has no setting for style, but its header is HTML.
SLIDES = ROOT / "slides"
# A click on a .md, such as the glossary, shows the page and not its source.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {
        "defaultViewers": {"markdown": "Markdown Preview"},
    },
    "jupyterlab-rise:plugin": {
        "theme": "white", "transition": "none", "slideNumber": "c/t", "center": False,
        "scroll": True,
        "header": f"<style>{(SLIDES / 'live.css').read_text(encoding='utf-8')}</style>",
    },
}


def joined(value):
    """Return parsed JSON with every list of lines made one string, for both mean the same."""
    if isinstance(value, list):
        lines = value and all(isinstance(item, str) for item in value)
        return "".join(value) if lines else [joined(item) for item in value]
    if isinstance(value, dict):
        return {key: joined(item) for key, item in value.items()}
    return value


def hash_of(path):
    """Return the hash of a file's content; of a notebook, only the cells count.

    JupyterLab saves an opened notebook by itself, with details of the kernel in its metadata: that
    alone does not make it the learner's own version.
    """
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(content)["cells"]
            content = json.dumps(joined(cells), sort_keys=True).encode()
        except (ValueError, KeyError, TypeError):
            pass  # not a notebook: compared as it stands
    return hashlib.sha256(content).hexdigest()


def write(path, content):
    """Write a file in one step: cut short, half a copy would pass for the learner's own version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)


def course_files(notebooks):
    """Return the paths of all files of the course, relative to `notebooks`, none of them hidden."""
    paths = sorted(path.relative_to(notebooks) for path in notebooks.rglob("*") if path.is_file())
    return [path for path in paths if not any(part.startswith(".") for part in path.parts)]


def read_record(work):
    """Return {path: hash} of the files as they were copied; empty when it cannot be read.

    Without a record every file counts as the learner's own, so that nothing can be lost.
    """
    try:
        record = json.loads((work / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(work, record):
    """Store the record."""
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    write(work / RECORD, text.encode())


def refresh(notebooks, work):
    """Bring the learner's copy up to date.

    Return the paths that were kept although the course has another version than the one copied.
    """
    record, kept = read_record(work), []
    for path in course_files(notebooks):
        original, copy, name = notebooks / path, work / path, path.as_posix()
        now, copied = hash_of(original), record.get(name)
        if not copy.exists() or hash_of(copy) in (now, copied):
            if not copy.exists() or copied != now:
                write(copy, original.read_bytes())
            record[name] = now
        elif copied != now:
            kept.append(path)
    # A lesson that left the course (or has a new name) takes its untouched copy along.
    for name in [name for name in record if not (notebooks / name).exists()]:
        if (work / name).is_file() and hash_of(work / name) == record[name]:
            (work / name).unlink()
        del record[name]
    write_record(work, record)
    return kept


def prepare(notebooks, work):
    """Bring the learner's copy and the settings up to date; return as `refresh`."""
    kept = refresh(notebooks, work)
    write(work / ".jupyter" / "overrides.json", json.dumps(SETTINGS).encode())
    return kept


def lessons(paths):
    """Return what the learner may call these lessons: "02" for 02_neuron.ipynb, else the stem."""
    stems = (path.stem for path in paths)
    return sorted({stem.split("_")[0] if stem[:1].isdigit() else stem for stem in stems})


def restore(notebooks, work, lesson):
    """Bring back the originals of a lesson (in both languages) and keep the learner's versions.

    Return a list of (path, path of the learner's version or None where it was the original).
    """
    wanted, all_paths = Path(lesson).stem.zfill(2), course_files(notebooks)
    paths = [
        path
        for path in all_paths
        if lesson and (path.stem == wanted or path.stem.startswith(wanted + "_"))
    ]
    if not paths:
        names = lessons(all_paths)
        english, chinese = "Which lesson?", "请指定要恢复哪一课。"
        if lesson:
            english, chinese = f'No lesson is called "{lesson}".', f"没有叫做“{lesson}”的课。"
        raise Problem(
            f"{english} There are: {', '.join(names)}. For example: make restore LESSON={names[0]}",
            f"{chinese}现有：{'、'.join(names)}。用法举例：make restore LESSON={names[0]}",
        )
    record, restored = read_record(work), []
    for path in paths:
        original, copy, name = notebooks / path, work / path, path.as_posix()
        mine = None
        if copy.exists() and hash_of(copy) not in (hash_of(original), record.get(name)):
            number = 1
            while (mine := copy.with_name(f"{copy.stem}.mine-{number}{copy.suffix}")).exists():
                number += 1
            copy.rename(mine)
            mine = mine.relative_to(work)
        write(copy, original.read_bytes())
        record[name] = hash_of(original)
        restored.append((path, mine))
    write_record(work, record)
    return restored


def lab_command(work, arguments):
    """Return the command that starts JupyterLab on the start page."""
    command = [sys.executable, "-m", "jupyterlab"]
    command += [
        f"--ServerApp.root_dir={work}",
        "--LabApp.default_url=/lab/tree/start.ipynb",
        # Open tabs are remembered with the course, apart from the learner's other projects.
        f"--LabApp.workspaces_dir={work / '.jupyter' / 'workspaces'}",
        f"--LabApp.app_settings_dir={work / '.jupyter'}",
        # The settings above silence the questions; these the server, whatever the learner's own
        # settings say. (In JupyterLab 4.6, news_url alone does not keep the question away.)
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # Without it, widgets do not start in live slides: see CONTRIBUTING.md.
        f"--LabServerApp.extra_labextensions_path={SLIDES / 'labextensions'}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one often is root, and JupyterLab would refuse to start.
        command.append("--allow-root")
    return command + arguments


def open_lab(work, arguments):
    """Start JupyterLab; on Linux and macOS this process becomes JupyterLab."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise Problem(
            f"JupyterLab is not installed for this Python ({sys.executable}).\n"
            "`make lab` sets everything up and opens the course.",
            f"当前的 Python（{sys.executable}）没有安装 JupyterLab。\n"
            "运行 make lab 会自动装好所需的一切并打开课程。",
        )
    # A kernel of the same name that the user once installed elsewhere must not take over.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    command = lab_command(work, arguments)
    if os.name == "nt":
        return subprocess.call(command)
    sys.stdout.flush()
    os.execv(command[0], command)


def main(arguments=None, root=ROOT):
    """Open the course, or restore a lesson; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.lab",
        description="Open the course in JupyterLab. 在 JupyterLab 中打开课程。",
        epilog="Further options go to JupyterLab. 其余选项传给 JupyterLab。",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--restore",
        metavar="LESSON",
        nargs="?",
        const="",
        help="bring back the original of a lesson, keeping yours under a new name. "
        "恢复某一课的原版，你的版本会换名保留。",
    )
    options, further = parser.parse_known_args(arguments)
    notebooks, work = root / "notebooks", root / "work"
    try:
        if options.restore is not None:
            for path, mine in restore(notebooks, work, options.restore):
                if mine:
                    say(
                        f"work/{path} is the original again; yours is now work/{mine}",
                        f"work/{path} 已恢复为原版，你的版本另存为 work/{mine}",
                    )
                else:
                    say(f"work/{path} is the original.", f"work/{path} 是原版。")
            return 0
        kept = prepare(notebooks, work)
        if kept:
            names = lessons(kept)
            say(
                f"Your own versions were kept, though the course has newer ones: "
                f"{', '.join(names)} (to get the original: make restore LESSON={names[0]})",
                f"以下内容课程有更新，但保留了你修改过的版本：{'、'.join(names)}"
                f"（取回原版：make restore LESSON={names[0]}）",
            )
        return open_lab(work, further)
    except Problem as problem:
        say(problem.english, problem.chinese, sys.stderr)
    except OSError as error:
        say(
            f"The copy of the course in {work} could not be written: {error}\n"
            "Check that the folder belongs to you and that the disk is not full, then try again.",
            f"无法写入课程副本 {work}：{error}\n"
            "请确认你对该文件夹有写入权限，并且磁盘没有满，然后再试一次。",
            sys.stderr,
        )
    return 1


if __name__ == "__main__":
    sys.exit(main())
