from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from meetings.management.arguments import read_day
from meetings.services.obligations import generate_obligations
from meetings.services.quorum import tell_quorums
from meetings.services.roster.help_signs import tell_help_needed


class Command(BaseCommand):
    help = (
        "Writes the ledger of obligations as it should stand on a day: what is owed by whom by when. Of today "
        "it also tells the branches who has not been seen for months and which votes may lack people."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = generate_obligations(as_of=read_day(options["as_of"]))
        if not options["as_of"]:
            tell_help_needed()
            tell_quorums()
        lines = f"{done.created} added, {done.changed} changed, {done.removed} removed"
        self.stdout.write(f"{lines}, {done.recounted} recounted")
