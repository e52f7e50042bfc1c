"""What changed in a paper between two rounds, in words people can compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchlife.enumeration import enumerated
from branchlife.templatetags.dates import cn_date
from meetings.enums import ContentCategory, MeetingKind, Presence
from meetings.fixed_days import fixed_day
from reviews.services.snapshots import Content

LINE_LABELS: Mapping[str, str | Promise] = {
    "day": gettext_lazy("Day"),
    "starts": gettext_lazy("Begins"),
    "kinds": gettext_lazy("Kind of meeting"),
    "group_name": gettext_lazy("Party group"),
    "theme": gettext_lazy("Theme"),
    "problem": gettext_lazy("Problem to solve"),
    "category": gettext_lazy("Content category"),
    "place": gettext_lazy("Place"),
    "participants": gettext_lazy("Participants"),
    "lecturer": gettext_lazy("Lecturer"),
    "budget": gettext_lazy("Budget (yuan)"),
    "fixed": gettext_lazy("Fixed day"),
}
RECORD_LABELS: Mapping[str, str | Promise] = {
    "theme": gettext_lazy("Theme"),
    "kinds": gettext_lazy("Kind of meeting"),
    "day": gettext_lazy("Day"),
    "starts": gettext_lazy("Begins"),
    "ends": gettext_lazy("Ends"),
    "place": gettext_lazy("Place"),
    "chair": gettext_lazy("Chair"),
    "recorder": gettext_lazy("Recorder"),
    "problem": gettext_lazy("Problem to solve"),
    "category": gettext_lazy("Content category"),
    "spent": gettext_lazy("Spent (yuan)"),
    "guests": gettext_lazy("Guests without a vote"),
    "not_present": gettext_lazy("Not simply present"),
    "content": gettext_lazy("What was said and done"),
    "decisions": gettext_lazy("Decisions"),
}
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
KIND_LABELS: Mapping[str, str | Promise] = {
    ADDED: pgettext_lazy("line of a plan", "added"),
    REMOVED: pgettext_lazy("line of a plan", "left out"),
    CHANGED: pgettext_lazy("line of a plan", "changed"),
}


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class LineChange:
    """One line of a plan that another round says otherwise. ``pk`` is the line's, where it still exists."""

    kind: str
    title: str
    pk: int | None
    differences: tuple[Difference, ...]

    @property
    def label(self) -> str:
        return str(KIND_LABELS[self.kind])


def plan_changes(before: Content, after: Content) -> list[LineChange]:
    """Line by line, known by their rows; the note of the whole comes last."""
    old = {line["pk"]: line for line in before["items"]}
    new = {line["pk"]: line for line in after["items"]}
    found = [_changed(old.get(pk), line) for pk, line in new.items() if old.get(pk) != line]
    found += [_gone(line) for pk, line in old.items() if pk not in new]
    changes = [change for change in found if change.kind != CHANGED or change.differences]
    if before["note"] != after["note"]:
        note = Difference(_("Note"), before["note"], after["note"])
        changes.append(LineChange(CHANGED, _("The plan as a whole"), None, (note,)))
    return changes


def _changed(old: Content | None, new: Content) -> LineChange:
    kind = CHANGED if old else ADDED
    return LineChange(kind, new["theme"], new["pk"], tuple(differences(old or {}, new, LINE_LABELS)))


def _gone(line: Content) -> LineChange:
    return LineChange(REMOVED, line["theme"], None, tuple(differences(line, {}, LINE_LABELS)))


def record_changes(before: Content, after: Content) -> list[Difference]:
    return differences(before, after, RECORD_LABELS)


def differences(before: Content, after: Content, labels: Mapping[str, str | Promise]) -> list[Difference]:
    pairs = ((name, _word(name, before.get(name)), _word(name, after.get(name))) for name in labels)
    return [Difference(str(labels[name]), old, new) for name, old, new in pairs if old != new]


def _word(name: str, value: Any) -> str:
    """A stored value as people read it; empty for nothing."""
    if value in (None, "", []):
        return ""
    if name == "day":
        return cn_date(date.fromisoformat(value))
    if name == "kinds":
        return enumerated(MeetingKind(kind).label for kind in value)
    if name == "category":
        return str(ContentCategory(value).label)
    if name == "fixed":
        habit = fixed_day(value)
        return habit.label if habit else ""
    if name == "not_present":
        return enumerated(_away(*each) for each in value)
    return str(value)


def _away(name: str, presence: str, reason: str) -> str:
    label = str(Presence(presence).label)
    return f"{name} {label}（{reason}）" if reason else f"{name} {label}"
