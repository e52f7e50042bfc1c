"""A local rule is at least as strict as the one above it, or explained."""

from typing import Any

import pytest

from meetings.models import Deadline, Requirement
from meetings.services.rulebook.strictness import loosened

QUARTERLY = {
    "period": "quarter", "minimum": 2, "bearer": "branch", "condition": "none", "grace_days": 3,
    "is_active": True,
}  # fmt: skip


@pytest.mark.parametrize(
    "differences",
    [
        {},
        {"minimum": 3},
        {"period": "month", "minimum": 1},  # three instead of two a quarter
        {"grace_days": 0},
    ],
)
def test_as_strict_or_stricter(differences: dict[str, Any]) -> None:
    assert loosened(Requirement(**QUARTERLY | differences), Requirement(**QUARTERLY)) == []


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ({"minimum": 1}, "次数更少：本级每季度至少 1 次，上级每季度至少 2 次。"),
        ({"period": "half", "minimum": 9}, "周期更长：本级每半年至少 9 次，上级每季度至少 2 次。"),
        ({"grace_days": 4}, "宽限更长：本级 4 天，上级 3 天。"),
        ({"condition": "has_committee"}, "只在一定条件下才要求"),
        ({"bearer": "group"}, "责任主体不同"),
        ({"is_active": False}, "取消了上级正在执行的规定。"),
    ],
)
def test_looser_and_said_so(differences: dict[str, Any], words: str) -> None:
    (sentence,) = loosened(Requirement(**QUARTERLY | differences), Requirement(**QUARTERLY))
    assert words in sentence


def test_a_shorter_period_does_not_make_up_for_fewer_meetings() -> None:
    above = Requirement(**QUARTERLY | {"minimum": 4})
    assert loosened(Requirement(**QUARTERLY | {"period": "month", "minimum": 1}), above) != []


def test_dropping_the_condition_is_stricter() -> None:
    above = Requirement(**QUARTERLY | {"condition": "has_committee"})
    assert loosened(Requirement(**QUARTERLY), above) == []


@pytest.mark.parametrize("above", [None, Requirement(**QUARTERLY | {"is_active": False})])
def test_anything_goes_where_nothing_is_asked_above(above: Requirement | None) -> None:
    assert loosened(Requirement(**QUARTERLY | {"minimum": 1, "grace_days": 90}), above) == []


@pytest.mark.parametrize(
    ("code", "here", "above", "strict"),
    [
        ("record", (3, "working_days"), (3, "working_days"), True),
        ("record", (4, "working_days"), (3, "working_days"), False),
        ("record", (3, "days"), (3, "working_days"), True),
        ("record", (3, "working_days"), (3, "days"), False),
        ("quarter_plan", (5, "day_of_month", 1), (5, "day_of_month", 1), True),
        ("quarter_plan", (4, "day_of_month", 1), (5, "day_of_month", 1), True),
        ("quarter_plan", (1, "day_of_month", 2), (5, "day_of_month", 1), False),
        ("quarter_plan", (5, "days"), (5, "day_of_month", 1), False),  # not comparable: explain it
        ("democratic_life_plan", (20, "days"), (15, "days"), True),
        ("democratic_life_plan", (10, "days"), (15, "days"), False),
        ("democratic_life_plan", (15, "working_days"), (15, "days"), True),
        ("democratic_life_plan", (15, "days"), (15, "working_days"), False),
    ],
)
def test_limits(code: str, here: tuple, above: tuple, strict: bool) -> None:
    local, upper = (
        Deadline(code=code, amount=each[0], unit=each[1], month=each[2] if len(each) > 2 else None)
        for each in (here, above)
    )
    assert (loosened(local, upper) == []) is strict
