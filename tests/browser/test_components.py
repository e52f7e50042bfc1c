"""The components in a real browser: with our scripts, and without any."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route

STATIC = Path(settings.BASE_DIR, "static")
SITE = "http://components.test"
GROUPS = {"present": "present", "late": "present", "leave": "excused", "absent": "absent", "exempt": "exempt"}
NAMES = ["沈玉芳", "牛秀远", "陈军", "陈军华", "彭艳"]


class Person(forms.Form):
    status = forms.ChoiceField(
        choices=[
            ("present", "到会"),
            ("late", "迟到"),
            ("leave", "请假"),
            ("absent", "缺席"),
            ("exempt", "不作硬性要求"),
        ]
    )
    reason = forms.CharField(label="原因", required=False)


def attendance() -> str:
    rows = [
        {
            "name": name,
            "voter": name != "陈军华",
            "counted": {"陈军华": "", "彭艳": "here"}.get(name, "always"),
            "exempt": name == "彭艳",
            "form": Person(prefix=str(i), initial={"status": "exempt" if name == "彭艳" else "present"}),
        }
        for i, name in enumerate(NAMES)
    ]
    summary = dict.fromkeys(("expected", "present", "excused", "absent", "base", "base_present", "rate"), 0)
    summary |= {"voters": 3, "voters_present": 3, "needed": 2, "quorums": (2, 4)}
    return render_to_string(
        "components/attendance_grid.html", {"rows": rows, "groups": GROUPS, "summary": summary}
    )


BODY = """
<a id="cancel" href="/cancel" data-confirm="取消这次会议？">取消</a>
<form method="post" action="/batch" data-batch>
  <input type="checkbox" data-batch-all aria-label="全选">
  <input type="checkbox" name="selected" value="1" data-batch-item aria-label="1">
  <input type="checkbox" name="selected" value="2" data-batch-item aria-label="2">
  <div data-batch-bar><b data-batch-count>0</b>
  <button name="action" value="approve" data-confirm="批准所选？">批准</button></div>
</form>
<form method="post" action="/rows"><input name="item-TOTAL_FORMS" value="1">
  <div id="rows"><template data-row-template>
    <div class="row-item"><input name="item-__prefix__-title"></div>
  </template></div>
  <button type="button" data-add-row="rows" hidden>加一行</button>
  <button id="save" name="save" value="1">保存</button>
</form>
"""


def page_source() -> str:
    sheets = "".join(
        f"<link rel=stylesheet href=/static/css/{name}.css>" for name in ("tokens", "app", "pages")
    )
    scripts = "".join(f"<script src=/static/js/{name}.js defer></script>" for name in ("app", "attendance"))
    body = attendance() + BODY + render_to_string("components/confirm_dialog.html")
    return f"<!doctype html><html lang=zh-hans>{sheets}{scripts}<body>{body}</body></html>"


class Site:
    """Serves the one page and the static files from memory; remembers what was posted."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.posts: list[tuple[str, str]] = []
        self.errors: list[str] = []
        self.context = browser.new_context(**options)
        self.context.route(f"{SITE}/**", self.answer)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{SITE}/")

    def answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(SITE)
        if request.method == "POST":
            self.posts.append((path, request.post_data or ""))
            route.fulfill(status=204)
        elif path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        else:
            route.fulfill(body=page_source(), content_type="text/html; charset=utf-8")

    def sums(self) -> dict[str, str]:
        cells = self.page.locator("[data-sum]").all()
        return {str(cell.get_attribute("data-sum")): cell.inner_text() for cell in cells}


@pytest.fixture
def site(browser: Browser) -> Iterator[Site]:
    site = Site(browser)
    yield site
    site.context.close()
    assert site.errors == []


