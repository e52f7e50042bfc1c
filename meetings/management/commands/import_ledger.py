from argparse import ArgumentParser
from typing import Any

from meetings.management.arguments import read_year
from meetings.management.importing import ImportCommand
from meetings.services.imports import ImportKind


class Command(ImportCommand):
    help = "Imports the meetings of a year that were held, with who was absent."
    kind = ImportKind.LEDGER

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--year", metavar="YYYY", required=True, help="the year of the ledger")

    def year(self, options: dict[str, Any]) -> int | None:
        return read_year(options["year"])
