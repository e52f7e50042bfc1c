from typing import Any

from django.core.management.base import BaseCommand

from branchlife.anchors import write_anchor


class Command(BaseCommand):
    help = "Seals where every audit chain stands now, and appends a copy to AUDIT_ANCHOR_FILE."

    def handle(self, *args: Any, **options: Any) -> None:
        anchor = write_anchor()
        self.stdout.write(f"anchor {anchor.number}: {anchor.events} events in {anchor.chains} chains")
        self.stdout.write(f"root {anchor.root}")
        self.stdout.write(f"seal {anchor.digest}")
