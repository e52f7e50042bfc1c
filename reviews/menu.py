"""The left menu: what a user's roles have to do with, with counts; who one is acting as."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.compiled import Compiled
from branchlife.models import User
from meetings import rules
from meetings.enums import OFFICES, Role
from meetings.models import Meeting, Notice, Obligation
from meetings.scope import Scope, scope_of
from reviews.compliance.desk import branches_led, has_in_hand, in_hand
from reviews.compliance.numbers import count_rows
from reviews.enums import PlanState
from reviews.models import ContactPoint, Plan, Rectification
from reviews.services.inbox import records_to_review

# In which capacity somebody is named in the top bar who has several.
FOREMOST = (Role.SECRETARY, Role.REVIEWER, Role.ADMINISTRATOR, Role.GROUP_LEADER, *OFFICES)
# Where the work of each officer begins.
OFFICE_PAGES = {Role.SECURITY_OFFICER: "account_list", Role.AUDIT_OFFICER: "audit_list"}
# The pages below an entry of the menu, by what their names begin with.
MEETING_PAGES = ("meeting_", "resolution_", "leave_", "check_in", "catch_up")
RULE_PAGES = ("rule_", "deadline_")
ROSTER_PAGES = ("member_", "post_", "standing_", "group_", "branch_roster", "branch_groups")
TRANSFER_PAGES = ("transfer_",)
ORGANIZATION_PAGES = ("organization_",)
INSPECTION_PAGES = ("inspection_", "visit_")
RECTIFICATION_PAGES = ("rectification_",)
PLAN_PAGES = ("plan_",)
EXCLUSION_PAGES = ("exclusion_",)
REMINDER_PAGES = ("reminder_snooze", "reminder_settings")
ROBOT_PAGES = ("robot_",)
LOOP_PAGES = ("loop_",)
QUERIES = Compiled(most=2000)


@dataclass(frozen=True)
class Counts:
    """How much waits for somebody; only what the own roles have to do with is counted."""

    unread: int = 0
    overdue: int = 0
    to_record: int = 0
    returned: int = 0
    plans: int = 0
    records: int = 0
    mend: int = 0
    verify: int = 0
    contacts: int = 0

    @property
    def to_do(self) -> int:
        return self.overdue + self.to_record + self.returned + self.to_review + self.rectification

    @property
    def rectification(self) -> int:
        return self.mend + self.verify

    @property
    def to_review(self) -> int:
        return self.plans + self.records


@dataclass(frozen=True)
class Entry:
    """A page of the menu; ``also`` says how the names of the pages below it begin, which keep it marked."""

    name: str
    label: str | Promise
    icon: str
    count: int = 0
    also: tuple[str, ...] = ()
    args: tuple[int, ...] = ()

    def drawn(self, current: str) -> dict[str, Any]:
        return {
            "label": self.label,
            "url": reverse(self.name, args=self.args),
            "icon": self.icon,
            "count": self.count,
            "strong": bool(self.count),
            "active": current == self.name or current.startswith(self.also),
        }


def menu(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. One query beside the user's scope; nothing for those who are not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    counts = counts_for(user, timezone.localdate())
    current = (request.resolver_match.url_name if request.resolver_match else "") or ""
    groups = [
        {"label": label, "items": [entry.drawn(current) for entry in entries]}
        for label, entries in _groups(user, counts)
        if entries
    ]
    scope = scope_of(user)
    return {
        "menu": groups,
        "notice_count": counts.unread,
        "acting_as": _acting_as(scope),
        "compact_offices": settings.COMPACT_OFFICES and bool(scope.paths(Role.ADMINISTRATOR)),
    }


def office_page(scope: Scope) -> str:
    """The name of an officer's first page; empty for everybody else."""
    return next((OFFICE_PAGES[Role(seat.role)] for seat in scope.offices if seat.role in OFFICE_PAGES), "")


