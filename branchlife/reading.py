"""Opening what is sensitive leaves a trace: who read whose record, when and from where."""

from datetime import datetime

from django.core.cache import cache
from django.db import models

from branchlife.audit import record_event
from branchlife.models import User

# Somebody who looks again within this time is still at it. Each web process remembers for itself, so that the
# trail may hold one event a process; never none.
READ_AGAIN = 10 * 60  # seconds


def note_reading(
    *, reader: User, action: str, subject: models.Model, chain: str, now: datetime | None = None
) -> None:
    """Append ``action`` (ending in ``.read``) to the chain, unless the same person has just opened the same
    thing. Call before the answer is given: what cannot be noted is not shown."""
    key = f"read:{reader.pk}:{action}:{subject._meta.label_lower}:{subject.pk}"
    if not cache.add(key, 1, READ_AGAIN):
        return
    try:
        record_event(actor=reader, action=action, subject=subject, chain=chain, now=now)
    except BaseException:
        cache.delete(key)
        raise
