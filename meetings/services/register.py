"""The register of a branch's meetings in a year: who takes it away says what for."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Q

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import HERE, Presence
from meetings.models import Meeting, Organization


@transaction.atomic
def take_register(*, branch: Organization, year: int, purpose: str, actor: User) -> Sequence[Meeting]:
    """The branch's meetings of the year, the earliest first, with ``expected``, ``here``, ``excused`` and
    ``absent``; its groups' among them. Two queries, and the event that says who took them and why.
    """
    found = Meeting.objects.filter(organization=branch, day__year=year)
    meetings = list(
        found.annotate(
            expected=Count("attendances"),
            here=Count("attendances", filter=Q(attendances__presence__in=HERE)),
            excused=Count("attendances", filter=Q(attendances__presence=Presence.EXCUSED)),
            absent=Count("attendances", filter=Q(attendances__presence=Presence.ABSENT)),
        )
        .select_related("group", "chair", "recorder")
        .prefetch_related("parts")
        .order_by("day", "starts", "pk")
    )
    facts = {"year": year, "purpose": purpose, "meetings": len(meetings)}
    record_event(actor=actor, action="register.export", subject=branch, chain=branch.chain, difference=facts)
    return meetings
