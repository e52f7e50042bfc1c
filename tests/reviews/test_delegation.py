"""Standing in for a reviewer: for the days of the absence, shown, and never around the four eyes."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from branchlife.models import AuditEvent, User
from meetings.enums import Role
from meetings.models import Delegation, Member, Notice
from meetings.rules import can_waive, reviews_branch
from meetings.services.delegations import delegate_seat, possible_deputies, revoke_delegation
from reviews.enums import Action, PlanState
from reviews.models import Plan, Rectification
from reviews.rules import desk_of, verifies_rectification
from reviews.services.desks import keepers_of
from reviews.services.inbox import plans_to_review, records_to_review
from reviews.services.plans import approve_plan
from reviews.services.workflow import perform
from reviews.workflow import steps_open_to
from tests.held import hold
from tests.reviews.chains import fresh, lend
from tests.reviews.planning import NOW, TODAY, make_plan
from tests.reviews.rectifying import make_item, step
from tests.world import World, appoint, make_member, make_user

pytestmark = pytest.mark.django_db
YES = {"approve", "return"}


def steps(user: User, plan: Plan) -> set[str]:
    return set(steps_open_to(fresh(user), Plan.objects.get(pk=plan.pk)))


def test_the_deputy_decides_and_it_is_written_down_for_whom(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    assert steps(world.small_secretary, plan) == set()
    lend(world.reviewer, world.small_secretary)
    deputy = fresh(world.small_secretary)
    assert steps(deputy, plan) == YES
    assert list(plans_to_review(deputy)) == [plan]
    step = approve_plan(plan=Plan.objects.get(pk=plan.pk), actor=deputy, now=NOW)
    assert (step.actor, step.on_behalf_of) == (deputy, world.reviewer)


def test_the_reviewer_keeps_the_own_seat_and_decides_in_the_own_name(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    lend(world.reviewer, world.administrator)
    step = approve_plan(plan=plan, actor=world.reviewer, now=NOW)
    assert step.on_behalf_of is None


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [(-1, -1, False), (-1, 0, True), (0, 0, True), (0, 5, True), (1, 5, False)],
)
def test_it_holds_on_its_days_only(world: World, first: int, last: int, holds: bool) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    with time_machine.travel("2026-11-23 10:00 +0800"):
        days = {"first": TODAY + timedelta(days=first), "last": TODAY + timedelta(days=last)}
        lend(world.reviewer, world.administrator, **days)
        assert (steps(world.administrator, plan) == YES) is holds


def test_it_ends_when_it_is_revoked_and_with_the_seat(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    lent = lend(world.reviewer, world.administrator)
    revoke_delegation(delegation=lent, actor=world.reviewer, now=NOW)
    assert steps(world.administrator, plan) == set()
    Delegation.objects.update(revoked_at=None)
    assert steps(world.administrator, plan) == YES
    world.reviewer.appointments.update(end_on=date(2020, 1, 2))
    assert steps(world.administrator, plan) == set()


def test_a_lent_seat_is_not_lent_on(world: World) -> None:
    third = make_user("third")
    appoint(third, world.committee, Role.ADMINISTRATOR)
    lend(world.reviewer, world.administrator)
    with pytest.raises(PermissionDenied):
        delegate_seat(
            appointment=world.reviewer.appointments.get(), deputy=third, start_on=date(2199, 1, 1),
            end_on=date(2199, 1, 2), actor=fresh(world.administrator), now=NOW,
        )  # fmt: skip


# ---- the four eyes ----


def test_nobody_decides_on_the_own_paper_in_somebody_elses_place(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    lend(world.reviewer, world.secretary)
    author = fresh(world.secretary)
    assert steps(author, plan) == {"withdraw"}
    assert not plans_to_review(author).exists()
    # Not even after leaving the office of secretary.
    world.secretary.appointments.update(end_on=date(2020, 1, 2))
    assert steps(world.secretary, plan) == set()
    assert not plans_to_review(fresh(world.secretary)).exists()


def test_nor_on_a_paper_of_the_branch_one_leads(world: World) -> None:
    """A second secretary of the branch, who wrote none of it."""
    second = make_user("second")
    appoint(second, world.branch, Role.SECRETARY)
    lend(world.reviewer, second)
    plan = make_plan(world, PlanState.SUBMITTED)
    assert steps(second, plan) == {"withdraw"}
    assert not plans_to_review(fresh(second)).exists()


def test_nobody_lends_what_is_not_theirs_to_decide(world: World) -> None:
    """The reviewer leads the branch; the deputy may not decide there in the reviewer's place."""
    appoint(world.reviewer, world.branch, Role.SECRETARY)
    lend(world.reviewer, world.administrator)
    plan = make_plan(world, PlanState.SUBMITTED)
    deputy = fresh(world.administrator)
    assert steps(deputy, plan) == set()
    assert not plans_to_review(deputy).exists()
    assert not reviews_branch(deputy, world.branch)
    assert reviews_branch(deputy, world.small_branch)
    other = make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    assert list(plans_to_review(deputy)) == [other]


def test_nor_the_papers_one_wrote(world: World) -> None:
    """The reviewer was the branch's secretary when the plan was written."""
    plan = make_plan(world, PlanState.SUBMITTED)
    world.secretary.appointments.update(role=Role.REVIEWER, organization=world.committee)
    lend(fresh(world.secretary), world.administrator)
    assert steps(world.administrator, plan) == set()
    assert not plans_to_review(fresh(world.administrator)).exists()


