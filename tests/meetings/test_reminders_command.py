"""`manage.py send_reminders`: the same by hand."""

from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from branchlife.models import User
from meetings.models import Notice, Reminder
from tests.meetings.reminder_ledger import at_any_hour, owe, remind_only_of
from tests.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = build_world()
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    owe(world.branch, date(2026, 11, 1))
    remind_only_of("obligation")
    at_any_hour(world.secretary)
    return world


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_what_it_did(world: World) -> None:
    nothing = "Letters: sent 0, no longer needed 0, to try again 0, given up 0, unanswered 0."
    assert run("--now", "2026-11-15") == f"Planned 0, settled 0, taken up again 0. {nothing}\n"
    first = run("--now", "2026-11-16T08:00+08:00")
    assert first == f"Planned 1, settled 0, taken up again 0. {nothing.replace('sent 0', 'sent 1')}\n"
    assert run("--now", "2026-11-16T09:00") == f"Planned 0, settled 0, taken up again 0. {nothing}\n"
    world.branch.obligations.update(counted=1)
    assert run("--now", "2026-11-17") == f"Planned 0, settled 1, taken up again 0. {nothing}\n"
    assert len(mail.outbox) == 1


def test_without_a_time_it_is_now(world: World) -> None:
    run()
    assert world.secretary.reminders.exists()


@pytest.mark.parametrize(
    ("moment", "planned"),
    [("2026-11-16", 1), ("2026-11-15T23:59", 0), ("2026-11-15T15:59Z", 0), ("2026-11-15T16:00Z", 1)],
)
def test_times_without_an_offset_are_local(world: World, moment: str, planned: int) -> None:
    assert run("--now", moment).startswith(f"Planned {planned},")


@pytest.mark.parametrize(
    "moment",
    [
        "tomorrow",
        "",
        "2026-13-01",
        "２０２６-11-20",
        "2026-11-16\x00",
        "1999-12-31",
        "0001-01-01",
        "9999-12-31T23:59",
    ],
)
def test_a_time_that_is_none_is_refused_in_one_line(world: World, moment: str) -> None:
    with pytest.raises(CommandError, match=r"^--now must [^\n]+$"):
        run("--now", moment)
    assert not Reminder.objects.exists()
    assert not Notice.objects.exists()
