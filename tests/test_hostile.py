"""One edition is run again where all that may differ does: no network, a path with spaces and
Chinese characters, another number of threads, a lesser instruction set, a fresh font cache."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import skip_but_not_in_ci
from tests.notebooks import LESSONS, ROOT

# A new network namespace has nothing but a loopback, which is down; Jupyter's kernels need it up.
LOOPBACK_UP = (
    "import fcntl, os, socket, struct, sys\n"
    "request = struct.pack('16sh14x', b'lo', 0x1 | 0x40)\n"  # IFF_UP | IFF_RUNNING
    "fcntl.ioctl(socket.socket(), 0x8914, request)\n"  # SIOCSIFFLAGS
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])\n"
)
NAMESPACE = ["unshare", "--net", "--map-root-user", sys.executable, "-c", LOOPBACK_UP]


def isolated(arguments, **options):
    return subprocess.run([*NAMESPACE, *arguments], text=True, capture_output=True, **options)


@pytest.fixture(scope="module")
def no_network():
    """Skip where a process can't be cut off from the network, but never in CI."""
    probe = (
        "import socket; socket.create_server(('127.0.0.1', 0));"
        "s = socket.socket(); s.settimeout(2); print(s.connect_ex(('192.0.2.1', 80)))"
    )
    try:
        done = isolated(["-c", probe])
        reason = done.stderr.strip()[-200:]
        cut_off = done.returncode == 0 and int(done.stdout) != 0
    except (OSError, ValueError) as error:
        cut_off, reason = False, str(error)
    if not cut_off:
        skip_but_not_in_ci(f"no network namespace can be made here: {reason}")


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_runs_in_a_hostile_place(lesson, no_network, tmp_path):
    place = tmp_path / "我的 课程"
    ignored = shutil.ignore_patterns(".*", "work", "build", "node_modules", "__pycache__")
    shutil.copytree(ROOT, place, ignore=ignored)
    environment = os.environ | {
        "PYTHONPATH": str(place),
        "OMP_NUM_THREADS": "3", "MKL_NUM_THREADS": "3",
        "ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE",
        "MPLCONFIGDIR": str(tmp_path / "fresh cache"), "IPYTHONDIR": str(tmp_path / "ipython"),
        "LC_ALL": "C", "PYTEST_ADDOPTS": "",
    }
    environment = {k: v for k, v in environment.items() if not k.startswith(("PYTEST_", "COV_"))}
    done = isolated(
        ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--nbval",
         f"notebooks/zh/{lesson}.ipynb"],
        cwd=place, env=environment, timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
