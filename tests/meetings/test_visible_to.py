"""Who sees which rows, model by model and role by role, with other people's rows lying beside them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from branchlife.models import User
from meetings.enums import MeetingKind, MeetingState, Role
from meetings.models import (
    Appointment,
    Attendance,
    Deadline,
    Meeting,
    MeetingPart,
    Member,
    Membership,
    Notice,
    Obligation,
    Organization,
    PartyGroup,
    Requirement,
)  # fmt: skip
from reviews.enums import PlanState
from reviews.models import Plan
from tests.world import World, appoint, build_world, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
APPS = ("branchlife", "meetings", "reviews")
Rows = dict[type[models.Model], dict[str, models.Model]]
DAY = date(2026, 11, 20)
ROLES = (
    "outsider", "member", "group_leader", "secretary", "small_secretary", "reviewer", "administrator",
    "other_secretary", "other_reviewer",
)  # fmt: skip

# The rules one stands under, and those set below.
RULES_SEEN = {
    "group_leader": "national committee own",
    "secretary": "national committee own",
    "small_secretary": "national committee",
    "reviewer": "national committee own",
    "administrator": "national committee own",
    "other_secretary": "national other_committee",
    "other_reviewer": "national other_committee",
}

# model → role → the names of the rows seen; a role that is left out sees nothing.
# Rows: "own" are of the branch, "g1"/"g2" of its groups, "small" of the sister branch,
# "other" of a committee elsewhere.
EXPECTED: dict[type[models.Model], dict[str, str]] = {
    Organization: {
        "group_leader": "own",
        "secretary": "own",
        "small_secretary": "small",
        "reviewer": "committee own small",
        "administrator": "committee own small",
        "other_secretary": "other",
        "other_reviewer": "other_committee other",
    },
    PartyGroup: {
        "group_leader": "g1",
        "secretary": "g1 g2",
        "reviewer": "g1 g2",
        "administrator": "g1 g2",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
    Member: {
        "member": "g2-self",
        "group_leader": "g1-leader g1",
        "secretary": "g1-leader g1 g2-self left",
        "small_secretary": "small left",
        "reviewer": "g1-leader g1 g2-self small left",
        "administrator": "g1-leader g1 g2-self small left",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
    Membership: {
        "member": "g2-self",
        "group_leader": "g1-leader g1",
        "secretary": "g1-leader g1 g2-self left-own",
        "small_secretary": "small left-small",
        "reviewer": "g1-leader g1 g2-self small left-own left-small",
        "administrator": "g1-leader g1 g2-self small left-own left-small",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
    Appointment: {
        "group_leader": "group_leader",
        "secretary": "secretary",
        "small_secretary": "small_secretary",
        "reviewer": "reviewer",
        "administrator": "group_leader secretary small_secretary reviewer administrator",
        "other_secretary": "other_secretary",
        "other_reviewer": "other_reviewer",
    },
    Meeting: {
        # What one was expected at, and what is coming for oneself; the board's only when sitting on it.
        "member": "held coming g2-coming",
        "group_leader": "held g1-held coming g1-coming board-coming",
        "secretary": "held g1-held coming g1-coming g2-coming board-coming",
        "small_secretary": "small-held small-coming",
        "reviewer": "held g1-held coming g1-coming g2-coming board-coming small-held small-coming",
        "administrator": "held g1-held coming g1-coming g2-coming board-coming small-held small-coming",
        "other_secretary": "other-held other-coming",
        "other_reviewer": "other-held other-coming",
    },
    Attendance: {
        "member": "held/g2-self",
        "group_leader": "held/g1-leader g1-held/g1-leader g1-held/g1",
        "secretary": "held/g1-leader held/g1 held/g2-self g1-held/g1-leader g1-held/g1",
        "small_secretary": "small-held/small",
        "reviewer": "held/g1-leader held/g1 held/g2-self g1-held/g1-leader g1-held/g1 small-held/small",
        "administrator": "held/g1-leader held/g1 held/g2-self g1-held/g1-leader g1-held/g1 small-held/small",
        "other_secretary": "other-held/other",
        "other_reviewer": "other-held/other",
    },
    Obligation: {
        "group_leader": "g1",
        "secretary": "own g1 g2",
        "small_secretary": "small",
        "reviewer": "own g1 g2 small",
        "administrator": "own g1 g2 small",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
    Notice: {role: role for role in ROLES},
    Requirement: RULES_SEEN,
    Deadline: RULES_SEEN,
    Plan: {
        # A draft is nobody's business but the branch's.
        "secretary": "own-draft own-submitted",
        "small_secretary": "small-approved",
        "reviewer": "own-submitted small-approved",
        "administrator": "own-submitted small-approved",
        "other_secretary": "other-draft other-submitted",
        "other_reviewer": "other-submitted",
    },
}  # fmt: skip


def scoped_models() -> set[type[models.Model]]:
    found = (model for app in APPS for model in apps.get_app_config(app).get_models())
    return {model for model in found if hasattr(model._default_manager.all(), "visible_to")}


def test_every_scoped_model_is_in_the_table() -> None:
    assert scoped_models() == set(EXPECTED)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_a_role_sees_its_rows_and_no_others(
    model: type[models.Model], role: str, world: World, rows: Rows
) -> None:
    named = {row.pk: name for name, row in rows[model].items()}
    everything = model._default_manager.filter(pk__in=named)
    seen = sorted(named[pk] for pk in everything.visible_to(user(world, role)).values_list("pk", flat=True))
    assert seen == sorted(EXPECTED[model].get(role, "").split())
    # The rows that were held back do exist: without the scope they would have been there.
    assert everything.count() == len(named) > len(seen)


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_a_visitor_who_is_not_signed_in_sees_nothing(model: type[models.Model], rows: object) -> None:
    assert model._default_manager.exists()
    assert not model._default_manager.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize(
    ("start", "end", "sees"),
    [(-10, None, True), (0, 0, True), (-10, -1, False), (1, None, False)],
    ids=["in force", "today only", "ended yesterday", "begins tomorrow"],
)
def test_an_appointment_counts_on_its_days(world: World, start: int, end: int | None, sees: bool) -> None:
    today = timezone.localdate()
    person = make_user("newcomer")
    Appointment.objects.create(
        user=person, organization=world.branch, role=Role.SECRETARY, start_on=today + timedelta(days=start),
        end_on=None if end is None else today + timedelta(days=end),
    )  # fmt: skip
    assert Member.objects.visible_to(person).exists() is sees
    assert Organization.objects.visible_to(person).exists() is sees


def test_two_appointments_add_up(world: World, rows: object) -> None:
    """A reviewer here who also keeps a branch elsewhere sees both, and nothing between."""
    appoint(world.other_secretary, world.small_branch, Role.SECRETARY)
    seen = Organization.objects.visible_to(user(world, "other_secretary"))
    assert set(seen) == {world.other_branch, world.small_branch}


def user(world: World, role: str) -> User:
    """Read afresh, as every request does: a scope is remembered with the user object."""
    return User.objects.get(pk=getattr(world, role).pk)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def rows(world: World) -> Rows:
    people = {
        "g1-leader": world.members[1], "g1": world.members[2], "g2-self": world.members[5],
        "left": world.small_members[3], "small": world.small_members[1], "other": world.other_members[1],
    }  # fmt: skip
    moved = _moved_away(world, people["left"])
    meetings = _meetings(world)
    return {
        Organization: {
            "committee": world.committee, "own": world.branch, "small": world.small_branch,
            "other_committee": world.other_committee, "other": world.other_branch,
        },
        PartyGroup: {"g1": world.groups[0], "g2": world.groups[1], "other": _other_group(world)},
        Member: people,
        Membership: {name: who.memberships.get() for name, who in people.items() if name != "left"} | moved,
        Appointment: {role: seat for role in ROLES if (seat := getattr(world, role).appointments.first())},
        Meeting: meetings,
        Attendance: _attendances(meetings, people),
        Obligation: _obligations(world),
        Notice: {
            role: Notice.objects.create(recipient=getattr(world, role), code="plan.return", created_at=NOW)
            for role in ROLES
        },
        Plan: _plans(world),
        Requirement: _rules(world, Requirement, code="lecture"),
        Deadline: _rules(world, Deadline, code="record"),
    }  # fmt: skip


def _rules(world: World, model: type[models.Model], code: str) -> dict[str, models.Model]:
    national = model._default_manager.get(owner=None, code=code)
    owners = {"committee": world.committee, "own": world.branch, "other_committee": world.other_committee}
    rows = {"national": national}
    for name, owner in owners.items():
        rows[name] = model._default_manager.get(pk=national.pk)
        rows[name].pk, rows[name].owner = None, owner
        rows[name].save()
    return rows


def _moved_away(world: World, member: Member) -> dict[str, Membership]:
    """Somebody who went from the branch to its sister: each keeps the time that was its own."""
    now = member.memberships.get()
    before = Membership.objects.create(
        member=member, organization=world.branch, start_on=date(2012, 1, 1), end_on=date(2015, 12, 31)
    )
    return {"left-own": before, "left-small": now}


def _other_group(world: World) -> PartyGroup:
    return PartyGroup.objects.create(
        organization=world.other_branch, name="外单位党小组", founded_on=date(2020, 1, 1)
    )


def _meetings(world: World) -> dict[str, Meeting]:
    g1, g2 = world.groups
    places = {
        "": (world.branch, None), "g1-": (world.branch, g1), "g2-": (world.branch, g2),
        "small-": (world.small_branch, None), "other-": (world.other_branch, None), "board-": (world.branch, None),
    }  # fmt: skip
    coming = {
        f"{name}coming": Meeting.objects.create(organization=branch, group=group, theme=f"{name}来", day=DAY)
        for name, (branch, group) in places.items()
    }
    for name, meeting in coming.items():
        kind = {"board-coming": MeetingKind.COMMITTEE}.get(name, MeetingKind.GENERAL)
        MeetingPart.objects.create(meeting=meeting, kind=kind, counts_for=DAY)
    held = {
        f"{name}held": Meeting.objects.create(
            organization=places[name][0], group=places[name][1], theme=f"{name}开", day=DAY,
            state=MeetingState.HELD, recorded_at=NOW,
        )
        for name in ("", "g1-", "small-", "other-")
    }  # fmt: skip
    return coming | held


def _attendances(meetings: dict[str, Meeting], people: dict[str, Member]) -> dict[str, Attendance]:
    present = {
        "held": ("g1-leader", "g1", "g2-self"), "g1-held": ("g1-leader", "g1"), "small-held": ("small",),
        "other-held": ("other",),
    }  # fmt: skip
    return {
        f"{meeting}/{name}": _attendance(meetings[meeting], people[name])
        for meeting, names in present.items()
        for name in names
    }


def _attendance(meeting: Meeting, member: Member) -> Attendance:
    own = {"meeting": meeting, "member": member, "organization": meeting.organization, "day": DAY}
    return Attendance.objects.create(**own, hard_bound=True, has_vote=True)


def _obligations(world: World) -> dict[str, Obligation]:
    rule = Requirement.objects.get(owner=None, code="theme_day")
    bearers = {
        "own": (world.branch, None), "g1": (world.branch, world.groups[0]),
        "g2": (world.branch, world.groups[1]),
        "small": (world.small_branch, None), "other": (world.other_branch, None),
    }  # fmt: skip
    return {
        name: Obligation.objects.create(
            requirement=rule, organization=branch, group=group, kind="theme_day", period="month", needed=1,
            period_start=date(2026, 11, 1), period_end=date(2026, 11, 30), due_on=date(2026, 11, 30),
        )
        for name, (branch, group) in bearers.items()
    }  # fmt: skip


def _plans(world: World) -> dict[str, Plan]:
    def plan(branch: Organization, quarter: int, state: PlanState) -> Plan:
        first = date(2026, quarter * 3 - 2, 1)
        return Plan.objects.create(
            organization=branch, period="quarter", period_start=first, period_end=first + timedelta(days=89),
            state=state, author=world.secretary, submitted_at=None if state == PlanState.DRAFT else NOW,
        )  # fmt: skip

    return {
        "own-draft": plan(world.branch, 4, PlanState.DRAFT),
        "own-submitted": plan(world.branch, 3, PlanState.SUBMITTED),
        "small-approved": plan(world.small_branch, 4, PlanState.APPROVED),
        "other-draft": plan(world.other_branch, 4, PlanState.DRAFT),
        "other-submitted": plan(world.other_branch, 3, PlanState.SUBMITTED),
    }
