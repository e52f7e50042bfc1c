"""A plan filled from the last one or from a good case; what is shared of an example, and what never."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.periods import span_from_code
from meetings.services.obligations import generate_obligations
from reviews.enums import PlanState
from reviews.models import GoodCase
from reviews.services.copies import copy_case, copy_last, last_plan
from reviews.services.good_cases import mark_case, withdraw_case
from reviews.services.plans import propose_items
from tests.held import hold
from tests.reviews.planning import NOW, Q1, Q4, TODAY, draft, make_plan
from tests.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = build_world()
    generate_obligations(as_of=TODAY)
    return world


def test_the_last_plan_on_the_days_of_the_new_period(world: World) -> None:
    lines = (
        draft(day=date(2026, 10, 9), theme="固定日", fixed="d10"),
        draft(day=date(2026, 11, 13), theme="第二个周五", place="会议室", problem="问题", budget=200),
        draft(day=date(2026, 12, 9), theme="主题党日，12月"),
        draft(day=date(2026, 12, 10), theme="小组", kinds=("group",), group=world.groups[0]),
    )
    make_plan(world, PlanState.SUBMITTED, items=lines)
    world.groups[0].dissolved_on = date(2026, 12, 31)
    world.groups[0].save()
    plan = last_plan(world.branch, Q1)
    assert plan
    copied = copy_last(plan=plan, span=Q1, as_of=TODAY)
    assert [(line.theme, line.day) for line in copied][:2] == [
        ("固定日", date(2027, 1, 11)),  # the tenth is a Sunday
        ("第二个周五", date(2027, 2, 12)),
    ]
    assert (copied[1].place, copied[1].problem, copied[1].budget) == ("会议室", "问题", 200)
    assert all(line.pk is None for line in copied)
    assert "小组" not in {line.theme for line in copied}


def test_a_draft_is_no_plan_to_copy(world: World) -> None:
    make_plan(world)
    assert last_plan(world.branch, Q1) is None
    assert last_plan(world.branch, Q4) is None


def test_the_whole_next_year_is_filled_from_what_will_be_owed(world: World) -> None:
    """The ledger reaches a quarter ahead only; the rest is told from the rule book."""
    items = propose_items(organization=world.small_branch, span=span_from_code("2027"), as_of=TODAY)
    kinds = [kind for item in items for kind in item.kinds]
    assert (kinds.count("theme_day"), kinds.count("general"), kinds.count("lecture")) == (12, 4, 4)
    assert (kinds.count("organizational_life"), kinds.count("appraisal")) == (1, 1)
    assert [item.day.month for item in items if item.kinds == ("theme_day",)] == list(range(1, 13))


def accepted(world: World) -> Meeting:
    meeting = hold(world.branch, "theme_day", TODAY, state=MeetingState.HELD, theme="窗口服务大家谈")
    Meeting.objects.update(
        content="机密会议内容", decisions="机密决定", problem="窗口排队时间长", place="甲楼",
        state=MeetingState.ACCEPTED,
    )  # fmt: skip
    meeting.refresh_from_db()
    return meeting


def test_an_example_shares_topics_and_questions_and_no_minutes(world: World, client: Client) -> None:
    case = mark_case(paper=accepted(world), reason="问题导向好", actor=world.reviewer, now=NOW)
    client.force_login(world.small_secretary)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "窗口服务大家谈" in page
    assert "窗口排队时间长" in page
    for hidden in ("机密", "甲楼", "沈玉芳"):
        assert hidden not in page
        assert hidden not in str(case.lines)


def test_copied_onto_what_is_owed(world: World) -> None:
    case = mark_case(paper=accepted(world), reason="好", actor=world.reviewer, now=NOW)
    owed = propose_items(organization=world.small_branch, span=Q1, as_of=TODAY)
    copied = copy_case(case=case, organization=world.small_branch, span=Q1, proposed=owed, as_of=TODAY)
    assert len(copied) == len(owed)
    first = next(line for line in copied if line.kinds == ("theme_day",))
    assert (first.theme, first.problem, first.place) == ("窗口服务大家谈", "窗口排队时间长", "")
    assert sum(line.theme == "窗口服务大家谈" for line in copied) == 1


def test_only_what_was_approved_and_only_by_those_above(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    with pytest.raises(PermissionDenied):
        mark_case(paper=plan, reason="好", actor=world.reviewer, now=NOW)
    meeting = accepted(world)
    for role in ("secretary", "small_secretary", "member", "other_reviewer", "administrator"):
        with pytest.raises(PermissionDenied):
            mark_case(paper=meeting, reason="好", actor=getattr(world, role), now=NOW)
    with pytest.raises(ValidationError):
        mark_case(paper=meeting, reason="  ", actor=world.reviewer, now=NOW)
    case = mark_case(paper=meeting, reason="好", actor=world.reviewer, now=NOW)
    with pytest.raises(ValidationError):
        mark_case(paper=meeting, reason="好", actor=world.reviewer, now=NOW)
    with pytest.raises(PermissionDenied):
        withdraw_case(case=case, actor=world.secretary, now=NOW)
    withdraw_case(case=case, actor=world.reviewer, now=NOW)
    assert not GoodCase.objects.standing().exists()


def test_a_new_plan_is_filled_from_the_chosen_source(world: World, client: Client) -> None:
    make_plan(
        world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary,
        items=(draft(theme="上期的主题"),),
    )  # fmt: skip
    case = mark_case(paper=accepted(world), reason="好", actor=world.reviewer, now=NOW)
    client.force_login(world.small_secretary)

    def themes(query: str) -> list[str]:
        page = client.get(f"/plans/new/?period=2027Q1&{query}")
        return [form["theme"].value() for form in page.context["paper"].items.initial_forms]

    assert themes("source=last") == ["上期的主题"]
    assert "窗口服务大家谈" in themes(f"source=case-{case.pk}")
    assert "窗口服务大家谈" not in themes("source=owed")
    assert client.get("/plans/new/?period=2027Q1&source=case-999").status_code == 400
