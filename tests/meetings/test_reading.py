"""Opening what is sensitive is an event of the trail: once for a look, never for one's own, never without."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branchlife.audit_check import check_audit
from branchlife.models import AuditEvent, User
from branchlife.reading import READ_AGAIN, note_reading
from meetings.models import Attachment, Attendance, Exclusion, Leave, Meeting, Member, Resolution
from tests.meetings.visible_rows import build_rows
from tests.world import World

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.force_login(user)
    return client


def readings() -> list[tuple[str, str, str]]:
    events = AuditEvent.objects.filter(action__endswith=".read").order_by("pk")
    return [(event.actor.username, event.action, event.subject_id) for event in events]


def test_a_look_at_a_person_says_who_what_when_and_from_where(world: World) -> None:
    client, colleague = signed_in(world.secretary), world.members[2]
    answer = client.get(reverse("member_detail", args=[colleague.pk]))
    event = AuditEvent.objects.get(action="member.read")
    assert (event.actor, event.subject_id, event.chain) == (
        world.secretary,
        str(colleague.pk),
        world.branch.chain,
    )
    assert (event.address, event.request_id) == ("10.1.2.3", answer["X-Request-Id"])
    assert event.difference == {}  # that it was opened, never what it said
    assert [fault for fault in check_audit().faults if "member.read" in str(fault)] == []


def test_a_second_look_is_part_of_the_first_until_some_time_has_passed(world: World) -> None:
    url = reverse("member_detail", args=[world.members[2].pk])
    with time_machine.travel("2026-11-26T10:00:00+08:00", tick=False) as clock:
        client = signed_in(world.secretary)
        client.get(url)
        client.get(url)
        assert len(readings()) == 1
        signed_in(world.reviewer).get(url)  # somebody else's look is another one
        assert len(readings()) == 2
        clock.shift(READ_AGAIN + 1)
        client.get(url)
        assert len(readings()) == 3


def test_the_own_page_is_nobodys_business(world: World) -> None:
    member = Member.objects.get(user=world.member)
    assert signed_in(world.member).get(reverse("member_detail", args=[member.pk])).status_code == 200
    assert readings() == []


def test_who_is_refused_has_read_nothing(world: World) -> None:
    url = reverse("member_detail", args=[world.members[2].pk])
    assert signed_in(world.other_reviewer).get(url).status_code == 404
    assert readings() == []


def test_each_kind_of_sensitive_record_is_told(world: World) -> None:
    rows = build_rows(world)
    meeting = rows[Meeting]["held"]
    meeting.parts.create(kind="organizational_life", counts_for=meeting.day)
    resolution = rows[Resolution]["coming"]
    Resolution.objects.filter(pk=resolution.pk).update(is_secret=True)
    client = signed_in(world.secretary)
    opened = {
        "member.read": ("member_detail", rows[Member]["g1"]),
        "roster.read": ("member_list", None),
        "meeting.read": ("meeting_detail", meeting),
        "resolution.read": ("resolution_detail", resolution),
        "leave.read": ("meeting_leaves", rows[Meeting]["coming"]),
        "exclusion.read": ("exclusion_detail", rows[Exclusion]["g1"]),
        "attachment.read": ("attachment_file", rows[Attachment]["own"]),  # whether or not the file is there
    }
    for action, (name, row) in opened.items():
        client.get(reverse(name, args=[row.pk] if row else []))
        assert readings()[-1][:2] == ("secretary", action)
    assert len(readings()) == len(opened)
    assert Leave.objects.exists()


def test_minutes_without_criticism_are_no_secret_among_those_who_answer(world: World) -> None:
    meeting = build_rows(world)[Meeting]["held"]
    assert signed_in(world.secretary).get(reverse("meeting_detail", args=[meeting.pk])).status_code == 200
    assert readings() == []


def test_a_member_who_sees_no_minutes_has_read_none(world: World) -> None:
    meeting = build_rows(world)[Meeting]["held"]
    meeting.parts.create(kind="organizational_life", counts_for=meeting.day)
    assert Attendance.objects.filter(meeting=meeting).exists()
    assert signed_in(world.member).get(reverse("meeting_detail", args=[meeting.pk])).status_code == 200
    assert readings() == []


def test_the_note_costs_three_queries_and_the_second_look_none(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            note_reading(
                reader=world.secretary,
                action="member.read",
                subject=world.members[2],
                chain=world.branch.chain,
            )
        return len(queries)

    note_reading(
        reader=world.secretary, action="member.read", subject=world.members[3], chain=world.branch.chain
    )
    assert (cost(), cost()) == (3, 0)


def test_what_cannot_be_noted_is_not_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trail that takes no more, and a look afterwards that is noted all the same."""
    from branchlife import reading

    def refuse(**facts: object) -> None:
        raise DatabaseError("full")

    url, client = reverse("member_detail", args=[world.members[2].pk]), signed_in(world.secretary)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "record_event", refuse)
        with pytest.raises(DatabaseError):
            client.get(url)
    client.get(url)
    assert len(readings()) == 1


def test_the_audit_officer_sees_who_looked(world: World) -> None:
    signed_in(world.secretary).get(reverse("member_detail", args=[world.members[2].pk]))
    signed_in(world.secretary).get(reverse("member_list"))
    cache.clear()
    client = signed_in(world.audit_officer)
    answer = client.get("/audit/?action=.read")
    assert [event.action for event, *_words in answer.context["rows"]] == ["roster.read", "member.read"]
    assert world.members[2].name not in answer.content.decode()
