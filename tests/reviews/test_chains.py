"""Over which desks a paper goes, who decides on which, and how long each has for it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from meetings.enums import Confidence, MeetingState, Role
from meetings.models import Deadline, Notice, Organization
from reviews.enums import Action, Paper, PlanState, Route, Task
from reviews.models import Plan, Stay
from reviews.services.desks import keepers_of, slow_reviews
from reviews.services.inbox import approve_plans, plans_to_review, records_to_review
from reviews.services.plans import agree_to_plan, approve_plan, return_plan
from reviews.services.workflow import StaleState, perform
from reviews.workflow import steps_open_to
from tests.held import hold
from tests.reviews.chains import Chained, build_chained, fresh, handed_in, set_route
from tests.reviews.pages import open_page
from tests.reviews.planning import NOW, TODAY, finding, findings_data, make_plan
from tests.world import appoint, build_world, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _that_monday() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def chained() -> Chained:
    return build_chained()


def desks(plan: Plan) -> list[tuple[str, str]]:
    """Each desk the plan lay on, in order, and how it was left."""
    rows = Stay.objects.filter(plan=plan).order_by("pk").select_related("organization")
    return [(row.organization.name, "open" if row.until is None else "left") for row in rows]


def test_straight_to_the_committee_where_nothing_is_set() -> None:
    chained = build_chained(Route.DIRECT)
    plan = handed_in(chained)
    assert desks(plan) == [("业务处党支部", "left"), ("市直机关党委", "open")]
    assert set(steps_open_to(chained.last, plan)) == {"approve", "return"}
    assert steps_open_to(chained.first, plan) == {}


def test_first_the_general_branch_then_the_committee(chained: Chained) -> None:
    plan = handed_in(chained)
    assert set(steps_open_to(chained.first, plan)) == {"forward", "return"}
    assert steps_open_to(chained.last, plan) == {}
    assert list(plans_to_review(chained.first)) == [plan]
    assert list(plans_to_review(chained.last)) == []

    step = perform(plan, Action.FORWARD, actor=chained.first, comment="同意上报", now=NOW)
    assert (step.from_state, step.to_state) == ("submitted", "submitted")
    assert step.desk == chained.general_branch
    plan = Plan.objects.get(pk=plan.pk)
    assert (plan.state, plan.version) == (PlanState.SUBMITTED, 3)
    assert desks(plan)[1:] == [("业务党总支", "left"), ("市直机关党委", "open")]
    assert steps_open_to(chained.first, plan) == {}
    assert set(steps_open_to(chained.last, plan)) == {"approve", "return"}
    assert (list(plans_to_review(chained.first)), list(plans_to_review(chained.last))) == ([], [plan])

    approve_plan(plan=plan, actor=chained.last, now=NOW)
    assert plan.state == PlanState.APPROVED
    assert not Stay.objects.open().filter(plan=plan).exists()
    assert plan.items.get().meeting.state == MeetingState.SCHEDULED


def test_the_general_branch_alone() -> None:
    chained = build_chained(Route.GENERAL_BRANCH)
    plan = handed_in(chained)
    assert set(steps_open_to(chained.first, plan)) == {"approve", "return"}
    # Whoever sits above may step in: the desk is the last one, and the branch lies below both.
    assert set(steps_open_to(chained.last, plan)) == {"approve", "return"}


def test_a_return_from_any_desk_goes_to_the_branch_and_begins_again(chained: Chained) -> None:
    plan = handed_in(chained)
    perform(plan, Action.FORWARD, actor=chained.first, now=NOW)
    return_plan(plan=plan, findings=[finding()], actor=chained.last, now=NOW)
    assert desks(plan)[-1] == ("业务处党支部", "open")
    perform(plan, Action.SUBMIT, actor=chained.secretary, now=NOW)
    assert desks(plan)[-1] == ("业务党总支", "open")
    assert plan.round == 2


def test_a_desk_without_a_reviewer_is_left_out(chained: Chained) -> None:
    chained.first.appointments.update(end_on=TODAY - timedelta(days=1))
    plan = handed_in(chained)
    assert desks(plan)[-1] == ("市直机关党委", "open")


def test_a_reviewer_who_leads_the_branch_is_nobody_to_hand_it_to(chained: Chained) -> None:
    appoint(chained.first, chained.branch, Role.SECRETARY)
    assert desks(handed_in(chained))[-1] == ("市直机关党委", "open")


def test_nobody_to_review_at_all_leaves_it_with_the_committee(chained: Chained) -> None:
    for user in (chained.first, chained.last):
        user.appointments.update(end_on=TODAY - timedelta(days=1))
    assert desks(handed_in(chained))[-1] == ("市直机关党委", "open")


def test_the_nearest_rule_counts(chained: Chained) -> None:
    set_route(chained.general_branch, Route.DIRECT)
    assert desks(handed_in(chained))[-1] == ("市直机关党委", "open")


def test_the_records_have_a_chain_of_their_own(chained: Chained) -> None:
    chained.world.committee.reviewchains.filter(code=Paper.RECORD).update(route=Route.DIRECT)
    meeting = hold(chained.branch, "theme_day", TODAY)
    perform(meeting, Action.SUBMIT, actor=chained.secretary, now=NOW)
    assert list(records_to_review(chained.first)) == []
    assert list(records_to_review(chained.last)) == [meeting]


def test_a_record_over_two_desks(chained: Chained) -> None:
    meeting = hold(chained.branch, "theme_day", TODAY)
    perform(meeting, Action.SUBMIT, actor=chained.secretary, now=NOW)
    assert list(records_to_review(chained.first)) == [meeting]
    assert list(records_to_review(chained.last)) == []
    with pytest.raises(PermissionDenied):
        perform(meeting, Action.ACCEPT, actor=chained.first, now=NOW)
    perform(meeting, Action.FORWARD, actor=chained.first, now=NOW)
    perform(meeting, Action.ACCEPT, actor=chained.last, now=NOW)
    assert meeting.state == MeetingState.ACCEPTED


def test_a_return_of_what_was_passed_on_meanwhile_is_not_called_forbidden(
    chained: Chained, client: Client
) -> None:
    """Two reviewers at one desk: the second is told that the first was faster, with the words for copying."""
    second = make_user("second", "李初审")
    appoint(second, chained.general_branch, Role.REVIEWER)
    meeting = hold(chained.branch, "theme_day", TODAY)
    perform(meeting, Action.SUBMIT, actor=chained.secretary, now=NOW)
    row = {"field": "content", "reason": "missing", "sentence": "缺发言要点"}
    seen = findings_data(row, version=meeting.version)
    perform(meeting, Action.FORWARD, actor=chained.first, now=NOW)
    client.force_login(second)
    answer = client.post(f"/meetings/{meeting.pk}/step/return/", seen)
    assert answer.status_code == 409
    assert "缺发言要点" in answer.content.decode()
    now = seen | {"version": meeting.version}
    assert client.post(f"/meetings/{meeting.pk}/step/return/", now).status_code == 403


def test_withdrawn_only_before_the_first_reviewer_agreed(chained: Chained) -> None:
    plan = handed_in(chained)
    assert Action.WITHDRAW in steps_open_to(chained.secretary, plan)
    perform(plan, Action.FORWARD, actor=chained.first, now=NOW)
    assert steps_open_to(chained.secretary, plan) == {}
    with pytest.raises(PermissionDenied):
        perform(plan, Action.WITHDRAW, actor=chained.secretary, now=NOW)


def test_two_at_the_same_desk_only_one_passes_it_on(chained: Chained) -> None:
    other = make_user("first2", "李初审")
    appoint(other, chained.general_branch, Role.REVIEWER)
    plan = handed_in(chained)
    seen = Plan.objects.get(pk=plan.pk)
    perform(plan, Action.FORWARD, actor=chained.first, now=NOW)
    # Told that somebody was faster, not that it is forbidden.
    with pytest.raises(StaleState):
        perform(seen, Action.FORWARD, actor=other, now=NOW)
    assert plan.transitions.filter(action=Action.FORWARD).count() == 1


def test_a_yes_means_what_the_desk_makes_of_it(chained: Chained) -> None:
    plan = handed_in(chained)
    assert agree_to_plan(plan=plan, actor=chained.first, now=NOW).action == Action.FORWARD
    assert agree_to_plan(plan=plan, actor=chained.last, now=NOW).action == Action.APPROVE


def test_a_batch_passes_on_where_the_desk_is_not_the_last(chained: Chained) -> None:
    plan = handed_in(chained)
    result = approve_plans(plans=list(plans_to_review(chained.first)), actor=chained.first, now=NOW)
    assert (result.approved, result.refused) == ((plan,), ())
    assert Plan.objects.get(pk=plan.pk).state == PlanState.SUBMITTED


# ---- time ----


def limit(owner: Organization, days: int) -> None:
    Deadline.objects.create(
        owner=owner, code="plan_review", amount=days, unit="working_days", confidence=Confidence.LOCAL,
        valid_from=date(2026, 1, 1),
    )  # fmt: skip


def test_each_desk_has_days_of_its_own(chained: Chained) -> None:
    """Five working days for the general branch; the committee keeps the national three, from when it gets it."""
    limit(chained.general_branch, 5)
    plan = handed_in(chained, now=datetime(2026, 9, 29, 2, tzinfo=UTC))  # a Tuesday; 1 to 7 October are off
    stay = Stay.objects.open().get(plan=plan)
    assert stay.due_on == date(2026, 10, 12)  # 30 September, 8, 9, 10 (a Saturday that is worked) and 12
    later = datetime(2026, 10, 9, 2, tzinfo=UTC)
    perform(plan, Action.FORWARD, actor=chained.first, now=later)
    assert Stay.objects.open().get(plan=plan).due_on == date(2026, 10, 13)


def test_what_is_kept_too_long(chained: Chained) -> None:
    plan = handed_in(chained)  # Monday 23 November: three working days end on Thursday
    stay = Stay.objects.open().get(plan=plan)
    assert stay.due_on == date(2026, 11, 26)
    assert not Stay.objects.overdue(date(2026, 11, 26)).exists()
    assert list(Stay.objects.due_within(date(2026, 11, 24), 2)) == [stay]
    assert slow_reviews(date(2026, 11, 27)) == [stay]
    assert [keeper.user_id for keeper in keepers_of(stay, TODAY)] == [chained.first.pk]
    perform(plan, Action.FORWARD, actor=chained.first, now=NOW + timedelta(days=5))
    kept = Stay.objects.under_review().kept_too_long(date(2026, 11, 28))
    assert kept.get() == stay


@time_machine.travel("2026-11-27 10:00 +0800")
def test_once_a_desk_is_late_those_above_may_take_over(chained: Chained) -> None:
    plan = handed_in(chained)
    assert set(steps_open_to(chained.last, plan)) == {"approve", "return"}
    # It is still the general branch's, and not on the committee's list.
    assert set(steps_open_to(chained.first, plan)) == {"forward", "return"}
    assert list(plans_to_review(chained.last)) == []
    step = approve_plan(plan=plan, actor=chained.last)
    assert step.desk == chained.general_branch


@time_machine.travel("2026-11-26 10:00 +0800")
def test_on_its_last_day_a_desk_is_not_late(chained: Chained) -> None:
    assert steps_open_to(chained.last, handed_in(chained)) == {}


def test_the_writers_desk_has_the_limits_of_the_rule_book() -> None:
    world = build_world()
    meeting = hold(world.branch, "theme_day", date(2026, 11, 20), state=MeetingState.SCHEDULED)  # a Friday
    type(meeting).objects.update(recorded_at=NOW)
    perform(meeting, Action.RECORD, actor=world.secretary, now=NOW)
    stay = Stay.objects.open().get(meeting=meeting)
    assert (stay.task, stay.organization, stay.due_on) == (Task.WRITE, world.branch, date(2026, 11, 25))


# ---- who is told ----


def test_those_at_the_desk_are_told_and_nobody_else(chained: Chained) -> None:
    plan = handed_in(chained)

    def told() -> list[str]:
        return sorted(Notice.objects.current().values_list("recipient__username", "code"))

    assert told() == [("first", "plan.submit")]
    perform(plan, Action.FORWARD, actor=chained.first, now=NOW)
    assert told() == [("reviewer", "plan.forward")]
    assert "转" in Notice.objects.current().get().sentence


def test_a_paper_on_no_desk_is_everybodys_above(chained: Chained) -> None:
    """Handed in before there were desks, or written by an import."""
    plan = handed_in(chained)
    Stay.objects.all().delete()
    plan = Plan.objects.get(pk=plan.pk)
    for user in (chained.first, chained.last):
        assert list(plans_to_review(fresh(user))) == [plan]
        assert Action.APPROVE in steps_open_to(user, plan)


@pytest.mark.parametrize("reader", ["first", "secretary"])
def test_a_desk_above_the_reader_opens_its_list_too(chained: Chained, reader: str) -> None:
    """Only the papers the reader may see; at the committee's desk lies another branch's as well."""
    agree_to_plan(plan=handed_in(chained), actor=chained.first, now=NOW + timedelta(hours=1))
    world = chained.world
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    user = getattr(chained, reader)
    loop = open_page(user, "/loop/")
    desks = {row.name: row for row in loop.context["desks"]}
    assert (desks["业务党总支"].decided, desks["市直机关党委"].open) == (1, 1)
    links = re.findall(r'href="(/loop/papers/[^"]+)">([^<]+)</a>', loop.content.decode())
    assert any(f"desk={world.committee.pk}&" in url.replace("&amp;", "&") for url, _ in links)
    for url, number in links:
        listed = open_page(user, url.replace("&amp;", "&"))
        assert listed.status_code == 200, url
        if number.isdecimal():
            assert listed.context["page_obj"].paginator.count == int(number), url
    elsewhere = f"/loop/papers/?year=2026&desk={world.other_committee.pk}"
    assert open_page(user, elsewhere).status_code == 400
