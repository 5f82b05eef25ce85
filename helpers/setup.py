"""Make the environment `.venv` of the course, or leave it alone when it is up to date.

`make` runs this file with the machine's own Python before anything else, so it uses the standard
library only, and its syntax is that of Python 3.6: an old Python must get as far as the message
that says what is missing. The two files and the regular expression below are the only settings.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = ("requirements.txt", "constraints.txt", "pyproject.toml")
GB = 1000**3

NETWORK_WORDS = re.compile(
    r"ConnectionError|connection (?:broken|refused|reset|aborted)|network is|timed out|max retries"
    r"|name resolution|getaddrinfo|ProxyError|SSLError",
    re.IGNORECASE,
)
LARGE_DOWNLOAD = re.compile(
    r"\s*(?:Downloading|Using cached) (?:\S*/)?(\S+) \((\d\d+\.\d MB|\S+ GB)\)"
)
DISK_WORDS = re.compile(r"no space left|errno 28|not enough space|disk quota", re.IGNORECASE)


class Problem(Exception):
    """Something the learner has to know: a message in English and the same in Chinese."""

    def __init__(self, english, chinese):
        super().__init__(english)
        self.english = english
        self.chinese = chinese


def say(english, chinese, stream=None):
    """Print a message in both languages; a terminal that cannot show Chinese gets the English."""
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "ascii"
    try:
        (english + chinese).encode(encoding)
    except UnicodeError:
        english, chinese = english.encode("ascii", "backslashreplace").decode("ascii"), ""
    print("\n".join(text for text in (english, chinese) if text), file=stream)
    stream.flush()


def supported_versions(root):
    """Return the supported versions that pyproject.toml names, such as [(3, 11), (3, 12)]."""
    with open(os.path.join(root, "pyproject.toml"), encoding="utf-8") as file:
        text = file.read()
    found = re.search(r'requires-python\s*=\s*">=3\.(\d+),\s*<3\.(\d+)"', text)
    return [(3, minor) for minor in range(int(found.group(1)), int(found.group(2)))]


def check_python(root, version=None):
    """Raise a Problem unless the course supports `version` (by default: the running Python)."""
    version = tuple(version or sys.version_info[:3])
    supported = supported_versions(root)
    if version[:2] in supported:
        return
    names = ["python%d.%d" % pair for pair in supported]  # noqa: UP031
    name = next((name for name in names if shutil.which(name)), names[len(names) // 2])
    found = ".".join(str(number) for number in version)
    versions = ["{}.{}".format(*pair) for pair in supported]
    raise Problem(
        f"This is Python {found} ({sys.executable}); the course runs on Python "
        f"{', '.join(versions)}.\n"
        f"Name one of those, for example: make lab PYTHON={name}\n"
        "If you have none of them, install one from https://www.python.org/downloads/ first.",
        f"当前的 Python 是 {found}（{sys.executable}），"
        f"本课程支持的版本是 {'、'.join(versions)}。\n"
        f"请指定其中一个版本，例如：make lab PYTHON={name}\n"
        "如果电脑上都没有，请先到 https://www.python.org/downloads/ 下载安装。",
    )


def needed_gb():
    """Return the disk space that a new environment takes, with what pip needs on the way.

    Measured on Linux: 6.2 GB in the end, and 3.1 GB of downloads that wait to be installed.
    """
    indexes = os.environ.get("PIP_INDEX_URL", "") + os.environ.get("PIP_EXTRA_INDEX_URL", "")
    # On Linux, torch brings the CUDA libraries along, unless one asks for its CPU-only edition.
    return 10 if sys.platform == "linux" and "cpu" not in indexes else 3


def disk_problem(root):
    """Return the Problem that says how much space there is and how much is needed."""
    free, needed = f"{shutil.disk_usage(root).free / GB:.1f}", needed_gb()
    return Problem(
        f"Not enough disk space, or your quota is used up: the set-up needs about {needed} GB; "
        f"the disk of the course has {free} GB left.\n"
        "Make room (emptying the recycle bin or `pip cache purge` may help), then run the same "
        "command again.",
        f"磁盘空间不足，或者超出了配额：安装大约需要 {needed} GB，"
        f"课程所在的磁盘还剩 {free} GB。\n"
        "请先腾出空间（例如清空回收站，或运行 pip cache purge），然后重新运行刚才的命令。",
    )


def env_python(env):
    """Return the path of the environment's Python."""
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(env, *parts)


