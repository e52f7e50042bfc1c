from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reviews.services.demo.seed import NotEmpty, seed_demo


class Command(BaseCommand):
    help = (
        "Fills the database of a local demonstration (DEMO=1) with a made-up committee and two years of life."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="also without DEMO=1, and beside organizations that are already there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not options["force"]:
            raise CommandError("This is not a demonstration (DEMO=1 is not set); nothing was written.")
        try:
            seeded = seed_demo(force=options["force"])
        except NotEmpty:
            raise CommandError("The database already holds organizations; nothing was written.") from None
        if seeded is None:
            self.stdout.write("The made-up committee is there already; nothing changed.")
            return
        self.stdout.write(
            f"Made up {seeded.organizations} organizations, {seeded.members} members, "
            f"{seeded.meetings} meetings and {seeded.attendances} lines of attendance."
        )
