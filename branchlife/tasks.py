"""Housekeeping of the ground floor, when the clock wakes the worker."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from branchlife.anchors import anchor_daily
from branchlife.sessions import forget_ended


@shared_task(name="branchlife.tidy")
def tidy() -> None:
    """Sessions whose time is over."""
    call_command("clearsessions")
    forget_ended(timezone.now())


@shared_task(name="branchlife.anchor_audit")
def anchor_audit() -> None:
    """Asked every hour, written once a day."""
    anchor_daily()
