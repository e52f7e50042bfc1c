"""Two people, one paper: exactly one wins, the other is told, and nothing of the loser is written."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from branchlife.models import AuditEvent, User
from meetings.enums import MeetingState, Role
from meetings.models import Meeting, Notice
from reviews.enums import Action, PlanState
from reviews.models import Finding, Plan, Transition
from reviews.services import workflow
from reviews.services.plans import PlanExists, approve_plan, create_plan, return_plan, save_plan
from reviews.services.workflow import StaleState, perform
from tests.held import hold
from tests.reviews.planning import NOW, Q4, TODAY, draft, finding, item_data, make_plan, sheet_data
from tests.world import World, appoint, build_world, make_user

REVIEWERS = 8
ROUNDS = 3


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def second_reviewer(world: World) -> User:
    user = make_user("reviewer2", "郑复核")
    appoint(user, world.committee, Role.REVIEWER)
    return user


def test_the_second_actor_is_told_and_writes_nothing(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    seen_by_first, seen_by_second = Plan.objects.get(pk=plan.pk), Plan.objects.get(pk=plan.pk)
    approve_plan(plan=seen_by_first, actor=world.reviewer, now=NOW)
    before = (Transition.objects.count(), AuditEvent.objects.count(), Notice.objects.count())
    with pytest.raises(StaleState):
        return_plan(plan=seen_by_second, findings=[finding()], actor=second_reviewer(world), now=NOW)
    plan.refresh_from_db()
    assert plan.state == PlanState.APPROVED
    assert (Transition.objects.count(), AuditEvent.objects.count(), Notice.objects.count()) == before
    assert not Finding.objects.exists()


def test_a_step_taken_on_an_older_text_is_refused(world: World) -> None:
    """Withdrawn, changed and handed in again meanwhile: the same state, another text."""
    plan = make_plan(world, PlanState.SUBMITTED)
    seen = Plan.objects.get(pk=plan.pk)
    perform(plan, Action.WITHDRAW, actor=world.secretary, now=NOW)
    save_plan(
        plan=plan, version=plan.version, items=[draft(theme="换了主题")], note="", actor=world.secretary,
        submit=True, now=NOW,
    )  # fmt: skip
    with pytest.raises(StaleState):
        approve_plan(plan=seen, actor=world.reviewer, now=NOW)
    assert not Meeting.objects.exists()


def test_without_compare_and_set_both_would_win(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: with a plain save the tests above would see two winners."""

    def plain_save(subject: Any, to_state: str, columns: dict[str, object]) -> None:
        for name, value in {"state": to_state, **columns}.items():
            setattr(subject, name, value)
        subject.save()
        subject.refresh_from_db()

    monkeypatch.setattr(workflow, "_compare_and_set", plain_save)
    plan = make_plan(world, PlanState.SUBMITTED)
    first, second = Plan.objects.get(pk=plan.pk), Plan.objects.get(pk=plan.pk)
    perform(first, Action.APPROVE, actor=world.reviewer, now=NOW)
    perform(second, Action.RETURN, actor=second_reviewer(world), findings=[finding()], now=NOW)
    assert list(plan.transitions.values_list("action", flat=True))[-2:] == ["approve", "return"]


def test_a_return_names_at_least_one_finding(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    with pytest.raises(ValidationError, match="至少"):
        return_plan(plan=plan, findings=[], actor=world.reviewer, now=NOW)
    plan.refresh_from_db()
    assert (plan.state, plan.version) == (PlanState.SUBMITTED, 2)
    meeting = hold(world.branch, "general", TODAY, state=MeetingState.SCHEDULED)
    with pytest.raises(ValidationError):
        perform(meeting, Action.CANCEL, actor=world.secretary, comment="  ", now=NOW)


def test_each_submission_is_a_round(world: World) -> None:
    plan = make_plan(world, PlanState.RETURNED)
    assert plan.round == 1
    perform(plan, Action.SUBMIT, actor=world.secretary, now=NOW)
    assert plan.round == 2
    assert list(plan.transitions.values_list("action", "round")) == [
        ("create", 0),
        ("submit", 1),
        ("return", 1),
        ("submit", 2),
    ]


def at_once(tasks: list) -> list[Any]:
    """Every task in a thread of its own, all let go together."""
    barrier = Barrier(len(tasks))

    def run(task: Any) -> Any:
        try:
            barrier.wait(timeout=30)
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def decide(user: User, plan: Plan, action: str) -> int:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    data = {
        "version": plan.version, "findings-TOTAL_FORMS": 1, "findings-INITIAL_FORMS": 0,
        "findings-0-field": "plan", "findings-0-reason": "missing", "findings-0-sentence": "要素不全",
    }  # fmt: skip
    return client.post(f"/plans/{plan.pk}/step/{action}/", data).status_code


@pytest.mark.django_db(transaction=True)
def test_eight_reviewers_at_once() -> None:
    world = build_world()
    reviewers = [make_user(f"r{number}") for number in range(REVIEWERS)]
    for user in reviewers:
        appoint(user, world.committee, Role.REVIEWER)
    for _round in range(ROUNDS):
        plan = make_plan(world, PlanState.SUBMITTED)
        tasks = [
            lambda user=user, action="approve" if number % 2 else "return": decide(user, plan, action)  # noqa: B023
            for number, user in enumerate(reviewers)
        ]
        answers = at_once(tasks)
        assert Counter(answers) == {302: 1, 409: REVIEWERS - 1}
        assert plan.transitions.exclude(action__in=["create", "submit"]).count() == 1
        plan.refresh_from_db()
        assert plan.state in (PlanState.APPROVED, PlanState.RETURNED)
        assert Meeting.objects.count() == (plan.state == PlanState.APPROVED)
        Plan.objects.all().delete()
        Meeting.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_make_one_plan() -> None:
    world = build_world()
    data = sheet_data(item_data(), organization=world.branch.pk, period="2026Q4", submit="1")

    def press() -> int:
        client = Client(raise_request_exception=False)
        client.force_login(world.secretary)
        return client.post("/plans/new/", data).status_code

    assert Counter(at_once([press] * 20)) == {302: 20}
    plan = Plan.objects.get()
    assert (plan.state, plan.items.count(), plan.transitions.count()) == (PlanState.SUBMITTED, 1, 2)


def test_the_database_refuses_a_second_plan_for_the_period(world: World) -> None:
    make_plan(world)
    with pytest.raises(PlanExists):
        create_plan(organization=world.branch, span=Q4, items=[draft()], actor=world.secretary, now=NOW)
    assert Plan.objects.count() == 1