def counts_for(user: User, as_of: date) -> Counts:
    """One query, read once per user object and day: menu and workbench say the same."""
    cache: dict[date, Counts] = user.__dict__.setdefault("_waiting", {})
    if as_of not in cache:
        key = user.pk, scope_of(user), as_of, timezone.localdate()
        (numbers,) = QUERIES.rows(key, lambda: _counted(user, as_of))
        cache[as_of] = Counts(*numbers)
    return cache[as_of]


def _counted(user: User, as_of: date) -> QuerySet[User, Any]:
    """The numbers in the order of ``Counts``; the user's own row carries them."""
    rows = _countable(user, as_of)
    names = [field.name for field in fields(Counts)]
    numbers = [count_rows(rows[name]) if name in rows else Value(0) for name in names]
    return User.objects.filter(pk=user.pk).values_list(*numbers)


def _countable(user: User, as_of: date) -> dict[str, QuerySet]:
    """Depends on the user's scope and the days alone: they are the key of ``QUERIES``."""
    scope = scope_of(user)
    rows: dict[str, QuerySet] = {"unread": Notice.objects.visible_to(user).unread()}
    if has_in_hand(scope):
        rows["overdue"] = Obligation.objects.filter(in_hand(scope)).overdue(as_of)
        rows["to_record"] = Meeting.objects.filter(in_hand(scope)).to_record(as_of)
    if branches_led(scope):
        rows["returned"] = Plan.objects.filter(organization__in=branches_led(scope), state=PlanState.RETURNED)
    if rules.can_review(user):
        rows["plans"] = Plan.objects.reviewable_by(user)
        rows["records"] = records_to_review(user)
    if branches_led(scope):
        rows["mend"] = Rectification.objects.filter(organization__in=branches_led(scope)).open()
    if branches_led(scope) or rules.can_review(user):
        rows["verify"] = Rectification.objects.verifiable_by(user)
    if scope.member_id:
        rows["contacts"] = ContactPoint.objects.on(as_of).filter(cadre=scope.member_id)
    return rows


def _groups(user: User, counts: Counts) -> list[tuple[str | Promise, list[Entry]]]:
    if scope_of(user).offices:
        return [("", _office(user))]
    return [
        ("", _desk(user, counts)),
        (_("Organizational life"), _life(user, counts)),
        (_("Supervision"), _supervision(user)),
        (pgettext_lazy("menu", "Branch"), _branch(user)),
        (pgettext_lazy("menu", "Settings"), _settings(user)),
    ]


def _office(user: User) -> list[Entry]:
    """Officers have nothing to do with the branches' life."""
    service = Entry("reminder_health", _("Reminder service"), "heart-pulse")
    trail = Entry("audit_list", _("Audit trail"), "journal-check", also=("audit_",))
    return [
        *_accounts(user),
        *([service] if rules.looks_after_service(user, ()) else []),
        *([trail] if rules.reads_trail(user) else []),
    ]


def _accounts(user: User) -> list[Entry]:
    if not rules.can_appoint(user):
        return []
    return [Entry("account_list", _("Accounts and roles"), "person-gear", also=("appointment_create",))]


def _desk(user: User, counts: Counts) -> list[Entry]:
    entries = [Entry("workbench", _("Workbench"), "house-door", counts.to_do)]
    if rules.can_review(user):
        entries.append(Entry("inbox", _("Waiting for review"), "inbox", counts.to_review))
    return [
        *entries,
        Entry("reminder_list", pgettext_lazy("menu", "Reminders"), "alarm", also=REMINDER_PAGES),
    ]


