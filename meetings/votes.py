"""Quorum and majority in whole numbers: no share of people is ever a float. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Share:
    """A part of a whole that has to be reached; ``strict`` asks for more than exactly that."""

    numerator: int
    denominator: int
    strict: bool = False

    def reached(self, part: int, whole: int) -> bool:
        left, right = part * self.denominator, whole * self.numerator
        return left > right if self.strict else left >= right

    def needed(self, whole: int) -> int:
        """The smallest part that reaches it."""
        product = whole * self.numerator
        if self.strict:
            return product // self.denominator + 1
        return -(-product // self.denominator)


@dataclass(frozen=True)
class Rule:
    """How one kind of vote is judged. The majority is of the expected voters unless ``of_present``."""

    quorum: Share
    majority: Share
    of_present: bool = False
    takes_written: bool = False


MORE_THAN_HALF = Share(1, 2, strict=True)

# Regulations on the Work of Party Branches, article 11: half is enough to meet, more than half of those
# with a vote to decide.
RESOLUTION = Rule(Share(1, 2), MORE_THAN_HALF)
# Article 12.
COMMITTEE_DECISION = Rule(Share(1, 2), MORE_THAN_HALF)
# Rules on Admitting Party Members (2026), articles 19, 20 and 32: more than half must be there; an opinion
# handed in beforehand in writing counts as a vote.
ADMISSION = Rule(MORE_THAN_HALF, MORE_THAN_HALF, takes_written=True)
# Four fifths; won with more than half of those present. No proxy, no written vote (Election Regulations, 24).
ELECTION = Rule(Share(4, 5), MORE_THAN_HALF, of_present=True)
DEMOCRATIC_LIFE = Rule(Share(2, 3), MORE_THAN_HALF)


@dataclass(frozen=True)
class Tally:
    """What was counted. ``written`` are opinions of absent voters; they are among yes, no and abstain.

    Raises ValueError with a sentence when the numbers contradict each other.
    """

    expected: int
    present: int
    yes: int = 0
    no: int = 0
    abstain: int = 0
    written: int = 0

    def __post_init__(self) -> None:
        if min(self.expected, self.present, self.yes, self.no, self.abstain, self.written) < 0:
            raise ValueError(_("A number of votes cannot be negative."))
        if self.present > self.expected:
            raise ValueError(_("More voters present than expected."))
        if self.written > self.expected - self.present:
            raise ValueError(_("Written opinions come from absent voters only."))
        if self.yes + self.no + self.abstain > self.present + self.written:
            raise ValueError(_("More votes than voters present."))


@dataclass(frozen=True)
class Verdict:
    valid: bool
    carried: bool
    needed_present: int
    needed_yes: int
    tally: Tally

    @property
    def sentence(self) -> str:
        """Why, in the language of whoever reads it."""
        return explain(
            self.valid, self.carried, expected=self.tally.expected, needed_present=self.needed_present,
            present=self.tally.present, needed_yes=self.needed_yes, yes=self.tally.yes,
        )  # fmt: skip


def judge(rule: Rule, tally: Tally) -> Verdict:
    """Whether the vote was valid and carried, and why. Raises ValueError if written votes cannot count."""
    if tally.written and not rule.takes_written:
        raise ValueError(_("Written opinions do not count in this vote."))
    base = tally.present if rule.of_present else tally.expected
    valid = tally.expected > 0 and rule.quorum.reached(tally.present, tally.expected)
    carried = valid and rule.majority.reached(tally.yes, base)
    needed_present, needed_yes = rule.quorum.needed(tally.expected), rule.majority.needed(base)
    return Verdict(valid, carried, needed_present, needed_yes, tally)


@dataclass(frozen=True)
class ElectionResult:
    """Who won, as places in the list of votes. ``tied`` have equal votes for seats that are left."""

    valid: bool
    filled: bool
    needed_present: int
    needed_yes: int
    elected: tuple[int, ...]
    tied: tuple[int, ...]
    sentence: str


def judge_election(
    rule: Rule, *, expected: int, present: int, seats: int, votes: Sequence[int]
) -> ElectionResult:
    """Whether the election was valid and who won: those with the needed votes, the most votes first, as far
    as there are seats. ``votes`` are the votes in favour of each candidate.

    Raises ValueError with a sentence when the numbers contradict each other.
    """
    for yes in votes:
        Tally(expected, present, yes=yes)
    if sum(votes) > present * seats:
        raise ValueError(_("More votes than the voters present can give for that many seats."))
    verdict = judge(rule, Tally(expected, present))
    won = [place for place, yes in enumerate(votes) if yes >= verdict.needed_yes] if verdict.valid else []
    elected, tied = _seated(sorted(won, key=lambda place: -votes[place]), votes, seats)
    filled = len(elected) == seats
    return ElectionResult(
        verdict.valid, filled, verdict.needed_present, verdict.needed_yes, tuple(sorted(elected)),
        tuple(sorted(tied)), verdict.sentence if not verdict.valid else explain_election(
            elected=len(elected), seats=seats, needed_yes=verdict.needed_yes, tied=len(tied)
        ),
    )  # fmt: skip


def _seated(won: list[int], votes: Sequence[int], seats: int) -> tuple[list[int], list[int]]:
    """Who of those with enough votes has a seat, and who is tied for the last ones."""
    if len(won) <= seats:
        return won, []
    last = votes[won[seats - 1]]
    if votes[won[seats]] < last:
        return won[:seats], []
    return [place for place in won if votes[place] > last], [place for place in won if votes[place] == last]


def enough_candidates(*, candidates: int, seats: int) -> bool:
    """At least a fifth more candidates than seats: 5C ≥ 6S (Election Regulations, article 13)."""
    return Share(6, 5).reached(candidates, seats)


def candidates_needed(seats: int) -> int:
    return Share(6, 5).needed(seats)


def excellent_cap(total: int) -> int:
    """How many grades of excellent are usual: a third, rounded down. A warning, never a bar."""
    return total // 3


def explain(
    valid: bool,
    carried: bool,
    *,
    expected: int,
    needed_present: int,
    present: int,
    needed_yes: int,
    yes: int,
    by_size: bool = False,
) -> str:
    """The sentence why, from the numbers of a vote; ``by_size`` where the expected are a whole committee."""
    numbers = {
        "expected": expected, "needed_present": needed_present, "present": present,
        "needed_yes": needed_yes, "yes": yes,
    }  # fmt: skip
    return _sentence(valid, carried, by_size) % numbers


def explain_election(*, elected: int, seats: int, needed_yes: int, tied: int = 0) -> str:
    """The sentence why, from the numbers of a valid election."""
    numbers = {"elected": elected, "seats": seats, "needed_yes": needed_yes, "tied": tied}
    sentences = [_("%(elected)s of %(seats)s seats filled; %(needed_yes)s votes in favour were needed.")]
    if tied:
        sentences.append(_("%(tied)s candidates have equal votes for the last seat: vote on them again."))
    return " ".join(sentences) % numbers


def _sentence(valid: bool, carried: bool, by_size: bool) -> str:
    if not valid and by_size:
        return _(
            "Invalid: of a committee of %(expected)s at least %(needed_present)s with a vote must be present, "
            "%(present)s were."
        )
    if not valid:
        return _(
            "Invalid: of %(expected)s voters at least %(needed_present)s must be present, %(present)s were."
        )
    if carried:
        return _("Carried: %(yes)s votes in favour, %(needed_yes)s were needed.")
    return _("Not carried: %(needed_yes)s votes in favour were needed, there were %(yes)s.")
