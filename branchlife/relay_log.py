"""What the mail server itself wrote down: whether it took a message. Reads Postfix' log, or any log that writes

… QUEUEID: message-id=<…>      when it reads the message, and
… QUEUEID: from=<…>            when it has taken it.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

LATEST = 32 * 1024 * 1024  # bytes read from the end of each file
QUEUE = re.compile(rb"\b([0-9A-Za-z]{5,20}): message-id=(<[^>\s]+>)")
TAKEN = re.compile(rb"\b([0-9A-Za-z]{5,20}): from=<")
# The log is written a moment after the mail server has answered.
SLACK = timedelta(seconds=5)


def was_taken(message_id: str, since: datetime) -> bool | None:
    """True: taken. False: the log goes on beyond ``since`` and says nothing of it. None: it cannot tell."""
    log: Path | None = settings.RELAY_LOG
    if log is None:
        return None
    try:
        texts = [_tail(path) for path in (log, log.with_name(log.name + ".1")) if path.exists()]
        written = datetime.fromtimestamp(log.stat().st_mtime, UTC)
    except OSError:
        return None
    if any(_taken(text, message_id.encode()) for text in texts):
        return True
    return False if written >= since + SLACK else None


def _taken(text: bytes, message_id: bytes) -> bool:
    queues = {queue for queue, found in QUEUE.findall(text) if found == message_id}
    return bool(queues) and any(queue in queues for queue in TAKEN.findall(text))


def _tail(path: Path) -> bytes:
    with path.open("rb") as log:
        log.seek(0, 2)
        log.seek(max(log.tell() - LATEST, 0))
        return log.read()
