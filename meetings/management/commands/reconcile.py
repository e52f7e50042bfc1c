from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from meetings.models import Obligation
from meetings.services.obligations import Drift, drift, in_batches, recount


class Command(BaseCommand):
    help = "Compares the ledger's counters with the records; prints the lines that differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="bring the counters in line")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for organizations in in_batches():
            ledger = Obligation.objects.filter(organization__in=organizations)
            drifted = drift(ledger.select_related("organization", "group"))
            for each in drifted:
                self.stdout.write(describe(each))
            wrong += len(drifted)
            if options["repair"] and drifted:
                recount(ledger)
        self.stdout.write(f"{wrong} of {Obligation.objects.count()} ledger lines differ from the records.")
        if wrong and not options["repair"]:
            lines = "1 ledger line differs" if wrong == 1 else f"{wrong} ledger lines differ"
            raise CommandError(f"{lines} from the records; run again with --repair.")


def describe(wrong: Drift) -> str:
    line = wrong.line
    bearer = f"{line.organization.name} {line.group.name}" if line.group else line.organization.name
    with translation.override("zh-hans"):
        kind = line.get_kind_display()
    return (
        f"{bearer} {line.span.code} {kind}: {line.counted} held and {line.accepted} accepted in the ledger, "
        f"{wrong.counted} and {wrong.accepted} in the records"
    )
