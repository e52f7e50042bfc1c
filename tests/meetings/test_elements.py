"""The elements of a record: each one missing is named, and only that; some hold it up, some do not."""

from datetime import date, time

import pytest

from meetings.elements import (
    ELEMENTS,
    FORMAT,
    ElementRules,
    Severity,
    asked_of,
    blocking,
    element_count,
    lacks_reason,
    missing_among,
    missing_elements,
    warnings,
)
from meetings.enums import MeetingKind, Presence
from meetings.models import Attendance, Resolution
from meetings.services.checklists import give_steps
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
# What the program has asked for everywhere from the first day on.
HOLD_UP = {*WHOLE, "attendance", "votes"}
ADVISED = {"problem", "category", "decisions"}


def rules(content: dict[str, object]) -> ElementRules:
    return ElementRules({"format": FORMAT} | content)


def test_nothing_is_missing_from_a_whole_record() -> None:
    assert blocking(missing_among(WHOLE, [])) == []
    assert missing_among(WHOLE | {"decisions": "通过"}, []) == []


@pytest.mark.parametrize("kind", MeetingKind.values)
def test_every_kind_is_held_up_by_the_same_elements(kind: str) -> None:
    asked = asked_of([kind])
    assert {name for name, word in asked.items() if word == Severity.BLOCK} == HOLD_UP
    assert element_count([kind]) == len(asked) <= len(ELEMENTS)


@pytest.mark.parametrize("field", WHOLE)
@pytest.mark.parametrize("blank", ["", None, "  \n"])
def test_each_missing_one_is_named_and_holds_it_up(field: str, blank: object) -> None:
    [missing] = blocking(missing_among(WHOLE | {field: blank}, []))
    assert missing.field == field
    assert missing.sentence.startswith("缺少")


@pytest.mark.parametrize("field", ADVISED)
def test_what_is_only_asked_for_is_named_apart(field: str) -> None:
    whole = WHOLE | {"kinds": ["organizational_life", "lecture"], **dict.fromkeys(ADVISED, "有")}
    assert missing_among(whole, []) == []
    found = missing_among(whole | {field: " "}, [])
    assert blocking(found) == []
    assert [each.field for each in warnings(found)] == [field]
    assert found[0].sentence.startswith("缺少")


def test_those_away_without_a_reason_are_named() -> None:
    [missing] = blocking(missing_among(WHOLE, ["陈军", "方堃"]))
    assert missing.field == "attendance"
    assert "陈军、方堃" in missing.sentence


@pytest.mark.parametrize("kinds", ["general", ["nothing"], [], None, ("x", "general")])
def test_kinds_as_a_form_may_send_them(kinds: object) -> None:
    assert isinstance(missing_among(WHOLE | {"kinds": kinds}, []), list)


def test_the_strictest_kind_of_an_event_decides() -> None:
    book = rules({
        "elements": {"place": "warn"},
        "kinds": {"lecture": {"place": "block"}, "theme_day": {"category": "warn"}},
    })  # fmt: skip
    assert book.asked(["theme_day"]) == {"place": "warn", "category": "warn"}
    assert book.asked(["theme_day", "lecture"]) == {"place": "block", "category": "warn"}
    assert book.asked(["general"]) == book.asked([]) == {"place": "warn"}


@pytest.mark.parametrize(
    "content",
    [
        {"format": "other"},
        {"elements": {"colour": "block"}},
        {"elements": {"place": "perhaps"}},
        {"kinds": {"party": {"place": "block"}}},
    ],
)
def test_a_preset_that_is_not_understood_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        rules(content)


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
    assert [each.field for each in blocking(missing_elements(meeting))] == [
        "ends", "place", "chair", "recorder", "content", "attendance",
    ]  # fmt: skip
    meeting.ends, meeting.place, meeting.content = time(16), "三楼", "学习"
    meeting.chair, meeting.recorder = world.members[0], world.members[1]
    Attendance.objects.filter(member=world.members[2]).update(reason="未请假")
    assert [each.field for each in missing_elements(meeting)] == ["decisions"]
    meeting.decisions = "通过"
    assert missing_elements(meeting) == []


@pytest.mark.django_db
def test_a_resolution_says_who_carries_it_out_by_when() -> None:
    world = build_world()
    meeting = hold(world.branch, "general", date(2026, 11, 20))
    counted = {
        "expected": 8, "present": 7, "yes": 7, "no": 0, "abstain": 0, "needed_present": 4, "needed_yes": 5,
        "outcome": "carried",
    }  # fmt: skip
    vote = Resolution.objects.create(meeting=meeting, number=1, kind="general", subject="修缮", **counted)
    Resolution.objects.create(
        meeting=meeting, number=2, kind="admission", subject="发展", about="郝健", **counted
    )
    [missing] = [each for each in warnings(missing_elements(meeting)) if each.field == "follow_up"]
    assert "修缮" in missing.sentence
    assert missing.is_on_the_page
    vote.owner, vote.due_on = world.members[1], date(2026, 12, 1)
    vote.save()
    assert "follow_up" not in [each.field for each in missing_elements(meeting)]


@pytest.mark.django_db
def test_steps_due_until_the_meeting_are_named_where_the_kind_asks_for_them() -> None:
    world = build_world()
    life, day = (
        hold(world.branch, kind, date(2026, 11, 20)) for kind in ("organizational_life", "theme_day")
    )
    for meeting in (life, day):
        give_steps(meeting=meeting, kinds=meeting.kinds)
    [missing] = [each for each in missing_elements(life) if each.field == "steps"]
    assert not missing.blocks
    assert missing.sentence == "流程步骤未勾选：确定会议主题、组织党员会前学习等，另有4项。"
    steps = life.steps.exclude(code__in=("report", "closed"))
    steps.update(done_on=date(2026, 11, 19), done_by=world.secretary)
    [missing] = [each for each in missing_elements(life) if each.field == "steps"]
    assert missing.sentence == "流程步骤未勾选：支部书记代表支委会报告工作。", "the other comes afterwards"
    assert "steps" not in [each.field for each in missing_elements(day)]
    life.steps.update(done_on=date(2026, 11, 19), done_by=world.secretary)
    assert "steps" not in [each.field for each in missing_elements(life)]
