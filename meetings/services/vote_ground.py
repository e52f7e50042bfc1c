"""What the votes of a meeting rest on: which can be taken, by which rules, and who is left out of the count."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, ExpressionWrapper, F, OuterRef, Q, Subquery

from branchlife.gathered import gathered
from meetings.enums import votes_taken_at
from meetings.models import Exclusion, Meeting, Organization, Resolution, VoteRule
from meetings.services.rulebook.effective import RuleBook
from meetings.services.vote_rules import read_vote_rules, vote_rule_in
from meetings.services.voters import Turnout, Voter, hardest, turnout

# What a quorum needs to know of a rule.
QUORUM = ("code", "version", "is_active", "quorum_part", "quorum_whole", "quorum_strict", "leaves_out")
LeftOut = Mapping[int, frozenset[str]]  # reasons by member


@dataclass(frozen=True)
class Ground:
    """The usual vote of a meeting and those on its list, with the rule of each; ``counted`` are those whose
    people stand already. Members are named by their ids."""

    rules: Mapping[str, VoteRule]
    left_out: LeftOut
    announced: frozenset[str] = frozenset()
    counted: tuple[Turnout, ...] = ()

    def hardest(self, people: Iterable[Voter]) -> Turnout:
        people = list(people)
        known = {each.kind for each in self.counted}
        found = (
            turnout(kind, people, rule, announced=kind in self.announced)
            for kind, rule in self.rules.items()
            if kind not in known
        )
        return hardest([*self.counted, *found])

    def voter(self, member: int, *, has_vote: bool, is_there: bool) -> Voter:
        return Voter(has_vote, is_there, self.left_out.get(member, frozenset()))


def ground_of(
    meeting: Meeting,
    *,
    kinds: Sequence[str],
    day: date,
    on_list: Iterable[Resolution] = (),
    is_written: bool = False,
) -> Ground | None:
    """If the meeting was of these kinds on that day; None where nothing is decided by vote. ``is_written``
    takes the people of the votes on the list as they were counted, whatever became of roster and rule book.
    No query where the meeting was read with ``ground_columns``, else two."""
    taken = votes_taken_at(list(kinds))
    if not taken:
        return None
    votes = [each for each in on_list if each.kind in taken]
    announced = frozenset(each.kind for each in votes)
    book, left_out = _read_with(meeting) if _knows(meeting, day) else _read(meeting, day)
    rules = {
        kind: vote_rule_in(book, organization=meeting.organization, kind=kind, day=day)
        for kind in (taken[0], *sorted(announced - {taken[0]}))
    }
    counted = [_counted(each, rules[each.kind]) for each in votes if is_written and each.expected is not None]
    return Ground(rules, left_out, announced, tuple(counted))


def ground_columns(meeting: str) -> dict[str, Subquery]:
    """What ``ground_of`` reads, as columns of a row that reaches the meeting by that name."""
    day: Any = OuterRef(f"{meeting}__day")
    place = ExpressionWrapper(OuterRef(f"{meeting}__organization__path"), output_field=CharField())
    rules = VoteRule.objects.in_force_during(day, day).alias(place=place)
    rules = rules.filter(Q(owner=None) | Q(place__startswith=F("owner__path")))
    left_out = Exclusion.objects.filter(organization=OuterRef(f"{meeting}__organization")).in_force(day)
    return {
        "rules_of_votes": gathered(rules, path="owner__path", **{name: name for name in QUORUM}),
        "left_out_of_votes": gathered(left_out, member="member", reason="reason"),
    }


def left_out_by_member(found: Iterable[tuple[int, str]]) -> LeftOut:
    reasons: dict[int, frozenset[str]] = {}
    for member, reason in found:
        reasons[member] = reasons.get(member, frozenset()) | {reason}
    return reasons


def _knows(meeting: Meeting, day: date) -> bool:
    return "rules_of_votes" in vars(meeting) and meeting.day == day


def _read_with(meeting: Meeting) -> tuple[RuleBook[VoteRule], LeftOut]:
    known = vars(meeting)
    rules = [_rule(row, meeting.day) for row in known["rules_of_votes"] or ()]
    left_out = ((row["member"], row["reason"]) for row in known["left_out_of_votes"] or ())
    return RuleBook(rules), left_out_by_member(left_out)


def _rule(row: dict[str, Any], day: date) -> VoteRule:
    """In force on that day, as far as a quorum goes."""
    said = {name: row[name] for name in QUORUM}
    if isinstance(said["leaves_out"], str):  # SQLite knows a list in a column as its text
        said["leaves_out"] = json.loads(said["leaves_out"])
    owner = Organization(path=row["path"]) if row["path"] else None
    return VoteRule(owner=owner, valid_from=day, **said)


def _read(meeting: Meeting, day: date) -> tuple[RuleBook[VoteRule], LeftOut]:
    left_out = Exclusion.objects.filter(organization=meeting.organization_id).in_force(day)
    return read_vote_rules(day), left_out_by_member(left_out.values_list("member", "reason"))


def _counted(resolution: Resolution, rule: VoteRule) -> Turnout:
    expected, needed = resolution.expected or 0, resolution.needed_present
    if needed is None:  # no result yet
        needed = rule.rule.quorum.needed(expected)
    return Turnout(resolution.kind, expected, resolution.present or 0, needed, announced=True)
