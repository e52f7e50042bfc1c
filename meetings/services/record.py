"""Putting a meeting on the calendar and writing down how it went. States move elsewhere, by the tables."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import HERE, MeetingKind, MeetingState
from meetings.models import Meeting, MeetingPart, Member, Organization, PartyGroup
from meetings.services.attendance import Deviation, correct_attendance, freeze_attendance, keeps_people
from meetings.services.checklists import give_steps
from meetings.services.moved import tell_moved, when_of
from meetings.services.obligations import recount_branch
from meetings.services.vote_counts import clear_results, recount_votes

FACT_COLUMNS = (
    "theme", "day", "starts", "ends", "place", "problem", "category",
    "chair", "recorder", "content", "decisions", "spent",
)  # fmt: skip
# Held once a year: one held in January to March may close the year before.
YEARLY_KINDS = (
    MeetingKind.ORGANIZATIONAL_LIFE,
    MeetingKind.APPRAISAL,
    MeetingKind.DEMOCRATIC_LIFE,
    MeetingKind.SECRETARY_REPORT,
)
LAST_MONTH_FOR_LAST_YEAR = 3


class ChangedMeanwhile(Exception):
    """The meeting is no longer as the page was made from it."""


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
    spent: int | None = None  # yuan
    # A day of the year for which the yearly kinds count; None is the year of the day itself.
    counts_for: date | None = None


@transaction.atomic
def schedule_meeting(
    *,
    organization: Organization,
    group: PartyGroup | None = None,
    facts: MeetingFacts,
    actor: User | None,
    now: datetime | None = None,
) -> Meeting:
    """Put an event on the branch's calendar. Raises ValidationError if the branch did not exist that day."""
    meeting = Meeting(organization=organization, group=group)
    _check(meeting, facts)
    _apply(meeting, facts)
    record_event(
        actor=actor, action="meeting.schedule", subject=meeting, chain=organization.chain, now=now,
        difference={"day": facts.day.isoformat(), "kinds": list(facts.kinds)},
    )  # fmt: skip
    return meeting


@transaction.atomic
def add_meeting(
    *,
    organization: Organization,
    group: PartyGroup | None = None,
    facts: MeetingFacts,
    actor: User,
    now: datetime | None = None,
) -> tuple[Meeting, bool]:
    """An event outside the plan, and whether it is new: the same form sent twice finds the first one."""
    # One at a time per branch, so that two equal requests see each other.
    Organization.objects.select_for_update().get(pk=organization.pk)
    twins = Meeting.objects.exclude(state=MeetingState.CANCELLED).prefetch_related("parts")
    same = {"day": facts.day, "starts": facts.starts, "theme": facts.theme}
    for twin in twins.filter(organization=organization, group=group, **same):
        if set(twin.kinds) == set(facts.kinds):
            return twin, False
    return schedule_meeting(organization=organization, group=group, facts=facts, actor=actor, now=now), True


@transaction.atomic
def reschedule_meeting(
    *,
    meeting: Meeting,
    version: int,
    day: date,
    starts: time | None,
    ends: time | None,
    place: str,
    actor: User,
    now: datetime | None = None,
) -> Meeting:
    """Another day, time or place for a meeting on the calendar.

    Raises ChangedMeanwhile when it is no longer as the writer saw it, ValidationError for an impossible day.
    """
    facts = replace(facts_of(meeting), day=day, starts=starts, ends=ends, place=place, counts_for=None)
    _check(meeting, facts)
    if meeting.state != MeetingState.SCHEDULED:
        raise ChangedMeanwhile
    claim_version(meeting, version)
    before = when_of(meeting)
    _apply(meeting, facts)
    record_event(
        actor=actor, action="meeting.reschedule", subject=meeting, chain=meeting.organization.chain, now=now,
        difference={"day": [before[0].isoformat(), day.isoformat()]},
    )  # fmt: skip
    tell_moved(meeting=meeting, before=before, actor=actor, now=now)
    return meeting


@transaction.atomic
def replan_meeting(
    *,
    meeting: Meeting,
    group: PartyGroup | None,
    facts: MeetingFacts,
    actor: User,
    now: datetime | None = None,
) -> Meeting:
    """Another plan for a meeting on the calendar. Raises ChangedMeanwhile once it is no longer there."""
    meeting.group, before = group, when_of(meeting)
    _check(meeting, facts)
    if meeting.state != MeetingState.SCHEDULED:
        raise ChangedMeanwhile
    claim_version(meeting, meeting.version)
    Meeting.objects.filter(pk=meeting.pk).update(group=group)
    _apply(meeting, facts)
    record_event(
        actor=actor, action="meeting.replan", subject=meeting, chain=meeting.organization.chain, now=now,
        difference={"day": facts.day.isoformat(), "kinds": list(facts.kinds)},
    )  # fmt: skip
    tell_moved(meeting=meeting, before=before, actor=actor, now=now)
    return meeting


