"""Every text anybody could have typed is a bundle of attacks; every page shows it as text and runs none of it.

Beside SQLite only: it does not hold a text to its length, so each field carries all of them at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import Error, connection, models, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.urls import get_resolver
from playwright.sync_api import BrowserContext, Page

from branchlife.models import User
from meetings.services.demo_people import demo_people
from tests.browser.demo import NOW, demonstration
from tests.browser.pages import every_page
from tests.browser.payloads import ELEMENTS, payloads
from tests.browser.stops import Stop

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = (models.CharField, models.TextField, models.EmailField, models.URLField)
# Written by the program for the program: names of chains and files, seals, the tree's own order.
TECHNICAL = {
    "path", "chain", "digest", "previous", "key_id", "password", "message_id", "request_id", "subject_type",
    "action", "subject_id", "url", "name_key", "language", "file", "code", "username", "kind",
}  # fmt: skip
FEWEST_FIELDS, FEWEST_PAGES = 60, 90
# What became an element, an attribute or an address of its own; text is none of these.
FOUND = """() => [...document.querySelectorAll('*')].filter(each =>
    [...each.attributes].some(a => /^on/i.test(a.name) || (/^(href|src|action|data)$/.test(a.name)
        && /^\\s*(javascript|data:text)/i.test(a.value)) || a.name === 'srcdoc')
    || (each.matches('script:not([src])') && /hit/.test(each.textContent))
).map(each => each.outerHTML.slice(0, 200))"""
TELL = "window.hit = number => console.error(`payload ${number} was run`);"


@pytest.fixture(autouse=True)
def _ledger_in_step() -> None:
    """Not asked here: nothing is clicked, and every row has been written over."""


@contextmanager
def unguarded() -> Iterator[None]:
    """Without the triggers that keep frozen rows as they are; afterwards they are there again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


def poison() -> set[str]:
    """Write all payloads into every text field of every row; the names of the fields that took them."""
    text, taken = " ".join(payloads()), set()
    for app in ("branchlife", "meetings", "reviews"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if type(field) in TEXT and not field.choices and field.name not in TECHNICAL:
                    value = Concat(Value(text), Cast("pk", CharField()), output_field=field)
                    try:
                        with transaction.atomic():
                            rows = model._default_manager.exclude(**{field.name: ""}).update(
                                **{field.name: value}
                            )
                    except Error:  # a constraint holds it to a form of its own
                        continue
                    taken |= {f"{model.__name__}.{field.name}"} if rows else set()
    return taken


def people(stops: list[Stop]) -> dict[tuple[str, str], User]:
    """Who is meant by role and part of the place, found before their names are gone."""
    wanted = {stop[:2] for stop in stops if stop.role}
    groups = demo_people(day=NOW.date())
    return {
        (role, place): User.objects.get(username=next(
            person.username for group in groups if group.role_label == role
            for person in group.people if place in person.organization
        ))
        for role, place in wanted
    }  # fmt: skip


def one_of_each(stops: list[Stop]) -> dict[str, Stop]:
    """The first stop of each page for each role."""
    found: dict[str, Stop] = {}
    for stop in stops:
        if "no-such" not in stop.url:
            name = get_resolver().resolve(urlsplit(stop.url).path).url_name
            found.setdefault(f"{name} {stop.role}", stop)
    return found


def test_no_text_becomes_part_of_a_page(
    live_server: Any, settings: Any, new_context: Callable[..., BrowserContext],
    sign_in: Callable[[Page, Any], Page], expect_fault: Callable[[str], None],
) -> None:  # fmt: skip
    expect_fault(r"status of 40[349]")
    wrong = []
    with demonstration(settings):
        every = every_page()
        stops, users = one_of_each(every), people(every)
        with unguarded():
            fields = poison()
        context = new_context()
        context.add_init_script(TELL)
        page = context.new_page()
        for name, stop in sorted(stops.items(), key=lambda each: each[1][:2]):
            context.clear_cookies()
            if stop.role:
                sign_in(page, users[stop.role, stop.place])
            page.goto(stop.url, wait_until="domcontentloaded")
            wrong += [f"{name}: {element}" for element in page.evaluate(FOUND)]
    assert wrong == []
    assert len(payloads()) >= 200
    assert len(fields) >= FEWEST_FIELDS, sorted(fields)
    assert len(stops) >= FEWEST_PAGES


def test_what_is_not_escaped_would_be_seen(desktop: Page, expect_fault: Callable[[str], None]) -> None:
    """The check itself: attacks put into a page as they are."""
    expect_fault("")
    desktop.add_init_script(TELL)
    shown = iter(payloads())
    desktop.route("**/bare", lambda route: route.fulfill(content_type="text/html", body=f"<p>{next(shown)}"))
    unseen = []
    for payload in payloads()[: len(ELEMENTS)]:
        desktop.goto("/bare", wait_until="domcontentloaded")
        unseen += [] if desktop.evaluate(FOUND) else [payload]
    assert unseen == []
