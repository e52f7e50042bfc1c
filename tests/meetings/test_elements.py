"""The elements of a record: each one missing is named, and only that."""

from datetime import date, time

import pytest

from meetings.elements import ELEMENT_COUNT, lacks_reason, missing_among, missing_elements
from meetings.enums import Presence
from meetings.models import Attendance
from tests.held import attended, hold
from tests.world import build_world

WHOLE = {
    "kinds": ["general"],
    "day": date(2026, 11, 20),
    "starts": time(15),
    "ends": time(16),
    "place": "三楼",
    "chair": 1,
    "recorder": 2,
    "content": "学习讨论",
}


def test_nothing_is_missing_from_a_whole_record() -> None:
    assert missing_among(WHOLE, []) == []
    assert len(WHOLE) + 1 == ELEMENT_COUNT


@pytest.mark.parametrize("field", WHOLE)
@pytest.mark.parametrize("blank", ["", None, "  \n"])
def test_each_missing_one_is_named(field: str, blank: object) -> None:
    [(name, sentence)] = missing_among(WHOLE | {field: blank}, [])
    assert name == field
    assert sentence.startswith("缺少")


def test_those_away_without_a_reason_are_named() -> None:
    [(name, sentence)] = missing_among(WHOLE, ["陈军", "方堃"])
    assert name == "attendance"
    assert "陈军、方堃" in sentence


@pytest.mark.parametrize(
    ("presence", "reason", "hard_bound", "lacks"),
    [
        (Presence.ABSENT, "", True, True),
        (Presence.ABSENT, "  ", True, True),
        (Presence.EXCUSED, "", True, True),
        (Presence.ABSENT, "原因不明", True, False),
        (Presence.ABSENT, "", False, False),
        (Presence.PRESENT, "", True, False),
        (Presence.LATE, "", True, False),
    ],
)
def test_who_owes_a_reason(presence: str, reason: str, hard_bound: bool, lacks: bool) -> None:
    assert lacks_reason(presence, reason, hard_bound) is lacks


@pytest.mark.django_db
def test_a_stored_record_is_judged_alike() -> None:
    world = build_world()
    meeting = hold(world.branch, "general", date(2026, 11, 20))
    attended(meeting)
    Attendance.objects.filter(member=world.members[2]).update(presence=Presence.ABSENT)
    assert [field for field, _sentence in missing_elements(meeting)] == [
        "ends", "place", "chair", "recorder", "content", "attendance",
    ]  # fmt: skip
    meeting.ends, meeting.place, meeting.content = time(16), "三楼", "学习"
    meeting.chair, meeting.recorder = world.members[0], world.members[1]
    Attendance.objects.filter(member=world.members[2]).update(reason="未请假")
    assert missing_elements(meeting) == []
