from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from meetings.services.reminders.pulse import ClockJumped, accept_clock
from meetings.services.reminders.run import RoundResult, run_reminders
from meetings.services.reminders.send import Outcome

YEARS = range(2000, 2101)


class Command(BaseCommand):
    help = "Announces what is due or overdue and sends the mail that waits; what the clock does every minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now", help="work as at this time, such as 2026-11-23T09:00 (default: the clock)"
        )

        parser.add_argument(
            "--accept-clock", action="store_true", help="the clock of this machine was set and is right now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accept_clock"]:
            accept_clock()
        try:
            result = run_reminders(now=_moment(options["now"]))
        except ClockJumped as jump:
            raise CommandError(
                f"The clock of this machine was set ({jump}). Put it right, or say --accept-clock."
            ) from None
        self.stdout.write(_sentence(result))


def _moment(text: str | None) -> datetime | None:
    """ISO 8601; local time where no offset is given, the beginning of the day where no time is."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--now must be a time such as 2026-11-23T09:00, not {text!r}.") from None
    if moment.year not in YEARS:
        raise CommandError(f"--now must lie between {YEARS[0]} and {YEARS[-1]}, not in {moment.year}.")
    return (moment if moment.tzinfo else timezone.make_aware(moment)).astimezone(UTC)


def _sentence(result: RoundResult) -> str:
    letters = result.letters
    waiting = letters[Outcome.WAITING] + letters[Outcome.UNREACHABLE]
    return (
        f"Planned {result.planned.announced}, settled {result.planned.settled}, "
        f"taken up again {result.planned.reopened}. "
        f"Letters: sent {letters[Outcome.SENT]}, no longer needed {letters[Outcome.RESOLVED]}, "
        f"to try again {waiting}, given up {letters[Outcome.DEAD]}, unanswered {letters[Outcome.UNANSWERED]}."
    )
