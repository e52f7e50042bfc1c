"""Whether a wake-up call would get through to the broker now."""

from kombu.exceptions import OperationalError

from branchlife.celery import app


def is_reachable() -> bool:
    """One attempt, a few seconds at most. The folder that stands in for a broker is always there."""
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OSError, OperationalError):
        return False
    return True


def wake(task: str) -> None:
    """Have the worker do this soon. When nobody hears it the clock does it within a minute, or cron."""
    try:
        app.send_task(task, retry=False)
    except (OSError, OperationalError):
        return
