"""helpers/setup.py: the environment is made once, made anew after an accident, and every failure
ends in one message. Nothing here needs the network: requirements are empty or cannot be met."""

import ast
import errno
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers import setup

REPOSITORY = Path(__file__).resolve().parent.parent
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="sends SIGINT, sets a POSIX locale")


@pytest.fixture
def course(tmp_path):
    """The skeleton of the course, in a folder whose path is hard on careless programs."""
    root = tmp_path / "我的 课程" / "dl course"
    (root / "helpers").mkdir(parents=True)
    shutil.copy(REPOSITORY / "helpers" / "setup.py", root / "helpers")
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    (root / "requirements.txt").write_text("# nothing\n")
    (root / "constraints.txt").write_text("# nothing\n")
    return root


@pytest.fixture
def quick(course, monkeypatch):
    """The same, with stand-ins for venv and pip, which note what was called; pip says `output`."""

    class Course:
        root, env, output, calls = course, course / ".venv", (0, ["Installing collected"]), []

        def run(self):
            self.calls = []
            return setup.main(str(course))

    it = Course()

    def make_env(root, env):
        it.calls.append("venv")
        python = Path(setup.env_python(env))
        python.parent.mkdir(parents=True)
        python.touch()

    def run_pip(root, env):
        it.calls.append("pip")
        assert not (it.env / "ready").exists(), "the stamp must be away while pip works"
        if isinstance(it.output, BaseException):
            raise it.output
        return it.output

    monkeypatch.setattr(setup, "make_env", make_env)
    monkeypatch.setattr(setup, "run_pip", run_pip)
    return it


