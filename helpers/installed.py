"""Say whether Python and the packages of the course are there, and in which versions."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from helpers.setup import supported_versions

ROOT = Path(__file__).resolve().parent.parent
# What the lessons themselves import; the rest of requirements.txt is for the tests.
SHOWN = ["torch", "numpy", "matplotlib", "pandas", "ipywidgets", "jupyterlab"]


def short(number):
    """Return a version without its last part: "2.14" for "2.14.1+cpu"."""
    return ".".join(number.split("+")[0].split(".")[:2])


def report(root=ROOT):
    """Print one line with Python and the packages, or one line for each that does not fit."""
    python = sys.version_info[:2]
    found, problems = [f"Python {python[0]}.{python[1]}"], []
    if python not in supported_versions(root):
        names = ", ".join(f"{major}.{minor}" for major, minor in supported_versions(root))
        problems.append(f"{found[0]}: the course needs one of {names} · 课程需要 {names} 之一")
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needs = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    for need in needs:
        if need.name not in SHOWN:
            continue
        try:
            number = version(need.name)
        except PackageNotFoundError:
            problems.append(f"{need.name} is missing; close JupyterLab and start it with make lab"
                            f" · 缺少 {need.name}；请关闭 JupyterLab，再用 make lab 启动")
            continue
        found.append(f"{need.name} {short(number)}")
        if not need.specifier.contains(number, prereleases=True):
            problems.append(
                f"{need.name} {number} does not fit {need.specifier}; start with make lab"
                f" · {need.name} {number} 不符合 {need.specifier}；请用 make lab 启动"
            )
    for problem in problems:
        print("❌", problem)
    if not problems:
        print("✅", " · ".join(found))
