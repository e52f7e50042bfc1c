"""What a letter has to say at this moment: asked again right before it is sent."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from meetings.models import Letter, Reminder
from meetings.reminder_enums import DeliveryState
from meetings.reminding import Matter, Source, source_of
from meetings.services.reminders.announce import key_of
from meetings.services.reminders.compose import Line
from meetings.services.reminders.find import Outlook, find_due, look
from meetings.services.reminders.journal import key_of_line
from meetings.services.reminders.letters import habits_of


def lines_of(letter: Letter, *, now: datetime) -> list[Line]:
    """Still owed, and still this person's business? The others are marked as resolved."""
    rows = list(letter.reminders.unsent().select_related("organization"))
    lines = _lines(rows, now) if rows and _is_reachable(letter) else []
    dropped = {row.pk for row in rows} - {line.reminder.pk for line in lines}
    letter.reminders.unsent().filter(pk__in=dropped).update(state=DeliveryState.RESOLVED)
    return lines


def _is_reachable(letter: Letter) -> bool:
    """Addresses and wishes change after a letter was planned."""
    if letter.robot:
        return letter.robot.is_active
    reader = letter.recipient
    if reader is None or not reader.email or not reader.is_active:
        return False
    habits = habits_of([reader.pk]).get(reader.pk)
    return habits is None or habits.by_mail


def _lines(rows: Sequence[Reminder], now: datetime) -> list[Line]:
    outlook = look(now, {row.organization.path for row in rows})
    by_source: dict[str, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    return [
        line
        for code, each in by_source.items()
        if (source := source_of(code))
        for line in _lines_from(source, each, outlook)
    ]


def _lines_from(source: Source, rows: Sequence[Reminder], outlook: Outlook) -> list[Line]:
    due = find_due(source, outlook, {row.subject for row in rows})
    by_person = {key: found.matter for key, found in due.items()}
    by_matter = {found.matter.key: found.matter for found in due.values()}
    wanted: dict[Reminder, Matter] = {}
    for row in rows:
        matter = by_matter.get((row.subject, row.due_on)) if row.robot_id else by_person.get(key_of(row))
        if matter:
            wanted[row] = matter
    facts = source.facts(list(wanted.values()))
    return [
        Line(row, facts[matter], key_of_line(row, facts[matter]))
        for row, matter in wanted.items()
        if matter in facts
    ]
