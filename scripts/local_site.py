"""`make run`: from a fresh clone to a running demonstration, and back to nothing.

Standard library only; what needs Django runs in .venv. The folder of data is ./var (DATA_DIR).
"""

import errno
import fcntl
import http.client
import io
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import environment
from environment import ROOT
from supervisor import Child, KeepsDying, Stopped, Supervisor

FIRST_ANSWER = 60.0  # seconds the web server is given
LOOPBACK = ("localhost", "127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


class CannotStart(Exception):
    """One sentence for the console; nothing was started."""


def say(text: str) -> None:
    """Somebody who stops listening (`make run | head`) does not stop the site."""
    with suppress(BrokenPipeError):
        print(text, flush=True)


def speak_utf8() -> None:
    """Chinese on a console whose language says nothing about it (a service, LANG=C)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def main() -> int:
    speak_utf8()
    supervisor = Supervisor(say)
    supervisor.listen()
    try:
        serve(supervisor)
    except Stopped:
        say("Stopped. 已停止。")
    except (CannotStart, KeepsDying, environment.CannotInstall) as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    return 0


def serve(supervisor: Supervisor) -> None:
    host, port = os.environ.get("HOST") or "127.0.0.1", port_number(os.environ.get("PORT") or "8000")
    check_free(host, port)
    data = data_folder()
    with only_one(data), supervisor.ending():
        env = site_environment(host, port, data)
        python = str(environment.ensure(run=lambda argv: supervisor.step(argv, os.environ, ROOT)))
        prepare(supervisor, python, env)
        supervisor.add(Child("web server", web_command(python, host, port), env, ROOT))
        supervisor.add(Child("worker", worker_command(python), env, ROOT))
        wait_for_answer(supervisor, host, port)
        announce(python, env)
        while True:
            supervisor.watch()
            supervisor.pause(0.5)


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise CannotStart(f"PORT must be a number from 1 to 65535, not {text!r}. 端口须为 1 至 65535 的数字。")


def check_free(host: str, port: int) -> None:
    """Said before anything slow is done. Raises CannotStart."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {port} is in use by another program; choose another one: make run PORT={port + 1}\n"
                f"端口 {port} 已被占用，请换一个端口，例如：make run PORT={port + 1}"
            ) from None
        raise CannotStart(f"Cannot listen on {host}:{port}: {problem.strerror}. 无法监听该地址。") from None


def data_folder() -> Path:
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "var").expanduser().resolve()
    try:
        (folder / "static").mkdir(parents=True, exist_ok=True)  # empty; WhiteNoise asks for it
    except OSError as problem:
        sentence = f"Cannot use the folder {folder}: {problem.strerror}. 无法使用该数据目录。"
        raise CannotStart(sentence) from None
    return folder


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """A lock on the folder that the kernel takes back when we end, however we end. Raises CannotStart."""
    folder = os.open(data, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"BranchLife already runs on the data in {data}. 该数据目录已有一个支部生活在运行。\n"
                "A second copy needs a folder of its own: make run DATA_DIR=…"
            ) from None
        yield
    finally:
        os.close(folder)


def secret_key(data: Path) -> str:
    """Made once and kept, so that people stay signed in over a restart."""
    file = data / "secret-key"
    if not file.exists() or not file.read_text().strip():
        file.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(50))
    return file.read_text().strip()


def site_environment(host: str, port: int, data: Path) -> dict[str, str]:
    names = dict.fromkeys(["localhost", "127.0.0.1", "[::1]", in_address(host)])
    if host in EVERYWHERE:
        names[socket.gethostname()] = None
    if host not in LOOPBACK:
        say(f"Careful: everybody who reaches {host} may sign in as anybody. 注意：任何人均可登录演示账号。")
    ours = {
        "DEMO": "1",
        "DATA_DIR": str(data),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "branchlife.settings",
    }
    defaults = {
        "SECRET_KEY": secret_key(data),
        "SITE_URL": address_of(host, port),
        "ALLOWED_HOSTS": ",".join(names),
    }
    given = {name: os.environ[name] for name in defaults if os.environ.get(name)}
    return os.environ | defaults | given | ours


def in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def address_of(host: str, port: int) -> str:
    return f"http://{in_address('127.0.0.1' if host in EVERYWHERE else host)}:{port}"


def prepare(supervisor: Supervisor, python: str, env: Mapping[str, str]) -> None:
    say("Preparing the database and the demonstration data … 正在准备数据库和演示数据……")
    for command in (["migrate", "--noinput", "--verbosity=0"], ["seed_demo"]):
        code = supervisor.step([python, "manage.py", *command], env, ROOT)
        if code != 0:
            raise CannotStart(f"`manage.py {command[0]}` failed (exit code {code}); see above. 准备失败。")


def web_command(python: str, host: str, port: int) -> list[str]:
    return [
        *(python, "-m", "gunicorn", "branchlife.wsgi:application"),
        *("--bind", f"{in_address(host)}:{port}"),
        *("--workers", "2", "--worker-class", "gthread", "--threads", "4"),
        *("--timeout", "120", "--graceful-timeout", "3", "--log-level", "warning", "--no-control-socket"),
    ]


def worker_command(python: str) -> list[str]:
    """One process does the work and carries the clock (-B); more is not needed on one machine."""
    return [
        *(python, "-W", "ignore:You're running the worker with superuser", "-m", "celery", "--quiet"),
        *("-A", "branchlife", "worker", "-B", "-P", "solo", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    ]


def wait_for_answer(supervisor: Supervisor, host: str, port: int) -> None:
    """Returns when the web server answers; raises KeepsDying, CannotStart, Stopped."""
    deadline = time.monotonic() + FIRST_ANSWER
    while not answers("127.0.0.1" if host in EVERYWHERE else host, port):
        if time.monotonic() > deadline:
            raise CannotStart(f"No answer from the web server in {FIRST_ANSWER:.0f} s. 网页服务没有响应。")
        supervisor.watch()
        supervisor.pause(0.2)


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def announce(python: str, env: Mapping[str, str]) -> None:
    people = subprocess.run(
        [python, "manage.py", "demo_people"],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    line = "─" * 72
    say(f"\n{line}\n  支部生活 BranchLife   {env['SITE_URL']}\n")
    if people.returncode == 0 and people.stdout.strip():
        say("  Who can sign in (one click on the sign-in page) · 可登录的演示人员：")
        say("\n".join(f"    {row}" for row in people.stdout.strip().splitlines()))
    say(f"\n  Stop with Ctrl-C; the data stays in {env['DATA_DIR']}. 按 Ctrl-C 停止，数据保留。\n{line}")
