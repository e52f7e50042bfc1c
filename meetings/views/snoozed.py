"""What somebody has put off, with what the reminder last said."""

from dataclasses import dataclass
from datetime import date

from branchlife.models import User
from meetings.models import Notice, Snooze
from meetings.reminding import title_of


@dataclass(frozen=True)
class SnoozedRow:
    snooze: Snooze
    sentence: str
    url: str


def snoozed_rows(user: User, today: date) -> list[SnoozedRow]:
    """Two queries, none where nothing was put off."""
    snoozes = list(Snooze.objects.visible_to(user).active(today).order_by("until", "pk"))
    if not snoozes:
        return []
    subjects = {each.subject for each in snoozes}
    notices = Notice.objects.visible_to(user).filter(reminder__subject__in=subjects)
    said = {
        (each.reminder.source, each.reminder.subject, each.reminder.due_on): each
        for each in notices.select_related("reminder").order_by("pk")
        if each.reminder
    }
    return [_row(snooze, said.get((snooze.source, snooze.subject, snooze.due_on))) for snooze in snoozes]


def _row(snooze: Snooze, notice: Notice | None) -> SnoozedRow:
    if notice is None:
        return SnoozedRow(snooze, str(title_of(snooze.source)), "")
    return SnoozedRow(snooze, notice.sentence, notice.url)
