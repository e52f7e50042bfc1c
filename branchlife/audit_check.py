"""Looking over the audit trail: whether anybody changed what the application wrote.

Nothing here trusts the database. Each event must bear a seal made with a key that lies elsewhere and
follow the one before it; each chain must reach as far as its sealed head and every anchor say, and the
copies of the anchors outside the database must agree with those inside.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from branchlife.anchors import Replay, as_copied, read_copies
from branchlife.chain import UnknownKey, same_seal
from branchlife.guards import missing_guards
from branchlife.models import AuditAnchor, AuditEvent, AuditHead
from branchlife.models.audit import HISTORY, SEALED, event_seal

ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)+")
# A request takes its time when it begins and its number when it writes, so two that overlap in one
# chain may stand the other way round.
OVERLAP = timedelta(minutes=1)
CHUNK = 5000  # events between two words about progress
COLUMNS = (*SEALED, "key_id", "digest", "pk")

Progress = Callable[[int, int], None]
Row = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    place: str  # which event, head or anchor
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(frozen=True)
class Mark:
    """Somebody else's word on a chain: which digest its event of this number has."""

    number: int
    digest: str
    teller: str


@dataclass
class AuditReport:
    """``faults`` in the order found, at most one a chain: what follows the first breaks with it.

    ``notes`` are worth knowing and prove nothing, such as a server's clock that was set back.
    """

    events: int = 0
    chains: int = 0
    anchors: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


_further: list[Callable[[], Iterable[Fault]]] = []


def add_check(check: Callable[[], Iterable[Fault]]) -> None:
    """A floor above has something of its own that must agree with the trail."""
    if check not in _further:
        _further.append(check)


def check_audit(
    *, progress: Progress | None = None, copies: Path | None = None, now: datetime | None = None
) -> AuditReport:
    """Every event, head and anchor, the copies of the anchors (``copies``, else the settings' file), and
    whether the triggers that protect all this are in place. Events appended meanwhile do no harm."""
    report = AuditReport()
    heads = list(AuditHead.objects.exclude(number=0).order_by("chain"))
    anchors = list(AuditAnchor.objects.order_by("number"))
    marks = _marks(heads, anchors)
    walk = _Walk(report, marks, (now or timezone.now()) + OVERLAP)
    walk.through(_rows(), sum(head.number for head in heads), progress)
    report.faults += _check_heads(heads, walk.seen)
    report.faults += _check_anchors(anchors)
    report.anchors = len(anchors)
    _check_copies(report, anchors, copies or settings.AUDIT_ANCHOR_FILE)
    report.faults += [Fault(f"trigger {name}", "is not in the database") for name in missing_guards()]
    report.faults += [fault for check in _further for fault in check()]
    return report


def _rows() -> Iterator[Row]:
    events = AuditEvent.objects.order_by("chain", "number", "pk").values(*COLUMNS)
    return iter(events.iterator(chunk_size=CHUNK))


def _marks(heads: list[AuditHead], anchors: list[AuditAnchor]) -> dict[str, list[Mark]]:
    marks = defaultdict(list)
    for anchor in anchors:
        teller = f"the anchor of {timezone.localdate(anchor.at)}"
        for chain, (number, digest) in anchor.heads.items():
            marks[chain].append(Mark(number, digest, teller))
    for head in heads:
        marks[head.chain].append(Mark(head.number, head.digest, "its head"))
    return marks


