"""Putting a meeting on the calendar and writing down how it went. States move elsewhere, by the tables."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import Meeting, MeetingPart, Member, Organization, PartyGroup
from meetings.services.attendance import Deviation, freeze_attendance
from meetings.services.obligations import recount_branch


FACT_COLUMNS = (
    "theme", "day", "starts", "ends", "place", "problem", "category", "chair", "recorder", "content", "decisions",
)  # fmt: skip


@dataclass(frozen=True)
class MeetingFacts:
    """What is said of a meeting before and after it; times are civil time at the branch."""

    kinds: tuple[str, ...]
    theme: str
    day: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    problem: str = ""
    category: str = ""
    chair: Member | None = None
    recorder: Member | None = None
    content: str = ""
    decisions: str = ""


@transaction.atomic
def schedule_meeting(
    *,
    organization: Organization,
    group: PartyGroup | None = None,
    facts: MeetingFacts,
    actor: User | None,
    now: datetime | None = None,
) -> Meeting:
    """Put an event on the branch's calendar. Raises ValidationError when the branch did not exist that day."""
    meeting = Meeting(organization=organization, group=group)
    _check_day(meeting, facts.day)
    _apply(meeting, facts)
    record_event(
        actor=actor, action="meeting.schedule", subject=meeting, chain=organization.path, now=now,
        difference={"day": facts.day.isoformat(), "kinds": list(facts.kinds)},
    )  # fmt: skip
    return meeting


@transaction.atomic
def write_record(
    *,
    meeting: Meeting,
    facts: MeetingFacts,
    deviations: dict[int, Deviation],
    actor: User,
    now: datetime | None = None,
) -> Meeting:
    """Write down a meeting that took place: facts, and who was not simply present (by member id).

    The time of recording is the server's and is set once. Raises ValidationError for a day that has
    not come yet, a branch that did not exist, or a person who was not expected.
    """
    now = now or timezone.now()
    days = {meeting.day, *meeting.parts.values_list("counts_for", flat=True)}
    _check_day(meeting, facts.day)
    if facts.day > timezone.localdate(now):
        raise ValidationError({"day": _("%(day)s has not come yet.") % {"day": facts.day}})
    if meeting.recorded_at is None:
        meeting.recorded_at, meeting.recorded_by = now, actor
    _apply(meeting, facts)
    freeze_attendance(meeting=meeting, deviations=deviations)
    recount_branch(organization=meeting.organization, days=days | {facts.day})
    record_event(
        actor=actor, action="meeting.record", subject=meeting, chain=meeting.organization.path, now=now,
        difference={"day": facts.day.isoformat(), "not_present": len(deviations)},
    )  # fmt: skip
    return meeting


def _check_day(meeting: Meeting, day: date) -> None:
    bearer = meeting.group or meeting.organization
    if day < bearer.founded_on:
        raise ValidationError(
            {"day": _("%(name)s was founded on %(day)s.") % {"name": bearer.name, "day": bearer.founded_on}}
        )
    if bearer.dissolved_on and day >= bearer.dissolved_on:
        raise ValidationError(
            {"day": _("%(name)s was dissolved on %(day)s.") % {"name": bearer.name, "day": bearer.dissolved_on}}
        )


def _apply(meeting: Meeting, facts: MeetingFacts) -> None:
    for name in FACT_COLUMNS:
        setattr(meeting, name, getattr(facts, name))
    if meeting.starts and meeting.ends and meeting.ends <= meeting.starts:
        raise ValidationError({"ends": _("The meeting ends before it begins.")})
    # The state and its version belong to the transition table alone.
    if meeting.pk:
        meeting.save(update_fields=[*FACT_COLUMNS, "recorded_at", "recorded_by"])
    else:
        meeting.save()
    _set_parts(meeting, facts)


def _set_parts(meeting: Meeting, facts: MeetingFacts) -> None:
    meeting.parts.exclude(kind__in=facts.kinds).delete()
    known = {part.kind: part for part in meeting.parts.all()}
    for kind in facts.kinds:
        part = known.get(kind) or MeetingPart(meeting=meeting, kind=kind)
        part.counts_for = facts.day
        part.save()
    # A list of kinds that was read ahead for a page is out of date now.
    getattr(meeting, "_prefetched_objects_cache", {}).pop("parts", None)
