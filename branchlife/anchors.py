"""Anchors: where all audit chains stood, sealed, chained, and written down outside the database as well.

Somebody with the database can put back an old copy of a chain together with its head; the seals of that
copy are good. What tells is the anchor that knew more events, and its copy in a file the database does
not reach. ``manage.py anchor_audit`` and Celery's clock write one a day.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from branchlife.chain import canonical, writing_key
from branchlife.models import AuditAnchor, AuditHead

logger = logging.getLogger("branchlife.audit")
LOCK = "anchors"  # the row everybody who writes an anchor waits for; no chain has this name

Heads = dict[str, tuple[int, str]]  # chain → number and digest of its last event


@dataclass
class Replay:
    """What the anchors so far say of every chain."""

    heads: Heads = field(default_factory=dict)

    def add(self, changed: dict[str, Any]) -> None:
        self.heads.update({chain: (number, digest) for chain, (number, digest) in changed.items()})

    @property
    def root(self) -> str:
        return root_of(self.heads)

    @property
    def events(self) -> int:
        return sum(number for number, _digest in self.heads.values())


def root_of(heads: Heads) -> str:
    return hashlib.sha256(canonical({chain: list(head) for chain, head in heads.items()})).hexdigest()


def anchor_daily(*, now: datetime | None = None) -> AuditAnchor | None:
    """The anchor of today unless it is there; what a break kept from being copied is copied now."""
    copy_anchors()
    last = AuditAnchor.objects.order_by("-number").first()
    today = timezone.localdate(now)
    return None if last and timezone.localdate(last.at) >= today else write_anchor(now=now)


@transaction.atomic
def write_anchor(*, now: datetime | None = None) -> AuditAnchor:
    """One anchor over all chains as they stand; its copy is written when the transaction has ended well."""
    _wait_for_others()
    replay, last = Replay(), None
    for last in AuditAnchor.objects.iterator():
        replay.add(last.heads)
    grown = {
        chain: [number, digest]
        for chain, number, digest in AuditHead.objects.exclude(number=0).values_list(
            "chain", "number", "digest"
        )
        if replay.heads.get(chain) != (number, digest)
    }
    replay.add(grown)
    anchor = AuditAnchor(
        number=last.number + 1 if last else 1, at=now or timezone.now(), heads=grown, root=replay.root,
        chains=len(replay.heads), events=replay.events, key_id=writing_key(),
        previous=last.digest if last else "",
    )  # fmt: skip
    anchor.digest = anchor.expected_digest()
    anchor.save(force_insert=True)
    transaction.on_commit(copy_anchors)
    return anchor


def _wait_for_others() -> None:
    AuditHead.objects.bulk_create([AuditHead(chain=LOCK)], ignore_conflicts=True)
    AuditHead.objects.select_for_update(no_key=True).get(pk=LOCK)


def copy_anchors(file: Path | None = None) -> int:
    """Append what the file outside the database does not have yet; returns how many. Also told to the log,
    so that a log server keeps them where nobody here can change them."""
    file = file or settings.AUDIT_ANCHOR_FILE
    known = max((line["number"] for line in read_copies(file)), default=0)
    missing = list(AuditAnchor.objects.filter(number__gt=known))
    if missing:
        _append_lines(file, [canonical(as_copied(anchor)) for anchor in missing])
    for each in missing:
        logger.info("anchor %s: %s events, root %s, %s", each.number, each.events, each.root, each.digest)
    return len(missing)


def _append_lines(file: Path, lines: list[bytes]) -> None:
    """Begins on a line of its own even after a torn one."""
    with open(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640), "ab") as out:
        out.write(b"".join(b"\n" + line for line in lines) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def as_copied(anchor: AuditAnchor) -> dict[str, Any]:
    return anchor.facts() | {"key_id": anchor.key_id, "digest": anchor.digest}


def read_copies(file: Path) -> Iterator[dict[str, Any]]:
    """The anchors in the file outside the database. A line torn by a power cut is no anchor."""
    if not file.exists():
        return
    with file.open(encoding="utf8") as lines:
        for line in lines:
            try:
                copy = json.loads(line)
            except ValueError:
                continue
            if isinstance(copy, dict) and isinstance(copy.get("number"), int):
                yield copy
