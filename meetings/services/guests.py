"""Guests (列席): at the meeting without being expected and without a vote."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.models import Meeting
from meetings.services.resolutions import hold_open

MOST = 60
LONGEST = 100


@transaction.atomic
def name_guests(*, meeting: Meeting, names: list[str], actor: User, now: datetime | None = None) -> Meeting:
    """Write down who was a guest, one a line, replacing what stood there. Raises PermissionDenied,
    ChangedMeanwhile once the record is closed, ValidationError for a list that is too long."""
    hold_open(meeting, actor)
    names = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(names) > MOST:
        raise ValidationError({"names": _("At most %(most)s guests.") % {"most": MOST}})
    too_long = next((name for name in names if len(name) > LONGEST), "")
    if too_long:
        facts = {"name": too_long[:20], "limit": LONGEST}
        raise ValidationError({"names": _("“%(name)s…” is longer than %(limit)s characters.") % facts})
    expected = set(meeting.attendances.values_list("member__name", flat=True))
    twice = enumerated(name for name in names if name in expected)
    if twice:
        sentence = _("Expected at the meeting and no guests: %(names)s.")
        raise ValidationError({"names": sentence % {"names": twice}})
    meeting.guests = "\n".join(names)
    Meeting.objects.filter(pk=meeting.pk).update(guests=meeting.guests)
    record_event(
        actor=actor, action="meeting.guests", subject=meeting, chain=meeting.organization.chain, now=now,
        difference={"guests": len(names)},
    )  # fmt: skip
    return meeting
