"""The reviewer's inbox: what waits for whom, in which order, and approving several plans at once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.enums import MeetingState, Role
from meetings.models import Meeting, Organization
from meetings.services.rulebook.limits import Limits
from reviews.enums import Action, PlanState
from reviews.models import Plan, Transition
from reviews.services.inbox import plans_to_review, records_to_review, wait_of
from reviews.services.workflow import perform
from tests.held import hold
from tests.reviews.planning import NOW, Q1, TODAY, draft, make_plan
from tests.typed_forms import shown_form
from tests.world import World, appoint, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def text(response: Any) -> str:
    return response.content.decode()


def submitted_record(world: World, *, days_ago: int = 0, theme: str = "", branch: Any = None) -> Meeting:
    meeting = hold(branch or world.branch, "general", TODAY - timedelta(days=10), theme=theme)
    Meeting.objects.filter(pk=meeting.pk).update(recorded_by=world.secretary)
    meeting.refresh_from_db()
    writer = world.secretary if meeting.organization == world.branch else world.small_secretary
    perform(meeting, Action.SUBMIT, actor=writer, now=NOW - timedelta(days=days_ago))
    return meeting


def small_plan(world: World, **more: Any) -> Plan:
    return make_plan(
        world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary, **more
    )


def box(plan: Plan) -> str:
    return f"{plan.pk}:{plan.version}"


def approve(client: Client, *boxes: str, confirmed: bool = True) -> Any:
    data = {"action": "approve", "selected": list(boxes)} | ({"confirmed": "1"} if confirmed else {})
    return client.post("/review/", data, follow=True)


def test_oldest_first_with_the_days_they_waited(world: World, client: Client) -> None:
    """Friday the 13th to Monday the 23rd: six working days."""
    newer = make_plan(world, PlanState.SUBMITTED)
    older = small_plan(world, now=NOW - timedelta(days=10))
    record = submitted_record(world, days_ago=3, theme="表决转正")
    client.force_login(world.reviewer)
    page = client.get("/review/")
    assert [(plan, plan.wait.days) for plan in page.context["plans"]] == [(older, 6), (newer, 0)]
    assert [(meeting, meeting.wait.days) for meeting in page.context["records"]] == [(record, 1)]
    for words in ("6个工作日", "今天提交", "1个工作日", f'href="/meetings/{record.pk}/"'):
        assert words in text(page)


@pytest.mark.parametrize(
    ("since", "days"),
    [
        ("2026-11-23T08:00+08:00", 0),
        ("2026-11-20T23:59+08:00", 1),
        ("2026-11-21T09:00+08:00", 1),
        ("2026-11-16T00:00+08:00", 5),
        ("2026-09-30T09:00+08:00", 34),
    ],
)
def test_working_days(since: str, days: int) -> None:
    """1 to 7 October are off, the 10th is worked."""
    plan = Plan(submitted_at=datetime.fromisoformat(since), organization=Organization(path="0001"))
    assert wait_of(plan, Limits.read(), NOW).days == days


def test_what_came_on_friday_did_not_come_today_on_sunday(world: World, client: Client) -> None:
    make_plan(world, PlanState.SUBMITTED, now=NOW - timedelta(days=3))
    submitted_record(world, days_ago=3)
    client.force_login(world.reviewer)
    for moment, is_today in (("2026-11-20T17:00+08:00", True), ("2026-11-22T10:00+08:00", False)):
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            inbox, desk = text(client.get("/review/")), text(client.get("/"))
        desk = desk[desk.index("待我审核") :]
        assert inbox.count("今天提交") == (2 if is_today else 0)
        assert desk.count("<b>今天</b>") == (2 if is_today else 0)
        assert inbox.count("0个工作日") == desk.count("<b>0个工作日</b>") == (0 if is_today else 2)


def test_the_first_page_has_one_list_by_waiting(world: World, client: Client) -> None:
    """Plans and records among each other; not more than eight, and those the ones that wait longest."""
    oldest = submitted_record(world, days_ago=9)
    plan = make_plan(world, PlanState.SUBMITTED, now=NOW - timedelta(days=6))
    middle = submitted_record(world, days_ago=4, branch=world.small_branch)
    newer = small_plan(world, now=NOW - timedelta(days=2))
    unknown = hold(world.branch, "theme_day", TODAY, state=MeetingState.SUBMITTED)
    client.force_login(world.reviewer)
    papers = [paper for paper, _is_plan in client.get("/").context["papers"]]
    assert papers == [oldest, plan, middle, newer, unknown]
    page = text(client.get("/"))
    places = [page.index(f'work-title" href="{url}"') for url in map(address, papers)]
    assert places == sorted(places)
    for _number in range(4):
        submitted_record(world, days_ago=1)
    papers = [paper for paper, _is_plan in client.get("/").context["papers"]]
    assert papers[:4] == [oldest, plan, middle, newer]
    assert len(papers) == 8
    assert unknown not in papers


def address(paper: Plan | Meeting) -> str:
    return f"/{'plans' if isinstance(paper, Plan) else 'meetings'}/{paper.pk}/"


def test_only_what_waits_and_is_theirs_to_decide(world: World, client: Client) -> None:
    make_plan(world, PlanState.APPROVED)
    make_plan(world, PlanState.DRAFT, span=Q1, items=())
    hold(world.branch, "general", TODAY, state=MeetingState.HELD)
    make_plan(
        world,
        PlanState.SUBMITTED,
        branch=world.other_branch,
        author=world.other_secretary,
        items=(draft(theme="外单位主题"),),
    )
    client.force_login(world.reviewer)
    page = client.get("/review/")
    assert (page.context["plans"], page.context["records"]) == ([], [])
    assert "没有待您审核的事项" in text(page)
    assert "外单位" not in text(page)


def test_nobody_finds_their_own_papers(world: World) -> None:
    both = make_user("both")
    appoint(both, world.small_branch, Role.SECRETARY)
    appoint(both, world.committee, Role.REVIEWER)
    own_branch = small_plan(world)
    foreign = make_plan(world, PlanState.SUBMITTED)
    own_record = submitted_record(world)
    Meeting.objects.filter(pk=own_record.pk).update(recorded_by=both)
    led = submitted_record(world, branch=world.small_branch)
    others = submitted_record(world)
    assert set(plans_to_review(both)) == {foreign}
    assert set(plans_to_review(world.reviewer)) == {foreign, own_branch}
    assert set(records_to_review(both)) == {others}
    assert set(records_to_review(world.reviewer)) == {own_record, led, others}


def test_a_record_handed_in_again_waits_from_then_on(world: World) -> None:
    record = submitted_record(world, days_ago=5)
    perform(record, Action.WITHDRAW, actor=world.secretary, now=NOW - timedelta(days=2))
    perform(record, Action.SUBMIT, actor=world.secretary, now=NOW - timedelta(days=1))
    assert records_to_review(world.reviewer).get().submitted_at == NOW - timedelta(days=1)


@pytest.mark.parametrize("role", ["secretary", "administrator", "member", "group_leader", "outsider"])
def test_the_inbox_is_for_reviewers(world: World, client: Client, role: str) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(getattr(world, role))
    assert client.get("/review/").status_code == 403
    assert approve(client, box(plan)).status_code == 403
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED


def test_the_branch_filter(world: World, client: Client) -> None:
    first, second = make_plan(world, PlanState.SUBMITTED), small_plan(world)
    record = submitted_record(world)
    client.force_login(world.reviewer)
    page = client.get(f"/review/?branch={world.branch.pk}")
    assert (page.context["plans"], page.context["records"]) == ([first], [record])
    assert client.get(f"/review/?branch={world.small_branch.pk}").context["plans"] == [second]
    outside = client.get(f"/review/?branch={world.other_branch.pk}")
    assert outside.status_code == 400
    assert "外单位" not in text(outside)


def test_the_inbox_takes_the_same_queries_for_one_row_and_for_three(world: World, client: Client) -> None:
    client.force_login(world.reviewer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/review/").status_code == 200
        return len(seen)

    make_plan(world, PlanState.SUBMITTED)
    submitted_record(world)
    queries()  # the time limits are remembered from now on
    one = queries()
    small_plan(world)
    make_plan(world, PlanState.SUBMITTED, span=Q1, items=(draft(day=date(2027, 1, 6)),))
    submitted_record(world)
    submitted_record(world, branch=world.small_branch)
    assert queries() == one <= MOST_QUERIES


def test_several_plans_are_confirmed_first_and_then_approved(world: World, client: Client) -> None:
    plans = [make_plan(world, PlanState.SUBMITTED), small_plan(world)]
    client.force_login(world.reviewer)
    question = approve(client, *map(box, plans), confirmed=False)
    assert "将批准以下2份计划" in text(question)
    assert "督查室党支部 · 2026年第四季度" in text(question)
    assert not Transition.objects.filter(action="approve").exists()
    answer = approve(client, *map(box, plans))
    assert "已批准2份计划" in text(answer)
    assert set(Plan.objects.values_list("state", flat=True)) == {PlanState.APPROVED}
    assert Meeting.objects.count() == 2


def test_what_cannot_be_approved_is_named_with_its_reason(world: World, client: Client) -> None:
    """One was changed meanwhile, one is one's own, one branch is dissolved; the fourth goes through."""
    stale = make_plan(world, PlanState.SUBMITTED)
    good = small_plan(world)
    too_late = small_plan(world, span=Q1, items=(draft(day=date(2027, 1, 6)),))
    both = make_user("both")
    appoint(both, world.committee, Role.REVIEWER)
    own = make_plan(world, PlanState.SUBMITTED, span=Q1, items=(draft(day=date(2027, 1, 6)),))
    Plan.objects.filter(pk=own.pk).update(author=both)
    world.small_branch.dissolved_on = date(2027, 1, 1)
    world.small_branch.save()
    seen = [box(stale), box(good), box(too_late), box(own)]
    Plan.objects.filter(pk=stale.pk).update(version=9)
    client.force_login(both)
    page = text(approve(client, *seen))
    assert "已批准1份计划" in page
    assert "未批准：办公室党支部 · 2026年第四季度。已有人先办理" in page
    assert "未批准：办公室党支部 · 2027年第一季度。这是您自己的计划" in page
    assert "未批准：督查室党支部 · 2027年第一季度。" in page
    assert list(Plan.objects.filter(state=PlanState.APPROVED)) == [good]
    assert Meeting.objects.count() == 1


