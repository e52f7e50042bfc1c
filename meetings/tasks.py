"""What the worker does when it is woken. A message may get lost or come twice: nothing depends on it."""

import logging

from celery import shared_task
from django.utils import timezone

from meetings.services.attachments import forget_orphans
from meetings.services.imports.jobs import run_waiting_imports
from meetings.services.obligations import generate_obligations
from meetings.services.quorum import tell_quorums
from meetings.services.reminders.pulse import ClockJumped
from meetings.services.reminders.run import run_reminders
from meetings.services.roster.help_signs import tell_help_needed

logger = logging.getLogger(__name__)


@shared_task(name="meetings.poke_reminders")
def poke_reminders() -> None:
    try:
        run_reminders(thrifty=True)
    except ClockJumped as jump:
        logger.critical("The clock of this machine was set (%s): no reminder is planned or sent.", jump)


@shared_task(name="meetings.sync_obligations", acks_late=True)
def sync_obligations() -> None:
    """The ledger as the rule book and the organization of today ask for it; who has not been seen; which
    coming votes may lack people."""
    generate_obligations(as_of=timezone.localdate())
    tell_help_needed()
    tell_quorums()


@shared_task(name="meetings.run_imports")
def run_imports() -> None:
    """Uploaded workbooks that wait to be checked or applied."""
    run_waiting_imports()


@shared_task(name="meetings.tidy_attachments", acks_late=True)
def tidy_attachments() -> None:
    """Files that a killed process left behind."""
    forget_orphans()