def command(course, **variables):
    """The arguments for running setup.py in `course` as make does, without the network."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTEST"))}
    env.update({"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}, **variables)
    arguments = [sys.executable, "helpers/setup.py"]
    return arguments, {"cwd": course, "env": env}


def run(course, **variables):
    """Run setup.py in `course`; return the exit code and all it printed."""
    arguments, options = command(course, **variables)
    done = subprocess.run(
        arguments, **options, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60
    )
    text = done.stdout.decode("utf-8")
    assert "Traceback" not in text
    return done.returncode, text


def test_whole_way(course):
    """Made, found again at once and silently, and kept when an update cannot be downloaded."""
    (course / ".venv" / "bin").mkdir(parents=True)  # half made: it has no stamp
    (course / ".venv" / "half").touch()
    code, text = run(course)
    assert code == 0 and "The environment is ready" in text and "课程环境已就绪" in text
    assert not (course / ".venv" / "half").exists()
    assert Path(setup.env_python(course / ".venv")).exists()

    started = time.perf_counter()
    assert run(course) == (0, "")
    assert time.perf_counter() - started < 1

    (course / "requirements.txt").write_text("there-is-no-such-package\n")
    code, text = run(course)
    assert code == 1 and text.count("could not be found") == 1 and "找不到所需的软件包" in text
    assert "there-is-no-such-package" in text
    (course / "requirements.txt").write_text("# nothing\n")
    assert run(course) == (0, ""), "pip had changed nothing, so the old environment still serves"


@POSIX_ONLY
def test_interrupted_while_pip_waits_for_the_network(course):
    """Ctrl-C ends with one message, readable in a terminal that knows ASCII only, and no stamp."""
    (course / "requirements.txt").write_text("some-package\n")
    with socket.create_server(("127.0.0.1", 0)) as server:  # a server that never answers
        server.settimeout(30)
        arguments, options = command(
            course,
            LC_ALL="C",
            PYTHONIOENCODING="ascii",
            PIP_NO_INDEX="0",
            PIP_INDEX_URL=f"http://127.0.0.1:{server.getsockname()[1]}/",
        )
        process = subprocess.Popen(
            arguments,
            **options,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        connection, _ = server.accept()  # now pip is at work
        os.killpg(process.pid, signal.SIGINT)
        text = process.communicate(timeout=30)[0].decode("ascii")
        connection.close()
    assert process.returncode == 1
    assert text.count("Interrupted") == 1 and "Traceback" not in text
    assert (course / ".venv").exists() and not (course / ".venv" / "ready").exists()


def test_first_time_then_nothing_to_do(quick):
    assert quick.run() == 0 and quick.calls == ["venv", "pip"]
    assert quick.run() == 0 and quick.calls == []


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt", "pyproject.toml"])
def test_changed_requirements_are_installed_into_the_environment(quick, name):
    quick.run()
    with open(quick.root / name, "a") as file:
        file.write("\n# changed\n")
    assert quick.run() == 0 and quick.calls == ["pip"]
    assert quick.run() == 0 and quick.calls == []


def test_interrupted_update_starts_over(quick):
    quick.run()
    (quick.root / "requirements.txt").write_text("# changed\n")
    quick.output = KeyboardInterrupt()
    assert quick.run() == 1
    quick.output = 0, []
    assert quick.run() == 0 and quick.calls == ["venv", "pip"]


def test_update_that_failed_half_way_starts_over(quick):
    quick.run()
    (quick.root / "requirements.txt").write_text("# changed\n")
    quick.output = 1, ["Installing collected packages: a, b", "ERROR: no idea"]
    assert quick.run() == 1
    quick.output = 0, []
    assert quick.run() == 0 and quick.calls == ["venv", "pip"]


def test_failed_set_up_starts_over(quick):
    quick.output = 1, ["ERROR: no idea"]
    assert quick.run() == 1 and quick.run() == 1 and quick.calls == ["venv", "pip"]
    quick.output = 0, []
    assert quick.run() == 0 and quick.calls == ["venv", "pip"]


def test_another_supported_python_makes_it_anew(quick, monkeypatch):
    quick.run()
    other = next(v for v in setup.supported_versions(quick.root) if v != sys.version_info[:2])
    monkeypatch.setattr(sys, "version_info", (*other, 0, "final", 0))
    assert quick.run() == 0 and quick.calls == ["venv", "pip"]


def test_unsupported_python_uses_a_complete_environment_only(quick, monkeypatch, capsys):
    """`make lab PYTHON=python3.12` once, then `make lab` on a machine whose python3 is too old."""
    quick.run()
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    assert quick.run() == 0 and quick.calls == []
    (quick.root / "requirements.txt").write_text("# changed\n")
    assert quick.run() == 1 and quick.calls == []
    assert "3.10.13" in capsys.readouterr().err
    assert (quick.env / "ready").exists()


def test_moved_or_copied_environment_is_made_anew(quick, monkeypatch):
    quick.run()
    elsewhere = quick.root.with_name("elsewhere")
    shutil.copytree(quick.root, elsewhere)
    quick.env, quick.calls = elsewhere / ".venv", []
    assert setup.main(str(elsewhere)) == 0 and quick.calls == ["venv", "pip"]


def test_environment_whose_python_is_gone_is_made_anew(quick):
    quick.run()
    os.remove(setup.env_python(quick.env))
    assert quick.run() == 0 and quick.calls == ["venv", "pip"]


@POSIX_ONLY
def test_environment_that_is_a_link(quick, tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine").touch()
    quick.env.symlink_to(target)
    assert quick.run() == 0 and not quick.env.is_symlink() and (target / "mine").exists()


def test_removal_begins_with_the_stamp(quick, monkeypatch):
    """Interrupted in the middle of a removal, the rest must not count as complete."""
    quick.run()

    def interrupted(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        setup.remove_env(str(quick.env))
    assert setup.read_stamp(str(quick.env)) == ""


@pytest.mark.parametrize(
    ("lines", "english", "chinese"),
    [
        (["Collecting torch", "ERROR: No space left on device"], "Not enough disk", "磁盘空间不足"),
        (["ERROR: HTTPSConnectionPool: Max retries exceeded"], "not answer", "软件包下载失败"),
        (["ERROR: no version of x (from versions: none)"], "not be found", "找不到所需的软件包"),
        (["Collecting networkx", "ERROR: bad metadata"], "pip could not", "pip 未能"),
        ([], "pip could not", "pip 未能"),
    ],
)
def test_what_pip_said_decides_the_message(quick, capsys, lines, english, chinese):
    quick.output = 1, lines
    assert quick.run() == 1
    text = capsys.readouterr().err
    assert english in text and chinese in text
    assert ("pip: ERROR" in text) == (bool(lines) and english in ("not be found", "pip could not"))


@pytest.mark.parametrize(
    ("error", "english"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Not enough disk space"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "could not write or read"),
        (KeyboardInterrupt(), "Interrupted"),
    ],
)
def test_accidents_end_in_one_message(quick, capsys, error, english):
    quick.output = error
    assert quick.run() == 1
    text = capsys.readouterr().err
    assert text.count(english) == 1 and text.isascii() is False


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 99, 0)])
def test_unsupported_python(version):
    with pytest.raises(setup.Problem) as caught:
        setup.check_python(REPOSITORY, version)
    for text in (caught.value.english, caught.value.chinese):
        assert ".".join(map(str, version)) in text
        assert "3.12" in text and "make lab PYTHON=python3." in text


def test_supported_pythons():
    assert (3, 12) in setup.supported_versions(REPOSITORY)
    for version in setup.supported_versions(REPOSITORY):
        setup.check_python(REPOSITORY, (*version, 1))


def test_too_little_disk(course, monkeypatch, capsys):
    usage = shutil.disk_usage(course)._replace(free=1_230_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert setup.main(str(course)) == 1
    text = capsys.readouterr().err
    assert "has 1.2 GB left" in text and "还剩 1.2 GB" in text
    assert not (course / ".venv").exists()


@pytest.mark.parametrize(
    ("output", "english"),
    [
        ("created not successfully because ensurepip is not available", "sudo apt install python3"),
        ("python: No module named venv", "sudo apt install python3"),
        ("OSError: [Errno 28] No space left on device", "Not enough disk space"),
        ("something else", "could not make the environment"),
    ],
)
def test_environment_cannot_be_made(course, monkeypatch, capsys, output, english):
    failed = subprocess.CompletedProcess([], 1, stdout=output.encode())
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: failed)
    monkeypatch.setattr(setup, "needed_gb", lambda: 0)
    assert setup.main(str(course)) == 1
    assert english in capsys.readouterr().err


@pytest.mark.parametrize("free", [11, 100])
def test_output_for_the_learner(course, monkeypatch, capsys, free):
    """pip's long report is cut down to the large downloads and what takes time."""
    report = (
        "Collecting torch\n"
        "  Downloading torch-2.14.1-cp311-cp311-manylinux_2_28_x86_64.whl (530.1 MB)\n"
        "  Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)\n"
        "WARNING: Retrying (Retry(total=4))\nWARNING: Retrying (Retry(total=3))\n"
        "Installing collected packages: six, torch\n"
    )

    class Pip:
        stdout = io.BytesIO(report.encode())

        def wait(self):
            return 0

    usage = shutil.disk_usage(course)._replace(free=free * setup.GB)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(setup, "needed_gb", lambda: 10)

    def popen(command, cwd, env, **options):
        assert ("--no-cache-dir" in command) == (free == 11), "little room, so no second copy"
        assert Path(env["TMPDIR"]).parent == course / ".venv" and Path(env["TMPDIR"]).is_dir()
        return Pip()

    monkeypatch.setattr(subprocess, "Popen", popen)
    code, lines = setup.run_pip(str(course), str(course / ".venv"))
    assert code == 0 and lines == report.splitlines()
    assert not (course / ".venv" / "tmp").exists()
    shown = capsys.readouterr().out
    assert "torch-2.14.1  530.1 MB" in shown and "six" not in shown
    assert shown.count("trying again") == 1 and shown.count("Putting the packages") == 1


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "path 路\n中文\n"), ("gbk", "path 路\n中文\n"), ("ascii", "path \\u8def\n")],
)
def test_message_in_any_terminal(encoding, shown):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    setup.say("path 路", "中文", stream)
    assert raw.getvalue().decode(encoding) == shown


