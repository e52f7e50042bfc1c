"""The text of a letter: short, plain, nothing about persons, and one link."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from meetings.models import Letter, Reminder
from meetings.notices import describe, reminder_code
from meetings.services.reminders.announce import values_of

MOST_LINES = 20


def compose_letter(letter: Letter, reminders: Sequence[Reminder]) -> EmailMessage:
    """One mail for all the reminders of a letter, in the reader's language."""
    with translation.override(letter.recipient.language or settings.LANGUAGE_CODE):
        return EmailMessage(
            subject=_subject(len(reminders)),
            body=render_to_string("emails/reminder.txt", _context(letter, reminders)).strip() + "\n",
            to=[letter.recipient.email],
            # RFC 3834: out-of-office replies to a machine help nobody.
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        )


def _subject(number: int) -> str:
    subject = ngettext(
        "BranchLife: %(number)s reminder about organizational life",
        "BranchLife: %(number)s reminders about organizational life",
        number,
    )
    return subject % {"number": number}


def _context(letter: Letter, reminders: Sequence[Reminder]) -> dict[str, object]:
    ordered = sorted(reminders, key=lambda row: (row.obligation.due_on, row.pk))
    lines = [describe(reminder_code(row.stage), values_of(row)) for row in ordered]
    return {
        "name": letter.recipient.name,
        "lines": lines[:MOST_LINES],
        "more": max(len(lines) - MOST_LINES, 0),
        "link": f"{settings.SITE_URL}{reverse('notice_list')}",
    }
