"""Whom a vote counts, and how many of them it needs: one rule for the forecast, the record and the vote itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from meetings.enums import ResolutionKind
from meetings.models import VoteRule


@dataclass(frozen=True)
class Voter:
    """Somebody expected at a meeting. ``is_there`` is what is likely as long as it lies ahead."""

    has_vote: bool
    is_there: bool
    left_out_for: frozenset[str] = frozenset()

    def is_counted(self, kind: str, rule: VoteRule) -> bool:
        """Whoever has a vote, unless left out and away. A committee is counted by its size: who sits on it without
        a vote is expected there, too (Regulations on the Work of Party Branches, article 12)."""
        return self.is_expected(kind) and (self.is_there or not self.is_left_out(rule))

    def is_expected(self, kind: str) -> bool:
        return self.has_vote or kind == ResolutionKind.COMMITTEE

    def is_left_out(self, rule: VoteRule) -> bool:
        """Whoever is left out counts all the same once there."""
        return not self.left_out_for.isdisjoint(rule.reasons_left_out)


@dataclass(frozen=True)
class Turnout:
    """The people one vote counts; ``present`` are those who can cast a vote."""

    kind: str
    expected: int
    present: int
    needed: int
    announced: bool = False  # a vote of this kind is on the list already


def turnout(kind: str, people: Iterable[Voter], rule: VoteRule, *, announced: bool = False) -> Turnout:
    counted = [each for each in people if each.is_counted(kind, rule)]
    present = sum(each.has_vote and each.is_there for each in counted)
    return Turnout(kind, len(counted), present, rule.rule.quorum.needed(len(counted)), announced)


def hardest(turnouts: Iterable[Turnout]) -> Turnout:
    """The one furthest from what it needs; of equal ones the one on the list."""
    return max(turnouts, key=lambda each: (each.needed - each.present, each.announced))
