"""Scheduling, moving and writing down through the services, away from any page."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from meetings.enums import MeetingState, Presence
from meetings.models import Meeting, Membership
from meetings.services.attendance import Deviation
from meetings.services.record import (
    ChangedMeanwhile,
    MeetingFacts,
    add_meeting,
    claim_version,
    facts_of,
    reschedule_meeting,
    schedule_meeting,
    write_record,
)
from tests.world import FOUNDED, World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


def facts(**more: object) -> MeetingFacts:
    return MeetingFacts(**({"kinds": ("theme_day",), "theme": "学习", "day": DAY, "starts": time(15)} | more))


def schedule(world: World, **more: object) -> Meeting:
    return schedule_meeting(organization=world.branch, facts=facts(**more), actor=world.secretary, now=NOW)


def write(world: World, meeting: Meeting, deviations=None, anew: bool = False, **more: object) -> Meeting:
    return write_record(
        meeting=meeting,
        facts=facts(**more),
        deviations=deviations or {},
        actor=world.secretary,
        anew=anew,
        now=NOW,
    )


def refused(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.error_dict)


def test_facts_survive_the_round_trip(world: World) -> None:
    meeting = schedule(world, kinds=("lecture", "appraisal"), counts_for=date(2025, 12, 31), place="三楼")
    assert facts_of(Meeting.objects.get()) == facts_of(meeting)
    days = dict(meeting.parts.values_list("kind", "counts_for"))
    assert days == {"lecture": DAY, "appraisal": date(2025, 12, 31)}, "only what is owed once a year moves"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"day": date(2026, 11, 24)}, "day"),
        ({"day": FOUNDED.replace(year=2014)}, "day"),
        ({"ends": time(15)}, "ends"),
    ],
)
def test_wrong_facts_are_refused_at_their_field(world: World, more: dict, field: str) -> None:
    meeting = schedule(world)
    with pytest.raises(ValidationError) as error:
        write(world, meeting, **more)
    assert refused(error) == {field}
    assert not meeting.attendances.exists()


def test_a_dissolved_branch_holds_nothing_any_more(world: World) -> None:
    world.branch.dissolved_on = DAY
    with pytest.raises(ValidationError) as error:
        schedule(world)
    assert refused(error) == {"day"}
    assert schedule(world, day=date(2026, 11, 19)).pk, "the last day before is fine"


def test_a_group_is_not_older_than_itself(world: World) -> None:
    world.groups[0].founded_on = date(2026, 11, 21)
    with pytest.raises(ValidationError):
        schedule_meeting(
            organization=world.branch,
            group=world.groups[0],
            facts=facts(kinds=("group",)),
            actor=None,
            now=NOW,
        )


def test_somebody_who_was_not_expected(world: World) -> None:
    stranger = world.other_members[0]
    with pytest.raises(ValidationError, match="外书记"):
        write(world, schedule(world), {stranger.pk: Deviation(Presence.EXCUSED, "出差")})


def test_the_time_of_recording_is_set_once(world: World) -> None:
    meeting = write(world, schedule(world))
    write_record(
        meeting=meeting, facts=facts(theme="改过"), deviations={}, actor=world.administrator,
        now=NOW.replace(day=25),
    )  # fmt: skip
    meeting.refresh_from_db()
    assert (meeting.recorded_at, meeting.recorded_by) == (NOW, world.secretary)


def test_correcting_leaves_people_duty_and_vote_alone(world: World) -> None:
    meeting = write(world, schedule(world), {world.members[2].pk: Deviation(Presence.EXCUSED, "病假")})
    before = list(meeting.attendances.order_by("pk").values_list("pk", "member", "has_vote", "hard_bound"))
    Membership.objects.filter(member=world.members[4]).update(end_on=date(2026, 11, 1))
    write(world, meeting, {world.members[4].pk: Deviation(Presence.LATE)})
    rows = meeting.attendances.order_by("pk")
    assert list(rows.values_list("pk", "member", "has_vote", "hard_bound")) == before
    assert dict(rows.exclude(presence=Presence.PRESENT).values_list("member", "presence")) == {
        world.members[4].pk: Presence.LATE
    }


@pytest.mark.parametrize(
    ("more", "people"),
    [
        ({"day": date(2026, 11, 19)}, 9),
        ({"kinds": ("committee",)}, 3),
        ({"kinds": ("general",)}, 8),
        ({"anew": True}, 9),
        ({}, 8),
    ],
    ids=["another day", "another audience", "another kind with the same audience", "asked anew", "the same"],
)
def test_when_the_roster_is_asked_again(world: World, more: dict, people: int) -> None:
    """One member leaves the books while the record lies there, and comes back before it is corrected."""
    membership = Membership.objects.get(member=world.members[4])
    Membership.objects.filter(pk=membership.pk).update(start_on=date(2026, 11, 22))
    meeting = write(world, schedule(world))
    Membership.objects.filter(pk=membership.pk).update(start_on=date(2016, 1, 1))
    write(world, meeting, **more)
    assert meeting.attendances.count() == people


def test_the_same_meeting_is_entered_once(world: World) -> None:
    first, is_new = add_meeting(organization=world.branch, facts=facts(), actor=world.secretary, now=NOW)
    again, is_again_new = add_meeting(
        organization=world.branch, facts=facts(), actor=world.secretary, now=NOW
    )
    assert (is_new, is_again_new, again) == (True, False, first)
    for other in (
        {"theme": "别的"},
        {"starts": time(16)},
        {"kinds": ("lecture",)},
        {"day": date(2026, 11, 19)},
    ):
        assert add_meeting(organization=world.branch, facts=facts(**other), actor=world.secretary, now=NOW)[1]
    Meeting.objects.filter(pk=first.pk).update(state=MeetingState.CANCELLED)
    assert add_meeting(organization=world.branch, facts=facts(), actor=world.secretary, now=NOW)[1]


def test_a_version_is_claimed_once(world: World) -> None:
    meeting = schedule(world)
    claim_version(meeting, 1)
    assert meeting.version == 2
    with pytest.raises(ChangedMeanwhile):
        claim_version(meeting, 1)


def test_moving_keeps_the_rest(world: World) -> None:
    meeting = schedule(world, place="三楼", problem="窗口作风")
    reschedule_meeting(
        meeting=meeting, version=1, day=date(2026, 12, 1), starts=None, ends=None, place="二楼",
        actor=world.secretary, now=NOW,
    )  # fmt: skip
    meeting.refresh_from_db()
    assert (meeting.day, meeting.starts, meeting.place, meeting.problem) == (
        date(2026, 12, 1), None, "二楼", "窗口作风",
    )  # fmt: skip