class _Walk:
    """One pass over all events, chain by chain."""

    def __init__(self, report: AuditReport, marks: dict[str, list[Mark]], latest: datetime) -> None:
        self.report, self.marks, self.latest = report, marks, latest
        self.seen: set[str] = set()
        self.chain: str | None = None
        self.number, self.previous, self.broken = 0, "", False
        self.last_at: datetime | None = None
        self.digests: dict[int, str] = {}  # of the marked events of this chain
        self.marked: set[int] = set()

    def through(self, rows: Iterator[Row], total: int, progress: Progress | None) -> None:
        for row in rows:
            if row["chain"] != self.chain:
                self._close()
                self._open(row["chain"])
            self._step(row)
            self.report.events += 1
            if progress and self.report.events % CHUNK == 0:
                progress(self.report.events, max(total, self.report.events))
        self._close()
        for chain in sorted(self.marks.keys() - self.seen):
            teller = self.marks[chain][0].teller
            self._tell(name_of(chain), f"is gone; {teller} knows {self.marks[chain][0].number} events of it")

    def _open(self, chain: str) -> None:
        self.chain, self.number, self.previous, self.broken, self.last_at = chain, 0, "", False, None
        self.seen.add(chain)
        self.report.chains += 1
        self.digests = {}
        self.marked = {mark.number for mark in self.marks.get(chain, ())}

    def _close(self) -> None:
        """What the head and the anchors know of the chain must be there."""
        if self.chain is None or self.broken:
            return
        wrong = [m for m in self.marks.get(self.chain, ()) if self.digests.get(m.number) != m.digest]
        if not wrong:
            return
        mark, name = wrong[0], name_of(self.chain)
        if mark.number in self.digests:
            self._tell(f"event {mark.number} of {name}", f"is not the one {mark.teller} was sealed over")
        else:
            self._tell(name, f"ends at event {self.number}, but {mark.teller} knows {mark.number}")

    def _step(self, row: Row) -> None:
        if not self.broken:
            place = f"event {row['number']} of {name_of(row['chain'])} (id {row['pk']})"
            for sentence in self._faults(row):
                self._tell(place, sentence)
                self.broken = True
                break
            self._watch_the_clock(row, place)
        self.number, self.previous = row["number"], row["digest"]
        if row["number"] in self.marked:
            self.digests[row["number"]] = row["digest"]

    def _faults(self, row: Row) -> Iterator[str]:
        if row["number"] == self.number:
            yield "stands there twice"
        elif row["number"] != self.number + 1:
            yield f"follows event {self.number}: what was between them is gone"
        if row["previous"] != self.previous:
            yield "does not follow the one before it"
        try:
            if not same_seal(event_seal(row), row["digest"]):
                yield "was changed: its seal does not fit what it says"
        except UnknownKey as key:
            yield f"is sealed with key {str(key)!r}, which AUDIT_KEY does not have"
        except (ValueError, TypeError):
            yield "holds what no event can hold"
        yield from _malformed(row)
        if row["at"] > self.latest:
            yield "lies in the future"

    def _watch_the_clock(self, row: Row, place: str) -> None:
        told_later = isinstance(row["difference"], dict) and row["difference"].get(HISTORY) is True
        if self.last_at and row["at"] + OVERLAP < self.last_at and not told_later:
            self.report.notes.append(f"{place}: is older than the one before it; was the clock set back?")
        self.last_at = max(row["at"], self.last_at or row["at"])

    def _tell(self, place: str, sentence: str) -> None:
        self.report.faults.append(Fault(place, sentence))


def name_of(chain: str) -> str:
    return f"chain {chain!r}"


def _check_heads(heads: list[AuditHead], seen: set[str]) -> Iterator[Fault]:
    for head in heads:
        try:
            good = same_seal(head.expected_seal(), head.seal)
        except UnknownKey:
            good = False
        if not good:
            yield Fault(f"the head of {name_of(head.chain)}", "does not bear our seal")
    # A chain begun after the heads were read has its head by now.
    for chain in sorted(seen - {head.chain for head in heads}):
        if not AuditHead.objects.filter(pk=chain, number__gt=0).exists():
            yield Fault(name_of(chain), "has no head")


def _check_anchors(anchors: list[AuditAnchor]) -> Iterator[Fault]:
    replay, previous = Replay(), ""
    for number, anchor in enumerate(anchors, start=1):
        replay.add(anchor.heads)
        fault = ""
        if anchor.number != number:
            fault = "is not the next one: what was before it is gone"
        elif anchor.previous != previous or not _sealed(anchor):
            fault = "was changed: its seal does not fit what it says"
        elif (anchor.root, anchor.events) != (replay.root, replay.events):
            fault = "does not add up with those before it"
        if fault:
            yield Fault(f"anchor {anchor.number}", fault)
            return
        previous = anchor.digest


def _sealed(anchor: AuditAnchor) -> bool:
    try:
        return same_seal(anchor.expected_digest(), anchor.digest)
    except UnknownKey:
        return False


def _check_copies(report: AuditReport, anchors: list[AuditAnchor], file: Path) -> None:
    """Each copy must be there inside, word for word. Fewer copies than anchors is only worth a note."""
    inside = {anchor.number: as_copied(anchor) for anchor in anchors}
    copied = 0
    for copy in read_copies(file):
        copied = max(copied, copy["number"])
        if copy != inside.get(copy["number"]):
            place = f"anchor {copy['number']} of the copies outside the database"
            report.faults.append(Fault(place, "is not in the database, or another one is in its place"))
            return
    if copied < len(anchors):
        report.notes.append(
            f"the copies outside the database reach to anchor {copied} of {len(anchors)}: without the others"
            " nobody would see that the database was put back to an earlier day"
        )


def _malformed(row: Row) -> Iterator[str]:
    if not ACTION.fullmatch(row["action"]):
        yield f"{row['action']!r} is not an action"
    if not _is_model(row["subject_type"]):
        yield f"{row['subject_type']!r} is not a kind of thing there is"
    if not row["subject_id"] or not row["subject_label"]:
        yield "names no subject"
    if not isinstance(row["difference"], dict):
        yield "has a difference that is not a table"
    if row["request_id"] and not _is_uuid(row["request_id"]):
        yield f"{row['request_id']!r} is not the number of a request"


@lru_cache(maxsize=256)
def _is_model(label: str) -> bool:
    try:
        apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
