"""Rectification notices: what may stand on one, their numbers, and the paper; and why things went wrong."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from meetings.models import Notice
from reviews.models import Rectification, RectificationNotice
from reviews.services.rectification_notices import issue_notice
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import at
from tests.reviews.rectifying import make_item
from tests.world import World

pytestmark = pytest.mark.django_db
CAUSES = "/rectifications/causes/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def issue(world: World, *items: Rectification, **more: object) -> RectificationNotice:
    known = {"items": items, "occasion": "三季度记录检查", "actor": world.reviewer, "now": NOW}
    return issue_notice(**known | more)


def test_numbers_run_by_issuer_and_year(world: World) -> None:
    first, second = issue(world, make_item(world)), issue(world, make_item(world, branch=world.small_branch))
    assert [first.code, second.code] == ["整改〔2026〕1号", "整改〔2026〕2号"]
    assert first.issuer == world.committee
    later = make_item(world)
    Rectification.objects.filter(pk=later.pk).update(due_on="2027-01-05")
    later.refresh_from_db()
    assert issue(world, later, now=NOW + timedelta(days=40)).code == "整改〔2027〕1号"


def test_a_number_taken_meanwhile_is_not_given_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other issuer was faster by a moment: the database refuses, and the next number is taken."""
    issue(world, make_item(world))
    real = RectificationNotice.objects.filter
    stale = iter([RectificationNotice.objects.none()])
    monkeypatch.setattr(RectificationNotice.objects, "filter", lambda **facts: next(stale, real(**facts)))
    assert issue(world, make_item(world)).number == 2


def test_the_branch_is_told(world: World) -> None:
    notice = issue(world, make_item(world))
    told = Notice.objects.get(code="rectification.notice")
    assert told.recipient == world.secretary
    assert told.url == reverse("rectification_notice", args=[notice.pk])
    assert "整改〔2026〕1号" in told.sentence


@pytest.mark.parametrize("fault", ["none", "two branches", "closed", "own", "twice"])
def test_what_does_not_fit_is_refused(world: World, fault: str) -> None:
    item = make_item(world)
    items = {
        "none": [],
        "two branches": [item, make_item(world, branch=world.small_branch)],
        "closed": [item, make_item(world, "closed")],
        "own": [make_item(world, raised_by=world.secretary)],
        "twice": [item],
    }[fault]
    if fault == "twice":
        issue(world, item)
        item.notice = None  # as somebody's older page has it
    before = RectificationNotice.objects.count()
    with pytest.raises(ValidationError):
        issue(world, *items)
    assert RectificationNotice.objects.count() == before


@pytest.mark.parametrize("who", ["secretary", "administrator", "other_reviewer"])
def test_only_a_reviewer_above_issues_one(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        issue(world, make_item(world), actor=getattr(world, who))


def test_the_paper_is_issued_and_printed_from_the_page(world: World) -> None:
    item = make_item(world, measure="逐人补写")
    make_item(world, problem="先不写上去的")
    url = reverse("rectification_notice_create", args=[world.branch.pk])
    assert url in html_of(world.reviewer, reverse("rectification_detail", args=[item.pk]))
    client = Client()
    client.force_login(world.reviewer)
    assert client.post(url, {"occasion": "检查"}).status_code == 400
    answer = client.post(url, {"occasion": "三季度记录检查", "selected": [item.pk]})
    paper = words(html_of(world.secretary, answer["Location"]))
    for text in (
        "整改通知书", "市直机关党委", "办公室党支部：", "经三季度记录检查", "1．缺席人员未写明原因（要素不全）",
        "完成时限：2026年12月7日", "拟采取措施：逐人补写", "2026年11月23日",
    ):  # fmt: skip
        assert text in paper, text
    assert "先不写上去的" not in paper
    assert answer["Location"] in html_of(world.secretary, reverse("rectification_detail", args=[item.pk]))


def numbers(world: World, query: str = "") -> dict[str, list[str]]:
    """Label of a line → its numbers as they stand there."""
    import re

    html = html_of(world.reviewer, CAUSES + query)
    rows = re.findall(r'<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>', html, re.DOTALL)
    return {label: re.findall(r">(\d+|—)<", re.sub(r"\s", "", cells)) for label, cells in rows}


def test_causes_are_counted_and_every_number_opens_its_list(world: World) -> None:
    make_item(world)
    make_item(world, "closed")
    make_item(world, "claimed", cause="late", kind="lecture", branch=world.branch)
    late = make_item(world, branch=world.small_branch, kind="lecture")
    Rectification.objects.filter(pk=late.pk).update(due_on=TODAY - timedelta(days=1))
    make_item(world, "revoked", cause="other")
    found = numbers(world)
    assert found["要素不全"] == ["3", "2", "1", "0", "1", "0"]
    assert found["开展或记录滞后"] == ["1", "0", "0", "1", "0", "—"]
    assert found["党课"] == ["2", "1", "1", "1", "0", "—"]
    assert found["督查室党支部"] == ["1", "1", "1", "0", "0", "—"]
    assert "其他" not in found
    html = html_of(world.reviewer, CAUSES)
    url = "/rectifications/?cause=missing&amp;status=overdue"
    assert url in html
    assert "缺席人员未写明原因" in html_of(world.reviewer, url.replace("&amp;", "&"))
    assert numbers(world, f"?organization={world.small_branch.pk}").keys() == {
        "要素不全",
        "党课",
        "督查室党支部",
    }


def test_the_causes_cost_few_queries(world: World) -> None:
    make_item(world)
    first = queries(world.reviewer, CAUSES)
    for number in range(3):
        make_item(world, cause="late", problem=f"事项{number}", branch=world.small_branch)
    assert queries(world.reviewer, CAUSES) == first <= MOST_QUERIES
