"""Who is expected at a meeting, with which duty and vote; and writing who came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from meetings.enums import (
    HERE,
    NOT_HARD_BOUND,
    WITHOUT_VOTE,
    Audience,
    MeetingState,
    Presence,
    RecordSource,
    ResolutionKind,
    audience_of,
)
from meetings.models import (
    Attendance,
    CheckIn,
    Leave,
    Meeting,
    Member,
    Membership,
    Organization,
    PartyGroup,
    Post,
    Standing,
)
from meetings.rates import percent
from meetings.services.vote_ground import Ground
from meetings.services.voters import Turnout, Voter


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


class Counted(Protocol):
    """What summing up needs to know of a person: a row of attendance, or a line of a form."""

    @property
    def member_id(self) -> int: ...
    @property
    def presence(self) -> str: ...
    @property
    def hard_bound(self) -> bool: ...
    @property
    def has_vote(self) -> bool: ...


@dataclass(frozen=True)
class Summary:
    """The three denominators of an event, never mixed: all expected, those bound to come, voters."""

    expected: int
    present: int
    excused: int
    absent: int
    base: int
    base_present: int
    voters: int
    voters_present: int
    vote: Turnout | None = None  # the vote that asks for the most; None where nothing is decided by vote
    # Voters needed while nobody left out of the count is there, then with each one more of them.
    quorums: tuple[int, ...] = ()

    @property
    def needed(self) -> int | None:
        return self.vote.needed if self.vote else None

    @property
    def vote_label(self) -> str:
        return str(ResolutionKind(self.vote.kind).label) if self.vote else ""

    @property
    def is_of_committee(self) -> bool:
        """Then the voters are all who sit on it."""
        return self.vote is not None and self.vote.kind == ResolutionKind.COMMITTEE

    @property
    def rate(self) -> str:
        """Of those for whom coming is a hard duty."""
        return percent(self.base_present, self.base)


def summarize(rows: Iterable[Counted], ground: Ground | None) -> Summary:
    """Sum up an event. Somebody away without a hard duty to come is neither absent nor in the rate. The voters
    are those of the vote that asks for the most, by its own rule; without ``ground`` nothing is needed."""
    rows = list(rows)
    here = [row for row in rows if row.presence in HERE]
    bound = [row for row in rows if row.hard_bound]
    vote, quorums = _vote(rows, ground) if ground else (None, ())
    return Summary(
        expected=len(rows),
        present=len(here),
        excused=sum(row.presence == Presence.EXCUSED for row in rows),
        absent=sum(row.presence == Presence.ABSENT for row in bound),
        base=len(bound),
        base_present=sum(row.hard_bound for row in here),
        voters=vote.expected if vote else sum(row.has_vote for row in rows),
        voters_present=vote.present if vote else sum(row.has_vote for row in here),
        vote=vote,
        quorums=quorums,
    )


def _vote(rows: Sequence[Counted], ground: Ground) -> tuple[Turnout | None, tuple[int, ...]]:
    people = [as_voter(row, ground) for row in rows]
    vote = ground.hardest(people)
    if not vote.expected:
        return None, ()
    rule = ground.rules[vote.kind]
    most = sum(each.is_expected(vote.kind) for each in people)
    fewest = most - sum(each.is_expected(vote.kind) and each.is_left_out(rule) for each in people)
    return vote, tuple(rule.rule.quorum.needed(number) for number in range(fewest, most + 1))


def as_voter(row: Counted, ground: Ground) -> Voter:
    return ground.voter(row.member_id, has_vote=row.has_vote, is_there=row.presence in HERE)


def expected_at(
    *, organization: Organization, group: PartyGroup | None, kinds: list[str], day: date
) -> list[Expected]:
    """The people due at such an event on that day, by name.

    A committee meeting is for those with a post, a group meeting for the group, a democratic-life meeting
    for the leading cadres below the organization that have no nearer leading body; all else for all.
    """
    return [_expected(row, day) for row in _memberships(organization, group, audience_of(kinds), day)]


@dataclass(frozen=True)
class People:
    """The people of one event as a page shows them."""

    expected: list[Expected]
    entered: dict[int, Deviation]  # what an earlier version of the record says, by member id
    roster_differs: bool = False  # the roster of that day says otherwise now
    checked_in: dict[int, datetime] = field(default_factory=dict)  # who said so themselves, by member id


def people_of(meeting: Meeting, *, kinds: Sequence[str], day: date, anew: bool = False) -> People:
    """The people due at this meeting if it was of these kinds on that day.

    Once written down, duty and vote stay as they were then, whatever becomes of the roster; another
    day, another audience or ``anew`` asks the roster again.
    """
    now = expected_at(organization=meeting.organization, group=meeting.group, kinds=list(kinds), day=day)
    rows = _written_rows(meeting) if _is_same_event(meeting, kinds, day) else []
    entered = {row.member_id: Deviation(row.presence, row.reason) for row in rows}
    here = _check_ins(meeting, day)
    if meeting.recorded_at is None:
        entered = on_leave(meeting, day) | {pk: Deviation(each.presence) for pk, each in here.items()}
    checked_in = {pk: each.checked_in_at for pk, each in here.items()}
    if anew or not rows:
        return People(now, entered, checked_in=checked_in)
    groups = {person.member.pk: person.group_name for person in now}
    frozen = [_frozen(row, groups.get(row.member_id, ""), day) for row in rows]
    return People(frozen, entered, _rights(now) != _rights(frozen), checked_in)


def on_leave(meeting: Meeting, day: date) -> dict[int, Deviation]:
    """Who asked leave for that day and was not refused, by member id: known before anybody types it."""
    leaves = Leave.objects.open().filter(meeting=meeting, day=day)
    return {leave.member_id: Deviation(Presence.EXCUSED, leave.reason) for leave in leaves}


def _check_ins(meeting: Meeting, day: date) -> dict[int, CheckIn]:
    """Who said themselves that they are there, by member id. It outweighs leave, not the recorder. One to
    be held again is another event."""
    if not meeting.self_check_in or meeting.state == MeetingState.HOLD_AGAIN:
        return {}
    return {each.member_id: each for each in meeting.check_ins.filter(day=day)}


def keeps_people(meeting: Meeting, *, kinds: Sequence[str], day: date) -> bool:
    """Whether the people written down are still those of this event."""
    return _is_same_event(meeting, kinds, day) and meeting.attendances.exists()


def _is_same_event(meeting: Meeting, kinds: Sequence[str], day: date) -> bool:
    """Same day and audience as recorded. A meeting to be held again will be another event."""
    return (
        meeting.recorded_at is not None
        and meeting.state != MeetingState.HOLD_AGAIN
        and meeting.day == day
        and audience_of(meeting.kinds) == audience_of(list(kinds))
    )


def _written_rows(meeting: Meeting) -> list[Attendance]:
    return list(meeting.attendances.select_related("member").order_by("member__name_key", "member_id"))


def _frozen(row: Attendance, group_name: str, day: date) -> Expected:
    return Expected(
        member=row.member,
        group_name=group_name,
        is_full=row.member.is_full_on(day),
        hard_bound=row.hard_bound,
        has_vote=row.has_vote,
    )


def _rights(people: list[Expected]) -> set[tuple[int, bool, bool]]:
    return {(person.member.pk, person.hard_bound, person.has_vote) for person in people}


def _memberships(
    organization: Organization, group: PartyGroup | None, audience: Audience, day: date
) -> QuerySet[Any]:
    """With ``not_bound`` and ``without_vote``, from the standings of that day. One query."""
    standings = Standing.objects.on(day).filter(member=OuterRef("member"))
    rows = Membership.objects.on(day).select_related("member", "group")
    if audience == Audience.LEADING_BODY:
        rows = rows.filter(leading_body_of(organization))
    else:
        rows = rows.filter(organization=organization)
    if audience == Audience.COMMITTEE:
        rows = rows.filter(member__in=Post.objects.on(day).filter(organization=organization).values("member"))
    elif group is not None:
        rows = rows.filter(group=group)
    return rows.annotate(
        not_bound=Exists(standings.filter(kind__in=NOT_HARD_BOUND)),
        without_vote=Exists(standings.filter(kind__in=WITHOUT_VOTE)),
    ).order_by("member__name_key", "member_id")


def leading_body_of(organization: Organization) -> Q:
    """The memberships of those leading cadres whose leading body is this organization's."""
    nearer = (
        Organization.objects.below(organization).filter(has_leading_body=True).exclude(pk=organization.pk)
    )
    cadres = Q(member__is_leading_cadre=True, organization__path__startswith=organization.path)
    for path in nearer.values_list("path", flat=True):
        cadres &= ~Q(organization__path__startswith=path)
    return cadres


