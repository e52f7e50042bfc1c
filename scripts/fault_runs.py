"""The faults of tests/faults on both databases at once, the PostgreSQL one our own, so that it may be crashed.

Runs inside .venv (see scripts/faults). Arguments go to both: scripts/faults 500 --seed 2
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from environment import ROOT
from services import NoService, scratch_folder, start_postgres
from supervisor import Child, Stopped, Supervisor

USUAL = ("500", "--chaos", "60", "--planners", "1000")
LOGS = ROOT / "var" / "test-results"


def run(supervisor: Supervisor, folder: Path, arguments: list[str]) -> int:
    url = start_postgres(supervisor, folder)
    argv = [sys.executable, "-m", "tests.faults", *(arguments or USUAL)]
    places = {
        "SQLite": {"DATABASE_URL": ""},
        "PostgreSQL": {"DATABASE_URL": url, "TEST_DATABASE_IS_OURS": "1"},
    }
    return together(
        supervisor,
        {
            name: Child(name, argv, os.environ | env, ROOT, stdout=subprocess.PIPE)
            for name, env in places.items()
        },
    )


def together(supervisor: Supervisor, children: Mapping[str, Child]) -> int:
    """Wait for all of them, print what each has said, and return the worst exit code."""
    logs = {name: _start(supervisor, name, child) for name, child in children.items()}
    codes: dict[str, int] = {}
    while len(codes) < len(children):
        supervisor.pause(1)
        codes |= {name: code for name, child in children.items() if (code := child.ended()) is not None}
    for name, log in logs.items():
        print(f"\n───── {name}, exit code {codes[name]} ─────\n{log.read_text('utf8')}", flush=True)
    return max(codes.values())


def _start(supervisor: Supervisor, name: str, child: Child) -> Path:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"faults-{name}.log"
    with log.open("wb") as file:
        child.stdout = file.fileno()
        supervisor.add(child)
    return log


def main(arguments: list[str]) -> int:
    supervisor = Supervisor(lambda text: print(text, flush=True))
    supervisor.listen()
    try:
        with scratch_folder() as folder, supervisor.ending():
            return run(supervisor, folder, arguments)
    except Stopped:
        return 130
    except NoService as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
