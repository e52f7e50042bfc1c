"""What a new database starts with: the national rule book and the known working-day calendars."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.db import transaction

from meetings.models import Deadline, Requirement, RuleVersion

PRESETS = Path(__file__).resolve().parent.parent.parent / "presets"
NATIONAL = "national"
RULE_SETS = (NATIONAL, "organ", "university", "enterprise")


def read_preset(name: str) -> str:
    """The text of a preset shipped with the program. Raises FileNotFoundError."""
    return (PRESETS / f"{name}.json").read_text(encoding="utf-8")


@transaction.atomic
def install_preset(*, name: str) -> int:
    """Add the national rules of a preset that are not there yet; returns how many were added.

    Rules that an administrator has changed or replaced by a newer version are left alone.
    """
    preset = json.loads(read_preset(name))
    since = date.fromisoformat(preset["valid_from"])
    return _add(Requirement, preset["requirements"], since) + _add(Deadline, preset["deadlines"], since)


def _add(model: type[RuleVersion], entries: list[dict[str, Any]], since: date) -> int:
    known = set(model._default_manager.filter(owner=None).values_list("code", flat=True))
    missing = [
        model(**rule, position=position, valid_from=since)
        for position, rule in enumerate(entries, 1)
        if rule["code"] not in known
    ]
    return len(model._default_manager.bulk_create(missing))


def install_national_rules(*, apps: Apps | None = None, **kwargs: Any) -> None:
    """After ``migrate``: a new database starts with the national rule book. A database migrated back to
    before there were time limits is left as it is."""
    if apps is None or "deadline" in apps.all_models["meetings"]:
        install_preset(name=NATIONAL)