def _expected(membership: Any, day: date) -> Expected:
    member = membership.member
    return Expected(
        member=member,
        group_name=membership.group.name if membership.group else "",
        is_full=member.is_full_on(day),
        hard_bound=not membership.not_bound,
        has_vote=member.is_full_before(day) and not membership.without_vote,
    )


def freeze_attendance(
    *,
    meeting: Meeting,
    deviations: dict[int, Deviation],
    source: str = RecordSource.WEB,
) -> list[Attendance]:
    """Write one row per expected person: present unless named in ``deviations`` (by member id).

    Asks the roster of the day anew and replaces the rows of an earlier version of the record. Call inside
    the transaction of the record. Raises ValidationError when somebody is named who was not due that day.
    """
    expected = expected_at(
        organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
    )
    _refuse_strangers(deviations, {person.member.pk for person in expected})
    rows = [_row(meeting, person, deviations.get(person.member.pk), source) for person in expected]
    _keep_catch_up(meeting, rows)
    _name_own_word(meeting, rows)
    meeting.attendances.all().delete()
    return Attendance.objects.bulk_create(rows)


def _keep_catch_up(meeting: Meeting, rows: list[Attendance]) -> None:
    """Who caught up on this meeting has done so, unless the new list says the person was there."""
    caught_up = {row.member_id: row for row in meeting.attendances.filter(caught_up_on__gte=meeting.day)}
    for row in rows:
        old = caught_up.get(row.member_id)
        if old and row.presence not in HERE and meeting.state != MeetingState.HOLD_AGAIN:
            row.caught_up_on, row.catch_up_note = old.caught_up_on, old.catch_up_note


