"""Whether reminders go out: for the health page and `manage.py check_reminders`. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife import queue
from branchlife.enumeration import enumerated
from meetings.models import Letter, Pulse
from meetings.reminder_enums import DeliveryState
from meetings.reminding import title_of
from meetings.services.reminders import journal, pulse

# The clock pokes once a minute; cron perhaps every five.
ROUND_LATE = timedelta(minutes=10)
# Longer than a few pauses of a mail server that was away for a moment.
UNSENT_LATE = timedelta(hours=1)


class Grade(IntEnum):
    """Also the exit code of the command."""

    FINE = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True)
class Trouble:
    code: str
    grade: Grade
    sentence: str


@dataclass(frozen=True)
class Health:
    now: datetime
    last_round: datetime | None
    last_planned: datetime | None
    oldest_unsent: datetime | None  # when the longest waiting letter should have gone out
    waiting: int
    dead: int
    held: int
    queue_reachable: bool
    journal_writable: bool
    clock: str  # how it jumped; empty while it is right
    failed_kinds: tuple[str, ...]

    @property
    def unsent_for(self) -> timedelta:
        return self.now - self.oldest_unsent if self.oldest_unsent else timedelta()

    @property
    def troubles(self) -> list[Trouble]:
        return sorted(_troubles(self), key=lambda trouble: -trouble.grade)

    @property
    def grade(self) -> Grade:
        return max((trouble.grade for trouble in self.troubles), default=Grade.FINE)


def read_health(*, now: datetime | None = None) -> Health:
    now = now or timezone.now()
    pulses = {each.name: each for each in Pulse.objects.filter(name__in=[pulse.ROUND, pulse.PLANNED])}
    last_round, planned = pulses.get(pulse.ROUND), pulses.get(pulse.PLANNED)
    late = Letter.objects.late(now).aggregate(oldest=Min("due_at"), number=Count("pk"))
    stuck = (
        Letter.objects.troubled()
        .filter(is_put_aside=False)
        .aggregate(
            dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
            held=Count("pk", filter=Q(state=DeliveryState.HELD)),
        )
    )
    return Health(
        now=now,
        last_round=last_round.at if last_round else None,
        last_planned=planned.at if planned else None,
        oldest_unsent=late["oldest"],
        waiting=late["number"],
        dead=stuck["dead"],
        held=stuck["held"],
        queue_reachable=queue.is_reachable(),
        journal_writable=journal.is_writable(),
        clock=pulse.clock_jump(now),
        failed_kinds=tuple(planned.facts.get(pulse.FAILED, ())) if planned else (),
    )


def _troubles(health: Health) -> Iterator[Trouble]:
    if health.clock:
        sentence = _("The clock of this machine was set (%(jump)s). Nothing is planned or sent.")
        yield Trouble("clock", Grade.CRITICAL, sentence % {"jump": health.clock})
    if health.last_round is None or health.now - health.last_round > ROUND_LATE:
        sentence = _(
            "No round has ended for more than %(minutes)s minutes: neither worker nor cron is running."
        )
        yield Trouble("round", Grade.CRITICAL, sentence % {"minutes": ROUND_LATE.seconds // 60})
    if health.unsent_for > UNSENT_LATE:
        sentence = _("A letter has waited for more than an hour. Is the mail server there?")
        yield Trouble("unsent", Grade.CRITICAL, sentence)
    if health.failed_kinds:
        kinds = enumerated(title_of(kind) for kind in health.failed_kinds)
        sentence = _("These kinds of deadlines could not be planned: %(kinds)s. The log says why.")
        yield Trouble("planning", Grade.CRITICAL, sentence % {"kinds": kinds})
    if not health.journal_writable:
        sentence = _("The journal of what was sent cannot be written.")
        yield Trouble("journal", Grade.CRITICAL, sentence)
    if not health.queue_reachable:
        sentence = _("The broker does not answer: until it does, only cron sends reminders.")
        yield Trouble("queue", Grade.WARNING, sentence)
    if health.dead or health.held:
        sentence = _("Letters given up: %(dead)s; with an unknown answer: %(held)s. Look at them.")
        yield Trouble("letters", Grade.WARNING, sentence % {"dead": health.dead, "held": health.held})
