"""What the tests of the roster share: a fixed day, and short ways to change things."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from meetings.enums import PostTitle
from meetings.models import Member, Organization, Post
from meetings.services.roster import posts
from meetings.services.roster.transfers import TransferMoved
from tests.world import World

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@contextmanager
def refused(words: str):
    """A sentence with these words; nothing else will do."""
    with pytest.raises(ValidationError) as refusal:
        yield
    text = "".join(refusal.value.messages)
    assert words in text, text


def give(
    world: World,
    member: Member,
    title: PostTitle,
    day: date,
    last_day: date | None = None,
    branch: Organization | None = None,
) -> Post:
    return posts.give_post(
        member=member, organization=branch or world.branch, title=title, day=day, last_day=last_day,
        actor=world.administrator, now=NOW,
    )  # fmt: skip


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Each call in a thread of its own, all let go together; how each ended."""
    barrier = Barrier(len(calls))
    ends: list[str] = []

    def run(call: Callable[[], object]) -> None:
        barrier.wait(timeout=30)
        try:
            call()
            ends.append("done")
        except (TransferMoved, ValidationError) as refusal:
            ends.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ends)
