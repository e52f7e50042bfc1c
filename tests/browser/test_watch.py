"""The watch over the browser itself: each kind of fault is seen, and a plain page has none."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page

from tests.browser.conftest import PHONE, Faults

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sign_in_page_is_without_fault(desktop: Page, faults: Faults) -> None:
    answer = desktop.goto("/sign-in/")
    assert answer and answer.status == 200
    assert desktop.locator("form").count() >= 1
    assert faults.found == []


def test_the_sign_in_page_fits_a_phone(phone: Page) -> None:
    phone.goto("/sign-in/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_sign_in_page_works_without_javascript(without_javascript: Page) -> None:
    without_javascript.goto("/sign-in/")
    assert without_javascript.locator("form[method=post] button[type=submit]").first.is_visible()


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("console.error('it broke')", "console error"),
        ("setTimeout(() => { throw new Error('late') }, 0)", "script error"),
        ("document.body.setAttribute('style', 'color: red')", "policy violation"),
        (
            "document.head.append(Object.assign(document.createElement('script'), {text: '1'}))",
            "policy violation",
        ),
    ],
)
def test_a_fault_is_seen(
    desktop: Page, faults: Faults, expect_fault: Callable[[str], None], script: str, fault: str
) -> None:
    desktop.goto("/sign-in/")
    assert faults.found == []
    expect_fault(".")
    desktop.evaluate(script)
    desktop.evaluate("new Promise(done => setTimeout(done))")
    assert any(fault in found for found in faults.found)


def test_a_request_to_another_site_is_seen_and_gets_nowhere(
    desktop: Page, faults: Faults, expect_fault: Callable[[str], None]
) -> None:
    expect_fault("request to another site: https://example.org/")
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        desktop.goto("https://example.org/")
    assert faults.found == ["request to another site: https://example.org/"]
