"""The four imports of the sample, and the report they lead to."""

import io
from pathlib import Path

from django.core.management import call_command

from benchmarks.measure import measured

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"

STEPS: tuple[tuple[str, list[str]], ...] = (
    ("import_organizations", [str(DATA / "organizations.xlsx")]),
    ("import_roster", [str(DATA / "roster-clean.xlsx")]),
    ("import_roster --dry-run", [str(DATA / "roster-messy.xlsx"), "--dry-run", "--format", "json"]),
    ("import_ledger", [str(DATA / "ledger-2026.xlsx"), "--year", "2026"]),
    ("compliance", ["--organization", "3201", "--year", "2026", "--as-of", "2026-11-23", "--format", "json"]),
    ("import_ledger, again", [str(DATA / "ledger-2026.xlsx"), "--year", "2026"]),
)


def run() -> list[list[object]]:
    rows: list[list[object]] = []
    total = 0.0
    for label, arguments in STEPS:
        output = io.StringIO()
        with measured() as result:
            try:
                call_command(label.split(",")[0].split(" ")[0], *arguments, stdout=output)
            except SystemExit as end:  # the messy roster has errors to name
                assert "dry-run" in label, f"{label} ended with {end.code}"
        assert output.getvalue().strip(), f"{label} said nothing"
        total += result.seconds if label != "compliance" and "again" not in label else 0.0
        rows.append([label, f"{result.seconds:.2f}", result.queries])
    return [*rows, ["the four imports together", f"{total:.2f}", ""]]