def stamp_text(root):
    """Return what the stamp of an environment says that fits this folder and this Python.

    Its lines are the Python, the folder (an environment that was moved does not work) and the hash
    of the requirements: where only the hash differs, pip can bring the environment up to date.
    """
    digest = hashlib.sha256()
    for name in SOURCES:
        with open(os.path.join(root, name), "rb") as file:
            digest.update(file.read() + b"\0")
    python = ".".join(str(number) for number in sys.version_info[:2])
    return f"Python {python}\n{root}\n{digest.hexdigest()}\n"


def read_stamp(env):
    """Return the stamp's text, or "" for an environment that is missing, half made or broken."""
    if not os.path.exists(env_python(env)):
        return ""
    try:
        with open(os.path.join(env, "ready"), encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""


def write_stamp(env, text):
    """Write the stamp in one step, so that there is never half a stamp."""
    path = os.path.join(env, "ready")
    with open(path + ".new", "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    os.replace(path + ".new", path)


def remove_stamp(env):
    """From now on, and until a new stamp is written, the environment counts as half made."""
    if os.path.lexists(os.path.join(env, "ready")):
        os.remove(os.path.join(env, "ready"))


def remove_env(env):
    """Remove the environment, its stamp first: half a removal must not pass for a whole one."""
    if os.path.islink(env) or os.path.isfile(env):
        os.remove(env)
    elif os.path.isdir(env):
        remove_stamp(env)
        shutil.rmtree(env)


def make_env(root, env):
    """Make an empty environment with the running Python."""
    if shutil.disk_usage(root).free < needed_gb() * GB:
        raise disk_problem(root)
    # The base Python, for the running one may be that of the environment just removed.
    python = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run(
        [python, "-m", "venv", env], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode == 0:
        return
    output = made.stdout.decode("utf-8", "replace")
    if DISK_WORDS.search(output):
        raise disk_problem(root)
    if "ensurepip" in output or "No module named venv" in output:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise Problem(
            "This Python cannot make environments: its module venv is missing or incomplete.\n"
            f"On Debian and Ubuntu, install it with: sudo apt install {package}\n"
            "Then run the same command again.",
            "当前的 Python 缺少 venv 模块（或不完整），无法创建虚拟环境。\n"
            f"在 Debian、Ubuntu 上请先安装：sudo apt install {package}\n"
            "然后重新运行刚才的命令。",
        )
    print(output, file=sys.stderr)
    raise Problem(
        f"Python could not make the environment {env}; what it said is above.",
        f"无法创建虚拟环境 {env}，原因见上面的输出。",
    )


def run_pip(root, env):
    """Install the requirements; return pip's exit code and its output, line by line.

    pip says too much for a learner to read, so only the large downloads and the last step are
    shown, for they take the time. All of it comes back, for the message when something fails.
    """
    command = [env_python(env), "-I", "-u", "-m", "pip", "install", "--progress-bar", "off"]
    command += ["-r", "requirements.txt", "-c", "constraints.txt"]
    if shutil.disk_usage(root).free < (needed_gb() + 3) * GB:
        command.append("--no-cache-dir")  # else pip keeps a second copy of every download
    # Downloads wait here to be installed: the machine's own folder for them may be too small.
    waiting_room = os.path.join(env, "tmp")
    os.makedirs(waiting_room, exist_ok=True)
    settings = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    settings.update(TMPDIR=waiting_room, TEMP=waiting_room, TMP=waiting_room)
    pip = subprocess.Popen(
        command, cwd=root, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    lines, retrying = [], False
    try:
        for raw in pip.stdout:
            line = raw.decode("utf-8", "replace").rstrip()
            lines.append(line)
            download = LARGE_DOWNLOAD.match(line)
            if download:
                name, size = download.groups()
                say(f"  {'-'.join(name.split('-')[:2])}  {size}", "")
            elif line.startswith("Installing collected packages"):
                say(
                    "  Putting the packages in place, a minute or two ...",
                    "  正在安装，大约需要一两分钟……",
                )
            elif "Retrying" in line and not retrying:
                retrying = True
                say(
                    "  No answer from the network; trying again ...",
                    "  网络没有响应，正在重试……",
                )
        return pip.wait(), lines
    except BaseException:
        pip.terminate()
        pip.wait()
        raise
    finally:
        shutil.rmtree(waiting_room, ignore_errors=True)


def pip_problem(root, lines):
    """Return the Problem that says what to do; show what pip complained about, where it helps."""
    text = "\n".join(lines)
    if DISK_WORDS.search(text):
        return disk_problem(root)
    if NETWORK_WORDS.search(text):
        # pip's own last words would mislead: it takes an index that is silent for an empty one.
        return Problem(
            "The packages could not be downloaded: the network or the package server does not "
            "answer.\n"
            "Check the connection (behind a proxy: HTTPS_PROXY; with a mirror: PIP_INDEX_URL), "
            "then run the same command again.",
            "软件包下载失败：网络不通，或者软件源没有响应。\n"
            "请检查网络（使用代理时检查 HTTPS_PROXY，使用镜像源时检查 PIP_INDEX_URL），"
            "然后重新运行刚才的命令。",
        )
    errors = [line for line in lines if line.strip().startswith("ERROR:")] or lines[-5:]
    for line in errors:
        say("pip: " + line.strip(), "", sys.stderr)
    if "from versions:" in text:
        return Problem(
            "A package could not be found, see above: there is no network, the mirror is out of "
            "date, or the package does not exist for this computer.\n"
            "Check the connection and pip's settings (PIP_INDEX_URL, PIP_NO_INDEX), then run the "
            "same command again.",
            "找不到所需的软件包（见上面几行）：可能没有联网，可能镜像源不够新，"
            "也可能该软件包不支持这台电脑。\n"
            "请检查网络和 pip 的设置（PIP_INDEX_URL、PIP_NO_INDEX），然后重新运行刚才的命令。",
        )
    return Problem(
        "pip could not install the packages; what it said is above.\n"
        "Run the same command again; if it ends the same way, show these lines to your teacher.",
        "pip 未能装好所需的软件包，原因见上面几行。\n"
        "请重新运行刚才的命令；如果还是不行，请把上面几行拿给老师看。",
    )


def install(root, env):
    """Install into the environment what requirements.txt asks for, and stamp it as ready."""
    old = read_stamp(env)
    remove_stamp(env)
    touched = True
    try:
        code, lines = run_pip(root, env)
        touched = any(line.startswith("Installing collected packages") for line in lines)
        if code:
            raise pip_problem(root, lines)
        write_stamp(env, stamp_text(root))
    except Problem:
        # pip gave up before it changed anything, so what was complete before still is.
        if old and not touched:
            write_stamp(env, old)
        raise


def set_up(root):
    """Bring `.venv` in the folder `root` up to date; return at once if it is."""
    env = os.path.join(root, ".venv")
    stamp, wanted = read_stamp(env), stamp_text(root)
    if stamp == wanted:
        return
    try:
        check_python(root)
    except Problem:
        # The environment has a Python of its own: once made with `make PYTHON=...`, it serves.
        if stamp.split("\n")[1:] == wanted.split("\n")[1:]:
            return
        raise
    if stamp.split("\n")[:2] == wanted.split("\n")[:2]:
        say("Bringing the environment up to date ...", "正在更新课程环境……")
    else:
        say(
            "Setting up the course; the first time this takes several minutes. Large downloads:",
            "正在准备课程环境，首次运行需要几分钟。较大的下载：",
        )
        remove_env(env)
        make_env(root, env)
    install(root, env)
    say("The environment is ready.", "课程环境已就绪。")


def main(root=ROOT):
    """Set up the course and return the exit code: 0, or 1 after a message that says what to do."""
    try:
        set_up(root)
    except Problem as problem:
        say(problem.english, problem.chinese, sys.stderr)
    except KeyboardInterrupt:
        say(
            "\nInterrupted: the set-up is not complete. Run the same command again to finish it.",
            "已中断，课程环境尚未装好。重新运行刚才的命令即可继续安装。",
            sys.stderr,
        )
    except OSError as error:
        if error.errno == 28:
            problem = disk_problem(root)
            say(problem.english, problem.chinese, sys.stderr)
        else:
            say(
                f"The set-up could not write or read a file: {error}\n"
                "Check that this folder belongs to you and can be written, then run the same "
                "command again.",
                f"安装时无法读写文件：{error}\n"
                "请确认你对课程文件夹有写入权限，然后重新运行刚才的命令。",
                sys.stderr,
            )
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
