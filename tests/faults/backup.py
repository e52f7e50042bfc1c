"""A backup of what a restore would bring back of reminders, row by row, as the database had it."""

from typing import Any

from django.db import models, transaction

from meetings.models import Letter, Notice, Pulse, Reminder

# In the order in which they refer to each other.
TABLES: tuple[type[models.Model], ...] = (Pulse, Letter, Reminder, Notice)
Backup = dict[type[models.Model], list[dict[str, Any]]]


def take() -> Backup:
    return {model: list(model._default_manager.values()) for model in TABLES}


@transaction.atomic
def restore(backup: Backup) -> None:
    for model in reversed(TABLES):
        model._default_manager.all().delete()
    for model in TABLES:
        model._default_manager.bulk_create(model(**row) for row in backup[model])
