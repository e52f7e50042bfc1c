"""Who counts in a vote, and what came of it. Everything is taken from the frozen attendance and judged by
the rule of the day; it is done anew whenever the record is written, and never once the record is closed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from meetings import votes
from meetings.enums import (
    ABOUT_ONE_PERSON,
    HERE,
    ExclusionState,
    MeetingState,
    Outcome,
    ResolutionKind,
    Surplus,
    votes_taken_at,
)
from meetings.models import Candidate, Exclusion, Meeting, Resolution, VoteRule
from meetings.services.adoption import adopt_exclusions, release_exclusions
from meetings.services.rulebook.effective import RuleBook
from meetings.services.vote_ground import left_out_by_member
from meetings.services.vote_rules import read_vote_rules, vote_rule_in
from meetings.services.voters import Voter, turnout

COUNTED_COLUMNS = (
    "expected", "present", "written", "yes", "no", "abstain", "needed_present", "needed_yes", "outcome",
)  # fmt: skip
LeftOut = tuple[int, str]  # member, reason


@dataclass(frozen=True)
class Votes:
    """What was counted of a vote that is no election."""

    yes: int
    no: int = 0
    abstain: int = 0


def attendance_is_taken(meeting: Meeting) -> bool:
    """Whether it is written down who came. A meeting to be held again is another event."""
    waiting = (MeetingState.SCHEDULED, MeetingState.HOLD_AGAIN)
    return meeting.recorded_at is not None and meeting.state not in waiting


def check_vote_is_taken(meeting: Meeting, kind: str) -> None:
    if kind not in votes_taken_at(meeting.kinds):
        facts = {"vote": ResolutionKind(kind).label, "kinds": meeting.kinds_label}
        sentence = _("%(kinds)s: no vote of this kind is taken there (%(vote)s).")
        raise ValidationError({"kinds": sentence % facts})


def recount_votes(
    *,
    meeting: Meeting,
    actor_id: int | None,
    now: datetime,
    taken: bool | None = None,
    entered: Mapping[int, Votes | None] | None = None,
) -> None:
    """Take the voters of every vote of a meeting from its attendance again and judge them in their order.

    ``entered`` are results typed now, by the vote's id; the others stay. Without a list of who came
    (``taken``) there is no result. Call inside the transaction of the change. Raises ValidationError
    naming the vote whose numbers contradict each other.
    """
    resolutions = list(
        meeting.resolutions.order_by("number").prefetch_related("candidates", "opinions", "exclusions")
    )
    if not resolutions:
        return
    taken = attendance_is_taken(meeting) if taken is None else taken
    count = _Count(meeting, taken)
    for resolution in resolutions:
        check_vote_is_taken(meeting, resolution.kind)
        if entered and resolution.pk in entered:
            _enter(resolution, entered[resolution.pk])
        try:
            count.judge(resolution)
        except ValueError as error:
            facts = {"number": resolution.number, "subject": resolution.subject, "fault": error}
            raise ValidationError(_("Vote %(number)s, “%(subject)s”: %(fault)s") % facts) from None
        resolution.save(update_fields=COUNTED_COLUMNS)
        count.settle(resolution, actor_id, now)


def clear_results(*, meeting: Meeting) -> None:
    """The meeting is held again: what is to be decided stays, what was counted does not."""
    Candidate.objects.filter(resolution__meeting=meeting).update(yes=None, no=0, abstain=0, elected=False)
    Candidate.objects.filter(resolution__meeting=meeting, written_in=True).delete()
    nothing = dict.fromkeys(COUNTED_COLUMNS) | {"written": 0, "outcome": ""}
    meeting.resolutions.update(**nothing)


class _Count:
    """The voters of one meeting, read once, and what its own votes adopted so far."""

    def __init__(self, meeting: Meeting, taken: bool) -> None:
        self.meeting, self.taken = meeting, taken
        rows = meeting.attendances.all() if taken else meeting.attendances.none()
        self.rows = list(rows.values_list("member", "has_vote", "presence"))
        self.left_out: list[LeftOut] = list(
            Exclusion.objects.filter(organization=meeting.organization_id)
            .in_force(meeting.day)
            .exclude(resolution__meeting=meeting)
            .values_list("member", "reason")
        )
        self.book: RuleBook[VoteRule] = read_vote_rules(meeting.day)

    def judge(self, resolution: Resolution) -> None:
        """Set the counted columns; with a result also what came of it. Raises ValueError."""
        rule = vote_rule_in(
            self.book, organization=self.meeting.organization, kind=resolution.kind, day=self.meeting.day
        )
        self._take_voters(resolution, rule)
        resolution.needed_present = resolution.needed_yes = None
        resolution.outcome = ""
        if resolution.is_election:
            check_surplus(resolution.candidates.all(), resolution.seats or 0, rule)
        if not self.taken:
            _enter(resolution, None)
        elif resolution.is_election:
            _judge_election(resolution, rule)
        elif resolution.yes is not None:
            _judge(resolution, rule.rule)

    def settle(self, resolution: Resolution, actor_id: int | None, now: datetime) -> None:
        """A vote that leaves members out of the count does so from the next vote on."""
        if resolution.kind != ResolutionKind.EXCLUSION:
            return
        if resolution.outcome != Outcome.CARRIED:
            release_exclusions(resolution=resolution, actor_id=actor_id, now=now)
            return
        adopt_exclusions(resolution=resolution, day=self.meeting.day, actor_id=actor_id, now=now)
        adopted = (each for each in resolution.exclusions.all() if each.state != ExclusionState.ENDED)
        self.left_out += [(each.member_id, each.reason) for each in adopted]

    def _take_voters(self, resolution: Resolution, rule: VoteRule) -> None:
        if not self.taken:
            resolution.expected = resolution.present = None
            resolution.written = 0
            return
        voters = self._voters()
        found = turnout(resolution.kind, voters.values(), rule)
        resolution.expected, resolution.present = found.expected, found.present
        away = {
            member
            for member, voter in voters.items()
            if voter.has_vote and not voter.is_there and voter.is_counted(resolution.kind, rule)
        }
        resolution.written = len(self._written(resolution) & away) if rule.takes_written else 0

    def _voters(self) -> dict[int, Voter]:
        """By member, with what is adopted so far."""
        reasons = left_out_by_member(self.left_out)
        return {
            member: Voter(has_vote, presence in HERE, reasons.get(member, frozenset()))
            for member, has_vote, presence in self.rows
        }

    def _written(self, resolution: Resolution) -> set[int]:
        if resolution.kind not in ABOUT_ONE_PERSON:
            return set()
        opinions = resolution.opinions.all()
        return {each.member_id for each in opinions if each.was_before(self.meeting.day)}


def _enter(resolution: Resolution, counted: Votes | None) -> None:
    resolution.yes = counted.yes if counted else None
    resolution.no = counted.no if counted else None
    resolution.abstain = counted.abstain if counted else None


def _judge(resolution: Resolution, rule: votes.Rule) -> None:
    tally = votes.Tally(
        expected=resolution.expected or 0,
        present=resolution.present or 0,
        yes=resolution.yes or 0,
        no=resolution.no or 0,
        abstain=resolution.abstain or 0,
        written=resolution.written,
    )
    verdict = votes.judge(rule, tally)
    resolution.needed_present, resolution.needed_yes = verdict.needed_present, verdict.needed_yes
    resolution.outcome = _outcome(verdict.valid, verdict.carried)


def _judge_election(resolution: Resolution, rule: VoteRule) -> None:
    candidates = list(resolution.candidates.all())
    if not candidates or any(each.yes is None for each in candidates):
        _mark_elected(resolution, ())
        return
    expected, present = resolution.expected or 0, resolution.present or 0
    for each in candidates:
        votes.Tally(expected, present, yes=each.yes or 0, no=each.no, abstain=each.abstain)
    result = votes.judge_election(
        rule.rule, expected=expected, present=present, seats=resolution.seats or 0,
        votes=[each.yes or 0 for each in candidates],
    )  # fmt: skip
    resolution.needed_present, resolution.needed_yes = result.needed_present, result.needed_yes
    resolution.outcome = _outcome(result.valid, result.filled)
    _mark_elected(resolution, [candidates[place].pk for place in result.elected])


def check_surplus(candidates: Iterable[Candidate], seats: int, rule: VoteRule) -> None:
    """Refuses too few candidates where the rule asks for that. Raises ValueError."""
    standing = sum(not each.written_in for each in candidates)
    if standing and rule.surplus == Surplus.REFUSE:
        fault = surplus_fault(standing, seats)
        if fault:
            raise ValueError(fault)


def surplus_fault(candidates: int, seats: int) -> str:
    """Election Regulations, article 13: a fifth more candidates than seats."""
    if votes.enough_candidates(candidates=candidates, seats=seats):
        return ""
    facts = {"candidates": candidates, "seats": seats, "needed": votes.candidates_needed(seats)}
    return _("%(seats)s seats need at least %(needed)s candidates, there are %(candidates)s.") % facts


def _mark_elected(resolution: Resolution, elected: Iterable[int]) -> None:
    resolution.candidates.filter(elected=True).exclude(pk__in=elected).update(elected=False)
    resolution.candidates.filter(elected=False, pk__in=elected).update(elected=True)


def _outcome(valid: bool, carried: bool) -> str:
    if not valid:
        return Outcome.INVALID
    return Outcome.CARRIED if carried else Outcome.LOST