def test_an_old_python_can_read_it():
    source = (REPOSITORY / "helpers" / "setup.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    imported = {name.name for n in ast.walk(tree) if isinstance(n, ast.Import) for name in n.names}
    assert imported <= set(sys.stdlib_module_names)
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


def test_commands_in_the_readme_are_those_of_make():
    """Each `make …` is there, and what stands for it without make is what it runs."""
    pages = "".join((REPOSITORY / page).read_text(encoding="utf-8")
                    for page in ("README.md", "README.zh.md", "CONTRIBUTING.md"))
    makes = set(re.findall(r"(?:^|`)make ([\w= ]+)(?:$|`)", pages, flags=re.M))
    makes |= {"restore LESSON=02", "slides LESSON=02", "lab", "test"}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}

    def make(*words):
        done = subprocess.run(["make", "-n", *words], cwd=REPOSITORY, env=environment, text=True,
                              capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    runs = "".join(make(*words.split()) for words in makes)
    plain = set(re.findall(r"python -m ((?:helpers|slides|tests|pytest)[^`\n]*)", pages))
    assert len(plain) >= 4
    for command in plain:
        assert f".venv/bin/python -m {command}" in runs, command
    assert make("confirm", "LESSON=02", "CELL=a b").rstrip().endswith("-m tests.confirm 02 a b")
