"""Every address, every role, both methods: the answer is the declared one, and tells a stranger nothing."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.url_objects import Things, build_things
from tests.architecture.url_table import CASES, PUBLIC, ROLES, Case
from tests.world import World

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker) -> Iterator[tuple[World, Things]]:
    """One world for the whole sweep; every request is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_things()
        transaction.set_rollback(True)


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
        for codes in (case.get, case.post):
            assert len(codes.split()) in (1, len(ROLES)), f"{case}: {codes}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_role_gets_the_declared_answer(case: Case, site: tuple[World, Things]) -> None:
    world, things = site
    wrong = []
    for role in ROLES:
        for method in METHODS:
            response = knock(case, things, method, getattr(world, role))
            check_headers(response)
            declared = case.expected(method, role)
            if response.status_code != declared:
                wrong.append(f"{method} as {role}: {response.status_code}, declared {declared}")
            if response.status_code == 404 and case.missing:
                assert_nothing_given_away(case, things, method, getattr(world, role), response)
    assert wrong == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_visitor_is_sent_to_the_door(case: Case, site: tuple[World, Things]) -> None:
    _world, things = site
    for method, public in zip(METHODS, PUBLIC.get(case.name, (None, None)), strict=True):
        response = knock(case, things, method, None)
        check_headers(response)
        if public is not None:
            assert response.status_code == public, method
        else:
            assert response.status_code == 302, method
            assert response.url == f"/sign-in/?next={case.url(things)}"
            assert not response.content


def test_an_address_that_does_not_exist(site: tuple[World, Things]) -> None:
    """A visitor learns nothing from guessing; whoever is signed in gets the page in the product's own look."""
    world, _things = site
    assert Client().get("/no-such-page/").status_code == 404
    client = Client()
    client.force_login(world.secretary)
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    check_headers(response)


def knock(case: Case, things: Things, method: str, user, *, url: str = "") -> HttpResponse:
    """One request as this user, with every write taken back."""
    client = Client()
    with transaction.atomic():
        if user is not None:
            client.force_login(user)
        data = case.data(things) if method == "POST" else {}
        response = client.generic(method, url or case.url(things), **form(data))
        transaction.set_rollback(True)
    return response


def form(data: dict[str, object]) -> dict[str, str]:
    return {"data": urlencode(data), "content_type": "application/x-www-form-urlencoded"}


def assert_nothing_given_away(case: Case, things: Things, method: str, user, response: HttpResponse) -> None:
    """What is out of one's scope looks exactly like what was never there."""
    url = reverse(case.name, kwargs=case.missing)
    missing = knock(case, things, method, user, url=url)
    assert missing.status_code == 404
    assert anonymous(response, case.url(things)) == anonymous(missing, url)
    assert sorted(response.headers) == sorted(missing.headers)


def anonymous(response: HttpResponse, url: str) -> str:
    """The body without what differs from one request to the next."""
    text = response.content.decode().replace(url, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def check_headers(response: HttpResponse) -> None:
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
