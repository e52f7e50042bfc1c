from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.management.arguments import find_organization
from meetings.services.rulebook.sets import export_rule_set


class Command(BaseCommand):
    help = "Writes the national rules, or an organization's own, as a rule set (docs/rule-sets.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", help="code or name; without it the national rules")
        parser.add_argument("--output", type=Path, help="file to write (standard output)")

    def handle(self, *args: Any, **options: Any) -> None:
        name, output = options["organization"], options["output"]
        text = export_rule_set(find_organization(name) if name else None)
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
