"""The whole test suite on both databases at once, one process each, with one summary at the end.

Runs inside .venv (see scripts/test). One process for each database, and a third beside them: what only waits, and
what needs one database, so that two cores are never short of work. What they have to do takes each as long.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from environment import ROOT
from services import NoService, scratch_folder, start_postgres, start_redis
from supervisor import Child, Stopped, Supervisor

# Once is enough, and both lanes end together. So are tests marked ``once``, and those without a database: they
# are dealt out by file. With TWICE=1 nothing is dealt out or left to the other: everything on both databases.
ONLY = {
    "SQLite": (
        # The other database is seeded with the demonstration for the browser.
        "tests/reviews/test_demo.py",
        # The web server on a database in a file, as most sites have it.
        "tests/faults/test_many_users.py",
        "tests/faults/test_web_killed.py",
        # It does not hold a text to its length: see there.
        "tests/browser/test_payloads.py",
        # People at work in a browser: so much that both lanes take as long.
        "tests/browser/test_check_in.py",
        "tests/browser/test_components.py",
        "tests/browser/test_inspection.py",
        "tests/browser/test_people.py",
        "tests/browser/test_review.py",
        "tests/browser/test_rulebook.py",
        "tests/browser/test_watch.py",
    ),
    # The tour in a browser, so that every page is read from it.
    "PostgreSQL": (
        "tests/browser/test_pages.py",
        "tests/browser/test_rectification.py",
        "tests/browser/test_reminders.py",
        "tests/browser/test_screenshots.py",
    ),
}
# Beside these, one after the other.
BESIDE = {
    # On a PostgreSQL of its own: what is started, killed and waited for crashes it.
    "Processes": (
        "tests/faults/test_faults.py",
        "tests/faults/test_workers_killed.py",
        "tests/scripts",
        # It refuses more than SQLite: types, lengths, zero bytes.
        "tests/meetings/test_roster_fuzz.py",
        "tests/reviews/test_record_fuzz.py",
        "tests/reviews/test_english.py",
    ),
    # Thousands of requests, on SQLite: they take half the time where the database is in the process.
    "Addresses": (
        "tests/architecture/test_urls_sweep.py",
        "tests/permissions/test_urls_places.py",
        "tests/permissions/test_canaries.py",
        "tests/permissions/test_guards_removed.py",
        "tests/faults/test_fuzz.py",
    ),
}
# Tells the tests that the server is this run's alone: then they may kill it.
OWN_SERVER = "TEST_DATABASE_IS_OURS"
LOGS = ROOT / "var" / "test-results"
CLOSING = re.compile(r"^=+ (?:no tests ran|\d+ \w+).* in [\d.]+s.*=+$")
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?)\b")
REPORT = re.compile(r"^=+ (FAILURES|ERRORS|short test summary info|warnings summary)")


@dataclass
class Lane:
    """One pytest process and what it printed."""

    name: str
    child: Child
    lines: list[str] = field(default_factory=list)
    code: int | None = None
    seconds: float = 0.0
    reader: threading.Thread | None = None

    def start(self, supervisor: Supervisor) -> None:
        supervisor.add(self.child)
        assert self.child.process is not None
        assert self.child.process.stdout is not None
        self.reader = threading.Thread(target=self._read, args=(self.child.process.stdout,), daemon=True)
        self.reader.start()

    def _read(self, output: IO[bytes]) -> None:
        """Progress is shown as it comes, the reports at the end: two at once could not be read."""
        progress = True
        LOGS.mkdir(parents=True, exist_ok=True)
        with (LOGS / f"{self.name}.log").open("w", encoding="utf8") as log:
            for raw in output:
                line = raw.decode("utf-8", "replace").rstrip()
                self.lines.append(line)
                print(line, file=log, flush=True)
                progress = progress and not REPORT.match(line)
                if progress and line and not CLOSING.match(line):
                    say(f"{self.name:<11}│ {line}")

    def finished(self) -> bool:
        if self.code is None and (code := self.child.ended()) is not None:
            self.code, self.seconds = code, time.monotonic() - self.child.started
            assert self.reader is not None
            self.reader.join()
            say(f"{self.name:<11}│ done in {self.seconds:.0f} s, exit code {code}")
        return self.code is not None

    @property
    def closing(self) -> str:
        return next((line for line in reversed(self.lines) if CLOSING.match(line)), "")

    @property
    def counts(self) -> Counter[str]:
        return Counter({word.rstrip("s"): int(number) for number, word in COUNT.findall(self.closing)})

    def report(self) -> list[str]:
        start = next((i for i, line in enumerate(self.lines) if REPORT.match(line)), len(self.lines))
        return [line for line in self.lines[start:] if line != self.closing] if self.closing else self.lines


def say(text: str) -> None:
    print(text, flush=True)


def lane(name: str, env: dict[str, str], arguments: list[str]) -> Lane:
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no"]
    # Two runs must not clear away each other's pictures.
    argv += ["--continue-on-collection-errors", f"--output={LOGS / name}", *arguments]
    env = os.environ | {"PYTHONUNBUFFERED": "1"} | env
    return Lane(name, Child(name, argv, env, ROOT, stdout=subprocess.PIPE))


def twice() -> bool:
    return os.environ.get("TWICE", "") not in ("", "0")


def share_of(name: str) -> list[str]:
    """What pytest is told about its part of the suite; nothing, so all of it, with TWICE=1."""
    if twice():
        return []
    number = list(ONLY).index(name) + 1
    whole = [f"--whole={path}" for path in ONLY[name]]
    others = [path for other, paths in (ONLY | BESIDE).items() if other != name for path in paths]
    return [f"--share={number}/{len(ONLY)}", *whole, *(f"--ignore={path}" for path in others)]


def run(supervisor: Supervisor, folder: Path, arguments: list[str]) -> list[Lane]:
    database_url = start_postgres(supervisor, folder)
    shared = {"TEST_REDIS_URL": start_redis(supervisor, folder)}
    if twice():
        shared[OWN_SERVER] = "1"
    databases = {"SQLite": "", "PostgreSQL": database_url}
    lanes = [
        lane(name, shared | {"DATABASE_URL": url}, [*share_of(name), *arguments])
        for name, url in databases.items()
    ]
    queues = [[each] for each in lanes]
    if not twice():
        own = {"DATABASE_URL": start_postgres(supervisor, folder / "own"), OWN_SERVER: "1"}
        settings = {"Processes": shared | own, "Addresses": shared | {"DATABASE_URL": ""}}
        beside = [
            lane(name, settings[name], [*(f"--only={path}" for path in paths), *arguments])
            for name, paths in BESIDE.items()
        ]
        lanes += beside
        queues.append(beside)
    work_off(supervisor, queues)
    return lanes


def work_off(supervisor: Supervisor, queues: list[list[Lane]]) -> None:
    """All queues at once, the lanes of each one after the other."""
    for queue in queues:
        queue[0].start(supervisor)
    while any(queues):
        for queue in queues:
            if queue and queue[0].finished():
                del queue[0]
                if queue:
                    queue[0].start(supervisor)
        supervisor.pause(0.5)


def summary(lanes: list[Lane], seconds: float) -> None:
    for each in lanes:
        if each.report():
            say(f"\n───── {each.name} ─────")
            say("\n".join(each.report()))
    say("")
    for each in lanes:
        say(f"{each.name}, {each.seconds:.0f} s:\n{each.closing or 'pytest ended without a closing line'}")
    total = sum((each.counts for each in lanes), Counter())
    say(f"\nBoth databases together, {seconds:.0f} s:")
    say(f"{total['passed']} passed, {total['failed'] + total['error']} failed, {total['skipped']} skipped")


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    supervisor = Supervisor(say)
    supervisor.listen()
    try:
        with scratch_folder() as folder, supervisor.ending():
            lanes = run(supervisor, folder, arguments)
    except Stopped:
        say("Stopped.")
        return 130
    except NoService as problem:
        print(problem, file=sys.stderr)
        return 1
    summary(lanes, time.monotonic() - started)
    # 5 is pytest's "no tests": with -k one of the two may have none.
    return max((each.code for each in lanes if each.code not in (None, 5)), default=5)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
