"""The first rows of a workbook as they were understood, for somebody to look over before confirming."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from branchlife.enumeration import enumerated
from meetings.enums import MeetingKind, OrganizationKind, PostTitle, StandingKind

SHOWN = 5


class ImportKind(TextChoices):
    ORGANIZATIONS = "organizations", gettext_lazy("Organizations")
    ROSTER = "roster", gettext_lazy("Roster")
    LEDGER = "ledger", gettext_lazy("Ledger of meetings")


@dataclass(frozen=True)
class Preview:
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def preview_of(kind: str, rows: Sequence[Any]) -> Preview:
    """Numbers of ID cards and telephones are left out: nobody needs to see them here."""
    columns = _columns(kind)
    shown = [[*(show(row) for show in columns.values()), str(row.row)] for row in rows[:SHOWN]]
    return Preview([*columns, _("Row")], shown)


def _columns(kind: str) -> dict[str, Callable[[Any], str]]:
    match kind:
        case ImportKind.ORGANIZATIONS:
            return {
                pgettext("organization", "Name"): lambda row: row.name,
                _("Under"): lambda row: row.parent,
                _("Kind"): lambda row: str(OrganizationKind(row.kind).label),
                _("Founded on"): lambda row: _day(row.founded_on),
                _("Term since"): lambda row: _day(row.term_start_on),
            }
        case ImportKind.ROSTER:
            return {
                _("Name"): lambda row: row.name,
                _("Branch"): lambda row: row.branch,
                _("Party group"): lambda row: row.group,
                _("Joined on"): lambda row: _day(row.joined_on),
                _("Full member since"): lambda row: _day(row.full_member_on),
                _("Post"): lambda row: _labels(row.posts, PostTitle),
                _("Standing"): lambda row: _labels(row.standings, StandingKind),
            }
    return {
        _("Branch"): lambda row: row.branch,
        _("Party group"): lambda row: row.group,
        _("Kind of meeting"): lambda row: _labels(row.kinds, MeetingKind),
        _("Day"): lambda row: _day(row.day),
        _("Begins"): lambda row: f"{row.starts:%H:%M}" if row.starts else "",
        _("Theme"): lambda row: row.theme,
        _("Not present"): lambda row: str(len(row.absences)),
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _labels(codes: Sequence[str], words: type[TextChoices]) -> str:
    return enumerated(words(code).label for code in codes)
