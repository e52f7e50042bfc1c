"""`make bench`: a database of its own, made and thrown away; DATABASE_URL chooses PostgreSQL.

With --record the tables are added to benchmarks/RESULTS.md; a name such as `reminders` measures that part only.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
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


def measure(vendor: str, only: Collection[str]) -> str:
    from django.utils import timezone

    from benchmarks import audit, pages, reminders, sample_imports
    from benchmarks.measure import table

    parts: list[tuple[str, tuple[str, ...], Callable[[], Sequence[Sequence[object]]]]] = [
        ("The sample's imports and report, in one process", ("step", "s", "queries"), sample_imports.run),
        (
            "Pages on the sample, signed in (median of 5, in process)",
            ("page", "ms", "queries", "bytes", "÷ health page"),
            pages.run,
        ),
        ("The audit trail", ("what", "events", "a second"), audit.run),
        (
            f"Reminders and ledger at {reminders.BRANCHES} branches, microseconds",
            ("what", "of work (CPU)", "by the clock"),
            reminders.run,
        ),
    ]
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    machine = f"Python {platform.python_version()} · {os.cpu_count()} cores, load {load}"
    told = [f"## {timezone.localdate()} · {vendor} · {machine}"]
    for heading, columns, run in parts:
        if not only or run.__module__.rpartition(".")[2] in only:
            told += [f"### {heading}", table(columns, run())]
    return "\n\n".join(told) + "\n"


def main(arguments: list[str]) -> int:
    only = [each for each in arguments if not each.startswith("--")]
    with site() as vendor:
        text = measure(vendor, only)
    print(text)
    if "--record" in arguments:
        before = RESULTS.read_text(encoding="utf8") if RESULTS.exists() else "# What was measured\n"
        RESULTS.write_text(f"{before.rstrip()}\n\n{text}", encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
