"""The supervisor of `make run` and `make test` with small children of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.architecture.source import ROOT
from tests.scripts.site_process import END, hear_signals, left_of, until

sys.path.append(str(ROOT / "scripts"))

from supervisor import MOST_QUICK_DEATHS, Child, KeepsDying, Stopped, Supervisor

pytestmark = pytest.mark.services


def program(name: str, text: str, folder: Path) -> Child:
    return Child(name, [sys.executable, "-c", text], os.environ, folder)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    each = Supervisor(said.append)
    with each.ending():
        yield each


def test_a_step_gives_its_exit_code(supervisor: Supervisor, tmp_path: Path) -> None:
    assert supervisor.step([sys.executable, "-c", "raise SystemExit(3)"], os.environ, tmp_path) == 3
    assert supervisor.children == []


def test_a_child_that_keeps_dying_ends_the_whole(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    child = program("worker", "raise SystemExit(7)", tmp_path)
    supervisor.add(child)
    with pytest.raises(KeepsDying, match=f"The worker ended {MOST_QUICK_DEATHS} times in a row .exit code 7"):
        while True:
            supervisor.watch()
            child.due = 0.0  # spares the test the growing pauses
            supervisor.pause(0.01)
    assert [line.rsplit("starts again in ")[1] for line in said] == ["1 s.", "2 s.", "4 s.", "8 s."]


def test_a_child_that_lived_starts_with_a_clean_record(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    child = program("worker", "pass", tmp_path)
    supervisor.add(child)
    child.quick_deaths = MOST_QUICK_DEATHS - 1
    child.started -= 3600
    while not said:
        supervisor.watch()
        supervisor.pause(0.01)
    assert child.quick_deaths == 1


def test_who_does_not_want_to_end_is_ended_with_the_family(tmp_path: Path) -> None:
    """The child ignores SIGTERM and has a child of its own that does, too."""
    stubborn = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pid = os.fork()\n"
        "open(f'{os.getpid()}.here', 'w').close()\n"
        "time.sleep(600)\n"
    )
    supervisor = Supervisor(lambda text: None, patience=0.2)
    child = program("stubborn", stubborn, tmp_path)
    with supervisor.ending():
        supervisor.add(child)
        while len(list(tmp_path.glob("*.here"))) < 2:
            supervisor.pause(0.01)
        family = family_in(tmp_path)
    assert until(lambda: not left_of(family), END)


def test_the_signal_of_a_child_is_the_one_it_asks_for(tmp_path: Path) -> None:
    text = (
        "import signal, time\n"
        # A shell that starts this run in the background has it ignore the signal, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try:\n"
        "    open('ready', 'w').close()\n"
        "    time.sleep(600)\n"
        "except KeyboardInterrupt:\n"
        "    open('interrupted', 'w').close()\n"
    )
    supervisor = Supervisor(lambda text: None)
    child = program("database", text, tmp_path)
    child.end_signal = signal.SIGINT
    with supervisor.ending():
        supervisor.add(child)
        while not (tmp_path / "ready").exists():
            supervisor.pause(0.01)
    assert (tmp_path / "interrupted").exists()


SMALL_SITE = """
import os, sys
from pathlib import Path
sys.path.append({scripts!r})
from supervisor import Child, Stopped, Supervisor
here = Path.cwd()
grandchild = "import os, time; pid = os.fork(); open(f'{{os.getpid()}}.here', 'w').close(); time.sleep(600)"
supervisor = Supervisor()
supervisor.listen()
open(f"{{os.getpid()}}.here", "w").close()
try:
    with supervisor.ending():
        supervisor.add(Child("child", [sys.executable, "-c", grandchild], os.environ, here))
        while True:
            supervisor.watch()
            supervisor.pause(0.1)
except Stopped:
    print("stopped")
"""


@pytest.fixture
def small_site(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """make ─ supervisor ─ child ─ grandchild."""
    (tmp_path / "small_site.py").write_text(SMALL_SITE.format(scripts=str(ROOT / "scripts")))
    (tmp_path / "Makefile").write_text(f"run:\n\t@{sys.executable} small_site.py\n")
    process = subprocess.Popen(
        ["make", "run"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=hear_signals,
    )
    assert until(lambda: len(list(tmp_path.glob("*.here"))) == 3, END)
    family = family_in(tmp_path)
    yield process
    for each in left_of(family):
        each.kill()
    process.wait()


def family_in(folder: Path) -> list[psutil.Process]:
    return [psutil.Process(int(file.stem)) for file in folder.glob("*.here")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_to_make_alone_ends_everything(
    small_site: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    family = family_in(tmp_path)
    small_site.send_signal(number)
    assert until(lambda: not left_of(family), END)
    assert small_site.wait() != 0


def test_a_killed_supervisor_takes_its_child_along(
    small_site: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """The kernel tells the direct child; gunicorn and celery pass it on to theirs."""
    supervisor, *_ = sorted(family_in(tmp_path), key=lambda process: process.create_time())
    (child,) = supervisor.children()
    supervisor.kill()
    assert until(lambda: not left_of([supervisor, child]), END)


def test_after_a_stop_nothing_goes_on(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.stopping = True
    with pytest.raises(Stopped):
        supervisor.step([sys.executable, "-c", "import time; time.sleep(600)"], os.environ, tmp_path)
