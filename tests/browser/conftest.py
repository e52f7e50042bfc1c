"""A real Chromium against the live server. Whatever goes wrong unseen fails the test.

Fixtures for tests: `desktop` and `phone` (pages), `without_javascript` (a page), `new_context`,
`sign_in` (puts a person into a page's session), `expect_fault` (when a fault is the point).
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds; two test runs and two browsers share two cores

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # continuous integration runs as root
    "--disable-dev-shm-usage",
    "--disable-gpu",
    # The browser itself must not call home: only the site under test may be heard.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    # Pages are left before their scripts would be worth making faster: a sixth of the time went there.
    "--js-flags=--no-opt --no-maglev",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

# A policy violation may come without a console message (a report-only directive, a blocked style).
TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event => {
  console.error(`policy violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});
"""


@dataclass
class Faults:
    """What the browser complained about during one test."""

    home: str
    found: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.found.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.found.append(
                f"console {message.type} on {message.page and message.page.url}: {message.text}"
            )

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != self.home:
            self.found.append(f"request to another site: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"answer {response.status}: {response.url}")

    @property
    def unexpected(self) -> list[str]:
        return [fault for fault in self.found if not any(pattern.search(fault) for pattern in self.expected)]


@pytest.fixture(scope="session", autouse=True)
def _orm_beside_playwright() -> Iterator[None]:
    """Playwright's loop runs in this thread; without this word Django takes the thread for an async one."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_kept() -> Iterator[None]:
    """By the browser, as those of a real site, which are named by their content: else every page asks for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", _kept(StaticFilesHandler.serve))
        yield


def _kept(serve: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def serve_for_good(self: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(self, request)
        # The site's clock may stand years before the browser's.
        response["Cache-Control"] = f"max-age={100 * 365 * 24 * 3600}, immutable"
        return response

    return serve_for_good


@pytest.fixture(autouse=True)
def _ledger_in_step(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever was clicked, afterwards the ledger says what the records say."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    request.getfixturevalue("transactional_db")  # asked for first, so that its rows are still there
    yield
    reconcile()


def reconcile() -> str:
    """What the command prints. Raises CommandError naming the lines that differ from the records."""
    out = StringIO()
    call_command("reconcile", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium_path: str) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": chromium_path, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def faults(live_server: Any) -> Iterator[Faults]:
    found = Faults(home=live_server.url)
    yield found
    assert found.unexpected == []


@pytest.fixture
def expect_fault(faults: Faults) -> Callable[[str], None]:
    """Name, as a regular expression, a complaint that is the point of the test: a 409 shows as an error."""
    return lambda pattern: faults.expected.append(re.compile(pattern))


@pytest.fixture
def new_context(faults: Faults, new_context: Any, live_server: Any) -> Callable[..., BrowserContext]:
    """The plugin's factory; its contexts know the site's address and are watched."""

    def make(**options: Any) -> BrowserContext:
        context = new_context(**({"base_url": live_server.url, "viewport": DESKTOP} | options))
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(2 * PATIENCE)
        faults.watch(context)
        return context

    return make


@pytest.fixture
def desktop(page: Page) -> Page:
    return page


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2).new_page()


@pytest.fixture
def without_javascript(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], Page]:
    """Give a page the session of a person, without walking through the sign-in page."""

    def give(page: Page, user: Any) -> Page:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        return page

    return give
