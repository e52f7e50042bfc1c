"""Template tags and includes from which the pages are built."""

import re
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from branchlife.matrix import STATES, Matrix, MatrixCell, MatrixRow
from branchlife.templatetags import components

BAD = '<script>alert(1)</script>"'
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;"
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


def render(source: str, **context: Any) -> str:
    return Template("{% load i18n components dates %}" + source).render(Context(context))


class Small(forms.Form):
    place = forms.CharField(label="地点")
    status = forms.ChoiceField(choices=[("present", "到会"), ("leave", "请假")], initial="leave")


# --- tags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["met", "due", "overdue", "info", "neutral", "none"])
def test_status_tag_has_colour_symbol_and_text(kind: str) -> None:
    html = render("{% status_tag kind '已开展' %}", kind=kind)
    assert f"tag-{kind}" in html
    assert "<svg" in html
    assert "已开展" in html


def test_status_tags_differ_by_symbol_not_only_by_colour() -> None:
    drawings = {components.icon(name) for name in components.STATE_ICONS.values()}
    assert len(drawings) == len(components.STATE_ICONS)


def test_unknown_kind_is_neutral_and_label_is_escaped() -> None:
    html = render("{% status_tag kind label %}", kind=BAD, label=BAD)
    assert "tag-neutral" in html
    assert ESCAPED in html
    assert "<script" not in html


def test_unknown_icon_renders_nothing() -> None:
    assert render("{% icon 'no-such-icon' %}") == ""


def test_every_icon_named_in_a_template_exists() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r"{% icon \"([^\"]+)\"", path.read_text())}
    assert "bell" in named
    assert named - set(components.sprite()) == set()


def test_breadcrumb_links_all_but_the_last() -> None:
    html = render("{% breadcrumb '计划' '/plans' label %}", label=BAD)
    assert '<a href="/plans">计划</a>' in html
    assert f'<span aria-current="page">{ESCAPED}</span>' in html


def test_progress_of_nothing_is_not_a_division_by_zero() -> None:
    assert 'value="0" max="1"' in render("{% progress 0 0 '项' %}")


# --- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("cn_date", "2026年11月23日", "23 Nov 2026"),
        ("cn_day", "11月23日", "23 Nov"),
        ("cn_month", "2026年11月", "Nov 2026"),
        ("weekday", "星期一", "Monday"),
    ],
)
def test_dates_in_both_languages(name: str, chinese: str, english: str) -> None:
    assert render("{{ day|" + name + " }}", day=date(2026, 11, 23)) == chinese
    with translation.override("en"):
        assert render("{{ day|" + name + " }}", day=date(2026, 11, 23)) == english


def test_moment_is_shown_in_local_time() -> None:
    # 16:30 UTC on the last day of the quarter is half past midnight of the next one in Shanghai.
    moment = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
    assert render("{{ moment|cn_datetime }}", moment=moment) == "2026年10月1日 00:30"


@pytest.mark.parametrize("name", ["cn_date", "cn_day", "cn_month", "cn_time", "cn_datetime", "weekday"])
def test_no_date_is_an_empty_string(name: str) -> None:
    assert render("{{ day|" + name + " }}", day=None) == ""


# --- matrix -------------------------------------------------------------------------------------


def small_matrix(*cells: MatrixCell, **row: Any) -> str:
    table = Matrix(
        "全年", "党组织", ["1月", "2月", "3月"], [MatrixRow("办公室党支部", list(cells), **row)], ["达标率"]
    )
    return render("{% matrix table %}", table=table)


def test_matrix_cell_is_a_link_and_spans_a_quarter() -> None:
    html = small_matrix(MatrixCell("met", "1/1", "/cell?a=1&b=2", span=3), totals=["100%"])
    assert '<td class="c-met" colspan="3"><a href="/cell?a=1&amp;b=2">1/1</a></td>' in html
    assert '<td class="matrix-total">100%</td>' in html


def test_matrix_cell_without_text_is_read_out() -> None:
    html = small_matrix(MatrixCell("overdue", url="/x", spoken="10月 已逾期"))
    assert '<a href="/x" title="10月 已逾期"><span class="visually-hidden">10月 已逾期</span></a>' in html


