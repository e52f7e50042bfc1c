"""Housekeeping of the ground floor."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from branchlife.sessions import forget_ended


@shared_task(name="branchlife.tidy")
def tidy() -> None:
    """Sessions whose time is over."""
    call_command("clearsessions")
    forget_ended(timezone.now())
