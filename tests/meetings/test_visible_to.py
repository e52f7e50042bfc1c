"""Who sees which rows, model by model and role by role, with other people's rows lying beside them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from branchlife.models import User
from meetings.enums import Role
from meetings.models import (
    Appointment,
    Attachment,
    Attendance,
    Deadline,
    Delegation,
    Exclusion,
    Leave,
    Letter,
    Meeting,
    Member,
    Membership,
    Notice,
    Obligation,
    Organization,
    PartyGroup,
    ReminderRule,
    Requirement,
    Resolution,
    Robot,
    Snooze,
    Transfer,
    VoteRule,
)  # fmt: skip
from reviews.models import GoodCase, Plan, Rectification, RectificationNotice, ReviewChain
from tests.meetings.visible_contacts import CONTACTS_EXPECTED, contact_rows_seen
from tests.meetings.visible_inspections import INSPECTIONS_EXPECTED, inspection_rows_seen
from tests.meetings.visible_loop import LOOP_EXPECTED, loop_rows
from tests.meetings.visible_rows import Rows, build_rows
from tests.world import World, appoint, build_world, make_user

pytestmark = pytest.mark.django_db
APPS = ("branchlife", "meetings", "reviews")
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
        "administrator": "administrator",  # the security officer keeps the accounts
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
    VoteRule: RULES_SEEN,
    ReviewChain: RULES_SEEN,
    # How the vote went is for those who answer for the meeting.
    Resolution: {
        "group_leader": "g1-held g1-coming",
        "secretary": "held g1-held coming board-coming g1-coming g2-coming",
        "small_secretary": "small-held small-coming",
        "reviewer": "held g1-held coming board-coming g1-coming g2-coming small-held small-coming",
        "administrator": "held g1-held coming board-coming g1-coming g2-coming small-held small-coming",
        "other_secretary": "other-held other-coming",
        "other_reviewer": "other-held other-coming",
    },
    Leave: {
        "member": "coming/g2-self",
        "group_leader": "g1-coming/g1-leader",
        "secretary": "coming/g1 coming/g2-self g1-coming/g1-leader",
        "small_secretary": "small-coming/small",
        "reviewer": "coming/g1 coming/g2-self g1-coming/g1-leader small-coming/small",
        "administrator": "coming/g1 coming/g2-self g1-coming/g1-leader small-coming/small",
        "other_secretary": "other-coming/other",
        "other_reviewer": "other-coming/other",
    },
    Exclusion: {
        "member": "g2-self",
        "secretary": "g1 g2-self",
        "small_secretary": "small",
        "reviewer": "g1 g2-self small",
        "administrator": "g1 g2-self small",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
    Transfer: {
        "member": "of-self",
        "secretary": "to-small of-self",
        "small_secretary": "to-small",
        "reviewer": "to-small of-self",
        "administrator": "to-small of-self",
        "other_secretary": "of-self within-other",
        "other_reviewer": "of-self within-other",
    },
    RectificationNotice: {
        "secretary": "own",
        "small_secretary": "small",
        "reviewer": "own small",
        "administrator": "own small",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
    Rectification: {
        # Members read what is theirs to do and what their branch shares.
        "member": "own-shared own-of-g2-self",
        "group_leader": "own-shared",
        "secretary": "own own-shared own-of-g2-self own-of-g1",
        "small_secretary": "small",
        "reviewer": "own own-shared own-of-g2-self own-of-g1 small",
        "administrator": "own own-shared own-of-g2-self own-of-g1 small",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
    Delegation: {
        "reviewer": "given",
        "small_secretary": "given",
        "administrator": "given",
        "other_reviewer": "other",
        "other_secretary": "other",
    },
    GoodCase: {
        "group_leader": "shared", "secretary": "shared", "small_secretary": "shared", "reviewer": "shared",
        "administrator": "shared", "other_secretary": "other", "other_reviewer": "other",
    },
    Letter: {
        "administrator": "secretary robot",
    },
    Robot: {
        "secretary": "own",
        "administrator": "own",
        "other_secretary": "other",
    },
    ReminderRule: RULES_SEEN,
    Snooze: {"secretary": "secretary", "other_secretary": "other_secretary"},
    Attachment: {
        "secretary": "own", "reviewer": "own", "administrator": "own",
        "other_secretary": "other", "other_reviewer": "other",
    },
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
EXPECTED |= LOOP_EXPECTED | INSPECTIONS_EXPECTED | CONTACTS_EXPECTED


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


@pytest.fixture(scope="module")
def world(module_database: None) -> World:
    return build_world()


@pytest.fixture(scope="module")
def rows(world: World) -> Rows:
    rows = build_rows(world)
    return rows | loop_rows(world, rows) | inspection_rows_seen(world) | contact_rows_seen(world)
