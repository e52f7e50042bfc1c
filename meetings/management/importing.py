"""What the three import commands share: opening the file, printing the result, exit codes."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.services.imports import ImportRefused, ImportReport, ImportRequest, apply_import, plan_import
from meetings.workbooks.problems import WorkbookRefused

FORMATS = ("table", "json")
SHOWN = 50  # errors printed for people; json has them all


class ImportCommand(BaseCommand):
    """One import. Exit code 1 when the file is unreadable or has errors; then nothing was written."""

    kind: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.xlsx")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--skip-invalid", action="store_true", help="import the rows without errors")
        parser.add_argument("--format", default="table", metavar="|".join(FORMATS))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] not in FORMATS:
            raise CommandError(f"--format: {options['format']!r} is neither table nor json.")
        report, is_done = self._run(options)
        self.stdout.write(_as_json(report) if options["format"] == "json" else _as_text(report, is_done))
        if report.errors and not (is_done and options["skip_invalid"]):
            sys.exit(1)

    def year(self, options: dict[str, Any]) -> int | None:
        return None

    def _run(self, options: dict[str, Any]) -> tuple[ImportReport, bool]:
        year = self.year(options)
        try:
            with _opened(options["file"]) as file:
                request = ImportRequest(kind=self.kind, file=file, actor=None, year=year)
                if options["dry_run"]:
                    return plan_import(request=request), False
                return apply_import(request=request, skip_invalid=options["skip_invalid"]), True
        except ImportRefused as refused:
            return refused.report, False
        except WorkbookRefused as refused:
            raise CommandError(f"{options['file']}: {refused}") from None
        except IntegrityError:
            raise CommandError(
                _("Somebody else changed the same data; nothing was written, try again.")
            ) from None


def _opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as problem:
        raise CommandError(f"{path}: {problem.strerror}") from None
    except ValueError:
        raise CommandError(f"{path!r} is not the name of a file.") from None


def _as_json(report: ImportReport) -> str:
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=1)


def _as_text(report: ImportReport, is_done: bool) -> str:
    counts = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
    lines = [_("%(created)s added, %(updated)s changed, %(unchanged)s unchanged") % counts]
    if report.errors and not is_done:
        lines.append(_("Nothing was imported: %(count)s errors.") % {"count": len(report.errors)})
    elif not is_done:
        lines.append(_("A trial run: nothing was written."))
    notes = [(pgettext("import", "error"), note) for note in report.errors] + [
        (pgettext("import", "note"), note) for note in report.warnings
    ]
    lines += [f"{kind} {note.cell or note.row} {note.message}" for kind, note in notes[:SHOWN]]
    if len(notes) > SHOWN:
        lines.append(_("… and %(count)s more") % {"count": len(notes) - SHOWN})
    return "\n".join(lines)
