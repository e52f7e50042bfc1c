"""Two people, two tabs, twenty clicks: nobody's text is lost and nothing is written twice."""

import pytest
from django.test import Client
from django.urls import reverse

from branchlife.models import AuditEvent
from meetings.enums import MeetingState, Presence
from meetings.models import Meeting
from reviews.enums import Action
from reviews.services.workflow import perform
from tests.reviews.recording import (
    CONTENT,
    NOW,
    at,
    complete,
    put_on_calendar,
    record_url,
    sign_in,
    step_url,
    submitted,
    text_of,
)
from tests.typed_forms import shown_form
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def secretary(client: Client, world: World) -> Client:
    return sign_in(client, world.secretary)


def test_both_texts_are_shown_and_the_own_one_can_still_be_saved(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    with at():
        mine = complete(secretary, meeting, content="我写的内容", draft="1")
        mine |= {
            f"person-{world.members[2].pk}-status": "excused",
            f"person-{world.members[2].pk}-reason": "病假",
        }
        theirs = complete(secretary, meeting, content="别人先写的内容", draft="1")
        assert secretary.post(record_url(meeting), theirs).status_code == 302
        conflict = secretary.post(record_url(meeting), mine)
    assert conflict.status_code == 409
    assert "我写的内容" in text_of(conflict) and "别人先写的内容" in text_of(conflict)
    assert "陈军 请假（病假）" in text_of(conflict)
    meeting.refresh_from_db()
    assert meeting.content == "别人先写的内容"
    with at():
        again = shown_form(conflict, draft="1")
        assert again["content"] == "我写的内容"
        assert again[f"person-{world.members[2].pk}-reason"] == "病假"
        assert secretary.post(record_url(meeting), again).status_code == 302
    meeting.refresh_from_db()
    assert meeting.content == "我写的内容"


def test_what_comes_too_late_is_shown_for_copying(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    with at():
        mine = complete(secretary, meeting, content="迟到的内容")
        secretary.post(record_url(meeting), complete(secretary, meeting))
        conflict = secretary.post(record_url(meeting), mine)
    assert conflict.status_code == 409
    assert "迟到的内容" in text_of(conflict) and CONTENT in text_of(conflict)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.content) == (MeetingState.SUBMITTED, CONTENT)


def test_twenty_equal_records_are_one(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    with at():
        data = complete(secretary, meeting)
        answers = {secretary.post(record_url(meeting), data).status_code for _n in range(20)}
    assert answers == {302}, "the same text again is no conflict"
    assert meeting.attendances.count() == 9
    assert list(meeting.transitions.values_list("action", flat=True)) == [Action.RECORD, Action.SUBMIT]
    assert AuditEvent.objects.filter(action="meeting.write").count() == 1


def test_twenty_equal_new_meetings_are_one(secretary: Client, world: World) -> None:
    with at():
        data = shown_form(
            secretary.get(reverse("meeting_create")), kinds="theme_day", theme="计划外活动", day="2026-11-20"
        )
        answers = [secretary.post(reverse("meeting_create"), data) for _n in range(20)]
    meeting = Meeting.objects.get()
    assert {answer.url for answer in answers} == {record_url(meeting)}


def test_twenty_equal_acceptances_are_one(client: Client, world: World) -> None:
    meeting = submitted(world)
    sign_in(client, world.reviewer)
    with at():
        page = client.get(reverse("meeting_detail", args=[meeting.pk]))
        data = shown_form(page, step_url(meeting, "accept"))
        answers = [client.post(step_url(meeting, "accept"), data).status_code for _n in range(20)]
    assert answers == [302] + [409] * 19
    assert meeting.transitions.filter(action=Action.ACCEPT).count() == 1


def test_nobody_decides_on_a_text_that_was_changed_after_it_was_read(client: Client, world: World) -> None:
    meeting = submitted(world)
    sign_in(client, world.reviewer)
    with at():
        data = shown_form(
            client.get(reverse("meeting_detail", args=[meeting.pk])), step_url(meeting, "accept")
        )
        perform(meeting, Action.WITHDRAW, actor=world.secretary, now=NOW)
        perform(meeting, Action.SUBMIT, actor=world.secretary, now=NOW)
        assert client.post(step_url(meeting, "accept"), data).status_code == 409
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUBMITTED


def test_the_grid_of_the_conflict_shows_the_writers_own_choices(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    late = world.members[3]
    with at():
        mine = complete(secretary, meeting, draft="1", **{f"person__{late.pk}__status": "late"})
        secretary.post(record_url(meeting), complete(secretary, meeting, draft="1", place="二楼"))
        conflict = secretary.post(record_url(meeting), mine)
    assert shown_form(conflict)[f"person-{late.pk}-status"] == Presence.LATE
