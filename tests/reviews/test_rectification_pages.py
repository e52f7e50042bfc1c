"""The ledger of rectification, one item, its steps: what stands there, what it costs, what is refused."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from branchlife.models import User
from meetings.enums import Role
from meetings.models import Member
from reviews.enums import Openness, RectificationSource, RectificationState
from reviews.models import Finding, Rectification
from reviews.services.rectification import note_progress
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries, words
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import at, returned
from tests.reviews.rectifying import make_item
from tests.world import World, appoint, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
LIST = "/rectifications/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def send(user: User, url: str, **data: object) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.post(url, data)


def item_url(item: Rectification, page: str = "detail", *more: str) -> str:
    return reverse(f"rectification_{page}", args=[item.pk, *more])


def problems(user: User, query: str = "") -> set[str]:
    shown = words(html_of(user, LIST + query))
    return {item.problem for item in Rectification.objects.all() if item.problem in shown}


def test_the_list_is_narrowed_by_every_filter(world: World) -> None:
    for state in RectificationState.values:
        make_item(world, state, problem=f"事项{state}")
    make_item(world, branch=world.small_branch, problem="邻支部事项", cause="late", kind="lecture")
    Rectification.objects.filter(problem="事项reopened").update(due_on=TODAY - timedelta(days=1))
    everything = {f"事项{state}" for state in RectificationState.values} | {"邻支部事项"}
    assert problems(world.reviewer) == everything
    assert problems(world.secretary) == everything - {"邻支部事项"}
    assert problems(world.reviewer, "?status=overdue") == {"事项reopened"}
    assert problems(world.reviewer, "?status=mend") == {"事项open", "事项reopened", "邻支部事项"}
    assert problems(world.reviewer, "?status=claimed") == {"事项claimed"}
    assert problems(world.reviewer, "?status=unsettled") == everything - {"事项closed", "事项revoked"}
    assert problems(world.reviewer, "?cause=late") == {"邻支部事项"}
    assert problems(world.reviewer, "?kind=lecture") == {"邻支部事项"}
    assert problems(world.reviewer, f"?organization={world.small_branch.pk}") == {"邻支部事项"}
    assert problems(world.reviewer, "?year=2025") == set()
    assert open_page(world.reviewer, LIST + "?status=gone").status_code == 400


def test_the_numbers_by_cause_open_lists_of_just_as_many(world: World) -> None:
    """Also those of a branch one reads as its member and does not answer for."""
    make_item(world)
    make_item(world, branch=world.small_branch, openness=Openness.BRANCH)
    make_item(world, branch=world.small_branch, problem="不公开的事项")
    user = _account_of(world.small_members[1])
    appoint(user, world.branch, Role.REVIEWER)
    html = open_page(user, "/rectifications/causes/").content.decode()
    found = re.findall(r'href="(/rectifications/\?[^"]+)">(\d+)</a>', html)
    assert sum(f"organization={world.small_branch.pk}" in url for url, _number in found) >= 1
    for url, number in found:
        listed = open_page(user, url.replace("&amp;", "&"))
        assert listed.status_code == 200, url
        assert listed.context["page_obj"].paginator.count == int(number), url
    outside = f"/rectifications/?organization={world.other_branch.pk}"
    assert open_page(user, outside).status_code == 400


def _account_of(member: Member) -> User:
    member.user = make_user(f"member-{member.pk}", member.name)
    member.save(update_fields=["user"])
    return member.user


def test_a_members_list_holds_what_is_theirs(world: World) -> None:
    make_item(world, problem="我负责的", owner=world.member.member)
    make_item(world, problem="支部公开的", openness="branch")
    make_item(world, problem="只给书记看的")
    assert problems(world.member) == {"我负责的", "支部公开的"}


@pytest.mark.parametrize("url", [LIST, "detail"])
def test_pages_cost_few_queries_however_many_rows(world: World, url: str) -> None:
    item = make_item(world, owner=world.members[1])
    path = item_url(item) if url == "detail" else url
    note_progress(item=item, text="一", actor=world.secretary, now=NOW)
    first = queries(world.reviewer, path)
    for number in range(3):
        make_item(world, owner=world.members[number], problem=f"又一事项{number}")
        note_progress(item=item, text=f"进展{number}", actor=world.secretary, now=NOW)
    assert queries(world.reviewer, path) == first <= MOST_QUERIES


def test_an_item_is_entered_by_hand(world: World) -> None:
    url = reverse("rectification_create")
    answer = send(world.secretary, url, problem="台账不全", cause="missing", openness="branch", measure="补")
    item = Rectification.objects.get()
    assert answer["Location"] == item_url(item)
    assert (item.organization, item.from_above, item.due_on.isoformat()) == (
        world.branch,
        False,
        "2026-12-07",
    )
    assert send(world.secretary, url, problem="", cause="missing", openness="branch").status_code == 400
    late = {"problem": "x", "cause": "missing", "openness": "branch", "due_on": "2026-11-01"}
    answer = send(world.secretary, url, **late)
    assert answer.status_code == 400
    assert "这一天已经过去" in answer.content.decode()


def test_a_reviewer_chooses_the_branch_first(world: World) -> None:
    url = reverse("rectification_create")
    assert "督查室党支部" in html_of(world.reviewer, url)
    assert "完成时限" not in html_of(world.reviewer, url)
    url += f"?organization={world.small_branch.pk}"
    assert "完成时限" in html_of(world.reviewer, url)
    send(world.reviewer, url, problem="台账不全", cause="missing", openness="kept")
    assert Rectification.objects.get().organization == world.small_branch


def test_a_finding_becomes_an_item_from_its_record(world: World) -> None:
    meeting = returned(world)
    finding = Finding.objects.get()
    url = f"{reverse('rectification_create')}?finding={finding.pk}"
    html = html_of(world.reviewer, url)
    assert finding.sentence in html
    send(world.reviewer, url, problem=finding.sentence, cause="missing", openness="kept")
    item = Rectification.objects.get()
    assert (item.source, item.finding, item.meeting) == (RectificationSource.RETURN, finding, meeting)
    assert open_page(world.other_reviewer, url).status_code == 404
    assert meeting.theme in html_of(world.secretary, item_url(item))


def test_claimed_and_verified_by_two_people(world: World) -> None:
    item = make_item(world)
    ask = html_of(world.secretary, item_url(item, "step", "claim"))
    assert "以什么为证" in ask
    assert send(world.secretary, item_url(item, "step", "claim"), version=1).status_code == 400
    send(world.secretary, item_url(item, "step", "claim"), version=1, comment="补好了")
    assert "核实销号" not in html_of(world.secretary, item_url(item))
    assert send(world.secretary, item_url(item, "step", "verify"), version=2).status_code == 403
    assert "核实销号" in html_of(world.reviewer, item_url(item))
    send(world.reviewer, item_url(item, "step", "verify"), version=2)
    item.refresh_from_db()
    assert item.state == RectificationState.CLOSED


def test_who_comes_second_is_told(world: World) -> None:
    item = make_item(world, RectificationState.CLAIMED)
    send(world.reviewer, item_url(item, "step", "verify"), version=2)
    answer = send(world.reviewer, item_url(item, "step", "verify"), version=2)
    assert answer.status_code == 409
    assert "有人先一步" in answer.content.decode()
    item = make_item(world)
    refused = send(world.secretary, item_url(item, "step", "claim"), version=7, comment="已经逐项改好。")
    assert refused.status_code == 409
    assert "已经逐项改好。" in refused.content.decode(), "what was written can be copied from there"


def test_the_branch_arranges_only_what_is_its_own(world: World) -> None:
    item = make_item(world)
    html = html_of(world.secretary, item_url(item, "edit"))
    assert 'name="measure"' in html
    assert 'name="problem"' not in html
    sent = {"measure": "每月核对", "openness": "branch", "owner": world.members[2].pk, "problem": "改掉"}
    assert send(world.secretary, item_url(item, "edit"), version=1, **sent).status_code == 302
    item.refresh_from_db()
    assert (item.measure, item.owner, item.problem) == ("每月核对", world.members[2], "缺席人员未写明原因")
    assert send(world.secretary, item_url(item, "edit"), version=1, **sent).status_code == 409


def test_progress_is_noted(world: World) -> None:
    item = make_item(world, owner=world.member.member)
    assert send(world.member, item_url(item, "note"), text="已补一半").status_code == 302
    assert "已补一半" in html_of(world.reviewer, item_url(item))
    assert send(world.member, item_url(item, "note"), text=" ").status_code == 400
