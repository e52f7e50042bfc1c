"""What the ledger must say, worked out again from the raw rows in plain Python.

Nothing here asks the program what is owed or what counts: months, versions, bearers, conditions and counting
are written down a second time, row by row, in the simplest way there is. Only the rows are read from the
database.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from meetings.models import (
    Meeting,
    MeetingPart,
    Membership,
    Obligation,
    Organization,
    PartyGroup,
    Requirement,
)

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
BRANCHES = {"branch", "joint_branch", "temporary_branch"}
TOOK_PLACE = {"held", "submitted", "returned", "accepted", "archived"}
ACCEPTED = {"accepted", "archived"}

Key = tuple[int, int | None, str, date]


class Owed(NamedTuple):
    """A line as the rules ask for it."""

    requirement: int
    last_day: date
    due_on: date
    needed: int
    shares_event: bool


class Counted(NamedTuple):
    held: int
    accepted: int


@dataclass
class Model:
    """``first_year`` of each organization is the one in which its ledger was begun; ``closed`` are the lines of
    years that were over when the organization changed its place in the tree."""

    today: date
    first_year: dict[int, int] = field(default_factory=dict)
    closed: dict[int, dict[Key, Owed]] = field(default_factory=dict)
    closed_before: dict[int, int] = field(default_factory=dict)

    def begin(self, organization: int) -> None:
        self.first_year.setdefault(organization, self.today.year)

    def close(self, organization: int) -> None:
        """What it owed in years gone by stays as it is now."""
        kept = {key: owed for key, owed in self.owed().items() if key[0] == organization}
        self.closed[organization] = {key: o for key, o in kept.items() if key[3].year < self.today.year}
        self.closed_before[organization] = self.today.year

    def owed(self) -> dict[Key, Owed]:
        """Every line there must be, beside those somebody waived."""
        facts = Facts()
        lines: dict[Key, Owed] = {}
        for organization in facts.organizations.values():
            lines |= self._owed_by(organization, facts)
        return lines

    def _owed_by(self, organization: dict[str, Any], facts: "Facts") -> dict[Key, Owed]:
        own = organization["id"]
        lines = dict(self.closed.get(own, {}))
        first_year = max(self.first_year[own], self.closed_before.get(own, 0))
        for code in facts.codes:
            for first in self._months_from(first_year):
                rule = facts.rule(code, organization["path"], first)
                if rule and begins(rule["period"], first):
                    lines |= facts.lines(rule, organization, first)
        return lines

    def _months_from(self, year: int) -> list[date]:
        months = [date(each, month, 1) for each in range(year, self.today.year + 2) for month in range(1, 13)]
        return [first for first in months if first <= self.horizon()]

    def horizon(self) -> date:
        """The last day of the quarter after this one."""
        quarter = (self.today.month - 1) // 3
        index = self.today.year * 12 + (quarter + 2) * 3 - 1
        year, month = index // 12, index % 12 + 1
        return date(year, month, monthrange(year, month)[1])


class Facts:
    """The raw rows."""

    def __init__(self) -> None:
        self.organizations = {row["id"]: row for row in Organization.objects.order_by("id").values()}
        self.groups = list(PartyGroup.objects.values())
        self.rules: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for rule in Requirement.objects.order_by("id").values():
            rule["place"] = self.organizations[rule["owner_id"]]["path"] if rule["owner_id"] else ""
            self.rules[rule["code"]].append(rule)
        self.people = list(
            Membership.objects.values("organization_id", "start_on", "end_on", "member__full_member_on")
        )

    @property
    def codes(self) -> list[str]:
        """In the order of the book; of two rules for one line the later wins."""
        return sorted(self.rules, key=lambda code: (min(r["position"] for r in self.rules[code]), code))

    def rule(self, code: str, path: str, day: date) -> dict[str, Any] | None:
        """The version of the nearest organization upwards that is in force that day; None if it is not in use."""
        found = [
            (len(rule["place"]), rule["version"], rule)
            for rule in self.rules[code]
            if path.startswith(rule["place"])
            and rule["valid_from"] <= day
            and (rule["valid_to"] is None or day <= rule["valid_to"])
        ]
        if not found:
            return None
        rule = max(found, key=lambda each: each[:2])[2]
        return rule if rule["is_active"] else None

    def lines(self, rule: dict[str, Any], organization: dict[str, Any], first: date) -> dict[Key, Owed]:
        last = end_of(rule["period"], first)
        if not self._owes(rule, organization, first, last):
            return {}
        due_on = last + timedelta(days=rule["grace_days"])
        owed = Owed(rule["id"], last, due_on, rule["minimum"], rule["shares_event"])
        own = organization["id"]
        if rule["bearer"] != "group":
            return {(own, None, rule["kind"], first): owed}
        groups = [group for group in self.groups if group["organization_id"] == own]
        return {
            (own, group["id"], rule["kind"], first): owed for group in groups if existed(group, first, last)
        }

    def _owes(self, rule: dict[str, Any], organization: dict[str, Any], first: date, last: date) -> bool:
        right_kind = (
            organization["kind"] == "committee"
            if rule["bearer"] == "committee"
            else organization["kind"] in BRANCHES
        )
        if not right_kind or not existed(organization, first, last):
            return False
        if rule["condition"] == "has_committee":
            return self.full_members(organization["id"], first) >= 7
        return rule["condition"] != "has_leading_body" or organization["has_leading_body"]

    def full_members(self, organization: int, day: date) -> int:
        return sum(
            row["organization_id"] == organization
            and row["start_on"] <= day
            and (row["end_on"] is None or day <= row["end_on"])
            and row["member__full_member_on"] is not None
            and row["member__full_member_on"] <= day
            for row in self.people
        )


def begins(period: str, first: date) -> bool:
    return (first.month - 1) % MONTHS[period] == 0


def end_of(period: str, first: date) -> date:
    month = first.month + MONTHS[period] - 1
    return date(first.year, month, monthrange(first.year, month)[1])


def existed(bearer: dict[str, Any], first: date, last: date) -> bool:
    """From its first whole period on, and not in the one in which it ends."""
    return bearer["founded_on"] <= first and (bearer["dissolved_on"] is None or bearer["dissolved_on"] > last)


class Records:
    """Every kind of every meeting, to be looked at one by one."""

    def __init__(self) -> None:
        self.parts = list(MeetingPart.objects.values("meeting_id", "kind", "counts_for"))
        columns = ("id", "organization_id", "group_id", "state")
        self.meetings = {row["id"]: row for row in Meeting.objects.values(*columns)}
        self.kinds = Counter(part["meeting_id"] for part in self.parts)

    def count(self, key: Key, owed: Owed) -> Counted:
        organization, group, kind, first = key
        states = [
            meeting["state"]
            for part in self.parts
            if (meeting := self.meetings[part["meeting_id"]])["organization_id"] == organization
            and meeting["group_id"] == group
            and part["kind"] == kind
            and first <= part["counts_for"] <= owed.last_day
            and meeting["state"] in TOOK_PLACE
            and (owed.shares_event or self.kinds[part["meeting_id"]] == 1)
        ]
        return Counted(len(states), sum(state in ACCEPTED for state in states))


def stored() -> dict[Key, tuple[Owed, Counted]]:
    rows = Obligation.objects.values()
    return {
        (row["organization_id"], row["group_id"], row["kind"], row["period_start"]): (
            Owed(row["requirement_id"], row["period_end"], row["due_on"], row["needed"], row["shares_event"]),
            Counted(row["counted"], row["accepted"]),
        )
        for row in rows
    }


def waived() -> set[Key]:
    columns = ("organization_id", "group_id", "kind", "period_start")
    return set(Obligation.objects.exclude(waived_at=None).values_list(*columns))


def differences(model: Model) -> list[str]:
    """Where the stored ledger is not what it must be; empty when it is right."""
    owed, found, excused, records = model.owed(), stored(), waived(), Records()
    wrong = [f"missing {key} {owed[key]}" for key in owed.keys() - found.keys()]
    wrong += [f"not owed {key} {found[key]}" for key in found.keys() - owed.keys() - excused]
    for key in found.keys() & owed.keys():
        right = owed[key], records.count(key, owed[key])
        if found[key] != right:
            wrong.append(f"{key}: {found[key]}, should be {right}")
    for key in excused - owed.keys():
        if found[key][1] != (right_count := records.count(key, found[key][0])):
            wrong.append(f"{key}: {found[key][1]}, should be {right_count}")
    return sorted(wrong)
