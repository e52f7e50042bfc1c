"""Taking over what offices have in workbooks: organizations, rosters, ledgers of meetings."""

from meetings.services.imports.preview import ImportKind
from meetings.services.imports.report import ImportRefused, ImportReport
from meetings.services.imports.run import ImportRequest, apply_import, plan_import

__all__ = ["ImportKind", "ImportRefused", "ImportReport", "ImportRequest", "apply_import", "plan_import"]
