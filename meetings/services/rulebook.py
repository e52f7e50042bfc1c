"""Filling the rule book from a preset file."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from meetings.models import Requirement

PRESETS = Path(__file__).resolve().parent.parent / "presets"


@transaction.atomic
def install_preset(*, name: str) -> int:
    """Add the requirements of a preset that are not there yet; returns how many were added.

    Rules that an administrator has changed or replaced by a newer version are left alone.
    """
    preset = json.loads((PRESETS / f"{name}.json").read_text(encoding="utf-8"))
    known = set(Requirement.objects.filter(owner=None).values_list("code", flat=True))
    missing = [
        Requirement(**rule, position=position, valid_from=date.fromisoformat(preset["valid_from"]))
        for position, rule in enumerate(preset["requirements"], 1)
        if rule["code"] not in known
    ]
    return len(Requirement.objects.bulk_create(missing))


def install_national_rules(**kwargs: Any) -> None:
    """After ``migrate``: a new database starts with the national rule book."""
    install_preset(name="national")
