from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from meetings.management.arguments import read_day
from meetings.services.obligations import generate_obligations


class Command(BaseCommand):
    help = "Writes the ledger of obligations as it should stand on a day: what is owed by whom by when."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = generate_obligations(as_of=read_day(options["as_of"]))
        lines = f"{done.created} added, {done.changed} changed, {done.removed} removed"
        self.stdout.write(f"{lines}, {done.recounted} recounted")
