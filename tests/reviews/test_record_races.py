"""Twenty presses let go together, each with a connection of its own: one object, and nobody sees an error."""

from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse

from branchlife.models import AuditEvent, User
from meetings.enums import MeetingState
from meetings.models import Meeting
from reviews.enums import Action
from tests.reviews.recording import at, complete, put_on_calendar, record_url, sign_in, step_url, submitted
from tests.reviews.test_workflow_races import at_once
from tests.typed_forms import shown_form
from tests.world import build_world

pytestmark = pytest.mark.django_db(transaction=True)
PRESSES = 20


def press(user: User, url: str, data: dict[str, object]) -> Counter[int]:
    def once() -> int:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client.post(url, data).status_code

    return Counter(at_once([once] * PRESSES))


def test_one_record() -> None:
    world = build_world()
    meeting = put_on_calendar(world)
    data = complete(sign_in(Client(), world.secretary), meeting)
    with at():
        assert press(world.secretary, record_url(meeting), data) == {302: PRESSES}
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUBMITTED
    assert meeting.attendances.count() == 9
    assert list(meeting.transitions.values_list("action", flat=True)) == [Action.RECORD, Action.SUBMIT]
    assert AuditEvent.objects.filter(action="meeting.write").count() == 1


def test_two_texts_at_once_never_mix() -> None:
    """Whoever wins wins whole: text and attendance are of one hand, the other one is told."""
    world = build_world()
    meeting = put_on_calendar(world)
    member = world.members[2]
    secretary = sign_in(Client(), world.secretary)
    first = complete(secretary, meeting, draft="1", content="甲稿") | {
        f"person-{member.pk}-status": "excused",
        f"person-{member.pk}-reason": "甲因",
    }
    second = complete(secretary, meeting, draft="1", content="乙稿") | {
        f"person-{member.pk}-status": "excused",
        f"person-{member.pk}-reason": "乙因",
    }

    def once(data: dict[str, object]) -> int:
        client = Client(raise_request_exception=False)
        client.force_login(world.secretary)
        return client.post(record_url(meeting), data).status_code

    with at():
        answers = Counter(at_once([lambda: once(first), lambda: once(second)]))
    assert answers == {302: 1, 409: 1}
    meeting.refresh_from_db()
    assert (meeting.content, meeting.attendances.get(member=member).reason) in (
        ("甲稿", "甲因"),
        ("乙稿", "乙因"),
    )


def test_one_new_meeting() -> None:
    world = build_world()
    url = reverse("meeting_create")
    page = sign_in(Client(), world.secretary).get(url)
    data = shown_form(page, kinds="theme_day", theme="计划外活动", day="2026-11-20")
    assert press(world.secretary, url, data) == {302: PRESSES}
    assert Meeting.objects.get().parts.count() == 1


def test_one_acceptance() -> None:
    world = build_world()
    meeting = submitted(world)
    answers = press(world.reviewer, step_url(meeting, "accept"), {"version": str(meeting.version)})
    assert answers == {302: 1, 409: PRESSES - 1}
    assert meeting.transitions.filter(action=Action.ACCEPT).count() == 1
