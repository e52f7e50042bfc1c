import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from meetings.models import Organization
from reviews.services.demo.scale import seed_scale


class Command(BaseCommand):
    help = "Writes a big made-up committee for measuring. For databases that hold nothing else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--branches", type=int, required=True, help="how many branches, about 14 members each"
        )
        parser.add_argument(
            "--years", type=int, default=1, help="calendar years of meetings, this one included"
        )
        parser.add_argument("--seed", type=int, default=1, help="another number gives other people and days")
        parser.add_argument("--force", action="store_true", help="also on a site that is not a demonstration")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["branches"] < 1 or options["years"] < 1:
            raise CommandError("--branches and --years must be at least 1.")
        if not options["force"] and (not settings.DEMO or Organization.objects.exists()):
            raise CommandError("Not an empty demonstration (DEMO=1); nothing was written. See --force.")
        begin = time.perf_counter()
        done = seed_scale(branches=options["branches"], years=options["years"], seed=options["seed"])
        seconds = time.perf_counter() - begin
        self.stdout.write(
            f"{done.branches} branches, {done.rows} rows in {seconds:.1f} s, {done.rows / seconds:.0f} rows/s"
        )
