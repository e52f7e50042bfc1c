"""The list of plans and the page of one plan."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.periods import Span, next_span
from meetings.services.rulebook.limits import Limits
from reviews.enums import PlanState
from reviews.models import Finding, Plan
from tests.reviews.planning import NOW, Q1, Q4, draft, make_plan
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def text(response: Any) -> str:
    return response.content.decode()


def queries(client: Client, url: str) -> int:
    Limits.read()  # remembered from here on, whichever page came first
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def many_drafts(number: int) -> tuple:
    return tuple(draft(day=date(2026, 12, 1) + timedelta(days=n), theme=f"主题{n}") for n in range(number))


def step(client: Client, plan: Plan, action: str, **more: Any) -> Any:
    return client.post(f"/plans/{plan.pk}/step/{action}/", {"version": plan.version, **more})


# ---- the list ----


def test_the_list_shows_who_has_what(world: World, client: Client) -> None:
    make_plan(world, PlanState.RETURNED)
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    make_plan(world, branch=world.small_branch, author=world.small_secretary, span=Q1, items=())
    client.force_login(world.reviewer)
    page = text(client.get("/plans/"))
    assert "办公室党支部 · 2026年第四季度" in page
    assert "督查室党支部 · 2026年第四季度" in page
    assert "2027年第一季度" not in page  # a draft is the branch's own
    assert "市直机关党委 · 11月23日" in page


@pytest.mark.parametrize(
    ("role", "branches"),
    [
        ("secretary", {"办公室党支部"}),
        ("small_secretary", {"督查室党支部"}),
        ("reviewer", {"办公室党支部", "督查室党支部"}),
        ("administrator", {"办公室党支部", "督查室党支部"}),
        ("other_reviewer", set()),
        ("group_leader", set()),
        ("member", set()),
        ("outsider", set()),
    ],
)
def test_everyone_sees_their_own_part(world: World, client: Client, role: str, branches: set[str]) -> None:
    make_plan(world, PlanState.SUBMITTED)
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    client.force_login(getattr(world, role))
    page = client.get("/plans/")
    assert {plan.organization.name for plan in page.context["page_obj"]} == branches


def test_the_newest_period_first_then_the_tree(world: World, client: Client) -> None:
    small = make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    own = make_plan(world, PlanState.SUBMITTED)
    later = make_plan(world, PlanState.SUBMITTED, span=Q1, items=(draft(day=date(2027, 1, 6)),))
    client.force_login(world.reviewer)
    assert list(client.get("/plans/").context["page_obj"]) == [later, own, small]


def test_the_filters(world: World, client: Client) -> None:
    first = make_plan(world, PlanState.SUBMITTED)
    second = make_plan(world, PlanState.APPROVED, branch=world.small_branch, author=world.small_secretary)
    third = make_plan(world, span=Q1, items=())
    client.force_login(world.secretary)
    assert list(client.get("/plans/?year=2027").context["page_obj"]) == [third]
    client.force_login(world.reviewer)

    def found(query: str) -> list[Plan]:
        return list(client.get(f"/plans/?{query}").context["page_obj"])

    assert found("state=approved") == [second]
    assert found(f"branch={world.branch.pk}") == [first]
    assert found("year=2026&state=submitted") == [first]
    assert found("year=2024") == []


@pytest.mark.parametrize(
    "query", ["year=x", "state=lost", "branch=0", "branch=" + "9" * 30, "year=2026&branch=abc"]
)
def test_a_mangled_filter_shows_nothing_and_says_so(world: World, client: Client, query: str) -> None:
    make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.reviewer)
    response = client.get(f"/plans/?{query}")
    assert response.status_code == 400
    assert "invalid-feedback" in text(response)
    assert "2026年第四季度" not in text(response)


def test_the_list_takes_the_same_queries_for_one_row_and_for_three(world: World, client: Client) -> None:
    client.force_login(world.reviewer)
    make_plan(world, PlanState.SUBMITTED)
    one = queries(client, "/plans/")
    make_plan(world, PlanState.APPROVED, branch=world.small_branch, author=world.small_secretary)
    make_plan(world, PlanState.RETURNED, span=Q1, items=(draft(day=date(2027, 1, 6)),))
    assert queries(client, "/plans/") == one <= MOST_QUERIES


def test_long_lists_are_paged(world: World, client: Client) -> None:
    span: Span = Q4
    for _number in range(27):
        make_plan(world, span=span, items=())
        span = next_span(span)
    client.force_login(world.secretary)
    assert len(client.get("/plans/").context["page_obj"]) == 25
    assert len(client.get("/plans/?page=2").context["page_obj"]) == 2
    assert "page=2" in text(client.get("/plans/"))


# ---- one plan ----


@pytest.mark.parametrize(
    "role", ["other_secretary", "other_reviewer", "small_secretary", "outsider", "member"]
)
@pytest.mark.parametrize("path", ["", "edit/"])
def test_outside_the_scope_a_plan_does_not_exist(world: World, client: Client, role: str, path: str) -> None:
    plan = make_plan(world, PlanState.SUBMITTED, items=(draft(theme="机密主题"),))
    client.force_login(getattr(world, role))
    hidden = client.get(f"/plans/{plan.pk}/{path}")
    missing = client.get(f"/plans/{plan.pk + 100}/{path}")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert without_tokens(hidden, plan.pk) == without_tokens(missing, plan.pk + 100)
    assert "机密主题" not in text(hidden)
    assert "办公室党支部" not in text(hidden).replace(acting_as(text(hidden)), "")


def without_tokens(response: Any, pk: int) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text(response))
    return page.replace(f"/plans/{pk}/", "/plans/…/")


def acting_as(page: str) -> str:
    """The top bar names one's own branch; that is no leak."""
    found = re.search(r'<span class="acting-as".*?</span>', page)
    return found[0] if found else "\0"


