"""How the state of ledger lines is said and coloured, wherever it appears."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from branchlife.models import User
from meetings.enums import MeetingState
from meetings.models import Meeting, Obligation
from meetings.rules import leads_branch
from meetings.scope import scope_of
from reviews.compliance.lines import WAITING, state_of
from reviews.compliance.tally import Tally

# The colour of a tag, and the state of a matrix cell.
TAGS = {
    "met": "met",
    "waiting": "info",
    "overdue": "overdue",
    "open": "due",
    "upcoming": "neutral",
    "waived": "none",
}
CELLS = {
    "met": "met",
    "waiting": "waiting",
    "overdue": "overdue",
    "open": "due",
    "upcoming": "open",
    "waived": "waived",
    "none": "none",
}
LABELS: Mapping[str, str | Promise] = {
    "met": gettext_lazy("Held"),
    "waiting": gettext_lazy("Held, record not accepted yet"),
    "overdue": gettext_lazy("Overdue"),
    "open": gettext_lazy("Not due yet"),
    "upcoming": pgettext_lazy("ledger", "Upcoming"),
    "waived": gettext_lazy("Waived"),
    "none": gettext_lazy("Not owed"),
}
# Of a line that is held: where its records stand, the one that needs the most first.
RECORDS: Mapping[str, str | Promise] = {
    MeetingState.HELD: gettext_lazy("Held, record not handed in"),
    MeetingState.RETURNED: gettext_lazy("Held, record returned"),
    MeetingState.SUBMITTED: gettext_lazy("Held, record in review"),
}
# Inside a cell that spans a quarter there is room for a word.
SHORT: Mapping[str, str | Promise] = {
    "met": pgettext_lazy("cell", "held"),
    "waiting": pgettext_lazy("cell", "to be accepted"),
    "overdue": pgettext_lazy("cell", "not held"),
    "open": pgettext_lazy("cell", "to be held"),
}


def ledger_url(**query: object) -> str:
    """The list of lines behind a number; empty values are left out."""
    chosen = {name: value for name, value in query.items() if value not in ("", None)}
    return f"{reverse('obligation_list')}?{urlencode(chosen)}"


def days_late(due_on: date, as_of: date) -> str:
    days = (as_of - due_on).days
    return ngettext("%(n)s day overdue", "%(n)s days overdue", days) % {"n": days}


def in_words(tally: Tally) -> str:
    """What a cell's numbers mean, for its tooltip and for those who listen."""
    if not tally.owed:
        return str(LABELS[tally.state])
    words = [_("%(met)s of %(owed)s held") % {"met": tally.met, "owed": tally.owed}]
    words += [
        f"{LABELS[name]} {number}"
        for name in ("overdue", "open", "waiting")
        if (number := getattr(tally, name))
    ]
    return ", ".join(words)


def enter_url(user: User, line: Obligation) -> str:
    """Where the one whose duty it is enters a meeting for this line, filled in; empty for everybody else."""
    if not (leads_branch(user, line.organization) or scope_of(user).leads_group(line.group_id)):
        return ""
    day = min(line.period_end, timezone.localdate())
    known = {"organization": line.organization_id, "kinds": line.kind, "day": day.isoformat()}
    if line.group_id:
        known["group"] = line.group_id
    return f"{reverse('meeting_create')}?{urlencode(known)}"


def basis_note(line: Obligation) -> str:
    """The legal basis and how often, such as 《…条例》第十二条 · 每月至少1次."""
    return " · ".join([line.requirement.basis or _("Local practice"), line.requirement.frequency])


@dataclass
class Line:
    """A ledger line as a row of a page: what, by when, on which basis, with which meetings."""

    obligation: Obligation
    as_of: date
    meetings: list[Meeting] = field(default_factory=list)
    enter_url: str = ""  # where this user enters a meeting for it

    @property
    def state(self) -> str:
        return state_of(self.obligation, self.as_of)

    @property
    def tag(self) -> str:
        return TAGS[self.state]

    @property
    def label(self) -> str:
        if self.state == "overdue":
            return days_late(self.obligation.due_on, self.as_of)
        if self.state == WAITING and self.meetings:
            states = {meeting.state for meeting in self.meetings}
            return str(next((RECORDS[each] for each in RECORDS if each in states), LABELS[WAITING]))
        return str(LABELS[self.state])

    @property
    def bearer(self) -> str:
        group = self.obligation.group
        return group.name if group else ""

    @property
    def is_missing(self) -> bool:
        return self.state in ("overdue", "open")

    @property
    def enter_label(self) -> str:
        return pgettext("late", "Record it") if self.state == "overdue" else _("Enter a meeting")

    @property
    def url(self) -> str:
        """The list with this line alone."""
        line = self.obligation
        return ledger_url(
            year=line.period_start.year,
            organization=line.organization_id,
            group=line.group_id,
            kind=line.kind,
            month=line.period_end.month,
        )

    @property
    def basis(self) -> str:
        return basis_note(self.obligation)
