"""`make bench`: a database of its own, made and thrown away; DATABASE_URL chooses PostgreSQL.

With --record the tables go to benchmarks/RESULTS.md as well.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


@contextmanager
def site() -> Iterator[str]:
    """Django set up on an empty database; its vendor's name."""
    with tempfile.TemporaryDirectory(prefix="branchlife-bench-") as folder:
        (Path(folder) / "static").mkdir()
        os.environ |= {"DATA_DIR": folder, "DEMO": "1", "SECRET_KEY": "bench" * 10, "LOG_LEVEL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "branchlife.settings"
        import django

        django.setup()
        from django.conf import settings
        from django.db import connection

        settings.DATABASES["default"]["TEST"]["NAME"] = (
            str(Path(folder) / "bench.sqlite3") if connection.vendor == "sqlite" else None
        )
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield connection.vendor
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measure(vendor: str) -> str:
    from django.utils import timezone

    from benchmarks import audit, pages, reminders, sample_imports
    from benchmarks.measure import table

    title = f"{timezone.localdate()} · {vendor} · Python {platform.python_version()} · {os.cpu_count()} cores"
    parts = [
        f"## {title}",
        "### The sample's imports and report, in one process",
        table(("step", "s", "queries"), sample_imports.run()),
        "### Pages on the sample, signed in (median of 5, in process)",
        table(("page", "ms", "queries", "bytes", "÷ health page"), pages.run()),
        "### The audit trail",
        table(("what", "events", "a second"), audit.run()),
        "### Reminders at a month's end",
        table(("what", "branches", "figure"), reminders.run()),
    ]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    with site() as vendor:
        text = measure(vendor)
    print(text)
    if "--record" in arguments:
        RESULTS.write_text(f"# What was measured\n\n{text}", encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