def test_the_page_shows_stations_lines_and_course(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.APPROVED)
    client.force_login(world.secretary)
    page = text(client.get(f"/plans/{plan.pk}/"))
    meeting = Meeting.objects.get()
    assert f'href="/meetings/{meeting.pk}/"' in page
    assert "待开展" in page
    assert "1项，已开展0项" in page
    for words in ("拟定", "提交", "批准", "沈玉芳", "周审核", "2026年11月23日 10:00"):
        assert words in page


@pytest.mark.parametrize(
    ("state", "meeting_state", "stations"),
    [
        (PlanState.DRAFT, None, ["now", "next", "next", "next"]),
        (PlanState.SUBMITTED, None, ["done", "now", "next", "next"]),
        (PlanState.RETURNED, None, ["now", "next", "next", "next"]),
        (PlanState.APPROVED, MeetingState.SCHEDULED, ["done", "done", "now", "next"]),
        (PlanState.APPROVED, MeetingState.HELD, ["done", "done", "done", "now"]),
        (PlanState.APPROVED, MeetingState.ACCEPTED, ["done", "done", "done", "done"]),
        (PlanState.APPROVED, MeetingState.HOLD_AGAIN, ["done", "done", "now", "next"]),
    ],
)
def test_where_the_plan_stands(
    world: World, client: Client, state: str, meeting_state: str | None, stations: list[str]
) -> None:
    plan = make_plan(world, state)
    Meeting.objects.update(state=meeting_state or "", recorded_at=NOW)
    client.force_login(world.secretary)
    page = client.get(f"/plans/{plan.pk}/")
    assert [station["state"] for station in page.context["stations"]] == stations


def test_the_findings_stand_at_their_lines(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.RETURNED)
    client.force_login(world.secretary)
    page = client.get(f"/plans/{plan.pk}/")
    assert [line.findings for line in page.context["lines"]] == [
        [{"reason": "要素不全", "sentence": "拟解决问题：未写明拟解决的问题"}]
    ]
    assert text(page).count("未写明拟解决的问题") == 2  # at the line and in the course of events


@pytest.mark.parametrize("state", PlanState.values)
@pytest.mark.parametrize("role", ["secretary", "reviewer", "administrator"])
def test_only_the_buttons_that_work_are_drawn(world: World, client: Client, state: str, role: str) -> None:
    plan = make_plan(world, state)
    client.force_login(getattr(world, role))
    response = client.get(f"/plans/{plan.pk}/")
    if state == PlanState.DRAFT and role != "secretary":
        assert response.status_code == 404
        return
    drawn = set(re.findall(rf"/plans/{plan.pk}/step/(\w+)/", text(response)))
    expected = {
        ("draft", "secretary"): {"submit"},
        ("returned", "secretary"): {"submit"},
        ("submitted", "secretary"): {"withdraw"},
        ("submitted", "reviewer"): {"approve", "return"},
        ("approved", "secretary"): {"amend"},
        ("amended", "secretary"): {"submit", "discard"},
    }
    assert drawn == expected.get((state, role), set())


def test_the_page_takes_the_same_queries_for_one_line_and_for_three(world: World, client: Client) -> None:
    client.force_login(world.reviewer)
    short = make_plan(world, PlanState.SUBMITTED)
    long = make_plan(
        world,
        PlanState.SUBMITTED,
        branch=world.small_branch,
        author=world.small_secretary,
        items=many_drafts(3),
    )
    assert queries(client, f"/plans/{short.pk}/") == queries(client, f"/plans/{long.pk}/") <= MOST_QUERIES


@pytest.mark.parametrize("path", ["", "edit/"])
def test_findings_cost_no_queries_of_their_own(world: World, client: Client, path: str) -> None:
    plan = make_plan(world, PlanState.RETURNED)
    client.force_login(world.secretary)
    one = queries(client, f"/plans/{plan.pk}/{path}")
    transition = plan.transitions.get(action="return")
    for number in range(2):
        Finding.objects.create(
            transition=transition, item=plan.items.get(), reason="untrue", field="theme", sentence=f"{number}"
        )
    assert queries(client, f"/plans/{plan.pk}/{path}") == one <= MOST_QUERIES


def test_the_sheet_takes_the_same_queries_for_one_line_and_for_three(world: World, client: Client) -> None:
    client.force_login(world.secretary)
    short = make_plan(world, items=many_drafts(1))
    one = queries(client, f"/plans/{short.pk}/edit/")
    longer = make_plan(world, span=next_span(Q1), items=())
    Plan.objects.filter(pk=longer.pk).update(period_start=Q4.start, period_end=Q4.end, period="half")
    short.items.update(plan=longer)
    make_plan(world, span=Q1, items=())
    for number in range(2):
        longer.items.create(day=date(2026, 12, 7), theme=f"{number}").parts.create(kind="general")
    assert queries(client, f"/plans/{longer.pk}/edit/") == one <= MOST_QUERIES
