"""Every address, every role, both methods: the answer is the declared one, and tells a stranger nothing."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from branchlife import sessions
from branchlife.models import User
from meetings.services.rulebook.limits import Limits
from tests.architecture.url_case import columns
from tests.architecture.url_objects import Things, build_things
from tests.architecture.url_table import CASES, PUBLIC, ROLES, Case

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")
MOST_QUERIES = 12


@dataclass(frozen=True)
class Site:
    things: Things
    sessions: dict[str, str]  # role → key of a session that is signed in
    client: Client = field(default_factory=Client)
    # What was answered about things that never were: once for each address, method, role and form.
    absent: dict[tuple[str, ...], HttpResponse] = field(default_factory=dict)

    def knock_at_nothing(self, case: Case, method: str, role: str) -> tuple[str, HttpResponse]:
        url = reverse(case.name, kwargs=case.missing)
        asked = url, method, role, urlencode(case.data(self.things)) if method == "POST" else ""
        if asked not in self.absent:
            self.absent[asked] = self.knock(case, method, role, url=url)
        return url, self.absent[asked]

    def knock(self, case: Case, method: str, role: str = "", *, url: str = "") -> HttpResponse:
        """One request in this role (none: a visitor), with every write taken back."""
        self.client.cookies.clear()
        if role:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        # Every form of ours carries a token, so even an empty one is not quite empty.
        data = urlencode({"csrfmiddlewaretoken": "x", **case.data(self.things)}) if method == "POST" else ""
        with transaction.atomic():
            response: HttpResponse = self.client.generic(
                method, url or case.url(self.things), data, content_type="application/x-www-form-urlencoded"
            )
            transaction.set_rollback(True)
        return response


@pytest.fixture(scope="module")
def site(module_database: None) -> Iterator[Site]:
    """One world for the whole sweep."""
    with pytest.MonkeyPatch.context() as patch:
        # The sweep takes longer than a minute, and no page shall be charged with the note of a session's use.
        patch.setattr(sessions, "WRITE_EVERY", 10**9)
        world, things = build_things()
        yield Site(things, {role: session_of(getattr(world, role)) for role in ROLES})


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def test_every_address_has_a_name_and_a_line_in_the_table() -> None:
    names = [pattern.name for pattern in patterns()]
    assert None not in names
    assert len(names) == len(set(names)) > 20
    assert set(names) == {case.name for case in CASES}


def test_the_table_leaves_no_cell_open() -> None:
    for case in CASES:
        for codes in (case.get, case.post or case.get):
            assert set(columns(codes)) == set(ROLES), f"{case}: {codes}"


def test_a_line_with_an_open_cell_is_refused() -> None:
    assert columns("404")["audit_officer"] == 404
    assert columns("404 1 2 3 4 5 6")["security_officer"] == 404
    assert columns("403 | 403 200 403")["security_officer"] == 200
    for line in ("", "200 403", "403 | 200 403"):
        with pytest.raises(ValueError, match=r"shorter|longer|argument"):
            columns(line)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_role_gets_the_declared_answer(case: Case, site: Site) -> None:
    wrong = []
    for role in ROLES:
        for method in METHODS:
            Limits.read()  # remembered for a minute, and this takes longer
            with texts_of_queries() as texts:
                response = site.knock(case, method, role)
            asked = queries_in(texts)
            if method == "GET" and response.status_code == 200 and asked > MOST_QUERIES:
                wrong.append(f"GET as {role}: {asked} queries")
            check_headers(response)
            declared = case.expected(method, role)
            if response.status_code != declared:
                wrong.append(f"{method} as {role}: {response.status_code}, declared {declared}")
            if response.status_code == 404 and case.missing:
                assert_nothing_given_away(site, case, method, role, response)
    assert wrong == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_visitor_is_sent_to_the_door(case: Case, site: Site) -> None:
    for method, public in zip(METHODS, PUBLIC.get(case.name, (None, None)), strict=True):
        response = site.knock(case, method)
        check_headers(response)
        if public is not None:
            assert response.status_code == public, method
        else:
            assert_sent_to_the_door(response, f"/sign-in/?next={case.url(site.things)}", method)


def assert_sent_to_the_door(response: HttpResponse, door: str, method: str) -> None:
    """At once; who has sent words gets them back on the way."""
    if method == "POST" and response.status_code == 403:
        page = response.content.decode()
        assert f'href="{door}"' in page
        assert "您填写的内容" in page
        return
    assert response.status_code == 302, method
    assert response.url == door  # type: ignore[attr-defined]
    assert not response.content


def test_an_address_that_does_not_exist(site: Site) -> None:
    for role in ("", "outsider", "administrator"):
        response = site.knock(CASES[0], "GET", role, url="/no-such-page/")
        assert response.status_code == 404
        check_headers(response)


def test_a_difference_in_the_body_would_be_seen(site: Site) -> None:
    """The comparison itself: two pages that differ by one word are told apart."""
    case = next(case for case in CASES if str(case) == "branch_detail branch")
    seen = site.knock(case, "GET", "secretary")
    with pytest.raises(AssertionError):
        assert_nothing_given_away(site, case, "GET", "secretary", seen)


def assert_nothing_given_away(site: Site, case: Case, method: str, role: str, response: HttpResponse) -> None:
    """What is out of one's scope looks exactly like what was never there."""
    url, missing = site.knock_at_nothing(case, method, role)
    assert missing.status_code == 404
    assert without_chance(response, case.url(site.things)) == without_chance(missing, url)
    assert sorted(response.headers) == sorted(missing.headers)


def without_chance(response: HttpResponse, url: str) -> str:
    """The body without what differs from one request to the next."""
    text = response.content.decode().replace(url, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


@contextmanager
def texts_of_queries() -> Iterator[list[str]]:
    """What is asked, without its values: Django's own list asks SQLite once more to put them in."""
    texts: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        texts.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield texts


def queries_in(texts: list[str]) -> int:
    """What the page asked, without the bracket that takes its writes back, and without the note in the audit
    trail that something sensitive was opened (three queries, once in ten minutes)."""
    bracket = ("SAVEPOINT", "RELEASE", "ROLLBACK")
    note = tuple(
        f'{verb} "branchlife_audit{table}"'
        for verb, table in (("SELECT", "head"), ("INSERT INTO", "event"), ("UPDATE", "head"))
    )
    return sum(not sql.startswith(bracket + note) for sql in texts)


def check_headers(response: HttpResponse) -> None:
    assert response.content or response.status_code == 204 or 300 <= response.status_code < 400, (
        "an empty page"
    )
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "private" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Request-Id"]