def test_matrix_escapes_everything() -> None:
    cell = MatrixCell(BAD, BAD, BAD, spoken=BAD)
    table = Matrix(BAD, BAD, [BAD], [MatrixRow(BAD, [cell], url=BAD, note=BAD, totals=[BAD])], [BAD])
    html = render("{% matrix table %}", table=table)
    assert "<script" not in html
    assert html.count(ESCAPED) == 13


def test_every_matrix_state_has_a_look() -> None:
    css = Path(settings.BASE_DIR, "static/css/pages.css").read_text()
    assert [state for state in STATES if f".c-{state} " not in css] == []


# --- forms --------------------------------------------------------------------------------------


def test_form_field_shows_the_finding_at_the_field() -> None:
    form = Small()
    form.findings = {"place": [SimpleNamespace(reason="要素不全", sentence="没有写明地点" + BAD, note="")]}  # type: ignore[attr-defined]
    html = render("{% form_field form.place %}|{% form_field form.status %}", form=form)
    with_finding, without = html.split("|")
    assert "要素不全" in with_finding
    assert "没有写明地点" + ESCAPED in with_finding
    assert "has-finding" in with_finding
    assert "finding" not in without


def test_error_summary_names_and_links_the_field() -> None:
    html = render_to_string("components/form_errors.html", {"form": Small({"status": "leave"})})
    assert '<a href="#id_place">地点</a>: 这个字段是必填项。' in html
    assert "status" not in html
    assert render_to_string("components/form_errors.html", {"form": Small()}).strip() == ""


def test_field_error_is_tied_to_its_field() -> None:
    html = render("{% form_field form.place %}", form=Small({}))
    assert 'aria-describedby="id_place_error"' in html
    assert 'id="id_place_error"' in html


def test_person_status_knows_the_group_of_each_choice() -> None:
    groups = {"present": "present", "leave": "excused"}
    html = render(
        "{% person_status form.status groups name %}", form=Small(prefix="p1"), groups=groups, name=BAD
    )
    assert '<option value="present" data-group="present">到会</option>' in html
    assert '<option value="leave" data-group="excused" selected>请假</option>' in html
    assert 'name="p1-status"' in html
    assert ESCAPED in html


def test_attendance_grid_is_one_labelled_select_a_person() -> None:
    class Person(Small):
        reason = forms.CharField(label="原因", required=False)

    rows = [
        {"name": "沈玉芳", "voter": True, "counted": "here", "form": Person(prefix="0")},
        {"name": "彭艳", "exempt": True, "form": Person(prefix="1")},
    ]
    summary = dict.fromkeys(("expected", "present", "excused", "absent", "base", "base_present", "rate"), 0)
    summary |= {"voters": 16, "voters_present": 7, "needed": 8, "quorums": (8, 8, 9)}
    html = render_to_string(
        "components/attendance_grid.html", {"rows": rows, "groups": {}, "summary": summary}
    )
    assert html.count("<select") == 2
    assert 'for="id_0-status"' in html
    assert 'id="id_0-status"' in html
    assert html.count("data-voter") == 1
    assert html.count('data-counted="here"') == html.count("data-counted") == 1
    assert 'data-quorums="8 8 9"' in html
    assert html.count("data-exempt") == 1
    assert "is-short" in html
    assert '<b data-verdict="ok" hidden>' in html


# --- includes -----------------------------------------------------------------------------------

WHEN = datetime(2026, 11, 23, 1, 20, tzinfo=UTC)
INCLUDES: dict[str, dict[str, Any]] = {
    "work_item": {
        "kind": "due",
        "label": BAD,
        "title": BAD,
        "url": "/x",
        "note": BAD,
        "until": BAD,
        "action": BAD,
    },
    "stat": {"label": BAD, "value": BAD, "of": BAD, "note": BAD, "url": "/x"},
    "timeline": {"steps": [{"kind": "met", "title": BAD, "at": WHEN, "who": BAD, "opinion": BAD}]},
    "facts": {"facts": [(BAD, BAD), ("空", None)]},
    "stations": {"stations": [{"label": BAD, "note": BAD, "state": "now"}]},
    "empty": {"title": BAD, "text": BAD, "url": "/x", "action": BAD},
    "note": {"kind": "error", "text": BAD},
    "notices": {"notices": [{"title": BAD, "url": "/x", "at": WHEN, "note": BAD, "unread": True}]},
    "action_bar": {"submit": BAD, "draft": BAD, "text": BAD, "cancel_url": "/x"},
    "batch_bar": {"actions": [{"value": BAD, "label": BAD, "confirm": BAD}]},
    "chart": {
        "chart_id": "c",
        "label": BAD,
        "chart": {"labels": [BAD], "bars": [{"name": BAD, "values": [1]}]},
    },
    "menu": {"menu": [{"label": BAD, "items": [{"label": BAD, "url": "/x", "count": 3, "active": True}]}]},
}


