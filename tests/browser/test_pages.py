"""Every page as people meet it: on a phone, on a desk, by a screen reader's rules, by keyboard alone."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.templatetags.static import static
from django.urls import Resolver404, get_resolver
from playwright.sync_api import BrowserContext, Page, expect

from branchlife.models import User
from tests.architecture.url_table import CASES
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.demo import demonstration
from tests.browser.pages import every_page, visit
from tests.browser.stops import Stop

pytestmark = pytest.mark.django_db(transaction=True)
Context = Callable[..., BrowserContext]
VENDOR = Path(__file__).parent / "vendor"
AXE = static("axe-core/axe.min.js")
# What an element looks like follows from these: its classes and those of what it stands in.
LOOKS = """() => [...new Set([...document.querySelectorAll('body *')].map(each =>
    [each.parentElement, each].map(it => `${it.tagName}.${it.getAttribute('class') ?? ''}`).join(' > ')))]"""
# Where a page is meant to refuse, the browser logs the status.
REFUSALS = r"status of 40[349]"


@pytest.fixture(autouse=True)
def _ledger_in_step() -> None:
    """Not asked here: the tour lays raw rows beside the ledger so that pages have something to show."""


@pytest.fixture
def demo(live_server: Any, settings: Any, expect_fault: Callable[[str], None]) -> Iterator[None]:
    expect_fault(REFUSALS)
    with demonstration(settings):
        yield


def name_of(stop: Stop) -> str | None:
    """None: there is no such page."""
    with suppress(Resolver404):
        return get_resolver().resolve(urlsplit(stop.url).path).url_name
    return None


def test_the_tour_leaves_out_no_page(demo: None) -> None:
    """What the permission table knows as a page is visited; downloads and numbers for scripts are none."""
    visited = {name_of(stop) for stop in every_page()}
    pages = {case.name for case in CASES if "200" in case.get.split()}
    no_pages = {"health", "import_template", "import_progress", "rule_export", "inspection_data"}
    assert pages - visited == no_pages


def test_on_a_phone_and_on_a_desk(demo: None, new_context: Context) -> None:
    """Nothing is wider than the phone, and axe finds nothing on either. The desk shows what the phone shows, in
    another place: each kind of page is looked at there once, and once with its frame for each person, colours and
    all. On the phone the colours are looked at wherever something looks new."""
    faults: list[str] = []
    seen: set[object] = set()
    looks: set[str] = set()
    for stop, page in visit(new_context(viewport=PHONE, has_touch=True)):
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            faults.append(f"{stop.url} as {stop.role}: {width} px wide, {widest(page)}")
        new = set(page.evaluate(LOOKS)) - looks
        looks |= new
        found = violations(page, colours=bool(new))
        person, kind = stop[:2], name_of(stop)
        if not {person, kind} <= seen:
            page.set_viewport_size(DESKTOP)
            found += violations(page, colours=person not in seen)
            page.set_viewport_size(PHONE)
        seen |= {person, kind}
        faults += [f"{stop.url} as {stop.role}: {each}" for each in found]
    assert not faults, "\n".join(faults)


def widest(page: Page) -> str:
    return str(
        page.evaluate(
            """() => [...document.querySelectorAll('body *')]
                .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
                .map(each => `${each.tagName}.${each.className}`).slice(0, 3).join(' ')"""
        )
    )


def violations(page: Page, *, colours: bool = True) -> list[str]:
    """Contrast takes as long as all other rules together; without ``colours`` it is left out."""
    if page.evaluate("typeof axe") == "undefined":
        page.add_script_tag(url=AXE)
    wanted = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    found = page.evaluate("wanted => axe.run(document, wanted).then(result => result.violations)", wanted)
    return [f"{each['id']} at {each['nodes'][0]['target']} ({len(each['nodes'])}×)" for each in found]


def test_axe_would_find_a_fault(demo: None, desktop: Page) -> None:
    desktop.goto("/sign-in/")
    assert violations(desktop) == []
    desktop.evaluate("document.querySelector('label').remove()")
    assert any(each.startswith("label at") for each in violations(desktop))


def test_the_keyboard_is_enough(demo: None, desktop: Page) -> None:
    """Sign in and reach the first thing to do without a mouse; where one is can always be seen."""
    secretary = User.objects.get(
        member__memberships__organization__name="办公室党支部", appointments__role="secretary"
    )
    secretary.set_password("correct-horse-9")
    secretary.save()
    desktop.goto("/sign-in/")
    expect(desktop.locator("#id_username")).to_be_focused()
    desktop.keyboard.type(secretary.username)
    desktop.keyboard.press("Tab")
    desktop.keyboard.type("correct-horse-9")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(lambda url: "sign-in" not in url)
    desktop.keyboard.press("Tab")
    expect(desktop.locator(".skip-link")).to_be_focused()
    assert is_seen(desktop)
    desktop.keyboard.press("Enter")
    action = desktop.locator("main .work a.btn-primary").first
    for _step in range(4):
        desktop.keyboard.press("Tab")
        assert is_seen(desktop)
        if action.evaluate("each => each === document.activeElement"):
            break
    expect(action).to_be_focused()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/record/")


def is_seen(page: Page) -> bool:
    """The focused element lies in the window and carries an outline or a ring."""
    return bool(
        page.evaluate(
            """() => {
                const focused = document.activeElement, box = focused.getBoundingClientRect();
                const style = getComputedStyle(focused);
                const ring = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
                return ring && box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
            }"""
        )
    )


def test_the_vendored_script_is_the_published_one() -> None:
    (package,) = json.loads((VENDOR / "VENDOR.json").read_text(encoding="utf8"))
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found == {*package["files"], "VENDOR.json"}
    assert package["licence"] == "MPL-2.0"
    for name, total in package["files"].items():
        digest = hashlib.sha384((VENDOR / name).read_bytes()).digest()
        assert total == "sha384-" + base64.b64encode(digest).decode()
