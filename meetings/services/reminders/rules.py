"""The national ladder of every registered kind of deadline, as a rule of the rule book."""

from datetime import date
from typing import Any

from django.apps.registry import Apps
from django.db import transaction

from meetings.enums import Confidence
from meetings.models import ReminderRule
from meetings.models.reminder_rule import as_columns
from meetings.reminding import Source, sources

SINCE = date(2019, 1, 1)


@transaction.atomic
def install_national_ladders(*, apps: Apps | None = None, **kwargs: Any) -> None:
    """After ``migrate``: add the rules that are not there yet, so that a new kind of deadline brings its own.
    A database migrated back to before there were any is left as it is."""
    if apps is not None and "reminderrule" not in apps.all_models["meetings"]:
        return
    known = set(ReminderRule.objects.filter(owner=None).values_list("code", flat=True))
    missing = [_rule(source, place) for place, source in enumerate(sources(), 1) if source.code not in known]
    ReminderRule.objects.bulk_create(missing)


def _rule(source: Source, position: int) -> ReminderRule:
    return ReminderRule(
        code=source.code,
        position=position,
        valid_from=SINCE,
        confidence=Confidence.LOCAL,
        **as_columns(source.ladder),
    )
