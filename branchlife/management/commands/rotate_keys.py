"""Seal every sealed value anew with the first of FIELD_KEYS, and mark it with INDEX_KEY.

Put the new key in front of the old one in FIELD_KEYS, restart, run this, then take the old one out.
INDEX_KEY has no successor beside it: change it and run this while the site stands still.
"""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction
from django.db.models.functions import Cast

from branchlife.sealing import SealedField, is_current

BATCH = 500


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for field in sealed_fields():
            renewed = renew(field)
            self.stdout.write(f"{field.label}: {renewed} values sealed anew")


def sealed_fields() -> list[SealedField]:
    found = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    return [field for field in found if isinstance(field, SealedField)]


def renew(field: SealedField) -> int:
    """How many values were not sealed with today's keys. May be broken off and run again."""
    rows = field.model._default_manager.exclude(**{field.name: ""}).annotate(
        stored=Cast(field.name, models.TextField())
    )
    renewed, after = 0, 0
    while batch := list(
        rows.filter(pk__gt=after).order_by("pk").values_list("pk", "stored", field.name)[:BATCH]
    ):
        after = batch[-1][0]
        with transaction.atomic():
            for pk, stored, text in batch:
                if not is_current(stored, field.label):
                    # Somebody may have changed the value in between; theirs is sealed with today's keys.
                    renewed += rows.filter(pk=pk, stored=stored).update(**{field.name: text})
    return renewed
