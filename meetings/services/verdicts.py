"""What came of a vote, in words: valid or not, carried or not, why, and what to mind."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from meetings import votes
from meetings.enums import SECRET_BALLOT, Outcome, ResolutionKind
from meetings.models import Candidate, Resolution
from meetings.models.resolution import stroke_key
from meetings.services.vote_counts import surplus_fault

TAGS = {Outcome.CARRIED: "met", Outcome.LOST: "neutral", Outcome.INVALID: "overdue"}


@dataclass(frozen=True)
class VerdictInWords:
    """``tag`` is the colour of a status tag; ``warnings`` are sentences, none of which bars anything."""

    tag: str
    label: str
    sentence: str
    warnings: tuple[str, ...]


def verdict_of(resolution: Resolution) -> VerdictInWords:
    """From the columns of the vote; of an election also from the counts of its candidates."""
    return VerdictInWords(
        tag=TAGS[Outcome(resolution.outcome)] if resolution.outcome else "due",
        label=_label(resolution),
        sentence=_sentence(resolution),
        warnings=tuple(_warnings(resolution)),
    )


def candidates_in_order(resolution: Resolution) -> list[Candidate]:
    """By strokes of the surname; whoever voters wrote in comes last."""
    return sorted(resolution.candidates.all(), key=stroke_key)


def _label(resolution: Resolution) -> str:
    if not resolution.outcome:
        return _("Not voted on yet")
    if resolution.is_election and resolution.outcome == Outcome.LOST:
        return _("Seats left open")
    if resolution.is_election and resolution.outcome == Outcome.CARRIED:
        return _("Elected")
    return str(resolution.get_outcome_display())


def _sentence(resolution: Resolution) -> str:
    if not resolution.outcome:
        return ""
    if resolution.is_election and resolution.outcome != Outcome.INVALID:
        return _election_sentence(resolution)
    return votes.explain(
        resolution.outcome != Outcome.INVALID,
        resolution.outcome == Outcome.CARRIED,
        expected=resolution.expected or 0,
        needed_present=resolution.needed_present or 0,
        present=resolution.present or 0,
        needed_yes=resolution.needed_yes or 0,
        yes=resolution.yes or 0,
        by_size=resolution.kind == ResolutionKind.COMMITTEE,
    )


def _election_sentence(resolution: Resolution) -> str:
    counts, seats = _candidate_counts(resolution), resolution.seats or 0
    elected = counts["elected"]
    tied = counts["enough"] - elected if elected < min(seats, counts["enough"]) else 0
    needed = resolution.needed_yes or 0
    return votes.explain_election(elected=elected, seats=seats, needed_yes=needed, tied=tied)


def _warnings(resolution: Resolution) -> Iterable[str]:
    if resolution.kind in SECRET_BALLOT and not resolution.is_secret:
        yield _("This vote has to be taken by secret ballot.")
    standing = _candidate_counts(resolution)["standing"] if resolution.is_election else 0
    if standing and (fault := surplus_fault(standing, resolution.seats or 0)):
        yield fault


def _candidate_counts(resolution: Resolution) -> dict[str, int]:
    """As ``with_candidate_counts`` read them, else now."""
    names = ("standing", "enough", "elected")
    if not hasattr(resolution, "standing"):
        counted = type(resolution).objects.with_candidate_counts().filter(pk=resolution.pk)
        return dict(counted.values(*names).get())
    return {name: getattr(resolution, name) for name in names}