def test_plans_out_of_sight_are_neither_approved_nor_named(world: World, client: Client) -> None:
    foreign = make_plan(world, PlanState.SUBMITTED, branch=world.other_branch, author=world.other_secretary)
    client.force_login(world.reviewer)
    for confirmed in (False, True):
        page = text(approve(client, box(foreign), confirmed=confirmed))
        assert "外单位" not in page
    foreign.refresh_from_db()
    assert foreign.state == PlanState.SUBMITTED


def test_what_no_longer_waits_is_named_before_anything_is_approved(world: World, client: Client) -> None:
    """One was withdrawn, one was handed in again, one was approved by somebody else; the fourth waits."""
    withdrawn = make_plan(world, PlanState.SUBMITTED)
    good = small_plan(world)
    later = {"span": Q1, "items": (draft(day=date(2027, 1, 6)),)}
    anew, settled = make_plan(world, PlanState.SUBMITTED, **later), small_plan(world, **later)
    boxes = [box(plan) for plan in (withdrawn, good, anew, settled)]
    perform(withdrawn, Action.WITHDRAW, actor=world.secretary)
    perform(anew, Action.WITHDRAW, actor=world.secretary)
    perform(anew, Action.SUBMIT, actor=world.secretary)
    Plan.objects.filter(pk=settled.pk).update(state=PlanState.APPROVED, version=settled.version + 1)
    client.force_login(world.reviewer)
    question = approve(client, *boxes, confirmed=False)
    warning, rest = text(question).split('<form class="panel"')
    assert "以下3份计划已不再等待批准" in warning
    for name in (
        "办公室党支部 · 2026年第四季度",
        "办公室党支部 · 2027年第一季度",
        "督查室党支部 · 2027年第一季度",
    ):
        assert name in warning and name not in rest
    assert shown_form(question, "/review/")["selected"] == box(good)
    assert "已批准1份计划" in text(approve(client, box(good)))
    nothing = text(approve(client, box(withdrawn), confirmed=False))
    assert "以下1份计划已不再等待批准" in nothing and 'name="confirmed"' not in nothing


def test_what_is_withdrawn_after_the_question_is_named_as_well(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    perform(plan, Action.WITHDRAW, actor=world.secretary)
    client.force_login(world.reviewer)
    assert "未批准：办公室党支部 · 2026年第四季度。已有人先办理" in text(approve(client, box(plan)))
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_a_draft_that_was_never_handed_in_is_not_named(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.DRAFT)
    client.force_login(world.reviewer)
    for confirmed in (False, True):
        page = text(approve(client, box(plan), confirmed=confirmed))
        assert "未批准：1份，您已看不到" in page
        assert "2026年第四季度" not in page


@pytest.mark.parametrize("value", ["", "x", "1", "1:x", "1:2:3", "-1:1", f"{'9' * 5000}:1", "1:²"])
def test_a_mangled_choice_is_refused(world: World, client: Client, value: str) -> None:
    client.force_login(world.reviewer)
    assert approve(client, value).status_code == 400


def test_nothing_selected(world: World, client: Client) -> None:
    client.force_login(world.reviewer)
    assert "尚未选择" in text(client.post("/review/", {"action": "approve"}, follow=True))
    assert client.post("/review/", {"action": "burn"}).status_code == 400
