"""What was sent, written down outside the database: so that a database restored from a backup does not send
yesterday's reminders again, and a sender killed between the server's answer and its own note is believed.

One file a day in REMINDER_JOURNAL, one line a letter: time, Message-ID, and a key for everything it said. A key
names database, addressee, deadline, stage and facts; it cannot be turned back into them. Keep the folder
out of backups of the database, or at least out of what a restore overwrites.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from branchlife.failpoints import reach
from meetings.models import Letter, Pulse, Reminder
from meetings.reminding import Facts

KEY = 24  # hexadecimal digits
# Clocks of several machines may differ, and a day ends at midnight.
SLACK = timedelta(days=1)
LONGEST_LOOK = timedelta(days=120)
LEDGER = "ledger"


def key_of_line(reminder: Reminder, facts: Facts) -> str:
    who = f"u{reminder.recipient_id}" if reminder.recipient_id else f"r{reminder.robot_id}"
    said = [
        site_name(), reminder.channel, who, reminder.source, reminder.subject, str(reminder.due_on),
        reminder.stage, str(reminder.falls_on), dict(facts.values),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:KEY]


def site_name() -> str:
    """Made once for a database and restored with it: another database's journal says nothing about ours."""
    made = {"at": timezone.now(), "facts": {"name": uuid4().hex}}
    pulse, _made = Pulse.objects.get_or_create(name=LEDGER, defaults=made)
    return str(pulse.facts["name"])


def write_down(letter: Letter, keys: Iterable[str], *, now: datetime) -> None:
    """The server has taken the letter. On disk when this returns."""
    line = " ".join([now.isoformat(), letter.message_id, *keys]) + "\n"
    settings.REMINDER_JOURNAL.mkdir(parents=True, exist_ok=True)
    file = os.open(_file(timezone.localdate(now)), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)
    reach("journal.written")


def sent_before(keys: Iterable[str], *, since: date, now: datetime) -> set[str]:
    """Which of these were sent since the day they fell on."""
    wanted = set(keys)
    texts = _read(since, timezone.localdate(now))
    return {key for key in wanted if any(key.encode() in text for text in texts)}


def was_sent(letter: Letter, *, now: datetime) -> bool:
    day = timezone.localdate(letter.planned_at)
    return any(letter.message_id.encode() in text for text in _read(day, timezone.localdate(now)))


def is_writable() -> bool:
    try:
        settings.REMINDER_JOURNAL.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(settings.REMINDER_JOURNAL, os.W_OK)


def _read(first: date, last: date) -> list[bytes]:
    first = max(first - SLACK, last - LONGEST_LOOK)
    days = [first + timedelta(days=number) for number in range((last + SLACK - first).days + 1)]
    return [path.read_bytes() for path in map(_file, days) if path.exists()]


def _file(day: date) -> Path:
    return Path(settings.REMINDER_JOURNAL) / f"sent-{day:%Y-%m-%d}.log"
