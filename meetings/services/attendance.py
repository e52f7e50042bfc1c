"""Who is expected at a meeting, with which duty and vote; and writing who came."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from meetings.enums import NOT_HARD_BOUND, WITHOUT_VOTE, Audience, Presence, RecordSource, audience_of
from meetings.models import Attendance, Meeting, Member, Membership, Organization, PartyGroup, Post, Standing


@dataclass(frozen=True)
class Expected:
    """One person due at a meeting, with duty and vote as they are on its day."""

    member: Member
    group_name: str
    is_full: bool
    hard_bound: bool
    has_vote: bool


@dataclass(frozen=True)
class Deviation:
    """Somebody who was not simply present: late, excused or absent, and why."""

    presence: str
    reason: str = ""


def expected_at(
    *, organization: Organization, group: PartyGroup | None, kinds: list[str], day: date
) -> list[Expected]:
    """The people due at such an event on that day, by name.

    A committee meeting is for those with a post, a group meeting for the group, all else for all.
    """
    memberships = _memberships(organization, group, audience_of(kinds), day)
    standings = _standings([m.member_id for m in memberships], day)
    return [_expected(membership, standings[membership.member_id], day) for membership in memberships]


def _memberships(
    organization: Organization, group: PartyGroup | None, audience: Audience, day: date
) -> list[Membership]:
    rows = Membership.objects.on(day).filter(organization=organization).select_related("member", "group")
    if audience == Audience.COMMITTEE:
        rows = rows.filter(member__in=Post.objects.on(day).filter(organization=organization).values("member"))
    elif group is not None:
        rows = rows.filter(group=group)
    return list(rows.order_by("member__name_key"))


def _standings(member_ids: list[int], day: date) -> dict[int, set[str]]:
    kinds: dict[int, set[str]] = defaultdict(set)
    rows = Standing.objects.on(day).filter(member__in=member_ids)
    for member_id, kind in rows.values_list("member_id", "kind"):
        kinds[member_id].add(kind)
    return kinds


def _expected(membership: Membership, standings: set[str], day: date) -> Expected:
    member = membership.member
    is_full = member.is_full_on(day)
    return Expected(
        member=member,
        group_name=membership.group.name if membership.group else "",
        is_full=is_full,
        hard_bound=standings.isdisjoint(NOT_HARD_BOUND),
        has_vote=is_full and standings.isdisjoint(WITHOUT_VOTE),
    )


def freeze_attendance(
    *,
    meeting: Meeting,
    deviations: dict[int, Deviation],
    source: str = RecordSource.WEB,
) -> list[Attendance]:
    """Write one row per expected person: present unless named in ``deviations`` (by member id).

    Replaces the rows of an earlier version of the record. Raises ValidationError when somebody is
    named who was not due that day. Call inside the transaction of the record.
    """
    expected = expected_at(
        organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
    )
    strangers = set(deviations) - {person.member.pk for person in expected}
    if strangers:
        raise ValidationError(
            _("Not expected at this meeting on that day: %(names)s."),
            params={"names": "、".join(Member.objects.filter(pk__in=strangers).values_list("name", flat=True))},
        )
    meeting.attendances.all().delete()
    return Attendance.objects.bulk_create(
        [_row(meeting, person, deviations.get(person.member.pk), source) for person in expected]
    )


def _row(meeting: Meeting, person: Expected, deviation: Deviation | None, source: str) -> Attendance:
    return Attendance(
        meeting=meeting,
        member=person.member,
        organization=meeting.organization,
        day=meeting.day,
        presence=deviation.presence if deviation else Presence.PRESENT,
        reason=deviation.reason if deviation else "",
        hard_bound=person.hard_bound,
        has_vote=person.has_vote,
        source=source,
    )