@pytest.mark.parametrize("name", INCLUDES)
def test_include_escapes_what_people_wrote(name: str) -> None:
    html = render_to_string(f"components/{name}.html", INCLUDES[name])
    assert "<script>alert" not in html
    assert ESCAPED in html


def test_pager_keeps_the_query_string() -> None:
    request = RequestFactory().get("/plans", {"year": "2026", "page": "2"})
    page = Paginator(range(95), 20).page(2)
    html = render_to_string("components/pager.html", {"page_obj": page}, request=request)
    assert "共 95 条" in html
    assert "?year=2026&amp;page=1" in html
    assert "?year=2026&amp;page=3" in html


def test_filter_bar_labels_each_field() -> None:
    form = Small(auto_id="filter_%s")
    html = render_to_string(
        "components/filter_bar.html", {"form": form}, request=RequestFactory().get("/plans")
    )
    assert '<label for="filter_place">地点</label>' in html
    assert 'href="/plans"' in html
    assert "查询" in html
    assert "重置" in html


# --- whole pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500", "session_over"])
def test_error_page_needs_nothing_from_the_context(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert '<html lang="zh-hans">' in html
    assert html.count("<h1") == 1
    assert 'class="side"' not in html
    assert "logout" not in html


def test_conflict_page_says_the_sentence_it_was_given() -> None:
    assert ESCAPED in render_to_string("409.html", {"sentence": BAD, "back": "/plans/3"})


def sign_in(**context: Any) -> str:
    return render_to_string("registration/sign_in.html", {"form": Small(), "next": BAD, **context})


def test_demo_people_only_when_the_view_gives_them(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    people = [
        {
            "role_label": "支部书记",
            "people": [{"username": "shen", "name": "沈玉芳", "organization": "办公室党支部"}],
        }
    ]
    with_demo = sign_in(demo_people=people)
    assert "本机演示" in with_demo
    assert 'name="username" value="shen"' in with_demo
    assert ESCAPED in with_demo
    without = sign_in()
    assert "本机演示" not in without
    assert "shen" not in without


# --- house rules --------------------------------------------------------------------------------


def test_colours_are_named_in_one_file() -> None:
    css = Path(settings.BASE_DIR, "static/css")
    literal = re.compile(r"#[0-9a-f]{3,8}\b|rgba?\(", re.IGNORECASE)
    assert literal.search((css / "tokens.css").read_text())
    assert [
        hit for name in ("app.css", "pages.css") for hit in literal.findall((css / name).read_text())
    ] == []


def luminance(colour: str) -> float:
    if len(colour) == 4:
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *product(("ink", "ink-2", "ink-3"), ("card", "ground", "sunken", "row-marked")),
        *((state, f"{state}-ground") for state in ("met", "due", "overdue", "info", "neutral")),
        ("red-dark", "red-tint"),
        ("card", "red"),
        ("card", "met-solid"),
        ("ink-3", "hatch-dark"),
    ],
)
def test_text_colours_pass_aa(text: str, ground: str) -> None:
    css = Path(settings.BASE_DIR, "static/css/tokens.css").read_text()
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", css))
    assert contrast(tokens[text], tokens[ground]) >= 4.5
    assert contrast("#8a929c", "#fff") < 4.5  # the grey kept for lines alone would fail


urlpatterns: list[Any] = []


def _urls() -> None:
    """A site with nothing but the addresses the sign-in page names."""
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    def nothing(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    urlpatterns.extend([path("sign-in", nothing, name="sign_in"), path("demo", nothing, name="demo_sign_in")])


_urls()
