"""The text of a letter: short, plain, nothing about persons, and one link."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from meetings.models import Letter, Reminder, Robot
from meetings.notices import describe
from meetings.reminding import Facts, reminder_code

MOST_LINES = 20


@dataclass(frozen=True)
class Line:
    """What a letter says about one deadline, with the facts of this moment; ``key`` is the journal's."""

    reminder: Reminder
    facts: Facts
    key: str = ""


def compose_mail(letter: Letter, lines: Sequence[Line]) -> EmailMessage:
    """One mail for everything a letter says, in the reader's language."""
    reader = letter.recipient
    assert reader is not None
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        context = _context(lines) | {"name": reader.name}
        return EmailMessage(
            subject=_subject(len(lines)),
            body=render_to_string("emails/reminder.txt", context).strip() + "\n",
            to=[reader.email],
            # RFC 3834: out-of-office replies to a machine help nobody.
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        )


def compose_robot_text(robot: Robot, lines: Sequence[Line]) -> str:
    """For everybody in the group, so in the site's language."""
    with translation.override(settings.LANGUAGE_CODE):
        context = _context(lines) | {"place": robot.organization.name}
        return render_to_string("emails/reminder_group.txt", context).strip()


def _subject(number: int) -> str:
    subject = ngettext(
        "BranchLife: %(number)s reminder about organizational life",
        "BranchLife: %(number)s reminders about organizational life",
        number,
    )
    return subject % {"number": number}


def _context(lines: Sequence[Line]) -> dict[str, object]:
    ordered = sorted(lines, key=lambda line: (line.reminder.due_on, line.reminder.pk))
    return {
        "lines": [_sentence(line) for line in ordered[:MOST_LINES]],
        "more": max(len(lines) - MOST_LINES, 0),
        "link": f"{settings.SITE_URL}{reverse('notice_list')}",
    }


def _sentence(line: Line) -> str:
    return describe(reminder_code(line.reminder.source, line.reminder.stage), line.facts.values)
