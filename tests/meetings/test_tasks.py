"""What the worker does when woken, called as plain functions; real workers are in tests/services."""

from datetime import date

import pytest
import time_machine
from django.conf import settings

from branchlife.celery import app
from meetings.models import Notice, Obligation
from meetings.tasks import poke_reminders, sync_obligations
from tests.meetings.reminder_ledger import at, at_once, owe, remind_only_of
from tests.world import build_world

NOW = at(date(2026, 11, 27))


def test_the_clock_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named >= {"meetings.poke_reminders", "meetings.sync_obligations"}
    assert named <= set(app.tasks)


def test_a_wake_up_that_waited_too_long_is_dropped() -> None:
    """After a pause of the worker one round is enough, not one for every minute that passed."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["options"]["expires"] < entry["schedule"]


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_the_two_tasks_lead_from_the_rule_book_to_a_notice() -> None:
    world = build_world()
    sync_obligations()
    assert world.branch.obligations.filter(kind="theme_day", period_start=date(2026, 11, 1)).exists()
    poke_reminders()
    told = world.secretary.notices.filter(values__kind="theme_day", values__period="2026-11")
    assert [notice.code for notice in told] == ["reminder.obligation.due_soon"]


@pytest.mark.django_db(transaction=True)
@time_machine.travel(NOW, tick=True)
@pytest.mark.parametrize("task", [poke_reminders, sync_obligations])
def test_twice_at_once_is_as_good_as_once(task) -> None:
    world = build_world()
    remind_only_of("obligation")
    owe(world.branch, date(2026, 11, 1))
    at_once(task, 2)
    lines, notices = Obligation.objects.count(), Notice.objects.count()
    assert (lines > 1) == (task is sync_obligations)
    assert (notices == 1) == (task is poke_reminders)
    task()
    assert (Obligation.objects.count(), Notice.objects.count()) == (lines, notices)
