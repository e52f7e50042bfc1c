"""Checking in by scanning a code at the meeting: an offer to members, off unless its keeper turns it on.

The code on the screen carries a word that only this site can make and that changes every half minute, so a
picture of it sent to somebody elsewhere is worth nothing a minute later. Nobody has to scan: whoever does
not is entered by the recorder as ever, and what the recorder enters counts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from branchlife.templatetags.dates import cn_date, cn_time
from meetings.enums import MeetingState, Presence
from meetings.models import CheckIn, Meeting, Member
from meetings.rules import checks_in, offers_check_in
from meetings.services.attendance import expected_at
from meetings.services.record import ChangedMeanwhile

SLOT = 30  # seconds a code is shown
SALT = "meetings.check_in"
# Local practice: when the door opens, from when on somebody is late, how long a meeting without an end is.
OPENS_BEFORE = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=5)
USUAL_LENGTH = timedelta(hours=2)


class NotOpen(Exception):
    """Nobody can check in to this meeting now; the sentence says why."""


@dataclass(frozen=True)
class Window:
    """From when until when one can check in; from ``late`` on one is late."""

    opens: datetime
    late: datetime
    closes: datetime

    def holds(self, now: datetime) -> bool:
        return self.opens <= now <= self.closes


def window_of(meeting: Meeting) -> Window | None:
    """None for a meeting of which nobody knows when it begins."""
    if meeting.starts is None:
        return None
    begins = timezone.make_aware(datetime.combine(meeting.day, meeting.starts))
    ends = (
        timezone.make_aware(datetime.combine(meeting.day, meeting.ends))
        if meeting.ends
        else begins + USUAL_LENGTH
    )
    return Window(begins - OPENS_BEFORE, begins + LATE_AFTER, ends)


def code_word(meeting_id: int, now: datetime) -> str:
    """What the code on the screen carries at this moment."""
    return _word(meeting_id, _slot(now))


def is_code_word(word: str, meeting_id: int, now: datetime) -> bool:
    """Whether it is the word of this half minute or of the one before, in which it may have been scanned."""
    slot = _slot(now)
    # Both are compared, so that the time taken tells nothing.
    fits = [constant_time_compare(word, _word(meeting_id, each)) for each in (slot, slot - 1)]
    return any(fits)


def why_not_open(meeting: Meeting, now: datetime) -> str:
    """The sentence for somebody who cannot check in now; empty while the door is open."""
    window = window_of(meeting)
    if not meeting.self_check_in or window is None:
        return _("Checking in by code is not offered at this meeting; the recorder notes who is there.")
    if meeting.state != MeetingState.SCHEDULED:
        return _("The attendance is written down already. If something is wrong there, tell the recorder.")
    if now < window.opens:
        when = {"day": cn_date(meeting.day), "time": cn_time(window.opens)}
        return _("Checking in begins on %(day)s at %(time)s.") % when
    if now > window.closes:
        return _("The meeting is over; nobody can check in any more. The recorder notes who was there.")
    return ""


@transaction.atomic
def offer_check_in(*, meeting: Meeting, offered: bool, actor: User, now: datetime | None = None) -> Meeting:
    """Turn the offer on or off. Raises PermissionDenied, ChangedMeanwhile once the meeting is written down
    or cancelled, NotOpen for one without a time to begin."""
    if not offers_check_in(actor, meeting):
        raise PermissionDenied
    if offered and meeting.starts is None:
        raise NotOpen(_("Say first when the meeting begins: the code is valid around that time."))
    ahead = Meeting.objects.filter(pk=meeting.pk, state=MeetingState.SCHEDULED)
    if not ahead.update(self_check_in=offered):
        raise ChangedMeanwhile
    meeting.self_check_in = offered
    record_event(
        actor=actor, action="meeting.check_in", subject=meeting, chain=meeting.organization.chain, now=now,
        difference={"offered": offered},
    )  # fmt: skip
    return meeting


@transaction.atomic
def check_in(*, meeting: Meeting, actor: User, now: datetime | None = None) -> CheckIn:
    """Say that one is there, present or late by the clock; a second time finds the first.

    Raises PermissionDenied for somebody who is not expected, NotOpen with the sentence why.
    """
    now = now or timezone.now()
    # As it stands now: a record being written at this moment comes first or waits for us.
    meeting = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("organization", "group")
        .get(pk=meeting.pk)
    )
    member = _expected(meeting, actor)
    known = own_check_in(meeting, member.pk)
    if known:
        return known
    if sentence := why_not_open(meeting, now):
        raise NotOpen(sentence)
    window = window_of(meeting)
    late = window is not None and now >= window.late
    made = CheckIn.objects.create(
        meeting=meeting, member=member, day=meeting.day, checked_in_at=now,
        presence=Presence.LATE if late else Presence.PRESENT,
    )  # fmt: skip
    record_event(
        actor=actor, action="attendance.check_in", subject=made, chain=meeting.organization.chain, now=now,
        difference={"presence": made.presence},
    )  # fmt: skip
    return made


def own_check_in(meeting: Meeting, member_id: int | None) -> CheckIn | None:
    return meeting.check_ins.filter(member=member_id, day=meeting.day).first()


def _expected(meeting: Meeting, actor: User) -> Member:
    if checks_in(actor, meeting):
        due = expected_at(
            organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
        )
        for person in due:
            if person.member.user_id == actor.pk:
                return person.member
    raise PermissionDenied(_("You are not expected at this meeting."))


def _slot(now: datetime) -> int:
    return int(now.timestamp()) // SLOT


def _word(meeting_id: int, slot: int) -> str:
    return salted_hmac(SALT, f"{meeting_id}:{slot}", algorithm="sha256").hexdigest()[:32]
