"""Will enough voters come? Known before the day from the leave asked for, so that nobody meets in vain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from meetings.enums import (
    DISCHARGING,
    WITHOUT_VOTE,
    Audience,
    MeetingState,
    ResolutionKind,
    audience_of,
    votes_taken_at,
)
from meetings.models import Exclusion, Leave, Meeting, Post, Resolution, Standing, VoteRule
from meetings.models.dated import on_day
from meetings.models.exclusion import IN_FORCE
from meetings.models.member import full_before
from meetings.services.rulebook.effective import RuleBook
from meetings.services.vote_rules import vote_rule_in
from meetings.services.voters import Turnout, Voter, hardest, turnout

MEMBERSHIP = "organization__memberships__"
# Those that may ask for more than the usual vote of a meeting.
ANNOUNCED = {
    f"announces_{kind}": kind
    for kind in (ResolutionKind.ADMISSION, ResolutionKind.TURNING_FULL, ResolutionKind.ELECTION)
}


@dataclass(frozen=True)
class QuorumForecast:
    """For the vote of a meeting that asks for the most: its kind, and people in whole numbers; ``likely`` are
    those who can cast a vote."""

    kind: str
    announced: bool  # a vote of this kind is on the list already
    expected: int
    needed: int
    likely: int

    @property
    def short(self) -> int:
        return max(self.needed - self.likely, 0)

    @property
    def line(self) -> str:
        """Such as 有表决权 23 人，需 12 人到会，预计 11 人：还差 1 人."""
        numbers = {
            "expected": self.expected, "needed": self.needed, "likely": self.likely, "short": self.short,
        }  # fmt: skip
        return self._sentence % numbers

    @property
    def _sentence(self) -> str:
        if self.kind == ResolutionKind.COMMITTEE:
            if self.short:
                return _(
                    "%(needed)s of a committee of %(expected)s needed, %(likely)s expected: %(short)s short"
                )
            return _("%(needed)s of a committee of %(expected)s needed, %(likely)s expected: enough")
        if self.short:
            return _("%(needed)s of %(expected)s voters needed, %(likely)s expected: %(short)s short")
        return _("%(needed)s of %(expected)s voters needed, %(likely)s expected: enough")

    @property
    def kind_label(self) -> str:
        return str(ResolutionKind(self.kind).label)


@dataclass(frozen=True)
class _Voter:
    has_vote: bool
    on_leave: bool
    on_committee: bool
    left_out_for: str

    def under(self, rule: VoteRule) -> Voter:
        """Who is out of the count is not waited for, either."""
        is_away = self.on_leave or self.left_out_for in rule.reasons_left_out
        return Voter(self.has_vote, not is_away, frozenset(filter(None, [self.left_out_for])))


def forecasts_of(meetings: Iterable[Meeting]) -> dict[int, QuorumForecast]:
    """By meeting: those on the calendar at which something can be put to the vote. Two queries for any
    number of meetings, which need their ``parts`` and ``organization``."""
    wanted = {each.pk: each for each in meetings if takes_votes(each)}
    if not wanted:
        return {}
    voters = _voters(wanted)
    days = [meeting.day for meeting in wanted.values()]
    book = RuleBook.read(VoteRule.objects.all(), min(days), max(days))
    return {pk: _forecast(meeting, voters[pk], book) for pk, meeting in wanted.items() if voters[pk].people}


def forecast_of(meeting: Meeting) -> QuorumForecast | None:
    return forecasts_of([meeting]).get(meeting.pk)


def takes_votes(meeting: Meeting) -> bool:
    return meeting.state == MeetingState.SCHEDULED and bool(votes_taken_at(meeting.kinds))


@dataclass
class _Voters:
    people: list[_Voter]
    announced: set[str]


def _voters(meetings: dict[int, Meeting]) -> dict[int, _Voters]:
    """The same people as ``expected_at`` names, in one query: a committee, else those with a vote."""
    columns = ("has_vote", "on_leave", "on_committee", "left_out_for")
    found = {pk: _Voters([], set()) for pk in meetings}
    for row in _rows(meetings).values("pk", *columns, *ANNOUNCED):
        of_committee = audience_of(meetings[row["pk"]].kinds) == Audience.COMMITTEE
        voter = _Voter(row["has_vote"], row["on_leave"], row["on_committee"], row["left_out_for"] or "")
        if voter.on_committee if of_committee else voter.has_vote:
            found[row["pk"]].people.append(voter)
            found[row["pk"]].announced |= set(_announced(row))
    return found


def _announced(row: dict[str, Any]) -> Iterator[str]:
    return (kind for name, kind in ANNOUNCED.items() if row[name])


def _rows(meetings: Iterable[int]) -> QuerySet[Any]:
    """One row for a meeting and a member of its branch on its day who has a vote or sits on the committee."""
    member: Any = OuterRef("voter")
    day: Any = OuterRef("day")
    leaves = Leave.objects.open().filter(meeting=OuterRef("pk"), member=member, day=day)
    posts = Post.objects.filter(on_day(day), member=member, organization=OuterRef("organization"))
    suspended = Standing.objects.filter(on_day(day), member=member, kind__in=WITHOUT_VOTE)
    announced = Resolution.objects.filter(meeting=OuterRef("pk"))
    may_vote = full_before(F("day"), f"{MEMBERSHIP}member__")
    return (
        Meeting.objects.filter(
            Q(**{f"{MEMBERSHIP}end_on__isnull": True}) | Q(**{f"{MEMBERSHIP}end_on__gte": F("day")}),
            pk__in=list(meetings),
            **{f"{MEMBERSHIP}start_on__lte": F("day")},
        )
        .annotate(voter=F(f"{MEMBERSHIP}member"))
        .annotate(
            has_vote=Case(When(may_vote & ~Exists(suspended), then=True), default=False),
            on_leave=Exists(leaves),
            on_committee=Exists(posts),
            left_out_for=Subquery(_left_out().values("reason")[:1]),
            **{name: Exists(announced.filter(kind=kind)) for name, kind in ANNOUNCED.items()},
        )
        .filter(Q(has_vote=True) | Q(on_committee=True))
        .order_by()
    )


def _left_out() -> QuerySet[Exclusion]:
    """``Exclusion.in_force`` on the day of the meeting of the outer query."""
    day: Any = OuterRef("day")
    return Exclusion.objects.filter(
        Q(end_on__isnull=True) | Q(end_on__gte=day),
        organization=OuterRef("organization"),
        member=OuterRef("voter"),
        state__in=IN_FORCE,
        start_on__lte=day,
        resolution__meeting__state__in=DISCHARGING,
    ).order_by("-start_on")


def _forecast(meeting: Meeting, voters: _Voters, book: RuleBook[VoteRule]) -> QuorumForecast:
    """Of the votes announced, or the usual one, the one that is hardest to reach."""
    usual = votes_taken_at(meeting.kinds)[0]
    kinds = [usual, *sorted(voters.announced & set(votes_taken_at(meeting.kinds)))]
    found = hardest(_of_kind(kind, meeting, voters, book) for kind in kinds)
    return QuorumForecast(
        kind=found.kind, announced=found.announced, expected=found.expected, needed=found.needed,
        likely=found.present,
    )  # fmt: skip


def _of_kind(kind: str, meeting: Meeting, voters: _Voters, book: RuleBook[VoteRule]) -> Turnout:
    rule = vote_rule_in(book, organization=meeting.organization, kind=kind, day=meeting.day)
    people = [each.under(rule) for each in voters.people]
    return turnout(kind, people, rule, announced=kind in voters.announced)