def test_whoever_handed_it_in_does_not_decide_either(world: World) -> None:
    """Written by one secretary, handed in by another, who became a reviewer afterwards."""
    plan = make_plan(world)
    second = make_user("second")
    seat = appoint(second, world.branch, Role.SECRETARY)
    perform(plan, Action.SUBMIT, actor=second, now=NOW)
    seat.role, seat.organization = Role.REVIEWER, world.committee
    seat.save()
    assert steps(second, plan) == set()
    assert not plans_to_review(fresh(second)).exists()
    lend(fresh(second), world.administrator)
    assert steps(world.administrator, plan) == set()


def test_the_same_for_records(world: World) -> None:
    lend(world.reviewer, world.group_leader)
    meeting = hold(world.branch, "group", TODAY, group=world.groups[0])
    type(meeting).objects.update(recorded_by=world.group_leader)
    perform(type(meeting).objects.get(), Action.SUBMIT, actor=world.secretary, now=NOW)
    assert not records_to_review(fresh(world.group_leader)).exists()
    assert list(records_to_review(world.reviewer)) == [meeting]


@pytest.mark.parametrize("lender", ["responsible", "reported", "neither"])
def test_what_the_lender_put_right_is_verified_by_another(world: World, lender: str) -> None:
    """By one rule for the button and for the list of what waits."""
    own = make_member("审核人自己", world.branch)
    Member.objects.filter(pk=own.pk).update(user=world.reviewer)
    item = make_item(world, owner=own if lender == "responsible" else None)
    step(item, Action.CLAIM, world.reviewer if lender == "responsible" else world.secretary)
    if lender == "reported":
        Rectification.objects.update(claimed_by=world.reviewer)
    lend(world.reviewer, world.small_secretary)
    deputy, item = fresh(world.small_secretary), Rectification.objects.get()
    allowed = lender == "neither"
    assert verifies_rectification(deputy, item) is allowed
    assert Rectification.objects.verifiable_by(deputy).exists() is allowed


def test_a_waiver_of_the_branch_one_leads_is_refused_through_a_deputy_too(world: World) -> None:
    appoint(world.reviewer, world.branch, Role.SECRETARY)
    lend(world.reviewer, world.small_secretary)
    assert not can_waive(fresh(world.small_secretary), world.branch)
    assert can_waive(fresh(world.reviewer), world.small_branch)


# ---- giving and taking back ----


def give(world: World, **changed: Any) -> Delegation:
    facts = {
        "appointment": world.reviewer.appointments.get(), "deputy": world.administrator, "start_on": TODAY,
        "end_on": TODAY + timedelta(days=4), "reason": "出差", "actor": world.reviewer, "now": NOW,
    }  # fmt: skip
    return delegate_seat(**(facts | changed))


def test_the_deputy_is_told_and_it_is_on_record(world: World) -> None:
    give(world)
    notice = Notice.objects.get(recipient=world.administrator)
    assert "周审核" in notice.sentence and "2026年11月27日" in notice.sentence
    assert AuditEvent.objects.get(action="delegation.give").difference["days"] == ["2026-11-23", "2026-11-27"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"start_on": TODAY - timedelta(days=1)}, "start_on"),
        ({"end_on": TODAY - timedelta(days=1)}, "end_on"),
        ({"end_on": TODAY + timedelta(days=185)}, "end_on"),
    ],
)
def test_impossible_days(world: World, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        give(world, **changed)
    assert list(error.value.error_dict) == [field]


@pytest.mark.parametrize("who", ["reviewer", "group_leader", "member", "other_reviewer", "outsider"])
def test_only_people_who_answer_for_something_there_stand_in(world: World, who: str) -> None:
    with pytest.raises(ValidationError, match="没有职务"):
        give(world, deputy=getattr(world, who))
    names = set(
        possible_deputies(world.reviewer.appointments.get(), TODAY).values_list("username", flat=True)
    )
    assert names == {"administrator", "secretary", "small_secretary"}


def test_only_the_own_seat_is_lent_and_taken_back(world: World) -> None:
    with pytest.raises(PermissionDenied):
        give(world, actor=world.administrator)
    lent = give(world)
    for other in (world.administrator, world.secretary):
        with pytest.raises(PermissionDenied):
            revoke_delegation(delegation=lent, actor=other, now=NOW)


def test_twenty_equal_requests_make_one(world: World) -> None:
    give(world)
    for _time in range(19):
        with pytest.raises(ValidationError, match="已"):
            give(world)
    assert Delegation.objects.count() == 1


def test_it_is_shown_who_stands_in_for_whom(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    lend(world.reviewer, world.administrator, last=date(2199, 12, 5))
    stay = desk_of(plan)
    assert stay
    people = [(keeper.name, keeper.lent_by) for keeper in keepers_of(stay, TODAY)]
    assert people == [("周审核", ""), ("吴管理", "周审核")]
    client.force_login(world.secretary)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "吴管理（代周审核，至12月5日）" in page
    approve_plan(plan=plan, actor=fresh(world.administrator), now=NOW)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "吴管理（代周审核）" in page
