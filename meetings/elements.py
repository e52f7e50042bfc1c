"""The elements a record must have before it is handed in, and the sentence that names a missing one.

Which of them are asked, and whether a missing one holds the record up or is only said, stands in a preset
by kind of meeting; an event of several kinds is asked what the strictest of them asks.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from meetings.enums import MeetingKind, Presence, votes_taken_at

if TYPE_CHECKING:
    from meetings.models import Meeting, MeetingStep, Resolution

FORMAT = "branchlife-elements/1"
PRESET = Path(__file__).resolve().parent / "presets" / "elements.json"
# In the order of the form.
ELEMENTS = (
    "kinds", "day", "starts", "ends", "place", "chair", "recorder", "problem", "category", "content",
    "decisions", "attendance", "votes", "follow_up", "steps",
)  # fmt: skip
# Written on the meeting's own page, not in the form of the record.
ON_THE_PAGE = ("votes", "follow_up", "steps")
# Of the steps still open so many are named; the rest is counted.
STEPS_NAMED = 2


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


class Missing(NamedTuple):
    field: str
    sentence: str
    severity: str = Severity.BLOCK

    @property
    def blocks(self) -> bool:
        return self.severity == Severity.BLOCK

    @property
    def is_on_the_page(self) -> bool:
        return self.field in ON_THE_PAGE


Asked = dict[str, Severity]  # by element


class ElementRules:
    """What a preset asks: of every kind, and more (or more strictly) of single ones."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Raises ValueError naming what is not known."""
        if content.get("format") != FORMAT:
            raise ValueError(f"format must be {FORMAT}")
        self._general = _read(content.get("elements", {}))
        self._by_kind = {MeetingKind(kind): _read(asked) for kind, asked in content.get("kinds", {}).items()}

    def asked(self, kinds: Iterable[str]) -> Asked:
        """The elements asked of an event of these kinds, each with the strictest word on it."""
        own = [self._general | self._by_kind.get(MeetingKind(kind), {}) for kind in kinds] or [self._general]
        return {
            name: Severity.BLOCK if any(one.get(name) == Severity.BLOCK for one in own) else Severity.WARN
            for name in ELEMENTS
            if any(name in one for one in own)
        }


def asked_of(kinds: Iterable[str]) -> Asked:
    return _rules().asked(kinds)


def element_count(kinds: Iterable[str]) -> int:
    return len(asked_of(kinds))


def missing_elements(meeting: "Meeting") -> list[Missing]:
    """What is still missing, in the order of the form. Empty means the record is complete."""
    values = {
        "kinds": meeting.kinds,
        "day": meeting.day,
        "starts": meeting.starts,
        "ends": meeting.ends,
        "place": meeting.place,
        "chair": meeting.chair_id,
        "recorder": meeting.recorder_id,
        "problem": meeting.problem,
        "category": meeting.category,
        "content": meeting.content,
        "decisions": meeting.decisions,
    }
    rows = meeting.attendances.select_related("member").order_by("member__name_key")
    unexplained = [r.member.name for r in rows if lacks_reason(r.presence, r.reason, r.hard_bound)]
    resolutions = meeting.resolutions.order_by("number")
    return missing_among(values, unexplained) + missing_on_the_page(meeting, meeting.kinds, resolutions)


def blocking(missing: Iterable[Missing]) -> list[Missing]:
    return [each for each in missing if each.blocks]


def warnings(missing: Iterable[Missing]) -> list[Missing]:
    return [each for each in missing if not each.blocks]


