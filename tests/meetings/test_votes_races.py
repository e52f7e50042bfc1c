"""Many at once, on either database: one winner, one row, and nobody sees a server error."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branchlife.models import User
from meetings.enums import LeaveState, ResolutionKind
from meetings.models import Exclusion, Leave, Notice, Resolution
from meetings.services.leave import ask_leave
from tests.meetings.voting import approved, held, on_calendar, put, voters
from tests.world import appoint, build_world, make_user

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


def at_once(tasks: list[Callable[[], int]]) -> Counter[int]:
    """Every task in a thread of its own, all let go together."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], int]) -> int:
        try:
            barrier.wait(timeout=30)
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return Counter(pool.map(run, tasks))


def post(user: User, url: str, data: dict[str, object]) -> int:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client.post(url, data).status_code


def test_one_answer_to_a_leave() -> None:
    world = build_world()
    secretaries = [make_user(f"s{number}") for number in range(MANY)]
    for user in secretaries:
        appoint(user, world.branch, "secretary")
    meeting = on_calendar(world, day=timezone.localdate() + timedelta(days=3))
    leave = ask_leave(meeting=meeting, reason="出差", actor=world.member)
    url = reverse("leave_decide", args=[leave.pk])
    answers = at_once([
        lambda user=user, grant=str(number % 2): post(user, url, {"grant": grant, "answer": f"第{grant}"})
        for number, user in enumerate(secretaries)
    ])  # fmt: skip
    assert answers == {302: 1, 409: MANY - 1}
    leave.refresh_from_db()
    assert leave.answer == ("第1" if leave.state == LeaveState.GRANTED else "第0")
    assert Notice.objects.filter(recipient=world.member).count() == 1


def test_many_clicks_ask_once() -> None:
    world = build_world()
    meeting = on_calendar(world, day=timezone.localdate() + timedelta(days=3))
    url = reverse("leave_ask", args=[meeting.pk])
    answers = at_once([lambda: post(world.member, url, {"reason": "出差"})] * MANY)
    assert answers == {302: 1, 400: MANY - 1}
    assert Leave.objects.count() == 1


def test_many_clicks_put_it_to_the_vote_once() -> None:
    world = build_world()
    meeting = held(world)
    url = reverse("resolution_create", args=[meeting.pk]) + "?kind=general"
    answers = at_once([lambda: post(world.secretary, url, {"subject": "修订承诺", "yes": "8"})] * MANY)
    assert answers == {302: MANY}
    assert Resolution.objects.count() == 1


def test_different_votes_at_once_are_numbered_one_by_one() -> None:
    world = build_world()
    meeting = held(world)
    url = reverse("resolution_create", args=[meeting.pk]) + "?kind=general"
    tasks = [
        lambda number=number: post(world.secretary, url, {"subject": f"第{number}件事", "yes": "8"})
        for number in range(MANY)
    ]
    assert at_once(tasks) == {302: MANY}
    assert sorted(Resolution.objects.values_list("number", flat=True)) == list(range(1, MANY + 1))


def test_of_corrections_made_from_one_text_one_is_written() -> None:
    world = build_world()
    resolution = put(world, held(world), votes=(8, 0, 0))
    url = reverse("resolution_edit", args=[resolution.pk])
    base = {"subject": resolution.subject, "version": resolution.version}
    tasks = [
        lambda number=number: post(world.secretary, url, base | {"yes": str(number)})
        for number in range(MANY)
    ]
    assert at_once(tasks) == {302: 1, 409: MANY - 1}
    resolution.refresh_from_db()
    assert resolution.version == 2


def test_one_decision_about_a_request() -> None:
    world = build_world()
    reviewers = [make_user(f"r{number}") for number in range(MANY)]
    for user in reviewers:
        appoint(user, world.committee, "reviewer")
    member = voters(world)[7]
    data = {"member": str(member.pk), "reason": "long_ill", "explanation": "卧床"}
    asked = at_once([lambda: post(world.secretary, reverse("exclusion_create"), data)] * MANY)
    assert asked == {302: 1, 400: MANY - 1}
    exclusion = Exclusion.objects.get()
    answers = at_once([
        lambda user=user, action=action: post(
            user, reverse("exclusion_step", args=[exclusion.pk, action]), {"opinion": action}
        )
        for user, action in zip(reviewers, ["approve", "refuse"] * MANY, strict=False)
    ])  # fmt: skip
    assert answers == {302: 1, 409: MANY - 1}
    exclusion.refresh_from_db()
    assert exclusion.opinion == ("approve" if exclusion.state == "approved" else "refuse")


def test_two_votes_cannot_adopt_the_same_request() -> None:
    world = build_world()
    exclusion = approved(world, voters(world)[7])
    meetings = [held(world), held(world)]
    tasks = [
        lambda meeting=meeting: post(
            world.secretary,
            reverse("resolution_create", args=[meeting.pk]) + f"?kind={ResolutionKind.EXCLUSION}",
            {"exclusions": [str(exclusion.pk)], "yes": "8"},
        )
        for meeting in meetings
    ]
    assert at_once(tasks) == {302: 1, 400: 1}
    assert Resolution.objects.count() == 1
