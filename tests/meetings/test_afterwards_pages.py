"""Catching up and guests in the browser."""

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Attendance, Meeting
from reviews.services.records import submit_record
from tests.meetings.voting import held
from tests.reviews.pages import html_of, words
from tests.reviews.recording import NOW, at, sign_in
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _today():
    with at():
        yield


def absence(meeting: Meeting) -> Attendance:
    return meeting.attendances.get(presence="excused")


def test_catching_up_is_noted_and_shown_to_the_member(client: Client, world: World) -> None:
    world.members[7].user, world.members[5].user = world.member, None
    for member in (world.members[5], world.members[7]):
        member.save()
    meeting = held(world, absent=1)
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    url = reverse("catch_up", args=[absence(meeting).pk])
    assert url in html_of(world.secretary, f"/meetings/{meeting.pk}/")
    assert url not in html_of(world.reviewer, f"/meetings/{meeting.pk}/")
    sign_in(client, world.secretary)
    wrong = client.post(url, {"caught_up_on": "2026-11-19", "note": ""})
    assert wrong.status_code == 400
    assert "补课日期不能早于会议日期" in words(wrong.content.decode())
    assert client.post(url, {"caught_up_on": "2026-11-22", "note": "自学材料"}).status_code == 302
    assert absence(meeting).presence == "excused"
    for page in ("/me/", f"/meetings/{meeting.pk}/"):
        shown = words(html_of(world.member, page))
        assert "2026年11月22日补课 自学材料" in shown
        assert "请假" in shown


def test_nothing_to_catch_up_on_for_who_was_there(client: Client, world: World) -> None:
    meeting = held(world, absent=1)
    sign_in(client, world.secretary)
    there = meeting.attendances.filter(presence="present").first()
    assert client.get(reverse("catch_up", args=[there.pk])).status_code == 409


def test_guests_stand_on_the_meetings_page(client: Client, world: World) -> None:
    meeting = held(world)
    url = reverse("meeting_guests", args=[meeting.pk])
    sign_in(client, world.secretary)
    assert client.post(url, {"names": "陈军"}).status_code == 400
    client.post(url, {"names": "王某某　市直机关工委\r\n\r\n李某某\u200b"})
    assert Meeting.objects.get().guests == "王某某 市直机关工委\n李某某"
    assert "王某某 市直机关工委、李某某" in words(html_of(world.reviewer, f"/meetings/{meeting.pk}/"))
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    assert client.post(url, {"names": ""}).status_code == 409
    assert Meeting.objects.get().guests


def test_markup_in_names_stays_text(client: Client, world: World) -> None:
    meeting = held(world)
    sign_in(client, world.secretary)
    client.post(reverse("meeting_guests", args=[meeting.pk]), {"names": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in html_of(world.secretary, f"/meetings/{meeting.pk}/")
