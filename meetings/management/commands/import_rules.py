from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from meetings.management.arguments import find_organization, read_day
from meetings.services.rulebook.files import LARGEST, RuleSetError, decode, read_rule_set
from meetings.services.rulebook.seed import RULE_SETS, read_preset
from meetings.services.rulebook.sets import ImportResult, import_rule_set


class Command(BaseCommand):
    help = "Takes over a rule set (docs/rule-sets.md) from a file or a preset. All of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help=f"a file, or one of {', '.join(RULE_SETS)}")
        parser.add_argument("--organization", help="code or name; without it the rules become national")
        parser.add_argument(
            "--from", dest="since", metavar="YYYY-MM-DD", help="for entries without a date of their own"
        )
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["organization"]
        owner = find_organization(name) if name else None
        since = read_day(options["since"], "--from") if options["since"] else None
        try:
            with transaction.atomic():
                done = self._take_over(options["source"], since, owner)
                transaction.set_rollback(options["dry_run"])
        except RuleSetError as error:
            raise CommandError("\n".join(map(str, error.problems))) from None
        counts = f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged"
        self.stdout.write(f"{counts}; nothing was written." if options["dry_run"] else counts)

    def _take_over(self, source: str, since: date | None, owner: Any) -> ImportResult:
        rule_set = read_rule_set(read_source(source), since)
        return import_rule_set(rule_set=rule_set, owner=owner, actor=None)


def read_source(source: str) -> str:
    if source in RULE_SETS:
        return read_preset(source)
    try:
        with Path(source).open("rb") as file:
            return decode(file.read(LARGEST + 1))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no such name"
        raise CommandError(f"{source!r} cannot be read: {why}.") from None
