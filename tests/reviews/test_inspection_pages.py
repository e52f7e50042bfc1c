"""The pages of inspections: who reads what, what is refused with a sentence, what it costs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from branchlife.models import User
from meetings.services.obligations import generate_obligations
from reviews.draw import Entry, commitment_of, draw
from reviews.enums import InspectionKind, VisitState
from reviews.models import Inspection, Rectification, Visit
from tests.reviews.inspecting import bring_to, drawn, make_visit, mend_all, opened
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries
from tests.reviews.planning import TODAY
from tests.reviews.recording import at
from tests.world import World, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]
LIST = "/inspections/"


@pytest.fixture
def world() -> Iterator[World]:
    with at():
        yield build_world()


def send(user: User, url: str, **data: Any) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.post(url, data)


def page_of(thing: Inspection | Visit, name: str = "detail", *more: str) -> str:
    return reverse(f"{thing._meta.model_name}_{name}", args=[thing.pk, *more])


def test_a_round_is_opened_with_grades(world: World) -> None:
    data = {
        "organization": world.committee.pk, "purpose": "四季度暗访", "kind": "unannounced", "number": 1,
        "starts_on": TODAY.isoformat(), "ends_on": "2026-12-18", "cap": 2, "grades": "办公室党支部 优秀",
    }  # fmt: skip
    url = reverse("inspection_create")
    answer = send(world.reviewer, url, **data | {"grades": "没有的支部 优秀"})
    assert answer.status_code == 400
    assert "没有的支部 优秀" in answer.content.decode()
    answer = send(world.reviewer, url, **data)
    inspection = Inspection.objects.get()
    assert answer["Location"] == page_of(inspection)
    grades = dict(inspection.frame.values_list("organization__name", "grade"))
    assert grades == {"办公室党支部": "优秀", "督查室党支部": ""}
    answer = send(world.reviewer, url, **data)
    assert answer.status_code == 400
    assert "另有一次督查尚未抽取" in answer.content.decode()


def test_the_page_names_those_that_cannot_be_drawn(world: World) -> None:
    """The burden guard is seen: who is left out, and why."""
    first = drawn(world)
    bring_to(first.visits.get(organization=world.small_branch), world, VisitState.CALLED_OFF)
    second = opened(world, cap=1, number=1)
    html = html_of(world.reviewer, page_of(second))
    barred = html.split('id="barred"')[1].split("</section>")[0]
    assert "办公室党支部" in barred
    assert "督查室党支部" not in barred


def test_the_seed_is_nowhere_before_the_draw(world: World) -> None:
    inspection = opened(world)
    for page in ("detail", "verify", "data"):
        for user in (world.reviewer, world.administrator, world.secretary):
            shown = open_page(user, page_of(inspection, page)).content.decode()
            assert inspection.seed not in shown
            assert inspection.commitment in shown


@pytest.mark.parametrize("kind", InspectionKind.values)
def test_what_a_branch_reads_of_a_draw(world: World, kind: str) -> None:
    """Its own name, the others by number; the seed of what is unannounced only at the end."""
    inspection = drawn(world, kind=kind)
    announced = kind == InspectionKind.ANNOUNCED
    for page in ("detail", "verify", "data"):
        html = open_page(world.secretary, page_of(inspection, page)).content.decode()
        assert (inspection.seed in html) is announced
        assert world.small_branch.name not in html
        assert inspection.seed in open_page(world.reviewer, page_of(inspection, page)).content.decode()


def test_anybody_can_recompute_from_the_data(world: World) -> None:
    inspection = drawn(world, number=1, kind=InspectionKind.ANNOUNCED)
    data = json.loads(open_page(world.secretary, page_of(inspection, "data")).content)
    assert commitment_of(data["seed"]) == data["commitment"]
    frame = [Entry(**row) for row in data["frame"]]
    assert draw(data["seed"], frame, data["number"]) == data["drawn"]
    assert data["drawn"] == [str(inspection.visits.get().organization_id)]


def test_a_false_draw_is_shown_as_one(world: World) -> None:
    inspection = drawn(world, number=1)
    assert "抽取结果属实" in html_of(world.reviewer, page_of(inspection, "verify"))
    inspection.frame.update(grade="优秀")
    html = html_of(world.reviewer, page_of(inspection, "verify"))
    assert "抽取结果属实" not in html
    assert "有内容不相符" in html


def test_the_checklist_is_kept_and_handed_over(world: World) -> None:
    generate_obligations(as_of=TODAY)
    visit = make_visit(world, VisitState.CHECKING)
    url = page_of(visit, "check")
    rows = list(visit.answers.all())
    first = f"answer_{rows[0].pk}"
    assert (
        send(world.small_secretary, url, version=visit.version, draft="1", **{first: "yes"}).status_code
        == 302
    )
    visit.refresh_from_db()
    answer = send(world.small_secretary, url, version=visit.version, **{first: "no"})
    assert answer.status_code == 400
    assert "请写明存在的问题" in answer.content.decode()
    said = {f"answer_{row.pk}": "yes" for row in rows[1:]} | {first: "yes"}
    incomplete = {name: value for name, value in said.items() if name != f"answer_{rows[3].pk}"}
    answer = send(world.small_secretary, url, version=visit.version, **incomplete)
    assert answer.status_code == 400
    assert "尚未作答" in answer.content.decode()
    # What was answered is kept, on the page as well; nobody types it twice.
    visit.refresh_from_db()
    assert answer.content.decode().count(" checked") == len(rows) - 1
    assert f'name="version" value="{visit.version}"' in answer.content.decode()
    assert visit.answers.exclude(answer="").count() == len(rows) - 1
    fault = said | {first: "no", f"note_{rows[0].pk}": "次数不实", f"cause_{rows[0].pk}": "untrue"}
    assert send(world.small_secretary, url, version=visit.version - 1, **fault).status_code == 409
    assert send(world.small_secretary, url, version=visit.version, **fault).status_code == 302
    item = Rectification.objects.get()
    assert (item.problem, item.cause, item.kind) == ("次数不实", "untrue", rows[0].code)


def test_an_item_leads_back_to_its_visit(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    item = visit.items().get()
    assert f'href="{page_of(visit)}"' in html_of(world.secretary, f"/rectifications/{item.pk}/")
    assert f"/rectifications/{item.pk}/" in html_of(world.secretary, page_of(visit))


def test_a_recheck_is_proposed_when_all_is_reported(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    assert "可以开展回头看了" not in html_of(world.reviewer, page_of(visit))
    mend_all(visit, world)
    assert "可以开展回头看了" in html_of(world.reviewer, page_of(visit))
    item = visit.items().get()
    url = page_of(visit, "recheck")
    answer = send(world.reviewer, url, version=visit.version, **{f"mended_{item.pk}": "no"})
    assert answer.status_code == 400
    assert "请写明还缺什么" in answer.content.decode()
    assert send(world.reviewer, url, version=visit.version, **{f"mended_{item.pk}": "yes"}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED


def test_inspectors_are_named_on_a_page(world: World) -> None:
    visit = make_visit(world)
    url = page_of(visit, "assign")
    html = html_of(world.reviewer, url)
    assert "解涵杰" in html
    assert "沈玉芳" not in html
    data = {"version": visit.version, "day": "2026-12-01"}
    assert send(world.reviewer, url, inspectors=[world.secretary.pk], **data).status_code == 400
    answer = send(world.reviewer, url, **data | {"day": "2027-01-01", "inspectors": [world.reviewer.pk]})
    assert "不在本次督查的起止日期内" in answer.content.decode()
    assert send(world.reviewer, url, inspectors=[world.reviewer.pk], **data).status_code == 302
    assert list(visit.inspectors.all()) == [world.reviewer]
    assert send(world.reviewer, url, inspectors=[world.reviewer.pk], **data).status_code == 409


def test_pages_cost_few_queries_however_many_rows(world: World) -> None:
    generate_obligations(as_of=TODAY)
    first = make_visit(world, VisitState.MENDING, cap=9)
    small = first.inspection.visits.get(organization=world.small_branch)
    urls = [LIST, page_of(first.inspection), page_of(first.inspection, "verify"), page_of(first)]
    urls.append(page_of(first, "recheck"))
    before = [queries(world.reviewer, url) for url in urls]
    for _round in range(2):
        make_visit(world, VisitState.MENDING, cap=9)
    bring_to(small, world, VisitState.CALLED_OFF)
    assert [queries(world.reviewer, url) for url in urls] == before
    assert max(before) <= MOST_QUERIES
    checking = make_visit(world, VisitState.CHECKING, cap=9)
    assert queries(world.small_secretary, page_of(checking, "check")) <= MOST_QUERIES
    assert queries(world.reviewer, page_of(make_visit(world, cap=9), "assign")) <= MOST_QUERIES