def missing_on_the_page(
    meeting: "Meeting",
    kinds: Sequence[str],
    resolutions: "Iterable[Resolution] | None" = None,
    steps: "Iterable[MeetingStep] | None" = None,
) -> list[Missing]:
    """What is written beside the record: results of votes, who carries out what was resolved, the procedure.

    ``resolutions`` and ``steps`` are the meeting's, where the caller has read them already; resolutions are
    looked up only where something is decided by vote.
    """
    asked = asked_of(kinds)
    if resolutions is None:
        resolutions = meeting.resolutions.order_by("number") if votes_taken_at(list(kinds)) else ()
    resolutions = list(resolutions)
    found = {"votes": missing_results(resolutions), "follow_up": _missing_follow_up(resolutions)}
    if "steps" in asked:
        found["steps"] = _missing_steps(meeting.steps.all() if steps is None else steps)
    return [
        Missing(name, sentence, asked[name])
        for name, sentences in found.items()
        if name in asked
        for sentence in sentences
    ]


def missing_results(resolutions: "Iterable[Resolution]") -> list[str]:
    """Votes that were announced and have no result yet."""
    sentence = _(
        "Vote %(number)s, “%(subject)s”, has no result yet. Save the draft, enter the result on the "
        "meeting's page, or remove the vote; then hand it in."
    )
    return [sentence % _named(each) for each in resolutions if not each.outcome]


def _missing_follow_up(resolutions: "Iterable[Resolution]") -> list[str]:
    sentence = _("Resolution %(number)s, “%(subject)s”, does not say who carries it out by when.")
    return [sentence % _named(each) for each in resolutions if each.lacks_follow_up]


def _missing_steps(steps: "Iterable[MeetingStep]") -> list[str]:
    """The first by name; the page has them all."""
    titles = [step.title for step in steps if step.is_open_until_held]
    facts = {"steps": enumerated(titles[:STEPS_NAMED]), "n": len(titles) - STEPS_NAMED}
    if not titles:
        return []
    if len(titles) > STEPS_NAMED:
        return [_("Steps of the procedure not ticked: %(steps)s and %(n)s more.") % facts]
    return [_("Steps of the procedure not ticked: %(steps)s.") % facts]


def _named(resolution: "Resolution") -> dict[str, Any]:
    return {"number": resolution.number, "subject": resolution.subject}


def missing_among(values: Mapping[str, Any], unexplained: Iterable[str]) -> list[Missing]:
    """The same for a record still on the screen: its values by field, and who is away without a reason."""
    sentences = {
        "kinds": _("The kind of meeting is missing."),
        "day": _("The day is missing."),
        "starts": _("The time it began is missing."),
        "ends": _("The time it ended is missing."),
        "place": _("The place is missing."),
        "chair": _("The chair is missing."),
        "recorder": _("The recorder is missing."),
        "problem": _("The problem to solve is missing."),
        "category": _("The content category is missing."),
        "content": _("What was said and done is missing."),
        "decisions": _("The decisions are missing."),
    }
    asked = asked_of(_known(values.get("kinds")))
    found = [
        Missing(field, sentences[field], severity)
        for field, severity in asked.items()
        if field in sentences and _is_blank(values.get(field))
    ]
    names = enumerated(unexplained)
    if names and "attendance" in asked:
        # The commonest finding of real spot checks.
        sentence = _("The reason of absence is missing for %(names)s.") % {"names": names}
        found.append(Missing("attendance", sentence, asked["attendance"]))
    return found


def lacks_reason(presence: str, reason: str, hard_bound: bool) -> bool:
    """Away from a duty and nobody says why. Those without a hard duty to come owe no reason."""
    return hard_bound and presence in (Presence.ABSENT, Presence.EXCUSED) and not reason.strip()


def _is_blank(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else not value


def _known(kinds: Any) -> list[str]:
    """Of what stands in a form, the kinds there are."""
    return [kind for kind in kinds or () if kind in MeetingKind.values] if not isinstance(kinds, str) else []


def _read(asked: Mapping[str, str]) -> Asked:
    unknown = sorted(set(asked) - set(ELEMENTS))
    if unknown:
        raise ValueError(f"unknown elements: {', '.join(unknown)}")
    return {name: Severity(word) for name, word in asked.items()}


@cache
def _rules() -> ElementRules:
    return ElementRules(json.loads(PRESET.read_text(encoding="utf-8")))
