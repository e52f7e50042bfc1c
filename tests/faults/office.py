"""People who hand in papers to a web server until all are answered."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from tests.faults.paperwork import Paper
from tests.faults.web import BROKEN, Server


@dataclass
class Office:
    """People who send what lies in the pile until it is empty."""

    server: Server
    pile: SimpleQueue[Paper]
    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # forms whose answer never came
    refused: list[str] = field(default_factory=list)
    _closed: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        while not self._closed.is_set():
            try:
                paper = self.pile.get_nowait()
            except Empty:
                return
            self._send(paper)

    def _send(self, paper: Paper) -> None:
        while not self._closed.is_set():
            try:
                status, body = self.server.send(paper.cookie, paper.path, paper.data)
            except BROKEN:
                self.broken += 1
                time.sleep(0.05)
                continue
            self.answers[status] += 1
            if status != 302:
                self.refused.append(f"{status} {paper.path} {body[:200]}")
            return

    def close(self) -> None:
        self._closed.set()


@contextmanager
def working(
    server: Server, papers: list[Paper], at_once: int
) -> Iterator[tuple[Office, list[threading.Thread]]]:
    pile: SimpleQueue[Paper] = SimpleQueue()
    for paper in papers:
        pile.put(paper)
    office = Office(server, pile)
    people = [threading.Thread(target=office.work) for _person in range(at_once)]
    for person in people:
        person.start()
    try:
        yield office, people
    finally:
        office.close()
        for person in people:
            person.join(60)
