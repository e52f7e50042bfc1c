"""What cannot be is refused with a Chinese sentence at its field, by the page or the service, and by the database
where one row or the rows of one table can tell."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from meetings.enums import MeetingState, PostTitle
from meetings.models import Meeting, Organization, Post, Requirement, Resolution
from meetings.services.attendance import Deviation, freeze_attendance
from meetings.services.roster.organizations import move_organization
from meetings.services.roster.posts import give_post
from tests.held import hold
from tests.meetings.roster_changes import NOW as IN_NOVEMBER
from tests.meetings.voting import held, put
from tests.reviews.pages import words
from tests.reviews.recording import at, complete, put_on_calendar, record_url
from tests.typed_forms import shown_form
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def sign_in(client: Client, world: World, who: str) -> Client:
    client.force_login(getattr(world, who))
    return client


def refused_record(client: Client, world: World, **typed: object) -> str:
    """What the record's page answers."""
    sign_in(client, world, "secretary")
    meeting = put_on_calendar(world)
    response = client.post(record_url(meeting), complete(client, meeting, **typed))
    assert response.status_code == 400
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SCHEDULED, "nothing is written"
    return words(response.content.decode())


RECORDS = {
    "end before start": ({"starts": "15:00", "ends": "14:30"}, "结束时间早于开始时间。"),
    "before the branch existed": ({"day": "2015-06-30"}, "办公室党支部成立于2015年7月1日。"),
    "held in the future": ({"day": "2026-12-25"}, "2026年12月25日还没有到。"),
    "not a member that day": ({"absentees": "外党员 病假"}, "外党员"),
}


@pytest.mark.parametrize("case", RECORDS)
def test_of_a_record(client: Client, world: World, case: str) -> None:
    typed, sentence = RECORDS[case]
    assert sentence in refused_record(client, world, **typed)


def test_two_chairs(client: Client, world: World) -> None:
    chairs = [str(world.members[0].pk), str(world.members[1].pk)]
    assert "会议只能有一名主持人，请选择一人。" in refused_record(client, world, chair=chairs)


def test_attendance_of_somebody_not_a_member_that_day(world: World) -> None:
    meeting = hold(world.branch, "general", date(2026, 11, 18))
    stranger = world.other_members[1]
    with pytest.raises(ValidationError, match="当日不属于应到人员：外党员。"):
        freeze_attendance(meeting=meeting, deviations={stranger.pk: Deviation("absent")})
    assert not meeting.attendances.exists()


def test_a_vote_counting_more_than_present(world: World) -> None:
    meeting = held(world, absent=2)
    with pytest.raises(ValidationError, match="票数多于实到有表决权人数"):
        put(world, meeting, votes=(5, 1, 1))
    assert not Resolution.objects.exists()


def test_overlapping_posts(world: World) -> None:
    with pytest.raises(ValidationError) as refusal:
        give_post(
            member=world.members[3], organization=world.branch, title=PostTitle.SECRETARY,
            day=date(2026, 3, 1), last_day=date(2026, 4, 1), actor=world.administrator, now=IN_NOVEMBER,
        )  # fmt: skip
    assert refusal.value.message_dict["title"] == ["沈玉芳自2020年1月1日起任书记，时间重叠。"]


def test_a_requirement_with_neither_period_nor_count(client: Client, world: World) -> None:
    rule = Requirement.objects.create(
        owner=world.committee, code="theme_day", kind="theme_day", period="month", bearer="branch",
        confidence="local", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    sign_in(client, world, "administrator")
    page = reverse("rule_change", args=[rule.pk])
    response = client.post(page, shown_form(client.get(page), period="", minimum=""))
    assert response.status_code == 400
    assert "规定须写明频次：请填写周期和次数。" in words(response.content.decode())


def test_a_cycle_in_the_tree(world: World) -> None:
    below = Organization.objects.add_child(
        Organization.objects.get(pk=world.committee.pk),
        {"name": "机关总支", "kind": "general_branch", "founded_on": date(2016, 1, 1)},
    )
    with pytest.raises(ValidationError) as refusal:
        move_organization(
            organization=world.committee, parent=below, actor=world.administrator, now=IN_NOVEMBER
        )
    assert refusal.value.message_dict["parent"] == ["“机关总支”在“市直机关党委”之下，这样会形成循环。"]


# --- the database ----------------------------------------------------------------------------


def _meeting(world: World, **facts: object) -> None:
    Meeting.objects.create(organization=world.branch, theme="学习", day=date(2026, 11, 18), **facts)


def _vote(world: World, **numbers: int) -> None:
    meeting = hold(world.branch, "general", date(2026, 11, 18))
    known = {"expected": 8, "present": 6, "needed_present": 4, "needed_yes": 5, "no": 0, "abstain": 0}
    Resolution.objects.create(
        meeting=meeting, number=1, kind="general", subject="一事", outcome="carried", **(known | numbers)
    )


def _post(world: World, member: int) -> None:
    Post.objects.create(
        member=world.members[member], organization=world.branch, title="secretary", start_on=date(2026, 1, 1)
    )


def _rule(**says: object) -> None:
    known = {"code": "x", "kind": "staff", "period": "year", "bearer": "branch", "confidence": "local"}
    Requirement.objects.create(valid_from=date(2026, 1, 1), **(known | says))


def _twin(world: World) -> None:
    """Two places in the tree at once: a path names one organization."""
    Organization.objects.filter(pk=world.small_branch.pk).update(path=world.branch.path)


IN_THE_DATABASE = {
    "end before start": lambda world: _meeting(world, starts=time(15), ends=time(14, 30)),
    "held without a time of recording": lambda world: _meeting(world, state="held"),
    "a vote counting more than present": lambda world: _vote(world, yes=7),
    "more present than expected": lambda world: _vote(world, yes=5, present=9),
    "two secretaries": lambda world: _post(world, 3),
    "no count": lambda world: _rule(minimum=0),
    "no period": lambda world: _rule(period=""),
    "two organizations at one place of the tree": _twin,
}


@pytest.mark.parametrize("case", IN_THE_DATABASE)
def test_the_database_refuses(world: World, case: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        IN_THE_DATABASE[case](world)


def test_the_nearest_that_is_right_is_taken(world: World) -> None:
    """Positive control."""
    _meeting(world, starts=time(15), ends=time(15, 30))
    _meeting(world, state="held", recorded_at=datetime(2026, 11, 18, 9, tzinfo=UTC))
    _vote(world, yes=6)
    _rule(minimum=1)
