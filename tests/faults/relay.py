"""Starting a misbehaving server (of mail, of chat groups), telling it what to do, and reading what it took."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

MAIL, GROUPS = (Path(__file__).with_name(name) for name in ("mail_server.py", "group_server.py"))
PATIENCE = 20.0


class Taken(NamedTuple):
    id: str
    to: str
    said: tuple[str, ...]


@dataclass
class Relay:
    folder: Path
    process: subprocess.Popen[bytes]
    mailbox: Path = Path()
    log: Path = Path()
    misdeeds: list[dict[str, object]] = field(default_factory=list)
    number: int = 0

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    def start_over(self, folder: Path) -> None:
        """Empty mailbox and log in this folder; well-behaved."""
        folder.mkdir()
        self.mailbox, self.log = folder / "mailbox.jsonl", folder / "mail.log"
        self.mailbox.touch()
        self.log.touch()
        self.behave()

    def behave(self) -> None:
        self.misdeeds = []
        self._write()

    def misbehave(self, verb: str, deed: str, *, times: int = 1_000_000, chance: float = 1.0) -> None:
        """At this verb (HELLO: the greeting, ".": the final dot) the first so many times: an answer such as
        ``451 …``, or hang, drop, late; at the dot also drop or hang after taking."""
        self.number += 1
        deeds = {"number": self.number, "verb": verb, "deed": deed, "times": times, "chance": chance}
        self.misdeeds.append(deeds)
        self._write()

    def hang_up(self) -> None:
        """On everybody who is connected now; returns when that is done."""
        file = self.folder / "hung-up"
        before = file.stat().st_size if file.exists() else 0
        self.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: file.exists() and file.stat().st_size > before)

    def note_time(self, moment: datetime) -> None:
        """The log goes on: it was written to at this time."""
        os.utime(self.log, (moment.timestamp(), moment.timestamp()))

    def taken(self) -> list[Taken]:
        rows = map(json.loads, self.mailbox.read_text().splitlines())
        return [Taken(row["id"], row["to"], tuple(row["said"])) for row in rows]

    def _write(self) -> None:
        orders = {"mailbox": str(self.mailbox), "log": str(self.log), "misdeeds": self.misdeeds}
        new = self.folder / "orders.new"
        new.write_text(json.dumps(orders))
        new.replace(self.folder / "orders.json")


@contextmanager
def running(folder: Path, program: Path = MAIL) -> Iterator[Relay]:
    folder.mkdir()
    process = subprocess.Popen([sys.executable, "-S", str(program), str(folder)])
    try:
        wait_for((folder / "port").exists)
        yield Relay(folder, process)
    finally:
        process.kill()
        process.wait()


def wait_for(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