def _name_own_word(meeting: Meeting, rows: Iterable[Attendance]) -> None:
    """Where the recorder enters what somebody said by checking in, that is the source."""
    said = {pk: each.presence for pk, each in _check_ins(meeting, meeting.day).items()}
    for row in rows:
        if said.get(row.member_id) == row.presence:
            row.source = RecordSource.SELF


def correct_attendance(*, meeting: Meeting, deviations: dict[int, Deviation]) -> int:
    """Change who came at a meeting already written down, leaving duty and vote as they were frozen.

    Returns how many rows changed. Raises ValidationError like ``freeze_attendance``.
    """
    rows = {row.member_id: row for row in meeting.attendances.all()}
    _refuse_strangers(deviations, set(rows))
    changed = []
    for member_id, row in rows.items():
        now = deviations.get(member_id, Deviation(Presence.PRESENT))
        if (row.presence, row.reason) != (now.presence, now.reason):
            row.presence, row.reason, row.source = now.presence, now.reason, RecordSource.WEB
            if row.presence in HERE:  # nothing to catch up on after all
                row.caught_up_on, row.catch_up_note = None, ""
            changed.append(row)
    columns = ["presence", "reason", "source", "caught_up_on", "catch_up_note"]
    return Attendance.objects.bulk_update(changed, columns)


def _refuse_strangers(deviations: dict[int, Deviation], expected: set[int]) -> None:
    strangers = set(deviations) - expected
    if strangers:
        names = Member.objects.filter(pk__in=strangers).values_list("name", flat=True)
        raise ValidationError(
            _("Not expected at this meeting on that day: %(names)s."), params={"names": enumerated(names)}
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
