"""The list behind the bell: whose notices, in which order, read by whom."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from branchlife.models import User
from meetings.models import Notice
from meetings.notices import add_wordings, describe, wording_of
from meetings.services.notices import settle_notices_about
from reviews.enums import Action
from reviews.services.notices import TO_REVIEWERS, TO_WRITERS
from tests.held import hold
from tests.meetings.reminder_ledger import at, owe, plan_lines
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
DAY = date(2026, 11, 20)
LIST = "/notices/"
SECRET = "不可外传"
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=)"\w+"')


@pytest.fixture
def secretary(world: World, client: Client) -> Client:
    client.force_login(world.secretary)
    return client


def tell(
    user: User, subject: str = "第四季度计划", moment: datetime | None = None, **columns: object
) -> Notice:
    facts = {
        "code": "meeting.return",
        "values": {"subject": subject, "organization": "某支部"},
        "url": "/plans/7/",
    }
    return Notice.objects.create(recipient=user, created_at=moment or at(DAY), **(facts | columns))


def page(client: Client, query: str = "") -> str:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_newest_first_under_their_day(world: World, secretary: Client) -> None:
    tell(world.secretary, "甲", at(DAY, 0, 5))
    tell(world.secretary, "乙", at(DAY - timedelta(days=1), 23, 55))
    tell(world.secretary, "丙", at(DAY, 16))
    html = page(secretary)
    order = [html.index(text) for text in ("2026年11月20日 星期五", "“丙”", "“甲”", "2026年11月19日", "“乙”")]
    assert order == sorted(order)
    assert html.count("<h2>2026年") == 2


def test_nobody_reads_another_s_notices(world: World, secretary: Client) -> None:
    others = tell(world.reviewer, SECRET)
    for query in ("", "?show=all", f"?show={others.pk}", "?page=2"):
        assert SECRET not in page(secretary, query)
    answer = secretary.post(f"/notices/{others.pk}/read/", {"open": "1"})
    missing = secretary.post("/notices/999999/read/", {"open": "1"})
    assert answer.status_code == missing.status_code == 404
    assert TOKEN.sub("", answer.content.decode()) == TOKEN.sub("", missing.content.decode())
    secretary.post("/notices/read/")
    others.refresh_from_db()
    assert others.read_at is None


def test_opening_marks_it_as_read_and_goes_to_its_page(world: World, secretary: Client) -> None:
    notice = tell(world.secretary)
    html = page(secretary)
    assert f'action="/notices/{notice.pk}/read/"' in html
    assert "1条未读" in html
    answer = secretary.post(f"/notices/{notice.pk}/read/", {"open": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/plans/7/")
    html = page(secretary)
    assert 'href="/plans/7/"' in html
    assert "全部已读" in html
    assert "notice-unread" not in html


def test_reading_twice_keeps_the_first_time(world: World, secretary: Client) -> None:
    notice = tell(world.secretary)
    secretary.post(f"/notices/{notice.pk}/read/")
    notice.refresh_from_db()
    first = notice.read_at
    secretary.post(f"/notices/{notice.pk}/read/")
    notice.refresh_from_db()
    assert first == notice.read_at is not None


def test_marking_goes_back_to_the_list_as_it_was(world: World, secretary: Client) -> None:
    notice = tell(world.secretary)
    answer = secretary.post(f"/notices/{notice.pk}/read/", {"query": "show=all&page=2"})
    assert answer["Location"] == "/notices/?show=all&page=2"
    for hostile in ("//evil.example", "\r\nSet-Cookie: a=b", "https://evil.example/?a"):
        assert secretary.post("/notices/read/", {"query": hostile})["Location"].startswith("/notices/?")


def test_all_can_be_marked_at_once(world: World, secretary: Client) -> None:
    for number in range(3):
        tell(world.secretary, str(number))
    assert secretary.post("/notices/read/").status_code == 302
    assert not world.secretary.notices.unread().exists()
    assert "全部标为已读" not in page(secretary)


def test_looking_changes_nothing(world: World, secretary: Client) -> None:
    notice = tell(world.secretary)
    page(secretary)
    assert secretary.get(f"/notices/{notice.pk}/read/").status_code == 405
    assert secretary.get("/notices/read/").status_code == 405
    assert world.secretary.notices.unread().count() == 1


def test_strangers_are_sent_to_the_door(client: Client, world: World) -> None:
    notice = tell(world.secretary)
    for answer in (
        client.get(LIST),
        client.post("/notices/read/"),
        client.post(f"/notices/{notice.pk}/read/"),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("sign_in"))


def test_what_is_settled_is_under_all_only(world: World, secretary: Client) -> None:
    tell(world.secretary, "旧闻", settled_at=at(DAY, 10))
    assert "旧闻" not in page(secretary)
    html = page(secretary, "?show=all")
    assert "旧闻" in html
    assert "历史</span>" in html
    assert "notice-unread" not in html


def test_holding_the_meeting_empties_the_bell_at_once(world: World, secretary: Client) -> None:
    """The whole way: what is due rings, the meeting is written down, the bell is silent."""
    owe(world.branch, DAY)
    plan_lines(at(DAY))
    assert "2026年11月的主题党日应于2026年11月30日前完成" in page(secretary)
    meeting = hold(world.branch, "theme_day", DAY)
    assert "主题党日" not in page(secretary)
    assert not world.secretary.notices.unread().exists()
    meeting.delete()
    assert "主题党日" in page(secretary, "?show=all")


@pytest.mark.parametrize("reader", ["secretary", "group_leader", "reviewer", "administrator"])
def test_a_reminder_leads_to_its_line_of_the_ledger(world: World, client: Client, reader: str) -> None:
    owe(world.branch, DAY, kind="group", group=world.groups[0])
    owe(world.branch, DAY, kind="lecture", period="quarter")
    owe(world.committee, DAY, kind="staff", period="year")
    plan_lines(at(date(2027, 1, 8)))
    user = getattr(world, reader)
    client.force_login(user)
    assert user.notices.current().exists()
    for notice in user.notices.current():
        answer = client.get(notice.url)
        assert answer.status_code == 200
        assert [line.obligation.kind for line in answer.context["lines"]] == [notice.values["kind"]]


def test_a_meeting_of_another_branch_silences_nobody(world: World) -> None:
    owe(world.branch, DAY)
    plan_lines(at(DAY))
    hold(world.small_branch, "theme_day", DAY)
    assert world.secretary.notices.unread().count() == 1


def test_news_of_a_paper_is_overtaken_by_newer_news(world: World) -> None:
    tell(world.secretary)
    tell(world.reviewer, url="/plans/71/")
    assert settle_notices_about(url="/plans/7/", now=at(DAY)) == 1
    assert not world.secretary.notices.current().exists()
    assert world.reviewer.notices.current().exists()


def test_pages_of_the_list(world: World, secretary: Client) -> None:
    for number in range(31):
        tell(world.secretary, f"第{number}件", at(DAY) + timedelta(minutes=number))
    assert "第0件" not in page(secretary)
    assert "第0件" in page(secretary, "?page=2")
    for odd in ("?page=２", "?page=-1", "?page=x", "?page=99999999999999999999", "?show=%E5%85%A8", "?page="):
        page(secretary, odd)


def test_an_empty_list_says_so(world: World, secretary: Client) -> None:
    assert "没有通知" in page(secretary)


@pytest.mark.parametrize("query", ["", "?show=all"])
def test_the_number_of_queries_does_not_grow(world: World, secretary: Client, query: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(secretary, query)
        return len(captured)

    tell(world.secretary)
    page(secretary, query)
    one = queries()
    tell(world.secretary)
    tell(world.secretary)
    assert queries() == one <= 12


def test_values_are_escaped(world: World, secretary: Client) -> None:
    tell(world.secretary, "<script>alert(1)</script>")
    html = page(secretary)
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_every_step_that_is_told_has_its_sentence() -> None:
    plans = {f"plan.{a}" for a in (Action.SUBMIT, Action.APPROVE, Action.RETURN)}
    records = {f"meeting.{a}" for a in (*TO_REVIEWERS, *TO_WRITERS) if a != Action.APPROVE}
    values = {"subject": "学习会", "period": "2026Q4", "organization": "某支部"}
    assert {code for code in plans if "2026年第四季度" not in describe(code, values)} == set()
    assert {code for code in records if "学习会" not in describe(code, values)} == set()
    told = plans | records
    assert {wording_of(code).tone for code in told} <= {"due", "met", "overdue", "info"}


def test_sentences_follow_the_reader_s_language() -> None:
    values = {"bearer": "某支部", "kind": "lecture", "period": "2026Q4", "due_on": "2026-12-31"}
    assert (
        describe("reminder.obligation.due_soon", values)
        == "某支部：2026年第四季度的党课应于2026年12月31日前完成。"
    )
    with translation.override("en"):
        assert describe("reminder.obligation.due_soon", values).startswith("某支部: Party lecture, ")


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("no.such.code", {}),
        ("reminder.obligation.due_soon", {}),
        ("plan.return", {"organization": "x"}),
    ],
)
def test_an_old_row_never_breaks_the_list(code: str, values: dict) -> None:
    assert describe(code, values) == "您有一条新的通知。"


def test_values_that_are_no_longer_known_are_shown_as_they_stand() -> None:
    values = {"bearer": "%s%(x)s", "kind": "tea", "period": "2026W3", "due_on": "soon"}
    assert "2026W3的tea应于soon前完成" in describe("reminder.obligation.due_soon", values)


def test_the_upper_floor_adds_its_own_sentences() -> None:
    add_wordings({"test.code": wording_of("plan.return")})
    assert wording_of("test.code") is wording_of("plan.return")
