"""The checklist of a visit: what the rule book asks of the branch, and the words it is asked in."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from meetings.elements import asked_of
from meetings.enums import MeetingKind
from meetings.models import MeetingPart, Obligation, Organization
from meetings.procedures import steps_for
from reviews.enums import Cause, VisitSection
from reviews.models import Rectification

LOOKED_BACK = timedelta(days=365)
# Elements of a record that are looked at together, and the question.
ELEMENTS: Mapping[str, tuple[tuple[str, ...], Any]] = {
    "when": (
        ("day", "starts", "ends", "place"),
        gettext_lazy("Do the records say on which day, from when to when and where?"),
    ),
    "people": (("chair", "recorder"), gettext_lazy("Are chair and recorder named, and are they the ones?")),
    "attendance": (
        ("attendance",),
        gettext_lazy("Is everybody's attendance there, with the reason of each who was absent?"),
    ),
    "content": (
        ("problem", "category", "content"),
        gettext_lazy("Do they say what was said and done, dissent included, and is it true?"),
    ),
    "decisions": (
        ("decisions", "follow_up"),
        gettext_lazy("Are decisions there, each with who carries it out by when?"),
    ),
    "votes": (("votes",), gettext_lazy("Are votes counted: expected, present, yes, no, abstentions?")),
}
# What a no means, unless the inspector says otherwise.
USUAL_CAUSE: Mapping[str, Cause] = {
    VisitSection.OWED: Cause.NOT_HELD,
    VisitSection.ELEMENTS: Cause.MISSING,
    VisitSection.PROCEDURE: Cause.UNCLEAR,
    VisitSection.MENDED: Cause.FOLLOW_UP,
}


class Question(NamedTuple):
    section: str
    code: str
    facts: dict[str, Any]


def questions_for(branch: Organization, day: date) -> list[Question]:
    """What is owed there this year, the elements of its records, the procedures of what it held, and what it
    was to put right."""
    owed = list(_owed(branch, day))
    return [*owed, *_elements([each.code for each in owed]), *_procedures(branch, day), _mended(branch)]


def _owed(branch: Organization, day: date) -> Iterator[Question]:
    """By kind how often it was owed in the periods of the year that are over or begun, and how often held."""
    lines = Obligation.objects.filter(organization=branch, waived_at__isnull=True).in_year(day.year)
    sums = lines.begun(day).order_by().values("kind").annotate(needed=Sum("needed"), held=Sum("counted"))
    by_kind = {row["kind"]: row for row in sums}
    for kind in MeetingKind.values:
        if row := by_kind.get(kind):
            facts = {"year": day.year, "needed": row["needed"], "held": row["held"]}
            yield Question(VisitSection.OWED, kind, facts)


def _elements(kinds: list[str]) -> Iterator[Question]:
    asked = asked_of(kinds)
    for code, (names, _words) in ELEMENTS.items():
        if any(name in asked for name in names):
            yield Question(VisitSection.ELEMENTS, code, {})


def _procedures(branch: Organization, day: date) -> Iterator[Question]:
    """Of the kinds that were held in the last twelve months and have a procedure."""
    held = MeetingPart.objects.filter(
        meeting__organization=branch, meeting__day__range=(day - LOOKED_BACK, day)
    )
    found = set(held.order_by().values_list("kind", flat=True).distinct())
    for kind in MeetingKind.values:
        if kind in found and (steps := [step.title for step in steps_for([kind])]):
            yield Question(VisitSection.PROCEDURE, kind, {"steps": steps})


def _mended(branch: Organization) -> Question:
    unsettled = Rectification.objects.filter(organization=branch).unsettled()
    return Question(VisitSection.MENDED, "items", {"n": unsettled.count()})


def question_words(section: str, code: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """The question, and below it what is known here already."""
    if section == VisitSection.OWED:
        question = _("%(kind)s: was it held as often as recorded here?") % {"kind": _kind(code)}
        return question, _("%(year)s so far: %(held)s held, %(needed)s owed") % facts
    if section == VisitSection.ELEMENTS:
        return str(ELEMENTS[code][1]), ""
    if section == VisitSection.PROCEDURE:
        question = _("%(kind)s: was the procedure kept?") % {"kind": _kind(code)}
        return question, " → ".join(facts["steps"])
    known = ngettext("%(n)s item is not closed yet", "%(n)s items are not closed yet", facts["n"]) % facts
    return _("Is what was to be put right really put right, or on its way?"), known


def _kind(code: str) -> str:
    return str(MeetingKind(code).label)
