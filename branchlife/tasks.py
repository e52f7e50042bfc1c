"""Housekeeping of the ground floor, when the clock wakes the worker."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from branchlife.anchors import anchor_daily
from branchlife.once import forget_keys
from branchlife.sessions import forget_ended
from branchlife.verification import verify_daily


@shared_task(name="branchlife.tidy", acks_late=True)
def tidy() -> None:
    """Sessions and one-time keys whose time is over."""
    call_command("clearsessions")
    forget_ended(timezone.now())
    forget_keys(timezone.now())


@shared_task(name="branchlife.anchor_audit", acks_late=True)
def anchor_audit() -> None:
    """Asked every hour, written once a day."""
    anchor_daily()


@shared_task(name="branchlife.verify_audit", acks_late=True)
def verify_audit() -> None:
    """Asked every hour, done once a day; the audit officer's page shows what was found."""
    verify_daily()
