"""Several programs as one: they start together, are restarted when they die, and end together.

Each child leads a session of its own, so that Ctrl-C in the terminal reaches only the supervisor
and so that a child's whole family can be ended by its group. On Linux the kernel tells a child to
end when the supervisor is gone, however it went. Standard library only.
"""

import contextlib
import ctypes
import os
import pwd
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
QUICK_DEATH = 10.0  # seconds; a child that lived longer starts again with a clean record
MOST_QUICK_DEATHS = 5
LONGEST_PAUSE = 30.0  # seconds between restarts
PATIENCE = 8.0  # seconds a child is given to end by itself
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class Stopped(Exception):
    """Somebody asked for the end: a signal, or the command that started us is gone."""


class KeepsDying(Exception):
    """A child ended at once, again and again."""


def _adopt_orphans() -> None:
    """Grandchildren whose parent died become ours, so that their remains can be cleared away."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _clear_remains() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _end_with_parent() -> Callable[[], None] | None:
    """What a new child does first, so that it ends with the supervisor even after kill -9."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


@dataclass
class Child:
    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    user: str | None = None  # when root must not run it
    stdout: int | None = None
    end_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0  # monotonic time of the next start
    quick_deaths: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.argv,
            env=dict(self.env),
            cwd=self.cwd,
            user=self.user,
            group=self.user and pwd.getpwnam(self.user).pw_gid,
            extra_groups=[] if self.user else None,
            stdin=subprocess.DEVNULL,
            stdout=self.stdout,
            stderr=subprocess.STDOUT if self.stdout else None,
            start_new_session=True,
            preexec_fn=_end_with_parent(),
        )

    def ended(self) -> int | None:
        """The exit code, once; None while it runs or waits for its next start."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        self.kill()
        return code

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        if self.process is not None and self.running:
            self.process.send_signal(self.end_signal)

    def kill(self) -> None:
        """End whatever is left of the family; its leader's exit does not end the others."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


class ParentMake:
    """Tells when the `make` that started us was interrupted.

    On SIGINT and SIGHUP make waits for its children and sends them nothing (a terminal would have
    done so); what shows is that it no longer catches the signal. On SIGTERM it passes it on.
    """

    def __init__(self) -> None:
        self.pid = os.getppid()
        self.caught = self._caught() if self._name() in {"make", "gmake"} else 0

    def _status(self) -> str:
        with contextlib.suppress(OSError):
            return Path(f"/proc/{self.pid}/status").read_text()
        return ""

    def _name(self) -> str:
        return next((line.split()[1] for line in self._status().splitlines() if line.startswith("Name:")), "")

    def _caught(self) -> int:
        """The stop signals it has a handler for, as bits."""
        for line in self._status().splitlines():
            if line.startswith("SigCgt:"):
                return int(line.split()[1], 16) & sum(1 << number - 1 for number in STOP_SIGNALS)
        return 0

    def interrupted(self) -> bool:
        return bool(self.caught) and (os.getppid() != self.pid or self._caught() != self.caught)


@dataclass
class Supervisor:
    say: Callable[[str], None] = print
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        self._make = ParentMake()
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)

    def listen(self) -> None:
        """From now on a stop signal makes the next `pause` raise Stopped."""
        _adopt_orphans()
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # wakes `pause`

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """Ends every child on the way out, whatever the reason."""
        try:
            yield
        finally:
            self.end_all()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until something happens. Raises Stopped."""
        select.select([self._woken], [], [], 0 if self.stopping else seconds)
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        if self.stopping or self._make.interrupted():
            raise Stopped

    def step(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> int:
        """Run one program to its end; its exit code. Raises Stopped (and the program is ended)."""
        child = Child(argv[0], argv, env, cwd)
        self.children.append(child)
        child.start()
        while (code := child.ended()) is None:
            self.pause(0.5)
        self.children.remove(child)
        return code

    def add(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def watch(self) -> None:
        """Restart the dead, with growing pauses. Raises KeepsDying. Call it often."""
        now = time.monotonic()
        for child in self.children:
            code = child.ended()
            if code is not None:
                self._plan_restart(child, code, now)
            elif child.process is None and child.due <= now:
                child.start()

    def _plan_restart(self, child: Child, code: int, now: float) -> None:
        child.quick_deaths = child.quick_deaths + 1 if now - child.started < QUICK_DEATH else 1
        if child.quick_deaths >= MOST_QUICK_DEATHS:
            raise KeepsDying(
                f"The {child.name} ended {child.quick_deaths} times in a row (exit code {code}); "
                "its message is above."
            )
        wait = min(2.0 ** (child.quick_deaths - 1), LONGEST_PAUSE)
        child.due = now + wait
        self.say(f"The {child.name} ended (exit code {code}); it starts again in {wait:.0f} s.")

    def end_all(self) -> None:
        """Ask every child to end, wait a few seconds, then end the rest by force."""
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + self.patience
        while any(child.running for child in self.children) and time.monotonic() < deadline:
            select.select([self._woken], [], [], 0.1)
            with contextlib.suppress(BlockingIOError):
                self._woken.recv(4096)
        for child in self.children:
            child.kill()
        self.children.clear()
        _clear_remains()
