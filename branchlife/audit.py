"""Writing the audit trail. Call inside the transaction of the change itself."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from branchlife.middleware import current_facts
from branchlife.models import AuditEvent, User


def record_event(
    *,
    actor: User | None,
    action: str,
    subject: models.Model,
    chain: str = "",
    difference: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> AuditEvent:
    """Append one event. ``actor=None`` means the system itself; ``difference`` must be JSON-ready."""
    facts = current_facts()
    return AuditEvent.objects.create(
        at=now or timezone.now(),
        actor=actor,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:200],
        chain=chain,
        difference=difference or {},
        address=facts.address,
        request_id=facts.request_id,
    )
