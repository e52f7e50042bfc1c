"""The elements a record must have before it is handed in, and the sentence that names a missing one."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from meetings.enums import Presence

if TYPE_CHECKING:
    from meetings.models import Meeting

Missing = tuple[str, str]  # field, sentence

# kinds, day, starts, ends, place, chair, recorder, content, reasons of absence
ELEMENT_COUNT = 9


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
        "content": meeting.content,
    }
    rows = meeting.attendances.select_related("member").order_by("member__name_key")
    unexplained = [r.member.name for r in rows if lacks_reason(r.presence, r.reason, r.hard_bound)]
    return missing_among(values, unexplained) + missing_results(meeting)


def missing_results(meeting: "Meeting") -> list[Missing]:
    """Votes that were announced and have no result yet."""
    sentence = _(
        "Vote %(number)s, “%(subject)s”, has no result yet. Save the draft, enter the result on the "
        "meeting's page or remove the vote, then hand it in."
    )
    without = meeting.resolutions.filter(outcome="").order_by("number")
    return [("votes", sentence % facts) for facts in without.values("number", "subject")]


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
        "content": _("What was said and done is missing."),
    }
    found = [(field, sentence) for field, sentence in sentences.items() if _is_blank(values.get(field))]
    names = "、".join(unexplained)
    if names:
        # The commonest finding of real spot checks.
        found.append(("attendance", _("The reason of absence is missing for %(names)s.") % {"names": names}))
    return found


def lacks_reason(presence: str, reason: str, hard_bound: bool) -> bool:
    """Away from a duty and nobody says why. Those without a hard duty to come owe no reason."""
    return hard_bound and presence in (Presence.ABSENT, Presence.EXCUSED) and not reason.strip()


def _is_blank(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else not value