@transaction.atomic
def write_record(
    *,
    meeting: Meeting,
    facts: MeetingFacts,
    deviations: dict[int, Deviation],
    actor: User,
    anew: bool = False,
    now: datetime | None = None,
) -> Meeting:
    """Write down a meeting that took place: facts, and who was not simply present (by member id).

    The time of recording is the server's and is set once for an event; what is dated after that time is
    another event. Who was due stays as first written down unless the day or the audience changes, or
    ``anew`` asks the roster again. Raises ValidationError for a day that has not come yet, a branch that
    did not exist, a person who was not expected, a chair who was not there.
    """
    now = now or timezone.now()
    days = _days(meeting)
    _check(meeting, facts)
    _check_held(facts, deviations, timezone.localtime(now))
    keep = not anew and keeps_people(meeting, kinds=facts.kinds, day=facts.day)
    if _is_another_event(meeting, facts.day):
        meeting.recorded_at, meeting.recorded_by = now, actor
    _apply(meeting, facts)
    write_people = correct_attendance if keep else freeze_attendance
    write_people(meeting=meeting, deviations=deviations)
    if meeting.state == MeetingState.HOLD_AGAIN:
        clear_results(meeting=meeting)
    recount_votes(meeting=meeting, actor_id=actor.pk, now=now, taken=True)
    recount_branch(organization=meeting.organization, days=days | _days(meeting))
    record_event(
        actor=actor, action="meeting.write", subject=meeting, chain=meeting.organization.chain, now=now,
        difference={"day": facts.day.isoformat(), "not_present": len(deviations)},
    )  # fmt: skip
    return meeting


def _is_another_event(meeting: Meeting, day: date) -> bool:
    """Than the one that was written down, if any: nothing was recorded before it took place."""
    if meeting.recorded_at is None or meeting.state == MeetingState.HOLD_AGAIN:
        return True
    return day > timezone.localdate(meeting.recorded_at)


def facts_of(meeting: Meeting) -> MeetingFacts:
    """The facts as they are stored."""
    values = {name: getattr(meeting, name) for name in FACT_COLUMNS}
    elsewhere = [p.counts_for for p in meeting.parts.all() if p.counts_for.year != meeting.day.year]
    return MeetingFacts(kinds=tuple(meeting.kinds), counts_for=elsewhere[0] if elsewhere else None, **values)


def claim_version(meeting: Meeting, version: int) -> None:
    """Make every page printed from an older text stale. Raises ChangedMeanwhile when this one already is."""
    unchanged = Meeting.objects.filter(pk=meeting.pk, state=meeting.state, version=version)
    if not unchanged.update(version=F("version") + 1):
        raise ChangedMeanwhile
    meeting.version = version + 1


def _days(meeting: Meeting) -> set[date]:
    return {meeting.day, *meeting.parts.values_list("counts_for", flat=True)}


def existence_fault(bearer: Organization | PartyGroup, day: date) -> str:
    """Why there was no such branch or group on that day; empty if there was."""
    if day < bearer.founded_on:
        return _("%(name)s was founded on %(day)s.") % {
            "name": bearer.name,
            "day": date_format(bearer.founded_on),
        }
    if bearer.dissolved_on and day >= bearer.dissolved_on:
        return _("%(name)s was dissolved on %(day)s.") % {
            "name": bearer.name,
            "day": date_format(bearer.dissolved_on),
        }
    return ""


def _check(meeting: Meeting, facts: MeetingFacts) -> None:
    fault = existence_fault(meeting.group or meeting.organization, facts.day)
    if fault:
        raise ValidationError({"day": fault})
    if facts.starts and facts.ends and facts.ends <= facts.starts:
        raise ValidationError({"ends": _("The meeting ends before it begins.")})


def not_begun(day: date, starts: time | None, here: datetime) -> str:
    """Why nothing can be written down of a meeting yet, on its day; empty if it can."""
    if starts is None or day != here.date() or starts <= here.time():
        return ""
    return _("The meeting has not begun: it is not %(time)s yet.") % {"time": time_format(starts, "H:i")}


def _check_held(facts: MeetingFacts, deviations: dict[int, Deviation], here: datetime) -> None:
    """``here``: the time at the branch. What is still going on may be written down as it goes."""
    if facts.day > here.date():
        raise ValidationError({"day": _("%(day)s has not come yet.") % {"day": date_format(facts.day)}})
    if fault := not_begun(facts.day, facts.starts, here):
        raise ValidationError({"starts": fault})
    for field, person in (("chair", facts.chair), ("recorder", facts.recorder)):
        deviation = deviations.get(person.pk) if person else None
        if person and deviation and deviation.presence not in HERE:
            raise ValidationError({field: _("%(name)s is entered as not present.") % {"name": person.name}})


def _apply(meeting: Meeting, facts: MeetingFacts) -> None:
    moved = meeting.day != facts.day
    for name in FACT_COLUMNS:
        setattr(meeting, name, getattr(facts, name))
    # The state and its version belong to the transition table alone.
    if meeting.pk:
        meeting.save(update_fields=[*FACT_COLUMNS, "recorded_at", "recorded_by"])
    else:
        meeting.save()
    _set_parts(meeting, facts, moved)
    give_steps(meeting=meeting, kinds=facts.kinds)


def _set_parts(meeting: Meeting, facts: MeetingFacts, moved: bool) -> None:
    meeting.parts.exclude(kind__in=facts.kinds).delete()
    known = {part.kind: part for part in MeetingPart.objects.filter(meeting=meeting)}
    for kind in facts.kinds:
        part = known.get(kind)
        if part is None:
            MeetingPart.objects.create(meeting=meeting, kind=kind, counts_for=_counts_for(kind, facts))
        elif moved or kind in YEARLY_KINDS:
            part.counts_for = _counts_for(kind, facts)
            part.save(update_fields=["counts_for"])
    # A list of kinds that was read ahead for a page is out of date now.
    getattr(meeting, "_prefetched_objects_cache", {}).pop("parts", None)


def _counts_for(kind: str, facts: MeetingFacts) -> date:
    return facts.counts_for if facts.counts_for and kind in YEARLY_KINDS else facts.day
