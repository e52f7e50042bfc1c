"""The elements a record must have before it is handed in, and the sentence that names a missing one."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from meetings.models import Meeting

Missing = tuple[str, str]  # field, sentence


def missing_elements(meeting: "Meeting") -> list[Missing]:
    """What is still missing, in the order of the form. Empty means the record is complete."""
    checks = [
        ("starts", meeting.starts, _("The time it began is missing.")),
        ("place", meeting.place.strip(), _("The place is missing.")),
        ("chair", meeting.chair_id, _("The chair is missing.")),
        ("recorder", meeting.recorder_id, _("The recorder is missing.")),
        ("content", meeting.content.strip(), _("What was said and done is missing.")),
    ]
    found = [(field, sentence) for field, value, sentence in checks if not value]
    return found + _absent_without_reason(meeting)


def _absent_without_reason(meeting: "Meeting") -> list[Missing]:
    """The commonest finding of real spot checks."""
    names = [
        row.member.name
        for row in meeting.attendances.select_related("member")
        if row.presence in ("absent", "excused") and not row.reason.strip()
    ]
    if not names:
        return []
    return [("attendance", _("The reason of absence is missing for %(names)s.") % {"names": "、".join(names)})]
