"""What the worker does for the review when the clock wakes it."""

from celery import shared_task

from reviews.services.archive import archive_due


@shared_task(name="reviews.archive_records", acks_late=True)
def archive_records() -> None:
    """Accepted records whose time has come."""
    archive_due()