def test_sums_follow_every_change(site: Site) -> None:
    expected = {"expected": "5", "present": "4", "excused": "0", "absent": "0"}
    expected |= {"base": "4", "base_present": "4", "rate": "100.0%", "voters": "3", "voters_present": "3"}
    expected["needed"] = "2"
    assert site.sums() == expected
    site.page.locator("#id_0-status").select_option("leave")
    site.page.locator("#id_1-status").select_option("absent")
    expected |= {"present": "2", "excused": "1", "absent": "1"}
    assert site.sums() == expected | {"base_present": "2", "rate": "50.0%", "voters_present": "1"}
    assert site.page.locator("[data-verdict=short]").is_visible()
    assert site.page.locator("[data-verdict=ok]").is_hidden()


def test_who_was_left_out_counts_once_there(site: Site) -> None:
    assert site.page.locator("[data-verdict=ok]").is_visible()
    site.page.locator("#id_4-status").select_option("present")
    site.page.locator("#id_1-status").select_option("absent")
    found = {name: site.sums()[name] for name in ("voters", "voters_present", "needed")}
    assert found == {"voters": "4", "voters_present": "3", "needed": "4"}
    assert site.page.locator("[data-verdict=short]").is_visible()


def test_late_counts_as_present(site: Site) -> None:
    site.page.locator("#id_0-status").select_option("late")
    assert site.sums()["present"] == "4"


def test_pasted_names_are_marked_and_strangers_told(site: Site) -> None:
    page = site.page
    page.locator("[data-paste] summary").click()
    page.fill("#paste-absent", "沈玉芳 病假、陈军华（出差）；牛秀远\n张三 事假，彭艳：缺席")
    page.click("[data-paste-apply]")
    chosen = [page.locator(f"#id_{i}-status").input_value() for i in range(5)]
    assert chosen == ["leave", "absent", "present", "leave", "absent"]
    assert page.locator("#id_0-reason").input_value() == "病假"
    assert page.locator("#id_3-reason").input_value() == "出差"
    result = page.locator("[data-paste-result]").inner_text()
    assert "张三 事假" in result.split("名单中没有")[1]


def test_reason_is_asked_only_of_those_not_there_without_any_script(browser: Browser) -> None:
    site = Site(browser, java_script_enabled=False)
    reason = site.page.locator("#id_0-reason")
    assert reason.is_hidden()
    site.page.locator("#id_0-status").select_option("leave")
    assert reason.is_visible()
    assert site.page.locator("#id_1-reason").is_hidden()
    assert site.page.locator("[data-paste]").is_hidden()
    site.context.close()


def test_link_with_a_question_posts_after_yes_only(site: Site) -> None:
    site.page.click("#cancel")
    assert site.page.locator("[data-confirm-text]").inner_text() == "取消这次会议？"
    site.page.click("[data-confirm-no]")
    assert site.posts == []
    site.page.click("#cancel")
    with site.page.expect_response(lambda response: response.request.method == "POST"):
        site.page.click("[data-confirm-yes]")
    assert [path for path, _ in site.posts] == ["/cancel"]


def test_batch_sends_what_was_ticked_and_the_button(site: Site) -> None:
    button = site.page.locator("[data-batch-bar] button")
    assert button.is_disabled()
    site.page.check("[data-batch-all]")
    assert site.page.locator("[data-batch-count]").inner_text() == "2"
    button.click()
    assert site.posts == []
    with site.page.expect_response(lambda response: response.request.method == "POST"):
        site.page.click("[data-confirm-yes]")
    assert site.posts == [("/batch", "selected=1&selected=2&action=approve")]


def test_double_click_sends_once_and_keeps_the_button(site: Site) -> None:
    with site.page.expect_response(lambda response: response.request.method == "POST"):
        site.page.evaluate("const b = document.querySelector('#save'); b.click(); b.click(); b.click()")
    assert site.posts == [("/rows", "item-TOTAL_FORMS=1&save=1")]
    assert site.page.locator("#save").is_disabled()


def test_another_row_counts_itself(site: Site) -> None:
    site.page.click("[data-add-row]")
    site.page.click("[data-add-row]")
    names = site.page.locator("#rows input").evaluate_all("list => list.map(field => field.name)")
    assert names == ["item-1-title", "item-2-title"]
    assert site.page.locator("[name=item-TOTAL_FORMS]").input_value() == "3"
