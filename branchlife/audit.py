"""Writing the audit trail. Call inside the transaction of the change itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from branchlife.chain import json_ready, plain_address, writing_key
from branchlife.middleware import current_facts
from branchlife.models import AuditEvent, AuditHead, User
from branchlife.models.audit import HISTORY, SEALED, event_seal

_history: ContextVar[bool] = ContextVar("history", default=False)


@contextmanager
def telling_history() -> Iterator[None]:
    """What is written inside is told after it happened and in no order of time, such as the demonstration's past
    year. Each event says so itself, under its seal: nobody takes it for a clock that was set back."""
    token = _history.set(True)
    try:
        yield
    finally:
        _history.reset(token)


def record_event(
    *,
    actor: User | None,
    action: str,
    subject: models.Model,
    chain: str = "",
    difference: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> AuditEvent:
    """Append one event to a chain (an organization's ``chain``; "" belongs to none).

    ``actor=None`` means the system itself; ``difference`` must be JSON-ready. The chain is locked until
    the transaction ends, so append late in it, and to several chains in the order of their names. What
    changes nothing (a wrong password) needs no transaction around it.
    """
    facts, told = current_facts(), dict(difference or {})
    if _history.get():
        told[HISTORY] = True
    event = AuditEvent(
        at=now or timezone.now(), actor=actor, actor_label=label_of(actor), action=action,
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk), subject_label=str(subject)[:200],
        chain=chain, difference=json_ready(told), address=plain_address(facts.address),
        request_id=facts.request_id, key_id=writing_key(),
    )  # fmt: skip
    with transaction.atomic(savepoint=False):
        _append(event, lock_head(chain))
    return event


def label_of(actor: User | None) -> str:
    return f"{actor.name} ({actor.username})" if actor else ""


def lock_head(chain: str) -> AuditHead:
    """The head of a chain, held until the transaction ends; a new chain gets its head here. On SQLite the
    transaction holds the whole file (IMMEDIATE), which does the same."""
    heads = AuditHead.objects.select_for_update(no_key=True).filter(pk=chain)
    head = heads.first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
        head = heads.get()
    return head


def _append(event: AuditEvent, head: AuditHead) -> None:
    event.number, event.previous = head.number + 1, head.digest
    event.digest = event_seal({name: getattr(event, name) for name in (*SEALED, "key_id")})
    event.save(force_insert=True)
    head.number, head.digest, head.key_id = event.number, event.digest, event.key_id
    head.seal = head.expected_seal()
    head.save(force_update=True)