def _life(user: User, counts: Counts) -> list[Entry]:
    meetings = Entry("meeting_list", pgettext_lazy("menu", "Meetings"), "calendar-event", also=MEETING_PAGES)
    contacts = Entry("contact_list", pgettext_lazy("menu", "Contact points"), "geo-alt", also=("contact_",))
    if not scope_of(user).seats:
        own = [contacts] if counts.contacts else []
        return [meetings, Entry("my_page", _("My page"), "person"), *own]
    forecast = Entry("forecast_list", _("Quorum forecast"), "people")
    owed = Entry("obligation_list", pgettext_lazy("menu", "What is owed"), "list-check")
    if not (rules.can_plan(user) or rules.can_see_dashboard(user)):
        return [owed, meetings]
    return [
        owed,
        Entry("plan_list", pgettext_lazy("menu", "Plans"), "journal-text", also=PLAN_PAGES),
        meetings,
        forecast,
        Entry(
            "rectification_list", pgettext_lazy("menu", "Rectification"), "clipboard-check",
            counts.rectification, also=RECTIFICATION_PAGES,
        ),
        Entry("inspection_list", pgettext_lazy("menu", "Inspections"), "binoculars", also=INSPECTION_PAGES),
        contacts,
        Entry("loop", pgettext_lazy("menu", "Closing the loop"), "arrow-repeat", also=LOOP_PAGES),
        Entry("case_list", pgettext_lazy("menu", "Good cases"), "award", also=("case_",)),
    ]  # fmt: skip


def _supervision(user: User) -> list[Entry]:
    if not rules.can_see_dashboard(user):
        return []
    return [
        Entry("dashboard", _("Compliance"), "grid-3x3-gap"),
        Entry("branch_list", _("Branches"), "diagram-3", also=("branch_detail",)),
        Entry(
            "dual_life_list", _("Dual organizational life"), "person-workspace", also=("dual_life_detail",)
        ),
    ]


def _branch(user: User) -> list[Entry]:
    entries = []
    own = {
        seat.organization_id
        for seat in scope_of(user).seats
        if seat.role in (Role.SECRETARY, Role.GROUP_LEADER)
    }
    if len(own) == 1:
        entries.append(Entry("branch_detail", _("My branch"), "flag", args=tuple(own)))
    elif own:
        entries.append(Entry("branch_list", _("My branches"), "flag", also=("branch_detail",)))
    if rules.can_see_roster(user):
        entries.append(Entry("member_list", _("Roster"), "people", also=ROSTER_PAGES))
    if rules.can_keep_rosters(user):
        entries.append(Entry("transfer_list", _("Transfers"), "arrow-left-right", also=TRANSFER_PAGES))
    if rules.can_plan(user) or rules.can_review(user):
        left_out = pgettext_lazy("menu", "Left out of the count")
        entries.append(Entry("exclusion_list", left_out, "person-dash", also=EXCLUSION_PAGES))
    return entries


def _settings(user: User) -> list[Entry]:
    entries = []
    if rules.can_see_rules(user):
        entries.append(Entry("rule_list", pgettext_lazy("menu", "Rule book"), "book", also=RULE_PAGES))
        entries.append(
            Entry("workday_now", pgettext_lazy("menu", "Working days"), "calendar3", also=("workday_year",))
        )
        entries.append(
            Entry("chain_list", pgettext_lazy("menu", "Review chains"), "signpost-split", also=("chain_",))
        )
    if rules.can_review(user):
        delegations = pgettext_lazy("menu", "Delegations")
        entries.append(Entry("delegation_list", delegations, "person-check", also=("delegation_",)))
    if rules.can_see_dashboard(user):
        entries.append(Entry("organization_list", _("Organizations"), "diagram-2", also=ORGANIZATION_PAGES))
    if rules.can_import(user):
        entries.append(Entry("import_list", _("Imports"), "upload"))
    if rules.can_keep_rosters(user):
        entries.append(Entry("robot_list", _("Group robots"), "robot", also=ROBOT_PAGES))
    if rules.can_see_letters(user):
        entries.append(Entry("letter_list", _("Undelivered letters"), "envelope-exclamation"))
    return entries + _accounts(user)


def _acting_as(scope: Scope) -> str:
    """Place and role, such as 办公室党支部 · 支部书记; empty for members without a role."""
    seats = sorted((*scope.seats, *scope.offices), key=lambda seat: FOREMOST.index(Role(seat.role)))
    return f"{seats[0].name} · {Role(seats[0].role).label}" if seats else ""
