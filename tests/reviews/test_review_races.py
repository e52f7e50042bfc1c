"""Fifty reviewers press at the same moment: one of them decides, the others are told that somebody was faster."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import settings

from branchlife.models import User
from meetings.enums import MeetingState, Role
from meetings.models import Meeting
from reviews.enums import PlanState
from reviews.models import Plan, Stay
from reviews.services import workflow
from reviews.services.workflow import perform
from tests.reviews.planning import NOW, findings_data, make_plan
from tests.reviews.test_workflow_races import at_once
from tests.world import World, appoint, build_world, make_user

REVIEWERS = 50
# A minute for each database at twenty rounds: all of them with HYPOTHESIS_PROFILE=nightly.
ROUNDS = 20 if settings.get_current_profile_name() == "nightly" else 5
pytestmark = pytest.mark.django_db(transaction=True)


def fifty_reviewers(world: World) -> list[Client]:
    clients = []
    for number in range(REVIEWERS):
        user = make_user(f"reviewer-{number}")
        appoint(user, world.committee, Role.REVIEWER)
        client = Client(raise_request_exception=False)
        client.force_login(user)
        clients.append(client)
    return clients


def press(client: Client, plan: Plan, action: str) -> tuple[int, str]:
    finding = {"field": "plan", "reason": "missing", "sentence": "要素不全"}
    data = findings_data(finding, version=plan.version)
    response = client.post(f"/plans/{plan.pk}/step/{action}/", data)
    return response.status_code, response.content.decode()


def one_round(plan: Plan, clients: list[Client]) -> list[tuple[int, str]]:
    tasks = [
        lambda client=client, action="return" if number % 2 else "approve": press(client, plan, action)
        for number, client in enumerate(clients)
    ]
    return at_once(tasks)


def test_fifty_reviewers_on_one_plan_again_and_again(record_property: Callable[[str, object], None]) -> None:
    world = build_world()
    clients = fifty_reviewers(world)
    plan = make_plan(world, PlanState.SUBMITTED)
    for number in range(1, ROUNDS + 1):
        answers = one_round(plan, clients)
        assert Counter(status for status, _page in answers) == {302: 1, 409: REVIEWERS - 1}
        assert sum("有人先办" in page for status, page in answers if status == 409) == REVIEWERS - 1
        plan = Plan.objects.get(pk=plan.pk)
        assert plan.transitions.filter(action__in=["approve", "return"]).count() == number
        assert Stay.objects.open().filter(plan=plan).count() == (plan.state == PlanState.RETURNED)
        assert Meeting.objects.exclude(state=MeetingState.CANCELLED).count() <= 1
        hand_in_again(world, plan)
    record_property(
        "figure", f"{REVIEWERS} reviewers at once, {ROUNDS} rounds: one winner each, nothing broken"
    )


def hand_in_again(world: World, plan: Plan) -> None:
    """Returned: corrected. Approved: taken up for amendment."""
    if plan.state == PlanState.APPROVED:
        perform(plan, workflow.Action.AMEND, actor=world.secretary, comment="调整", now=NOW)
    perform(plan, workflow.Action.SUBMIT, actor=world.secretary, now=NOW)


def test_without_the_guard_more_than_one_would_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: with a plain update in place of compare-and-set the test above fails."""

    def plain_update(subject: Any, to_state: str, columns: dict[str, object]) -> None:
        type(subject).objects.filter(pk=subject.pk).update(
            state=to_state, version=subject.version + 1, **columns
        )
        subject.refresh_from_db(fields=["state", "version", *columns])

    world = build_world()
    plan = make_plan(world, PlanState.SUBMITTED)
    seen = [Plan.objects.get(pk=plan.pk) for _number in range(5)]
    reviewers: list[User] = []
    for number in range(5):
        reviewers.append(make_user(f"r{number}"))
        appoint(reviewers[-1], world.committee, Role.REVIEWER)
    monkeypatch.setattr(workflow, "_compare_and_set", plain_update)
    for plan_seen, reviewer in zip(seen, reviewers, strict=True):
        perform(plan_seen, workflow.Action.APPROVE, actor=reviewer, now=NOW)
    assert plan.transitions.filter(action="approve").count() == 5
