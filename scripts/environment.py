"""The virtual environment in .venv: made when missing, filled when a requirements file changed.

Standard library only: it runs before anything is installed.
"""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SITE = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")

Runner = Callable[[list[str]], int]


class CannotInstall(Exception):
    """One sentence for the console."""


def call(argv: list[str]) -> int:
    return subprocess.call(argv, cwd=ROOT, stdin=subprocess.DEVNULL)


def fingerprint(files: tuple[str, ...]) -> str:
    """Changes with the text of the files and with the Python the environment was made with."""
    digest = hashlib.sha256()
    for name in files:
        digest.update((ROOT / name).read_bytes())
    config = VENV / "pyvenv.cfg"
    digest.update(config.read_bytes() if config.exists() else b"")
    return digest.hexdigest()


def ensure(files: tuple[str, ...] = SITE, run: Runner = call) -> Path:
    """The Python of an environment in which `files` are installed; installs only when they changed.

    Two commands started together wait for each other. `run` starts a program and returns its exit
    code, so that a caller may interrupt it. Raises CannotInstall.
    """
    with open(ROOT / files[0], "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if PYTHON.exists() and (_installed(files) or _installed(DEVELOPMENT)):
            return PYTHON
        _make(run)
        _install(files, run)
        _stamp(files).write_text(fingerprint(files))
    return PYTHON


def _stamp(files: tuple[str, ...]) -> Path:
    return VENV / f".{files[-1].removesuffix('.txt')}.sha256"


def _installed(files: tuple[str, ...]) -> bool:
    return _stamp(files).exists() and _stamp(files).read_text() == fingerprint(files)


def _make(run: Runner) -> None:
    if PYTHON.exists() and run([str(PYTHON), "-c", "import pip"]) == 0:
        return
    print(f"Making the Python environment in {VENV.name} … 正在创建 Python 环境……", flush=True)
    if run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise CannotInstall(
            "Python could not make a virtual environment (on Debian and Ubuntu: apt install python3-venv). "
            "无法创建虚拟环境。"
        )


def _install(files: tuple[str, ...], run: Runner) -> None:
    print(f"Installing {files[-1]} (only when it changed) … 正在安装依赖……", flush=True)
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--quiet"]
    if run([str(PYTHON), "-m", "pip", "install", *options, "-r", str(ROOT / files[-1])]) != 0:
        raise CannotInstall(f"pip could not install {files[-1]}; its message is above. 依赖安装失败。")
